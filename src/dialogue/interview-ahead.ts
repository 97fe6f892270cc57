/** What is waited for before an answer is taken: a reading of its words, and the files that came with it. Nothing is locked meanwhile. */
import type { Attachment, Context } from '../conversation/contract.ts';
import { NeedsLane } from '../conversation/lanes.ts';
import { Refusal } from '../errors.ts';
import { describeError } from '../log.ts';
import { takeIn, type TakenIn } from './evidence-intake.ts';
import type { Outside, Place, Question } from './interview-script.ts';

export interface Ahead<Reading> extends TakenIn {
  read: Reading | null;
}

export const nothingAhead: Ahead<never> = { read: null, exhibits: [], problems: [] };

export interface Asking<State> {
  state: State;
  question: Question;
}

export interface SaidAhead<State> {
  /** What is asked now, where the words belong to it; null where they come late. */
  asked(place: Place): Promise<Asking<State> | null>;
  /** Whether the words are the person's own, and no choice nor the name of a button. */
  areOwn(asked: Asking<State>): boolean;
  words: string;
  attachments: readonly Attachment[];
}

export async function bringAhead<State, Reading>(
  outside: Outside<State, Reading> | undefined,
  context: Context,
  { asked, areOwn, words, attachments }: SaidAhead<State>,
): Promise<Ahead<Reading>> {
  const takes = outside?.evidence !== undefined && attachments.length > 0;
  if (outside === undefined || (outside.read === undefined && !takes)) return nothingAhead;
  const { parts } = outside;
  const now = await parts.db.transaction((tx) => asked({ tx, context })).catch(unlessRefused);
  if (now === null) return nothingAhead;
  let read: Reading | null = null;
  if (words !== '' && areOwn(now))
    try {
      read = (await outside.read?.({ context, words, ...now })) ?? null;
    } catch (error) {
      if (error instanceof NeedsLane) throw error;
      parts.log.warn({ input: context.inputId, ...describeError(error) }, 'an answer counts as it stands');
    }
  return { ...nothingAhead, ...(takes && (await takeIn(parts, context, attachments))), read };
}

/** What is refused now is refused again, in words, where the answer would be written. */
function unlessRefused(error: unknown): null {
  if (error instanceof Refusal) return null;
  throw error;
}
