/** How far each theme is written down, done and proven: as shares, as a picture of them, and in words. */
import type { Picture } from '../../files/canvas.ts';
import { drawGrid } from '../../files/draw-grid.ts';
import type { QuestionBank, Rating } from '../../isms/assessment/bank.ts';
import type { Outcome } from '../../isms/assessment/outcome.ts';

import { dimensions } from '../../isms/assessment/result.ts';
import { type Language, sayIn, wording } from '../../language/wording.ts';

interface Row {
  label: string;
  /** 0 to 1, in the order of `dimensions`; null where nothing was rated. */
  shares: (number | null)[];
}

const weight: Record<Rating, number> = { yes: 1, partly: 0.5, no: 0 };

export function sharesOf(outcomes: readonly Outcome[], bank: QuestionBank, language: Language): Row[] {
  return bank.themes.flatMap(({ id, title }) => {
    const own = outcomes.filter(({ theme, result }) => theme === id && result !== 'not_applicable');
    if (own.length === 0) return [];
    const shares = dimensions.map((dimension) => {
      const rated = own.flatMap((outcome) => outcome[dimension] ?? []);
      return rated.length === 0
        ? null
        : rated.reduce((sum, rating) => sum + weight[rating], 0) / rated.length;
    });
    return [{ label: sayIn(title, language), shares }];
  });
}

export function columnsIn(language: Language): string[] {
  const say = wording('gap-report', language);
  return dimensions.map((dimension) => say(dimension));
}

export function percent(share: number | null): string {
  return share === null ? '–' : `${Math.round(share * 100)} %`;
}

/** @returns null where a single theme was asked: that is a line, and no picture */
export async function pictureOf(
  rows: readonly Row[],
  language: Language,
): Promise<{ picture: Picture; alt: string } | null> {
  if (rows.length < 2) return null;
  const columns = columnsIn(language);
  const alt = rows
    .map(
      ({ label, shares }) =>
        `${label}: ${shares.map((share, index) => `${columns[index] ?? ''} ${percent(share)}`).join(', ')}`,
    )
    .join('; ');
  return { picture: await drawGrid({ columns, rows }), alt };
}
