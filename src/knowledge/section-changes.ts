/** What is different between two versions of a text, section by section and sentence by sentence, as it can be said in plain words. */
import { diffArrays, diffWords } from 'diff';
import { sentencesOf } from './quote.ts';
import { rowAsLine } from './table-lines.ts';
import { plain, wordsIn } from '../language/vocabulary.ts';

export interface Section {
  id: number;
  number: string;
  heading: string;
  body: string;
}

/** A sentence that is new, gone, or another one now; `before` are the words that `old` had in place of its own. */
export type Line =
  { is: 'new' | 'gone'; text: string } | { is: 'now'; text: string; before: string; old: string };

export interface SectionChange {
  is: 'new' | 'gone' | 'changed';
  /** As it is now, where it still is. */
  section: Section;
  /** As it was, where it is changed. */
  was: Section | null;
  lines: Line[];
}

/** Share of their words that two sentences have in common from which on one is the other, changed. */
const sameSentence = 0.5;

export function changesBetween(before: readonly Section[], now: readonly Section[]): SectionChange[] {
  const left = new Set(before);
  const pairs = now.map((section) => ({ section, old: null as Section | null }));
  // A heading may be renamed and a number may move: what has both is matched before what has one.
  for (const same of [
    (one: Section, other: Section) =>
      plain(one.heading) === plain(other.heading) && one.number === other.number,
    (one: Section, other: Section) => plain(one.heading) === plain(other.heading),
    (one: Section, other: Section) =>
      one.number !== '' && one.number === other.number && alike(one.body, other.body) > 0.3,
    (one: Section, other: Section) => alike(one.body, other.body) > sameSentence,
  ])
    for (const pair of pairs.filter(({ old }) => old === null)) {
      pair.old = [...left].find((old) => same(old, pair.section)) ?? null;
      if (pair.old !== null) left.delete(pair.old);
    }
  const changed = pairs.flatMap(({ section, old }): SectionChange[] => {
    if (old === null)
      return section.body.trim() === ''
        ? []
        : [{ is: 'new', section, was: null, lines: linesOf('new', section) }];
    const lines = linesBetween(sayings(old), sayings(section));
    return lines.length === 0 ? [] : [{ is: 'changed', section, was: old, lines }];
  });
  const gone = [...left].filter(({ body }) => body.trim() !== '');
  return [
    ...changed,
    ...gone.map((section): SectionChange => ({
      is: 'gone',
      section,
      was: null,
      lines: linesOf('gone', section),
    })),
  ];
}

function sayings({ body }: Pick<Section, 'body'>): string[] {
  return sentencesOf(body).map(({ text, tableHead }) =>
    tableHead === null ? text : rowAsLine(tableHead, text),
  );
}

const linesOf = (is: 'new' | 'gone', section: Section): Line[] =>
  sayings(section).map((text) => ({ is, text }));

function linesBetween(before: string[], now: string[]): Line[] {
  const lines: Line[] = [];
  let gone: string[] = [];
  const flush = () => {
    lines.push(...gone.map((text): Line => ({ is: 'gone', text })));
    gone = [];
  };
  for (const { value, added, removed } of diffArrays(before, now, {
    comparator: (one, other) => plain(one) === plain(other),
  })) {
    if (removed) gone.push(...value);
    else if (added) {
      for (const text of value) {
        const old = gone.toSorted((one, other) => alike(other, text) - alike(one, text))[0];
        if (old === undefined || alike(old, text) < sameSentence) lines.push({ is: 'new', text });
        else {
          gone.splice(gone.indexOf(old), 1);
          lines.push({ is: 'now', text, before: replacedWords(old, text), old });
        }
      }
      flush();
    } else flush();
  }
  flush();
  return lines;
}

/** Share of their words that both have. */
function alike(one: string, other: string): number {
  const [left, right] = [one, other].map((text) => new Set(wordsIn(text))) as [Set<string>, Set<string>];
  const most = Math.max(left.size, right.size);
  return most === 0 ? 0 : [...left].filter((word) => right.has(word)).length / most;
}

/** The words of the older sentence that are no more: «12» of «at least 12 characters». */
function replacedWords(before: string, now: string): string {
  return diffWords(before, now)
    .filter(({ removed }) => removed)
    .map(({ value }) => value.trim())
    .filter((value) => /[\p{L}\p{N}]/u.test(value))
    .join(' … ');
}
