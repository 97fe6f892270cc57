/** What stands between a record and its next state: what is missing, who can supply it, and who was faster. */
import { beforeEach, expect, it } from 'vitest';
import type { Queryable } from '../../src/db/database.ts';
import { cancelAction, claimDone, declineAction, verifyAction } from '../../src/isms/corrective-action/moves.ts'; // prettier-ignore
import { selectAction } from '../../src/isms/corrective-action/corrective-action.ts';
import { parentOf, proposeAction } from '../../src/isms/nonconformity/actions.ts';
import type { CommandContext } from '../../src/records/command-context.ts';
import { answerDelegation, offerAction } from '../../src/isms/corrective-action/delegation.ts';
import { decideDueChange, requestDueChange } from '../../src/isms/corrective-action/due-change.ts';
import { checkEffectiveness, selectChecker } from '../../src/isms/nonconformity/effectiveness.ts';
import { submitEvidence } from '../../src/isms/register/evidence.ts';
// prettier-ignore
import {
  recordCause, recordSimilar, regrade, reopenNonconformity, settleImprovement,
} from '../../src/isms/nonconformity/moves.ts';
import { planCheck } from '../../src/isms/nonconformity/check-plan.ts';
import { approvePlan, planActions } from '../../src/isms/nonconformity/plan.ts';
// prettier-ignore
import {
  raiseNonconformity, selectCycles, selectNonconformity,
} from '../../src/isms/nonconformity/nonconformity.ts';
import { amendNonconformity } from '../../src/isms/nonconformity/amend.ts';
import { describeOnDatabases } from '../support/databases.ts';
// prettier-ignore
import {
  commandOf, fresh, givenAction, givenPlaces, givenRecords, insert, now, refusalOf, undone, type Given, type People,
} from './given-register.ts';

const nc = 'NC-2027-001';
const ca = 'CA-2027-001';
const effective = {
  method: 'Sample',
  findings: 'None',
  result: 'effective',
} as const;
const approved = { plan_approved_by: 1, plan_approved_by_name: 'Ana Approver', plan_approved_at: now };

describeOnDatabases('a gate', (test) => {
  let people: People;
  let by: Record<keyof People, CommandContext>;
  beforeEach(async () => {
    people = await givenPlaces(test.db);
    by = Object.fromEntries(
      Object.entries(people).map(([place, person]) => [place, commandOf(person)]),
    ) as typeof by;
  });

  /** Does it from there, undoes it all, and gives what came of it. */
  const from = <T>(
    start: Given,
    doing: (tx: Queryable, ids: { nonconformityId: number; actionId: number }) => Promise<T>,
  ) => undone(test.db, async (tx) => doing(tx, await givenRecords(tx, people, start)));

  it('that is shut says the state, what is missing, and who can supply it', async () => {
    const planned = { nc: 'action_planned', values: approved };
    const cases: [Given, (tx: Queryable) => Promise<unknown>, RegExp][] = [
      [{ nc: 'open' }, (tx) => recordCause(tx, by.owner, nc, { method: 'other', rootCause: 'x', chain: [] }),
        /is open \(by Ines Isms on 1 February 2027 at 10:00\)\. What was done at once comes next; Olga Owner or the ISMS manager can record it/],
      [{ nc: 'contained', values: { root_cause: 'x' } }, (tx) => planActions(tx, by.owner, nc),
        /is contained.*similar ones come first; Olga Owner or the ISMS manager/],
      [{ nc: 'contained', values: { root_cause: 'x' } }, (tx) => reopenNonconformity(tx, by.owner, nc, 'x'), /search for similar ones comes next; Olga/],
      [{ nc: 'open' }, (tx) => proposeAction(tx, by.owner, nc, { description: 'x', ownerId: 1, dueOn: '2027-04-01' }), /Actions answer a cause.*Olga Owner/],
      [{ nc: 'contained' }, (tx) => recordCause(tx, by.owner, nc, { method: 'five_whys', rootCause: 'x', chain: [] }), /at least one why/],
      [{ nc: 'cause_found' }, (tx) => planActions(tx, by.owner, nc), /has no action .*owner and a due date; Olga Owner/],
      [{ nc: 'cause_found', ca: 'declined' }, (tx) => approvePlan(tx, by.approver, nc), /has no action that is not declined/],
      [{ nc: 'action_planned', ca: 'cancelled' }, (tx) => approvePlan(tx, by.approver, nc), /has no action that is not declined/],
      [{ nc: 'action_planned', ca: 'cancelled' }, (tx) => reopenNonconformity(tx, by.owner, nc, 'x'), /All its actions were declined or cancelled; Olga Owner/],
      [{ nc: 'cause_found', ca: 'accepted', values: { grade: 'major' } }, (tx) => planActions(tx, by.owner, nc),
        /is a major: its plan needs the approval of Ana Approver or the ISMS manager/],
      [{ nc: 'action_planned', ca: 'verified' }, (tx) => reopenNonconformity(tx, by.owner, nc, 'x'), /plan is to be approved by Ana Approver/],
      [{ nc: 'cause_found', ca: 'accepted' }, (tx) => approvePlan(tx, by.owner, nc), /approved by Ana Approver or the ISMS manager only/],
      [{ nc: 'cause_found', ca: 'accepted', values: { owner_id: people.manager.id } }, (tx) => approvePlan(tx, by.manager, nc), /You lead.*: Ana Approver\.$/],
      [{ nc: 'cause_found', ca: 'accepted', action: { owner_id: people.manager.id } }, (tx) => approvePlan(tx, by.manager, nc), /You own an action.*: Ana Approver\.$/],
      [{ nc: 'cause_found', ca: 'accepted', values: { approver_id: null }, action: { owner_id: people.manager.id } }, (tx) => approvePlan(tx, by.manager, nc),
        /You own an action.*an approver whom the ISMS manager has to choose first/],
      [{ ...planned, ca: 'done_claimed' }, (tx) => verifyAction(tx, by.owner, ca), /no evidence shows that it was done.*Dora Actor can attach/],
      [{ ...planned, ca: 'done_claimed', action: { owner_id: people.owner.id }, proven: true }, (tx) => verifyAction(tx, by.owner, ca),
        /is yours, so somebody else has to verify it: Ana Approver or the ISMS manager/],
      [{ nc: 'action_planned', values: { owner_id: people.manager.id, approver_id: null }, ca: 'done_claimed', action: { owner_id: people.manager.id }, proven: true },
        (tx) => verifyAction(tx, by.manager, ca), /is yours.*an approver whom the ISMS manager has to choose first/],
      [{ ...planned, ca: 'verified' }, (tx) => claimDone(tx, by.actor, ca), /is verified as done \(by you on 1 February 2027 at 10:00\)/],
      [{ ...planned, ca: 'accepted' }, (tx) => cancelAction(tx, by.owner, ca, 'x'), /cancelled by Ana Approver or the ISMS manager only/],
      [{ nc: 'verifying', ca: 'verified', values: { check_due_on: '2027-03-02' } }, (tx) => checkEffectiveness(tx, by.checker, nc, effective), /due on 2 March 2027/],
      [{ nc: 'verifying', ca: 'verified', action: { owner_id: people.checker.id } }, (tx) => checkEffectiveness(tx, by.checker, nc, effective),
        /You own an action.*somebody else has to check whether it worked: Ana Approver or the ISMS manager/],
      [{ nc: 'verifying', ca: 'verified' }, (tx) => planCheck(tx, by.owner, nc, { criterion: 'x', checkerId: people.actor.id }), /Dora Actor owns an action/],
      [{ nc: 'verifying', ca: 'verified' }, (tx) => planCheck(tx, by.owner, nc, { criterion: 'x', dueOn: '2027-02-28' }), /28 February 2027 is past/],
      [{ nc: 'closed', ca: 'verified' }, (tx) => checkEffectiveness(tx, by.checker, nc, effective), /is closed \(by Ines Isms on .*can open it again/],
      [{ nc: 'open', values: { grade: 'ofi' }, ca: 'accepted' }, (tx) => settleImprovement(tx, by.owner, nc, 'accepted', 'x'), /CA-2027-001 is not finished/],
      [{ nc: 'verifying', ca: 'verified' }, (tx) => settleImprovement(tx, by.owner, nc, 'accepted', 'x'), /waiting for the check.*20 February 2027, by Chen Checker/],
    ]; // prettier-ignore

    for (const [start, doing, said] of cases)
      expect(await from(start, (tx) => refusalOf(doing(tx))), said.source).toMatch(said);
  });

  it('closes when the plan changes after its approval: an action more, one declined, a graver grade', async () => {
    const start = { nc: 'action_planned', values: approved, ca: 'proposed' };
    const approvalAfter = (doing: (tx: Queryable) => Promise<unknown>) =>
      from(start, async (tx, { nonconformityId }) => {
        await doing(tx);
        const { planApprovedAt, planApprovedByName, state } = await selectNonconformity(tx, nonconformityId);
        return [planApprovedAt, planApprovedByName, state];
      });

    const none = [null, null, 'action_planned'];
    const more = { description: 'More', ownerId: people.assignee.id, dueOn: '2027-05-01' };
    expect(await approvalAfter((tx) => proposeAction(tx, by.owner, nc, more))).toEqual(none);
    expect(await approvalAfter((tx) => declineAction(tx, by.actor, ca, 'No'))).toEqual(none);
    expect(await approvalAfter((tx) => regrade(tx, by.manager, nc, 'major', 'Everywhere'))).toEqual(none);
    expect(await approvalAfter((tx) => regrade(tx, by.manager, nc, 'minor', 'Still'))).toEqual([
      now,
      'Ana Approver',
      'action_planned',
    ]);
  });

  it('opens by itself when the last action ends, and stays shut without one that is verified', async () => {
    const start = { nc: 'action_planned', values: { ...approved, criterion: 'None in 20' }, ca: 'verified' };
    const ended = (other: string, doing: (tx: Queryable) => Promise<unknown>, values = {}) =>
      from({ ...start, values: { ...start.values, ...values } }, async (tx, { nonconformityId }) => {
        await givenAction(tx, people, nonconformityId, other, { reference: 'CA-2027-002' });
        await doing(tx);
        const { state, checkDueOn } = await selectNonconformity(tx, nonconformityId);
        return [state, checkDueOn];
      });

    const cancelled = async (tx: Queryable) => {
      await cancelAction(tx, by.approver, 'CA-2', 'Not needed');
      await approvePlan(tx, by.approver, nc);
    };
    expect(await ended('accepted', (tx) => cancelAction(tx, by.approver, 'CA-2', 'Not needed'))).toEqual([
      'action_planned',
      null,
    ]);
    expect(await ended('accepted', cancelled)).toEqual(['verifying', '2027-04-30']);
    expect(
      await ended('declined', (tx) => approvePlan(tx, by.approver, nc), { plan_approved_at: null }),
    ).toEqual(['verifying', '2027-04-30']);
    expect(await ended('proposed', (tx) => declineAction(tx, by.actor, 'CA-2', 'No'))).toEqual([
      'action_planned',
      null,
    ]);
    const chosen = { check_due_on: '2027-06-01' };
    expect(await ended('accepted', cancelled, chosen)).toEqual(['verifying', '2027-06-01']);
    const past = { check_due_on: '2027-02-01' };
    expect(await ended('accepted', cancelled, past)).toEqual(['verifying', '2027-04-30']);
    const alone = await from({ ...start, ca: 'accepted' }, async (tx, { nonconformityId }) => {
      await cancelAction(tx, by.approver, ca, 'Not needed');
      const empty = (await selectNonconformity(tx, nonconformityId)).state;
      await proposeAction(tx, by.owner, nc, {
        description: 'Another',
        ownerId: people.actor.id,
        dueOn: '2027-05-01',
      });
      return [empty, (await approvePlan(tx, by.approver, nc)).state];
    });
    expect(alone).toEqual(['action_planned', 'action_planned']);
  });

  it('of a cause needs both halves, in whichever order, and of a second cycle everything anew', async () => {
    const cause = (tx: Queryable) =>
      recordCause(tx, by.owner, nc, { method: 'other', rootCause: 'Trigger', chain: [] });
    const similar = (tx: Queryable) => recordSimilar(tx, by.owner, nc, { result: 'None', linked: [] });
    for (const [first, second] of [
      [cause, similar],
      [similar, cause],
    ] as const)
      // prettier-ignore
      expect(
        await from({ nc: 'contained', values: { root_cause: null } }, async (tx) => [
          (await first(tx)).state,
          (await second(tx)).state,
        ]),
      ).toEqual(['contained', 'cause_found']);

    const again = await from({ nc: 'closed', ca: 'verified' }, async (tx, { nonconformityId }) => {
      const reopened = await reopenNonconformity(tx, by.owner, nc, 'It came back');
      await tx.query("update nonconformity set state = 'cause_found'");
      return {
        reopened,
        plan: await refusalOf(planActions(tx, by.owner, nc)),
        cycles: await selectCycles(tx, nonconformityId),
      };
    });
    expect(again.reopened).toMatchObject({
      state: 'open', cycle: 2, round: 2, correction: null, rootCause: null, similarSearchedAt: null, planApprovedAt: null, criterion: null,
      closedBy: null, reopenedReason: 'It came back', bodyDueOn: null,
    }); // prettier-ignore
    expect(again.plan).toMatch('has no action');
    expect(again.cycles).toMatchObject([
      { cycle: 1, record: { root_cause: 'No trigger', closed_by_name: 'Ines Isms' } },
    ]);
  });

  it('keeps apart who does and who judges when an action changes hands', async () => {
    const start = { nc: 'action_planned', values: approved, ca: 'proposed' };
    const taken = await from(start, async (tx, { nonconformityId, actionId }) => {
      const change = await requestDueChange(tx, by.actor, ca, { toDueOn: '2027-05-01', reason: 'Vendor' });
      const offer = await offerAction(tx, by.actor, ca, { toId: people.approver.id, note: 'Please' });
      const { action } = await answerDelegation(tx, by.approver, offer.id, 'taken');
      const { rows } = await tx.query(
        "select payload::jsonb ->> 'action' as action from audit_entry order by seq desc limit 1",
      );
      return {
        action,
        last: rows[0]?.action,
        own: await refusalOf(decideDueChange(tx, by.approver, change.id, 'approved')),
        cancel: await refusalOf(cancelAction(tx, by.approver, ca, 'x')),
        asked: await selectChecker(tx, {
          ...(await selectNonconformity(tx, nonconformityId)),
          checkerId: people.actor.id,
        }),
        original: (await selectAction(tx, actionId)).originalDueOn,
      };
    });
    expect(taken).toMatchObject({
      action: { state: 'accepted', ownerId: people.approver.id },
      last: 'corrective_action.accepted',
      asked: people.manager.id,
      original: '2027-04-01',
    });
    expect(taken.own).toMatch(/You own CA-2027-001, so somebody else decides: the ISMS manager/);
    expect(taken.cancel).toMatch(/cancelled by the ISMS manager only/);

    const checker = await from(start, async (tx, { nonconformityId }) => {
      const offer = await offerAction(tx, by.actor, ca, { toId: people.checker.id, note: 'Please' });
      await answerDelegation(tx, by.checker, offer.id, 'taken');
      return (await selectNonconformity(tx, nonconformityId)).checkerId;
    });
    expect(checker).toBe(null);

    const finished = await from(start, async (tx) => {
      const offer = await offerAction(tx, by.actor, ca, { toId: people.assignee.id, note: 'Please' });
      await claimDone(tx, by.actor, ca);
      return refusalOf(answerDelegation(tx, by.assignee, offer.id, 'taken'));
    });
    expect(finished).toMatch(/withdrawn on 1 March 2027/);
  });

  it('is shut for those who left or only read, and names stay as they were', async () => {
    await test.db.query('update person set active = false where id in ($1, $2)', [
      people.assignee.id,
      people.approver.id,
    ]);
    const { assignee, auditor } = people;
    for (const [person, said] of [
      [assignee, /has left/],
      [auditor, /reads only/],
    ] as const) {
      // prettier-ignore
      const to = { toId: person.id, note: 'x' };
      const more = { description: 'x', ownerId: person.id, dueOn: '2027-05-01' };
      const start = { nc: 'action_planned', ca: 'accepted' };
      for (const doing of [
        (tx: Queryable) => offerAction(tx, by.actor, ca, to),
        (tx: Queryable) => proposeAction(tx, by.owner, nc, more),
        (tx: Queryable) => planCheck(tx, by.owner, nc, { criterion: 'x', checkerId: person.id }),
        (tx: Queryable) => amendNonconformity(tx, by.manager, nc, { ownerId: person.id }),
        (tx: Queryable) => amendNonconformity(tx, by.manager, nc, { approverId: person.id }),
        (tx: Queryable) => raiseNonconformity(tx, by.raiser, { ...fresh, ownerId: person.id }),
      ])
        expect(await from(start, (tx) => refusalOf(doing(tx)))).toMatch(said);
    }

    const change = await from({ nc: 'action_planned', ca: 'accepted' }, (tx) =>
      requestDueChange(tx, by.actor, ca, { toDueOn: '2027-05-01', reason: 'Vendor' }),
    );
    const late = await from({ nc: 'closed', ca: 'verified' }, async (tx) => {
      await tx.query("update person set name = 'Somebody Else'");
      return refusalOf(checkEffectiveness(tx, by.checker, nc, effective));
    });
    expect(change.askedOf).toBe(people.manager.id);
    expect(late).toMatch('by Ines Isms on');
  });

  it('leaves nobody approving what they lead, and an owner who was the approver gets another', async () => {
    const both = await from({ nc: 'open' }, (tx) =>
      refusalOf(
        amendNonconformity(tx, by.manager, nc, {
          ownerId: people.assignee.id,
          approverId: people.assignee.id,
        }),
      ),
    );
    const swapped = await from({ nc: 'open' }, (tx) =>
      amendNonconformity(tx, by.owner, nc, { ownerId: people.approver.id }),
    );

    expect(both).toMatch('cannot approve its plan');
    expect([swapped.ownerId, swapped.approverId]).toEqual([people.approver.id, people.manager.id]);
  });

  it('of evidence lets nobody without a part in, and keeps what ended', async () => {
    const exhibit = { kind: 'link' as const, address: 'https://wiki.test.example/9' };
    const attach = (
      tx: Queryable,
      command: CommandContext,
      nonconformityId: number,
      actionId: number | null,
    ) =>
      Promise.all([
        selectNonconformity(tx, nonconformityId),
        actionId === null ? null : selectAction(tx, actionId),
      ]).then(([nonconformity, action]) =>
        submitEvidence(tx, command, { parent: parentOf(nonconformity), action, purpose: 'action', exhibit }),
      );
    const said = await from(
      { nc: 'action_planned', ca: 'verified' },
      async (tx, { nonconformityId, actionId }) => [
        await refusalOf(attach(tx, by.outsider, nonconformityId, null)),
        await refusalOf(attach(tx, by.actor, nonconformityId, actionId)),
      ],
    );

    expect(said[0]).toMatch(/no part in NC-2027-001\. Tell Olga Owner/);
    expect(said[1]).toMatch(/verified as done .*Add it to NC-2027-001 instead/);
  });

  it('raises the same input once, and nothing that is still to come', async () => {
    const { id: inputId } = await insert(test.db, 'inbox', {
      platform: 'test',
      event_id: '1',
      state: 'done',
    });
    const raise = () => test.db.transaction((tx) => raiseNonconformity(tx, { ...by.raiser, inputId }, fresh));

    const [first, second] = [await raise(), await raise()];
    const future = await refusalOf(
      test.db.transaction((tx) =>
        raiseNonconformity(tx, by.raiser, { ...fresh, identifiedOn: '2027-03-02' }),
      ),
    );

    expect(second).toEqual(first);
    expect((await test.db.query('select reference from nonconformity')).rows).toEqual([{ reference: nc }]);
    expect(future).toMatch('2 March 2027 is still to come');
  });
});
