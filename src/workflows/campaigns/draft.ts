/** A campaign before it starts: the form, and the card that says who would read what, when and how often. Starting it is signed on that card. */
import { createHash } from 'node:crypto';
import {
  actionId,
  type Actions,
  type Addressed,
  type Context,
  type Form,
  type Obligation,
  type ReplyParts,
} from '../../conversation/contract.ts';
import type { Pace } from '../../conversation/port.ts';
import type { Queryable } from '../../db/database.ts';
import { audienceNamed } from '../../dialogue/audience.ts';
import { commandOf, toAsker } from '../../dialogue/command.ts';
import { FieldError, formCommand } from '../../dialogue/form.ts';
import { field, sentDay, sentText } from '../../dialogue/form-fields.ts';
import { byUrgency } from '../../dialogue/nudge/decide.ts';
import { messageText } from '../../dialogue/nudge/message.ts';
import { asked } from '../../dialogue/proposal.ts';
import {
  campaigns,
  draftCampaign,
  moveCampaign,
  type Campaign,
  type CampaignDraft,
} from '../../isms/campaign/campaign.ts';
import { previewCampaign, type Preview } from '../../isms/campaign/preview.ts';
import type { Member, Reach } from '../../isms/campaign/rate.ts';
import { startCampaign } from '../../isms/campaign/run.ts';
import { selectPolicies } from '../../isms/policy-question/policy.ts';
import { requiredLearners } from '../../isms/training/assign.ts';
import { lessonNamed } from '../../isms/training/lesson-bank.ts';
import { addDays, dayInWords, dayOf, inFull } from '../../language/calendar.ts';
import { linesOf, shortened } from '../../language/text.ts';
import { words } from '../../language/vocabulary.ts';
import { selectPerson } from '../../records/person.ts';
import type { Dependencies } from '../dependencies.ts';
import { minutesFor } from './how-long.ts';
import { lockCampaign, recordButton, reportCard, room, signButton } from './report.ts';
import { subjectsNamed, type Wanted } from './words.ts';

/** Days that people have where nobody says a day. */
const usualDays = 14;

export const asPeople = (count: number) => (count === 1 ? '1 person' : `${count} people`);

/** «POL-05 Access Control Policy, the lesson «Phishing»». */
async function saidOf(tx: Queryable, { documents, lessons }: Campaign['subjects'], now: Date): Promise<{ title: string; what: string; said: string }> {
  const policies = (await selectPolicies(tx, dayOf(now, 'UTC'))).filter(({ documentId }) => documents.includes(documentId));
  const titles = lessons.flatMap((name) => lessonNamed(name)?.title.en ?? []);
  const acknowledged = policies.map(({ reference, title }) => `${reference} ${title}`).join(' and ');
  const learned = titles.map((title) => `the lesson «${title}»`).join(' and ');
  return {
    title: [...policies.map(({ title }) => title), ...titles].join(', '),
    what: [...policies.map(({ reference }) => reference), ...lessons].join(', '),
    said: [acknowledged === '' ? '' : `acknowledge ${acknowledged}`, learned === '' ? '' : `do ${learned}`].filter((part) => part !== '').join(' and '),
  };
} // prettier-ignore

const joiners = words('campaigns/joiners');

type How = 'once' | 'standing' | 'newcomers';

/** @param how  null for what the words say */
export async function draftFrom(tx: Queryable, context: Context, { who: said, what, due }: Wanted, how: How | null, known: Campaign | null, days = usualDays): Promise<Campaign> {
  const { person, now } = context;
  const isNew = how === 'newcomers' || (how === null && joiners.is(said) !== null);
  const { who, spec } = await audienceNamed(tx, context, joiners.is(said) === null ? said : 'everyone', await requiredLearners(tx, person));
  const standing = isNew || how === 'standing';
  const subjects = await subjectsNamed(tx, what, now);
  const { title } = await saidOf(tx, subjects, now);
  const dueOn = standing ? null : (due ?? addDays(dayOf(now, person.timeZone), usualDays));
  const draft: CampaignDraft = { title: shortened(title, 200), who, audience: spec, standing, newcomers: isNew, subjects, dueOn, dueDays: standing ? days : null };
  return draftCampaign(tx, commandOf(context), draft, known);
} // prettier-ignore

const names = (members: readonly Member[], most = 300) =>
  shortened(members.map(({ name }) => name).join(', '), most);

function howLong(reach: Reach, paces: ReadonlyMap<string, Pace>): string {
  const times = minutesFor(reach, paces).map(({ name, minutes }) => {
    const whole = Math.max(1, Math.ceil(minutes));
    const time =
      whole > 90 ? `${Math.ceil(minutes / 60)} hours` : whole === 1 ? 'a minute' : `${whole} minutes`;
    return `about ${time} at ${name}'s limit`;
  });
  return [...times, 'each in their own working hours'].join(', ');
}

function aside({ counts: { done }, exempt, onLeave, unreadable }: Preview<unknown>): string | null {
  const parts = [
    done === 0 ? null : `${done} ${done === 1 ? 'has' : 'have'} done it`,
    exempt.length === 0 ? null : `exempt: ${shortened(exempt.map(({ name, exemption }) => `${name}, ${exemption ?? ''}`).join('; '), 200)}`,
    onLeave.length === 0 ? null : `on leave, asked once back: ${shortened(onLeave.map(({ name, countsFrom }) => `${name} (${dayInWords(countsFrom)})`).join(', '), 200)}`,
    unreadable === 0 ? null : `${unreadable} may not read it`,
  ].filter((part) => part !== null);
  return parts.length === 0 ? null : parts.join(' · ');
} // prettier-ignore

/** A terminal knows everybody. */
const canLookUp = (paces: ReadonlyMap<string, Pace>) =>
  paces.size === 0 || [...paces.values()].some(({ lookUps }) => lookUps > 0);

const outOfReachHelp = 'Ask an admin to give them access, or take a signed list.';

/** What the preview asks others for. */
export type Parts = Pick<Dependencies, 'workflows' | 'paces'>;

interface Draft {
  seen: string;
  reply: ReplyParts;
}

/** As it would be now. */
async function draftCard(tx: Queryable, { now }: Pick<Context, 'now'>, campaign: Campaign, { workflows, paces }: Parts): Promise<Draft> {
  const { reference, who, dueOn, dueDays, standing, newcomers, subjects } = campaign;
  const { said } = await saidOf(tx, subjects, now);
  const preview = await previewCampaign(tx, campaign, now, async (inside, personId) => {
    const owed: Obligation[] = [];
    for (const workflow of workflows()) owed.push(...((await workflow.owed?.(inside, [personId], now)) ?? []));
    const own = owed.filter(({ askedAt }) => askedAt.getTime() === now.getTime());
    const [first] = own.toSorted(byUrgency);
    const person = await selectPerson(inside, personId);
    if (first === undefined) return null;
    const text = messageText(person, first, own.length - 1, dayOf(now, person.timeZone));
    return linesOf(text, first.item.button == null ? null : `[${first.item.button.label}]`, first.why);
  });
  const { counts, asked: members, outOfReach, reach, mostMessages, sample } = preview;
  const departments = [...Map.groupBy(members, ({ department }) => department ?? 'no department')].toSorted(([, one], [, other]) => other.length - one.length);
  const when = dueOn === null ? `within ${dueDays} days` : `until ${inFull(dueOn)}`;
  const later = standing ? ' Whoever comes later is asked then.' : '';
  const facts = [
    { label: 'Who', value: newcomers ? who : `${who}: ${shortened(departments.map(([name, those]) => `${name} ${those.length}`).join(', '), 300)}` },
    { label: 'Asked', value: names(members) },
    { label: 'Not asked', value: aside(preview) ?? '' },
    { label: 'Out of reach', value: outOfReach.length === 0 ? '' : `${names(outOfReach, 200)}. ${outOfReachHelp}` },
    { label: 'Not met yet', value: reach.unmet === 0 ? '' : `${asPeople(reach.unmet)}: ${canLookUp(paces) ? 'I look for them by their address' : 'I reach them once they write to me, or an admin gives them the app'}` },
    { label: 'They read', value: sample ?? '' },
    { label: 'Messages', value: newcomers ? 'one to each on their first day, with all of it' : `${members.length} at first, ${mostMessages} at most with all reminders; none to who has done it` },
    { label: 'How long', value: newcomers ? '' : howLong(reach, paces) },
  ].filter(({ value }) => value !== '');
  const lead = newcomers
    ? `Ask whoever joins to ${said} ${when}? Nobody who is here now is asked.`
    : members.length === 0 && !standing ? `Nobody would be asked to ${said}.` : `Ask ${asPeople(members.length)} to ${said} ${when}?${later}`;
  const text = linesOf(lead, `${reference} · draft · nothing is sent before you start it`);
  const shown = { text, facts: facts.map(({ label, value }) => ({ label, value })) };
  const seen = createHash('sha256').update(JSON.stringify([campaign.version, counts, shown])).digest('base64url').slice(0, 10);
  return {
    seen,
    reply: {
      ...shown,
      buttons: [
        ...(members.length === 0 && !standing ? [] : [signButton('start', 'Start', { record: reference }, seen, { style: 'primary' })]),
        recordButton('change', 'Change', reference, { opensForm: true }),
        recordButton('discard', 'Discard', reference),
      ],
    },
  };
} // prettier-ignore

export async function showDraft(tx: Queryable, context: Context, campaign: Campaign, parts: Parts, replacesCard = false): Promise<Addressed[]> {
  return asked((await draftCard(tx, context, campaign, parts)).reply, replacesCard);
} // prettier-ignore

interface Opened {
  tx: Queryable;
  context: Context;
  known: Campaign | null;
}

function formOf(context: Context, known: Campaign | null, what: string): Form {
  const { now, person } = context;
  return {
    id: actionId(`${room}.send-change`, { record: known?.reference ?? '' }),
    title: known === null ? 'Start a campaign' : 'Change it',
    submitLabel: 'Preview',
    fields: [
      field('what', 'What shall they acknowledge or learn?', 'text', { value: what || null, hint: 'POL-05, or what a lesson is about; several with commas' }),
      field('who', 'Who?', 'text', { value: known?.who ?? 'everyone', hint: 'everyone, departments, managers, groups, or names with commas' }),
      field('how', 'Once, or whoever comes later too?', 'choice', {
        value: known?.newcomers === true ? 'newcomers' : known?.standing === true ? 'standing' : 'once',
        options: [{ value: 'once', label: 'Once, these people' }, { value: 'standing', label: 'These, and whoever comes later' }, { value: 'newcomers', label: 'Only whoever comes later' }],
      }),
      field('due', 'Once: until when?', 'date', { required: false, value: known?.dueOn ?? addDays(dayOf(now, person.timeZone), usualDays) }),
      field('days', 'Later too: how many days has each?', 'number', { required: false, value: String(known?.dueDays ?? usualDays) }),
    ],
  };
} // prettier-ignore

export function draftActions(parts: Parts): Actions {
  return {
    ...formCommand<Opened>(room, 'change', {
      async open(tx, context, { argument }) {
        await requiredLearners(tx, context.person);
        const reference = argument('record');
        return { tx, context, known: reference === '' ? null : await lockCampaign(tx, context, reference) };
      },
      lead: () => 'Who shall do what, and until when? You see it all before anything is sent.',
      form: async ({ tx, context, known }) => formOf(context, known, known === null ? '' : (await saidOf(tx, known.subjects, context.now)).what),
      at: 'what',
      async write({ tx, context, known }, fields) {
        const said = sentText(fields, 'how');
        const how = said === 'standing' || said === 'newcomers' ? said : 'once';
        const days = Number(sentText(fields, 'days') || usualDays);
        if (how !== 'once' && !(Number.isInteger(days) && days >= 1 && days <= 365)) throw new FieldError('days', 'Between 1 and 365 days.');
        const wanted = { who: sentText(fields, 'who'), what: sentText(fields, 'what'), due: sentDay(fields, 'due', context) };
        return showDraft(tx, context, await draftFrom(tx, context, wanted, how, known, days), parts, known !== null);
      },
    }),
    [`${room}.start`]: {
      async look(tx, context, { argument }) {
        const campaign = await lockCampaign(tx, context, argument('record'));
        if (campaign.state !== 'draft') return { seen: '', card: async () => (await reportCard(tx, context, campaign, null)).reply };
        const { seen, reply } = await draftCard(tx, context, campaign, parts);
        return { seen, card: async () => reply };
      },
      async sign(tx, context, { argument }) {
        const started = await startCampaign(tx, commandOf(context), await lockCampaign(tx, context, argument('record')));
        return [{ ...(await reportCard(tx, context, started, null, 'It runs: the first messages go out in a few minutes, each in their own working hours.')), replacesCard: true }];
      },
    },
    async [`${room}.discard`](tx, context, { argument }) {
      const campaign = await lockCampaign(tx, context, argument('record'));
      if (campaign.state !== 'draft') return [await reportCard(tx, context, await campaigns.select(tx, campaign.id), null)];
      await moveCampaign(tx, commandOf(context), campaign, 'stop');
      return asked({ text: `${campaign.reference} is discarded. Nothing was sent.` }, true);
    },
  };
} // prettier-ignore

export const startButton = {
  id: actionId(`${room}.change`, {}),
  label: 'Start a campaign',
  style: 'primary' as const,
  opensForm: true,
};

export async function offerForm(tx: Queryable, context: Context): Promise<Addressed[]> {
  await requiredLearners(tx, context.person);
  return toAsker({ text: 'Who shall acknowledge or learn what, and until when? You see it all before anything is sent.', buttons: [startButton] });
} // prettier-ignore
