/** Buttons and forms of the answers workflow. Each checks again who may, in the transaction. */
import { commandOf } from '../../dialogue/command.ts';
import type { ActionCall, ActionHandler, Context } from '../../conversation/contract.ts';
import type { Queryable } from '../../db/database.ts';
import { Refusal } from '../../errors.ts';
import { recordFeedback, selectOptionalAnswer, type Answer } from '../../isms/answer/answer.ts';
import { concludeQuestion, lockQuestion } from '../../isms/answer/open-question.ts';
import type { Lexicon } from '../../knowledge/lexicon.ts';
import { askOwner } from './ask-owner.ts';
import { reasonForm, replyForm } from './cards.ts';
import { replyToQuestion, withdrawReply } from './reply-to-question.ts';

const longestComment = 1_000;
/** What a person presses once, whichever of the two. */
const verdicts = ['answers.helpful', 'answers.not-helpful'];

export function answerActions(lexicon: Lexicon): Record<string, ActionHandler> {
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
          reply: { text: 'Thank you for saying so. What was wrong?', form: reasonForm(answer.id) },
        },
      ];
    },

    async 'answers.reason'(tx, context, call) {
      const answer = await answerOf(tx, context, call);
      const reason = textOf(call, 'reason');
      const comment = textOf(call, 'comment');
      const known =
        reasonForm(answer.id).fields[0]?.options.some((option) => option.value === reason) === true;
      if (!known) {
        const error = reason === '' ? 'Choose what was wrong.' : `«${reason}» is not one of the choices.`;
        return [
          {
            to: 'asker',
            reply: { text: error, form: reasonForm(answer.id, { reason: error }, call.fields) },
          },
        ];
      }
      if (comment.length > longestComment) {
        const error = `At most ${longestComment} characters; this has ${comment.length}.`;
        return [
          {
            to: 'asker',
            reply: { text: error, form: reasonForm(answer.id, { comment: error }, call.fields) },
          },
        ];
      }
      const said = comment === '' ? reason : `${reason}: ${comment}`;
      await recordFeedback(tx, {
        answerId: answer.id,
        personId: context.person.id,
        helpful: false,
        reason: said,
        at: context.now,
      });
      return [
        {
          to: 'asker',
          reply: { text: 'Thank you, it is kept with the answer.' },
          settles: verdicts,
        },
      ];
    },

    async 'answers.ask-owner'(tx, context, call) {
      return askOwner(tx, context, await answerOf(tx, context, call));
    },

    async 'answers.open-reply'(tx, context, call) {
      const question = await lockQuestion(tx, commandOf(context), call.argument('question'));
      if (question.state !== 'routed') return replyToQuestion(tx, lexicon, context, question, '', false);
      return [
        { to: 'asker', reply: { text: `Your answer to «${question.question}»:`, form: replyForm(question) } },
      ];
    },

    async 'answers.reply'(tx, context, call) {
      const question = await lockQuestion(tx, commandOf(context), call.argument('question'));
      const keep = textOf(call, 'keep') || 'everyone';
      if (keep !== 'everyone' && keep !== 'asker') {
        const error = `«${keep}» is not one of the choices: everyone, asker.`;
        return [
          {
            to: 'asker',
            reply: { text: error, form: replyForm(question, { keep: error }, textOf(call, 'answer')) },
          },
        ];
      }
      return replyToQuestion(tx, lexicon, context, question, textOf(call, 'answer'), keep === 'everyone');
    },

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

function textOf({ fields }: ActionCall, name: string): string {
  const value = fields[name];
  return (Array.isArray(value) ? value.join(', ') : (value ?? '')).trim();
}
