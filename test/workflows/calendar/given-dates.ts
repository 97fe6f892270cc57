/** Records with days of all kinds, generated the same each time: in any state, of anybody, long past to far ahead. */
import type { Database } from '../../../src/db/database.ts';

/** @param count  rows of each kind */
export async function givenDates(db: Database, count: number): Promise<void> {
  let seed = 7;
  const random = (below: number) => {
    seed = (seed * 1_103_515_245 + 12_345) % 2_147_483_648;
    return Math.floor((seed / 2_147_483_648) * below);
  };
  const people = (await db.query('select id from person where active order by id')).rows.map(({ id }) => Number(id)); // prettier-ignore
  const pick = <Of>(all: readonly Of[]): Of => all[random(all.length)] as Of;
  const person = () => pick(people);
  const day = (least = -60) => new Date(Date.UTC(2026, 10, 24 + least + random(400))).toISOString().slice(0, 10); // prettier-ignore
  const maybe = <Of>(value: Of) => (random(3) === 0 ? null : value);
  const insert = (table: string, values: Record<string, unknown>) =>
    db.query(
      `insert into ${table} (${Object.keys(values).join(', ')}) values (${Object.keys(values).map((_, at) => `$${at + 1}`).join(', ')})`,
      Object.values(values),
    ); // prettier-ignore
  const at = '2026-11-01T09:00:00Z';

  for (let n = 1; n <= count; n += 1) {
    const number = String(n).padStart(3, '0');
    const base = (prefix: string, states: readonly string[]) => ({ reference: `${prefix}-2026-${number}`, state: pick(states), state_at: at }); // prettier-ignore
    const from = day();
    await insert('audit', { ...base('AU', ['planned', 'prepared', 'in_progress', 'complete', 'cancelled']), kind: pick(['internal', 'stage2', 'surveillance']), title: `audit ${n}`, lead_id: person(), planned_from: from, planned_until: new Date(Date.parse(from) + random(4) * 86_400_000).toISOString().slice(0, 10) });
    await insert('audit_member', { audit_id: n, person_id: person(), part: 'auditor' });
    await insert('management_review', { ...base('MR', ['planned', 'in_progress', 'signed', 'cancelled']), title: `review ${n}`, planned_on: day(), chair_id: person(), secretary_id: person() });
    await insert('evidence_request', { ...base('EV', ['requested', 'submitted', 'accepted', 'rejected', 'expiring', 'expired', 'withdrawn']), title: `evidence ${n}`, requirements: ['A.5.1'], what: '', owner_id: person(), asked_by: person(), asked_by_name: '', asked_at: at, due_on: day(), expires_on: maybe(day()) });
    await insert('objective', { ...base('OB', ['open', 'open', 'met', 'dropped']), title: `objective ${n}`, measure: '', target: '', plan: '', owner_id: person(), due_on: day() });
    await insert('metric', { ...base('ME', ['active', 'ended']), title: `metric ${n}`, method: '', cadence: 'monthly', owner_id: person(), next_due_on: day() });
    await insert('improvement', { ...base('IM', ['proposed', 'accepted', 'done']), title: `improvement ${n}`, idea: '', source: 'person', proposed_by_name: '', owner_id: person(), due_on: maybe(day()) });
    await insert('interested_party', { ...base('IP', ['current', 'ended']), name: `party ${n}`, kind: 'customer', needs: '', basis: 'law', addressed: true, owner_id: person(), review_on: day(), reviewed_on: '2026-01-01' });
    await insert('soa', { ...base('SO', n === 1 ? ['approved'] : ['draft', 'superseded']), edition: `${n}.0`, owner_id: person(), approver_id: person(), review_on: maybe(day()) });
    await insert('campaign', { ...base('CM', ['draft', 'running', 'paused', 'ended']), title: `campaign ${n}`, who: 'everyone', audience: '[]', subjects: '[]', ...(random(4) === 0 ? { due_days: 14 } : { due_on: day() }), owner_id: person() });
    const source = pick(['internal_audit', 'external_audit', 'external_audit']);
    const answer = maybe(pick(['accepted', 'returned']));
    await insert('nonconformity', {
      reference: `NC-2026-${number}`, title: `finding ${n}`, requirement: '8.2', evidence_seen: '', gap: '', source, identified_on: '2026-10-01', raised_by: person(), raised_by_name: '', raised_at: at,
      owner_id: person(), grade: pick(['major', 'minor', 'ofi']), grade_reason: '', state: pick(['open', 'contained', 'cause_found', 'action_planned', 'implemented', 'verifying', 'rejected']), state_at: at,
      correction_due_on: maybe(day()), plan_due_on: maybe(day()), actions_due_on: maybe(day()), plan_approved_at: maybe(at), check_due_on: maybe(day()), checker_id: maybe(person()),
      body_plan_due_on: maybe(day()), body_due_on: maybe(day()), body_answered_on: answer === null ? null : '2026-11-01', body_answer: answer, body_answer_on: answer === null ? null : '2026-11-02',
      body_closed_on: random(3) === 0 ? '2026-11-03' : null,
    });
    await insert('corrective_action', { reference: `CA-2026-${number}`, nonconformity_id: n, belongs_to: `nonconformity:${n}`, round: 1, description: `action ${n}`, owner_id: person(), proposed_by: person(), proposed_at: at, due_on: day(), original_due_on: '2026-11-10', state: pick(['proposed', 'accepted', 'declined', 'in_progress', 'done_claimed', 'cancelled']), state_at: at });
    await insert('training', { reference: `TR-2026-${number}`, state: pick(['assigned', 'started', 'failed', 'waived']), state_at: at, person_id: people[n % people.length], lesson: `lesson-${n}`, text_hash: '', due_on: maybe(day()) });
  }
} // prettier-ignore
