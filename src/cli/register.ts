/** The operator's commands for the register of non-conformities and their actions: to a file and from one. */
import { basename } from 'node:path';
import type { OpenedDatabase } from '../app/open-app.ts';
import { rooms } from '../app/rooms.ts';
import { OperatorError } from '../errors.ts';
import { writeTable } from '../files/write-table.ts';
import { anyOf } from '../records/command-context.ts';
import type { Fault } from '../workflows/corrective-actions/register/import-file.ts';
import { importRegister, type ImportReport } from '../workflows/corrective-actions/register/import.ts';
import { refuseSamples } from '../app/sample-company.ts';

export interface ExportFlags {
  out: string;
  force?: boolean;
}

export interface ImportFlags {
  apply?: boolean;
  actions?: string | null;
}

export async function exportRegister(
  opened: OpenedDatabase,
  kind: string,
  { out, force = false }: ExportFlags,
): Promise<void> {
  const count = await exportTable(opened, kind, out, { force });
  process.stdout.write(`${out} has ${count} ${kind}.\n`);
}

/** @returns how many rows there are */
export async function exportTable(
  { db }: Pick<OpenedDatabase, 'db'>,
  kind: string,
  path: string,
  options: { force?: boolean } = {},
): Promise<number> {
  const tables = new Map(rooms.flatMap((room) => Object.entries(room.tables ?? {})));
  const select = tables.get(kind);
  if (select === undefined) throw new OperatorError(`It takes ${anyOf([...tables.keys()])}, not «${kind}».`);
  const table = await select(db);
  await writeTable(path, table, options);
  return table.rows.length;
}

export async function bringRegister(
  opened: OpenedDatabase,
  kind: string,
  file: string,
  { apply = false, actions = null }: ImportFlags,
): Promise<void> {
  await refuseSamples(opened);
  const isActions = kindOf(kind) === 'actions';
  if (isActions && actions !== null)
    throw new OperatorError('--actions goes with: isma import nonconformities <file>.');
  const files = isActions ? { nonconformities: null, actions: file } : { nonconformities: file, actions };
  const report = await importRegister(opened, files, { apply, actor: 'system:register-import' });
  process.stdout.write(importText(report));
  if (report.refused.length + report.differing.length > 0) process.exitCode = 2;
}

function kindOf(kind: string): 'nonconformities' | 'actions' {
  if (kind === 'nonconformities' || kind === 'actions') return kind;
  throw new OperatorError(`It takes nonconformities or actions, not «${kind}».`);
}

export function importText({ added, unchanged, differing, refused, unread, written }: ImportReport): string {
  const sections = [
    ...(unread.length === 0 ? [] : [`Columns that mean nothing here and are not read: ${unread.join(', ')}`]),
    ...differing.map(faultText),
    ...refused.map(faultText),
    `${written ? 'Added' : 'Would add'} ${added.length}, unchanged ${unchanged}, there and different ${differing.length}, refused ${new Set(refused.map(({ path, line }) => `${path}:${line}`)).size}.`,
    ...(written ? [] : [nothingWritten(refused.length > 0, added.length > 0)]),
  ];
  return `${sections.join('\n')}\n`;
}

function nothingWritten(isRefused: boolean, isNew: boolean): string {
  if (isRefused) return 'Nothing was written: it is all or nothing. Mend these lines and try again.';
  return isNew ? 'Nothing was written yet. Say --apply to write it.' : 'There is nothing to write.';
}

function faultText({ path, line, reference, text }: Fault): string {
  return `  ${basename(path)}, line ${line}${reference === null ? '' : ` (${reference})`}, ${text}`;
}
