/** Which sections hold the figure that a question asks for: «how many days» wants a number of days, «how long» a length of time. */
import { readDurations } from '../language/durations.ts';
import { words } from '../language/vocabulary.ts';
import type { Lexicon } from './lexicon.ts';

const wantsFigure = words('answers/wanting a figure');
const counting = words('answers/counting');
/** Words between a number and what it counts: «5 full working days». */
const mostBetween = 2;
/** Characters of a text that are looked through. */
const longestBody = 4_000;

/** What a section counts for, beside 1 for one without it. Chosen with `npm run eval`: a length of time stands in many. */
const weights = { counted: 1.15, time: 1.06 };

type Weigh = (section: { body: string; language: string }) => number;

/** @returns null for a question that no figure answers */
export function figureAskedIn(question: string, lexicon: Lexicon, language: string): Weigh | null {
  if (!wantsFigure.has(question)) return null;
  const counts = counting.find(question);
  const [counted = ''] = counts === null ? [] : (question.slice(counts.to).match(/^\s*[\p{L}-]+/u) ?? []);
  const groups = lexicon.analyse(counted, language).groups;
  if (groups.length === 0)
    return ({ body }) => (readDurations(body.slice(0, longestBody)).length > 0 ? weights.time : 1);
  const stems = new Set(
    groups.flatMap(({ targets }) => targets.flatMap(({ stems: each }) => (each.length === 1 ? each : []))),
  );
  return ({ body, language: written }) =>
    [...body.slice(0, longestBody).matchAll(/\d+\S*((?:\s+[\p{L}-]+){1,3})/gu)].some(([, after = '']) =>
      lexicon
        .stems(
          after
            .trim()
            .split(/\s+/)
            .slice(0, mostBetween + 1)
            .join(' '),
          written,
        )
        .some((stem) => stems.has(stem)),
    )
      ? weights.counted
      : 1;
}
