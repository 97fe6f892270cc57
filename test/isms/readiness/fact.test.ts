/** What readiness is counted from: each number with its owner, what it opens, and how it stood before. */
import { beforeEach, expect, it } from 'vitest';
import type { Queryable } from '../../../src/db/database.ts';
import { appendAudit } from '../../../src/db/audit.ts';
import { selectFacts, selectRecordsOf, type Fact } from '../../../src/isms/readiness/fact.ts';
import { describeOnDatabases } from '../../support/databases.ts';
import { givenAction, givenNonconformity, givenPlaces, insert, now, type People } from '../given-register.ts';

const earlier = new Date('2027-02-01T09:00:00Z');

describeOnDatabases('Facts of readiness', (test) => {
  let people: People;
  beforeEach(async () => {
    people = await givenPlaces(test.db);
  });

  const fact = (facts: readonly Fact[], key: string) => facts.find((each) => each.key === key);
  const factAt = async (key: string, at = now) => fact(await selectFacts(test.db, at), key);
  const write = (at: Date, work: (tx: Queryable) => Promise<unknown>) =>
    test.db.transaction(async (tx) => {
      await work(tx);
      await appendAudit(tx, { actor: 'system:test', action: 'setting.changed', record: 'setting:x', detail: { value: 1 }, at }); // prettier-ignore
    });

  it('count what is open by grade, say since when, and whose it is', async () => {
    await test.db.transaction(async (tx) => {
      const id = await givenNonconformity(tx, people, 'contained', { grade: 'major' });
      await givenAction(tx, people, id, 'accepted', { due_on: '2027-02-20' });
    });

    expect(await factAt('nonconformities.major_open')).toEqual({
      key: 'nonconformities.major_open', part: 'nonconformities', count: 1, of: null, blocks: true, owner: people.owner.id, day: '2027-01-10',
    }); // prettier-ignore
    expect(await factAt('actions.overdue')).toMatchObject({ count: 1, of: 1, blocks: false, owner: people.actor.id, day: '2027-02-20' }); // prettier-ignore
    expect(await selectRecordsOf(test.db, 'actions.overdue', now)).toMatchObject([
      { reference: 'CA-2027-001', title: 'HR tells IT', state: 'accepted', owner: 'Dora Actor' },
    ]);
  });

  it('stand as they stood before a record changed', async () => {
    await write(earlier, (tx) => givenNonconformity(tx, people, 'open', { grade: 'major' }));
    await write(now, (tx) => tx.query("update nonconformity set grade = 'minor'"));

    expect(await factAt('nonconformities.major_open', earlier)).toMatchObject({ count: 1, blocks: true });
    expect(await factAt('nonconformities.major_open')).toMatchObject({ count: 0, blocks: false });
    expect(await factAt('nonconformities.minor_open')).toMatchObject({ count: 1 });
    expect(await selectRecordsOf(test.db, 'nonconformities.major_open', earlier)).toHaveLength(1);
  });

  it('count of lessons what is late and what counts, of those who are asked for', async () => {
    const training = {
      state_at: earlier,
      text_hash: 'x',
      assigned_at: earlier,
      assigned_by: people.manager.id,
    };
    await insert(test.db, 'training', { ...training, reference: 'TR-1', state: 'completed', person_id: people.owner.id, lesson: 'phishing', completed_on: '2027-02-01', expires_on: '2028-02-01' }); // prettier-ignore
    await insert(test.db, 'training', { ...training, reference: 'TR-2', state: 'assigned', person_id: people.actor.id, lesson: 'phishing', due_on: '2027-02-10' }); // prettier-ignore
    await insert(test.db, 'training', { ...training, reference: 'TR-3', state: 'assigned', person_id: people.raiser.id, lesson: 'phishing', due_on: '2027-06-10' }); // prettier-ignore

    expect(await factAt('training.done')).toMatchObject({ count: 1, of: 2, owner: people.manager.id });
    expect(await factAt('training.overdue')).toMatchObject({ count: 1, of: null, day: '2027-02-10' });
    expect(await factAt('training.waiting')).toMatchObject({ count: 1 });
    expect(await selectRecordsOf(test.db, 'training.done', now)).toMatchObject([
      { reference: 'TR-2', title: 'Dora Actor · phishing', state: 'assigned' },
    ]);
  });

  it('say of each required document whether it is there, in force and in date', async () => {
    const { id } = await insert(test.db, 'document', { reference: 'POL-01', kind: 'policy' });
    await insert(test.db, 'document_version', {
      document_id: id, version: '1.0', status: 'published', title: 'Information Security Policy', language: 'en', owner_email: 'owner@test.example',
      approver_email: 'manager@test.example', effective_from: '2026-01-01', review_on: '2027-01-01', audience: ['everyone'], controls: [], content_hash: 'x', stored_at: earlier,
    }); // prettier-ignore

    const lines = await selectRecordsOf(test.db, 'documents.required', now);
    expect(lines.filter(({ state }) => state !== 'missing')).toEqual([
      { record: `document:${id}`, reference: 'POL-01', title: 'Information security policy (5.2)', state: 'review overdue', day: '2027-01-01', ownerId: people.owner.id, owner: 'Olga Owner', personId: null },
    ]); // prettier-ignore
    expect(await factAt('documents.missing')).toMatchObject({ count: lines.length - 1, blocks: true });
    expect(await factAt('documents.review_overdue')).toMatchObject({ count: 1, of: 1 });
  });
});
