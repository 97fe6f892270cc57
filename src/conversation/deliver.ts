/** Delivers from the outbox: at most one message a delivery, and no silent second one after a crash or a time-out. */
import { describeError } from '../log.ts';
import { messageOf } from '../errors.ts';
import type { Queryable } from '../db/database.ts';
import type { CoreOptions } from './core.ts';
import {
  claimDelivery,
  fixAddress,
  markFailed,
  markSent,
  markUnknown,
  pauseChannel,
  planAnew,
  planWord,
  replan,
  replanUnsent,
  waitForChannel,
  type ToDeliver,
} from './outbox.ts';
import { readEnclosed } from './outgoing-file.ts';
import { channelOf, NotSentError, UndeliverableError, type Delivery, type Port } from './port.ts';
import { draftKey } from './drafting.ts';
import { withTimeout } from './time-limit.ts';

/** Offers a message to whoever waits for the answer to its input. @returns whether it was taken, so that it is not posted */
export type Offer = (inputId: number, delivery: Delivery) => boolean;

/**
 * @param platforms  what this process takes on, the clock among them where it takes jobs
 * @param taken      called once there is something to do
 * @returns whether there was anything to do
 */
export async function deliverNext(
  options: CoreOptions,
  platforms: readonly string[],
  offer: Offer,
  taken: () => void,
): Promise<boolean> {
  const { db, log } = options;
  const item = await claimDelivery(db, platforms);
  if (item === null) return false;
  taken();
  if (await hasLeft(options, item)) return true;

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
    await db.transaction((tx) =>
      endUndelivered(tx, options.people, item, 'no platform knows where to reach this person'),
    );
    log.error({ delivery: item.deliveryId, person: item.personId }, 'nobody to deliver to');
    return true;
  }
  const { port, delivery } = target;
  if (item.cutOff)
    await resolveUnknown(options, item, port, delivery, 'the process that sent it was cut off');
  else if (item.inPlace && offer(item.inboxId, delivery))
    await markSent(db, item.id, delivery.edits ?? `shown:${delivery.id}`);
  else await send(options, item, port, delivery);
  return true;
}

async function send(options: CoreOptions, item: ToDeliver, port: Port, delivery: Delivery): Promise<void> {
  const { db, log } = options;
  const channel = channelOf(port, delivery.address);
  if (await waitForChannel(db, item.id, port.platform, channel, 'the platform asked to wait')) return;
  let receipt: string;
  try {
    receipt = await withTimeout((signal) => port.deliver(delivery, signal));
  } catch (error) {
    log.warn(
      { delivery: item.deliveryId, attempt: item.attempts, ...describeError(error) },
      'delivery failed',
    );
    const problem = messageOf(error);
    if (error instanceof UndeliverableError) await giveUp(options, item, port, delivery, error);
    else if (error instanceof NotSentError && error.retryAfter !== null)
      await pauseChannel(db, item, port.platform, channel, error.retryAfter);
    else if (error instanceof NotSentError) await replanUnsent(db, item, problem);
    else await resolveUnknown(options, item, port, delivery, problem);
    return;
  }
  await markSent(db, item.id, delivery.edits ?? receipt);
}

/**
 * What cannot be edited any more is said anew. A person who cannot be reached is marked so, and tried wherever else they are
 * known; where there is no such place, that is the end of it.
 */
async function giveUp(
  { db, people, clock, log }: CoreOptions,
  item: ToDeliver,
  port: Port,
  delivery: Delivery,
  { message: problem, about }: UndeliverableError,
): Promise<void> {
  if (delivery.edits !== null) return planAnew(db, item, 'message', problem);
  await db.transaction(async (tx) => {
    if (about === 'person')
      await people.markUnreachable(tx, port.platform, delivery.address, problem, clock());
    const others =
      item.personId === null || about === 'message' ? [] : await people.directAddresses(tx, item.personId);
    if (others.length > 0) await planAnew(tx, item, 'address', problem);
    else await endUndelivered(tx, people, item, problem);
  });
  log.error({ delivery: item.deliveryId, person: item.personId }, 'a message cannot be delivered');
}

/** Who has left is told nothing any more; what may have been sent already is looked up like any other. */
async function hasLeft({ db, people, log }: CoreOptions, item: ToDeliver): Promise<boolean> {
  const { personId } = item;
  if (personId === null || item.cutOff || (await people.isHere(db, personId))) return false;
  await db.transaction(async (tx) => {
    await markFailed(tx, item.id, 'they have left');
    const { name } = await people.find(tx, personId);
    await planWord(tx, item, { text: `${name} has left, so I have not told them.`, notice: 'failed' });
  });
  log.info({ delivery: item.deliveryId, person: personId }, 'nothing is said to who has left');
  return true;
}

/** The end of it, which whoever had it sent to another person is told: they may know another way. */
async function endUndelivered(
  tx: Queryable,
  people: CoreOptions['people'],
  item: ToDeliver,
  problem: string,
): Promise<void> {
  await markFailed(tx, item.id, problem);
  if (item.personId === null) return;
  const { name } = await people.find(tx, item.personId);
  await planWord(tx, item, {
    text: `I could not reach ${name} here. Please tell them yourself, or ask an admin to give them access to me.`,
    notice: 'failed',
  });
}

/** The platform is asked whether it has the message; only a clear no lets it be sent again. */
async function resolveUnknown(
  { db, log }: CoreOptions,
  item: ToDeliver,
  port: Port,
  delivery: Delivery,
  problem: string,
): Promise<void> {
  const found = await withTimeout((signal) => port.lookUp(delivery, signal)).catch(
    () => 'cannot tell' as const,
  );
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
  const { deliveryId: id, reply, edits, draft, whisperTo, inPlace, via } = item;
  const enclosed = reply.files.length === 0 && reply.picture === null ? null : await readEnclosed(db, reply);
  const delivery = {
    id,
    to: null,
    whisperTo,
    reply,
    ...(enclosed === null ? {} : { enclosed }),
    via: inPlace ? via : {},
    edits,
    draft,
    draftKey: draftKey(item.inboxId),
  };
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
      await fixTarget(db, item, port, address);
      return { port, delivery: { ...delivery, address, to: person.email } };
    }
  }
  for (const port of ports.toSorted((left) => (left.platform === item.origin ? -1 : 1))) {
    const address = await withTimeout((signal) => port.directAddress(person, signal));
    if (address === null || (await people.isUnreachable(db, port.platform, address))) continue;
    await fixTarget(db, item, port, address);
    return { port, delivery: { ...delivery, address, to: person.email } };
  }
  return null;
}

function fixTarget(tx: Queryable, item: ToDeliver, port: Port, address: string): Promise<void> {
  return fixAddress(tx, item.id, port.platform, address, channelOf(port, address));
}
