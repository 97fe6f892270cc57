/** Evidence of records as files with an index: where each lies, what it is, and the SHA-256 by which it can be held against the record. */
import type { Queryable } from '../db/database.ts';
import { safeName } from '../files/file-names.ts';
import type { Table } from '../files/write-table.ts';
import { describeError } from '../log.ts';
import { selectEvidence, type Evidence } from '../records/evidence.ts';
import type { Store } from './evidence.ts';

export interface PlacedEvidence {
  piece: Evidence;
  /** Of its record. */
  reference: string;
  /** Where its file goes, in a folder of its record; null for an address. */
  path: string | null;
}

/** All evidence of these records, oldest first. @param records  references by their names in the log */
export async function selectPlaced(
  tx: Queryable,
  records: ReadonlyMap<string, string>,
): Promise<PlacedEvidence[]> {
  const pieces = await selectEvidence(tx, [...records.keys()]);
  const counts = new Map<string, number>();
  return pieces.map((piece) => {
    const reference = records.get(piece.belongsTo) ?? piece.belongsTo;
    if (piece.sha256 === null) return { piece, reference, path: null };
    // The number tells apart what bears one name, also where a file system takes capitals for small letters.
    const number = (counts.get(reference) ?? 0) + 1;
    counts.set(reference, number);
    const name = safeName(piece.fileName ?? 'file');
    return { piece, reference, path: `${safeName(reference)}/${String(number).padStart(2, '0')} ${name}` };
  });
}

/** The bytes of a file, or null where the store has them no more, or only damaged. */
export async function evidenceBytes(
  { files, log }: Store,
  { id, sha256 }: Evidence,
): Promise<Uint8Array | null> {
  return files.get(sha256 ?? '').catch((error: unknown) => {
    log.error({ evidence: id, ...describeError(error) }, 'evidence could not be read');
    return null;
  });
}

export const indexColumns = [
  'file', 'sha256', 'bytes', 'record', 'state', 'brought by', 'brought at', 'original name or address', 'note',
]; // prettier-ignore

/** @param note  why there is no file */
export function indexRow({ piece, reference, path }: PlacedEvidence, note = ''): Table['rows'][number] {
  const { sha256, size, state, uploadedByName, uploadedAt, fileName, address } = piece;
  return [
    note === '' ? (path ?? '') : '', sha256 ?? '', size ?? '', reference, state, uploadedByName, uploadedAt.toISOString(),
    address ?? fileName ?? '', note,
  ]; // prettier-ignore
}
