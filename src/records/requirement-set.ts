/** Several requirements at once, as people name them: «clauses 4 to 10», «A.5.15-A.5.18», «access», «everything»; and how they are written shortly. */
import { plain, words, wordsIn } from '../language/vocabulary.ts';
import { requirements, type Requirement } from './requirement.ts';

const ranges = words('requirements/range');
const all = words('requirements/all of them');
const around = words('requirements/around');
const kinds = words('requirements/kinds');

/** A number with what may stand before it: «A.5.15», «clause 4», «5.15». */
const number = /(a[\s.]*)?(\d{1,2}(?:\.\d{1,2}){0,2})/iu;
const ranged = new RegExp(
  `^${number.source}\\s*(?:[-–—]|\\.\\.|(?<said>\\p{L}[\\p{L}' ]*?))\\s*${number.source}$`,
  'iu',
);

let known: ReadonlyMap<string, Requirement> | undefined;

/** What can be looked at by itself: the 30 clauses that have no others below them, and the 93 controls; in the order of the standard. */
export function auditable(): ReadonlyMap<string, Requirement> {
  if (known !== undefined) return known;
  const ids = [...requirements().keys()];
  const hasParts = new Set(ids.map((id) => id.split('.').slice(0, -1).join('.')));
  known = new Map([...requirements()].filter(([id]) => !hasParts.has(id)));
  return known;
}

export const auditableNumbers = (): string[] => [...auditable().keys()];

export function controlNumbers(): string[] {
  return [...requirements().values()].filter(({ kind }) => kind === 'control').map(({ id }) => id);
}

/** «9.2.1 Internal audit: General», since «General» alone says nothing. */
export function requirementTitle(id: string): string {
  const title = requirements().get(id)?.title ?? '';
  const above = requirements().get(id.split('.').slice(0, -1).join('.'));
  return /^General$/.test(title) && above !== undefined ? `${above.title}: ${title}` : title;
}

/** @returns the requirements, in their order, and the words that name none */
export function readRequirements(said: string): { ids: string[]; unread: string[] } {
  const found = new Set<string>();
  const unread: string[] = [];
  let isControl = false;
  for (const part of said.split(/[,;\n]|\band\b|\bund\b|\bet\b/iu)) {
    const text = bare(part);
    if (text === '') continue;
    // «controls 5.15 to 5.18, 8.2»: what was said of the first holds for those behind it.
    isControl = (kinds.find(part)?.meaning ?? (isControl ? 'control' : '')) === 'control';
    const ids = idsIn(text, isControl);
    if (ids.length === 0) unread.push(part.trim());
    for (const id of ids) found.add(id);
  }
  return { ids: auditableNumbers().filter((id) => found.has(id)), unread };
}

function bare(part: string): string {
  let text = part.trim();
  for (let at = around.begins(text); at?.from === 0 && all.is(text) === null; at = around.begins(text))
    text = text.slice(at.to).trim();
  return text;
}

function idsIn(text: string, isControl: boolean): string[] {
  const every = [...auditable().values()];
  const whole = all.is(text);
  if (whole !== null)
    return every.filter((each) => whole === 'every' || [each.kind, each.theme].includes(whole)).map(({ id }) => id); // prettier-ignore
  const range = ranged.exec(text);
  if (range !== null) {
    const [, annex, from = '', , annexToo, to = ''] = range;
    const between = range.groups?.said;
    if (between !== undefined && ranges.is(between) === null) return [];
    return inRange(from, to, isControl || annex !== undefined || annexToo !== undefined);
  }
  const [single, annex, said = ''] = number.exec(text) ?? [];
  if (single === text.replace(/\.$/, '')) return inRange(said, said, isControl || annex !== undefined);
  return byWords(text);
}

/** Between two numbers, with all that lies below them. A bare 5.15 is the control, as no clause is numbered so; a bare 8.2 is the clause. */
function inRange(from: string, to: string, control: boolean): string[] {
  const ids = auditableNumbers();
  const within = (prefix: string) =>
    ids.filter((id) => {
      const [isAnnex, own] = id.startsWith('A.') ? [true, id.slice(2)] : [false, id];
      return (
        isAnnex === (prefix !== '') && isNotBefore(own, from) && isNotBefore(to, own, own.split('.').length)
      );
    });
  if (control) return within('A.');
  const clauses = within('');
  return clauses.length > 0 ? clauses : within('A.');
}

/** @param depth  parts that count of the later one: 4.3 lies within 4 */
function isNotBefore(later: string, earlier: string, depth = later.split('.').length): boolean {
  const [one, other] = [later, earlier].map((id) => id.split('.').map(Number)) as [number[], number[]];
  for (let at = 0; at < Math.min(depth, one.length, Math.max(one.length, other.length)); at += 1) {
    const difference = (one[at] ?? 0) - (other[at] ?? 0);
    if (difference !== 0) return difference > 0;
  }
  return true;
}

/** By everyday words: all of them stand together in a title, or in one of the words that belong to it. */
function byWords(text: string): string[] {
  const wanted = wordsIn(text);
  if (wanted.length === 0) return [];
  const holds = (said: string) => {
    const has = plain(said).split(' ');
    return wanted.every((word) => has.some((each) => each === word || each === `${word}s` || `${each}s` === word));
  };
  return [...auditable().values()]
    .filter(({ title, keywords }) => [title, ...keywords].some(holds))
    .map(({ id }) => id);
} // prettier-ignore

/** «4.1 to 4.4, 9.2.1, A.5.15 to A.5.18»: neighbours in the standard stand together. */
export function requirementsInWords(ids: readonly string[]): string {
  const order = auditableNumbers();
  const at = ids.map((id) => order.indexOf(id)).filter((place) => place >= 0).toSorted((one, other) => one - other);
  const runs: [number, number][] = [];
  for (const place of at) {
    const last = runs.at(-1);
    const isNext = last !== undefined && place === last[1] + 1 && chapter(order[place]) === chapter(order[last[1]]);
    if (isNext) last[1] = place;
    else runs.push([place, place]);
  }
  return runs
    .flatMap(([from, to]) => {
      const [first = '', second = ''] = [order[from], order[to]];
      if (from === to) return [first];
      return to === from + 1 ? [first, second] : [`${first} to ${second}`];
    })
    .join(', ');
} // prettier-ignore

/** Clauses, or a theme of the controls. */
function chapter(id = ''): string {
  return id.startsWith('A.') ? id.split('.').slice(0, 2).join('.') : 'clauses';
}
