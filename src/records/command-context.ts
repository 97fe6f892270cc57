/** Who does something to a record, when, and from which message: what every command of a record is given, and audits. */
import './audit-events.ts';
import { z } from 'zod';
import { appendAudit, type AuditEvent } from '../db/audit.ts';
import type { EventParts } from '../db/audit-event.ts';
import type { Queryable } from '../db/database.ts';
import { selectAll, selectOptional } from '../db/rows.ts';
import { Refusal } from '../errors.ts';
import { momentInWords } from '../language/calendar.ts';
import { Person } from './person.ts';

/** A person, as far as their rights and their clock go. */
export interface Actor {
  id: number;
  name: string;
  roles: readonly string[];
  timeZone: string;
}

export interface CommandContext {
  actor: Actor;
  at: Date;
  /** The input that led to it, which runs once; null for what no message led to. */
  inputId: number | null;
  /** Where that message can be opened again. */
  link: string | null;
  /** The operator's command that writes it in their name, as `system:competence-import`: the log says so. */
  through?: string;
}

/** Who only audits, and does not work here at all: all that they do is to ask for evidence, and to take or send back what they are given of it. */
const ofVisitors: ReadonlySet<EventParts['action']> = new Set([
  'evidence_request.asked',
  'evidence_request.withdrawn',
  'evidence_request.looked_at',
  'evidence_request.accepted',
  'evidence_request.rejected',
  'evidence.in_review',
  'evidence.accepted',
  'evidence.rejected',
  'proposal.confirmed',
  'proposal.applied',
  'proposal.cancelled',
]);

function isVisitor({ roles }: Pick<Actor, 'roles'>): boolean {
  return roles.length > 0 && roles.every((role) => role === 'auditor');
}

/**
 * Appends what was done, with who did it and the message that it came from.
 *
 * @throws Refusal for what an auditor from outside may not do, whatever let it through: the caller's transaction then writes nothing
 */
export async function audit(tx: Queryable, command: CommandContext, ...events: EventParts[]): Promise<void> {
  if (
    command.through === undefined &&
    isVisitor(command.actor) &&
    !events.every(({ action }) => ofVisitors.has(action))
  )
    refuseReadOnly(command);
  const source = command.link === null ? {} : { link: command.link };
  await appendAudit(
    tx,
    ...events.map((event) => {
      const detail = { ...event.detail, ...source };
      return {
        ...event,
        detail,
        actor: command.through ?? `person:${command.actor.id}`,
        at: command.at,
      } as AuditEvent;
    }),
  );
}

/** «by Ines Isms on 25 November 2026 at 10:00»: who brought a record to its state. */
export function broughtThere(
  { actor: by }: CommandContext,
  { stateBy, stateByName, stateAt }: { stateBy: number | null; stateByName: string | null; stateAt: Date },
): string {
  const who = stateBy === by.id ? 'by you ' : stateByName === null ? '' : `by ${stateByName} `;
  return `${who}on ${momentInWords(stateAt, by.timeZone)}`;
}

export function isIsmsManager(person: Pick<Actor, 'roles'>): boolean {
  return person.roles.includes('isms_manager');
}

/** Auditors read everything and change nothing, unless they also work here. */
export function isReadOnly({ roles }: Pick<Actor, 'roles'>): boolean {
  const working = ['action_owner', 'manager', 'isms_manager', 'admin'];
  return roles.includes('auditor') && !working.some((role) => roles.includes(role));
}

export function refuseReadOnly({ actor: by }: CommandContext): void {
  if (isReadOnly(by))
    throw new Refusal(
      'You are here as an auditor: you can read the register, but not change it. Tell whoever leads the record, or the ISMS manager.',
    );
}

/** Names of people for «only … can»: «Ines Isms or Mona Manager». */
export async function namesOf(tx: Queryable, ids: readonly (number | null)[]): Promise<string> {
  const names = (await selectNamed(tx, ids)).map(({ name }) => name);
  return names.length === 0 ? 'the ISMS manager' : anyOf(names);
}

/** «Mona Manager or the ISMS manager», and Ines Isms alone where she is that. */
export async function leaderNames(tx: Queryable, { ownerId }: { ownerId: number }): Promise<string> {
  return deciderNames(tx, [ownerId], []);
}

/** Who can decide: those named who still work here, or the ISMS manager; where all are excluded, somebody is to be chosen first. */
export async function deciderNames(
  tx: Queryable,
  named: readonly (number | null)[],
  excluded: readonly number[],
): Promise<string> {
  const able = (await selectNamed(tx, named)).filter(({ id, active }) => active && !excluded.includes(id));
  const names = able.map(({ name }) => name);
  if (able.some(isIsmsManager)) return anyOf(names);
  const manager = await selectOptional(
    tx,
    Person.pick({ id: true }),
    `select id from person where active and 'isms_manager' = any(roles) and not id = any($1) limit 1`,
    [excluded],
  );
  if (manager !== null) return anyOf([...names, 'the ISMS manager']);
  return names.length === 0 ? 'an approver whom the ISMS manager has to choose first' : anyOf(names);
}

/** In the order given, each once. */
async function selectNamed(tx: Queryable, ids: readonly (number | null)[]) {
  const known = await selectAll(
    tx,
    Person.pick({ id: true, name: true, roles: true }).extend({ active: z.boolean() }),
    'select id, name, roles, active from person where id = any($1)',
    [ids.filter((id) => id !== null)],
  );
  return [...new Set(ids)].flatMap((id) => known.find((person) => person.id === id) ?? []);
}

/** «Ines Isms, Mona Manager or the ISMS manager». */
export function anyOf(names: readonly string[]): string {
  return names.length < 2 ? (names[0] ?? '') : `${names.slice(0, -1).join(', ')} or ${names.at(-1) ?? ''}`;
}

/** @throws Refusal for whoever cannot be given a part in a record: they left, or they read only */
export async function refuseUnlessWorking(tx: Queryable, personId: number): Promise<void> {
  const person = await selectOptional(
    tx,
    Person.pick({ name: true, roles: true }).extend({ active: z.boolean() }),
    'select name, roles, active from person where id = $1',
    [personId],
  );
  if (person === null) throw new Refusal('There is no such person. Choose somebody who works here.');
  if (!person.active) throw new Refusal(`${person.name} has left. Choose somebody who works here.`);
  if (isReadOnly(person))
    throw new Refusal(`${person.name} is here as an auditor and reads only. Choose somebody who works here.`);
}

/** The text, trimmed. @throws Refusal where there is none, or more than the record should hold */
export function required(text: string | null | undefined, what: string, most = 4_000): string {
  const trimmed = text?.trim() ?? '';
  if (trimmed === '') throw new Refusal(`${what} is missing.`);
  if (trimmed.length > most)
    throw new Refusal(`${what} takes at most ${most} characters; this has ${trimmed.length}.`);
  return trimmed;
}

export function optional(text: string | null | undefined, what: string, most = 4_000): string | null {
  return (text?.trim() ?? '') === '' ? null : required(text, what, most);
}

/** @throws Refusal for what is no day of the calendar */
export function requiredDay(day: string | null | undefined, what: string): string {
  const text = required(day, what, 10);
  const date = new Date(`${text}T00:00:00Z`);
  if (
    !/^\d{4}-\d{2}-\d{2}$/.test(text) ||
    Number.isNaN(date.getTime()) ||
    date.toISOString().slice(0, 10) !== text
  )
    throw new Refusal(`${what}: «${text}» is no date. Write it as 2026-12-09.`);
  return text;
}
