/** Composition root of the service: reads the configuration, opens everything, starts the doors and the worker. */
import { createService, openApp, startHousekeeping } from './app.ts';
import { givenPlatformSettings, readConfig } from './config.ts';
import type { Port } from './conversation/contract.ts';
import { OperatorError, messageOf } from './errors.ts';
import { createLog } from './log.ts';

const noPlatform = `No chat platform is configured, so there is nobody to talk to.

To try Isma now, with no account and no key:
  npm run demo

The doors to Slack and to Microsoft Teams are not part of this version yet. They will read:
  SLACK_SIGNING_SECRET, SLACK_BOT_TOKEN   api.slack.com/apps > your app > Basic Information, and OAuth & Permissions
  TEAMS_CLIENT_ID, TEAMS_CLIENT_SECRET, TEAMS_TENANT_ID   portal.azure.com > App registrations > your app
.env.example explains every setting.`;

/** Doors of this version that the configuration names. */
function createPorts(): Port[] {
  return [];
}

async function main(): Promise<void> {
  const config = readConfig();
  const ports = createPorts();
  if (ports.length === 0) {
    const given = givenPlatformSettings();
    throw new OperatorError(
      given.length === 0
        ? noPlatform
        : `${given.join(', ')} ${given.length === 1 ? 'is' : 'are'} set, but this version has no door for it yet.\n\n${noPlatform}`,
    );
  }

  const app = await openApp({
    config,
    log: createLog(config.logLevel ?? 'info'),
    startAt: null,
    embeddedFolder: null,
  });
  const core = createService(app, ports);
  await core.start();
  const stopHousekeeping = startHousekeeping(app);
  for (const signal of ['SIGTERM', 'SIGINT'] as const) {
    process.once(signal, () => {
      stopHousekeeping();
      void core.stop().then(() => app.db.close());
    });
  }
}

main().catch((error: unknown) => {
  process.stderr.write(
    `${error instanceof OperatorError ? messageOf(error) : String(error instanceof Error ? error.stack : error)}\n`,
  );
  process.exitCode = 1;
});
