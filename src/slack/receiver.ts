/**
 * Bolt's receivers with what they leave out: a request is acknowledged only after it was stored, one from the future is refused,
 * and what cannot be read is put aside instead of coming again and again.
 */
import { createHash } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { parse as parseForm } from 'node:querystring';
import { HTTPReceiver, isValidSlackRequest, SocketModeReceiver } from '@slack/bolt';
import type { App, HTTPReceiverOptions, Receiver, ReceiverEvent } from '@slack/bolt';
import { describeError, type Log } from '../log.ts';
import { clientOptions, quietLogger } from './client.ts';

const largestBody = 4 * 1024 * 1024;
/** Seconds that a request's time may lie ahead of ours; Bolt refuses those that lie as far behind. */
const mostAhead = 300;

/** The event is not on disk, so the platform must send it again. */
export class NotStored extends Error {
  override name = 'NotStored';
}

/** What Bolt hands on about a request beside its body. */
export interface Received {
  /** The request's signature, or the hash of what came over the socket: the same again is the same. */
  slackKey: string;
  slackRaw: Uint8Array;
}

/** Takes what nobody could make sense of, so that Slack need not send it again. */
export type PutAside = (key: string, raw: Uint8Array) => Promise<void>;

export function createHttpReceiver(
  signingSecret: string | null,
  installer: Partial<HTTPReceiverOptions>,
  log: Log,
): HTTPReceiver {
  return new HTTPReceiver({
    ...installer,
    signingSecret: signingSecret ?? '',
    signatureVerification: signingSecret !== null,
    processBeforeResponse: true,
    logger: quietLogger(log),
    customPropertiesExtractor: (request): Received & Record<string, unknown> => ({
      slackKey: String(request.headers['x-slack-signature']),
      slackRaw: request.rawBody,
    }),
    unhandledRequestHandler: ({ response }) => refuse(response, 503),
    processEventErrorHandler: ({ error, response }) => {
      log.error(describeError(error), 'an event could not be stored');
      refuse(response, 503);
      return Promise.resolve(false);
    },
  });
}

export function createSocketReceiver(appToken: string, apiUrl: string | null, log: Log): SocketModeReceiver {
  return new SocketModeReceiver({
    appToken,
    logger: quietLogger(log),
    installerOptions: { clientOptions: clientOptions(apiUrl, log) },
    customPropertiesExtractor: ({ body }: { body: unknown }): Received & Record<string, unknown> => {
      const raw = Buffer.from(JSON.stringify(body));
      return { slackKey: createHash('sha256').update(raw).digest('hex'), slackRaw: raw };
    },
    processEventErrorHandler: ({ error }) => {
      log.error(describeError(error), 'an event could not be stored');
      return Promise.resolve(false);
    },
  });
}

/** Bolt acknowledges an event before its listener runs; here the acknowledgement waits until the listener is done. */
export function acknowledgeLast(inner: Receiver, putAside: PutAside, log: Log): Receiver {
  return {
    init(app) {
      const waiting = {
        async processEvent(event: ReceiverEvent) {
          let answer: string | undefined;
          try {
            await app.processEvent({
              ...event,
              ack: (response: unknown) => {
                answer = response as string | undefined;
                return Promise.resolve();
              },
            });
          } catch (error) {
            const cause = error instanceof Error && 'original' in error ? error.original : error;
            if (cause instanceof NotStored) throw cause;
            log.warn(describeError(cause), 'an event could not be read');
            const { slackKey, slackRaw } = event.customProperties as unknown as Received;
            await putAside(slackKey, slackRaw);
          }
          await event.ack(answer);
        },
      };
      inner.init(waiting as unknown as App);
    },
    start: () => inner.start(),
    stop: () => inner.stop(),
  };
}

/** Reads the body ourselves, since Bolt has no answer to several that Slack or others send. */
export async function handleRequest(
  receiver: HTTPReceiver,
  signingSecret: string,
  putAside: PutAside,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const raw = await readBody(request);
  if (raw === null) {
    response.setHeader('connection', 'close');
    return refuse(response, 413);
  }
  const sentAt = Number(request.headers['x-slack-request-timestamp'] ?? 'none');
  if (sentAt > Date.now() / 1_000 + mostAhead) return refuse(response, 401);
  const type = request.headers['content-type'] ?? '';
  if (/^application\/x-www-form-urlencoded\b/i.test(type))
    request.headers['content-type'] = 'application/x-www-form-urlencoded';

  if (!isObject(raw, request.headers['content-type'])) {
    const signature = String(request.headers['x-slack-signature'] ?? '');
    const signed = isValidSlackRequest({
      signingSecret,
      body: raw.toString(),
      headers: { 'x-slack-signature': signature, 'x-slack-request-timestamp': sentAt },
    });
    if (!signed) return refuse(response, 401);
    try {
      await putAside(signature, raw);
    } catch {
      return refuse(response, 503);
    }
    return refuse(response, 200);
  }
  Object.assign(request, { rawBody: raw });
  receiver.requestListener(request, response);
}

/** @returns null where it is larger than anything of Slack's */
async function readBody(request: IncomingMessage): Promise<Buffer | null> {
  const pieces: Buffer[] = [];
  let size = 0;
  for await (const piece of request as AsyncIterable<Buffer>) {
    size += piece.byteLength;
    // The rest is read and thrown away: who is cut off while sending never sees the answer.
    if (size > largestBody) pieces.length = 0;
    else pieces.push(piece);
    if (size > largestBody * 8) return null;
  }
  return size > largestBody ? null : Buffer.concat(pieces);
}

function isObject(raw: Buffer, type: string | undefined): boolean {
  try {
    const text = raw.toString();
    if (type !== 'application/x-www-form-urlencoded') return isRecord(JSON.parse(text));
    const { payload } = parseForm(text);
    return typeof payload !== 'string' || isRecord(JSON.parse(payload));
  } catch {
    return false;
  }
}

function isRecord(value: unknown): boolean {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

export function refuse(response: ServerResponse, status: number): void {
  if (response.headersSent) return;
  response.writeHead(status);
  response.end();
}
