/** What a person wrote stays when it is changed: the old words, who changed them and when, and every round as it ended. */
import { afterEach, beforeEach, expect, it } from 'vitest';
import type { Queryable } from '../../src/db/database.ts';
import { amendNonconformity } from '../../src/isms/nonconformity/amend.ts';
import { checkEffectiveness } from '../../src/isms/nonconformity/effectiveness.ts';
import { recordCause, reopenNonconformity } from '../../src/isms/nonconformity/moves.ts';
import { approvePlan } from '../../src/isms/nonconformity/plan.ts';
import { selectNonconformity } from '../../src/isms/nonconformity/nonconformity.ts';
import { selectRevisions, selectSnapshots, verifyRevisions } from '../../src/records/revision.ts';
import { describeOnDatabases } from '../support/databases.ts';
import { startHarness, type Harness } from '../support/harness.ts';
import { commandOf, givenPlaces, givenRecords, now, type People } from '../isms/given-register.ts';

const nc = 'NC-2027-001';

describeOnDatabases('the old words of a record', (test) => {
  let people: People;
  let isma: Harness;
  beforeEach(async () => {
    people = await givenPlaces(test.db);
    isma = await startHarness({ db: test.db });
  });
  afterEach(() => isma.stop());

  const inOne = <T>(doing: (tx: Queryable) => Promise<T>) => test.db.transaction(doing);
  const nameOf = (id: number) => `nonconformity:${id}`;

  it('are kept when it is corrected, of those fields alone that differ, and are told with who changed them and when', async () => {
    const { nonconformityId } = await inOne((tx) => givenRecords(tx, people, { nc: 'contained' }));
    const before = await selectNonconformity(test.db, nonconformityId);

    await inOne((tx) =>
      amendNonconformity(tx, commandOf(people.manager), nc, {
        title: before.title,
        gap: 'Access ends a week late',
        evidenceSeen: before.evidenceSeen,
        department: 'People',
      }),
    );

    const [revision, ...others] = await selectRevisions(test.db, [nameOf(nonconformityId)]);
    expect(others).toEqual([]);
    expect(revision).toMatchObject({
      version: 2,
      fields: { gap: { from: 'Access ends late', to: 'Access ends a week late' } },
      changedByName: 'Ines Isms',
      changedAt: now,
    });
    const [said] = await isma.say('manager@test.example', `history of ${nc}`);
    expect(said?.reply.items.at(-1)).toMatchObject({
      text: `Ines Isms changed ${nc}: gap, department`,
      detail: '1 March 2027, 10:00\nGap was «Access ends late»',
    });
    const [file] = await isma.press(
      'manager@test.example',
      `corrective-actions.export?kind=history&record=${nc}&format=csv`,
    );
    const csv = Buffer.from((await isma.core.readFile(file?.reply.files[0]?.id ?? '')) ?? []).toString();
    expect(csv).toContain('gap: Access ends late → Access ends a week late');
  });

  it('stay as they are where nothing differs, and nothing is said to have changed', async () => {
    const { nonconformityId } = await inOne((tx) => givenRecords(tx, people, { nc: 'open' }));
    const before = await selectNonconformity(test.db, nonconformityId);

    const after = await inOne((tx) =>
      amendNonconformity(tx, commandOf(people.owner), nc, { title: before.title, gap: ` ${before.gap} ` }),
    );

    expect(after).toEqual(before);
    expect(await selectRevisions(test.db, [nameOf(nonconformityId)])).toEqual([]);
    expect(
      (await test.db.query("select from audit_entry where action like 'nonconformity.%'")).rowCount,
    ).toBe(0);
  });

  it('of a cause, its chain and its whys are kept when another is found', async () => {
    const { nonconformityId } = await inOne((tx) =>
      givenRecords(tx, people, {
        nc: 'cause_found',
        values: { cause_chain: '[{"question":"Why?","answer":"Nobody told IT"}]' },
      }),
    );

    await inOne((tx) =>
      recordCause(tx, commandOf(people.owner), nc, { method: 'fishbone', rootCause: 'No owner', chain: [] }),
    );

    const [revision] = await selectRevisions(test.db, [nameOf(nonconformityId)]);
    expect(revision?.fields).toEqual({
      root_cause: { from: 'No trigger', to: 'No owner' },
      cause_method: { from: 'other', to: 'fishbone' },
      cause_chain: { from: [{ question: 'Why?', answer: 'Nobody told IT' }], to: [] },
    });
  });

  it('cannot be changed or taken away unseen: the audit log holds their hash', async () => {
    await inOne((tx) => givenRecords(tx, people, { nc: 'contained' }));
    await inOne((tx) => amendNonconformity(tx, commandOf(people.raiser), nc, { gap: 'Another' }));
    expect(await verifyRevisions(test.db)).toEqual([]);

    await test.db.query(
      `update record_revision set fields = '{"gap": {"from": "Nothing", "to": "Another"}}'`,
    );
    const changed = await verifyRevisions(test.db);
    await test.db.query('delete from record_revision');
    const missing = await verifyRevisions(test.db);

    expect(changed).toEqual([
      expect.stringMatching(/^the old words of nonconformity:\d+, noted in entry \d+, were changed$/),
    ]);
    expect(missing).toEqual([expect.stringMatching(/are missing$/)]);
  });

  it('of a whole round are kept when its plan is approved, when it is checked, and when it is opened again', async () => {
    const { nonconformityId } = await inOne((tx) =>
      givenRecords(tx, people, {
        nc: 'cause_found',
        values: { criterion: 'None in 20' },
        ca: 'verified',
        proven: true,
      }),
    );

    await inOne((tx) => approvePlan(tx, commandOf(people.approver), nc));
    await test.db.query('update nonconformity set check_due_on = $1', ['2027-02-20']);
    await inOne((tx) =>
      checkEffectiveness(tx, commandOf(people.checker), nc, {
        method: 'Sample',
        result: 'effective',
        findings: 'None of 20',
      }),
    );
    await inOne((tx) => reopenNonconformity(tx, commandOf(people.owner), nc, 'It came back'));

    const kept = await selectSnapshots(test.db, nameOf(nonconformityId));
    expect(kept.map(({ event, round, cycle }) => [event, round, cycle])).toEqual([
      ['planned', 1, 1],
      ['checked', 1, 1],
      ['reopened', 1, 1],
    ]);
    expect(kept[2]?.content).toMatchObject({
      record: { root_cause: 'No trigger', closed_by_name: 'Chen Checker' },
      actions: [{ reference: 'CA-2027-001', state: 'verified' }],
      evidence: [{ address: 'https://wiki.test.example/1' }],
      checks: [{ result: 'effective', findings: 'None of 20' }],
    });
    expect(await verifyRevisions(test.db)).toEqual([]);
    await test.db.query(
      "update record_snapshot set content = jsonb_set(content, '{record,root_cause}', '\"x\"') where event = 'checked'",
    );
    expect(await verifyRevisions(test.db)).toEqual([
      expect.stringMatching(/the round of nonconformity:\d+ .* missing or was changed/),
    ]);
  });
});
