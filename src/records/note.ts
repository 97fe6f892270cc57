/** What people said happened, in their own words, on a record of any kind, with the message that it came from. Owns `register_note`. */
import { z } from 'zod';
import type { Queryable } from '../db/database.ts';
import { selectAll, selectOne, storable } from '../db/rows.ts';
import { audit, required, type CommandContext } from './command-context.ts';

export const Note = z.object({
  id: z.number(),
  belongsTo: z.string(),
  text: z.string(),
  writtenBy: z.number(),
  writtenAt: z.date(),
  link: z.string().nullable(),
});
export type Note = z.infer<typeof Note>;

const columns = 'id, belongs_to, text, written_by, written_at, link';

/** On the record that the caller has locked; whose part it is to write there is the record's rule. */
export async function keepNote(
  tx: Queryable,
  command: CommandContext,
  record: string,
  text: string,
): Promise<Note> {
  const note = await selectOne(
    tx,
    Note,
    `insert into register_note (belongs_to, text, written_by, written_at, link) values ($1, $2, $3, $4, $5)
     returning ${columns}`,
    [record, storable(required(text, 'The note')), command.actor.id, command.at, command.link],
  );
  await audit(tx, command, { action: 'register_note.written', record, detail: { note: note.id } });
  return note;
}

/** Of these records, oldest first. */
export function selectNotes(tx: Queryable, records: readonly string[]): Promise<Note[]> {
  return selectAll(tx, Note, `select ${columns} from register_note where belongs_to = any($1) order by id`, [
    records,
  ]);
}
