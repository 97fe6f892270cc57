/**
 * What the sample company's documents answer without a model does not fall below what it has reached, and questions on
 * certification in plain words find the section of the guide that answers them. One test: to load all documents takes seconds.
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { loadSampleDocuments } from '../../src/app/load-samples.ts';
import { openApp } from '../../src/app/open-app.ts';
import { atFolder } from '../../src/config/config.ts';
import { evaluateRetrieval, readQuestions } from '../../src/knowledge/evaluate.ts';
import { searchQuestion } from '../../src/knowledge/search-question.ts';
import { givenDataFolder } from '../support/databases.ts';
import { silentLog, testConfig, today } from '../support/harness.ts';
import { readLabelled, scoreAnswers } from './answers-eval.ts';
import { startListening } from './listening.ts';

const ownQuestions = join(import.meta.dirname, 'sample-questions.jsonl');

const answers = {
  'can we get the audit done over Zoom?': 'Can we get the audit done remotely, over Zoom or Teams',
  'what papers do I have to hand in before the first audit?':
    'What papers do we have to hand in before the first audit (Stage 1)',
  'who can audit the security guy in a firm of 12?':
    'Who can audit the security officer in a very small company',
  'do we have to tell the certifier that we are being bought?':
    'Do we have to tell the certification body that we are being bought, merged or moving',
  'what if we fail the audit?': 'What if we fail the audit',
  'how many audit days for 40 people?': 'How many audit days do we need for our headcount',
  'Können wir das Audit per Teams machen?': 'Can we get the audit done remotely, over Zoom or Teams',
  'combien coûte la certification iso 27001': 'What does ISO 27001 certification cost',
  '¿qué pasa si no pasamos la auditoría?': 'What if we fail the audit',
};

it('answers without a model no worse than it did', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'isma-offline-'));
  await givenDataFolder(folder);
  const app = await openApp({ config: atFolder(testConfig, folder), log: silentLog, startAt: null });
  await loadSampleDocuments({ ...app, clock: () => today });

  const { say, stop } = await startListening({ ...app, clock: () => today });
  const scores = await scoreAnswers(
    await readLabelled(ownQuestions),
    async ({ id, question }) => (await say(id, question)).replies[0],
  );
  await stop();
  const reader = { audiences: ['everyone'] };
  const found = await evaluateRetrieval(app.db, app.lexicon, await readQuestions(ownQuestions), {
    ...reader,
    embedder: null,
    now: today,
  });
  const first: Record<string, string | undefined> = {};
  for (const question of Object.keys(answers)) {
    const asked = { question, reader, now: today, limit: 5, embedder: null };
    first[question] = (await searchQuestion(app.db, app.lexicon, asked)).passages[0]?.heading;
  }
  await app.db.close();
  await rm(folder, { recursive: true });

  expect(scores.shown).toBeGreaterThanOrEqual(36);
  expect(scores.atOnce).toBeGreaterThanOrEqual(27);
  expect(scores.refusedRightly).toBeGreaterThanOrEqual(6);
  expect(scores.refusedWrongly).toBeLessThanOrEqual(4);
  expect(scores.medianWords).toBeLessThanOrEqual(120);
  expect(found.overall['recall@5']).toBeGreaterThanOrEqual(0.75);
  expect(first).toEqual(answers);
});
