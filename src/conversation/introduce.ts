/**
 * Somebody who is met for the first time is asked of the platform, whose events carry but an id. What they said waits as long as
 * the platform cannot say, and holds up nobody who is known.
 */
import { describeError } from '../log.ts';
import { factsOf, isTrusted, profileOf } from './admit.ts';
import type { CoreOptions } from './port.ts';
import { keepPause } from './channel-pause.ts';
import { claimInput, peoplePause, type Asked, type Ours } from './claim-input.ts';
import {
  endInput,
  introduceSender,
  LostLease,
  mostCutOffs,
  mostFailures,
  postponeInput,
  retryInput,
} from './inbox.ts';
import { notifyOfMissed } from './missed.ts';
import { NotSentError, UndeliverableError, type Profile } from './port.ts';
import { speakingOf, turnAway } from './run.ts';

/** Milliseconds that a platform may take to say who somebody is: below the lease of an input, which is not renewed here. */
const profileTimeout = 10_000;
/** Seconds. */
const longestWait = 120;

/** @returns whether there was anything to do */
export async function introduceNext(options: CoreOptions, ours: Ours, taken: () => void): Promise<boolean> {
  const { db, log } = options;
  const claimed = await claimInput(db, ours, 'strangers');
  if (claimed === null || claimed.input.kind === 'job') return false;
  taken();
  const asked: Asked = { ...claimed, input: claimed.input };
  try {
    if (asked.cutOffs >= mostCutOffs) await endUnknown(options, asked, 'it was cut off too often');
    else await introduce(options, asked);
  } catch (error) {
    if (!(error instanceof LostLease)) throw error;
    log.warn({ input: asked.id }, 'input was taken over by another process');
  }
  return true;
}

async function introduce(options: CoreOptions, claimed: Asked): Promise<void> {
  const { db, ports, log } = options;
  const { sender } = claimed.input;
  const port = ports.find((each) => each.platform === claimed.platform);
  if (port === undefined) throw new Error(`There is no door to ${claimed.platform}.`);
  let profile: Profile;
  try {
    if (!(await isTrusted(port, sender))) return await turnAway(options, claimed, false);
    profile = await profileOf(port, sender, profileTimeout);
  } catch (error) {
    log.warn({ input: claimed.id, ...describeError(error) }, 'the platform cannot say who somebody is');
    return waitFor(options, claimed, error);
  }
  if (!profile.colleague) return turnAway(options, claimed, true);
  await db.transaction((tx) => introduceSender(tx, claimed, factsOf(profile)));
}

/** As long as the platform asks, and then for whoever came first; with no word of its own, longer each time. */
async function waitFor(options: CoreOptions, claimed: Asked, error: unknown): Promise<void> {
  const { db } = options;
  const problem = JSON.stringify(describeError(error));
  if (error instanceof UndeliverableError) {
    if (claimed.failures + 1 < mostFailures) return retryInput(db, claimed, problem);
    return endUnknown(options, claimed, problem);
  }
  const retryAfter = error instanceof NotSentError ? error.retryAfter : null;
  const pause = Math.min(2 ** claimed.waits, longestWait) * (0.5 + Math.random());
  const waits = await db.transaction(async (tx) => {
    if (retryAfter !== null)
      await keepPause(tx, claimed.platform, `${peoplePause}${claimed.input.sender.tenant}`, retryAfter);
    return postponeInput(tx, claimed, retryAfter === null ? pause : 0, problem);
  });
  if (!waits) await endUnknown(options, claimed, problem);
}

/** Nothing is known of them, a guest perhaps: no more than that it did not work is said, and no record of them is made. */
async function endUnknown(options: CoreOptions, claimed: Asked, problem: string): Promise<void> {
  options.log.error({ input: claimed.id }, 'nobody could say in time who somebody is');
  await options.db.transaction(async (tx) => {
    await endInput(tx, claimed, 'dead', problem);
    const { inputId, platform, place, channelOf } = speakingOf(options, claimed, null);
    await notifyOfMissed(tx, {
      inboxId: inputId,
      platform,
      address: place.address,
      channel: channelOf(place.address),
      personId: null,
      ephemeralTo: null,
    });
  });
}
