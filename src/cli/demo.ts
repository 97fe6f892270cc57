/** The operator's commands that talk: in a terminal, as somebody of the sample company, and in Teams' test client. */
import { createInterface } from 'node:readline/promises';
import type { Command } from 'commander';
import { createService, runMaintenance, type App } from '../app/app.ts';
import { clearProgress, showProgress } from './progress.ts';
import { chat, createScreen } from '../doors/console/chat.ts';
import { createConsolePort } from '../doors/console/port.ts';
import { OperatorError } from '../errors.ts';
import { reportText } from './report-text.ts';
import {
  isEmpty,
  isSamplePerson,
  loadSamples,
  loadSamplesOnce,
  placeOf,
  holdsSamples,
} from '../app/sample-company.ts';
import { previewRemoval, removeSamples, type SampleRemoval } from '../app/sample-removal.ts';

interface Flags {
  data?: string;
  now?: string;
  demo?: boolean;
  as?: string;
}

interface ChatFlags extends Flags {
  as: string;
  json?: boolean;
}

interface DemoFlags extends ChatFlags {
  yes?: boolean;
  also?: string;
}

type WithApp = (flags: Flags, work: (app: App) => Promise<void>) => Promise<void>;

/** @param withApp  opens the database that the flags name, and closes it after */
export function addDemoCommands(
  command: (name: string, description: string) => Command,
  withApp: WithApp,
): void {
  command('chat', 'talk to Isma in this terminal')
    .requiredOption('--as <email>', 'who you are')
    .option('--json', 'print one JSON object a reply')
    .action((flags: ChatFlags) =>
      withApp(flags, async (app) => {
        await prepareChat(app, flags);
        await talk(app, flags, false);
      }),
    );

  command('demo', 'talk to Isma as an employee of a made-up company; needs no account and no key')
    .argument(
      '[what]',
      'load: bring the company into the database that is configured; remove: take it out of there, and only it',
    )
    .option('--as <email>', 'who you are', 'erin@demo.example')
    .option('--json', 'print one JSON object a reply')
    .option('--yes', 'remove without asking')
    .option(
      '--also <references>',
      'remove these records too, on which people of yours have worked: NC-2026-004,NC-2026-007',
    )
    .action((what: string | undefined, flags: DemoFlags) => {
      if (what === undefined)
        return withApp({ ...flags, demo: true }, async (app) => {
          await loadSamplesOnce(app, sayUnlessJson(flags));
          await talk(app, flags, true);
        });
      // Whose company it is says nothing here: it goes into, and out of, the database that is configured.
      const others: Flags = { ...flags, as: '' };
      if (what === 'load') return withApp(others, (app) => load(app, flags));
      if (what === 'remove') return withApp(others, (app) => remove(app, flags));
      throw new OperatorError(`isma demo takes nothing, load or remove; not «${what}».`);
    });

  command(
    'playground',
    'show the made-up company as it looks in Teams, in a browser, with the client that Microsoft gives for trying',
  ).action(async (flags: Flags) => {
    const { playground } = await import('../app/playground.ts');
    await playground(flags.data ?? null);
  });
}

function sayUnlessJson({ json }: ChatFlags) {
  return (text: string) => void (json === true || process.stderr.write(text));
}

/** Somebody of the sample company finds it there, in a folder that is theirs; anybody else finds what an operator brought. */
async function prepareChat(app: App, flags: ChatFlags): Promise<void> {
  if (!(await isEmpty(app))) return;
  const isTheirs = app.db.embedded && (flags.data !== undefined || app.config.sampleCompany === 'allowed');
  if (isSamplePerson(flags.as) && isTheirs) return loadSamplesOnce(app, sayUnlessJson(flags));
  throw new OperatorError(
    `There is nothing in ${placeOf(app.config)} yet: nobody to talk as, and nothing to ask about.\n\n` +
      '  Your own company:    npm run isma -- people import people.csv --apply, then npm run isma -- ingest ./policies\n' +
      '  The sample company:  npm run demo',
  );
}

async function talk(app: App, flags: ChatFlags, greet: boolean): Promise<void> {
  const json = flags.json === true;
  const interactive = process.stdin.isTTY && process.stdout.isTTY && !json;
  let person = flags.as.toLowerCase();
  const port = createConsolePort(createScreen({ json, interactive }, () => person));
  const core = createService(app, [port], { takesJobs: app.db.embedded });
  await core.start();
  try {
    await chat(
      core,
      { email: person, json, greet: !json && (greet || interactive), interactive },
      (email) => (person = email),
    );
  } finally {
    await core.stop();
  }
  if (flags.now === undefined) await runMaintenance(app); // a clock set for a demonstration deletes nothing
}

/** Into a database for real work only where an operator said that it may, and never beside anything of a real company. */
async function load(app: App, flags: DemoFlags): Promise<void> {
  if (app.config.sampleCompany !== 'allowed' && flags.data === undefined)
    throw new OperatorError(
      `The sample company goes into ${placeOf(app.config)} only with SAMPLE_COMPANY=allowed. npm run demo keeps it in a folder of its own.`,
    );
  if (!(await isEmpty(app)) && !(await holdsSamples(app.db)))
    throw new OperatorError(
      `There is something in ${placeOf(app.config)} already, and the sample company is never mixed with it. Give it a database of its own.`,
    );
  const reports = await loadSamples(app, showProgress);
  clearProgress();
  for (const report of reports) process.stdout.write(reportText(report, app.embedder !== null));
  process.stdout.write(
    'The sample company is loaded. Talk as erin@demo.example, omar@demo.example, mona@demo.example, ines@demo.example or ada@demo.example.\n',
  );
}

async function remove(app: App, { yes = false, also = '' }: DemoFlags): Promise<void> {
  const place = placeOf(app.config);
  if (!(await holdsSamples(app.db)))
    return void process.stdout.write(`There is no sample company in ${place}. Nothing was changed.\n`);
  const options = { also: also.split(/[\s,]+/).filter((part) => part !== ''), at: app.clock() };
  process.stdout.write(
    `From ${place} this would be taken out:\n${removalText(await previewRemoval(app.db, options))}`,
  );
  if (!yes && !(await agrees()))
    return void process.stdout.write(
      process.stdin.isTTY ? 'Nothing was changed.\n' : 'Nothing was changed. Say --yes to take it out.\n',
    );
  await app.db.transaction((tx) => removeSamples(tx, options));
  process.stdout.write('The sample company is taken out. The audit log keeps what was done, this too.\n');
}

async function agrees(): Promise<boolean> {
  if (!process.stdin.isTTY) return false;
  const lines = createInterface({ input: process.stdin, output: process.stdout });
  try {
    return /^\s*(y|yes)\s*$/i.test(await lines.question('Take it out? yes or no: '));
  } finally {
    lines.close();
  }
}

function removalText({
  people,
  documents,
  versions,
  nonconformities,
  actions,
  messages,
  kept,
  named,
  archived,
}: SampleRemoval): string {
  const lines = [
    `  ${people} people of demo.example, and what they asked, said and were told (${messages} messages)`,
    `  ${documents} documents in ${versions} versions, the guide to the standard too («isma ingest knowledge/guide» brings it again)`,
    `  ${nonconformities} non-conformities and ${actions} corrective actions; their numbers are not given out again`,
  ];
  if (kept.length > 0)
    lines.push(
      'These stay, since people of yours worked on them. Reject or close them in chat, or take them out too with --also:',
      ...kept.map(({ reference, title, by }) => `  ${reference} «${title}»: ${by.join(', ')}`),
    );
  if (named.length > 0)
    lines.push(
      'These names stay, as people who left, since records that stay name them:',
      ...named.map((name) => `  ${name}`),
    );
  if (archived.length > 0)
    lines.push(
      'These answers of yours stay on record, and are told no more, since they were given beside a policy that goes:',
      ...archived.map((reference) => `  ${reference}`),
    );
  return `${lines.join('\n')}\n`;
}
