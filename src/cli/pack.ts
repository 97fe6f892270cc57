/** `isma export pack --out <file>.zip`: everything that an auditor asks for, into one file that is written as it is made. */
import { randomUUID } from 'node:crypto';
import { link, open, rename, rm } from 'node:fs/promises';
import { dirname, extname, join } from 'node:path';
import type { OpenedDatabase } from '../app/open-app.ts';
import { rooms } from '../app/rooms.ts';
import { messageOf, OperatorError } from '../errors.ts';
import { createFileStore } from '../files/open-store.ts';
import { levels, mayTakePacks, PackChoices, recordPack, usualChoices } from '../isms/pack/pack.ts';
import { anyOf } from '../records/command-context.ts';
import { selectOptionalByEmail } from '../records/person.ts';
import { makePack } from '../workflows/pack/make.ts';

export interface PackFlags {
  out: string;
  force?: boolean;
  /** kept or replaced */
  names?: string;
  scores?: boolean;
  selfAssessments?: boolean;
  upTo?: string;
  /** Whose name stands in it and in the log. */
  as?: string;
}

export async function exportPack({ db, config, clock, log }: OpenedDatabase, flags: PackFlags): Promise<void> {
  const { out, force = false } = flags;
  if (extname(out).toLowerCase() !== '.zip') throw new OperatorError(`${out} is no archive. End its name with .zip.`);
  const choices = choicesOf(flags);
  const by = await personOf(db, flags.as);
  const now = clock();
  const store = { files: createFileStore(config.files), log };
  const unfinished = join(dirname(out), `.${randomUUID()}.unfinished`);
  const file = await open(unfinished, 'wx', 0o600).catch((cause: unknown) => {
    throw new OperatorError(`${out} cannot be written: ${messageOf(cause)}`, { cause });
  });
  try {
    const taken = await makePack({ db, rooms, store, now }, { choices, by, most: Infinity }, async (piece) => {
      await file.write(piece);
    });
    await file.sync();
    await file.close();
    await (force ? rename(unfinished, out) : link(unfinished, out)).catch((cause: unknown) => {
      const isThere = cause instanceof Error && 'code' in cause && cause.code === 'EEXIST';
      throw new OperatorError(isThere ? `${out} is there already. Choose another name, or say --force to replace it.` : `${out} cannot be written: ${messageOf(cause)}`, { cause });
    });
    await db.transaction((tx) => recordPack(tx, by, now, taken));
    process.stdout.write(
      [
        `${out} has ${taken.files} files, ${(taken.bytes / 1024 / 1024).toFixed(1)} MB. What it keeps back stands in its withheld.csv: ${taken.withheld} ${taken.withheld === 1 ? 'line' : 'lines'}.`,
        'Tell the auditor these two, so that they can check it:',
        `  SHA-256 of the file        ${taken.sha256}`,
        `  SHA-256 of its SHA256SUMS  ${taken.sums}`,
        '',
      ].join('\n'),
    );
  } finally {
    await file.close().catch(() => undefined);
    await rm(unfinished, { force: true });
  }
} // prettier-ignore

function choicesOf({ names, scores, selfAssessments, upTo }: PackFlags): PackChoices {
  const read = PackChoices.safeParse({ names: names ?? usualChoices.names, scores: scores ?? usualChoices.scores, selfAssessments: selfAssessments ?? usualChoices.selfAssessments, upTo: upTo ?? usualChoices.upTo }); // prettier-ignore
  if (read.success) return read.data;
  throw new OperatorError(`--names takes kept or replaced, and --up-to ${anyOf([...levels])}.`);
}

async function personOf(db: OpenedDatabase['db'], email: string | undefined) {
  if (email === undefined) return null;
  const person = await selectOptionalByEmail(db, email);
  if (person === null || !mayTakePacks(person))
    throw new OperatorError(`--as takes the address of an ISMS manager or an admin; «${email}» is neither.`);
  return person;
}
