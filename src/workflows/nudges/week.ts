/** What a week brings for whoever wants to hear it: what is due, what became overdue, and what of readiness has changed. */
import type { ReplyParts } from '../../conversation/contract.ts';
import { actionId } from '../../conversation/action-id.ts';
import type { Queryable } from '../../db/database.ts';
import { selectHistorySince } from '../../db/row-history.ts';
import { selectDated } from '../../isms/calendar/dated.ts';
import type { Dated } from '../../isms/calendar/day.ts';
import { selectFacts, type Fact } from '../../isms/readiness/fact.ts';
import { addDays, dayOf } from '../../language/calendar.ts';
import { dueInWords } from '../../language/due-words.ts';
import { shortened } from '../../language/text.ts';
import { languageOf, wording } from '../../language/wording.ts';
import { isIsmsManager } from '../../records/command-context.ts';
import { selectWishing, type Week } from '../../records/digest.ts';

/** Lines of each list; the rest is counted. */
const mostNamed = 5;
/** Characters of a line's title. */
const longestTitle = 60;
const aWeek = 7;
const msPerDay = 86_400_000;

/** Facts of readiness whose changes are told. */
const told = [
  'documents.missing', 'documents.review_overdue', 'soa.decided', 'audits.late', 'review.held', 'nonconformities.major_open', 'nonconformities.minor_open',
  'actions.overdue', 'acknowledgements.overdue', 'training.overdue', 'evidence.overdue', 'evidence.fresh',
]; // prettier-ignore

/** Of those of them who want to hear it, and for whom there is something to say. */
export async function weeksFor(
  tx: Queryable,
  now: Date,
  people: readonly number[],
): Promise<Map<number, Week>> {
  const weeks = new Map<number, Week>();
  let changes: Week['changes'] | undefined;
  for (const person of await selectWishing(tx, people)) {
    // The same for each of them, and the most that there is to count.
    if (isIsmsManager(person)) changes ??= await changesSince(tx, now);
    const week = await weekFor(tx, now, person, changes);
    if (week.due.length + week.late.length + week.changes.length > 0) weeks.set(person.id, week);
  }
  return weeks;
}

/** How ready the organisation is, is the ISMS manager's; managers hear of what is theirs and their people's. */
export async function weekFor(
  tx: Queryable,
  now: Date,
  person: { id: number; roles: readonly string[]; timeZone: string },
  changes?: Week['changes'],
): Promise<Week> {
  const today = dayOf(now, person.timeZone);
  if (!isIsmsManager(person)) return weekOf(tx, today, { id: person.id, roles: [] }, []);
  return weekOf(tx, today, person, changes ?? (await changesSince(tx, now)));
}

async function weekOf(tx: Queryable, today: string, viewer: { id: number; roles: readonly string[] }, changes: Week['changes']): Promise<Week> {
  const span = { from: today, until: addDays(today, aWeek - 1) };
  const all = await selectDated(tx, { viewer, span, today, late: true });
  const overdue = all.filter(({ dueOn }) => dueOn < today);
  const line = ({ kind, title, dueOn, person, personId }: Dated) => ({ kind, title, dueOn, name: personId === viewer.id ? null : person });
  return {
    day: today,
    // A window that stays open for months is not due this week.
    due: all.filter(({ dueOn }) => dueOn >= today && dueOn <= span.until).map(line),
    late: overdue.filter(({ dueOn }) => dueOn >= addDays(today, -aWeek)).map(line),
    overdue: overdue.length,
    changes,
  };
} // prettier-ignore

/** None where nothing is known of a week ago: a register that was begun since has not changed. */
async function changesSince(tx: Queryable, now: Date): Promise<Week['changes']> {
  const then = new Date(now.getTime() - aWeek * msPerDay);
  const since = await selectHistorySince(tx);
  if (since === null || since > then) return [];
  const before = new Map((await selectFacts(tx, then)).map((fact) => [fact.key, said(fact)])); // prettier-ignore
  const facts = await selectFacts(tx, now);
  return facts.flatMap((fact) => {
    const was = before.get(fact.key) ?? '0';
    return told.includes(fact.key) && said(fact) !== was ? [{ key: fact.key, now: said(fact), before: was }] : []; // prettier-ignore
  });
}

/** Of what is wanted, out of how many; of what is not, how many. */
const shares = ['soa.decided', 'evidence.fresh'];

function said({ key, count, of }: Fact): string {
  return !shares.includes(key) || of === null || of === 0 ? String(count) : `${count}/${of}`;
}

/** Lines and facts of a message; the button opens the week in the calendar. */
export function weekParts(person: { locale: string }, week: Week | null, today: string): { text: string[]; facts: NonNullable<ReplyParts['facts']>; buttons: NonNullable<ReplyParts['buttons']> } {
  if (week === null) return { text: [], facts: [], buttons: [] };
  const language = languageOf(person);
  const say = wording('digest', language);
  const kinds = wording('calendar', language);
  const { due, late, changes, overdue, day } = week;
  const counted = (one: 'dueOne' | 'lateOne', many: 'due' | 'late', count: number) => (count === 0 ? [] : [say(count === 1 ? one : many, { count })]);
  const lines = (all: Week['due']) => [
    ...all.slice(0, mostNamed).map(({ kind, title, dueOn, name }) =>
      [shortened(title.replace(/\s+/g, ' '), longestTitle), kinds(kind), dueInWords(language, dueOn, today), name].filter((part) => part !== null).join(' · '),
    ),
    ...(all.length > mostNamed ? [say('more', { count: all.length - mostNamed })] : []),
  ].join('\n');
  const fact = (label: 'dueLabel' | 'lateLabel', all: Week['due']) => (all.length === 0 ? [] : [{ label: say(label), value: lines(all) }]);
  const text = [...counted('dueOne', 'due', due.length), ...counted('lateOne', 'late', late.length)];
  return {
    text: text.length > 0 || changes.length === 0 ? text : [say('changed')],
    facts: [
      ...fact('dueLabel', due),
      ...fact('lateLabel', late),
      ...(changes.length === 0 ? [] : [{ label: say('changedLabel'), value: changes.map(({ key, now, before }) => say('change', { what: say(key), now, before })).join('\n') }]),
      ...(overdue > late.length ? [{ label: say('waitingLabel'), value: say('waiting', { count: overdue }) }] : []),
    ],
    buttons: [{ id: actionId('calendar.list', { from: day, until: addDays(day, aWeek - 1) }), label: say('calendar') }],
  };
} // prettier-ignore
