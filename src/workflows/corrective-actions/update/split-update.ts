/** Takes a message apart into the records that it names and the words that belong to each. */
import { withoutEnding } from '../../../language/text.ts';
import { readDurations } from '../../../language/durations.ts';
import { replaced, words } from '../../../language/vocabulary.ts';
import { besides, readDates, type DateReading } from '../../../language/dates.ts';

/** What stands in the message for something that has been read: one private letter and its number. */
export type Mark =
  | { kind: 'records'; references: string[]; text: string }
  | { kind: 'day'; day: string; text: string }
  | { kind: 'length'; days: number; /** Says that it comes on top. */ longer: boolean; text: string }
  | { kind: 'share'; percent: number; text: string }
  | { kind: 'link'; url: string; text: string }
  | { kind: 'quote'; text: string };

export interface Marked {
  /** The message, with marks such as `\uE0003\uE001` in it. */
  text: string;
  marks: Mark[];
}

/** The words about some records, or about one that is not named. */
export interface Segment {
  references: string[];
  text: string;
}

export const markPattern = /\uE000(\d+)\uE001/g;

const dashes = /[\u2010-\u2015\u2212\uFE58\uFE63\uFF0D]/g;
const reference =
  /(?<![\p{L}\p{N}-])(CA|NC)(?:[ \t]{0,2}[-#:_./]?[ \t]{0,2})(\d{4}[-/_ ]\d{1,4}|\d{1,5})(?![\p{L}\p{N}]|[.,-]\d)/giu;
/** Characters before a reference and after one in which words decide what it is. */
const reach = 30;
const aside = words('updates/aside');
const counted = words('updates/counted');
const listed = words('updates/listed');
const betweenRecords = words('updates/between records');
const shares = words('updates/share');
const quoted =
  /```[^`]*```|`[^`\n]+`|«[^«»]*»|“[^“”]*”|„[^„“”]*[“”]|(?<![\p{L}\p{N}])"[^"]*"|(?<![\p{L}\p{N}])'[^'\n]{12,}'(?![\p{L}\p{N}])|^>.*$/gmu;
const url = /https?:\/\/[^\s<>"'|\uE000\uE001]+/giu;

/** Replaces references, days, lengths of time, shares, links and quotes by marks, so that what is left is words. */
export function markUp(said: string, reading: DateReading): Marked {
  const marks: Mark[] = [];
  const put = (mark: Mark) => `\uE000${marks.push(mark) - 1}\uE001`;

  let text = said
    .replace(/[\uE000-\uF8FF]/g, '')
    .normalize('NFKC')
    .replace(dashes, '-')
    .replace(/[‘’ʼ]/g, "'");
  text = text.replace(/<(https?:\/\/[^\s<>|]+)(?:\|[^<>]*)?>/gi, '$1');
  text = text.replace(url, (found) => {
    const address = withoutEnding(found, /[.,;:!?)\]}»”*_]/u);
    return put({ kind: 'link', url: address, text: address }) + found.slice(address.length);
  });
  text = text.replace(quoted, (found) => put({ kind: 'quote', text: restored(found, marks) }));

  const references = referencesTo(text);
  const own = references.filter(({ from }) => !isAside(text.slice(Math.max(0, from - reach), from)));
  text = replaced(text, own.length > 0 ? own : references, ({ name }, found) =>
    put({ kind: 'records', references: [name], text: found }),
  );
  const days = readDates(text, reading).map((date) => ({
    ...date,
    from: date.index,
    to: date.index + date.text.length,
  }));
  text = replaced(text, days, ({ day }, said) => put({ kind: 'day', day, text: said }));
  text = replaced(text, sharesIn(text), ({ percent }, found) => put({ kind: 'share', percent, text: found }));
  text = replaced(text, readDurations(text), ({ days, longer }, said) =>
    put({ kind: 'length', days, longer, text: said }),
  );
  return { text, marks };
}

interface NamedRecord {
  name: string;
  from: number;
  to: number;
}

function referencesTo(text: string): NamedRecord[] {
  return [...text.matchAll(reference)]
    .map(({ 0: said, 1: kind = '', 2: number = '', index }) => ({
      name: `${kind.toUpperCase()}-${number.replace(/[/_ ]/, '-')}`,
      from: index,
      to: index + said.length,
    }))
    .filter(({ to }) => {
      const after = text.slice(to, to + reach);
      return !/^ ?[\p{L}%€]/u.test(after) || counted.begins(after) === null;
    });
}

/** Named only to explain another. */
function isAside(before: string): boolean {
  const lead = aside.ends(before);
  return lead !== null && before.slice(lead.to).trim() === '';
}

function sharesIn(text: string): { percent: number; from: number; to: number }[] {
  return shares
    .findAll(text)
    .map(({ meaning, parts: { N, numbers }, from, to }) => ({
      percent: meaning === 'half' ? 50 : Number(meaning === 'word' ? numbers : N),
      from,
      to,
    }))
    .filter(({ percent, from }) => percent <= 100 && !/[.,+-]/.test(text[from - 1] ?? ''));
}

/** The records that a text names, and its other words. */
export function referencesIn(text: string): { references: string[]; rest: string } {
  const references = referencesTo(text);
  const rest = replaced(text, references, () => ' ').replace(/\s+/g, ' ');
  return { references: [...new Set(references.map(({ name }) => name))], rest: rest.trim() };
}

/** The words as said, each day written out where it was not. */
export function restored(text: string, marks: Mark[]): string {
  return text.replace(markPattern, (_, at: string) => {
    const mark = marks[Number(at)];
    if (mark?.kind === 'day' && !/\d{4}/.test(mark.text))
      return `${mark.text} (${besides(mark.text, mark.day)})`;
    return mark?.text ?? '';
  });
}

/** Each record with the words that belong to it: those up to the next, but for the clause that leads to the next. */
export function segmentsOf({ text, marks }: Marked): Segment[] {
  const groups: { from: number; to: number; references: string[] }[] = [];
  for (const match of text.matchAll(markPattern)) {
    const mark = marks[Number(match[1])];
    if (mark?.kind !== 'records') continue;
    const to = match.index + match[0].length;
    const before = groups.at(-1);
    if (before !== undefined && isBetween(text.slice(before.to, match.index))) {
      before.to = to;
      before.references.push(...mark.references);
    } else groups.push({ from: match.index, to, references: [...mark.references] });
  }
  if (groups.length === 0) return [{ references: [], text }];

  let from = 0;
  return groups.map((group, at) => {
    const next = groups[at + 1];
    const to = next === undefined ? text.length : group.to + boundaryIn(text.slice(group.to, next.from));
    const segment = { references: [...new Set(group.references)], text: text.slice(from, to) };
    from = to;
    return segment;
  });
}

function isBetween(text: string): boolean {
  return /^[\s,&+/\p{L}]*$/u.test(text) && (!/\p{L}/u.test(text) || listed.is(text) !== null);
}

/** Where, in the words between two records, those of the second begin. */
function boundaryIn(words: string): number {
  const strong = [...words.matchAll(/[\n;]|[.!?](?=\s)/gu)].at(-1);
  if (strong !== undefined) return strong.index + 1;
  const join = betweenRecords.findAll(words).findLast(({ from, to }) => isApart(words, from, to));
  const comma = words.lastIndexOf(',');
  if (join !== undefined && join.from > comma) return join.to;
  return comma < 0 ? words.length : comma + 1;
}

/** With space on both sides. */
export function isApart(text: string, from: number, to: number): boolean {
  return /\s/.test(text[from - 1] ?? '') && /\s/.test(text[to] ?? '');
}
