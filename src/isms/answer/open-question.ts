/** Questions that the policies did not answer, on their way to a person who can. Owns `open_question`. */
import './audit-events.ts';
import { z } from 'zod';
import type { Queryable } from '../../db/database.ts';
import { selectAll, selectOne, selectOptional, storable } from '../../db/rows.ts';
import { Refusal } from '../../errors.ts';
import { audit, isIsmsManager, namesOf, type CommandContext } from '../../records/command-context.ts';
import { permission } from '../../records/permission.ts';
import { isHereSql, selectByRole, selectOptionalByEmail, type Person } from '../../records/person.ts';
import { declareRecord, type RecordKind } from '../../records/record.ts';
import { nextReference } from '../../records/reference.ts';
import { declareStates } from '../../records/states.ts';

export const OpenQuestion = z.object({
  id: z.number(),
  reference: z.string(),
  version: z.number(),
  answerId: z.number(),
  askerId: z.number(),
  askerPlatform: z.string(),
  askerAddress: z.string(),
  ownerId: z.number(),
  question: z.string(),
  nearestVersionId: z.number().nullable(),
  routedByInput: z.number(),
  state: z.enum(['new', 'routed', 'answered_by_owner', 'told_asker', 'policy_changed', 'no_change']),
  routedAt: z.date(),
  repliedBy: z.number().nullable(),
  repliedAt: z.date().nullable(),
  approvedAnswerId: z.number().nullable(),
  /** The button that leads back to what its asker was at; null where that was nothing. */
  returnsTo: z.string().nullable(),
});
export type OpenQuestion = z.infer<typeof OpenQuestion>;

const questions: RecordKind<OpenQuestion, Column> = declareRecord({
  table: 'open_question',
  prefix: 'Q',
  schema: OpenQuestion,
  ended: ['policy_changed', 'no_change'],
  written: ['reply'],
  reads: async (tx, { id: personId, roles }, id) => {
    const question = await selectOptional(tx, OpenQuestion, 'select * from open_question where id = $1', [
      id,
    ]);
    if (question === null) return false;
    return [question.askerId, question.ownerId].includes(personId) || roles.includes('isms_manager');
  },
});
type Column = 'state' | 'owner_id' | 'reply' | 'replied_by' | 'replied_at' | 'approved_answer_id';

/** Whom it was sent to, or the ISMS manager. */
const answersIt = permission<OpenQuestion>({
  code: (actor, { ownerId }) => actor.id === ownerId || isIsmsManager(actor),
  sql: `(owner_id = $1 or ($2 and not ${isHereSql('owner_id')} and asker_id <> $1))`,
  refusal: async (tx, _command, { reference, ownerId }) =>
    `${reference} is with ${await namesOf(tx, [ownerId])}. Only they or the ISMS manager can answer it.`,
});

export const questionStates = declareStates<OpenQuestion['state'], OpenQuestion, void>('routed', {
  routed: { answer: { to: 'told_asker', by: answersIt } },
  told_asker: {
    takeBack: { to: 'routed', by: answersIt },
    changePolicy: { to: 'policy_changed', by: answersIt },
    leavePolicy: { to: 'no_change', by: answersIt },
  },
  policy_changed: { takeBack: { to: 'routed', by: answersIt } },
  no_change: { takeBack: { to: 'routed', by: answersIt } },
});

export interface NewQuestion {
  answerId: number;
  askerPlatform: string;
  askerAddress: string;
  ownerId: number;
  question: string;
  nearestVersionId: number | null;
  returnsTo?: string;
}

/** Whoever owns a document, or an ISMS manager; never the asker. @throws Refusal where that is nobody */
export async function ownerOf(tx: Queryable, email: string | null, askerId: number): Promise<Person> {
  const owner = await selectOptionalByEmail(tx, email);
  if (owner !== null && owner.id !== askerId) return owner;
  const manager = (await selectByRole(tx, 'isms_manager')).find((person) => person.id !== askerId);
  if (manager === undefined)
    throw new Refusal(
      'There is nobody to ask: no ISMS manager is set. An admin can set one with "isma people import".',
    );
  return manager;
}

/** Routes a question to its owner. */
export async function routeQuestion(
  tx: Queryable,
  command: CommandContext,
  fresh: NewQuestion,
): Promise<OpenQuestion> {
  const { actor, at } = command;
  const question = await selectOne(
    tx,
    OpenQuestion,
    `insert into open_question (reference, answer_id, asker_id, asker_platform, asker_address, owner_id,
       question, nearest_version_id, routed_by_input, state, routed_at, state_by, state_by_name, state_at, returns_to)
     values ($1, $2, $3, $4, $5, $6, $7, $8, $9, 'routed', $10, $3, $11, $10, $12) returning *`,
    [await nextReference(tx, 'Q', at.getUTCFullYear()), fresh.answerId, actor.id, fresh.askerPlatform, fresh.askerAddress,
      fresh.ownerId, storable(fresh.question), fresh.nearestVersionId, command.inputId, at, actor.name, fresh.returnsTo ?? null], // prettier-ignore
  );
  await audit(tx, command, {
    action: 'open_question.routed',
    record: questions.nameOf(question),
    detail: { reference: question.reference, owner: fresh.ownerId, answer: fresh.answerId },
  });
  return question;
}

/** An ISMS manager whom its asker may ask in place of its owner. */
export async function otherThanOwner(
  tx: Queryable,
  { askerId, ownerId }: Pick<OpenQuestion, 'askerId' | 'ownerId'>,
): Promise<Person | null> {
  const managers = await selectByRole(tx, 'isms_manager');
  return managers.find(({ id }) => id !== askerId && id !== ownerId) ?? null;
}

/**
 * To somebody else, for whoever asked and has no answer yet.
 *
 * @throws Refusal where it is another's question or answered, or there is nobody else
 */
export async function rerouteQuestion(
  tx: Queryable,
  command: CommandContext,
  reference: string,
): Promise<{ question: OpenQuestion; owner: Person }> {
  const found = await questions.selectOptional(tx, reference);
  if (found?.askerId !== command.actor.id) throw new Refusal(`You have no question ${reference}.`);
  const question = await questions.lock(tx, found.id);
  if (question.state !== 'routed')
    throw new Refusal(`${reference} is ${stateInWords[question.state]}: nobody else need be asked.`);
  const owner = await otherThanOwner(tx, question);
  if (owner === null) throw new Refusal(`There is nobody else whom I could ask ${reference}.`);
  const changed = await questions.change(tx, command, question, { owner_id: owner.id }, () => ({
    action: 'open_question.rerouted',
    detail: { reference, from: question.ownerId, owner: owner.id },
  }));
  return { question: changed, owner };
}

export function selectQuestion(tx: Queryable, id: number): Promise<Asked> {
  return selectOne(tx, Asked, 'select * from open_question where id = $1', [id]);
}
const Asked = OpenQuestion.extend({ reply: z.string().nullable() });
type Asked = z.infer<typeof Asked>;

export function selectOptionalByAnswer(tx: Queryable, answerId: number): Promise<OpenQuestion | null> {
  return selectOptional(tx, OpenQuestion, 'select * from open_question where answer_id = $1', [answerId]);
}

/**
 * Locked until the caller's transaction ends, so that of two replies at once one is told of the other.
 *
 * @throws Refusal when there is none, or it is not this person's to answer
 */
export async function lockQuestion(
  tx: Queryable,
  command: CommandContext,
  reference: string,
): Promise<OpenQuestion> {
  const found = await questions.selectOptional(tx, reference);
  if (found === null) throw new Refusal(`There is no question ${reference}.`);
  const question = await questions.lock(tx, found.id);
  await answersIt.refuseUnless(tx, command, question);
  return question;
}

/** Questions that wait for this person's answer, oldest first; those of owners who have left wait for every ISMS manager. */
export function selectWaitingFor(
  tx: Queryable,
  { id, roles }: { id: number; roles: readonly string[] },
): Promise<OpenQuestion[]> {
  return selectAll(
    tx,
    OpenQuestion,
    `select * from open_question where ${answersIt.sql} and state = any($3) order by id`,
    [id, roles.includes('isms_manager'), questionStates.from('answer')],
  );
}

/**
 * The reply, which the same transaction tells the asker.
 *
 * @param approvedAnswerId  the document that keeps it for others, or null where it is for the asker alone
 */
export function recordReply(
  tx: Queryable,
  command: CommandContext,
  question: OpenQuestion,
  { reply, approvedAnswerId }: { reply: string; approvedAnswerId: number | null },
): Promise<OpenQuestion> {
  const values = {
    state: 'told_asker',
    reply: storable(reply),
    replied_by: command.actor.id,
    replied_at: command.at,
    approved_answer_id: approvedAnswerId,
  };
  return questions.change(tx, command, question, values, () => [
    {
      action: 'open_question.answered_by_owner',
      detail: { reference: question.reference, approvedAnswer: approvedAnswerId },
    },
    { action: 'open_question.told_asker', detail: { asker: question.askerId } },
  ]);
}

/** The approved answer is taken back; the question waits for its owner again. */
export function reopenQuestion(
  tx: Queryable,
  command: CommandContext,
  question: OpenQuestion,
): Promise<OpenQuestion> {
  return questions.change(tx, command, question, { state: 'routed', approved_answer_id: null }, () => ({
    action: 'open_question.reply_withdrawn',
    detail: { reference: question.reference },
  }));
}

/** What became of the policy because of the question: the last state. */
export async function concludeQuestion(
  tx: Queryable,
  command: CommandContext,
  question: OpenQuestion,
  state: 'policy_changed' | 'no_change',
): Promise<void> {
  if (question.state === state) return;
  const move = state === 'policy_changed' ? 'changePolicy' : 'leavePolicy';
  if (!questionStates.from(move).includes(question.state))
    throw new Refusal(
      `${question.reference} is ${stateInWords[question.state]}. Only a question that was answered can be concluded.`,
    );
  await questions.change(tx, command, question, { state }, () => ({ action: `open_question.${state}` }));
}

export const stateInWords: Record<OpenQuestion['state'], string> = {
  new: 'new',
  routed: 'waiting for its owner',
  answered_by_owner: 'answered by its owner',
  told_asker: 'answered',
  policy_changed: 'answered, and the policy was changed',
  no_change: 'answered, and the policy stays as it is',
};
