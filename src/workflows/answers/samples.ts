/** What the people of the made-up company asked and answered, to be taken out again. */
import type { Queryable } from '../../db/database.ts';
import type { RoomSamples, SampleScope, SamplesRemoved } from '../../dialogue/room.ts';

export const answersSamples: RoomSamples = { remove, letGo };

/** A question that a real person asked, was asked or answered stays, whoever of the sample company stood at its other end. */
async function remove(tx: Queryable, { people }: SampleScope): Promise<SamplesRemoved> {
  await tx.query(
    `delete from open_question
     where asker_id = any($1) and owner_id = any($1) and (replied_by is null or replied_by = any($1))`,
    [people],
  );
  await tx.query(
    `delete from answer_feedback where person_id = any($1)
       or answer_id in (select id from answer where person_id = any($1)
         and not exists (select from open_question where answer_id = answer.id))`,
    [people],
  );
  await tx.query(
    `delete from answer where person_id = any($1)
       and not exists (select from open_question where answer_id = answer.id)`,
    [people],
  );
  return { counts: {}, text: null, known: [], kept: [] };
}

async function letGo(
  tx: Queryable,
  { documents = [], versions = [] }: { documents?: readonly number[]; versions?: readonly number[] },
): Promise<void> {
  for (const table of ['answer', 'open_question'])
    await tx.query(`update ${table} set nearest_version_id = null where nearest_version_id = any($1)`, [
      versions,
    ]);
  await tx.query('update open_question set approved_answer_id = null where approved_answer_id = any($1)', [
    documents,
  ]);
}
