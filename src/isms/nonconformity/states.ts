/** How a non-conformity moves by clause 10.2, and how an opportunity or observation does: who may, and what must be there. */
import { columnOf } from '../../db/rows.ts';
import { deciderNames, isIsmsManager, leaderNames } from '../../records/command-context.ts';
import { isHereSql } from '../../records/person.ts';
import { permission, ismsManagerAlone } from '../../records/permission.ts';
import { declareStates, type Need, type States } from '../../records/states.ts';
import type { CorrectiveAction } from '../corrective-action/corrective-action.ts';
import { isImprovement, leads, type Nonconformity, type NonconformityState } from './nonconformity.ts';

/** What beside the record itself decides a move. */
export interface Facts {
  /** Everybody who owns or owned one of its actions, in any round. */
  owners: readonly number[];
  /** Everybody who verified one, in any round. */
  verifiers: readonly number[];
  /** The actions of its present round. */
  plan: readonly Pick<CorrectiveAction, 'purpose' | 'state'>[];
}

export const leadsIt = permission<Nonconformity, Facts>({
  code: (actor, nonconformity) => leads({ actor }, nonconformity),
  sql: '($2 or nonconformity.owner_id = $1)',
  refusal: async (tx, _command, nonconformity) =>
    `Only ${await leaderNames(tx, nonconformity)} can do that: they lead ${nonconformity.reference}.`,
});

/** Its raiser often was there. */
const leadsOrRaised = permission<Nonconformity, Facts>({
  code: (actor, nonconformity) => leads({ actor }, nonconformity) || actor.id === nonconformity.raisedBy,
  sql: '($2 or $1 in (nonconformity.owner_id, nonconformity.raised_by))',
  refusal: async (tx, _command, nonconformity) =>
    `Only ${await leaderNames(tx, nonconformity)} can do that: they lead ${nonconformity.reference}.`,
});

const raisedOrManages = permission<Nonconformity, Facts>({
  code: (actor, { raisedBy }) => actor.id === raisedBy || isIsmsManager(actor),
  sql: '(nonconformity.raised_by = $1 or $2)',
  refusal: async (_tx, _command, { reference, raisedByName }) =>
    `What was found stands in the words of ${raisedByName}: once ${reference} is contained, only they or the ISMS manager change it.`,
});

const ismsManager = (done: string) =>
  ismsManagerAlone<Nonconformity, Facts>(
    ({ reference }) => `${reference} can be ${done} by the ISMS manager only.`,
  );

/** @param person  SQL for an id */
const ownsAction = (person: string) =>
  `(exists (select from corrective_action action where action.nonconformity_id = nonconformity.id
    and action.owner_id = ${person})
  or exists (select from request join corrective_action action on action.id = request.record_id
    where action.nonconformity_id = nonconformity.id and request.kind = 'delegation'
    and request.asked_by = ${person} and request.state = 'agreed'))`;
/** Of a major, nobody either who leads it or verified one of its actions. @param person  SQL for an id */
const isInvolved = (person: string) => `(${ownsAction(person)} or (nonconformity.grade = 'major'
  and (nonconformity.owner_id = ${person} or exists (select from corrective_action action
    where action.nonconformity_id = nonconformity.id and action.verified_by = ${person}))))`;
/** @param person  SQL for an id */
const mayJudgeSql = (person: string) =>
  `exists (select from person where person.id = ${person} and active and not ${isInvolved('person.id')})`;

/** Who may not judge whether it worked: whoever did something for it, and of a major whoever led or verified. */
export function involvedIn(
  { grade, ownerId }: Pick<Nonconformity, 'grade' | 'ownerId'>,
  { owners, verifiers }: Pick<Facts, 'owners' | 'verifiers'>,
): number[] {
  return grade === 'major' ? [...owners, ownerId, ...verifiers] : [...owners];
}

/** What keeps somebody from judging it, said to them and of them; null for whoever may. */
export function involvement(
  { grade, ownerId }: Pick<Nonconformity, 'grade' | 'ownerId'>,
  { owners, verifiers }: Pick<Facts, 'owners' | 'verifiers'>,
  personId: number,
): { you: string; they: string } | null {
  if (owners.includes(personId)) return { you: 'own an action of', they: 'owns an action of' };
  if (grade !== 'major') return null;
  if (ownerId === personId) return { you: 'lead', they: 'leads' };
  return verifiers.includes(personId)
    ? { you: 'verified an action of', they: 'verified an action of' }
    : null;
}

/** Nobody who leads it or owns one of its actions. */
export const approvesPlan = permission<Nonconformity, Facts>({
  code: (actor, { approverId, ownerId }, { owners }) =>
    (actor.id === approverId || isIsmsManager(actor)) && actor.id !== ownerId && !owners.includes(actor.id),
  sql: `((nonconformity.approver_id = $1 or ($2 and not ${isHereSql('nonconformity.approver_id')}))
    and nonconformity.owner_id <> $1 and not ${ownsAction('$1')})`,
  async refusal(tx, { actor }, { reference, approverId, ownerId }, { owners }) {
    const approvers = await deciderNames(tx, [approverId], [ownerId, ...owners]);
    if (actor.id !== approverId && !isIsmsManager(actor))
      return `The plan of ${reference} can be approved by ${approvers} only.`;
    return `You ${owners.includes(actor.id) ? 'own an action of' : 'lead'} ${reference}, so somebody else has to approve its plan: ${approvers}.`;
  },
});

/** Nobody who is involved. The list is of whom it is asked: the checker, else the approver, else the ISMS managers. */
const checksIt = permission<Nonconformity, Facts>({
  code: (actor, nonconformity, facts) =>
    involvement(nonconformity, facts, actor.id) === null &&
    ([nonconformity.checkerId, nonconformity.approverId].includes(actor.id) || isIsmsManager(actor)),
  sql: `(not ${isInvolved('$1')} and (nonconformity.checker_id = $1 or (not ${mayJudgeSql('nonconformity.checker_id')}
    and (nonconformity.approver_id = $1 or ($2 and not ${mayJudgeSql('nonconformity.approver_id')})))))`,
  async refusal(tx, { actor }, nonconformity, facts) {
    const { reference, checkerId, approverId } = nonconformity;
    const who = await deciderNames(tx, [checkerId, approverId], involvedIn(nonconformity, facts));
    const involved = involvement(nonconformity, facts, actor.id);
    return involved === null
      ? `Whether ${reference} worked can be checked by ${who} only.`
      : `You ${involved.you} ${reference}, so somebody else has to check whether it worked: ${who}.`;
  },
});

/** What of a record its states ask for, alike in a row of the table and in one that is brought from elsewhere. */
export type Held = Pick<Nonconformity, 'grade' | 'state'> & {
  [Column in HeldColumn]: unknown;
} & { [Column in (typeof checkColumns)[number]]?: unknown };
type HeldColumn = 'correction' | 'correctionSkipped' | 'rootCause' | 'similarResult' | 'similarSearchedAt' | 'planApprovedBy' | 'planApprovedAt'
  | 'criterion' | 'checkDueOn' | 'ismsChangeNeeded' | 'changeWaivedAt' | 'decision' | 'decisionReason' | 'closedBy' | 'closedAt'; // prettier-ignore
/** Of its last check; an import brings them beside the record. */
const checkColumns = ['checkBy', 'checkedAt', 'checkMethod', 'checkResult', 'checkFindings'] as const;
type Wanted = Need<Held, Facts>;

function filled(...columns: readonly (HeldColumn | (typeof checkColumns)[number])[]): Wanted[] {
  return columns.map((column) => ({
    lacks: columnOf(column),
    met: (row) => row[column] !== null && row[column] !== undefined,
  }));
}

const givenUp = ['declined', 'cancelled'];
const correction: Wanted = {
  lacks: 'correction or correction_skipped',
  met: (row) => row.correction !== null || row.correctionSkipped !== null,
};
const anAction: Wanted = {
  lacks: 'an action with an owner and a due date in the file of actions',
  met: (_row, { plan }) =>
    plan.some(({ purpose, state }) => purpose !== 'correction' && !givenUp.includes(state)),
};
const approval = filled('planApprovedBy', 'planApprovedAt');
const approvalOfMajor = approval.map(({ lacks, met }): Wanted => ({
  lacks,
  met: (row, facts) => row.grade !== 'major' || met(row, facts),
}));
const verified: Wanted = {
  lacks: 'a verified action',
  met: (_row, { plan }) =>
    plan.some(({ purpose, state }) => purpose !== 'correction' && state === 'verified'),
};
const finished: Wanted = {
  lacks: null,
  met: (_row, { plan }) => plan.every(({ state }) => ['verified', ...givenUp].includes(state)),
};
/** e: no change is needed, or it is made, or somebody answers for going without. */
const ismsChanged: Wanted = {
  lacks: null,
  met: ({ ismsChangeNeeded, changeWaivedAt }, { plan }) =>
    ismsChangeNeeded === false ||
    (changeWaivedAt ?? null) !== null ||
    plan.some(({ purpose, state }) => purpose === 'isms_change' && state === 'verified'),
};
/** Whoever asked after the check of a record finds these, each by its column. */
export const checkNeeds = filled('criterion', ...checkColumns);

/** Once it is contained, what was found is worded anew by whoever found it, not by whoever leads. */
const amend = { by: leadsIt };
const reword = { by: raisedOrManages };
/** The certification body goes on after we have closed it. */
const noteBody = { by: leadsIt };
const regrade = { by: ismsManager('graded') };
const reject = {
  to: 'rejected',
  by: ismsManager('rejected'),
  leaves: filled('decisionReason'),
} as const;
const reopen = { to: 'open', by: leadsIt } as const;
const cause = { recordCause: { by: leadsIt }, recordSimilar: { by: leadsIt } };
/** What puts right what was found may be added until it ends. */
const addCorrection = { by: leadsIt };
const planning = {
  addAction: { by: leadsIt },
  addCorrection,
  sendPlan: { by: leadsIt },
  planCheck: { by: leadsIt },
  answerChange: { by: leadsIt },
};
/** The plan was done: another action makes it another plan. */
const afterwards = {
  addAction: { to: 'action_planned', by: leadsIt },
  addCorrection,
  planCheck: { by: leadsIt },
  answerChange: { by: leadsIt },
  waiveChange: { by: approvesPlan },
} as const;

export const breachStates = declareStates<NonconformityState, Nonconformity, Facts, Held>('open', {
  open: {
    contain: { to: 'contained', by: leadsOrRaised, leaves: [correction] },
    skip: { to: 'contained', by: leadsIt, leaves: [correction] },
    addCorrection,
    reject,
    amend: { by: leadsOrRaised },
    reword: { by: leadsOrRaised },
    noteBody,
    regrade,
  },
  contained: {
    ...cause,
    addCorrection,
    findCause: {
      to: 'cause_found',
      by: null,
      needs: filled('rootCause', 'similarResult', 'similarSearchedAt'),
    },
    amend,
    reword,
    noteBody,
    reject,
    regrade,
  },
  cause_found: {
    ...cause,
    ...planning,
    plan: { to: 'action_planned', by: leadsIt, needs: [anAction, ...approvalOfMajor] },
    approve: { to: 'action_planned', by: approvesPlan, needs: [anAction] },
    amend,
    reword,
    noteBody,
    reject,
    regrade,
  },
  action_planned: {
    ...planning,
    approve: { by: approvesPlan, needs: [anAction] },
    waiveChange: { by: approvesPlan },
    implement: { to: 'implemented', by: null, needs: [...approval, verified, finished] },
    amend,
    reword,
    noteBody,
    reject,
    regrade,
  },
  implemented: {
    ...afterwards,
    book: { to: 'verifying', by: null, needs: filled('criterion'), leaves: filled('checkDueOn') },
    amend,
    reword,
    noteBody,
    reject,
    regrade,
  },
  verifying: {
    ...afterwards,
    findEffective: {
      to: 'closed',
      by: checksIt,
      needs: [finished, ismsChanged],
      leaves: [...checkNeeds, ...filled('closedBy', 'closedAt')],
    },
    findIneffective: { to: 'cause_found', by: checksIt },
    amend,
    reword,
    noteBody,
    reject,
    regrade,
  },
  closed: { reopen, noteBody },
  rejected: { reopen: { to: 'open', by: ismsManager('opened again') } },
});

const settle = {
  to: 'closed',
  by: leadsIt,
  leaves: filled('decision', 'decisionReason', 'closedBy', 'closedAt'),
} as const;

export const improvementStates = declareStates<NonconformityState, Nonconformity, Facts, Held>('open', {
  open: {
    addAction: { by: leadsIt },
    sendPlan: { by: leadsIt },
    plan: { to: 'action_planned', by: leadsIt, needs: [anAction] },
    settle,
    reject,
    amend: { by: leadsOrRaised },
    reword: { by: leadsOrRaised },
    noteBody,
    regrade,
  },
  action_planned: { addAction: { by: leadsIt }, settle, reject, amend, reword, noteBody, regrade },
  closed: { reopen, noteBody },
  rejected: { reopen: { to: 'open', by: ismsManager('opened again') } },
});

export function statesOf(
  nonconformity: Pick<Nonconformity, 'grade'>,
): States<NonconformityState, Nonconformity, Facts, Held> {
  return isImprovement(nonconformity) ? improvementStates : breachStates;
}
