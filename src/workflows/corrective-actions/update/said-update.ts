/** What a person's words say about records: read by our own code or by a model, shown on a card, and written by nobody yet. */
import { z } from 'zod';

/** What a person can do to a record by saying so. */
export const actionMoves = ['accept', 'decline', 'start', 'done', 'verify', 'return', 'cancel'] as const;

export const SaidUpdate = z.object({
  /** As said, in capitals: `CA-12`, `CA-2026-012`, `NC-4`; null where no reference was said. */
  reference: z.string().nullable(),
  /** Words that may name the record where no reference does: «firewall». */
  hint: z.string().nullable(),
  move: z.enum(actionMoves).nullable(),
  /** Per cent, 0 to 100. */
  progress: z.number().int().min(0).max(100).nullable(),
  /** The new due date that is asked for, as 2026-12-09. */
  dueOn: z.iso.date().nullable(),
  /** Days more than the present due date, where that is how it was said: «two more weeks» is 14. */
  moreDays: z.number().int().min(1).max(730).nullable(),
  /** Asks for more time, and says neither until when nor how much. */
  wantsTime: z.boolean().default(false),
  /** Why: of more time, of declining, returning or cancelling. */
  reason: z.string().nullable(),
  /** The person's own words about it, with relative days written out in full; without the reference. */
  note: z.string().nullable(),
  /** Addresses that they gave as evidence. */
  links: z.array(z.string()),
  /** Whom they hand it over to, as said: a name, a mention or an e-mail address. */
  handOverTo: z.string().nullable(),
});
export type SaidUpdate = z.infer<typeof SaidUpdate>;

export const nothingSaid: SaidUpdate = {
  reference: null,
  hint: null,
  move: null,
  progress: null,
  dueOn: null,
  moreDays: null,
  wantsTime: false,
  reason: null,
  note: null,
  links: [],
  handOverTo: null,
};

/** Whether it says what happened to an action, and not only words or files about it. */
export function saysMore({ move, progress, dueOn, moreDays, wantsTime, handOverTo }: SaidUpdate): boolean {
  return wantsTime || [move, progress, dueOn, moreDays, handOverTo].some((value) => value !== null);
}

/** What the second says, and of the first whatever the second says nothing of. */
export function joined<Said extends object>(one: Said, other: Said): Said {
  const said = Object.entries(other).filter(
    ([, value]) => value !== null && !(Array.isArray(value) && value.length === 0),
  );
  return { ...one, ...Object.fromEntries(said) };
}
