/** What bringing a register from a file came to, for the operator. */
import { basename } from 'node:path';
import type { Fault } from '../../../dialogue/import-file.ts';
import type { ImportReport } from './import.ts';

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
