/** A whole Isma behind the Slack door: real Bolt, real core and database, the stand-in for Slack, and a model where one is given. */
import type { Database } from '../../src/db/database.ts';
import { createInstallations, type Installations } from '../../src/conversation/installation.ts';
import type { Door } from '../../src/conversation/port.ts';
import { listen } from '../../src/app/http.ts';
import { createSlackDoor, type SlackDoorOptions } from '../../src/doors/slack/door.ts';
import { silentLog, startHarness, type Harness, type HarnessOptions } from './harness.ts';
import { meanwhile } from './meanwhile.ts';
import { createSlackSender, signingSecret, type SlackSender } from './slack-requests.ts';
import type { Shown } from './slack-messages.ts';
import { botToken, type SlackServer } from './slack-server.ts';

export interface SlackHarness extends Pick<Harness, 'core' | 'app'> {
  url: string;
  door: Door;
  send: SlackSender;
  /** Everything is said that is to be said. @returns what stands in Slack now */
  settled(): Promise<Shown[]>;
  stop(): Promise<void>;
}

export interface SlackHarnessOptions extends Partial<HarnessOptions> {
  db: Database;
  slack: SlackServer;
  door?: Partial<SlackDoorOptions>;
}

export const encryptionKey = Buffer.alloc(32, 7).toString('base64');

export function installationsOf(db: Database): Installations {
  return createInstallations(db, [encryptionKey], () => new Date());
}

export async function startSlackHarness(options: SlackHarnessOptions): Promise<SlackHarness> {
  const { db, slack, door: changes = {}, ...rest } = options;
  const door = createSlackDoor({
    signingSecret,
    botToken,
    appToken: null,
    oauth: null,
    apiUrl: slack.apiUrl,
    publicUrl: null,
    installations: installationsOf(db),
    log: silentLog,
    ...changes,
  });
  const { core, app, stop } = await startHarness({ ...rest, db, port: door.port });
  const server = await listen({
    host: '127.0.0.1',
    port: 0,
    routes: door.routes,
    isHealthy: async () => true,
    log: silentLog,
  });
  await door.start(core);
  return {
    core,
    app,
    url: server.url,
    door,
    send: createSlackSender(() => server.url, slack.botUser),
    async settled() {
      await core.quiet();
      return slack.shown();
    },
    async stop() {
      await door.stop();
      await server.close();
      await stop();
    },
  };
}

/** Pauses of the outbox are seconds; tests do not sit them out. */
export function withoutPauses<T>(db: Database, work: Promise<T>): Promise<T> {
  return meanwhile(work, () =>
    db.query(
      "update outbox set run_after = now() where state = 'planned' and not exists (select from channel_pause where channel = outbox.channel and until > now())",
    ),
  );
}
