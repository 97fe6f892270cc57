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

/**
 * Of somebody else's error no more than its kind, its status and its code, each one word: a provider's message repeats the prompt
 * and the key.
 */
export function shapeOf(error: unknown): string {
  if (!(error instanceof Error)) return typeof error;
  const parts = [wordIn(error.constructor.name), statusIn(error), codeIn(error)];
  return parts.filter((part) => part !== null).join(' ');
}

function statusIn(error: Error): string | null {
  const status = 'status' in error ? error.status : null;
  return typeof status === 'number' ? String(status) : null;
}

/** Of the innermost cause that has one, since fetch wraps the socket's own error. */
function codeIn(error: Error): string | null {
  const own = 'code' in error ? wordIn(error.code) : null;
  return own ?? (error.cause instanceof Error ? codeIn(error.cause) : null);
}

/** A code is letters, as `rate_limit_exceeded` or `ECONNREFUSED`: a key or an address is none. */
function wordIn(value: unknown): string | null {
  return typeof value === 'string' && /^[A-Za-z_]{1,40}$/.test(value) ? value : null;
}
