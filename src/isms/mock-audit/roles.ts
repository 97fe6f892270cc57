/** Whom an auditor talks to, and what they are asked: `knowledge/interview-roles.yaml`, and for each the criteria of the question bank. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import { z } from 'zod';
import { words } from '../../language/vocabulary.ts';
import { findRequirement } from '../../records/requirement.ts';
import { Asks, questionBank, Said, type ProfileTag, type QuestionBank } from '../assessment/bank.ts';
import { criteriaIn, placedIn, type Placed } from '../assessment/questions.ts';
import { themesNamed } from '../assessment/themes.ts';

/** Of documents, as in Stage 1, or of what is done, as in Stage 2. */
export const stages = ['documents', 'practice'] as const;
export type Stage = (typeof stages)[number];

const Role = z.strictObject({
  id: z.string(),
  ...Said.shape,
  who: z.array(Asks).min(1),
  themes: z.array(z.string()).min(1),
});
export type Role = z.infer<typeof Role>;

/** Questions of one interview, its follow-ups aside. */
export const questionsAsked = 6;

let known: Role[] | undefined;
export function interviewRoles(): Role[] {
  known ??= z
    .array(Role)
    .parse(parse(readFileSync(join(import.meta.dirname, '../../../knowledge/interview-roles.yaml'), 'utf8')));
  return known;
}

const roleWords = words('mock-audits/roles');
const subjects = words('mock-audits/subjects');

/** What words say that somebody does, as a title and a department do; what is rarer counts. */
export function roleNamed(said: string): Role | null {
  const [named] = roleWords.meanings(said);
  return interviewRoles().find(({ id }) => id === named) ?? null;
}

export function roleOf({ title, department }: { title: string | null; department: string | null }): Role {
  const role = roleNamed(`${title ?? ''} · ${department ?? ''}`) ?? interviewRoles()[0];
  if (role === undefined) throw new Error('knowledge/interview-roles.yaml names nobody');
  return role;
}

/** Stage 1 looks at what holds until it is replaced, Stage 2 at what has a date. */
function fits(stage: Stage, { criterion: { evidence } }: Placed): boolean {
  return evidence.some(({ fresh }) => (fresh === 'in force') === (stage === 'documents'));
}

function asked(bank: QuestionBank, stage: Stage, tags: readonly ProfileTag[]): Placed[] {
  return criteriaIn(bank, 'all', tags)
    .filter(({ leftOut, placed }) => leftOut === null && fits(stage, placed))
    .map(({ placed }) => placed)
    .toSorted((one, other) => Number(other.criterion.quick ?? false) - Number(one.criterion.quick ?? false));
}

/**
 * Names of the criteria that somebody is asked next: one of each theme in its turn, what they have not practised first. Whoever
 * begins in a role is asked the same as others, so that answers can be counted together.
 *
 * @param practised  names, the last first
 */
export function criteriaFor(
  bank: QuestionBank,
  { who, themes }: Pick<Role, 'who' | 'themes'>,
  stage: Stage,
  tags: readonly ProfileTag[],
  practised: readonly string[],
): string[] {
  const all = asked(bank, stage, tags).filter(({ criterion }) => criterion.who.some((each) => who.includes(each)));
  const byTheme = themes.map((id) => all.filter(({ theme }) => theme === id).map(({ name }) => name));
  const longest = Math.max(...byTheme.map(({ length }) => length));
  const turns = Array.from({ length: longest }, (_, at) => byTheme.flatMap((names) => names[at] ?? [])).flat();
  const again = practised.toReversed().filter((name) => turns.includes(name));
  return [...new Set([...turns.filter((name) => !practised.includes(name)), ...again])].slice(0, questionsAsked);
} // prettier-ignore

interface Subject {
  about: string;
  requirement: string | null;
}

/** The theme of the bank that an audit belongs to, by its requirement, else by its words. */
export function themeOf({ about, requirement }: Subject): string | null {
  const placed = [...placedIn(questionBank()).values()].find((each) => each.requirement === requirement);
  return placed?.theme ?? themesNamed(about)[0] ?? null;
}

/** What everybody is asked who is invited to an audit: of its requirement first, then of its theme; else what concerns all. */
export function criteriaOfAudit(bank: QuestionBank, audit: Subject, tags: readonly ProfileTag[]): string[] {
  const theme = themeOf(audit);
  const near = asked(bank, 'practice', tags).filter((placed) => placed.theme === theme);
  const own = near.filter(({ requirement }) => requirement === audit.requirement);
  const names = [...new Set([...own, ...near].map(({ name }) => name))].slice(0, questionsAsked);
  const [everyone] = interviewRoles();
  return names.length > 0 || everyone === undefined ? names : criteriaFor(bank, everyone, 'practice', tags, []);
} // prettier-ignore

/** The requirement that words name, or against which what they name is usually looked at. */
export function requirementOf(about: string): string | null {
  return findRequirement(about)?.id ?? subjects.find(about)?.meaning ?? null;
}

/** What the bank still has of them. */
export function criteriaNamed(names: readonly string[]): Placed[] {
  const bank = placedIn(questionBank());
  return names.flatMap((name) => bank.get(name) ?? []);
}
