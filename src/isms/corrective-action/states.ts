/** How a corrective action moves: who may, and what must be there. */
import { deciderNames, isIsmsManager, namesOf } from '../../records/command-context.ts';
import { isHereSql } from '../../records/person.ts';
import { permission } from '../../records/permission.ts';
import { declareStates } from '../../records/states.ts';
import { leads } from '../nonconformity/nonconformity.ts';
import { type ActionState, type Locked } from './corrective-action.ts';

/** An action with the non-conformity that says who judges it. */
interface Row extends Locked {
  state: ActionState;
}

export function rowOf(locked: Locked): Row {
  return { ...locked, state: locked.action.state };
}

const ownsIt = permission<Row>({
  code: (actor, { action }) => actor.id === action.ownerId,
  sql: 'action.owner_id = $1',
  refusal: async (tx, _command, { action }) =>
    `${action.reference} belongs to ${await namesOf(tx, [action.ownerId])}: only they can say that.`,
});

/** @param person  SQL for an id */
const canVerify = (person: string) => `(${person} <> action.owner_id and ${isHereSql(person)})`;

/** Whoever leads or approves, never its owner. The list is of whom it is asked: an ISMS manager only where neither of them can. */
export const verifiesIt = permission<Row>({
  code: (actor, { action, nonconformity }) =>
    actor.id !== action.ownerId && (leads({ actor }, nonconformity) || actor.id === nonconformity.approverId),
  sql: `(action.owner_id <> $1 and (nonconformity.owner_id = $1 or nonconformity.approver_id = $1
    or ($2::boolean and not ${canVerify('nonconformity.owner_id')}
      and not ${canVerify('nonconformity.approver_id')})))`,
  async refusal(tx, { actor }, locked) {
    const { reference, ownerId } = locked.action;
    const who = await deciderNames(
      tx,
      [locked.nonconformity.ownerId, locked.nonconformity.approverId],
      [ownerId],
    );
    return ownerId === actor.id
      ? `${reference} is yours, so somebody else has to verify it: ${who}.`
      : `${reference} can be verified by ${who} only.`;
  },
});

/** Whoever approves, never its owner alone. */
const cancelsIt = permission<Row>({
  code: (actor, { action, nonconformity }) =>
    actor.id !== action.ownerId && (actor.id === nonconformity.approverId || isIsmsManager(actor)),
  sql: '(action.owner_id <> $1 and ($2::boolean or nonconformity.approver_id = $1))',
  refusal: async (tx, _command, { action, nonconformity }) =>
    `${action.reference} can be cancelled by ${await deciderNames(tx, [nonconformity.approverId], [action.ownerId])} only. Ask them, with your reason.`,
});

/** Its owner, or whoever leads: somebody has to take it. */
const handsOver = permission<Row>({
  code: (actor, { action, nonconformity }) => actor.id === action.ownerId || leads({ actor }, nonconformity),
  sql: '(action.owner_id = $1 or nonconformity.owner_id = $1 or $2::boolean)',
  refusal: async (tx, _command, { action, nonconformity }) =>
    `${action.reference} can be handed over by ${await deciderNames(tx, [action.ownerId, nonconformity.ownerId], [])} only.`,
});

const cancel = { to: 'cancelled', by: cancelsIt } as const;
const work = {
  claim: { to: 'done_claimed', by: ownsIt },
  moreTime: { by: ownsIt },
  handOver: { by: handsOver },
  cancel,
} as const;

export const actionMoves = declareStates<ActionState, Row, void>('proposed', {
  proposed: {
    accept: { to: 'accepted', by: ownsIt },
    decline: { to: 'declined', by: ownsIt },
    start: { to: 'in_progress', by: ownsIt },
    progress: { to: 'in_progress', by: ownsIt },
    ...work,
  },
  accepted: {
    start: { to: 'in_progress', by: ownsIt },
    progress: { to: 'in_progress', by: ownsIt },
    ...work,
  },
  in_progress: { progress: { by: ownsIt }, ...work },
  done_claimed: {
    verify: { to: 'verified', by: verifiesIt },
    return: { to: 'in_progress', by: verifiesIt },
    cancel,
  },
  verified: {},
  declined: {},
  cancelled: {},
});
