/** People's names in texts, and the numbers that stand for them: «Person 12» is the same person in every pack, and `person:12` in the audit log; of two who are called the same it is «a person». */
import { z } from 'zod';
import type { Queryable } from '../../db/database.ts';
import { selectAll } from '../../db/rows.ts';

/** A text without the names of people. */
export type Redact = (text: string) => string;

const Named = z.object({ id: z.number(), name: z.string(), email: z.string().nullable() });

/** Everybody whom we know, and those from outside who stand in audits and reviews. */
export async function selectRedaction(tx: Queryable): Promise<Redact> {
  const people = await selectAll(tx, Named, 'select id, name, email from person order by id');
  const others = await selectAll(
    tx,
    z.object({ name: z.string() }),
    `select name from (
       select unnest(external_auditors) as name, id from audit union all select name, id from review_attendance where person_id is null
       union all select unnest(auditors), id from certification
     ) outside where name is not null group by name order by min(id), name`,
  );
  const here = new Set(people.map(({ name }) => fold(name)));
  return redactionOf([
    ...people.map(({ id, name, email }) => ({ name, email, as: `Person ${id}` })),
    ...others
      .map(({ name }, at) => ({ name, email: null, as: `External person ${at + 1}` }))
      .filter(({ name }) => !here.has(fold(name))),
  ]);
}

/** What is known of some folded words, one blank between them. */
interface Known {
  /** For whom they stand; null where a name only begins with them. */
  as: string | null;
  /** For whom a word stands alone, where it is written as a name. */
  alone: string | null;
}

const email = /[\p{L}\p{N}._%+-]+@[\p{L}\p{N}-]+(?:\.[\p{L}\p{N}-]+)+/gu;
const word = /[\p{L}\p{M}]+/gu;
const between = /^(?:[\s.,_'’-]{1,3}|)$/u;
/** Letters from which on a name in capitals is no abbreviation. */
const longEnough = 5;
/** Letters of the shortest name that stands alone. */
const shortest = 3;

/** Texts that are repeated from row to row, and what became of them: of each table a few. */
const mostKept = 5_000;
const longestKept = 200;

export function redactionOf(people: readonly { name: string; email: string | null; as: string }[]): Redact {
  const byEmail = new Map<string, string>();
  const names = new Map<string, Known>();
  for (const { name, email: address, as } of people) {
    if (address !== null) byEmail.set(fold(address), as);
    const parts = wordsOf(name);
    const words = parts.map(fold);
    if (words.length > 1) {
      note(names, words, as);
      note(names, [words.at(-1) ?? '', ...words.slice(0, -1)], as);
    }
    for (const part of parts) {
      if (part.length < shortest || part === part.toLowerCase()) continue;
      const known = knownOf(names, fold(part));
      known.alone = either(known.alone, as);
    }
  }
  return keeping((text) => {
    if (text === '') return text;
    const bare = text.replace(email, (address) => byEmail.get(fold(address)) ?? '[address]');
    const found = [...bare.matchAll(word)];
    let written = '';
    let at = 0;
    for (let index = 0; index < found.length;) {
      const name = nameAt(names, bare, found, index);
      if (name !== null) {
        written += bare.slice(at, found[index]?.index) + name.as;
        at = name.to;
      }
      index += name?.words ?? 1;
    }
    return written + bare.slice(at);
  });
}

/** Looked up word by word, so that it costs the same however many people there are. */
function note(names: Map<string, Known>, words: readonly string[], as: string): void {
  words.slice(1).forEach((_, at) => knownOf(names, words.slice(0, at + 1).join(' ')));
  const whole = knownOf(names, words.join(' '));
  whole.as = either(whole.as, as);
}

function knownOf(names: Map<string, Known>, words: string): Known {
  const known = names.get(words) ?? { as: null, alone: null };
  names.set(words, known);
  return known;
}

/** Of two who are called the same nobody knows who is meant. */
function either(before: string | null, as: string): string {
  return before === null || before === as ? as : 'a person';
}

/** The longest name that begins with this word. @returns where it ends in the text, and how many words it has */
function nameAt(
  names: ReadonlyMap<string, Known>,
  text: string,
  found: readonly RegExpExecArray[],
  index: number,
): { as: string; to: number; words: number } | null {
  const begin = found[index];
  if (begin === undefined) return null;
  let said = fold(begin[0]);
  let known = names.get(said);
  let to = begin.index + begin[0].length;
  const alone = known?.alone ?? null;
  let longest = alone !== null && isWrittenAsName(text, begin) ? { as: alone, to, words: 1 } : null;
  for (let words = 2; known !== undefined; words += 1) {
    const next = found[index + words - 1];
    if (next === undefined || !between.test(text.slice(to, next.index))) break;
    said += ` ${fold(next[0])}`;
    known = names.get(said);
    to = next.index + next[0].length;
    if (known?.as != null) longest = { as: known.as, to, words };
  }
  return longest;
}

/** The same, with what is said in row after row looked at once. */
function keeping(redact: Redact): Redact {
  const known = new Map<string, string>();
  return (text) => {
    if (text.length > longestKept) return redact(text);
    const before = known.get(text);
    if (before !== undefined) return before;
    if (known.size >= mostKept) known.clear();
    const without = redact(text);
    known.set(text, without);
    return without;
  };
}

/** «Ines», «INGRID», «@ines»; not «may», nor the month of «12 May 2026». */
function isWrittenAsName(text: string, { 0: said, index }: RegExpExecArray): boolean {
  if (text[index - 1] === '@') return true;
  const [first = ''] = said;
  if (first === first.toLowerCase()) return false;
  if (said === said.toUpperCase() && said.length < longEnough) return false;
  const isDate = /\d\.?\s$/u.test(text.slice(0, index)) || /^,?\s\d/u.test(text.slice(index + said.length));
  return !(isDate && months.has(fold(said)));
}

const months = new Set(['january', 'february', 'march', 'april', 'may', 'june', 'july', 'august', 'september', 'october', 'november', 'december', 'mai', 'juni', 'juli', 'avril', 'abril', 'julio']); // prettier-ignore

function wordsOf(name: string): string[] {
  return [...name.normalize('NFC').matchAll(word)].map(([said]) => said);
}

/** Written with or without accents it is the same name. */
function fold(text: string): string {
  return text.normalize('NFD').replace(/\p{M}/gu, '').toLowerCase();
}
