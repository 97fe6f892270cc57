/** Reads the JSON body of a request, as much of it as any activity has. */
import type { IncomingMessage } from 'node:http';
import { readRequest } from '../../conversation/request-body.ts';

/** Bytes. Teams sends no larger activities. */
const largestBody = 1024 * 1024;

export type Body =
  { ok: true; value: unknown; raw: Uint8Array } | { ok: false; status: 400 | 413; reason: string };

export async function readBody(request: IncomingMessage): Promise<Body> {
  try {
    const raw = await readRequest(request, largestBody);
    if (raw === null) return { ok: false, status: 413, reason: 'a body that is too large' };
    return { ok: true, raw, value: JSON.parse(raw.toString('utf8')) as unknown };
  } catch {
    return { ok: false, status: 400, reason: 'a body that is no JSON' };
  }
}
