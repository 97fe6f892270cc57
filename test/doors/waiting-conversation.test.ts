/** What waits for a person is one list in every door: what is pressed on it leaves it in its place, one thing shorter. */
import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from 'vitest';
import type { Reply } from '../../src/conversation/contract.ts';
import { verifyAudit } from '../../src/db/audit.ts';
import type { Database } from '../../src/db/database.ts';
import { changeSetting } from '../../src/records/setting.ts';
import { describeOnDatabases } from '../support/databases.ts';
import { givenPeople } from '../support/harness.ts';
import { startModelServer, type ModelServer } from '../support/model-server.ts';
import { givenAction, givenNonconformity } from '../workflows/corrective-actions/given-records.ts';
import { stages, type Stage } from './stages.ts';

const erin = 'erin@test.example';
const ines = 'ines@test.example';

/** A colleague's question and an overdue action wait; the list is asked for, which answers nothing, and both are done on it. */
async function converse({ say, press, fill }: Stage): Promise<void> {
  await say(ines, 'hello');
  await say(erin, 'May I take a drone to the warehouse?');
  await press(erin, 'Ask Ines Isms');
  await say(ines, "what's on my plate?");
  await press(ines, 'Answer');
  await fill(ines, { answer: 'Yes, below the roof.', keep: 'everyone' });
  await say(ines, 'my actions');
  await press(ines, 'Update');
  await fill(ines, { move: 'start', progress: '30' });
  await say(erin, 'May I take a kite to the warehouse?');
  await press(erin, 'Ask Ines Isms');
  await say(ines, 'CA-2026-012');
  await say(ines, 'help');
  await say(ines, 'No kites.');
}

/** What was said, in order: a note on a card says what a message of its own says where no card can be edited. */
async function said(db: Database): Promise<unknown[]> {
  const { rows } = await db.query('select reply, awaits from outbox order by inbox_id, ordinal');
  return rows.map(({ reply, awaits }) => {
    const { text, note, items, form } = reply as Reply;
    return { said: note ?? text, items: items.map((item) => item.text), form: form?.id, awaits };
  });
}

describeOnDatabases('what waits for a person', (test) => {
  let model: ModelServer;
  let stage: Stage | null = null;
  const seen: Record<string, unknown[]> = {};

  beforeAll(async () => {
    model = await startModelServer();
    model.script(() => ({ text: 'NOT_COVERED' }));
  });
  afterAll(() => model.close());
  beforeEach(async () => {
    await givenPeople(test.db);
    // What the week brings comes when the clock looks, between any two of these messages.
    await changeSetting(
      test.db,
      'digest.weekly',
      { ismsManager: false, managers: false },
      'system:test',
      new Date(),
    );
    const { rows } = await test.db.query('select id from person where email = $1', [ines]);
    const owner_id = Number(rows[0]?.id);
    const nonconformity_id = await givenNonconformity(test.db, {
      reference: 'NC-2026-004',
      owner_id,
      state: 'rejected',
    });
    await givenAction(test.db, {
      reference: 'CA-2026-012',
      nonconformity_id,
      owner_id,
      due_on: '2026-11-20',
    });
  });
  afterEach(async () => {
    await stage?.stop();
    stage = null;
  });

  it.each(Object.keys(stages))('is listed and done in %s, and asides answer no question', async (name) => {
    stage = (await stages[name]?.({ db: test.db, model })) ?? null;
    if (stage === null) throw new Error(`no stage ${name}`);

    await converse(stage);

    seen[name] = await said(test.db);
    expect((await verifyAudit(test.db)).faults).toEqual([]);
    expect((await test.db.query('select state, reply from open_question order by id')).rows).toEqual([
      { state: 'told_asker', reply: 'Yes, below the roof.' },
      { state: 'routed', reply: null },
    ]);
    const lists = await test.db.query(
      `select reply ->> 'note' as note, edits is not null as "inPlace" from outbox where reply ->> 'text' = 'One thing waits for you:' order by id`,
    );
    const inPlace = name !== 'terminal';
    expect(lists.rows).toEqual([
      { note: null, inPlace },
      { note: null, inPlace: false },
      { note: 'CA-2026-012: in progress, 30 % done.', inPlace },
    ]);
    expect((await test.db.query('select progress from corrective_action')).rows).toEqual([{ progress: 30 }]);
  });

  it('is the same through every door', () => {
    expect(Object.keys(seen)).toEqual(Object.keys(stages));
    for (const name of Object.keys(stages)) expect([name, seen[name]]).toEqual([name, seen.terminal]);
  });
});
