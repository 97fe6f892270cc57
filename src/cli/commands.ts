/** What commands there are and what each takes. What they do is loaded when one is called, so that the others cost nothing. */
import { Command } from 'commander';
import { withApp, withDatabase, type CommonFlags } from './open.ts';
import type { ChatFlags, DemoFlags } from './demo.ts';
import type { EvaluateFlags, IngestFlags, SearchFlags } from './documents.ts';
import type { CodeFlags, PictureFlags } from './screen.ts';
import type { ExportFlags, ImportFlags } from './tables.ts';

const demo = () => import('./demo.ts');
const documents = () => import('./documents.ts');
const keeping = () => import('./keeping.ts');
const manifest = () => import('./manifest.ts');
const people = () => import('./people.ts');
const screen = () => import('./screen.ts');
const settings = () => import('./settings.ts');
const status = () => import('./status.ts');
const tables = () => import('./tables.ts');

export function createProgram(): Command {
  const program = new Command('isma')
    .description('Isma, a colleague who knows the ISMS. Every command takes --data and --now.')
    .showHelpAfterError();

  addTalk(program);
  addDocuments(program);
  addPeople(program);
  addScreen(program);
  addTables(program);
  addKeeping(program);
  addManifests(program);
  return program;
}

/** A command that works on a database. */
function command(group: Command, name: string, description: string): Command {
  return group
    .command(name)
    .description(description)
    .option('--data <folder>', 'embedded database to use, instead of DATABASE_URL or DATA_DIR')
    .option('--demo', 'the sample company that npm run demo made')
    .option('--now <time>', 'time to begin at, for demonstrations and tests');
}

function addTalk(program: Command): void {
  command(program, 'chat', 'talk to Isma in this terminal')
    .requiredOption('--as <email>', 'who you are')
    .option('--json', 'print one JSON object a reply')
    .action((flags: ChatFlags) =>
      withApp({ ...flags, talk: true }, demo, ({ chatAs }, app) => chatAs(app, flags)),
    );

  command(program, 'demo', 'talk to Isma as an employee of a made-up company; needs no account and no key')
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
        return withApp({ ...flags, demo: true, talk: true }, demo, (module, app) =>
          module.demonstrate(app, flags),
        );
      // Whose company it is says nothing here: it goes into, and out of, the database that is configured.
      return withApp({ ...flags, as: '' }, demo, (module, app) => module.loadOrRemove(app, what, flags));
    });

  command(
    program,
    'playground',
    'show the made-up company as it looks in Teams, in a browser, with the client that Microsoft gives for trying',
  )
    .option('--as <email>', 'who you are', 'erin@demo.example')
    .action(async ({ as, data }: CommonFlags & { as: string }) => {
      const { playground } = await import('../app/playground.ts');
      await playground({ as, dataFolder: data ?? null });
    });
}

function addDocuments(program: Command): void {
  command(program, 'ingest', 'read the documents of a folder into the database')
    .argument('<folder>')
    .option(
      '--expand',
      'let the language model write questions that each section answers, to widen the keyword search',
    )
    .action((folder: string, flags: IngestFlags) =>
      withApp(flags, documents, (module, app) => module.ingestFolder(app, folder, flags)),
    );

  command(program, 'search', 'show how sections are ranked for a question')
    .argument('<question>')
    .requiredOption('--as <email>', 'whose rights count')
    .option('--limit <n>', 'sections to show', '10')
    .option('--json', 'print one JSON array')
    .action((question: string, flags: SearchFlags) =>
      withApp(flags, documents, (module, app) => module.showSearch(app, question, flags)),
    );

  program
    .command('eval')
    .description('measure quality over labelled sets')
    .command('retrieval')
    .description('recall, rank and refusals over a question set, for each leg and the fusion')
    .argument('<questions.jsonl>')
    .option('--data <folder>', 'embedded database to use')
    .option('--demo', 'the sample company')
    .option('--now <time>', 'time to begin at')
    .option('--as <email>', 'whose rights count; without it, what everyone may read')
    .option('--misses', 'list what was not found')
    .option('--json', 'print one JSON object')
    .action((path: string, flags: EvaluateFlags) =>
      withApp(flags, documents, (module, app) => module.evaluate(app, path, flags)),
    );
}

/** Of each import. */
const datesHelp = 'what comes first in columns of dates that do not tell: day-first or month-first';

function addPeople(program: Command): void {
  const group = program.command('people').description('people, their roles, and when they leave');

  command(
    group,
    'import',
    'add and change people from a CSV or XLSX file; without --apply it only says what would happen',
  )
    .argument('<file>')
    .option('--dates <order>', datesHelp)
    .option('--apply', 'write it: all or nothing')
    .action((path: string, flags: CommonFlags & { apply?: boolean; dates?: string }) =>
      withDatabase(flags, people, (module, opened) => module.importFile(opened, path, flags)),
    );

  command(
    group,
    'leave',
    'somebody leaves: from that day no answers, no roles, no rights; prints what they own',
  )
    .argument('<email>')
    .option('--on <day>', 'the first day on which they are not here, as 2026-12-31; without it, today')
    .action((email: string, flags: CommonFlags & { on?: string }) =>
      withDatabase(flags, people, (module, opened) => module.noteLeaving(opened, email, flags.on)),
    );

  command(
    group,
    'auditor',
    'let an auditor from outside read until a day, or give them another; from the day after they are told nothing',
  )
    .argument('<email>')
    .requiredOption('--name <name>', 'as it stands on what they ask for')
    .requiredOption('--until <day>', 'the last day, as 2027-01-20')
    .action((email: string, flags: CommonFlags & { name: string; until: string }) =>
      withDatabase(flags, people, (module, opened) => module.letIn(opened, email, flags)),
    );

  command(group, 'back', 'somebody who left is back: the same person, as an employee with no other role')
    .argument('<email>')
    .action((email: string, flags: CommonFlags) =>
      withDatabase(flags, people, (module, opened) => module.noteReturn(opened, email)),
    );

  command(group, 'rename', 'the address of somebody changed: they stay the same person')
    .argument('<email>')
    .argument('<new email>')
    .action((email: string, fresh: string, flags: CommonFlags) =>
      withDatabase(flags, people, (module, opened) => module.rename(opened, email, fresh)),
    );

  command(group, 'bind', 'an account of Slack or Teams is that person, whatever its address')
    .argument('<email>')
    .argument('<slack|teams>')
    .argument('<workspace or tenant>')
    .argument('<user>', 'its id there')
    .action((email: string, platform: string, tenant: string, user: string, flags: CommonFlags) =>
      withDatabase(flags, people, (module, opened) => module.bind(opened, email, { platform, tenant, user })),
    );

  command(
    group,
    'unbind',
    'an account of Slack or Teams is nobody yet: it is asked about again when it writes',
  )
    .argument('<slack|teams>')
    .argument('<workspace or tenant>')
    .argument('<user>', 'its id there')
    .action((platform: string, tenant: string, user: string, flags: CommonFlags) =>
      withDatabase(flags, people, (module, opened) => module.unbind(opened, { platform, tenant, user })),
    );
}

function addScreen(program: Command): void {
  const group = program.command('screen').description('people without chat: codes, and QR codes to hang up');

  command(group, 'codes', 'make a code for everybody without chat, and end those of before: a sheet to print')
    .requiredOption('--out <file>', 'where to; .docx, .csv or .xlsx')
    .option('--department <name>', 'of that department alone')
    .option('--people <emails>', 'for them, whether or not they have chat, with commas between them')
    .option('--language <code>', 'of the sheet, as de', 'en')
    .option('--force', 'replace a file that is there')
    .action((flags: CommonFlags & CodeFlags) =>
      withApp(flags, screen, (module, app) => module.writeCodes(app, flags)),
    );

  command(
    group,
    'qr',
    'draw a QR code that opens a lesson, a policy to acknowledge, or with neither the list',
  )
    .requiredOption('--out <file>', 'where to; .png')
    .option('--lesson <name>', 'as phishing')
    .option('--policy <reference>', 'as POL-04')
    .option('--language <code>', 'of the words below it, as de', 'en')
    .option('--force', 'replace a file that is there')
    .action((flags: CommonFlags & PictureFlags) =>
      withApp(flags, screen, (module, app) => module.writePicture(app, flags)),
    );
}

function addTables(program: Command): void {
  command(
    program,
    'export',
    'write a register to a CSV or XLSX file, with all fields, or a report to a DOCX file',
  )
    .argument(
      '<what>',
      'nonconformities, actions, soa, gap, questions, mock-audits, competence, audits, certification, management-reviews, objectives, metrics, improvements, interested-parties, evidence, auditor-requests, calendar, training (people and courses), training-rows, phishing, attendance, …; or pack: all that an auditor asks for',
    )
    .requiredOption(
      '--out <file>',
      'where to; .csv or .xlsx, .docx where there is a report, .zip for the pack',
    )
    .option('--record <reference>', 'which record the report is about; without it the newest')
    .option('--language <code>', 'of the report, as de', 'en')
    .option('--force', 'replace a file that is there')
    .option('--evidence <folder>', 'the files of their evidence too, into a folder that is empty or new')
    .option('--names <kept|replaced>', 'of the pack: people by their names, or by numbers')
    .option('--scores', 'of the pack: how well people did, too')
    .option('--self-assessments', 'of the pack: gap analyses and mock audits, too')
    .option('--up-to <level>', 'of the pack: files up to public, internal, confidential or strict')
    .option('--as <email>', 'of the pack: who takes it, an ISMS manager or admin')
    .action((kind: string, flags: CommonFlags & ExportFlags) =>
      withDatabase(flags, tables, (module, opened) => module.exportToFile(opened, kind, flags)),
    );

  command(
    program,
    'import',
    'bring a register from a CSV or XLSX file; without --apply it only says what would happen',
  )
    .argument(
      '<what>',
      'nonconformities, actions, soa, questions, competence, audits, certification, evidence-requests, objectives, metrics, improvements, interested-parties, training, phishing, attendance, or population: the list of a mock audit',
    )
    .argument('<file>')
    .option('--actions <file>', 'the actions of these non-conformities, to be brought together with them')
    .option('--dates <order>', datesHelp)
    .option('--apply', 'write it: all or nothing')
    .action((kind: string, file: string, flags: CommonFlags & ImportFlags) =>
      withDatabase(flags, tables, (module, opened) => module.importFromFile(opened, kind, file, flags)),
    );
}

function addKeeping(program: Command): void {
  program
    .command('states')
    .description('draw the states of each record, as they are declared')
    .option('--write', 'into src/README.md')
    .action(async ({ write = false }: { write?: boolean }) =>
      (await import('./states.ts')).showStates(write),
    );

  command(program, 'migrate', 'bring the database to the newest schema').action((flags: CommonFlags) =>
    withDatabase(flags, keeping, async ({ saySchemaIsNew }) => saySchemaIsNew()),
  );

  const rules = program
    .command('settings')
    .description('rules of your organisation and its certification body');
  rules
    .command('show')
    .description('print every rule and its value')
    .option('--data <folder>', 'embedded database to use')
    .option('--demo', 'the sample company')
    .action((flags: CommonFlags) =>
      withDatabase(flags, settings, ({ showSettings }, opened) => showSettings(opened)),
    );
  rules
    .command('set')
    .description('change one; what is there already keeps its dates')
    .argument('<name>')
    .argument('<json>')
    .option('--data <folder>', 'embedded database to use')
    .option('--demo', 'the sample company')
    .action((name: string, json: string, flags: CommonFlags) =>
      withDatabase(flags, settings, (module, opened) => module.set(opened, name, json)),
    );

  command(program, 'status', 'what is waiting, and what an operator should look at').action(
    (flags: CommonFlags) => withDatabase(flags, status, ({ showStatus }, opened) => showStatus(opened)),
  );

  command(
    program,
    'resend',
    'send again what failed or is unknown, and run again what is dead; isma status lists it',
  )
    .argument('<what>', 'delivery, input, or all: everything that failed or is dead')
    .argument('[number]', 'which one')
    .option(
      '--even-twice',
      'send also what may have arrived: where the platform cannot say, the person may see it twice',
    )
    .action((what: string, number: string | undefined, flags: CommonFlags & { evenTwice?: boolean }) =>
      withDatabase(flags, status, (module, opened) => module.resend(opened, what, number, flags)),
    );

  command(program, 'verify', 'check the audit log from its first entry to its last')
    .option('--head <seq:hash>', 'a head that was noted before, to prove that nothing was cut off since')
    .action((flags: CommonFlags & { head?: string }) =>
      withDatabase(flags, keeping, (module, opened) => module.verify(opened, flags.head)),
    );

  program
    .command('prepare')
    .description(
      'make what new embedded databases begin as; npm ci does it, and the first start where that could not',
    )
    .action(async () => (await keeping()).prepare());

  program
    .command('doctor')
    .description('check the configuration line by line: what is right, wrong or missing, and where to fix it')
    .action(async () => (await keeping()).examine());

  program
    .command('keys')
    .description('keys that tokens are encrypted with')
    .command('rotate')
    .description('encrypt every stored token with ENCRYPTION_KEY, so that ENCRYPTION_OLD_KEYS can go')
    .option('--data <folder>', 'embedded database to use')
    .action((flags: CommonFlags) =>
      withDatabase(flags, keeping, ({ rotateKeys }, opened) => rotateKeys(opened)),
    );
}

function addManifests(program: Command): void {
  const group = program.command('manifest').description('what Slack and Teams ask for to make the app');
  group
    .command('slack')
    .description('print the manifest to paste at api.slack.com/apps, with PUBLIC_URL in it')
    .option('--socket-mode', 'without a public address')
    .action(async (flags: { socketMode?: boolean }) => (await manifest()).printSlackManifest(flags));
  group
    .command('teams')
    .description('make the app package to upload in the Teams admin centre')
    .option('--out <file>', 'where to', 'isma-teams.zip')
    .action(async ({ out }: { out: string }) => (await manifest()).packTeamsApp(out));
}
