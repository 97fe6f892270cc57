/** Five whys, one at a time, without a model: what is asked, what becomes of an answer, and the cause at the end. */
import type { Context } from '../../../conversation/contract.ts';
import type { Queryable } from '../../../db/database.ts';
import { commandOf } from '../../../dialogue/command.ts';
import { defineInterview } from '../../../dialogue/interview.ts';
import type { Given, Question, Step } from '../../../dialogue/interview-script.ts';
import { proposeChanges } from '../../../dialogue/proposal.ts';
import { Refusal } from '../../../errors.ts';
import {
  openInterview,
  saveInterview,
  selectOptionalInterview,
  type CauseInterview,
} from '../../../isms/nonconformity/cause-interview.ts';
import type { Nonconformity } from '../../../isms/nonconformity/nonconformity.ts';
import { room } from '../buttons.ts';
import { lockLooking } from '../nonconformity-form.ts';
import { capitalised } from '../words.ts';
import { whyLines } from './cause-card.ts';
import { bareAnswer, firstWhy, lookBehind, mostWhys, nextWhy, saysEnough, usualWhys } from './cause-words.ts';

/** Characters of one answer. */
const longestAnswer = 1_000;

/** An interview, and what it is about. */
interface Whys extends CauseInterview {
  about: Nonconformity;
}

export const fiveWhys = defineInterview<Whys>({
  room,
  name: 'why',
  store: {
    async open(tx, context, record) {
      const about = await lockLooking(tx, context, record);
      return { ...(await openInterview(tx, commandOf(context), about, firstWhy(about.title))), about };
    },
    async lock(tx, context, record) {
      const about = await lockLooking(tx, context, record);
      const interview = await selectOptionalInterview(tx, commandOf(context), about);
      if (interview === null)
        throw new Refusal(
          `You have no five whys open on ${about.reference}. Press «Five whys» on its card to begin.`,
        );
      // From an older card it goes on, though its cause was proposed already.
      return { ...interview, state: 'asking', about };
    },
    save: async (tx, context, whys) => ({
      ...(await saveInterview(tx, commandOf(context), whys)),
      about: whys.about,
    }),
  },
  script: {
    record: ({ about }) => about.reference,
    question: (whys) => (whys.state === 'proposed' ? null : whyOf(whys)),
    answer: takeWhy,
    fresh: (whys) => ({ ...whys, question: firstWhy(whys.about.title), steps: [], challenged: false }),
    end: enough,
    sofar: ({ steps }) => whyLines(steps),
    finish: proposeCause,
  },
  words: {
    title: ({ about }) => `Why? (${about.reference})`,
    begun: ({ about }) => `Five whys for ${about.reference}. Answer each in your own words, right here.`,
    resumed: ({ about }) => `We go on with ${about.reference}, where you left off.`,
    answered: 'That why has its answer already.',
  },
});

function whyOf({ steps, question }: Whys): Question {
  const done = steps.length;
  if (done === 0) return { mark: 0, text: question };
  const isUsual = done >= usualWhys;
  const last = bareAnswer(steps.at(-1)?.answer ?? '');
  return {
    mark: done,
    text: isUsual
      ? `That makes ${done} whys. Is this the cause: «${last}»? If there is more behind it: ${question}`
      : question,
    label: question,
    progress: { label: 'Whys answered', done, total: Math.max(usualWhys, done) },
    end: { label: 'That is the cause', style: isUsual ? 'primary' : 'plain' },
  };
}

function takeWhy(whys: Whys, { words: answer }: Given): Step<Whys> {
  if (answer.length > longestAnswer)
    return {
      lead: `At most ${longestAnswer} characters for one why; this has ${answer.length}. What is the heart of it?`,
    };
  if (saysEnough(answer)) return enough(whys);
  const behind = whys.challenged ? null : lookBehind(answer);
  const steps = [...whys.steps, { question: whys.question, answer }];
  return {
    state: {
      ...whys,
      state: steps.length >= mostWhys ? 'proposed' : 'asking',
      steps,
      question: behind?.question ?? nextWhy(answer),
      challenged: whys.challenged || behind !== null,
    },
    lead: behind?.word ?? null,
  };
}

function enough(whys: Whys): Step<Whys> {
  if (whys.steps.length > 0) return { state: { ...whys, state: 'proposed' } };
  return { lead: 'There is no answer yet that could be the cause. You can also go on later, from its card.' };
}

/** The last answer is the cause; the card says so before anything is written. */
function proposeCause(tx: Queryable, context: Context, { about, steps }: Whys) {
  return proposeChanges(tx, context, [
    {
      kind: 'nonconformity.cause',
      reference: about.reference,
      version: about.version,
      method: 'five_whys',
      rootCause: capitalised(bareAnswer(steps.at(-1)?.answer ?? '')),
      chain: steps,
    },
  ]);
}
