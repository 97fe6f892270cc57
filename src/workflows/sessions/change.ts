/** A list or a session on a card: who, what and in which version, before anything is written. */
import { z } from 'zod';
import type { Field } from '../../conversation/contract.ts';
import type { Queryable } from '../../db/database.ts';
import { defineChange } from '../../dialogue/change.ts';
import { field } from '../../dialogue/form-fields.ts';
import { Refusal } from '../../errors.ts';
import {
  recordAttendance,
  selectPolicies,
  selectRecorded,
  subjectOn,
  type Subject,
} from '../../isms/attendance/attendance.ts';
import { lessons } from '../../isms/training/lesson-bank.ts';
import { inFull } from '../../language/calendar.ts';
import { selectNames } from '../../records/person.ts';
import { room } from './name.ts';

const Record = z.object({
  kind: z.literal('attendance.record'),
  lesson: z.string().nullable(),
  documentId: z.number().nullable(),
  how: z.enum(['list', 'session']),
  heldOn: z.iso.date(),
  people: z.array(z.number()),
});
type Record = z.infer<typeof Record>;

function subjectOf({ lesson, documentId }: Pick<Record, 'lesson' | 'documentId'>): Subject {
  if (lesson !== null) return { lesson };
  if (documentId !== null) return { documentId };
  throw new Refusal('What was it about? Name a lesson or a policy.');
}

/** As the form's choice says it: `lesson:phishing`, `document:12`. */
export function subjectIn(said: string): Pick<Record, 'lesson' | 'documentId'> {
  const [kind, value = ''] = said.split(':');
  return { lesson: kind === 'lesson' ? value : null, documentId: kind === 'document' ? Number(value) : null };
}

defineChange<Record>({
  kind: 'attendance.record',
  schema: Record,
  room,
  alone: true,
  nameOf: () => 'a session',
  current: async () => null,
  markOf: () => null,
  async apply(tx, command, change) {
    const held = { ...change, subject: subjectOf(change) };
    if ((await selectRecorded(tx, held)).length === new Set(change.people).size) throw new Refusal('All of them are on such a list of that day already. Say «sessions» for what is recorded.');
    const { attendance, fresh } = await recordAttendance(tx, command, held);
    const { reference, title } = attendance;
    const what = change.lesson === null ? 'acknowledged it' : 'completed the lesson';
    const known = change.people.length - fresh;
    const lines = [
      `${reference}: ${title}. ${fresh} ${fresh === 1 ? 'person has' : 'people have'} ${what}.`,
      ...(known === 0 ? [] : [`Of ${known} that was known already.`]),
      `Send me the scan of the list with «${reference}».`,
    ];
    return { lines, told: [] };
  },
  async show(tx, change) {
    const { title, contentHash } = await subjectOn(tx, subjectOf(change), change.heldOn);
    const names = [...(await selectNames(tx, change.people)).values()].sort();
    return {
      title: `Record ${change.how === 'list' ? 'a signed list' : 'a session'} of ${inFull(change.heldOn)}`,
      lines: [
        { label: 'What', value: change.lesson === null ? `${title}, in force on that day` : `Lesson «${title}», with no quiz` },
        { label: 'SHA-256 of the text', value: contentHash },
        { label: `${names.length} people`, value: names.join(', ') },
      ],
    };
  },
  async form(tx, _context, { people, how, heldOn, lesson, documentId }) {
    const who = [...(await selectNames(tx, people)).values()].sort().join(', ');
    const what = lesson === null ? `document:${documentId ?? ''}` : `lesson:${lesson}`;
    const said = new Map(Object.entries({ what, how, day: heldOn, who }));
    const fields = (await attendanceFields(tx)).map((each) => ({ ...each, value: said.get(each.name) ?? null }));
    return { id: `${room}.send-begin`, title: 'Record a session', submitLabel: 'Next', fields };
  },
}); // prettier-ignore

/** Choices of a form that every door shows. */
const mostChoices = 100;

/** With all lessons, and the policies that there are. */
export async function attendanceFields(tx: Queryable): Promise<Field[]> {
  const policies = (await selectPolicies(tx)).map(({ id, reference, title }) => ({ value: `document:${id}`, label: `${reference} ${title}`.slice(0, 75) }));
  const taught = lessons().map(({ id, title }) => ({ value: `lesson:${id}`, label: `Lesson: ${title.en}`.slice(0, 75) }));
  return [
    field('what', 'What was it about?', 'choice', { options: [...taught, ...policies].slice(0, mostChoices) }),
    field('how', 'A signed list or a session?', 'choice', { options: [{ value: 'session', label: 'Session' }, { value: 'list', label: 'Signed list' }] }),
    field('day', 'On which day?', 'date'),
    field('who', 'Who?', 'multiline', { hint: 'Names or addresses, with commas or a line each; or a department.' }),
  ];
} // prettier-ignore
