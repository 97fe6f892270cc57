/** Delivers from the outbox: at most one message a delivery, and no silent second one after a crash or a time-out. */
import { describeError } from '../log.ts';
import { messageOf } from '../errors.ts';
import { UndeliverableError, type Delivery, type Port } from './contract.ts';
import type { CoreOptions } from './core.ts';
import {
  claimDelivery,
  fixAddress,
  markFailed,
  markSent,
  markUnknown,
  replan,
  type ToDeliver,
} from './outbox.ts';
import { draftKey } from './route.ts';

/** A platform that says nothing for this long has given an unknown outcome. Below the lease of a claimed delivery. */
const sendTimeout = 15_000;

/** @returns whether there was anything to do */
export async function deliverNext(options: CoreOptions): Promise<boolean> {
  const { db, ports, log } = options;
  const item = await claimDelivery(
    db,
    ports.map((port) => port.platform),
  );
  if (item === null) return false;

  let target: Awaited<ReturnType<typeof targetOf>>;
  try {
    target = await targetOf(options, item);
  } catch (error) {
    // Without an address it was never sent, so it may be tried again; with one, only a look-up could tell.
    if (item.address !== null) throw error;
    log.warn({ delivery: item.deliveryId, ...describeError(error) }, 'the address of a person was not found');
    await replan(db, item, messageOf(error));
    return true;
  }
  if (target === null) {
    await markFailed(db, item.id, 'no platform knows where to reach this person');
    log.error({ delivery: item.deliveryId, person: item.personId }, 'nobody to deliver to');
    return true;
  }
  const { port, delivery } = target;
  if (item.cutOff)
    await resolveUnknown(options, item, port, delivery, 'the process that sent it was cut off');
  else await send(options, item, port, delivery);
  return true;
}

async function send(options: CoreOptions, item: ToDeliver, port: Port, delivery: Delivery): Promise<void> {
  const { db, log } = options;
  try {
    await markSent(db, item.id, await withTimeout(port.deliver(delivery)));
  } catch (error) {
    log.warn(
      { delivery: item.deliveryId, attempt: item.attempts, ...describeError(error) },
      'delivery failed',
    );
    if (error instanceof UndeliverableError) await markFailed(db, item.id, messageOf(error));
    else await resolveUnknown(options, item, port, delivery, messageOf(error));
  }
}

/** The platform is asked whether it has the message; only a clear no lets it be sent again. */
async function resolveUnknown(
  { db, log }: CoreOptions,
  item: ToDeliver,
  port: Port,
  delivery: Delivery,
  problem: string,
): Promise<void> {
  const found = await withTimeout(port.lookUp(delivery)).catch(() => 'cannot tell' as const);
  if (found === 'cannot tell') {
    log.error(
      { delivery: item.deliveryId },
      'nobody can tell whether a message arrived; it is not sent again',
    );
    await markUnknown(db, item.id, problem);
  } else if (found.found) await markSent(db, item.id, found.receipt);
  else await replan(db, item, problem);
}

async function targetOf(
  { db, ports, people }: CoreOptions,
  item: ToDeliver,
): Promise<{ port: Port; delivery: Delivery } | null> {
  const delivery = { id: item.deliveryId, to: null, reply: item.reply, draftKey: draftKey(item.inboxId) };
  const portOf = (platform: string | null) => ports.find((port) => port.platform === platform);

  if (item.personId === null) {
    const port = portOf(item.platform);
    return port === undefined || item.address === null
      ? null
      : { port, delivery: { ...delivery, address: item.address } };
  }
  const person = await people.find(db, item.personId);
  const known = await people.directAddresses(db, item.personId);
  const candidates = [
    { platform: item.platform, address: item.address },
    ...known.filter((each) => each.platform === item.origin),
    ...known,
  ];
  for (const { platform, address } of candidates) {
    const port = portOf(platform);
    if (port !== undefined && address !== null) {
      await fixAddress(db, item.id, port.platform, address);
      return { port, delivery: { ...delivery, address, to: person.email } };
    }
  }
  for (const port of ports.toSorted((left) => (left.platform === item.origin ? -1 : 1))) {
    const address = await withTimeout(port.directAddress(person));
    if (address === null) continue;
    await fixAddress(db, item.id, port.platform, address);
    return { port, delivery: { ...delivery, address, to: person.email } };
  }
  return null;
}

async function withTimeout<T>(work: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const timeout = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(
      () => reject(new Error(`the platform said nothing for ${sendTimeout / 1000} seconds`)),
      sendTimeout,
    );
  });
  return Promise.race([work, timeout]).finally(() => clearTimeout(timer));
}
