/** Five whys, one at a time, without a model: the interview is kept, and each next words in the conversation are its answer. */
import { proposeChanges } from '../../../dialogue/proposal.ts';
import { lockLooking } from '../nonconformity-form.ts';
import {
  actionId,
  type Addressed,
  type Context,
  type Form,
  type ReplyParts,
} from '../../../conversation/contract.ts';
import type { Queryable } from '../../../db/database.ts';
import { Refusal } from '../../../errors.ts';
import {
  changeInterview,
  openInterview,
  selectOptionalInterview,
  type CauseInterview,
} from '../../../isms/nonconformity/cause-interview.ts';
import type { Nonconformity } from '../../../isms/nonconformity/nonconformity.ts';
import { whyLines } from './cause-card.ts';
import { bareAnswer, firstWhy, lookBehind, mostWhys, nextWhy, saysEnough, usualWhys } from './cause-words.ts';
import { field } from '../../../dialogue/form-fields.ts';
import { commandOf } from '../../../dialogue/command.ts';
import { capitalised } from '../words.ts';

/** Characters of one answer. */
const longestAnswer = 1_000;

/** Begins, or goes on where the person left off. */
export async function beginWhys(tx: Queryable, context: Context, reference: string): Promise<Addressed[]> {
  const command = commandOf(context);
  const nonconformity = await lockLooking(tx, context, reference);
  const interview = await openInterview(tx, command, nonconformity, firstWhy(nonconformity.title));
  const lead =
    interview.steps.length === 0
      ? `Five whys for ${nonconformity.reference}. Answer each in your own words, right here.`
      : `We go on with ${nonconformity.reference}, where you left off.`;
  return askWhy(nonconformity, interview, { lead, sofar: true });
}

export async function beginAgain(tx: Queryable, context: Context, reference: string): Promise<Addressed[]> {
  const { command, nonconformity, interview } = await lockInterview(tx, context, reference);
  const fresh = await changeInterview(tx, command, interview, {
    state: 'asking',
    question: firstWhy(nonconformity.title),
    steps: [],
    challenged: false,
  });
  return askWhy(nonconformity, fresh, { lead: 'From the beginning, then.' });
}

/**
 * @param after  how many answers there were when the person was asked; another number is an answer to an earlier why, sent
 *   twice. Null where that is not known.
 */
export async function takeAnswer(
  tx: Queryable,
  context: Context,
  reference: string,
  said: string,
  after: number | null = null,
): Promise<Addressed[]> {
  const { command, nonconformity, interview } = await lockInterview(tx, context, reference);
  const { steps, question } = interview;
  const answer = said.trim();
  const stay = async (lead: string) =>
    askWhy(nonconformity, await changeInterview(tx, command, interview, {}), { lead });

  if (after !== null && after !== steps.length) return stay('That why has its answer already.');
  if (answer.length > longestAnswer)
    return stay(
      `At most ${longestAnswer} characters for one why; this has ${answer.length}. What is the heart of it?`,
    );
  if (saysEnough(answer))
    return steps.length === 0
      ? stay('There is no answer yet that could be the cause. You can also go on later, from its card.')
      : proposeCause(tx, context, nonconformity, interview);

  const behind = interview.challenged ? null : lookBehind(answer);
  const changed = await changeInterview(tx, command, interview, {
    state: 'asking',
    steps: [...steps, { question, answer }],
    question: behind?.question ?? nextWhy(answer),
    challenged: interview.challenged || behind !== null,
  });
  if (changed.steps.length >= mostWhys) return proposeCause(tx, context, nonconformity, changed);
  return askWhy(nonconformity, changed, { lead: behind?.word ?? null });
}

export async function endWhys(tx: Queryable, context: Context, reference: string): Promise<Addressed[]> {
  const { nonconformity, interview } = await lockInterview(tx, context, reference);
  if (interview.steps.length === 0)
    throw new Refusal(
      'There is no answer yet that could be the cause. Answer the first why, or choose another way.',
    );
  return proposeCause(tx, context, nonconformity, interview);
}

export async function answerForm(tx: Queryable, context: Context, reference: string): Promise<Form> {
  const { nonconformity, interview } = await lockInterview(tx, context, reference);
  return {
    id: actionId('corrective-actions.send-why', {
      record: nonconformity.reference,
      after: interview.steps.length,
    }),
    title: `Why? (${nonconformity.reference})`.slice(0, 24),
    submitLabel: 'Send',
    fields: [field('answer', interview.question, 'multiline')],
  };
}

async function lockInterview(tx: Queryable, context: Context, reference: string) {
  const command = commandOf(context);
  const nonconformity = await lockLooking(tx, context, reference);
  const interview = await selectOptionalInterview(tx, command, nonconformity);
  if (interview === null)
    throw new Refusal(
      `You have no five whys open on ${nonconformity.reference}. Press «Five whys» on its card to begin.`,
    );
  return { command, nonconformity, interview };
}

/** The last answer is the cause; the card says so before anything is written. */
async function proposeCause(
  tx: Queryable,
  context: Context,
  { reference, version }: Nonconformity,
  interview: CauseInterview,
): Promise<Addressed[]> {
  const { steps } = await changeInterview(tx, commandOf(context), interview, { state: 'proposed' });
  return proposeChanges(tx, context, [
    {
      kind: 'nonconformity.cause',
      reference,
      version,
      method: 'five_whys',
      rootCause: capitalised(bareAnswer(steps.at(-1)?.answer ?? '')),
      chain: steps,
    },
  ]);
}

interface Around {
  lead: string | null;
  /** Shows the answers that there are. */
  sofar?: boolean;
}

/** Asks the next why: the words that follow it answer it. */
function askWhy(nonconformity: Nonconformity, interview: CauseInterview, around: Around): Addressed[] {
  const { reference: record } = nonconformity;
  const awaits = actionId('corrective-actions.why', { record, after: interview.steps.length });
  return [{ to: 'asker', reply: whyCard(nonconformity, interview, around), awaits }];
}

function whyCard(
  { reference }: Nonconformity,
  { question, steps }: CauseInterview,
  { lead, sofar = false }: Around,
): ReplyParts {
  const record = { record: reference };
  const last = bareAnswer(steps.at(-1)?.answer ?? '');
  const isUsual = steps.length >= usualWhys;
  const asked = isUsual
    ? `That makes ${steps.length} whys. Is this the cause: «${last}»? If there is more behind it: ${question}`
    : question;
  return {
    text: [lead, asked].filter((part) => part !== null).join('\n'),
    facts: sofar ? whyLines(steps) : [],
    progress:
      steps.length === 0
        ? null
        : { label: 'Whys answered', done: steps.length, total: Math.max(usualWhys, steps.length) },
    buttons: [
      ...(steps.length === 0
        ? []
        : [
            {
              id: actionId('corrective-actions.why-enough', record),
              label: 'That is the cause',
              style: isUsual ? ('primary' as const) : ('plain' as const),
            },
          ]),
      { id: actionId('corrective-actions.why', record), label: 'Answer', opensForm: true },
      ...(sofar && steps.length > 0
        ? [{ id: actionId('corrective-actions.why-again', record), label: 'Start over' }]
        : []),
    ],
  };
}
