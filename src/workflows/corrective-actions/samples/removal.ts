/** Takes the register of the made-up company out again; what real people worked on stays, with all that it needs. */
import { z } from 'zod';
import type { Queryable } from '../../../db/database.ts';
import { selectAll, selectOne } from '../../../db/rows.ts';
import { partSamples, type SampleScope, type SamplesRemoved } from '../../../dialogue/room.ts';

/** What hangs on a non-conformity, and the expression that leads there; in an order in which it can be deleted. */
const hanging = {
  evidence_revision: '(select nonconformity_id from evidence where evidence.id = evidence_id)',
  evidence: 'nonconformity_id',
  register_note: 'nonconformity_id',
  effectiveness_check: 'nonconformity_id',
  cause_interview: 'nonconformity_id',
  nonconformity_link: 'nonconformity_id',
  nonconformity_cycle: 'nonconformity_id',
  corrective_action: 'nonconformity_id',
  nonconformity: 'id',
} as const;

const Raised = z.object({ id: z.number(), reference: z.string(), title: z.string() });

export async function removeSampleRegister(tx: Queryable, scope: SampleScope): Promise<SamplesRemoved> {
  const { people } = scope;
  const sample = await selectAll(
    tx,
    Raised,
    'select id, reference, title from nonconformity where raised_by = any($1) order by reference for update',
    [people],
  );
  const workers = await selectWorkers(tx, sample.map(({ id }) => id), people); // prettier-ignore
  const { gone, known, kept } = partSamples(
    sample.map((record) => ({ ...record, by: workers.get(record.id) ?? [] })),
    scope,
  );

  const { actions } = await selectOne(
    tx,
    z.object({ actions: z.number() }),
    'select count(*) as actions from corrective_action where nonconformity_id = any($1)',
    [gone],
  );
  for (const table of ['record_revision', 'record_snapshot', 'request'])
    await tx.query(
      `delete from ${table} where record in (
         select 'nonconformity:' || id from nonconformity where id = any($1)
         union all select 'corrective_action:' || id from corrective_action
           where nonconformity_id = any($1))`,
      [gone],
    );
  await tx.query('delete from nonconformity_link where similar_id = any($1)', [gone]);
  for (const [table, way] of Object.entries(hanging))
    await tx.query(`delete from ${table} where ${way} = any($1)`, [gone]);
  await tx.query('delete from cause_interview where person_id = any($1)', [people]);
  return {
    counts: { nonconformities: gone.length, actions },
    text: `${gone.length} non-conformities and ${actions} corrective actions; their numbers are not given out again`,
    known,
    kept,
  };
}

/** The real people who did something to a record or its actions, as the audit log says; to be named in it is no work. */
async function selectWorkers(
  tx: Queryable,
  records: readonly number[],
  samplePeople: readonly number[],
): Promise<Map<number, string[]>> {
  const rows = await selectAll(
    tx,
    z.object({ id: z.number(), name: z.string() }),
    `select distinct touched.id, person.name from (
       select id, 'nonconformity:' || id as record from nonconformity where id = any($1)
       union all select nonconformity_id, 'corrective_action:' || id from corrective_action
         where nonconformity_id = any($1)
     ) touched join audit_entry using (record) join person on actor = 'person:' || person.id
     where not person.id = any($2) order by touched.id, person.name`,
    [records, samplePeople],
  );
  return new Map(
    [...Map.groupBy(rows, ({ id }) => id)].map(([id, found]) => [id, found.map(({ name }) => name)]),
  );
}
