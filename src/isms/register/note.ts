/** Notes on a non-conformity and its actions: by whoever has a place on it. */
import type { Queryable } from '../../db/database.ts';
import { Refusal } from '../../errors.ts';
import { leaderNames, refuseReadOnly, type CommandContext } from '../../records/command-context.ts';
import { keepNote, type Note } from '../../records/note.ts';
import {
  actionRecordOf,
  selectActionOwners,
  type CorrectiveAction,
} from '../corrective-action/corrective-action.ts';
import { leads, recordOf, type Nonconformity } from '../nonconformity/nonconformity.ts';

/** By everybody who has a place on the record: its owners, raiser, approver, checker, and the ISMS manager. */
export async function addNote(
  tx: Queryable,
  command: CommandContext,
  nonconformity: Nonconformity,
  action: CorrectiveAction | null,
  text: string,
): Promise<Note> {
  await refuseWithoutPlace(tx, command, nonconformity, action);
  return keepNote(tx, command, action === null ? recordOf(nonconformity) : actionRecordOf(action), text);
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
