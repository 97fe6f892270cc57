/** «More time»: what for, until when and why; a card with the buttons to decide goes to whoever decides. */
import {
  actionId,
  parseActionId,
  type Actions,
  type Addressed,
  type Context,
  type Obligation,
  type OpenerParts,
  type Outcome,
  type ReplyParts,
  type SigningAction,
  type WaitingItem,
} from '../../conversation/contract.ts';
import type { Queryable } from '../../db/database.ts';
import { buttonsOf, markOf } from '../../dialogue/buttons.ts';
import { commandOf, toAsker } from '../../dialogue/command.ts';
import { FieldError, formCommand } from '../../dialogue/form.ts';
import { field, sentDay, sentText } from '../../dialogue/form-fields.ts';
import { Refusal } from '../../errors.ts';
import { acknowledgementTime } from '../../isms/acknowledgement/more-time.ts';
import { trainingTime } from '../../isms/training/more-time.ts';
import { addDays, inFull } from '../../language/calendar.ts';
import { readDates } from '../../language/dates.ts';
import { shortened } from '../../language/text.ts';
import { tokensIn, words, wordsIn } from '../../language/vocabulary.ts';
import type { TimeRequest } from '../../records/more-time.ts';
import { selectPerson } from '../../records/person.ts';
import type { Dependencies } from '../dependencies.ts';
import { owedBy, startLooking } from './look.ts';
import { room, sayTo } from './phrases.ts';

/** What more time can be asked for here, by its table. Actions have a form of their own. */
const kinds = { training: trainingTime, acknowledgement_request: acknowledgementTime };
const tableOf = (record: string) => record.split(':')[0] ?? '';
const kindOf = (table: string) => (Object.hasOwn(kinds, table) ? kinds[table as keyof typeof kinds] : null);
const { signButton } = buttonsOf(room);
/** Days that a form proposes. */
const usual = 7;

async function datedOf(tx: Queryable, person: number, now: Date, { workflows }: Dependencies): Promise<Obligation[]> {
  const owed = await owedBy(await startLooking(tx, now, workflows()), [person]);
  return owed(person).filter(({ record, dueOn }) => dueOn !== null && kindOf(tableOf(record)) !== null);
} // prettier-ignore

interface Opened {
  tx: Queryable;
  context: Context;
  owed: Obligation[];
  known: { record: string; until: string; reason: string };
}

/** As its person's list calls it. */
async function titleOf(tx: Queryable, { now }: Pick<Context, 'now'>, { record, askedBy }: TimeRequest, parts: Dependencies): Promise<string> {
  const owed = await datedOf(tx, askedBy, now, parts);
  return owed.find((each) => each.record === record)?.item.text ?? record;
} // prettier-ignore

const seenOf = ({ id, state, askedFor }: TimeRequest) => markOf([id, state, askedFor.to]);

async function decisionCard(tx: Queryable, context: Context, request: TimeRequest, parts: Dependencies): Promise<ReplyParts> {
  const { name } = await selectPerson(tx, request.askedBy);
  const values = { kind: tableOf(request.record), request: request.id };
  return {
    text: `${name} asks for more time: ${await titleOf(tx, context, request, parts)}`,
    facts: [
      { label: 'Why', value: request.reason ?? '' },
      { label: 'Due', value: request.askedFor.from === null ? 'no day' : inFull(request.askedFor.from) },
      { label: 'Wanted', value: inFull(request.askedFor.to) },
    ],
    buttons: [
      signButton('approve-time', `Until ${inFull(request.askedFor.to)}`, values, seenOf(request), { style: 'primary' }),
      signButton('refuse-time', 'No', values, seenOf(request)),
    ],
  };
} // prettier-ignore

async function requestIn(tx: Queryable, argument: (name: string) => string) {
  const kind = kindOf(argument('kind'));
  const request = kind === null ? null : await kind.selectOptional(tx, Number(argument('request')));
  if (kind === null || request === null) throw new Refusal('There is no such request for more time.');
  return { kind, request };
}

function decision(parts: Dependencies, answer: 'approved' | 'refused'): SigningAction {
  return {
    async look(tx, context, { argument }) {
      const { request } = await requestIn(tx, argument);
      return { seen: seenOf(request), card: () => decisionCard(tx, context, request, parts) };
    },
    async sign(tx, context, { argument }) {
      const { kind, request } = await requestIn(tx, argument);
      const title = await titleOf(tx, context, request, parts);
      const { id, name } = await selectPerson(tx, request.askedBy);
      await kind.decide(tx, commandOf(context), request.id, answer);
      const asker = await selectPerson(tx, id);
      const until = inFull(request.askedFor.to);
      const theirs = sayTo(asker)(answer === 'approved' ? 'timeGiven' : 'timeRefused', { who: context.person.name, title, day: until }); // prettier-ignore
      return [
        { to: 'asker', reply: { text: answer === 'approved' ? `${name} has until ${until}: ${title}` : `The day stays for ${name}: ${title}` }, replacesCard: true }, // prettier-ignore
        { to: { personId: id }, reply: { text: theirs } },
      ];
    },
  };
}

export function moreTimeActions(parts: Dependencies): Actions {
  return {
    ...formCommand<Opened>(room, 'more-time', {
      async open(tx, context, { argument }) {
        const owed = await datedOf(tx, context.person.id, context.now, parts);
        if (owed.length === 0) throw new Refusal(sayTo(context.person)('nothingDated'));
        return { tx, context, owed, known: { record: argument('record'), until: argument('until'), reason: argument('reason') } };
      },
      lead: ({ context }) => sayTo(context.person)('moreTimeLead'),
      form({ context, owed, known }) {
        const say = sayTo(context.person);
        const chosen = owed.find(({ record }) => record === known.record) ?? owed[0];
        return {
          id: actionId(`${room}.send-more-time`),
          title: say('moreTime'),
          submitLabel: say('ask'),
          fields: [
            field('record', say('whatFor'), 'choice', {
              value: chosen?.record ?? null,
              options: owed.map(({ record, item }) => ({ value: record, label: shortened(item.text, 75) })),
            }),
            field('until', say('until'), 'date', { value: known.until || addDays(chosen?.dueOn ?? '', usual) }),
            field('reason', say('whyMore'), 'multiline', { value: known.reason || null }),
          ],
        };
      },
      at: 'until',
      async write({ tx, context, owed }, fields) {
        const thing = owed.find(({ record }) => record === sentText(fields, 'record'));
        const kind = thing === undefined ? null : kindOf(tableOf(thing.record));
        if (thing === undefined || kind === null) throw new FieldError('record', sayTo(context.person)('nothingDated'));
        const wanted = { to: sentDay(fields, 'until', context) ?? '', reason: sentText(fields, 'reason') };
        const request = await kind.request(tx, commandOf(context), Number(thing.record.split(':')[1]), wanted);
        const decider = await selectPerson(tx, request.askedOf ?? context.person.id);
        const text = sayTo(context.person)('timeAsked', { who: decider.name });
        return [
          ...toAsker({ text }),
          { to: { personId: decider.id }, reply: await decisionCard(tx, context, request, parts) },
        ] satisfies Addressed[];
      },
    }),
    [`${room}.approve-time`]: decision(parts, 'approved'),
    [`${room}.refuse-time`]: decision(parts, 'refused'),
    async [`${room}.time`](tx, context, { argument }) {
      const { kind, request } = await requestIn(tx, argument);
      const command = commandOf(context);
      const subject = { id: request.recordId, personId: request.askedBy, dueOn: request.askedFor.from };
      await kind.decides.refuseUnless(tx, command, { ...subject, request });
      if (request.state !== 'waiting') throw kind.decided(command, { ...subject, request });
      return toAsker(await decisionCard(tx, context, request, parts));
    },
  };
} // prettier-ignore

/** Requests that this person decides. */
export async function waitingTime(parts: Dependencies, { person, now }: Context): Promise<WaitingItem[]> {
  const { db } = parts;
  const items: WaitingItem[] = [];
  for (const [kind, { selectFor }] of Object.entries(kinds))
    for (const request of await selectFor(db, person)) {
      const { name } = await selectPerson(db, request.askedBy);
      const button: OpenerParts = { id: actionId(`${room}.time`, { kind, request: request.id }), label: 'Look' };
      items.push({ text: `More time? ${await titleOf(db, { now }, request, parts)}`, detail: `${name}: «${shortened(request.reason ?? '', 120)}»`, button });
    }
  return items;
} // prettier-ignore

const moreTime = words('nudges/more time');
const because = words('nudges/because');

/** «More time for phishing until 12 December because I was ill». Null for other words, and where nothing of theirs is meant. */
export function claimMoreTime(context: Context, text: string, parts: Dependencies): Outcome | null {
  const { person, now } = context;
  const begun = moreTime.begins(text);
  if (begun === null) return null;
  const rest = text.slice(begun.to).trim();
  const why = because.find(rest);
  const wanted = rest.slice(0, why?.from ?? rest.length);
  const [date] = readDates(wanted, { now, timeZone: person.timeZone, locale: person.locale, towards: 'future' });
  const named = wordsIn(wanted.slice(0, date?.index ?? wanted.length)).filter((word) => word.length > 3);
  return async (tx) => {
    const owed = await datedOf(tx, person.id, now, parts);
    const say = sayTo(person);
    if (owed.length === 0) return toAsker({ text: say('nothingDated') });
    const fits = ({ item }: Obligation) => named.filter((word) => tokensIn(item.text).tokens.some((token) => token.word === word)).length;
    const [best] = owed.toSorted((one, other) => fits(other) - fits(one));
    const id = actionId(`${room}.more-time`, {
      record: best?.record ?? '',
      until: date?.day ?? '',
      reason: why === null ? '' : shortened(rest.slice(why.to).trim(), 400),
    });
    const { command } = parseActionId(id);
    return toAsker({ text: say('moreTimeFor', { title: best?.item.text ?? '' }), buttons: [{ id: id.length > 1_800 ? command : id, label: say('ask'), style: 'primary', opensForm: true }] });
  };
} // prettier-ignore
