/** What people without chat acknowledged, on a signed list or in a session, as the ISMS manager records it. Many by a few statements. Writes `acknowledgement`. */
import { z } from 'zod';
import type { Queryable } from '../../db/database.ts';
import { selectAll, selectOptional } from '../../db/rows.ts';
import { Refusal } from '../../errors.ts';
import { dayInWords, dayOf } from '../../language/calendar.ts';
import {
  audit,
  isIsmsManager,
  refuseReadOnly,
  required,
  type CommandContext,
} from '../../records/command-context.ts';
import { lookSoon } from '../../records/nudge-agenda.ts';
import { selectSetting } from '../../records/setting.ts';
import { statementOn } from './acknowledgement.ts';
import { holdsSql, isReaderSql, textHashSql } from './in-force.ts';
import { isOpenSql } from './request.ts';

const VersionOn = z.object({
  versionId: z.number(),
  reference: z.string(),
  title: z.string(),
  version: z.string(),
  language: z.string(),
  contentHash: z.string(),
});

/** The version that was in force on a day, whatever has become of it since; null where none was. */
export function selectVersionOn(tx: Queryable, documentId: number, day: string): Promise<z.infer<typeof VersionOn> | null> {
  return selectOptional(
    tx,
    VersionOn,
    `select version.id as version_id, reference, title, version, version.language, ${textHashSql('version.id')} as content_hash
     from document_version version join document on document.id = document_id
     where document_id = $1 and document.kind = 'policy' and effective_from <= $2 and version.status in ('published', 'superseded', 'archived')
       and (archived_at is null or archived_at::date > $2)
     order by effective_from desc, version.id desc limit 1`,
    [documentId, day],
  );
} // prettier-ignore

export interface Attendance {
  documentId: number;
  people: readonly number[];
  how: 'list' | 'session';
  /** Where the list lies, or where they met. */
  place: string;
  /** The day on which they signed or met, as 2026-11-27: it tells which version they were shown. */
  on: string;
}

/** Left out are those who may not read it, and those of whom an acknowledgement holds. @returns those who are recorded now */
export async function recordAcknowledged(tx: Queryable, command: CommandContext, attendance: Attendance): Promise<number[]> {
  const { actor, at } = command;
  const { documentId, people, how, place, on } = attendance;
  refuseReadOnly(command);
  if (!isIsmsManager(actor)) throw new Refusal('Only the ISMS manager records what others have acknowledged.');
  if (on > dayOf(at, actor.timeZone)) throw new Refusal('That day is still to come.');
  const version = await selectVersionOn(tx, documentId, on);
  if (version === null) throw new Refusal(`No version of that document was in force on ${dayInWords(on)}.`);
  const { statement, language } = await statementOn(tx, version);
  const { minorAgain } = await selectSetting(tx, 'acknowledgement.versions');
  const given = await selectAll(
    tx,
    z.object({ personId: z.number() }),
    `insert into acknowledgement (person_id, name, request_id, document_id, version_id, reference, version, language, content_hash, statement,
       statement_language, how, place, recorded_by, acknowledged_at)
     select person.id, person.name, request.id, version.document_id, version.id, $3, version.version, version.language, ${textHashSql('version.id')}, $4, $5,
       $6, $7, $8, $9::date + interval '12 hours'
     from person join document_version version on version.id = $2
     left join acknowledgement_request request on request.person_id = person.id and request.document_id = version.document_id and request.${isOpenSql}
     where person.id = any($1) and ${isReaderSql} and not exists (select from acknowledgement held
       where held.person_id = person.id and held.document_id = version.document_id and ${holdsSql('held.version', 'version.version', '$10')})
     order by person.id returning person_id`,
    [people, version.versionId, version.reference, statement, language, how, required(place, 'Where', 200), actor.id, on, minorAgain],
  );
  const ids = given.map(({ personId }) => personId);
  await tx.query(
    `update acknowledgement_request request set state = 'acknowledged', state_by = $3, state_by_name = $4, state_at = $5
     from document_version version, document_version shown
     where request.person_id = any($1) and request.document_id = $2 and request.${isOpenSql} and version.id = request.version_id and shown.id = $6
       and ${holdsSql('shown.version', 'version.version', '$7')}`,
    [ids, documentId, actor.id, actor.name, at, version.versionId, minorAgain],
  );
  await lookSoon(tx, ids, at);
  await audit(tx, command, {
    action: 'acknowledgement.recorded',
    record: `document:${documentId}`,
    detail: { document: version.reference, version: version.version, how, people: ids },
  });
  return ids;
} // prettier-ignore
