/** Training of the made-up company: half of it done. */
import { z } from 'zod';
import type { Queryable } from '../../db/database.ts';
import { selectAll } from '../../db/rows.ts';
import type { RoomSamples, SampleScope, SamplesRemoved } from '../../dialogue/room.ts';
import { openQuiz, submitAttempt } from '../../isms/training/attempt.ts';
import { lessonNamed } from '../../isms/training/lesson-bank.ts';
import { noteRead, openTraining, trainings } from '../../isms/training/training.ts';
import type { CommandContext } from '../../records/command-context.ts';
import { Person, personColumns } from '../../records/person.ts';

const topics = ['phishing', 'passwords-and-passkeys', 'reporting'];
const day = 86_400_000;

export const trainingSamples: RoomSamples = { load, remove };

/** Of three people one is done, one has failed or stopped, and one has not begun. */
async function load(tx: Queryable, _folder: string, now: Date): Promise<void> {
  if ((await trainings.selectWhere(tx, 'true')).length > 0) return;
  const people = await selectAll(tx, Person, `select ${personColumns} from person where active and email like '%@demo.example' and not 'auditor' = any(roles) order by id`);
  for (const [place, actor] of people.entries())
    for (const [nth, topic] of topics.entries()) {
      const lesson = lessonNamed(topic);
      const how = (place * 2 + nth * 5) % 6;
      if (lesson === null || how > 3) continue;
      const command: CommandContext = { actor, at: new Date(now.getTime() - (10 + ((place * 13 + nth * 7) % 40)) * day), inputId: null, link: null };
      const training = await openTraining(tx, command, lesson);
      await noteRead(tx, command, training, how === 3 ? 2 : lesson.cards.length);
      if (how === 3) continue;
      const attempt = await openQuiz(tx, command, training, lesson);
      await submitAttempt(tx, command, attempt, lesson, [100, 80, 60][how] ?? 100);
    }
} // prettier-ignore

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
  // What real people were given by them stays theirs.
  await tx.query('update training set assigned_by = null where assigned_by = any($1)', [people]);
  return {
    counts: { trainings: ids.length },
    text: ids.length === 0 ? null : `the training of ${people.length} people`,
    known: samples.map(({ reference }) => reference),
    kept: [],
  };
}
