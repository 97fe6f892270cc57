/** A colleague's question as its owner gets it, whichever room it was asked in. */
import { actionId, type ReplyParts } from '../conversation/contract.ts';
import { shortened } from '../language/text.ts';

/** What the owner says next to the card is the answer, too. */
export const replyCommand = ({ reference }: { reference: string }) =>
  actionId('answers.open-reply', { question: reference });

/**
 * @param about  what it is about, a sentence
 * @param other  whom its asker may ask where its owner is not reached
 */
export function questionCard(
  question: { reference: string; question: string },
  askerName: string,
  about: string,
  other: { name: string } | null,
): ReplyParts {
  return {
    text:
      `${askerName} asks: «${question.question}»\n${about} ` +
      "Reply here or press Answer: your words go to them, and are kept with your name and today's date as an approved answer for colleagues who ask the same.",
    facts: [{ label: 'Reference', value: question.reference }],
    buttons: [{ id: replyCommand(question), label: 'Answer', style: 'primary', opensForm: true }],
    otherwise:
      other === null
        ? []
        : [
            {
              id: actionId('answers.ask-other', { question: question.reference }),
              label: shortened(`Ask ${other.name}`, 75),
            },
          ],
  };
}
