/** Who has left is answered by no door, asked for nothing and told nothing; what waited for them waits for the ISMS manager, who is told once what was theirs. */
import { expect, it } from 'vitest';
import { turnedAway } from '../../../src/conversation/admit.ts';
import { selectClaimsFor } from '../../../src/isms/corrective-action/list.ts';
import { offers } from '../../../src/isms/corrective-action/delegation.ts';
import { dueChanges } from '../../../src/isms/corrective-action/due-change.ts';
import { endWhoLeft, leave } from '../../../src/isms/person/leaving.ts';
import { selectPlansToApprove } from '../../../src/isms/nonconformity/waiting.ts';
import { selectWaitingFor } from '../../../src/isms/answer/open-question.ts';
import { selectPlanApprovers } from '../../../src/isms/nonconformity/plan-request.ts';
import { selectNonconformity } from '../../../src/isms/nonconformity/nonconformity.ts';
import { selectPeopleNamed } from '../../../src/records/person.ts';
import { describeOnDatabases } from '../../support/databases.ts';
import { directAddress, startHarness } from '../../support/harness.ts';
import { givenPlaces, givenRecords, insert, now, type Place } from '../../isms/given-register.ts';

const email = (place: Place) => `${place}@test.example`;
const day = 86_400_000;

describeOnDatabases('somebody who has left', (test) => {
  const givenInput = () =>
    insert(test.db, 'inbox', { platform: 'test', event_id: 'one', state: 'done', input: '{}' });
  const go = (place: Place, on: string | null = null) =>
    test.db.transaction((tx) => leave(tx, email(place), on, 'system:test', now));

  it('is told no more than a guest from that day on, at once, whatever they send or press', async () => {
    const people = await givenPlaces(test.db);
    await givenRecords(test.db, people, { nc: 'open' });
    let at = now;
    const isma = await startHarness({ db: test.db, clock: () => at });
    const before = await isma.say(email('manager'), 'show NC-2027-001');
    await test.db.query("update person set roles = '{isms_manager}' where email = $1", [email('assignee')]);
    await go('manager', '2027-03-02');
    const lastDay = await isma.say(email('manager'), 'show NC-2027-001');
    at = new Date(now.getTime() + day);

    const after = [
      ...(await isma.say(email('manager'), 'show NC-2027-001')),
      ...(await isma.press(email('manager'), 'home')),
      ...(await isma.press(email('manager'), 'corrective-actions.show?record=NC-2027-001')),
    ];
    await isma.stop();

    expect(before[0]?.reply.text).toContain('NC-2027-001');
    expect(lastDay[0]?.reply.text).toContain('NC-2027-001');
    expect(after.map(({ reply }) => reply.text)).toEqual([turnedAway, turnedAway, turnedAway]);
    const { rows } = await test.db.query('select active, roles from person where email = $1', [
      email('manager'),
    ]);
    expect(rows).toEqual([{ active: false, roles: ['employee'] }]);
  });

  it('leaves what waited for them to the ISMS manager, and cards and offers to nobody', async () => {
    const people = await givenPlaces(test.db);
    const { approver, manager, owner, actor, assignee } = people;
    const { nonconformityId, actionId } = await givenRecords(test.db, people, {
      nc: 'action_planned', values: { grade: 'major', criterion: 'None in 20' }, ca: 'in_progress',
    }); // prettier-ignore
    await insert(test.db, 'plan_request', {
      nonconformity_id: nonconformityId,
      round: 1,
      sent_by: owner.id,
      sent_by_name: owner.name,
      sent_at: now,
    });
    await insert(test.db, 'due_change', {
      action_id: actionId,
      from_due_on: '2027-04-01',
      to_due_on: '2027-05-01',
      reason: 'More',
      requested_by: actor.id,
      requested_at: now,
      approver_id: approver.id,
    });
    await insert(test.db, 'delegation', {
      action_id: actionId,
      from_id: actor.id,
      to_id: assignee.id,
      note: 'Please',
      offered_at: now,
    });
    await insert(test.db, 'proposal', {
      person_id: approver.id,
      input_id: (await givenInput()).id,
      ordinal: 0,
      changes: '[]',
      files: [],
      shown_at: now,
      expires_at: new Date(now.getTime() + day),
    });
    const waiting = async () => [
      (await selectPlansToApprove(test.db, manager)).length,
      (await dueChanges.selectFor(test.db, manager)).length,
      (await offers.selectFor(test.db, assignee)).length,
    ];
    const before = await waiting();

    await go('approver');
    await go('assignee');

    expect(before).toEqual([0, 0, 1]);
    expect(await waiting()).toEqual([1, 1, 0]);
    expect(await selectPlanApprovers(test.db, await selectNonconformity(test.db, nonconformityId))).toEqual([
      manager.id,
    ]);
    expect((await test.db.query('select state from proposal')).rows).toEqual([{ state: 'cancelled' }]);
    expect((await test.db.query('select state from delegation')).rows).toEqual([{ state: 'withdrawn' }]);
    expect(await selectPeopleNamed(test.db, 'test', 'ana approver')).toEqual([]);
    const { rows } = await test.db.query(
      "select action from audit_entry where action in ('person.leaves', 'person.left', 'proposal.cancelled', 'delegation.withdrawn') order by seq",
    );
    expect(rows.map(({ action }) => action)).toEqual([
      'person.leaves',
      'proposal.cancelled',
      'person.left',
      'person.leaves',
      'delegation.withdrawn',
      'person.left',
    ]);
  });

  it('verifies nothing any more: what was reported done waits for whoever is here', async () => {
    const people = await givenPlaces(test.db);
    await givenRecords(test.db, people, { nc: 'action_planned', ca: 'done_claimed', proven: true });
    const claims = async () => (await selectClaimsFor(test.db, people.manager)).length;
    const before = await claims();
    await go('owner');
    const withApprover = await claims();
    await go('approver');

    expect([before, withApprover, await claims()]).toEqual([0, 0, 1]);
  });

  it('was asked a question that now waits for the ISMS manager', async () => {
    const people = await givenPlaces(test.db);
    const { id: inputId } = await givenInput();
    const { id: answerId } = await insert(test.db, 'answer', {
      inbox_id: inputId, person_id: people.actor.id, address: 'x', question: 'Why?', outcome: 'not_covered', section_ids: [], at: now,
    }); // prettier-ignore
    await insert(test.db, 'open_question', {
      reference: 'Q-2027-001', answer_id: answerId, asker_id: people.actor.id, asker_platform: 'test', asker_address: 'x', owner_id: people.owner.id,
      question: 'Why?', routed_by_input: inputId, state: 'routed', routed_at: now,
    }); // prettier-ignore
    const before = (await selectWaitingFor(test.db, people.manager)).length;

    await go('owner');

    expect([before, (await selectWaitingFor(test.db, people.manager)).length]).toEqual([0, 1]);
  });

  it('is told nothing by others, who hear why; and the ISMS manager is told once what was theirs', async () => {
    const people = await givenPlaces(test.db);
    await givenRecords(test.db, people, { nc: 'action_planned', ca: 'done_claimed', proven: true });
    const isma = await startHarness({ db: test.db, clock: () => now });
    await isma.say(email('actor'), 'hello');
    await go('actor', '2027-03-01');

    const told = await isma.runDue();
    const again = await isma.runDue();
    const [card] = await isma.press(email('owner'), 'corrective-actions.verify?record=CA-2027-001');
    const verify = card?.reply.buttons.find(({ label }) => label === 'Verify');
    const verified = await isma.press(email('owner'), verify?.id ?? '');
    await isma.core.quiet();
    const after = isma.delivered.slice(-3);
    await isma.stop();

    expect(told.map(({ address, reply }) => [address, reply.text, reply.items?.map((item) => item.detail)])).toEqual([
      [directAddress(email('manager')), 'Dora Actor is not here any more since 1 March 2027. Please find somebody else for what was theirs.', ['owned this action']],
    ]); // prettier-ignore
    expect(again).toEqual([]);
    expect(verified.length).toBeGreaterThan(0);
    expect(after.map(({ address }) => address)).not.toContain(directAddress(email('actor')));
    expect(after.at(-1)?.reply.note).toContain('Dora Actor has left, so I have not told them.');
    expect((await test.db.query("select problem from outbox where state = 'failed'")).rows).toEqual([
      { problem: 'they have left' },
    ]);
  });

  it('is ended once by two processes at once', async () => {
    await givenPlaces(test.db);
    await go('actor', '2027-03-02');

    await Promise.all(
      [1, 2, 3].map(() => test.db.transaction((tx) => endWhoLeft(tx, new Date(now.getTime() + day)))),
    );

    const { rows } = await test.db.query(
      "select count(*) as n from audit_entry where action = 'person.left'",
    );
    expect(rows).toEqual([{ n: 1 }]);
  });
});
