/** A small register, written straight into its tables: what lists, histories and tools read, in whichever state a test needs. */
import type { Database, Queryable } from '../../../src/db/database.ts';
import { importPeople, type Role } from '../../../src/isms/person/people-import.ts';
import { selectOptionalByEmail } from '../../../src/records/person.ts';
import { today } from '../../support/harness.ts';

export const people = ['ines', 'omar', 'erin', 'mona', 'quinn', 'hanna', 'hugo'] as const;
export type Name = (typeof people)[number];
export const mail = (name: Name) => `${name}@test.example`;

/** Ines leads the ISMS, Quinn audits, Mona manages Omar, and Erin has no part in anything but what a test gives her. */
export async function givenStaff(db: Database): Promise<Record<Name, number>> {
  const staff: [Name, string, string, Role[], Name | null][] = [
    ['ines', 'Ines Isms', 'Information Security', ['employee', 'isms_manager'], null],
    ['mona', 'Mona Manager', 'IT', ['employee', 'manager'], null],
    ['omar', 'Omar Oakapple', 'IT', ['employee', 'action_owner'], 'mona'],
    ['erin', 'Erin Employee', 'Sales', ['employee'], null],
    ['quinn', 'Quinn Auditor', 'Information Security', ['auditor'], null],
    ['hanna', 'Hanna Human', 'Human Resources', ['employee'], null],
    ['hugo', 'Hugo Owner', 'IT', ['employee', 'action_owner'], null],
  ];
  const imported = staff.map(([name, full, department, roles, manager]) => ({
    email: mail(name), name: full, department, roles, manager: manager === null ? null : mail(manager), title: null, groups: [],
    timeZone: 'Europe/Berlin', locale: 'en-GB',
  })); // prettier-ignore
  await db.transaction((tx) => importPeople(tx, imported, 'test', today));
  const ids: Partial<Record<Name, number>> = {};
  for (const name of people) ids[name] = (await selectOptionalByEmail(db, mail(name)))?.id ?? 0;
  return ids as Record<Name, number>;
}

/** @returns its id */
export async function givenNonconformity(
  tx: Queryable,
  values: { reference: string; owner_id: number } & Record<string, unknown>,
): Promise<number> {
  return insert(tx, 'nonconformity', {
    title: 'Backups were never restored', requirement: 'A.8.13', evidence_seen: 'No record of a test', gap: 'A restore is to be tried each year',
    source: 'internal_audit', identified_on: '2026-10-01', raised_by: values.owner_id, raised_by_name: 'Somebody', raised_at: today,
    grade: 'minor', grade_reason: 'Once', state_at: today, ...values,
  }); // prettier-ignore
}

/** @returns its id */
export async function givenAction(
  tx: Queryable,
  values: { reference: string; nonconformity_id: number; owner_id: number; due_on: string } & Record<
    string,
    unknown
  >,
): Promise<number> {
  return insert(tx, 'corrective_action', {
    round: 1, description: 'Restore a backup', proposed_by: values.owner_id, proposed_at: today, original_due_on: values.due_on, state: 'accepted',
    state_at: today, ...values,
  }); // prettier-ignore
}

async function insert(tx: Queryable, table: string, values: Record<string, unknown>): Promise<number> {
  const columns = Object.keys(values);
  const { rows } = await tx.query(
    `insert into ${table} (${columns.join(', ')}) values (${columns.map((_column, at) => `$${at + 1}`).join(', ')}) returning id`,
    Object.values(values),
  );
  return Number(rows[0]?.id);
}
