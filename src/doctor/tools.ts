/** What the doctor's checks share: a line to print, and a question over HTTP that does not wait long. */

export type Mark = 'ok' | 'warn' | 'missing' | 'wrong';

export interface Line {
  mark: Mark;
  what: string;
  /** Where to put it right; null where nothing is to be done. */
  where: string | null;
}

export const ok = (what: string): Line => ({ mark: 'ok', what, where: null });
export const warn = (what: string, where: string): Line => ({ mark: 'warn', what, where });
export const missing = (what: string, where: string): Line => ({ mark: 'missing', what, where });
export const wrong = (what: string, where: string): Line => ({ mark: 'wrong', what, where });

/** Milliseconds that one question may take: a doctor that waits for a dead network is of no help. */
export const checkTimeout = 5_000;

export interface Answer {
  status: number;
  headers: Headers;
  /** The body, where it is an object in JSON; else an empty one. */
  json: Record<string, unknown>;
  text: string;
}

/** A string instead of an answer says in a few words why there was none. */
export type Ask = (url: string, init?: RequestInit) => Promise<Answer | string>;

export function createAsk(fetchFrom: typeof fetch): Ask {
  return async (url, init) => {
    try {
      const response = await fetchFrom(url, {
        redirect: 'manual',
        ...init,
        signal: AbortSignal.timeout(checkTimeout),
      });
      const text = await response.text();
      return { status: response.status, headers: response.headers, json: objectOf(text), text };
    } catch (error) {
      return reasonOf(error);
    }
  };
}

function objectOf(text: string): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};
  } catch {
    return {};
  }
}

/** Codes of Node's network and TLS errors, in words; never the message, which may quote what was sent. */
export function reasonOf(error: unknown): string {
  const { name, code, cause } = (error ?? {}) as { name?: string; code?: unknown; cause?: unknown };
  if (name === 'TimeoutError' || name === 'AbortError')
    return `no answer within ${checkTimeout / 1_000} seconds`;
  if (typeof code === 'string') return words[code] ?? code;
  if (cause !== undefined) return reasonOf(cause);
  return 'no usable answer';
}

const words: Record<string, string> = {
  ECONNREFUSED: 'nobody listens there',
  ECONNRESET: 'the connection was cut',
  ENOTFOUND: 'no such host',
  EAI_AGAIN: 'no such host, or no network',
  ETIMEDOUT: 'no answer',
  UND_ERR_CONNECT_TIMEOUT: 'no answer',
  CERT_HAS_EXPIRED: 'its certificate has expired',
  DEPTH_ZERO_SELF_SIGNED_CERT: 'its certificate is signed by nobody we know',
  SELF_SIGNED_CERT_IN_CHAIN: 'its certificate is signed by nobody we know',
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: 'its certificate is signed by nobody we know',
  ERR_TLS_CERT_ALTNAME_INVALID: 'its certificate is for another host',
};

export const guid = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;
