/** A quiz, a question at a time: told at once whether it was right and why, and what the house's own policy says. */
import {
  actionId,
  type Actions,
  type Addressed,
  type Context,
  type ReplyParts,
} from '../../conversation/contract.ts';
import type { Queryable } from '../../db/database.ts';
import { commandOf, toAsker } from '../../dialogue/command.ts';
import { defineInterview } from '../../dialogue/interview.ts';
import { scriptOf, type BankQuestion } from '../../dialogue/interview-bank.ts';
import type { InterviewAnswer } from '../../records/interview-answer.ts';
import type { Place, Step } from '../../dialogue/interview-script.ts';
import {
  lockOwnAttempt,
  openQuiz,
  saveGiven,
  submitAttempt,
  type Attempt,
} from '../../isms/training/attempt.ts';
import { choicesOf } from '../../isms/training/draw.ts';
import type { Lesson, QuizQuestion } from '../../isms/training/lesson-bank.ts';
import { courseOf, lessonCalled, openTraining, trainings } from '../../isms/training/training.ts';
import { worksCouncilMode } from '../../isms/training/works-council.ts';
import type { Lexicon } from '../../knowledge/lexicon.ts';
import { linesOf } from '../../language/text.ts';
import { certificateButton } from './certificate.ts';
import { phrasesFor, room } from './phrases.ts';
import { lessonButton, quizButton } from './said.ts';
import { sectionFor } from './section.ts';

interface Taking {
  attempt: Attempt;
  lesson: Lesson;
  given: Attempt['given'];
  before: string | null;
  person: Pick<Context['person'], 'locale'>;
}

/** Of the lesson as it is now: a question that was taken out meanwhile is not asked. */
function questionsIn({ attempt, lesson }: Taking): QuizQuestion[] {
  return attempt.questions.flatMap((id) => lesson.questions.find((question) => question.id === id) ?? []);
}

/** By its place, which says nothing without the seed. */
function isRight(
  { attempt }: Taking,
  question: QuizQuestion,
  answer: Pick<InterviewAnswer, 'choice'>,
): boolean {
  return choicesOf(question, attempt.seed)[Number(answer.choice)]?.right === true;
}

function wrongOnes(taking: Taking): QuizQuestion[] {
  return questionsIn(taking).filter((question) => {
    const answer = taking.given.find(({ of }) => of === question.id);
    return answer === undefined || !isRight(taking, question, answer);
  });
}

export function quizzesOf(lexicon: Lexicon) {
  async function taking(tx: Queryable, { person }: Context, attempt: Attempt): Promise<Taking> {
    const { lesson } = await trainings.select(tx, attempt.trainingId);
    return { attempt, lesson: lessonCalled(lesson), given: attempt.given, before: attempt.before, person };
  }

  async function lock(tx: Queryable, context: Context, record: string): Promise<Taking> {
    return taking(tx, context, await lockOwnAttempt(tx, commandOf(context), Number(record)));
  }

  async function told(
    of: Taking,
    question: QuizQuestion,
    answer: InterviewAnswer,
    { tx, context }: Place,
  ): Promise<Step<never>> {
    const phrases = phrasesFor(context.person);
    const right = question.choices.find((choice) => choice.right);
    const why = phrases.of(question.why);
    const lead = isRight(of, question, answer)
      ? phrases.say('right', { why })
      : phrases.say('wrong', { right: right === undefined ? '' : phrases.of(right), why });
    const { policy } = question;
    return { lead, citations: policy === undefined ? [] : await sectionFor(lexicon, tx, context, policy) };
  }

  const bank = scriptOf<Taking>({
    progress: '',
    questions: (of, { context }) =>
      questionsIn(of).map((question): BankQuestion => {
        const phrases = phrasesFor(context.person);
        const choices = choicesOf(question, of.attempt.seed).map((choice, at) => ({
          value: String(at),
          label: phrases.of(choice),
        }));
        return {
          mark: question.id,
          text: phrases.of(question.ask),
          closed: true,
          choices,
          told: (answer, place) => told(of, question, answer, place),
        };
      }),
  });

  const interview = defineInterview<Taking>({
    room,
    name: 'answer',
    store: {
      open: lock,
      lock,
      save: async (tx, context, { attempt, given }) =>
        taking(tx, context, await saveGiven(tx, commandOf(context), { ...attempt, given: [...given] })),
    },
    script: {
      record: ({ attempt }) => String(attempt.id),
      async question(of, place) {
        const next = await bank.question(of, place);
        const label = phrasesFor(place.context.person).say('questions');
        return next === null ? null : { ...next, progress: next.progress && { ...next.progress, label } };
      },
      answer: bank.answer,
      finish: (tx, context, of, lead, citations) => finished(tx, context, of, lead, citations),
    },
    words: ({ person, lesson, attempt }) => {
      const { say, titleOf } = phrasesFor(person);
      const title = titleOf(lesson);
      const begun =
        attempt.purpose === 'check'
          ? say('check', { title })
          : say('begun', { title, count: attempt.questions.length });
      return {
        answered: say('answered'),
        choose: say('choose'),
        later: say('later'),
        goOn: say('goOn'),
        title: () => title,
        begun: () => begun,
        resumed: () => say('resumed', { title }),
        paused: () => say('paused', { title }),
      };
    },
  });

  /** The quiz of a lesson, gone on with where it was left. */
  async function begin(tx: Queryable, context: Context, topic: string): Promise<Addressed[]> {
    const lesson = lessonCalled(topic);
    const command = commandOf(context);
    const attempt = await openQuiz(tx, command, await openTraining(tx, command, lesson), lesson);
    return interview.begin(tx, context, String(attempt.id));
  }

  const actions: Actions = {
    ...interview.actions,
    [`${room}.quiz`]: (tx, context, { argument }) => begin(tx, context, argument('topic')),
  };
  return { begin, actions, answers: interview.answers, resume: interview.resume, invite: interview.invite };
}

/** What it came to, what to look at again, and another try. */
async function finished(tx: Queryable, context: Context, taking: Taking, lead: string | null, citations: ReplyParts['citations'] = []): Promise<Addressed[]> {
  const { attempt, lesson } = taking;
  const { say, of, day } = phrasesFor(context.person);
  const count = questionsIn(taking).length;
  const wrong = wrongOnes(taking);
  const right = count - wrong.length;
  const score = count === 0 ? 0 : Math.floor((right * 100) / count);
  const { passed, training } = await submitAttempt(tx, commandOf(context), attempt, lesson, score);
  const { passMark: mark } = await courseOf(tx, lesson.id);
  const until = day(training.expiresOn);
  const isCheck = attempt.purpose === 'check';
  const result = isCheck
    ? say(wrong.length === 0 ? 'checkedAll' : 'checkedSome', { right, count })
    : say(passed ? 'passed' : 'failed', { right, count, until, mark });
  const keeps = !isCheck && !passed && training.state === 'completed' ? say('stillCounts', { until }) : null;
  const isPrivate = (await worksCouncilMode(tx))(context.person);
  const lookAgain = isCheck ? [] : wrong.map(({ ask }) => ({ label: say('lookAgain'), value: of(ask) }));
  const again = { ...quizButton(lesson.id, say('tryAgain')), style: 'primary' as const };
  const read = lessonButton(lesson.id, say('again'));
  const others = { id: actionId(`${room}.lessons`), label: say('others') };
  const certificate = passed && !isCheck ? await certificateButton(tx, context, training) : null;
  return toAsker({
    text: linesOf(lead, result, keeps),
    citations,
    facts: lookAgain,
    aside: isPrivate ? say('yours') : null,
    buttons: isCheck ? (wrong.length === 0 ? [] : [read]) : passed ? [...(certificate === null ? [] : [certificate]), others] : [again, read],
  });
} // prettier-ignore
