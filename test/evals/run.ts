/**
 * Measures answers as people get them, over a labelled question set and the sample company, with whatever model and embedder
 * are configured: `npm run eval [-- questions.jsonl [corpus folder]]`, or `npm run eval -- updates` for updates of records.
 * `npm run eval -- guard [cases.jsonl]` asks no model but shows what is made of answers as models write them; it fails where too few
 * right ones are kept or too few wrong ones stopped; `npm run eval -- conversations [scripted]` has conversations of several turns. Kept apart from the tests: a model's words vary.
 */
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { z } from 'zod';
import { openApp, type App } from '../../src/app/open-app.ts';
import { atFolder, readConfig } from '../../src/config/config.ts';
import type { Reply } from '../../src/conversation/contract.ts';
import { evaluateRetrieval, readQuestions } from '../../src/knowledge/evaluate.ts';
import { ingest } from '../../src/knowledge/ingest.ts';
import { createLog } from '../../src/log.ts';
import { loadSamples } from '../../src/app/load-samples.ts';
import { curveText, scoresText } from '../../src/cli/report-text.ts';
import { evaluateGuard, ownCases } from './guard-eval.ts';
import { conversationsTakePlace, evaluateConversations } from './conversations-eval.ts';
import { startListening } from './listening.ts';
import { evaluateUpdates } from './updates-eval.ts';

const Labelled = z.object({
  id: z.string(),
  category: z.string(),
  question: z.string(),
  gold: z.array(z.object({ file: z.string(), heading: z.string() })),
  answer_facts: z.array(z.string()).default([]),
});

const [path = join(import.meta.dirname, 'sample-questions.jsonl'), corpus] = process.argv.slice(2);
const folder = await mkdtemp(join(tmpdir(), 'isma-eval-'));
const app = await openApp({
  config: atFolder(readConfig(), folder),
  // A model that fails is warned of: what is measured then is Isma without it.
  log: createLog('warn'),
  startAt: null,
});
try {
  if (path === 'updates') console.log(await evaluateUpdates(app));
  else if (path === 'guard') {
    await loadSamples(app);
    const { text, holds } = await evaluateGuard(app, corpus ?? ownCases);
    console.log(text);
    process.exitCode = holds ? 0 : 1;
  } else if (path === 'conversations') {
    await loadSamples({ ...app, clock: () => conversationsTakePlace });
    const { text, holds } = await evaluateConversations(app, app.model === null || corpus === 'scripted');
    console.log(text);
    process.exitCode = holds ? 0 : 1;
  } else await evaluateQuestions(app, path, corpus);
} finally {
  await app.db.close();
  await rm(folder, { recursive: true, force: true });
}

async function evaluateQuestions(app: App, path: string, corpus: string | undefined): Promise<void> {
  if (corpus === undefined) await loadSamples(app);
  else await ingest({ ...app, folder: corpus, now: app.clock(), actor: 'eval' });
  const retrieval = await evaluateRetrieval(app.db, app.lexicon, await readQuestions(path), {
    embedder: app.embedder,
    now: app.clock(),
    audiences: ['everyone'],
  });
  console.log(
    `Retrieval${app.embedder === null ? ' (keywords only)' : ''}\n${scoresText(retrieval)}\n${curveText(retrieval.refusal)}\n`,
  );
  await evaluateAnswers(app, path);
}

async function evaluateAnswers(app: App, path: string): Promise<void> {
  const questions = (await readFile(path, 'utf8'))
    .split('\n')
    .filter((line) => line.trim() !== '')
    .map((line) => Labelled.parse(JSON.parse(line)));
  const { say, stop } = await startListening(app);

  const counts = {
    answerable: 0,
    facts: 0,
    refusedWrongly: 0,
    unanswerable: 0,
    refusedRightly: 0,
    unverified: 0,
  };
  for (const { id, question, gold, answer_facts: facts } of questions) {
    const [reply] = (await say(id, question)).replies;
    const refused = reply?.notice === 'not-covered';
    if (reply?.notice === 'unverified') counts.unverified += 1;
    if (gold.length === 0) {
      counts.unanswerable += 1;
      if (refused) counts.refusedRightly += 1;
    } else {
      counts.answerable += 1;
      if (refused) counts.refusedWrongly += 1;
      if (holds(reply, facts)) counts.facts += 1;
    }
  }
  await stop();
  const share = (part: number, whole: number) =>
    `${part} of ${whole} (${((100 * part) / Math.max(whole, 1)).toFixed(0)} %)`;
  console.log(`Answers (${app.model?.name ?? 'no model: the sections themselves'})`);
  console.log(`all facts of the right answer shown   ${share(counts.facts, counts.answerable)}`);
  console.log(`refused, though the policies say it   ${share(counts.refusedWrongly, counts.answerable)}`);
  console.log(`refused, as the policies do not say   ${share(counts.refusedRightly, counts.unanswerable)}`);
  console.log(`own wording not proven                ${share(counts.unverified, questions.length)}`);
}

/** Whether each fact, in one of its wordings, stands in the answer, its excerpts or its quotes. */
function holds(reply: Reply | undefined, facts: string[]): boolean {
  if (reply === undefined) return false;
  const shown = [
    reply.text,
    ...reply.passages.map((passage) => passage.text),
    ...reply.citations.map((citation) => citation.quote),
  ]
    .join('\n')
    .toLowerCase();
  return facts.every((fact) => fact.split('|').some((wording) => shown.includes(wording.toLowerCase())));
}
