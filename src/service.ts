/** The running service: database, core, doors and their server, started in that order and stopped in the other. */
import { createService, openApp, startHousekeeping, type App } from './app.ts';
import type { Config } from './config.ts';
import type { Core } from './conversation/core.ts';
import { createDoors } from './doors.ts';
import { OperatorError } from './errors.ts';
import { listen } from './http.ts';
import { createLog } from './log.ts';

const noPlatform = `No chat platform is configured, so there is nobody to talk to.

To try Isma now, with no account and no key:
  npm run demo          in this terminal
  npm run playground    in a browser, as it looks in Teams

To connect it, set these; README.md shows each step, and npm run doctor checks them:
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

/** @throws OperatorError where no platform is configured, or the database or the port is not to be had */
export async function startService(
  config: Config,
  prepare: (app: App) => Promise<void> = async () => {},
): Promise<Service> {
  if (config.slack === null && config.teams === null) throw new OperatorError(noPlatform);
  const log = createLog(config.logLevel ?? 'info');
  const app = await openApp({ config, log, startAt: null, embeddedFolder: null });
  try {
    await prepare(app);
    const doors = createDoors(app);
    const core = createService(
      app,
      doors.map((door) => door.port),
    );
    const server = await listen({
      ...config.server,
      routes: doors.flatMap((door) => door.routes),
      isHealthy: async () => (await app.db.query('select 1')).rowCount === 1,
      log,
    });
    await core.start();
    for (const door of doors) await door.start(core);
    const stopHousekeeping = startHousekeeping(app);
    log.info({ url: server.url, doors: doors.map((door) => door.port.platform) }, 'Isma is here');
    return {
      app,
      core,
      url: server.url,
      async stop() {
        stopHousekeeping();
        for (const door of doors) await door.stop();
        await server.close();
        await core.stop();
        await app.db.close();
      },
    };
  } catch (error) {
    await app.db.close();
    throw error;
  }
}
