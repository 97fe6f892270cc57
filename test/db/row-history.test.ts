/** Small registers read as they stood at any time, by the time that the audit log gives. */
import { beforeEach, expect, it } from 'vitest';
import { z } from 'zod';
import { appendAudit } from '../../src/db/audit.ts';
import { asOf, selectHistorySince } from '../../src/db/row-history.ts';
import { selectAll } from '../../src/db/rows.ts';
import { competences, recordCompetence } from '../../src/isms/competence/competence.ts';
import { commandOf, givenPlaces, type People } from '../isms/given-register.ts';
import { describeOnDatabases } from '../support/databases.ts';

const Row = z.object({ role: z.string(), state: z.string(), assessedOn: z.string() });
const march = new Date('2027-03-01T09:00:00Z');
const april = new Date('2027-04-01T09:00:00Z');
const may = new Date('2027-05-01T09:00:00Z');

describeOnDatabases('how a register stood', (test) => {
  let people: People;
  const stoodAt = (at: string) =>
    selectAll(
      test.db,
      Row,
      `${asOf(['competence'], '$1')} select role, state, assessed_on from competence order by role`,
      [at],
    );

  beforeEach(async () => {
    people = await givenPlaces(test.db);
    const by = commandOf(people.manager, march);
    await test.db.transaction(async (tx) => {
      const fresh = await recordCompetence(tx, by, {
        personId: people.owner.id,
        role: 'Auditor',
        needs: 'Has led an audit.',
        basis: [],
        shownBy: null,
        gap: 'Has led none.',
        effect: null,
        assessedOn: null,
      });
      const later = { ...by, at: april };
      await competences.change(tx, later, fresh, { state: 'met', effect: 'Led one.' }, () => ({
        action: 'competence.met',
        detail: { from: 'gap', to: 'met' },
      }));
    });
  });

  it('is read by the time of its audit entries, each of one transaction by its own', async () => {
    expect(await stoodAt('2027-02-28T09:00:00Z')).toEqual([]);
    expect(await stoodAt('2027-03-01T09:00:00Z')).toMatchObject([{ role: 'Auditor', state: 'gap' }]);
    expect(await stoodAt('2027-05-01T09:00:00Z')).toEqual([
      { role: 'Auditor', state: 'met', assessedOn: '2027-03-01' },
    ]);
  });

  it('stays as it was where a row that nobody changed is written again', async () => {
    const { rows } = await test.db.query('update competence set role = role returning id');

    const kept = await test.db.query("select at from row_history where table_name = 'competence'");
    expect(rows).toHaveLength(1);
    expect(kept.rows).toHaveLength(2);
  });

  it('is told from the first day on of which anything is known', async () => {
    const since = await selectHistorySince(test.db);

    expect(since?.getTime()).toBeLessThanOrEqual(march.getTime());
  });

  it('says of a row that is gone that it was there until then', async () => {
    await test.db.transaction(async (tx) => {
      await tx.query('delete from competence');
      await appendAudit(tx, { actor: 'system:test', action: 'competence.ended', record: 'competence:1', detail: { from: 'met', to: 'ended' }, at: may }); // prettier-ignore
    });

    expect(await stoodAt('2027-04-30T09:00:00Z')).toMatchObject([{ state: 'met' }]);
    expect(await stoodAt('2027-05-01T09:00:00Z')).toEqual([]);
  });

  it('is forgotten where the made-up company is taken out', async () => {
    await test.db.transaction(async (tx) => {
      await tx.query("select set_config('isma.removing_samples', 'yes', true)");
      await tx.query('delete from competence');
    });

    const { rows } = await test.db.query("select id from row_history where table_name = 'competence'");
    expect(rows).toEqual([]);
  });
});
