/** Training of the made-up company: half of it done. */
import { z } from 'zod';
import type { Queryable } from '../../db/database.ts';
import { selectAll } from '../../db/rows.ts';
import type { RoomSamples, SampleScope, SamplesRemoved } from '../../dialogue/room.ts';
import { openQuiz, submitAttempt } from '../../isms/training/attempt.ts';
import { lessonNamed } from '../../isms/training/lesson-bank.ts';
import { noteRead, openTraining, trainings } from '../../isms/training/training.ts';
import { noteCompletions } from '../../isms/training/completed.ts';
import { keepPhishingTest, selectPhishingTests, type Outcome } from '../../isms/training/phishing.ts';
import { assignTraining } from '../../isms/training/assign.ts';
import { addDays, dayOf } from '../../language/calendar.ts';
import type { CommandContext } from '../../records/command-context.ts';
import { changeSetting, selectSetting } from '../../records/setting.ts';
import { Person, personColumns, selectWorking, selectOptionalByEmail } from '../../records/person.ts';

const topics = ['phishing', 'passwords-and-passkeys', 'reporting'];
const day = 86_400_000;

export const trainingSamples: RoomSamples = { load, remove };

/** On its certificates. */
const company = 'Larkspur Robotics';

/** Days before the one on which it is loaded that a lesson was assigned, and after it that it is due. */
const assigned = { ago: 42, due: 6 };

/** Everybody was given one of the lessons, and half of them have done it; others learn of their own accord. */
async function load(tx: Queryable, folder: string, now: Date): Promise<void> {
  await loadLessons(tx, folder, now);
  await loadOthers(tx, now);
}

/** What other systems knew: a course of theirs, and a phishing test. */
const phishingTest = 'A parcel waits';
const course = { name: 'GDPR for managers', of: ['hanna', 'mona', 'fiona', 'ewan'] };
const did: readonly Outcome[] = [
  'ignored',
  'reported',
  'ignored',
  'clicked',
  'reported',
  'ignored',
  'entered_data',
];

async function loadOthers(tx: Queryable, now: Date): Promise<void> {
  if ((await selectPhishingTests(tx)).length > 0) return;
  const people = (await selectWorking(tx)).filter(({ email, roles }) => email?.endsWith('@demo.example') === true && !roles.includes('auditor'));
  const sentOn = addDays(dayOf(now, 'UTC'), -35);
  await keepPhishingTest(tx, { name: phishingTest, sentOn }, people.map((person, at) => ({ person, outcome: did[at % did.length] ?? 'ignored' })));
  const learned = people.filter(({ email }) => course.of.some((name) => email === `${name}@demo.example`));
  const completions = learned.map(({ id }) => ({ personId: id, lesson: course.name, completedOn: addDays(sentOn, -20), score: null, expiresOn: addDays(sentOn, 700) }));
  await noteCompletions(tx, { id: null, name: null, at: now }, { how: 'elsewhere', source: 'learning-portal.csv' }, completions);
} // prettier-ignore

async function loadLessons(tx: Queryable, _folder: string, now: Date): Promise<void> {
  if ((await selectSetting(tx, 'organisation.name')) === '') await changeSetting(tx, 'organisation.name', company, 'system:demo', now);
  const ines = await selectOptionalByEmail(tx, 'ines@demo.example');
  if (ines === null || (await trainings.selectWhere(tx, 'true')).length > 0) return;
  const by = (actor: Person, days: number): CommandContext => ({ actor, at: new Date(now.getTime() - days * day), inputId: null, link: null });
  const people = await selectAll(tx, Person, `select ${personColumns} from person where active and email like '%@demo.example' and not 'auditor' = any(roles) order by id`);
  for (const [place, actor] of people.entries())
    for (const [nth, topic] of topics.entries()) {
      const lesson = lessonNamed(topic);
      if (lesson === null) continue;
      const how = hows[(place * 2 + nth * 3) % hows.length] ?? 'nothing';
      if (nth === 0) await assignTraining(tx, by(ines, assigned.ago), lesson, [actor.id], addDays(dayOf(now, 'UTC'), assigned.due));
      if (how === 'nothing') continue;
      const command = by(actor, 10 + ((place * 13 + nth * 7) % 30));
      const training = await openTraining(tx, command, lesson);
      await noteRead(tx, command, training, how === 'reads' ? 2 : lesson.cards.length);
      if (how === 'reads') continue;
      const attempt = await openQuiz(tx, command, training, lesson);
      await submitAttempt(tx, command, attempt, lesson, how);
    }
} // prettier-ignore

/** Of seven people: percent of a quiz, or how far they are. */
const hows = [100, 'nothing', 80, 'reads', 100, 60, 'nothing'] as const;

const Sample = z.object({ id: z.number(), reference: z.string() });

async function remove(tx: Queryable, { people }: SampleScope): Promise<SamplesRemoved> {
  const samples = await selectAll(
    tx,
    Sample,
    'select id, reference from training where person_id = any($1)',
    [people],
  );
  const ids = samples.map(({ id }) => id);
  await tx.query('update quiz_attempt set checks = null where training_id = any($1)', [ids]);
  await tx.query('delete from quiz_attempt where training_id = any($1)', [ids]);
  await tx.query('delete from training where id = any($1)', [ids]);
  await tx.query('delete from phishing_result where person_id = any($1)', [people]);
  const sampleTest = 'select id from phishing_test where name = $1 and not exists (select from phishing_result where test_id = phishing_test.id)'; // prettier-ignore
  await tx.query(`delete from phishing_count where test_id in (${sampleTest})`, [phishingTest]);
  await tx.query(`delete from phishing_test where id in (${sampleTest})`, [phishingTest]);
  await tx.query('delete from training_completion where person_id = any($1)', [people]);
  // What real people were given by them stays theirs.
  for (const column of ['assigned_by', 'state_by'])
    await tx.query(`update training set ${column} = null where ${column} = any($1)`, [people]);
  await tx.query("delete from setting where name = 'organisation.name' and value = to_jsonb($1::text)", [
    company,
  ]);
  return {
    counts: { trainings: ids.length },
    text: ids.length === 0 ? null : `the training of ${people.length} people`,
    known: samples.map(({ reference }) => reference),
    kept: [],
  };
}
