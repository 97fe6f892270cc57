/** Policy questions, from the question to the owner's approved answer. */
import { commandOf } from '../../dialogue/command.ts';
import type { Context, Workflow } from '../../conversation/contract.ts';
import { lockQuestion, selectWaitingFor } from '../../isms/answer/open-question.ts';
import { words } from '../../language/vocabulary.ts';
import { selectNames } from '../../records/person.ts';
import { answerActions } from './actions.ts';
import { dayAndTime } from './ask-owner.ts';
import { questionItem } from './cards.ts';
import type { Knowledge } from './find-passages.ts';
import { dueRecalls, owedRecalls, recallActions, recallJobs } from './recall.ts';
import { replyToQuestion } from './reply-to-question.ts';

const asking = words('answers/asking');

/** Words that ask without saying so at their end are a question for us, even where an answer to a colleague was due. */
function asks(text: string): boolean {
  return /[?¿]/.test(text) || (asking.begins(text)?.meaning === 'asks' && !/[.!,;]/.test(text));
}

export function createAnswersWorkflow({ db, lexicon }: Knowledge): Workflow {
  return {
    name: 'answers',
    actions: { ...answerActions(lexicon), ...recallActions },
    due: dueRecalls,
    jobs: recallJobs,
    owed: owedRecalls,
    tools: [],
    offer: {
      text: "Ask in your own words: I answer with the section, its version and date.\nIf our policies don't say, I take your question to the person who can.",
      examples: [
        'May I read work mail on my own phone?',
        'How long do we keep job applications?',
        'What happens in a Stage 2 audit?',
      ],
    },

    answers: {
      /** What an owner writes right after a colleague's question is the answer to it, unless they ask something themselves. */
      async 'answers.open-reply'(context, { text }, argument) {
        const reference = argument('question');
        if (text.trim() === '') return null;
        const waiting = await selectWaitingFor(db, context.person);
        const waits = waiting.some((question) => question.reference === reference);
        if (!waits || asks(text)) return null;
        return async (tx) =>
          replyToQuestion(tx, lexicon, context, await lockQuestion(tx, commandOf(context), reference), text, {
            keep: true,
          });
      },
    },

    async waiting(context: Context) {
      const questions = await selectWaitingFor(db, context.person);
      const names = await selectNames(
        db,
        questions.map(({ askerId }) => askerId),
      );
      return questions.map((question) =>
        questionItem(question, names.get(question.askerId) ?? '', dayAndTime(question.routedAt, context)),
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
