/** How a corrective action moves: who may, and what must be there. */
import { deciderNames, isIsmsManager, namesOf } from '../../records/command-context.ts';
import { isHereSql } from '../../records/person.ts';
import { permission } from '../../records/permission.ts';
import { declareStates } from '../../records/states.ts';
import type { ActionState, Locked } from './corrective-action.ts';
import { leadsParent } from './parent.ts';

/** An action with the record that says who judges it. */
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
  code: (actor, { action, parent }) =>
    actor.id !== action.ownerId && (leadsParent(actor, parent) || actor.id === parent.approverId),
  sql: `(action.owner_id <> $1 and (parent.leader_id = $1 or parent.approver_id = $1
    or ($2::boolean and not ${canVerify('parent.leader_id')}
      and not ${canVerify('parent.approver_id')})))`,
  async refusal(tx, { actor }, { action: { reference, ownerId }, parent }) {
    const who = await deciderNames(tx, [parent.leaderId, parent.approverId], [ownerId]);
    return ownerId === actor.id
      ? `${reference} is yours, so somebody else has to verify it: ${who}.`
      : `${reference} can be verified by ${who} only.`;
  },
});

/** Whoever approves, never its owner alone. */
const cancelsIt = permission<Row>({
  code: (actor, { action, parent }) =>
    actor.id !== action.ownerId && (actor.id === parent.approverId || isIsmsManager(actor)),
  sql: '(action.owner_id <> $1 and ($2::boolean or parent.approver_id = $1))',
  refusal: async (tx, _command, { action, parent }) =>
    `${action.reference} can be cancelled by ${await deciderNames(tx, [parent.approverId], [action.ownerId])} only. Ask them, with your reason.`,
});

/** Its owner, or whoever leads: somebody has to take it. */
const handsOver = permission<Row>({
  code: (actor, { action, parent }) => actor.id === action.ownerId || leadsParent(actor, parent),
  sql: '(action.owner_id = $1 or parent.leader_id = $1 or $2::boolean)',
  refusal: async (tx, _command, { action, parent }) =>
    `${action.reference} can be handed over by ${await deciderNames(tx, [action.ownerId, parent.leaderId], [])} only.`,
});

/** What is to be done is said by whoever leads. */
const leadsIt = permission<Row>({
  code: (actor, { parent }) => leadsParent(actor, parent),
  sql: '(parent.leader_id = $1 or $2::boolean)',
  refusal: async (tx, _command, { action, parent }) =>
    `What is to be done for ${action.reference} is said by ${await deciderNames(tx, [parent.leaderId], [])} only.`,
});

const cancel = { to: 'cancelled', by: cancelsIt } as const;
const work = {
  claim: { to: 'done_claimed', by: ownsIt },
  moreTime: { by: ownsIt },
  handOver: { by: handsOver },
  edit: { by: leadsIt },
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
