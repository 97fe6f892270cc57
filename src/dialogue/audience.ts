/** Whom words mean among some people: everyone, departments, roles, groups, or people by name; several with «and» or commas. */
import type { Context } from '../conversation/contract.ts';
import type { Queryable } from '../db/database.ts';
import { plain, replaced, words, wordsIn } from '../language/vocabulary.ts';
import { AudienceSpec } from '../records/audience.ts';
import type { Person } from '../records/person.ts';
import { FieldError, personNamed } from './form.ts';

const everyone = words('awareness/everyone');
const roles = words('awareness/roles');
const between = words('awareness/and');

export interface Audience {
  /** As it is said on a card. */
  who: string;
  spec: AudienceSpec;
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

/** What the words name whole, nobody by name. */
function groupNamed(said: string, people: readonly Person[]): Audience | null {
  const of = (who: string, spec: Partial<AudienceSpec>, isOf: (person: Person) => boolean) => ({
    who,
    spec: AudienceSpec.parse(spec),
    people: people.filter(isOf),
  });
  if (everyone.is(said) !== null) return of('everyone', { everyone: true }, () => true);
  const department = departmentNamed(said, people);
  if (department !== null)
    return of(department, { departments: [department] }, (each) => each.department === department);
  const role = people.flatMap((each) => each.roles).find((each) => each === roles.is(said));
  if (role !== undefined) return of(said, { roles: [role] }, (each) => each.roles.includes(role));
  const group = people.flatMap(({ groups }) => groups).find((each) => plain(each) === plain(said));
  return group === undefined ? null : of(group, { groups: [group] }, (each) => each.groups.includes(group));
}

/** @throws FieldError at `who` where that is nobody, or somebody who is not among the people */
export async function audienceNamed(
  tx: Queryable,
  context: Context,
  said: string,
  among: readonly Person[],
): Promise<Audience> {
  const whole = groupNamed(said, among);
  if (whole !== null) return whole;
  const parts: Audience[] = [];
  for (const part of replaced(said, between.findAll(said), () => ',').split(',')) {
    const group = groupNamed(part.trim(), among);
    if (group === null) {
      const { id, name } = await personNamed(tx, context, part.trim(), 'who');
      const person = among.find((each) => each.id === id);
      if (person === undefined)
        throw new FieldError('who', `${name} does not report to you. The ISMS manager can do that.`);
      parts.push({ who: name, spec: AudienceSpec.parse({ people: [id] }), people: [person] });
    } else parts.push(group);
  }
  const all = (name: 'departments' | 'roles' | 'groups' | 'people'): (string | number)[] => [
    ...new Set(parts.flatMap(({ spec }): (string | number)[] => spec[name])),
  ];
  return {
    who: [...new Set(parts.map(({ who }) => who))].join(', '),
    spec: AudienceSpec.parse({
      everyone: parts.some(({ spec }) => spec.everyone),
      departments: all('departments'),
      roles: all('roles'),
      groups: all('groups'),
      people: all('people'),
    }),
    people: [...new Set(parts.flatMap(({ people }) => people))],
  };
}
