/** What people said happened, in their own words, with the message that it came from. Owns `register_note`. */
import { z } from 'zod';
import type { Queryable } from '../../db/database.ts';
import { selectAll, selectOne, storable } from '../../db/rows.ts';
import { Refusal } from '../../errors.ts';
import {
  actionRecordOf,
  selectActionOwners,
  type CorrectiveAction,
} from '../corrective-action/corrective-action.ts';
import {
  audit,
  leaderNames,
  refuseReadOnly,
  required,
  type CommandContext,
} from '../../records/command-context.ts';
import { leads, recordOf, type Nonconformity } from '../nonconformity/nonconformity.ts';

const RegisterNote = z.object({
  id: z.number(),
  actionId: z.number().nullable(),
  text: z.string(),
  writtenBy: z.number(),
  writtenAt: z.date(),
  link: z.string().nullable(),
});
export type RegisterNote = z.infer<typeof RegisterNote>;

/** By everybody who has a place on the record: its owners, raiser, approver, checker, and the ISMS manager. */
export async function addNote(
  tx: Queryable,
  command: CommandContext,
  nonconformity: Nonconformity,
  action: CorrectiveAction | null,
  text: string,
): Promise<RegisterNote> {
  await refuseWithoutPlace(tx, command, nonconformity, action);
  const note = await selectOne(
    tx,
    RegisterNote,
    `insert into register_note (nonconformity_id, action_id, text, written_by, written_at, link) values ($1, $2, $3, $4, $5, $6)
     returning id, action_id, text, written_by, written_at, link`,
    [
      nonconformity.id,
      action?.id ?? null,
      storable(required(text, 'The note')),
      command.actor.id,
      command.at,
      command.link,
    ],
  );
  await audit(tx, command, {
    action: 'register_note.written',
    record: action === null ? recordOf(nonconformity) : actionRecordOf(action),
    detail: { note: note.id },
  });
  return note;
}

/** @throws Refusal for whoever has nothing to do with the record */
export async function refuseWithoutPlace(
  tx: Queryable,
  command: CommandContext,
  nonconformity: Nonconformity,
  action: CorrectiveAction | null,
): Promise<void> {
  refuseReadOnly(command);
  const { id, raisedBy, approverId, checkerId, ownerId, reference } = nonconformity;
  const placed = [raisedBy, approverId, checkerId, ...(await selectActionOwners(tx, id))].includes(
    command.actor.id,
  );
  if (placed || leads(command, nonconformity)) return;
  const record = action?.reference ?? reference;
  throw new Refusal(
    `You have no part in ${record}. Tell ${await leaderNames(tx, { ownerId: action?.ownerId ?? ownerId })}.`,
  );
}

export function selectNotes(tx: Queryable, nonconformityId: number): Promise<RegisterNote[]> {
  return selectAll(
    tx,
    RegisterNote,
    'select id, action_id, text, written_by, written_at, link from register_note where nonconformity_id = $1 order by id',
    [nonconformityId],
  );
}
