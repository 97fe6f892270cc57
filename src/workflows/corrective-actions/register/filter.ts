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
import { dayOf } from '../../../language/calendar.ts';
import { plain } from '../../../language/vocabulary.ts';
import { selectPeopleNamed, selectReports, type Person } from '../../../records/person.ts';
import {
  asksOfEnded,
  selectDepartments,
  selectOwnerNames,
  type RegisterEntry,
  type RegisterFilter,
} from '../../../isms/register/list.ts';
import { findRequirement, normaliseRequirement } from '../../../records/requirement.ts';
import { period, spanInWords, spanOf } from './period.ts';

/** Names that are listed where none fits what was said. */
const mostNames = 12;

const flag = z.boolean().optional();
/** A model that is told of a length pays for it each time, and is told soon enough where its words are too long. */
export function wordsUpTo(most: number) {
  return z
    .string()
    .trim()
    .refine((text) => text !== '' && text.length <= most, `1 to ${most} characters`);
}
const name = wordsUpTo(60).optional();

/** As said, by words, by a model, or by a button of ours, whose id has been to the platform and back. */
export const SaidFilter = z.object({
  kind: z.enum(['nonconformities', 'actions', 'records']),
  grades: z.array(z.enum(grades)).optional(),
  states: z
    .array(z.enum([...nonconformityStates, ...actionStates]))
    .max(8)
    .optional(),
  open: flag,
  overdue: flag,
  department: name,
  requirement: wordsUpTo(40).optional(),
  /** A name, an e-mail address, or `me`. */
  owner: name,
  /** Of those who report to the person. */
  team: flag,
  period: z.string().regex(period).optional(),
  source: z.enum(sources).optional(),
  text: z.string().trim().min(1).max(80).optional(),
});
export type SaidFilter = z.infer<typeof SaidFilter>;

export interface Resolved {
  filter: RegisterFilter;
  /** Names of the owners that are looked for, or whose they are together. */
  owners: string[];
  team: boolean;
}

/** @returns a string where a name fits nothing: what to tell the person */
export async function resolveFilter(
  tx: Queryable,
  context: Context,
  asked: SaidFilter,
): Promise<Resolved | string> {
  const { person, now } = context;
  const said = await withNamesInPlace(tx, context, asked);
  const departments = said.department === undefined ? [] : await departmentsCalled(tx, said.department);
  if (typeof departments === 'string') return departments;
  const owners = await ownersSaid(tx, context, said);
  if (said.team === true && owners.length === 0)
    return 'Nobody reports to you here, so I know no team of yours. Name a department or a person.';
  if (said.owner !== undefined && owners.length === 0) {
    const known = await selectOwnerNames(tx, person, mostNames);
    const list = known.length === 0 ? '' : ` Records belong to: ${known.join(', ')}.`;
    return `I know nobody here called «${said.owner}».${list}`;
  }
  return {
    owners: owners.map((owner) => owner.name),
    team: said.team ?? false,
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
      period: said.period === undefined ? null : spanOf(said.period, dayOf(now, person.timeZone)),
    },
  };
}

/** «What has IT got open», «everything open for Hugo»: the words alone do not say whether they name somebody or a department. */
async function withNamesInPlace(tx: Queryable, context: Context, said: SaidFilter): Promise<SaidFilter> {
  const { owner, department } = said;
  const isPerson = async (name: string) =>
    (await ownersSaid(tx, context, { ...said, owner: name })).length > 0;
  const isDepartment = async (name: string) => typeof (await departmentsCalled(tx, name)) !== 'string';
  if (
    owner !== undefined &&
    department === undefined &&
    !(await isPerson(owner)) &&
    (await isDepartment(owner))
  )
    return { ...said, owner: undefined, department: owner };
  if (
    department !== undefined &&
    owner === undefined &&
    !(await isDepartment(department)) &&
    (await isPerson(department))
  )
    return { ...said, department: undefined, owner: department };
  return said;
}

async function ownersSaid(
  tx: Queryable,
  { person, platform }: Context,
  { owner, team }: SaidFilter,
): Promise<Pick<Person, 'id' | 'name'>[]> {
  if (owner === undefined) return team === true ? selectReports(tx, person.id) : [];
  return /^me$/i.test(owner) ? [person] : selectPeopleNamed(tx, platform, owner);
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

export const gradeNouns: Record<Grade, [one: string, many: string]> = {
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
export function filterInWords({ filter, owners, team }: Resolved, many: boolean): string {
  const { kind, open, overdue, states, departments, requirement, source, text } = filter;
  const nouns = filter.grades.map((grade) => gradeNouns[grade][many ? 1 : 0]);
  const actions = many ? 'corrective actions' : 'corrective action';
  const noun =
    kind === 'records'
      ? many
        ? 'non-conformities and corrective actions'
        : 'non-conformity or corrective action'
      : kind === 'actions'
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
    team ? 'in your team' : owners.length === 0 ? '' : `owned by ${either(owners, false)}`,
    source === null ? '' : `found by: ${sourceInWords[source]}`,
    text === null ? '' : `with the words «${text}»`,
    filter.period === null ? '' : `${asksOfEnded(filter) ? 'ended' : 'begun'} ${spanInWords(filter.period)}`,
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
  const flags = ['open', 'overdue', 'team'];
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
