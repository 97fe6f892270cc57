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
  const code = 'code' in error ? error.code : undefined;
  const ours = ['Refusal', 'ModelUnavailable', 'OperatorError'].includes(error.name);
  return {
    error: error.name,
    ...(code === undefined ? {} : { code }),
    ...(ours ? { reason: error.message } : {}),
  };
}
