/**
 * Assessments of the organisation, or of a part of it, against the criteria of the question bank. Owns `assessment`,
 * `assessment_criterion` and `question_bank`.
 */
import './audit-events.ts';
import { createHash } from 'node:crypto';
import { z } from 'zod';
import type { Queryable } from '../../db/database.ts';
import { selectAll, selectOne, selectOptional, storable, toJsonb } from '../../db/rows.ts';
import { Refusal } from '../../errors.ts';
import { refuseReadOnly, required, type Actor, type CommandContext } from '../../records/command-context.ts';
import { leadsRecord } from '../../records/permission.ts';
import { declareRecord, recordSchema } from '../../records/record.ts';
import { declareStates, type Need } from '../../records/states.ts';
import { ProfileTag, QuestionBank } from './bank.ts';
import { goalIn, type Profile } from './profile.ts';
import { criteriaIn, type Scope } from './questions.ts';

const states = ['draft', 'in_progress', 'in_review', 'final', 'superseded'] as const;

const Assessment = recordSchema(states, {
  stateByName: z.string().nullable(),
  stateAt: z.date(),
  leadId: z.number(),
  scope: z.custom<Scope>((scope) => typeof scope === 'string'),
  covers: z.string().nullable(),
  profileId: z.number().nullable(),
  profile: z.array(ProfileTag),
  goal: z.enum(['certified', 'preparing', 'looking']).nullable(),
  auditOn: z.string().nullable(),
  bank: z.string().nullable(),
});
export type Assessment = z.infer<typeof Assessment>;

/** What beside the record decides a move. */
export interface AssessmentFacts {
  /** Assignments that are still to be answered, and that the lead has not closed. */
  unanswered: number;
  unclosed: number;
  /** Criteria to which people gave different answers. */
  differing: number;
}

export const leadsAssessment = leadsRecord('assessment.lead_id');

const none = (fact: keyof AssessmentFacts, lacks: string): Need<Assessment, AssessmentFacts> => ({
  lacks,
  met: (_row, facts) => facts[fact] === 0,
});
const answered = none('unanswered', 'the answers of everybody who was asked');
const unanswered: Need<Assessment, AssessmentFacts> = {
  lacks: null,
  met: (_row, facts) => facts.unanswered > 0,
};

/** It is not finished: what was answered stays, nobody is asked any more. */
const putAway = { to: 'superseded', by: leadsAssessment } as const;

export const assessmentStates = declareStates<Assessment['state'], Assessment, AssessmentFacts>('draft', {
  draft: { begin: { to: 'in_progress', by: leadsAssessment }, putAway },
  in_progress: { review: { to: 'in_review', by: null, needs: [answered] }, putAway },
  in_review: {
    putAway,
    goOn: { to: 'in_progress', by: null, needs: [unanswered] },
    finish: {
      to: 'final',
      by: leadsAssessment,
      needs: [
        none('unclosed', 'a look at what each colleague submitted'),
        none('differing', 'a decision where answers differ'),
      ],
    },
  },
  final: { supersede: { to: 'superseded', by: null, needs: [{ lacks: null, met: () => false }] } },
  superseded: {},
});

/** Results are read by whoever leads it, ISMS managers, admins and auditors; others see what they were asked. */
export const assessments = declareRecord<typeof Assessment, 'state' | 'profile_id' | 'profile' | 'goal' | 'audit_on' | 'bank'>({
  table: 'assessment',
  prefix: 'GA',
  schema: Assessment,
  ended: ['final', 'superseded'],
  written: [],
  reads: `($2 or lead_id = $1 or exists (select from person where person.id = $1 and roles && '{admin,auditor}'))`,
}); // prettier-ignore

export function mayBegin({ roles }: Pick<Actor, 'roles'>): boolean {
  return roles.includes('isms_manager') || roles.includes('admin');
}

/** A new one, or that which the person has not brought to its end on the same scope. */
export async function openAssessment(
  tx: Queryable,
  command: CommandContext,
  scope: Scope,
  covers: string | null,
): Promise<Assessment> {
  refuseReadOnly(command);
  if (!mayBegin(command.actor))
    throw new Refusal(
      'An assessment is begun by the ISMS manager or an admin. Tell them what you would like to look at; you are asked once they have begun.',
    );
  await tx.query("select pg_advisory_xact_lock(hashtext('assessment'))");
  const [open] = await assessments.selectWhere(
    tx,
    "scope = $1 and covers is not distinct from $2 and state in ('draft', 'in_progress', 'in_review') and lead_id = $3",
    [scope, covers, command.actor.id],
  );
  if (open !== undefined) return open;
  return assessments.insert(
    tx,
    command,
    { scope, covers: covers && storable(covers), lead_id: command.actor.id, state_at: command.at },
    () => ({ action: 'assessment.opened', detail: { scope } }),
  );
}

/** Those that wait for whoever leads them: to be begun, or to be made final. */
export function selectWaitingFor(tx: Queryable, personId: number): Promise<Assessment[]> {
  return assessments.selectWhere(tx, "state in ('draft', 'in_review') and lead_id = $1", [personId]);
}

/** From here on its questions stay as they are, whatever becomes of the bank. @throws Refusal where the profile leaves nothing to ask */
export async function beginAssessment(
  tx: Queryable,
  command: CommandContext,
  before: Assessment,
  profile: Profile,
  bank: QuestionBank,
): Promise<Assessment> {
  await leadsAssessment.refuseUnless(tx, command, before, null);
  if (before.state !== 'draft') throw new Refusal(`${before.reference} has begun already.`);
  const criteria = criteriaIn(bank, before.scope, profile.tags);
  if (!criteria.some(({ leftOut }) => leftOut === null))
    throw new Refusal(
      'Nothing in it applies to you, by your profile. Choose another part of the standard, or change the profile.',
    );
  const hash = await keepBank(tx, bank, command.at);
  await tx.query(
    `insert into assessment_criterion (assessment_id, ordinal, criterion, requirement, theme, left_out)
     select $1, * from unnest($2::integer[], $3::text[], $4::text[], $5::text[], $6::text[])`,
    [
      before.id,
      criteria.map((_, index) => index + 1),
      criteria.map(({ placed }) => placed.name),
      criteria.map(({ placed }) => placed.requirement),
      criteria.map(({ placed }) => placed.theme),
      criteria.map(({ leftOut }) => leftOut?.en ?? null),
    ],
  );
  const values = { profile_id: profile.id, profile: profile.tags, goal: goalIn(profile.tags), audit_on: profile.auditOn }; // prettier-ignore
  return assessments.change(
    tx,
    command,
    before,
    { state: 'in_progress', bank: hash, ...values },
    ({ state }) => ({
      action: 'assessment.begun',
      detail: { from: before.state, to: state, bank: hash, criteria: criteria.length, profile: profile.tags },
    }),
  );
}

async function keepBank(tx: Queryable, bank: QuestionBank, at: Date): Promise<string> {
  const content = toJsonb(bank);
  const hash = createHash('sha256').update(content).digest('hex');
  await tx.query(
    'insert into question_bank (hash, version, content, kept_at) values ($1, $2, $3, $4) on conflict do nothing',
    [hash, bank.version, content, at],
  );
  return hash;
}

/**
 * Locked until the caller's transaction ends: nobody finishes it meanwhile.
 *
 * @throws Refusal once it is over: what was answered stays as it is
 */
export async function lockOpen(tx: Queryable, id: number): Promise<Assessment> {
  const assessment = await assessments.lock(tx, id);
  refuseOver(assessment);
  return assessment;
}

export function refuseOver(assessment: Pick<Assessment, 'reference' | 'state'>): void {
  const { reference, state } = assessment;
  if (isOver(assessment)) throw new Refusal(`${reference} is ${state}, and stays as it is.`);
}

export function isOver({ state }: Pick<Assessment, 'state'>): boolean {
  return state === 'final' || state === 'superseded';
}

/** A bank takes long to read and never changes: the last few stay at hand. */
const banks = new Map<string, QuestionBank>();
const mostBanks = 8;

/** The questions that an assessment began with. @throws Refusal for a draft */
export async function selectBank(
  tx: Queryable,
  { bank: hash, reference }: Pick<Assessment, 'bank' | 'reference'>,
): Promise<QuestionBank> {
  if (hash === null) throw new Refusal(`${reference} has not begun yet.`);
  const known = banks.get(hash);
  if (known !== undefined) return known;
  const { content } = await selectOne(
    tx,
    z.object({ content: QuestionBank }),
    'select content from question_bank where hash = $1',
    [hash],
  );
  for (const oldest of [...banks.keys()].slice(0, Math.max(0, banks.size - mostBanks + 1)))
    banks.delete(oldest);
  banks.set(hash, content);
  return content;
}

/** The newest of the same scope that came to its end before it. */
export function selectLastFinal(
  tx: Queryable,
  { id, scope, covers }: Assessment,
): Promise<Assessment | null> {
  return selectOptional(
    tx,
    Assessment,
    `select * from assessment where scope = $1 and covers is not distinct from $2 and id <> $3
       and state in ('final', 'superseded') and id < $3 order by id desc limit 1`,
    [scope, covers, id],
  );
}

const Counts = z.object({ reference: z.string(), criteria: z.number(), open: z.number() });

/** How far those are that somebody may see, the newest first. */
export function selectProgress(tx: Queryable, ids: readonly number[]): Promise<z.infer<typeof Counts>[]> {
  return selectAll(
    tx,
    Counts,
    `select reference, count(criterion) as criteria,
       count(criterion) filter (where not exists (
         select from assignment join assignment_criterion answered on answered.assignment_id = assignment.id
         join assessment_answer answer on answer.id = answered.answer_id and answer.state <> 'delegated'
         where assignment.assessment_id = assessment.id and answered.ordinal = assessment_criterion.ordinal)) as open
     from assessment left join assessment_criterion on assessment_id = assessment.id and left_out is null
     where assessment.id = any($1) group by assessment.id order by assessment.id desc`,
    [ids],
  );
}

/** Gives it up; what was answered stays to be read. */
export async function putAssessmentAway(
  tx: Queryable,
  command: CommandContext,
  before: Assessment,
  reason: string,
): Promise<Assessment> {
  await leadsAssessment.refuseUnless(tx, command, before, null);
  const step = assessmentStates.step('putAway', before, { unanswered: 0, unclosed: 0, differing: 0 });
  if (step === null)
    throw new Refusal(`${before.reference} is ${before.state.replaceAll('_', ' ')}, and stays as it is.`);
  return assessments.change(tx, command, before, { state: step.to }, () => ({
    action: 'assessment.put_away',
    detail: {
      from: before.state,
      to: step.to,
      reason: storable(required(reason, 'Why it is put away', 1_000)),
    },
  }));
}
