/** What talks: the workflows and the core behind the doors, and what is done beside them from time to time. */
import { forgetMessages } from '../conversation/retention.ts';
import type { Attachment, Workflow } from '../conversation/contract.ts';
import { createCore } from '../conversation/core.ts';
import { createReadWords } from '../conversation/reading.ts';
import type { Core, CoreOptions, People } from '../conversation/port.ts';
import type { Port } from '../conversation/port.ts';
import { Refusal } from '../errors.ts';
import {
  isUnreachable,
  markUnreachable,
  noteLook,
  resolvePerson,
  selectDirectAddresses,
  nameMentioned,
  standingOf,
} from '../records/identity.ts';
import { endWhoLeft } from '../isms/person/leaving.ts';
import { describePerson, isHere, selectPerson } from '../records/person.ts';
import { forgetProposals } from '../records/proposal.ts';
import { embedMissing } from '../knowledge/embed-missing.ts';
import { describeError } from '../log.ts';
import { createAnswerer } from '../workflows/answers/answer-question.ts';
import { forgetOldProposals } from '../dialogue/evidence-intake.ts';
import type { App } from './open-app.ts';
import { rooms } from './rooms.ts';

/** What every room does in chat. */
export function workflowsOf(
  app: Pick<App, 'config' | 'db' | 'files' | 'lexicon' | 'embedder' | 'model' | 'log'>,
  ports: readonly Port[] = [],
  of = rooms,
): Workflow[] {
  const { config, model, ...parts } = app;
  const { largestFile, budget, screen } = config;
  const given = {
    ...parts,
    largestFile,
    fetchFile: fetchFrom(ports, largestFile),
    read: createReadWords({ db: parts.db, model, budget, log: parts.log }),
    hasModel: model !== null,
    paces: new Map(ports.flatMap(({ platform, pace }) => (pace === undefined ? [] : [[platform, pace]]))),
    workflows: () => all,
    registers: () => of,
    screenUrl: screen?.url ?? null,
  };
  const all: readonly Workflow[] = of.map((room) => room.workflow(given));
  return [...all];
}

/** Milliseconds that a file may take to come. */
const fetchTimeout = 30_000;

function fetchFrom(ports: readonly Port[], most: number) {
  return async (platform: string, attachment: Attachment): Promise<Uint8Array> => {
    const port = ports.find((each) => each.platform === platform);
    if (port?.fetch === undefined)
      throw new Refusal('Files cannot be handed to me here. Give me a link to it instead.');
    return port.fetch(attachment, most, AbortSignal.timeout(fetchTimeout));
  };
}

/** The records of people, as the core asks for them. */
export const people: People = {
  standing: standingOf,
  mentioned: nameMentioned,
  noteLook,
  async resolve(tx, sender, now) {
    await endWhoLeft(tx, now);
    return resolvePerson(tx, sender, now);
  },
  isHere,
  find: selectPerson,
  describe: describePerson,
  directAddresses: selectDirectAddresses,
  isUnreachable,
  markUnreachable,
};

export interface ServiceOptions extends Pick<CoreOptions, 'takesJobs' | 'timing' | 'watchesClock'> {
  /** All of them, where none are named. */
  of?: typeof rooms;
}

/** The core with all workflows, behind the given doors. */
export function createService(
  app: App,
  ports: Port[],
  { takesJobs = true, timing = {}, watchesClock = true, of = rooms }: ServiceOptions = {},
): Core {
  const { config, db, lexicon, embedder, model, clock, log } = app;
  const read = createReadWords({ db, model, budget: config.budget, log });
  return createCore({
    db,
    ports,
    people,
    workflows: workflowsOf(app, ports, of),
    answerer: createAnswerer({ db, lexicon, embedder, log, read, secondOpinion: config.secondOpinion }),
    model,
    budget: config.budget,
    modelTurnsAtOnce: config.modelTurnsAtOnce,
    clock,
    log,
    takesJobs,
    timing,
    watchesClock,
  });
}

/** How often a service forgets what is past its retention and gives vectors to what has none, in milliseconds. */
const housekeepingPause = 600_000;

/** @returns a function that ends it */
export function startHousekeeping(app: App): () => void {
  const timer = setInterval(
    () =>
      void runMaintenance(app).catch((error: unknown) =>
        app.log.error(describeError(error), 'housekeeping failed; it is tried again'),
      ),
    housekeepingPause,
  );
  timer.unref();
  return () => clearInterval(timer);
}

/** One round: words past their retention go, cards that nobody confirmed end, and what has no vectors gets its own. */
export async function runMaintenance({ config, db, files, embedder, clock, log }: App): Promise<void> {
  const before = new Date(clock().getTime() - config.retentionDays * 86_400_000);
  await db.transaction(async (tx) => {
    await forgetMessages(tx, before);
    await forgetProposals(tx, before);
    for (const { forget } of rooms) await forget?.(tx, before);
  });
  await forgetOldProposals({ db, files }, clock());
  if (embedder === null) return;
  const { embedded, problem } = await embedMissing(db, embedder);
  if (embedded > 0 || problem !== null) log.info({ embedded, problem }, 'sections without vectors');
}
