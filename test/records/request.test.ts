/** A kind of request that no room of ours has: a key is asked for, and whoever holds it gives it away or keeps it. */
import { afterEach, beforeEach, expect, it } from 'vitest';
import { z } from 'zod';
import { declareEvents, event } from '../../src/db/audit-event.ts';
import type { Queryable } from '../../src/db/database.ts';
import { selectOne } from '../../src/db/rows.ts';
import { audit, namesOf, required } from '../../src/records/command-context.ts';
import { permission } from '../../src/records/permission.ts';
import { decidedAlready, declareRequest, type Asked } from '../../src/records/request.ts';
import { migration } from '../fixtures/key-loans.ts';
import { commandOf, givenPlaces, insert, now, refusalOf, type People, type Place } from '../isms/given-register.ts'; // prettier-ignore
import { describeOnDatabases } from '../support/databases.ts';

const day = { until: z.string() };
const events = declareEvents('key_wish', {
  asked: event(day, ({ who, it }) => `${who} asked for ${it}`),
  given: event(day, ({ who, it }) => `${who} gave ${it} away`),
  kept: event(day, ({ who, it }) => `${who} kept ${it}`),
  ended: event(day, ({ it }) => `Nobody is asked for ${it} any more`),
});
declare module '../../src/db/audit-event.ts' {
  interface AuditEvents {
    key_wish: typeof events;
  }
}

const Loan = z.object({ id: z.number(), reference: z.string(), holderId: z.number() });
type Subject = { loan: z.infer<typeof Loan> };
type Wanted = { until: string };
const lock = async (tx: Queryable, id: number): Promise<Subject> => ({
  loan: await selectOne(tx, Loan, 'select * from key_loan where id = $1 for update', [id]),
});

const wishes = declareRequest({
  kind: 'key_wish',
  about: 'key_loan loan',
  askedFor: z.object(day),
  agreed: 'given',
  refused: 'kept',
  waitsWhile: "loan.state = 'lent'",
  lock,
  idOf: ({ loan }) => loan.id,
  decides: permission<Asked<Subject, Wanted>>({
    code: (actor, { loan }) => actor.id === loan.holderId,
    sql: 'loan.holder_id = $1',
    refusal: async (tx, _command, { loan }) =>
      `Only ${await namesOf(tx, [loan.holderId])} can give ${loan.reference} away.`,
  }),
  why: (text, state) => (state === 'waiting' ? required(text, 'What you need it for') : text),
  event: ({ request: { state, askedFor } }) => ({
    action: `key_wish.${state === 'waiting' ? 'asked' : state === 'agreed' ? 'given' : 'kept'}`,
    detail: askedFor,
  }),
  async agree(tx, command, { request }, told) {
    await tx.query('update key_loan set holder_id = $2, back_on = $3 where id = $1', [request.recordId, request.askedBy, request.askedFor.until]); // prettier-ignore
    await audit(tx, command, { ...told, record: request.record });
    return lock(tx, request.recordId);
  },
  missing: 'Nobody asked for that key.',
  decided: (command, { request }) => decidedAlready(command, 'That was answered', request),
  waits: async (_tx, _command, { loan, request }) =>
    `${request.askedByName} waits for ${loan.reference} already.`,
  withdrawn: ({ askedFor }) => ({ action: 'key_wish.ended', detail: askedFor }),
});

describeOnDatabases('a kind of request that a room declares', (test) => {
  let people: People;
  let id: number;
  beforeEach(async () => {
    await test.db.query(migration);
    await test.db.query('delete from key_loan');
    people = await givenPlaces(test.db);
    ({ id } = await insert(test.db, 'key_loan', { reference: 'KL-2027-001', holder_id: people.owner.id, door: 'Server room',
      back_on: '2027-03-05' })); // prettier-ignore
  });
  afterEach(() => test.db.query('drop table key_loan'));

  const by = (place: Place) => commandOf(people[place]);
  const ask = (place: Place, reason = 'A new disk') =>
    test.db.transaction(async (tx) =>
      wishes.ask(tx, by(place), await lock(tx, id), {
        of: () => Promise.resolve(people.owner.id),
        for: { until: '2027-03-09' },
        reason,
      }),
    );
  const decide = (place: Place, request: number, answer: 'given' | 'kept') =>
    test.db.transaction((tx) => wishes.decide(tx, by(place), request, answer));
  const logged = async () =>
    (await test.db.query("select action, record from audit_entry where action like 'key_wish.%' order by seq")).rows.map((row) => Object.values(row)); // prettier-ignore

  it('waits for whoever may decide, does what was asked for once they agree, and is in the log', async () => {
    const request = await ask('actor');
    const waiting = [await wishes.selectFor(test.db, people.owner), await wishes.selectFor(test.db, people.manager)]; // prettier-ignore

    const { loan } = await decide('owner', request.id, 'given');

    expect(waiting).toMatchObject([[{ id: request.id, askedFor: { until: '2027-03-09' }, reason: 'A new disk' }], []]); // prettier-ignore
    expect(loan.holderId).toBe(people.actor.id);
    expect(await wishes.selectOf(test.db, id)).toMatchObject([{ state: 'agreed', decidedByName: 'Olga Owner', decidedAt: now }]); // prettier-ignore
    expect(await logged()).toEqual([['key_wish.asked', `key_loan:${id}`], ['key_wish.given', `key_loan:${id}`]]); // prettier-ignore
  });

  it('is refused without its reason, beside another, by others, and twice; nothing is written then', async () => {
    const unasked = await refusalOf(ask('actor', ' '));
    const request = await ask('actor');

    const second = await refusalOf(ask('raiser'));
    const others = await refusalOf(decide('approver', request.id, 'given'));
    const reader = await refusalOf(decide('auditor', request.id, 'given'));
    const nothing = await refusalOf(decide('owner', request.id + 1, 'given'));
    await decide('owner', request.id, 'kept');
    const again = await refusalOf(decide('owner', request.id, 'given'));

    expect(unasked).toBe('What you need it for is missing.');
    expect(second).toBe('Dora Actor waits for KL-2027-001 already.');
    expect(others).toBe('Only Olga Owner can give KL-2027-001 away.');
    expect(reader).toContain('as an auditor');
    expect(nothing).toBe('Nobody asked for that key.');
    expect(again).toBe('That was answered already by you on 1 March 2027 at 10:00. Nothing was changed.');
    expect((await logged()).map(([action]) => action)).toEqual(['key_wish.asked', 'key_wish.kept']);
  });

  it('waits no more once its record has moved on, and ends where whom it was asked of has left', async () => {
    const request = await ask('actor');
    await test.db.query("update key_loan set state = 'back'");
    const moved = await wishes.selectWaiting(test.db, id);
    await test.db.query("update key_loan set state = 'lent'");

    await test.db.transaction((tx) => wishes.withdrawFrom(tx, [people.owner.id], now));

    expect(moved).toBeNull();
    expect(await wishes.selectOptional(test.db, request.id)).toMatchObject({ state: 'withdrawn', decidedBy: null }); // prettier-ignore
    expect((await logged()).map(([action]) => action)).toEqual(['key_wish.asked', 'key_wish.ended']);
  });
});
