/** Evidence as it stands on a card: a file to be opened, or an address in full; given back to whoever may see its record. */
import {
  actionId,
  type ActionHandler,
  type Addressed,
  type Context,
  type ItemParts,
  type OutgoingFile,
} from '../conversation/contract.ts';
import { GivenAddress } from '../conversation/item.ts';
import { needLane } from '../conversation/lanes.ts';
import { keepOutgoingFile, largestOutgoing } from '../conversation/outgoing-file.ts';
import { inert } from '../conversation/plain-text.ts';
import type { Queryable } from '../db/database.ts';
import { Refusal } from '../errors.ts';
import type { FileStore } from '../files/store.ts';
import { inFull } from '../language/calendar.ts';
import { describeError, type Log } from '../log.ts';
import { selectOptionalEvidence, type Evidence } from '../records/evidence.ts';
import { opensKept, selectOptionalNamed } from '../records/record.ts';
import { toAsker } from './command.ts';

interface Shown {
  fileName?: string | null;
  mediaType?: string | null;
  size?: number | null;
  address?: string | null;
}

const kinds: [RegExp, string][] = [
  [/pdf/, 'PDF'],
  [/^image\//, 'picture'],
  [/word|\.text$/, 'document'],
  [/sheet/, 'spreadsheet'],
  [/presentation/, 'slides'],
  [/zip/, 'ZIP archive'],
  [/^text\//, 'text'],
];

export function evidenceInWords({ fileName, mediaType, size, address }: Shown): string {
  if (address != null) return inert(address);
  const kind = kinds.find(([pattern]) => pattern.test(mediaType ?? ''))?.[1] ?? 'file';
  return `${fileName ?? 'file'} (${kind}, ${sizeInWords(size ?? 0)})`;
}

export function sizeInWords(bytes: number): string {
  if (bytes < 1024) return `${bytes} bytes`;
  const kilobytes = bytes / 1024;
  return kilobytes < 1024 ? `${Math.round(kilobytes)} KB` : `${(kilobytes / 1024).toFixed(1)} MB`;
}

/** What a card lists of its evidence: each file, each address whole, with a button of its own. @param room  whose button opens it */
export function evidenceShown(room: string, pieces: readonly Evidence[]): ItemParts[] {
  return pieces.map((piece) => ({
    text: evidenceInWords(piece),
    detail: broughtBy(piece),
    button: { id: actionId(`${room}.open`, { evidence: piece.id }), label: 'Open' },
  }));
}

function broughtBy({ uploadedByName, uploadedAt, state }: Evidence): string {
  const judged = ['accepted', 'rejected', 'expired'].includes(state) ? `, ${state}` : '';
  return `by ${uploadedByName}, ${inFull(uploadedAt.toISOString().slice(0, 10))}${judged}`;
}

export interface Store {
  files: FileStore;
  log: Log;
}

export function evidenceActions(room: string, parts: Store): Record<string, ActionHandler> {
  return {
    [`${room}.open`]: (tx, context, { argument }) => open(tx, parts, context, Number(argument('evidence'))),
  };
}

async function open(tx: Queryable, store: Store, context: Context, id: number): Promise<Addressed[]> {
  const { person } = context;
  const known = Number.isInteger(id) && id > 0 && id < 2 ** 31;
  const piece = known ? await selectOptionalEvidence(tx, id) : null;
  const kept = piece === null ? null : await selectOptionalNamed(tx, person, piece.belongsTo);
  if (piece === null || kept === null || !(await opensKept(tx, person, piece.belongsTo)))
    throw new Refusal('There is no such evidence that you may see. Say «my actions» for what is yours.');
  const words = evidenceInWords(piece);
  if (piece.sha256 === null)
    return toAsker({
      text: `${words}\n${piece.uploadedByName} gave this address. I have not looked behind it, and keep no copy.`,
      leadsTo: GivenAddress.safeParse(piece.address).data ?? null,
    });
  const file = await fileOf(tx, store, context, piece);
  return toAsker({ text: `${words}, as it was kept on ${kept.reference}:`, files: [file] });
}

/** To be sent with a reply. @throws Refusal for what is too large, or not to be had now */
export async function fileOf(
  tx: Queryable,
  { files, log }: Store,
  context: Context,
  piece: Evidence,
): Promise<OutgoingFile> {
  const words = evidenceInWords(piece);
  if ((piece.size ?? 0) > largestOutgoing)
    throw new Refusal(
      `${words} is larger than the ${sizeInWords(largestOutgoing)} that I can hand over. Whoever runs Isma finds it in the store of evidence, under ${piece.sha256 ?? ''}.`,
    );
  needLane(context, 'outside'); // the store may be a bucket somewhere
  const bytes = await files.get(piece.sha256 ?? '').catch((error: unknown) => {
    log.error(
      { input: context.inputId, evidence: piece.id, ...describeError(error) },
      'evidence could not be read',
    );
    throw new Refusal(`${words} cannot be had from the store of evidence just now. Nothing was changed.`);
  });
  return keepOutgoingFile(tx, piece.fileName ?? 'file', bytes);
}
