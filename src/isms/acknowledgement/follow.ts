/**
 * What comes by itself, for however many people at once: a version takes effect, a question is answered, an exemption ends. Looked
 * at every minute, by every process; of a document one of them does it.
 */
import { z } from 'zod';
import { appendAudit } from '../../db/audit.ts';
import type { Queryable } from '../../db/database.ts';
import { selectAll } from '../../db/rows.ts';
import { addDays, dayOf } from '../../language/calendar.ts';
import { lookSoon } from '../../records/nudge-agenda.ts';
import { selectSetting } from '../../records/setting.ts';
import { holdsSql, inForceSql, isReaderSql, textHashSql } from './in-force.ts';
import { askToAcknowledge, isExemptSql, isOpenSql } from './request.ts';

export async function followRequests(tx: Queryable, now: Date): Promise<void> {
  await resumeAnswered(tx, now);
  await resumeExempt(tx, now);
  await followVersions(tx, now);
}

const Person = z.object({ personId: z.number() });
const idsOf = (rows: readonly z.infer<typeof Person>[]) => rows.map(({ personId }) => personId);

/** @param id  of one request; null for all whose question has been answered */
export async function resumeAnswered(tx: Queryable, now: Date, id: number | null = null): Promise<void> {
  const resumed = await selectAll(
    tx,
    Person,
    `update acknowledgement_request request set state = 'pending', state_by = null, state_by_name = null, state_at = $1
     from open_question question
     where question.id = request.question_id and request.state = 'declined' and question.state <> 'routed'
       and ($2::integer is null or request.id = $2) returning person_id`,
    [now, id],
  );
  if (resumed.length > 0) await lookSoon(tx, idsOf(resumed), now);
}

async function resumeExempt(tx: Queryable, now: Date): Promise<void> {
  const { days } = await selectSetting(tx, 'acknowledgement.versions');
  const day = dayOf(now, 'UTC');
  const resumed = await selectAll(
    tx,
    Person,
    `update acknowledgement_request request set state = 'pending', state_by = null, state_by_name = null, state_at = $1, viewed_at = null,
       version_id = coalesce(subject.version_id, request.version_id), due_on = greatest(request.due_on, $2::date)
     from person, acknowledgement_subject subject
     where person.id = request.person_id and person.active and subject.document_id = request.document_id and request.state = 'exempt'
       and not ${isExemptSql('request.document_id', 'request.campaign_id', '$3::date')}
       and not exists (select from acknowledgement_request other
         where other.person_id = request.person_id and other.document_id = request.document_id and other.id > request.id)
     returning person_id`,
    [now, addDays(day, days), day],
  );
  if (resumed.length > 0) await lookSoon(tx, idsOf(resumed), now);
}

/** Why somebody is asked whom nobody asked: it is said in their language. */
const newVersion = '';

const Change = z.object({
  documentId: z.number(),
  reference: z.string(),
  /** Null where none is in force any more. */
  versionId: z.number().nullable(),
  version: z.string().nullable(),
  /** It takes the place of the version before in what is open, as 2.1 that of 2.0. */
  minor: z.boolean(),
  /** What was acknowledged of the version before holds for this one. */
  holds: z.boolean(),
  /** It says what the version before said. */
  same: z.boolean(),
});
type Change = z.infer<typeof Change>;

async function followVersions(tx: Queryable, now: Date): Promise<void> {
  const { minorAgain } = await selectSetting(tx, 'acknowledgement.versions');
  const changes = await selectAll(
    tx,
    Change,
    `select subject.document_id, document.reference, version.id as version_id, version.version,
       coalesce(${holdsSql('before.version', 'version.version', 'false')}, false) as minor,
       coalesce(${holdsSql('before.version', 'version.version', '$2')}, false) as holds,
       coalesce(${textHashSql('before.id')} = ${textHashSql('version.id')}, false) as same
     from acknowledgement_subject subject join document on document.id = subject.document_id
     left join document_version before on before.id = subject.version_id
     left join (${inForceSql('$1::date')}) version on version.document_id = subject.document_id
     where version.id is distinct from subject.version_id order by 1 for update of subject skip locked`,
    [dayOf(now, 'UTC'), minorAgain],
  );
  for (const change of changes) await follow(tx, change, now);
}

async function follow(tx: Queryable, change: Change, now: Date): Promise<void> {
  const { documentId, reference, versionId, version, minor, holds, same } = change;
  await tx.query('update acknowledgement_subject set version_id = $2 where document_id = $1', [
    documentId,
    versionId,
  ]);
  const moved =
    versionId === null || !minor
      ? []
      : await selectAll(
          tx,
          Person,
          `update acknowledgement_request request set version_id = $2, state_at = $3,
             state = case when $4 or state = 'declined' then state else 'pending' end, viewed_at = case when $4 then viewed_at end,
             passed_questions = case when $4 then passed_questions else '{}' end
           from person, document_version version
           where request.document_id = $1 and ${isOpenSql} and person.id = request.person_id and version.id = $2 and ${isReaderSql}
           returning person_id`,
          [documentId, versionId, now, same],
        );
  const ended = await selectAll(
    tx,
    Person.extend({ dueOn: z.string().nullable(), campaignId: z.number().nullable() }),
    `update acknowledgement_request set state = 'cancelled', state_by = null, state_by_name = null, state_at = $3, reason = $4
     where document_id = $1 and ${isOpenSql} and version_id is distinct from $2 returning person_id, due_on, campaign_id`,
    [documentId, versionId, now, versionId === null ? 'no longer in force' : 'superseded'],
  );
  const asked = versionId === null || holds ? [] : await askAnew(tx, documentId, ended, now);
  await appendAudit(tx, {
    actor: 'system:acknowledgements',
    action: 'acknowledgement.followed',
    record: `document:${documentId}`,
    detail: { document: reference, version, moved: moved.length, asked: asked.length, ended: ended.length },
    at: now,
  });
}

/** Those whose request ended with the version before, in the campaign that asked them, and those who had acknowledged that one. */
async function askAnew(
  tx: Queryable,
  documentId: number,
  ended: readonly { personId: number; dueOn: string | null; campaignId: number | null }[],
  now: Date,
): Promise<number[]> {
  const { days } = await selectSetting(tx, 'acknowledgement.versions');
  const latest = addDays(dayOf(now, 'UTC'), days);
  const had = await selectAll(
    tx,
    Person,
    `select person_id from acknowledgement where document_id = $1
     union select person_id from acknowledgement_request where document_id = $1 and state = 'exempt'`,
    [documentId],
  );
  const dueOf = new Map(ended.map(({ personId, dueOn }) => [personId, dueOn]));
  const dueOn = (person: number) => {
    const before = dueOf.get(person) ?? '';
    return before > latest ? before : latest;
  };
  const asked: number[] = [];
  for (const campaignId of new Set([...ended.map((each) => each.campaignId), null])) {
    const people =
      campaignId === null
        ? [...idsOf(ended), ...idsOf(had)]
        : idsOf(ended.filter((each) => each.campaignId === campaignId));
    asked.push(
      ...(await askToAcknowledge(
        tx,
        { id: null, at: now },
        { documentId, people, dueOn, campaignId, why: newVersion },
      )),
    );
  }
  return asked;
}
