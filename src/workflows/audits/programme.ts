/** The audit programme as those see it who draft, approve and read it. */
import {
  actionId,
  type Actions,
  type Addressed,
  type ButtonParts,
  type Context,
  type ReplyParts,
} from '../../conversation/contract.ts';
import type { Queryable } from '../../db/database.ts';
import { Refusal } from '../../errors.ts';
import { markOf } from '../../dialogue/buttons.ts';
import { commandOf } from '../../dialogue/command.ts';
import { field, sentDay, sentText } from '../../dialogue/form-fields.ts';
import { tell } from '../../dialogue/notify.ts';
import { asked } from '../../dialogue/proposal.ts';
import { recordRoom } from '../../dialogue/record-room.ts';
import { audits } from '../../isms/audit/audit.ts';
import {
  approveProgramme,
  draftProgramme,
  programmes,
  programmeStates,
  programmeValues,
  selectProgrammeFacts,
  type AuditProgramme,
  type ProgrammeFacts,
} from '../../isms/audit/programme.ts';
import { addDays, addMonths, dayInWords, dayOf } from '../../language/calendar.ts';
import { words } from '../../language/vocabulary.ts';
import { selectOptionalNamed } from '../../records/record.ts';
import { daysOf, lookButton, programmeRoom } from './buttons.ts';

const fieldsOf = (said: Partial<AuditProgramme>) => [
  field('title', 'Title', 'text', { value: said.title ?? 'Audit programme' }),
  field('from_on', 'From', 'date', { value: said.fromOn ?? null }),
  field('until_on', 'Until', 'date', { value: said.untilOn ?? null }),
  field('objectives', 'What is it for?', 'multiline', { value: said.objectives ?? null, hint: 'For example: every clause and control is looked at once in three years, what is at risk each year.' }),
  field('frequency', 'How often?', 'text', { value: said.frequency ?? null, hint: 'Two internal audits a year' }),
  field('methods', 'How?', 'multiline', { value: said.methods ?? 'Interviews, documents and records, samples' }),
]; // prettier-ignore

export const programmeBase = recordRoom<AuditProgramme, ProgrammeFacts>({
  name: programmeRoom,
  offer: { text: '', examples: [] },
  record: programmes,
  states: programmeStates,
  facts: selectProgrammeFacts,
  title: ({ title }) => title,
  columns: {
    Programme: 'title',
    From: ({ fromOn }) => dayInWords(fromOn),
    Until: ({ untilOn }) => dayInWords(untilOn),
    'What for': 'objectives',
    'How often': 'frequency',
    Methods: 'methods',
    'Kept by': 'ownerId',
    'Brought there by': 'stateByName',
  },
  people: ['ownerId'],
  list: {
    says: 'audit programme',
    words: words('audits/programme'),
    one: 'audit programme',
    many: 'audit programmes',
    newestFirst: true,
    columns: ['Programme', 'From', 'Until'],
  },
  shows: programmeShown,
  begin: {
    says: 'draft an audit programme',
    words: words('audits/draft programme'),
    lead: 'What will our audits look at in the next three years, and how often?',
    title: 'Audit programme',
    submit: 'Keep the draft',
    fields: async (_tx, { now, person }) => {
      const fromOn = dayOf(now, person.timeZone);
      return fieldsOf({ fromOn, untilOn: addDays(addMonths(fromOn, 36), -1) });
    },
    async write(tx, context, sent) {
      const row = await draftProgramme(tx, commandOf(context), {
        title: sentText(sent, 'title'),
        fromOn: sentDay(sent, 'from_on', context) ?? '',
        untilOn: sentDay(sent, 'until_on', context) ?? '',
        objectives: sentText(sent, 'objectives'),
        frequency: sentText(sent, 'frequency'),
        methods: sentText(sent, 'methods'),
      });
      return { row };
    },
  },
  moves: {
    change: {
      label: 'Change',
      fields: fieldsOf,
      sets: (_tx, _context, _row, filled) => programmeValues({
        title: textIn(filled, 'title'), fromOn: textIn(filled, 'from_on'), untilOn: textIn(filled, 'until_on'),
        objectives: textIn(filled, 'objectives'), frequency: textIn(filled, 'frequency'), methods: textIn(filled, 'methods'),
      }),
      event: (detail) => ({ action: 'audit_programme.changed', detail }),
    }, // prettier-ignore
  },
});

function textIn(filled: Record<string, unknown>, name: string): string {
  return typeof filled[name] === 'string' ? filled[name] : '';
}

/** Its audits, and the button that approves it where it is theirs: all of it stands on the card. */
async function programmeShown(tx: Queryable, row: AuditProgramme, { person }: Context): Promise<Pick<ReplyParts, 'items' | 'buttons'>> {
  const own = await audits.selectSeen(tx, person, "kind = 'internal' and planned_from between $3 and $4", [row.fromOn, row.untilOn]);
  const may = programmeStates.may('approve', person, row, await selectProgrammeFacts(tx, row));
  return {
    items: own
      .toSorted((one, other) => one.plannedFrom.localeCompare(other.plannedFrom))
      .map((audit) => ({
        text: `${audit.reference} · ${audit.title}`,
        detail: `${daysOf(audit)} · ${audit.state.replaceAll('_', ' ')}`,
        button: lookButton(audit.reference),
      })),
    buttons: may ? [approveButton(row)] : [],
  };
} // prettier-ignore

function approveButton(row: AuditProgramme): ButtonParts {
  const id = actionId(`${programmeRoom}.approve`, { record: row.reference, seen: seenOf(row) });
  return { id, label: 'Approve', style: 'primary', signs: true };
}

function seenOf({ reference, version, state }: AuditProgramme): string {
  return markOf([reference, version, state]);
}

async function find(tx: Queryable, { person }: Context, reference: string): Promise<AuditProgramme> {
  const row = await programmes.selectOptional(tx, reference);
  if (row === null || (await selectOptionalNamed(tx, person, programmes.nameOf(row))) === null)
    throw new Refusal(`There is no ${reference} that you may see. Say «audit programme» for those that you may.`); // prettier-ignore
  return programmes.lock(tx, row.id);
}

/** @param shown  the card of a programme */
export function programmeActions(shown: (tx: Queryable, context: Context, reference: string) => Promise<ReplyParts>): Actions {
  return {
    [`${programmeRoom}.approve`]: {
      async look(tx, context, { argument }) {
        const row = await find(tx, context, argument('record'));
        return { seen: seenOf(row), card: () => shown(tx, context, row.reference) };
      },
      async sign(tx, context, { argument }): Promise<Addressed[]> {
        const approved = await approveProgramme(tx, commandOf(context), await find(tx, context, argument('record')));
        const { reference, title, ownerId } = approved;
        const text = `${context.person.name} approved «${title}» (${reference}).`;
        return [
          ...asked(await shown(tx, context, reference), true),
          ...tell(commandOf(context), [ownerId], { text, buttons: [{ id: actionId(`${programmeRoom}.show`, { record: reference }), label: 'Look' }] }),
        ];
      },
    },
  };
} // prettier-ignore
