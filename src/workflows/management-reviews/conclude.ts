/** The end of a management review: what it says outright, its minutes, and the signature on the card that shows what is signed. */
import {
  actionId,
  type Actions,
  type Addressed,
  type Context,
  type ReplyParts,
} from '../../conversation/contract.ts';
import { keepOutgoingFile } from '../../conversation/outgoing-file.ts';
import type { Queryable } from '../../db/database.ts';
import { markOf } from '../../dialogue/buttons.ts';
import { commandOf, toAsker } from '../../dialogue/command.ts';
import { formCommand } from '../../dialogue/form.ts';
import { field, sentDay, sentText } from '../../dialogue/form-fields.ts';
import { tell } from '../../dialogue/notify.ts';
import { asked } from '../../dialogue/proposal.ts';
import { selectAttendance } from '../../isms/management-review/attend.ts';
import {
  refuseUnless,
  reviewStates,
  selectReviewFacts,
  type ManagementReview,
} from '../../isms/management-review/management-review.ts';
import { completeReview } from '../../isms/management-review/meeting.ts';
import { hashOf, selectMinutes, signReview, type Minutes } from '../../isms/management-review/minutes.ts';
import { notePaperSent, refreshFigures } from '../../isms/management-review/plan.ts';
import { dayInWords, momentInWords } from '../../language/calendar.ts';
import { shortened } from '../../language/text.ts';
import { languageOf } from '../../language/wording.ts';
import { selectPerson } from '../../records/person.ts';
import { decisionLine, kindWords, presentInWords, stateInWords } from './cards.ts';
import { findReview, lockReview, recordButton, room, shownIn, signButton } from './find.ts';
import { showing } from './hold.ts';
import { documentOf } from './paper.ts';
import { sayTo, verdictOf } from './record.ts';

/** Characters of all that was noted up to which the card shows it whole; beyond, the file beside it does. */
const mostNoted = 4_000;
const shortNote = 200;

const yesNo = [
  { value: 'yes', label: 'Yes' },
  { value: 'no', label: 'No' },
];

async function fileOf(tx: Queryable, { person }: Pick<Context, 'person'>, review: ManagementReview) {
  const { name, bytes } = await documentOf(tx, review, {
    language: languageOf(person),
    timeZone: person.timeZone,
  });
  return keepOutgoingFile(tx, name, bytes);
}

/** The paper, with what can be done with it. */
export async function paperReply(tx: Queryable, context: Pick<Context, 'person'>, review: ManagementReview, text: string): Promise<ReplyParts> {
  const { reference } = review;
  const say = sayTo(context.person);
  const facts = await selectReviewFacts(tx, review);
  const may = reviewStates.may('sendPaper', context.person, review, facts) && review.paperSentAt === null;
  return {
    text,
    files: [await fileOf(tx, context, review)],
    buttons: may ? [recordButton('paper-sent', say('paperSent'), reference, { style: 'primary' }), recordButton('refresh', 'Draw the figures anew', reference)] : [],
    aside: `${reference} · ${dayInWords(review.plannedOn)}`,
  };
} // prettier-ignore

/** What is signed: all of it, or where it is too long for a card the whole in the file beside it. */
async function minutesCard(tx: Queryable, context: Pick<Context, 'person'>, review: ManagementReview): Promise<{ seen: string; reply: ReplyParts }> {
  const { person } = context;
  const { reference, state } = review;
  const minutes = await selectMinutes(tx, review);
  const hash = hashOf(minutes);
  const seen = markOf([reference, state, hash]);
  const facts = await selectReviewFacts(tx, review);
  const may = (move: string) => reviewStates.may(move, person, review, facts);
  const lacks = reviewStates.step('sign', review, facts)?.lacks ?? [];
  const signed = review.signedAt === null ? null : `Signed by ${review.signedByName ?? ''}, ${momentInWords(review.signedAt, person.timeZone)}. It stays as it is.`;
  return {
    seen,
    reply: {
      text: [minutes.title, ...(state === 'complete' && may('sign') ? ['By signing you say that these minutes are right. Nothing of them changes afterwards; the actions go on.'] : [])].join('\n'),
      facts: factsOf(minutes, await presentOf(tx, review)),
      files: [await fileOf(tx, context, review)],
      buttons: [
        ...(may('sign') && lacks.length === 0 ? [signButton('sign', 'Sign', { record: reference }, seen, { style: 'primary' })] : []),
        ...(may('reopen') ? [{ id: actionId(`${room}.move`, { record: reference, move: 'reopen' }), label: 'Go on with it' }] : []),
      ],
      aside: `${reference} · ${stateInWords(review)} · SHA-256 ${hash}`,
      note: signed,
    },
  };
} // prettier-ignore

async function presentOf(tx: Queryable, { id }: ManagementReview): Promise<string> {
  return presentInWords(await selectAttendance(tx, id));
}

function factsOf(minutes: Minutes, present: string): NonNullable<ReplyParts['facts']> {
  const { heldOn, inputs, decisions, conclusion } = minutes;
  const whole = inputs.reduce((sum, { notes }) => sum + (notes ?? '').length, 0) <= mostNoted;
  const note = (notes: string | null) => (notes === null ? '' : `\n${whole ? notes : shortened(notes, shortNote)}`);
  return [
    { label: 'Held on', value: heldOn === null ? 'not yet' : dayInWords(heldOn) },
    { label: 'Present', value: present },
    { label: 'The ISMS is', value: verdictOf(minutes) ?? 'not said yet' },
    ...(conclusion === null ? [] : [{ label: 'Conclusion', value: conclusion }]),
    ...decisions.map((each) => ({ label: `${each.number} · ${kindWords[each.kind]}`, value: decisionLine(each) })),
    ...inputs.map(({ input, title, discussedAt, notes }) => ({ label: input, value: `${title}${discussedAt === null ? ': not discussed' : ''}${note(notes)}` })),
    ...(whole ? [] : [{ label: 'Notes', value: 'All that was noted stands in the file.' }]),
  ];
} // prettier-ignore

/** The chair, and whoever was named to stand in for them. */
async function askedToSign(tx: Queryable, context: Context, review: ManagementReview): Promise<Addressed[]> {
  const { deputies } = await selectReviewFacts(tx, review);
  const told: Addressed[] = [];
  for (const personId of new Set([review.chairId, ...deputies])) {
    const say = sayTo(await selectPerson(tx, personId));
    const buttons = [recordButton('minutes', say('lookAndSign'), review.reference)];
    told.push(...tell(commandOf(context), [personId], { text: say('toSign', { title: review.title }), buttons }));
  }
  return told;
} // prettier-ignore

/** Everybody who takes part hears that it is signed, in their language. */
async function toldOfSignature(tx: Queryable, context: Context, review: ManagementReview): Promise<Addressed[]> {
  const { members } = await selectReviewFacts(tx, review);
  const told: Addressed[] = [];
  for (const personId of new Set([review.secretaryId, ...members])) {
    const say = sayTo(await selectPerson(tx, personId));
    const text = say('signed', { name: context.person.name, title: review.title });
    told.push(...tell(commandOf(context), [personId], { text, buttons: [recordButton('minutes', say('look'), review.reference)] }));
  }
  return told;
} // prettier-ignore

export const concludeActions: Actions = {
  async [`${room}.paper`](tx, context, { argument }) {
    const review = await findReview(tx, context, argument('record'));
    if (review.state !== 'planned') return toAsker((await minutesCard(tx, context, review)).reply);
    return toAsker(await paperReply(tx, context, review, `The paper for the management review on ${dayInWords(review.plannedOn)}, for leaders who are not in chat.`));
  },
  async [`${room}.refresh`](tx, context, { argument }) {
    const review = await refreshFigures(tx, commandOf(context), await lockReview(tx, context, argument('record')));
    return toAsker(await paperReply(tx, context, review, 'The figures are drawn anew, as the records stand now. This is the paper with them.'));
  },
  async [`${room}.paper-sent`](tx, context, { argument }) {
    const review = await notePaperSent(tx, commandOf(context), await lockReview(tx, context, argument('record')));
    return asked({ text: 'The paper has gone out. Its figures stay as its readers have them, and are drawn anew when the review begins.', aside: review.reference, buttons: [recordButton('show', 'Look', review.reference)] }, true);
  },
  async [`${room}.minutes`](tx, context, { argument }) {
    return toAsker((await minutesCard(tx, context, await findReview(tx, context, argument('record')))).reply);
  },
  ...formCommand<{ tx: Queryable; context: Context; review: ManagementReview }>(room, 'complete', {
    async open(tx, context, { argument }) {
      const review = await lockReview(tx, context, argument('record'));
      await refuseUnless(tx, commandOf(context), review, 'complete');
      return { tx, context, review };
    },
    lead: ({ review }) => `${review.title}: what does it say of the management system?`,
    form: ({ review: { reference, heldOn, plannedOn, suitable, adequate, effective, conclusion } }) => {
      const said = (is: boolean | null) => (is === null ? null : is ? 'yes' : 'no');
      return {
        id: actionId(`${room}.send-complete`, { record: reference }),
        title: 'Complete',
        submitLabel: 'Complete',
        fields: [
          field('held_on', 'Held on', 'date', { value: heldOn ?? plannedOn }),
          field('suitable', 'Suitable: does it fit what we do and want?', 'choice', { options: yesNo, value: said(suitable) }),
          field('adequate', 'Adequate: does it do what is asked of it?', 'choice', { options: yesNo, value: said(adequate) }),
          field('effective', 'Effective: does it reach what was planned?', 'choice', { options: yesNo, value: said(effective) }),
          field('conclusion', 'Why, in a few words', 'multiline', { value: conclusion }),
        ],
      };
    },
    at: 'held_on',
    async write({ tx, context, review }, fields) {
      const is = (name: string) => sentText(fields, name) === 'yes';
      const changed = await completeReview(tx, commandOf(context), review, {
        heldOn: sentDay(fields, 'held_on', context, 'past') ?? '',
        suitable: is('suitable'), adequate: is('adequate'), effective: is('effective'),
        conclusion: sentText(fields, 'conclusion'),
      });
      const reply: ReplyParts = {
        text: `${changed.title}\nComplete: the ISMS is ${verdictOf(changed) ?? ''}. Its minutes wait for the chair's signature.`,
        buttons: [recordButton('minutes', 'Look, and sign', changed.reference, { style: 'primary' })],
        aside: changed.reference,
      };
      return [showing(context, changed, reply, true), ...(await askedToSign(tx, context, changed))];
    },
  }),
  [`${room}.sign`]: {
    async look(tx, context, { argument }) {
      const { seen, reply } = await minutesCard(tx, context, await lockReview(tx, context, argument('record')));
      return { seen, card: async () => reply };
    },
    async sign(tx, context, { argument }) {
      const signed = await signReview(tx, commandOf(context), await lockReview(tx, context, argument('record')));
      const { reply } = await minutesCard(tx, context, signed);
      const told = await toldOfSignature(tx, context, signed);
      return [{ to: shownIn(context, signed) === 'place' ? 'place' : 'asker', reply, replacesCard: true }, ...told];
    },
  },
}; // prettier-ignore
