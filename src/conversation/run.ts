/** Runs one input: who says it, what it leads to, and the one transaction in which that is written and planned to be said. */
import { Refusal } from '../errors.ts';
import { describeError } from '../log.ts';
import {
  parseActionId,
  unfoldId,
  type Action,
  type ActionHandler,
  type Addressed,
  type Context,
  type Outcome,
  type Workflow,
  Turn,
} from './contract.ts';
import { admit, turnedAway } from './admit.ts';
import type { CoreOptions } from './port.ts';
import { withNames } from './mentions.ts';
import { createDrafting, type Drafting } from './drafting.ts';
import { appendHistory, selectLastCause, wordsShown } from './history.ts';
import { changeLane, leaseRenewal, renewLease, type Asked, type Claimed } from './claim-input.ts';
import {
  earlierAnswer,
  endInput,
  isWithdrawn,
  LostLease,
  mostCutOffs,
  mostFailures,
  retryInput,
} from './inbox.ts';
import { runJob } from './jobs.ts';
import { NeedsLane, type Lane } from './lanes.ts';
import { planReplies, selectCause, type Speaking } from './outbox.ts';
import { assertAnswerable } from './pending-question.ts';
import { shortened } from '../language/text.ts';
import { channelOf } from './port.ts';
import { routeTurn } from './route.ts';
import { assertSignedOnCards, runSigned } from './signing.ts';
import { homePage } from './small-talk.ts';
import { unfold } from './unfold.ts';
import { stoodOnList, withList } from './waiting.ts';
import { decideWithoutChat } from './without-chat.ts';

/** Characters of a question that are repeated above its answer. */
const longestAbout = 200;

/** @returns the lane in which it is to be run instead, if this one is too narrow for it */
export async function runInput(options: CoreOptions, claimed: Claimed): Promise<Lane | null> {
  const { db, log } = options;
  const { input } = claimed;
  const ending = new AbortController();
  const heartbeat = setInterval(
    () =>
      void renewLease(db, claimed)
        .then((ours) => (ours ? undefined : ending.abort()))
        .catch(() => undefined),
    leaseRenewal,
  );
  try {
    if (claimed.cutOffs >= mostCutOffs) throw new Error('it was cut off too often');
    if (input.kind === 'job') await runJob(options, claimed, input);
    else await runAsked(options, { ...claimed, input }, ending.signal);
    log.info({ input: claimed.id, kind: input.kind, attempt: claimed.attempts }, 'input done');
  } catch (error) {
    if (error instanceof NeedsLane) {
      await changeLane(db, claimed, error);
      return error.lane;
    }
    if (!(error instanceof LostLease)) await requeue(options, claimed, error);
    else if (!(await isWithdrawn(db, claimed.id)))
      log.warn({ input: claimed.id }, 'input was taken over by another process');
  } finally {
    clearInterval(heartbeat);
  }
  return null;
}

async function runAsked(options: CoreOptions, claimed: Asked, ended: AbortSignal): Promise<void> {
  const { db } = options;
  const drafting = createDrafting(options, claimed);
  try {
    const admitted = await admit(options, claimed.input.sender, claimed.lane);
    const context = admitted === 'colleague' ? await contextFor(options, claimed, ended) : null;
    if (context === null) return await turnAway(options, claimed, admitted !== 'stranger');
    const earlier = await earlierAnswer(db, claimed);
    if (earlier === 'leave') await endInput(db, claimed, 'done');
    else {
      const decided = await decide(options, claimed, context, drafting);
      await commit(options, claimed, context, decided, earlier === 'run' ? null : earlier.edits);
    }
  } catch (error) {
    if (error instanceof LostLease && (await isWithdrawn(db, claimed.id))) drafting.abandon();
    throw error;
  }
}

/** Who is no colleague learns nothing here, and no record of them is made. @param told  they hear that much, and why */
export async function turnAway(options: CoreOptions, claimed: Asked, told: boolean): Promise<void> {
  options.log.warn({ input: claimed.id }, 'somebody from outside the organisation is not answered');
  await options.db.transaction(async (tx) => {
    await endInput(tx, claimed, 'done');
    if (!told) return;
    await planReplies(tx, speakingOf(options, claimed, null), [
      { to: 'asker', reply: { text: turnedAway, notice: 'refused' } },
    ]);
  });
}

/** @returns null for who has left */
async function contextFor(
  { db, people, clock }: CoreOptions,
  { id, platform, input, lane, answersInput }: Asked,
  ended?: AbortSignal,
): Promise<Context | null> {
  const now = clock();
  const answered = input.kind === 'turn' ? input.inReplyTo : null;
  return db.transaction(async (tx) => {
    const resolved = await people.resolve(tx, input.sender, now);
    if (resolved === null) return null;
    const { person, newcomer, top } = resolved;
    const cause = answered === null ? null : await selectCause(tx, platform, answered);
    const repliesTo = answersInput ?? cause ?? (await selectLastCause(tx, input.place.address, id));
    const link = input.kind === 'turn' ? input.link : null;
    const run = { inputId: id, now, lane, answers: answersInput !== null, ...(ended && { ended }) };
    return { person, newcomer, top, place: input.place, platform, repliesTo, link, ...run };
  });
}

interface Decided {
  outcome: Outcome;
  /** What the person said, for the history; null for a button. */
  said: string | null;
}

async function decide(
  options: CoreOptions,
  { platform, input }: Asked,
  context: Context,
  drafting: Drafting,
): Promise<Decided> {
  const { only } = options.ports.find((port) => port.platform === platform) ?? {};
  if (only !== undefined) {
    const press = (workflows: Workflow[]) => pressed({ workflows }, context, input as Action);
    const outcome = await decideWithoutChat(only, options.workflows, context, input, press);
    return { outcome, said: null };
  }
  if (input.kind === 'turn') {
    const turn = await withNames(options.db, options.people, input);
    return { outcome: await routeTurn(options, context, turn, drafting), said: turn.text };
  }
  const { command, values } = parseActionId(input.id);
  if (command === 'home') {
    const page = await homePage(context, options.workflows);
    return { outcome: async () => [{ to: 'place', reply: page }], said: null };
  }
  if (command === unfoldId) return { outcome: (tx) => unfold(tx, context, input.card), said: null };
  if (command !== 'say') return { outcome: await pressed(options, context, input), said: null };

  const chosen = values.get('text');
  const text = chosen ?? [input.fields.message ?? ''].flat().join('\n');
  const turn = Turn.parse({ kind: 'turn', sender: input.sender, place: input.place, text, attachments: [] });
  // Words of somebody's message follow nothing that was said here.
  const saying = chosen === null ? { ...context, repliesTo: null } : context;
  const outcome = await routeTurn(options, saying, turn, drafting);
  return { outcome: async (tx) => withQuestion(await outcome(tx), text), said: text };
}

/** Nobody typed the question here: the answer says what it answers. */
function withQuestion([first, ...rest]: Addressed[], question: string): Addressed[] {
  if (first === undefined) return [];
  return [{ ...first, reply: { ...first.reply, about: shortened(question.trim(), longestAbout) } }, ...rest];
}

async function pressed(
  { workflows }: Pick<CoreOptions, 'workflows'>,
  context: Context,
  { id, fields }: Action,
): Promise<Outcome> {
  const { command, values } = parseActionId(id);
  const handler = workflows.find(({ actions }) => Object.hasOwn(actions, command))?.actions[command];
  const call = { fields, argument: (name: string) => values.get(name) ?? '' };
  const act =
    handler !== undefined && 'prepare' in handler
      ? await handler.prepare(context, call).catch(refusing)
      : handler;
  return async (tx) => {
    if (act === undefined)
      throw new Refusal('That button belongs to an older message and does nothing any more. Ask me again.');
    const said =
      typeof act === 'function' ? await act(tx, context, call) : await runSigned(tx, context, call, act);
    return stoodOnList(id) ? withList(context, workflows, said) : said;
  };
}

/** What is refused before anything is written is said as what is refused later. */
function refusing(error: unknown): ActionHandler {
  if (!(error instanceof Refusal)) throw error;
  return () => Promise.reject(error);
}

/** Records, audit entries, replies and the end of the input: one transaction. */
async function commit(
  options: CoreOptions,
  claimed: Asked,
  context: Context,
  { outcome, said }: Decided,
  edits: number | null,
): Promise<void> {
  const { db, people } = options;
  const write = (replies: Outcome) =>
    db.transaction(async (tx) => {
      await endInput(tx, claimed, 'done');
      // A model may have taken its time: who left meanwhile changes nothing any more.
      if (!(await people.isHere(tx, context.person.id))) return;
      const addressed = await replies(tx);
      assertSignedOnCards(options.workflows, addressed);
      assertAnswerable(options.workflows, addressed);
      await planReplies(tx, speakingOf(options, claimed, context.person.id, edits), addressed);
      const here = addressed.filter(
        ({ to, redraws }) =>
          redraws === undefined &&
          (to === 'place' || (to === 'asker' && context.place.audience === 'direct')),
      );
      const spoken = [
        ...(said === null ? [] : [{ author: 'person' as const, text: said }]),
        ...here.map(({ reply }) => ({ author: 'isma' as const, text: wordsShown(reply) })),
      ];
      await appendHistory(tx, context.place.address, context.now, spoken);
      // A question that waited for a model or a vector did nothing else.
      if (context.lane === 'quick')
        for (const { afterwards } of options.workflows) await afterwards?.(tx, context);
    });
  try {
    await write(outcome);
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    await write(async () => [{ to: 'asker', reply: { text: error.message, notice: 'refused' } }]);
  }
}

/** What of an input decides where its replies go. */
export function speakingOf(
  { ports }: CoreOptions,
  { id, platform, input }: Asked,
  personId: number | null,
  edits: number | null = null,
): Speaking {
  const port = ports.find((each) => each.platform === platform);
  return {
    inputId: id,
    platform,
    place: input.place,
    personId,
    user: input.sender.user,
    card: input.kind === 'action' ? input.card : null,
    edits,
    channelOf: (address) => (port === undefined ? address : channelOf(port, address)),
  };
}

/** Runs again after a pause, or, after the last attempt, ends with a word to the person, if one asked, and one to the operator. */
export async function requeue(options: CoreOptions, claimed: Claimed, error: unknown): Promise<void> {
  const { db, log } = options;
  const { input } = claimed;
  const problem = `${input.kind === 'job' ? `${input.name} ` : ''}${JSON.stringify(describeError(error))}`;
  log.error({ input: claimed.id, attempt: claimed.attempts, ...describeError(error) }, 'input failed');
  const cutOff = claimed.cutOffs >= mostCutOffs;
  if (!cutOff && claimed.failures + 1 < mostFailures) return retryInput(db, claimed, problem);
  if (input.kind === 'job') return endInput(db, claimed, 'dead', problem);
  await notifyOfFailure(options, { ...claimed, input }, problem);
}

async function notifyOfFailure(options: CoreOptions, claimed: Asked, problem: string): Promise<void> {
  const { db } = options;
  // Where even the person cannot be made out there is nobody to tell; the input must end all the same.
  const context = await admit(options, claimed.input.sender)
    .then((admitted) => (admitted === 'colleague' ? contextFor(options, claimed) : null))
    .catch(() => null);
  await db.transaction(async (tx) => {
    await endInput(tx, claimed, 'dead', problem);
    if (context === null) return;
    await planReplies(tx, speakingOf(options, claimed, context.person.id), [
      {
        to: 'asker',
        reply: {
          text: `Sorry, something broke on my side and I could not finish that. It is kept, and an operator can see it (number ${claimed.id}).`,
          notice: 'failed',
        },
      },
    ]);
  });
}
