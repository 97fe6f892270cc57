/** The errors that callers tell apart. Everything else is a plain `Error` with its `cause`. */

/** Shown to the person as it is: which record, which rule, what to do now. */
export class Refusal extends Error {
  override name = 'Refusal';
}

/** The language model or the embedding service gave no usable answer; what needs none goes on. */
export class ModelUnavailable extends Error {
  override name = 'ModelUnavailable';
}

/** Shown to the operator without a stack: what failed, on what, and what to do. */
export class OperatorError extends Error {
  override name = 'OperatorError';
}

/** The message of anything thrown, for a log or an operator's screen. */
export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
