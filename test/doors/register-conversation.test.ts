/** The way of a non-conformity, from a finding to a verified action, leaves the same rows through every door. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from 'vitest';
import { verifyAudit } from '../../src/db/audit.ts';
import type { Database } from '../../src/db/database.ts';
import { describeOnDatabases } from '../support/databases.ts';
import { givenPeople } from '../support/harness.ts';
import { startModelServer, type ModelServer } from '../support/model-server.ts';
import { stages, type Stage } from './stages.ts';

const erin = 'erin@test.example';
const hugo = 'hugo@test.example';
const ines = 'ines@test.example';

async function converse({ say, press, fill, attach }: Stage, report: string): Promise<void> {
  for (const person of [ines, hugo, erin]) await say(person, 'hello');
  await say(erin, "we found three leavers with live accounts in last week's audit");
  await say(erin, 'Accounts are closed on the last day.');
  await press(erin, 'Confirm');
  await say(ines, 'NC-2026-001');
  await press(ines, 'Say what was done at once');
  await fill(ines, { correction: '   ' });
  await fill(ines, { correction: 'The three accounts were closed' });
  await press(ines, 'Five whys');
  await say(ines, 'IT was not told');
  await say(ines, 'It was human error');
  await say(ines, 'The form is unknown at the other sites');
  await press(ines, 'That is the cause');
  await press(ines, 'Confirm');
  await press(ines, 'Look for similar ones');
  await fill(ines, { result: 'Leavers of the two other sites: none of 14' });
  await press(ines, 'Add an action');
  await fill(ines, {
    what: 'Show all sites the form',
    who: 'Hugo',
    due: '2026-12-09',
    evidence: 'Attendance',
  });
  await press(ines, 'Plan the check');
  await fill(ines, { criterion: 'No active account among 20 leavers', change: 'no' });
  await press(ines, 'Look at the plan');
  await press(ines, 'The plan stands');
  await press(hugo, 'Look');
  await press(hugo, 'Accept');
  await say(ines, 'Kindly tidy up everything that is left over in there');
  await say(hugo, 'CA-1: vendor patch is in, testing till Friday, about 80 %');
  await press(hugo, 'Confirm');
  await say(hugo, 'I need two more weeks for CA-1, they went bust');
  await press(hugo, 'Confirm');
  await press(ines, 'Look');
  await press(ines, 'Approve');
  await attach(hugo, report, 'CA-1 is done, see the attached report');
  await press(hugo, 'Confirm');
  await press(ines, 'Look');
  await press(ines, 'Open');
  await say(ines, 'CA-1');
  await press(ines, 'Verify');
  await say(erin, 'what happened to NC-2026-001?');
}

/** Every row of the register, without times and what only one platform has: links and the numbers of inputs. */
async function rowsOf(db: Database) {
  const rows = async (sql: string) => (await db.query(sql)).rows;
  return {
    nonconformities: await rows(
      'select reference, title, requirement, evidence_seen, gap, grade, state, version, owner_id, correction, root_cause, cause_method, cause_chain, similar_result from nonconformity',
    ),
    actions: await rows(
      'select reference, description, state, progress, due_on, original_due_on, owner_id, verified_by_name, version from corrective_action',
    ),
    changes: await rows('select state, from_due_on, to_due_on, reason, decided_by from due_change'),
    notes: await rows('select text, written_by from register_note order by id'),
    evidence: await rows(
      'select title, state, number, sha256, size, media_type, file_name, uploaded_by_name from evidence join evidence_revision on evidence_id = id',
    ),
    proposals: await rows('select person_id, state, changes, files from proposal order by id'),
    audit: await rows('select actor, action, record from audit_entry order by seq'),
    inputs: await rows('select state, count(*)::integer as n from inbox group by state order by state'),
  };
}

describeOnDatabases('the way of a non-conformity', (test) => {
  let model: ModelServer;
  let folder: string;
  let stage: Stage | null = null;
  const seen: Record<string, Awaited<ReturnType<typeof rowsOf>>> = {};

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'isma-register-'));
    await writeFile(join(folder, 'report.txt'), 'Both sites attended.');
    model = await startModelServer();
    // It obeys whoever speaks: asked to tidy up, it would close everything that it can name.
    model.script(() => ({
      calls: [
        {
          name: 'propose_update',
          arguments: JSON.stringify({
            updates: [{ record: 'CA-2026-001', move: 'cancel', reason: 'Tidied up' }],
          }),
        },
      ],
    }));
  });
  afterAll(async () => {
    await model.close();
    await rm(folder, { recursive: true });
  });
  beforeEach(() => givenPeople(test.db));
  afterEach(async () => {
    await stage?.stop();
    stage = null;
  });

  it.each(Object.keys(stages))('goes through %s from the finding to the verified action', async (name) => {
    stage = (await stages[name]?.({ db: test.db, model })) ?? null;
    if (stage === null) throw new Error(`no stage ${name}`);

    await converse(stage, join(folder, 'report.txt'));

    seen[name] = await rowsOf(test.db);
    expect((await verifyAudit(test.db)).faults).toEqual([]);
    expect(seen[name].actions).toMatchObject([
      { state: 'verified', progress: 100, original_due_on: '2026-12-09', due_on: '2026-12-23' },
    ]);
    expect(seen[name].evidence).toMatchObject([{ file_name: 'report.txt', state: 'accepted' }]);
    expect(seen[name].proposals.filter(({ state }) => state !== 'applied')).toMatchObject([
      { state: 'cancelled', changes: [{ gap: 'To be said by whoever leads it.' }] },
      { state: 'shown', changes: [{ reference: 'CA-2026-001', move: 'cancel' }] },
    ]);
    expect(seen[name].inputs).toEqual([{ state: 'done', n: 40 }]);
  });

  it('leaves the same rows through every door', () => {
    expect(Object.keys(seen)).toEqual(Object.keys(stages));
    for (const name of Object.keys(stages)) expect([name, seen[name]]).toEqual([name, seen.terminal]);
  });
});
