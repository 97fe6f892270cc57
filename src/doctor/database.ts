/** The doctor's look at the database: reached, with its extensions, at the newest schema, and with keys that fit. Changes nothing. */
import { createHash } from 'node:crypto';
import { constants } from 'node:fs';
import { access, readdir, readFile, stat } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { z } from 'zod';
import type { Config } from '../config/config.ts';
import { keyIdOf } from '../conversation/secret-box.ts';
import { createDatabase, sqlStateOf, type Database } from '../db/database.ts';
import { selectOptional } from '../db/rows.ts';
import { openEmbedded } from '../db/open.ts';
import { missing, ok, checkTimeout, reasonOf, warn, wrong, type Line } from './tools.ts';
import { OperatorError, messageOf } from '../errors.ts';
import { holdsSamplePeople, holdsSamples } from '../app/sample-company.ts';

const migrations = join(import.meta.dirname, '../../migrations');
/** Oldest versions that Isma runs on. */
const oldestServer = 150_000;
const oldestVector = [0, 8] as const;

export async function databaseLines(config: Config): Promise<Line[]> {
  const lines =
    config.databaseUrl === null ? await embeddedLines(config) : await serverLines(config, config.databaseUrl);
  return lines.map((line) => ({ ...line, what: `Database: ${line.what}` }));
}

async function serverLines(config: Config, url: string): Promise<Line[]> {
  const { host, pathname } = new URL(url);
  const name = `${host}${pathname}`;
  const db = createDatabase({
    embedded: false,
    config: {
      connectionString: url,
      max: 1,
      connectionTimeoutMillis: checkTimeout,
      query_timeout: checkTimeout,
    },
  });
  try {
    const { rows } = await db.query("select current_setting('server_version_num')::int as version");
    const version = Number(rows[0]?.version);
    const server =
      version < oldestServer
        ? wrong(`PostgreSQL ${Math.floor(version / 10_000)} at ${name} is too old`, 'PostgreSQL 15 or newer')
        : ok(`PostgreSQL ${Math.floor(version / 10_000)} at ${name} answers`);
    return [
      server,
      ...(await extensionLines(db)),
      ...(await schemaLines(db)),
      ...(await sampleLines(db, config)),
      ...(await keyLines(db, config)),
      ...(await trustLines(db, config)),
    ];
  } catch (error) {
    return [unreachable(name, error)];
  } finally {
    await db.close().catch(() => undefined);
  }
}

function unreachable(name: string, error: unknown): Line {
  const where = 'DATABASE_URL: postgres://user:password@host:5432/isma';
  const known: Record<string, string> = {
    '28P01': 'refuses the password',
    '28000': 'refuses the user',
    '3D000': 'has no such database: create it first',
    '53300': 'has too many connections',
  };
  const state = sqlStateOf(error);
  const reason = known[state];
  if (reason !== undefined) return wrong(`the server at ${name} ${reason}`, where);
  return wrong(
    `${name} was not reached: ${/timeout/i.test(messageOf(error)) ? `no answer within ${checkTimeout / 1_000} seconds` : reasonOf(error)}`,
    where,
  );
}

async function extensionLines(db: Database): Promise<Line[]> {
  const { rows } = await db.query(
    `select name, coalesce(installed_version, default_version) as version,
       installed_version is not null as there
     from pg_available_extensions where name in ('vector', 'pg_trgm')`,
  );
  return ['vector', 'pg_trgm'].map((name) => {
    const row = rows.find((each) => each.name === name);
    const called = name === 'vector' ? 'pgvector' : name;
    if (row === undefined)
      return missing(
        `${called} is not installed on the server`,
        'its packages: pgvector 0.8 or newer, and the contrib modules',
      );
    const version = String(row.version);
    if (name === 'vector' && isOlder(version))
      return wrong(
        `pgvector ${version} is too old`,
        'pgvector 0.8 or newer, then "alter extension vector update"',
      );
    return ok(
      row.there === true
        ? `${called} ${version} is there`
        : `${called} ${version} can be had, and is made at the first start`,
    );
  });
}

function isOlder(version: string): boolean {
  const [major = 0, minor = 0] = version.split('.').map(Number);
  return major < oldestVector[0] || (major === oldestVector[0] && minor < oldestVector[1]);
}

async function schemaLines(db: Database): Promise<Line[]> {
  if (!(await hasTable(db, 'migration')))
    return [
      warn(
        'it is still empty',
        'nothing to do: the first start, or "npm run isma -- migrate", makes the tables',
      ),
    ];
  const { rows } = await db.query('select name, sha256 from migration');
  const applied = new Map(rows.map((row) => [String(row.name), String(row.sha256)]));
  const names = (await readdir(migrations)).filter((name) => name.endsWith('.sql')).sort();
  const hashes = await Promise.all(
    names.map(async (name) =>
      createHash('sha256')
        .update(await readFile(join(migrations, name), 'utf8'))
        .digest('hex'),
    ),
  );
  const edited = names.filter((name, index) => applied.has(name) && applied.get(name) !== hashes[index]);
  const pending = names.filter((name) => !applied.has(name));
  const newer = [...applied.keys()].filter((name) => !names.includes(name));
  return [
    ...edited.map((name) =>
      wrong(`migrations/${name} was changed after it was applied`, 'put the file back as it was'),
    ),
    ...(newer.length === 0
      ? []
      : [
          warn(
            'it was brought further by a newer version of Isma than this',
            'run the newer version here too',
          ),
        ]),
    ...(pending.length === 0
      ? []
      : [
          warn(
            `${pending.length} ${pending.length === 1 ? 'migration waits' : 'migrations wait'}: ${pending.join(', ')}`,
            'nothing to do: the next start, or "npm run isma -- migrate", applies them',
          ),
        ]),
    ...(edited.length + newer.length + pending.length === 0
      ? [ok(`all ${names.length} migrations are applied`)]
      : []),
  ];
}

/** Whether the made-up company is there; a database from before it was noted is looked at by its people. */
async function sampleLines(db: Database, { sampleCompany }: Config): Promise<Line[]> {
  const isThere = (await hasTable(db, 'sample_company'))
    ? await holdsSamples(db)
    : (await hasTable(db, 'person')) && (await holdsSamplePeople(db));
  if (!isThere) return [];
  const what = 'the sample company is in it';
  return sampleCompany === 'allowed'
    ? [
        warn(
          `${what}, and SAMPLE_COMPANY=allowed lets the service run with it: to try, not for your own people`,
          '"npm run isma -- demo remove" takes it out',
        ),
      ]
    : [
        wrong(
          `${what}, so the service does not start`,
          '"npm run isma -- demo remove" takes it out, and only it; or SAMPLE_COMPANY=allowed, to try Slack or Teams with it',
        ),
      ];
}

/** Whether what workspaces let us in with can still be decrypted. */
async function keyLines(db: Database, { encryptionKeys }: Config): Promise<Line[]> {
  if (!(await hasTable(db, 'installation'))) return [];
  const { rows } = await db.query('select key_id, count(*)::int as count from installation group by key_id');
  const count = rows.reduce((sum, row) => sum + Number(row.count), 0);
  if (count === 0) return [];
  const [newest, ...older] = encryptionKeys.map((key) => keyIdOf(Buffer.from(key, 'base64')));
  const lost = rows.filter((row) => ![newest, ...older].includes(String(row.key_id)));
  const old = rows.filter((row) => older.includes(String(row.key_id)));
  return [
    ...lost.map((row) =>
      wrong(
        `the tokens of ${String(row.count)} workspaces are encrypted with the key ${String(row.key_id)}, which is not set`,
        'put that key back into ENCRYPTION_OLD_KEYS, or let them install again',
      ),
    ),
    ...(old.length === 0
      ? []
      : [
          warn(
            'tokens are still encrypted with an old key',
            '"npm run isma -- keys rotate", after which ENCRYPTION_OLD_KEYS may go',
          ),
        ]),
    ...(lost.length + old.length === 0 ? [ok(`the tokens of ${count} workspaces can be decrypted`)] : []),
  ];
}

/** Whose people are ours where no workspace is listed. */
async function trustLines(db: Database, { slack }: Config): Promise<Line[]> {
  if (slack?.oauth == null || slack.oauth.allowedWorkspaces.length > 0) return [];
  const where = 'SLACK_ALLOWED_WORKSPACES, the ids of your workspaces, names whose people are yours';
  if (!(await hasTable(db, 'trusted_tenant'))) return [];
  const first = await selectOptional(
    db,
    z.object({ tenant: z.string() }),
    "select tenant from trusted_tenant where platform = 'slack'",
  );
  return [
    first === null
      ? warn('no Slack workspace is ours yet: the first that installs Isma is, and no other', where)
      : warn(`the Slack workspace ${first.tenant} is ours, since it was the first; no other is`, where),
  ];
}

async function hasTable(db: Database, name: string): Promise<boolean> {
  const { rows } = await db.query('select to_regclass($1) is not null as there', [name]);
  return rows[0]?.there === true;
}

async function embeddedLines(config: Config): Promise<Line[]> {
  const folder = resolve(config.dataFolder);
  const where = 'DATA_DIR: a folder that this user may write, or DATABASE_URL for a server';
  const existing = await nearestExisting(folder);
  try {
    if (!(await stat(existing)).isDirectory()) throw new Error('a file stands there');
    await access(existing, constants.W_OK);
  } catch {
    return [wrong(`the folder ${config.dataFolder} cannot be written`, where)];
  }
  const begun = existing === folder && (await readdir(join(folder, 'postgres')).catch(() => [])).length > 0;
  if (!begun) return [ok(`embedded, in the folder ${config.dataFolder}, which the first start fills`)];
  try {
    const db = await openEmbedded({ folder });
    try {
      return [
        ok(
          `embedded, in the folder ${config.dataFolder}: for one process, survives its being killed, not a power cut`,
        ),
        ...(await schemaLines(db)),
        ...(await sampleLines(db, config)),
        ...(await keyLines(db, config)),
        ...(await trustLines(db, config)),
      ];
    } finally {
      await db.close();
    }
  } catch (error) {
    if (error instanceof OperatorError && error.message.includes('in use'))
      return [
        warn(
          `embedded, and open in another process`,
          'nothing to do where that is the service: it cannot be looked into beside it',
        ),
      ];
    return [wrong(`the embedded database in ${config.dataFolder} does not open`, where)];
  }
}

async function nearestExisting(path: string): Promise<string> {
  const found = await stat(path).then(
    () => true,
    (error: unknown) => (error as { code?: string }).code === 'ENOTDIR',
  );
  return found || dirname(path) === path ? path : nearestExisting(dirname(path));
}
