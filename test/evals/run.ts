/**
 * Measures answers as people get them, over a labelled question set and the sample company, with whatever model and embedder
 * are configured: `npm run eval [-- questions.jsonl [corpus folder]]`, or `npm run eval -- updates` for updates of records.
 * `npm run eval -- search [questions.jsonl [corpus folder]]` holds both legs of the search against the better one, with three encoders.
 * `npm run eval -- offline […]` leaves both out, whatever is configured.
 * `npm run eval -- guard [cases.jsonl]` asks no model but shows what is made of answers as models write them; it fails where too few
 * right ones are kept or too few wrong ones stopped; `npm run eval -- findings` holds the report that an auditor would write against organisations with planted faults; `npm run eval -- ratings` holds answers of gap analyses, as a model reads them, against an auditor; `npm run eval -- questions` shows what a model drafts from the sample policies; `npm run eval -- conversations [scripted]` has conversations of several turns. Kept apart from the tests: a model's words vary.
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openApp, type App } from '../../src/app/open-app.ts';
import { atFolder, readConfig } from '../../src/config/config.ts';
import { migrate } from '../../src/db/migrate.ts';
import { openEmbedded, type EmbeddedDatabase } from '../../src/db/open.ts';
import { evaluateRetrieval, readQuestions } from '../../src/knowledge/evaluate.ts';
import { ingest } from '../../src/knowledge/ingest.ts';
import { createLog } from '../../src/log.ts';
import { loadSamples } from '../../src/app/load-samples.ts';
import { curveText, scoresText } from '../../src/cli/report-text.ts';
import { answersText, readLabelled, scoreAnswers } from './answers-eval.ts';
import { evaluateGuard, ownCases } from './guard-eval.ts';
import { conversationsTakePlace, evaluateConversations } from './conversations-eval.ts';
import { startListening } from './listening.ts';
import { Reading } from '../../src/workflows/gap-analysis/criterion-questions.ts';
import { evaluateDrafts } from './drafts-eval.ts';
import { evaluateRatings, readWith } from './ratings-eval.ts';
import { evaluateFindings } from './findings-eval.ts';
import { evaluateUpdates } from './updates-eval.ts';

const folder = await mkdtemp(join(tmpdir(), 'isma-eval-'));
const given = process.argv.slice(2);
const offline = given[0] === 'offline';
const ownQuestions = join(import.meta.dirname, 'sample-questions.jsonl');
const [path = ownQuestions, corpus, further] = offline ? given.slice(1) : given;
const config = atFolder(readConfig(), folder);
const app = await openApp({
  config: offline ? { ...config, model: null, embedding: null } : config,
  // A model that fails is warned of: what is measured then is Isma without it.
  log: createLog('warn'),
  startAt: null,
});
try {
  if (path === 'findings') console.log(await evaluateFindings(openEmpty));
  else if (path === 'search') console.log(await measureFusion(app, corpus, further));
  else if (path === 'ratings') {
    console.log(
      app.model === null
        ? 'No language model is set: answers in words are kept, and a choice is asked for. (OPENAI_API_KEY or OPENAI_BASE_URL, see .env.example)'
        : await evaluateRatings(readWith(app, Reading)),
    );
  } else if (path === 'questions') {
    await loadSamples(app);
    console.log(
      app.model === null
        ? 'No language model is set: questions about policies are written by people. (OPENAI_API_KEY or OPENAI_BASE_URL, see .env.example)'
        : await evaluateDrafts(app),
    );
  } else if (path === 'updates') console.log(await evaluateUpdates(app));
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

/** @param documents  the folder that the questions are about; without it, the sample company */
/** An empty database in memory. */
async function openEmpty(): Promise<EmbeddedDatabase> {
  const db = await openEmbedded({ folder: null });
  await migrate(db);
  return db;
}

async function measureFusion(app: App, questions = ownQuestions, documents?: string): Promise<string> {
  await loadDocuments({ ...app, embedder: null }, documents);
  const { evaluateFusion } = await import('./search-eval.ts');
  return evaluateFusion(app, await readQuestions(questions));
}

async function loadDocuments(app: App, folder: string | undefined): Promise<void> {
  if (folder === undefined) await loadSamples(app);
  else await ingest({ ...app, folder, now: app.clock(), actor: 'eval' });
}

async function evaluateQuestions(app: App, path: string, corpus: string | undefined): Promise<void> {
  await loadDocuments(app, corpus);
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
  const { say, stop } = await startListening(app);
  const scores = await scoreAnswers(
    await readLabelled(path),
    async ({ id, question }) => (await say(id, question)).replies[0],
  );
  await stop();
  console.log(answersText(app.model?.name ?? 'no model: the sections themselves', scores));
}
