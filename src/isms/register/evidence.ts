/** Evidence of a non-conformity and of its actions: who may add it, and as long as what. */
import type { Queryable } from '../../db/database.ts';
import { Refusal } from '../../errors.ts';
import { broughtThere, type CommandContext } from '../../records/command-context.ts';
import {
  countEvidenceOf,
  judgeEvidenceOf,
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
import { recordOf, type Nonconformity } from '../nonconformity/nonconformity.ts';
import { refuseWithoutPlace } from './note.ts';

export const purposes = ['finding', 'correction', 'action', 'effectiveness'] as const;

export interface Submission {
  nonconformity: Nonconformity;
  /** Null for evidence of the non-conformity itself. */
  action: CorrectiveAction | null;
  purpose: (typeof purposes)[number];
  exhibit: EvidenceItem;
}

/** Of the record that the caller has locked, by anybody with a place on it, until it has ended. */
export async function submitEvidence(
  tx: Queryable,
  command: CommandContext,
  { nonconformity, action, purpose, exhibit }: Submission,
): Promise<Evidence> {
  await refuseWithoutPlace(tx, command, nonconformity, action);
  if (nonconformity.state === 'closed' || nonconformity.state === 'rejected')
    throw new Refusal(`${nonconformity.reference} is ${nonconformity.state}, so nothing can be added to it.`);
  if (action !== null && !isUnfinished(action))
    throw new Refusal(
      `${action.reference} is ${actionStateInWords[action.state]} (${broughtThere(command, action)}): its evidence stays as it is. Add it to ${nonconformity.reference} instead.`,
    );
  return keepEvidence(
    tx,
    command,
    action === null ? recordOf(nonconformity) : actionRecordOf(action),
    purpose,
    exhibit,
  );
}

/** All evidence of a non-conformity and its actions, oldest first. */
export async function selectEvidenceOf(tx: Queryable, nonconformityId: number): Promise<Evidence[]> {
  const actions = await selectActionsOf(tx, nonconformityId);
  return selectEvidence(tx, [recordOf({ id: nonconformityId }), ...actions.map(actionRecordOf)]);
}

/** Pieces that count for an action. */
export function countEvidence(tx: Queryable, action: Pick<CorrectiveAction, 'id'>): Promise<number> {
  return countEvidenceOf(tx, actionRecordOf(action));
}

/** What the move of its action means for evidence that nobody has judged. */
export function judgeEvidence(
  tx: Queryable,
  command: CommandContext,
  action: CorrectiveAction,
  state: 'in_review' | 'accepted' | 'rejected',
): Promise<void> {
  return judgeEvidenceOf(tx, command, actionRecordOf(action), state);
}
