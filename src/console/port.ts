/** Delivers replies to the terminal. A line on a screen cannot be looked up: after a crash nobody can tell whether it was seen. */
import type { Person } from '../conversation/contract.ts';
import type { Delivery, Draft, DraftOpening, Port } from '../conversation/port.ts';

export const platform = 'console';

export interface Screen {
  show(to: string, delivery: Delivery): void;
  /** Words of an answer while it is made; null where they would disturb, as in a pipe. */
  draft: ((to: string, draftKey: string) => Draft) | null;
}

export function createConsolePort(screen: Screen): Port {
  return {
    platform,
    deliver(delivery) {
      screen.show(emailOf(delivery.address), delivery);
      return Promise.resolve(delivery.id);
    },
    lookUp: () => Promise.resolve('cannot tell'),
    directAddress: ({ email }: Person) => Promise.resolve(email === null ? null : addressOf(email)),
    ...(screen.draft === null
      ? {}
      : {
          draft: ({ place, draftKey }: DraftOpening) =>
            (screen.draft as NonNullable<Screen['draft']>)(emailOf(place.address), draftKey),
        }),
  };
}

export function addressOf(email: string): string {
  return `${platform}:${email.toLowerCase()}`;
}

function emailOf(address: string): string {
  return address.slice(platform.length + 1);
}
