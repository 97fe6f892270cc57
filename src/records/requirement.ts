/** The clauses and Annex A controls of ISO/IEC 27001:2022 by number and title, with everyday words of ours; from `knowledge/requirements.csv`. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'csv-parse/sync';
import { z } from 'zod';
import { words, type WordList } from '../language/vocabulary.ts';

const Requirement = z.object({
  /** `9.2`, `A.8.13` */
  id: z.string(),
  kind: z.enum(['clause', 'control']),
  theme: z.string(),
  title: z.string(),
  keywords: z.string().transform((words) => words.split(';').map((word) => word.trim())),
});
export type Requirement = z.infer<typeof Requirement>;

let known: ReadonlyMap<string, Requirement> | undefined;

/** By their numbers, in the order of the standard; read when first asked for. */
export function requirements(): ReadonlyMap<string, Requirement> {
  known ??= new Map(readRequirements().map((requirement) => [requirement.id, requirement]));
  return known;
}

function readRequirements(): Requirement[] {
  const csv = readFileSync(join(import.meta.dirname, '../../knowledge/requirements.csv'));
  return z.array(Requirement).parse(parse(csv, { columns: true, bom: true }));
}

/** Reads the ways in which people write one: «a 8.13», «control 8.13», «clause 9.2». */
export function findRequirement(said: string): Requirement | null {
  const id = normaliseRequirement(said);
  return id === null ? null : (requirements().get(id) ?? null);
}

const standard = words('requirements/standard');
const kinds = words('requirements/kinds');
const sectionWord = words('requirements/section');

/** Characters of the longest text that may name one: a longer one says more than its name. */
const longestName = 200;

/**
 * @returns `A.8.13`, `9.2` where the standard has it, or a section of an own policy as `POL-07 3.2`; null for anything else.
 *   A bare `8.13` is the control, as no clause is numbered so; a bare `8.2` is the clause.
 */
export function normaliseRequirement(said: string): string | null {
  if (said.length > longestName) return null;
  const text = said.normalize('NFKC').trim();
  const [, policy, within = ''] = /^POL[- ]?(\d{1,4})(?!\d)(.*)$/isu.exec(text) ?? [];
  if (policy !== undefined) {
    const reference = `POL-${policy.padStart(2, '0')}`;
    if (within === '') return reference;
    const number = behind(sectionWord, /^[\s,§:·-]+(.+)$/su.exec(within)?.[1] ?? '');
    return /^\d+(?:\.\d+)*$/.test(number) ? `${reference} ${number}` : null;
  }

  // A stroke or colon is no end of a name: ISO/IEC 27001:2022.
  const named = behind(standard, text.replace(/[/:,]/g, ' '));
  const kind = kinds.begins(named);
  const match = /^[\s.-]*(a[\s.-]*)?(\d{1,2}(?:\.\d{1,2}){0,2})\.?$/iu.exec(named.slice(kind?.to ?? 0));
  if (match === null) return null;
  const [, annex, number = ''] = match;
  const control = annex !== undefined || kind?.meaning === 'control';
  const ids = control ? [`A.${number}`] : kind === null ? [number, `A.${number}`] : [number];
  return ids.find((id) => requirements().has(id)) ?? null;
}

/** A number with what may stand before it, and not within another: «A.5.23», «a 5.23», «7.5.3»; «v7.5.3» and «12.5.2026» are none. */
const numbered =
  /(?<![\p{L}\d.,/-])(?:(POL[- ]?\d{1,4})[\s,§:·]+)?(A[.\s]?)?(\d{1,2}(?:\.\d{1,2}){1,2})(?![\p{L}\d]|[.,/-]\d)/giu;
const namedBy = words('requirements/named by');

/**
 * Requirements that stand in a text, in its order: a control wherever it is written with its A, a section of a policy of ours, and any
 * other number only behind words that name one: «against 7.5.3».
 */
export function requirementsIn(text: string): string[] {
  const said = text.slice(0, 4_000);
  const found = [...said.matchAll(numbered)].flatMap((match) => {
    const [whole, policy, annex, number = ''] = match;
    const before = said.slice(Math.max(0, match.index - 40), match.index);
    const isWhole = policy !== undefined || annex !== undefined;
    if (!isWhole && namedBy.ends(before) === null) return [];
    const isControl = !isWhole && kinds.ends(before)?.meaning === 'control';
    return normaliseRequirement(isControl ? `A.${number}` : whole) ?? [];
  });
  return [...new Set(found)];
}

/** The text behind words that it may begin with. */
function behind(list: WordList, text: string): string {
  return text.slice(list.begins(text)?.to ?? 0).trim();
}
