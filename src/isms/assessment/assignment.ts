/**
 * Some of an assessment's criteria, for somebody to answer: asked, submitted, looked at by the lead, closed. Owns `assignment` and
 * `assignment_criterion`; its assessment moves along with it.
 */
import { z } from 'zod';
import type { Queryable } from '../../db/database.ts';
import { selectAll, selectOne, selectOptional, storable, toJsonb } from '../../db/rows.ts';
import { Refusal } from '../../errors.ts';
import { audit, refuseUnlessWorking, type CommandContext } from '../../records/command-context.ts';
import { personIn } from '../../records/permission.ts';
import { declareStates, type Need } from '../../records/states.ts';
import {
  assessments,
  assessmentStates,
  leadsAssessment,
  lockOpen,
  refuseOver,
  type Assessment,
} from './assessment.ts';
import { Rating } from './bank.ts';
import { selectDiffering } from './outcome.ts';
import { InterviewAnswer } from '../../records/interview-answer.ts';

export const parts = ['owner', 'doer', 'manager'] as const;

export const Assignment = z.object({
  id: z.number(),
  assessmentId: z.number(),
  personId: z.number(),
  personName: z.string(),
  part: z.enum(['lead', ...parts]),
  about: z.string(),
  dueOn: z.string().nullable(),
  state: z.enum(['draft', 'in_progress', 'submitted', 'changes_requested', 'closed', 'reopened']),
  word: z.string().nullable(),
  askedBy: z.number(),
  at: z.number().nullable(),
  given: z.array(InterviewAnswer),
  before: z.string().nullable(),
  evidence: z.array(z.number()),
  proven: Rating.nullable(),
  /** Of its assessment. */
  reference: z.string(),
  leadId: z.number(),
  leadName: z.string(),
});
export type Assignment = z.infer<typeof Assignment>;

const columns = `assignment.*, person.name as person_name, assessment.reference, assessment.lead_id, leader.name as lead_name`;
const from = `assignment join assessment on assessment.id = assessment_id join person on person.id = person_id
  join person leader on leader.id = assessment.lead_id`;

/** Questions that have no answer yet. */
export interface AssignmentFacts {
  open: number;
}
const answersIt = personIn('personId');
const answered: Need<Assignment, AssignmentFacts> = {
  lacks: 'an answer, or a reason to pass it over, for each question',
  met: (_row, { open }) => open === 0,
};
const asking = {
  submit: { to: 'submitted', by: answersIt, needs: [answered] },
  takeBack: { to: 'closed', by: leadsAssessment },
} as const;

export const assignmentStates = declareStates<Assignment['state'], Assignment, AssignmentFacts>('draft', {
  draft: { ask: { to: 'in_progress', by: leadsAssessment } },
  in_progress: asking,
  submitted: {
    requestChanges: { to: 'changes_requested', by: leadsAssessment },
    close: { to: 'closed', by: leadsAssessment },
  },
  changes_requested: asking,
  closed: { reopen: { to: 'reopened', by: leadsAssessment } },
  reopened: asking,
});
export type AssignmentMove = 'ask' | 'submit' | 'takeBack' | 'requestChanges' | 'close' | 'reopen';

/** States in which somebody is asked. */
const askedIn = "('in_progress', 'changes_requested', 'reopened')";

function selectAssignment(tx: Queryable, id: number): Promise<Assignment> {
  return selectOne(tx, Assignment, `select ${columns} from ${from} where assignment.id = $1`, [id]);
}

/** Locked until the caller's transaction ends. @throws Refusal for one that is not there */
async function lockAssignment(tx: Queryable, id: number): Promise<Assignment> {
  const found = Number.isInteger(id) && id > 0 && id < 2 ** 31
    ? await selectOptional(tx, Assignment, `select ${columns} from ${from} where assignment.id = $1 for update of assignment`, [id])
    : null; // prettier-ignore
  if (found === null) throw new Refusal(noQuestions);
  return found;
}
const noQuestions = 'There are no such questions. Say «gap analyses» for what there is.';

/** The same, for whom it concerns: who was asked, and those who may see the results. @throws Refusal for others as for one that is not there */
export async function lockSeen(tx: Queryable, { actor }: CommandContext, id: number, otherwise = noQuestions): Promise<Assignment> {
  const found = await lockAssignment(tx, id);
  if (found.personId === actor.id || (await assessments.selectSeen(tx, actor, 'id = $3', [found.assessmentId])).length > 0) return found;
  throw new Refusal(otherwise);
} // prettier-ignore

/** The person's own, as long as they are asked. */
export async function lockOwn(tx: Queryable, command: CommandContext, id: number): Promise<Assignment> {
  const { actor } = command;
  const found = await lockSeen(tx, command, id);
  if (found.personId !== actor.id)
    throw new Refusal(`Those questions of ${found.reference} are for ${found.personName}.`);
  if (assignmentStates.step('submit', found, { open: 0 }) === null)
    throw new Refusal(
      found.state === 'submitted'
        ? `You have submitted your answers of ${found.reference}. They can be changed once they are sent back to you.`
        : `Your part of ${found.reference} is closed.`,
    );
  refuseOver(await assessments.select(tx, found.assessmentId));
  return found;
}

/** Of an assessment, in the order in which they were asked. */
export function selectAssignments(tx: Queryable, assessmentId: number): Promise<Assignment[]> {
  return selectAll(
    tx,
    Assignment,
    `select ${columns} from ${from} where assessment_id = $1 order by assignment.id`,
    [assessmentId],
  );
}

const OwedAnswers = Assignment.pick({
  id: true,
  personId: true,
  reference: true,
  about: true,
  dueOn: true,
}).extend({
  askedAt: z.date(),
  askerName: z.string(),
  locale: z.string(),
  /** Questions that have no answer yet, and all of them. */
  open: z.number(),
  total: z.number(),
});
export type OwedAnswers = z.infer<typeof OwedAnswers>;

/** Those that wait for the answers of these people, the first due first. */
export function selectOwedAnswers(tx: Queryable, people: readonly number[]): Promise<OwedAnswers[]> {
  return selectAll(
    tx,
    OwedAnswers,
    `select assignment.id, person_id, assessment.reference, about, due_on, asked_at, asker.name as asker_name, person.locale,
       (select count(*) from assignment_criterion asked where asked.assignment_id = assignment.id and open) as open,
       (select count(*) from assignment_criterion asked where asked.assignment_id = assignment.id) as total
     from ${from} join person asker on asker.id = asked_by
     where person_id = any($1) and assignment.state in ${askedIn} and assessment.state in ('in_progress', 'in_review')
     order by due_on nulls last, assignment.id`,
    [people],
  );
}

/** Those that a lead has to look at. */
export function selectSubmittedTo(tx: Queryable, leadId: number): Promise<Assignment[]> {
  return selectAll(
    tx,
    Assignment,
    `select ${columns} from ${from} where lead_id = $1 and person_id <> $1 and assignment.state = 'submitted' and assessment.state <> 'superseded'
     order by assignment.id`,
    [leadId],
  );
}

export interface NewAssignment {
  personId: number;
  part: Assignment['part'];
  /** What is asked, in words. */
  about: string;
  dueOn: string | null;
  /** Names of criteria, of which the person is asked those that they are not asked yet. */
  criteria: readonly string[];
  /** Of the lead, for them. */
  word?: string | null;
}

/** The caller has the assessment locked. @returns null where the person is asked all of it already */
export async function ask(
  tx: Queryable,
  command: CommandContext,
  assessment: Assessment,
  { personId, part, about, dueOn, criteria, word = null }: NewAssignment,
): Promise<Assignment | null> {
  await refuseUnlessWorking(tx, personId);
  const Asked = z.object({ ordinal: z.number(), criterion: z.string() });
  const asked = await selectAll(
    tx,
    Asked,
    `select ordinal, criterion from assessment_criterion where assessment_id = $1 and left_out is null
       and criterion = any($2) and not exists (select from assignment join assignment_criterion known on known.assignment_id = assignment.id
         where assignment.assessment_id = $1 and person_id = $3 and known.ordinal = assessment_criterion.ordinal
           and (not known.open or assignment.state in ${askedIn}))
     order by ordinal`,
    [assessment.id, criteria, personId],
  ); // prettier-ignore
  if (asked.length === 0) return null;
  const { id } = await selectOne(
    tx,
    z.object({ id: z.number() }),
    `insert into assignment (assessment_id, person_id, part, about, due_on, asked_by, asked_at, state_at)
     values ($1, $2, $3, $4, $5, $6, $7, $7) returning id`,
    [assessment.id, personId, part, storable(about), dueOn, command.actor.id, command.at],
  );
  await tx.query(
    `insert into assignment_criterion (assignment_id, ordinal, criterion)
     select $1, * from unnest($2::integer[], $3::text[])`,
    [id, asked.map(({ ordinal }) => ordinal), asked.map(({ criterion }) => criterion)],
  );
  await audit(tx, command, {
    action: 'assignment.asked',
    record: `assignment:${id}`,
    detail: {
      assessment: assessment.reference,
      person: personId,
      part,
      criteria: asked.map(({ criterion }) => criterion),
      due: dueOn,
    },
  });
  return moveAssignment(tx, command, await selectAssignment(tx, id), 'ask', word);
}

/** The caller has it locked. @param word  of the lead, for whoever answers. @throws Refusal where it is not theirs, or something is missing */
export async function moveAssignment(
  tx: Queryable,
  command: CommandContext,
  before: Assignment,
  move: AssignmentMove,
  word: string | null = null,
): Promise<Assignment> {
  const { open } = await selectHowFar(tx, before);
  const step = assignmentStates.step(move, before, { open });
  if (step === null)
    throw new Refusal(
      `The part of ${before.personName} in ${before.reference} is ${before.state.replaceAll('_', ' ')} by now: look at it again.`,
    );
  await assignmentStates.by(move, before.state)?.refuseUnless(tx, command, before, { open });
  await lockOpen(tx, before.assessmentId);
  if (step.lacks.length > 0)
    throw new Refusal(
      `${open === 1 ? '1 question has' : `${open} questions have`} no answer yet. Answer ${open === 1 ? 'it, or skip it' : 'them, or skip them'} with a reason.`,
    );
  await tx.query(
    `update assignment set state = $2, state_by = $3, state_by_name = $4, state_at = $5, word = coalesce($6, word) where id = $1`,
    [before.id, step.to, command.actor.id, command.actor.name, command.at, word && storable(word)],
  );
  await audit(tx, command, {
    action: 'assignment.moved',
    record: `assignment:${before.id}`,
    detail: {
      from: before.state,
      to: step.to,
      assessment: before.reference,
      ...(word === null ? {} : { reason: word }),
    },
  });
  await follow(tx, command, before.assessmentId);
  return selectAssignment(tx, before.id);
}

/** What people were asked and answered decides where their assessment stands. */
async function follow(tx: Queryable, command: CommandContext, id: number): Promise<void> {
  const assessment = await assessments.lock(tx, id);
  const to = assessmentStates.next(assessment, await selectFacts(tx, assessment));
  if (to === null) return;
  await assessments.change(tx, command, assessment, { state: to }, () => ({
    action: 'assessment.moved',
    detail: { from: assessment.state, to },
  }));
}

const Facts = z.object({ unanswered: z.number(), unclosed: z.number() });

export async function selectFacts(tx: Queryable, { id, leadId }: Pick<Assessment, 'id' | 'leadId'>) {
  const facts = await selectOne(
    tx,
    Facts,
    `select count(*) filter (where state in ${askedIn}) as unanswered,
       count(*) filter (where state = 'submitted' and person_id <> $2) as unclosed
     from assignment where assessment_id = $1`,
    [id, leadId],
  );
  return { ...facts, differing: (await selectDiffering(tx, id)).length };
}

/** Its questions were looked at and their answers are what they are: the last final one of the same scope is superseded. */
export async function finishAssessment(
  tx: Queryable,
  command: CommandContext,
  before: Assessment,
): Promise<Assessment> {
  const facts = await selectFacts(tx, before);
  const step = assessmentStates.step('finish', before, facts);
  await leadsAssessment.refuseUnless(tx, command, before, facts);
  if (step === null)
    throw new Refusal(
      before.state === 'in_progress'
        ? `${before.reference} still waits for answers: ${facts.unanswered} of those who were asked have not submitted theirs.`
        : `${before.reference} is ${before.state.replaceAll('_', ' ')} already.`,
    );
  if (step.lacks.length > 0)
    throw new Refusal(`Before ${before.reference} is final it needs ${step.lacks.join(', and ')}.`);
  for (const own of await selectAssignments(tx, before.id))
    if (own.state === 'submitted') await moveAssignment(tx, command, own, 'close');
  const moved = { from: before.state, to: step.to };
  const final = await assessments.change(tx, command, before, { state: step.to }, () => ({
    action: 'assessment.finished',
    detail: moved,
  }));
  for (const old of await assessments.selectWhere(
    tx,
    "scope = $1 and covers is not distinct from $2 and id <> $3 and state = 'final'",
    [before.scope, before.covers, before.id],
  ))
    await assessments.change(tx, command, old, { state: 'superseded' }, ({ state }) => ({
      action: 'assessment.moved',
      detail: { from: old.state, to: state },
    }));
  return final;
}

const HowFar = z.object({ open: z.number(), total: z.number() });

export function selectHowFar(tx: Queryable, { id }: Pick<Assignment, 'id'>): Promise<z.infer<typeof HowFar>> {
  return selectOne(
    tx,
    HowFar,
    'select count(*) filter (where open) as open, count(*) as total from assignment_criterion where assignment_id = $1',
    [id],
  );
}

/** Of a quick scan: said once for all of its answers. The caller has it locked, and saves where it stands. */
export async function noteProven(
  tx: Queryable,
  command: CommandContext,
  { id }: Pick<Assignment, 'id'>,
  proven: Rating,
): Promise<void> {
  await audit(tx, command, { action: 'assignment.proven', record: `assignment:${id}`, detail: { proven } });
}

/** The person goes back to one of its questions. The caller has it locked. */
export async function reaskAt(tx: Queryable, { id }: Assignment, criterion: string): Promise<void> {
  await tx.query(
    `update assignment set at = asked.ordinal, given = '[]', before = null, evidence = coalesce(answer.evidence, '{}')
     from assignment_criterion asked left join assessment_answer answer on answer.id = asked.answer_id
     where assignment.id = $1 and asked.assignment_id = $1 and asked.criterion = $2`,
    [id, criterion],
  );
}

/** Where its interview stands. The caller has it locked. */
export async function saveCursor(
  tx: Queryable,
  { id, at, given, before, evidence, proven }: Assignment,
): Promise<void> {
  await tx.query(
    'update assignment set at = $2, given = $3, before = $4, evidence = $5, proven = $6 where id = $1',
    [id, at, toJsonb(given), before && storable(before), evidence, proven],
  );
}

/** Words of questions that nobody answered to their end, and of profiles that nobody confirmed: what was confirmed is the record. */
export async function forgetUnfinished(tx: Queryable, before: Date): Promise<void> {
  await tx.query(
    `update assignment set given = '[]', before = null where given <> '[]' and exists (
       select from assessment where id = assessment_id and state in ('final', 'superseded') and state_at < $1)`,
    [before],
  );
  await tx.query(
    `update organisation_profile set given = '[]', before = null where state = 'asking' and given <> '[]' and changed_at < $1`,
    [before],
  );
}
