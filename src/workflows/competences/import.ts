/** `isma import competence <file>` and `isma export competence`: what roles need of people; a role of a person's that is there is brought up to it. */
import type { Queryable } from '../../db/database.ts';
import {
  maybe,
  must,
  readDay,
  readPerson,
  readPersonId,
  readText,
  shortly,
  type Reader,
} from '../../dialogue/import-cells.ts';
import { evidenceOf, transferOf } from '../../dialogue/record-import.ts';
import { Refusal } from '../../errors.ts';
import {
  amendCompetence,
  bases,
  competences,
  recordCompetence,
  type Competence,
} from '../../isms/competence/competence.ts';
import { addAction, selectActionsOf } from '../../isms/corrective-action/corrective-action.ts';
import { actionsInCells } from '../../isms/corrective-action/line.ts';
import { selectManagerOf, selectPeople, type Person } from '../../records/person.ts';

const readBases: Reader<(typeof bases)[number][]> = (text) => {
  const said = text.toLowerCase().split(/[,;/+\n]|\band\b/).map((each) => each.trim()).filter((each) => each !== ''); // prettier-ignore
  const strange = said.find((each) => !bases.some((base) => base === each));
  if (strange !== undefined)
    throw new Refusal(
      `«${shortly(strange)}» is none of ${bases.join(', ')}; write what shows it under shown_by`,
    );
  return bases.filter((base) => said.includes(base));
};

const text = maybe(readText(4_000));

export const competenceTransfer = transferOf({
  name: 'competence',
  record: competences,
  people: ['personId'],
  same: ['personId', 'role'],
  columns: (people) => ({
    personId: must(readPersonId(people)).describe('email, employee, e_mail, e_mail_address, email_address, name, mitarbeiter'),
    role: must(readText(200)).describe('function, job, position, job_title, rolle, funktion'),
    needs: must(readText(4_000)).describe('needed_competence, required_competence, requirement, requirements, required, anforderung'),
    basis: maybe(readBases).describe('type, kind, basis_type, grundlage'),
    shownBy: text.describe('evidence, proof, qualification, qualifications, certificate, certificates, nachweis'),
    gap: text.describe('missing, competence_gap, training_need, lücke'),
    action: text.describe('measure, actions, action_planned, maßnahme'),
    actionOwner: maybe(readPerson(people)).describe('owner, responsible, verantwortlich'),
    actionDue: maybe(readDay).describe('due, due_date, due_on, by_when, termin, frist'),
    effect: text.describe('effectiveness, effect_of_action, result, wirksamkeit'),
    assessedOn: maybe(readDay).describe('assessed, date, reviewed_on, last_review, datum'),
    assessedBy: maybe(readPerson(people)).describe('assessor, reviewed_by, manager, bewertet_von'),
  }),
  by: async (tx, { assessedBy, personId }) => assessedBy ?? (await selectManagerOf(tx, personId)),
  add: (tx, command, cells) => recordCompetence(tx, command, { ...cells, basis: cells.basis ?? [] }),
  async change(tx, command, row, { personId, ...changed }) {
    if (personId !== undefined) throw new Refusal(`${row.reference} is of somebody else; leave its reference empty for a new one`);
    await amendCompetence(tx, command, row, changed);
  },
  async beside(tx, command, row, { action, actionOwner, actionDue }) {
    if (action === null) return false;
    if (actionOwner === null || actionDue === null) throw new Refusal('action: needs somebody who does it and a day: fill action_owner and action_due');
    const record = competences.nameOf(row);
    if ((await selectActionsOf(tx, record)).some(({ description }) => description === action)) return false;
    await addAction(tx, command, record, { description: action, ownerId: actionOwner.id, dueOn: actionDue });
    return true;
  },
  shown: {
    name: (tx, rows) => whose(tx, rows, ({ name }) => name),
    department: (tx, rows) => whose(tx, rows, ({ department }) => department),
    evidence: (tx, rows) => evidenceOf(tx, rows.map(competences.nameOf)),
    recorded_actions: (tx, rows) => actionsInCells(tx, rows.map(competences.nameOf)),
    assessed_by: async (_tx, rows) => rows.map(({ stateByName }) => stateByName ?? ''),
  },
}); // prettier-ignore

async function whose(tx: Queryable, rows: readonly Competence[], of: (person: Person) => string | null): Promise<string[]> {
  const people = await selectPeople(tx, rows.map(({ personId }) => personId));
  return rows.map(({ personId }) => [people.get(personId)].map((person) => person && of(person))[0] ?? '');
} // prettier-ignore
