/** The operator's commands for what rooms keep: to a file and from one. */
import { extname } from 'node:path';
import type { OpenedDatabase } from '../app/open-app.ts';
import { rooms } from '../app/rooms.ts';
import { dateOrderIn } from '../dialogue/import-dates.ts';
import { refuseSamples } from '../app/sample-company.ts';
import { OperatorError } from '../errors.ts';
import { writeTable, writeWhole } from '../files/write-table.ts';
import { anyOf } from '../records/command-context.ts';

export interface ExportFlags {
  out: string;
  force?: boolean;
  /** A folder. */
  evidence?: string;
  record?: string;
  language?: string;
  names?: string;
  scores?: boolean;
  selfAssessments?: boolean;
  upTo?: string;
  as?: string;
}

export interface ImportFlags {
  apply?: boolean;
  /** As it was typed. */
  dates?: string;
  /** The second file, by the name of its table. */
  [beside: string]: unknown;
}

export async function exportToFile(opened: OpenedDatabase, kind: string, flags: ExportFlags): Promise<void> {
  const { out, force = false, evidence, record, language = 'en' } = flags;
  if (kind === 'pack') return (await import('./pack.ts')).exportPack(opened, flags);
  if (extname(out).toLowerCase() === '.docx') {
    const report = named(kind, 'documents');
    const bytes = await report(opened.db, { record: record ?? null, language, now: opened.clock() });
    await writeWhole(out, bytes, { force });
    process.stdout.write(`${out} has the report.\n`);
    return;
  }
  if (extname(out).toLowerCase() === '.ics') {
    await writeWhole(out, await named(kind, 'calendars')(opened.db, opened.clock()), { force });
    process.stdout.write(`${out} has the days: open it in a calendar.\n`);
    return;
  }
  const count = await exportTable(opened, kind, out, { force });
  process.stdout.write(`${out} has ${count} ${kind}.\n`);
  if (evidence === undefined) return;
  const { writeEvidence } = await import('./evidence.ts');
  const { written, lost } = await writeEvidence(opened, await named(kind, 'evidence')(opened.db), evidence);
  process.stdout.write(
    `${evidence} has ${written} files of their evidence; index.csv there holds the SHA-256 of each.\n`,
  );
  if (lost === 0) return;
  process.stdout.write(`${lost} could not be had from the store of evidence: index.csv names them.\n`);
  process.exitCode = 2;
}

/** @returns how many rows there are */
export async function exportTable(
  { db, clock }: Pick<OpenedDatabase, 'db' | 'clock'>,
  kind: string,
  path: string,
  options: { force?: boolean } = {},
): Promise<number> {
  const select = named(kind, 'tables');
  const table = await select(db, clock());
  await writeTable(path, table, options);
  return table.rows.length;
}

export async function importFromFile(
  opened: OpenedDatabase,
  kind: string,
  file: string,
  { apply = false, dates, ...files }: ImportFlags,
): Promise<void> {
  await refuseSamples(opened);
  const { beside, bring } = named(kind, 'imports');
  for (const { imports = {} } of rooms)
    for (const [name, other] of Object.entries(imports))
      if (other.beside !== undefined && other.beside !== beside && files[other.beside] !== undefined)
        throw new OperatorError(`--${other.beside} goes with: isma import ${name} <file>.`);
  const second = beside === undefined ? undefined : files[beside];
  const options = { apply, beside: typeof second === 'string' ? second : null, dates: dateOrderIn(dates) };
  const { text, isWhole } = await bring(opened.db, opened.clock, file, options);
  process.stdout.write(text);
  if (!isWhole) process.exitCode = 2;
}

type Offers = Required<
  Pick<(typeof rooms)[number], 'tables' | 'documents' | 'calendars' | 'imports' | 'evidence'>
>;

/** What a room offers by that name. */
function named<Kind extends keyof Offers>(name: string, kind: Kind): Offers[Kind][string] {
  const all = Object.assign({}, ...rooms.map((room) => room[kind])) as Offers[Kind];
  const found = Object.hasOwn(all, name) ? all[name] : undefined;
  if (found === undefined) throw new OperatorError(`It takes ${anyOf(Object.keys(all))}, not «${name}».`);
  return found as Offers[Kind][string];
}
