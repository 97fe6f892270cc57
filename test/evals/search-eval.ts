/** Measures that both legs together find no less than the better of them, with encoders that are weak, better and noise. */
import { z } from 'zod';
import type { App } from '../../src/app/open-app.ts';
import { selectAll } from '../../src/db/rows.ts';
import { embedMissing } from '../../src/knowledge/embed-missing.ts';
import { evaluateLegs, type LegScores, type Question } from '../../src/knowledge/evaluate.ts';
import { activateEmbedder } from '../../src/knowledge/search-index.ts';
import type { Embedder } from '../../src/model/embedding.ts';
import { betterEncoder, noiseEncoder, startWeakEncoder } from '../bench/encoders.ts';

export async function evaluateFusion(app: App, questions: Question[]): Promise<string> {
  const weak = await startWeakEncoder();
  try {
    const labelled = await labelsFor(app, questions);
    const encoders: [string, Embedder][] = [
      ['weak', weak.embedder],
      ['better', betterEncoder(weak.embedder, labelled)],
      ['noise', noiseEncoder],
    ];
    const lines = [];
    for (const [name, encoder] of encoders) {
      const embedder = await activateEmbedder(app.db, encoder);
      const { problem } = await embedMissing(app.db, embedder);
      if (problem !== null) throw new Error(problem);
      const scores = await evaluateLegs(app.db, app.lexicon, questions, {
        embedder,
        now: app.clock(),
        audiences: ['everyone'],
      });
      lines.push(
        `encoder: ${name}`,
        ...Object.entries(scores).map(([category, legs]) => lineOf(category, legs)),
      );
    }
    return lines.join('\n');
  } finally {
    weak.close();
  }
}

function lineOf(category: string, { text, vector, both }: LegScores): string {
  const lost = Math.max(text['recall@5'], vector['recall@5']) - both['recall@5'];
  const shown = [text, vector, both].map(
    (leg) => `${leg['recall@1'].toFixed(3)} ${leg['recall@5'].toFixed(3)}`,
  );
  return `  ${category.padEnd(13)} n=${String(text.n).padStart(3)}  recall@1 and @5: text ${shown[0]}  vector ${shown[1]}  both ${shown[2]}${lost > 0.01 ? `  ${(100 * lost).toFixed(1)} points below the better` : ''}`;
}

const Known = z.object({
  title: z.string(),
  path: z.array(z.string()),
  number: z.string(),
  heading: z.string(),
  sourcePath: z.string().nullable(),
});

/** Which sections a text of the index is, by the line that it begins with, and which ones answer a question. */
async function labelsFor({ db }: App, questions: Question[]) {
  const sections = await selectAll(
    db,
    Known,
    `select version.title, section.path, section.number, section.heading, version.source_path
     from section join document_version version on version.id = section.version_id`,
  );
  const byLine = new Map(
    sections.map((each) => [[each.title, ...each.path, headingOf(each)].join(' > '), each]),
  );
  const byQuestion = new Map(questions.map((each) => [each.question, each.gold]));
  return {
    labelsOf(text: string): string[] {
      const gold = byQuestion.get(text);
      if (gold !== undefined) return gold.map(({ file, heading }) => `${file} ${heading}`);
      const section = byLine.get(text.split('\n', 1)[0] ?? '');
      if (section === undefined) return [];
      const file = section.sourcePath?.split('/').at(-1) ?? '';
      return [...new Set([`${file} ${headingOf(section)}`, `${file} ${section.heading}`])];
    },
  };
}

function headingOf({ number, heading }: { number: string; heading: string }): string {
  return `${number} ${heading}`.trim();
}
