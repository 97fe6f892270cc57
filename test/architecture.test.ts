/** The house rules that a machine can check: which folder may import which. */
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { describe, expect, it } from 'vitest';

const source = join(import.meta.dirname, '../src');

/** What each folder may import beside itself; files at the top of src may import everything. */
const allowed: Record<string, string[]> = {
  slack: ['conversation'],
  teams: ['conversation'],
  console: ['conversation'],
  workflows: ['conversation', 'knowledge', 'isms', 'jobs', 'files', 'db'],
  conversation: ['model', 'db'],
  knowledge: ['model', 'db'],
  isms: ['db'],
  jobs: ['db'],
  files: [],
  model: [],
  db: [],
};
const everyone = ['errors.ts', 'log.ts'];

const files = readdirSync(source, { recursive: true, encoding: 'utf8' }).filter((name) =>
  name.endsWith('.ts'),
);

function importsOf(file: string): string[] {
  const text = readFileSync(join(source, file), 'utf8');
  return [...text.matchAll(/(?:from|import)\s*\(?\s*'(\.[^']+)'|new URL\('(\.[^']+\.ts)'/g)].map((match) =>
    relative(source, join(source, dirname(file), match[1] ?? match[2] ?? '')),
  );
}

describe('the house', () => {
  it('lets imports point down only', () => {
    const wrong = files.flatMap((file) => {
      const [folder = '', ...rest] = file.split('/');
      if (rest.length === 0) return [];
      return importsOf(file)
        .filter((target) => !everyone.includes(target))
        .filter((target) => {
          const [to = ''] = target.split('/');
          return to !== folder && !(allowed[folder] ?? []).includes(to);
        })
        .map((target) => `${file} imports ${target}`);
    });

    expect(wrong).toEqual([]);
  });

  it('keeps workflows apart', () => {
    const wrong = files
      .filter((file) => file.startsWith('workflows/'))
      .flatMap((file) => {
        const own = file.split('/').slice(0, 2).join('/');
        return importsOf(file)
          .filter((target) => target.startsWith('workflows/') && !target.startsWith(`${own}/`))
          .map((target) => `${file} imports ${target}`);
      });

    expect(wrong).toEqual([]);
  });

  it('reads the environment in one place', () => {
    const readers = files.filter((file) => /process\.env/.test(readFileSync(join(source, file), 'utf8')));

    expect(readers).toEqual(['config.ts']);
  });

  it('knows no platform in the core', () => {
    const inner = files.filter((file) => /^(conversation|workflows|knowledge|isms|db|model)\//.test(file));
    const wrong = inner.filter((file) =>
      /\b(slack|teams|bolt|adaptive ?card|block ?kit)\b/i.test(
        readFileSync(join(source, file), 'utf8').replace(/\/\*[\s\S]*?\*\/|\/\/.*$/gm, ''),
      ),
    );

    expect(wrong).toEqual([]);
  });

  it('lets one module know the SDK of Teams, so that another could stand there, and the Slack door alone know Bolt', () => {
    const importers = (name: RegExp) =>
      files.filter((file) => name.test(readFileSync(join(source, file), 'utf8')));

    expect(importers(/from '@microsoft\/teams/)).toEqual(['teams/sdk.ts']);
    expect(importers(/from '@slack\//).filter((file) => !file.startsWith('slack/'))).toEqual([]);
  });

  it('keeps every file short enough to read', () => {
    const long = files.filter((file) => readFileSync(join(source, file), 'utf8').split('\n').length > 400);

    expect(long).toEqual([]);
  });

  it('begins every module with what it is for', () => {
    const bare = files.filter(
      (file) =>
        statSync(join(source, file)).isFile() && !readFileSync(join(source, file), 'utf8').startsWith('/**'),
    );

    expect(bare).toEqual([]);
  });
});
