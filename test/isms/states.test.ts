/** What the declared states say is what happens: every move of every state by everybody, and the pictures in the README. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import { statesText } from '../../src/cli/states.ts';
import type { Queryable } from '../../src/db/database.ts';
import { lockAction } from '../../src/isms/corrective-action/corrective-action.ts';
import { offerAction } from '../../src/isms/corrective-action/delegation.ts';
import { requestDueChange } from '../../src/isms/corrective-action/due-change.ts';
import { acceptAction, cancelAction, claimDone, declineAction, reportProgress, returnAction, startAction, verifyAction, editAction } from '../../src/isms/corrective-action/moves.ts'; // prettier-ignore
import { actionMoves, rowOf } from '../../src/isms/corrective-action/states.ts';
import { amendNonconformity } from '../../src/isms/nonconformity/amend.ts';
import { checkEffectiveness } from '../../src/isms/nonconformity/effectiveness.ts';
import { selectFacts } from '../../src/isms/nonconformity/gate.ts';
import {
  contain,
  recordCause,
  recordSimilar,
  rejectNonconformity,
  reopenNonconformity,
  settleImprovement,
  skipContainment,
} from '../../src/isms/nonconformity/moves.ts';
import { lockNonconformity } from '../../src/isms/nonconformity/nonconformity.ts';
import { planCheck } from '../../src/isms/nonconformity/check-plan.ts';
import { approvePlan } from '../../src/isms/nonconformity/plan.ts';
import { statesOf } from '../../src/isms/nonconformity/states.ts';
import type { CommandContext } from '../../src/records/command-context.ts';
import { describeOnDatabases } from '../support/databases.ts';
import {
  commandOf,
  givenAction,
  givenEvidence,
  givenNonconformity,
  givenPlaces,
  now,
  places,
  refusalOf,
  undone,
  type People,
  type Place,
} from './given-register.ts';

const nc = 'NC-2027-001';
const ca = 'CA-2027-001';
const checked = { method: 'Sample', findings: 'None' };
type Doing = (tx: Queryable, command: CommandContext) => Promise<unknown>;

const nonconformityMoves: Record<string, Doing> = {
  contain: (tx, command) => contain(tx, command, nc, { correction: 'Closed them' }),
  skip: (tx, command) => skipContainment(tx, command, nc, 'Nothing is left open'),
  recordCause: (tx, command) =>
    recordCause(tx, command, nc, { method: 'other', rootCause: 'Trigger', chain: [] }),
  recordSimilar: (tx, command) => recordSimilar(tx, command, nc, { result: 'None', linked: [] }),
  approve: (tx, command) => approvePlan(tx, command, nc),
  planCheck: (tx, command) => planCheck(tx, command, nc, { criterion: 'None in 30' }),
  findEffective: (tx, command) => checkEffectiveness(tx, command, nc, { ...checked, result: 'effective' }),
  findIneffective: (tx, command) => checkEffectiveness(tx, command, nc, { ...checked, result: 'partly' }),
  reopen: (tx, command) => reopenNonconformity(tx, command, nc, 'It came back'),
  reject: (tx, command) => rejectNonconformity(tx, command, nc, 'It was none'),
  settle: (tx, command) => settleImprovement(tx, command, nc, 'accepted', 'A good idea'),
  amend: (tx, command) => amendNonconformity(tx, command, nc, { title: 'Accounts of leavers' }),
  reword: (tx, command) => amendNonconformity(tx, command, nc, { gap: 'Access ends two weeks late' }),
};
const actions: Record<string, Doing> = {
  accept: (tx, command) => acceptAction(tx, command, ca),
  decline: (tx, command) => declineAction(tx, command, ca, 'Not mine'),
  start: (tx, command) => startAction(tx, command, ca),
  progress: (tx, command) => reportProgress(tx, command, ca, 40),
  claim: (tx, command) => claimDone(tx, command, ca),
  verify: (tx, command) => verifyAction(tx, command, ca),
  return: (tx, command) => returnAction(tx, command, ca, 'One is left'),
  cancel: (tx, command) => cancelAction(tx, command, ca, 'Not needed'),
  edit: (tx, command) =>
    editAction(tx, command, ca, { description: 'HR tells IT at once', expectedEvidence: null }),
  moreTime: (tx, command) => requestDueChange(tx, command, ca, { toDueOn: '2027-05-01', reason: 'Vendor' }),
};

describe('the page about the house', () => {
  it('shows the states as they are declared; npm run isma -- states --write draws them', async () => {
    const page = await readFile(join(import.meta.dirname, '../../src/README.md'), 'utf8');

    expect(page).toContain(`<!-- states -->\n\n${statesText()}`);
  });
});

/** What was refused wrote nothing, as moves.test.ts proves; what was let in is undone. */
async function attempted(tx: Queryable, work: Promise<unknown>): Promise<string | null> {
  const refused = await refusalOf(work);
  if (refused === null) await tx.query('rollback to savepoint attempt');
  return refused;
}

describeOnDatabases('the declared states', (test) => {
  let people: People;
  beforeEach(async () => {
    people = await givenPlaces(test.db);
  });
  const everybody = Object.keys(places) as Place[];
  /** Its one action, as far as it is in that state. */
  const actionIn: Record<string, string> = {
    cause_found: 'proposed',
    action_planned: 'in_progress',
    open: 'cancelled',
    contained: 'cancelled',
  };

  it.each(['minor', 'major', 'ofi'])(
    'of a record graded %s allow who may, and nobody else',
    async (grade) => {
      const wrong: string[] = [];
      for (const state of statesOf({ grade: grade as 'minor' }).names)
        await undone(test.db, async (tx) => {
          const id = await givenNonconformity(tx, people, state, { grade });
          const of = grade === 'ofi' ? 'verified' : (actionIn[state] ?? 'verified');
          await givenAction(tx, people, id, of);
          await tx.query('savepoint attempt');
          for (const place of everybody) {
            const record = await lockNonconformity(tx, nc);
            const facts = await selectFacts(tx, record);
            for (const [move, doing] of Object.entries(nonconformityMoves)) {
              const may = statesOf(record).may(move, people[place], record, facts);
              const refused = await attempted(tx, doing(tx, commandOf(people[place])));
              if (may !== (refused === null))
                wrong.push(`${state}, ${move} by ${place}: ${refused ?? 'was let in'}`);
            }
          }
        });

      expect(wrong).toEqual([]);
    },
  );

  it('of a corrective action allow who may, and nobody else', async () => {
    const wrong: string[] = [];
    for (const state of actionMoves.names)
      await undone(test.db, async (tx) => {
        const approved = { plan_approved_by: people.approver.id, plan_approved_at: now };
        const nonconformityId = await givenNonconformity(tx, people, 'action_planned', approved);
        const actionId = await givenAction(tx, people, nonconformityId, state);
        await givenEvidence(tx, people, { nonconformityId, actionId });
        await tx.query('savepoint attempt');
        const moves: Record<string, Doing> = {
          ...actions,
          handOver: (on, command) =>
            offerAction(on, command, ca, { toId: people.assignee.id, note: 'Please' }),
        };
        for (const place of everybody) {
          const row = rowOf(await lockAction(tx, ca));
          for (const [move, doing] of Object.entries(moves)) {
            const may = actionMoves.may(move, people[place], row);
            const refused = await attempted(tx, doing(tx, commandOf(people[place])));
            if (may !== (refused === null))
              wrong.push(`${state}, ${move} by ${place}: ${refused ?? 'was let in'}`);
          }
        }
      });

    expect(wrong).toEqual([]);
  });
});
