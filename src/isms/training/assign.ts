/** Lessons that people are given to do, and how far those are whom somebody answers for. Writes `training`. */
import { z } from 'zod';
import type { Queryable } from '../../db/database.ts';
import { selectAll } from '../../db/rows.ts';
import { Refusal } from '../../errors.ts';
import { addDays, dayOf } from '../../language/calendar.ts';
import {
  audit,
  isIsmsManager,
  isReadOnly,
  refuseReadOnly,
  type Actor,
  type CommandContext,
} from '../../records/command-context.ts';
import { lookSoon } from '../../records/nudge-agenda.ts';
import { Person, selectReports, selectWorking } from '../../records/person.ts';
import { nextReferences } from '../../records/reference.ts';
import { endExemption } from '../exemption/exemption.ts';
import { hashOf, lessonNamed, type Lesson } from './lesson-bank.ts';
import { selectTrainingOf, Training, trainings } from './training.ts';
import { worksCouncilMode } from './works-council.ts';

/** Whose training somebody may see, and assign unless they only read: the ISMS manager and auditors everybody's, a manager those who report to them. */
async function selectLearners(tx: Queryable, actor: Pick<Actor, 'id' | 'roles'>): Promise<Person[]> {
  const people =
    isIsmsManager(actor) || isReadOnly(actor) ? await selectWorking(tx) : await selectReports(tx, actor.id);
  return people.filter((person) => !isReadOnly(person));
}

/** Of everybody whose training there is, by name. */
export async function selectLearnerIds(tx: Queryable): Promise<number[]> {
  const people = await selectAll(
    tx,
    Person.pick({ id: true, roles: true }),
    'select id, roles from person where active order by name, id',
  );
  return people.filter((person) => !isReadOnly(person)).map(({ id }) => id);
}

/** What any of them has begun or was given. */
export async function selectLessonsOf(tx: Queryable, people: readonly number[]): Promise<string[]> {
  const lessons = await selectAll(
    tx,
    Training.pick({ lesson: true }),
    'select distinct lesson from training where person_id = any($1) order by lesson',
    [people],
  );
  return lessons.map(({ lesson }) => lesson);
}

/** @throws Refusal for whoever answers for nobody */
export async function requiredLearners(tx: Queryable, actor: Pick<Actor, 'id' | 'roles'>): Promise<Person[]> {
  const people = await selectLearners(tx, actor);
  if (people.length === 0)
    throw new Refusal('How far others are is for the ISMS manager, and for managers of their own people.');
  return people;
}

/** What they have passed, and still counts, is not asked again. @returns those who have it to do now */
export async function assignTraining(
  tx: Queryable,
  command: CommandContext,
  lesson: Lesson,
  people: readonly number[],
  dueOn: string,
): Promise<Person[]> {
  refuseReadOnly(command);
  const { actor, at } = command;
  if (dueOn < dayOf(at, actor.timeZone)) throw new Refusal('That day is past. Until when shall they do it?');
  const learners = await requiredLearners(tx, actor);
  const given: Person[] = [];
  for (const id of people) {
    const person = learners.find((each) => each.id === id);
    if (person === undefined)
      throw new Refusal(
        'You can assign lessons to people who report to you; others are for the ISMS manager.',
      );
    if (await assignOne(tx, command, lesson, person, dueOn)) given.push(person);
  }
  if (given.length === 0)
    throw new Refusal(`All of them have passed «${lesson.title.en}», and it still counts: nobody is asked.`);
  await lookSoon(
    tx,
    given.map(({ id }) => id),
    at,
  );
  return given;
}

async function assignOne(
  tx: Queryable,
  command: CommandContext,
  lesson: Lesson,
  person: Person,
  dueOn: string,
): Promise<boolean> {
  const { actor, at } = command;
  const known = await selectTrainingOf(tx, person.id, lesson.id);
  const detail = { lesson: lesson.id, person: person.id, due: dueOn };
  const event = { action: 'training.assigned', detail } as const;
  const given = { assigned_by: actor.id, assigned_at: at, due_on: dueOn };
  if (known === null) {
    const by = { state: 'assigned', state_by: actor.id, state_by_name: actor.name, state_at: at };
    await trainings.insert(
      tx,
      command,
      { ...by, ...given, person_id: person.id, lesson: lesson.id, text_hash: hashOf(lesson) },
      () => event,
    );
    return true;
  }
  if (known.state === 'completed') return false;
  await endExemption(tx, person.id, { lesson: lesson.id }, addDays(dayOf(at, 'UTC'), -1));
  const again =
    known.state === 'expired' || known.state === 'waived'
      ? { state: 'assigned', cards: 0, reason: null }
      : {};
  await trainings.change(tx, command, known, { ...given, ...again }, () => event);
  return true;
}

interface Many {
  people: readonly number[];
  dueOn(person: number): string;
  campaignId: number;
}

/**
 * The same for many, in a few statements; whoever has it to do already has the earlier of both days. The caller leaves out who is
 * exempt, and writes the audit entry.
 *
 * @returns those who have it to do only now
 */
export async function assignMany(tx: Queryable, by: { id: number; at: Date }, lesson: Lesson, { people, dueOn, campaignId }: Many): Promise<number[]> {
  const asked = [people, people.map(dueOn), lesson.id];
  const askedSql = 'unnest($1::integer[], $2::date[]) as asked(person_id, due_on)';
  await tx.query(
    `update training set due_on = least(training.due_on, asked.due_on) from ${askedSql}
     where training.person_id = asked.person_id and lesson = $3 and assigned_by is not null and ${isOpenSql}`,
    asked,
  );
  const again = await selectAll(
    tx,
    Given,
    `update training set due_on = asked.due_on, assigned_by = $4, assigned_at = $5, campaign_id = $6, version = version + 1,
       cards = case when ${isOpenSql} then cards else 0 end, reason = null, state_at = case when ${isOpenSql} then state_at else $5 end,
       state = case when ${isOpenSql} then state else 'assigned' end
     from ${askedSql} where training.person_id = asked.person_id and lesson = $3
       and (state in ('expired', 'waived') or (assigned_by is null and ${isOpenSql}))
     returning training.person_id`,
    [...asked, by.id, by.at, campaignId],
  );
  const known = await selectAll(tx, Given, 'select person_id from training where lesson = $1 and person_id = any($2)', [lesson.id, people]);
  const learns = new Set(known.map(({ personId }) => personId));
  const others = people.filter((person) => !learns.has(person));
  const references = await nextReferences(tx, trainings.prefix, by.at.getUTCFullYear(), others.length);
  const fresh = await selectAll(
    tx,
    Given,
    `insert into training (reference, state, state_by, state_by_name, state_at, person_id, lesson, text_hash, assigned_by, assigned_at, due_on, campaign_id)
     select asked.reference, 'assigned', $4, (select name from person where id = $4), $5, person_id, $3, $7, $4, $5, due_on, $6
     from unnest($1::integer[], $2::date[], $8::text[]) as asked(person_id, due_on, reference)
     on conflict (person_id, lesson) do nothing returning person_id`,
    [others, others.map(dueOn), lesson.id, by.id, by.at, campaignId, hashOf(lesson), references],
  );
  const given = [...again, ...fresh].map(({ personId }) => personId);
  await lookSoon(tx, given, by.at);
  return given;
} // prettier-ignore

const isOpenSql = "state in ('assigned', 'started', 'failed')";
const Given = Training.pick({ personId: true });

/** What a campaign gave them, and is not done, is asked of them no more; what they have begun stays theirs. @param people  all of them where there are none */
export async function releaseMany(tx: Queryable, { campaignId, people = null }: { campaignId: number; people?: readonly number[] | null }, reason: string, at: Date): Promise<void> {
  await tx.query(
    `update training set due_on = null, assigned_by = null, assigned_at = null, version = version + 1,
       reason = case when state = 'assigned' then $3 else reason end, state_at = case when state = 'assigned' then $4 else state_at end,
       state = case when state = 'assigned' then 'waived' else state end
     where campaign_id = $1 and assigned_by is not null and ${isOpenSql} and ($2::integer[] is null or person_id = any($2))`,
    [campaignId, people, reason, at],
  );
} // prettier-ignore

/** Those of them who have passed it, and for whom it still counts. */
export async function selectPassed(
  tx: Queryable,
  lesson: string,
  people: readonly number[],
): Promise<number[]> {
  const passed = await trainings.selectWhere(
    tx,
    "lesson = $1 and person_id = any($2) and state = 'completed'",
    [lesson, people],
  );
  return passed.map(({ personId }) => personId);
}

export interface Standing {
  person: Person;
  lesson: string;
  title: string;
  assignedOn: string;
  dueOn: string;
  /** `not begun` for what nobody gave them; where the score is theirs alone, `started` also for what was not passed. */
  state: Training['state'] | 'not begun';
  overdue: boolean;
  completedOn: string;
  score: number | null;
  expiresOn: string;
  reason: string;
  how: Training['how'] | '';
  source: string;
}

const Row = Training.extend({ assignedAt: z.date().nullable() });

/** @param lesson  null for what each of them has begun or was given; else all of them, whether or not they have it */
export async function selectStandings(
  tx: Queryable,
  people: readonly Person[],
  lesson: string | null,
  today: string,
): Promise<Standing[]> {
  const isPrivate = await worksCouncilMode(tx);
  const ids = people.map(({ id }) => id);
  const rows = await selectAll(
    tx,
    Row,
    'select * from training where person_id = any($1) and ($2::text is null or lesson = $2) order by lesson',
    [ids, lesson],
  );
  return people.flatMap((person) => {
    const own = rows.filter(({ personId }) => personId === person.id);
    const none: z.infer<typeof Row>[] | [null] = lesson === null || own.length > 0 ? own : [null];
    return none.map((row): Standing =>
      standingOf(person, lesson ?? row?.lesson ?? '', row, isPrivate(person), today),
    );
  });
}

/** In English; of a course from elsewhere what it is called there. */
export function titleOf(lesson: string): string {
  return lessonNamed(lesson)?.title.en ?? lesson;
}

function standingOf(
  person: Person,
  lesson: string,
  row: z.infer<typeof Row> | null,
  isPrivate: boolean,
  today: string,
): Standing {
  const state = row === null ? 'not begun' : isPrivate && row.state === 'failed' ? 'started' : row.state;
  const isOpen = row !== null && ['assigned', 'started', 'failed'].includes(row.state);
  return {
    person,
    lesson,
    title: titleOf(lesson),
    assignedOn: row?.assignedAt == null ? '' : dayOf(row.assignedAt, person.timeZone),
    dueOn: row?.dueOn ?? '',
    state,
    overdue: isOpen && row.dueOn !== null && row.dueOn < today,
    completedOn: row?.completedOn ?? '',
    score: isPrivate ? null : (row?.score ?? null),
    expiresOn: row?.expiresOn ?? '',
    reason: row?.reason ?? '',
    how: row?.completedOn == null ? '' : row.how,
    source: row?.source ?? '',
  };
}

/** Who looked at whose training stays on record, the ISMS manager's look too. */
export async function noteLook(
  tx: Queryable,
  command: CommandContext,
  people: readonly Pick<Person, 'id'>[],
  lesson: string | null,
): Promise<void> {
  const seen = people.map(({ id }) => id).filter((id) => id !== command.actor.id);
  if (seen.length > 0)
    await audit(tx, command, {
      action: 'training.seen',
      record: 'training',
      detail: { people: seen, lesson },
    });
}
