/** Who is told how ready the organisation is: ISMS manager, auditors and admins all of it, managers what concerns their own people. */
import type { Person } from '../../conversation/contract.ts';
import type { Queryable } from '../../db/database.ts';
import type { Part } from '../../isms/readiness/fact.ts';
import { anyOf } from '../../records/command-context.ts';
import { selectByRole } from '../../records/person.ts';

export interface Scope {
  /** Whose people alone are counted; null for everybody. */
  manager: number | null;
  /** Null for all. */
  parts: readonly Part[] | null;
}

const whole = ['isms_manager', 'auditor', 'admin'];
const aboutPeople: readonly Part[] = ['acknowledgements', 'training', 'competence'];

export function seesAll({ roles }: Pick<Person, 'roles'>): boolean {
  return roles.some((role) => whole.includes(role));
}

export async function scopeOf(
  tx: Queryable,
  person: Pick<Person, 'id' | 'roles'>,
): Promise<Scope | { refusal: string }> {
  if (seesAll(person)) return { manager: null, parts: null };
  if (person.roles.includes('manager')) return { manager: person.id, parts: aboutPeople };
  const names = (await selectByRole(tx, 'isms_manager')).map(({ name }) => name);
  const who = names.length === 0 ? 'The ISMS manager' : `${anyOf(names)}, our ISMS manager,`;
  return {
    refusal: `${who} can tell you how ready we are; please ask there. What waits for you yourself I can show: say «what waits for me?»`,
  };
}
