/** What the lead looks at: who was asked, what they answered, where they differ; each answer is judged on a card of its own. */
import {
  actionId,
  type Actions,
  type Addressed,
  type Context,
  type ReplyParts,
} from '../../conversation/contract.ts';
import type { Queryable } from '../../db/database.ts';
import { commandOf, toAsker } from '../../dialogue/command.ts';
import { evidenceShown } from '../../dialogue/evidence.ts';
import { formCommand } from '../../dialogue/form.ts';
import { field, sentChoices, sentText } from '../../dialogue/form-fields.ts';
import { tell } from '../../dialogue/notify.ts';
import { asked } from '../../dialogue/proposal.ts';
import { Refusal } from '../../errors.ts';
import { selectAnswersOf, type Answer } from '../../isms/assessment/answer.ts';
import {
  assignmentStates,
  lockOwn,
  lockSeen,
  moveAssignment,
  reaskAt,
  selectAssignments,
  type Assignment,
} from '../../isms/assessment/assignment.ts';
import {
  assessments,
  isOver,
  leadsAssessment,
  refuseOver,
  selectBank,
  type Assessment,
} from '../../isms/assessment/assessment.ts';
import type { Rating } from '../../isms/assessment/bank.ts';
import { takeBack } from '../../isms/assessment/delegate.ts';
import { selectDiffering, settle, type Given } from '../../isms/assessment/outcome.ts';
import { placedIn, routineOf, titleOf } from '../../isms/assessment/questions.ts';
import { dimensions, type Dimension } from '../../isms/assessment/result.ts';
import {
  challengeAnswer,
  confirmAnswer,
  lockForReview,
  type Reviewed,
} from '../../isms/assessment/review.ts';
import { dayOf, inFull, momentInWords } from '../../language/calendar.ts';
import { linesOf, shortened } from '../../language/text.ts';
import { selectEvidence } from '../../records/evidence.ts';
import { selectPerson } from '../../records/person.ts';
import type { Dependencies } from '../dependencies.ts';
import { assignmentButton, recordButton, room, signButton } from './buttons.ts';
import { lockLed } from './find.ts';
import { recordsAgainst } from './records-against.ts';
import type { Interviews } from './start.ts';
import { answerItem, seenOf, sorted } from './submission.ts';

type Lexical = Pick<Dependencies, 'lexicon'>;

/** Answers that one card lists. */
const mostListed = 15;

const partInWords = {
  lead: 'leads it',
  owner: 'answers for it',
  doer: 'does it',
  manager: 'manager',
} as const;

/** Who was asked what, and how far they are. */
async function askedCard(tx: Queryable, { person, now }: Context, { id, reference }: Assessment): Promise<ReplyParts> {
  const today = dayOf(now, person.timeZone);
  const assignments = await selectAssignments(tx, id);
  return {
    text: `${assignments.length} ${assignments.length === 1 ? 'person was' : 'people were'} asked for ${reference}.`,
    items: assignments.map((each) => ({
      text: `${each.personName} (${partInWords[each.part]}): ${each.about}`,
      detail: [
        each.state.replaceAll('_', ' '),
        ...(each.dueOn === null ? [] : [`due ${inFull(each.dueOn)}${each.dueOn < today && each.state === 'in_progress' ? ', overdue' : ''}`]),
      ].join(', '),
      button: assignmentButton('review', 'Look', each),
    })),
  };
} // prettier-ignore

async function lockToReview(tx: Queryable, context: Context, id: string): Promise<Assignment> {
  const assignment = await lockSeen(tx, commandOf(context), Number(id));
  await leadsAssessment.refuseUnless(tx, commandOf(context), assignment, null);
  return assignment;
}

async function answersOf(tx: Queryable, assignment: Assignment): Promise<Answer[]> {
  return (await selectAnswersOf(tx, assignment)).filter(({ state }) => state !== 'delegated');
}

async function reviewCard(tx: Queryable, { person }: Context, assignment: Assignment, lead: string | null = null): Promise<ReplyParts> {
  const answers = await answersOf(tx, assignment);
  const { personName, about, reference, state } = assignment;
  const may = (move: string) => assignmentStates.may(move, person, assignment, { open: 0 });
  const own = assignment.personId === person.id;
  return {
    text: linesOf(
      lead,
      `${personName} answered ${answers.length} ${answers.length === 1 ? 'question' : 'questions'} about ${about} for ${reference} (${state.replaceAll('_', ' ')}).`,
      answers.length > mostListed ? `These are the ${mostListed} that matter most.` : null,
    ),
    items: sorted(answers).slice(0, mostListed).map((answer) =>
      answerItem(answer, { id: actionId(`${room}.answer`, { answer: answer.id }), label: 'Look' }),
    ),
    buttons: [
      ...(may('close') ? [signButton('close', own ? 'Close' : 'Agree and close', { assignment: assignment.id }, seenOf(answers, assignment), { style: 'primary' })] : []),
      ...(may('takeBack') && !own ? [assignmentButton('take-back', 'Take back', assignment)] : []),
      ...(may('requestChanges') && !own ? [assignmentButton('return', 'Send back', assignment, { opensForm: true })] : []),
      recordButton('show', 'Results', reference),
    ],
  };
} // prettier-ignore

async function answerCard(parts: Lexical, tx: Queryable, context: Context, { assignment, answer }: Reviewed): Promise<ReplyParts> {
  const assessment = await assessments.select(tx, assignment.assessmentId);
  const placed = placedIn(await selectBank(tx, assessment)).get(answer.criterion);
  const own = assignment.personId === context.person.id;
  const done = ['submitted', 'closed'].includes(assignment.state) && !isOver(assessment);
  const pieces = (await selectEvidence(tx, [assessments.nameOf(assessment)])).filter(({ id }) => answer.evidence.includes(id)); // prettier-ignore
  const evidence = evidenceShown(room, pieces);
  const against =
    placed === undefined || answer.practised !== 'yes'
      ? []
      : await recordsAgainst(parts, tx, context, placed, answer.evidenceAge);
  const said = answer.steps.map(({ asked: question, words, skipped }) => ({
    label: question.split('\n')[0] ?? '',
    value: words || (skipped ?? ''),
  }));
  const rated = dimensions.flatMap((dimension) => {
    const rating = answer[dimension];
    return rating === null
      ? []
      : [{ label: dimensionInWords[dimension], value: `${rating}, ${answer.seen.includes(dimension) ? 'seen' : 'as they say'}` }];
  });
  return {
    text: linesOf(
      `${placed === undefined ? answer.criterion : placed.criterion.is.en}`,
      `${assignment.reference}, ${placed === undefined ? '' : `${placed.requirement} ${titleOf(placed.requirement)}, `}${answer.byName} on ${momentInWords(answer.at, context.person.timeZone)} (${answer.state.replaceAll('_', ' ')})`,
      against.length === 0 ? null : `Our own records: ${against.join(' ')}`,
    ),
    facts: [...said, ...rated],
    items: evidence,
    buttons: own || !done
        ? []
        : [
            ...(answer.state === 'confirmed' ? [] : [signButton('confirm', 'Confirm', { answer: answer.id }, String(answer.id), { style: 'primary' })]),
            { id: actionId(`${room}.seen`, { answer: answer.id }), label: 'I saw it', opensForm: true },
            { id: actionId(`${room}.challenge`, { answer: answer.id }), label: 'Ask again', opensForm: true },
          ],
  };
} // prettier-ignore

/** «Omar (does it): at once. Petra (manager): within a week.» */
function differingLine(given: readonly Given[], choiceOf: (each: Given) => string): string {
  return given.map((each) => `${saidBy(each)}: ${choiceOf(each)}`).join('. ');
}
const saidBy = ({ byName, part }: Given) =>
  `${byName ?? ''} (${part === 'lead' || part === 'owner' || part === 'doer' || part === 'manager' ? partInWords[part] : ''})`;

async function choicesIn(tx: Queryable, assessment: Assessment): Promise<(each: Given) => string> {
  const placed = placedIn(await selectBank(tx, assessment));
  return ({ criterion, choice, words, state }) =>
    state === 'not_applicable'
      ? `does not apply: ${words ?? ''}`
      : (placed.get(criterion)?.criterion.choices.find(({ as }) => as === choice)?.en ?? words ?? '');
}

async function differingCard(tx: Queryable, assessment: Assessment, lead: string | null = null): Promise<ReplyParts> {
  const { id, reference } = assessment;
  const differing = await selectDiffering(tx, id);
  const choiceOf = await choicesIn(tx, assessment);
  const placed = placedIn(await selectBank(tx, assessment));
  return {
    text: linesOf(lead, differing.length === 0 ? `Nobody differs on ${reference} any more.` : `People differ on ${differing.length === 1 ? '1 question' : `${differing.length} questions`}. Until you decide, the less good answer counts.`),
    items: differing.slice(0, mostListed).map((given) => {
      const [first] = given;
      const requirement = first?.requirement ?? '';
      const question = placed.get(first?.criterion ?? '')?.criterion;
      return {
        text: question === undefined ? titleOf(requirement) : shortened(routineOf(question, assessment.profile).en, 130),
        detail: `${differingLine(given, choiceOf)} · ${requirement}`,
        button: { id: actionId(`${room}.decide`, { record: reference, criterion: first?.criterion ?? '' }), label: 'Decide' },
      };
    }),
    buttons: [recordButton('show', 'Results', reference)],
  };
} // prettier-ignore

const isDecided = 'That is decided already, or people agree by now.';

async function decisionCard(tx: Queryable, assessment: Assessment, criterion: string): Promise<ReplyParts> {
  const given = (await selectDiffering(tx, assessment.id)).find(([first]) => first?.criterion === criterion);
  const choiceOf = await choicesIn(tx, assessment);
  const placed = placedIn(await selectBank(tx, assessment)).get(criterion);
  if (given === undefined || placed === undefined) throw new Refusal(isDecided);
  const seen = given.map(({ answerId }) => answerId).join('-');
  return {
    text: linesOf(placed.criterion.is.en, `${placed.requirement} ${titleOf(placed.requirement)}. Which holds?`),
    facts: given.map((each) => ({ label: saidBy(each), value: choiceOf(each) })),
    buttons: given.map((each) =>
      signButton('settle', `As ${each.byName ?? ''} says`.slice(0, 75), { record: assessment.reference, criterion, answer: each.answerId ?? 0 }, seen),
    ),
  };
} // prettier-ignore

const ratings: Rating[] = ['yes', 'partly', 'no'];

/** Asked once more in their own conversation. */
async function sendBack(tx: Queryable, context: Context, { questions }: Pick<Interviews, 'questions'>, assignment: Assignment): Promise<Addressed[]> {
  const person = await selectPerson(tx, assignment.personId);
  return [
    ...(await questions.invite(tx, context, String(assignment.id), person)),
    ...asked({ text: `${person.name} is asked again.` }, true),
  ];
} // prettier-ignore

export function reviewActions(parts: Lexical, interviews: Pick<Interviews, 'questions'>): Actions {
  const reviewing = async (tx: Queryable, context: Context, { argument }: { argument(name: string): string }) => ({
    tx,
    context,
    reviewed: await lockForReview(tx, commandOf(context), Number(argument('answer'))),
  }); // prettier-ignore
  type Reviewing = Awaited<ReturnType<typeof reviewing>>;

  return {
    [`${room}.asked`]: async (tx, context, { argument }) =>
      toAsker(await askedCard(tx, context, await lockLed(tx, context, argument('record')))),
    [`${room}.review`]: async (tx, context, { argument }) =>
      toAsker(await reviewCard(tx, context, await lockToReview(tx, context, argument('assignment')))),
    [`${room}.answer`]: async (tx, context, call) =>
      toAsker(await answerCard(parts, tx, context, (await reviewing(tx, context, call)).reviewed)),
    async [`${room}.again`](tx, context, { argument }) {
      const own = await lockOwn(tx, commandOf(context), Number(argument('assignment')));
      await reaskAt(tx, own, argument('criterion'));
      return interviews.questions.begin(tx, context, String(own.id));
    },
    [`${room}.close`]: {
      async look(tx, context, { argument }) {
        const assignment = await lockToReview(tx, context, argument('assignment'));
        return {
          seen: seenOf(await answersOf(tx, assignment), assignment),
          card: () => reviewCard(tx, context, assignment),
        };
      },
      async sign(tx, context, { argument }) {
        const before = await lockToReview(tx, context, argument('assignment'));
        const closed = await moveAssignment(tx, commandOf(context), before, 'close');
        return [
          ...asked(await reviewCard(tx, context, closed, 'Closed.'), true),
          ...tell(commandOf(context), [closed.personId], {
            text: `${context.person.name} agrees with your answers of ${closed.reference}. Nothing is left for you to do.`,
          }),
        ];
      },
    },
    async [`${room}.take-back`](tx, context, { argument }) {
      const assignment = await takeBack(tx, commandOf(context), await lockToReview(tx, context, argument('assignment')));
      return [
        ...asked(await reviewCard(tx, context, assignment, 'Taken back: what was left open is yours again.'), true),
        ...tell(commandOf(context), [assignment.personId], {
          text: `You need not answer any more what you were asked about ${assignment.about} for ${assignment.reference}.`,
        }),
      ];
    },
    ...formCommand<{ tx: Queryable; context: Context; assignment: Assignment }>(room, 'return', {
      open: async (tx, context, { argument }) => ({
        tx,
        context,
        assignment: await lockToReview(tx, context, argument('assignment')),
      }),
      lead: ({ assignment }) => `What shall ${assignment.personName} change?`,
      form: ({ assignment }) => ({
        id: actionId(`${room}.send-return`, { assignment: assignment.id }),
        title: 'Send back',
        submitLabel: 'Send back',
        fields: [field('word', 'What is to be changed?', 'multiline')],
      }),
      at: 'word',
      async write({ tx, context, assignment }, fields) {
        const word = sentText(fields, 'word');
        const back = await moveAssignment(tx, commandOf(context), assignment, 'requestChanges', word);
        return sendBack(tx, context, interviews, back);
      },
    }),
    [`${room}.confirm`]: {
      async look(tx, context, call) {
        const { reviewed } = await reviewing(tx, context, call);
        return { seen: String(reviewed.answer.id), card: () => answerCard(parts, tx, context, reviewed) };
      },
      async sign(tx, context, call) {
        const { reviewed } = await reviewing(tx, context, call);
        const answer = await confirmAnswer(tx, commandOf(context), reviewed);
        return asked(await answerCard(parts, tx, context, { ...reviewed, answer }), true);
      },
    },
    ...formCommand<Reviewing>(room, 'seen', {
      open: reviewing,
      lead: ({ reviewed: { answer } }) => `What did you see with your own eyes of what ${answer.byName} says?`,
      form: ({ reviewed: { answer } }) => ({
        id: actionId(`${room}.send-seen`, { answer: answer.id }),
        title: 'I saw it',
        submitLabel: 'Write it down',
        fields: [
          field('seen', 'What did you see?', 'choices', {
            value: dimensions.filter((dimension) => answer[dimension] !== null).join(','),
            options: dimensions.map((value) => ({ value, label: dimensionInWords[value] })),
          }),
          ...dimensions.map((dimension) =>
            field(dimension, dimensionInWords[dimension], 'choice', {
              required: false,
              value: answer[dimension],
              options: ratings.map((value) => ({ value, label: value })),
            }),
          ),
          field('words', 'What exactly?', 'multiline', { hint: 'As «three tickets of October, each with the owner’s approval».' }),
        ],
      }),
      at: 'seen',
      async write({ tx, context, reviewed }, fields) {
        const rating = (dimension: Dimension) => (sentText(fields, dimension) || reviewed.answer[dimension]) as Rating | null;
        const answer = await confirmAnswer(tx, commandOf(context), reviewed, {
          ratings: { defined: rating('defined'), practised: rating('practised'), proven: rating('proven') },
          seen: sentChoices(fields, 'seen') as Dimension[],
          words: sentText(fields, 'words'),
        });
        return asked(await answerCard(parts, tx, context, { ...reviewed, answer }), true);
      },
    }),
    ...formCommand<Reviewing>(room, 'challenge', {
      open: reviewing,
      lead: ({ reviewed: { assignment } }) => `What do you want to know of ${assignment.personName}?`,
      form: ({ reviewed: { answer } }) => ({
        id: actionId(`${room}.send-challenge`, { answer: answer.id }),
        title: 'Ask again',
        submitLabel: 'Ask',
        fields: [field('word', 'Your question', 'multiline')],
      }),
      at: 'word',
      async write({ tx, context, reviewed }, fields) {
        const back = await challengeAnswer(tx, commandOf(context), reviewed, sentText(fields, 'word'));
        return sendBack(tx, context, interviews, back);
      },
    }),
    [`${room}.differing`]: async (tx, context, { argument }) =>
      toAsker(await differingCard(tx, await lockLed(tx, context, argument('record')))),
    [`${room}.decide`]: async (tx, context, { argument }) =>
      toAsker(await decisionCard(tx, await lockLed(tx, context, argument('record')), argument('criterion'))),
    [`${room}.settle`]: {
      async look(tx, context, { argument }) {
        const assessment = await lockLed(tx, context, argument('record'));
        const given = (await selectDiffering(tx, assessment.id)).find(([first]) => first?.criterion === argument('criterion'));
        if (given === undefined) throw new Refusal(isDecided);
        return {
          seen: given.map(({ answerId }) => answerId).join('-'),
          card: () => decisionCard(tx, assessment, argument('criterion')),
        };
      },
      async sign(tx, context, { argument }) {
        const assessment = await lockLed(tx, context, argument('record'));
        refuseOver(assessment);
        await settle(tx, commandOf(context), assessment.id, argument('criterion'), Number(argument('answer')));
        return asked(await differingCard(tx, assessment, 'Decided.'), true);
      },
    },
  };
} // prettier-ignore

const dimensionInWords: Record<Dimension, string> = {
  defined: 'It is written down',
  practised: 'It is done',
  proven: 'It can be shown',
};
