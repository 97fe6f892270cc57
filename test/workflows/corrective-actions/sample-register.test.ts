/** The register of the made-up company shows everything that a register can hold. */
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { verifyAudit } from '../../../src/db/audit.ts';
import type { Database } from '../../../src/db/database.ts';
import { nonconformityStates, grades } from '../../../src/isms/nonconformity/nonconformity.ts';
import { importPeopleFile } from '../../../src/app/people-file.ts';
import { loadSampleRegister } from '../../../src/workflows/corrective-actions/samples/register.ts';
import { describeOnDatabases } from '../../support/databases.ts';
import { today } from '../../support/harness.ts';

const samples = join(import.meta.dirname, '../../../knowledge');

const load = (db: Database, now: Date) =>
  db.transaction(async (tx) => {
    await importPeopleFile(db, join(samples, 'people.csv'), 'test', now);
    await loadSampleRegister(tx, join(samples, 'register.yaml'), now);
  });

describeOnDatabases('the sample register', (test) => {
  it('has the same numbers when its days lie in two years', async () => {
    await load(test.db, new Date('2027-02-15T09:00:00Z'));

    const { rows } = await test.db.query(
      "select reference from corrective_action where description like 'Get the vendor%'",
    );
    expect(rows).toEqual([{ reference: 'CA-2027-007' }]);
  });

  it('holds every state and grade, and actions of Omar in several states, one of them overdue', async () => {
    await load(test.db, today);
    await load(test.db, today);

    const { rows } = await test.db.query(
      'select array_agg(distinct state) as states, array_agg(distinct grade) as grades, count(*) as count from nonconformity',
    );
    const { rows: omars } = await test.db.query(
      `select reference, state, due_on < '2026-11-24' as overdue from corrective_action join person on person.id = owner_id
       where email = 'omar@demo.example' order by reference`,
    );

    // A plan that says how it is checked books its check as soon as it is implemented.
    expect(rows[0]?.states).toEqual(
      expect.arrayContaining(nonconformityStates.filter((state) => state !== 'implemented')),
    );
    expect(rows[0]?.grades).toEqual(expect.arrayContaining([...grades]));
    expect(rows[0]?.count).toBe(13);
    expect(new Set(omars.map(({ state }) => state))).toEqual(
      new Set(['proposed', 'accepted', 'in_progress', 'done_claimed', 'verified']),
    );
    expect(omars.filter(({ state, overdue }) => state === 'in_progress' && overdue === true)).toHaveLength(1);
    expect((await verifyAudit(test.db)).faults).toEqual([]);
  });
});
