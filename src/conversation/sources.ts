/** Where the words of a reply come from: what it cites, and sections shown as they are written. Survives JSON, as all of a reply. */
import { z } from 'zod';

export const Citation = z.object({
  n: z.number(),
  kind: z.enum(['policy', 'guide', 'answer', 'record']),
  /** Title of the policy, who gave an approved answer, or what a record is. */
  policy: z.string(),
  version: z.string(),
  /** The section's number where it has one, else its heading. */
  section: z.string(),
  heading: z.string(),
  /** The day, as 2026-03-01, since which it is in force; of a record, on which it was read. */
  effectiveFrom: z.string(),
  /** Words of the stored section, cut out by us. */
  quote: z.string(),
});
export type Citation = z.infer<typeof Citation>;

/** What a citation says of its section, wherever that is stored. */
interface Cited extends Pick<Citation, 'kind' | 'version' | 'heading' | 'effectiveFrom'> {
  title: string;
  number: string;
}

/** @param quote  words of the section */
export function citing(cited: Cited, n: number, quote: string): Citation {
  const { kind, title, version, number, heading, effectiveFrom } = cited;
  return { n, kind, policy: title, version, section: number || heading, heading, effectiveFrom, quote };
}

/** A stored section shown as it stands, with the sentences that matched. */
export const PassageExcerpt = z.object({
  n: z.number(),
  text: z.string(),
  /** Stretches of `text` to mark: start and end, in UTF-16 units. */
  marks: z.array(z.tuple([z.number(), z.number()])),
  /** Shown with its source once somebody asks for it. */
  folded: z.boolean().default(false),
});
export type PassageExcerpt = z.infer<typeof PassageExcerpt>;
