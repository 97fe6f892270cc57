/** What our own audits have looked at over three years: counted as SQL counts it, in words, as a table, and by site; and the programme that says how long. */
import { afterEach, beforeEach, expect, it } from 'vitest';
import { countCoverage, openOf, selectCoverage, selectPeriod, atSite, yearsOf } from '../../../src/isms/audit/coverage.ts'; // prettier-ignore
import { auditable } from '../../../src/records/requirement-set.ts';
import { coverageTable } from '../../../src/workflows/audits/coverage-card.ts';
import { describeOnDatabases } from '../../support/databases.ts';
import { givenPeople, startHarness, type Harness, type Said } from '../../support/harness.ts';

const [hugo, ines, hanna] = ['hugo', 'ines', 'hanna'].map((name) => `${name}@test.example`) as [string, string, string]; // prettier-ignore

describeOnDatabases('The coverage of audits', (test) => {
  let isma: Harness;
  beforeEach(async () => {
    await givenPeople(test.db);
    await test.db.query("update person set roles = '{employee,manager}' where email = $1", [hanna]);
    isma = await startHarness({ db: test.db });
  });
  afterEach(() => isma.stop());

  const rows = async (sql: string, values: unknown[] = []) => (await test.db.query(sql, values)).rows;
  const first = (said: Said[]) => said[0]?.reply;
  const plan = (covers: string, from: string, fields: Record<string, string> = {}) =>
    isma.press(ines, 'audits.send-plan', { kind: 'internal', covers, from, until: '', lead: '', departments: '', ...fields }); // prettier-ignore
  const mark = (id: number, which: string, state = 'covered') =>
    test.db.query('update audit_coverage set state = $3 where audit_id = $1 and requirement = any($2)', [id, which.split(' '), state]); // prettier-ignore
  const draft = (fields: Record<string, string> = {}) =>
    isma.press(ines, 'audit-programmes.send-begin', { title: 'Programme', from_on: '2026-01-01', until_on: '2028-12-31', objectives: 'All in three years', frequency: 'Two a year', methods: 'Samples', ...fields }); // prettier-ignore
  const approve = async (by: string, record: string) => {
    const card = await isma.say(by, record);
    return isma.press(by, first(card)?.buttons.find(({ label }) => label === 'Approve')?.id ?? 'no button');
  };
  /** Three audits of our own, one of which is cancelled, and one by the certification body. */
  const given = async () => {
    await plan('A.5.15 to A.5.18, 9.2.1', '2026-03-02');
    await plan('A.5.18, A.8.2, A.7', '2027-02-01');
    await plan('clauses 4 to 6', '2026-05-01');
    await plan('everything', '2026-06-01', { kind: 'stage1' });
    await mark(1, 'A.5.15 A.5.18 9.2.1');
    await mark(1, 'A.5.16', 'left_out');
    await mark(4, [...auditable().keys()].join(' '));
    await isma.press(ines, 'audits.send-fill?record=AU-3&move=cancel', { state_reason: 'Not now' });
  };

  it('is what SQL counts, of audits of our own that were not cancelled, within the days of the approved programme', async () => {
    await given();
    await draft();
    await approve(ines, 'AP-1');
    await approve(hanna, 'AP-1');
    const period = await selectPeriod(test.db, '2026-11-24');
    const coverage = await selectCoverage(test.db, period);

    const [counted] = await rows(`with looked as (
        select requirement, bool_or(coverage.state = 'covered') as covered from audit_coverage coverage join audit on audit.id = audit_id
        where kind = 'internal' and audit.state <> 'cancelled' and coverage.state in ('covered', 'planned')
          and planned_from between '2026-01-01' and '2028-12-31' group by requirement)
      select (count(*) filter (where covered))::integer as covered, (count(*) filter (where not covered))::integer as planned,
        (123 - count(*))::integer as open, 123 as total from looked`);
    expect(countCoverage(coverage)).toEqual(counted);
    expect(counted).toEqual({ total: 123, covered: 3, planned: 16, open: 104 });
    expect(period).toEqual({ from: '2026-01-01', until: '2028-12-31', programme: 'AP-2026-001' });
    expect(yearsOf(period).map(({ from }) => from)).toEqual(['2026-01-01', '2027-01-01', '2028-01-01']);
    expect(openOf(coverage)).toContain('A.5.16');
    expect(await rows('select distinct programme_id from audit where kind = $1 and state = $2', ['internal', 'planned'])).toEqual([{ programme_id: 1 }]); // prettier-ignore
  });

  it('counts the last three years where no programme is approved, and nothing older', async () => {
    await plan('A.5.15', '2026-03-02');
    await plan('A.5.16', '2026-03-02');
    await mark(1, 'A.5.15');
    await mark(2, 'A.5.16');
    await test.db.query("update audit set planned_from = '2023-11-24', planned_until = '2023-11-24' where id = 2");
    const counted = countCoverage(await selectCoverage(test.db, await selectPeriod(test.db, '2026-11-24')));
    await test.db.query("update audit set planned_from = '2023-11-25', planned_until = '2023-11-25' where id = 2");
    const later = countCoverage(await selectCoverage(test.db, await selectPeriod(test.db, '2026-11-24')));

    expect([counted.covered, later.covered]).toEqual([1, 2]);
  }); // prettier-ignore

  it('is said with what no audit looks at first, a picture, a table of all 123, and the form that plans the rest', async () => {
    await given();
    const said = await isma.say(ines, 'What have our audits not covered yet?');
    const form = await isma.press(ines, first(said)?.buttons[0]?.id ?? '');
    const file = await isma.press(ines, first(said)?.buttons.find(({ label }) => label === 'CSV')?.id ?? '');

    expect(first(said)?.text).toBe('104 of 123 requirements are in no audit, held or planned.\n3 are covered, 16 more are planned. There is no approved audit programme, so this counts our own audits since 25 November 2023.'); // prettier-ignore
    expect(first(said)?.facts).toContainEqual({ label: 'Planned', value: 'A.5.17, A.7.1 to A.7.14, A.8.2' });
    expect(first(said)?.picture?.alt).toContain('A.7 Physical: 0 % covered, 100 % with what is planned');
    expect(first(form)?.form?.fields.find(({ name }) => name === 'covers')?.value).toMatch(/^4\.1 to 9\.1, 9\.2\.2/); // prettier-ignore
    expect(first(file)?.files.map(({ name }) => name)).toEqual(['audit-coverage.csv']);
    const { columns, rows: table } = await coverageTable(test.db, '2026-11-24');
    expect(table).toHaveLength(123);
    expect(table.find(([id]) => id === 'A.5.18')).toEqual(['A.5.18', 'Access rights', 'covered', 'AU-2026-001', '2026-03-02', 'AU-2026-002', '2027-02-01']); // prettier-ignore
    expect(columns[3]).toBe('covered_by');
  });

  it('is counted at each site by itself, where an audit of everywhere counts for all', async () => {
    await plan('A.7.1, A.7.2', '2026-03-02');
    await isma.press(ines, 'audits.send-fill?record=AU-1&move=change', { title: 'Doors', planned_from: '2026-03-02', planned_until: '2026-03-02', lead: '', departments: '', sites: 'Lyon' }); // prettier-ignore
    await isma.press(ines, 'audits.send-fill?record=AU-1&move=aim', { requirements: 'A.7.1, A.7.2' });
    await plan('A.7.3', '2026-04-02');
    const coverage = await selectCoverage(test.db, await selectPeriod(test.db, '2026-11-24'));

    expect(countCoverage(atSite(coverage, 'Lyon')).planned).toBe(3);
    expect(countCoverage(atSite(coverage, 'Hamburg')).planned).toBe(1);
    expect(await rows('select requirement, site from audit_coverage order by id')).toEqual([
      { requirement: 'A.7.1', site: 'Lyon' },
      { requirement: 'A.7.2', site: 'Lyon' },
      { requirement: 'A.7.3', site: '' },
    ]);
  });

  it('has a programme that is approved on its card by somebody who leads none of its audits, and takes the place of the last', async () => {
    await plan('A.5.15', '2026-12-10');
    const drafted = await draft();
    const own = await isma.say(ines, 'AP-1');
    const blind = await isma.press(hanna, 'audit-programmes.approve?record=AP-1');
    const approved = await approve(hanna, 'AP-1');
    const reader = await isma.say(hugo, 'AP-1');
    await draft({ title: 'The next', from_on: '2027-01-01', until_on: '2029-12-31' });
    await approve(ines, 'AP-2');
    const shown = await isma.say(ines, 'audit programme');

    expect(first(drafted)?.text).toBe('AP-2026-001 · Programme');
    expect(first(own)?.buttons.map(({ label }) => label)).not.toContain('Approve');
    expect(first(own)?.items).toMatchObject([{ text: 'AU-2026-001 · Internal audit: A.5.15' }]);
    expect(first(blind)?.text).toContain('Nothing is signed yet: look at it first.');
    expect(first(approved)?.facts).toContainEqual({ label: 'State', value: 'approved' });
    expect(first(reader)?.text).toContain('There is no AP-1 that you may see.');
    expect(first(shown)?.text).toBe('1 audit programme.');
    expect(await rows('select state, state_by_name from audit_programme order by id')).toEqual([
      { state: 'superseded', state_by_name: 'Ines Isms' },
      { state: 'approved', state_by_name: 'Ines Isms' },
    ]);
  });

  it('is asked for in four languages, and leaves questions about the standard to the answers', async () => {
    const asked = [
      'Auditabdeckung',
      'couverture de nos audits',
      'cobertura de las auditorías',
      'audit coverage',
    ];
    const said: (string | undefined)[] = [];
    for (const each of asked) said.push(first(await isma.say(ines, each))?.text.split('\n')[0]);
    const planned: (string | undefined)[] = [];
    for (const each of [
      'internes Audit planen',
      'planifier un audit interne',
      'planificar una auditoría interna',
      'plan a surveillance audit',
    ])
      // prettier-ignore
      planned.push(first(await isma.say(ines, each))?.buttons[0]?.id);
    const question = await isma.say(ines, 'What is an internal audit?');

    expect(new Set(said)).toEqual(new Set(['123 of 123 requirements are in no audit, held or planned.']));
    expect(planned).toEqual(['internal', 'internal', 'internal', 'surveillance'].map((kind) => `audits.plan?kind=${kind}&covers=`)); // prettier-ignore
    expect(
      first(question)
        ?.buttons.map(({ id }) => id)
        .join(),
    ).not.toContain('audits.');
  });
});
