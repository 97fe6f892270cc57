/** Notes on a record that has actions, and on those: by whoever has a place on it. */
import type { Queryable } from '../../db/database.ts';
import { Refusal } from '../../errors.ts';
import { leaderNames, refuseReadOnly, type CommandContext } from '../../records/command-context.ts';
import { keepNote, type Note } from '../../records/note.ts';
import {
  actionRecordOf,
  selectActionOwners,
  type CorrectiveAction,
} from '../corrective-action/corrective-action.ts';
import { kindOf, leadsParent, type Parent } from '../corrective-action/parent.ts';

/** By everybody who has a place on the record: who leads, approves or owns an action of it, those that its kind names, and the ISMS manager. */
export async function addNote(
  tx: Queryable,
  command: CommandContext,
  parent: Parent,
  action: CorrectiveAction | null,
  text: string,
): Promise<Note> {
  await refuseWithoutPlace(tx, command, parent, action);
  return keepNote(tx, command, action === null ? parent.record : actionRecordOf(action), text);
}

/** @throws Refusal for whoever has nothing to do with the record */
export async function refuseWithoutPlace(
  tx: Queryable,
  command: CommandContext,
  parent: Parent,
  action: CorrectiveAction | null,
): Promise<void> {
  refuseReadOnly(command);
  const { actor } = command;
  if (leadsParent(actor, parent) || actor.id === parent.approverId) return;
  const others = (await kindOf(parent).others?.(tx, parent.id)) ?? [];
  if (others.includes(actor.id)) return;
  if ((await selectActionOwners(tx, parent.record)).includes(actor.id)) return;
  const record = action?.reference ?? parent.reference;
  throw new Refusal(
    `You have no part in ${record}. Tell ${await leaderNames(tx, { ownerId: action?.ownerId ?? parent.leaderId })}.`,
  );
}
