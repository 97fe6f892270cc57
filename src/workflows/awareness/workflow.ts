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
import { privately } from '../../conversation/privately.ts';
import type { Queryable } from '../../db/database.ts';
import { toAsker } from '../../dialogue/command.ts';
import { selectStartedOf } from '../../isms/training/attempt.ts';
import { lessonNamed, lessons, type Lesson } from '../../isms/training/lesson-bank.ts';
import { selectOpenOf, trainings, type Training } from '../../isms/training/training.ts';
import { dayOf } from '../../language/calendar.ts';
import type { Dependencies } from '../dependencies.ts';
import { assignActions, claimAssigning } from './assign.ts';
import { claimExempting, exemptActions } from './exempt.ts';
import { claimPhishing, phishingActions } from './import-phishing.ts';
import { dueTraining, trainingJobs } from './jobs.ts';
import { lessonsOf } from './lesson.ts';
import { phrasesFor, room, type Phrases } from './phrases.ts';
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
    const asked = claimAssigning(context, text) ?? (await claimStandings(db, context, text)) ?? (await claimExempting(db, context, text)) ?? claimPhishing(context, text);
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
      [`${room}.lessons`]: (tx, context, { argument }) =>
        listed(tx, context, Number(argument('page')) || 0, { what: argument('what') === 'quizzes' ? 'quizzes' : 'list' }),
    },
    answers: { ...reading.answers, ...quizzes.answers },
    due: dueTraining,
    jobs: trainingJobs(quizzes),
    async waiting(context) {
      const phrases = phrasesFor(context.person);
      const started = await selectStartedOf(db, context.person.id);
      const items: WaitingItem[] = [];
      for (const { id, trainingId, purpose, given, questions } of started) {
        const { lesson } = await trainings.select(db, trainingId);
        const known = lessonNamed(lesson);
        if (known === null) continue;
        const detail = phrases.say('answeredSome', { done: given.length, total: questions.length });
        const resume = quizzes.resume(String(id), phrases.say('goOn'));
        items.push({ text: phrases.say(purpose === 'quiz' ? 'quizAbout' : 'check', { title: phrases.titleOf(known) }), detail, button: resume });
      }
      const inQuiz = started.filter(({ purpose }) => purpose === 'quiz').map(({ trainingId }) => trainingId);
      const open = (await selectOpenOf(db, context.person.id)).filter(({ id }) => !inQuiz.includes(id));
      return [...open.flatMap((training) => waitingLesson(training, phrases, context)), ...items].toSorted(
        (one, other) => Number(other.overdue ?? false) - Number(one.overdue ?? false),
      );
    },
  };
} // prettier-ignore

function waitingLesson(training: Training, phrases: Phrases, { now, person }: Context): WaitingItem[] {
  const { lesson: id, cards, dueOn } = training;
  const lesson = lessonNamed(id);
  if (lesson === null) return [];
  const { say, day, titleOf } = phrases;
  const total = lesson.cards.length;
  const how = cards >= total ? say('quizLeft') : cards === 0 ? null : say('cardsLeft', { done: cards, total });
  const due = dueOn === null ? null : say('dueOn', { day: day(dueOn) });
  return [
    {
      text: say('lessonAbout', { title: titleOf(lesson) }),
      detail: [due, how].filter((part) => part !== null).join(', ') || null,
      button: cards >= total ? quizButton(id, say('quiz')) : lessonButton(id, say(cards === 0 ? 'learn' : 'goOn')),
      overdue: dueOn !== null && dueOn < dayOf(now, person.timeZone),
    },
  ];
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
