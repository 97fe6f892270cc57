/** What bringing a register from a file came to, for the operator. */
import { faultText, nothingWritten, unreadText } from '../../../dialogue/import-report.ts';
import type { ImportReport } from './import.ts';

export function importText({
  added,
  unchanged,
  differing,
  refused,
  unread,
  days,
  written,
}: ImportReport): string {
  const sections = [
    ...unreadText(unread),
    ...days,
    ...differing.map(faultText),
    ...refused.map(faultText),
    `${written ? 'Added' : 'Would add'} ${added.length}, unchanged ${unchanged}, there and different ${differing.length}, refused ${new Set(refused.map(({ path, line }) => `${path}:${line}`)).size}.`,
    ...(written ? [] : [nothingWritten(refused.length > 0, added.length > 0)]),
  ];
  return `${sections.join('\n')}\n`;
}
