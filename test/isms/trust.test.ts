/** What an auditor relies on: who judges, what was approved, what is kept, and what closing waits for. */
import { beforeEach, expect, it } from 'vitest';
import type { Queryable } from '../../src/db/database.ts';
import { lockAction } from '../../src/isms/corrective-action/corrective-action.ts';
import { decideDueChange, requestDueChange } from '../../src/isms/corrective-action/due-change.ts';
import { cancelAction, claimDone, editAction, verifyAction } from '../../src/isms/corrective-action/moves.ts';
import { answerChange, parentOf, proposeAction, waiveChange } from '../../src/isms/nonconformity/actions.ts';
import { checkChanges, planCheck } from '../../src/isms/nonconformity/check-plan.ts';
import {
  checkEffectiveness,
  selectChecker,
  selectChecks,
} from '../../src/isms/nonconformity/effectiveness.ts';
import { lockNonconformity, selectNonconformity } from '../../src/isms/nonconformity/nonconformity.ts';
import { regrade, rejectNonconformity, reopenNonconformity } from '../../src/isms/nonconformity/moves.ts';
import { approvePlan } from '../../src/isms/nonconformity/plan.ts';
import { submitEvidence } from '../../src/isms/register/evidence.ts';
import type { CommandContext } from '../../src/records/command-context.ts';
import { selectRevisions, selectSnapshots } from '../../src/records/revision.ts';
import { changeSetting } from '../../src/records/setting.ts';
import { describeOnDatabases } from '../support/databases.ts';
import {
  address,
  commandOf,
  givenAction,
  givenNonconformity,
  givenPlaces,
  givenRecords,
  now,
  refusalOf,
  undone,
  type Given,
  type People,
} from './given-register.ts';

const nc = 'NC-2027-001';
const approved = { plan_approved_by_name: 'Ana Approver', plan_approved_at: now };
const major = { grade: 'major' };
const effective = { method: 'Sample of 20', findings: 'None', result: 'effective' } as const;

describeOnDatabases('the record of a non-conformity', (test) => {
  let people: People;
  let by: Record<keyof People, CommandContext>;
  beforeEach(async () => {
    people = await givenPlaces(test.db);
    by = Object.fromEntries(
      Object.entries(people).map(([place, person]) => [place, commandOf(person)]),
    ) as typeof by;
  });
  const from = <T>(start: Given, doing: (tx: Queryable, id: number) => Promise<T>) =>
    undone(test.db, async (tx) => doing(tx, (await givenRecords(tx, people, start)).nonconformityId));

  it('lets nobody check a major who leads it, owned or verified an action of it', async () => {
    const verifying = { nc: 'verifying', ca: 'verified', action: { verified_by: people.checker.id } };

    const said = await from(
      { ...verifying, values: { ...major, approver_id: people.owner.id } },
      async (tx, id) => [
        await refusalOf(checkEffectiveness(tx, by.checker, nc, effective)),
        await refusalOf(checkEffectiveness(tx, by.owner, nc, effective)),
        await refusalOf(planCheck(tx, by.owner, nc, { criterion: 'x', checkerId: people.checker.id })),
        await selectChecker(tx, await selectNonconformity(tx, id)),
        (await checkEffectiveness(tx, by.manager, nc, effective)).state,
      ],
    );
    const minor = await from(verifying, (tx) => checkEffectiveness(tx, by.checker, nc, effective));

    expect(said).toEqual([
      expect.stringMatching(
        /^You verified an action of NC-2027-001, so somebody else .*: the ISMS manager\.$/,
      ),
      expect.stringMatching(/^You lead NC-2027-001, so somebody else/),
      expect.stringMatching(/^Chen Checker verified an action of NC-2027-001/),
      people.manager.id,
      'closed',
    ]);
    expect(minor.state).toBe('closed');
  });

  it('frees a chosen checker of a major who verifies an action of it', async () => {
    const start = {
      nc: 'action_planned',
      values: { ...major, ...approved },
      ca: 'done_claimed',
      proven: true,
    };

    const checker = await from(
      { ...start, values: { ...start.values, checker_id: people.manager.id } },
      async (tx, id) => {
        await verifyAction(tx, by.manager, 'CA-1');
        return (await selectNonconformity(tx, id)).checkerId;
      },
    );

    expect(checker).toBeNull();
  });

  it('is planned with all that it is judged by later, or not approved', async () => {
    const lacking = { consequences: null, criterion: null, isms_change_needed: null };

    const said = await from({ nc: 'cause_found', ca: 'accepted', values: { ...major, ...lacking } }, (tx) =>
      refusalOf(approvePlan(tx, by.approver, nc)),
    );

    expect(said).toBe(
      'The plan of NC-2027-001 does not say yet what it led to, what will show that it worked and whether the management system itself has to change (10.2 e); Olga Owner or the ISMS manager can. Nothing was changed.',
    );
  });

  it('keeps the criterion and the day that were approved until whoever approves takes others, and what they were', async () => {
    const start = { nc: 'verifying', ca: 'verified', values: { ...approved, check_due_on: '2027-04-01' } };

    const told = await from(start, async (tx, id) => {
      const easier = { criterion: 'None in 2', dueOn: '2027-03-05', checkerId: people.assignee.id };
      const asked = await planCheck(tx, by.owner, nc, easier);
      const twice = await refusalOf(planCheck(tx, by.owner, nc, easier));
      const wish = (await checkChanges.selectWaiting(tx, id))!;
      const own = await refusalOf(checkChanges.decide(tx, by.owner, wish.id, 'approved'));
      await checkChanges.decide(tx, by.approver, wish.id, 'approved');
      const { criterion, checkDueOn, planApprovedAt } = await selectNonconformity(tx, id);
      const [kept] = await selectRevisions(tx, [`nonconformity:${id}`]);
      return { asked, twice, own, after: [criterion, checkDueOn, planApprovedAt], kept: kept?.fields };
    });

    expect(told.asked).toMatchObject({
      criterion: 'None in 20',
      checkDueOn: '2027-04-01',
      checkerId: people.assignee.id,
    });
    expect(told.twice).toMatch(/asked for on .*waits for Ana Approver or the ISMS manager/);
    expect(told.own).not.toBeNull();
    expect(told.after).toEqual(['None in 2', '2027-03-05', now]);
    expect(Object.keys(told.kept ?? {})).toEqual(['checker_id']);
  });

  it('takes corrections in every state, and is not closed before the last of them is done', async () => {
    const correction = {
      purpose: 'correction',
      description: 'Close the other seven',
      ownerId: people.actor.id,
      dueOn: '2027-05-01',
    } as const;

    const states: unknown[] = [];
    for (const state of ['open', 'contained', 'cause_found', 'action_planned', 'implemented', 'verifying'])
      states.push(
        await from({ nc: state, ca: 'verified', values: approved }, async (tx, id) => {
          await proposeAction(tx, by.owner, nc, correction);
          const after = await selectNonconformity(tx, id);
          return [after.state, after.planApprovedAt !== null];
        }),
      );
    const closing = await from({ nc: 'verifying', ca: 'verified' }, async (tx) => {
      const { reference } = await proposeAction(tx, by.owner, nc, correction);
      const refused = await refusalOf(checkEffectiveness(tx, by.checker, nc, effective));
      await claimDone(tx, by.actor, reference);
      const exhibit = { kind: 'link' as const, address };
      await submitEvidence(tx, by.actor, {
        ...(await lockAction(tx, reference)),
        purpose: 'action',
        exhibit,
      });
      await verifyAction(tx, by.owner, reference);
      return [refused, (await checkEffectiveness(tx, by.checker, nc, effective)).state];
    });

    expect(states).toEqual([
      ['open', true], ['contained', true], ['cause_found', true], ['action_planned', true], ['implemented', true], ['verifying', true],
    ]); // prettier-ignore
    expect(closing).toEqual([
      expect.stringMatching(/cannot be closed yet, without CA-2027-002, which is not finished/),
      'closed',
    ]);
  });

  it('waits for the change of the management system, or for somebody who waives it by name', async () => {
    const start = { nc: 'cause_found', ca: 'verified', values: { isms_change_needed: null } };
    const change = { description: 'POL-07 names a deputy', ownerId: people.actor.id, dueOn: '2027-05-01' };

    const waived = await from(start, async (tx, id) => {
      const answered = await answerChange(tx, by.owner, nc, change);
      await approvePlan(tx, by.approver, nc);
      const waits = (await selectNonconformity(tx, id)).state;
      const own = await refusalOf(waiveChange(tx, by.owner, nc, 'Too much'));
      const after = await waiveChange(tx, by.approver, nc, 'The policy ends in May');
      const twice = await refusalOf(waiveChange(tx, by.approver, nc, 'Once more'));
      return { answered, waits, own, after, twice, action: (await lockAction(tx, 'CA-2')).action.state };
    });

    expect(waived.answered).toMatchObject({ ismsChangeNeeded: true, ismsChange: 'POL-07 names a deputy' });
    expect(waived.waits).toBe('action_planned');
    expect(waived.twice).toMatch(/has no change of the management system that could be waived/);
    expect(waived.own).toMatch(/approved by Ana Approver or the ISMS manager only/);
    expect(waived).toMatchObject({
      after: { state: 'verifying', changeWaivedByName: 'Ana Approver', changeWaiver: 'The policy ends in May', planApprovedAt: now },
      action: 'cancelled',
    }); // prettier-ignore
  });

  it('is approved again once its plan loses an action, or gains one after it was done', async () => {
    const planned = { nc: 'action_planned', values: approved, ca: 'accepted' };
    const more = { description: 'More', ownerId: people.actor.id, dueOn: '2027-05-01' };
    const after = async (tx: Queryable, id: number) => {
      const { state, planApprovedAt } = await selectNonconformity(tx, id);
      return [state, planApprovedAt];
    };

    const cancelled = await from(planned, async (tx, id) => {
      await givenAction(tx, people, id, 'verified', { reference: 'CA-2027-002' });
      await cancelAction(tx, by.approver, 'CA-1', 'Not needed');
      return after(tx, id);
    });
    const added = await from({ nc: 'verifying', ca: 'verified' }, async (tx, id) => {
      await proposeAction(tx, by.owner, nc, more);
      return after(tx, id);
    });

    expect([cancelled, added]).toEqual([
      ['action_planned', null],
      ['action_planned', null],
    ]);
  });

  it('keeps a check that it did not pass with its round, its cause and its chain, and takes evidence of the one that closed it', async () => {
    const chain = [{ question: 'Why?', answer: 'Nobody told IT' }];
    const start = { nc: 'verifying', ca: 'verified', values: { cause_chain: JSON.stringify(chain) } };

    const kept = await from(start, async (tx, id) => {
      const failed = await checkEffectiveness(tx, by.checker, nc, { ...effective, result: 'partly' });
      await tx.query(
        "update nonconformity set state = 'closed', root_cause = 'Another', closed_by = 1 where id = $1",
        [id],
      );
      const parent = parentOf(await lockNonconformity(tx, nc));
      const exhibit = { kind: 'link' as const, address };
      const proof = await submitEvidence(tx, by.checker, {
        parent,
        action: null,
        purpose: 'effectiveness',
        exhibit,
      });
      const other = await refusalOf(
        submitEvidence(tx, by.checker, { parent, action: null, purpose: 'finding', exhibit }),
      );
      return { failed, checks: await selectChecks(tx, { id }), proof, other };
    });

    expect(kept.failed).toMatchObject({
      state: 'cause_found',
      round: 2,
      ismsChangeNeeded: null,
      planDueOn: '2027-03-29',
    });
    expect(kept.checks).toMatchObject([
      { round: 1, result: 'partly', method: 'Sample of 20', rootCause: 'No trigger', causeChain: chain },
    ]);
    expect(kept.proof).toMatchObject({ purpose: 'effectiveness', address });
    expect(kept.other).toMatch(/is closed, so nothing can be added/);
  });

  it('can be rejected in every state, as a duplicate too, ends what is unfinished, and is opened again with a reason', async () => {
    const states: unknown[] = [];
    for (const state of ['open', 'contained', 'cause_found', 'action_planned', 'implemented', 'verifying'])
      states.push(
        await from({ nc: state, ca: 'in_progress', values: approved }, async (tx, id) => {
          const other = { reference: 'NC-2027-002' };
          await givenNonconformity(tx, people, 'open', other);
          const self = await refusalOf(rejectNonconformity(tx, by.manager, nc, 'Twice', nc));
          const rejected = await rejectNonconformity(tx, by.manager, nc, 'Twice', 'NC-2');
          const action = (await lockAction(tx, 'CA-1')).action;
          const owner = await refusalOf(reopenNonconformity(tx, by.owner, nc, 'No'));
          const again = await reopenNonconformity(tx, by.manager, nc, 'They differ');
          const kept = await selectSnapshots(tx, `nonconformity:${id}`);
          return [
            self,
            rejected.state,
            rejected.duplicateOf,
            action.state,
            action.stateReason,
            owner,
            again.state,
            again.duplicateOf,
            kept.length,
          ];
        }),
      );

    const each: unknown[] = [
      expect.stringMatching('There is no other'), 'rejected', 'NC-2027-002', 'cancelled', 'Twice',
      expect.stringMatching('opened again by the ISMS manager only'), 'open', null, 1,
    ]; // prettier-ignore
    expect(states).toEqual(Array.from({ length: 6 }, () => each));
  });

  it('becomes an improvement and back in every state, and keeps what was found and done', async () => {
    const ways: unknown[] = [];
    for (const state of ['open', 'contained', 'cause_found', 'action_planned', 'verifying'])
      ways.push(
        await from({ nc: state, ca: 'in_progress', values: approved }, async (tx) => {
          const softer = await regrade(tx, by.manager, nc, 'ofi', 'Nothing is broken');
          const back = await regrade(tx, by.manager, nc, 'minor', 'It is');
          return [
            softer.state,
            back.state,
            back.planApprovedAt,
            back.rootCause,
            (await lockAction(tx, 'CA-1')).action.state,
          ];
        }),
      );

    expect(ways).toEqual([
      ['open', 'open', null, null, 'in_progress'],
      ['open', 'contained', null, null, 'in_progress'],
      ['open', 'cause_found', null, 'No trigger', 'in_progress'],
      ['action_planned', 'cause_found', null, 'No trigger', 'in_progress'],
      ['action_planned', 'cause_found', null, 'No trigger', 'in_progress'],
    ]);
  });

  it('words an action anew by whoever leads, keeps the words before, and has the plan approved again', async () => {
    const edited = await from({ nc: 'action_planned', values: approved, ca: 'accepted' }, async (tx, id) => {
      const said = { description: 'HR tells IT on the day before', expectedEvidence: 'Ten tickets' };
      const own = await refusalOf(editAction(tx, by.actor, 'CA-1', said));
      const action = await editAction(tx, by.owner, 'CA-1', said);
      const [kept] = await selectRevisions(tx, [`corrective_action:${action.id}`]);
      return { own, kept: kept?.fields, plan: (await selectNonconformity(tx, id)).planApprovedAt };
    });

    expect(edited).toEqual({
      own: expect.stringMatching('is said by Olga Owner or the ISMS manager only') as unknown,
      kept: { description: { from: 'HR tells IT', to: 'HR tells IT on the day before' } },
      plan: null,
    });
  });

  it('gets more time as often, as long and by whom the setting says', async () => {
    const start = { nc: 'action_planned', values: { ...major, ...approved }, ca: 'in_progress' };
    const ask = (tx: Queryable, toDueOn: string) =>
      requestDueChange(tx, by.actor, 'CA-1', { toDueOn, reason: 'Vendor' });

    const usual = await from(start, async (tx) => {
      const long = await refusalOf(ask(tx, '2027-05-02'));
      const { id, askedOf } = await ask(tx, '2027-05-01');
      await decideDueChange(tx, by.approver, id, 'approved');
      return [long, askedOf, await refusalOf(ask(tx, '2027-05-10'))];
    });
    const few = {
      major: 'outsider@test.example',
      minor: 'approver',
      ofi: 'approver',
      observation: 'approver',
    };
    await changeSetting(
      test.db,
      'corrective_action.more_time',
      { times: 2, days: 60, by: few },
      'system:test',
      now,
    );
    const named = await from(start, async (tx) => {
      const { id, askedOf } = await ask(tx, '2027-05-20');
      const manager = await refusalOf(decideDueChange(tx, by.manager, id, 'approved'));
      await decideDueChange(tx, by.outsider, id, 'approved');
      return [
        askedOf,
        manager,
        (await lockAction(tx, 'CA-1')).action.dueOn,
        await refusalOf(ask(tx, '2027-06-10')),
      ];
    });

    expect(usual).toEqual([
      expect.stringMatching('more time until 1 May 2027 at most'),
      people.approver.id,
      expect.stringMatching('was given more time as often as the rules allow'),
    ]);
    expect(named).toEqual([
      people.outsider.id,
      expect.stringMatching('can be decided by Udo Outside only'),
      '2027-05-20',
      null,
    ]);
  });
});
