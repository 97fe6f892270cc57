/** What a record must hold to be brought in its state: the gates of clause 10.2, asked of records that were kept elsewhere. */
import { isUnfinished } from '../../../isms/corrective-action/corrective-action.ts';
import { columnOf } from '../../../db/rows.ts';
import { isImprovement } from '../../../isms/nonconformity/nonconformity.ts';
import { checkNeeds, statesOf } from '../../../isms/nonconformity/states.ts';
import { anyOf } from '../../../records/command-context.ts';
import { type ActionRecord, type NonconformityRecord } from '../../../isms/register/transfer.ts';

type Part = Pick<ActionRecord, 'reference' | 'purpose' | 'owner' | 'round' | 'state' | 'verifiedBy'>;

/** @returns what is missing or wrong, in words with the names of columns; empty where every gate is passed */
export function nonconformityFaults(record: NonconformityRecord, actions: readonly Part[]): string[] {
  const { state } = record;
  const plan = actions.filter(({ round }) => round === record.round);
  const facts = { owners: [], verifiers: [], plan };
  const wasChecked = !isImprovement(record) && (record.checkBy !== null || record.checkResult !== null);
  const lacks = [
    ...new Set([
      ...statesOf(record).lacking(record, facts),
      ...(wasChecked
        ? checkNeeds.filter((need) => !need.met(record, facts)).map(({ lacks: column }) => column)
        : []),
    ]),
  ];
  return [
    ...(lacks.length === 0
      ? []
      : [`state: ${state} needs ${lacks.join(', ')}; fill that in, or choose an earlier state`]),
    ...stateFaults(record, plan),
    ...independenceFaults(record, actions),
  ];
}

function stateFaults(record: NonconformityRecord, plan: readonly Part[]): string[] {
  const { state, grade, owner, checkResult } = record;
  const finding = isImprovement(record);
  const ended = state === 'closed' || state === 'rejected';
  const unfinished = plan.filter(isUnfinished).map(({ reference }) => reference);
  return [
    ...(!statesOf(record).names.includes(state)
      ? [`state: one of grade ${grade} is ${anyOf(statesOf(record).names)}, never ${state}`]
      : []),
    ...((ended || state === 'implemented' || state === 'verifying') && unfinished.length > 0
      ? [`state: it is ${state}, and ${unfinished.join(', ')} is not finished`]
      : []),
    ...(!finding && state === 'closed' && checkResult !== null && checkResult !== 'effective'
      ? [`check_result: only what was effective is closed, and this says «${checkResult}»`]
      : []),
    ...(!ended && !owner.active ? [`owner: ${owner.name} has left; name somebody who is here`] : []),
  ];
}

/** Nobody approves or checks what they own an action of, in any round. */
function independenceFaults(
  { grade, owner: leader, checkBy, checker, planApprovedBy }: NonconformityRecord,
  actions: readonly Part[],
): string[] {
  const judges = [
    { column: 'check_by', person: checkBy },
    { column: 'checker', person: checker },
  ];
  const others = [
    { column: 'check_by', person: checkBy, task: 'check whether it worked' },
    { column: 'checker', person: checker, task: 'check whether it worked' },
    { column: 'plan_approved_by', person: planApprovedBy, task: 'approve its plan' },
  ];
  return [
    ...others.flatMap(({ column, person, task }) =>
      person !== null && actions.some(({ owner }) => owner.id === person.id)
        ? [`${column}: ${person.name} owns an action of it, so somebody else has to ${task}`]
        : [],
    ),
    ...judges.flatMap(({ column, person }) =>
      grade === 'major' &&
      person !== null &&
      (person.id === leader.id || actions.some(({ verifiedBy }) => verifiedBy?.id === person.id))
        ? [
            `${column}: ${person.name} leads it or verified an action of it, so somebody else has to check a major`,
          ]
        : [],
    ),
  ];
}

/** The gates of an action alone; those that it shares with its non-conformity are asked of that. */
export function actionFaults(record: ActionRecord): string[] {
  const { state, owner, verifiedBy, evidence } = record;
  const lacks = [
    ...(state === 'declined' || state === 'cancelled' ? missing(record, ['stateReason']) : []),
    ...(state === 'verified' ? missing(record, ['verifiedBy', 'verifiedAt']) : []),
    ...(state === 'verified' && evidence.length === 0 ? ['evidence'] : []),
  ];
  return [
    ...(lacks.length === 0
      ? []
      : [`state: ${state} needs ${lacks.join(', ')}; fill that in, or choose an earlier state`]),
    ...(verifiedBy?.id === owner.id
      ? [`verified_by: ${owner.name} owns it, so somebody else has to verify it`]
      : []),
    ...(isUnfinished(record) && !owner.active
      ? [`owner: ${owner.name} has left; name somebody who is here`]
      : []),
  ];
}

function missing<Row extends object>(record: Row, keys: readonly (keyof Row & string)[]): string[] {
  return keys.filter((key) => record[key] === null).map(columnOf);
}
