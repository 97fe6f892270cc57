/** How far a campaign is, live or as of a day: counts, departments, who cannot be reached, and who has not done it; for managers their own people's. */
import {
  actionId,
  type Actions,
  type Addressed,
  type ButtonParts,
  type Context,
  type ReplyParts,
} from '../../conversation/contract.ts';
import { withdrawPlanned } from '../../conversation/outbox.ts';
import type { Database, Queryable } from '../../db/database.ts';
import { buttonsOf } from '../../dialogue/buttons.ts';
import { commandOf, toAsker } from '../../dialogue/command.ts';
import { formCommand, personNamed } from '../../dialogue/form.ts';
import { field, sentDay, sentText } from '../../dialogue/form-fields.ts';
import { listCard, pageIn, rowsShown, sendTable } from '../../dialogue/list.ts';
import { asked } from '../../dialogue/proposal.ts';
import { Refusal } from '../../errors.ts';
import type { Table } from '../../files/write-table.ts';
import { campaigns, leadsCampaigns, moveCampaign, type Campaign } from '../../isms/campaign/campaign.ts';
import { countedAndHashed } from '../../isms/campaign/members.ts';
import { exemptFromCampaign, remindedEvery, remindOfCampaign } from '../../isms/campaign/people.ts';
import {
  selectCounts,
  selectMembers,
  selectRecords,
  selectTold,
  type Counts,
  type Member,
  type Standing,
} from '../../isms/campaign/rate.ts';
import { goOn } from '../../isms/campaign/run.ts';
import { dayInWords, dayOf, inFull } from '../../language/calendar.ts';
import { linesOf, shortened } from '../../language/text.ts';
import { audit, isIsmsManager } from '../../records/command-context.ts';
import { forgetTold, selectInputsAbout } from '../../records/nudge.ts';

export const room = 'campaigns';
export const { recordButton, signButton } = buttonsOf(room);

/** @throws Refusal for what the person may not see, as for what is not there */
export async function findCampaign(tx: Queryable, { person }: Context, reference: string): Promise<Campaign> {
  const named = await campaigns.selectOptional(tx, reference);
  const [found] = await campaigns.selectSeen(tx, person, 'id = $3', [named?.id ?? 0]);
  if (found === undefined) throw new Refusal(`There is no ${reference} that you may see. Say «campaigns» for those that you may.`);
  return found;
} // prettier-ignore

/** Locked until the caller's transaction ends, for whoever leads it. */
export async function lockCampaign(tx: Queryable, context: Context, reference: string): Promise<Campaign> {
  const { id } = await findCampaign(tx, context, reference);
  await leadsCampaigns.refuseUnless(tx, commandOf(context), null, null);
  return campaigns.lock(tx, id);
}

/** Whose people somebody sees: null for everybody's. */
const whose = ({ person }: Pick<Context, 'person'>) => (isIsmsManager(person) ? null : person.id);
const percent = ({ done, of }: Pick<Counts, 'done' | 'of'>) => (of === 0 ? 0 : Math.floor((100 * done) / of));
const unitsOf = (parts: readonly [number, string][]) => parts.flatMap(([count, what]) => (count === 0 ? [] : [`${count} ${what}`])).join(', '); // prettier-ignore

/** Who looked stays on record: at how many, never at whom, since it is all of them. */
async function noteLook(tx: Queryable, context: Context, campaign: Campaign, people: number, day: string): Promise<void> {
  if (people > 0) await audit(tx, commandOf(context), { action: 'campaign.seen', record: campaigns.nameOf(campaign), detail: { people, asOf: day } });
} // prettier-ignore

/** Departments that one message has room for. */
const departmentsShown = 12;
const namesShown = 8;

/** @param day  null for now */
export async function reportCard(tx: Queryable, context: Context, campaign: Campaign, asOfDay: string | null, lead: string | null = null): Promise<Addressed & { reply: ReplyParts }> {
  const { reference, title, state, dueOn, dueDays, standing } = campaign;
  const today = dayOf(context.now, 'UTC');
  const day = asOfDay ?? today;
  if (day > today) throw new Refusal('That day is still to come. Ask for today, or a day before.');
  const of = whose(context);
  const counts = await selectCounts(tx, campaign, day, of);
  const told = await selectTold(tx, campaign, day, of);
  const unreached = asOfDay === null ? await selectMembers(tx, campaign, day, { of, unreached: true, limit: namesShown + 1 }) : [];
  await noteLook(tx, context, campaign, counts.of + counts.exempt + counts.onLeave + counts.left, day);
  const left = counts.of - counts.done;
  const says =
    counts.of === 0 ? 'Nobody is asked in it now.' : left === 0 ? `All ${counts.of} have done it.` : `${counts.done} of ${counts.of} have done it (${percent(counts)} %)${counts.overdue > 0 ? `, ${counts.overdue} overdue` : ''}.`;
  const when = standing ? `each within ${dueDays} days` : `until ${dayInWords(dueOn ?? '')}`;
  return {
    to: 'asker',
    reply: {
      text: linesOf(lead, says, `${reference} · ${title} · ${state} · ${when}`, asOfDay === null ? null : `As of ${inFull(asOfDay)}.`, of === null ? null : 'Of people who report to you.'),
      facts: [
        { label: 'Messages', value: unitsOf([[told.sent, 'sent'], [told.delivered, 'delivered'], [told.failed, 'failed'], [told.opened, 'opened']]) },
        { label: 'Not counted', value: unitsOf([[counts.exempt, 'exempt'], [counts.onLeave, 'on leave'], [counts.left, 'left or moved']]) },
        { label: 'Out of reach', value: unreached.length === 0 ? '' : `${unreachedInWords(unreached)}. Ask an admin to give them access, or take a signed list.` },
      ].filter(({ value }) => value !== ''),
      table: counts.departments.length < 2 || counts.done + counts.overdue === 0 ? null : departmentTable(counts),
      buttons: reportButtons(context, campaign, asOfDay, left),
    },
  };
} // prettier-ignore

function unreachedInWords(members: readonly Member[]): string {
  const said = members.slice(0, namesShown).map(({ name, problem, outOfReach }) => (outOfReach || problem === null ? name : `${name} (${shortened(problem, 60)})`));
  return `${said.join(', ')}${members.length > namesShown ? ' and others' : ''}`;
} // prettier-ignore

function departmentTable({ departments }: Counts): NonNullable<ReplyParts['table']> {
  const late = departments.toSorted((one, other) => other.overdue - one.overdue || percent(one) - percent(other));
  return {
    columns: ['Department', 'Done', 'Overdue', 'Not counted'],
    rows: late
      .slice(0, departmentsShown)
      .map(({ department, done, of, overdue, exempt, onLeave, left }) => [department, `${done} of ${of}`, String(overdue), String(exempt + onLeave + left)]),
  };
} // prettier-ignore

function reportButtons(
  { person, now }: Context,
  campaign: Campaign,
  day: string | null,
  left: number,
): ButtonParts[] {
  const { reference, state, startedAt } = campaign;
  const isOld = startedAt !== null && now.getTime() - startedAt.getTime() >= remindedEvery * 86_400_000;
  const values = { record: reference, ...(day === null ? {} : { day }) };
  const leads = leadsCampaigns.allows(person, null, null);
  return [
    ...(day === null && left > 0 && state === 'running' && isOld
      ? [recordButton('remind', `Remind ${left} kindly`, reference)]
      : []),
    ...(left > 0 ? [{ id: actionId(`${room}.list`, values), label: 'Who has not' }] : []),
    ...(leads
      ? [recordButton('more', 'More', reference)]
      : [{ id: actionId(`${room}.export`, values), label: 'Export' }]),
  ];
}

/** All that the person may see, those that run first. */
export async function campaignList(tx: Queryable, context: Context, begin: ButtonParts): Promise<Addressed[]> {
  const { person, now } = context;
  const seen = await campaigns.selectSeen(tx, person, "state <> 'stopped' or started_at is not null");
  const order = ['running', 'paused', 'draft', 'ended', 'stopped'];
  const shown = seen.toReversed().toSorted((one, other) => order.indexOf(one.state) - order.indexOf(other.state)).slice(0, 10);
  const buttons = leadsCampaigns.allows(person, null, null) ? [begin] : [];
  if (shown.length === 0) return toAsker({ text: buttons.length > 0 ? 'There is no campaign yet. Say «ask everyone to acknowledge POL-05 until 18 December», or start one here.' : 'There is no campaign that asks anybody who reports to you.', buttons });
  const day = dayOf(now, 'UTC');
  const items = [];
  for (const campaign of shown) {
    const { reference, title, state, dueOn, standing } = campaign;
    const counts = await selectCounts(tx, campaign, day, whose(context));
    const how = state === 'draft' ? 'not started' : counts.of === 0 ? 'nobody asked now' : `${counts.done} of ${counts.of} done (${percent(counts)} %)${counts.overdue > 0 ? `, ${counts.overdue} overdue` : ''}`;
    const when = standing ? 'whoever comes later too' : `until ${dayInWords(dueOn ?? '')}`;
    items.push({ text: title, detail: `${reference} · ${state} · ${when} · ${how}`, button: recordButton('show', 'Look', reference) });
    if (state !== 'draft') await noteLook(tx, context, campaign, counts.of, day);
  }
  const running = seen.filter(({ state }) => state === 'running').length;
  return toAsker({ text: running === 0 ? 'No campaign is running.' : running === 1 ? '1 campaign is running.' : `${running} campaigns are running.`, items, buttons });
} // prettier-ignore

const standingWords: Record<Standing, string> = { done: 'done', open: 'open', overdue: 'overdue', exempt: 'exempt', on_leave: 'on leave', left: 'left', moved: 'moved' }; // prettier-ignore

const columns = [
  'campaign',
  'title',
  'person',
  'department',
  'came in',
  'counts from',
  'counts until',
  'due',
  'state',
  'exemption',
  'sent',
  'delivered',
  'opened',
  'problem',
  'as of',
];

function rowOf({ reference, title }: Campaign, member: Member, day: string): string[] {
  const at = (moment: Date | null) => moment?.toISOString().slice(0, 16).replace('T', ' ') ?? '';
  const { name, department, enteredOn, countsFrom, countsUntil, dueOn, standing, exemption, sentAt, deliveredAt, openedAt, problem } = member;
  return [reference, title, name, department ?? '', enteredOn, countsFrom, countsUntil ?? '', dueOn, standingWords[standing], exemption ?? '', at(sentAt), at(deliveredAt), at(openedAt), problem ?? '', day];
} // prettier-ignore

/** Everybody in every campaign that was started, for `isma export campaigns`. */
export async function campaignsTable(db: Database, now: Date): Promise<Table> {
  const rows: string[][] = [];
  const day = dayOf(now, 'UTC');
  for (const campaign of await campaigns.selectWhere(db, 'started_at is not null'))
    rows.push(...(await selectMembers(db, campaign, day)).map((member) => rowOf(campaign, member, day)));
  return { columns, rows };
}

async function members(tx: Queryable, context: Context, argument: (name: string) => string, only: readonly Standing[], page: { limit?: number; offset?: number } = {}) {
  const campaign = await findCampaign(tx, context, argument('record'));
  const day = argument('day') || dayOf(context.now, 'UTC');
  const found = await selectMembers(tx, campaign, day, { of: whose(context), only, ...page });
  await noteLook(tx, context, campaign, found.length, day);
  return { campaign, day, found };
} // prettier-ignore

/** What is done with one that runs; each is told whole on its card first. */
const moves = {
  pause: [
    'Pause',
    'running',
    'Nothing is sent while it is paused; what people were asked stays open, and its day stays.',
  ],
  'go-on': ['Go on', 'paused', 'Whoever came meanwhile is asked, and reminders go on.'],
  stop: [
    'Stop',
    'running or paused',
    'Nothing more is sent, and nobody is asked for it any more. It cannot be started again; its figures stay.',
  ],
} as const;

function moreCard(campaign: Campaign): ReplyParts {
  const { reference, title, state, version } = campaign;
  const possible = (Object.keys(moves) as (keyof typeof moves)[]).filter((move) => moves[move][1].includes(state));
  return {
    text: linesOf(`${title}: what shall happen with it?`, `${reference} · ${state}`),
    facts: possible.map((move) => ({ label: moves[move][0], value: moves[move][2] })),
    buttons: [
      ...possible.map((move) => signButton(move, moves[move][0], { record: reference }, String(version), move === 'stop' ? { style: 'danger' } : {})),
      ...(possible.length === 0 ? [] : [recordButton('exempt', 'Exempt somebody', reference, { opensForm: true })]),
      recordButton('export', 'Export', reference),
    ],
  };
} // prettier-ignore

/** Thousands of messages wait for the platform's limits: what is about nothing else is not sent, and counts as never told. */
async function takeBackUnsent(tx: Queryable, campaign: Campaign): Promise<void> {
  const inputs = await selectInputsAbout(tx, await selectRecords(tx, campaign));
  await forgetTold(tx, await withdrawPlanned(tx, inputs));
}

interface Opened {
  tx: Queryable;
  context: Context;
  campaign: Campaign;
}

function moveActions(): Actions {
  return Object.fromEntries(
    (Object.keys(moves) as (keyof typeof moves)[]).map((move) => [
      `${room}.${move}`,
      {
        async look(tx: Queryable, context: Context, { argument }: { argument(name: string): string }) {
          const campaign = await lockCampaign(tx, context, argument('record'));
          return { seen: String(campaign.version), card: async () => moreCard(campaign) };
        },
        async sign(tx: Queryable, context: Context, { argument }: { argument(name: string): string }) {
          const campaign = await lockCampaign(tx, context, argument('record'));
          const command = commandOf(context);
          if (move !== 'go-on') await takeBackUnsent(tx, campaign);
          const moved = move === 'go-on' ? await goOn(tx, command, campaign) : await moveCampaign(tx, command, campaign, move);
          return [{ ...(await reportCard(tx, context, moved, null, move === 'pause' ? 'It is paused: nothing more is sent.' : move === 'stop' ? 'It is stopped: nothing more is sent.' : 'It goes on.')), replacesCard: true }];
        },
      },
    ]),
  );
} // prettier-ignore

export const reportActions: Actions = {
  ...moveActions(),
  ...formCommand<Opened>(room, 'exempt', {
    open: async (tx, context, { argument }) => ({ tx, context, campaign: await lockCampaign(tx, context, argument('record')) }),
    lead: ({ campaign }) => `Who need not take part in «${campaign.title}», and why?`,
    form: ({ campaign: { reference } }) => ({
      id: actionId(`${room}.send-exempt`, { record: reference }),
      title: 'Exempt somebody',
      submitLabel: 'Exempt',
      fields: [
        field('who', 'Who?', 'text'),
        field('until', 'Until when? Empty for good', 'date', { required: false }),
        field('reason', 'Why?', 'multiline', { hint: 'An auditor reads it. Write nothing about health.' }),
      ],
    }),
    at: 'reason',
    async write({ tx, context, campaign }, fields) {
      const person = await personNamed(tx, context, sentText(fields, 'who'), 'who');
      const until = sentDay(fields, 'until', context);
      await exemptFromCampaign(tx, commandOf(context), campaign, person, { reason: sentText(fields, 'reason'), until });
      return asked({ text: `${person.name} need not take part in «${campaign.title}»${until === null ? '' : ` until ${dayInWords(until)}`}.`, buttons: [recordButton('show', 'Look at it', campaign.reference)] }, true);
    },
  }),
  [`${room}.more`]: async (tx, context, { argument }) => toAsker(moreCard(await lockCampaign(tx, context, argument('record')))),
  async [`${room}.remind`](tx, context, { argument }) {
    const campaign = await findCampaign(tx, context, argument('record'));
    const open = await selectMembers(tx, campaign, dayOf(context.now, 'UTC'), { of: whose(context), only: ['open', 'overdue'] });
    const people = await remindOfCampaign(tx, commandOf(context), campaign, open.map(({ personId }) => personId));
    if (people.length > 0) await audit(tx, commandOf(context), { action: 'campaign.reminded', record: campaigns.nameOf(campaign), detail: countedAndHashed(people) });
    const rest = open.length - people.length;
    const why = rest === 0 ? '' : ` ${rest} ${rest === 1 ? 'was' : 'were'} reminded lately, and ${rest === 1 ? 'is' : 'are'} left in peace.`;
    return toAsker({ text: people.length === 0 ? `Nobody is reminded now.${why}` : `${people.length} ${people.length === 1 ? 'gets' : 'get'} a kind word with their next message, in their working hours and never more often than set.${why}` });
  },
  async [`${room}.list`](tx, context, { argument }) {
    const page = pageIn(argument);
    const { campaign, day, found } = await members(tx, context, argument, ['overdue', 'open'], { limit: rowsShown, offset: page * rowsShown });
    const counts = await selectCounts(tx, campaign, day, whose(context));
    return toAsker(
      listCard(room, {
        count: counts.of - counts.done,
        noun: (many) => `${many ? 'people have' : 'person has'} not done «${shortened(campaign.title, 80)}»`,
        more: counts.overdue === 0 ? '' : `${counts.overdue} overdue.`,
        rows: {
          columns: ['Person', 'Department', 'Due', 'Message'],
          rows: found.map(({ name, department, dueOn, standing, deliveredAt, sentAt, openedAt, problem, outOfReach }) => [
            name,
            department ?? '',
            `${dayInWords(dueOn)}${standing === 'overdue' ? ', overdue' : ''}`,
            problem !== null ? `failed: ${shortened(problem, 60)}` : openedAt !== null ? 'opened' : deliveredAt !== null ? 'delivered' : sentAt !== null ? 'sent' : outOfReach ? 'out of reach' : 'not yet sent',
          ]),
        },
        values: { record: campaign.reference, ...(argument('day') === '' ? {} : { day }) },
        page,
      }),
    );
  },
  async [`${room}.export`](tx, context, { argument }) {
    const { campaign, day, found } = await members(tx, context, argument, []);
    const values = { record: campaign.reference, ...(argument('day') === '' ? {} : { day }) };
    return sendTable(tx, room, argument, values, { name: `${campaign.reference}-${day}`, text: `${found.length} people, as of ${dayInWords(day)}.`, table: { columns, rows: found.map((member) => rowOf(campaign, member, day)) } });
  },
}; // prettier-ignore
