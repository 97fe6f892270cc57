/** What a message offers to press, and the things that it lists. */
import { z } from 'zod';
import { longestId } from './action-id.ts';

/** An address that one of our doors made, the only kind that may be opened from a card. */
export const Link = z.url({ protocol: /^https$/ }).max(2_000);

/**
 * An address that a person gave, as evidence: whoever asked to see it may follow it, and is shown first where it leads. It never
 * comes from a model, a document, or words that were only read.
 */
export const GivenAddress = z.url({ protocol: /^https?$/ }).max(2_000);

export const Button = z.object({
  id: z.string().max(longestId),
  label: z.string().max(75),
  style: z.enum(['plain', 'primary', 'danger']).default('plain'),
  /** Pressing it leads to a form: a door may open a dialog at once instead of sending a message. */
  opensForm: z.boolean().default(false),
  /** A verdict on the message: a door may show it as its platform's own thumbs. */
  feedback: z.enum(['helpful', 'not-helpful']).nullable().default(null),
  /**
   * Pressing it writes or signs what the reply shows. A door that cannot show the reply whole leaves this button out and says
   * so: nobody signs what they cannot have seen.
   */
  signs: z.boolean().default(false),
});
export type Button = z.infer<typeof Button>;
export type ButtonParts = z.input<typeof Button>;

/** What may stand in a list: it opens something, and never signs. */
export const Opener = Button.extend({ signs: z.literal(false).default(false) });
export type OpenerParts = z.input<typeof Opener>;

/** What stands first on a card that is about one thing. */
export const Headline = z.object({
  /** Words of the text that name the thing: bold. */
  title: z.string().nullable().default(null),
  /** One grey line below the text: reference, state, day. */
  line: z.string().nullable().default(null),
  /** Words of that line that say how late it is: red where there are colours. */
  late: z.string().nullable().default(null),
});
export type HeadlineParts = z.input<typeof Headline>;

/** One of several things that wait or were found, each with its own button. */
export const Item = z.object({
  text: z.string(),
  /** A second, quieter line: since when, until when, for whom. */
  detail: z.string().nullable().default(null),
  /** Words of that line that say how late it is. */
  late: z.string().nullable().default(null),
  button: Opener.nullable().default(null),
  /** Opens the message that this came from. */
  link: Link.nullable().default(null),
});
export type Item = z.infer<typeof Item>;
export type ItemParts = z.input<typeof Item>;
/** Something that waits for a person. What is overdue is listed before what is not, whosever it is. */
export type WaitingItem = ItemParts & { overdue?: boolean } & Partial<Pick<Obligation, 'dueOn' | 'rank'>>;

/** Something that a person is to do, by a day or not: the house reminds them of all of it together, by its own rules. */
export interface Obligation {
  /** `table:id`, as in the audit log; it names the thing for ever. */
  record: string;
  personId: number;
  askedAt: Date;
  /** They were told then, in a message of its own: what is left is to remind them. */
  isTold?: boolean;
  /** As 2026-12-09; null where there is no day. */
  dueOn: string | null;
  /** Its line in the message. */
  item: ItemParts;
  /** «Why am I getting this?», a sentence. */
  why: string;
  /** Of what is due on one day, what the certificate rests on comes first: 1 before 2 before 3. */
  rank: 1 | 2 | 3;
  /** The words or the file that follow its message answer it: as `awaits` of what is said. */
  awaits?: string;
  /** Nobody is reminded of it for now: their question is with its owner. */
  paused?: boolean;
}
