/** The operator's commands that keep a database in order: schema, audit log, keys, configuration. */
import type { OpenedDatabase } from '../app/open-app.ts';
import { readConfig } from '../config/config.ts';
import { reencryptInstallations } from '../conversation/installation.ts';
import { verifyAudit, type AuditHead } from '../db/audit.ts';
import { messageOf, OperatorError } from '../errors.ts';
import { verifyRevisions } from '../records/revision.ts';

/** A database that is open has it. */
export function saySchemaIsNew(): void {
  process.stdout.write('The database is up to date.\n');
}

export async function verify({ db }: OpenedDatabase, noted: string | undefined): Promise<void> {
  const { entries, head, ...verdict } = await verifyAudit(
    db,
    noted === undefined ? undefined : headOf(noted),
  );
  const faults = [...verdict.faults, ...(await verifyRevisions(db))];
  if (faults.length > 0) {
    process.stdout.write(`The audit log is NOT whole:\n${faults.map((fault) => `  ${fault}`).join('\n')}\n`);
    process.exitCode = 3;
    return;
  }
  process.stdout.write(
    `The audit log is whole: ${entries} entries. Note this head outside the database: ${head.seq}:${head.hash}\n`,
  );
}

function headOf(text: string): AuditHead {
  const [seq = '', hash = ''] = text.split(':');
  if (!/^\d+$/.test(seq) || !/^[0-9a-f]{64}$/.test(hash))
    throw new OperatorError(
      '--head takes what "isma verify" printed: a number, a colon and 64 hexadecimal digits.',
    );
  return { seq: Number(seq), hash };
}

export async function rotateKeys({ db, config, clock }: OpenedDatabase): Promise<void> {
  const { changed, total } = await reencryptInstallations(db, config.encryptionKeys, clock());
  process.stdout.write(`${changed} of ${total} tokens were encrypted anew; all have the newest key now.\n`);
}

export async function examine(): Promise<void> {
  const { runDoctor } = await import('../doctor/doctor.ts');
  const well = await runDoctor(readConfig, (text) => process.stdout.write(text));
  if (!well) process.exitCode = 1;
}

/** It only saves time: whoever installs the program has it installed, whatever becomes of this. */
export async function prepare(cache?: string): Promise<void> {
  const { findTemplate, makeTemplate } = await import('../app/template.ts');
  try {
    if ((await findTemplate('samples', { cache })) !== null) return;
    process.stderr.write('Making the database that new ones begin as, once: some twenty seconds…\n');
    await makeTemplate('samples', { cache });
  } catch (error) {
    process.stderr.write(`It could not be made: ${messageOf(error)}. The first start makes its own.\n`);
  }
}
