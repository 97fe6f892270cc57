/** A filter of the register: as it was said, as it is looked for, and in words, so that a misreading shows. */
import { shortState } from '../../../isms/corrective-action/line.ts';
import { shortNonconformityState, sourceInWords } from '../words.ts';
import { z } from 'zod';
import type { Context } from '../../../conversation/contract.ts';
import type { Queryable } from '../../../db/database.ts';
import { actionStates } from '../../../isms/corrective-action/corrective-action.ts';
import {
  grades,
  nonconformityStates,
  sources,
  type Grade,
} from '../../../isms/nonconformity/nonconformity.ts';
import { plain } from '../../../language/vocabulary.ts';
import { selectPeopleNamed } from '../../../records/person.ts';
import {
  selectDepartments,
  selectOwnerNames,
  type RegisterEntry,
  type RegisterFilter,
} from '../../../isms/register/list.ts';
import { findRequirement, normaliseRequirement } from '../../../records/requirement.ts';

/** Names that are listed where none fits what was said. */
const mostNames = 12;

const flag = z.boolean().optional();
const name = z.string().trim().min(1).max(60).optional();

/** As said, by words, by a model, or by a button of ours, whose id has been to the platform and back. */
export const SaidFilter = z.object({
  kind: z.enum(['nonconformities', 'actions']),
  grades: z.array(z.enum(grades)).max(grades.length).optional(),
  states: z
    .array(z.enum([...nonconformityStates, ...actionStates]))
    .max(8)
    .optional(),
  open: flag,
  overdue: flag,
  department: name,
  requirement: z.string().trim().min(1).max(40).optional(),
  /** A name, an e-mail address, or `me`. */
  owner: name,
  source: z.enum(sources).optional(),
  text: z.string().trim().min(1).max(80).optional(),
});
export type SaidFilter = z.infer<typeof SaidFilter>;

export interface Resolved {
  filter: RegisterFilter;
  /** Names of the owners that are looked for. */
  owners: string[];
}

/** @returns a string where a name fits nothing: what to tell the person */
export async function resolveFilter(
  tx: Queryable,
  { person, platform }: Context,
  said: SaidFilter,
): Promise<Resolved | string> {
  const departments = said.department === undefined ? [] : await departmentsCalled(tx, said.department);
  if (typeof departments === 'string') return departments;
  const owners =
    said.owner === undefined
      ? []
      : /^me$/i.test(said.owner)
        ? [person]
        : await selectPeopleNamed(tx, platform, said.owner);
  if (said.owner !== undefined && owners.length === 0) {
    const known = await selectOwnerNames(tx, person, mostNames);
    const list = known.length === 0 ? '' : ` Records belong to: ${known.join(', ')}.`;
    return `I know nobody here called «${said.owner}».${list}`;
  }
  return {
    owners: owners.map((owner) => owner.name),
    filter: {
      kind: said.kind,
      grades: said.grades ?? [],
      states: said.states ?? [],
      open: said.open ?? false,
      overdue: said.overdue ?? false,
      departments,
      requirement:
        said.requirement === undefined ? null : (normaliseRequirement(said.requirement) ?? said.requirement),
      ownerIds: owners.map((owner) => owner.id),
      source: said.source ?? null,
      text: said.text ?? null,
    },
  };
}

/** By the whole name, by its words' beginnings, or by its initials: «IT», «information sec», «HR» of «Human Resources». */
async function departmentsCalled(tx: Queryable, said: string): Promise<string[] | string> {
  const all = await selectDepartments(tx);
  const wanted = plain(said);
  const fits: ((department: string) => boolean)[] = [
    (department) => department === wanted,
    (department) =>
      wanted.split(' ').every((word) => department.split(' ').some((each) => each.startsWith(word))),
    (department) =>
      department.includes(' ') &&
      department
        .split(' ')
        .map((each) => each[0])
        .join('') === wanted,
  ];
  for (const fit of fits) {
    const found = all.filter((department) => fit(plain(department)));
    if (found.length > 0) return found;
  }
  const list =
    all.length === 0 ? 'None is on record.' : `There are: ${all.slice(0, mostNames * 2).join(', ')}.`;
  return `I know no department «${said}». ${list}`;
}

const gradeNouns: Record<Grade, [one: string, many: string]> = {
  major: ['major non-conformity', 'major non-conformities'],
  minor: ['minor non-conformity', 'minor non-conformities'],
  ofi: ['opportunity for improvement', 'opportunities for improvement'],
  observation: ['observation', 'observations'],
};

export const stateLabels: Record<RegisterEntry['state'], string> = {
  ...shortNonconformityState,
  ...shortState,
};

/** «open major non-conformities in IT on A.8.13 (Information backup), owned by Omar Oakapple». */
export function filterInWords({ filter, owners }: Resolved, many: boolean): string {
  const { kind, open, overdue, states, departments, requirement, source, text } = filter;
  const nouns = filter.grades.map((grade) => gradeNouns[grade][many ? 1 : 0]);
  const actions = many ? 'corrective actions' : 'corrective action';
  const noun =
    kind === 'actions'
      ? nouns.length === 0
        ? actions
        : `${actions} of ${filter.grades.map((grade) => gradeNouns[grade][1]).join(' and ')}`
      : either(nouns, many) || (many ? 'non-conformities' : 'non-conformity');
  const title = requirement === null ? null : (findRequirement(requirement)?.title ?? null);
  return [
    open ? 'open' : '',
    overdue ? 'overdue' : '',
    noun,
    states.length === 0
      ? ''
      : `in state «${either(
          states.map((state) => stateLabels[state]),
          false,
        )}»`,
    departments.length === 0 ? '' : `in ${either(departments, true)}`,
    requirement === null ? '' : `on ${requirement}${title === null ? '' : ` (${title})`}`,
    owners.length === 0 ? '' : `owned by ${either(owners, false)}`,
    source === null ? '' : `found by: ${sourceInWords[source]}`,
    text === null ? '' : `with the words «${text}»`,
  ]
    .filter((part) => part !== '')
    .join(' ');
}

function either(parts: readonly string[], all: boolean): string {
  return parts.join(all ? ' and ' : ' or ');
}

/** The filter as values of a button's id. */
export function filterValues(said: SaidFilter): Record<string, string> {
  return Object.fromEntries(
    Object.entries(said).map(([key, value]) => [key, Array.isArray(value) ? value.join(',') : String(value)]),
  );
}

/** Of a button's id; null where it is none of ours. */
export function filterFrom(argument: (name: string) => string): SaidFilter | null {
  const lists = ['grades', 'states'];
  const flags = ['open', 'overdue'];
  const values = Object.keys(SaidFilter.shape).flatMap((key) => {
    const value = argument(key);
    if (value === '') return [];
    return [
      [
        key,
        lists.includes(key) ? value.split(',') : flags.includes(key) ? value === 'true' || undefined : value,
      ],
    ];
  });
  return SaidFilter.safeParse(Object.fromEntries(values)).data ?? null;
}
