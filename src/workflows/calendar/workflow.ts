/** The calendar: everything that has a day, as far as somebody may see it, asked for in words, as a list, a table or a file. */
import { z } from 'zod';
import {
  actionId,
  type ActionHandler,
  type Context,
  type OpenerParts,
  type Outcome,
  type ReplyParts,
  type Tool,
  type Workflow,
} from '../../conversation/contract.ts';
import { keepOutgoingFile } from '../../conversation/outgoing-file.ts';
import { privately } from '../../conversation/privately.ts';
import { prompt } from '../../conversation/prompts.ts';
import type { Queryable } from '../../db/database.ts';
import { toAsker } from '../../dialogue/command.ts';
import { pageIn, sendTable } from '../../dialogue/list.ts';
import { calendarBytes } from '../../files/write-calendar.ts';
import { selectDated, type Span } from '../../isms/calendar/dated.ts';
import type { Dated } from '../../isms/calendar/day.ts';
import { addMonths, dayInWords, dayOf } from '../../language/calendar.ts';
import { words } from '../../language/vocabulary.ts';
import type { Dependencies } from '../dependencies.ts';
import { dayOfCalendar, itemOf, tableOf } from './lines.ts';
import { readSpan } from './read-span.ts';

export const room = 'calendar';
const asFile = words('calendar/file');
/** Lines that one message has room for. */
const mostShown = 10;
/** Of a file. */
const monthsAhead = 36;

export function createCalendarWorkflow({ workflows }: Pick<Dependencies, 'workflows'>): Workflow {
  const datedIn = (tx: Queryable, { person }: Context, span: Span, today: string) =>
    selectDated(tx, { viewer: person, span, today, late: span.from <= today });

  async function listed(tx: Queryable, context: Context, span: Span, page = 0): Promise<ReplyParts> {
    const today = todayOf(context);
    const all = await datedIn(tx, context, span, today);
    const shown = all.slice(page * mostShown, (page + 1) * mostShown);
    const at = { today, viewer: context.person.id, workflows: workflows() };
    const left = all.length - page * mostShown - shown.length;
    return {
      text: [summary(all, span, today), ...(page > 0 ? [`These are ${page * mostShown + 1} to ${page * mostShown + shown.length}.`] : [])].join(' '),
      items: shown.map((dated) => itemOf(dated, 'en', at)),
      buttons: all.length === 0 ? [] : [
        ...(left > 0 ? [button('list', `Next ${Math.min(left, mostShown)} of ${left}`, { ...span, page: page + 1 })] : []),
        button('file', 'Calendar file', {}),
        button('export', 'Table', { ...span }),
      ],
    };
  }

  async function fileOf(tx: Queryable, context: Context): Promise<ReplyParts> {
    const today = todayOf(context);
    const all = await datedIn(tx, context, { from: today, until: addMonths(today, monthsAhead) }, today);
    if (all.length === 0) return { text: 'Nothing with a day is yours, so there is nothing for a calendar.' };
    const days = all.map((dated) => dayOfCalendar(dated, 'en'));
    const file = await keepOutgoingFile(tx, 'isms-calendar.ics', await calendarBytes('ISMS', days, context.now));
    return {
      text: `${days.length} ${days.length === 1 ? 'day' : 'days'} for your calendar: open the file there. A later file changes them, and adds none twice.`,
      files: [file],
    };
  }

  const list: ActionHandler = async (tx, context, { argument }) => toAsker(await listed(tx, context, spanFrom(argument, context), pageIn(argument)));

  return {
    name: room,
    offer: {
      text: 'I know what is due, and when.',
      examples: ['What is due this quarter?', 'calendar'],
      to: ({ roles }) => roles.includes('isms_manager') || roles.includes('manager'),
    },
    instructions: prompt('calendar'),
    subject: 'a calendar of what is due',
    mayConcern: words('calendar/concerning').has,
    tools: tools((context, span) => mine(context, async (tx) => toAsker(await listed(tx, context, span)))),
    async claim(context, { text, attachments }) {
      if (attachments.length > 0) return null;
      if (asFile.is(text) !== null) return mine(context, async (tx) => toAsker(await fileOf(tx, context)));
      const { now, person: { timeZone, locale } } = context;
      const span = readSpan(text, { now, timeZone, locale, today: todayOf(context) });
      return span === null ? null : mine(context, async (tx) => toAsker(await listed(tx, context, span)));
    },
    actions: {
      [`${room}.list`]: list,
      [`${room}.file`]: async (tx, context) => toAsker(await fileOf(tx, context)),
      async [`${room}.export`](tx, context, { argument }) {
        const today = todayOf(context);
        const span = spanFrom(argument, context);
        const all = await datedIn(tx, context, span, today);
        return sendTable(tx, room, argument, { ...span }, { name: room, text: summary(all, span, today), table: tableOf(all, today) });
      },
    },
  };
} // prettier-ignore

function mine(context: Context, outcome: Outcome): Outcome {
  return privately(context, 'the calendar', outcome);
}

function todayOf({ now, person }: Context): string {
  return dayOf(now, person.timeZone);
}

function button(command: 'list' | 'file' | 'export', label: string, values: Record<string, string | number>): OpenerParts {
  const ids = { list: `${room}.list`, file: `${room}.file`, export: `${room}.export` };
  return { id: actionId(ids[command], values), label };
} // prettier-ignore

/** Of a button's id; what is no day there is the next three months. */
function spanFrom(argument: (name: string) => string, context: Context): Span {
  const today = todayOf(context);
  const day = (name: string) => (z.iso.date().safeParse(argument(name)).success ? argument(name) : null);
  return { from: day('from') ?? today, until: day('until') ?? addMonths(today, 3) };
}

/** «3 things are overdue, and 12 are due until 31 December 2026.» */
function summary(all: readonly Dated[], { from, until }: Span, today: string): string {
  const late = all.filter(({ dueOn }) => dueOn < today && from <= today).length;
  const others = all.length - late;
  const when =
    from > today ? `from ${dayInWords(from)} to ${dayInWords(until)}` : `until ${dayInWords(until)}`;
  const are = (count: number) => (count === 1 ? 'is' : 'are');
  const things = (count: number) => `${count} ${count === 1 ? 'thing' : 'things'}`;
  if (all.length === 0) return `Nothing is due ${when}.`;
  if (late === 0) return `${things(others)} ${are(others)} due ${when}.`;
  if (others === 0) return `${things(late)} ${are(late)} overdue; nothing else is due ${when}.`;
  return `${things(late)} ${are(late)} overdue, and ${others} ${are(others)} due ${when}.`;
}

const When = z.object({
  from: z.iso.date().nullable().describe('first day, as 2026-12-01; null for today'),
  until: z.iso.date().describe('last day'),
});

function tools(show: (context: Context, span: Span) => Outcome): Tool[] {
  const calendar: Tool<typeof When> = {
    name: 'show_calendar',
    description:
      'Shows the person what is due in a stretch of days: audits, reviews, actions, answers, evidence, visits of the certification body.',
    schema: When,
    run: async (context, { from, until }) => show(context, { from: from ?? todayOf(context), until }),
  };
  return [calendar];
}
