/** Right answers stand and wrong ones do not, whatever words and language a model chose. */
import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { readDocument } from '../../src/knowledge/read/read-document.ts';
import type { Passage } from '../../src/knowledge/search.ts';
import { checkAnswer } from '../../src/workflows/answers/check-answer.ts';
import { lexicon } from '../support/shared.ts';
import {
  impliedQuestion,
  isAsWanted,
  leastKept,
  leastStopped,
  ownCases,
  readAnswerCases,
  writtenAt,
} from './guard-eval.ts';

const folder = join(import.meta.dirname, '../../knowledge/policies');
/** Sections that a model is shown. */
const shown = 8;

async function readPolicies(): Promise<Passage[]> {
  const documents = await Promise.all(
    globSync('*.md', { cwd: folder }).map((name) => readDocument(name, readFileSync(join(folder, name)))),
  );
  return documents
    .filter(({ metadata }) => metadata.status === 'published')
    .flatMap(({ metadata, title, sections }) =>
      sections.map((section): Passage => ({
        ...section, sectionId: 1, versionId: 1, documentId: 1, kind: 'policy', reference: metadata.ref ?? '', title: metadata.title ?? title ?? '',
        version: metadata.version, language: metadata.language ?? 'en', ownerEmail: null, effectiveFrom: metadata.effective ?? '', audience: ['everyone'],
        sourcePath: null, score: 1, textScore: 1, textRank: 1, vectorRank: null, distance: null,
      })),
    ); // prettier-ignore
}

it('reaches the person where it is right, and does not where it is wrong', async () => {
  const policies = await readPolicies();
  const cases = readAnswerCases(ownCases);
  const missed = { kept: [] as string[], stopped: [] as string[] };

  for (const answer of cases) {
    const sections = answer.sections.flatMap(
      (name) => policies.find(({ reference, number }) => `${reference} ${number}` === name) ?? [],
    );
    const beside = policies.filter(
      (each) => each.reference === sections[0]?.reference && !sections.includes(each) && each.body !== '',
    );
    const passages = [...sections, ...beside].slice(0, shown);
    const question = answer.question ?? impliedQuestion(answer, sections);
    const checked = checkAnswer(
      answer.answer,
      passages,
      { question, today: writtenAt.toISOString().slice(0, 10) },
      lexicon,
    );
    const text = 'text' in checked ? checked.text : '';
    const cited = checked.verdict === 'founded' ? checked.cited : [];
    if (!isAsWanted(answer, sections, { text, cited, refused: checked.verdict === 'not-covered' })) missed[answer.want === 'stop' ? 'stopped' : 'kept'].push(answer.answer); // prettier-ignore
  }

  const wrong = cases.filter(({ want }) => want === 'stop').length;
  expect(missed.kept.length, missed.kept.join('\n')).toBeLessThanOrEqual(
    (1 - leastKept) * (cases.length - wrong),
  );
  expect(missed.stopped.length, missed.stopped.join('\n')).toBeLessThanOrEqual((1 - leastStopped) * wrong);
});
