/** Which criteria an assessment asks, and in which words: the bank, by the profile of the organisation and the scope. */
import { requirements } from '../../records/requirement.ts';
import type { BankRequirement, Criterion, ProfileTag, QuestionBank, Said } from './bank.ts';
import { sayIn, type Language } from '../../language/wording.ts';

/** `quick`, `all`, `theme:access`, `part:9`, `part:A.8`, `part:A.8.13` */
export type Scope = 'quick' | 'all' | `theme:${string}` | `part:${string}`;

/** A criterion where it stands in the bank. */
export interface Placed {
  /** `A.5.18.reviewed` */
  name: string;
  requirement: string;
  theme: string;
  criterion: Criterion;
  about: BankRequirement;
}

/** By name, in the order in which they are asked. */
export function placedIn({ themes }: QuestionBank): Map<string, Placed> {
  return new Map(
    themes.flatMap(({ id: theme, requirements: asked }) =>
      asked.flatMap((about) =>
        about.criteria.map((criterion): [string, Placed] => {
          const name = `${about.id}.${criterion.id}`;
          return [name, { name, requirement: about.id, theme, criterion, about }];
        }),
      ),
    ),
  );
}

/** @param tags  what the profile says */
export function criteriaIn(
  bank: QuestionBank,
  scope: Scope,
  tags: readonly ProfileTag[],
): { placed: Placed; leftOut: Said | null }[] {
  return [...placedIn(bank).values()].filter((placed) => isIn(scope, placed)).map((placed) => ({
    placed,
    leftOut: reasonIn([...(placed.about.drop ?? []), ...(placed.criterion.drop ?? [])], tags),
  })); // prettier-ignore
}

export function isIn(scope: Scope, { requirement, theme, criterion, name }: Placed): boolean {
  if (scope === 'all') return true;
  if (scope === 'quick') return criterion.quick === true;
  const [kind = '', of = ''] = scope.split(':');
  if (kind === 'theme') return theme === of;
  return [requirement, name].includes(of) || requirement.startsWith(`${of}.`);
}

type When = { when: readonly ProfileTag[] };
const holds = ({ when }: When, tags: readonly ProfileTag[]) => when.some((tag) => tags.includes(tag));

function reasonIn(drops: readonly (When & { reason: Said })[], tags: readonly ProfileTag[]): Said | null {
  return drops.find((drop) => holds(drop, tags))?.reason ?? null;
}

/** The first question of a criterion, as this organisation is asked it. */
export function routineOf({ routine, reword = [] }: Criterion, tags: readonly ProfileTag[]): Said {
  return reword.find((each) => holds(each, tags))?.routine ?? routine;
}

/** `A.8`, `9.2`: a chapter, a clause or a control that has a title. */
export function titleOf(part: string): string {
  const theme = requirements().get(`${part}.1`)?.theme;
  const isChapter = /^A\.\d$/.test(part) && theme !== undefined;
  return isChapter
    ? `${theme.charAt(0).toUpperCase()}${theme.slice(1)} controls`
    : (requirements().get(part)?.title ?? part);
}

export function scopeInWords(scope: Scope, bank: QuestionBank, language: Language = 'en'): string {
  if (scope === 'quick') return 'quick scan';
  if (scope === 'all') return 'everything';
  const [kind = '', of = ''] = scope.split(':');
  if (kind === 'part') return titleOf(of) === of ? of : `${of} ${titleOf(of)}`;
  const theme = bank.themes.find(({ id }) => id === of);
  return theme === undefined ? of : `«${sayIn(theme.title, language)}»`;
}
