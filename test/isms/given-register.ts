/** A register in any state, its people by their places, and what the tables of its moves share. */
import type { Database, Queryable } from '../../src/db/database.ts';
import { Refusal } from '../../src/errors.ts';
import type { CommandContext } from '../../src/records/command-context.ts';
import { importPeople } from '../../src/isms/person/people-import.ts';
import { selectOptionalByEmail, type Person } from '../../src/records/person.ts';
import '../../src/isms/nonconformity/actions.ts';
import type { NewNonconformity } from '../../src/isms/nonconformity/nonconformity.ts';
import { noteReference } from '../../src/records/reference.ts';

export const now = new Date('2027-03-01T09:00:00Z');
const earlier = new Date('2027-02-01T09:00:00Z');

/** Who somebody is to the record; `actor` owns its action, `assignee` has no part in it but may be given one. */
export const places = {
  owner: ['Olga Owner', 'employee'],
  raiser: ['Rafi Raiser', 'employee'],
  approver: ['Ana Approver', 'employee'],
  checker: ['Chen Checker', 'employee'],
  actor: ['Dora Actor', 'action_owner'],
  manager: ['Ines Isms', 'isms_manager'],
  auditor: ['Quinn Auditor', 'auditor'],
  outsider: ['Udo Outside', 'employee'],
  assignee: ['Tara Assignee', 'employee'],
} as const;
export type Place = keyof typeof places;
export type People = Record<Place, Person>;

export async function givenPlaces(db: Database): Promise<People> {
  const all = Object.entries(places).map(([place, [name, role]]) => ({
    email: `${place}@test.example`, name, roles: [role], department: null, title: null, manager: null, groups: [],
    timeZone: 'Europe/Berlin', locale: 'en-GB',
  })); // prettier-ignore
  await db.transaction((tx) => importPeople(tx, all, 'test', earlier));
  const people: Partial<People> = {};
  for (const place of Object.keys(places) as Place[])
    people[place] = (await selectOptionalByEmail(db, `${place}@test.example`)) ?? undefined;
  return people as People;
}

export function commandOf(by: Person, at: Date = now): CommandContext {
  return { actor: by, at, inputId: null, link: null };
}

export async function insert(
  tx: Queryable,
  table: string,
  values: Record<string, unknown>,
): Promise<{ id: number }> {
  const columns = Object.keys(values);
  const { rows } = await tx.query(
    `insert into ${table} (${columns.join(', ')}) values (${columns.map((_, at) => `$${at + 1}`).join(', ')}) returning *`,
    Object.values(values),
  );
  return { id: Number(rows[0]?.id) };
}

const way = ['open', 'contained', 'cause_found', 'action_planned', 'implemented', 'verifying', 'closed'];

/** NC-2027-001 as it stands in a state, without its actions. */
export async function givenNonconformity(
  tx: Queryable,
  people: People,
  state: string,
  values: Record<string, unknown> = {},
): Promise<number> {
  const reached = (other: string) => way.indexOf(state) >= way.indexOf(other);
  const { owner, raiser, approver, checker, manager } = people;
  const { id } = await insert(tx, 'nonconformity', {
    reference: 'NC-2027-001', title: 'Leavers keep their accounts', requirement: 'A.5.18', evidence_seen: 'Three of ten', gap: 'Access ends late',
    source: 'internal_audit', identified_on: '2027-01-10', raised_by: raiser.id, raised_by_name: raiser.name, raised_at: earlier,
    owner_id: owner.id, approver_id: approver.id, checker_id: checker.id, grade: 'minor', grade_reason: 'Once', state, state_by: manager.id, state_by_name: manager.name,
    state_at: earlier,
    ...(reached('contained') ? { correction: 'Closed them', correction_by: owner.id, correction_by_name: owner.name, correction_at: earlier } : {}),
    ...(reached('cause_found') ? { root_cause: 'No trigger', cause_method: 'other', similar_searched_at: earlier, similar_result: 'None' } : {}),
    ...(reached('cause_found') ? { consequences: 'None', criterion: 'None in 20', isms_change_needed: false } : {}),
    ...(reached('implemented') ? { plan_approved_by: approver.id, plan_approved_by_name: approver.name, plan_approved_at: earlier } : {}),
    ...(reached('verifying') ? { check_due_on: '2027-02-20' } : {}),
    ...(state === 'closed' ? { closed_by: manager.id, closed_by_name: manager.name, closed_at: earlier } : {}),
    ...values,
  }); // prettier-ignore
  return id;
}

/** CA-2027-001 of it, the actor's. */
export async function givenAction(
  tx: Queryable,
  people: People,
  nonconformityId: number,
  state: string,
  values: Record<string, unknown> = {},
): Promise<number> {
  const { owner, actor, approver } = people;
  await noteReference(tx, 'CA-2027-001');
  const { id } = await insert(tx, 'corrective_action', {
    reference: 'CA-2027-001', nonconformity_id: nonconformityId, round: 1, description: 'HR tells IT', owner_id: actor.id, proposed_by: owner.id,
    proposed_at: earlier, due_on: '2027-04-01', original_due_on: '2027-04-01', state, state_by: actor.id, state_by_name: actor.name, state_at: earlier,
    ...(state === 'verified' ? { verified_by: approver.id, verified_by_name: approver.name, verified_at: earlier } : {}),
    ...values,
  }); // prettier-ignore
  return id;
}

export async function givenEvidence(
  tx: Queryable,
  people: People,
  action: { nonconformityId: number; actionId: number },
  state = 'submitted',
): Promise<number> {
  const { id } = await insert(tx, 'evidence', {
    nonconformity_id: action.nonconformityId, action_id: action.actionId, purpose: 'action', title: address, state,
  }); // prettier-ignore
  await insert(tx, 'evidence_revision', {
    evidence_id: id, number: 1, address, uploaded_by: people.actor.id, uploaded_by_name: people.actor.name, uploaded_at: earlier,
  }); // prettier-ignore
  return id;
}
export const address = 'https://wiki.test.example/1';

export interface Given {
  nc: string;
  values?: Record<string, unknown>;
  ca?: string;
  action?: Record<string, unknown>;
  /** Whether there is evidence of the action. */
  proven?: boolean;
}
export async function givenRecords(
  tx: Queryable,
  people: People,
  { nc, values, ca, action, proven = false }: Given,
): Promise<{ nonconformityId: number; actionId: number }> {
  const nonconformityId = await givenNonconformity(tx, people, nc, values);
  const actionId = ca === undefined ? 0 : await givenAction(tx, people, nonconformityId, ca, action);
  if (proven) await givenEvidence(tx, people, { nonconformityId, actionId });
  return { nonconformityId, actionId };
}

/** What somebody raises. */
export const fresh: NewNonconformity = {
  title: 'Leavers keep their accounts',
  requirement: 'A.5.18',
  evidenceSeen: 'Three of ten',
  gap: 'Access ends late',
  source: 'self',
  identifiedOn: '2027-02-20',
  grade: 'minor',
  gradeReason: 'Once',
};

const registerTables = [
  'nonconformity', 'nonconformity_cycle', 'nonconformity_link', 'corrective_action', 'due_change', 'delegation', 'effectiveness_check',
  'register_note', 'evidence', 'evidence_revision', 'proposal', 'setting', 'reference_counter', 'audit_head',
]; // prettier-ignore
const everyRow = `select ${registerTables.map((table) => `(select string_agg(each::text, ';' order by each::text) from ${table} each)`).join(`, `)}`;

/** Every row of the register and the head of the audit log, as one text. */
export async function registerOf(tx: Queryable): Promise<string> {
  const { rows } = await tx.query(
    `select array_to_json(array[${everyRow.slice('select '.length)}])::text as all_rows`,
  );
  return String(rows[0]?.all_rows);
}

const undo = new Error('undone on purpose');

/** Does it in a transaction, and undoes it. */
export async function undone<T>(db: Database, work: (tx: Queryable) => Promise<T>): Promise<T> {
  let result: T | undefined;
  await db
    .transaction(async (tx) => {
      result = await work(tx);
      throw undo;
    })
    .catch((error: unknown) => {
      if (error !== undo) throw error;
    });
  return result as T;
}

export async function refusalOf(doing: Promise<unknown>): Promise<string | null> {
  try {
    await doing;
    return null;
  } catch (error) {
    if (error instanceof Refusal) return error.message;
    throw error;
  }
}

export interface Rule {
  move: string;
  from: string[];
  by: string[];
  /** The state that it leads to; `=` for the one that it was in. */
  to: string;
}

/** Reads `move | from | by | to`, a rule a line, below a line of titles. */
export function rulesOf(table: string): Rule[] {
  const [, ...lines] = table.trim().split('\n');
  return lines.map((line) => {
    const [move = '', from = '', by = '', to = ''] = line.split('|').map((cell) => cell.trim());
    return { move, from: from.split(/\s+/), by: by.split(/\s+/), to };
  });
}

export interface Attempts {
  rules: Rule[];
  state: string;
  by: Place;
  moves: Record<string, (tx: Queryable, command: CommandContext) => Promise<unknown>>;
  stateNow: (tx: Queryable) => Promise<unknown>;
}

/**
 * Tries every move of the table by one person from one state: what the table allows leads where it says and is audited, all else
 * is refused, says about which record, and has written nothing.
 *
 * @returns what did not go as the table says, in words
 */
export async function surprises(
  tx: Queryable,
  people: People,
  { rules, state, by, moves, stateNow }: Attempts,
): Promise<string[]> {
  const found: string[] = [];
  const command = commandOf(people[by]);
  const before = await registerOf(tx);
  for (const move of Object.keys(moves).filter(
    (each) => rules.length === 0 || rules.some((rule) => rule.move === each),
  )) {
    const doing = moves[move]!;
    const rule = rules.find(
      (each) => each.move === move && each.from.includes(state) && each.by.includes(by),
    );
    const what = `${move} from ${state} by ${by}`;
    if (rule !== undefined) {
      await tx.query('savepoint attempt');
      const refusal = await refusalOf(doing(tx, command));
      const to = await stateNow(tx);
      if (refusal !== null) found.push(`${what} was refused: ${refusal}`);
      else if (to !== (rule.to === '=' ? state : rule.to)) found.push(`${what} led to ${String(to)}`);
      else if ((await registerOf(tx)) === before) found.push(`${what} wrote nothing`);
      await tx.query('rollback to savepoint attempt');
    } else {
      const refusal = await refusalOf(doing(tx, command));
      if (refusal === null) found.push(`${what} was allowed`);
      else if (!/(NC|CA)-2027-001|as an auditor|card|^That/.test(refusal) || /null|undefined/.test(refusal))
        found.push(`${what} was refused unclearly: ${refusal}`);
    }
  }
  if ((await registerOf(tx)) !== before)
    found.push(`something refused from ${state} by ${by} wrote all the same`);
  return found;
}
