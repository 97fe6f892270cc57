/** `isma import management-reviews <file>`: reviews that were held before, a row each; one of a day that is here already stays as it is. */
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
import { importerOf } from '../../dialogue/record-import.ts';
import { bringAll, bringEach } from '../../dialogue/import-report.ts';
import type { Import } from '../../dialogue/room.ts';
import { Refusal } from '../../errors.ts';
import { inputKeys, inputNamed, type InputKey } from '../../isms/management-review/inputs.ts';
import { bringReview } from '../../isms/management-review/past.ts';
import { words } from '../../language/vocabulary.ts';
import type { CommandContext } from '../../records/command-context.ts';
import type { Person } from '../../records/person.ts';

const yesNo = words('cells/yes or no');
const all = ['all', 'alle', 'tous', 'toutes', 'todos', 'todas'];

const readTruth: Reader<boolean> = (text) => {
  const meant = yesNo.is(text);
  if (meant === null) throw new Refusal(`«${shortly(text)}» is neither yes nor no`);
  return meant === 'yes';
};

const readInputs: Reader<InputKey[]> = (text) => {
  if (all.includes(text.trim().toLowerCase())) return [...inputKeys];
  return text.split(/[,;\s]+/).filter((each) => each !== '').map((each) => {
    const input = inputNamed(each.replace(/^9\.3\.2/, ''));
    if (input === null) throw new Refusal(`«${shortly(each)}» is no input; write all, or some of ${inputKeys.join(', ')}`);
    return input;
  });
}; // prettier-ignore

const linesIn = (text: string) => text.split(/[\n;]/).map((line) => line.trim()).filter((line) => line !== ''); // prettier-ignore

function reviewRow(people: readonly Person[]) {
  const person = readPerson(people);
  const readPeople: Reader<{ personId: number | null; name: string }[]> = (text) =>
    linesIn(text).map((said) => {
      const found = people.filter(({ email, name }) => [email?.toLowerCase(), name.toLowerCase()].includes(said.toLowerCase()));
      if (found.length > 1) throw new Refusal(`«${shortly(said)}» is the name of ${found.length} people; write the e-mail address`);
      return { personId: found[0]?.id ?? null, name: found[0]?.name ?? said };
    });
  const truth = maybe(readTruth);
  return z
    .object({
      heldOn: must(readDay).describe('date, day, held, meeting_date, review_date, datum, date_de_la_revue, fecha'),
      title: maybe(readText(200)).describe('name, meeting, titel, titre, título'),
      chair: must(person).describe('chaired_by, chairperson, top_management, leitung, vorsitz, président, presidente'),
      secretary: maybe(person).describe('minutes_by, minute_taker, prepared_by, protokoll, secrétaire, secretario'),
      attendees: maybe(readPeople).describe('participants, present, attendance, teilnehmende, teilnehmer, participantes, présents'),
      decisions: maybe((text) => linesIn(text)).describe('decision, outputs, results, actions, beschlüsse, décisions, decisiones'),
      inputs: maybe(readInputs).describe('discussed, inputs_discussed, agenda, eingaben, tagesordnung'),
      suitable: truth.describe('suitability, geeignet, pertinent, conveniente'),
      adequate: truth.describe('adequacy, angemessen, adéquat, adecuado'),
      effective: truth.describe('effectiveness, wirksam, efficace, eficaz'),
      conclusion: maybe(readText(4_000)).describe('summary, conclusions, fazit, zusammenfassung, conclusión'),
    })
    .transform((row) => ({ ...row, reference: row.heldOn }));
} // prettier-ignore
type ReviewRow = z.infer<ReturnType<typeof reviewRow>>;

export const bringReviews: Import['bring'] = async (db, clock, path, { apply, dates = null }) => {
  const importer = await importerOf(db, 'management-reviews', clock());
  const file = await readRecordFile(path, reviewRow(importer.people), dates);
  return bringAll(db, file, apply, async (tx, refuse) => {
    const counts = await bringEach(tx, file.rows, refuse, (row) => bring(tx, importer.command(), row));
    const [added, same] = [counts.get('added') ?? 0, counts.get('unchanged') ?? 0];
    return {
      lines: (written) => [`${written ? 'Added' : 'Would add'} ${added}, unchanged ${same}.`],
      changes: added,
    };
  });
};

async function bring(tx: Queryable, command: CommandContext, row: ReviewRow): Promise<'added' | 'unchanged'> {
  const { chair, secretary, attendees, decisions, inputs } = row;
  const brought = await bringReview(tx, command, {
    ...row,
    chairId: chair.id,
    secretaryId: secretary?.id ?? command.actor.id,
    attendees: attendees ?? [],
    decisions: decisions ?? [],
    inputs: inputs ?? [],
  });
  return brought === null ? 'unchanged' : 'added';
}
