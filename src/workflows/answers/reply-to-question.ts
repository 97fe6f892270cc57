/** The owner's reply goes back to the asker, and is kept as an approved answer that others may be told until the policy changes. */
import { commandOf } from '../../dialogue/command.ts';
import { askAgain, errorsIn } from '../../dialogue/form-fields.ts';
import { z } from 'zod';
import { createHash } from 'node:crypto';
import { actionId, type Addressed, type Context } from '../../conversation/contract.ts';
import type { Queryable } from '../../db/database.ts';
import { selectOptional } from '../../db/rows.ts';
import { Refusal } from '../../errors.ts';
import { recordReply, reopenQuestion, type OpenQuestion } from '../../isms/answer/open-question.ts';
import { selectPerson } from '../../records/person.ts';
import { archiveDocument, dayOf } from '../../knowledge/document.ts';
import { removeFromIndex } from '../../knowledge/search-index.ts';
import { storeInTransaction } from '../../knowledge/ingest.ts';
import type { Lexicon } from '../../knowledge/lexicon.ts';
import { dayAndTime } from './ask-owner.ts';
import { repliedCard, replyForm } from './cards.ts';

export const noReply = 'Write the answer here.';

const Nearest = z.object({
  id: z.number(),
  title: z.string(),
  audience: z.array(z.string()),
  language: z.string(),
});

export async function replyToQuestion(
  tx: Queryable,
  lexicon: Lexicon,
  context: Context,
  question: OpenQuestion,
  text: string,
  { keep }: { keep: boolean },
): Promise<Addressed[]> {
  await refuseAnswered(tx, context, question);
  const reply = text.trim();
  const errors = errorsIn(replyForm(question), { answer: reply }, context, noReply);
  if (Object.keys(errors).length > 0) return askAgain(replyForm(question), { answer: reply }, errors);
  const asker = await selectPerson(tx, question.askerId);
  const approvedAnswerId = keep ? await keepAnswer(tx, lexicon, context, question, reply) : null;
  await recordReply(tx, commandOf(context), question, { reply, approvedAnswerId });
  return [
    { to: 'asker', reply: repliedCard(question, asker.name, keep), replacesCard: true },
    {
      to: { personId: question.askerId },
      reply: {
        text: `${context.person.name} answers your question «${question.question}»:\n${reply}`,
        facts: [{ label: 'Reference', value: question.reference }],
        buttons:
          question.returnsTo === null
            ? []
            : [{ id: question.returnsTo, label: 'Back to the text', style: 'primary' }],
      },
    },
  ];
}

export async function refuseAnswered(tx: Queryable, context: Context, question: OpenQuestion): Promise<void> {
  if (question.state === 'routed') return;
  const by =
    question.repliedBy === null
      ? 'Somebody'
      : question.repliedBy === context.person.id
        ? 'You'
        : (await selectPerson(tx, question.repliedBy)).name;
  const when = question.repliedAt === null ? '' : ` on ${dayAndTime(question.repliedAt, context)}`;
  throw new Refusal(`${by} answered ${question.reference} already${when}. Nothing was sent again.`);
}

/** Who may read the policy may read what its owner said about it. */
async function keepAnswer(
  tx: Queryable,
  lexicon: Lexicon,
  context: Context,
  question: OpenQuestion,
  reply: string,
): Promise<number> {
  const nearest =
    question.nearestVersionId === null
      ? null
      : await selectOptional(
          tx,
          Nearest,
          'select id, title, audience, language from document_version where id = $1',
          [question.nearestVersionId],
        );
  const { documentId } = await storeInTransaction(tx, lexicon, {
    version: {
      reference: question.reference,
      kind: 'answer',
      collection: null,
      sourcePath: null,
      metadata: {
        kind: 'policy',
        version: dayOf(context.now),
        status: 'published',
        owner: context.person.email ?? undefined,
        audience: nearest?.audience ?? ['everyone'],
        controls: [],
      },
      title: `Answer by ${context.person.name}${nearest === null ? '' : ` on the ${nearest.title}`}`,
      language: lexicon.languageOf(reply),
      effectiveFrom: dayOf(context.now),
      contentHash: createHash('sha256').update(reply).digest('hex'),
      sections: [{ number: '', heading: question.question, path: [], page: null, body: reply }],
      basisVersionId: nearest?.id ?? null,
    },
    now: context.now,
    actor: `person:${context.person.id}`,
  });
  return documentId;
}

/** Takes an approved answer out of use, and tells the person who was given it. */
export async function withdrawReply(
  tx: Queryable,
  context: Context,
  question: OpenQuestion,
): Promise<Addressed[]> {
  if (question.state === 'routed')
    return [
      { to: 'asker', reply: { text: `${question.reference} has no answer to take back; it waits for you.` } },
    ];
  if (question.approvedAnswerId !== null) {
    const gone = await archiveDocument(tx, question.approvedAnswerId, {
      actor: `person:${context.person.id}`,
      at: context.now,
    });
    await removeFromIndex(tx, gone);
  }
  await reopenQuestion(tx, commandOf(context), question);
  return [
    {
      to: 'asker',
      replacesCard: true,
      reply: {
        text: `Taken back. ${question.reference} waits for your answer again.`,
        buttons: [
          {
            id: actionId('answers.open-reply', { question: question.reference }),
            label: 'Answer',
            style: 'primary',
            opensForm: true,
          },
        ],
      },
    },
    {
      to: { personId: question.askerId },
      reply: {
        text: `${context.person.name} took back the answer to «${question.question}». Please do not rely on it; a new one follows.`,
      },
    },
  ];
}
