/** Requests for more time, offers and plans on their way are one table since 0024; the version before reads and writes its three beside it. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Database, Queryable } from '../../src/db/database.ts';
import { migrate } from '../../src/db/migrate.ts';
import { answerDelegation, offerAction, offers } from '../../src/isms/corrective-action/delegation.ts';
import { decideDueChange, dueChanges } from '../../src/isms/corrective-action/due-change.ts';
import { plans, returnPlan, sendPlan } from '../../src/isms/nonconformity/plan-request.ts';
import { commandOf, givenPlaces, givenRecords, insert, now, refusalOf, undone, type People } from '../isms/given-register.ts'; // prettier-ignore
import { kinds, openAtSchema } from '../support/databases.ts';

const tables = ['due_change', 'delegation', 'plan_request'];
const [monday, tuesday, wednesday] = [8, 9, 10].map((day) => new Date(Date.UTC(2027, 1, day, 9)));

/** Every row under the old names, as the version before reads them. */
async function oldRows(tx: Queryable): Promise<unknown[][]> {
  const found: unknown[][] = [];
  for (const table of tables) found.push((await tx.query(`select * from ${table} order by id`)).rows);
  return found;
}

describe.each(kinds)('what was asked for before requests of any kind (on %s)', (kind) => {
  let db: Database;
  let drop: () => Promise<void>;
  let people: People;
  let given: { nonconformityId: number; actionId: number };
  let before: unknown[][];

  beforeAll(async () => {
    ({ db, drop } = await openAtSchema(kind, '0023_reading.sql'));
    // People are brought by today's code, which knows two columns and one table more.
    await db.query(
      'alter table person add column region text, add column reads_until date; create table row_history (at timestamptz, undated_in xid8)',
    );
    people = await givenPlaces(db);
    await db.query('alter table person drop column region, drop column reads_until; drop table row_history');
    const { actor, approver, assignee, checker, manager, owner } = people;
    given = await givenRecords(db, people, { nc: 'cause_found', values: { grade: 'major' }, ca: 'accepted' });
    const { actionId: action_id, nonconformityId: nonconformity_id } = given;
    const time = { action_id, from_due_on: '2027-03-01', to_due_on: '2027-04-01', reason: 'Vendor', requested_by: actor.id,
      requested_at: monday, approver_id: approver.id }; // prettier-ignore
    await insert(db, 'due_change', { ...time, state: 'approved', decided_by: manager.id, decided_by_name: 'Ines Isms', decided_at: tuesday,
      decision_reason: 'Fair' }); // prettier-ignore
    await insert(db, 'due_change', { ...time, state: 'refused', decided_by: approver.id, decided_by_name: 'Ana Approver', decided_at: tuesday,
      decision_reason: 'Late' }); // prettier-ignore
    await insert(db, 'due_change', { ...time, from_due_on: '2027-04-01', to_due_on: '2027-05-01' });
    const offer = { action_id, from_id: checker.id, to_id: actor.id, note: 'Please', offered_at: monday };
    await insert(db, 'delegation', { ...offer, state: 'taken', decided_at: tuesday });
    await insert(db, 'delegation', {
      ...offer,
      state: 'declined',
      decided_at: tuesday,
      decision_reason: 'Busy',
    });
    await insert(db, 'delegation', { ...offer, state: 'withdrawn', decided_at: tuesday });
    await insert(db, 'delegation', { ...offer, from_id: actor.id, to_id: assignee.id });
    const sent = { nonconformity_id, round: 1, sent_by: owner.id, sent_by_name: 'Olga Owner' };
    await insert(db, 'plan_request', { ...sent, sent_at: monday, returned_by: approver.id, returned_by_name: 'Ana Approver',
      returned_at: monday, return_reason: 'No dates' }); // prettier-ignore
    await insert(db, 'plan_request', { ...sent, sent_at: tuesday });
    await insert(db, 'plan_request', { ...sent, sent_at: wednesday });
    before = await oldRows(db);
    await migrate(db);
  });
  afterAll(async () => {
    await db.close();
    await drop();
  });

  it('is there under its old names and numbers, column by column', async () => {
    expect(await oldRows(db)).toEqual(before);
    expect(before.map((rows) => rows.length)).toEqual([3, 4, 3]);
  });

  it('says what became of each, and who answered', async () => {
    const { rows } = await db.query(
      'select kind, id, record, state, decided_by_name from request order by kind, id',
    );

    const [ca, nc] = [`corrective_action:${given.actionId}`, `nonconformity:${given.nonconformityId}`];
    expect(rows.map((row) => Object.values(row))).toEqual([
      ['delegation', 1, ca, 'agreed', 'Dora Actor'],
      ['delegation', 2, ca, 'refused', 'Dora Actor'],
      ['delegation', 3, ca, 'withdrawn', null],
      ['delegation', 4, ca, 'waiting', null],
      ['due_change', 1, ca, 'agreed', 'Ines Isms'],
      ['due_change', 2, ca, 'refused', 'Ana Approver'],
      ['due_change', 3, ca, 'waiting', null],
      ['plan_request', 1, nc, 'refused', 'Ana Approver'],
      ['plan_request', 2, nc, 'withdrawn', null],
      ['plan_request', 3, nc, 'waiting', null],
    ]);
  });

  it('waits for whom it waited for, and is answered by the number on their cards', async () => {
    await undone(db, async (tx) => {
      const { approver, assignee, manager } = people;
      const mine = async (who: typeof approver) => [
        (await dueChanges.selectFor(tx, who)).map(({ id }) => id),
        (await offers.selectFor(tx, who)).map(({ id }) => id),
      ];
      const waiting = [await mine(approver), await mine(assignee), await mine(manager)];

      const { action } = await decideDueChange(tx, commandOf(approver), 3, 'approved');
      const { action: taken } = await answerDelegation(tx, commandOf(assignee), 4, 'taken');
      await returnPlan(tx, commandOf(approver), 'NC-2027-001', 'No owner');

      expect(waiting).toEqual([[[3], []], [[], [4]], [[], []]]); // prettier-ignore
      expect([action.dueOn, taken.ownerId]).toEqual(['2027-05-01', assignee.id]);
      expect(await plans.selectWaiting(tx, given.nonconformityId)).toBeNull();
      const [changes, delegations, sent] = await oldRows(tx);
      expect(changes?.[2]).toMatchObject({ state: 'approved', decided_by: approver.id, decided_by_name: 'Ana Approver' }); // prettier-ignore
      expect(delegations?.[3]).toMatchObject({ state: 'taken', decided_at: now, decision_reason: null });
      expect(sent?.[2]).toMatchObject({ returned_by: approver.id, returned_at: now, return_reason: 'No owner' }); // prettier-ignore
    });
  });

  it('is followed by numbers that no kind has given out', async () => {
    await undone(db, async (tx) => {
      const { approver, assignee, actor, owner } = people;
      await returnPlan(tx, commandOf(approver), 'NC-2027-001', 'No owner');
      await sendPlan(tx, commandOf(owner), 'NC-2027-001');
      await offerAction(tx, commandOf(actor), 'CA-2027-001', { toId: assignee.id, note: 'Please' });

      const { rows } = await tx.query('select kind from request where id > 4 order by id');

      expect(rows).toEqual([{ kind: 'plan_request' }, { kind: 'delegation' }]);
    });
  });

  describe('beside the version before', () => {
    it('asks and answers under the old names, and this version sees it', async () => {
      await undone(db, async (tx) => {
        const { approver, assignee, owner, actor } = people;
        await tx.query('select * from due_change where id = 3 for update');
        const decided = await tx.query(
          `update due_change set state = 'refused', decided_by = $1, decided_by_name = $2, decided_at = $3, decision_reason = 'No'
           where id = 3 returning *`,
          [approver.id, approver.name, now],
        );
        const asked = await tx.query(
          `insert into due_change (action_id, from_due_on, to_due_on, reason, requested_by, requested_at, approver_id)
           values ($1, '2027-04-01', '2027-06-01', 'Still', $2, $3, $4) returning *`,
          [given.actionId, actor.id, now, approver.id],
        );
        const withdrawn = await tx.query(
          "update delegation set state = 'withdrawn', decided_at = $2 where action_id = $1 and state = 'offered' returning *",
          [given.actionId, now],
        );
        const offered = await tx.query(
          'insert into delegation (action_id, from_id, to_id, note, offered_at) values ($1, $2, $3, $4, $5) returning *',
          [given.actionId, actor.id, assignee.id, 'Again', now],
        );
        await tx.query(
          'insert into plan_request (nonconformity_id, round, sent_by, sent_by_name, sent_at) values ($1, 1, $2, $3, $4)',
          [given.nonconformityId, owner.id, owner.name, now],
        );

        expect(decided.rows).toMatchObject([{ id: 3, state: 'refused', decision_reason: 'No' }]);
        expect(asked.rows).toMatchObject([{ state: 'requested', to_due_on: '2027-06-01', decided_at: null }]);
        expect(withdrawn.rows).toMatchObject([{ id: 4, state: 'withdrawn', to_id: assignee.id }]);
        expect(offered.rows).toMatchObject([{ state: 'offered', note: 'Again' }]);
        expect(await refusalOf(decideDueChange(tx, commandOf(approver), 3, 'approved'))).toMatch(
          /was refused already by you on/,
        );
        expect(await dueChanges.selectFor(tx, approver)).toMatchObject([
          {
            id: asked.rows[0]?.id,
            askedFor: { from: '2027-04-01', to: '2027-06-01' },
            askedByName: 'Dora Actor',
          },
        ]);
        expect(await offers.selectFor(tx, assignee)).toMatchObject([
          { id: offered.rows[0]?.id, reason: 'Again' },
        ]);
        expect(await plans.selectWaiting(tx, given.nonconformityId)).toMatchObject({ askedAt: now });
      });
    });

    it('sends a plan back and takes the made-up company out under the old names', async () => {
      await undone(db, async (tx) => {
        const { approver } = people;
        await tx.query(
          `update plan_request set returned_by = $1, returned_by_name = $2, returned_at = $3, return_reason = 'No' where id = 3`,
          [approver.id, approver.name, now],
        );
        const sent = await plans.selectOf(tx, given.nonconformityId);
        for (const table of ['due_change', 'delegation'])
          await tx.query(
            `delete from ${table} where (select nonconformity_id from corrective_action where corrective_action.id = action_id) = any($1)`,
            [[given.nonconformityId]],
          );
        await tx.query('delete from plan_request where nonconformity_id = any($1)', [
          [given.nonconformityId],
        ]);

        expect(sent.at(-1)).toMatchObject({ state: 'refused', decidedByName: 'Ana Approver', decisionReason: 'No' }); // prettier-ignore
        expect((await tx.query('select from request')).rowCount).toBe(0);
      });
    });

    it('answers nothing that this version answered at the same moment', async () => {
      const { promise: answered, resolve } = Promise.withResolvers<void>();
      const here = db.transaction(async (tx) => {
        await answerDelegation(tx, commandOf(people.assignee), 4, 'declined', 'Busy');
        resolve();
        await new Promise((done) => setTimeout(done, 100));
      });
      await answered;

      const there = await db.query(
        "update delegation set state = 'withdrawn', decided_at = $2 where action_id = $1 and state = 'offered' returning *",
        [given.actionId, now],
      );
      await here;

      expect(there.rows).toEqual([]);
      expect((await offers.selectOptional(db, 4))?.state).toBe('refused');
    });
  });
});
