/** Every move of every record from every state by everybody: what these tables do not allow is refused and changes nothing. */
import { beforeEach, expect, it } from 'vitest';
import type { Queryable } from '../../src/db/database.ts';
import { acceptAction, cancelAction, claimDone, declineAction, reportProgress, returnAction, startAction, verifyAction, editAction } from '../../src/isms/corrective-action/moves.ts'; // prettier-ignore
import { lockAction } from '../../src/isms/corrective-action/corrective-action.ts';
import { answerChange, parentOf, proposeAction } from '../../src/isms/nonconformity/actions.ts';
import { answerDelegation, offerAction } from '../../src/isms/corrective-action/delegation.ts';
import { decideDueChange, requestDueChange } from '../../src/isms/corrective-action/due-change.ts';
import { checkEffectiveness } from '../../src/isms/nonconformity/effectiveness.ts';
import { submitEvidence } from '../../src/isms/register/evidence.ts';
import { contain, recordCause, recordSimilar, regrade, rejectNonconformity, reopenNonconformity, settleImprovement, skipContainment } from '../../src/isms/nonconformity/moves.ts'; // prettier-ignore
import { planCheck } from '../../src/isms/nonconformity/check-plan.ts';
import { approvePlan, planActions } from '../../src/isms/nonconformity/plan.ts';
import { amendNonconformity } from '../../src/isms/nonconformity/amend.ts';
import { lockNonconformity } from '../../src/isms/nonconformity/nonconformity.ts';
import { decideProposal, lockPending } from '../../src/records/proposal.ts';
import { addNote } from '../../src/isms/register/note.ts';
import { describeOnDatabases } from '../support/databases.ts';
// prettier-ignore
import {
  address, commandOf, givenAction, givenEvidence, givenNonconformity, givenPlaces, insert, now, places, refusalOf, rulesOf,
  surprises, undone, type Attempts, type People, type Place,
} from './given-register.ts';

const anyPart = 'owner raiser approver checker actor manager';
const untilClosed = 'open contained cause_found action_planned implemented verifying';

const minor = rulesOf(`
  move             | from                                             | by                       | to
  contain          | open                                             | owner raiser manager     | contained
  skip containment | open                                             | owner manager            | contained
  record cause     | contained cause_found                            | owner manager            | =
  record similar   | contained cause_found                            | owner manager            | =
  add action       | cause_found action_planned                       | owner manager            | =
  add action       | implemented verifying                            | owner manager            | action_planned
  add correction   | ${untilClosed}                                   | owner manager            | =
  answer change    | cause_found action_planned verifying             | owner manager            | =
  answer change    | implemented                                      | owner manager            | verifying
  plan             | cause_found                                      | owner manager            | action_planned
  approve          | cause_found                                      | approver manager         | action_planned
  approve          | action_planned                                   | approver manager         | =
  plan check       | cause_found action_planned verifying             | owner manager            | =
  plan check       | implemented                                      | owner manager            | verifying
  find effective   | verifying                                        | checker approver manager | closed
  find partly      | verifying                                        | checker approver manager | cause_found
  reopen           | closed                                           | owner manager            | open
  reject           | ${untilClosed}                                   | manager                  | rejected
  reopen           | rejected                                         | manager                  | open
  make major       | ${untilClosed}                                   | manager                  | =
  make observation | open                                             | manager                  | =
  make observation | contained cause_found                            | manager                  | open
  make observation | action_planned implemented verifying             | manager                  | action_planned
  settle           | never                                            | nobody                   | =
  correct title    | open                                             | owner raiser manager     | =
  correct title    | contained cause_found action_planned implemented verifying | owner manager  | =
  give away        | ${untilClosed}                                   | owner manager            | =
  choose approver  | ${untilClosed}                                   | manager                  | =
  attach           | ${untilClosed}                                   | ${anyPart}               | =
  note             | ${untilClosed} closed rejected                   | ${anyPart}               | =
`);
const major = rulesOf(`
  move             | from                                             | by                       | to
  plan             | never                                            | nobody                   | =
  approve          | cause_found                                      | approver manager         | action_planned
  approve          | action_planned                                   | approver manager         | =
  find effective   | verifying                                        | checker manager          | closed
`);
const improvement = rulesOf(`
  move             | from                                             | by                       | to
  contain          | never                                            | nobody                   | =
  skip containment | never                                            | nobody                   | =
  record cause     | never                                            | nobody                   | =
  record similar   | never                                            | nobody                   | =
  add action       | open action_planned                              | owner manager            | =
  plan             | open                                             | owner manager            | action_planned
  approve          | never                                            | nobody                   | =
  plan check       | never                                            | nobody                   | =
  find effective   | never                                            | nobody                   | =
  settle           | open action_planned                              | owner manager            | closed
  reopen           | closed                                           | owner manager            | open
  reopen           | rejected                                         | manager                  | open
  reject           | open action_planned                              | manager                  | rejected
  make observation | open action_planned                              | manager                  | =
  make major       | open                                             | manager                  | =
  make major       | action_planned                                   | manager                  | cause_found
`);

const action = rulesOf(`
  move      | from                                       | by                     | to
  accept    | proposed                                   | actor                   | accepted
  decline   | proposed                                   | actor                   | declined
  start     | proposed accepted                          | actor                   | in_progress
  progress  | proposed accepted in_progress              | actor                   | in_progress
  claim     | proposed accepted in_progress              | actor                   | done_claimed
  verify    | done_claimed                               | owner approver manager | verified
  return    | done_claimed                               | owner approver manager | in_progress
  cancel    | proposed accepted in_progress done_claimed | approver manager       | cancelled
  more time | proposed accepted in_progress              | actor                   | =
  hand over | proposed accepted in_progress              | actor owner manager     | =
  edit      | proposed accepted in_progress              | owner manager           | =
  attach    | proposed accepted in_progress done_claimed | ${anyPart}             | =
  note      | proposed accepted in_progress done_claimed verified declined cancelled | ${anyPart} | =
`);

const dueChange = rulesOf(`
  move    | from      | by               | to
  approve | requested | approver manager | approved
  refuse  | requested | approver manager | refused
`);

const delegation = rulesOf(`
  move    | from    | by    | to
  take    | offered | assignee | taken
  decline | offered | assignee | declined
`);

const card = rulesOf(`
  move    | from  | by   | to
  confirm | shown | actor | applied
  cancel  | shown | actor | cancelled
`);

/**
 * What becomes of evidence: before | its action is claimed done | verified | returned | the same is attached again. `refused` is
 * the move that needs evidence which counts.
 */
const evidence = `
  requested | requested | refused  | requested | submitted
  submitted | in_review | accepted | rejected  | submitted
  in_review | in_review | accepted | rejected  | in_review
  accepted  | accepted  | accepted | accepted  | accepted
  rejected  | rejected  | refused  | rejected  | submitted
  expiring  | expiring  | expiring | expiring  | expiring
  expired   | expired   | refused  | expired   | submitted
`;

const nc = 'NC-2027-001';
const ca = 'CA-2027-001';
const checked = { method: 'Sample', findings: 'None' };
const link = { kind: 'link' as const, address: `${address}/2` };

describeOnDatabases('the moves', (test) => {
  let people: People;
  beforeEach(async () => {
    people = await givenPlaces(test.db);
  });
  const everybody = Object.keys(places) as Place[];
  const withoutAssignee = everybody.filter((place) => place !== 'assignee');

  const amend = (values: Parameters<typeof amendNonconformity>[3]) => (tx: Queryable, command: Attempt[1]) =>
    amendNonconformity(tx, command, nc, values);
  type Attempt = Parameters<Attempts['moves'][string]>;
  const nonconformityMoves = (): Attempts['moves'] => ({
    contain: (tx, command) => contain(tx, command, nc, { correction: 'Closed them' }),
    'skip containment': (tx, command) => skipContainment(tx, command, nc, 'Nothing is left open'),
    'record cause': (tx, command) =>
      recordCause(tx, command, nc, { method: 'other', rootCause: 'Trigger', chain: [] }),
    'record similar': (tx, command) => recordSimilar(tx, command, nc, { result: 'None', linked: [] }),
    'add action': (tx, command) =>
      proposeAction(tx, command, nc, {
        description: 'More',
        ownerId: people.assignee.id,
        dueOn: '2027-05-01',
      }),
    'add correction': (tx, command) =>
      proposeAction(tx, command, nc, {
        purpose: 'correction',
        description: 'Close the other seven',
        ownerId: people.assignee.id,
        dueOn: '2027-05-01',
      }),
    'answer change': (tx, command) => answerChange(tx, command, nc, null),
    plan: (tx, command) => planActions(tx, command, nc),
    approve: (tx, command) => approvePlan(tx, command, nc),
    'plan check': (tx, command) =>
      planCheck(tx, command, nc, { criterion: 'None in 30', checkerId: people.assignee.id }),
    'find effective': (tx, command) =>
      checkEffectiveness(tx, command, nc, { ...checked, result: 'effective' }),
    'find partly': (tx, command) => checkEffectiveness(tx, command, nc, { ...checked, result: 'partly' }),
    reopen: (tx, command) => reopenNonconformity(tx, command, nc, 'It came back'),
    reject: (tx, command) => rejectNonconformity(tx, command, nc, 'It was none'),
    'make major': (tx, command) => regrade(tx, command, nc, 'major', 'Everywhere'),
    'make observation': (tx, command) => regrade(tx, command, nc, 'observation', 'Slight'),
    settle: (tx, command) => settleImprovement(tx, command, nc, 'accepted', 'A good idea'),
    'correct title': amend({ title: 'Accounts of leavers' }),
    'give away': amend({ ownerId: people.assignee.id }),
    'choose approver': amend({ approverId: people.assignee.id }),
    attach: async (tx, command) =>
      submitEvidence(tx, command, {
        parent: parentOf(await lockNonconformity(tx, nc)),
        action: null,
        purpose: 'correction',
        exhibit: link,
      }),
    note: async (tx, command) =>
      addNote(tx, command, parentOf(await lockNonconformity(tx, nc)), null, 'Seen'),
  });
  const stateOf =
    (table: string, id = 1) =>
    async (tx: Queryable) =>
      (await tx.query(`select state from ${table} where id >= $1 order by id limit 1`, [id])).rows[0]?.state;

  /** Its one action, as far as it is in that state. */
  const actionIn: Record<string, string> = {
    cause_found: 'proposed',
    action_planned: 'in_progress',
    implemented: 'verified',
    verifying: 'verified',
    closed: 'verified',
  };

  it.each([
    ['a minor non-conformity', 'minor', minor, `${untilClosed} closed rejected`],
    ['a major non-conformity', 'major', major, `${untilClosed} closed rejected`],
    ['an opportunity for improvement', 'ofi', improvement, 'open action_planned closed rejected'],
  ])('of %s are those of the table', async (_name, grade, rules, states) => {
    const found: string[] = [];
    for (const state of states.split(' ')) {
      await undone(test.db, async (tx) => {
        const id = await givenNonconformity(tx, people, state, { grade });
        const of = grade === 'ofi' && state !== 'rejected' ? 'verified' : (actionIn[state] ?? 'cancelled');
        await givenAction(tx, people, id, of);
        const stateNow = stateOf('nonconformity', id);
        for (const by of withoutAssignee)
          found.push(
            ...(await surprises(tx, people, { rules, state, by, moves: nonconformityMoves(), stateNow })),
          );
      });
    }

    expect(found).toEqual([]);
  });

  it('of a corrective action are those of the table', async () => {
    const moves: Attempts['moves'] = {
      accept: (tx, command) => acceptAction(tx, command, ca),
      decline: (tx, command) => declineAction(tx, command, ca, 'Not mine'),
      start: (tx, command) => startAction(tx, command, ca),
      progress: (tx, command) => reportProgress(tx, command, ca, 40),
      claim: (tx, command) => claimDone(tx, command, ca),
      verify: (tx, command) => verifyAction(tx, command, ca),
      return: (tx, command) => returnAction(tx, command, ca, 'One is left'),
      cancel: (tx, command) => cancelAction(tx, command, ca, 'Not needed'),
      'more time': (tx, command) =>
        requestDueChange(tx, command, ca, { toDueOn: '2027-05-01', reason: 'Vendor' }),
      edit: (tx, command) =>
        editAction(tx, command, ca, { description: 'HR tells IT at once', expectedEvidence: null }),
      'hand over': (tx, command) =>
        offerAction(tx, command, ca, { toId: people.assignee.id, note: 'Please' }),
      attach: async (tx, command) =>
        submitEvidence(tx, command, { ...(await lockAction(tx, ca)), purpose: 'action', exhibit: link }),
      note: async (tx, command) => {
        const locked = await lockAction(tx, ca);
        return addNote(tx, command, locked.parent, locked.action, 'Seen');
      },
    };
    const states = 'proposed accepted in_progress done_claimed verified declined cancelled';

    const found: string[] = [];
    for (const state of states.split(' ')) {
      await undone(test.db, async (tx) => {
        const approved = { plan_approved_by: people.approver.id, plan_approved_at: now };
        const values = { ...approved, checker_id: people.checker.id };
        const nonconformityId = await givenNonconformity(tx, people, 'action_planned', values);
        const actionId = await givenAction(tx, people, nonconformityId, state);
        await givenEvidence(tx, people, { nonconformityId, actionId });
        const stateNow = stateOf('corrective_action', actionId);
        for (const by of withoutAssignee)
          found.push(...(await surprises(tx, people, { rules: action, state, by, moves, stateNow })));
      });
    }

    expect(found).toEqual([]);
  });

  it('of a request for more time, of an offer and of a card are those of their tables', async () => {
    const found: string[] = [];
    const tryAll = (
      rules: typeof action,
      states: string,
      table: string,
      given: (tx: Queryable, actionId: number, state: string) => Promise<{ id: number }>,
      moves: (id: number) => Attempts['moves'],
    ) =>
      Promise.all(
        states.split(' ').map((state) =>
          undone(test.db, async (tx) => {
            const nonconformityId = await givenNonconformity(tx, people, 'action_planned');
            const { id } = await given(
              tx,
              await givenAction(tx, people, nonconformityId, 'in_progress'),
              state,
            );
            const stateNow = stateOf(table, id);
            for (const by of everybody)
              found.push(...(await surprises(tx, people, { rules, state, by, moves: moves(id), stateNow })));
          }),
        ),
      );

    await tryAll(
      dueChange,
      'requested approved refused',
      'due_change',
      (tx, action_id, state) =>
        insert(tx, 'due_change', {
          action_id, state, from_due_on: '2027-04-01', to_due_on: '2027-05-01', reason: 'Vendor', requested_by: people.actor.id,
          requested_at: now, approver_id: people.approver.id,
          ...(state === 'requested' ? {} : { decided_by: people.manager.id, decided_by_name: 'Ines Isms', decided_at: now }),
        }), // prettier-ignore
      (id) => ({
        approve: (tx, command) => decideDueChange(tx, command, id, 'approved'),
        refuse: (tx, command) => decideDueChange(tx, command, id, 'refused', 'Too late'),
      }),
    );
    await tryAll(
      delegation,
      'offered taken declined withdrawn',
      'delegation',
      (tx, action_id, state) =>
        insert(tx, 'delegation', {
          action_id, state, from_id: people.actor.id, to_id: people.assignee.id, note: 'Please', offered_at: now,
          decided_at: state === 'offered' ? null : now,
        }), // prettier-ignore
      (id) => ({
        take: (tx, command) => answerDelegation(tx, command, id, 'taken'),
        decline: (tx, command) => answerDelegation(tx, command, id, 'declined', 'No time'),
      }),
    );
    const { id: input_id } = await insert(test.db, 'inbox', {
      platform: 'test',
      event_id: '1',
      state: 'done',
    });
    for (const old of [false, true])
      await tryAll(
        old ? [] : card,
        'shown confirmed applied cancelled expired conflict',
        'proposal',
        (tx, _action, state) =>
          insert(tx, 'proposal', {
            person_id: people.actor.id, input_id, state, changes: '[]', shown_at: now,
            expires_at: new Date(now.getTime() + (old ? -1 : 1)), decided_at: state === 'shown' ? null : now,
          }), // prettier-ignore
        (id) => ({
          confirm: async (tx, command) =>
            decideProposal(tx, command, await lockPending(tx, command, id), 'applied'),
          cancel: async (tx, command) =>
            decideProposal(tx, command, await lockPending(tx, command, id), 'cancelled'),
        }),
      );

    expect(found).toEqual([]);
  });

  it('of an action lead its evidence where the table says', async () => {
    const moves = [
      ['in_progress', claimDone],
      ['done_claimed', verifyAction],
      ['done_claimed', (tx: Queryable, command: Attempt[1]) => returnAction(tx, command, ca, 'One is left')],
      [
        'in_progress',
        async (tx: Queryable, command: Attempt[1]) =>
          submitEvidence(tx, command, {
            ...(await lockAction(tx, ca)),
            purpose: 'action',
            exhibit: { ...link, address },
          }),
      ],
    ] as const;

    const seen = [];
    for (const line of evidence.trim().split('\n')) {
      const [state = ''] = line.split('|').map((cell) => cell.trim());
      const outcomes = [state];
      for (const [at, [from, doing]] of moves.entries()) {
        outcomes.push(
          await undone(test.db, async (tx) => {
            const nonconformityId = await givenNonconformity(tx, people, 'action_planned');
            const actionId = await givenAction(tx, people, nonconformityId, from);
            await givenEvidence(tx, people, { nonconformityId, actionId }, state);
            const command = commandOf(from === 'in_progress' ? people.actor : people.owner);
            const refused = await refusalOf(doing(tx, command, ca));
            return refused !== null && at === 1 ? 'refused' : String(await stateOf('evidence')(tx));
          }),
        );
      }
      seen.push(outcomes);
    }

    expect(seen).toEqual(
      evidence
        .trim()
        .split('\n')
        .map((line) => line.split('|').map((cell) => cell.trim())),
    );
  });
});
