/** `isma import certification <file>`: certifications of a list, each brought up to what it says. */
import { z } from 'zod';
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
import { OperatorError, Refusal } from '../../errors.ts';
import { bringCertification } from '../../isms/certification/bring.ts';
import { certificationStates, type CertificationState } from '../../isms/certification/certification.ts';
import { words } from '../../language/vocabulary.ts';
import type { CommandContext } from '../../records/command-context.ts';
import { selectByRole, selectWorking, type Person } from '../../records/person.ts';
import { readAuditDays } from './audit-days.ts';
import { ruleNames, ruleReaders, rulesOf } from './body-rules.ts';

const states = words('certification/states');

const readState: Reader<CertificationState> = (text) => {
  const said = states.is(text) ?? text.toLowerCase().replace(/[\s-]+/g, '_');
  const state = certificationStates.names.find((each) => each === said);
  if (state === undefined) throw new Refusal(`«${shortly(text)}» is none of ${certificationStates.names.map((each) => each.replaceAll('_', ' ')).join(', ')}`);
  return state;
}; // prettier-ignore

const readNames: Reader<string[]> = (text) => text.split(/[,;\n]/).map((each) => each.trim()).filter((each) => each !== ''); // prettier-ignore

function certificationRow(people: readonly Person[]) {
  const text = maybe(readText(4_000));
  const day = maybe(readDay);
  const own = Object.fromEntries(ruleNames.map((name) => [name, maybe(ruleReaders[name])])) as Record<(typeof ruleNames)[number], ReturnType<typeof maybe<number>>>;
  return z
    .object({
      body: must(readText(200)).describe('certification_body, certifier, registrar, zertifizierungsstelle, organisme, entidad'),
      standard: text.describe('norm, norme, norma'),
      state: maybe(readState).describe('status, zustand, statut, estado'),
      scope: must(readText(4_000)).describe('scope_text, scope_of_certification, geltungsbereich, périmètre, alcance'),
      certificateNumber: text.describe('number, certificate, certificate_no, zertifikatsnummer, numéro, número'),
      soaVersion: text.describe('soa, soa_version_on_certificate, statement_of_applicability'),
      visitedOn: day.describe('last_visit, last_audit, last_audit_day, letztes_audit'),
      decidedOn: day.describe('decision, decision_date, issued, issued_on, issue_date, entscheidung'),
      validUntil: day.describe('expires, expires_on, expiry, expiry_date, valid_to, gültig_bis'),
      auditDays: maybe(readAuditDays).describe('days, audit_time, mandays, audittage'),
      auditors: maybe(readNames).describe('auditor, audit_team, auditoren'),
      contact: text.describe('contact_person, ansprechpartner'),
      owner: maybe(readPerson(people)).describe('responsible, verantwortlich'),
      ...own,
    })
    .transform((row) => {
      const standard = row.standard ?? 'ISO/IEC 27001:2022';
      return { ...row, standard, reference: `${row.body} · ${standard}` };
    });
} // prettier-ignore

export const bringCertifications: Import['bring'] = async (db, clock, path, { apply, dates = null }) => {
  const file = await readRecordFile(path, certificationRow(await selectWorking(db)), dates);
  const [manager] = await selectByRole(db, 'isms_manager');
  if (manager === undefined)
    throw new OperatorError('Nobody is ISMS manager, who keeps certifications: import people first.');
  return bringAll(db, file, apply, async (tx, refuse) => {
    const command: CommandContext = { actor: manager, at: clock(), inputId: null, link: null, through: 'system:certification-import' }; // prettier-ignore
    const counts = await bringEach(tx, file.rows, refuse, (row) => {
      const { owner, auditDays, auditors, ...rest } = row;
      return bringCertification(tx, command, { ...rest, rules: rulesOf(row), ownerId: owner?.id ?? null, auditDays: auditDays ?? {}, auditors: auditors ?? [] });
    }); // prettier-ignore
    const [added = 0, changed = 0, same = 0] = (['added', 'changed', 'unchanged'] as const).map((each) => counts.get(each) ?? 0); // prettier-ignore
    return {
      lines: (written) => [
        `${written ? 'Added' : 'Would add'} ${added}, ${written ? 'changed' : 'change'} ${changed}, unchanged ${same}.`,
      ],
      changes: added + changed,
    };
  });
};
