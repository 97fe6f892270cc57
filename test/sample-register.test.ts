/** The register of the made-up company shows everything that a register can hold. */
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { verifyAudit } from '../src/db/audit.ts';
import { nonconformityStates, grades } from '../src/isms/nonconformity.ts';
import { importPeopleFile } from '../src/people-file.ts';
import { loadSampleRegister } from '../src/sample-register.ts';
import { describeOnDatabases } from './support/databases.ts';
import { today } from './support/harness.ts';

const samples = join(import.meta.dirname, '../knowledge');

describeOnDatabases('the sample register', (test) => {
  it('holds every state and grade, and actions of Omar in several states, one of them overdue', async () => {
    await importPeopleFile(test.db, join(samples, 'people.csv'), 'test', today);
    const load = () =>
      test.db.transaction((tx) => loadSampleRegister(tx, join(samples, 'register.yaml'), today));
    await load();
    await load();

    const { rows } = await test.db.query(
      'select array_agg(distinct state) as states, array_agg(distinct grade) as grades, count(*) as count from nonconformity',
    );
    const { rows: omars } = await test.db.query(
      `select reference, state, due_on < '2026-11-24' as overdue from corrective_action join person on person.id = owner_id
       where email = 'omar@demo.example' order by reference`,
    );

    expect(rows[0]?.states).toEqual(expect.arrayContaining([...nonconformityStates]));
    expect(rows[0]?.grades).toEqual(expect.arrayContaining([...grades]));
    expect(rows[0]?.count).toBe(13);
    expect(new Set(omars.map(({ state }) => state))).toEqual(
      new Set(['proposed', 'accepted', 'in_progress', 'done_claimed', 'verified']),
    );
    expect(omars.filter(({ state, overdue }) => state === 'in_progress' && overdue === true)).toHaveLength(1);
    expect((await verifyAudit(test.db)).faults).toEqual([]);
  });
});
