/**
 * Bolt's receivers with what they leave out: a request is acknowledged only after it was stored, one from the future is refused,
 * and what cannot be read is put aside instead of coming again and again.
 */
import { createHash, createHmac, timingSafeEqual } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { parse as parseForm } from 'node:querystring';
import { HTTPReceiver, SocketModeReceiver } from '@slack/bolt';
import type { App, HTTPReceiverOptions, Receiver, ReceiverEvent } from '@slack/bolt';
import { describeError, type Log } from '../../log.ts';
import { clientOptions, quietLogger } from './client.ts';

/** Bytes. Slack's largest requests, of sent forms, stay well below. */
const largestBody = 2 * 1024 * 1024;
/** Bytes that are read of what nobody signed: the question whether we speak TLS. */
const largestCheck = 1_000;
/** Seconds that a request's time may lie ahead of ours, or behind. */
const mostApart = 300;
const signatureShape = /^v0=[\da-f]{64}$/;
const form = 'application/x-www-form-urlencoded';
const json = 'application/json';

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

export interface Handling {
  receiver: HTTPReceiver;
  signingSecret: string;
  putAside: PutAside;
  refused(status: number, reason: string): void;
}

/**
 * Reads the body ourselves, since Bolt has no answer to several that Slack or others send. Nothing is made of it before its
 * signature holds, and what comes without one is not even read.
 */
export async function handleRequest(
  { receiver, signingSecret, putAside, refused }: Handling,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const turnAway = (status: number, reason: string) => {
    refused(status, reason);
    if (!request.complete) response.setHeader('connection', 'close');
    refuse(response, status);
  };
  const { headers } = request;
  const type = /^application\/x-www-form-urlencoded\b/i.test(headers['content-type'] ?? '') ? form : json;
  const signature = String(headers['x-slack-signature'] ?? '');
  const sentAt = String(headers['x-slack-request-timestamp'] ?? '');
  const fault = !signatureShape.test(signature)
    ? 'no signature'
    : Math.abs(Number(sentAt) - Date.now() / 1_000) <= mostApart
      ? null
      : 'signed at another time';
  const raw = await readBody(request, fault === null ? largestBody : largestCheck);
  if (raw === null) return turnAway(fault === null ? 413 : 401, fault ?? 'a body that is too large');

  if (fault !== null || !isSigned(signingSecret, sentAt, raw, signature)) {
    // Slack asks without a signature whether we speak TLS.
    const isCheck =
      type === form && raw.byteLength <= largestCheck && parseForm(raw.toString()).ssl_check === '1';
    return isCheck ? refuse(response, 200) : turnAway(401, fault ?? 'another signature');
  }
  if (!isObject(raw, type)) {
    try {
      await putAside(signature, raw);
    } catch {
      return refuse(response, 503);
    }
    return refuse(response, 200);
  }
  if (type === form) headers['content-type'] = form;
  Object.assign(request, { rawBody: raw });
  receiver.requestListener(request, response);
}

function isSigned(secret: string, sentAt: string, raw: Uint8Array, signature: string): boolean {
  const own = `v0=${createHmac('sha256', secret).update(`v0:${sentAt}:`).update(raw).digest('hex')}`;
  return timingSafeEqual(Buffer.from(own), Buffer.from(signature));
}

/** @returns null where it is larger than that */
async function readBody(request: IncomingMessage, most: number): Promise<Buffer | null> {
  // Whoever says beforehand that it is too much, and is a stranger, is not waited for.
  if (most < largestBody && Number(request.headers['content-length'] ?? 0) > most) return null;
  const pieces: Buffer[] = [];
  let size = 0;
  for await (const piece of request as AsyncIterable<Buffer>) {
    size += piece.byteLength;
    // The rest is read and thrown away: who is cut off while sending never sees the answer.
    if (size > most) pieces.length = 0;
    else pieces.push(piece);
    if (size > most * 8) return null;
  }
  return size > most ? null : Buffer.concat(pieces);
}

function isObject(raw: Buffer, type: string): boolean {
  try {
    const text = raw.toString();
    if (type !== form) return isRecord(JSON.parse(text));
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
