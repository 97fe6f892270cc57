/** The operator's commands for documents: read them in, see how they are found, measure how well. */
import type { App } from '../app/open-app.ts';
import { refuseSamples } from '../app/sample-company.ts';
import { prompt } from '../conversation/prompts.ts';
import { OperatorError } from '../errors.ts';
import { evaluateRetrieval, readQuestions, refusalFloor } from '../knowledge/evaluate.ts';
import { expandSections } from '../knowledge/expand.ts';
import { ingest } from '../knowledge/ingest.ts';
import { audiencesOf, search } from '../knowledge/search.ts';
import { selectOptionalByEmail } from '../records/person.ts';
import type { CommonFlags } from './open.ts';
import { clearProgress, showProgress } from './progress.ts';
import { curveText, passageText, reportText, scoresText } from './report-text.ts';

export interface IngestFlags extends CommonFlags {
  expand?: boolean;
}

export interface SearchFlags extends CommonFlags {
  as: string;
  json?: boolean;
  limit: string;
}

export interface EvaluateFlags extends CommonFlags {
  misses?: boolean;
  json?: boolean;
}

export async function ingestFolder(app: App, folder: string, flags: IngestFlags): Promise<void> {
  await refuseSamples(app);
  const report = await ingest({
    ...app,
    folder,
    now: app.clock(),
    actor: 'system:ingest',
    onProgress: showProgress,
  });
  clearProgress();
  process.stdout.write(reportText(report, app.embedder !== null));
  if (flags.expand === true) await expand(app);
  if (report.failed.length > 0) process.exitCode = 2;
}

async function expand({ db, lexicon, model }: App): Promise<void> {
  if (model === null)
    throw new OperatorError(
      '--expand needs a language model: set OPENAI_API_KEY, or OPENAI_BASE_URL for a server of your own.',
    );
  const write = (section: { title: string; heading: string; body: string }) =>
    model.complete(prompt('expand', section));
  const done = await expandSections(db, lexicon, write, (count, total) =>
    showProgress(count, total, 'questions'),
  );
  clearProgress();
  process.stdout.write(
    done === 0 ? 'Every section has its questions already.\n' : `Wrote questions for ${done} sections.\n`,
  );
}

export async function showSearch(
  { db, lexicon, embedder, clock }: App,
  question: string,
  flags: SearchFlags,
): Promise<void> {
  const result = await search(db, lexicon, {
    question,
    reader: { audiences: await audiencesOfPerson(db, flags.as) },
    now: clock(),
    limit: Math.min(Math.max(Number(flags.limit) || 10, 1), 50),
    embedder,
  });
  if (flags.json === true) return void process.stdout.write(`${JSON.stringify(result.passages, null, 2)}\n`);
  process.stdout.write(
    `${result.passages.map(passageText).join('\n') || 'Nothing that this person may read shares a word with the question.'}\n`,
  );
  process.stdout.write(
    `\nStrength of the best match: ${result.strength.toFixed(2)} (below ${refusalFloor} the policies are taken not to say)${embedder === null ? ' · keyword search only: no embedding endpoint is set' : ''}\n`,
  );
}

export async function evaluate(
  { db, lexicon, embedder, clock }: App,
  path: string,
  flags: EvaluateFlags,
): Promise<void> {
  const { misses, ...result } = await evaluateRetrieval(db, lexicon, await readQuestions(path), {
    embedder,
    now: clock(),
    audiences: await audiencesOfPerson(db, flags.as),
  });
  process.stdout.write(
    flags.json === true
      ? `${JSON.stringify(result)}\n`
      : `${scoresText(result)}\n${curveText(result.refusal)}\n`,
  );
  if (flags.misses === true)
    for (const miss of misses)
      process.stdout.write(`\n${miss.id} ${miss.question}\n  ${miss.found.join('\n  ')}\n`);
}

/** What everyone may read, where nobody is named. */
async function audiencesOfPerson(db: App['db'], email: string | undefined): Promise<string[]> {
  const person = await selectOptionalByEmail(db, email ?? null);
  return person === null ? ['everyone'] : audiencesOf(person);
}
