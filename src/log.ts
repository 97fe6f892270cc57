/** Structured logs on standard error: ids, counts and durations, never what people wrote, nor their names. */
import pino from 'pino';

export interface Log {
  debug(fields: Record<string, unknown>, message: string): void;
  info(fields: Record<string, unknown>, message: string): void;
  warn(fields: Record<string, unknown>, message: string): void;
  error(fields: Record<string, unknown>, message: string): void;
}

export function createLog(level: string): Log {
  return pino({ level, base: null }, pino.destination({ fd: 2, sync: true }));
}

/**
 * What a log may hold of an error: its kind and code, and the message only where we wrote it ourselves. A driver's
 * message can quote the row that it failed on.
 */
export function describeError(error: unknown): Record<string, unknown> {
  if (!(error instanceof Error)) return { error: typeof error };
  const code = 'code' in error && isOneWord(error.code) ? error.code : undefined;
  const ours = ['Refusal', 'ModelUnavailable', 'OperatorError'].includes(error.name);
  return {
    error: error.name,
    ...(code === undefined ? {} : { code }),
    ...(ours ? { reason: error.message } : {}),
  };
}

/** Some providers put sentences where a code belongs. */
function isOneWord(code: unknown): boolean {
  return typeof code === 'number' || (typeof code === 'string' && /^\w{1,60}$/.test(code));
}

/** Milliseconds for which requests that are turned away for one reason are counted before the next line. */
const refusalsGathered = 60_000;

/**
 * Notes requests that are turned away, without a word of what they said: a line for the first of a kind, and one for the number of
 * those that followed within the minute, so that a flood costs nothing.
 *
 * @param door  which one was tried; reasons are of a few kinds, never taken from the request
 */
export function createRefusals(log: Log, door: string): (status: number, reason: string) => void {
  const followed = new Map<string, number>();
  return (status, reason) => {
    const kind = `${status} ${reason}`;
    const before = followed.get(kind);
    followed.set(kind, before === undefined ? 0 : before + 1);
    if (before !== undefined) return;
    log.warn({ door, status, reason }, 'a request was turned away');
    setTimeout(() => {
      const times = followed.get(kind) ?? 0;
      followed.delete(kind);
      if (times > 0) log.warn({ door, status, reason, times }, 'more requests were turned away');
    }, refusalsGathered).unref();
  };
}
