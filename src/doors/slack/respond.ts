/** Answers by the address that Slack gives with a command or a press: good for half an hour and five messages. */
import type { Via } from '../../conversation/contract.ts';
import { ofStatus, wasNeverConnected } from './errors.ts';
import { NotSentError } from '../../conversation/port.ts';
import { throwIfOver } from '../../conversation/time-limit.ts';
import type { Rendered } from './render.ts';

/** Milliseconds; Slack says 30 minutes, and the message still has to arrive. */
const usableFor = 29 * 60_000;
const mostUses = 5;
const timeout = 10_000;
const remembered = 5_000;

export interface Responses {
  /** Whether the address that came with the input may still be used. */
  usable(via: Via): boolean;
  /** @returns false where Slack takes nothing more by this address; @throws as every delivery */
  send(via: Via, message: Rendered, replaces: boolean, signal: AbortSignal): Promise<boolean>;
}

/** @param apiUrl  whose host may be answered too: a stand-in's */
export function createResponses(apiUrl: string | null, clock: () => Date): Responses {
  const hosts = ['hooks.slack.com', ...(apiUrl === null ? [] : [new URL(apiUrl).host])];
  const uses = new Map<string, number>();

  function isOurs(address: string): boolean {
    if (!URL.canParse(address)) return false;
    const { protocol, host } = new URL(address);
    return hosts.includes(host) && (protocol === 'https:' || host !== 'hooks.slack.com');
  }

  return {
    usable({ response_url: url, response_at: at }) {
      if (url === undefined || at === undefined || !isOurs(url)) return false;
      return clock().getTime() - Date.parse(at) < usableFor && (uses.get(url) ?? 0) < mostUses;
    },
    async send({ response_url: url = '' }, message, replaces, signal) {
      throwIfOver(signal);
      const [oldest] = uses.keys();
      if (uses.size >= remembered && oldest !== undefined) uses.delete(oldest);
      uses.set(url, (uses.get(url) ?? 0) + 1);
      let response: Response;
      try {
        response = await fetch(url, {
          method: 'POST',
          headers: { 'content-type': 'application/json' },
          body: JSON.stringify({
            ...message,
            response_type: 'ephemeral',
            replace_original: replaces,
            unfurl_links: false,
            unfurl_media: false,
          }),
          redirect: 'error',
          signal: AbortSignal.any([signal, AbortSignal.timeout(timeout)]),
        });
      } catch (error) {
        if (wasNeverConnected(error))
          throw new NotSentError('Slack cannot be reached', null, { cause: error });
        throw new Error('Slack gave no readable answer', { cause: error });
      }
      await response.arrayBuffer();
      if (response.status === 404 || response.status === 410) return false;
      if (response.status === 429)
        throw new NotSentError('Slack asks to wait', Number(response.headers.get('retry-after') ?? 1));
      if (!response.ok) throw ofStatus(response.status);
      return true;
    },
  };
}
