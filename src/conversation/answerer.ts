/** Who answers what no workflow takes: passages are found by our code first, then a model words them or calls a tool. */
import type { Context, Notice, Outcome, Tool, ToldRecord, Turn } from './contract.ts';

/** The workflow that takes every turn that no other claims, with the model's help where there is one. */
export interface Answerer {
  /** Whether preparing waits for a service, as that of embeddings. */
  asksOutside: boolean;
  prepare(context: Context, turn: Turn, history: History): Promise<Prepared>;
}

/** The last words of a conversation, oldest first. */
export type History = { author: 'person' | 'isma'; text: string }[];

/** Passages found by our code, before any model is asked. */
export interface Prepared {
  /** What the model is told for this turn, passages included. */
  prompt: string;
  /** Lets text out to the person as soon as it is proven; null holds everything until the end. */
  release: ((textSoFar: string) => string) | null;
  /** Tools of this turn only. */
  tools: Tool[];
  /** Makes records citable beside the passages. @returns them as text for the model */
  tell(records: readonly ToldRecord[]): Promise<string>;
  /** What the model is told, once, where nothing that it wrote may be shown: what was not proven, and why. */
  objection?(text: string): Promise<string | null>;
  /** The outcome for what the model wrote. */
  finish(text: string): Outcome;
  /** The outcome for what the model wrote beside its calls of tools; null where nothing of it is proven. */
  beside(text: string): Outcome | null;
  /** The outcome without a model, and why. */
  withoutModel(notice: Extract<Notice, 'no-model' | 'model-down' | 'budget'>): Outcome;
}
