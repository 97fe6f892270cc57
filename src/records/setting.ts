/** Rules that an organisation and its certification body set for themselves. Owns `setting`. */
import { z } from 'zod';
import type { Queryable } from '../db/database.ts';
import { selectOptional, toJsonb } from '../db/rows.ts';
import { appendAudit } from '../db/audit.ts';
import { OperatorError } from '../errors.ts';
import { validZone } from './person.ts';

const days = z.number().int().min(1).max(730);

/**
 * Days after the finding, until a major is corrected and verified and a minor's plan is accepted, or where it asks for more, until a
 * major's plan and a minor's evidence. Each body's contract says its own. They hold for findings of external audits alone.
 */
export const findingDays = z.object({
  majorPlanDays: days.optional(),
  majorDays: days,
  minorPlanDays: days,
  minorDays: days.optional(),
});

const ncRules = z.object({
  /** Whose rules hold, one of `bodies`, unless a certification says whose. */
  body: z.string(),
  bodies: z.record(z.string(), findingDays),
});

const months = z.number().int().min(1).max(120);

/** How a certification body reckons its visits. */
export const certificationCycle = z.object({
  /** That a certificate counts. */
  validMonths: months,
  /** After the decision, until which the first surveillance audit is held. */
  firstSurveillanceMonths: months,
  /** Between a visit and the next at most; null for a visit in each calendar year. */
  surveillanceMonths: months.nullable(),
  /** Before the last day of a visit, from which it can be held. */
  windowMonths: months,
  /** Before the certificate ends: months from which recertification can be audited, and days by which it has been. */
  recertificationMonths: months,
  recertificationDays: days,
  /** Between the stages at most; null where the body does not say. */
  stage2Months: months.nullable(),
  /** After Stage 2, within which majors are verified, or it is held again. */
  majorMonths: months,
});

/** Of days or working days after it was entered; null for none. */
const limit = z.object({ days, working: z.boolean().default(false) }).nullable();
/** Of findings of every other source: corrected, cause found and plan agreed, actions done. */
const limits = z.object({ correction: limit, plan: limit, actions: limit });

/** Days between the last action done and the look at whether it worked. */
const effectivenessDays = z.object({ major: days, minor: days, ofi: days, observation: days });

/** So many people at least, before others are shown what they have in common; of two each would know what the other said. */
const people = z.number().int().min(3).max(1_000);

const time = z.string().regex(/^([01]\d|2[0-4]):[0-5]\d$/, 'a time as 09:00');

/** When people can be asked for something that can wait, where they are. */
const workingTime = z.object({
  /** Monday is 1. */
  days: z.array(z.number().int().min(1).max(7)).min(1),
  from: time,
  until: time,
  /** As 2026-12-25: of the organisation's own, beside the public ones where somebody is. */
  holidays: z.array(z.iso.date()),
  /** Of whoever's own is not known. */
  timeZone: z
    .string()
    .refine((zone) => validZone(zone) !== null, 'a time zone as Europe/Berlin')
    .default('UTC'),
});

const course = z.object({
  /** Percent of a quiz that passes it; by the lesson's name where one has its own. */
  passMark: z.number().int().min(1).max(100),
  passMarks: z.record(z.string(), z.number().int().min(1).max(100)),
  /** Questions of a quiz. */
  questions: z.number().int().min(1).max(12),
  /** That a lesson counts once it is passed; by its name where one has its own. */
  months: z.number().int().min(1).max(60),
  monthsOf: z.record(z.string(), z.number().int().min(1).max(60)).default({}),
  /** Whether whoever passes can have a certificate. */
  certificate: z.boolean().default(true),
  certificates: z.record(z.string(), z.boolean()).default({}),
  /** After which a quiz that was begun is given up. */
  abandonedAfterDays: days,
});

const nudges = z.object({
  /** Minutes in which things are gathered before somebody is told of them in one message. */
  gatherMinutes: z.number().int().min(0).max(1_440),
  /** Working days before the day, and after it: then it stops. */
  before: z.array(days),
  after: z.array(days),
  /** Working days after it from which their manager hears of it, once a week on a day of the week (Monday is 1). */
  managerAfter: days,
  digestOn: z.number().int().min(1).max(7),
  /** Messages a person gets in a week at most, of all rooms together. */
  weekly: z.number().int().min(1).max(7),
});

/** What people say by acknowledging, in the language of what they read; `en` stands for those that are missing. */
const statement = z
  .object({ en: z.string().trim().min(10).max(500) })
  .catchall(z.string().trim().min(10).max(500));

/** Who has to hear of an incident, and hours after we were aware of it by which they have. */
const notices = z.array(
  z.object({
    to: z.string().min(1),
    hours: z.number().int().min(1).max(8_760),
    when: z.enum(['personal_data', 'always']),
  }),
);

const decider = z.union([z.literal(['approver', 'isms_manager']), z.email()]);

function working(count: number) {
  return { days: count, working: true };
}

export const settings = {
  working_time: {
    schema: workingTime,
    initial: { days: [1, 2, 3, 4, 5], from: '08:00', until: '18:00', holidays: [], timeZone: 'UTC' },
  },
  nudges: {
    schema: nudges,
    initial: { gatherMinutes: 10, before: [3], after: [2, 5, 9], managerAfter: 5, digestOn: 1, weekly: 3 },
  },
  /** Who hears once a week what is due and what has changed, as long as they say nothing else themselves. */
  'digest.weekly': {
    schema: z.object({ ismsManager: z.boolean(), managers: z.boolean() }),
    initial: { ismsManager: true, managers: false },
  },
  'certification.nc_rules': {
    schema: ncRules.refine(({ body, bodies }) => Object.hasOwn(bodies, body), 'body must be one of bodies'),
    initial: {
      body: 'default',
      bodies: { default: { majorPlanDays: 30, majorDays: 90, minorPlanDays: 60 } },
    },
  },
  'certification.cycle': {
    schema: certificationCycle,
    initial: {
      validMonths: 36,
      firstSurveillanceMonths: 12,
      surveillanceMonths: null,
      windowMonths: 3,
      recertificationMonths: 6,
      recertificationDays: 60,
      stage2Months: null,
      majorMonths: 6,
    },
  },
  // As section 3.4 of POL-26 of the sample company has them.
  'nonconformity.limits': {
    schema: z.object({ major: limits, minor: limits, ofi: limits, observation: limits }),
    initial: {
      major: { correction: working(5), plan: working(10), actions: { days: 60, working: false } },
      minor: { correction: working(10), plan: working(20), actions: { days: 120, working: false } },
      ofi: { correction: null, plan: { days: 30, working: false }, actions: null },
      observation: { correction: null, plan: { days: 30, working: false }, actions: null },
    },
  },
  'nonconformity.effectiveness_days': {
    schema: effectivenessDays,
    initial: { major: 90, minor: 60, ofi: 30, observation: 30 },
  },
  /** Addresses of those on call, in the order in which they are told; after them the ISMS manager. */
  'incident.on_call': { schema: z.array(z.email()), initial: [] },
  /** Minutes after which the next hears of what nobody took. */
  'incident.minutes': { schema: z.number().int().min(1).max(1_440), initial: 15 },
  /** Reference of the policy that says what to do first; null where it is to be found. */
  'incident.policy': { schema: z.string().nullable(), initial: null },
  'incident.notices': {
    schema: notices,
    initial: [{ to: 'the data protection authority', hours: 72, when: 'personal_data' }],
  },
  // As section 3.6 of POL-26 of the sample company has it, where `by` would name the Managing Director for majors.
  'corrective_action.more_time': {
    schema: z.object({
      /** How often an action may get more time, and by how many days each time. */
      times: z.number().int().min(0).max(20),
      days,
      /** Who decides, by the grade of what it answers: whoever approves its plan, the ISMS manager, or somebody by their e-mail address. */
      by: z.object({ major: decider, minor: decider, ofi: decider, observation: decider }),
    }),
    initial: {
      times: 1,
      days: 30,
      by: { major: 'approver', minor: 'approver', ofi: 'approver', observation: 'approver' },
    },
  },
  /** Days before an audit by which it is prepared, and after it by which its report is signed. */
  'audit.days': { schema: z.object({ prepare: days, report: days }), initial: { prepare: 10, report: 14 } },
  /** When questions that no policy answers become a proposed improvement: never fewer people, and nothing of who they are. */
  'improvement.questions': {
    schema: z.object({
      people,
      days,
      /** People who have to ask alike before their wording is shown. */
      alike: people,
      /** After one was declined, until the same is proposed again. */
      quietDays: days,
    }),
    initial: { people: 5, days: 90, alike: 3, quietDays: 180 },
  },
  /** Days in which people hear that an answer of theirs says something else now; 0 for never. */
  'answer.recall_days': { schema: z.number().int().min(0).max(730), initial: 90 },
  'mock_audit.smallest_group': { schema: people, initial: 10 },
  'mock_audit.smallest_interviewed': { schema: people, initial: 3 },
  'awareness.course': {
    schema: course,
    initial: {
      passMark: 80,
      passMarks: {},
      questions: 5,
      months: 12,
      monthsOf: {},
      certificate: true,
      certificates: {},
      abandonedAfterDays: 14,
    },
  },
  /** Of evidence that is asked for: days that its owner has, months that it counts, and days before their end on which a newer one is asked for. */
  'evidence.requests': {
    schema: z.object({ days, months: z.number().int().min(1).max(60), expiringDays: days }),
    initial: { days: 10, months: 12, expiringDays: 30 },
  },
  'acknowledgement.statement': {
    schema: statement,
    initial: {
      en: 'I have read this text and understood it, and I follow it in my work.',
      de: 'Ich habe diesen Text gelesen und verstanden und halte mich bei meiner Arbeit daran.',
    },
  },
  /** Whether a minor version, as 2.1 after 2.0, is to be acknowledged anew, and how many days people have for what comes by itself. */
  'acknowledgement.versions': {
    schema: z.object({ minorAgain: z.boolean(), days }),
    initial: { minorAgain: false, days: 14 },
  },
  /** Questions that come before it, of all documents or of one by its reference. */
  'acknowledgement.questions': {
    schema: z.object({
      count: z.number().int().min(0).max(2),
      of: z.record(z.string(), z.number().int().min(0).max(2)),
    }),
    initial: { count: 0, of: {} },
  },
  /** As it stands on what is issued in its name, such as certificates. */
  'organisation.name': { schema: z.string().trim().max(120), initial: '' },
  /** Whether how well somebody did is theirs alone. */
  'awareness.works_council': { schema: z.enum(['on', 'off', 'by_locale']), initial: 'by_locale' },
} as const;
export type SettingName = keyof typeof settings;
type ValueOf<Name extends SettingName> = z.infer<(typeof settings)[Name]['schema']>;

const Row = z.object({ value: z.unknown() });

export async function selectSetting<Name extends SettingName>(
  tx: Queryable,
  name: Name,
): Promise<ValueOf<Name>> {
  const { schema, initial } = settings[name];
  const row = await selectOptional(tx, Row, 'select value from setting where name = $1', [name]);
  return schema.parse(row?.value ?? initial) as ValueOf<Name>;
}

/** @throws OperatorError naming what the value lacks */
export async function changeSetting(
  tx: Queryable,
  name: string,
  value: unknown,
  actor: string,
  at: Date,
): Promise<void> {
  if (!Object.hasOwn(settings, name))
    throw new OperatorError(`There is no setting ${name}. There are: ${Object.keys(settings).join(', ')}.`);
  const parsed = settings[name as SettingName].schema.safeParse(value);
  if (!parsed.success) throw new OperatorError(`${name}: ${z.prettifyError(parsed.error)}`);
  await tx.query(
    `insert into setting (name, value) values ($1, $2)
     on conflict (name) do update set value = excluded.value`,
    [name, toJsonb(parsed.data)],
  );
  await appendAudit(tx, {
    actor,
    action: 'setting.changed',
    record: `setting:${name}`,
    detail: { value: parsed.data },
    at,
  });
}

/** It is as it was before anybody set it, unless somebody has set something else since. */
export async function forgetSetting(tx: Queryable, name: SettingName, value: unknown): Promise<void> {
  await tx.query('delete from setting where name = $1 and value = $2::jsonb', [name, toJsonb(value)]);
}
