/**
 * An auditor's pack, file after file: no more is held than a part of one. What is kept back is listed, each file has its hash in the
 * index, and the audit log goes along with its chain, so that all of it can be checked without Isma.
 */
import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { auditPages } from '../../db/audit.ts';
import { Refusal } from '../../errors.ts';
import { openArchive, type ArchiveWriter } from '../../files/write-archive.ts';
import { safeName } from '../../files/file-names.ts';
import { csvPart, tableBytes, type TableInParts } from '../../files/write-table.ts';
import type { Actor } from '../../records/command-context.ts';
import type { PackChoices, TakenPack } from '../../isms/pack/pack.ts';
import { contentsOf, type PackSources } from './contents.ts';
import { selectRedaction, type Redact } from './names.ts';
import { indexPage, readmeText, type Listed, type Withheld } from './index-files.ts';
import { withoutNamesIn } from './office-names.ts';
import { logLine } from './log-lines.ts';

export interface PackAsked {
  choices: PackChoices;
  /** Null for an operator at the command line. */
  by: Pick<Actor, 'name'> | null;
  /** Bytes that it may have; Infinity for as many as there are. */
  most: number;
}

/** Bytes that the index and the end of the archive take at least, beside what each file adds to them. */
const forTheIndex = 64 * 1024;
/** Bytes that a file adds to the index and the end of the archive, at most. */
const aFile = 4 * 1024;
/** Rows that become text at once. */
const rowsAtOnce = 500;

const ours = (name: string) => readFile(join(import.meta.dirname, '../../../knowledge/pack', name));

/**
 * All of it as it stood at one moment, where the database can do that.
 *
 * @param write  takes its bytes, piece by piece
 * @throws Refusal where what is no evidence is too much for `most`
 */
export async function makePack(
  sources: PackSources,
  asked: PackAsked,
  write: (piece: Uint8Array) => Promise<void>,
): Promise<TakenPack> {
  for (const { pack } of sources.rooms) await pack?.note?.(sources.db, sources.now);
  return sources.db.snapshot((db) => makeFrom({ ...sources, db }, asked, write));
}

async function makeFrom(
  sources: PackSources,
  { choices, by, most }: PackAsked,
  write: (piece: Uint8Array) => Promise<void>,
): Promise<TakenPack> {
  const redact: Redact = choices.names === 'replaced' ? await selectRedaction(sources.db) : (text) => text;
  const archive = openArchive(write, sources.now);
  const listed: Listed[] = [];
  const withheld: Withheld[] = [];
  const left = () => most - archive.bytes - forTheIndex - (listed.length + withheld.length) * aFile;

  async function add(
    path: string,
    what: string,
    content: Parameters<ArchiveWriter['add']>[1],
    packed = true,
  ): Promise<void> {
    const { sha256, size } = await archive.add(path, content, packed);
    listed.push({ path, what, sha256, size });
    if (left() < 0) throw new Refusal('The pack would be larger than what can be handed over here. An operator makes it with: isma export pack --out <file>.zip'); // prettier-ignore
  }
  const named = (path: string) => path.split('/').map((part) => safeName(redact(part))).join('/'); // prettier-ignore

  for await (const part of contentsOf(sources, choices)) {
    const what = redact(part.what);
    const path = named(part.path);
    if (part.kind === 'table') await add(`${path}.csv`, what, csvOf(part.table, redact));
    else if (part.kind === 'document')
      await add(path, what, [choices.names === 'replaced' ? await withoutNamesIn(part.bytes, redact) : part.bytes], false);
    else if (part.kind === 'withheld') withheld.push({ ...part, path, what });
    else if (part.bytes.length > left())
      withheld.push({ path, what, sha256: createHash('sha256').update(part.bytes).digest('hex'), why: 'it had no room in this pack' });
    else await add(path, what, [part.bytes], false);
  } // prettier-ignore

  let head = '0:';
  let last = new Date(0).toISOString();
  let hidden = 0;
  async function* log() {
    for await (const page of auditPages(sources.db)) {
      const lines = page.map((entry) => logLine(entry, choices, redact));
      hidden += lines.filter(({ isWhole }) => !isWhole).length;
      const newest = page.at(-1);
      if (newest !== undefined) {
        head = `${newest.seq}:${newest.hash}`;
        last = String((JSON.parse(newest.payload) as { at?: unknown }).at);
      }
      yield Buffer.from(lines.map(({ text }) => `${text}\n`).join(''));
    }
  }
  await add('audit-log/entries.jsonl', 'The audit log with its chain, an entry a line', log());
  await add('audit-log/head.txt', 'Number and hash of its last entry', [Buffer.from(`${head}\n`)]);
  if (hidden > 0)
    withheld.push({ path: 'audit-log/entries.jsonl', what: `words of ${hidden} entries`, sha256: '', why: 'they hold names or scores; their places in the chain are kept' }); // prettier-ignore

  await add('withheld.csv', 'What is not in this pack, and why', [
    await tableBytes('csv', {
      columns: ['file', 'what', 'sha256', 'why'],
      rows: withheld.map(({ path, what, sha256, why }) => [path, what, sha256, why]),
    }),
  ]);
  await add('verify.py', 'Checks this pack with Python alone', [await ours('verify.py')]);
  await add('VERIFY.txt', 'How to check this pack without Isma', [await ours('VERIFY.txt')]);
  const about = {
    listed,
    withheld,
    choices,
    by: redact(by?.name ?? 'an operator at the command line'),
    at: sources.now,
    head,
    last,
  };
  await add('README.txt', 'Begin here', [Buffer.from(readmeText(about))]);
  const rows = listed.map(({ path, sha256, size, what }) => [path, sha256, size, what]);
  const page = indexPage(about);
  await add('index.csv', 'What is in this pack', [await tableBytes('csv', { columns: ['file', 'sha256', 'bytes', 'what'], rows })]); // prettier-ignore
  await add('index.html', 'The same, to be opened in a browser', [Buffer.from(page)]);
  const sums = Buffer.from(listed.map(({ path, sha256 }) => `${sha256}  ${path}\n`).join(''));
  await archive.add('SHA256SUMS', [sums], true);
  const { sha256, bytes } = await archive.end();
  return {
    choices,
    sha256,
    sums: createHash('sha256').update(sums).digest('hex'),
    bytes,
    files: listed.length + 1,
    withheld: withheld.length,
  };
}

async function* csvOf({ columns, parts }: TableInParts, redact: Redact): AsyncGenerator<Uint8Array> {
  yield await csvPart([columns], true);
  for await (const rows of parts)
    for (let from = 0; from < rows.length; from += rowsAtOnce) {
      const some = rows.slice(from, from + rowsAtOnce);
      yield await csvPart(some.map((row) => row.map((cell) => (typeof cell === 'string' ? redact(cell) : cell))), false); // prettier-ignore
    }
}
