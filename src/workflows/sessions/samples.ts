/** One session of the made-up company: those of Operations who stand at the line, and no chat reaches. */
import { recordSamples } from '../../dialogue/record-samples.ts';
import { attendances, recordAttendance } from '../../isms/attendance/attendance.ts';
import { addDays, dayOf } from '../../language/calendar.ts';

const attended = ['yann', 'wanda'];
const daysAgo = 25;

export const sessionSamples = recordSamples(attendances, {
  many: 'recorded sessions',
  title: 'title',
  of: 'state_by = any($1)',
  by: 'array(select name from attendance_person where attendance_id = attendance.id and not person_id = any($1))',
  parts: { attendance_person: 'attendance_id' },
  async load(tx, { ines, person, by }) {
    const people = [];
    for (const name of attended) people.push((await person(name)).id);
    const command = by(ines, daysAgo);
    const heldOn = addDays(dayOf(command.at, 'UTC'), -1);
    const held = { subject: { lesson: 'clear-desk' }, how: 'session' as const, heldOn, people };
    await recordAttendance(tx, command, held);
  },
});
