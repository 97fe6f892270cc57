/** A command loads what it needs and nothing else: no SDK of a door that it does not open, and none of a model that is not set. */
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openEmbedded } from '../../src/db/open.ts';
import { givenDataFolder, keepEmbeddedOpen } from '../support/databases.ts';
import { lexicon } from '../support/shared.ts';
import { today } from '../support/harness.ts';
import { givenSampleCompany } from '../support/sample.ts';
import { startProcess } from '../support/terminal.ts';

/** Of doors and models, each of which takes a third of a second of CPU or more. */
const sdks = /^(?:@slack|@microsoft|@azure|@langchain)\/|^(?:langchain|openai|cockatiel|jose)$/;
/** What reads and writes files that people bring. */
const formats =
  /^(?:mammoth|unpdf|mdast-.*|micromark.*|rehype-.*|read-excel-file|write-excel-file|file-type)$/;

let home: string;

beforeAll(async () => {
  home = await mkdtemp(join(tmpdir(), 'isma-loaded-'));
  await keepEmbeddedOpen();
  await givenDataFolder(join(home, 'data-demo'));
  const db = await openEmbedded({ folder: join(home, 'data-demo') });
  await givenSampleCompany(db, lexicon, today);
  await db.close();
});
afterAll(() => rm(home, { recursive: true, force: true }));

async function packagesOf(args: string[], input = ''): Promise<string[]> {
  const file = join(home, `${args.join('-')}.txt`);
  const recorder = join(import.meta.dirname, '../support/record-packages.ts');
  const { child, ended } = startProcess('src/cli.ts', args, {
    DATA_DIR: join(home, 'data'),
    NODE_OPTIONS: `--import=${recorder}`,
    RECORD_PACKAGES: file,
  });
  child.stdin.end(input);
  const { code, stdout, stderr } = await ended;
  expect(code, stdout + stderr).toBe(0);
  return (await readFile(file, 'utf8')).trim().split('\n');
}

describe('the packages that are loaded', () => {
  it('for the help of all commands are those that read a command line', async () => {
    expect(await packagesOf(['--help'])).toEqual(['commander']);
  });

  it('for a command about the database hold no SDK, no vocabulary and no reader of files', async () => {
    const packages = await packagesOf(['status', '--demo']);

    expect(packages).toContain('pg');
    expect(packages.filter((name) => sdks.test(name) || formats.test(name))).toEqual([]);
    expect(packages.filter((name) => /^(?:tinyld|yaml)$/.test(name))).toEqual([]);
  });

  it('for a talk in plain English, in the terminal and without a model, hold no SDK, no reader of files and no detector of languages', async () => {
    const packages = await packagesOf(['demo', '--json'], 'May I read work mail on my own phone?\n');

    expect(packages).toContain('@orama/stemmers');
    expect(packages).not.toContain('tinyld');
    expect(packages.filter((name) => sdks.test(name) || formats.test(name))).toEqual([]);
  });
});
