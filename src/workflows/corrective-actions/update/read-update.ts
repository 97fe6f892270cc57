/** Reads updates of records from a person's own words, without a model: only what is said outright, else nothing. */
import { withoutEnding } from '../../../language/text.ts';
import { tooLong } from '../../../conversation/too-long.ts';
import type { DateReading } from '../../../language/dates.ts';
import { instructs } from '../../../language/instructing.ts';
import { replaced, words, wordsIn } from '../../../language/vocabulary.ts';
import { readClause, type Clause } from './read-clause.ts';
import { joined, saysMore, type SaidUpdate } from './said-update.ts';
import {
  isApart,
  markPattern,
  markUp,
  restored,
  segmentsOf,
  type Mark,
  type Segment,
} from './split-update.ts';

/** More sentences than this, without a reference, are a story and no update. */
const mostSentences = 4;

const hello = words('small-talk/hello');
const requests = words('updates/requests');
const ownRequests = words('updates/own requests');
const askedFor = words('updates/asked for');
const conditions = words('updates/conditions');
const questions = words('updates/questions');
const questionsAbout = words('updates/questions about');
const alsoSo = words('updates/also so');
const reasons = words('updates/reasons');
const joins = words('updates/joins');
const beforeColon = words('updates/before colon');
const leadingToRecord = words('updates/about a record');
const farFrom = words('updates/far from');
const notes = words('updates/note');
const showing = words('updates/showing');

/**
 * @returns one for each record named, in the order in which they are named; one without a reference where none is; none where
 *   the words are no update, or not plainly one: a question of policy that is taken for an update would go unanswered
 */
export function readUpdates(text: string, reading: DateReading): SaidUpdate[] {
  if (tooLong(text) !== null || instructs(text.normalize('NFKC'))) return [];
  const marked = markUp(text, reading);
  const segments = segmentsOf(marked);
  const updates: SaidUpdate[] = [];
  let last: SaidUpdate | undefined;

  for (const segment of segments) {
    const said =
      last !== undefined && alsoSo.is(segment.text.replace(markPattern, ' ')) !== null
        ? last
        : readSegment(segment, marked.marks, reading);
    if (said === null) continue;
    last = said;
    if (segment.references.length === 0) updates.push(said);
    for (const reference of segment.references) {
      const update = reference.startsWith('NC')
        ? { ...said, move: null, progress: null, wantsTime: false }
        : said;
      if (saysSomething(update)) updates.push({ ...update, reference, hint: null });
    }
  }
  return merged(updates);
}

function saysSomething(said: SaidUpdate): boolean {
  return saysMore(said) || said.note !== null || said.links.length > 0;
}

function readSegment({ references, text }: Segment, marks: Mark[], reading: DateReading): SaidUpdate | null {
  const named = references.length > 0;
  const body = withoutGreeting(text);
  const clauses = clausesOf(body, named, marks, reading);
  if (clauses === null) return null;

  const outright = clauses.filter(({ read }) => read.spoken);
  const moves = clauses.flatMap(({ read }) => (read.move === null ? [] : [read.move]));
  const move = moves.includes('done') && moves.includes('start') ? 'done' : (moves.at(-1) ?? null);
  const saysWhen = clauses.some(({ read }) => read.dueOn !== null || read.moreDays !== null);
  const wantsTime = !saysWhen && clauses.some(({ read }) => read.wantsTime);
  const asksTime = saysWhen || wantsTime;
  const links = [...body.matchAll(markPattern)].flatMap(([, at]) => {
    const mark = marks[Number(at)];
    return mark?.kind === 'link' ? [mark.url] : [];
  });
  const rest = clauses.filter(({ read }) => !read.spoken && !read.empty);
  const wantsReason = asksTime || move === 'decline' || move === 'return' || move === 'cancel';
  const because = rest.filter(({ reason }) => reason);
  const reasons = wantsReason ? (because.length > 0 ? because : rest) : [];
  const notes = rest.filter((clause) => !reasons.includes(clause));

  if (!named && outright.length === 0) return null;
  // Beside other words it may be a question about the rules.
  if (!named && outright.every(({ read }) => read.wantsTime) && rest.length > because.length) return null;
  if (named && outright.length === 0 && links.length === 0 && !isNote(body)) return null;
  const hint = named ? null : (outright.find(({ read }) => read.hint !== null)?.read.hint ?? null);
  return {
    reference: null,
    hint,
    move,
    progress: clauses.findLast(({ read }) => read.progress !== null)?.read.progress ?? null,
    dueOn: clauses.findLast(({ read }) => read.dueOn !== null)?.read.dueOn ?? null,
    moreDays: clauses.findLast(({ read }) => read.moreDays !== null)?.read.moreDays ?? null,
    wantsTime,
    reason: wordsOf(reasons, body, marks),
    note: wordsOf(notes, body, marks),
    links: [...new Set(links)],
    handOverTo: clauses.find(({ read }) => read.handOverTo !== null)?.read.handOverTo ?? null,
  };
}

interface Placed {
  from: number;
  to: number;
  /** Said as the reason of something: «because …». */
  reason: boolean;
  read: Clause;
}

/** @returns null where it asks, and says nothing */
function clausesOf(body: string, named: boolean, marks: Mark[], reading: DateReading): Placed[] | null {
  const clauses: Placed[] = [];
  let sentences = 0;

  for (const match of body.matchAll(/(?:[^.!?;\n]|[.!?](?=\S)(?![.!?]))+([.!?]*)/gu)) {
    const [all, end = ''] = match;
    if (!/[\p{L}\p{N}\uE000]/u.test(all)) continue;
    sentences += 1;
    if (!named && sentences > mostSentences) return null;
    const bare = all.replace(/^[\s¿¡]+/u, '');
    let start = match.index + all.length - bare.length;
    const led = /^(?:\uE000\d+\uE001[\s:,-]*)?/u.exec(bare)?.[0].length ?? 0;
    const asked = requestIn(bare.slice(led));
    if (asked !== null) start += led + asked;
    else if (end.includes('?') || asks(bare)) {
      if (!named) return null;
      continue;
    }
    const to = match.index + all.length - end.length;
    const conditional = conditions.begins(bare) !== null;
    for (const piece of pieces(body.slice(start, to)))
      clauses.push({
        from: start + piece.from,
        to: start + piece.to,
        reason: piece.reason,
        read: readClause(body.slice(start + piece.from, start + piece.to), {
          named,
          conditional,
          marks,
          reading,
        }),
      });
  }
  return clauses.length === 0 ? null : clauses;
}

/** «Hi Isma, …» */
function withoutGreeting(text: string): string {
  const greeting = hello.begins(text);
  const rest = text.slice(greeting?.to ?? 0);
  return greeting?.from === 0 ? rest.replace(/^[^,.!\n]{0,20}[,.!\n]\s*/u, '') : text;
}

/** Where, behind a polite question, begins what is asked for. */
function requestIn(sentence: string): number | null {
  const request = requests.begins(sentence);
  if (request !== null) return request.to;
  const own = ownRequests.begins(sentence);
  return own === null || (own.meaning === 'for time' && askedFor.begins(sentence, own.to) === null)
    ? null
    : own.to;
}

function asks(sentence: string): boolean {
  const said = sentence.replace(/^\s*\uE000\d+\uE001[\s:,-]*/u, '');
  return said === sentence ? questions.begins(said) !== null : questionsAbout.begins(said) !== null;
}

/** «new due date for CA-12: 15 January»: the colon joins. */
function leadsToDate(text: string): boolean {
  return beforeColon.ends(text.slice(-60)) !== null;
}

/** Clauses of a sentence: at commas, colons, brackets, dashes and «and»; a reason is one of its own. */
function pieces(sentence: string): { from: number; to: number; reason: boolean }[] {
  const cuts: { from: number; to: number; reason: boolean }[] = [];
  for (const match of sentence.matchAll(/,(?!\d)|:(?!\S)|[()[\]•→]|\s[-*]+\s|->|=>/gu))
    if (match[0] !== ':' || !leadsToDate(sentence.slice(0, match.index)))
      cuts.push({ from: match.index, to: match.index + match[0].length, reason: false });
  const far = farFrom.findAll(sentence);
  for (const { from, to } of joins.findAll(sentence))
    if (isApart(sentence, from, to) && !far.some((phrase) => phrase.from <= from && to <= phrase.to))
      cuts.push({ from: from - 1, to, reason: false });
  for (const { meaning, from, to } of reasons.findAll(sentence))
    cuts.push({ from, to: meaning === 'because' ? to : from, reason: true });
  cuts.sort((left, right) => left.from - right.from);

  const found: { from: number; to: number; reason: boolean }[] = [];
  let from = 0;
  let reason = false;
  for (const cut of [...cuts, { from: sentence.length, to: sentence.length, reason: false }]) {
    if (cut.from > from && sentence.slice(from, cut.from).trim() !== '')
      found.push({ from, to: cut.from, reason });
    if (cut.from > from || cut.reason)
      reason = cut.reason || (reason && !/^[,:]/.test(sentence.slice(cut.from)));
    from = Math.max(from, cut.to);
  }
  return found;
}

/** The words from the first of these clauses to the last, where nothing else stands between; else each by itself. */
function wordsOf(clauses: Placed[], body: string, marks: Mark[]): string | null {
  const runs: { from: number; to: number }[] = [];
  for (const { from, to } of clauses) {
    const before = runs.at(-1);
    const gap = before === undefined ? null : body.slice(before.to, from);
    if (before !== undefined && gap !== null && gap.length <= 12) before.to = to;
    else runs.push({ from, to });
  }
  const words = runs
    .map(({ from, to }) => tidy(restored(withoutRecords(body.slice(from, to), marks), marks)))
    .filter((part) => /[\p{L}\p{N}]/u.test(part))
    .join(', ');
  return words === '' ? null : words;
}

function withoutRecords(text: string, marks: Mark[]): string {
  const records = leadingToRecord
    .findAll(text)
    .filter(({ text: said }) =>
      ['records', 'link'].includes(marks[Number(/\d+/.exec(said)?.[0])]?.kind ?? ''),
    );
  return replaced(text, records, () => ' ');
}

function tidy(text: string): string {
  const spaced = text
    .replace(/\s+/g, ' ')
    .replace(/ ([,.;:!?])/g, '$1')
    .replace(/^[\s,.;:)\]→>*•-]+/u, '');
  return withoutEnding(spaced, /[\s,;:([→-]/u);
}

/** Words about a record, told from a wish to see it: the reference leads. */
function isNote(body: string): boolean {
  if (notes.begins(body.replaceAll(':', ' ')) === null || /\?\s*$/.test(body)) return false;
  const said = body.replace(markPattern, ' ');
  return wordsIn(said).length > 1 && !showing.covers(said).every(Boolean);
}

/** A record that is spoken of twice gets one update: the later words win, the notes are kept. */
function merged(updates: SaidUpdate[]): SaidUpdate[] {
  const byReference = new Map<string, SaidUpdate>();
  for (const update of updates) {
    const key = update.reference ?? '';
    const before = byReference.get(key);
    const notes = [before?.note ?? null, update.note].filter((note) => note !== null);
    byReference.set(key, {
      ...joined(before ?? update, update),
      note: notes.join('; ') || null,
      links: [...new Set([...(before?.links ?? []), ...update.links])],
    });
  }
  return [...byReference.values()];
}
