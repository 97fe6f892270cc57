/** What the model may call about the register: it reads what the person may read, and what it would write it proposes on a card. */
import { z } from 'zod';
import type { Context, Outcome, ReplyParts, Tool } from '../../conversation/contract.ts';
import { longestMessage } from '../../conversation/too-long.ts';
import type { Queryable } from '../../db/database.ts';
import { grades, sources } from '../../isms/nonconformity/nonconformity.ts';
import { endedStates } from '../../isms/register/list.ts';
import { findReadable, noSuchRecord } from './register/find-readable.ts';
import { showHistory } from './register/history.ts';
import type { Dependencies } from '../dependencies.ts';
import { toAsker } from '../../dialogue/command.ts';
import { proposeCauseSaid } from './cause/root-cause.ts';
import { requirementsIn } from '../../records/requirement.ts';
import { proposeRaise } from './raise/raise.ts';
import { readDates, spelledOut, type DateReading } from '../../language/dates.ts';
import { SaidFilter, wordsUpTo } from './register/filter.ts';
import { listOf, privately } from './register/register.ts';
import { tellFound, tellRecord } from './register/told.ts';
import { nearRecord } from './resolve.ts';
import { actionMoves, type SaidUpdate } from './update/said-update.ts';
import { markUp } from './update/split-update.ts';
import { proposeSaid } from './update/update.ts';

const reference = z
  .string()
  .trim()
  .refine((text) => /^(NC|CA)-(\d{4}-)?\d{1,6}$/i.test(text), 'a reference, as NC-2026-004');
const between = (least: number, most: number) =>
  z
    .number()
    .refine((count) => Number.isInteger(count) && count >= least && count <= most, `${least} to ${most}`);

const UpdateCall = z.object({
  record: reference.optional().describe('CA-12, NC-2026-004'),
  about: wordsUpTo(80).optional().describe('words that name it, where no reference was said'),
  move: z.enum(actionMoves).optional(),
  progress: between(0, 100).optional(),
  due: wordsUpTo(40).optional().describe('the later due date that they ask for, as they said it'),
  more_days: between(1, 730).optional().describe('days more that they ask for'),
  reason: wordsUpTo(longestMessage).optional(),
  note: wordsUpTo(longestMessage).optional().describe('their own words about it'),
  hand_over_to: wordsUpTo(80).optional(),
});
type UpdateCall = z.infer<typeof UpdateCall>;
const ProposeUpdate = z.object({ updates: z.array(UpdateCall).min(1).max(5) });

const RaiseNonconformity = z.object({
  text: wordsUpTo(longestMessage).describe('what was seen, in their own words'),
  title: wordsUpTo(120).optional(),
  gap: wordsUpTo(longestMessage).optional().describe('what should have been so'),
  requirement: wordsUpTo(40).optional().describe('only if named: A.5.18, POL-07 3.2'),
  grade: z.enum(grades).optional(),
  source: z.enum(sources).optional(),
  audit: wordsUpTo(120).optional(),
  department: wordsUpTo(60).optional(),
  noticed: wordsUpTo(40).optional().describe('the day, as they said it'),
});

const RecordCause = z.object({ record: reference, cause: wordsUpTo(longestMessage) });
const OneRecord = z.object({ record: reference });

const FindRecords = SaidFilter.omit({ text: true, source: true, states: true })
  .partial()
  .extend({
    open: z.boolean().optional().describe('false: ended'),
    owner: wordsUpTo(60).optional().describe('a name, or me'),
    words: wordsUpTo(80).optional().describe('in the records'),
    show: z.boolean().optional(),
  })
  .refine((sought) => Object.values(sought).some((value) => value !== undefined), 'say what to look for');

export function correctiveActionTools(parts: Dependencies): Tool[] {
  const proposeUpdate: Tool<typeof ProposeUpdate> = {
    name: 'propose_update',
    description: 'Shows a card with what their words would change in these records.',
    schema: ProposeUpdate,
    async run(context, { updates }, turn) {
      const unknown = await firstUnknown(parts.db, context, updates);
      if (unknown !== null) return privately(context, async () => toAsker(noSuchRecord(unknown)));
      const reading = readingOf(context);
      const noDay = updates.find(({ due }) => due !== undefined && dayIn(due, reading) === null)?.due;
      if (noDay !== undefined) return privately(context, async () => toAsker(noSuchDay(noDay)));
      // Addresses come from the person's message, never from a model that has read other people's text.
      const { marks } = markUp(turn.text, reading);
      const links = marks.flatMap((mark) => (mark.kind === 'link' ? [mark.url] : []));
      return proposeSaid(
        parts,
        context,
        updates.map((update) => saidIn(update, reading, updates.length === 1 ? links : [])),
        turn.attachments,
        { near: await nearRecord(parts.db, context) },
      );
    },
  };
  const raiseNonconformity: Tool<typeof RaiseNonconformity> = {
    name: 'raise_nonconformity',
    description: 'Shows a card of a new non-conformity to correct and confirm, beside similar ones.',
    schema: RaiseNonconformity,
    async run(context, { noticed, ...said }, turn) {
      const identifiedOn = noticed === undefined ? null : dayIn(noticed, readingOf(context, 'past'));
      if (noticed !== undefined && identifiedOn === null)
        return `noticed: «${noticed}» is no day that can be read; nothing was shown.`;
      // What the person named is the one, whatever a model makes of it; of several findings each has its own.
      const named = requirementsIn(turn.text);
      const requirement = named.length === 1 ? named[0] : said.requirement;
      return proposeRaise(parts, context, { ...said, requirement, identifiedOn }, turn.attachments);
    },
  };
  const proposeCause: Tool<typeof RecordCause> = {
    name: 'propose_cause',
    description: 'Shows a card that would record the root cause of a non-conformity.',
    schema: RecordCause,
    run: async (context, { record, cause }): Promise<Outcome> =>
      privately(context, (tx) => proposeCauseSaid(tx, context, record, cause)),
  };
  const findRecords: Tool<typeof FindRecords> = {
    name: 'find_records',
    description: 'Counts and finds records by words or a filter and tells you; with show, they see a table.',
    schema: FindRecords,
    async run(context, { show = false, words, open, ...filter }) {
      const ended = open === false ? { states: [...endedStates] } : {};
      const said = { ...filter, ...(open === true ? { open } : ended) };
      return show
        ? listOf(context, { kind: 'records', ...said, ...(words === undefined ? {} : { text: words }) })
        : tellFound(parts.db, context, { words, ...said });
    },
  };
  const showHistoryTool: Tool<typeof OneRecord> = {
    name: 'show_history',
    description: 'Shows the person who did what to a record, and when.',
    schema: OneRecord,
    run: async (context, { record }): Promise<Outcome> =>
      privately(context, (tx) => showHistory(tx, context, record)),
  };
  const showRecordTool: Tool<typeof OneRecord> = {
    name: 'show_record',
    description: 'Tells you all of one record: where it stands, what it waits for.',
    schema: OneRecord,
    run: async (context, { record }) =>
      (await tellRecord(parts.db, context, record)) ??
      privately(context, async () => toAsker(noSuchRecord(record))),
  };
  return [proposeUpdate, raiseNonconformity, proposeCause, findRecords, showRecordTool, showHistoryTool];
}

async function firstUnknown(
  tx: Queryable,
  { person }: Context,
  updates: readonly UpdateCall[],
): Promise<string | null> {
  for (const { record } of updates)
    if (record !== undefined && (await findReadable(tx, person, record)) === null) return record;
  return null;
}

function readingOf({ person, now }: Context, towards: DateReading['towards'] = undefined): DateReading {
  return { now, timeZone: person.timeZone, locale: person.locale, ...(towards && { towards }) };
}

function dayIn(said: string, reading: DateReading): string | null {
  return readDates(said, reading)[0]?.day ?? null;
}

function noSuchDay(said: string): ReplyParts {
  return { text: `«${said}» is no day of the calendar that I can read. Until when do you need it?` };
}

function saidIn(update: UpdateCall, reading: DateReading, links: string[]): SaidUpdate {
  return {
    reference: update.record?.toUpperCase() ?? null,
    hint: worded(update.about),
    move: update.move ?? null,
    progress: update.progress ?? null,
    dueOn: update.due === undefined ? null : dayIn(update.due, reading),
    moreDays: update.due === undefined ? (update.more_days ?? null) : null,
    wantsTime: false,
    reason: worded(spelledOut(update.reason ?? '', reading)),
    note: worded(spelledOut(update.note ?? '', reading)),
    links,
    handOverTo: worded(update.hand_over_to),
  };
}

function worded(text = ''): string | null {
  return text.trim() || null;
}
