/** Whom words mean among those whom somebody answers for: everyone, a department, a role, or people by name. */
import type { Context } from '../../conversation/contract.ts';
import type { Queryable } from '../../db/database.ts';
import { FieldError, personNamed } from '../../dialogue/form.ts';
import { requiredLearners } from '../../isms/training/assign.ts';
import { plain, replaced, words, wordsIn } from '../../language/vocabulary.ts';
import type { Person } from '../../records/person.ts';

const everyone = words('awareness/everyone');
const roles = words('awareness/roles');
const between = words('awareness/and');

export interface Audience {
  /** As it is said on a card. */
  who: string;
  people: Person[];
}

function departmentNamed(said: string, people: readonly Person[]): string | null {
  const wanted = wordsIn(said);
  const departments = [...new Set(people.flatMap(({ department }) => department ?? []))];
  const whole = departments.find((department) => plain(department) === plain(said));
  const fitting = departments.filter((department) =>
    wanted.every((word) => wordsIn(department).includes(word)),
  );
  return whole ?? (wanted.length > 0 && fitting.length === 1 ? (fitting[0] ?? null) : null);
}

/** @throws FieldError at `who` where that is nobody, or somebody whom they do not answer for; Refusal for whoever answers for nobody */
export async function audienceNamed(tx: Queryable, context: Context, said: string): Promise<Audience> {
  const people = await requiredLearners(tx, context.person);
  if (everyone.is(said) !== null) return { who: 'everyone', people };
  const department = departmentNamed(said, people);
  if (department !== null) return { who: department, people: people.filter((each) => each.department === department) };
  const role = roles.is(said);
  const holders = people.filter((each) => each.roles.some((own) => own === role));
  if (holders.length > 0) return { who: said, people: holders };
  const named: Person[] = [];
  for (const name of replaced(said, between.findAll(said), () => ',').split(',')) {
    const { id, name: whole } = await personNamed(tx, context, name.trim(), 'who');
    const person = people.find((each) => each.id === id);
    if (person === undefined) throw new FieldError('who', `${whole} does not report to you. The ISMS manager can do that.`);
    if (!named.includes(person)) named.push(person);
  }
  return { who: named.map(({ name }) => name).join(', '), people: named };
} // prettier-ignore
