/** The made-up company of the demonstration: where it lives, and how it is kept away from people's real work. */
import { dirname, join, resolve } from 'node:path';
import type { App } from './open-app.ts';
import { atFolder, type Config } from '../config/config.ts';
import type { Queryable } from '../db/database.ts';
import { OperatorError } from '../errors.ts';

export const sampleName = 'Larkspur Robotics';
/** Who the audit log says brought its documents and people. */
export const sampleActor = 'system:demo';
/** Of its people's addresses: reserved by RFC 2606, so that it can be no real person's. */
const sampleDomain = '@demo.example';

export const samplePeoplePattern = `%${sampleDomain}`;

export function isSamplePerson(email: string): boolean {
  return email.trim().toLowerCase().endsWith(sampleDomain);
}

/** What the made-up company is made from. */
export const sampleFolder = join(import.meta.dirname, '../../knowledge');

export async function holdsSamples(tx: Queryable): Promise<boolean> {
  return (await tx.query('select from sample_company')).rowCount === 1;
}

/** For a database whose schema does not know the sample company yet. */
export async function holdsSamplePeople(tx: Queryable): Promise<boolean> {
  const { rows } = await tx.query('select from person where active and email like $1 limit 1', [
    samplePeoplePattern,
  ]);
  return rows.length > 0;
}

/** True for a database that holds nothing, or only what a loading of the samples that was cut off left. */
export async function isEmpty({ db }: Pick<App, 'db'>): Promise<boolean> {
  const { rows } = await db.query(
    `select not exists (select from person)
       and not exists (select from document
         where collection is null or not starts_with(collection, $1)) as empty`,
    [sampleFolder],
  );
  return rows[0]?.empty === true;
}

/** What serves or takes in a real company's work has no made-up one beside it, unless an operator says so. */
export async function refuseSamples({ db, config }: Pick<App, 'db' | 'config'>): Promise<void> {
  if (config.sampleCompany === 'allowed' || !(await holdsSamples(db))) return;
  throw new OperatorError(
    `The sample company, ${sampleName}, is in ${placeOf(config)}. Its policies and people would stand beside yours as if they were real.\n\n` +
      `  To take it out, and only it:    npm run isma -- demo remove${config.databaseUrl === null ? ` --data ${config.dataFolder}` : ''}\n` +
      `  To keep it for trying:          ${keptHow(config)}\n` +
      '  To try Slack or Teams with it:  SAMPLE_COMPANY=allowed',
  );
}

function keptHow({ databaseUrl, dataFolder }: Config): string {
  if (databaseUrl !== null) return 'another DATABASE_URL for your own company';
  return `mv ${dataFolder} ${demoFolderOf(dataFolder)}, where npm run demo looks for it`;
}

/** The database in words, without user and password. */
export function placeOf({ databaseUrl, dataFolder }: Pick<Config, 'databaseUrl' | 'dataFolder'>): string {
  if (databaseUrl === null) return `the folder ${dataFolder}`;
  const { host, pathname } = new URL(databaseUrl);
  return `the database ${host}${pathname}`;
}

/** Beside the folder of real work, never in it: `data-demo` for `data`. */
export function demoFolderOf(dataFolder: string): string {
  const whole = resolve(dataFolder);
  const demo = `${whole}-demo`;
  return dirname(whole) === process.cwd() ? demo.slice(process.cwd().length + 1) : demo;
}

/** The settings for the demonstration: nothing of a real company is within its reach, whatever the environment says. */
export function demoConfig(config: Config, folder: string | null): Config {
  const dataFolder = folder ?? demoFolderOf(config.dataFolder);
  return {
    ...atFolder(config, dataFolder),
    files: { kind: 'folder', folder: join(dataFolder, 'evidence') },
    sampleCompany: 'allowed',
  };
}
