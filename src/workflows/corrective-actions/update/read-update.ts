/** Reads updates of records from a person's own words, without a model: only what is said outright, else nothing. */
import { withoutEnding } from '../../../language/text.ts';
import { tooLong } from '../../../conversation/too-long.ts';
import type { DateReading } from '../../../language/dates.ts';
import { readClause, type Clause } from './read-clause.ts';
import type { SaidUpdate } from './said-update.ts';
import { markPattern, markUp, restored, segmentsOf, type Mark, type Segment } from './split-update.ts';
import { askingWords, instructing, questionWords, reasonWords, showingWords } from './update-words.ts';

/** More sentences than this, without a reference, are a story and no update. */
const mostSentences = 4;

const greeting =
  /^(?:hi|hello|hey|hallo|moin|bonjour|salut|hola|good morning|guten morgen)\b[^,.!\n]{0,20}[,.!\n]\s*/iu;
const request =
  /^(?:please |bitte )?(?:(?:can|could|would|will) you|kannst du|können sie|könntest du|peux-tu|pouvez-vous|tu peux|puedes|podrías|puede)(?: please| bitte| s'il (?:te|vous) plaît| por favor)?\s/iu;
const ownRequest =
  /^(?:please )?(?:can|could|may) (?:i|we)(?: please)? (?=(?:have|get|extend|postpone|push|move|take)\b)|^(?:kann|könnte|dürfte) ich |^(?:können|könnten) wir |^(?:puis-je|peut-on|pouvons-nous) |^(?:puedo|podemos|podría|podríamos) (?=(?:tener|aplazar|posponer|mover))/iu;

/**
 * @returns one for each record named, in the order in which they are named; one without a reference where none is; none where
 *   the words are no update, or not plainly one: a question of policy that is taken for an update would go unanswered
 */
export function readUpdates(text: string, reading: DateReading): SaidUpdate[] {
  if (tooLong(text) !== null || instructing.test(text.normalize('NFKC'))) return [];
  const marked = markUp(text, reading);
  const segments = segmentsOf(marked);
  const updates: SaidUpdate[] = [];
  let last: SaidUpdate | undefined;

  for (const segment of segments) {
    const said =
      last !== undefined && alsoSo.test(plain(segment.text.replace(markPattern, ' ')))
        ? last
        : readSegment(segment, marked.marks, reading);
    if (said === null) continue;
    last = said;
    if (segment.references.length === 0) updates.push(said);
    for (const reference of segment.references) {
      const update = reference.startsWith('NC') ? { ...said, move: null, progress: null } : said;
      if (saysSomething(update)) updates.push({ ...update, reference, hint: null });
    }
  }
  return merged(updates);
}

const alsoSo =
  /^\W*(?:(?:is|are|and|ist|est|está|y|et|und)\s+)?(?:too|also|likewise|as well|same|same here|ditto|auch|ebenso|ebenfalls|aussi|pareil|también|igual)\W*$/iu;

function saysSomething({ move, progress, dueOn, moreDays, note, links, handOverTo }: SaidUpdate): boolean {
  return (
    [move, progress, dueOn, moreDays, note, handOverTo].some((value) => value !== null) || links.length > 0
  );
}

function readSegment({ references, text }: Segment, marks: Mark[], reading: DateReading): SaidUpdate | null {
  const named = references.length > 0;
  const body = text.replace(greeting, '');
  const clauses = clausesOf(body, named, marks, reading);
  if (clauses === null) return null;

  const outright = clauses.filter(({ read }) => read.spoken);
  const moves = clauses.flatMap(({ read }) => (read.move === null ? [] : [read.move]));
  const move = moves.includes('done') && moves.includes('start') ? 'done' : (moves.at(-1) ?? null);
  const asksTime = clauses.some(({ read }) => read.dueOn !== null || read.moreDays !== null);
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
  if (named && outright.length === 0 && links.length === 0 && !isNote(body)) return null;
  const hint = named ? null : (outright.find(({ read }) => read.hint !== null)?.read.hint ?? null);
  return {
    reference: null,
    hint,
    move,
    progress: clauses.findLast(({ read }) => read.progress !== null)?.read.progress ?? null,
    dueOn: clauses.findLast(({ read }) => read.dueOn !== null)?.read.dueOn ?? null,
    moreDays: clauses.findLast(({ read }) => read.moreDays !== null)?.read.moreDays ?? null,
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
    const bare = all.replace(/^[\s¿¡]+/u, '');
    let start = match.index + all.length - bare.length;
    const asked = request.exec(bare) ?? ownRequest.exec(bare);
    if (asked !== null) start += asked[0].length;
    else if (end.includes('?') || asks(bare)) {
      if (!named) return null;
      continue;
    }
    const to = match.index + all.length - end.length;
    const conditional =
      /^(?:if|when|once|as soon as|unless|wenn|falls|sobald|quand|dès que|si|cuando|en cuanto)\s/iu.test(
        bare,
      );
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
  if (clauses.length === 0 || (!named && sentences > mostSentences)) return null;
  return clauses;
}

function asks(sentence: string): boolean {
  const [first = '', second = ''] = plain(sentence.replace(/^\s*\uE000\d+\uE001[\s:,-]*/u, '')).split(' ');
  if (sentence.trimStart().startsWith('\uE000')) return askingWords.has(first);
  if (/^(?:have|has|hat)$/.test(first))
    return /^(?:i|we|you|they|he|she|the|it|er|sie|das|die|\uE000.*)$/u.test(second);
  return questionWords.has(first);
}

/** «new due date for CA-12: 15 January»: the colon joins. */
const datesNoun =
  /(?<!\p{L})(?:due|date|deadline|termin|frist|datum|échéance|délai|fecha|plazo)(?: \S{1,12}){0,2} ?$/iu;

/** Clauses of a sentence: at commas, colons, brackets, dashes and «and»; a reason is one of its own. */
function pieces(sentence: string): { from: number; to: number; reason: boolean }[] {
  const cuts: { from: number; to: number; reason: boolean }[] = [];
  for (const match of sentence.matchAll(
    /,(?!\d)|:(?!\S)|[()[\]•→]|\s[-*]+\s|->|=>|\s(?:and|und|et|y|but|aber|mais|pero|so|also|donc|daher|así que)(?=\s)/giu,
  ))
    if (match[0] !== ':' || !datesNoun.test(sentence.slice(0, match.index)))
      cuts.push({ from: match.index, to: match.index + match[0].length, reason: false });
  for (const match of sentence.matchAll(reasonWords)) {
    const keeps =
      /^(?:because of|due to|wegen|aufgrund|à cause de|en raison de|debido a|por culpa de)$/iu.test(match[0]);
    cuts.push({ from: match.index, to: match.index + (keeps ? 0 : match[0].length), reason: true });
  }
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
  return text.replace(
    /(?:(?<=^|\s)(?:for|on|of|about|with|re|zu|zur|für|bei|pour|sur|para|sobre)\s+)?(?:the\s+)?\uE000(\d+)\uE001/giu,
    (found, at: string) => (['records', 'link'].includes(marks[Number(at)]?.kind ?? '') ? ' ' : found),
  );
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
  const lead =
    /^[\s*•>-]*(?:(?:quick |short |an? )?(?:update|news|note|status|stand|notiz|nota|point)\s+)?(?:(?:on|for|re|regarding|about|zu|bei|für|pour|sur|para|sobre)[: ]\s*)?\uE000\d+\uE001/iu;
  if (!lead.test(body)) return false;
  const words = plain(body.replace(markPattern, ' '))
    .split(' ')
    .filter((word) => word !== '');
  return words.length > 1 && !words.every((word) => showingWords.has(word)) && !/\?\s*$/.test(body);
}

/** Lower case, without accents and punctuation but for what stands inside words. */
function plain(text: string): string {
  return text
    .toLowerCase()
    .normalize('NFD')
    .replace(/\p{M}/gu, '')
    .replace(/[^\p{L}\p{N}'\uE000\uE001-]+/gu, ' ')
    .trim();
}

/** A record that is spoken of twice gets one update: the later words win, the notes are kept. */
function merged(updates: SaidUpdate[]): SaidUpdate[] {
  const byReference = new Map<string, SaidUpdate>();
  for (const update of updates) {
    const key = update.reference ?? '';
    const before = byReference.get(key);
    byReference.set(
      key,
      before === undefined
        ? update
        : {
            reference: update.reference,
            hint: update.hint ?? before.hint,
            move: update.move ?? before.move,
            progress: update.progress ?? before.progress,
            dueOn: update.dueOn ?? before.dueOn,
            moreDays: update.moreDays ?? before.moreDays,
            reason: update.reason ?? before.reason,
            note: [before.note, update.note].filter((note) => note !== null).join('; ') || null,
            links: [...new Set([...before.links, ...update.links])],
            handOverTo: update.handOverTo ?? before.handOverTo,
          },
    );
  }
  return [...byReference.values()];
}
