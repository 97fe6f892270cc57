/** What a room says of an interview: where it is kept, what is asked next, what becomes of an answer, and in which words. */
import type { Addressed, ButtonParts, Context, ReplyParts } from '../conversation/contract.ts';
import type { Queryable } from '../db/database.ts';
import type { Evidence } from '../records/evidence.ts';
import type { Intake } from './evidence-intake.ts';

export interface Question {
  /** Tells it from every other one of the interview: what carries another's mark was sent twice, or comes late. */
  mark: string | number;
  text: string;
  /** As the form asks it, where that is not the text. */
  label?: string;
  /** Why we ask. */
  why?: string;
  progress?: ReplyParts['progress'];
  /** Where one is too long for a button, all stand in the text, and the buttons are their letters. */
  choices?: readonly { value: string; label: string }[];
  /** One of its choices answers it, and nothing else. */
  closed?: boolean;
  /** Own words are taken as they are said; no button offers a form for them, where there are buttons enough. */
  typed?: boolean;
  /** Any of its choices answer it together, by their letters or as ticks in the form; the buttons are called so. The value joins theirs with commas. */
  many?: { all: string; some: string; none: string };
  /** Ways past it: what it is called and, where it wants a reason, how that is asked for. */
  skips?: readonly { as: string; label: string; reason?: string }[];
  /** Ends the interview here. */
  end?: Pick<ButtonParts, 'label' | 'style'>;
  /** The answer that it had before the person came back to it. */
  before?: string | null;
  /** What else the room offers at it. */
  buttons?: readonly ButtonParts[];
}

/** An answer, as far as it is known before the script takes it. */
export interface Given<Reading = unknown> {
  words: string;
  /** The value of the choice that the words are, or null; of several, all of them between commas. */
  choice: string | null;
  /** What was made of free words; null where nobody was asked, or nothing came of it. */
  read: Reading | null;
  /** What came with it, kept already. */
  evidence: readonly Evidence[];
}

/** What came of a move; where there is no state, the question stays, and the lead says why. */
export interface Step<State> {
  state?: State;
  lead?: string | null;
  /** What bears out the lead. */
  citations?: ReplyParts['citations'];
}

export interface InterviewStore<State> {
  /** Begun, or gone on with where the person left off; locked until the caller's transaction ends. */
  open(tx: Queryable, context: Context, record: string): Promise<State>;
  /** The person's own unfinished one, locked likewise. @throws Refusal where there is none */
  lock(tx: Queryable, context: Context, record: string): Promise<State>;
  save(tx: Queryable, context: Context, state: State): Promise<State>;
}

/** Where a script looks up what a question, or what is said of an answer, has to know. */
export interface Place {
  tx: Queryable;
  context: Context;
}

export type Later<T> = T | Promise<T>;

export interface Script<State, Reading = unknown> {
  /** The record that it is about, as its buttons name it. */
  record(state: State): string;
  /** What is asked now; null where it is over. */
  question(state: State, place: Place): Later<Question | null>;
  answer(state: State, given: Given<Reading>, place: Place): Later<Step<State>>;
  skip?(state: State, as: string, reason: string, place: Place): Later<Step<State>>;
  /** At the question before; null at the first one. */
  back?(state: State): State | null;
  /** With nothing answered. Without it, nobody is offered to start over. */
  fresh?(state: State): State;
  /** With what came along, whether or not something was said beside it. */
  kept?(state: State, evidence: readonly Evidence[]): State;
  end?(state: State): Step<State>;
  /** What is answered so far, for whoever comes back. */
  sofar?(state: State): ReplyParts['facts'];
  /** What follows once it is over. @param lead  what is to be said of the last answer */
  finish(
    tx: Queryable,
    context: Context,
    state: State,
    lead: string | null,
    citations?: ReplyParts['citations'],
  ): Promise<Addressed[]>;
}

/** What an answer may have to wait for, before its transaction. */
export interface Outside<State, Reading> {
  parts: Intake;
  /**
   * What a model makes of free words. Whatever comes of it the answer counts: nothing, or an error, leaves it as it stands. The
   * turn may run again, and nothing is written by then.
   */
  read?(said: { context: Context; state: State; question: Question; words: string }): Promise<Reading | null>;
  /** Where files belong that come with an answer. Without it none are taken. */
  evidence?(state: State): { record: string; purpose: string };
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
  kept: (titles: string) => `Kept with this question: ${titles}.`,
};

export type InterviewWords<State> = Partial<typeof usualWords> & {
  title(state: State): string;
  begun(state: State): string;
  resumed(state: State): string;
  /** Where and when it goes on. Without it, no pause is offered. */
  paused?(state: State): string;
};

export interface InterviewParts<State, Reading = unknown> {
  room: string;
  /** Its commands are `<room>.<name>`, `<room>.send-<name>`, `<room>.<name>-skip` and so on. */
  name: string;
  store: InterviewStore<State>;
  script: Script<State, Reading>;
  outside?: Outside<State, Reading>;
  /** Of the state, where they are in the language of whoever is asked. */
  words: InterviewWords<State> | ((state: State) => InterviewWords<State>);
}
