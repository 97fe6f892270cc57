/** Takes a question to the owner of the nearest policy, as a direct message. Behind the button, after the refusal or an answer. */
import { commandOf } from '../../dialogue/command.ts';
import { z } from 'zod';
import type { Addressed, Context } from '../../conversation/contract.ts';
import type { Queryable } from '../../db/database.ts';
import { selectOptional } from '../../db/rows.ts';
import { Refusal } from '../../errors.ts';
import type { Answer } from '../../isms/answer/answer.ts';
import {
  otherThanOwner,
  ownerOf,
  rerouteQuestion,
  routeQuestion,
  selectOptionalByAnswer,
  stateInWords,
} from '../../isms/answer/open-question.ts';
import { selectPerson } from '../../records/person.ts';
import { questionCard, replyCommand } from '../../dialogue/question-card.ts';

/** Whose button is done with once somebody was asked. */
const command = 'answers.ask-owner';

const Nearest = z.object({ title: z.string(), ownerEmail: z.string().nullable() });

export async function askOwner(tx: Queryable, context: Context, answer: Answer): Promise<Addressed[]> {
  if (answer.personId !== context.person.id)
    throw new Refusal(
      'Only the person who asked can send this question on. Ask me yourself and I will help.',
    );
  if (answer.question === null)
    throw new Refusal('That question is too old; its text is no longer kept. Ask me again.');

  const known = await selectOptionalByAnswer(tx, answer.id);
  if (known !== null) {
    const owner = await selectPerson(tx, known.ownerId);
    return [
      {
        to: 'place',
        reply: {
          text: `${owner.name} has your question since ${dayAndTime(known.routedAt, context)} (${known.reference}, ${stateInWords[known.state]}).`,
        },
        settles: [command],
      },
    ];
  }

  const nearest =
    answer.nearestVersionId === null
      ? null
      : await selectOptional(tx, Nearest, 'select title, owner_email from document_version where id = $1', [
          answer.nearestVersionId,
        ]);
  const owner = await ownerOf(tx, nearest?.ownerEmail ?? null, context.person.id);
  const question = await routeQuestion(tx, commandOf(context), {
    answerId: answer.id,
    askerPlatform: context.platform,
    askerAddress: context.place.address,
    ownerId: owner.id,
    question: answer.question,
    nearestVersionId: answer.nearestVersionId,
  });
  const about =
    nearest !== null && owner.email === nearest.ownerEmail
      ? `The nearest policy is your ${nearest.title}, and it does not say.`
      : 'No policy that I know answers it.';
  return [
    {
      to: 'place',
      reply: {
        text: `I have asked ${owner.name} (${question.reference}). The answer comes back to you here.`,
      },
      settles: [command],
    },
    {
      to: { personId: owner.id },
      reply: questionCard(question, context.person.name, about, await otherThanOwner(tx, question)),
      awaits: replyCommand(question),
    },
  ];
}

/** In place of an owner who is not reached. */
export async function askOther(tx: Queryable, context: Context, reference: string): Promise<Addressed[]> {
  const { question, owner } = await rerouteQuestion(tx, commandOf(context), reference);
  return [
    {
      to: 'place',
      reply: { text: `I have asked ${owner.name} (${reference}). The answer comes back to you here.` },
      settles: ['answers.ask-other'],
    },
    {
      to: { personId: owner.id },
      reply: questionCard(
        question,
        context.person.name,
        'Whom I asked first could not be reached.',
        await otherThanOwner(tx, question),
      ),
      awaits: replyCommand(question),
    },
  ];
}

/** In the person's own time zone, as «24 November 2026, 14:05». */
export function dayAndTime(at: Date, { person }: Pick<Context, 'person'>): string {
  return new Intl.DateTimeFormat('en-GB', {
    dateStyle: 'long',
    timeStyle: 'short',
    timeZone: person.timeZone,
  })
    .format(at)
    .replace(' at ', ', ');
}
