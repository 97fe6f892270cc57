/** People's names in texts, and the numbers that stand for them: «Person 12» is the same person in every pack, and `person:12` in the audit log. */
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
  return redactionOf([
    ...people.map(({ id, name, email }) => ({ name, email, as: `Person ${id}` })),
    ...others.map(({ name }, at) => ({ name, email: null, as: `External person ${at + 1}` })),
  ]);
}

interface Alias {
  /** Folded, in the order in which they stand. */
  words: string[];
  as: string;
  /** One word alone is a name only where it is written as one. */
  alone: boolean;
}

const email = /[\p{L}\p{N}._%+-]+@[\p{L}\p{N}-]+(?:\.[\p{L}\p{N}-]+)+/gu;
const word = /[\p{L}\p{M}]+/gu;
const between = /^(?:[\s.,_'’-]{1,3}|)$/u;
/** Letters from which on a name in capitals is no abbreviation. */
const longEnough = 5;
/** Letters of the shortest name that stands alone. */
const shortest = 3;

export function redactionOf(people: readonly { name: string; email: string | null; as: string }[]): Redact {
  const byEmail = new Map<string, string>();
  const byWord = new Map<string, Alias[]>();
  const alone = new Map<string, string>();
  const add = (alias: Alias) => {
    const [first = ''] = alias.words;
    const known = byWord.get(first);
    if (known === undefined) byWord.set(first, [alias]);
    else known.push(alias);
  };
  for (const { name, email: address, as } of people) {
    if (address !== null) byEmail.set(fold(address), as);
    const parts = wordsOf(name);
    const words = parts.map(fold);
    if (words.length > 1) {
      add({ words, as, alone: false });
      add({ words: [words.at(-1) ?? '', ...words.slice(0, -1)], as, alone: false });
    }
    for (const part of parts)
      if (part.length >= shortest && part !== part.toLowerCase())
        alone.set(fold(part), alone.has(fold(part)) && alone.get(fold(part)) !== as ? 'a person' : as);
  }
  for (const [part, as] of alone) add({ words: [part], as, alone: true });
  for (const aliases of byWord.values()) aliases.sort((one, other) => other.words.length - one.words.length);

  return (text) => {
    if (text === '') return text;
    const bare = text.replace(email, (address) => byEmail.get(fold(address)) ?? '[address]');
    const found = [...bare.matchAll(word)];
    let written = '';
    let at = 0;
    for (let index = 0; index < found.length; index += 1) {
      const begin = found[index];
      if (begin === undefined || begin.index < at) continue;
      const alias = byWord.get(fold(begin[0]))?.find((each) => fits(each, bare, found, index));
      if (alias === undefined) continue;
      const last = found[index + alias.words.length - 1] ?? begin;
      written += bare.slice(at, begin.index) + alias.as;
      at = last.index + last[0].length;
    }
    return written + bare.slice(at);
  };
}

function fits(
  { words, alone }: Alias,
  text: string,
  found: readonly RegExpExecArray[],
  index: number,
): boolean {
  const begin = found[index];
  if (begin === undefined) return false;
  if (alone) return isWrittenAsName(text, begin);
  let end = begin.index + begin[0].length;
  return words.slice(1).every((expected, at) => {
    const next = found[index + at + 1];
    if (next === undefined || fold(next[0]) !== expected || !between.test(text.slice(end, next.index)))
      return false;
    end = next.index + next[0].length;
    return true;
  });
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
