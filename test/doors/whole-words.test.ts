/** What a person confirms is what they said, all of it; what is too long to be taken is said at once, through every door. */
import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from 'vitest';
import { describeOnDatabases } from '../support/databases.ts';
import { givenPeople } from '../support/harness.ts';
import { startModelServer, type ModelServer } from '../support/model-server.ts';
import { givenAction, givenNonconformity } from '../workflows/corrective-actions/given-records.ts';
import { stages, type Stage } from './stages.ts';

const hugo = 'hugo@test.example';
const end = 'It is NOT to be counted as finished';
/** A note about an action of so many characters, which says last what matters most. */
const noteOf = (length: number) => {
  const begin = 'CA-1: in progress, 20 %. ';
  return `${begin}${'The vendor sent another part. '.repeat(200).slice(0, length - begin.length - end.length - 1)} ${end}`;
};

describeOnDatabases('a long text about a record', (test) => {
  let model: ModelServer;
  let stage: Stage | null = null;

  beforeAll(async () => {
    model = await startModelServer();
    model.script(() => ({ text: 'I do not know.' }));
  });
  afterAll(() => model.close());
  beforeEach(async () => {
    await givenPeople(test.db);
    const { rows } = await test.db.query('select id from person where email = $1', [hugo]);
    const owner = Number(rows[0]?.id);
    const nonconformity = await givenNonconformity(test.db, {
      reference: 'NC-2026-001',
      owner_id: owner,
      state: 'action_planned',
    });
    await givenAction(test.db, {
      nonconformity_id: nonconformity,
      reference: 'CA-2026-001',
      owner_id: owner,
      due_on: '2026-12-15',
    });
  });
  afterEach(async () => {
    await stage?.stop();
    stage = null;
  });

  const texts = async (sql: string) =>
    (await test.db.query(sql)).rows.map((row) => String(Object.values(row)[0]));

  it.each(Object.keys(stages))('is kept as it was said, or not taken at all: %s', async (name) => {
    stage = (await stages[name]?.({ db: test.db, model })) ?? null;
    if (stage === null) throw new Error(`no stage ${name}`);
    await stage.say(hugo, 'hello');

    await stage.say(hugo, noteOf(4_200));
    const said = await texts("select reply->>'text' from outbox order by id desc limit 1");
    const proposed = await texts('select id from proposal');
    await stage.say(hugo, noteOf(3_900));
    await stage.press(hugo, 'Confirm');

    expect(said[0]).toMatch(
      /^That is 4,200 characters, and I take 4,000 at a time: nothing of it was read or written/,
    );
    expect(proposed).toEqual([]);
    const [note, ...others] = await texts('select text from register_note');
    expect(others).toEqual([]);
    expect(note).toMatch(new RegExp(`${end}$`));
    expect(note?.length).toBeGreaterThan(3_850);
    expect(await texts('select state from corrective_action')).toEqual(['in_progress']);
  });
});
