/** One control in a Statement of Applicability: whether it applies, on what that rests, and how far it is there. Owns `soa_entry`. */
import { createHash } from 'node:crypto';
import { z } from 'zod';
import type { Queryable } from '../../db/database.ts';
import { selectAll } from '../../db/rows.ts';
import { requirements } from '../../records/requirement.ts';
import { controlNumbers } from '../../records/requirement-set.ts';

export const bases = ['risk', 'law', 'contract', 'decision'] as const;
export const degrees = ['yes', 'partly', 'planned', 'no'] as const;

export const EntryValues = z.object({
  applies: z.boolean().nullable(),
  basis: z.enum(bases).nullable(),
  /** Where that is written down: R-012, a section, a contract, minutes. */
  basisReference: z.string().nullable(),
  justification: z.string().nullable(),
  implemented: z.enum(degrees).nullable(),
  how: z.string().nullable(),
  ownerId: z.number().nullable(),
});
export type EntryValues = z.infer<typeof EntryValues>;

export const Entry = EntryValues.extend({
  id: z.number(),
  soaId: z.number(),
  control: z.string(),
  ownerName: z.string().nullable(),
});
export type Entry = z.infer<typeof Entry>;

/** Their names in the file, the form and the log, in that order. */
export const entryFields = ['applies', 'basis', 'basisReference', 'justification', 'implemented', 'how', 'ownerId'] as const satisfies readonly (keyof EntryValues)[]; // prettier-ignore
export const columnOfField = {
  applies: 'applies',
  basis: 'basis',
  basisReference: 'basis_reference',
  justification: 'justification',
  implemented: 'implemented',
  how: 'how',
  ownerId: 'owner_id',
} as const satisfies Record<keyof EntryValues, string>;

export const titleOfControl = (control: string): string => requirements().get(control)?.title ?? '';

/** In the order of the standard. */
export async function selectEntries(tx: Queryable, soaId: number): Promise<Entry[]> {
  const entries = await selectAll(
    tx,
    Entry,
    `select entry.*, person.name as owner_name from soa_entry entry left join person on person.id = owner_id where soa_id = $1`,
    [soaId],
  );
  const order = new Map(controlNumbers().map((control, at) => [control, at]));
  return entries.toSorted(
    (one, other) => (order.get(one.control) ?? 999) - (order.get(other.control) ?? 999),
  );
}

/** What an inclusion, and an exclusion, must hold before anybody approves it; empty where nothing is missing. */
export function lackingIn(entry: EntryValues): string[] {
  const { applies, basis, basisReference, justification, implemented, how, ownerId } = entry;
  const there = implemented === 'yes' || implemented === 'partly';
  return [
    ...(applies === null ? ['whether it applies'] : []),
    ...(basis === null ? ['on what that rests'] : []),
    ...(basisReference === null ? ['where that is written'] : []),
    ...(justification === null ? ['why'] : []),
    ...(applies === true && implemented === null ? ['how far it is there'] : []),
    ...(applies === true && there && how === null ? ['how'] : []),
    ...(applies === true && ownerId === null ? ['who looks after it'] : []),
  ];
}

/** The same in SQL, over a row of `soa_entry`. */
export const incompleteSql = `(applies is null or basis is null or basis_reference is null or justification is null
  or (applies and (implemented is null or owner_id is null or (implemented in ('yes', 'partly') and how is null))))`;

/** Of one control, as it stands: a card that proposes a change knows by it whether it was overtaken. */
export function entryMark(entry: EntryValues): string {
  return hashOf(entryFields.map((field) => entry[field])).slice(0, 16);
}

/** SHA-256 of an edition and its entries in the order of the standard, as JSON without blanks. */
export function contentHash(edition: string, entries: readonly Entry[]): string {
  return hashOf([
    edition,
    entries.map((entry) => [entry.control, ...entryFields.map((field) => entry[field])]),
  ]);
}

function hashOf(value: unknown): string {
  return createHash('sha256').update(JSON.stringify(value)).digest('hex');
}

/** Fields that differ, in their order. */
export function differing(before: EntryValues, now: EntryValues): (keyof EntryValues)[] {
  return entryFields.filter((field) => before[field] !== now[field]);
}

export interface EntryDifference {
  control: string;
  before: Entry;
  now: Entry;
  fields: (keyof EntryValues)[];
}

/** What is said otherwise of which control. */
export function differencesBetween(before: readonly Entry[], now: readonly Entry[]): EntryDifference[] {
  const old = new Map(before.map((entry) => [entry.control, entry]));
  return now.flatMap((entry) => {
    const was = old.get(entry.control);
    const fields = was === undefined ? [] : differing(was, entry);
    return was === undefined || fields.length === 0
      ? []
      : [{ control: entry.control, before: was, now: entry, fields }];
  });
}
