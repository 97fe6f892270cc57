/** The terminal as people and programs use it: the real commands, with lines piped in. */
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { lockFolder } from '../../../src/db/folder-lock.ts';
import { givenDataFolder, keepEmbeddedOpen } from '../../support/databases.ts';
import { runHere, startProcess, type Ran } from '../../support/terminal.ts';

interface Said {
  to: string;
  text: string;
  citations: { policy: string; version: string; section: string; heading: string; quote: string }[];
  buttons: { id: string; label: string }[];
  form: { id: string; fields: { name: string; error: string | null }[] } | null;
  notice: string | null;
}

const root = join(import.meta.dirname, '../../..');
let home: string;
/** An empty database that `chat` filled with the sample company, in a process of its own: all talk to it, one after the other. */
let samples: string;
/** One with a company of its own. */
let own: string;
let firstRun: Ran;

beforeAll(async () => {
  await keepEmbeddedOpen();
  home = await mkdtemp(join(tmpdir(), 'isma-console-'));
  samples = join(home, 'samples');
  own = join(home, 'own');
  for (const folder of [samples, own]) await givenDataFolder(folder);
  const { child, ended } = startProcess('src/cli.ts', chatArgs(samples, 'erin@demo.example'));
  child.stdin.end('May I read work mail on my own phone?\n');
  firstRun = await ended;
});
afterAll(() => rm(home, { recursive: true, force: true }));

function chatArgs(folder: string, as: string, more: string[] = []): string[] {
  return ['chat', '--as', as, '--json', '--data', folder, ...more];
}

function saidIn({ stdout }: Ran): Said[] {
  return stdout
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as Said);
}

async function chat(folder: string, as: string, lines: string[], more: string[] = []) {
  const run = await runHere(chatArgs(folder, as, more), `${lines.join('\n')}\n`);
  return { ...run, said: saidIn(run) };
}

const policy = (title: string, body: string) => `---
ref: POL-1
title: "${title}"
version: "1.0"
status: published
owner: hugo@test.example
effective: 2026-03-01
---
# ${title}

## 1 Parking

${body}
`;

describe('chat --json', () => {
  it('is a program that loads the sample company where nothing is and answers in one object a line', () => {
    expect(firstRun).toMatchObject({ code: 0, stderr: '' });
    const lines = firstRun.stdout.trim().split('\n');
    expect(lines).toHaveLength(1);
    const said = JSON.parse(lines[0] ?? '') as Said;
    expect(Object.keys(said).sort()).toEqual(
      ['buttons', 'citations', 'facts', 'files', 'folded', 'form', 'notice', 'table', 'text', 'to'], // prettier-ignore
    );
    expect(said).toMatchObject({ to: 'erin@demo.example', form: null, files: [], table: null });
    expect(said.citations[0]).toEqual({
      n: 1,
      kind: 'policy',
      policy: 'Mobile Device Policy',
      version: '2.1',
      section: '3.2',
      heading: 'Personal devices',
      effectiveFrom: '2026-03-01',
      quote: 'A personal phone or tablet may be used for work mail, calendar and chat if it is enrolled first.',
    });
    expect(said.buttons.map(({ label }) => label)).toEqual(['Helpful', 'Not helpful', '2 more sections', 'Ask Hugo Hedgerow']);
  }); // prettier-ignore

  it('carries a question from the asker to its owner and back, names whom each message is for, and goes on in the next run', async () => {
    const { code, said } = await chat(samples, 'Erin@demo.example', [
      'Is there a kangaroo on the roof terrace?',
      '/press 1',
      '/press No such button',
      '/fill {"answer":"x"}',
      '/as nobody',
      '/as ines@demo.example',
      '/press answers.open-reply?question=Q-2026-001',
      '/fill {"answer":" "}',
      '/fill {"ansver":"Yes"}',
      '/fill not json',
      '/fill {"answer":"No, it moved out in May.","keep":"asker"}',
      '/press answers.conclude?question=Q-2026-001&outcome=no_change',
      '/as omar@demo.example',
      'Is there a kangaroo on the terrace?',
      '/press 1',
      'Is there a giraffe on the terrace?',
      '/quit',
      'nobody reads this',
    ], ['--now', '2026-11-24T09:00:00Z']); // prettier-ignore
    const again = await chat(samples, 'omar@demo.example', ['/press 1'], ['--now', '2026-11-24T10:00:00Z']);

    expect(code).toBe(0);
    const owner = said.find(({ to }) => to !== 'erin@demo.example')?.to ?? '';
    expect(said[0]).toMatchObject({ to: 'erin@demo.example', notice: 'not-covered' });
    const [sent, asked] = [said[1], said[2]].toSorted((left) => (left?.to === 'erin@demo.example' ? -1 : 1));
    expect(sent?.text).toMatch(/^I have asked .* \(Q-2026-001\)/);
    expect(asked).toMatchObject({ to: owner, buttons: [{ label: 'Answer' }] });
    expect(owner).toMatch(/^\w+@demo\.example$/);
    const texts = said.slice(3).map(({ to, text }) => `${to}: ${text}`);
    expect(texts[0]).toMatch(/^erin@demo.example: There is no button «No such button»/);
    expect(texts[1]).toBe('erin@demo.example: No form is open. Press the button that opens one first.');
    expect(texts[2]).toBe(
      'erin@demo.example: After /as comes an e-mail address, as in /as omar@demo.example',
    );
    const form = said.find((each) => each.form !== null);
    expect(form?.form?.fields.map(({ name }) => name)).toEqual(['answer', 'keep']);
    expect(said.filter((each) => each.form !== null)[1]?.form?.fields[0]?.error).toBe(
      'Write the answer here.',
    );
    expect(said.map(({ text }) => text)).toContain('The form has no field ansver. It has: answer, keep.');
    expect(said.map(({ text }) => text).join('\n')).toContain('After /fill comes a JSON object');
    expect(
      said.find(({ to, text }) => to === 'erin@demo.example' && text.includes('moved out')),
    ).toBeDefined();
    const concluded = said.findIndex(({ text }) => text.startsWith('Noted for Q-2026-001'));
    const ofOmar = said.slice(concluded + 1).filter(({ to }) => to === 'omar@demo.example');
    expect(ofOmar.map(({ notice, text }) => [notice, /Q-\d{4}-\d+/.exec(text)?.[0]])).toEqual([
      ['not-covered', undefined],
      [null, 'Q-2026-002'],
      ['not-covered', undefined],
    ]);
    expect(said.slice(concluded + 1)).toHaveLength(4);
    expect(again.said[0]?.text).toMatch(/^I have asked .*\(Q-2026-003/);
  });

  it('moves the clock with --now: a policy of the future is not in force before its day', async () => {
    const question = ['May I read work mail on my own phone?'];

    const before = await chat(samples, 'erin@demo.example', question, ['--now', '2026-02-28T12:00:00Z']);

    const versions = (said: Said[]) =>
      said[0]?.citations.filter((each) => each.policy === 'Mobile Device Policy').map((each) => each.version);
    expect(versions(before.said)).not.toContain('2.1');
    expect(versions(saidIn(firstRun))).toContain('2.1');
  });

  it('takes a file, with words or without, and says when it is not there', async () => {
    await writeFile(join(home, 'photo of me.png'), 'x');

    const { code, said } = await chat(samples, 'erin@demo.example', [
      `/attach ${join(home, 'photo of me.png')}`,
      `/attach ${join(home, 'gone.png')}`,
      `/attach ${join(root, 'package.json')} May I read work mail on my own phone?`,
    ]);

    expect(code).toBe(0);
    expect(said[0]?.text).toContain('I cannot read pictures');
    expect(said[1]?.text).toMatch(/^There is no file .*gone\.png\.$/);
    expect(said[2]?.citations[0]?.policy).toBe('Mobile Device Policy');
  });
});

describe('ingest into an empty database', () => {
  it('holds only what it was given, and never lets its control characters reach the terminal', async () => {
    const documents = join(home, 'documents');
    await mkdir(documents);
    const evil = 'Park \u001B]0;owned\u0007 behind\u001B[2J the \u009B31mhouse\u202E.';
    await writeFile(join(documents, 'parking.md'), policy('Parking\u001B[31m Policy', evil));

    const ingested = await runHere(['ingest', documents, '--data', own]);
    const plain = await runHere(
      ['chat', '--as', 'erin@test.example', '--data', own],
      [
        'Where do I park behind the house?',
        '\u001B[2Jhello\u0007',
        '/press \u001B]0;owned\u0007',
        '/as x\u001B[31m@y',
        'May I read work mail on my own phone?',
      ].join('\n'),
    );
    const json = await chat(own, 'erin@test.example', ['Where do I park behind the house?']);

    expect(ingested).toMatchObject({ code: 0 });
    expect(ingested.stdout).toContain('1 added');
    const obeyed = /[\u0000-\u0009\u000B-\u001F\u007F-\u009F\u202A-\u202E\u2066-\u2069]/;
    for (const { stdout } of [ingested, plain, json]) expect(stdout).not.toMatch(obeyed);
    for (const { stderr } of [ingested, plain, json]) expect(stderr).not.toMatch(obeyed);
    expect(plain.code).toBe(0);
    expect(plain.stdout).toMatch(/Park .*behind/);
    expect(plain.stdout + json.stdout).not.toContain('Mobile Device Policy');
    expect(json.said[0]?.citations).toHaveLength(1);
  });
});

describe('a command that cannot run', () => {
  it.each([
    ['a time that is none', ['status', '--now', 'tomorrow'], {}, /--now takes a time such as .*«tomorrow»/],
    ['a wrong setting', ['status'], { LOG_LEVEL: 'loud' }, /LOG_LEVEL must be debug, info, warn/],
    ['a database that is away', ['status'], { DATABASE_URL: 'postgres://u:hunter2@127.0.0.1:1/isma' }, /127\.0\.0\.1:1\/isma cannot be reached.*DATABASE_URL/],
    ['a folder that is not there', ['ingest', '/no/such/folder'], {}, /There is no folder \/no\/such\/folder/],
  ])('says which and why, with no stack and no secret: %s', async (_name, args, env, expected) => {
    const { code, stderr } = await runHere(args, '', { DATA_DIR: own, ...env });

    expect(code).not.toBe(0);
    expect(stderr).toMatch(expected);
    expect(stderr).not.toMatch(/\n\s+at |hunter2/);
  }); // prettier-ignore

  it('is a program that ends with an error: without the option that says who talks', async () => {
    const { code, stdout, stderr } = await startProcess('src/cli.ts', ['chat']).ended;

    expect(code).not.toBe(0);
    expect(stdout).toBe('');
    expect(stderr).toMatch(/--as <email>/);
    expect(stderr).not.toMatch(/\n\s+at /);
  });

  it('is the service itself without a platform: it prints what to set', async () => {
    const { code, stderr } = await startProcess('src/main.ts').ended;

    expect(code).not.toBe(0);
    expect(stderr).toMatch(/No chat platform is configured[\s\S]*npm run demo[\s\S]*SLACK_BOT_TOKEN/);
    expect(stderr).not.toMatch(/\n\s+at /);
  });

  it('refuses a folder that another process has open, naming it', async () => {
    const holder = await lockFolder(samples);

    const { code, stderr } = await runHere(['status', '--data', samples]);
    await holder.release();

    expect(code).not.toBe(0);
    expect(stderr).toContain(`in use by process ${process.pid}`);
  });
});
