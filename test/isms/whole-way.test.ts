/** A non-conformity goes its whole way, through every gate of clause 10.2, and leaves its trace. */
import { beforeEach, expect, it } from 'vitest';
import { verifyAudit } from '../../src/db/audit.ts';
import {
  acceptAction,
  claimDone,
  reportProgress,
  verifyAction,
} from '../../src/isms/corrective-action/moves.ts';
import { answerChange, proposeAction } from '../../src/isms/nonconformity/actions.ts';
import type { CommandContext } from '../../src/records/command-context.ts';
import { decideDueChange, requestDueChange } from '../../src/isms/corrective-action/due-change.ts';
import { checkEffectiveness } from '../../src/isms/nonconformity/effectiveness.ts';
import { submitEvidence } from '../../src/isms/register/evidence.ts';
import { lockAction } from '../../src/isms/corrective-action/corrective-action.ts';
import {
  contain,
  recordCause,
  recordSimilar,
  reopenNonconformity,
} from '../../src/isms/nonconformity/moves.ts';
import { planCheck } from '../../src/isms/nonconformity/check-plan.ts';
import { approvePlan } from '../../src/isms/nonconformity/plan.ts';
import {
  raiseNonconformity,
  selectOptionalNonconformity,
} from '../../src/isms/nonconformity/nonconformity.ts';
import { selectOptionalByEmail } from '../../src/records/person.ts';
import { describeOnDatabases } from '../support/databases.ts';
import { givenPeople, today } from '../support/harness.ts';

describeOnDatabases('a major non-conformity', (test) => {
  beforeEach(() => givenPeople(test.db));

  async function commandOf(name: string, at = today): Promise<CommandContext> {
    const by = await selectOptionalByEmail(test.db, `${name}@test.example`);
    if (by === null) throw new Error(`no ${name}`);
    return { actor: by, at, inputId: null, link: null };
  }

  it('is closed only after its cause, an approved plan, verified actions and a check by somebody else, and opens again as a new cycle', async () => {
    const [erin, ines, hugo] = [await commandOf('erin'), await commandOf('ines'), await commandOf('hugo')];
    const raised = await test.db.transaction((tx) =>
      raiseNonconformity(tx, erin, {
        title: 'Leavers keep their accounts', requirement: 'A.5.18', evidenceSeen: 'Three of ten leavers', gap: 'Access is to end on the last day',
        source: 'internal_audit', identifiedOn: '2026-11-20', grade: 'major', gradeReason: 'Broad', ownerId: hugo.actor.id,
      }),
    ); // prettier-ignore
    const { reference } = raised;
    expect(raised).toMatchObject({ reference: 'NC-2026-001', actionsDueOn: '2027-01-23', state: 'open' });

    const action = await test.db.transaction(async (tx) => {
      await contain(tx, hugo, reference, {
        correction: 'Three accounts closed',
        consequences: 'Nobody used them',
      });
      await recordCause(tx, hugo, reference, {
        method: 'five_whys',
        rootCause: 'No trigger from HR',
        chain: [{ question: 'Why?', answer: 'Nobody told IT' }],
      });
      await recordSimilar(tx, hugo, reference, { result: 'Two sites: none of 14', linked: [] });
      return proposeAction(tx, hugo, reference, {
        description: 'HR closes accounts',
        ownerId: erin.actor.id,
        dueOn: '2026-12-31',
      });
    });
    await expect(test.db.transaction((tx) => acceptAction(tx, hugo, action.reference))).rejects.toThrow(
      'belongs to Erin',
    );
    await test.db.transaction(async (tx) => {
      await planCheck(tx, hugo, reference, { criterion: 'No active leaver in a sample of 20' });
      await answerChange(tx, hugo, reference, null);
      await approvePlan(tx, ines, reference);
      await reportProgress(tx, erin, action.reference, 80);
      const change = await requestDueChange(tx, erin, 'ca-1', { toDueOn: '2027-01-15', reason: 'Vendor' });
      await decideDueChange(tx, ines, change.id, 'approved');
      await claimDone(tx, erin, action.reference);
    });
    await expect(test.db.transaction((tx) => verifyAction(tx, hugo, action.reference))).rejects.toThrow(
      'no evidence',
    );
    await test.db.transaction(async (tx) => {
      const exhibit = { kind: 'link' as const, address: 'https://wiki.demo.example/1' };
      await submitEvidence(tx, erin, {
        ...(await lockAction(tx, action.reference)),
        purpose: 'action',
        exhibit,
      });
      await verifyAction(tx, hugo, action.reference);
    });

    const verifying = await selectOptionalNonconformity(test.db, reference);
    expect(verifying).toMatchObject({ state: 'verifying', checkDueOn: '2027-02-22' });
    const checked = {
      method: 'Sample',
      result: 'effective' as const,
      findings: 'None',
    };
    await expect(
      test.db.transaction((tx) => checkEffectiveness(tx, ines, reference, checked)),
    ).rejects.toThrow('22 February 2027');
    const later = await commandOf('ines', new Date('2027-03-01T09:00:00Z'));
    await expect(
      test.db.transaction((tx) =>
        checkEffectiveness(tx, { ...later, actor: erin.actor }, reference, checked),
      ),
    ).rejects.toThrow('You own an action');
    const closed = await test.db.transaction((tx) => checkEffectiveness(tx, later, reference, checked));
    const again = await test.db.transaction((tx) =>
      reopenNonconformity(tx, later, reference, 'It came back'),
    );

    expect(closed).toMatchObject({ state: 'closed', closedByName: 'Ines Isms' });
    expect(again).toMatchObject({ state: 'open', cycle: 2, rootCause: null });
    expect((await lockAction(test.db, action.reference)).action).toMatchObject({
      dueOn: '2027-01-15',
      originalDueOn: '2026-12-31',
    });
    expect((await verifyAudit(test.db)).faults).toEqual([]);
  });
});
