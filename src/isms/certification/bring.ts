/** A certification as another list has it: begun, or brought up to what that says. */
import type { Queryable } from '../../db/database.ts';
import { columnOf, toJsonb } from '../../db/rows.ts';
import { Refusal } from '../../errors.ts';
import { dayOf } from '../../language/calendar.ts';
import type { CommandContext } from '../../records/command-context.ts';
import {
  certifications,
  certificationStates,
  recordCertification,
  selectOptionalRunning,
  type Certification,
  type CertificationState,
  type NewCertification,
} from './certification.ts';
import { followState } from './follow.ts';
import type { BodyRules } from './rules.ts';

type Brought = NewCertification &
  Partial<
    Pick<Certification, 'certificateNumber' | 'visitedOn' | 'decidedOn' | 'validUntil' | 'auditors'>
  > & {
    standard: string;
    state: CertificationState | null;
    rules: BodyRules;
  };
const columns = ['body', 'scope', 'standard', 'certificateNumber', 'soaVersion', 'visitedOn', 'decidedOn', 'validUntil', 'auditDays', 'auditors', 'contact', 'ownerId'] as const; // prettier-ignore
const json = ['auditDays', 'rules'];

/** What it leaves empty stays as it is. @throws Refusal for a state that it lacks something for */
export async function bringCertification(tx: Queryable, command: CommandContext, said: Brought): Promise<'added' | 'changed' | 'unchanged'> {
  const there = await selectOptionalRunning(tx, said.body, said.standard);
  const known = there === null ? await recordCertification(tx, command, said) : await certifications.lock(tx, there.id);
  const { state, rules } = said;
  const fields = { ...Object.fromEntries(columns.map((field) => [field, said[field]])), rules: { ...known.rules, ...rules } };
  const differs = Object.entries(fields).filter(
    ([field, value]) => value != null && JSON.stringify(value) !== JSON.stringify(known[field as keyof Certification]) && !isEmpty(value),
  );
  const isMoved = state !== null && state !== known.state;
  if (differs.length === 0 && !isMoved) return there === null ? 'added' : 'unchanged';
  const after: Certification = { ...known, ...Object.fromEntries(differs), ...(isMoved ? { state } : {}) };
  const today = dayOf(command.at, command.actor.timeZone);
  const lacks = [
    // What it took on the way there lies behind it.
    ...certificationStates.lacking(after, { majors: 0 }),
    ...(state === 'suspended' && after.suspendedFrom === null ? ['the state that it was suspended from: bring that first, and suspend it in chat'] : []),
  ];
  if (lacks.length > 0) throw new Refusal(`lacks ${lacks.join(', ')} for «${after.state.replaceAll('_', ' ')}»`);
  if ((after.visitedOn ?? '') > today || (after.decidedOn ?? '') > today) throw new Refusal('names a visit or a decision that is still to come');
  const values = Object.fromEntries(differs.map(([field, value]) => [columnOf(field), json.includes(field) ? toJsonb(value) : value]));
  const changed = await certifications.change(tx, command, known, { ...values, ...(isMoved ? { state } : {}) }, () => ({
    action: 'certification.corrected',
    detail: { from: known.state, to: after.state },
  }));
  await followState(tx, command, changed);
  return there === null ? 'added' : 'changed';
} // prettier-ignore

function isEmpty(value: unknown): boolean {
  return typeof value === 'object' && value !== null && Object.keys(value).length === 0;
}
