/** `isma import attendance <file>`: signed lists and sessions as a table, a row for each person; and the table of all of them. */
import { z } from 'zod';
import type { Database } from '../../db/database.ts';
import {
  maybe,
  must,
  readDay,
  readPerson,
  readText,
  shortly,
  type Reader,
} from '../../dialogue/import-cells.ts';
import { readRecordFile, type Row } from '../../dialogue/import-file.ts';
import { bringAll, bringEach } from '../../dialogue/import-report.ts';
import { importerOf } from '../../dialogue/record-import.ts';
import type { Import } from '../../dialogue/room.ts';
import { Refusal } from '../../errors.ts';
import type { Table } from '../../files/write-table.ts';
import {
  attendances,
  recordAttendance,
  selectAttended,
  selectPolicies,
  selectRecorded,
  type Held,
  type Subject,
} from '../../isms/attendance/attendance.ts';
import { lessonFor } from '../../isms/training/topics.ts';
import { dayInWords } from '../../language/calendar.ts';
import { plain, words } from '../../language/vocabulary.ts';
import type { Person } from '../../records/person.ts';

const hows = words('sessions/how');

const readHow: Reader<Held['how']> = (text) => {
  const said = plain(text);
  if (said === 'list' || said === 'session') return said;
  const how = hows.is(text);
  if (how === 'list' || how === 'session') return how;
  throw new Refusal(`«${shortly(text)}» is neither; write list or session`);
};

/** A lesson, or a policy by its reference or title. */
function readSubject(policies: readonly { id: number; reference: string; title: string }[]): Reader<Subject> {
  return (text) => {
    const policy = policies.find(({ reference, title }) => [reference, title, `${reference} ${title}`].some((each) => plain(each) === plain(text)));
    if (policy !== undefined) return { documentId: policy.id };
    const lesson = lessonFor(text);
    if (lesson !== null) return { lesson };
    throw new Refusal(`«${shortly(text)}» is neither a lesson nor a policy; write a lesson as phishing, or a policy by its reference as POL-01`);
  };
} // prettier-ignore

function attendanceRow(people: readonly Person[], subject: Reader<Subject>) {
  const text = must(readText(200));
  return z
    .object({
      person: must(readPerson(people)).describe('email, name, employee, participant, attendee, e_mail, e_mail_address, mitarbeiter, teilnehmer'),
      what: text.describe('subject, lesson, policy, topic, course, training, document, thema, schulung, richtlinie'),
      day: must(readDay).describe('date, on, held_on, session_date, signed_on, datum, tag'),
      how: must(readHow).describe('kind, type, form, art'),
      recordedBy: maybe(readPerson(people)).describe('recorded, trainer, by, entered_by, erfasst_von'),
    })
    .transform(({ what, ...row }, context) => {
      try {
        return { ...row, what, subject: subject(what), reference: null };
      } catch (error) {
        if (!(error instanceof Refusal)) throw error;
        context.addIssue({ code: 'custom', path: ['what'], message: error.message });
        return z.NEVER;
      }
    });
} // prettier-ignore
type AttendanceRow = z.infer<ReturnType<typeof attendanceRow>>;

/** By the ISMS manager whom the file names, or who has it longest. */
export const bringAttendance: Import['bring'] = async (db, clock, path, { apply, dates = null }) => {
  const { people, command } = await importerOf(db, 'attendance', clock());
  const file = await readRecordFile(path, attendanceRow(people, readSubject(await selectPolicies(db))), dates);
  return bringAll(db, file, apply, async (tx, refuse) => {
    const lines: string[] = [];
    const groups = [...Map.groupBy(file.rows, ({ record: { subject, day, how, recordedBy } }) => JSON.stringify([subject, day, how, recordedBy?.id])).values()];
    const heads = groups.map((rows) => ({ ...(rows[0] as Row<AttendanceRow>), record: rows }));
    const counts = await bringEach(tx, heads, refuse, async (rows) => {
      const [head] = rows;
      if (head === undefined) return 'unchanged';
      const { subject, how, day: heldOn } = head.record;
      const held = { subject, how, heldOn, people: rows.map(({ record }) => record.person.id) };
      const known = new Set(await selectRecorded(tx, held));
      const fresh = { ...held, people: held.people.filter((id) => !known.has(id)) };
      if (fresh.people.length === 0) return 'unchanged';
      const { attendance, fresh: news } = await recordAttendance(tx, command(head.record.recordedBy), fresh);
      lines.push(`  ${apply ? attendance.reference : how}: ${attendance.title}, ${dayInWords(heldOn)}: ${new Set(fresh.people).size} on it, ${news} of them new. ${apply ? `Send Isma the scan with «${attendance.reference}».` : ''}`.trimEnd());
      return 'added';
    });
    const added = counts.get('added') ?? 0;
    return { changes: added, lines: (written) => [...lines, `${written ? 'Recorded' : 'Would record'} ${added}, unchanged ${counts.get('unchanged') ?? 0}.`] };
  });
}; // prettier-ignore

/** `isma export attendance`: a row for each person on a list. */
export async function attendanceTable(db: Database): Promise<Table> {
  const all = await attendances.selectWhere(db, 'true');
  const attended = Map.groupBy(await selectAttended(db, all.map(({ id }) => id)), ({ attendanceId }) => attendanceId);
  return {
    columns: ['reference', 'person', 'email', 'what', 'day', 'how', 'recorded_by', 'sha256'],
    rows: all.flatMap(({ id, reference, title, heldOn, how, stateByName, contentHash }) =>
      (attended.get(id) ?? []).map(({ name, email }) => [reference, name, email ?? '', title, heldOn, how, stateByName ?? '', contentHash]),
    ),
  };
} // prettier-ignore
