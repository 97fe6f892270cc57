/** Two people at once: one of them wins, the other is told who was faster and when, and nobody waits for ever. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Database, Queryable } from '../../src/db/database.ts';
import { Refusal } from '../../src/errors.ts';
import {
  cancelAction,
  claimDone,
  returnAction,
  verifyAction,
} from '../../src/isms/corrective-action/moves.ts';
import { lockAction } from '../../src/isms/corrective-action/corrective-action.ts';
import type { CommandContext } from '../../src/records/command-context.ts';
import { answerDelegation, offerAction } from '../../src/isms/corrective-action/delegation.ts';
import { decideDueChange } from '../../src/isms/corrective-action/due-change.ts';
import { checkEffectiveness } from '../../src/isms/nonconformity/effectiveness.ts';
import { submitEvidence } from '../../src/isms/register/evidence.ts';
import { recordSimilar } from '../../src/isms/nonconformity/moves.ts';
import { approvePlan } from '../../src/isms/nonconformity/plan.ts';
import { lockNonconformity } from '../../src/isms/nonconformity/nonconformity.ts';
import { createServerDatabase, hasServer } from '../support/databases.ts';
import {
  commandOf,
  givenAction,
  givenEvidence,
  givenNonconformity,
  givenPlaces,
  insert,
  now,
  type People,
} from './given-register.ts';

describe.skipIf(!hasServer)('two people at once', () => {
  let db: Database;
  let drop: () => Promise<void>;
  let people: People;
  let by: Record<keyof People, CommandContext>;
  beforeAll(async () => {
    ({ db, drop } = await createServerDatabase());
    people = await givenPlaces(db);
    by = Object.fromEntries(
      Object.entries(people).map(([place, person]) => [place, commandOf(person)]),
    ) as typeof by;
  });
  afterAll(async () => {
    await db.close();
    await drop();
  });

  /** Until another transaction waits for one of ours. */
  async function untilSomebodyWaits(tx: Queryable): Promise<void> {
    for (;;) {
      const { rows } = await tx.query(
        'select from pg_locks where not granted and pg_backend_pid() = any(pg_blocking_pids(pid))',
      );
      if (rows.length > 0) return;
    }
  }

  /** The first holds what it has until the second waits for it. */
  async function race(
    first: (tx: Queryable) => Promise<unknown>,
    second: (tx: Queryable) => Promise<unknown>,
  ) {
    let begun = () => {};
    const firstIsIn = new Promise<void>((resolve) => (begun = resolve));
    let runs = 0;
    const one = db.transaction(async (tx) => {
      runs += 1;
      await first(tx).finally(begun);
      await untilSomebodyWaits(tx);
    });
    const two = firstIsIn.then(() =>
      db.transaction((tx) => {
        runs += 1;
        return second(tx);
      }),
    );
    const [won, lost] = await Promise.allSettled([one, two]);
    // Run again, a transaction would have met a deadlock.
    expect(runs).toBe(2);
    return [won, lost] as const;
  }

  let last = 0;
  /** Each case has records of its own: NC-2027-001, 002 … with CA-2027-001, 002 … */
  async function given(state: string, action: string, values = {}) {
    last += 1;
    const number = String(last).padStart(3, '0');
    const nonconformityId = await givenNonconformity(db, people, state, {
      reference: `NC-2027-${number}`,
      ...values,
    });
    const actionId = await givenAction(db, people, nonconformityId, action, {
      reference: `CA-2027-${number}`,
    });
    await givenEvidence(db, people, { nonconformityId, actionId });
    return { nonconformityId, actionId, nc: `NC-2027-${number}`, ca: `CA-2027-${number}` };
  }
  type Records = Awaited<ReturnType<typeof given>>;
  type Doing = (tx: Queryable, of: Records & { id: number }) => Promise<unknown>;

  it('make one change, in whichever order, and the slower one learns whose', async () => {
    const checked = {
      method: 'Sample',
      findings: 'None',
      result: 'effective',
    } as const;
    const verify: Doing = (tx, { ca }) => verifyAction(tx, by.owner, ca);
    const requeue: Doing = (tx, { ca }) => returnAction(tx, by.manager, ca, 'One is left');
    const claim: Doing = (tx, { ca }) => claimDone(tx, by.actor, ca);
    const cancel: Doing = (tx, { ca }) => cancelAction(tx, by.approver, ca, 'Not needed');
    const approve = (command: CommandContext): Doing => (tx, { nc }) => approvePlan(tx, command, nc); // prettier-ignore
    const check = (command: CommandContext): Doing => (tx, { nc }) => checkEffectiveness(tx, command, nc, checked); // prettier-ignore
    const decide = (command: CommandContext, decision: 'approved' | 'refused'): Doing => (tx, { id }) => decideDueChange(tx, command, id, decision, 'x'); // prettier-ignore
    const take: Doing = (tx, { id }) => answerDelegation(tx, by.assignee, id, 'taken');
    const withdraw: Doing = (tx, { ca }) =>
      offerAction(tx, by.owner, ca, { toId: people.outsider.id, note: 'x' });
    const ask = async ({ actionId: action_id }: Records) =>
      insert(db, 'due_change', {
        action_id, from_due_on: '2027-04-01', to_due_on: '2027-05-01', reason: 'x', requested_by: people.actor.id, requested_at: now,
        approver_id: people.approver.id,
      }); // prettier-ignore
    const offer = async ({ actionId: action_id }: Records) =>
      insert(db, 'delegation', {
        action_id,
        from_id: people.actor.id,
        to_id: people.assignee.id,
        note: 'x',
        offered_at: now,
      });
    const nothing = async () => ({ id: 0 });
    const cases: [string, string, (of: Records) => Promise<{ id: number }>, Doing, Doing, RegExp][] = [
      ['action_planned', 'done_claimed', nothing, verify, requeue, /verified as done \(by Olga Owner on 1 March 2027 at 10:00\)/],
      ['action_planned', 'done_claimed', nothing, requeue, verify, /in progress \(by Ines Isms on 1 March 2027/],
      ['cause_found', 'accepted', nothing, approve(by.approver), approve(by.manager), /approved already by Ana Approver on 1 March 2027/],
      ['action_planned', 'in_progress', nothing, cancel, claim, /cancelled \(by Ana Approver on 1 March 2027/],
      ['verifying', 'verified', nothing, check(by.checker), check(by.manager), /closed \(by Chen Checker on 1 March 2027/],
      ['action_planned', 'in_progress', ask, decide(by.approver, 'approved'), decide(by.manager, 'refused'), /approved already by Ana Approver on 1 March/],
      ['action_planned', 'in_progress', ask, decide(by.manager, 'refused'), decide(by.approver, 'approved'), /refused already by Ines Isms on 1 March/],
      ['action_planned', 'in_progress', offer, withdraw, take, /withdrawn .*on 1 March 2027/],
      ['action_planned', 'in_progress', offer, take, claim, /belongs to Tara Assignee/],
    ]; // prettier-ignore

    for (const [state, action, more, first, second, said] of cases) {
      const records = await given(state, action);
      const of = { ...records, ...(await more(records)) };
      const [won, lost] = await race((tx) => first(tx, of), (tx) => second(tx, of)); // prettier-ignore
      expect(won.status).toBe('fulfilled');
      expect(lost.status === 'rejected' && lost.reason instanceof Refusal).toBe(true);
      if (lost.status === 'rejected') expect(String(lost.reason)).toMatch(said);
    }
  });

  it('who link each other’s records, or work on two actions of one, both get their way', async () => {
    const [a, b] = [await given('contained', 'cancelled'), await given('contained', 'cancelled')];
    const link = (tx: Queryable, from: Records, to: Records) =>
      recordSimilar(tx, by.owner, from.nc, {
        result: 'One',
        linked: [{ reference: to.nc, sameCause: true }],
      });
    let bothIn = () => {};
    const bothAreIn = new Promise<void>((resolve) => (bothIn = resolve));
    let runs = 0;
    const linking = [[a, b], [b, a]].map(([from, to]) =>
      db.transaction(async (tx) => {
        await lockNonconformity(tx, from!.nc);
        if ((runs += 1) === 2) bothIn();
        await bothAreIn;
        return link(tx, from!, to!);
      }),
    ); // prettier-ignore
    await Promise.all(linking);
    expect(runs).toBe(2);

    const { nonconformityId, ca } = await given('action_planned', 'done_claimed');
    await givenAction(db, people, nonconformityId, 'in_progress', { reference: 'CA-2027-900' });
    const attach = async (tx: Queryable) => {
      const exhibit = { kind: 'link' as const, address: 'https://wiki.test.example/3' };
      await submitEvidence(tx, by.actor, {
        ...(await lockAction(tx, 'CA-2027-900')),
        purpose: 'action',
        exhibit,
      });
      await claimDone(tx, by.actor, 'CA-2027-900');
    };
    const [one, two] = await race((tx) => verifyAction(tx, by.owner, ca), attach);
    expect([one.status, two.status]).toEqual(['fulfilled', 'fulfilled']);
  });
});
