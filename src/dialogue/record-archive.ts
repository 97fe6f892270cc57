/** One record as an archive: its tables, its evidence, and an index with the hash of each file; what has no room in it is said. */
import type { Addressed, Context, ReplyParts } from '../conversation/contract.ts';
import { needLane } from '../conversation/lanes.ts';
import { keepOutgoingFile, largestOutgoing } from '../conversation/outgoing-file.ts';
import type { Queryable } from '../db/database.ts';
import { safeName } from '../files/file-names.ts';
import { sha256Of } from '../files/store.ts';
import { archiveBytes, sizeInArchive } from '../files/write-archive.ts';
import { tableBytes, type Table } from '../files/write-table.ts';
import { selectOptionalNamed } from '../records/record.ts';
import { toAsker } from './command.ts';
import { evidenceShown, sizeInWords, type Store } from './evidence.ts';
import {
  evidenceBytes,
  indexColumns,
  indexRow,
  selectPlaced,
  type PlacedEvidence,
} from './evidence-files.ts';

/** Of what was left out, lines that a message has room for; the index has them all. */
const mostLeft = 8;
/** Bytes that the index and the end of the archive take, beside the lines of the index. */
const forTheIndex = 64 * 1024;
/** Bytes of one of them, at most: names and addresses have their own limits. */
const indexLine = 4 * 1024;

export interface RecordArchive {
  /** Its reference, after which the archive is called. */
  reference: string;
  /** Whose evidence goes along, of those that the person may see: references by their names in the log. */
  records: ReadonlyMap<string, string>;
  /** By the names of their files, without an ending. */
  tables: ReadonlyMap<string, Table>;
}

/** @param room  whose button opens singly what did not fit */
export async function sendArchive(
  tx: Queryable,
  room: string,
  store: Store,
  context: Context,
  { reference, records, tables }: RecordArchive,
): Promise<Addressed[]> {
  const readable = new Map<string, string>();
  for (const [record, name] of records)
    if ((await selectOptionalNamed(tx, context.person, record)) !== null) readable.set(record, name);
  const placed = await selectPlaced(tx, readable);
  if (placed.some(({ path }) => path !== null)) needLane(context, 'outside'); // the store may be a bucket somewhere

  const written = new Map<string, Uint8Array>();
  for (const [name, table] of tables) written.set(`${safeName(name)}.csv`, await tableBytes('csv', table));
  const packed = await pack(store, placed, largestOutgoing - forTheIndex - sizeOf(written));
  const rows = [
    ...[...written].map(([path, bytes]) => [path, sha256Of(bytes), bytes.length, reference, '', '', '', '', '']), // prettier-ignore
    ...packed.index,
  ];
  const index = await tableBytes('csv', { columns: indexColumns, rows });
  const files = new Map([...written, ...packed.files, ['index.csv', index]]);
  const file = await keepOutgoingFile(tx, `${safeName(reference)}.zip`, archiveBytes(files, context.now));
  return toAsker({
    text: [
      `${reference} as an archive, with ${filesInWords(packed.files.size)} of evidence. Its index holds the SHA-256 of each.`,
      ...packed.problems,
    ].join('\n'),
    files: [file],
    items: leftItems(room, packed.left),
  });
}

interface Packed {
  files: Map<string, Uint8Array>;
  index: Table['rows'][number][];
  /** What is not in it, for whatever reason. */
  left: PlacedEvidence[];
  /** The reasons, in words. */
  problems: string[];
}

/** The oldest first, as long as there is room: what is too large leaves its room to what comes after. @param space  bytes */
async function pack(store: Store, placed: readonly PlacedEvidence[], space: number): Promise<Packed> {
  const files = new Map<string, Uint8Array>();
  const index: Packed['index'] = [];
  const tooLarge: PlacedEvidence[] = [];
  const lost: PlacedEvidence[] = [];
  let free = space - placed.length * indexLine;
  for (const each of placed) {
    const { piece, path } = each;
    if (path === null) {
      index.push(indexRow(each, 'an address, of which no copy is kept'));
      continue;
    }
    const size = sizeInArchive(path, piece.size ?? 0);
    const bytes = size <= free ? await evidenceBytes(store, piece) : null;
    if (bytes !== null) {
      free -= size;
      files.set(path, bytes);
      index.push(indexRow(each));
    } else if (size > free) {
      tooLarge.push(each);
      index.push(indexRow(each, 'not in this archive: it had no room'));
    } else {
      lost.push(each);
      index.push(indexRow(each, 'not in this archive: the store of evidence did not give it'));
    }
  }
  const problems = [
    ...(tooLarge.length === 0
      ? []
      : [
          `${filesInWords(tooLarge.length)} did not fit in the ${sizeInWords(largestOutgoing)} that I can hand over at once. You can open each singly` +
            (tooLarge.some(({ piece }) => (piece.size ?? 0) > largestOutgoing)
              ? '; of one that is larger than that, I say where it lies.'
              : '.'),
        ]),
    ...(lost.length === 0
      ? []
      : [`${filesInWords(lost.length)} cannot be had from the store of evidence just now.`]),
  ];
  return { files, index, left: [...tooLarge, ...lost], problems };
}

function sizeOf(files: ReadonlyMap<string, Uint8Array>): number {
  return [...files].reduce((sum, [path, bytes]) => sum + sizeInArchive(path, bytes.length), 0);
}

function filesInWords(count: number): string {
  return count === 0 ? 'no file' : count === 1 ? '1 file' : `${count} files`;
}

function leftItems(room: string, left: readonly PlacedEvidence[]): NonNullable<ReplyParts['items']> {
  const shown = left.slice(0, mostLeft);
  const items = evidenceShown(room, shown.map(({ piece }) => piece)); // prettier-ignore
  const named = items.map((item, at) => ({ ...item, text: `${shown[at]?.reference ?? ''} · ${item.text}` }));
  return left.length > mostLeft
    ? [...named, { text: `And ${left.length - mostLeft} more: the index names them.` }]
    : named;
}
