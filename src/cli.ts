/** The operator's commands, each thin over the same functions that the service uses. */
import { writeFile } from 'node:fs/promises';
import { Command } from 'commander';
import { openApp, type App } from './app/app.ts';
import { atFolder, readConfig, type Config } from './config/config.ts';
import { addDemoCommands } from './cli/demo.ts';
import { addPeopleCommands } from './cli/people.ts';
import { clearProgress, showProgress } from './cli/progress.ts';
import { addRegisterCommands } from './cli/register.ts';
import { addSettingsCommands } from './cli/settings.ts';
import { addStatusCommands } from './cli/status.ts';
import { verifyAudit, type AuditHead } from './db/audit.ts';
import { OperatorError, messageOf } from './errors.ts';
import { selectOptionalByEmail } from './records/person.ts';
import { evaluateRetrieval, readQuestions, refusalFloor } from './knowledge/evaluate.ts';
import { expandSections } from './knowledge/expand.ts';
import { ingest } from './knowledge/ingest.ts';
import { search } from './knowledge/search.ts';
import { createLog } from './log.ts';
import { demoConfig, isSamplePerson, refuseSamples } from './app/sample-company.ts';
import { fillSlackManifest } from './doors/slack/manifest.ts';
import { curveText, passageText, reportText, scoresText } from './cli/report-text.ts';
import { reencryptInstallations } from './conversation/installation.ts';
import { prompt } from './conversation/prompts.ts';
import { audiencesOf } from './workflows/answers/find-passages.ts';

export interface CommonOptions {
  data?: string;
  now?: string;
  demo?: boolean;
  /** Whose rights count, where a command asks. */
  as?: string;
}

async function withApp<T>(flags: CommonOptions, work: (app: App) => Promise<T>): Promise<T> {
  const config = chosen(readConfig(), flags);
  const app = await openApp({
    config,
    log: createLog(config.logLevel ?? 'error'),
    startAt: timeOf(flags.now),
  });
  try {
    return await work(app);
  } finally {
    await app.db.close();
  }
}

/** People of the sample company are at home in its own folder, unless an operator said that it may stand among real work. */
function chosen(config: Config, { data, demo = false, as = '' }: CommonOptions): Config {
  const meansDemo = data === undefined && isSamplePerson(as) && config.sampleCompany !== 'allowed';
  if (demo || meansDemo) return demoConfig(config, data ?? null);
  return data === undefined ? config : atFolder(config, data);
}

function timeOf(text: string | undefined): Date | null {
  if (text === undefined) return null;
  const time = new Date(text);
  if (Number.isNaN(time.getTime()))
    throw new OperatorError(`--now takes a time such as 2026-11-24T09:00:00Z, not «${text}».`);
  return time;
}

const program = new Command('isma')
  .description('Isma, a colleague who knows the ISMS. Every command takes --data and --now.')
  .showHelpAfterError();

function command(name: string, description: string, group: Command = program): Command {
  return group
    .command(name)
    .description(description)
    .option('--data <folder>', 'embedded database to use, instead of DATABASE_URL or DATA_DIR')
    .option('--demo', 'the sample company that npm run demo made')
    .option('--now <time>', 'time to begin at, for demonstrations and tests');
}

addDemoCommands(command, withApp);

command('migrate', 'bring the database to the newest schema').action((flags: CommonOptions) =>
  withApp(flags, async () => void process.stdout.write('The database is up to date.\n')),
);

command('ingest', 'read the documents of a folder into the database')
  .argument('<folder>')
  .option(
    '--expand',
    'let the language model write questions that each section answers, to widen the keyword search',
  )
  .action((folder: string, flags: CommonOptions & { expand?: boolean }) =>
    withApp(flags, async (app) => {
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
    }),
  );

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

interface SearchFlags extends CommonOptions {
  as: string;
  json?: boolean;
  limit: string;
}

command('search', 'show how sections are ranked for a question')
  .argument('<question>')
  .requiredOption('--as <email>', 'whose rights count')
  .option('--limit <n>', 'sections to show', '10')
  .option('--json', 'print one JSON array')
  .action((question: string, flags: SearchFlags) =>
    withApp(flags, async ({ db, lexicon, embedder, clock }) => {
      const person = await selectOptionalByEmail(db, flags.as);
      const audiences = person === null ? ['everyone'] : audiencesOf({ person });
      const result = await search(db, lexicon, {
        question,
        reader: { audiences },
        now: clock(),
        limit: Math.min(Math.max(Number(flags.limit) || 10, 1), 50),
        embedder,
      });
      if (flags.json === true)
        return void process.stdout.write(`${JSON.stringify(result.passages, null, 2)}\n`);
      process.stdout.write(
        `${result.passages.map(passageText).join('\n') || 'Nothing that this person may read shares a word with the question.'}\n`,
      );
      process.stdout.write(
        `\nStrength of the best match: ${result.strength.toFixed(2)} (below ${refusalFloor} the policies are taken not to say)${embedder === null ? ' · keyword search only: no embedding endpoint is set' : ''}\n`,
      );
    }),
  );

const evaluation = program.command('eval').description('measure quality over labelled sets');
evaluation
  .command('retrieval')
  .description('recall, rank and refusals over a question set, for each leg and the fusion')
  .argument('<questions.jsonl>')
  .option('--data <folder>', 'embedded database to use')
  .option('--demo', 'the sample company')
  .option('--now <time>', 'time to begin at')
  .option('--as <email>', 'whose rights count; without it, what everyone may read')
  .option('--misses', 'list what was not found')
  .option('--json', 'print one JSON object')
  .action((path: string, flags: CommonOptions & { as?: string; misses?: boolean; json?: boolean }) =>
    withApp(flags, async ({ db, lexicon, embedder, clock }) => {
      const person = await selectOptionalByEmail(db, flags.as ?? null);
      const audiences = person === null ? ['everyone'] : audiencesOf({ person });
      const { misses, ...result } = await evaluateRetrieval(db, lexicon, await readQuestions(path), {
        embedder,
        now: clock(),
        audiences,
      });
      process.stdout.write(
        flags.json === true
          ? `${JSON.stringify(result)}\n`
          : `${scoresText(result)}\n${curveText(result.refusal)}\n`,
      );
      if (flags.misses === true)
        for (const miss of misses)
          process.stdout.write(`\n${miss.id} ${miss.question}\n  ${miss.found.join('\n  ')}\n`);
    }),
  );

addPeopleCommands(
  program.command('people').description('people, their roles, and when they leave'),
  command,
  withApp<void>,
);
addRegisterCommands(command, withApp<void>);
addSettingsCommands(program, withApp);
addStatusCommands(command, withApp<void>);

command('verify', 'check the audit log from its first entry to its last')
  .option('--head <seq:hash>', 'a head that was noted before, to prove that nothing was cut off since')
  .action((flags: CommonOptions & { head?: string }) =>
    withApp(flags, async ({ db }) => {
      const { entries, head, faults } = await verifyAudit(
        db,
        flags.head === undefined ? undefined : headOf(flags.head),
      );
      if (faults.length > 0) {
        process.stdout.write(
          `The audit log is NOT whole:\n${faults.map((fault) => `  ${fault}`).join('\n')}\n`,
        );
        process.exitCode = 3;
        return;
      }
      process.stdout.write(
        `The audit log is whole: ${entries} entries. Note this head outside the database: ${head.seq}:${head.hash}\n`,
      );
    }),
  );

program
  .command('doctor')
  .description('check the configuration line by line: what is right, wrong or missing, and where to fix it')
  .action(async () => {
    const { runDoctor } = await import('./doctor/doctor.ts');
    const well = await runDoctor(readConfig, (text) => process.stdout.write(text));
    if (!well) process.exitCode = 1;
  });

const manifests = program.command('manifest').description('what Slack and Teams ask for to make the app');
manifests
  .command('slack')
  .description('print the manifest to paste at api.slack.com/apps, with PUBLIC_URL in it')
  .option('--socket-mode', 'without a public address')
  .action((flags: { socketMode?: boolean }) => {
    const { server, slack } = readConfig();
    if (flags.socketMode !== true && server.publicUrl === null)
      throw new OperatorError('PUBLIC_URL is not set. Set it, or say --socket-mode to try Isma without one.');
    const publicUrl = flags.socketMode === true ? null : server.publicUrl;
    const manifest = fillSlackManifest({ publicUrl, oauth: slack?.oauth != null });
    process.stdout.write(`${JSON.stringify(manifest, null, 2)}\n`);
  });
manifests
  .command('teams')
  .description('make the app package to upload in the Teams admin centre')
  .option('--out <file>', 'where to', 'isma-teams.zip')
  .action(async ({ out }: { out: string }) => {
    const { teams, server } = readConfig();
    const clientId = teams === null || teams === 'playground' ? null : teams.clientId;
    const { packTeamsManifest } = await import('./doors/teams/manifest.ts');
    await writeFile(out, await packTeamsManifest({ clientId, publicUrl: server.publicUrl }));
    process.stdout.write(`${out} is ready: upload it in the Teams admin centre, under Manage apps.\n`);
  });

program
  .command('keys')
  .description('keys that tokens are encrypted with')
  .command('rotate')
  .description('encrypt every stored token with ENCRYPTION_KEY, so that ENCRYPTION_OLD_KEYS can go')
  .option('--data <folder>', 'embedded database to use')
  .action((flags: CommonOptions) =>
    withApp(flags, async ({ db, config, clock }) => {
      const { changed, total } = await reencryptInstallations(db, config.encryptionKeys, clock());
      process.stdout.write(
        `${changed} of ${total} tokens were encrypted anew; all have the newest key now.\n`,
      );
    }),
  );

function headOf(text: string): AuditHead {
  const [seq = '', hash = ''] = text.split(':');
  if (!/^\d+$/.test(seq) || !/^[0-9a-f]{64}$/.test(hash))
    throw new OperatorError(
      '--head takes what "isma verify" printed: a number, a colon and 64 hexadecimal digits.',
    );
  return { seq: Number(seq), hash };
}

/** Runs one command; what the process is to end with stands in `process.exitCode`. */
export async function runCommand(args: readonly string[]): Promise<void> {
  try {
    await program.parseAsync(args, { from: 'user' });
  } catch (error) {
    process.stderr.write(
      `${error instanceof OperatorError ? messageOf(error) : String(error instanceof Error ? error.stack : error)}\n`,
    );
    process.exitCode = 1;
  }
}

if (import.meta.main) await runCommand(process.argv.slice(2));
