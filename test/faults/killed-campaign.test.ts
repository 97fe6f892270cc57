/** Fault 13: a campaign of 500 people whose two workers are killed at twenty random moments; each person has one message in the end. */
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { Database } from '../../src/db/database.ts';
import { changeSetting, settings } from '../../src/records/setting.ts';
import { createServerDatabase, hasServer } from '../support/databases.ts';
import { today } from '../support/harness.ts';
import { startModelServer, type ModelServer } from '../support/model-server.ts';
import {
  allEnded,
  endLeasesOfTheDead,
  expectInvariants,
  givenLostDevicePolicy,
  killAllDoors,
  startDoor,
  startPlatform,
  until,
  type Platform,
} from './doors.ts';

const people = 500;
const deaths = 20;
/** Change it for other moments. */
const seed = 20_261_201;
const ines = 'ines@test.example';

/** mulberry32, public domain: the same numbers each time. */
function randomFrom(start: number): () => number {
  let state = start;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

describe.skipIf(!hasServer)('on PostgreSQL (skipped without TEST_DATABASE_URL)', () => {
  let server: Awaited<ReturnType<typeof createServerDatabase>>;
  let db: Database;
  let model: ModelServer;
  let platform: Platform;

  beforeAll(async () => {
    server = await createServerDatabase();
    db = server.db;
    model = await startModelServer();
    platform = await startPlatform();
    await givenLostDevicePolicy(db);
    await db.query(
      "insert into person (email, name, time_zone) select 'p' || n || '@test.example', 'Person ' || n, 'Europe/Berlin' from generate_series(5, $1) n",
      [people],
    );
    const nudges = { ...settings.nudges.initial, gatherMinutes: 0 };
    await db.transaction((tx) => changeSetting(tx, 'nudges', nudges, 'test', today));
  });
  afterEach(() => killAllDoors());
  afterAll(async () => {
    await model.close();
    await platform.close();
    await db.close();
    await server.drop();
  });

  const startTwo = () =>
    Promise.all(
      [0, 1].map(() => startDoor({ database: { url: server.url }, platform, modelUrl: model.url })),
    );

  it(`reaches each of ${people} once, killed ${deaths} times (fault 13)`, async () => {
    const [door] = await startTwo();
    await door?.send({
      eventId: 'ask',
      user: ines,
      text: 'ask everyone to acknowledge POL-07 until 4 December',
    });
    await until('the preview is shown', () => allEnded(db));
    const start = platform.posts
      .flatMap(({ reply }) => reply.buttons)
      .find(({ label }) => label === 'Start')?.id;
    expect(start).toBeDefined();

    const random = randomFrom(seed);
    // The first die while it is started and planned, the others once so many messages were tried.
    const moments = Array.from({ length: deaths - 3 }, () => Math.ceil(random() * (people - 20))).sort(
      (one, other) => one - other,
    );
    const killedAt: number[] = [];
    let pressed = false;
    const press = async (doors: Awaited<ReturnType<typeof startTwo>>) => {
      const status = await doors[killedAt.length % 2]?.send({
        eventId: 'start',
        user: ines,
        buttonId: start ?? '',
      });
      pressed ||= status === 200;
    };
    await killAllDoors();
    for (let death = 0; death < deaths; death += 1) {
      const doors = await startTwo();
      const pressing = pressed ? null : press(doors);
      const moment = moments[death - 3];
      if (moment === undefined) await new Promise((resolve) => setTimeout(resolve, random() * 500));
      else await until('so many messages were tried', () => platform.attempts.length >= moment + 2);
      killedAt.push(platform.attempts.length);
      await killAllDoors();
      await pressing;
      await endLeasesOfTheDead(db);
    }
    const doors = await startTwo();
    if (!pressed) await press(doors);
    const messages = async () =>
      (
        await db.query(
          `select delivery_id as id, person_id from outbox join inbox on inbox.id = inbox_id where inbox.platform = 'clock' and outbox.state = 'sent'`,
        )
      ).rows;
    // Whoever just pressed is passed over while the pass runs, and found by the next one.
    await until('all are told and all is ended', async () => {
      await db.query("update outbox set run_after = now() where state = 'planned'");
      return (await allEnded(db)) && (await messages()).length >= people;
    });

    const told = await messages();
    const taken = new Set(platform.posts.map(({ id }) => id));
    expect(told.filter(({ id }) => !taken.has(String(id)))).toEqual([]);
    expect(new Set(told.map(({ person_id }) => person_id)).size).toBe(people);
    expect(told.length).toBe(people);
    const receivers = platform.posts.flatMap(({ id, to }) =>
      told.some((each) => each.id === id) ? [to] : [],
    );
    expect(new Set(receivers).size).toBe(people);
    expect(receivers.length).toBe(people);
    // They did die in the middle of it.
    expect(killedAt.filter((count) => count > 2 && count < people).length).toBeGreaterThan(deaths / 2);
    const { rows: entries } = await db.query(
      "select count(*)::integer as count from audit_entry where payload::jsonb ->> 'action' = 'campaign.started'",
    );
    expect(entries).toEqual([{ count: 1 }]);
    await expectInvariants(db, platform);
  });
});
