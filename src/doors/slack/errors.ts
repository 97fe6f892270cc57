/** Slack's failures in the core's words: what is final, what was certainly not sent, and what nobody can know. */
import { webApi } from '@slack/bolt';
import { NotSentError, UndeliverableError } from '../../conversation/port.ts';

/** Slack's own words for «it may or may not have happened». */
const unknownOutcome = new Set(['fatal_error', 'internal_error']);
const laterAgain = new Set([
  'ratelimited',
  'rate_limited',
  'service_unavailable',
  'request_timeout',
  'team_added_to_org',
]);
/** Our own app or message is at fault, not the person or the channel: an operator may mend it while it is tried again. */
const notTheirs = new Set([
  'missing_scope',
  'not_authed',
  'token_expired',
  'no_permission',
  'org_login_required',
  'messages_tab_disabled',
]);
/** This message is refused for ever, and the next may be taken. */
const badMessage = new Set([
  'invalid_blocks',
  'invalid_blocks_format',
  'invalid_arguments',
  'msg_too_long',
  'msg_blocks_too_long',
]);
const neverConnected = new Set([
  'ECONNREFUSED',
  'ENOTFOUND',
  'EAI_AGAIN',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'UND_ERR_CONNECT_TIMEOUT',
]);

/** Slack's word for a refused call, such as `channel_not_found`; null for a failure of another kind. */
export function refusalOf(error: unknown): string | null {
  return error instanceof webApi.WebAPIPlatformError ? error.data.error : null;
}

/** What Slack refuses it refuses again, so every refusal that is not named above is final. */
export function asDeliveryError(error: unknown): Error {
  if (error instanceof UndeliverableError || error instanceof NotSentError) return error;
  if (error instanceof webApi.WebAPIRateLimitedError)
    return new NotSentError('Slack asks to wait', error.retryAfter, { cause: error });
  const refusal = refusalOf(error);
  if (refusal !== null) {
    if (unknownOutcome.has(refusal)) return new Error(`Slack failed: ${refusal}`, { cause: error });
    return laterAgain.has(refusal) || notTheirs.has(refusal)
      ? new NotSentError(`Slack cannot now: ${refusal}`, null, { cause: error })
      : new UndeliverableError(`Slack refuses: ${refusal}`, badMessage.has(refusal) ? 'message' : 'person', {
          cause: error,
        });
  }
  if (error instanceof webApi.WebAPIHTTPError) return ofStatus(error.statusCode, error);
  if (error instanceof webApi.WebAPIRequestError && neverConnected.has(codeOf(error.original)))
    return new NotSentError('Slack cannot be reached', null, { cause: error });
  return new Error('Slack gave no readable answer', { cause: error });
}

/** For calls that are made without the SDK. */
export function ofStatus(status: number, cause?: unknown): Error {
  if (status === 429) return new NotSentError('Slack asks to wait', null, { cause });
  return status >= 500
    ? new NotSentError(`Slack answered ${status}`, null, { cause })
    : new UndeliverableError(`Slack answered ${status}`, 'message', { cause });
}

/** Of the innermost cause: fetch wraps the socket's own error. */
export function codeOf(error: unknown): string {
  if (!(error instanceof Error)) return '';
  if ('code' in error && typeof error.code === 'string') return error.code;
  if (error instanceof AggregateError) return codeOf(error.errors[0]);
  return codeOf(error.cause);
}

export function wasNeverConnected(error: unknown): boolean {
  return neverConnected.has(codeOf(error));
}
