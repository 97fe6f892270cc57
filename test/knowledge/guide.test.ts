/** The guide to the standard can be read and cited: a section answers one question, is short, and has a heading of its own. */
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeAll, expect, it } from 'vitest';
import { readDocument } from '../../src/knowledge/read/read-document.ts';

const folder = 'knowledge/guide';
/** What a phone shows without scrolling for long; tables take more. */
const longest = 1_100;

let documents: { file: string; document: Awaited<ReturnType<typeof readDocument>> }[];

beforeAll(async () => {
  const files = await readdir(folder);
  documents = await Promise.all(
    files.map(async (file) => ({
      file,
      document: await readDocument(file, await readFile(join(folder, file))),
    })),
  );
});

it('is labelled as a guide, with a reference of its own, a version and where its facts come from', async () => {
  const references = documents.map(({ document }) => document.metadata.ref);
  const sources = await Promise.all(documents.map(({ file }) => readFile(join(folder, file), 'utf8')));

  expect(new Set(references).size).toBe(documents.length);
  expect(documents.filter(({ document }) => document.metadata.kind !== 'guide')).toEqual([]);
  expect(sources.filter((source) => !/^version: .+\n[\s\S]*^source: .{40,}$/m.test(source))).toEqual([]);
});

it('has each heading once, so that a citation names one section', () => {
  const headings = documents.flatMap(({ document }) =>
    document.sections.map(({ heading }) => heading.toLowerCase()),
  );

  expect(headings.filter((heading, index) => headings.indexOf(heading) !== index)).toEqual([]);
});

it('answers in sections that are short enough to be shown whole, half of them in 450 characters', () => {
  const explained = documents.filter(({ file }) => !file.startsWith('glossary'));
  const sections = explained.flatMap(({ file, document }) =>
    document.sections.map((section) => ({ file, ...section })),
  );
  const lengths = sections.map(({ body }) => body.length).sort((one, other) => one - other);

  expect(
    sections.filter(({ body }) => body.length > longest).map(({ file, heading }) => [file, heading]),
  ).toEqual([]);
  expect(lengths[Math.floor(lengths.length / 2)]).toBeLessThanOrEqual(450);
});

it('explains one term a section in its glossaries, in three sentences at most', () => {
  const terms = documents
    .filter(({ file }) => file.startsWith('glossary'))
    .flatMap(({ document }) => document.sections);

  expect(terms.length).toBeGreaterThan(150);
  expect(
    terms.filter(({ body }) => body.length > 200 || body.includes('\n')).map(({ heading }) => heading),
  ).toEqual([]);
});
