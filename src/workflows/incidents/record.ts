/** The record of an incident as those see it who work on it: its card, its list, its moves. */
import type { Addressed, Context, ReplyParts } from '../../conversation/contract.ts';
import { actionId } from '../../conversation/contract.ts';
import type { Queryable } from '../../db/database.ts';
import { commandOf, toAsker } from '../../dialogue/command.ts';
import { field } from '../../dialogue/form-fields.ts';
import { tell } from '../../dialogue/notify.ts';
import { recordRoom } from '../../dialogue/record-room.ts';
import {
  concerned,
  incidents,
  incidentStates,
  noticesOwed,
  settledNotices,
  severities,
  type Incident,
} from '../../isms/incident/incident.ts';
import { selectRaisedFrom } from '../../isms/nonconformity/nonconformity.ts';
import { dayOf, momentInWords } from '../../language/calendar.ts';
import { shortened } from '../../language/text.ts';
import { languageOf, wording, type Say } from '../../language/wording.ts';
import { keepNote, selectNotes } from '../../records/note.ts';
import { readListing } from './read-incident.ts';
import { selectNames, selectPerson } from '../../records/person.ts';

export const room = 'incidents';
/** Characters of the first words in a line. */
const longestTitle = 80;
/** Notes that a card has room for; the history has all. */
const notesShown = 5;

export const titleOf = ({ what }: Pick<Incident, 'what'>) =>
  shortened(what.replace(/\s+/g, ' '), longestTitle);
export const sayTo = (person: { locale: string }): Say => wording('incidents', languageOf(person));
export const lookButton = (reference: string, label = 'Look') => ({
  id: actionId(`${room}.show`, { record: reference }),
  label,
});
export const moveButton = (move: string, label: string, reference: string) => ({
  id: actionId(`${room}.move`, { record: reference, move }),
  label,
});

/** Whoever reported it hears what became of it, in their language. */
async function toReporter(
  tx: Queryable,
  context: Context,
  incident: Incident,
  key: string,
  what = '',
): Promise<Addressed[]> {
  const reporter = await selectPerson(tx, incident.reporterId);
  const text = sayTo(reporter)(key, { reference: incident.reference, name: context.person.name, what });
  return tell(commandOf(context), [reporter.id], {
    text,
    buttons: [lookButton(incident.reference, sayTo(reporter)('look'))],
  });
}

/** Whoever else was told of it hears who has it. */
async function takenTold(tx: Queryable, context: Context, incident: Incident): Promise<Addressed[]> {
  const others = tell(
    commandOf(context),
    incident.told.filter((id) => id !== incident.reporterId),
    {
      text: `${context.person.name} has ${incident.reference} «${titleOf(incident)}».`,
    },
  );
  return [...(await toReporter(tx, context, incident, 'taken')), ...others];
}

/** What was said of it since, for whoever has it. */
export function saidNews({ person }: Context, { reference }: Incident, said: string): ReplyParts {
  return { text: `${reference}: ${person.name} says «${said}»`, buttons: [lookButton(reference)] };
}

/** When each notice is owed by, to the hour, and how long that is from now. */
function noticeFacts({ notices }: Incident, { person, now }: Context): NonNullable<ReplyParts['facts']> {
  return notices.map(({ to, dueAt, settledAt, settledBy, how }) => {
    if (settledAt !== null)
      return {
        label: 'Notice',
        value: `to ${to}: ${how ?? 'sent'} (${settledBy ?? ''}, ${momentInWords(settledAt, person.timeZone)})`,
      };
    return {
      label: 'Notice owed',
      value: `to ${to} by ${momentInWords(dueAt, person.timeZone)}, ${hoursLeft(dueAt, now)}`,
    };
  });
}

export function hoursLeft(dueAt: Date, now: Date): string {
  const hours = Math.floor((dueAt.getTime() - now.getTime()) / 3_600_000);
  return hours < 0 ? `${-hours} hours overdue` : `${hours} hours left`;
}

const textArea = (name: string, label: string, value: string | null = null) =>
  field(name, label, 'multiline', { value });
const option = (value: string, label: string) => ({ value, label });

export const base = recordRoom<Incident>({
  name: room,
  offer: { text: 'Tell me at once when something odd happened («I clicked on a strange link»): first steps, and whoever is on call.', examples: ['report an incident'],
    first: { employee: { text: 'Tell me at once when something odd happened: «I clicked on a strange link».', example: 'Report an incident' } },
  },
  record: incidents,
  states: incidentStates,
  title: titleOf,
  columns: {
    'What happened': 'what',
    Reporter: 'reporterId',
    'Aware at': ({ awareAt }, zone) => momentInWords(awareAt, zone),
    'In detail': 'details',
    'Noticed and begun': 'began',
    'Done since': 'since',
    'With': 'takenBy',
    Severity: 'severity',
    'Personal data': ({ personalData }) => (personalData === null ? null : personalData ? 'yes' : 'no'),
    Containment: 'containment',
    Cause: 'cause',
    Lessons: 'lessons',
    'Why none': 'reason',
    Notices: ({ notices }, zone) =>
      notices.map(({ to, dueAt, settledAt }) => `${to}, by ${momentInWords(dueAt, zone)}: ${settledAt === null ? 'open' : 'settled'}`).join('; ') || null,
  },
  people: ['reporterId', 'takenBy'],
  list: {
    says: 'open incidents',
    words: { is: (said) => (readListing(said) === 'open' ? 'open' : null) },
    one: 'incident',
        many: 'incidents',
    newestFirst: true,
    columns: ['What happened', 'Aware at', 'With'],
    part: async (_tx, _context, said) => (readListing(said) === 'all' ? { where: 'true', parameters: [], noun: 'so far', said } : null),
  },
  moves: {
    take: {
      label: 'I have it',
      sets: (_tx, { person, now }) => ({ taken_by: person.id, taken_at: now }),
      event: () => ({ action: 'incident.taken', detail: {} }),
      told: takenTold,
    },
    assess: {
      label: 'Severity',
      fields: ({ severity, personalData }) => [
        field('severity', 'How severe is it?', 'choice', { options: severities.map((each) => option(each, each)), value: severity }),
        field('personal_data', 'May personal data be affected?', 'choice', { options: [option('yes', 'Yes, or not known yet'), option('no', 'No')], value: personalData === false ? 'no' : 'yes' }),
      ],
      async sets(tx, _context, row, { severity, personal_data: said }) {
        const personalData = said === 'yes';
        return { severity, personal_data: personalData, notices: await noticesOwed(tx, row, personalData) };
      },
      event: (_moved, _row, { severity, notices }) => ({ action: 'incident.assessed', detail: { severity: severity ?? '', notices: owed(notices).length } }),
    },
    contain: {
      label: 'Contained',
      fields: [textArea('containment', 'What stopped it?')],
      // Whoever stopped it has it.
      sets: (_tx, { person, now }, { takenBy }, values) => (takenBy === null ? { ...values, taken_by: person.id, taken_at: now } : values),
      event: (detail) => ({ action: 'incident.contained', detail }),
      told: (tx, context, incident) => toReporter(tx, context, incident, 'contained', incident.containment ?? ''),
    },
    close: {
      label: 'Close it',
      fields: [textArea('cause', 'What was the cause? A cause, not a culprit.'), textArea('lessons', 'What do we learn from it? The reporter reads this.')],
      event: (detail) => ({ action: 'incident.closed', detail }),
      told: (tx, context, incident) => toReporter(tx, context, incident, 'closed', incident.lessons ?? ''),
    },
    note: {
      label: 'Add a note',
      fields: [textArea('note', 'What happened, or what was done?')],
      async sets(tx, context, row, { note }) {
        await keepNote(tx, commandOf(context), incidents.nameOf(row), String(note));
        return {};
      },
      event: () => [],
      async told(tx, context, incident) {
        const [note] = (await selectNotes(tx, [incidents.nameOf(incident)])).slice(-1);
        return tell(commandOf(context), concerned(incident), saidNews(context, incident, note?.text ?? ''));
      },
    },
    notice: { label: 'Notice sent',
      fields: ({ notices }) => [
        field('to', 'To whom?', 'choice', { options: owed(notices).map(({ to }) => option(to, to)), value: owed(notices)[0]?.to ?? null }),
        field('how', 'When and how, or why none is needed', 'multiline'),
      ],
      sets: (_tx, context, row, { to, how }) => ({ notices: settledNotices(commandOf(context), row, String(to), String(how)) }),
      event: (_moved, before, { notices }) => ({
        action: 'incident.noticed',
        detail: { to: notices.find(({ settledAt }, at) => settledAt !== null && before.notices[at]?.settledAt === null)?.to ?? '' },
      }),
    },
    raise: {
      label: 'Raise a non-conformity',
      proposes: (incident, { now, person }) => ({
        kind: 'nonconformity.raise',
        title: titleOf(incident),
        requirement: 'A.5.26',
        evidenceSeen: [`${incident.reference}: ${incident.what}`, incident.details, incident.cause].filter((part) => part !== null).join('\n'),
        gap: incident.lessons ?? 'To be said: what should have prevented it',
        source: 'incident',
        audit: incident.reference,
        identifiedOn: dayOf(now, person.timeZone),
        grade: 'minor',
        gradeReason: `It came to light in an incident, ${incident.reference}`,
      }),
    },
    dismiss: {
      label: 'No incident',
      fields: [textArea('reason', 'Why is it none? The reporter reads this.')],
      event: (detail) => ({ action: 'incident.dismissed', detail }),
      told: (tx, context, incident) => toReporter(tx, context, incident, 'dismissed', incident.reason ?? ''),
    },
    takeBack: {
      label: 'Take it back',
      sets: () => ({ reason: 'Taken back by whoever reported it' }),
      event: (detail) => ({ action: 'incident.taken_back', detail }),
      told: async (_tx, context, incident) => [
        ...toAsker({ text: sayTo(context.person)('takenBack', { reference: incident.reference }) }),
        ...tell(commandOf(context), concerned(incident), {
          text: `${context.person.name} took ${incident.reference} «${titleOf(incident)}» back.`,
          buttons: [lookButton(incident.reference)],
        }),
      ],
    },
  },
  async shows(tx, incident, context) {
    const notes = (await selectNotes(tx, [incidents.nameOf(incident)])).slice(-notesShown);
    const names = await selectNames(tx, notes.map(({ writtenBy }) => writtenBy));
    return { facts: [
      ...noticeFacts(incident, context),
      ...notes.map(({ writtenBy, writtenAt, text }) => ({ label: `${names.get(writtenBy) ?? ''}, ${momentInWords(writtenAt, context.person.timeZone)}`, value: text })),
      ...(await selectRaisedFrom(tx, context.person, incident.reference)).map(({ reference, title, state }) => ({ label: 'Non-conformity', value: `${reference} · ${title} (${state.replaceAll('_', ' ')})` })),
    ] };
  },
  evidence: 'incident',
}); // prettier-ignore

function owed(notices: Incident['notices']) {
  return notices.filter(({ settledAt }) => settledAt === null);
}
