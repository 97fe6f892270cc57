/** All questions of an assignment are answered: what was said, to be looked at once more and submitted. */
import { createHash } from 'node:crypto';
import type { Actions, Addressed, Context, ItemParts, ReplyParts } from '../../conversation/contract.ts';
import type { Queryable } from '../../db/database.ts';
import { commandOf, toAsker } from '../../dialogue/command.ts';
import { tell } from '../../dialogue/notify.ts';
import { asked } from '../../dialogue/proposal.ts';
import { selectAnswersOf, type Answer } from '../../isms/assessment/answer.ts';
import { lockOwn, lockSeen, moveAssignment, type Assignment } from '../../isms/assessment/assignment.ts';
import { assessments } from '../../isms/assessment/assessment.ts';
import { titleOf } from '../../isms/assessment/questions.ts';
import { resultOf } from '../../isms/assessment/result.ts';
import { linesOf, shortened } from '../../language/text.ts';
import { assignmentButton, recordButton, room, signButton } from './buttons.ts';
import { resultsCard } from './results.ts';

/** Answers that one card lists; the others are in the export. */
const mostListed = 12;

const marks = {
  conform: '✓',
  partial: '◐',
  nonconform: '✗',
  not_applicable: '–',
  not_assessed: '?',
} as const;

/** What a card of answers shows, in a few characters. */
export function seenOf(answers: readonly Answer[], { state }: Pick<Assignment, 'state'>): string {
  const shown = JSON.stringify([state, answers.map(({ id }) => id)]);
  return createHash('sha256').update(shown).digest('base64url').slice(0, 10);
}

/** One answer: what it came to, what was asked, what was said to it and how that was rated. */
export function answerItem(answer: Answer, button: ItemParts['button'] = null): ItemParts {
  const { criterion, defined, practised, proven, state, seen, steps, words } = answer;
  const [first] = steps;
  const requirement = criterion.slice(0, criterion.lastIndexOf('.'));
  const rated = [['written', defined], ['done', practised], ['shown', proven]].flatMap(([label, rating]) =>
    rating == null ? [] : [`${label}: ${rating}`],
  );
  const isRated = state === 'answered' || state === 'confirmed';
  const said = first?.choice == null ? '' : first.words;
  const quoted = words === '' ? '' : `«${shortened(words, 160)}»`;
  const how = isRated ? rated.join(', ') : state.replaceAll('_', ' ');
  const mark = state === 'not_applicable' ? marks.not_applicable : marks[resultOf(answer)];
  return {
    text: `${mark} ${shortened(first?.asked.split('\n')[0] ?? titleOf(requirement), 130)}`,
    detail: [said, quoted, `${how}${seen.length > 0 ? ' (seen)' : ''}`, requirement].filter((part) => part !== '').join(' · '),
    button,
  };
} // prettier-ignore

/** What is not as it should be first. */
export function sorted(answers: readonly Answer[]): Answer[] {
  const order = ['nonconform', 'not_assessed', 'partial', 'not_applicable', 'conform'];
  return answers.toSorted((one, other) => order.indexOf(resultOf(one)) - order.indexOf(resultOf(other)));
}

export async function submissionCard(
  tx: Queryable,
  { person }: Pick<Context, 'person'>,
  assignment: Assignment,
  lead: string | null,
): Promise<Addressed[]> {
  return toAsker(await submissionReply(tx, person.id, assignment, lead));
}

async function submissionReply(
  tx: Queryable,
  personId: number,
  assignment: Assignment,
  lead: string | null,
): Promise<ReplyParts> {
  const answers = (await selectAnswersOf(tx, assignment)).filter(({ state }) => state !== 'delegated');
  const shown = sorted(answers).slice(0, mostListed);
  const left = answers.length - shown.length;
  const forWhom = assignment.leadId === personId ? '' : ` After that ${assignment.leadName} looks at them.`;
  return {
    text: linesOf(
      lead,
      answers.length === 0
        ? `All questions of ${assignment.reference} are with colleagues. Submit your part, and I tell you when theirs come in.`
        : `${answers.length === 1 ? 'Your question' : `All ${answers.length} questions`} of ${assignment.reference} ${answers.length === 1 ? 'is' : 'are'} answered. Look once more, then submit them.${forWhom}`,
      left > 0 ? `These are the ${shown.length} that matter most.` : null,
    ),
    items: shown.map((answer) =>
      answerItem(
        answer,
        assignmentButton('again', 'Change', assignment, { values: { criterion: answer.criterion } }),
      ),
    ),
    buttons: [
      signButton('submit', 'Submit', { assignment: assignment.id }, seenOf(answers, assignment), {
        style: 'primary',
      }),
    ],
  };
}

export const submissionActions: Actions = {
  [`${room}.submit`]: {
    async look(tx, context, { argument }) {
      const assignment = await lockOwn(tx, commandOf(context), Number(argument('assignment')));
      const answers = (await selectAnswersOf(tx, assignment)).filter(({ state }) => state !== 'delegated');
      return {
        seen: seenOf(answers, assignment),
        card: () => submissionReply(tx, context.person.id, assignment, null),
      };
    },
    async sign(tx, context, { argument }) {
      const own = await lockSeen(tx, commandOf(context), Number(argument('assignment')));
      const assignment = await moveAssignment(tx, commandOf(context), own, 'submit');
      const { reference, leadId, leadName } = assignment;
      const assessment = await assessments.select(tx, assignment.assessmentId);
      if (leadId === context.person.id)
        return asked(await resultsCard(tx, context, assessment, 'Submitted.'), true);
      return [
        ...asked({ text: `Thank you: your answers of ${reference} are with ${leadName} now.` }, true),
        ...tell(commandOf(context), [leadId], {
          text: `${context.person.name} has answered what you asked about ${assignment.about} for ${reference}.`,
          buttons: [
            assignmentButton('review', 'Look', assignment, { style: 'primary' }),
            recordButton('show', 'Results', reference),
          ],
        }),
      ];
    },
  },
};
