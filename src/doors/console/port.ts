/** Delivers replies to the terminal. A line on a screen cannot be looked up: after a crash nobody can tell whether it was seen. */
import { open } from 'node:fs/promises';
import type { Attachment, Person } from '../../conversation/contract.ts';
import {
  TooLargeError,
  type Delivery,
  type Draft,
  type DraftOpening,
  type Port,
} from '../../conversation/port.ts';
import { Refusal } from '../../errors.ts';
import { saveFiles } from './save-files.ts';

export const platform = 'console';

export interface Screen {
  /** @param saved  where the reply's files lie, by their ids */
  show(to: string, delivery: Delivery, saved: ReadonlyMap<string, string>): void;
  /** Words of an answer while it is made; null where they would disturb, as in a pipe. */
  draft: ((to: string, draftKey: string) => Draft) | null;
}

export function createConsolePort(screen: Screen): Port {
  return {
    platform,
    async deliver(delivery) {
      // Lines that were read stand as they are.
      if (delivery.quiet !== true)
        screen.show(emailOf(delivery.address), delivery, await saveFiles(delivery));
      return delivery.id;
    },
    lookUp: () => Promise.resolve('cannot tell'),
    directAddress: ({ email }: Person) => Promise.resolve(email === null ? null : addressOf(email)),
    fetch: readAttached,
    ...(screen.draft === null
      ? {}
      : {
          draft: ({ place, draftKey }: DraftOpening) =>
            (screen.draft as NonNullable<Screen['draft']>)(emailOf(place.address), draftKey),
        }),
  };
}

/** A file of this machine, by the path that whoever sits at the terminal has given. */
async function readAttached({ name, source }: Attachment, most: number): Promise<Uint8Array> {
  const file = await open(source, 'r').catch(() => {
    throw new Refusal(`«${name}» cannot be read here any more. Attach it again.`);
  });
  try {
    const { size } = await file.stat();
    if (size > most) throw new TooLargeError(`the file has ${size} bytes`);
    const bytes = new Uint8Array(size);
    const { bytesRead } = await file.read(bytes, 0, size, 0);
    return bytes.subarray(0, bytesRead);
  } finally {
    await file.close();
  }
}

export function addressOf(email: string): string {
  return `${platform}:${email.toLowerCase()}`;
}

function emailOf(address: string): string {
  return address.slice(platform.length + 1);
}
