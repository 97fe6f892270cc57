/** «What would an auditor find today?», «what would an auditor have found on 1 June?»: hears that it is asked, and for which day. */
import { readDates, type DateReading } from '../../language/dates.ts';
import { bareRequest } from '../../language/text.ts';
import { words } from '../../language/vocabulary.ts';

const report = words('predicted-findings/report');
/** Characters of the longest request. */
const longest = 120;

/** @returns the day that was said, null for today; undefined where something else is asked */
export function readRequest(text: string, reading: DateReading): { day: string | null } | undefined {
  const said = bareRequest(text);
  if (said.length > longest) return undefined;
  if (report.is(said) !== null) return { day: null };
  const [date, ...others] = readDates(said, { ...reading, towards: 'past' });
  if (date === undefined || others.length > 0) return undefined;
  const without = `${said.slice(0, date.index)} ${said.slice(date.index + date.text.length)}`;
  return report.is(without.replace(/\s+/g, ' ').trim()) === null ? undefined : { day: date.day };
}
