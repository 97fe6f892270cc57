/** Before it is acknowledged, where that is set: one or two approved questions about what was read; and the reader's own question to the owner. */
import type { Actions, Addressed, Context } from '../../conversation/contract.ts';
import type { Queryable } from '../../db/database.ts';
import { commandOf } from '../../dialogue/command.ts';
import { formCommand } from '../../dialogue/form.ts';
import { field, sentText } from '../../dialogue/form-fields.ts';
import { questionCard, replyCommand } from '../../dialogue/question-card.ts';
import {
  notePassed,
  noteQuestion,
  refuseUnlessAsks,
  type RequestedText,
} from '../../isms/acknowledgement/acknowledgement.ts';
import { recordAnswer } from '../../isms/answer/answer.ts';
import { ownerOf, otherThanOwner, routeQuestion } from '../../isms/answer/open-question.ts';
import { required } from '../../records/command-context.ts';
import type { Person } from '../../records/person.ts';
import { cardOf, idOf, leftQuestions, lookAt } from './card.ts';
import type { Frames } from './digest.ts';
import { phrasesFor, room } from './phrases.ts';

/** Characters of a question, as a form's field shows it. */
const longestQuestion = 1_000;

interface Asking {
  tx: Queryable;
  context: Context;
  request: RequestedText;
  owner: Person;
}

export function questionActions(lexicon: Frames): Actions {
  /** The next one, or the card once all are answered. @param lead  what is said of the answer before */
  async function ask(
    tx: Queryable,
    context: Context,
    argument: (name: string) => string,
    lead: string | null,
  ): Promise<Addressed[]> {
    const looked = await lookAt(tx, context, argument);
    const { request } = looked;
    const { say } = phrasesFor(context.person);
    const [next] = (await leftQuestions(tx, request)).questions;
    if (next === undefined || request.viewedAt === null) {
      const card = await cardOf(tx, context, looked, lexicon);
      return [{ to: 'asker', reply: { ...card, note: lead }, replacesCard: true }];
    }
    const choices = next.choices.map(({ text }, at) => ({
      id: idOf('choose', request, { question: next.id, choice: at }),
      label: text,
    }));
    const text = [lead ?? say('questionsFirst'), next.ask].join('\n');
    return [
      {
        to: 'asker',
        reply: {
          text,
          choices,
          buttons: [{ id: idOf('read', request, { page: 0 }), label: say('readAgain') }],
        },
        replacesCard: true,
      },
    ];
  }

  return {
    [`${room}.quiz`]: (tx, context, { argument }) => ask(tx, context, argument, null),
    async [`${room}.choose`](tx, context, { argument }) {
      const { request } = await lookAt(tx, context, argument);
      const { say } = phrasesFor(context.person);
      const { questions } = await leftQuestions(tx, request);
      const chosen = questions.find(({ id }) => id === Number(argument('question')));
      if (chosen === undefined || request.viewedAt === null) return ask(tx, context, argument, null);
      const isRight = chosen.choices[Number(argument('choice'))]?.right === true;
      if (isRight) await notePassed(tx, commandOf(context), request, chosen.id, questions.length - 1);
      return ask(tx, context, argument, say(isRight ? 'right' : 'wrong', { why: chosen.why }));
    },
    ...formCommand<Asking>(room, 'ask', {
      async open(tx, context, { argument }) {
        const { request } = await lookAt(tx, context, argument);
        refuseUnlessAsks(request);
        return { tx, context, request, owner: await ownerOf(tx, request.ownerEmail, context.person.id) };
      },
      lead: ({ context, request, owner }) =>
        phrasesFor(context.person).say('askWhat', { title: request.title, owner: owner.name }),
      form({ context, request }) {
        const { say } = phrasesFor(context.person);
        return {
          id: idOf('send-ask', request),
          title: say('askTitle'),
          submitLabel: say('send'),
          fields: [field('question', say('askLabel'), 'multiline')],
        };
      },
      at: 'question',
      async write({ tx, context, request, owner }, fields) {
        const said = required(sentText(fields, 'question'), 'The question', longestQuestion);
        const { person, place, platform, inputId, now } = context;
        const nearestVersionId = request.shownId;
        const answerId = await recordAnswer(tx, {
          inputId,
          personId: person.id,
          address: place.address,
          question: said,
          outcome: 'not_covered',
          sectionIds: [],
          nearestVersionId,
          at: now,
        });
        const fresh = {
          answerId,
          askerPlatform: platform,
          askerAddress: place.address,
          ownerId: owner.id,
          question: said,
          nearestVersionId,
          returnsTo: idOf('card', request),
        };
        const question = await routeQuestion(tx, commandOf(context), fresh);
        await noteQuestion(tx, commandOf(context), request, question);
        const looked = await lookAt(tx, context, (name) => (name === 'request' ? String(request.id) : ''));
        const about = `It is about ${request.title} v${request.version}, which they are asked to acknowledge; until you answer nobody reminds them.`;
        return [
          { to: 'asker', reply: await cardOf(tx, context, looked, lexicon), replacesCard: true },
          {
            to: { personId: owner.id },
            reply: questionCard(question, person.name, about, await otherThanOwner(tx, question)),
            awaits: replyCommand(question),
          },
        ];
      },
    }),
  };
}
