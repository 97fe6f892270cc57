/** The running service: database, core, doors and their server, started in that order and stopped in the other. */
import { once } from 'node:events';
import { createService, startHousekeeping } from './app.ts';
import type { Config } from '../config/config.ts';
import type { Core } from '../conversation/port.ts';
import { createDoors } from './doors.ts';
import type { Cast } from '../doors/teams/mode.ts';
import { OperatorError } from '../errors.ts';
import { listen, refuseTakenPort } from './http.ts';
import { openApp, type App } from './open-app.ts';
import { createLog, describeError, type Log } from '../log.ts';
import { refuseSamples } from './sample-company.ts';
import { templateFor, type TemplateKind } from './template.ts';

const noPlatform = `No chat platform is configured, so there is nobody to talk to.

To try Isma now, with no account and no key:
  npm run demo          in this terminal
  npm run playground    in a browser, as it looks in Teams

To connect it, set these; manifest/README.md shows each step, and npm run doctor checks them:
  SLACK_SIGNING_SECRET, SLACK_BOT_TOKEN   api.slack.com/apps > your app > Basic Information, and OAuth & Permissions
  TEAMS_CLIENT_ID, TEAMS_CLIENT_SECRET, TEAMS_TENANT_ID   portal.azure.com > App registrations > your app
.env.example explains every setting.`;

export interface Service {
  app: App;
  core: Core;
  /** Where the server listens. */
  url: string;
  /** Takes nothing more in, finishes what is under way, and closes. */
  stop(): Promise<void>;
}

export interface StartOptions {
  /** Runs once the database is open, before anybody can reach the service. */
  prepare?: (app: App) => Promise<void>;
  /** What a new embedded database begins as. */
  template?: TemplateKind;
  /** Of the Teams playground: who may be played there. */
  cast?: Cast;
  log?: Log;
  /** Hears what takes longer than usual. */
  say?: (line: string) => void;
  /** Gives up the start between two of its steps. */
  signal?: AbortSignal;
}

/**
 * Listens last: whoever reaches it is answered by a service that can store.
 *
 * @throws OperatorError where no platform is configured, or the database or the port is not to be had
 */
export async function startService(
  config: Config,
  { prepare = async () => {}, template = 'empty', signal, cast, ...given }: StartOptions = {},
): Promise<Service> {
  if (config.slack === null && config.teams === null && config.screen === null)
    throw new OperatorError(noPlatform);
  await refuseTakenPort(config.server); // in a moment, where opening a database may take a minute
  const log = given.log ?? createLog(config.logLevel ?? 'info');
  /** What is open, the first first. */
  const open: (() => Promise<void> | void)[] = [];
  const stop = async () => {
    for (const close of open.splice(0).toReversed())
      try {
        await close();
      } catch (error) {
        log.error(describeError(error), 'a part did not stop; the others do');
      }
  };
  try {
    const say = given.say ?? ((text: string) => log.info({}, text));
    const app = await openApp({
      config,
      log,
      startAt: null,
      template: () => templateFor(template, say, { vectors: config.embedding !== null }),
    });
    open.push(() => app.db.close());
    signal?.throwIfAborted();
    await refuseSamples(app);
    await prepare(app);
    signal?.throwIfAborted();

    const doors = await createDoors(app, cast);
    const core = createService(
      app,
      doors.map((door) => door.port),
    );
    open.push(() => core.stop());
    await core.start();
    for (const door of doors) {
      open.push(() => door.stop());
      await door.start(core);
    }
    open.push(startHousekeeping(app));
    signal?.throwIfAborted();

    const server = await listen({
      ...config.server,
      routes: doors.flatMap((door) => door.routes),
      isHealthy: async () => (await app.db.query('select 1')).rowCount === 1,
      log,
    });
    open.push(() => server.close());
    log.info({ url: server.url, doors: doors.map((door) => door.port.platform) }, 'Isma is here');
    return { app, core, url: server.url, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

/** Until it is told to stop, while it starts or later. */
export async function runService(config: Config, signal: AbortSignal): Promise<void> {
  let service: Service;
  try {
    service = await startService(config, { signal });
  } catch (error) {
    if (signal.aborted) return;
    throw error;
  }
  if (!signal.aborted) await once(signal, 'abort');
  await service.stop();
}
