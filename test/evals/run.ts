/**
 * Measures answers as people get them, over a labelled question set and the sample company, with whatever model and embedder
 * are configured: `npm run eval [-- questions.jsonl [corpus folder]]`, or `npm run eval -- updates` for updates of records.
 * Kept apart from the tests: a model's words vary.
 */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { createService, loadSamples, openApp, type App } from '../../src/app.ts';
import { readConfig } from '../../src/config.ts';
import type { Reply } from '../../src/conversation/contract.ts';
import type { Delivery, Port } from '../../src/conversation/port.ts';
import { evaluateRetrieval, readQuestions } from '../../src/knowledge/evaluate.ts';
import { ingest } from '../../src/knowledge/ingest.ts';
import { createLog } from '../../src/log.ts';
import { curveText, scoresText } from '../../src/report-text.ts';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { readUpdates } from '../../src/workflows/corrective-actions/read-update.ts';
import { evaluateUpdates } from './updates-eval.ts';

const Labelled = z.object({
  id: z.string(),
  category: z.string(),
  question: z.string(),
  gold: z.array(z.object({ file: z.string(), heading: z.string() })),
  answer_facts: z.array(z.string()).default([]),
});

if (process.argv[2] === 'updates') {
  console.log(await evaluateUpdates(async (said) => readUpdates(said.text, said)));
  process.exit();
}

const [path = join(import.meta.dirname, 'sample-questions.jsonl'), corpus] = process.argv.slice(2);
const folder = await mkdtemp(join(tmpdir(), 'isma-eval-'));
const app = await openApp({
  config: readConfig(),
  log: createLog('error'),
  startAt: null,
  embeddedFolder: folder,
});
try {
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
} finally {
  await app.db.close();
  await rm(folder, { recursive: true, force: true });
}

async function evaluateAnswers(app: App, path: string): Promise<void> {
  const questions = (await readFile(path, 'utf8'))
    .split('\n')
    .filter((line) => line.trim() !== '')
    .map((line) => Labelled.parse(JSON.parse(line)));
  const replies: Reply[] = [];
  const core = createService(app, [listeningPort(replies)]);
  await core.start();

  const counts = {
    answerable: 0,
    facts: 0,
    refusedWrongly: 0,
    unanswerable: 0,
    refusedRightly: 0,
    unverified: 0,
  };
  for (const { id, question, gold, answer_facts: facts } of questions) {
    replies.length = 0;
    const sender = {
      platform: 'eval',
      tenant: 'eval',
      user: 'eval',
      name: 'Eval',
      email: null,
      timeZone: null,
      locale: null,
      directAddress: null,
    };
    const input = {
      kind: 'turn' as const,
      sender,
      place: { address: `eval:${id}`, audience: 'direct' as const },
      text: question,
      attachments: [],
    };
    const inputId = await core.receive({
      platform: 'eval',
      eventId: id,
      raw: Buffer.from(question),
      read: () => input,
    });
    if (inputId !== null) await core.settled(inputId);
    const reply = replies[0];
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
  await core.stop();
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

function listeningPort(replies: Reply[]): Port {
  return {
    platform: 'eval',
    async deliver({ id, reply }: Delivery) {
      replies.push(reply);
      return id;
    },
    lookUp: async () => ({ found: false }),
    directAddress: async () => null,
  };
}
