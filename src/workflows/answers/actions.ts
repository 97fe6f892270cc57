/** Buttons and forms of the answers workflow. Each checks again who may, in the transaction. */
import { commandOf } from '../../dialogue/command.ts';
import { formHandlers } from '../../dialogue/form.ts';
import { sentText } from '../../dialogue/form-fields.ts';
import type { ActionCall, Actions, Context } from '../../conversation/contract.ts';
import type { Queryable } from '../../db/database.ts';
import { Refusal } from '../../errors.ts';
import { recordFeedback, selectOptionalAnswer, type Answer } from '../../isms/answer/answer.ts';
import { concludeQuestion, lockQuestion, type OpenQuestion } from '../../isms/answer/open-question.ts';
import { optional } from '../../records/command-context.ts';
import type { Lexicon } from '../../knowledge/lexicon.ts';
import { askOther, askOwner } from './ask-owner.ts';
import { reasonForm, replyForm } from './cards.ts';
import { noReply, refuseAnswered, replyToQuestion, withdrawReply } from './reply-to-question.ts';

const longestComment = 1_000;
const reasonLead = 'Thank you for saying so. It is kept with the answer.';
/** What a person presses once, whichever of the two. */
const verdicts = ['answers.helpful', 'answers.not-helpful'];

const reason = formHandlers<{ tx: Queryable; context: Context; answer: Answer }>({
  open: async (tx, context, call) => ({ tx, context, answer: await answerOf(tx, context, call) }),
  lead: () => reasonLead,
  form: ({ answer }) => reasonForm(answer.id),
  missing: 'Choose what was wrong.',
  at: 'comment',
  async write({ tx, context, answer }, fields) {
    const comment = optional(sentText(fields, 'comment'), 'The comment', longestComment);
    const chosen = sentText(fields, 'reason');
    await recordFeedback(tx, {
      answerId: answer.id,
      personId: context.person.id,
      helpful: false,
      reason: comment === null ? chosen : `${chosen}: ${comment}`,
      at: context.now,
    });
    return [{ to: 'asker', reply: { text: 'Thank you, it is kept with the answer.' }, settles: verdicts }];
  },
});

export function answerActions(lexicon: Lexicon): Actions {
  const reply = formHandlers<{ tx: Queryable; context: Context; question: OpenQuestion }>({
    async open(tx, context, call) {
      const question = await lockQuestion(tx, commandOf(context), call.argument('question'));
      await refuseAnswered(tx, context, question);
      return { tx, context, question };
    },
    lead: ({ question }) => `Your answer to «${question.question}»:`,
    form: ({ question }) => replyForm(question),
    missing: noReply,
    at: 'answer',
    write: ({ tx, context, question }, fields) =>
      replyToQuestion(tx, lexicon, context, question, sentText(fields, 'answer'), {
        keep: sentText(fields, 'keep') !== 'asker',
      }),
  });

  return {
    async 'answers.helpful'(tx, context, call) {
      const answer = await answerOf(tx, context, call);
      await recordFeedback(tx, {
        answerId: answer.id,
        personId: context.person.id,
        helpful: true,
        reason: null,
        at: context.now,
      });
      return [{ to: 'asker', reply: { text: 'Thank you, noted.' }, settles: verdicts }];
    },

    async 'answers.not-helpful'(tx, context, call) {
      const answer = await answerOf(tx, context, call);
      await recordFeedback(tx, {
        answerId: answer.id,
        personId: context.person.id,
        helpful: false,
        reason: null,
        at: context.now,
      });
      return [
        {
          to: 'asker',
          reply: { text: reasonLead, form: reasonForm(answer.id) },
        },
      ];
    },

    'answers.reason': reason.send,

    async 'answers.ask-owner'(tx, context, call) {
      return askOwner(tx, context, await answerOf(tx, context, call));
    },

    async 'answers.ask-other'(tx, context, call) {
      return askOther(tx, context, call.argument('question'));
    },

    'answers.open-reply': reply.open,
    'answers.reply': reply.send,

    async 'answers.withdraw'(tx, context, call) {
      return withdrawReply(
        tx,
        context,
        await lockQuestion(tx, commandOf(context), call.argument('question')),
      );
    },

    async 'answers.conclude'(tx, context, call) {
      const question = await lockQuestion(tx, commandOf(context), call.argument('question'));
      const outcome = call.argument('outcome');
      if (outcome !== 'policy_changed' && outcome !== 'no_change')
        throw new Refusal('That button is not one of mine any more.');
      await concludeQuestion(tx, commandOf(context), question, outcome);
      return [
        {
          to: 'asker',
          reply: { text: `Noted for ${question.reference}. Thank you.` },
          settles: ['answers.conclude', 'answers.withdraw'],
        },
      ];
    },
  };
}

/** Who may read the answer may judge it: the asker, wherever it stands, and in a channel everybody in it. */
async function answerOf(tx: Queryable, context: Context, call: ActionCall): Promise<Answer> {
  const id = Number(call.argument('answer'));
  const answer = Number.isInteger(id) && id > 0 && id < 2 ** 31 ? await selectOptionalAnswer(tx, id) : null;
  const theirs =
    answer !== null &&
    (answer.personId === context.person.id ||
      (context.place.audience === 'channel' && answer.address === context.place.address));
  if (!theirs) throw new Refusal('I do not have that answer of yours. Ask the question again.');
  return answer;
}
