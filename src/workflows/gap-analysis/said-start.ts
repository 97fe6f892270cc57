/** Whether words ask for a gap analysis, and of what, with no model: «gap analysis of suppliers», «Gap-Analyse zu A.8». */
import { themesNamed } from '../../isms/assessment/themes.ts';
import type { Scope } from '../../isms/assessment/questions.ts';
import { bareRequest } from '../../language/text.ts';
import { plain, words } from '../../language/vocabulary.ts';
import { requirements, normaliseRequirement } from '../../records/requirement.ts';

const starts = words('assessments/start');
const scopes = words('assessments/scope');
const joints = words('assessments/joints');
const covering = words('assessments/covering');
const states = words('assessments/states');

export interface SaidStart {
  /** Null where it is to be asked. */
  scope: Scope | null;
  /** Which part of the organisation. */
  covers: string | null;
  /** What is not understood of it. */
  unknown: string | null;
}

/** Null where they ask for something else: a question is for whoever answers questions. */
export function readStart(text: string): SaidStart | null {
  const said = bareRequest(text, /[.!]/);
  const begun = starts.begins(said);
  if (begun === null || /[?¿]/.test(said)) return null;
  const rest = said.slice(begun.to).trim();
  // «The gap is closed» speaks of another one.
  if (rest.startsWith('#') || rest.length > 120 || states.begins(rest) !== null) return null;
  const [of, covers] = partedAtCovering(rest);
  const named = scopes.find(begun.text)?.meaning ?? null;
  const scope = of === '' ? null : scopeNamed(of);
  const isNamed = plain(begun.text).split(' ').length > 1 && withoutJoints(of) !== of;
  if (of !== '' && scope === null && (!isNamed || of.split(' ').length > 6)) return null;
  return {
    scope: scope ?? (named === 'quick' ? 'quick' : null),
    covers,
    unknown: of !== '' && scope === null ? withoutJoints(of) : null,
  };
} // prettier-ignore

function partedAtCovering(rest: string): [of: string, covers: string | null] {
  const at = covering.findAll(rest).find(({ from }) => scopeNamed(rest.slice(0, from)) !== null || from === 0);
  if (at === undefined || scopeNamed(rest.slice(at.from)) !== null) return [rest, null];
  const covers = withoutJoints(rest.slice(at.to));
  return covers === '' || scopeNamed(covers) !== null ? [rest.slice(at.to), null] : [rest.slice(0, at.from).trim(), covers];
} // prettier-ignore

function withoutJoints(said: string): string {
  let rest = said.trim();
  for (let at = joints.begins(rest); at !== null; at = joints.begins(rest)) rest = rest.slice(at.to).trim();
  return rest;
}

/** What part of the standard words name. */
export function scopeNamed(said: string): Scope | null {
  const rest = withoutJoints(said);
  if (rest === '') return null;
  const one = scopes.is(rest);
  if (one === 'quick' || one === 'all') return one;
  const part = partNamed(rest);
  if (part !== null) return `part:${part}`;
  const [theme, ...others] = themesNamed(rest);
  return theme !== undefined && others.length === 0 ? `theme:${theme}` : null;
}

/** A clause, a control, or a whole chapter: «clause 9», «A.8», «9.2». */
function partNamed(said: string): string | null {
  const chapter = /^(?:annex\s+|anhang\s+|annexe\s+|anexo\s+)?(a[.\s]?[5-8]|[4-9]|10)$/i.exec(plain(said).replace(/^\p{L}{2,} (?=a? ?\d)/u, ''))?.[1]; // prettier-ignore
  if (chapter !== undefined) return /^a/i.test(chapter) ? `A.${chapter.slice(-1)}` : chapter;
  const id = normaliseRequirement(said);
  return id !== null && requirements().has(id) ? id : null;
}
