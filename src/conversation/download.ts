/** The bytes of an answer over HTTP, and never more of them than are wanted. */
import { TooLargeError } from './port.ts';

/** @throws TooLargeError as soon as there are more than `most`, whatever the answer said of its length */
export async function bytesOf(response: Response, most: number): Promise<Uint8Array> {
  const tooLarge = () => new TooLargeError(`there are more than ${most} bytes`);
  if (Number(response.headers.get('content-length') ?? 0) > most) {
    await dropBody(response);
    throw tooLarge();
  }
  const pieces: Uint8Array[] = [];
  let size = 0;
  for await (const piece of (response.body ?? []) as AsyncIterable<Uint8Array>) {
    size += piece.byteLength;
    // Leaving the loop ends the connection.
    if (size > most) throw tooLarge();
    pieces.push(piece);
  }
  return new Uint8Array(Buffer.concat(pieces));
}

/** Lets go of what nobody will read. */
export async function dropBody(response: Response): Promise<void> {
  await response.body?.cancel().catch(() => undefined);
}
