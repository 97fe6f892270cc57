/** `isma import competence <file>`: what roles need of people, brought from a table; a role of a person's that is there is brought up to it. */
import { z } from 'zod';
import type { Queryable } from '../../db/database.ts';
import {
  maybe,
  must,
  readDay,
  readPerson,
  readText,
  shortly,
  type Reader,
} from '../../dialogue/import-cells.ts';
import { readRecordFile } from '../../dialogue/import-file.ts';
import { bringAll, bringEach } from '../../dialogue/import-report.ts';
import type { Import } from '../../dialogue/room.ts';
import { Refusal } from '../../errors.ts';
import { bases, bringCompetenceUpTo } from '../../isms/competence/competence.ts';
import { addAction, selectActionsOf } from '../../isms/corrective-action/corrective-action.ts';
import type { CommandContext } from '../../records/command-context.ts';
import { selectByRole, selectManagerOf, selectWorking, type Person } from '../../records/person.ts';

const readBases: Reader<(typeof bases)[number][]> = (text) => {
  const said = text.toLowerCase().split(/[,;/+\n]|\band\b/).map((each) => each.trim()).filter((each) => each !== ''); // prettier-ignore
  const strange = said.find((each) => !bases.some((base) => base === each));
  if (strange !== undefined)
    throw new Refusal(
      `«${shortly(strange)}» is none of ${bases.join(', ')}; write what shows it under shown_by`,
    );
  return bases.filter((base) => said.includes(base));
};

function competenceRow(people: readonly Person[]) {
  const person = maybe(readPerson(people));
  const text = maybe(readText(4_000));
  return z
    .object({
      person: must(readPerson(people)).describe('email, employee, e_mail, e_mail_address, email_address, name, mitarbeiter'),
      role: must(readText(200)).describe('function, job, position, job_title, rolle, funktion'),
      needs: must(readText(4_000)).describe('needed_competence, required_competence, requirement, requirements, required, anforderung'),
      basis: maybe(readBases).describe('type, kind, basis_type, grundlage'),
      shownBy: text.describe('evidence, proof, qualification, qualifications, certificate, certificates, nachweis'),
      gap: text.describe('missing, competence_gap, training_need, lücke'),
      action: text.describe('measure, actions, action_planned, maßnahme'),
      actionOwner: person.describe('owner, responsible, verantwortlich'),
      actionDue: maybe(readDay).describe('due, due_date, due_on, by_when, termin, frist'),
      effect: text.describe('effectiveness, effect_of_action, result, wirksamkeit'),
      assessedOn: maybe(readDay).describe('assessed, date, reviewed_on, last_review, datum'),
      assessedBy: person.describe('assessor, reviewed_by, manager, bewertet_von'),
    })
    .transform((row, context) => {
      if (row.action !== null && (row.actionOwner === null || row.actionDue === null))
        context.addIssue({ code: 'custom', path: ['action'], message: 'needs somebody who does it and a day: fill action_owner and action_due' });
      return { ...row, reference: `${row.person.email ?? row.person.name} · ${row.role}` };
    });
} // prettier-ignore
type CompetenceRow = z.infer<ReturnType<typeof competenceRow>>;

export const bringCompetence: Import['bring'] = async (db, clock, path, { apply }) => {
  const people = await selectWorking(db);
  const file = await readRecordFile(path, competenceRow(people));
  return bringAll(db, file, apply, async (tx, refuse) => {
    const counts = await bringEach(tx, file.rows, refuse, (record) => bring(tx, clock(), record));
    const [added, changed, same] = (['added', 'changed', 'unchanged'] as const).map((each) => counts.get(each) ?? 0) as [number, number, number]; // prettier-ignore
    return {
      lines: (written) => [
        `${written ? 'Added' : 'Would add'} ${added}, ${written ? 'changed' : 'change'} ${changed}, unchanged ${same}.`,
      ],
      changes: added + changed,
    };
  });
};

async function bring(tx: Queryable, at: Date, row: CompetenceRow): Promise<'added' | 'changed' | 'unchanged'> {
  const assessor = row.assessedBy ?? (await selectManagerOf(tx, row.person.id)) ?? (await selectByRole(tx, 'isms_manager'))[0];
  if (assessor === undefined) throw new Refusal('nobody answers for them: fill assessed_by');
  const command: CommandContext = { actor: assessor, at, inputId: null, link: null, through: 'system:competence-import' };
  const { competence, outcome } = await bringCompetenceUpTo(tx, command, { ...row, personId: row.person.id, basis: row.basis ?? [] });
  if (row.action === null) return outcome;
  const record = `competence:${competence.id}`;
  const known = (await selectActionsOf(tx, record)).some(({ description }) => description === row.action);
  if (known || row.actionOwner === null || row.actionDue === null) return outcome;
  await addAction(tx, command, record, { description: row.action, ownerId: row.actionOwner.id, dueOn: row.actionDue });
  return outcome === 'added' ? outcome : 'changed';
} // prettier-ignore
