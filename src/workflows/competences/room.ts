/** Competence, as the house knows it: what a role needs of somebody, on what it rests, its gap, what is done about it and its effect. */
import { actionId, type Context } from '../../conversation/contract.ts';
import { commandOf } from '../../dialogue/command.ts';
import { personNamed, resolvePersonNamed } from '../../dialogue/form.ts';
import { field, sentChoices, sentOrNull, sentText } from '../../dialogue/form-fields.ts';
import { recordRoom } from '../../dialogue/record-room.ts';
import type { Room } from '../../dialogue/room.ts';
import {
  bases,
  competences,
  competenceStates,
  recordCompetence,
  selectCompetenceFacts,
  type Competence,
  type CompetenceFacts,
} from '../../isms/competence/competence.ts';
import { selectActionsOf } from '../../isms/corrective-action/corrective-action.ts';
import { linesOf } from '../../isms/corrective-action/line.ts';
import { dayOf } from '../../language/calendar.ts';
import { withoutEnding } from '../../language/text.ts';
import { words } from '../../language/vocabulary.ts';
import type { Queryable } from '../../db/database.ts';
import type { Dependencies } from '../dependencies.ts';
import { competenceTransfer } from './import.ts';
import { competenceSamples } from './samples.ts';

const name = 'competences';
const gaps = words('competence/gaps');
const of = words('competence/of');

const role = field('role', 'Which role?', 'text', {
  hint: 'For example: internal auditor, system administrator.',
});
const needs = field('needs', 'What does the role need?', 'multiline');
const basis = field('basis', 'On what does it rest that they can do it?', 'choices', {
  required: false,
  options: bases.map((value) => ({ value, label: value })),
});
const shownBy = field('shown_by', 'What shows it?', 'multiline', {
  required: false,
  hint: 'Degree, course, years in the job. Files are sent afterwards, with the reference.',
});
const gap = field('gap', 'What is missing?', 'multiline', { required: false, hint: 'Empty if nothing is.' });

const plain = recordRoom<Competence, CompetenceFacts>({
  name,
  offer: {
    text: 'I keep what roles need of people, and what is missing.',
    examples: ['competence gaps'],
    to: ({ roles }) => roles.includes('isms_manager') || roles.includes('manager'),
  },
  record: competences,
  states: competenceStates,
  facts: selectCompetenceFacts,
  title: (row) => row.role,
  columns: {
    Person: 'personId',
    Role: 'role',
    Needs: 'needs',
    'Rests on': 'basis',
    'Shown by': 'shownBy',
    Gap: 'gap',
    Effect: 'effect',
    Assessed: 'assessedOn',
  },
  people: ['personId'],
  list: {
    says: 'competence',
    words: words('competence/list'),
    one: 'competence record',
    many: 'competence records',
    columns: ['Person', 'Role', 'Gap', 'Assessed'],
    part,
  },
  shows: actionsShown,
  begin: {
    says: 'record a competence',
    words: words('competence/begin'),
    lead: 'Whose competence, in which role?',
    title: 'Record competence',
    submit: 'Record',
    fields: [
      field('person', 'Whose?', 'text', { hint: 'Name or e-mail address.' }),
      role,
      needs,
      basis,
      shownBy,
      gap,
    ],
    async write(tx, context, sent) {
      const { id: personId } = await personNamed(tx, context, sentText(sent, 'person'), 'person');
      const row = await recordCompetence(tx, commandOf(context), {
        personId,
        role: sentText(sent, 'role'),
        needs: sentText(sent, 'needs'),
        basis: bases.filter((each) => sentChoices(sent, 'basis').includes(each)),
        shownBy: sentOrNull(sent, 'shown_by'),
        gap: sentOrNull(sent, 'gap'),
        effect: null,
        assessedOn: null,
      });
      return { row };
    },
  },
  moves: {
    meet: {
      label: 'Gap is closed',
      fields: [field('effect', 'What shows that it helped?', 'multiline')],
      event: (detail) => ({ action: 'competence.met', detail }),
    },
    reopen: {
      label: 'There is a gap',
      fields: [{ ...gap, required: true, hint: null }],
      event: (detail) => ({ action: 'competence.reopened', detail }),
    },
    correct: {
      label: 'Change',
      fields: [role, needs, basis, shownBy],
      event: (detail) => ({ action: 'competence.corrected', detail }),
    },
    end: { label: 'Not their role any more', event: (detail) => ({ action: 'competence.ended', detail }) },
  },
  evidence: 'competence',
});

export const competenceRoom: Room<Dependencies> = {
  ...plain,
  ...competenceTransfer.offers,
  evidence: { competence: competences.selectReferences },
  samples: competenceSamples,
};

/** What is done about the gap, and for those who may, the form for more of it. */
async function actionsShown(tx: Queryable, row: Competence, { person, now }: Context) {
  const actions = await selectActionsOf(tx, competences.nameOf(row));
  const lines = await linesOf(tx, actions, dayOf(now, person.timeZone));
  const items = lines.map(({ reference, ...line }) => ({
    ...line,
    button: { id: actionId('corrective-actions.show', { record: reference }), label: 'Look' },
  }));
  const facts = await selectCompetenceFacts(tx, row);
  const add = {
    id: actionId('corrective-actions.plan-action', { record: row.reference }),
    label: 'Add an action',
    opensForm: true,
  };
  return { items, buttons: competenceStates.may('meet', person, row, facts) ? [add] : [] };
}

async function part(tx: Queryable, { platform }: Context, said: string) {
  if (gaps.is(said) !== null)
    return { where: "state = 'gap' and $3::boolean", parameters: [true], noun: 'with a gap', said };
  const begun = of.begins(said);
  if (begun === null || begun.from > 0) return null;
  const whom = withoutEnding(said.slice(begun.to), /[.!?]/).trim();
  const found = whom === '' ? { among: [] } : await resolvePersonNamed(tx, platform, whom);
  const people = 'person' in found ? [found.person] : found.among;
  if (people.length === 0) return null;
  const noun = `of ${people.map((person) => person.name).join(' or ')}`;
  return {
    where: "person_id = any($3) and state <> 'ended'",
    parameters: [people.map(({ id }) => id)],
    noun,
    said,
  };
}
