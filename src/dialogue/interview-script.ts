/** What a room says of an interview: where it is kept, what is asked next, what becomes of an answer, and in which words. */
import type { Addressed, ButtonParts, Context, ReplyParts } from '../conversation/contract.ts';
import type { Queryable } from '../db/database.ts';

export interface Question {
  /** Tells it from every other one of the interview: what carries another's mark was sent twice, or comes late. */
  mark: string | number;
  text: string;
  /** As the form asks it, where that is not the text. */
  label?: string;
  /** Why we ask. */
  why?: string;
  progress?: ReplyParts['progress'];
  choices?: readonly { value: string; label: string }[];
  /** One of its choices answers it, and nothing else. */
  closed?: boolean;
  /** Ways past it: what it is called and, where it wants a reason, how that is asked for. */
  skips?: readonly { as: string; label: string; reason?: string }[];
  /** Ends the interview here. */
  end?: Pick<ButtonParts, 'label' | 'style'>;
  /** The answer that it had before the person came back to it. */
  before?: string | null;
  /** What else the room offers at it. */
  buttons?: readonly ButtonParts[];
}

/** What came of a move; where there is no state, the question stays, and the lead says why. */
export interface Step<State> {
  state?: State;
  lead?: string | null;
}

export interface InterviewStore<State> {
  /** Begun, or gone on with where the person left off; locked until the caller's transaction ends. */
  open(tx: Queryable, context: Context, record: string): Promise<State>;
  /** The person's own unfinished one, locked likewise. @throws Refusal where there is none */
  lock(tx: Queryable, context: Context, record: string): Promise<State>;
  save(tx: Queryable, context: Context, state: State): Promise<State>;
}

export interface Script<State> {
  /** The record that it is about, as its buttons name it. */
  record(state: State): string;
  /** What is asked now; null where it is over. */
  question(state: State): Question | null;
  /** @param choice  the value of the choice that the words are, or null */
  answer(state: State, words: string, choice: string | null): Step<State>;
  skip?(state: State, as: string, reason: string): Step<State>;
  /** At the question before; null at the first one. */
  back?(state: State): State | null;
  /** With nothing answered. */
  fresh(state: State): State;
  end?(state: State): Step<State>;
  /** What is answered so far, for whoever comes back. */
  sofar?(state: State): ReplyParts['facts'];
  /** What follows once it is over. */
  finish(tx: Queryable, context: Context, state: State): Promise<Addressed[]>;
}

/** Where a room has no other words. */
export const usualWords = {
  answer: 'Answer',
  back: 'Back',
  later: 'Later',
  goOn: 'Go on',
  again: 'Start over',
  send: 'Send',
  why: 'Why we ask',
  fresh: 'From the beginning, then.',
  answered: 'That question has its answer already.',
  choose: 'Please choose one of these.',
};

export interface InterviewParts<State> {
  room: string;
  /** Its commands are `<room>.<name>`, `<room>.send-<name>`, `<room>.<name>-skip` and so on. */
  name: string;
  store: InterviewStore<State>;
  script: Script<State>;
  words: Partial<typeof usualWords> & {
    title(state: State): string;
    begun(state: State): string;
    resumed(state: State): string;
    /** Where and when it goes on. Without it, no pause is offered. */
    paused?(state: State): string;
  };
}
