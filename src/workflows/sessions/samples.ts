/** One session of the made-up company: those of Operations who stand at the line, and no chat reaches. */
import { z } from 'zod';
import type { Queryable } from '../../db/database.ts';
import { selectAll } from '../../db/rows.ts';
import { partSamples, type RoomSamples, type SampleScope, type SamplesRemoved } from '../../dialogue/room.ts';
import { attendances, recordAttendance } from '../../isms/attendance/attendance.ts';
import { addDays, dayOf } from '../../language/calendar.ts';
import { deleteEvidenceOf } from '../../records/evidence.ts';
import { selectOptionalByEmail } from '../../records/person.ts';

export const sessionSamples: RoomSamples = { load, remove };

const attended = ['yann@demo.example', 'wanda@demo.example'];
const daysAgo = 25;

async function load(tx: Queryable, _folder: string, now: Date): Promise<void> {
  const ines = await selectOptionalByEmail(tx, 'ines@demo.example');
  if (ines === null || (await attendances.selectWhere(tx, 'true')).length > 0) return;
  const people = [];
  for (const email of attended) people.push((await selectOptionalByEmail(tx, email))?.id ?? ines.id);
  const at = new Date(now.getTime() - daysAgo * 86_400_000);
  const held = { subject: { lesson: 'clear-desk' }, how: 'session' as const, heldOn: addDays(dayOf(at, 'UTC'), -1), people };
  await recordAttendance(tx, { actor: ines, at, inputId: null, link: null }, held);
} // prettier-ignore

const Sample = z.object({
  id: z.number(),
  reference: z.string(),
  title: z.string(),
  by: z.array(z.string()),
});

async function remove(tx: Queryable, scope: SampleScope): Promise<SamplesRemoved> {
  const { people } = scope;
  const all = await selectAll(
    tx,
    Sample,
    `select id, reference, title, array(select name from attendance_person where attendance_id = attendance.id and not person_id = any($1)) as by
     from attendance where state_by = any($1) order by id`,
    [people],
  );
  const { gone, known, kept } = partSamples(all, scope);
  await deleteEvidenceOf(tx, gone.map((id) => `attendance:${id}`)); // prettier-ignore
  await tx.query('delete from attendance_person where attendance_id = any($1)', [gone]);
  await tx.query('delete from attendance where id = any($1)', [gone]);
  await tx.query('update attendance set state_by = null where state_by = any($1)', [people]);
  return {
    counts: { attendances: gone.length },
    text: gone.length === 0 ? null : `${gone.length} recorded sessions`,
    known,
    kept,
  };
}
