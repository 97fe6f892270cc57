/** Questions about sections of policies, and who lets them be asked. Owns `policy_question`. */
import './audit-events.ts';
import { z } from 'zod';
import { appendAudit } from '../../db/audit.ts';
import type { Queryable } from '../../db/database.ts';
import { selectAll } from '../../db/rows.ts';
import { Refusal } from '../../errors.ts';
import { dayOf } from '../../language/calendar.ts';
import {
  deciderNames,
  isIsmsManager,
  type Actor,
  type CommandContext,
} from '../../records/command-context.ts';
import { lookSoon } from '../../records/nudge-agenda.ts';
import { permission } from '../../records/permission.ts';
import { declareRecord, recordSchema } from '../../records/record.ts';
import { declareStates } from '../../records/states.ts';
import { faultsOf, type QuestionText } from './check.ts';
import { policiesSql, PolicySection, selectOptionalPolicy, selectSections, type Policy } from './policy.ts';

export const PolicyQuestion = recordSchema(['draft', 'approved', 'retired'], {
  documentId: z.number(),
  sectionId: z.number(),
  language: z.string(),
  ask: z.string(),
  rightAnswer: z.string(),
  wrongAnswers: z.array(z.string()),
  why: z.string(),
  shownBy: z.string().nullable(),
  draftedBy: z.enum(['model', 'person']),
  lookAgain: z.boolean(),
  stateByName: z.string().nullable(),
  stateAt: z.date(),
});
export type PolicyQuestion = z.infer<typeof PolicyQuestion>;

/** What stands beside a question now. */
export interface QuestionFacts {
  /** Null where no version is in force. */
  policy: Policy | null;
  /** What its section is in the version in force; null where that has none. */
  section: PolicySection | null;
  /** Whether that still says what it said. */
  isSame: boolean;
}

/** What a question is about. */
export interface Place {
  policy: Policy;
  section: PolicySection;
}

/** The ISMS manager, or whose policy it is. */
export const leadsQuestions = permission<unknown, Pick<QuestionFacts, 'policy'>>({
  code: (actor, _row, { policy }) => isIsmsManager(actor) || (policy !== null && policy.ownerId === actor.id),
  sql: `($2 or document_id in (select document_id from (${policiesSql("'infinity'::date")}) own where owner_id = $1))`,
  refusal: async (tx, _command, _row, { policy }) =>
    `Questions about ${policy?.title ?? 'this policy'} are for its owner: ${await deciderNames(tx, [policy?.ownerId ?? null], [])}.`,
});

const retire = { to: 'retired', by: leadsQuestions } as const;
const stands = {
  lacks: 'a section in force',
  met: (_row: unknown, { section }: QuestionFacts) => section !== null,
};
const isOld = { lacks: null, met: (_row: unknown, { isSame }: QuestionFacts) => !isSame };

export const policyQuestionStates = declareStates<PolicyQuestion['state'], PolicyQuestion, QuestionFacts>('draft', {
  draft: {
    approve: { to: 'approved', by: leadsQuestions, needs: [stands] },
    change: { by: leadsQuestions },
    retire,
  },
  approved: {
    change: { to: 'draft', by: leadsQuestions },
    putBack: { to: 'draft', by: null, needs: [isOld] },
    retire,
  },
  retired: {},
}); // prettier-ignore

type Column =
  'state' | 'section_id' | 'ask' | 'right_answer' | 'wrong_answers' | 'why' | 'shown_by' | 'look_again';

export const policyQuestions = declareRecord<typeof PolicyQuestion, Column>({
  table: 'policy_question',
  prefix: 'PQ',
  schema: PolicyQuestion,
  ended: ['retired'],
  written: ['ask', 'right_answer', 'wrong_answers', 'why', 'shown_by'],
  reads: leadsQuestions.sql,
});

export async function selectQuestionFacts(tx: Queryable, { documentId, sectionId }: PolicyQuestion, day: string): Promise<QuestionFacts> {
  const policy = await selectOptionalPolicy(tx, documentId, day);
  if (policy === null) return { policy, section: null, isSame: false };
  const [written] = await selectAll(tx, PolicySection, 'select id, number, heading, body from section where id = $1', [sectionId]);
  const now = await selectSections(tx, policy.versionId);
  const same = now.find((section) => section.heading === written?.heading && section.body === written.body);
  const section =
    same ??
    now.find(({ number }) => number !== '' && number === written?.number) ??
    now.find(({ heading }) => heading === written?.heading) ??
    null;
  return { policy, section, isSame: same !== undefined };
} // prettier-ignore

/** Those of a policy that are not retired, in the order in which they came. */
export function selectQuestionsOf(tx: Queryable, documentId: number): Promise<PolicyQuestion[]> {
  return policyQuestions.selectWhere(tx, "document_id = $1 and state <> 'retired'", [documentId]);
}

/** As somebody may see them: of policies that they answer for. */
export function selectQuestionsSeen(
  tx: Queryable,
  actor: Pick<Actor, 'id' | 'roles'>,
): Promise<PolicyQuestion[]> {
  return policyQuestions.selectSeen(tx, actor, "state <> 'retired'");
}

/** Refuses what would be asked wrongly: the record's own gate, also of what a form let through. */
async function checked(tx: Queryable, text: QuestionText, section: PolicySection, policy: Policy, self: number): Promise<QuestionText> {
  const others = (await selectQuestionsOf(tx, policy.documentId)).filter(({ id }) => id !== self);
  const [fault] = Object.values(faultsOf(text, section, others));
  if (fault !== undefined) throw new Refusal(fault);
  return text;
} // prettier-ignore

const columnsOf = ({ ask, rightAnswer, wrongAnswers, why, shownBy }: QuestionText) => ({
  ask,
  right_answer: rightAnswer,
  wrong_answers: wrongAnswers,
  why,
  shown_by: shownBy,
});

/** It is asked of nobody before it is approved. @throws Refusal in the words of its first fault */
export async function draftQuestion(tx: Queryable, command: CommandContext, { policy, section }: Place, text: QuestionText, by: PolicyQuestion['draftedBy']): Promise<PolicyQuestion> {
  const { actor, at } = command;
  await leadsQuestions.refuseUnless(tx, command, null, { policy });
  const values = columnsOf(await checked(tx, text, section, policy, 0));
  const state = { state: 'draft', state_by: actor.id, state_by_name: actor.name, state_at: at };
  const about = { document_id: policy.documentId, section_id: section.id, language: policy.language };
  return policyQuestions.insert(tx, command, { ...state, ...about, ...values, drafted_by: by }, ({ version }) => ({
    action: 'policy_question.drafted',
    detail: { section: section.id, version, by },
  }));
} // prettier-ignore

/** What it asks from now on; what was approved before is a draft again. @param section  of the version in force */
export async function changeQuestion(tx: Queryable, command: CommandContext, question: PolicyQuestion, section: PolicySection, text: QuestionText): Promise<PolicyQuestion> {
  const { to, facts } = await stepOf(tx, command, 'change', question);
  const values = columnsOf(await checked(tx, text, section, placeIn(question, { ...facts, section }).policy, question.id));
  const state = to === question.state ? {} : { state: to };
  return policyQuestions.change(tx, command, question, { ...values, ...state, section_id: section.id }, ({ version }) => ({
    action: 'policy_question.changed',
    detail: { from: question.state, to, section: section.id, version },
  }));
} // prettier-ignore

/** A person answers for it: from now on it is asked, for as long as the section says what it says now. */
export async function approveQuestion(tx: Queryable, command: CommandContext, question: PolicyQuestion): Promise<PolicyQuestion> {
  const { to, facts } = await stepOf(tx, command, 'approve', question);
  const { policy, section } = placeIn(question, facts);
  await checked(tx, question, section, policy, question.id);
  return policyQuestions.change(tx, command, question, { state: to, section_id: section.id, look_again: false }, ({ version }) => ({
    action: 'policy_question.approved',
    detail: { from: question.state, to, section: section.id, version },
  }));
} // prettier-ignore

/** Left out, or asked no more: it stays on record. */
export async function retireQuestion(tx: Queryable, command: CommandContext, question: PolicyQuestion): Promise<PolicyQuestion> {
  const { to } = await stepOf(tx, command, 'retire', question);
  return policyQuestions.change(tx, command, question, { state: to }, () => ({
    action: 'policy_question.retired',
    detail: { from: question.state, to },
  }));
} // prettier-ignore

/** @throws Refusal for who may not, and where it cannot be done any more */
async function stepOf(tx: Queryable, command: CommandContext, move: 'approve' | 'change' | 'retire', question: PolicyQuestion) {
  const facts = await selectQuestionFacts(tx, question, dayOf(command.at, command.actor.timeZone));
  await policyQuestionStates.by(move)?.refuseUnless(tx, command, question, facts);
  const step = policyQuestionStates.step(move, question, facts);
  if (step === null) throw new Refusal(`${question.reference} is ${question.state} by now. Say «questions of policies» for all of them.`);
  if (step.lacks.length > 0) placeIn(question, facts);
  return { to: step.to, facts };
} // prettier-ignore

/** @throws Refusal where there is none any more */
function placeIn({ reference }: PolicyQuestion, { policy, section }: QuestionFacts): Place {
  if (policy === null) throw new Refusal(`The policy of ${reference} is not in force any more. Leave the question out.`);
  if (section === null) throw new Refusal(`The policy no longer has the section of ${reference}. Change the question, or leave it out.`);
  return { policy, section };
} // prettier-ignore

/** What was approved and whose section reads otherwise in the version in force waits for a person again: its policy's owner hears of it. */
export async function putBackChanged(tx: Queryable, at: Date): Promise<void> {
  const put = await selectAll(
    tx,
    z.object({ id: z.number(), ownerId: z.number().nullable() }),
    `update policy_question question set state = 'draft', look_again = true, version = question.version + 1, state_by = null,
       state_by_name = null, state_at = $1
     from (${policiesSql('$2::date')}) policy
     where policy.document_id = question.document_id and question.state = 'approved'
       and not exists (select from section now join section written on written.id = question.section_id
         where now.version_id = policy.version_id and now.heading = written.heading and now.body = written.body)
     returning question.id, policy.owner_id`,
    [at, dayOf(at, 'UTC')],
  );
  if (put.length === 0) return;
  const events = put.map((question) => ({ action: 'policy_question.put_back' as const, record: policyQuestions.nameOf(question), detail: { from: 'approved', to: 'draft' }, actor: 'system:policies', at }));
  await appendAudit(tx, ...events);
  await lookSoon(tx, put.flatMap(({ ownerId }) => ownerId ?? []), at);
} // prettier-ignore

const LookAgain = z.object({
  id: z.number(),
  personId: z.number(),
  documentId: z.number(),
  title: z.string(),
  count: z.number(),
  since: z.date(),
});

/** What owners are to look at again, a row a policy. */
export function selectToLookAgain(
  tx: Queryable,
  people: readonly number[],
  day: string,
): Promise<z.infer<typeof LookAgain>[]> {
  return selectAll(
    tx,
    LookAgain,
    `select min(question.id) as id, policy.owner_id as person_id, policy.document_id, policy.title,
       count(*)::integer as count, max(question.state_at) as since
     from policy_question question join (${policiesSql('$2::date')}) policy on policy.document_id = question.document_id
     where question.state = 'draft' and question.look_again and policy.owner_id = any($1)
     group by policy.owner_id, policy.document_id, policy.title`,
    [people, day],
  );
}
