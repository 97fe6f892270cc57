/** What a management review decides: a plain decision is written at once, what somebody is to do is shown on a card and confirmed. */
import { z } from 'zod';
import {
  actionId,
  type Actions,
  type Addressed,
  type Context,
  type Form,
} from '../../conversation/contract.ts';
import type { Queryable } from '../../db/database.ts';
import { defineChange, type Applied } from '../../dialogue/change.ts';
import { commandOf } from '../../dialogue/command.ts';
import { formCommand, orAskAgain, personNamed } from '../../dialogue/form.ts';
import { askAgain, errorsIn, field, sentDay, sentText, type Sent } from '../../dialogue/form-fields.ts';
import { tell } from '../../dialogue/notify.ts';
import { lockCard, proposalActions, proposeChanges, replaceCard } from '../../dialogue/proposal.ts';
import { inputKeys, inputTitles, type InputKey } from '../../isms/management-review/inputs.ts';
import {
  managementReviews,
  refuseUnless,
  type ManagementReview,
} from '../../isms/management-review/management-review.ts';
import {
  decisionKinds,
  noteDecision,
  type Decision,
  type DecisionKind,
} from '../../isms/management-review/meeting.ts';
import { dayOf, inFull } from '../../language/calendar.ts';
import { dayIn, languageOf } from '../../language/wording.ts';
import type { CommandContext } from '../../records/command-context.ts';
import { selectPerson } from '../../records/person.ts';
import { decisionLine, inputCard, kindWords } from './cards.ts';
import { inputOf, lockReview, room, shownIn } from './find.ts';
import { showing } from './hold.ts';
import { sayTo } from './record.ts';

const DecideChange = z.object({
  kind: z.literal('management_review.decide'),
  review: z.number(),
  reference: z.string(),
  input: z.enum(inputKeys).nullable(),
  text: z.string(),
  as: z.enum(decisionKinds),
  ownerId: z.number().nullable(),
  ownerName: z.string().nullable(),
  dueOn: z.string().nullable(),
  /** Others read along where it was said: they see what came of it. */
  inThread: z.boolean(),
});
type DecideChange = z.infer<typeof DecideChange>;

const choices: Record<DecisionKind, string> = {
  action: 'Somebody does something by a day',
  decision: 'A decision, with nothing more to do',
  resources: 'Resources: people, money, time',
  change: 'A change of the management system',
  improvement: 'An improvement to be looked into',
};

function formOf(id: string, said: Partial<Pick<DecideChange, 'text' | 'as' | 'ownerName' | 'dueOn'>>, input: InputKey | null): Form {
  return {
    id,
    title: input === null ? 'Decide' : `Decide on ${input}`,
    submitLabel: 'Decide',
    fields: [
      field('text', 'What is decided?', 'multiline', { value: said.text ?? null }),
      field('as', 'What is it?', 'choice', { value: said.as ?? 'action', options: decisionKinds.toSorted((one, other) => Object.keys(choices).indexOf(one) - Object.keys(choices).indexOf(other)).map((value) => ({ value, label: choices[value] })) }),
      field('who', 'Who does it?', 'text', { required: false, value: said.ownerName ?? null, hint: 'Name or e-mail address. With a day it becomes a corrective action.' }),
      field('due', 'By when?', 'date', { required: false, value: said.dueOn ?? null }),
    ],
  };
} // prettier-ignore

/** An action without somebody or a day is none, and one of the two alone says too little. */
function wrongIn(fields: Sent, context: Context): Record<string, string> {
  const [who, due] = [sentText(fields, 'who'), sentText(fields, 'due')];
  const day = sentDay(fields, 'due', context);
  const as = sentText(fields, 'as');
  // Who decides on an improvement is the ISMS manager where nobody is named.
  const needed = as === 'action' || (as !== 'improvement' && (who !== '' || due !== ''));
  return {
    ...(needed && who === '' ? { who: 'Say who does it.' } : {}),
    ...(needed && due === '' ? { due: 'Say by when.' } : {}),
    ...(day !== null && day < dayOf(context.now, context.person.timeZone) ? { due: `${inFull(day)} is past. Choose a day from today on.` } : {}),
  };
} // prettier-ignore

async function readForm(tx: Queryable, context: Context, fields: Sent) {
  const who = sentText(fields, 'who');
  const owner = who === '' ? null : await personNamed(tx, context, who, 'who');
  const as = decisionKinds.find((each) => each === sentText(fields, 'as')) ?? 'decision';
  return {
    text: sentText(fields, 'text'),
    as,
    ownerId: owner?.id ?? null,
    ownerName: owner?.name ?? null,
    dueOn: sentDay(fields, 'due', context),
  };
}

defineChange<DecideChange>({
  kind: 'management_review.decide',
  schema: DecideChange,
  room,
  nameOf: ({ reference }) => reference,
  // Several people decide at once, each of them something else.
  current: async () => null,
  markOf: () => null,
  apply: applyDecision,
  show: async (_tx, { reference, input, text, as, ownerName, dueOn }) => ({
    title: `${reference}: ${input === null ? 'a decision' : `a decision on ${input} · ${inputTitles[input]}`}`,
    lines: [
      { label: kindWords[as], value: text },
      { label: 'Who', value: ownerName ?? '' },
      { label: 'By', value: dueOn === null ? '' : inFull(dueOn) },
    ].filter(({ value }) => value !== ''),
  }),
  form: (_tx, _context, change, _id, proposal) => formOf(actionId(`${room}.send-redecide`, { proposal }), change, change.input),
  alone: true,
}); // prettier-ignore

async function applyDecision(tx: Queryable, command: CommandContext, change: DecideChange): Promise<Applied> {
  const { input, text, as, ownerId, dueOn, inThread } = change;
  const review = await managementReviews.lock(tx, change.review);
  const { decision } = await noteDecision(tx, command, review, { input, text, kind: as, ownerId, dueOn });
  const line = `${review.reference}: ${decisionLine(decision)}`;
  return {
    lines: [line],
    told: [...(inThread ? [{ to: 'place' as const, reply: decided(review, decision) }] : []), ...(await ownerTold(tx, command, ownerId, decision))],
  };
} // prettier-ignore

/** What all of them read. */
const decided = (review: ManagementReview, decision: Decision) => ({
  text: `${kindWords[decision.kind]}${decision.input === null ? '' : ` on ${decision.input}`}: ${decisionLine(decision)}`,
  aside: `${review.reference} · ${decision.decidedByName}`,
});

async function ownerTold(tx: Queryable, command: CommandContext, ownerId: number | null, { reference, text, dueOn, kind }: Decision): Promise<Addressed[]> {
  // Whoever decides on an improvement finds it with what waits for them.
  if (ownerId === null || reference === null || kind === 'improvement') return [];
  const owner = await selectPerson(tx, ownerId);
  const say = sayTo(owner);
  return tell(command, [ownerId], {
    text: say('action', { name: command.actor.name, what: text }),
    facts: dueOn === null ? [] : [{ label: say('due'), value: dayIn(languageOf(owner), dueOn) }],
    buttons: [{ id: actionId('corrective-actions.show', { record: reference }), label: say('look') }],
  });
} // prettier-ignore

interface Opened {
  tx: Queryable;
  context: Context;
  review: ManagementReview;
  input: InputKey | null;
  said: string;
}

export const decideActions: Actions = {
  ...proposalActions(room),
  ...formCommand<Opened>(room, 'decide', {
    async open(tx, context, { argument }) {
      const review = await lockReview(tx, context, argument('record'));
      await refuseUnless(tx, commandOf(context), review, 'decide');
      return { tx, context, review, input: argument('input') === '' ? null : inputOf(argument), said: argument('said') };
    },
    lead: ({ review, input }) => (input === null ? review.title : `${input} · ${inputTitles[input]}`),
    form: ({ review, input, said }) =>
      formOf(actionId(`${room}.send-decide`, { record: review.reference, input: input ?? '' }), { text: said }, input),
    wrong: ({ context }, fields) => wrongIn(fields, context),
    at: 'text',
    async write({ tx, context, review, input }, fields) {
      const read = await readForm(tx, context, fields);
      const inThread = context.place.audience === 'channel' && shownIn(context, review) === 'place';
      if (read.ownerId !== null || read.as === 'improvement') {
        const change: DecideChange = { kind: 'management_review.decide', review: review.id, reference: review.reference, input, inThread, ...read };
        return proposeChanges(tx, context, [change], { replacesCard: context.place.audience === 'channel' });
      }
      return decidedAt(tx, context, review, { input, text: read.text, kind: read.as });
    },
  }),
  async [`${room}.send-redecide`](tx, context, call) {
    const { proposal, change } = await lockCard<DecideChange>(tx, context, call.argument('proposal'), 'management_review.decide');
    const form = formOf(actionId(`${room}.send-redecide`, { proposal: proposal.id }), change, change.input);
    const errors = { ...errorsIn(form, call.fields, context), ...wrongIn(call.fields, context) };
    if (Object.keys(errors).length > 0) return askAgain(form, call.fields, errors);
    return orAskAgain(tx, form, call.fields, 'text', async () =>
      replaceCard(tx, context, proposal, [{ ...change, ...(await readForm(tx, context, call.fields)) }]),
    );
  },
}; // prettier-ignore

/** With nobody to do anything by a day: it stands at once. */
export async function decidedAt(tx: Queryable, context: Context, review: ManagementReview, said: { input: InputKey | null; text: string; kind: DecisionKind }): Promise<Addressed[]> {
  const { review: changed, decision } = await noteDecision(tx, commandOf(context), review, { ...said, ownerId: null, dueOn: null });
  if (said.input === null) return [showing(context, changed, decided(changed, decision))];
  return [showing(context, changed, await inputCard(tx, context, changed, said.input), true)];
} // prettier-ignore
