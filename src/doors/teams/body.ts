/** Reads the JSON body of a request, as much of it as any activity has. */
import type { IncomingMessage } from 'node:http';

/** Bytes. Teams sends no larger activities. */
const largestBody = 1024 * 1024;

export type Body =
  { ok: true; value: unknown; raw: Uint8Array } | { ok: false; status: 400 | 413; reason: string };

export async function readBody(request: IncomingMessage): Promise<Body> {
  const tooLarge: Body = { ok: false, status: 413, reason: 'a body that is too large' };
  if (Number(request.headers['content-length'] ?? 0) > largestBody) return tooLarge;
  const chunks: Buffer[] = [];
  let size = 0;
  try {
    for await (const chunk of request as AsyncIterable<Buffer>) {
      size += chunk.byteLength;
      if (size > largestBody) return tooLarge;
      chunks.push(chunk);
    }
    const raw = Buffer.concat(chunks);
    return { ok: true, raw, value: JSON.parse(raw.toString('utf8')) as unknown };
  } catch {
    return { ok: false, status: 400, reason: 'a body that is no JSON' };
  }
}
