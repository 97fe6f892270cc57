/** Every figure of a management review against a count of plain rows that shares nothing with it, over organisations that come about by chance. */
import fc from 'fast-check';
import { beforeEach, expect, it } from 'vitest';
import { appendAudit } from '../../../src/db/audit.ts';
import { savepoint } from '../../../src/db/savepoint.ts';
import { selectFigures } from '../../../src/isms/management-review/figures.ts';
import { inputKeys, type InputKey } from '../../../src/isms/management-review/inputs.ts';
import { describeOnDatabases } from '../../support/databases.ts';
import { givenPlaces, insert, type People } from '../given-register.ts';
import { act, kinds } from '../readiness/given-organisation.ts';

const today = '2027-02-10';
const at = new Date(`${today}T20:00:00Z`);
const plannedOn = '2027-03-01';
const seeds = [1, 7, 20_270_210];

const number = fc.nat(10_000);
const Acts = fc.array(fc.record({ kind: fc.nat(kinds - 1), on: fc.tuple(number, number, number, number) }), { minLength: 500, maxLength: 600 }); // prettier-ignore

type Row = Record<string, unknown>;

describeOnDatabases('Figures of a management review', (test) => {
  let people: People;
  beforeEach(async () => {
    people = await givenPlaces(test.db);
  });

  const rowsOf = async (table: string): Promise<Row[]> =>
    (await test.db.query(`select * from ${table}`)).rows;
  const day = (value: unknown) =>
    value instanceof Date ? value.toISOString().slice(0, 10) : typeof value === 'string' ? value : '';
  const figures = async () => selectFigures(test.db, { id: 0, plannedOn }, at, inputKeys);
  const valueOf = (of: Awaited<ReturnType<typeof figures>>, input: InputKey, label: string) => of.get(input)?.find((each) => each.label.startsWith(label))?.value ?? `no figure «${label}»`; // prettier-ignore
  /** Those that stand first in a value. */
  const numbers = (value: string) => (value.match(/\d+/g) ?? []).map(Number);

  it.each(seeds)('are those of an independent count (seed %i)', async (seed) => {
    const [acts = []] = fc.sample(Acts, { numRuns: 1, seed });
    await test.db.transaction(async (tx) => {
      // What the database refuses did not come about.
      for (const each of acts) await savepoint(tx, () => act(tx, each, today)).catch(() => undefined);
      const own = { state_at: at, owner_id: people.owner.id };
      for (const [index, state] of ['proposed', 'accepted', 'done', 'declined', 'proposed'].entries())
        await insert(tx, 'improvement', { ...own, reference: `IM-2027-00${index}`, state, title: `Idea ${index}`, idea: 'x', source: 'person', proposed_by_name: 'x' }); // prettier-ignore
      for (const [index, addressed] of [true, false, true].entries())
        await insert(tx, 'interested_party', { ...own, reference: `IP-2027-00${index}`, state: index === 2 ? 'ended' : 'current', name: 'x', kind: 'customer', needs: 'x', basis: 'law', addressed, review_on: '2027-01-01', reviewed_on: today }); // prettier-ignore
      for (const [index, [target, better, value]] of (
        [
          [10, 'at_least', 9],
          [10, 'at_most', 9],
          [10, 'at_least', null],
        ] as const
      ).entries()) {
        const { id } = await insert(tx, 'metric', { ...own, reference: `ME-2027-90${index}`, state: 'active', title: `Metric ${index}`, method: 'x', unit: '%', cadence: 'monthly', target, better, next_due_on: '2027-01-31' }); // prettier-ignore
        if (value === null) continue;
        for (const [period, measured] of [['2026-12', 50], ['2027-01', value]] as const)
          await insert(tx, 'measurement', { metric_id: id, period, value: measured, recorded_by: people.owner.id, recorded_by_name: 'x', recorded_at: at }); // prettier-ignore
      }
      await appendAudit(tx, { actor: 'system:test', action: 'setting.changed', record: 'setting:x', detail: { value: seed }, at }); // prettier-ignore
    });

    const all = await figures();
    const [findings, actions, audits, objectives, incidents, metrics, reviews, open] = (await Promise.all(
      ['nonconformity', 'corrective_action', 'audit', 'objective', 'incident', 'metric', 'management_review', 'open_question'].map(rowsOf), // prettier-ignore
    )) as [Row[], Row[], Row[], Row[], Row[], Row[], Row[], Row[]];
    const held = reviews.filter(({ state, held_on }) => ['complete', 'signed'].includes(String(state)) && held_on !== null && day(held_on) < plannedOn).map(({ held_on }) => day(held_on)); // prettier-ignore
    const since = held.toSorted().at(-1) ?? '2026-02-10';
    const over = ['closed', 'rejected'];
    const isOpen = ({ state }: Row) => !over.includes(String(state));
    const unfinished = actions.filter(({ state }) => ['proposed', 'accepted', 'in_progress', 'done_claimed'].includes(String(state))); // prettier-ignore
    const breaches = findings.filter(({ grade, state }) => ['major', 'minor'].includes(String(grade)) && state !== 'rejected'); // prettier-ignore
    const raisedAfter = (from: string) => breaches.filter(({ identified_on }) => day(identified_on) > from).length; // prettier-ignore

    for (const [label, grade] of [['Majors', 'major'], ['Minors', 'minor']] as const)
      expect(numbers(valueOf(all, 'd1', label))[0], label).toBe(findings.filter((each) => each.grade === grade && isOpen(each)).length); // prettier-ignore
    expect(Number(valueOf(all, 'd1', 'Raised since')), 'raised').toBe(raisedAfter(since));
    expect(numbers(valueOf(all, 'd1', 'Raised in 12 months'))).toEqual([raisedAfter('2026-02-10'), raisedAfter('2025-02-10') - raisedAfter('2026-02-10')]); // prettier-ignore
    const late = unfinished.filter(
      ({ due_on, state }) => state !== 'done_claimed' && day(due_on) < today,
    ).length;
    expect(numbers(valueOf(all, 'd1', 'Corrective actions')), 'actions').toEqual(late === 0 ? [unfinished.length] : [unfinished.length, late]); // prettier-ignore

    const real = incidents.filter(({ state, aware_at }) => state !== 'no_incident' && day(aware_at) > since);
    expect(numbers(valueOf(all, 'd2', 'Incidents')), 'incidents').toEqual([
      real.length,
      real.filter(({ severity }) => ['critical', 'high'].includes(String(severity))).length,
      real.filter(({ state }) => state !== 'closed').length,
    ]);
    expect(valueOf(all, 'd2', 'Metrics on target')).toBe('1 of 2 (50 %)');
    expect(valueOf(all, 'd2', 'Off target: Metric 0')).toBe('9 % in 2027-01, wanted at least 10 %');
    expect(Number(valueOf(all, 'd2', 'Measurements overdue'))).toBe(metrics.filter(({ state, next_due_on }) => state === 'active' && day(next_due_on) < today).length); // prettier-ignore

    const done = audits.filter(({ state, held_until }) => ['complete', 'closed'].includes(String(state)) && held_until !== null && day(held_until) > '2026-02-10'); // prettier-ignore
    expect(numbers(valueOf(all, 'd3', 'Audits completed'))[0], 'audits').toBe(done.length);
    const found = findings.filter(({ source, identified_on, state }) => String(source).endsWith('_audit') && day(identified_on) > '2026-02-10' && state !== 'rejected'); // prettier-ignore
    const graded = (...grades: string[]) =>
      found.filter(({ grade }) => grades.includes(String(grade))).length;
    expect(numbers(valueOf(all, 'd3', 'Their findings'))).toEqual([graded('major'), graded('minor'), graded('ofi', 'observation'), found.filter(isOpen).length]); // prettier-ignore

    const running = objectives.filter(({ state }) => state === 'open');
    expect(numbers(valueOf(all, 'd4', 'Objectives open'))[0], 'objectives').toBe(running.length);
    expect(Number(valueOf(all, 'd4', 'Of these overdue'))).toBe(running.filter(({ due_on }) => day(due_on) < today).length); // prettier-ignore
    expect(numbers(valueOf(all, 'e', 'Questions'))).toEqual([open.length, 0]);
    expect([valueOf(all, 'c', 'Interested parties'), valueOf(all, 'c', 'Overdue'), valueOf(all, 'c', 'Not taken up')]).toEqual(['2', '2', '1']); // prettier-ignore
    expect(valueOf(all, 'g', 'Improvements that wait')).toBe('2: IM-2027-000 Idea 0; IM-2027-004 Idea 4');
    expect(valueOf(all, 'g', 'Improvements under way')).toBe('1');
    expect(Number(valueOf(all, 'g', 'Opportunities'))).toBe(findings.filter((each) => ['ofi', 'observation'].includes(String(each.grade)) && isOpen(each)).length); // prettier-ignore
    for (const each of [...all.values()].flat()) expect(each.source).not.toBe('');
  });

  it('tell what became of the actions of earlier reviews, and none of its own', async () => {
    const person = people.owner.id;
    const reviews = [];
    for (const [reference, state, held_on] of [['MR-2026-001', 'complete', '2026-03-02'], ['MR-2027-001', 'in_progress', null]] as const)
      reviews.push(await insert(test.db, 'management_review', { reference, state, state_at: at, title: 'Review', planned_on: held_on ?? plannedOn, held_on, chair_id: person, secretary_id: person })); // prettier-ignore
    const [past, own] = reviews;
    let count = 0;
    for (const [of, state, due] of [
      [past, 'verified', '2026-05-01'],
      [past, 'accepted', '2027-01-01'],
      [past, 'in_progress', '2027-06-01'],
      [past, 'cancelled', '2026-05-01'],
      [own, 'proposed', '2026-05-01'],
    ] as const) {
      const days = { due_on: due, original_due_on: due, proposed_at: at, state_at: at };
      await insert(test.db, 'corrective_action', { reference: `CA-2027-10${(count += 1)}`, belongs_to: `management_review:${String(of?.id)}`, round: 1, description: 'Do it', owner_id: person, proposed_by: person, state, ...days, ...(state === 'verified' ? { verified_by: people.manager.id, verified_by_name: 'x', verified_at: at } : {}) }); // prettier-ignore
    }

    const figuresOfA = (await selectFigures(test.db, { id: own?.id ?? 0, plannedOn }, at, ['a'])).get('a');

    expect(figuresOfA?.map(({ label, value }) => [label, value])).toEqual([
      ['Review before this one', 'MR-2026-001 on 2 March 2026, 0 decisions'],
      ['Actions of earlier reviews', '3'],
      ['Of these verified as done', '1'],
      ['Of these open', '2, 1 overdue'],
    ]);
  });
});
