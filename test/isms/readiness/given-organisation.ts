/** An organisation as it may come about: what is done to its records on a day, by numbers that a generator chose. Written by SQL, each day with its audit entry. */
import type { Queryable } from '../../../src/db/database.ts';
import { addDays } from '../../../src/language/calendar.ts';
import { requiredDocuments } from '../../../src/isms/readiness/required.ts';
import { auditableNumbers, controlNumbers } from '../../../src/records/requirement-set.ts';
import { insert } from '../given-register.ts';

/** Numbers of one act, from 0 on; each is used for one choice. */
export interface Act {
  kind: number;
  on: readonly [number, number, number, number];
}

type Work = (tx: Queryable, on: Act['on'], day: string) => Promise<unknown>;

const pick = <T>(from: readonly T[], at: number): T => from[at % from.length] as T;
const at = (day: string) => new Date(`${day}T10:00:00Z`);

/** An id of the table's, or none where it is empty. */
async function anyOf(tx: Queryable, table: string, choice: number, where = 'true'): Promise<number | null> {
  const { rows } = await tx.query(`select id from ${table} where ${where} order by id`);
  return rows.length === 0 ? null : Number(pick(rows, choice).id);
}

let references = 0;
const reference = (prefix: string) => `${prefix}-2027-${String((references += 1)).padStart(4, '0')}`;

async function by(tx: Queryable, choice: number, day: string) {
  return { person: (await anyOf(tx, 'person', choice)) ?? 0, state_at: at(day) };
}

const states = {
  nonconformity: ['open', 'contained', 'cause_found', 'action_planned', 'implemented', 'verifying', 'rejected'],
  corrective_action: ['proposed', 'accepted', 'declined', 'in_progress', 'done_claimed', 'verified', 'cancelled'],
  audit: ['planned', 'prepared', 'in_progress', 'reporting', 'complete', 'closed', 'cancelled'],
  management_review: ['planned', 'in_progress', 'complete', 'signed', 'cancelled'],
  evidence_request: ['requested', 'submitted', 'in_review', 'accepted', 'rejected', 'expiring', 'expired', 'withdrawn'],
  certification: ['preparing', 'stage1_done', 'certified', 'surveillance_1', 'recertification', 'withdrawn', 'expired'],
  competence: ['gap', 'met', 'ended'],
  objective: ['open', 'met', 'missed', 'dropped'],
  metric: ['active', 'ended'],
  incident: ['reported', 'contained', 'closed', 'no_incident'],
} as const; // prettier-ignore

/** Somebody brings a record to another state, in whichever order: facts count states, and hold no rule of their moves. */
const moves = Object.entries(states).map(([table, all]): Work => async (tx, [which, to], day) => {
  const id = await anyOf(tx, table, which);
  if (id === null) return;
  const state = pick<string>(all, to);
  if (table === 'corrective_action' && state === 'verified') return;
  await tx.query(`update ${table} set state = $2, state_at = $3 where id = $1`, [id, state, at(day)]);
}); // prettier-ignore

const others: Work[] = [
  async (tx, [a, b, c, d], day) => {
    const { person, state_at } = await by(tx, d, day);
    await insert(tx, 'nonconformity', {
      reference: reference('NC'), title: 'Found', requirement: pick(controlNumbers(), a), evidence_seen: 'x', gap: 'x', source: b % 3 === 0 ? 'external_audit' : 'self', identified_on: addDays(day, -(c % 200)),
      raised_by: person, raised_by_name: 'x', raised_at: state_at, owner_id: person, grade: pick(['major', 'minor', 'ofi', 'observation'], a), grade_reason: 'x', state: pick(states.nonconformity, b), state_at,
      correction_due_on: c % 2 === 0 ? addDays(day, (d % 20) - 10) : null, plan_due_on: c % 3 === 0 ? addDays(day, (a % 20) - 10) : null, actions_due_on: addDays(day, (b % 30) - 10),
      body_plan_due_on: b % 3 === 0 ? addDays(day, (d % 20) - 5) : null, check_due_on: addDays(day, (a % 9) - 4),
    });
  },
  async (tx, [a, b], day) => {
    const id = await anyOf(tx, 'nonconformity', a);
    if (id !== null) await tx.query('update nonconformity set grade = $2, body_closed_on = $3, plan_approved_at = $4 where id = $1', [id, pick(['major', 'minor', 'ofi'], b), b % 2 === 0 ? day : null, b % 3 === 0 ? at(day) : null]);
  },
  async (tx, [a, b, c], day) => {
    const of = await anyOf(tx, 'nonconformity', a);
    const { person, state_at } = await by(tx, c, day);
    if (of === null) return;
    const due = addDays(day, (b % 30) - 15);
    await insert(tx, 'corrective_action', { reference: reference('CA'), nonconformity_id: of, round: 1, description: 'Do it', owner_id: person, proposed_by: person, proposed_at: state_at, due_on: due, original_due_on: due, state: 'accepted', state_at });
  },
  async (tx, [a, b, c, d], day) => {
    const needed = pick(requiredDocuments(), a);
    const titles: Record<string, string> = { scope: 'Scope of the ISMS', policy: 'Information Security Policy', 'access-control': 'Access Control Policy', incidents: 'Incident Handling' };
    const known = await anyOf(tx, 'document', b, "kind = 'policy'");
    const id = known !== null && c % 3 === 0 ? known : (await insert(tx, 'document', { reference: reference('POL'), kind: b % 7 === 0 ? 'guide' : 'policy' })).id;
    await insert(tx, 'document_version', {
      document_id: id, version: `${String((references += 1))}.0`, status: pick(['published', 'published', 'draft', 'approved', 'superseded'], d), title: titles[needed.id] ?? 'Rules', language: 'en', owner_email: null,
      approver_email: c % 4 === 0 ? null : 'x@test.example', effective_from: addDays(day, (a % 40) - 30), review_on: b % 5 === 0 ? null : addDays(day, (c % 60) - 20), audience: ['everyone'],
      controls: needed.id in titles || d % 3 === 0 ? [] : [needed.requirement], content_hash: 'x', stored_at: at(day), translates: a % 11 === 0 ? 'POL-1' : null,
    });
  },
  async (tx, [a, b], day) => {
    const id = await anyOf(tx, 'document', a);
    if (id !== null) await tx.query('update document set archived_at = $2 where id = $1', [id, b % 2 === 0 ? at(day) : null]);
  },
  async (tx, [a, b, c, d], day) => {
    const { person, state_at } = await by(tx, d, day);
    const begun = await anyOf(tx, 'soa', a, "state = 'draft'");
    const id = begun ?? (await insert(tx, 'soa', { reference: reference('SO'), state: 'draft', state_at, edition: '1.0', owner_id: person, approver_id: person })).id;
    for (const control of controlNumbers().slice(a % 90, (a % 90) + 1 + (b % 40)))
      await tx.query(
        `insert into soa_entry (soa_id, control, applies, basis, justification, implemented, owner_id) values ($1, $2, $3, $4, $5, $6, $7)
         on conflict (soa_id, control) do update set applies = excluded.applies, implemented = excluded.implemented`,
        [id, control, pick([true, true, false, null], b + control.length), c % 5 === 0 ? null : 'risk', c % 7 === 0 ? ' ' : 'Because', pick(['yes', 'partly', null, 'no'], d + control.length), person],
      );
    if (c % 2 === 0) return;
    await tx.query("update soa set state = 'superseded', state_at = $1 where state = 'approved'", [state_at]);
    await tx.query("update soa set state = 'approved', state_at = $2, approved_at = $2 where id = $1", [id, state_at]);
  },
  async (tx, [a, b, c, d], day) => {
    const { person, state_at } = await by(tx, d, day);
    const held = addDays(day, -(c % 900));
    const state = pick(states.audit, b);
    const planned = ['planned', 'prepared'].includes(state) ? addDays(day, (c % 60) - 20) : held;
    const { id } = await insert(tx, 'audit', {
      reference: reference('AU'), state, state_at, kind: pick(['internal', 'internal', 'stage1', 'stage2', 'surveillance'], a), title: 'Audit', lead_id: person, planned_from: planned, planned_until: addDays(planned, 2), held_from: a % 2 === 0 ? held : null, held_until: a % 4 === 0 ? addDays(held, 1) : null,
    });
    for (const requirement of [...auditableNumbers().slice(a % 100, (a % 100) + (b % 30)), ...(c % 3 === 0 ? ['A.8', '9', '7.5'] : [])])
      await insert(tx, 'audit_coverage', { audit_id: id, requirement, state: pick(['covered', 'covered', 'planned', 'left_out'], d + requirement.length), noted_at: state_at });
  },
  async (tx, [a, b, c, d], day) => {
    const { person, state_at } = await by(tx, d, day);
    const planned = addDays(day, (a % 500) - 400);
    await insert(tx, 'management_review', { reference: reference('MR'), state: pick(states.management_review, b), state_at, title: 'Review', planned_on: planned, held_on: c % 2 === 0 ? planned : null, chair_id: person, secretary_id: person });
  },
  async (tx, [a, b, , d], day) => {
    const { person, state_at } = await by(tx, d, day);
    await insert(tx, 'audit_programme', { reference: reference('AP'), state: pick(['draft', 'approved'], a), state_at, title: 'Programme', from_on: addDays(day, (b % 100) - 80), until_on: addDays(day, (b % 100) - 40), objectives: 'x', frequency: 'x', methods: 'x', owner_id: person });
  },
  async (tx, [a, b, c, d], day) => {
    const { person, state_at } = await by(tx, d, day);
    await insert(tx, 'evidence_request', {
      reference: reference('EV'), state: pick(states.evidence_request, b), state_at, title: 'Proof', requirements: [pick(controlNumbers(), a), pick(auditableNumbers(), c)], what: 'x', owner_id: person, asked_by: person, asked_by_name: 'x', asked_at: state_at, due_on: addDays(day, (c % 20) - 10), dated_on: day,
      expires_on: d % 3 === 0 ? null : addDays(day, (a % 40) - 10),
    });
  },
  async (tx, [a, b, c, d], day) => {
    const { person, state_at } = await by(tx, d, day);
    await insert(tx, 'certification', { reference: reference('CE'), state: pick(states.certification, a), state_at, body: 'Kestrel', scope: 'All', valid_until: c % 3 === 0 ? null : addDays(day, (b % 60) - 20), owner_id: person });
  },
  async (tx, [a, b, c, d], day) => {
    const { person, state_at } = await by(tx, d, day);
    await insert(tx, 'objective', { reference: reference('OB'), state: pick(states.objective, a), state_at, title: 'Better', measure: 'x', target: 'x', plan: 'x', owner_id: person, due_on: addDays(day, (b % 40) - 20) });
    const metric = await insert(tx, 'metric', { reference: reference('ME'), state: 'active', state_at, title: 'Count', method: 'x', cadence: 'monthly', owner_id: person, next_due_on: addDays(day, (c % 40) - 20) });
    if (c % 2 === 0) await insert(tx, 'measurement', { metric_id: metric.id, period: '2027-01', value: 1, recorded_by: person, recorded_by_name: 'x', recorded_at: state_at });
  },
  async (tx, [a, b, , d], day) => {
    const { person, state_at } = await by(tx, d, day);
    await insert(tx, 'competence', { reference: reference('CO'), state: pick(states.competence, a), state_at, person_id: person, role: `Role ${(references += 1)}`, needs: 'x', basis: [], assessed_on: addDays(day, -(b % 9)) });
    await insert(tx, 'incident', { reference: reference('IN'), state: pick(states.incident, b), state_at, what: 'Odd', aware_at: state_at, reporter_id: person, on_call: [], told: [], told_at: state_at });
  },
  // People: whom something is asked of, who does it, and who need not any more.
  async (tx, [a, b, c], day) => {
    const version = await anyOf(tx, 'document_version', a);
    const person = await anyOf(tx, 'person', b);
    if (version === null) return;
    await tx.query(
      `insert into acknowledgement_request (state, state_at, person_id, document_id, version_id, why, asked_at, due_on)
       select 'pending', $3, $2, document_id, id, '', $3, $4 from document_version where id = $1 on conflict do nothing`,
      [version, person, at(day), c % 4 === 0 ? null : addDays(day, (c % 20) - 6)],
    );
  },
  async (tx, [a, b, c], day) => {
    const id = await anyOf(tx, 'acknowledgement_request', a, "state in ('pending', 'viewed', 'declined')");
    if (id === null) return;
    if (c % 3 === 0) await tx.query('update acknowledgement_request set due_on = $2 where id = $1', [id, addDays(day, (b % 20) - 5)]);
    else await tx.query('update acknowledgement_request set state = $2, state_at = $3 where id = $1', [id, pick(['acknowledged', 'viewed', 'declined', 'cancelled', 'exempt', 'acknowledged'], b), at(day)]);
  },
  async (tx, [a, b], day) => {
    const id = await anyOf(tx, 'acknowledgement_request', a, "state = 'exempt' and not exists (select from acknowledgement_request other where other.person_id = acknowledgement_request.person_id and other.document_id = acknowledgement_request.document_id and other.id > acknowledgement_request.id)");
    if (id !== null) await tx.query("update acknowledgement_request set state = 'pending', state_at = $2, due_on = $3 where id = $1", [id, at(day), addDays(day, b % 20)]);
  },
  async (tx, [a, b, c], day) => {
    const person = await anyOf(tx, 'person', a);
    await tx.query(
      `insert into training (reference, state, state_at, person_id, lesson, assigned_at, due_on) values ($1, 'assigned', $2, $3, $4, $5, $6)
       on conflict (person_id, lesson) do update set assigned_at = excluded.assigned_at, due_on = excluded.due_on, state_at = case when training.state in ('expired', 'waived') then excluded.state_at else training.state_at end,
         state = case when training.state in ('expired', 'waived') then 'assigned' else training.state end
       where training.state <> 'completed'`,
      [reference('TR'), at(day), person, pick(['phishing', 'payments'], b), c % 5 === 0 ? null : at(day), addDays(day, (c % 20) - 6)],
    );
  },
  async (tx, [a, b, c], day) => {
    const id = await anyOf(tx, 'training', a, "state in ('assigned', 'started', 'failed')");
    if (id === null) return;
    if (b % 3 === 0) await tx.query('update training set state = $2, state_at = $3 where id = $1', [id, pick(['started', 'failed', 'waived'], c), at(day)]);
    else await tx.query("update training set state = 'completed', state_at = $2, completed_on = $3, expires_on = $4 where id = $1", [id, at(day), day, addDays(day, 1 + (c % 12))]);
  },
  async (tx, [a, b], day) => {
    const id = await anyOf(tx, 'training', a, `state = 'completed' and expires_on <= '${day}'`);
    if (id === null) return;
    await tx.query("update training set state = 'expired', state_at = $2 where id = $1", [id, at(day)]);
    if (b % 2 === 0) await tx.query("update training set state = 'assigned', state_at = $2, assigned_at = $2, due_on = $3 where id = $1", [id, at(day), addDays(day, 5)]);
  },
  async (tx, [a, b]) => {
    const id = await anyOf(tx, 'person', a, "not 'isms_manager' = any(roles)");
    const manager = await anyOf(tx, 'person', b);
    await tx.query('update person set active = $2, manager_id = $3 where id = $1', [id, b % 3 > 0, manager === id ? null : manager]);
  },
]; // prettier-ignore

const all = [...others, ...moves];
export const kinds = all.length;

export async function act(tx: Queryable, { kind, on }: Act, day: string): Promise<void> {
  await pick(all, kind)(tx, on, day);
}
