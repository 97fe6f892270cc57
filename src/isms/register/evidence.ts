/** Evidence of a record that has actions, and of those: who may add it, and as long as what. */
import type { Queryable } from '../../db/database.ts';
import { Refusal } from '../../errors.ts';
import { broughtThere, type CommandContext } from '../../records/command-context.ts';
import {
  countEvidenceOf,
  keepEvidence,
  selectEvidence,
  type Evidence,
  type EvidenceItem,
} from '../../records/evidence.ts';
import {
  actionRecordOf,
  actionStateInWords,
  isUnfinished,
  selectActionsOf,
  type CorrectiveAction,
} from '../corrective-action/corrective-action.ts';
import { kindOf, type Parent } from '../corrective-action/parent.ts';
import { refuseWithoutPlace } from './note.ts';

export const purposes = ['finding', 'correction', 'action', 'effectiveness'] as const;

export interface Submission {
  parent: Parent;
  /** Null for evidence of the record itself. */
  action: CorrectiveAction | null;
  purpose: (typeof purposes)[number];
  exhibit: EvidenceItem;
}

/** Of the record that the caller has locked, by anybody with a place on it, until it has ended; of the check that closed it, also after. */
export async function submitEvidence(
  tx: Queryable,
  command: CommandContext,
  { parent, action, purpose, exhibit }: Submission,
): Promise<Evidence> {
  await refuseWithoutPlace(tx, command, parent, action);
  const ofCheck = parent.state === 'closed' && purpose === 'effectiveness' && action === null;
  if (kindOf(parent).ended.includes(parent.state) && !ofCheck)
    throw new Refusal(`${parent.reference} is ${parent.state}, so nothing can be added to it.`);
  if (action !== null && !isUnfinished(action))
    throw new Refusal(
      `${action.reference} is ${actionStateInWords[action.state]} (${broughtThere(command, action)}): its evidence stays as it is. Add it to ${parent.reference} instead.`,
    );
  return keepEvidence(
    tx,
    command,
    action === null ? parent.record : actionRecordOf(action),
    purpose,
    exhibit,
  );
}

/** All evidence of a record and its actions, oldest first. */
export async function selectEvidenceOf(tx: Queryable, record: string): Promise<Evidence[]> {
  const actions = await selectActionsOf(tx, record);
  return selectEvidence(tx, [record, ...actions.map(actionRecordOf)]);
}

/** Pieces that count for an action. */
export function countEvidence(tx: Queryable, action: Pick<CorrectiveAction, 'id'>): Promise<number> {
  return countEvidenceOf(tx, actionRecordOf(action));
}
