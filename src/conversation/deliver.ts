/** Delivers from the outbox: at most one message a delivery, and no silent second one after a crash or a time-out. */
import { describeError } from '../log.ts';
import { messageOf } from '../errors.ts';
import type { Queryable } from '../db/database.ts';
import type { CoreOptions } from './port.ts';
import { keepPause } from './channel-pause.ts';
import { draftKey } from './drafting.ts';
import {
  claimDelivery,
  fixAddress,
  lookAgain,
  markLost,
  markSent,
  planAnew,
  renewDelivery,
  replan,
  sendDespiteDoubt,
  waitForChannel,
  type ToDeliver,
} from './ledger.ts';
import { notifyOfMissed, type Missed } from './missed.ts';
import { clockPlatform } from './outbox.ts';
import { readEnclosed } from './outgoing-file.ts';
import { channelOf, NotSentError, UndeliverableError, type Delivery, type Port } from './port.ts';
import { timingOf, withTimeout } from './time-limit.ts';
import { planUnreached } from './unreached.ts';

/** Under this name a platform's wish to be asked for no addresses for a while is kept with the pauses of its channels. */
const addressPause = 'addresses';
const askedToWait = 'the platform asked to wait';
/** Seconds. */
const longestLookPause = 120;

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
    if (item.late) await endUndelivered(options, item, messageOf(error));
    else await replan(db, item, messageOf(error));
    return true;
  }
  if (target === 'waits') return true;
  if (target === null) {
    await endUndelivered(options, item, 'no platform knows where to reach this person');
    log.error({ delivery: item.deliveryId, person: item.personId }, 'nobody to deliver to');
    return true;
  }
  const { port, delivery } = target;
  if (item.inDoubt)
    await resolveDoubt(options, item, port, delivery, item.problem ?? 'the process that sent it was cut off');
  else if (item.inPlace && offer(item.inboxId, delivery))
    await markSent(db, item, delivery.edits ?? `shown:${delivery.id}`);
  else await send(options, item, port, delivery);
  return true;
}

async function send(options: CoreOptions, item: ToDeliver, port: Port, delivery: Delivery): Promise<void> {
  const { db, log } = options;
  const channel = channelOf(port, delivery.address);
  if (await waitForChannel(db, item, port.platform, channel, askedToWait)) return;
  let receipt: string;
  try {
    receipt = await withTimeout(async (signal) => {
      if (!(await renewDelivery(db, item))) throw new TakenOver();
      return port.deliver(delivery, signal);
    }, timingOf(options).sendTimeout);
  } catch (error) {
    if (error instanceof TakenOver) {
      log.warn({ delivery: item.deliveryId }, 'a delivery was taken over by another process');
      return;
    }
    log.warn(
      { delivery: item.deliveryId, attempt: item.attempts, ...describeError(error) },
      'delivery failed',
    );
    const problem = messageOf(error);
    if (error instanceof UndeliverableError) await giveUp(options, item, port, delivery, error);
    else if (!(error instanceof NotSentError)) await resolveDoubt(options, item, port, delivery, problem);
    else {
      if (error.retryAfter !== null) await keepPause(db, port.platform, channel, error.retryAfter);
      if (item.late) await endLate(options, item, port, delivery, 'failed', problem);
      else if (!(await waitForChannel(db, item, port.platform, channel, askedToWait)))
        await replan(db, item, problem);
    }
    return;
  }
  await markSent(db, item, delivery.edits ?? receipt);
}

function missedBy({ inboxId, personId, ephemeralTo }: ToDeliver, port: Port, { address }: Delivery): Missed {
  const channel = channelOf(port, address);
  return { inboxId, platform: port.platform, address, channel, personId, ephemeralTo };
}

/** Another process has the row: it was frozen, or slow, and what it had to do is done elsewhere. */
class TakenOver extends Error {
  override name = 'TakenOver';
}

/**
 * What cannot be edited any more is said anew. A person who cannot be reached is marked so, and tried wherever else they are
 * known; where there is no such place, that is the end of it.
 */
async function giveUp(
  options: CoreOptions,
  item: ToDeliver,
  port: Port,
  delivery: Delivery,
  { message: problem, about }: UndeliverableError,
): Promise<void> {
  const { db, people, clock, log } = options;
  if (item.quiet) return void (await markLost(db, item, 'withdrawn', problem));
  if (delivery.edits !== null) return planAnew(db, item, 'message', problem);
  await db.transaction(async (tx) => {
    if (about === 'person')
      await people.markUnreachable(tx, port.platform, delivery.address, problem, clock());
    const others =
      item.personId === null || about === 'message' ? [] : await people.directAddresses(tx, item.personId);
    if (others.length > 0) await planAnew(tx, item, 'address', problem);
    else await endUndelivered(options, item, problem);
  });
  log.error({ delivery: item.deliveryId, person: item.personId }, 'a message cannot be delivered');
}

/** Who has left is told nothing any more; what may have been sent already is looked up like any other. */
async function hasLeft({ db, people, log }: CoreOptions, item: ToDeliver): Promise<boolean> {
  const { personId } = item;
  if (personId === null || item.inDoubt || (await people.isHere(db, personId))) return false;
  await db.transaction(async (tx) => {
    if (!(await markLost(tx, item, 'failed', 'they have left')) || item.isAboutMissed) return;
    const { name } = await people.find(tx, personId);
    await planUnreached(tx, item, `${name} has left, so I have not told them.`);
  });
  log.info({ delivery: item.deliveryId, person: personId }, 'nothing is said to who has left');
  return true;
}

/**
 * The end of it, which whoever had it sent to another person is told: they may know another way.
 *
 * @returns false where another process has it
 */
function endUndelivered({ db, people }: CoreOptions, item: ToDeliver, problem: string): Promise<boolean> {
  return db.transaction(async (tx) => {
    if (!(await markLost(tx, item, 'failed', problem))) return false;
    if (item.personId === null || item.isAboutMissed) return true;
    const { name } = await people.find(tx, item.personId);
    await planUnreached(
      tx,
      item,
      item.reply.otherwise.length > 0
        ? `${name} cannot be reached here. Choose somebody else, or tell them yourself.`
        : `${name} cannot be reached here. Please tell them yourself, or ask an admin to give them access to me.`,
    );
    return true;
  });
}

/** Its time is over, or nobody can tell: whoever it was for is told so once they can be reached, and so is whoever had it sent. */
async function endLate(
  options: CoreOptions,
  item: ToDeliver,
  port: Port,
  delivery: Delivery,
  state: 'failed' | 'unknown',
  problem: string,
): Promise<void> {
  const { db, log } = options;
  if (item.quiet) return void (await markLost(db, item, 'withdrawn', problem));
  await db.transaction(async (tx) => {
    const ended =
      state === 'failed'
        ? await endUndelivered(options, item, problem)
        : await markLost(tx, item, state, problem);
    if (!ended || item.isAboutMissed || (state === 'unknown' && delivery.edits !== null)) return;
    await notifyOfMissed(tx, missedBy(item, port, delivery));
  });
  log.error(
    { delivery: item.deliveryId },
    state === 'failed'
      ? 'a message was not delivered in time'
      : 'nobody can tell whether a message arrived; it is not sent again',
  );
}

/**
 * The platform is asked whether it has the message. A yes is believed at once. A no only when it was said more than once, and so
 * late that a request which was given up would have taken effect by then; only that lets it be sent again. A question that could
 * not be asked is no answer.
 */
async function resolveDoubt(
  options: CoreOptions,
  item: ToDeliver,
  port: Port,
  delivery: Delivery,
  problem: string,
): Promise<void> {
  const { db } = options;
  const { sendTimeout, settling } = timingOf(options);
  let found: Awaited<ReturnType<Port['lookUp']>>;
  try {
    found = await withTimeout((signal) => port.lookUp(delivery, signal), sendTimeout);
  } catch (error) {
    const asked = error instanceof NotSentError ? error.retryAfter : null;
    const pause = Math.min(Math.max(5, item.doubtfulFor / 4), longestLookPause) * (0.5 + Math.random());
    if (error instanceof UndeliverableError) found = 'cannot tell';
    else if (item.late) return endLate(options, item, port, delivery, 'unknown', problem);
    else return lookAgain(db, item, { seconds: asked ?? pause, saidNo: false, problem });
  }
  const seconds = settling / 1_000;
  if (found === 'cannot tell') {
    if (item.insisted) await sendDespiteDoubt(db, item, problem);
    else await endLate(options, item, port, delivery, 'unknown', problem);
  } else if (found.found) {
    await markSent(db, item, found.receipt);
    // Files follow the message, and nobody saw whether they did.
    if (delivery.reply.files.length > 0)
      await db.transaction((tx) => notifyOfMissed(tx, missedBy(item, port, delivery)));
  } else if (found.harmless !== true && (item.looks === 0 || item.doubtfulFor < seconds)) {
    const next = item.looks === 0 ? seconds / 3 : Math.max(seconds / 10, seconds - item.doubtfulFor);
    await lookAgain(db, item, { seconds: next, saidNo: true, problem });
  } else if (item.late) await endLate(options, item, port, delivery, 'failed', problem);
  else await replan(db, item, problem);
}

/** @returns null where nothing reaches the person; `waits` where a platform wants to be asked for no addresses now */
async function targetOf(
  options: CoreOptions,
  item: ToDeliver,
): Promise<{ port: Port; delivery: Delivery } | 'waits' | null> {
  const { db, ports, people } = options;
  const { deliveryId: id, reply, edits, draft, ephemeralTo, inPlace, via } = item;
  const enclosed = reply.files.length === 0 && reply.picture === null ? null : await readEnclosed(db, reply);
  const delivery = {
    id,
    to: null,
    ephemeralTo,
    reply,
    ...(enclosed === null ? {} : { enclosed }),
    attempt: item.attempts,
    unasked: item.origin === clockPlatform,
    via: inPlace ? via : {},
    edits,
    quiet: item.quiet,
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
    if (await waitForChannel(db, item, port.platform, addressPause, askedToWait)) return 'waits';
    const address = await withTimeout(
      (signal) => port.directAddress(person, signal),
      timingOf(options).sendTimeout,
    ).catch(async (error: unknown) => {
      if (error instanceof NotSentError && error.retryAfter !== null)
        await keepPause(db, port.platform, addressPause, error.retryAfter);
      throw error;
    });
    if (address === null || (await people.isUnreachable(db, port.platform, address))) continue;
    await fixTarget(db, item, port, address);
    return { port, delivery: { ...delivery, address, to: person.email } };
  }
  return null;
}

function fixTarget(tx: Queryable, item: ToDeliver, port: Port, address: string): Promise<void> {
  return fixAddress(tx, item, port.platform, address, channelOf(port, address));
}
