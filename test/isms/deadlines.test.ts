/** Whose days hold: the certification body's for findings of its own audits alone, and what it says of them; our limits for all else. */
import { beforeEach, expect, it } from 'vitest';
import type { Queryable } from '../../src/db/database.ts';
import { amendNonconformity } from '../../src/isms/nonconformity/amend.ts';
import { noteBody } from '../../src/isms/nonconformity/certification-body.ts';
import { checkChanges, planCheck } from '../../src/isms/nonconformity/check-plan.ts';
import { nextDeadline, nextDeadlineSql } from '../../src/isms/nonconformity/deadlines.ts';
import { regrade, reopenNonconformity } from '../../src/isms/nonconformity/moves.ts';
import {
  raiseNonconformity,
  selectNonconformity,
  type NewNonconformity,
  type Nonconformity,
} from '../../src/isms/nonconformity/nonconformity.ts';
import type { CommandContext } from '../../src/records/command-context.ts';
import { selectRevisions } from '../../src/records/revision.ts';
import { changeSetting } from '../../src/records/setting.ts';
import { describeOnDatabases } from '../support/databases.ts';
import {
  commandOf,
  fresh,
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
const daysOf = ({ correctionDueOn, planDueOn, actionsDueOn, bodyPlanDueOn, bodyDueOn }: Nonconformity) =>
  [correctionDueOn, planDueOn, actionsDueOn, bodyPlanDueOn, bodyDueOn]
    .map((day) => day?.slice(5) ?? '-')
    .join(' ');

describeOnDatabases('the days of a finding', (test) => {
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
  const raised = (more: Partial<NewNonconformity>) =>
    undone(test.db, async (tx) => daysOf(await raiseNonconformity(tx, by.raiser, { ...fresh, ...more })));
  const change = (name: string, value: unknown) => changeSetting(test.db, name, value, 'system:test', now);

  it("are the certification body's where its audit found it, else our limits per grade, each by its setting", async () => {
    const external = { source: 'external_audit' } as const;
    const before = [];
    for (const grade of ['major', 'minor', 'ofi'] as const)
      before.push(await raised({ grade }), await raised({ grade, ...external }));
    await change('certification.nc_rules', {
      body: 'strict',
      bodies: { strict: { majorPlanDays: 7, majorDays: 30, minorPlanDays: 14, minorDays: 60 } },
    });
    const limit = { correction: { days: 1 }, plan: null, actions: { days: 10, working: true } };
    await change('nonconformity.limits', { major: limit, minor: limit, ofi: limit, observation: limit });
    const after = [
      await raised({ ...external, grade: 'major' }),
      await raised({ ...external }),
      await raised({}),
    ];

    // Entered on Monday 1 March 2027, found on 20 February.
    expect(before).toEqual([
      '03-08 03-15 04-30 - -', '- - - 03-22 05-21', '03-15 03-29 06-29 - -', '- - - 04-21 -', '- 03-31 - - -', '- - - - -',
    ]); // prettier-ignore
    expect(after).toEqual(['- - - 02-27 03-22', '- - - 03-06 04-21', '03-02 - 03-15 - -']);
    await expect(change('certification.nc_rules', { body: 'other', bodies: {} })).rejects.toThrow(
      'body must be one of bodies',
    );
  });

  it("change with the grade and with who found it, begin anew when it is opened again, and are the ISMS manager's to set", async () => {
    const told = await from({ nc: 'open', values: { actions_due_on: '2027-12-31' } }, async (tx) => [
      daysOf(await regrade(tx, by.manager, nc, 'minor', 'Still')),
      daysOf(await regrade(tx, by.manager, nc, 'major', 'Everywhere')),
      daysOf(await amendNonconformity(tx, by.owner, nc, { source: 'external_audit' })),
      daysOf(await amendNonconformity(tx, by.owner, nc, { source: 'self' })),
      daysOf(await amendNonconformity(tx, by.manager, nc, { actionsDueOn: '2027-06-30' })),
      await refusalOf(amendNonconformity(tx, by.owner, nc, { actionsDueOn: '2027-09-30' })),
    ]);
    const again = await from({ nc: 'closed' }, async (tx) =>
      daysOf(await reopenNonconformity(tx, by.owner, nc, 'It came back')),
    );

    expect(told).toEqual([
      '- - 12-31 - -',
      '02-08 02-15 04-02 - -',
      '- - - 02-09 04-10',
      '02-08 02-15 04-02 - -',
      '02-08 02-15 06-30 - -',
      expect.stringMatching('only the ISMS manager sets'),
    ]);
    expect(again).toBe('03-15 03-29 06-29 - -');
  });

  it('are the same for a card and for a list, in every state', async () => {
    const days = { correction_due_on: '2027-03-05', plan_due_on: '2027-03-10', actions_due_on: '2027-03-20', body_plan_due_on: '2027-03-08', body_due_on: '2027-03-18' }; // prettier-ignore
    const wrong: string[] = [];
    for (const grade of ['major', 'ofi'])
      for (const state of [
        'open',
        'contained',
        'cause_found',
        'action_planned',
        'implemented',
        'verifying',
        'rejected',
      ])
        for (const [approved, answer] of [
          [null, null],
          [null, 'returned'],
          [null, 'accepted'],
          [now, null],
        ] as const)
          await undone(test.db, async (tx) => {
            const id = await givenNonconformity(tx, people, state, {
              grade,
              ...days,
              plan_approved_at: approved,
              body_answer: answer,
              body_answer_on: answer && '2027-02-20',
              body_answered_on: answer && '2027-02-10',
              body_closed_on: answer === 'accepted' ? '2027-02-28' : null,
            });
            const { rows } = await tx.query(
              `select ${nextDeadlineSql}::text as day from nonconformity where id = $1`,
              [id],
            );
            const day = nextDeadline(await selectNonconformity(tx, id))?.on ?? null;
            if (rows[0]?.day !== day)
              wrong.push(`${grade} ${state} ${approved === null}: ${day}, ${String(rows[0]?.day)}`);
          });

    expect(wrong).toEqual([]);
  });

  it('of the check are counted from the last action, by grade', async () => {
    await change('nonconformity.effectiveness_days', { major: 30, minor: 45, ofi: 30, observation: 30 });
    await expect(change('nonconformity.effectiveness_days', { major: 0 })).rejects.toThrow('major');
    const due = (grade: string) =>
      from({ nc: 'implemented', ca: 'verified', values: { grade, criterion: null } }, async (tx, id) => {
        await planCheck(tx, by.owner, nc, { criterion: 'None' });
        const wish = await checkChanges.selectWaiting(tx, id);
        await checkChanges.decide(tx, by.approver, wish?.id ?? 0, 'approved');
        return (await selectNonconformity(tx, id)).checkDueOn;
      });

    expect([await due('major'), await due('minor')]).toEqual(['2027-03-31', '2027-04-15']);
  });

  it('stand beside what the certification body calls it, was sent, said to that and closed, also once we have closed it', async () => {
    const external = { source: 'external_audit', body_due_on: '2027-04-01' };
    const sent = { bodyFinding: 'CB-27-004', bodyAuditor: 'A. Assessor', bodyAnsweredOn: '2027-02-10' };

    const told = await from({ nc: 'closed', values: external }, async (tx, id) => {
      await noteBody(tx, by.owner, nc, sent);
      await noteBody(tx, by.owner, nc, {
        bodyAnswer: 'returned',
        bodyAnswerOn: '2027-02-20',
        bodyAnswerNote: 'No cause',
      });
      const early = await refusalOf(noteBody(tx, by.owner, nc, { bodyClosedOn: '2027-02-21' }));
      await noteBody(tx, by.owner, nc, {
        bodyAnswer: 'accepted',
        bodyAnswerOn: '2027-02-27',
        bodyClosedOn: '2027-02-28',
      });
      const kept = (await selectRevisions(tx, [`nonconformity:${id}`])).map(
        ({ fields }) => fields.body_answer?.from,
      );
      return { early, kept: kept.filter(Boolean), after: await selectNonconformity(tx, id) };
    });
    const refused = await from({ nc: 'open', values: external }, async (tx) => [
      await refusalOf(noteBody(tx, by.owner, nc, { bodyDueOn: '2027-12-31' })),
      await refusalOf(noteBody(tx, by.owner, nc, { bodyAnswer: 'accepted' })),
      await refusalOf(noteBody(tx, by.owner, nc, { bodyAnsweredOn: '2027-03-02' })),
      await refusalOf(noteBody(tx, by.raiser, nc, sent)),
    ]);
    const own = await from({ nc: 'open' }, (tx) => refusalOf(noteBody(tx, by.owner, nc, sent)));

    expect(told.after).toMatchObject({
      ...sent,
      state: 'closed',
      bodyAnswer: 'accepted',
      bodyClosedOn: '2027-02-28',
    });
    expect(told.early).toMatch(/returned the answer, so it has not closed it/);
    expect(told.kept).toEqual(['returned']);
    expect(refused).toEqual([
      expect.stringMatching('only the ISMS manager sets'),
      expect.stringMatching('Say when the answer was sent'),
      expect.stringMatching('2 March 2027 is still to come'),
      expect.stringMatching('Only Olga Owner or the ISMS manager'),
    ]);
    expect(own).toMatch(/is no finding of an external audit/);
  });

  it('leave what was found in the words of whoever found it, once it is contained', async () => {
    const said = await from({ nc: 'contained' }, async (tx) => [
      await refusalOf(amendNonconformity(tx, by.owner, nc, { gap: 'Hardly any' })),
      await refusalOf(amendNonconformity(tx, by.raiser, nc, { title: 'Other' })),
      (await amendNonconformity(tx, by.raiser, nc, { gap: 'Access ends two weeks late' })).gap,
      (await amendNonconformity(tx, by.manager, nc, { evidenceSeen: 'Four of ten' })).evidenceSeen,
      (await amendNonconformity(tx, by.owner, nc, { title: 'Leavers' })).title,
    ]);

    expect(said).toEqual([
      expect.stringMatching(/stands in the words of Rafi Raiser: once NC-2027-001 is contained/),
      expect.stringMatching(/Only Olga Owner or the ISMS manager can do that/),
      'Access ends two weeks late',
      'Four of ten',
      'Leavers',
    ]);
  });
});
