/** What people have to learn, as the house reminds them of it and as their list says it. */
import type { Obligation } from '../../conversation/contract.ts';
import type { Queryable } from '../../db/database.ts';
import { lessonNamed } from '../../isms/training/lesson-bank.ts';
import { selectOwedChecks, selectOwedTrainings, type OwedTraining } from '../../isms/training/owed.ts';
import { phrasesFor } from './phrases.ts';
import type { quizzesOf } from './quiz.ts';
import { lessonButton, quizButton } from './said.ts';

export async function owedTraining(
  { resume }: Pick<ReturnType<typeof quizzesOf>, 'resume'>,
  tx: Queryable,
  people: readonly number[],
): Promise<Obligation[]> {
  const lessons = (await selectOwedTrainings(tx, people)).flatMap((training) => lessonOwed(training, resume));
  const checks = (await selectOwedChecks(tx, people)).flatMap((check): Obligation[] => {
    const lesson = lessonNamed(check.lesson);
    if (lesson === null) return [];
    const { say, titleOf } = phrasesFor(check);
    return [
      {
        record: `quiz_attempt:${check.id}`,
        personId: check.personId,
        askedAt: check.begunAt,
        dueOn: null,
        item: {
          text: say('twoQuestions', { title: titleOf(lesson) }),
          detail: say('aMinute'),
          button: resume(String(check.id), say('answer')),
        },
        why: say('checkWhy'),
        rank: 3,
      },
    ];
  });
  return [...lessons, ...checks];
}

function lessonOwed(training: OwedTraining, resume: ReturnType<typeof quizzesOf>['resume']): Obligation[] {
  const { id, lesson: name, personId, cards, dueOn, assignedAt, giverName, completedOn, attempt, answered, asked, paused } = training;
  const lesson = lessonNamed(name);
  if (lesson === null) return [];
  const { say, titleOf } = phrasesFor(training);
  const total = lesson.cards.length;
  const read = cards >= total ? say('quizLeft') : cards === 0 ? say('minutes', { minutes: lesson.minutes + 2 }) : say('cardsLeft', { done: cards, total });
  const toQuiz = attempt === null ? quizButton(name, say('quiz')) : resume(String(attempt), say('goOn'));
  return [
    {
      record: `training:${id}`,
      personId,
      askedAt: assignedAt,
      dueOn,
      item: {
        text: say('lessonAbout', { title: titleOf(lesson) }),
        detail: attempt === null ? read : say('answeredSome', { done: answered ?? 0, total: asked ?? 0 }),
        button: attempt !== null || cards >= total ? toQuiz : lessonButton(name, say(cards === 0 ? 'learn' : 'goOn')),
      },
      why: completedOn === null ? say('assignedWhy', { who: giverName ?? '' }) : say('againWhy'),
      rank: 2,
      paused,
    },
  ];
} // prettier-ignore
