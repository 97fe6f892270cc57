/** One campaign through each door: previewed, started, brought to each person once, and never sooner than the platform allows. */
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import { verifyAudit } from '../../src/db/audit.ts';
import { changeSetting, settings } from '../../src/records/setting.ts';
import { describeOnDatabases } from '../support/databases.ts';
import { givenDocument, givenPeople, today } from '../support/harness.ts';
import { startModelServer, type ModelServer } from '../support/model-server.ts';
import { stages } from './stages.ts';

const [erin, hanna, hugo, ines] = ['erin', 'hanna', 'hugo', 'ines'].map((name) => `${name}@test.example`) as [string, string, string, string]; // prettier-ignore
/** Seconds that a platform asks to be left alone for. */
const pause = 1;

const policy = `---
ref: POL-05
title: Access Control Policy
version: "2.0"
status: published
effective: 2026-01-01
audience: [everyone]
---

# Access Control Policy

## 1 Purpose

It says who gets in.
`;

describeOnDatabases('A campaign', (test) => {
  let model: ModelServer;
  beforeAll(async () => {
    model = await startModelServer();
    model.script(() => ({ text: 'NOT_COVERED' }));
  });
  afterAll(() => model.close());
  beforeEach(async () => {
    await givenPeople(test.db);
    await givenDocument(test.db, 'access.md', policy);
    const nudges = { ...settings.nudges.initial, gatherMinutes: 0 };
    await test.db.transaction((tx) => changeSetting(tx, 'nudges', nudges, 'test', today));
  });

  const rows = async (sql: string) => (await test.db.query(sql)).rows;

  it.each(Object.keys(stages))('reaches each person once through the door %s', async (door) => {
    const stage = await stages[door]?.({ db: test.db, model });
    if (stage === undefined) throw new Error(door);
    const { say, press, runDue, limit, stop } = stage;
    try {
      for (const email of [erin, hanna, hugo, ines]) await say(email, 'hello');
      await say(ines, 'ask everyone to acknowledge POL-05 until 4 December');
      await press(ines, 'Start');
      const tried = await limit(hugo, pause);
      await runDue();
      await runDue();
      await say(ines, 'how is the access campaign going?');

      const [refused, ...then] = tried();
      expect(then.length).toBe(refused === undefined ? 0 : 1);
      for (const { at } of then) expect(at - (refused?.at ?? 0)).toBeGreaterThanOrEqual(pause * 1_000);
    } finally {
      await stop();
    }

    expect(await rows('select state from campaign')).toEqual([{ state: 'running' }]);
    const sent = await rows(
      `select person.email, outbox.state from outbox join inbox on inbox.id = inbox_id join person on person.id = outbox.person_id
       where inbox.platform = 'clock' order by email`,
    );
    expect(sent).toEqual([erin, hanna, hugo, ines].map((email) => ({ email, state: 'sent' })));
    expect((await verifyAudit(test.db)).faults).toEqual([]);
  });
});
