/** The made-up company could pass a Stage 1: each control has a document, and each document its owner, its approver and its days. */
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parse } from 'yaml';
import { beforeAll, expect, it } from 'vitest';
import { parseMetadata, type Metadata } from '../../src/knowledge/read/metadata.ts';

let inForce: { file: string; metadata: Metadata }[];

beforeAll(async () => {
  const names = (await readdir('knowledge/policies')).filter((name) => name.endsWith('.md'));
  const all = await Promise.all(
    names.map(async (file) => {
      const [, frontMatter = ''] = (await readFile(join('knowledge/policies', file), 'utf8')).split('---\n');
      return { file, metadata: parseMetadata(parse(frontMatter)) };
    }),
  );
  inForce = all.filter(({ metadata }) => metadata.status === 'published');
});

it('covers every control of Annex A with a published document', async () => {
  const requirements = await readFile('knowledge/requirements.csv', 'utf8');
  const controls = [...requirements.matchAll(/^A\.\d+\.\d+(?=,control)/gm)].map(([id]) => id);

  const covered = new Set(inForce.flatMap(({ metadata }) => metadata.controls));

  expect(controls).toHaveLength(93);
  expect(controls.filter((id) => !covered.has(id))).toEqual([]);
  expect([...covered].filter((id) => !controls.includes(id))).toEqual([]);
});

it('has been looked at before it took effect, is looked at again, and is approved by somebody else than its owner', () => {
  const wrong = inForce.filter(
    ({ metadata: { owner, approver, reviewed = '', effective = '', review = '' } }) =>
      owner === undefined ||
      approver === undefined ||
      owner === approver ||
      reviewed === '' ||
      reviewed > effective ||
      review <= effective,
  );

  expect(wrong.map(({ file }) => file)).toEqual([]);
});
