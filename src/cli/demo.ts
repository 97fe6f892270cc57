/** The operator's commands that talk: in a terminal, as somebody of the sample company, and in Teams' test client. */
import { createInterface } from 'node:readline/promises';
import { createService, runMaintenance } from '../app/app.ts';
import type { App } from '../app/open-app.ts';
import { beginWaiting, clearProgress, showProgress } from './progress.ts';
import { chat, createScreen } from '../doors/console/chat.ts';
import { createConsolePort } from '../doors/console/port.ts';
import { OperatorError } from '../errors.ts';
import type { Queryable } from '../db/database.ts';
import { lookNow } from '../records/nudge-agenda.ts';
import { describePerson, selectOptionalByEmail } from '../records/person.ts';
import { holdsSamples, isEmpty, isSamplePerson, placeOf, sampleName } from '../app/sample-company.ts';
import type { SampleRemoval } from '../app/sample-removal.ts';
import type { CommonFlags } from './open.ts';

export interface ChatFlags extends CommonFlags {
  as: string;
  json?: boolean;
}

export interface DemoFlags extends ChatFlags {
  yes?: boolean;
  also?: string;
}

export async function chatAs(app: App, flags: ChatFlags): Promise<void> {
  await prepareChat(app, flags);
  await talk(app, flags, false);
}

export async function demonstrate(app: App, flags: ChatFlags): Promise<void> {
  await bringSamples(app, flags);
  await talk(app, flags, true);
}

export async function loadOrRemove(app: App, what: string, flags: DemoFlags): Promise<void> {
  if (what === 'load') return load(app, flags);
  if (what === 'remove') return remove(app, flags);
  throw new OperatorError(`isma demo takes nothing, load or remove; not «${what}».`);
}

/** What loads the company is itself loaded only where the company is not there yet, and takes longest the first time. */
async function bringSamples(app: App, { json = false }: ChatFlags): Promise<void> {
  if (!(await isEmpty(app)) && (await holdsSamples(app.db))) return;
  const waiting = json ? null : beginWaiting(`Setting up ${sampleName}, a made-up company…`, { slow: true });
  try {
    const { loadSamplesOnce } = await import('../app/load-samples.ts');
    await loadSamplesOnce(app, () => {});
  } finally {
    waiting?.end();
  }
}

/** Somebody of the sample company finds it there, in a folder that is theirs; anybody else finds what an operator brought. */
async function prepareChat(app: App, flags: ChatFlags): Promise<void> {
  if (!(await isEmpty(app))) return;
  const isTheirs = app.db.embedded && (flags.data !== undefined || app.config.sampleCompany === 'allowed');
  if (isSamplePerson(flags.as) && isTheirs) return bringSamples(app, flags);
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
  await lookNow(app.db, person, app.clock());
  await core.start();
  try {
    await chat(
      core,
      {
        email: person,
        json,
        greet: !json && (greet || interactive),
        interactive,
        ...(isSamplePerson(person) ? { others: othersThan(person) } : {}),
        who: (email) => whoIs(app.db, email),
      },
      (email) => (person = email),
    );
  } finally {
    await core.stop();
  }
  if (flags.now === undefined) await runMaintenance(app); // a clock set for a demonstration deletes nothing
}

/** Of each kind of work somebody who has some to do. */
const sampleRoles = { omar: 'has actions to do', mona: 'leads a team', ines: 'runs the ISMS' };

/** As whom else one may look at the sample company. */
function othersThan(email: string): string {
  const others = Object.entries(sampleRoles).filter(([name]) => !email.startsWith(`${name}@`));
  const lines = others.map(([name, what]) => `/as ${name}@demo.example  ${what}`);
  return ['Or be somebody else:', ...lines].join('\n');
}

/** By name, with their work and where it is; null where nobody active has that address. */
async function whoIs(tx: Queryable, email: string): Promise<string | null> {
  const person = await selectOptionalByEmail(tx, email);
  if (person === null) return null;
  const { title } = await describePerson(tx, person.id);
  return [person.name, title, person.department].filter((part) => part !== null).join(', ');
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
  const { loadSamples } = await import('../app/load-samples.ts');
  const { reportText } = await import('./report-text.ts');
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
  const { previewRemoval, removeSamples } = await import('../app/sample-removal.ts');
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
  messages,
  records,
  kept,
  named,
  archived,
}: SampleRemoval): string {
  const lines = [
    `  ${people} people of demo.example, and what they asked, said and were told (${messages} messages)`,
    `  ${documents} documents in ${versions} versions, the guide to the standard too («isma ingest knowledge/guide» brings it again)`,
    ...records.map((record) => `  ${record}`),
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
