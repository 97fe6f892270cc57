/** `isma import soa <file>`: the controls of a usual spreadsheet into the edition under way, or into a first one. */
import { z } from 'zod';
import type { Queryable } from '../../db/database.ts';
import { maybe, must, readPerson, readText, shortly, type Reader } from '../../dialogue/import-cells.ts';
import { readRecordFile } from '../../dialogue/import-file.ts';
import { bringAll, fileHash } from '../../dialogue/import-report.ts';
import type { Import } from '../../dialogue/room.ts';
import { OperatorError, Refusal } from '../../errors.ts';
import {
  bases,
  EntryValues,
  lackingIn,
  selectEntries,
  type Entry,
} from '../../isms/statement-of-applicability/entry.ts';
import {
  beginSoa,
  lockDraft,
  selectApproved,
  selectUnderWay,
  writeEntries,
  type Soa,
} from '../../isms/statement-of-applicability/soa.ts';
import { words } from '../../language/vocabulary.ts';
import { isIsmsManager, type CommandContext } from '../../records/command-context.ts';
import { selectByRole, selectWorking, type Person } from '../../records/person.ts';
import { normaliseRequirement } from '../../records/requirement.ts';

const appliesCell = words('statement-of-applicability/applies cell');
const implementedCell = words('statement-of-applicability/implemented cell');
const basisWords = words('statement-of-applicability/basis');

const readControl: Reader<string> = (text) => {
  const [number = ''] = text.trim().split(/\s+(?=\p{L}{2})/u);
  const found = normaliseRequirement(/^a/i.test(number.trim()) ? number : `A.${number}`);
  if (found === null || !found.startsWith('A.'))
    throw new Refusal(`«${shortly(text)}» is no control of Annex A of ISO/IEC 27001:2022; write it as A.5.1`);
  return found;
};

function readWord<const Meaning extends string>(
  list: ReturnType<typeof words>,
  meanings: readonly Meaning[],
): Reader<Meaning> {
  return (text) => {
    const meaning = list.is(text.replaceAll('/', ' '));
    const found = meanings.find((each) => each === meaning || each === text.toLowerCase());
    if (found === undefined) throw new Refusal(`«${shortly(text)}» is none of ${meanings.join(', ')}`);
    return found;
  };
}

const readBasis: Reader<(typeof bases)[number]> = (text) => {
  const found = bases.find((each) => each === basisWords.find(text)?.meaning);
  if (found === undefined) throw new Refusal(`«${shortly(text)}» is none of ${bases.join(', ')}`);
  return found;
};

function soaRow(people: readonly Person[]) {
  const text = maybe(readText(4_000));
  return z
    .object({
      control: must(readControl).describe('control_id, control_no, control_number, annex_a_control, annex_a, reference, ref, id, no, nr, number, clause, maßnahme, nummer, control_nr, massnahme, mesure, numéro, référence, control_número, número, id_control'),
      applies: maybe(readWord(appliesCell, ['yes', 'no'])).describe('applicable, applicability, applicable_y_n, applicable_yes_no, included, in_scope, status_of_applicability, anwendbar, anwendbarkeit, applicabilité, aplicable, aplicabilidad, aplica'),
      basis: maybe(readBasis).describe('reason_type, source, driver, reason_for_selection, selection_reason, rests_on, grundlage, auswahlgrund, base, fondement, origine, fundamento, origen'),
      basisReference: maybe(readText(500)).describe('written_in, source_reference, risk_reference, risk_id, related_risks, risks, legal_reference, risiko, risiken, fundstelle, référence_du_risque, risques, referencia, riesgos'),
      justification: text.describe('why, reason, rationale, justification_for_inclusion_or_exclusion, justification_for_inclusion_exclusion, reason_for_inclusion_exclusion, comments_justification, begründung, grund, justificatif, raison, motif, justificación, motivo, razón'),
      implemented: maybe(readWord(implementedCell, ['yes', 'partly', 'planned', 'no'])).describe('implementation_status, status, implementation, implemented_y_n, umgesetzt, umsetzungsstatus, umsetzung, stand, statut, état, mise_en_œuvre, mis_en_œuvre, estado, implantado, implementado, estado_de_implementación'),
      how: text.describe('implementation_description, description_of_implementation, implementation_method, how_implemented, evidence, remarks, comments, documents, policy, umsetzungsbeschreibung, beschreibung_der_umsetzung, umgesetzt_durch, nachweis, bemerkung, description_de_la_mise_en_œuvre, comment, commentaires, cómo, descripción_de_la_implementación, comentarios'),
      owner: maybe(readPerson(people)).describe('control_owner, responsible, responsible_person, verantwortlich, verantwortlicher, eigentümer, responsable, propriétaire, propietario'),
      title: text.describe('control_title, control_name, name, control_description, titel, bezeichnung, intitulé, titre, título, nombre'),
    })
    .transform((row) => ({ ...row, reference: row.control }));
} // prettier-ignore
type SoaRow = z.infer<ReturnType<typeof soaRow>>;

export const bringSoa: Import['bring'] = async (db, clock, path, { apply, dates = null }) => {
  const file = await readRecordFile(path, soaRow(await selectWorking(db)), dates);
  const sha256 = await fileHash(path);
  return bringAll(db, file, apply, async (tx, refuse) => {
    const command = await commandOf(tx, clock());
    const underWay = await selectUnderWay(tx);
    const draft =
      underWay === null ? await beginNext(tx, command) : await lockDraft(tx, command, underWay.id);
    const entries = new Map((await selectEntries(tx, draft.id)).map((entry) => [entry.control, entry]));
    const said = file.rows.flatMap(({ record }) => {
      const entry = entries.get(record.control);
      return entry === undefined ? [] : [{ control: record.control, values: merged(entry, record) }];
    });
    let changed = 0;
    try {
      changed = (await writeEntries(tx, command, draft, said, sha256)).changed.length;
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      refuse({ line: 1 }, error.message);
    }
    const now = await selectEntries(tx, draft.id);
    const left = now.filter((entry) => !said.some(({ control }) => control === entry.control)).length;
    const lacking = now.filter((entry) => lackingIn(entry).length > 0);
    return {
      lines: (written) => [
        `${draft.reference}, edition ${draft.edition}${underWay === null ? `, ${written ? 'begun' : 'would begin'}` : ''}: ${written ? 'changed' : 'would change'} ${inWords(changed)}, ${said.length - changed} as they were, ${left} not in the file.`,
        ...(lacking.length === 0
          ? ['Nothing is missing in any of the 93.']
          : [
              `${inWords(lacking.length)} still ${lacking.length === 1 ? 'lacks' : 'lack'} something before it can be approved: ${named(lacking)}`,
            ]),
      ],
      changes: changed,
    };
  });
};

const inWords = (count: number) => `${count} ${count === 1 ? 'control' : 'controls'}`;
/** Controls that a line names. */
const mostNamed = 8;

function named(lacking: readonly Entry[]): string {
  const first = lacking
    .slice(0, mostNamed)
    .map((entry) => `${entry.control} (${lackingIn(entry).join(', ')})`);
  return `${first.join('; ')}${lacking.length > mostNamed ? `; and ${lacking.length - mostNamed} more` : ''}.`;
}

/** What the file leaves empty stays as it is. */
function merged(entry: Entry, row: SoaRow): EntryValues {
  const before = EntryValues.parse(entry);
  const { applies, basis, basisReference, justification, implemented, how, owner } = row;
  const excluded = (applies === null ? before.applies : applies === 'yes') === false;
  return {
    applies: applies === null ? before.applies : applies === 'yes',
    basis: basis ?? before.basis,
    basisReference: basisReference ?? before.basisReference,
    justification: justification ?? before.justification,
    // A sheet says «not implemented» of what is excluded, and means nothing by it.
    implemented: excluded ? null : (implemented ?? before.implemented),
    how: excluded && how === null ? null : (how ?? before.how),
    ownerId: owner?.id ?? before.ownerId,
  };
}

async function commandOf(tx: Queryable, at: Date): Promise<CommandContext> {
  const [actor] = await selectByRole(tx, 'isms_manager');
  if (actor === undefined)
    throw new OperatorError('There is no ISMS manager: give somebody that role first.');
  return { actor, at, inputId: null, link: null, through: 'system:soa-import' };
}

/** From the edition in force, to be approved by whoever approved that; the first by an admin or a manager, until somebody is named. */
async function beginNext(tx: Queryable, command: CommandContext): Promise<Soa> {
  const former = await selectApproved(tx);
  const { actor } = command;
  const others = [...(await selectByRole(tx, 'manager')), ...(await selectByRole(tx, 'admin'))].filter((each) => !isIsmsManager(each));
  const approverId = former?.approverId ?? others[0]?.id ?? actor.id;
  return beginSoa(tx, command, { edition: nextEdition(former?.edition ?? null), ownerId: former?.ownerId ?? actor.id, approverId, reviewOn: null });
} // prettier-ignore

/** 2.1 behind 2.0, 4 behind 3; 1.0 at first. */
export function nextEdition(former: string | null): string {
  if (former === null) return '1.0';
  return /\d+$/.test(former) ? former.replace(/\d+$/, (last) => String(Number(last) + 1)) : `${former}.1`;
}
