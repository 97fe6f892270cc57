/** The bytes of a request, and never more of them than are wanted. */
import type { IncomingMessage } from 'node:http';

/** @returns null where there are more than `most`. @throws any error where the request is cut off */
export async function readRequest(request: IncomingMessage, most: number): Promise<Buffer | null> {
  if (Number(request.headers['content-length'] ?? 0) > most) return null;
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    size += chunk.byteLength;
    if (size > most) return null;
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}
