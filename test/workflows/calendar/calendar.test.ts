/** The calendar: the same days as an independent look at the rows, to whom they are shown, in what order, and as a file that others read. */
import ICAL from 'ical.js';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { selectDated } from '../../../src/isms/calendar/dated.ts';
import { readOutgoingFile } from '../../../src/conversation/outgoing-file.ts';
import { calendarRoom } from '../../../src/workflows/calendar/room.ts';
import { describeOnDatabases } from '../../support/databases.ts';
import { givenPeople, startHarness, today as now, type Harness, type Said } from '../../support/harness.ts';
import { givenDates } from './given-dates.ts';

const [erin, hugo, ines, hanna] = ['erin', 'hugo', 'ines', 'hanna'].map((name) => `${name}@test.example`) as [string, string, string, string]; // prettier-ignore
const today = '2026-11-24';
type Row = Record<string, unknown>;

describeOnDatabases('The calendar', (test) => {
  let isma: Harness;
  beforeEach(async () => {
    await givenPeople(test.db);
    await test.db.query(`update person set manager_id = (select id from person where email = $1) where email = $2`, [hugo, erin]); // prettier-ignore
    await test.db.query("update person set roles = '{employee,auditor}' where email = $1", [hanna]);
    isma = await startHarness({ db: test.db });
  });
  afterEach(() => isma.stop());

  const rows = async (sql: string, parameters: unknown[] = []) => (await test.db.query(sql, parameters)).rows as Row[]; // prettier-ignore
  const last = (said: Said[]) => said.at(-1)?.reply;
  const personNamed = async (email: string) => {
    const [row] = await rows('select id, roles from person where email = $1', [email]);
    return { id: Number(row?.['id']), roles: row?.['roles'] as string[] };
  };

  /** By hand, from whole tables, a row at a time. */
  async function expectedFor(
    viewer: { id: number; roles: string[] } | null,
    from: string,
    until: string,
    late: boolean,
  ) {
    const people = new Map((await rows('select id, manager_id from person')).map((row) => [row['id'], row['manager_id']])); // prettier-ignore
    const all = viewer === null || viewer.roles.includes('isms_manager') || viewer.roles.includes('auditor');
    const found: string[] = [];
    const text = (day: unknown) => (day instanceof Date ? day.toISOString().slice(0, 10) : typeof day === 'string' ? day.slice(0, 10) : null); // prettier-ignore
    const add = (
      kind: string,
      table: string,
      row: Row,
      due: unknown,
      owner: unknown,
      opens: unknown = due,
      others: unknown[] = [],
    ) => {
      const [day, first] = [text(due), text(opens)];
      if (day === null || first === null) return;
      const isIn = (late && day < today) || (first <= until && day >= from);
      const isSeen = all || owner === viewer.id || others.includes(viewer.id) || (owner !== null && people.get(owner) === viewer.id); // prettier-ignore
      if (isIn && isSeen) found.push(`${kind} ${table}:${String(row['id'])} ${day}`);
    };
    for (const row of await rows('select * from audit'))
      if (['planned', 'prepared', 'in_progress'].includes(String(row['state'])))
        add(`audit_${String(row['kind'])}`, 'audit', row, row['planned_until'], row['lead_id'], row['planned_from'], (await rows('select person_id from audit_member where audit_id = $1', [row['id']])).map((each) => each['person_id'])); // prettier-ignore
    for (const row of await rows('select * from management_review'))
      if (['planned', 'in_progress'].includes(String(row['state']))) add('management_review', 'management_review', row, row['planned_on'], row['chair_id'], row['planned_on'], [row['secretary_id']]); // prettier-ignore
    const simple: [string, string, string, string, string[]][] = [
      ['evidence_due', 'evidence_request', 'due_on', 'owner_id', ['requested', 'rejected']],
      ['evidence_ends', 'evidence_request', 'expires_on', 'owner_id', ['accepted', 'expiring', 'expired']],
      ['action', 'corrective_action', 'due_on', 'owner_id', ['proposed', 'accepted', 'in_progress']],
      ['objective', 'objective', 'due_on', 'owner_id', ['open']],
      ['metric', 'metric', 'next_due_on', 'owner_id', ['active']],
      ['improvement', 'improvement', 'due_on', 'owner_id', ['accepted']],
      ['soa_review', 'soa', 'review_on', 'owner_id', ['approved']],
      ['interested_party', 'interested_party', 'review_on', 'owner_id', ['current']],
      ['campaign', 'campaign', 'due_on', 'owner_id', ['running', 'paused']],
    ];
    for (const [kind, table, due, owner, states] of simple)
      for (const row of await rows(`select * from ${table}`)) if (states.includes(String(row['state']))) add(kind, table, row, row[due], row[owner]); // prettier-ignore
    for (const row of await rows('select * from training')) if (['assigned', 'started', 'failed'].includes(String(row['state'])) && row['person_id'] === viewer?.id) add('training', 'training', row, row['due_on'], row['person_id']); // prettier-ignore
    for (const row of await rows('select * from nonconformity')) {
      const is = (...states: string[]) => states.includes(String(row['state']));
      const ours = [
        is('open') ? row['correction_due_on'] : null,
        is('open', 'contained', 'cause_found') || (is('action_planned') && ['major', 'minor'].includes(String(row['grade'])) && row['plan_approved_at'] === null) ? row['plan_due_on'] : null,
        is('verifying', 'closed', 'rejected') ? null : row['actions_due_on'],
      ].map(text).filter((day) => day !== null).toSorted(); // prettier-ignore
      if (!is('closed', 'rejected')) add('finding', 'nonconformity', row, ours[0], row['owner_id']);
      if (is('verifying')) add('finding_check', 'nonconformity', row, row['check_due_on'], row['checker_id'] ?? row['owner_id'], row['check_due_on'], [row['owner_id']]); // prettier-ignore
      const unanswered = row['body_answered_on'] === null || row['body_answer'] === 'returned';
      const wanted = unanswered ? (row['body_plan_due_on'] ?? row['body_due_on']) : row['body_due_on'];
      if (row['source'] === 'external_audit' && ['major', 'minor'].includes(String(row['grade'])) && row['body_closed_on'] === null && !is('rejected')) add('finding_body', 'nonconformity', row, wanted, row['owner_id']); // prettier-ignore
    }
    return found.toSorted();
  }

  it('has the days that the rows have, for each person and stretch, on generated records', async () => {
    await givenDates(test.db, 40);
    const spans: [string, string][] = [['2026-11-24', '2026-12-31'], ['2027-01-01', '2027-03-31'], ['2026-10-01', '2026-12-31'], ['2026-11-24', '2030-01-01']]; // prettier-ignore

    let compared = 0;
    for (const email of [erin, hugo, ines, hanna, null])
      for (const [from, until] of spans) {
        const viewer = email === null ? null : await personNamed(email);
        const late = from <= today;
        const dated = await selectDated(test.db, { viewer, span: { from, until }, today, late });
        const expected = await expectedFor(viewer, from, until, late);

        expect(dated.map(({ kind, record, dueOn }) => `${kind} ${record} ${dueOn}`).toSorted()).toEqual(expected); // prettier-ignore
        const days = dated.map(({ dueOn }) => dueOn);
        expect(days).toEqual(days.toSorted());
        compared += expected.length;
      }

    expect(compared).toBeGreaterThan(1_000);
  });

  it('is shown a page at a time, what is overdue first, with the record behind each line', async () => {
    await givenDates(test.db, 30);

    const first = last(await isma.say(ines, 'What is due this quarter?'));
    const next = last(await isma.press(ines, first?.buttons[0]?.id ?? ''));
    const lines = [...(first?.items ?? []), ...(next?.items ?? [])];
    const line = lines.find(({ detail }) => detail?.includes(' · NC-') === true);

    expect(first?.text).toMatch(/^\d+ things are overdue, and \d+ are due until 31 December 2026\.$/);
    expect(first?.items).toHaveLength(10);
    expect(first?.items[0]?.detail).toMatch(/^\d+ days overdue · /);
    expect(first?.buttons.map(({ label }) => label)).toEqual([expect.stringMatching(/^Next 10 of \d+$/), 'Calendar file', 'Table']); // prettier-ignore
    expect(next?.text).toContain('These are 11 to 20.');
    expect(last(await isma.press(ines, line?.button?.id ?? ''))?.text).toContain(line?.text);
  });

  it('shows people their own, managers also those of their people, and each their own lessons alone', async () => {
    await givenDates(test.db, 0);
    const id = async (email: string) => (await personNamed(email)).id;
    const objective = (title: string, owner: number) =>
      rows(`insert into objective (reference, state, state_at, title, measure, target, plan, owner_id, due_on) values ($1, 'open', now(), $1, '', '', '', $2, '2026-12-10')`, [title, owner]); // prettier-ignore
    await objective('Of Erin', await id(erin));
    await objective('Of Hugo', await id(hugo));
    await objective('Of Ines', await id(ines));
    await rows(`insert into training (reference, state, state_at, person_id, lesson, text_hash, due_on) values ('TR-2026-900', 'assigned', now(), $1, 'phishing', '', '2026-12-11')`, [await id(erin)]); // prettier-ignore

    const seen: Record<string, string[] | undefined> = {};
    for (const who of [erin, hugo, ines, hanna]) seen[who] = last(await isma.say(who, 'what is due until March?'))?.items.map(({ text }) => text); // prettier-ignore
    const inChannel = await isma.say(ines, 'what is due until March?', { channel: 'C1' });

    expect(seen[erin]).toEqual(['Of Erin', 'Mails that want something from you']);
    expect(seen[hugo]).toEqual(['Of Erin', 'Of Hugo']);
    expect(seen[ines]).toEqual(['Of Erin', 'Of Hugo', 'Of Ines']);
    expect(seen[hanna]).toEqual(seen[ines]);
    expect(inChannel.find(({ address }) => address === 'test:channel:C1')?.reply.items).toEqual([]);
  });

  it('has the visits of the certification body, unless their audit is planned in their days', async () => {
    await givenDates(test.db, 0);
    const { id } = await personNamed(ines);
    await rows(`insert into certification (reference, state, state_at, body, scope, visited_on, decided_on, valid_until, owner_id) values ('CE-2026-001', 'certified', now(), 'Kestrel', 'All', '2026-06-20', '2026-07-01', '2029-06-30', $1)`, [id]); // prettier-ignore
    const kinds = async () => (await selectDated(test.db, { viewer: null, span: { from: today, until: '2030-01-01' }, today, late: true })).map(({ kind, dueOn, part }) => [kind, dueOn, part]); // prettier-ignore
    const before = await kinds();

    await rows(`insert into audit (reference, state, state_at, kind, certification_id, title, lead_id, planned_from, planned_until) values ('AU-2027-001', 'planned', now(), 'surveillance', 1, 'First surveillance', $1, '2027-05-03', '2027-05-04')`, [id]); // prettier-ignore

    expect(before).toEqual([
      ['visit_surveillance', '2027-07-01', '3'],
      ['visit_surveillance', '2028-12-30', '2'],
      ['visit_recertification', '2029-05-01', '1'],
      ['certificate_ends', '2029-06-30', undefined],
    ]);
    expect((await kinds()).slice(0, 2)).toEqual([['audit_surveillance', '2027-05-04', undefined], ['visit_surveillance', '2028-12-30', '2']]); // prettier-ignore
  });

  it('comes as a calendar file that another program reads: whole days, each with a name that stays', async () => {
    await givenDates(test.db, 12);
    await rows(`update objective set title = $1 where id = 1`, [`Long; with, commas \\ and\nlines ${'ü'.repeat(120)}`]); // prettier-ignore

    const said = last(await isma.say(ines, 'send me the calendar as a file'));
    const bytes = Buffer.from((await readOutgoingFile(test.db, said?.files[0]?.id ?? '')) ?? '');
    const again = Buffer.from((await calendarRoom.calendars?.['calendar']?.(test.db, now)) ?? '');
    const dated = await selectDated(test.db, { viewer: await personNamed(ines), span: { from: today, until: '2029-11-24' }, today, late: true }); // prettier-ignore
    const read = (file: Buffer) => new ICAL.Component(ICAL.parse(file.toString()) as unknown[]).getAllSubcomponents('vevent').map((each) => new ICAL.Event(each)); // prettier-ignore
    const events = read(bytes);

    expect(said?.text).toContain(`${dated.length} days for your calendar`);
    expect(events.map(({ endDate }) => endDate.toJSDate().getTime() - 86_400_000 && endDate.toString()).toSorted()).toEqual(dated.map(({ dueOn }) => new Date(Date.parse(dueOn) + 86_400_000).toISOString().slice(0, 10)).toSorted()); // prettier-ignore
    expect(events.every(({ startDate, endDate }) => startDate.isDate && startDate.compare(endDate) < 0)).toBe(true); // prettier-ignore
    expect(new Set(events.map(({ uid }) => uid)).size).toBe(dated.length);
    expect(read(again).map(({ uid }) => uid).toSorted()).toEqual(events.map(({ uid }) => uid).toSorted()); // prettier-ignore
    expect(events.some(({ summary }) => summary.startsWith('Objective: Long; with, commas \\ and lines'))).toBe(true); // prettier-ignore
    const lines = bytes.toString().split('\r\n');
    expect(lines.at(-1)).toBe('');
    expect(bytes.toString().replaceAll('\r\n', '')).not.toMatch(/[\r\n]/);
    expect(Math.max(...lines.map((line) => Buffer.byteLength(line)))).toBeLessThanOrEqual(75);
  });
});
