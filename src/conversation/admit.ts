/** Who is listened to at all: the one gate behind every message, button, form, shortcut and page, in every door. */
import { describeError } from '../log.ts';
import type { CoreOptions } from './port.ts';
import type { Sender } from './contract.ts';
import { peoplePause } from './claim-input.ts';
import { isPaused, keepPause } from './channel-pause.ts';
import { needLane, type Lane } from './lanes.ts';
import { NotSentError, type Port, type Profile } from './port.ts';
import { suggestionsFor } from './small-talk.ts';
import { withTimeout } from './time-limit.ts';

/**
 * `stranger`: of a workspace or tenant that is not ours, and told nothing at all. `guest`: somebody among us who is no
 * colleague, as a guest of any kind or one who has left, and told no more than that.
 */
export type Admitted = 'colleague' | 'guest' | 'stranger';

export const turnedAway =
  'I can only help people of this organisation. Please ask the person whom you work with there.';

/** Milliseconds that somebody who is known waits for the platform's word on them: after it they are who they were. */
const lookTimeout = 3_000;

/**
 * Somebody who is known, or was introduced with this very input. Once a day the platform is asked again whether they are still a
 * colleague; what it cannot say now holds up nobody.
 *
 * @param lane  what the caller may wait for
 * @throws NeedsLane where the platform must be asked and the lane is too narrow for that
 */
export async function admit(options: CoreOptions, sender: Sender, lane: Lane = 'outside'): Promise<Admitted> {
  const { db, people, log } = options;
  const port = portOf(options, sender);
  if (port === undefined) return 'colleague';
  const standing = await people.standing(db, sender);
  try {
    if (!(await isTrusted(port, sender))) return 'stranger';
  } catch (error) {
    // Whom we know was of a tenant that is ours.
    if (standing === 'unknown') throw error;
    log.warn(describeError(error), 'it cannot be told now whose people are ours');
  }
  if (port.profile === undefined || standing === 'unknown' || standing === 'known') return 'colleague';
  return lookAgain(options, port, sender, { wasOutside: standing === 'outside', lane });
}

async function lookAgain(
  { db, people, clock, log }: CoreOptions,
  port: Port,
  sender: Sender,
  { wasOutside, lane }: { wasOutside: boolean; lane: Lane },
): Promise<Admitted> {
  const pause = `${peoplePause}${sender.tenant}`;
  const before = wasOutside ? 'guest' : 'colleague';
  if (await isPaused(db, sender.platform, pause)) return before;
  needLane({ lane }, 'outside');
  try {
    const { colleague } = await profileOf(port, sender, lookTimeout);
    await db.transaction((tx) => people.noteLook(tx, sender, colleague ? 'colleague' : 'outside', clock()));
    return colleague ? 'colleague' : 'guest';
  } catch (error) {
    log.warn({ platform: sender.platform, ...describeError(error) }, 'somebody could not be looked at again');
    await db.transaction(async (tx) => {
      await people.noteLook(tx, sender, 'unsaid', clock());
      if (error instanceof NotSentError && error.retryAfter !== null)
        await keepPause(tx, sender.platform, pause, error.retryAfter);
    });
    return before;
  }
}

/**
 * Whether somebody is a colleague of ours, met before or not.
 *
 * @throws any error where the platform cannot say now and we know nothing of them
 */
export async function isColleague(options: CoreOptions, sender: Sender): Promise<boolean> {
  const { db, people, clock } = options;
  const port = portOf(options, sender);
  if ((await admit(options, sender)) !== 'colleague') return false;
  let introduced = sender;
  if (port?.profile !== undefined && (await people.standing(db, sender)) === 'unknown') {
    const profile = await profileOf(port, sender);
    if (!profile.colleague) return false;
    introduced = { ...sender, ...factsOf(profile) };
  }
  return (await db.transaction((tx) => people.resolve(tx, introduced, clock()))) !== null;
}

/** Whoever is not known yet is told what everybody is, so that their first word is still welcomed. */
export async function suggestionsTo(options: CoreOptions, sender: Sender): Promise<string[]> {
  const { db, people, clock, workflows } = options;
  const isKnown = (await people.standing(db, sender)) === 'known';
  const resolved = isKnown ? await db.transaction((tx) => people.resolve(tx, sender, clock())) : null;
  return suggestionsFor(resolved ?? { person: { roles: ['employee'] } }, workflows);
}

/** @throws any error when it cannot be told now */
export function isTrusted({ trusts }: Port, sender: Sender): Promise<boolean> {
  return trusts === undefined
    ? Promise.resolve(true)
    : withTimeout((signal) => trusts(sender.tenant, signal));
}

/** @param limit  milliseconds */
export function profileOf({ profile }: Port, sender: Sender, limit?: number): Promise<Profile> {
  return withTimeout((signal) => profile?.(sender, signal) ?? Promise.reject(new Error()), limit);
}

/** What the platform said of somebody beside whether they are a colleague; what it left out stays as the door has it. */
export function factsOf({ name, email, timeZone, locale }: Profile): Partial<Sender> {
  const facts = Object.entries({ name, email, timeZone, locale }).filter(([, fact]) => fact !== null);
  return Object.fromEntries(facts);
}

function portOf({ ports }: CoreOptions, sender: Sender): Port | undefined {
  return ports.find((each) => each.platform === sender.platform);
}
