/** Signed lists and sessions, as the house knows them: for people whom no chat reaches. */
import type { Queryable } from '../../db/database.ts';
import { toAsker } from '../../dialogue/command.ts';
import { sentDay, sentText } from '../../dialogue/form-fields.ts';
import { privately } from '../../conversation/privately.ts';
import { recordRoom } from '../../dialogue/record-room.ts';
import type { Room } from '../../dialogue/room.ts';
import { Refusal } from '../../errors.ts';
import {
  attendances,
  attendanceStates,
  selectAttended,
  type Attendance,
} from '../../isms/attendance/attendance.ts';
import { words } from '../../language/vocabulary.ts';
import { isIsmsManager } from '../../records/command-context.ts';
import { selectUnmet } from '../../records/identity.ts';
import { selectWorking } from '../../records/person.ts';
import { audienceNamed } from '../../dialogue/audience.ts';
import { proposalActions } from '../../dialogue/proposal.ts';
import type { Dependencies } from '../dependencies.ts';
import { attendanceFields, subjectIn } from './change.ts';
import { bringAttendance, attendanceTable } from './import.ts';
import { room } from './name.ts';
import { sessionSamples } from './samples.ts';

const beyondChat = words('sessions/out of reach');

const plain = recordRoom<Attendance>({
  name: room,
  offer: {
    text: 'I keep signed lists and sessions of people whom no chat reaches.',
    examples: ["who can't I reach?"],
    to: (person) => isIsmsManager(person),
  },
  record: attendances,
  states: attendanceStates,
  title: ({ title }) => title,
  columns: { What: 'title', How: 'how', Held: 'heldOn', 'Recorded by': 'stateByName', 'SHA-256 of the text': 'contentHash' },
  list: { says: 'sessions', words: words('sessions/list'), one: 'session or signed list', many: 'sessions and signed lists', columns: ['What', 'How', 'Held'] },
  async shows(tx, row) {
    const people = (await selectAttended(tx, [row.id])).map(({ name }) => name);
    return { facts: [{ label: `${people.length} ${people.length === 1 ? 'person' : 'people'}`, value: people.join(', ') }] };
  },
  begin: {
    says: 'record a session',
    words: words('sessions/begin'),
    lead: 'Which list was signed, or who came to a session? Send the scan of the list afterwards, with its reference.',
    title: 'Record a session',
    submit: 'Next',
    fields: attendanceFields,
    async write(tx, context, sent) {
      const people = await selectWorking(tx);
      const said = sentText(sent, 'who').replace(/[;\n]+/g, ',').replace(/,\s*,/g, ',').replace(/^,|,\s*$/g, '');
      const audience = await audienceNamed(tx, context, said, people);
      return {
        proposes: {
          kind: 'attendance.record',
          ...subjectIn(sentText(sent, 'what')),
          how: sentText(sent, 'how'),
          heldOn: sentDay(sent, 'day', context, 'past') ?? '',
          people: audience.people.map(({ id }) => id),
        },
      };
    },
  },
  moves: {},
  evidence: 'signed list',
}); // prettier-ignore

export const sessionsRoom: Room<Dependencies> = {
  ...plain,
  tables: { attendance: attendanceTable },
  evidence: { attendance: attendances.selectReferences },
  imports: { attendance: { bring: bringAttendance } },
  samples: sessionSamples,
  workflow(parts) {
    const made = plain.workflow(parts);
    return {
      ...made,
      actions: { ...made.actions, ...proposalActions(room) },
      async claim(context, turn) {
        if (beyondChat.is(turn.text) === null) return (await made.claim?.(context, turn)) ?? null;
        return privately(context, 'who can be reached', async (tx) => {
          if (!isIsmsManager(context.person))
            throw new Refusal('Whom I cannot reach is for the ISMS manager.');
          return outOfReach(tx);
        });
      },
    };
  },
};

/** People that one message shows. */
const mostShown = 12;

async function outOfReach(tx: Queryable) {
  const people = await selectUnmet(tx);
  if (people.length === 0) return toAsker({ text: 'I can reach everybody who works here.' });
  const lost = people.filter(({ isLost }) => isLost).length;
  const count = (of: number) => (of === 1 ? '1 person' : `${of} people`);
  const others = people.length - lost;
  const left = people.length - mostShown;
  return toAsker({
    text: [
      ...(lost === 0 ? [] : [`${count(lost)} cannot be reached in chat. Give them access, show them the lesson on a shared screen, or record a signed list or a session.`]),
      ...(others === 0 ? [] : [`${count(others)} never wrote to me yet: I look for them by their address once there is something to send.`]),
      ...(left > 0 ? [`These are the first ${mostShown}.`] : []),
    ].join('\n'),
    table: {
      columns: ['Person', 'Department', 'Reports to', 'Why'],
      rows: people.slice(0, mostShown).map(({ name, department, manager, why }) => [name, department ?? '', manager ?? '', why]),
    },
    buttons: [{ id: `${room}.begin`, label: 'Record a session', style: 'primary', opensForm: true }],
  });
} // prettier-ignore
