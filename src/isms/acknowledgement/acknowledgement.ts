/**
 * What somebody has read and acknowledged: which text, in which language, in which words. Owns `acknowledgement`, which is never
 * changed, and writes `acknowledgement_request`, whose row is locked before.
 */
import './audit-events.ts';
import { z } from 'zod';
import type { Queryable } from '../../db/database.ts';
import { selectAll, selectOne, selectOptional } from '../../db/rows.ts';
import { Refusal } from '../../errors.ts';
import { dayOf } from '../../language/calendar.ts';
import { audit, type CommandContext } from '../../records/command-context.ts';
import { lookSoon } from '../../records/nudge-agenda.ts';
import { selectSetting } from '../../records/setting.ts';
import { isPausedSql } from '../campaign/paused.ts';
import { selectQuestionsFor, type AskedQuestion } from '../policy-question/ask.ts';
import { resumeAnswered } from './follow.ts';
import { isReaderSql, shownSql, textHashSql } from './in-force.ts';
import { AcknowledgementRequest, isOpenSql, requestStates } from './request.ts';

const RequestedText = AcknowledgementRequest.extend({
  askedAt: z.date(),
  remindedAt: z.date().nullable(),
  /** The campaign that asks for it is. */
  paused: z.boolean(),
  passedQuestions: z.array(z.number()),
  reference: z.string(),
  /** The version that is shown, and signed: in their language where there is one. */
  shownId: z.number(),
  title: z.string(),
  version: z.string(),
  language: z.string(),
  effectiveFrom: z.string(),
  changes: z.string().nullable(),
  ownerEmail: z.string().nullable(),
  locale: z.string(),
  /** Minutes that it takes to read. */
  minutes: z.number(),
});
export type RequestedText = z.infer<typeof RequestedText>;

/** Characters that are read in a minute, some 200 words. */
const readInAMinute = 1_200;

/** With the text that each of them is shown, as long as they may read it. @param where  of `request`, its parameters from `$2` on */
function selectRequests(
  tx: Queryable,
  where: string,
  day: string,
  parameters: readonly unknown[],
): Promise<RequestedText[]> {
  return selectAll(
    tx,
    RequestedText,
    `with asked as (
       select request.*, document.reference, person.locale, ${isPausedSql('request.campaign_id')} as paused, ${shownSql('$1::date')} as shown_id
       from acknowledgement_request request join person on person.id = request.person_id
       join document_version version on version.id = request.version_id join document on document.id = request.document_id
       where (${where}) and ${isReaderSql}
     ), length as (
       select version_id, greatest(1, round(sum(length(body)) / ${readInAMinute}.0))::integer as minutes from section
       where version_id in (select shown_id from asked) group by version_id
     )
     select asked.*, shown.title, shown.version, shown.language, shown.effective_from, shown.changes, shown.owner_email, coalesce(minutes, 1) as minutes
     from asked join document_version shown on shown.id = shown_id left join length on length.version_id = shown_id
     order by asked.due_on nulls last, asked.id`,
    [day, ...parameters],
  );
}

/** What waits for these people, the first due first. */
export function selectOpenRequests(
  tx: Queryable,
  people: readonly number[],
  day: string,
): Promise<RequestedText[]> {
  return selectRequests(tx, `request.person_id = any($2) and ${isOpenSql}`, day, [people]);
}

/** Locked until the caller's transaction ends. @throws Refusal where it is somebody else's, or may not be read any more */
export async function lockRequest(
  tx: Queryable,
  { actor, at }: CommandContext,
  id: number,
): Promise<RequestedText> {
  const known = Number.isInteger(id) && id > 0 && id < 2 ** 31;
  const mine =
    known &&
    (
      await tx.query(
        'select from acknowledgement_request where id = $1 and person_id = $2 for no key update',
        [id, actor.id],
      )
    ).rowCount === 1;
  if (mine) await resumeAnswered(tx, at, id);
  const [request] = mine ? await selectRequests(tx, 'request.id = $2', dayOf(at, 'UTC'), [id]) : [];
  if (request === undefined)
    throw new Refusal(
      'That is not for you to acknowledge, or not any more. Say «what do I have to acknowledge?» for what is.',
    );
  return request;
}

/** The text is open in front of them. */
export async function noteViewed(
  tx: Queryable,
  { actor, at }: CommandContext,
  { id, state, viewedAt }: RequestedText,
): Promise<void> {
  if (viewedAt !== null || requestStates.from('view').every((each) => each !== state)) return;
  await tx.query(
    "update acknowledgement_request set state = 'viewed', state_by = $2, state_by_name = $3, state_at = $4, viewed_at = $4 where id = $1",
    [id, actor.id, actor.name, at],
  );
}

/** Questions that are still to be answered before it is acknowledged. @param changed  sections that changed: theirs come first */
export async function selectLeftQuestions(
  tx: Queryable,
  request: RequestedText,
  changed: readonly number[],
): Promise<AskedQuestion[]> {
  const { count, of } = await selectSetting(tx, 'acknowledgement.questions');
  const wanted = of[request.reference] ?? count;
  if (wanted === 0) return [];
  const asked = await selectQuestionsFor(tx, request.shownId, changed, wanted, request.id);
  return asked.filter(({ id }) => !request.passedQuestions.includes(id));
}

/** @param left  questions that remain after it */
export async function notePassed(
  tx: Queryable,
  { actor, at }: CommandContext,
  request: RequestedText,
  question: number,
  left: number,
): Promise<void> {
  const done = left === 0 && requestStates.from('pass').includes(request.state);
  await tx.query(
    `update acknowledgement_request set passed_questions = passed_questions || $2::integer, state = $3, state_by = $4, state_by_name = $5, state_at = $6
     where id = $1`,
    [request.id, question, done ? 'quiz_passed' : request.state, actor.id, actor.name, at],
  );
}

/** What they say by it, in the language of the text. */
export async function statementOn(
  tx: Queryable,
  { language }: Pick<RequestedText, 'language'>,
): Promise<{ statement: string; language: string }> {
  const statements = await selectSetting(tx, 'acknowledgement.statement');
  const own = statements[language];
  return own === undefined ? { statement: statements.en, language: 'en' } : { statement: own, language };
}

const Acknowledgement = z.object({
  id: z.number(),
  personId: z.number(),
  name: z.string(),
  documentId: z.number(),
  versionId: z.number(),
  reference: z.string(),
  version: z.string(),
  language: z.string(),
  contentHash: z.string(),
  statement: z.string(),
  acknowledgedAt: z.date(),
});
export type Acknowledgement = z.infer<typeof Acknowledgement>;

export function selectAcknowledgementOf(tx: Queryable, requestId: number): Promise<Acknowledgement | null> {
  return selectOptional(
    tx,
    Acknowledgement,
    'select * from acknowledgement where request_id = $1 order by id desc limit 1',
    [requestId],
  );
}

/** What they acknowledged last of the document; null where they never did. */
export function selectLastAcknowledged(
  tx: Queryable,
  { personId, documentId }: RequestedText,
): Promise<Acknowledgement | null> {
  return selectOptional(
    tx,
    Acknowledgement,
    'select * from acknowledgement where person_id = $1 and document_id = $2 order by acknowledged_at desc, id desc limit 1',
    [personId, documentId],
  );
}

/** The version of before in the language that is read now: null where there is none. */
export async function selectVersionBeside(
  tx: Queryable,
  before: Acknowledgement,
  { shownId }: RequestedText,
): Promise<number | null> {
  const found = await selectOptional(
    tx,
    z.object({ id: z.number() }),
    `select before.id from document_version shown join document_version before on before.document_id = shown.document_id
     where shown.id = $1 and before.version = $2 and before.status <> 'draft' order by before.id = $3 desc, before.id desc limit 1`,
    [shownId, before.version, before.versionId],
  );
  return found?.id ?? null;
}

/**
 * Signs it: the text that they were shown, its hash, and the words.
 *
 * @param request  locked
 * @param left     questions that are not answered yet
 * @param how      where they read it
 */
export async function acknowledge(
  tx: Queryable,
  command: CommandContext,
  request: RequestedText,
  left: number,
  how: 'chat' | 'screen' = 'chat',
): Promise<Acknowledgement> {
  const { actor, at } = command;
  const step = requestStates.step('acknowledge', request, { asksFirst: left > 0 });
  if (step === null) throw new Refusal(notNow[request.state] ?? 'There is nothing to acknowledge.');
  if (step.lacks.length > 0) throw new Refusal(`What is missing first: ${step.lacks.join(', ')}.`);
  const { statement, language } = await statementOn(tx, request);
  const given = await selectOne(
    tx,
    Acknowledgement,
    `insert into acknowledgement (person_id, name, request_id, document_id, version_id, reference, version, language, content_hash,
       statement, statement_language, how, acknowledged_at)
     values ($1, $2, $3, $4, $5, $6, $7, $8, ${textHashSql('$5')}, $9, $10, $11, $12) returning *`,
    [actor.id, actor.name, request.id, request.documentId, request.shownId, request.reference, request.version, request.language,
      statement, language, how, at], // prettier-ignore
  );
  await tx.query(
    'update acknowledgement_request set state = $2, state_by = $3, state_by_name = $4, state_at = $5 where id = $1',
    [request.id, step.to, actor.id, actor.name, at],
  );
  await audit(tx, command, {
    action: 'acknowledgement.given',
    record: `acknowledgement:${given.id}`,
    detail: {
      document: request.reference,
      version: request.version,
      language: request.language,
      sha256: given.contentHash,
    },
  });
  await lookSoon(tx, [actor.id], at);
  return given;
}

const notNow: Partial<Record<RequestedText['state'], string>> = {
  acknowledged: 'You have acknowledged it already. Nothing was written again.',
  declined: 'Your question about it is with its owner; it can wait until you have the answer.',
  exempt: 'You are exempt from it, and need not acknowledge it.',
  cancelled: 'It is not asked of you any more.',
};

/** Their question goes to the owner; until it is answered nobody reminds them. */
export async function noteQuestion(
  tx: Queryable,
  command: CommandContext,
  request: RequestedText,
  question: { id: number; reference: string },
): Promise<void> {
  const { actor, at } = command;
  await tx.query(
    "update acknowledgement_request set state = 'declined', state_by = $2, state_by_name = $3, state_at = $4, question_id = $5 where id = $1",
    [request.id, actor.id, actor.name, at, question.id],
  );
  await audit(tx, command, {
    action: 'acknowledgement.questioned',
    record: `acknowledgement_request:${request.id}`,
    detail: { document: request.reference, question: question.reference },
  });
}

/** @throws Refusal where they cannot ask now */
export function refuseUnlessAsks({ state }: RequestedText): void {
  if (!requestStates.from('decline').includes(state))
    throw new Refusal(notNow[state] ?? 'There is nothing to acknowledge.');
}
