/** The house rules that a machine can check: which folder may import which, that no two files need each other, and that nothing dangles. */
import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { describe, expect, it } from 'vitest';
import { rooms } from '../src/app/rooms.ts';
import { declaredEvents, tellEvent } from '../src/db/audit-event.ts';

const root = join(import.meta.dirname, '..');
const source = join(root, 'src');

/** What each folder may import beside itself. */
const allowed: Record<string, string[] | 'everything'> = {
  app: 'everything',
  cli: 'everything',
  config: 'everything',
  doctor: 'everything',
  doors: ['conversation'],
  workflows: ['conversation', 'dialogue', 'isms', 'records', 'language', 'knowledge', 'files', 'db'],
  dialogue: ['conversation', 'records', 'language', 'files', 'db'],
  isms: ['records', 'language', 'db'],
  records: ['files', 'language', 'db'],
  knowledge: ['model', 'language', 'db', 'files'],
  conversation: ['model', 'language', 'db'],
  language: [],
  model: [],
  files: [],
  db: [],
};
/** The two entries, and what anybody may import. */
const loose = ['cli.ts', 'errors.ts', 'log.ts', 'main.ts'];
const everyone = ['errors.ts', 'log.ts'];

const files = namesIn(source);
const texts = new Map(files.map((file) => [file, readFileSync(join(source, file), 'utf8')]));
const tests = namesIn(join(root, 'test')).map((file) => readFileSync(join(root, 'test', file), 'utf8'));

function namesIn(folder: string): string[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter(
    (name) => name.endsWith('.ts') && !name.includes('node_modules'),
  );
}

function textOf(file: string): string {
  return texts.get(file) ?? '';
}

/** Comments say what they like. */
function codeOf(file: string): string {
  return textOf(file).replace(/\/\*[\s\S]*?\*\/|\/\/.*$/gm, '');
}

/** Those that are loaded with the file, and those that it loads when it needs them. */
function importsOf(file: string): string[] {
  return [...textOf(file).matchAll(/(?:from|import)\s*\(?\s*'(\.[^']+)'/g)].map((match) =>
    relative(source, join(source, dirname(file), match[1] ?? '')),
  );
}

describe('the house', () => {
  it('has rooms that the rules know, and four files that lie loose', () => {
    const folders = [
      ...new Set(files.filter((file) => file.includes('/')).map((file) => file.split('/')[0])),
    ];

    expect(folders.sort()).toEqual(Object.keys(allowed).sort());
    expect(files.filter((file) => !file.includes('/')).sort()).toEqual(loose);
  });

  it('lets imports point down only', () => {
    const wrong = files.flatMap((file) => {
      const [folder = ''] = file.split('/');
      const may = allowed[folder];
      if (may === undefined || may === 'everything') return [];
      return importsOf(file)
        .filter((target) => !everyone.includes(target))
        .filter((target) => {
          const [to = ''] = target.split('/');
          return to !== folder && !may.includes(to);
        })
        .map((target) => `${file} imports ${target}`);
    });

    expect(wrong).toEqual([]);
  });

  it('lets nobody but the entries import what is running', () => {
    const above = ['app', 'cli', 'doctor', 'config'];
    const wrong = files.flatMap((file) => {
      const [folder = ''] = file.split('/');
      if (!file.includes('/') || above.includes(folder)) return [];
      return importsOf(file)
        .filter((target) => above.includes(target.split('/')[0] ?? ''))
        .map((target) => `${file} imports ${target}`);
    });

    expect(wrong).toEqual([]);
  });

  it('keeps workflows and doors apart', () => {
    const roomOf = (file: string) => file.split('/').slice(0, 2).join('/');
    const wrong = files
      .filter((file) => /^(workflows|doors)\/[^/]+\//.test(file))
      .flatMap((file) =>
        importsOf(file)
          .filter((target) => target.startsWith(`${file.split('/')[0]}/`) && target.split('/').length > 2)
          .filter((target) => roomOf(target) !== roomOf(file))
          .map((target) => `${file} imports ${target}`),
      );

    expect(wrong).toEqual([]);
  });

  it('has no two files that need each other', () => {
    expect(circlesIn(new Map(files.map((file) => [file, importsOf(file)])))).toEqual([]);
  });

  it('exports no function, constant or class that nobody takes', () => {
    const dead = files.flatMap((file) => {
      const names = [
        ...codeOf(file).matchAll(/^export (?:default )?(?:async )?(?:function\*?|const|class) ([\w$]+)/gm),
      ].map((match) => match[1] ?? '');
      const others = [...files.filter((other) => other !== file).map(textOf), ...tests];
      return names
        .filter(
          (name) =>
            !others.some((text) =>
              new RegExp(`(?<![\\w$])${name.replaceAll('$', '\\$')}(?![\\w$])`).test(text),
            ),
        )
        .map((name) => `${file} exports ${name}`);
    });

    expect(dead).toEqual([]);
  });

  it('tells every event of the audit log in a sentence', async () => {
    const declaring = files.filter(
      (file) => /\bdeclareEvents\(/.test(codeOf(file)) && file !== 'db/audit-event.ts',
    );
    for (const file of declaring) await import(join(source, file));

    const telling = {
      who: 'Ines Isms',
      it: 'NC-2026-001',
      name: () => 'Mona Manager',
      kept: () => undefined,
      why: '',
    };
    const told = declaredEvents().map((name) => tellEvent(name, telling, {}));

    expect(told.length).toBeGreaterThan(70);
    expect(told.filter((sentence) => !/^\S.{8,}/.test(sentence))).toEqual([]);
  });

  it('has a handler behind every button, and one owner for every tool', () => {
    const workflows = rooms.map((room) => room.workflow({} as never));
    const handled = new Set(workflows.flatMap(({ actions, jobs = {}, answers = {} }) => [actions, jobs, answers].flatMap(Object.keys))); // prettier-ignore
    const missing = workflows.flatMap(({ name }) =>
      files
        .filter((file) => file.startsWith(`workflows/${name}/`))
        .flatMap((file) => {
          const code = codeOf(file);
          const whole = [...code.matchAll(new RegExp(`['\`]${name}\\.([a-z-]+)`, 'g'))];
          const helped = [...code.matchAll(/\b(?:recordButton|signButton|formButton|proposalButton)\(\s*(?:room,\s*)?'([a-z-]+)'/g)]; // prettier-ignore
          return [...whole, ...helped]
            .map(([, command = '']) => `${name}.${command}`)
            .filter((id) => !handled.has(id) && !id.endsWith('-'))
            .map((id) => `${file}: ${id}`);
        }),
    );
    const tools = files.flatMap((file) => [...codeOf(file).matchAll(/^ {4}name: '([a-z]+_[a-z_]+)',$/gm)].map(([, tool]) => tool)); // prettier-ignore

    expect(handled.size).toBeGreaterThan(50);
    expect(missing).toEqual([]);
    expect(tools.length).toBeGreaterThan(6);
    expect(tools.filter((tool, at) => tools.indexOf(tool) !== at)).toEqual([]);
  });

  it('reads the environment in one place', () => {
    const readers = files.filter((file) => /process\.env/.test(textOf(file)));

    expect(readers).toEqual(['config/config.ts']);
  });

  it('knows no platform but at the doors', () => {
    const inner = files.filter((file) =>
      /^(conversation|workflows|dialogue|isms|records|language|knowledge|db|model|files)\//.test(file),
    );
    const wrong = inner.filter((file) =>
      /\b(slack|teams|bolt|adaptive ?card|block ?kit)\b/i.test(codeOf(file)),
    );

    expect(wrong).toEqual([]);
  });

  it('lets one module know the SDK of Teams, so that another could stand there, and the Slack door alone know Bolt', () => {
    const importers = (name: RegExp) => files.filter((file) => name.test(textOf(file)));

    expect(importers(/(?:from|import\()\s*'@microsoft\/teams/)).toEqual(['doors/teams/sdk.ts']);
    expect(
      importers(/(?:from|import\()\s*'@slack\//).filter((file) => !file.startsWith('doors/slack/')),
    ).toEqual([]);
  });

  it('keeps every file short enough to read', () => {
    const long = files.filter((file) => textOf(file).split('\n').length > 401);

    expect(long).toEqual([]);
  });

  it('begins every module with what it is for', () => {
    expect(files.filter((file) => !textOf(file).startsWith('/**'))).toEqual([]);
  });
});

/** Groups of files that reach each other by imports (Tarjan's strongly connected components). */
function circlesIn(graph: Map<string, string[]>): string[][] {
  const order = new Map<string, number>();
  const lowest = new Map<string, number>();
  const stack: string[] = [];
  const circles: string[][] = [];

  function visit(file: string): void {
    order.set(file, order.size);
    lowest.set(file, order.size - 1);
    stack.push(file);
    for (const target of graph.get(file) ?? []) {
      if (!graph.has(target)) continue;
      if (!order.has(target)) {
        visit(target);
        lowest.set(file, Math.min(lowest.get(file) ?? 0, lowest.get(target) ?? 0));
      } else if (stack.includes(target))
        lowest.set(file, Math.min(lowest.get(file) ?? 0, order.get(target) ?? 0));
    }
    if (lowest.get(file) !== order.get(file)) return;
    const circle = stack.splice(stack.indexOf(file));
    if (circle.length > 1 || graph.get(file)?.includes(file) === true) circles.push(circle.sort());
  }
  for (const file of graph.keys()) if (!order.has(file)) visit(file);
  return circles;
}
