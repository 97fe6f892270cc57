/** What a question may mean as the rows that the search reads: a row for each stem. */
import type { TermGroup } from './lexicon.ts';

/** What words of the question before count for, where this one leaves them unsaid, and where it stands by itself. */
const unsaid = 0.5;
const beside = 0.15;

export function withContext(groups: TermGroup[], context: TermGroup[], standsAlone: boolean): TermGroup[] {
  const share = standsAlone ? beside : unsaid;
  const lighter = context.map(({ targets }) => ({
    targets: targets.map((target) => ({ ...target, weight: target.weight * share })),
  }));
  return [...groups, ...lighter];
}

/**
 * The groups as rows. A stem counts fully in one group, where it weighs most, and for half in others: three words that may
 * all mean «retention» say so more surely than one, but not three times.
 */
export function asRows(groups: TermGroup[]) {
  const rows = groups.flatMap(({ targets }, group) =>
    targets.flatMap(({ stems, weight }, target) =>
      stems.map((stem) => ({ group, target, stem, weight: weight / Math.sqrt(stems.length) })),
    ),
  );
  const home = new Map<string, { group: number; weight: number }>();
  for (const { stem, group, weight } of rows) {
    if ((home.get(stem)?.weight ?? 0) < weight) home.set(stem, { group, weight });
  }
  const kept = rows.map((row) =>
    home.get(row.stem)?.group === row.group ? row : { ...row, weight: row.weight / 2 },
  );
  return {
    group: kept.map((row) => row.group),
    target: kept.map((row) => row.target),
    stem: kept.map((row) => row.stem),
    weight: kept.map((row) => row.weight),
  };
}
