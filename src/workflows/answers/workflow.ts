/** Policy questions, from the question to the owner's approved answer. */
import type { Context, Turn, Workflow } from '../../conversation/contract.ts';
import { isCourtesy } from '../../conversation/small-talk.ts';
import { selectOptionalForUpdate, selectWaitingFor } from '../../isms/answer/open-question.ts';
import { selectPerson } from '../../records/person.ts';
import { answerActions } from './actions.ts';
import { dayAndTime } from './ask-owner.ts';
import { questionItem } from './cards.ts';
import type { Knowledge } from './find-passages.ts';
import { replyToQuestion } from './reply-to-question.ts';

/** A message that asks is a question for us, even where an answer to a colleague was due: it says so, or begins and ends like one. */
const asks =
  /[?¿]|^(what|who|when|where|why|how|which|is|are|do(?! not\b)|does|can|may|must|should|was|wer|wann|wo|wie|darf|muss|kann|qui|que|quand|comment|est-ce|puis-je|qu[eé]|cu[aá]ndo|c[oó]mo|puedo)\b[^.!,;]*$/i;

/** Questions of colleagues that are listed at once; more of them wait behind. */
const mostWaiting = 10;

export function createAnswersWorkflow({ db, lexicon }: Knowledge): Workflow {
  return {
    name: 'answers',
    actions: answerActions(lexicon),
    tools: [],
    offer: {
      text: "Ask in your own words: I answer with the section, its version and date.\nIf our policies don't say, I take your question to the person who can.",
      examples: [
        'May I read work mail on my own phone?',
        'How long do we keep job applications?',
        'What happens in a Stage 2 audit?',
      ],
    },

    /** What an owner writes right after a colleague's question is the answer to it. */
    async claim(context: Context, turn: Turn) {
      if (context.place.audience !== 'direct' || context.repliesTo === null) return null;
      if (asks.test(turn.text.trim()) || isCourtesy(turn.text)) return null;
      const waiting = await selectWaitingFor(db, context.person);
      const reference = waiting.find((question) => question.routedByInput === context.repliesTo)?.reference;
      if (reference === undefined) return null;
      return async (tx) => {
        const question = await selectOptionalForUpdate(tx, reference);
        if (question === null) throw new Error(`${reference} is gone`);
        return replyToQuestion(tx, lexicon, context, question, turn.text, true);
      };
    },

    async waiting(context: Context) {
      const questions = await selectWaitingFor(db, context.person);
      return Promise.all(
        questions
          .slice(0, mostWaiting)
          .map(async (question) =>
            questionItem(
              question,
              (await selectPerson(db, question.askerId)).name,
              dayAndTime(question.routedAt, context),
            ),
          ),
      );
    },

    shortcuts: [
      {
        id: 'say',
        label: 'Ask Isma about this',
        description: 'Looks up what your policies say about this message, and tells you alone.',
      },
    ],
  };
}
