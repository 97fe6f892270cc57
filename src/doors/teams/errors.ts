/** What a failed call to the service means for the ledger: final, certainly not there, or nobody knows. */
import { NotSentError, UndeliverableError } from '../../conversation/port.ts';
import { TokenUnavailable } from './credential.ts';

/** The person pressed Stop on an answer that was being shown: what they saw stays, and nothing more of it is said. */
export class StoppedByPerson extends Error {
  override name = 'StoppedByPerson';
}

/** The stream is over for another reason: too long, not allowed here, or no longer known. */
export class StreamEnded extends Error {
  override name = 'StreamEnded';
  /** The final message had arrived before. */
  readonly completed: boolean;

  constructor(completed: boolean) {
    super('the service takes no more of this stream');
    this.completed = completed;
  }
}

/** Codes of a connection that never came to be. */
const notConnected = [
  'ECONNREFUSED',
  'ENOTFOUND',
  'EAI_AGAIN',
  'ENETUNREACH',
  'EHOSTUNREACH',
  'EADDRNOTAVAIL',
];

/** The message is at fault, and another one may be taken. */
const faultsOfOurs = [400, 405, 409, 411, 413, 415, 422];

interface FailedCall {
  code?: unknown;
  response?: { status?: unknown; headers?: Record<string, unknown>; data?: unknown };
}

/**
 * A 504 alone is left unknown among the 5xx: a gateway that gave up had already passed the message on. Nothing of the failed
 * call goes into the error, since it holds our token and the message.
 */
export function sendErrorOf(error: unknown): Error {
  if (error instanceof UndeliverableError || error instanceof NotSentError || error instanceof StreamEnded)
    return error;
  if (error instanceof TokenUnavailable) return new NotSentError(error.message);
  const { code, response } = (typeof error === 'object' && error !== null ? error : {}) as FailedCall;
  const status = response?.status;
  if (typeof status !== 'number')
    return typeof code === 'string' && notConnected.includes(code)
      ? new NotSentError(`Teams could not be reached (${code})`)
      : new Error(`Teams gave no answer (${typeof code === 'string' ? code : 'unknown'})`);
  if (status === 429) return new NotSentError('Teams asks us to wait', retryAfterOf(response?.headers));
  if (status === 504) return new Error('Teams gave no answer in time (504)');
  if (status >= 500 || [401, 408, 412].includes(status))
    return new NotSentError(`Teams did not take it (${status})`, retryAfterOf(response?.headers));
  if (status >= 400)
    return new UndeliverableError(
      `Teams refuses it for good (${status}${codeOf(response?.data)})`,
      faultsOfOurs.includes(status) ? 'message' : 'person',
    );
  return new Error(`Teams gave an unreadable answer (${status})`);
}

/** For a part or the end of a stream, whose errors have codes of their own. */
export function streamErrorOf(error: unknown): Error {
  const { response } = (typeof error === 'object' && error !== null ? error : {}) as FailedCall;
  if (response?.status !== 403 && response?.status !== 400) return sendErrorOf(error);
  const message = messageOf(response.data).toLowerCase();
  if (message.includes('cancel')) return new StoppedByPerson('the person stopped the answer');
  if (message.includes('stream')) return new StreamEnded(message.includes('completed'));
  return sendErrorOf(error);
}

/** Seconds, from a number of seconds or a date. */
function retryAfterOf(headers: Record<string, unknown> | undefined): number | null {
  const value = headers?.['retry-after'];
  if (typeof value !== 'string' && typeof value !== 'number') return null;
  const seconds = Number(value);
  if (Number.isFinite(seconds)) return Math.max(0, seconds);
  const at = Date.parse(String(value));
  return Number.isNaN(at) ? null : Math.max(0, Math.ceil((at - Date.now()) / 1000));
}

function errorOf(data: unknown): { code?: unknown; message?: unknown } {
  const error = typeof data === 'object' && data !== null && 'error' in data ? data.error : null;
  return typeof error === 'object' && error !== null ? error : {};
}

function messageOf(data: unknown): string {
  const { code, message } = errorOf(data);
  return [code, message].filter((part) => typeof part === 'string').join(' ');
}

/** The service's own word for it, if it is one word. */
function codeOf(data: unknown): string {
  const { code } = errorOf(data);
  return typeof code === 'string' && /^\w{1,60}$/.test(code) ? `, ${code}` : '';
}
