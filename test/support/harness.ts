/** A whole Isma in one process: real database, real core, a door that keeps what it delivers, and a model where one is given. */
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { z } from 'zod';
import type { Config } from '../../src/config/config.ts';
import type { Database } from '../../src/db/database.ts';
import { createService } from '../../src/app/app.ts';
import { rooms } from '../../src/app/rooms.ts';
import type { App } from '../../src/app/open-app.ts';
import type { Core, CoreOptions } from '../../src/conversation/port.ts';
import type { InputParts, Person, Reply, Sender, Turn } from '../../src/conversation/contract.ts';
import type { Delivery, Port } from '../../src/conversation/port.ts';
import { importPeople, type ImportedPerson, type Role } from '../../src/isms/person/people-import.ts';
import { store } from '../../src/knowledge/ingest.ts';
import type { Lexicon } from '../../src/knowledge/lexicon.ts';
import { readDocument } from '../../src/knowledge/read/read-document.ts';
import { activateEmbedder, type ActiveEmbedder } from '../../src/knowledge/search-index.ts';
import { createEmbedder } from '../../src/model/embedding.ts';
import { createLanguageModel } from '../../src/model/language-model.ts';
import { createFileStore } from '../../src/files/open-store.ts';
import type { Log } from '../../src/log.ts';
import { embeddingDimensions, type ModelServer } from './model-server.ts';
import { lexicon } from './shared.ts';

export const silentLog: Log = { debug() {}, info() {}, warn() {}, error() {} };
export const today = new Date('2026-11-24T09:00:00Z');
/** Milliseconds that no busy machine needs: a model is slow only where a test means it to be. */
export const patient = 600_000;

export interface Said {
  /** Address of the place, or of the person's direct messages. */
  address: string;
  reply: Reply;
}

export interface SayOptions {
  channel?: string;
  eventId?: string;
  attachments?: Turn['attachments'];
}

export interface Harness {
  app: App;
  core: Core;
  lexicon: Lexicon;
  delivered: Said[];
  /** Older messages as they stand since their question was answered in words. */
  redrawn: Said[];
  /** Sends a message and waits for all that follows. @returns what was delivered because of it */
  say(email: string, text: string, options?: SayOptions): Promise<Said[]>;
  /** Presses a button by its id, or sends a form. */
  press(
    email: string,
    id: string,
    fields?: Record<string, string>,
    options?: { channel?: string; eventId?: string },
  ): Promise<Said[]>;
  /** Runs the jobs whose time has come. @returns what was delivered because of them */
  runDue(): Promise<Said[]>;
  stop(): Promise<void>;
}

export interface HarnessOptions {
  db: Database;
  modelServer?: ModelServer;
  withEmbeddings?: boolean;
  port?: Port;
  /** Brings what people attach; without it the door hands over no files. */
  fetch?: Port['fetch'];
  /** Where evidence is kept, for tests that look there. */
  files?: Config['files'];
  /** Where browsers reach the shared screen. */
  screen?: Config['screen'];
  timeout?: number;
  idleTimeout?: number;
  budget?: Config['budget'];
  secondOpinion?: boolean;
  clock?: () => Date;
  log?: Log;
  timing?: CoreOptions['timing'];
  /** Rooms beside those that Isma has. */
  rooms?: typeof rooms;
}

/** Settings as an operator leaves them who sets none. */
export const testConfig = {
  databaseUrl: null,
  dataFolder: '',
  sampleCompany: 'refused',
  logLevel: null,
  model: null,
  embedding: null,
  budget: { tokensAPerson: 1_000_000, tokensInAll: 10_000_000 },
  secondOpinion: false,
  modelTurnsAtOnce: 8,
  retentionDays: 90,
  files: { kind: 'folder', folder: join(tmpdir(), `isma-evidence-${process.pid}`) },
  largestFile: 1024 * 1024,
  server: { host: '127.0.0.1', port: 0, publicUrl: null },
  encryptionKeys: [],
  screen: null,
  slack: null,
  teams: null,
} satisfies Config;

export async function startHarness(options: HarnessOptions): Promise<Harness> {
  const {
    db,
    modelServer,
    withEmbeddings = false,
    timeout = patient,
    idleTimeout = patient,
    clock = () => today,
    log = silentLog,
  } = options;
  const budget = options.budget ?? testConfig.budget;
  const delivered: Said[] = [];
  const redrawn: Said[] = [];
  const unasked = new Set<Said>();
  const port = options.port ?? {
    ...keepingPort(delivered, redrawn, unasked),
    ...(options.fetch && { fetch: options.fetch }),
  };
  const embedder = modelServer !== undefined && withEmbeddings ? await testEmbedder(db, modelServer) : null;
  const model =
    modelServer === undefined
      ? null
      : createLanguageModel({
          baseUrl: modelServer.url,
          apiKey: 'test',
          model: 'scripted',
          fallbackModel: null,
          timeout,
          idleTimeout,
          inputPrice: 1,
          outputPrice: 2,
        });
  const { secondOpinion = false } = options;
  const { screen = null, files = testConfig.files } = options;
  const config = { ...testConfig, budget, secondOpinion, files, screen };
  const app: App = { config, db, files: createFileStore(config.files), lexicon, embedder, model, clock, log };
  const core = createService(app, [port], {
    timing: options.timing ?? { settling: 0 },
    watchesClock: false,
    of: [...rooms, ...(options.rooms ?? [])],
  });
  await core.start();
  // What is due now has been said before the test begins; later a test says when it is time.
  await core.runDue().catch(() => undefined);
  if (options.port === undefined) {
    await core.quiet();
    delivered.length = 0;
  }
  let count = 0;

  async function send(input: InputParts, eventId = `event-${(count += 1)}`): Promise<Said[]> {
    const before = delivered.length;
    const id = await core.receive({
      platform: 'test',
      eventId,
      raw: Buffer.from(JSON.stringify(input)),
      read: () => input,
    });
    if (id !== null) await core.settled(id);
    // Whom the clock reminds in this very moment is told nothing because of it.
    return delivered.slice(before).filter((said) => !unasked.has(said));
  }
  return {
    app,
    core,
    lexicon,
    delivered,
    redrawn,
    say: (email, text, { channel, eventId, attachments = [] } = {}) =>
      send({ kind: 'turn', ...envelope(email, channel), text, attachments }, eventId),
    press: (email, id, fields = {}, { channel, eventId } = {}) =>
      send({ kind: 'action', ...envelope(email, channel), id, fields }, eventId),
    async runDue() {
      const before = delivered.length;
      await core.runDue();
      await core.quiet();
      return delivered.slice(before);
    },
    stop: () => core.stop(),
  };
}

export function testEmbedder(
  db: Database,
  modelServer: ModelServer,
  model = 'test-embedding',
): Promise<ActiveEmbedder> {
  return activateEmbedder(
    db,
    createEmbedder({ baseUrl: modelServer.url, apiKey: 'test', model, dimensions: embeddingDimensions }),
  );
}

export function directAddress(email: string): string {
  return `test:dm:${email}`;
}

export function envelope(
  email: string,
  channel?: string,
): Pick<z.input<typeof Turn>, 'sender' | 'place'> & { sender: Sender } {
  return {
    sender: {
      platform: 'test',
      tenant: 'T1',
      user: email,
      name: null,
      email,
      timeZone: 'Europe/Berlin',
      locale: 'en-GB',
      directAddress: directAddress(email),
    },
    place:
      channel === undefined
        ? { address: directAddress(email), audience: 'direct' }
        : { address: `test:channel:${channel}`, audience: 'channel' },
  };
}

/** @param unasked  is given those of them that the clock led to */
function keepingPort(delivered: Said[], redrawn: Said[], unasked: Set<Said>): Port {
  const ofTheClock = new Set<string>();
  return {
    platform: 'test',
    async deliver({ address, reply, id, unasked: isUnasked = false, edits, quiet = false }: Delivery) {
      const said = { address, reply };
      // A message that the clock led to stays one of the clock when it is redrawn.
      const isOfTheClock = isUnasked || (edits !== null && ofTheClock.has(edits));
      (quiet && !isOfTheClock ? redrawn : delivered).push(said);
      if (isOfTheClock) {
        unasked.add(said);
        ofTheClock.add(id);
      }
      return id;
    },
    lookUp: async () => ({ found: false }),
    directAddress: async ({ email }: Person) => (email === null ? null : directAddress(email)),
  };
}

/** People of the tests, with plain names: `employee erin`, `hr hanna`, `isms_manager ines`, `owner hugo`. */
export async function givenPeople(db: Database): Promise<void> {
  const person = (email: string, name: string, roles: Role[], department: string | null = null): ImportedPerson => ({
    email, name, roles, department, title: null, manager: null, groups: [], timeZone: 'Europe/Berlin', locale: 'en-GB',
  }); // prettier-ignore
  const people = [
    person('erin@test.example', 'Erin Employee', ['employee']),
    person('hanna@test.example', 'Hanna Human', ['employee'], 'HR'),
    person('hugo@test.example', 'Hugo Owner', ['employee']),
    person('ines@test.example', 'Ines Isms', ['employee', 'isms_manager']),
  ];
  await db.transaction((tx) => importPeople(tx, people, 'test', today));
}

/** Stores a Markdown document as ingest would. @returns its version's id */
export async function givenDocument(
  db: Database,
  name: string,
  source: string,
  { embedder = null, now = today }: { embedder?: ActiveEmbedder | null; now?: Date } = {},
): Promise<number> {
  const { metadata, title, sections } = await readDocument(name, Buffer.from(source));
  const { versionId } = await store({
    db,
    lexicon,
    embedder,
    version: {
      reference: metadata.ref ?? name,
      kind: metadata.kind,
      collection: '/test',
      sourcePath: name,
      metadata,
      title: metadata.title ?? title ?? name,
      language: metadata.language ?? 'en',
      effectiveFrom: metadata.effective ?? (metadata.status === 'published' ? '2026-01-01' : null),
      contentHash: source,
      sections,
    },
    now,
    actor: 'test',
  });
  return versionId;
}
