/**
 * Mock audits: cases drawn from a list and looked at one by one, and people who are asked what an auditor would ask. Owns
 * `mock_audit` and `mock_case`.
 */
import './audit-events.ts';
import { z } from 'zod';
import type { Queryable } from '../../db/database.ts';
import { selectOne } from '../../db/rows.ts';
import { Refusal } from '../../errors.ts';
import {
  isIsmsManager,
  isReadOnly,
  leaderNames,
  refuseReadOnly,
  refuseUnlessWorking,
  required,
  type Actor,
  type CommandContext,
} from '../../records/command-context.ts';
import { permission, type Who, leadsRecord } from '../../records/permission.ts';
import { declareRecord, recordSchema } from '../../records/record.ts';
import { declareStates, type Need } from '../../records/states.ts';
import { endInterviews, openInterview, selectInvited } from './interview.ts';
import { selectPopulation, type Population } from './population.ts';
import { drawSample } from './sample.ts';

const who = { stateBy: z.number().nullable(), stateByName: z.string().nullable(), stateAt: z.date() };

const MockAudit = recordSchema(['draft', 'in_progress', 'in_review', 'final', 'superseded'], {
  ...who,
  leadId: z.number(),
  about: z.string(),
  requirement: z.string().nullable(),
  populationId: z.number().nullable(),
  nameAt: z.number().nullable(),
  seed: z.string().nullable(),
  criteria: z.array(z.string()),
});
export type MockAudit = z.infer<typeof MockAudit>;

const verdicts = ['conforming', 'nonconforming', 'not_applicable'] as const;
export type Verdict = (typeof verdicts)[number];

const MockCase = recordSchema(['open', ...verdicts], {
  ...who,
  mockAuditId: z.number(),
  ordinal: z.number(),
  rowNumber: z.number(),
  title: z.string(),
  words: z.string().nullable(),
});
export type MockCase = z.infer<typeof MockCase>;

interface Facts {
  /** Cases that nobody has judged. */
  open: number;
}

/** ISMS managers lead them, and auditors who also work here. */
export function leadsMockAudits(actor: Pick<Actor, 'roles'>): boolean {
  return !isReadOnly(actor) && (isIsmsManager(actor) || actor.roles.includes('auditor'));
}

export const leads = leadsRecord();

const judged: Need<MockAudit, Facts> = {
  lacks: 'a verdict on each case',
  met: (_row, { open }) => open === 0,
};
const hasList: Need<MockAudit, Facts> = {
  lacks: 'a list to draw from',
  met: ({ populationId }) => populationId !== null,
};
const undrawn: Need<MockAudit, Facts> = {
  lacks: 'a list that nothing was drawn from yet',
  met: ({ seed }) => seed === null,
};
const draw = { to: 'in_progress', by: leads, needs: [hasList, undrawn] } as const;

export const mockAuditStates = declareStates<MockAudit['state'], MockAudit, Facts>('draft', {
  draft: { draw, invite: { to: 'in_progress', by: leads } },
  in_progress: {
    draw,
    invite: { by: leads },
    review: { to: 'in_review', by: null, needs: [judged] },
  },
  in_review: { draw, invite: { by: leads }, finish: { to: 'final', by: leads, needs: [judged] } },
  final: { supersede: { to: 'superseded', by: null, needs: [{ lacks: null, met: () => false }] } },
  superseded: {},
});

const isLead = permission<MockCase, Pick<MockAudit, 'leadId' | 'reference'>>({
  code: (actor, _row, audit) => leads.allows(actor, audit, null),
  sql: `exists (select from mock_audit where mock_audit.id = mock_audit_id and ($2 or lead_id = $1))`,
  refusal: async (tx, _command, _row, { leadId }) =>
    `Only ${await leaderNames(tx, { ownerId: leadId })} can say that: they lead the audit.`,
});

const seen: Need<MockCase, unknown> = {
  lacks: 'what you saw, in a few words',
  met: ({ words }) => words !== null,
};
const judge = {
  conform: { to: 'conforming', by: isLead, needs: [seen] },
  fail: { to: 'nonconforming', by: isLead, needs: [seen] },
  leaveOut: { to: 'not_applicable', by: isLead, needs: [seen] },
} as const;
export type Judging = keyof typeof judge;

export const mockCaseStates = declareStates<MockCase['state'], MockCase, Pick<MockAudit, 'leadId' | 'reference'>>('open', {
  open: judge,
  conforming: { fail: judge.fail, leaveOut: judge.leaveOut },
  nonconforming: { conform: judge.conform, leaveOut: judge.leaveOut },
  not_applicable: { conform: judge.conform, fail: judge.fail },
}); // prettier-ignore

const readers =
  "($2 or lead_id = $1 or exists (select from person where person.id = $1 and roles && '{admin,auditor}'))";

export const mockAudits = declareRecord<typeof MockAudit, 'state' | 'population_id' | 'name_at' | 'seed' | 'criteria' | 'requirement'>({
  table: 'mock_audit',
  prefix: 'MA',
  schema: MockAudit,
  ended: ['final', 'superseded'],
  written: [],
  reads: readers,
}); // prettier-ignore

export const mockCases = declareRecord<typeof MockCase, 'state' | 'words'>({
  table: 'mock_case',
  prefix: 'MC',
  schema: MockCase,
  ended: [],
  written: ['words'],
  reads: `exists (select from mock_audit where mock_audit.id = mock_audit_id and ${readers})`,
});

/** A new one, or that of the same which the person has not begun: a button that is pressed twice opens one. */
export async function openMockAudit(
  tx: Queryable,
  command: CommandContext,
  { about, requirement }: { about: string; requirement: string | null },
): Promise<MockAudit> {
  refuseReadOnly(command);
  if (!leadsMockAudits(command.actor))
    throw new Refusal('A mock audit of records and people is led by the ISMS manager or an auditor who works here. Say «mock audit» to practise the interview for yourself.');
  await tx.query("select pg_advisory_xact_lock(hashtext('mock_audit'))");
  const [open] = await mockAudits.selectWhere(tx, "lower(about) = lower($1) and lead_id = $2 and state = 'draft'", [about.trim(), command.actor.id]);
  return open ?? mockAudits.insert(
    tx,
    command,
    { about: required(about, 'What is looked at', 200), requirement, lead_id: command.actor.id, state_at: command.at },
    (row) => ({ action: 'mock_audit.opened', detail: { about: row.about } }),
  );
} // prettier-ignore

/** The list from which its cases will be drawn; another takes its place until they are. The caller has the audit locked. */
export async function bringList(tx: Queryable, command: CommandContext, audit: MockAudit, population: Population): Promise<MockAudit> {
  await leads.refuseUnless(tx, command, audit, null);
  const { id, hash, rows } = population;
  if (audit.seed !== null) throw new Refusal(`The cases of ${audit.reference} are drawn already: a new list is a new mock audit.`);
  if (mockAuditStates.step('draw', audit, { open: 0 }) === null) throw new Refusal(`${audit.reference} is over.`);
  return mockAudits.change(tx, command, audit, { population_id: id }, () => ({
    action: 'mock_audit.brought',
    detail: { population: id, rows: rows.length, hash },
  }));
} // prettier-ignore

export interface Drawing {
  /** Kept and shown, so that anybody can draw the same again. */
  seed: string;
  size: number;
  /** Column of the names, from 1. */
  nameAt: number;
  requirement: string | null;
}

/** The caller has the audit locked. @throws Refusal where it has no list, or was drawn already */
export async function drawCases(tx: Queryable, command: CommandContext, audit: MockAudit, { seed, size, nameAt, requirement }: Drawing): Promise<MockAudit> {
  await leads.refuseUnless(tx, command, audit, null);
  const step = mockAuditStates.step('draw', audit, { open: 0 });
  if (step === null || step.lacks.length > 0 || audit.populationId === null)
    throw new Refusal(`${audit.reference} needs ${step?.lacks.join(', ') ?? 'to be open'} for that.`);
  const { hash, rows } = await selectPopulation(tx, audit.populationId);
  const drawn = drawSample(seed, hash, rows.length, size);
  if (drawn.length === 0) throw new Refusal('Draw one case at least.');
  for (const [index, row] of drawn.entries())
    await mockCases.insert(
      tx,
      command,
      {
        mock_audit_id: audit.id,
        ordinal: index + 1,
        row_number: row,
        title: (rows[row - 1]?.[nameAt - 1] ?? '').slice(0, 200) || `Row ${row}`,
        state_at: command.at,
      },
      () => ({ action: 'mock_case.drawn', detail: { audit: audit.reference, row } }),
    );
  return mockAudits.change(tx, command, audit, { state: step.to, seed, name_at: nameAt, requirement }, () => ({
    action: 'mock_audit.drawn',
    detail: { from: audit.state, to: step.to, seed, hash, rows: drawn },
  }));
} // prettier-ignore

/** What was seen of a case, and what it comes to. The caller has it locked. @throws Refusal where nothing was seen */
export async function judgeCase(
  tx: Queryable,
  command: CommandContext,
  before: MockCase,
  { judging, words }: { judging: Judging | null; words: string | null },
): Promise<MockCase> {
  const audit = await mockAudits.lock(tx, before.mockAuditId);
  await isLead.refuseUnless(tx, command, before, audit);
  if (audit.state === 'final' || audit.state === 'superseded') throw new Refusal(`${audit.reference} is over: its cases stay as they are.`);
  const said = words === null || words.trim() === '' ? before.words : required(words, 'What you saw');
  const step = judging === null ? null : mockCaseStates.step(judging, { ...before, words: said }, audit);
  if (step !== null && step.lacks.length > 0) throw new Refusal(`${before.reference} lacks ${step.lacks.join(', ')}.`);
  if (step === null && said === before.words) return before;
  const values = { ...(said === before.words ? {} : { words: said }), ...(step === null ? {} : { state: step.to }) };
  const after = await mockCases.change(tx, command, before, values, () =>
    step === null
      ? { action: 'mock_case.noted' }
      : { action: 'mock_case.judged', detail: { from: before.state, to: step.to } },
  );
  await follow(tx, command, audit);
  return after;
} // prettier-ignore

const Open = z.object({ open: z.number() });

export function selectFacts(tx: Queryable, { id }: Pick<MockAudit, 'id'>): Promise<Facts> {
  return selectOne(tx, Open, "select count(*) as open from mock_case where mock_audit_id = $1 and state = 'open'", [id]);
} // prettier-ignore

/** In the order in which they were drawn. */
export function selectCases(tx: Queryable, { id }: Pick<MockAudit, 'id'>): Promise<MockCase[]> {
  return mockCases.selectWhere(tx, 'mock_audit_id = $1', [id]);
}

async function follow(tx: Queryable, command: CommandContext, audit: MockAudit): Promise<MockAudit> {
  const to = mockAuditStates.next(audit, await selectFacts(tx, audit));
  if (to === null) return audit;
  return mockAudits.change(tx, command, audit, { state: to }, () => ({
    action: 'mock_audit.moved',
    detail: { from: audit.state, to },
  }));
}

/** People whom one audit asks: fewer would show by themselves, and more than an auditor talks to is no sample. */
export const invitedAtLeast = 3;
export const invitedAtMost = 5;

/** Each is asked the same. The caller has the audit locked. @returns their interviews, by person */
export async function inviteToInterviews(
  tx: Queryable,
  command: CommandContext,
  audit: MockAudit,
  { people, criteria }: { people: readonly number[]; criteria: readonly string[] },
): Promise<Map<number, number>> {
  await leads.refuseUnless(tx, command, audit, null);
  const step = mockAuditStates.step('invite', audit, { open: 0 });
  if (step === null) throw new Refusal(`${audit.reference} is over: nobody is asked any more.`);
  const already = await selectInvited(tx, audit.id);
  const fresh = [...new Set(people)].filter((id) => !already.includes(id) && id !== command.actor.id);
  const all = already.length + fresh.length;
  if (fresh.length === 0) throw new Refusal('Choose people who are not asked already, and not yourself.');
  if (all < invitedAtLeast || all > invitedAtMost)
    throw new Refusal(`Invite ${invitedAtLeast} to ${invitedAtMost} people: with fewer, it would show who said what.`);
  const asked = audit.criteria.length > 0 ? audit.criteria : criteria;
  const made = new Map<number, number>();
  for (const personId of fresh) {
    await refuseUnlessWorking(tx, personId);
    made.set(personId, await openInterview(tx, command, { personId, mockAuditId: audit.id, role: null, stage: 'practice', criteria: asked }));
  }
  const changed = await mockAudits.change(tx, command, audit, { state: step.to, criteria: asked }, () => ({
    action: 'mock_audit.invited',
    detail: { from: audit.state, to: step.to, people: fresh.length, criteria: [...asked] },
  }));
  await follow(tx, command, changed);
  return made;
} // prettier-ignore

/** Its cases are judged and no interview goes on; the last final one about the same is superseded. The caller has it locked. */
export async function finishMockAudit(tx: Queryable, command: CommandContext, audit: MockAudit): Promise<MockAudit> {
  await leads.refuseUnless(tx, command, audit, null);
  const step = mockAuditStates.step('finish', audit, await selectFacts(tx, audit));
  if (step === null) throw new Refusal(`${audit.reference} is ${audit.state.replaceAll('_', ' ')}: it cannot be made final now.`);
  if (step.lacks.length > 0) throw new Refusal(`Before ${audit.reference} is final it needs ${step.lacks.join(', and ')}.`);
  await endInterviews(tx, audit.id, command.at);
  const moved = { from: audit.state, to: step.to };
  const final = await mockAudits.change(tx, command, audit, { state: step.to }, () => ({ action: 'mock_audit.finished', detail: moved }));
  for (const old of await mockAudits.selectWhere(tx, "lower(about) = lower($1) and id <> $2 and state = 'final'", [audit.about, audit.id]))
    await mockAudits.change(tx, command, old, { state: 'superseded' }, ({ state }) => ({
      action: 'mock_audit.moved',
      detail: { from: old.state, to: state },
    }));
  return final;
} // prettier-ignore

/** Its own people judge the case. @returns the verdicts that it can be given now */
export function judgingsOf(actor: Who, row: MockCase, audit: MockAudit): Judging[] {
  if (audit.state === 'final' || audit.state === 'superseded') return [];
  return (Object.keys(judge) as Judging[]).filter((judging) =>
    mockCaseStates.may(judging, actor, row, audit),
  );
}
