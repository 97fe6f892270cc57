/** «Later» and «I am on leave»: by buttons, by a form, or in words. What words say is shown on a card, and holds once it is pressed. */
import {
  actionId,
  type ActionHandler,
  type Actions,
  type Addressed,
  type ButtonParts,
  type Context,
  type Outcome,
} from '../../conversation/contract.ts';
import type { Queryable } from '../../db/database.ts';
import { toAsker } from '../../dialogue/command.ts';
import { FieldError, formCommand } from '../../dialogue/form.ts';
import { field, sentDay } from '../../dialogue/form-fields.ts';
import { Refusal } from '../../errors.ts';
import { addDays, dayOf, inWeekOf } from '../../language/calendar.ts';
import { readDates } from '../../language/dates.ts';
import { dayNamed } from '../../language/due-words.ts';
import { words } from '../../language/vocabulary.ts';
import { languageOf } from '../../language/wording.ts';
import { endAbsence, noteAbsence, selectAbsence, selectAbsences, snooze } from '../../records/absence.ts';
import { lookSoon } from '../../records/nudge-agenda.ts';
import { owedBy, startLooking, calendarsOf } from './look.ts';
import { room, sayTo } from './phrases.ts';
import type { Dependencies } from '../dependencies.ts';

/** Days for which things can be put off at once; whoever needs longer asks for more time, or is away. */
const longestSnooze = 14;
/** Days for which somebody can be away. */
const longestLeave = 366;

const todayOf = ({ now, person }: Context) => dayOf(now, person.timeZone);
const dayFor = (context: Context, day: string) => dayNamed(languageOf(context.person), day, todayOf(context));
const snoozeId = (until: string) => actionId(`${room}.snooze`, { until });
const leaveId = (from: string, until: string) => actionId(`${room}.away`, { from, until });

/** Tomorrow or the next day of theirs on which they work, next Monday, and any other day. */
async function laterButtons(tx: Queryable, context: Context): Promise<ButtonParts[]> {
  const { person, now } = context;
  const say = sayTo(person);
  const today = todayOf(context);
  const looking = await startLooking(tx, now, []);
  const calendar = (await calendarsOf(looking, [{ ...person, region: null }])).get(person.id);
  const next = calendar?.next(today) ?? addDays(today, 1);
  const monday = addDays(inWeekOf(today, 1), 7);
  const first = next === addDays(today, 1) ? say('tomorrow') : dayFor(context, next);
  return [
    { id: snoozeId(next), label: first, style: 'primary' },
    ...(monday === next ? [] : [{ id: snoozeId(monday), label: say('nextMonday') }]),
    { id: actionId(`${room}.until`), label: say('otherDay'), opensForm: true },
  ];
}

function refuseUntil(context: Context, until: string): string {
  const today = todayOf(context);
  const say = sayTo(context.person);
  if (!/^\d{4}-\d\d-\d\d$/.test(until) || until <= today) throw new Refusal(say('pastDay'));
  if (until > addDays(today, longestSnooze)) throw new Refusal(say('tooLong', { days: longestSnooze }));
  return until;
}

async function putOff(tx: Queryable, context: Context, until: string): Promise<Addressed[]> {
  const { person, now } = context;
  const say = sayTo(person);
  await snooze(tx, person.id, refuseUntil(context, until), now);
  const undo = { id: actionId(`${room}.wake`), label: say('wake') };
  return [{ to: 'asker', reply: { text: say('snoozed', { day: dayFor(context, until) }), buttons: [undo] }, replacesCard: true }];
} // prettier-ignore

/** What is due while somebody is away, so that they can ask for more time before. */
async function dueMeanwhile(tx: Queryable, { person, now }: Context, { workflows }: Dependencies, from: string, until: string): Promise<number> {
  const owed = await owedBy(await startLooking(tx, now, workflows()), [person.id]);
  return owed(person.id).filter(({ dueOn }) => dueOn !== null && dueOn >= from && dueOn <= until).length;
} // prettier-ignore

/** What was said of a leave, to be pressed. */
async function leaveCard(tx: Queryable, context: Context, parts: Dependencies, from: string, until: string): Promise<Addressed[]> {
  const say = sayTo(context.person);
  const today = todayOf(context);
  if (until < today || until < from || until > addDays(today, longestLeave)) throw new Refusal(say('noLeave'));
  const due = await dueMeanwhile(tx, context, parts, from, until);
  const key = from <= today ? 'leaveUntil' : 'leaveFrom';
  return toAsker({
    text: say(key, { from: dayFor(context, from), until: dayFor(context, until) }),
    facts: due === 0 ? [] : [{ label: say('meanwhile'), value: say(due === 1 ? 'dueThing' : 'dueThings', { count: due }) }],
    buttons: [
      { id: leaveId(from, until), label: say('yesAway'), style: 'primary' },
      { id: actionId(`${room}.leave`, { from, until }), label: say('otherDays'), opensForm: true },
    ],
  });
} // prettier-ignore

const away: ActionHandler = async (tx, context, { argument }) => {
  const { person, now } = context;
  const say = sayTo(person);
  const [from, until] = [argument('from'), argument('until')];
  const isDay = (day: string) => /^\d{4}-\d\d-\d\d$/.test(day);
  if (!isDay(from) || !isDay(until) || until < todayOf(context) || until < from || until > addDays(todayOf(context), longestLeave))
    throw new Refusal(say('noLeave'));
  await noteAbsence(tx, { personId: person.id, fromDay: from, untilDay: until }, 'person', now);
  await lookSoon(tx, [person.id], now);
  const back = { id: actionId(`${room}.back`), label: say('backEarlier') };
  return [{ to: 'asker', reply: { text: say('away', { day: dayFor(context, until) }), buttons: [back] }, replacesCard: true }];
}; // prettier-ignore

const back: ActionHandler = async (tx, context) => {
  const { person, now } = context;
  const today = todayOf(context);
  for (const { fromDay, untilDay } of await selectAbsences(tx, [person.id], today))
    await endAbsence(tx, person.id, fromDay > today && untilDay >= today ? fromDay : today);
  await snooze(tx, person.id, null, now);
  await lookSoon(tx, [person.id], now);
  return [{ to: 'asker', reply: { text: sayTo(person)('welcomeBack') }, replacesCard: true }];
};

export function laterActions(parts: Dependencies): Actions {
  return {
    [`${room}.later`]: async (tx, context) =>
      toAsker({ text: sayTo(context.person)('untilWhen'), buttons: await laterButtons(tx, context) }),
    [`${room}.snooze`]: (tx, context, { argument }) => putOff(tx, context, argument('until')),
    async [`${room}.wake`](tx, context) {
      await snooze(tx, context.person.id, null, context.now);
      await lookSoon(tx, [context.person.id], context.now);
      return [{ to: 'asker', reply: { text: sayTo(context.person)('awake') }, replacesCard: true }];
    },
    ...formCommand<{ tx: Queryable; context: Context }>(room, 'until', {
      open: async (tx, context) => ({ tx, context }),
      lead: ({ context }) => sayTo(context.person)('untilWhen'),
      form: ({ context }) => ({
        id: actionId(`${room}.send-until`),
        title: sayTo(context.person)('later'),
        submitLabel: sayTo(context.person)('later'),
        fields: [field('day', sayTo(context.person)('untilWhen'), 'date')],
      }),
      at: 'day',
      write: async ({ tx, context }, fields) => putOff(tx, context, sentDay(fields, 'day', context) ?? ''),
    }),
    [`${room}.away`]: away,
    [`${room}.back`]: back,
    ...formCommand<{ tx: Queryable; context: Context; from: string; until: string }>(room, 'leave', {
      open: async (tx, context, { argument }) => ({ tx, context, from: argument('from') || todayOf(context), until: argument('until') }),
      lead: ({ context }) => sayTo(context.person)('whenAway'),
      form: ({ context, from, until }) => ({
        id: actionId(`${room}.send-leave`),
        title: sayTo(context.person)('leave').slice(0, 24),
        submitLabel: sayTo(context.person)('next'),
        fields: [
          field('from', sayTo(context.person)('from'), 'date', { value: from }),
          field('until', sayTo(context.person)('until'), 'date', { value: until === '' ? null : until }),
        ],
      }),
      at: 'until',
      async write({ tx, context }, fields) {
        const [from, until] = ['from', 'until'].map((name) => sentDay(fields, name, context) ?? '');
        if (from === undefined || until === undefined || until < from) throw new FieldError('until', sayTo(context.person)('noLeave'));
        return leaveCard(tx, context, parts, from, until);
      },
    }),
  };
} // prettier-ignore

const onLeave = words('nudges/on leave');
const isBack = words('nudges/back');
const snoozing = words('nudges/snooze');
const beginning = words('nudges/from');
const waking = words('nudges/wake');

/** «I'm on leave until 3 January», «I'm back», «snooze until Monday». Null for other words. */
export function claimLater(context: Context, text: string, parts: Dependencies): Outcome | null {
  const { now, person } = context;
  const { timeZone, locale } = person;
  const said = text.trim();
  const rest = (found: { to: number } | null) => (found === null ? null : said.slice(found.to));
  const datesIn = (words: string) => readDates(words, { now, timeZone, locale, towards: 'future' });
  if (isBack.is(said) !== null)
    return async (tx) => {
      const absence = await selectAbsence(tx, person.id, todayOf(context));
      const say = sayTo(person);
      if (absence === null) return toAsker({ text: say('neverAway') });
      const button = { id: actionId(`${room}.back`), label: say('iAmBack'), style: 'primary' as const };
      return toAsker({ text: say('awayUntil', { day: dayFor(context, absence.untilDay) }), buttons: [button] });
    };
  if (waking.is(said) !== null)
    return async () => toAsker({ text: sayTo(person)('wakeNow'), buttons: [{ id: actionId(`${room}.wake`), label: sayTo(person)('wake'), style: 'primary' }] });
  const put = rest(snoozing.begins(said));
  if (put !== null) {
    const [date] = datesIn(put);
    if (date === undefined && put.trim().split(/\s+/).length > 3) return null;
    return async (tx) => {
      if (date === undefined) return toAsker({ text: sayTo(person)('untilWhen'), buttons: await laterButtons(tx, context) });
      const day = refuseUntil(context, date.day);
      const button = { id: snoozeId(day), label: sayTo(person)('yes'), style: 'primary' as const };
      return toAsker({ text: sayTo(person)('snoozeUntil', { day: dayFor(context, day) }), buttons: [button] });
    };
  }
  const begun = onLeave.begins(said);
  if (begun === null) return null;
  // «Ich bin bis Freitag im Urlaub»: the days may stand between.
  const leave = said.slice(begun.to);
  const [first, second] = datesIn(said);
  // A question about leave is no leave.
  if (/\?\s*$/.test(said) || (first === undefined && leave.trim() !== '' && beginning.begins(leave) === null)) return null;
  return async (tx) => {
    if (first === undefined || (second === undefined && beginning.find(said) !== null)) {
      const id = actionId(`${room}.leave`, first === undefined ? {} : { from: first.day });
      return toAsker({ text: sayTo(person)('whenAway'), buttons: [{ id, label: sayTo(person)('sayDays'), style: 'primary', opensForm: true }] });
    }
    const [from, until] = second === undefined ? [todayOf(context), first.day] : [first.day, second.day];
    return leaveCard(tx, context, parts, from, until);
  };
} // prettier-ignore
