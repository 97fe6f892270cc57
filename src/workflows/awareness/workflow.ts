/** What people learn in two minutes, and whether it stayed: lessons, quizzes, and what of them waits for somebody. */
import {
  actionId,
  type Addressed,
  type Context,
  type Outcome,
  type Turn,
  type WaitingItem,
  type Workflow,
} from '../../conversation/contract.ts';
import { asWaiting } from '../../conversation/waiting.ts';
import { privately } from '../../conversation/privately.ts';
import type { Queryable } from '../../db/database.ts';
import { toAsker } from '../../dialogue/command.ts';
import { selectStartedOf } from '../../isms/training/attempt.ts';
import { lessonNamed, lessons, type Lesson } from '../../isms/training/lesson-bank.ts';
import { selectOpenOf, trainings } from '../../isms/training/training.ts';
import { topicNamed } from '../../isms/training/topics.ts';
import type { Dependencies } from '../dependencies.ts';
import { assignActions, claimAssigning } from './assign.ts';
import { certificateActions, claimCertificates } from './certificate.ts';
import { claimExempting, exemptActions } from './exempt.ts';
import { claimPhishing, phishingActions } from './import-phishing.ts';
import { dueTraining, trainingJobs } from './jobs.ts';
import { lessonsOf } from './lesson.ts';
import { owedTraining } from './owed.ts';
import { phrasesFor, room } from './phrases.ts';
import { quizzesOf } from './quiz.ts';
import { lessonButton, quizButton, readWanted } from './said.ts';
import { claimStandings, standingActions } from './standings.ts';

/** Lessons that one message shows. */
const lessonsShown = 9;

export function createAwarenessWorkflow({ db, lexicon }: Dependencies): Workflow {
  const quizzes = quizzesOf(lexicon);
  const reading = lessonsOf(lexicon);

  async function claim(context: Context, { text, attachments }: Turn): Promise<Outcome | null> {
    if (attachments.length > 0) return null;
    const asked = claimAssigning(context, text) ?? (await claimStandings(db, context, text)) ?? (await claimExempting(db, context, text)) ?? claimPhishing(context, text) ?? claimCertificates(context, text);
    if (asked !== null) return privately(context, 'training', asked);
    const wanted = readWanted(text);
    if (wanted === null) return null;
    return async (tx) => {
      if (wanted.what === 'lesson') return reading.begin(tx, context, wanted.topic);
      if (wanted.what === 'quiz') return quizzes.begin(tx, context, wanted.topic);
      return listed(tx, context, 0, wanted);
    };
  }

  return {
    name: room,
    offer: { text: 'I teach the basics in two minutes each, with a short quiz.', examples: ['what can I learn?'], first: { manager: { text: 'See how far your people are with their lessons.', example: 'Who has not done phishing?' } } },
    tools: [],
    claim,
    actions: {
      ...reading.actions,
      ...quizzes.actions,
      ...assignActions,
      ...exemptActions,
      ...standingActions,
      ...phishingActions,
      ...certificateActions,
      [`${room}.lessons`]: (tx, context, { argument }) =>
        listed(tx, context, Number(argument('page')) || 0, { what: argument('what') === 'quizzes' ? 'quizzes' : 'list' }),
    },
    withoutChat: {
      commands: [...Object.keys(reading.actions), ...Object.keys(quizzes.actions), `${room}.lessons`],
      opens: {
        async lesson(_tx, said, person) {
          const lesson = lessonNamed(topicNamed(said) ?? said);
          if (lesson === null) return null;
          return { name: lesson.id, title: phrasesFor(person).titleOf(lesson), id: lessonButton(lesson.id, '').id };
        },
      },
    },
    answers: { ...reading.answers, ...quizzes.answers },
    due: dueTraining,
    jobs: trainingJobs,
    owed: (tx, people) => owedTraining(quizzes, tx, people),
    async waiting(context) {
      const owed = await owedTraining(quizzes, db, [context.person.id]);
      return [...asWaiting(owed, context), ...(await ownAccord(db, quizzes, context))];
    },
  };
} // prettier-ignore

/** What somebody has begun though nobody gave it to them. */
async function ownAccord(tx: Queryable, quizzes: ReturnType<typeof quizzesOf>, { person }: Context): Promise<WaitingItem[]> {
  const { say, titleOf } = phrasesFor(person);
  const started = await selectStartedOf(tx, person.id);
  return (await selectOpenOf(tx, person.id)).flatMap(({ id: trainingId, lesson: id, cards, assignedBy }) => {
    const lesson = lessonNamed(id);
    if (lesson === null || assignedBy !== null) return [];
    const quiz = started.find((each) => each.trainingId === trainingId && each.purpose === 'quiz');
    const [done, total] = [quiz?.given.length ?? cards, quiz?.questions.length ?? lesson.cards.length];
    if (quiz !== undefined)
      return { text: say('quizAbout', { title: titleOf(lesson) }), detail: say('answeredSome', { done, total }), button: quizzes.resume(String(quiz.id), say('goOn')) };
    const isRead = cards >= total;
    const detail = isRead ? say('quizLeft') : cards === 0 ? null : say('cardsLeft', { done, total });
    return { text: say('lessonAbout', { title: titleOf(lesson) }), detail, button: isRead ? quizButton(id, say('quiz')) : lessonButton(id, say(cards === 0 ? 'learn' : 'goOn')) };
  });
} // prettier-ignore

/** A page of the lessons, with what the person has of each. */
async function listed(tx: Queryable, context: Context, page: number, wanted: { what: string; said?: string }): Promise<Addressed[]> {
  const { say, of, day, titleOf } = phrasesFor(context.person);
  const own = new Map((await trainings.selectWhere(tx, 'person_id = $1', [context.person.id])).map((each) => [each.lesson, each]));
  const all = lessons();
  const detailOf = ({ id, goal }: Lesson) => {
    const training = own.get(id);
    if (training?.state === 'completed') return say('done', { until: day(training.expiresOn) });
    return training?.dueOn == null ? of(goal) : `${say('dueOn', { day: day(training.dueOn) })} · ${of(goal)}`;
  };
  const isQuiz = wanted.what === 'quizzes';
  const lead = wanted.said === undefined ? say(isQuiz ? 'whichQuiz' : 'topics', { count: all.length }) : say('unknown', { said: wanted.said });
  const from = page * lessonsShown;
  const more = { id: actionId(`${room}.lessons`, { page: page + 1, what: isQuiz ? 'quizzes' : 'list' }), label: say('more') };
  return toAsker({
    text: lead,
    items: all.slice(from, from + lessonsShown).map((lesson) => ({
      text: titleOf(lesson),
      detail: detailOf(lesson),
      button: isQuiz ? quizButton(lesson.id, say('quiz')) : lessonButton(lesson.id, say('learn')),
    })),
    buttons: from + lessonsShown < all.length ? [more] : [],
  });
} // prettier-ignore
