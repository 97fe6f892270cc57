/** Faults 1 and 3 to 6: doors are real processes, killed with SIGKILL at a chosen moment, on one PostgreSQL database. */
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { Database } from '../../src/db/database.ts';
import { openServer } from '../../src/db/open.ts';
import { createServerDatabase, hasServer } from '../support/databases.ts';
import type { DoorEvent } from '../support/door-process.ts';
import { startModelServer, type ModelServer } from '../support/model-server.ts';
import {
  allEnded,
  answerFromPassages,
  endLeasesOfTheDead,
  expectInvariants,
  expectOneAnswer,
  forgetConversations,
  givenLostDevicePolicy,
  killAllDoors,
  modelAnswer,
  outboxStates,
  question,
  startDoor,
  startPlatform,
  survive,
  until,
  type Door,
  type Platform,
} from './doors.ts';

const event = { eventId: 'event-1', user: 'erin@test.example', text: question };

let model: ModelServer;
let platform: Platform;

beforeEach(async () => {
  model = await startModelServer();
  model.script(answerFromPassages);
  platform = await startPlatform();
});
afterEach(async () => {
  await killAllDoors();
  await model.close();
  await platform.close();
});

describe.skipIf(!hasServer)('on PostgreSQL (skipped without TEST_DATABASE_URL)', () => {
  let server: Awaited<ReturnType<typeof createServerDatabase>>;
  let db: Database;

  beforeAll(async () => {
    server = await createServerDatabase();
    db = server.db;
    await givenLostDevicePolicy(db);
  });
  afterAll(async () => {
    await db.close();
    await server.drop();
  });
  beforeEach(() => forgetConversations(db));

  const start = (options: { holdAcknowledgement?: boolean } = {}) =>
    startDoor({ database: { url: server.url }, platform, modelUrl: model.url, ...options });
  const startThree = () => Promise.all([start(), start(), start()]);

  /** Runs while nobody can write to the table; every backend that still waits at the end is left as the work left it. */
  async function withLocked(table: string, work: (tx: Pick<Database, 'query'>) => Promise<void>) {
    const lock = await openServer(server.url);
    await lock.transaction(async (tx) => {
      await tx.query(`lock table ${table} in share row exclusive mode`);
      await work(tx);
    });
    await lock.close();
  }

  describe('a killed process', () => {
    async function killAndRestart(): Promise<Door> {
      await killAllDoors();
      await endLeasesOfTheDead(db);
      return start();
    }

    it('takes the retry of an event that was not stored when it died (fault 3)', async () => {
      const door = await start();
      await withLocked('inbox', async (tx) => {
        const sending = door.send(event);
        await until('the insert waits', async () => (await waitingBackends(tx)).length > 0);
        await door.kill();
        await tx.query('select pg_terminate_backend(pid) from unnest($1::integer[]) as pid', [
          await waitingBackends(tx),
        ]);
        expect(await sending).toBeNull();
      });

      const again = await start();
      expect(await again.send(event)).toBe(200);
      await until('all is ended', () => allEnded(db));

      await expectOneAnswer(db, platform);
    });

    it('drops the retry of an event that the server stored after it had died (fault 3)', async () => {
      const door = await start();
      await withLocked('inbox', async (tx) => {
        const sending = door.send(event);
        await until('the insert waits', async () => (await waitingBackends(tx)).length > 0);
        await door.kill();
        expect(await sending).toBeNull();
      });

      const again = await start();
      expect(await again.send(event)).toBe(200);
      await until('all is ended', () => allEnded(db));

      await expectOneAnswer(db, platform);
    });

    it('answers once when it died between the commit and the 200 (fault 4)', async () => {
      const door = await start({ holdAcknowledgement: true });

      const sending = door.send(event);
      await until('the event is stored', () => platform.heldAcknowledgements > 0);
      const again = await killAndRestart();
      expect(await sending).toBeNull();
      expect(await again.send(event)).toBe(200);
      expect(await again.send(event)).toBe(200);
      await until('all is ended', () => allEnded(db));

      await expectOneAnswer(db, platform);
    });

    it('asks the model again when it died in the middle of the call, and posts once', async () => {
      model.script((request, n) => (n === 0 ? { silence: true } : answerFromPassages(request)));
      const door = await start();

      expect(await door.send(event)).toBe(200);
      await until('the model is asked', () => model.chatRequests.length === 1);
      await killAndRestart();
      await until('all is ended', () => allEnded(db));

      expect(model.chatRequests.length).toBe(2);
      await expectOneAnswer(db, platform);
    });

    it('runs the turn again when it died between the answer of the model and its commit (fault 5)', async () => {
      const door = await start();
      await withLocked('answer', async (tx) => {
        expect(await door.send(event)).toBe(200);
        await until('the commit waits', async () => (await waitingBackends(tx)).length > 0);
        await door.kill();
      });

      await killAndRestart();
      await until('all is ended', () => allEnded(db));

      expect(model.chatRequests.length).toBe(2);
      await expectOneAnswer(db, platform);
    });

    it('looks up a post whose answer it did not live to see, and sends no second (fault 6)', async () => {
      platform.onPost(() => 'taken, then silence');
      const door = await start();

      expect(await door.send(event)).toBe(200);
      await until('the platform has the post', () => platform.posts.length === 1);
      await killAndRestart();
      await until('all is ended', () => allEnded(db));

      expect(platform.lookUps.length).toBe(1);
      expect(platform.attempts.length).toBe(1);
      expect(await outboxStates(db)).toEqual(['sent']);
      await expectOneAnswer(db, platform);
    });

    it('sends again what the platform, looked up, does not have (fault 6)', async () => {
      platform.onPost((_post, n) => (n === 0 ? 'lost in silence' : 'taken'));
      const door = await start();

      expect(await door.send(event)).toBe(200);
      await until('the post is on its way', () => platform.attempts.length === 1);
      await killAndRestart();
      await until('all is ended', () => allEnded(db));

      expect(platform.lookUps.length).toBeGreaterThanOrEqual(2);
      expect(platform.attempts.length).toBe(2);
      await expectOneAnswer(db, platform);
    });

    it('sends nothing again when the look-up cannot tell, and says that it may be missing (fault 6)', async () => {
      platform.onPost((_post, n) => (n === 0 ? 'taken, then silence' : 'taken'));
      platform.onLookUp('down');
      const door = await start();

      expect(await door.send(event)).toBe(200);
      await until('the platform has the post', () => platform.posts.length === 1);
      await killAndRestart();
      await until('all is ended', async () => {
        await db.query("update outbox set run_after = now() where state = 'planned'");
        return allEnded(db);
      });

      expect(await outboxStates(db)).toEqual(['unknown', 'sent']);
      expect(platform.posts.map((post) => post.reply.notice)).toEqual([null, 'failed']);
      expect(platform.attempts.length).toBe(2);
      await expectInvariants(db, platform);
    });
  });

  describe('three processes at once', () => {
    it('run one turn for an event that is delivered to them four times at once (fault 1)', async () => {
      const [first, second, third] = await startThree();

      const statuses = await Promise.all([first, second, third, first].map((door) => door.send(event)));
      await until('all is ended', () => allEnded(db));

      expect(statuses).toEqual([200, 200, 200, 200]);
      expect(model.chatRequests.length).toBe(1);
      await expectOneAnswer(db, platform);
    });

    it('answer each person once when all die, each at another point (faults 4, 5 and 6)', async () => {
      const [inTheModelCall, taken, lost, unacknowledged] = ['erin', 'hanna', 'hugo', 'ines'].map(
        (name): DoorEvent => ({ eventId: name, user: `${name}@test.example`, text: question }),
      ) as [DoorEvent, DoorEvent, DoorEvent, DoorEvent];
      // One turn waits for the model, one post was taken and one lost, and one event is stored without its 200.
      model.script((request, n) => (n === 2 ? { silence: true } : answerFromPassages(request)));
      platform.onPost((post, n) =>
        n > 1 ? 'taken' : post.address.includes('hanna') ? 'taken, then silence' : 'lost in silence',
      );
      const [first, second] = await startThree();
      const holding = await start({ holdAcknowledgement: true });

      expect(await first?.send(taken)).toBe(200);
      expect(await second?.send(lost)).toBe(200);
      await until('both posts are on their way', () => platform.attempts.length === 2);
      expect(await first?.send(inTheModelCall)).toBe(200);
      await until('the model is asked', () => model.chatRequests.length === 3);
      const sending = holding.send(unacknowledged);
      await until('the event is stored', () => platform.heldAcknowledgements === 1);
      await killAllDoors();
      await endLeasesOfTheDead(db);
      expect(await sending).toBeNull();

      const again = await startThree();
      expect(await Promise.all(again.map((door) => door.send(unacknowledged)))).toEqual([200, 200, 200]);
      await until('all is ended', () => allEnded(db));

      expect(platform.posts.map((post) => post.to ?? post.address).sort()).toEqual(
        ['erin', 'hanna', 'hugo', 'ines'].map((name) => `door:dm:${name}@test.example`),
      );
      expect(new Set(platform.posts.map((post) => post.reply.text))).toEqual(
        new Set([`${modelAnswer} [1].`]),
      );
      await expectInvariants(db, platform);
    });

    it('take over from one that died, with nobody to restart it', async () => {
      model.script((request, n) => (n === 0 ? { silence: true } : answerFromPassages(request)));
      const mortal = await start();
      expect(await mortal.send(event)).toBe(200);
      await until('the model is asked', () => model.chatRequests.length === 1);
      await Promise.all([start(), start()]);

      await mortal.kill();
      await endLeasesOfTheDead(db);
      await until('all is ended', () => allEnded(db));

      await expectOneAnswer(db, platform);
    });

    it('lose and double nothing when all are killed at random moments', async () => {
      const people = ['erin', 'hanna', 'hugo', 'ines', 'newcomer'].map((name) => `${name}@test.example`);
      const events = Array.from({ length: 30 }, (_value, index) => ({
        ...event,
        eventId: `event-${index}`,
        user: people[index % people.length] as string,
      }));

      await survive(events, 4, startThree, () => endLeasesOfTheDead(db));
      await until('all is ended', () => allEnded(db));

      expect(platform.posts.length).toBe(events.length);
      await expectInvariants(db, platform);
    });
  });
});

/** Backends of this database that wait for a lock. */
async function waitingBackends(tx: Pick<Database, 'query'>): Promise<number[]> {
  const { rows } = await tx.query(
    "select pid from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'",
  );
  return rows.map((row) => Number(row.pid));
}
