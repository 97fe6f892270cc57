/** Holds the report that an auditor would write against organisations with planted faults: `npm run eval -- findings`. */
import type { Database } from '../../src/db/database.ts';
import { selectFindings } from '../../src/isms/predicted-finding/finding.ts';
import { generateOrganisation, type Organisation } from '../support/generated-organisation.ts';
import { chooseFaults, faults, plantFaults, type Fault } from '../support/planted-faults.ts';

const now = new Date('2026-11-24T09:00:00Z');

/** The first has no fault; together the others have each of them. */
export const seeds = [1301, 1302, 1303, 1304, 1305, 1306, 1307, 1308, 1309, 1310];

export interface Score {
  seed: number;
  planted: string[];
  found: string[];
  missed: string[];
  invented: string[];
}

export async function scoreOrganisation(db: Database, seed: number): Promise<Score> {
  const organisation = await generateOrganisation(db, seed, now);
  const chosen = chosenFor(organisation, seed);
  await db.transaction((tx) => plantFaults(tx, organisation, chosen));
  const planted = chosen.map(({ finding }) => finding).toSorted();
  const found = await findingsOf(db, organisation);
  return {
    seed,
    planted,
    found,
    missed: planted.filter((finding) => !found.includes(finding)),
    invented: found.filter((finding) => !planted.includes(finding)),
  };
}

/** By their keys. @param isPast  read as they stood at this very time, which is to say the same */
export async function findingsOf(db: Database, { now: at, day }: Organisation, isPast = false): Promise<string[]> {
  const findings = await db.transaction((tx) => selectFindings(tx, { at, day: day(0), isPast }, { concern: null, audiences: ['everyone'] }));
  return findings.map(({ key }) => key).toSorted();
} // prettier-ignore

function chosenFor(organisation: Organisation, seed: number): Fault[] {
  const at = seeds.indexOf(seed);
  if (at === 0) return [];
  const own = faults.filter((_, index) => index % (seeds.length - 1) === at - 1);
  return chooseFaults(organisation, own.length + at, own);
}

export interface Share {
  precision: number;
  recall: number;
}

export function shareOf(scores: readonly Score[]): Share {
  const count = (of: (score: Score) => readonly string[]) =>
    scores.reduce((sum, score) => sum + of(score).length, 0);
  const found = count((score) => score.found);
  const planted = count((score) => score.planted);
  return {
    precision: (found - count((score) => score.invented)) / found,
    recall: (planted - count((score) => score.missed)) / planted,
  };
}

/** @param open  an empty database for each. @returns lines for people to read */
export async function evaluateFindings(
  open: () => Promise<Database & { close(): Promise<void> }>,
): Promise<string> {
  const scores: Score[] = [];
  for (const seed of seeds) {
    const db = await open();
    scores.push(await scoreOrganisation(db, seed));
    await db.close();
  }
  const lines = scores.map(
    ({ seed, planted, found, missed, invented }) =>
      `seed ${seed}  planted ${String(planted.length).padStart(2)}  found ${String(found.length).padStart(2)}  missed ${missed.join(', ') || '–'}  invented ${invented.join(', ') || '–'}`,
  );
  const { precision, recall } = shareOf(scores);
  return [
    'The report that an auditor would write, over organisations with planted faults',
    ...lines,
    `precision ${precision.toFixed(3)}, recall ${recall.toFixed(3)}`,
  ].join('\n');
}
