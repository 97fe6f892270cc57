/** Files that somebody hands over: fetched, looked into and stored before a card is made of them; refused in plain words. */
import type { Attachment, Context } from '../conversation/contract.ts';
import { needLane } from '../conversation/lanes.ts';
import { TooLargeError } from '../conversation/port.ts';
import type { Database, Queryable } from '../db/database.ts';
import { Refusal } from '../errors.ts';
import { displayName, inspectFile } from '../files/inspect.ts';
import type { FileStore } from '../files/store.ts';
import { keepEvidence, type Evidence, type EvidenceItem } from '../records/evidence.ts';
import type { CommandContext } from '../records/command-context.ts';
import { expireProposals } from '../records/proposal.ts';
import { forgetFile, rememberFile, selectUnusedFiles } from '../records/stored-file.ts';
import { describeError } from '../log.ts';
import { sizeInWords } from './evidence.ts';
import type { Log } from '../log.ts';

export interface Intake {
  db: Database;
  files: FileStore;
  /** Bytes of the largest file that is kept as evidence. */
  largestFile: number;
  /**
   * Brings a file that a person sent, outside of any transaction.
   *
   * @throws TooLargeError, Refusal in words for the person
   */
  fetchFile(platform: string, attachment: Attachment): Promise<Uint8Array>;
  log: Log;
}

export interface TakenIn {
  exhibits: EvidenceItem[];
  /** What became of the others, a line each. */
  problems: string[];
}

/** Files of one message that are looked at. */
const mostFiles = 10;

/** Outside of any transaction: a file may take its time. What was refused is not kept, and the others go on. */
export async function takeIn(
  parts: Intake,
  context: Context,
  attachments: readonly Attachment[],
): Promise<TakenIn> {
  const taken: TakenIn = { exhibits: [], problems: [] };
  if (attachments.length > 0) needLane(context, 'outside');
  for (const attachment of attachments.slice(0, mostFiles)) {
    try {
      taken.exhibits.push(await takeInOne(parts, context, attachment));
    } catch (error) {
      taken.problems.push(problemInWords(parts, context, attachment, error));
    }
  }
  if (attachments.length > mostFiles)
    taken.problems.push(
      `I take ${mostFiles} files at a time: please send the other ${attachments.length - mostFiles} again.`,
    );
  return taken;
}

async function takeInOne(parts: Intake, context: Context, attachment: Attachment): Promise<EvidenceItem> {
  const { db, files, largestFile } = parts;
  if (attachment.size > largestFile) throw new TooLargeError();
  const bytes = await parts.fetchFile(context.platform, attachment);
  const { sha256, size, mediaType } = await inspectFile(attachment.name, bytes, { most: largestFile });
  await db.transaction((tx) => rememberFile(tx, { sha256, size, mediaType }, context.now));
  await files.put(sha256, bytes);
  return { kind: 'file', sha256, size, mediaType, fileName: displayName(attachment.name) };
}

function problemInWords(
  { largestFile, log }: Intake,
  { inputId }: Context,
  { name }: Attachment,
  error: unknown,
): string {
  const shown = displayName(name);
  if (error instanceof Refusal) return `Not kept: ${error.message}`;
  if (error instanceof TooLargeError)
    return `Not kept: ${shown} is larger than the ${sizeInWords(largestFile)} that a file may have here. Send a smaller one, or a link to it.`;
  log.warn({ input: inputId, ...describeError(error) }, 'a file could not be brought');
  return `Not kept: ${shown} is not to be had just now. Send it again in a moment.`;
}

/** Keeps what was brought on a record that the caller has locked. */
export async function keepTaken(
  tx: Queryable,
  command: CommandContext,
  { exhibits }: Pick<TakenIn, 'exhibits'>,
  { record, purpose }: { record: string; purpose: string },
): Promise<Evidence[]> {
  const kept: Evidence[] = [];
  for (const item of exhibits) kept.push(await keepEvidence(tx, command, record, purpose, item));
  return kept;
}

/** Files may belong to a card that is still being made: none goes that was brought within the hour. */
const inTheMaking = 3_600_000;

/** Cards that nobody decided in time end, and the files that no card and no record needs any more go. @returns how many of each */
export async function forgetOldProposals(
  { db, files }: { db: Database; files: FileStore },
  now: Date,
): Promise<{ expired: number; deleted: number }> {
  const expired = await db.transaction((tx) => expireProposals(tx, now));
  const before = new Date(now.getTime() - inTheMaking);
  let deleted = 0;
  for (const sha256 of await selectUnusedFiles(db, before))
    await db.transaction(async (tx) => {
      if (!(await forgetFile(tx, sha256, before))) return;
      await files.delete(sha256);
      deleted += 1;
    });
  return { expired, deleted };
}
