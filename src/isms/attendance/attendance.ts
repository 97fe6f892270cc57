/** Lists that were signed and sessions that people came to, as the ISMS manager records them. Owns `attendance` and `attendance_person`. */
import './audit-events.ts';
import { z } from 'zod';
import type { Queryable } from '../../db/database.ts';
import { selectAll } from '../../db/rows.ts';
import { Refusal } from '../../errors.ts';
import { dayOf, inFull } from '../../language/calendar.ts';
import { type CommandContext } from '../../records/command-context.ts';
import { ismsManagerAlone } from '../../records/permission.ts';
import { declareRecord, recordSchema } from '../../records/record.ts';
import { declareStates } from '../../records/states.ts';
import { recordAcknowledged, selectVersionOn } from '../acknowledgement/recorded.ts';
import { noteCompletions } from '../training/completed.ts';
import { hashOf } from '../training/lesson-bank.ts';
import { lessonCalled } from '../training/training.ts';

const Attendance = recordSchema(['recorded'], {
  how: z.enum(['list', 'session']),
  heldOn: z.string(),
  lesson: z.string().nullable(),
  documentId: z.number().nullable(),
  title: z.string(),
  contentHash: z.string(),
  stateByName: z.string().nullable(),
});
export type Attendance = z.infer<typeof Attendance>;

export const attendanceStates = declareStates<'recorded', Attendance, void>('recorded', { recorded: {} });

export const attendances = declareRecord<typeof Attendance, 'state'>({
  table: 'attendance',
  prefix: 'AT',
  schema: Attendance,
  ended: [],
  written: [],
  reads: "($2 or exists (select from person where person.id = $1 and 'auditor' = any(roles)))",
});

const recordsAttendance = ismsManagerAlone<unknown, void>(
  'Only the ISMS manager records what was signed on a list or in a session.',
);

/** A lesson by the name of its file, or a document. */
export type Subject = { lesson: string } | { documentId: number };

export interface Held {
  subject: Subject;
  how: Attendance['how'];
  heldOn: string;
  people: readonly number[];
}

/** What it was about on that day, with the hash of its text. @throws Refusal where nothing was in force */
export async function subjectOn(tx: Queryable, subject: Subject, day: string): Promise<{ title: string; contentHash: string }> {
  if ('lesson' in subject) {
    const lesson = lessonCalled(subject.lesson);
    return { title: lesson.title.en, contentHash: hashOf(lesson) };
  }
  const version = await selectVersionOn(tx, subject.documentId, day);
  if (version === null) throw new Refusal(`No version of that document was in force on ${inFull(day)}. Look at the day.`);
  return { title: `${version.reference} ${version.title} v${version.version}`, contentHash: version.contentHash };
} // prettier-ignore

/** Of whom what it shows was not known yet: they have completed the lesson, or acknowledged the version that was in force on the day. */
export async function recordAttendance(tx: Queryable, command: CommandContext, { subject, how, heldOn, people: named }: Held): Promise<{ attendance: Attendance; fresh: number }> {
  const { actor, at } = command;
  await recordsAttendance.refuseUnless(tx, command, null);
  if (heldOn > dayOf(at, actor.timeZone)) throw new Refusal('That day is still to come: record it once it is over.');
  const people = [...new Set(named)];
  if (people.length === 0) throw new Refusal('Nobody is on the list. Who was there?');
  const about = await subjectOn(tx, subject, heldOn);
  const version = 'documentId' in subject ? await selectVersionOn(tx, subject.documentId, heldOn) : null;
  const attendance = await attendances.insert(
    tx,
    command,
    {
      state: 'recorded',
      state_by: actor.id,
      state_by_name: actor.name,
      state_at: at,
      how,
      held_on: heldOn,
      lesson: 'lesson' in subject ? subject.lesson : null,
      document_id: 'documentId' in subject ? subject.documentId : null,
      version_id: version?.versionId ?? null,
      title: about.title,
      content_hash: about.contentHash,
    },
    () => ({ action: 'attendance.recorded', detail: { what: about.title, how, on: heldOn, people: people.length, sha256: about.contentHash } }),
  );
  await tx.query('insert into attendance_person (attendance_id, person_id, name) select $1, id, name from person where id = any($2)', [attendance.id, people]);
  const { reference } = attendance;
  const fresh =
    'lesson' in subject
      ? await noteCompletions(tx, { id: actor.id, name: actor.name, at }, { how, source: reference }, people.map((personId) => ({ personId, lesson: subject.lesson, completedOn: heldOn, score: null, expiresOn: null })))
      : (await recordAcknowledged(tx, command, { documentId: subject.documentId, people, how, place: reference, on: heldOn })).length;
  return { attendance, fresh };
} // prettier-ignore

const Attended = z.object({ attendanceId: z.number(), name: z.string(), email: z.string().nullable() });

/** Who was there, by name as they were called then. */
export function selectAttended(tx: Queryable, attendanceIds: readonly number[]): Promise<z.infer<typeof Attended>[]> {
  return selectAll(
    tx,
    Attended,
    `select attendance_id, attendance_person.name, email from attendance_person join person on person.id = person_id
     where attendance_id = any($1) order by attendance_person.name, person_id`,
    [attendanceIds],
  );
} // prettier-ignore

/** Of these people those whom such a list names already. */
export async function selectRecorded(tx: Queryable, { subject, how, heldOn, people }: Held): Promise<number[]> {
  const rows = await selectAll(
    tx,
    z.object({ personId: z.number() }),
    `select distinct person_id from attendance_person join attendance on attendance.id = attendance_id
     where how = $1 and held_on = $2 and lesson is not distinct from $3 and document_id is not distinct from $4 and person_id = any($5)`,
    [how, heldOn, 'lesson' in subject ? subject.lesson : null, 'documentId' in subject ? subject.documentId : null, people],
  );
  return rows.map(({ personId }) => personId);
} // prettier-ignore

const Document = z.object({ id: z.number(), reference: z.string(), title: z.string() });

/** Policies that can be acknowledged, by reference. */
export function selectPolicies(tx: Queryable): Promise<z.infer<typeof Document>[]> {
  return selectAll(
    tx,
    Document,
    `select distinct on (reference) document.id, reference, title from document join document_version version on document_id = document.id
     where kind = 'policy' and archived_at is null and version.status = 'published' order by reference, version.id desc`,
  );
} // prettier-ignore
