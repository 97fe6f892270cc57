/** What the people of the made-up company acknowledged, to be taken out again. */
import type { Queryable } from '../../db/database.ts';
import type { RoomSamples, SampleScope, SamplesRemoved } from '../../dialogue/room.ts';

export const acknowledgementSamples: RoomSamples = { remove, letGo };

async function remove(tx: Queryable, { people }: SampleScope): Promise<SamplesRemoved> {
  const { rowCount } = await tx.query('delete from acknowledgement where person_id = any($1)', [people]);
  await tx.query('delete from acknowledgement_request where person_id = any($1)', [people]);
  await tx.query('delete from exemption where person_id = any($1)', [people]);
  for (const column of ['asked_by', 'state_by'])
    await tx.query(`update acknowledgement_request set ${column} = null where ${column} = any($1)`, [people]);
  const count = rowCount ?? 0;
  return {
    counts: { acknowledgements: count },
    text: count === 0 ? null : count === 1 ? '1 acknowledgement' : `${count} acknowledgements`,
    known: [],
    kept: [],
  };
}

/** What real people were asked of a made-up document goes with it. */
async function letGo(
  tx: Queryable,
  { documents = [], versions = [] }: { documents?: readonly number[]; versions?: readonly number[] },
): Promise<void> {
  const going = 'version_id = any($1) or document_id = any($2)';
  for (const table of ['acknowledgement', 'acknowledgement_request', 'acknowledgement_subject'])
    await tx.query(`delete from ${table} where ${going}`, [versions, documents]);
  await tx.query('delete from exemption where document_id = any($1)', [documents]);
}
