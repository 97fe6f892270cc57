/** What changes because of something else leaves its own trace: an approval that ends, a checker who may check no more. */
import { expect, it } from 'vitest';
import type { Queryable } from '../../src/db/database.ts';
import { proposeAction } from '../../src/isms/nonconformity/actions.ts';
import { answerDelegation, offerAction } from '../../src/isms/corrective-action/delegation.ts';
import { regrade } from '../../src/isms/nonconformity/moves.ts';
import { describeOnDatabases } from '../support/databases.ts';
import { commandOf, givenPlaces, givenRecords, now, undone } from './given-register.ts';

const nc = 'NC-2027-001';
const ended = 'nonconformity.plan_unapproved';
const freed = 'nonconformity.checker_freed';

describeOnDatabases('the audit log', (test) => {
  it('says that a plan is to be approved again, and that whoever owns an action checks no more', async () => {
    const people = await givenPlaces(test.db);
    const { owner, manager, actor, assignee, checker, approver } = people;
    const approved = {
      plan_approved_by: approver.id,
      plan_approved_by_name: approver.name,
      plan_approved_at: now,
    };
    const traces = (doing: (tx: Queryable) => Promise<unknown>) =>
      undone(test.db, async (tx) => {
        await givenRecords(tx, people, { nc: 'action_planned', values: approved, ca: 'proposed' });
        await doing(tx);
        const { rows } = await tx.query('select action from audit_entry order by seq');
        return rows.map(({ action }) => action);
      });
    const plan = (ownerId: number) => (tx: Queryable) =>
      proposeAction(tx, commandOf(owner), nc, { description: 'More', ownerId, dueOn: '2027-05-01' });
    const grade = (to: 'major' | 'minor') => (tx: Queryable) =>
      regrade(tx, commandOf(manager), nc, to, 'Seen');

    const more = await traces(plan(assignee.id));
    const taken = await traces(async (tx) => {
      const offer = await offerAction(tx, commandOf(actor), 'CA-2027-001', {
        toId: checker.id,
        note: 'Please',
      });
      await answerDelegation(tx, commandOf(checker), offer.id, 'taken');
    });

    expect(more).toContain(ended);
    expect(more).not.toContain(freed);
    expect(await traces(plan(checker.id))).toContain(freed);
    expect(taken).toContain(freed);
    expect(await traces(grade('major'))).toContain(ended);
    expect(await traces(grade('minor'))).not.toContain(ended);
  });
});
