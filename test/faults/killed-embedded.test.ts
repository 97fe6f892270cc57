/** Faults 3 to 6 on the embedded database: one process, killed with SIGKILL, and another on the same folder. */
import { cp, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, inject, it } from 'vitest';
import type { Database } from '../../src/db/database.ts';
import { openEmbedded } from '../../src/db/open.ts';
import { startModelServer, type ModelServer } from '../support/model-server.ts';
import {
  answerFromPassages,
  expectInvariants,
  expectOneAnswer,
  givenLostDevicePolicy,
  killAllDoors,
  outboxStates,
  question,
  startDoor,
  startPlatform,
  survive,
  until,
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

describe('a killed process on the embedded database', () => {
  let prepared: string;
  let folder: string;

  beforeAll(async () => {
    prepared = await mkdtemp(join(tmpdir(), 'isma-prepared-'));
    const db = await openEmbedded({ folder: prepared, template: inject('template') });
    await givenLostDevicePolicy(db);
    await db.close();
  });
  afterAll(() => rm(prepared, { recursive: true, force: true }));
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'isma-killed-'));
    await cp(join(prepared, 'postgres'), join(folder, 'postgres'), { recursive: true });
  });
  afterEach(async () => {
    await killAllDoors();
    await rm(folder, { recursive: true, force: true });
  });

  const open = (options: { holdAcknowledgement?: boolean } = {}) =>
    startDoor({ database: { folder }, platform, modelUrl: model.url, ...options });

  /** The folder takes one process at a time: what the door still does it gets a moment for, and is then killed. */
  async function afterDeath(check: (db: Database) => Promise<void>) {
    await pause(400);
    await killAllDoors();
    const db = await openEmbedded({ folder });
    await check(db).finally(() => db.close());
  }

  it('answers each person once after it died with a turn, a post and an acknowledgement open (faults 4, 5 and 6)', async () => {
    const hanna = { ...event, eventId: 'event-2', user: 'hanna@test.example' };
    platform.onPost((_post, n) => (n === 0 ? 'taken, then silence' : 'taken'));
    model.script((request, n) => (n === 1 ? { silence: true } : answerFromPassages(request)));
    const door = await open({ holdAcknowledgement: true });
    const sending = [door.send(event)];
    await until('the platform has the post', () => platform.posts.length === 1);
    sending.push(door.send(hanna));
    await until('the model is asked', () => model.chatRequests.length === 2);
    await door.kill();
    expect(await Promise.all(sending)).toEqual([null, null]);

    const again = await open();
    expect([await again.send(event), await again.send(hanna)]).toEqual([200, 200]);
    await until('both have their answer', () => platform.posts.length === 2);

    await afterDeath(async (db) => {
      expect(platform.attempts.length).toBe(2);
      expect(platform.lookUps.length).toBe(1);
      expect(platform.posts.map((post) => post.address)).toEqual([
        'door:dm:erin@test.example',
        'door:dm:hanna@test.example',
      ]);
      expect(await outboxStates(db)).toEqual(['sent', 'sent']);
      await expectInvariants(db, platform);
    });
  });

  it('sends again what the platform, looked up, does not have (fault 6)', async () => {
    platform.onPost((_post, n) => (n === 0 ? 'lost in silence' : 'taken'));
    const door = await open();
    expect(await door.send(event)).toBe(200);
    await until('the post is on its way', () => platform.attempts.length > 0);
    await door.kill();

    await open();
    await until('the platform has the post', () => platform.posts.length > 0);

    await afterDeath(async (db) => {
      expect(platform.lookUps.length).toBeGreaterThanOrEqual(2);
      await expectOneAnswer(db, platform);
    });
  });

  it('loses and doubles nothing when it is killed at random moments (faults 3 to 6)', async () => {
    const events = Array.from({ length: 12 }, (_value, index) => ({
      ...event,
      eventId: `event-${index}`,
      user: `person${index % 4}@test.example`,
    }));

    await survive(
      events,
      3,
      async () => [await open()],
      async () => {},
    );
    await until('everybody has an answer', () => platform.posts.length === events.length);

    await afterDeath((db) => expectInvariants(db, platform));
  });
});
