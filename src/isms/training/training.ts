/** Who was taught what, and until when it counts. A row is a person and a lesson. Owns `training`. */
import './audit-events.ts';
import { z } from 'zod';
import type { Queryable } from '../../db/database.ts';
import { selectOptional } from '../../db/rows.ts';
import { Refusal } from '../../errors.ts';
import { addDays, addMonths, dayOf } from '../../language/calendar.ts';
import { required, type CommandContext } from '../../records/command-context.ts';
import { personIn, ismsManagerAlone } from '../../records/permission.ts';
import { declareRecord, recordSchema, type OwnEvent } from '../../records/record.ts';
import type { Person } from '../../records/person.ts';
import { selectSetting } from '../../records/setting.ts';
import { declareStates, type Need } from '../../records/states.ts';
import { keepExemption } from '../exemption/exemption.ts';
import { hashOf, lessonNamed, type Lesson } from './lesson-bank.ts';

const states = ['assigned', 'started', 'completed', 'failed', 'expired', 'waived'] as const;

export const Training = recordSchema(states, {
  personId: z.number(),
  lesson: z.string(),
  textHash: z.string().nullable(),
  cards: z.number(),
  assignedBy: z.number().nullable(),
  dueOn: z.string().nullable(),
  completedOn: z.string().nullable(),
  score: z.number().nullable(),
  expiresOn: z.string().nullable(),
  /** Why somebody need not do it. */
  reason: z.string().nullable(),
  how: z.enum(['quiz', 'session', 'list', 'elsewhere']),
  source: z.string().nullable(),
});
export type Training = z.infer<typeof Training>;

/** What is known of it at a move. */
export interface TrainingFacts {
  /** Of the quiz that just ended; null where none did. */
  passed: boolean | null;
  today: string;
  /** It was completed elsewhere, as in a session. */
  elsewhere?: boolean;
}

const learnsIt = personIn('personId');
const need = (
  lacks: string,
  met: (row: Training, facts: TrainingFacts) => boolean,
): Need<Training, TrainingFacts> => ({ lacks, met });
const passed = need('a quiz that is passed', (_row, facts) => facts.passed === true);
const failed = need('a quiz that is not passed', (_row, facts) => facts.passed === false);
const over = need('its last day', ({ expiresOn }, { today }) => expiresOn !== null && expiresOn <= today);
const elsewhere = need('what shows that it was done elsewhere', (_row, facts) => facts.elsewhere === true);
const waives = ismsManagerAlone('Only the ISMS manager exempts somebody from a lesson.');
const waive = { to: 'waived', by: waives } as const;
const start = { to: 'started', by: learnsIt } as const;
const bring = { to: 'completed', by: null, needs: [elsewhere] } as const;
const complete = { to: 'completed', by: null, needs: [passed] } as const;
const fail = { to: 'failed', by: null, needs: [failed] } as const;

export const trainingStates = declareStates<Training['state'], Training, TrainingFacts>('assigned', {
  assigned: { start, bring, waive },
  started: { complete, fail, bring, waive },
  failed: { start, bring, waive },
  completed: { complete, bring, expire: { to: 'expired', by: null, needs: [over] } },
  expired: {
    assign: {
      to: 'assigned',
      by: null,
      needs: [need('somebody who assigned it', ({ assignedBy }) => assignedBy !== null)],
    },
    start,
    bring,
    waive,
  },
  waived: { start, bring },
});

type Column =
  | 'state'
  | 'text_hash'
  | 'cards'
  | 'assigned_by'
  | 'assigned_at'
  | 'due_on'
  | 'completed_on'
  | 'score'
  | 'how'
  | 'source'
  | 'expires_on'
  | 'reason';

export const trainings = declareRecord<typeof Training, Column>({
  table: 'training',
  prefix: 'TR',
  schema: Training,
  ended: ['completed', 'expired', 'waived'],
  written: ['reason'],
  reads:
    '(person_id = $1 or $2 or exists (select from person where person.id = person_id and manager_id = $1))',
});

export function selectTrainingOf(tx: Queryable, personId: number, lesson: string): Promise<Training | null> {
  return selectOptional(tx, Training, 'select * from training where person_id = $1 and lesson = $2 for update', [personId, lesson]);
} // prettier-ignore

/** Those that somebody has begun or was given, the first due first. */
export async function selectOpenOf(tx: Queryable, personId: number): Promise<Training[]> {
  const open = await trainings.selectWhere(tx, "person_id = $1 and state in ('assigned', 'started', 'failed')", [personId]);
  const due = ({ dueOn }: Training) => dueOn ?? '9999';
  return open.filter(({ lesson }) => lessonNamed(lesson) !== null).toSorted((one, other) => due(one).localeCompare(due(other)));
} // prettier-ignore

/** What the person has of a lesson, begun where there is nothing yet; locked until the caller's transaction ends. */
export async function openTraining(
  tx: Queryable,
  command: CommandContext,
  lesson: Lesson,
): Promise<Training> {
  const { actor, at } = command;
  const text = hashOf(lesson);
  const known = await selectTrainingOf(tx, actor.id, lesson.id);
  if (known === null) {
    const by = { state_by: actor.id, state_by_name: actor.name, state_at: at };
    const values = { ...by, state: 'started', person_id: actor.id, lesson: lesson.id, text_hash: text };
    const detail = { lesson: lesson.id, person: actor.id };
    return trainings.insert(tx, command, values, () => ({ action: 'training.begun', detail }));
  }
  const facts = { passed: null, today: dayOf(at, actor.timeZone) };
  const step = trainingStates.step('start', known, facts);
  if (step === null) return known;
  const event = { action: 'training.started', detail: { from: known.state, to: step.to, text } } as const;
  // Whoever failed reads on where they are; a year later it is read anew.
  const cards = known.state === 'expired' ? { cards: 0 } : {};
  return trainings.change(tx, command, known, { state: step.to, text_hash: text, ...cards }, () => event);
}

/** Cards that were read, never fewer than before. */
export async function noteRead(tx: Queryable, command: CommandContext, training: Training, cards: number): Promise<void> {
  if (cards > training.cards) await trainings.change(tx, command, training, { cards }, () => []);
} // prettier-ignore

/** What follows for the training once a quiz has ended. @param score  percent */
export async function noteQuiz(tx: Queryable, command: CommandContext, id: number, { score, passed: isPassed, text }: { score: number; passed: boolean; text: string }): Promise<Training> {
  const training = await trainings.lock(tx, id);
  const today = dayOf(command.at, command.actor.timeZone);
  const to = trainingStates.next(training, { passed: isPassed, today });
  const tried: OwnEvent = { action: 'training.tried' };
  // Whoever has passed before keeps it.
  if (to === null || to === 'expired') return trainings.change(tx, command, training, {}, () => tried);
  if (to === 'failed') return trainings.change(tx, command, training, { state: to }, () => tried);
  const expires = addMonths(today, (await courseOf(tx, training.lesson)).months);
  const values = { state: to, text_hash: text, completed_on: today, score, expires_on: expires, how: 'quiz', source: null };
  return trainings.change(tx, command, training, values, () => [tried, { action: 'training.completed', detail: { text, expires } }]);
} // prettier-ignore

/** Those of people who are here whose day has come. */
export function selectExpiring(tx: Queryable, day: string): Promise<Training[]> {
  return trainings.selectWhere(
    tx,
    `state = 'completed' and expires_on <= $1
     and exists (select from person where person.id = person_id and active)`,
    [day],
  );
}

/** Days that people have to do it again. */
const daysAgain = 30;

/** It no longer counts; what was assigned is assigned again. @returns null where it was renewed meanwhile */
export async function expire(tx: Queryable, command: CommandContext, id: number): Promise<Training | null> {
  const training = await trainings.lock(tx, id);
  const facts = { passed: null, today: dayOf(command.at, command.actor.timeZone) };
  if (trainingStates.next(training, facts) !== 'expired') return null;
  const expired = await trainings.change(tx, command, training, { state: 'expired' }, () => ({ action: 'training.expired', detail: { from: 'completed', to: 'expired' } }));
  if (trainingStates.next(expired, facts) !== 'assigned') return expired;
  const again = { state: 'assigned', cards: 0, assigned_at: command.at, due_on: addDays(facts.today, daysAgain) };
  return trainings.change(tx, command, expired, again, () => ({ action: 'training.expired', detail: { from: 'expired', to: 'assigned' } }));
} // prettier-ignore

/** @throws Refusal for one that there is not */
export function lessonCalled(id: string): Lesson {
  const lesson = lessonNamed(id);
  if (lesson === null) throw new Refusal('That lesson is no more. Say «what can I learn?» for those that there are.');
  return lesson;
} // prettier-ignore

/** The person need not do it, as long as nobody assigns it anew. @throws Refusal where there is nothing to be waived */
export async function waiveTraining(tx: Queryable, command: CommandContext, person: Pick<Person, 'id' | 'name'>, lesson: Lesson, reason: string): Promise<void> {
  // First of all: others learn nothing of how far somebody is.
  await waives.refuseUnless(tx, command, null, null);
  const training = await selectTrainingOf(tx, person.id, lesson.id);
  const facts = { passed: null, today: dayOf(command.at, command.actor.timeZone) };
  const step = training === null ? null : trainingStates.step('waive', training, facts);
  if (training === null || step === null)
    throw new Refusal(`${person.name} has not been given «${lesson.title.en}», or has done with it. There is nothing to exempt them from.`);
  const values = { state: step.to, reason: required(reason, 'Why') };
  await keepExemption(tx, command, person.id, { lesson: lesson.id }, { reason, until: null });
  await trainings.change(tx, command, training, values, () => ({ action: 'training.waived', detail: { from: training.state, to: step.to, person: person.id } }));
} // prettier-ignore

interface Course {
  /** Percent. */
  passMark: number;
  /** That it counts. */
  months: number;
  certificate: boolean;
}

/** What is set for one lesson, else for all. */
export async function courseOf(tx: Queryable, lesson: string): Promise<Course> {
  const { passMark, passMarks, months, monthsOf, certificate, certificates } = await selectSetting(tx, 'awareness.course');
  return { passMark: passMarks[lesson] ?? passMark, months: monthsOf[lesson] ?? months, certificate: certificates[lesson] ?? certificate };
} // prettier-ignore
