/** A management review while it is held, in a conversation of one or of many: begun, walked through, noted, and who is there. */
import {
  actionId,
  type Actions,
  type ActionCall,
  type Addressed,
  type Context,
  type ReplyParts,
} from '../../conversation/contract.ts';
import type { Queryable } from '../../db/database.ts';
import { commandOf, toAsker } from '../../dialogue/command.ts';
import { formCommand, resolvePersonNamed } from '../../dialogue/form.ts';
import { field, sentChoices, sentText } from '../../dialogue/form-fields.ts';
import { Refusal } from '../../errors.ts';
import {
  arrive,
  isInvited,
  noteAttendance,
  selectAttendance,
  type Came,
} from '../../isms/management-review/attend.ts';
import { inputTitles, selectInputs, type InputKey } from '../../isms/management-review/inputs.ts';
import { refuseUnless, type ManagementReview } from '../../isms/management-review/management-review.ts';
import {
  gatherReview,
  markDiscussed,
  markOfNotes,
  noteSaid,
  startReview,
  writeMinutes,
} from '../../isms/management-review/meeting.ts';
import { words } from '../../language/vocabulary.ts';
import { agendaCard, inputCard } from './cards.ts';
import { findReview, inputOf, lockReview, recordButton, room, shownIn } from './find.ts';

const standsFor = words('management-reviews/for');

/** In its thread to all of them, in the place of the card whose button was pressed where it can be. */
export function showing(context: Context, review: ManagementReview, reply: ReplyParts, replacesCard = false): Addressed {
  return { to: shownIn(context, review), reply, ...(replacesCard ? { replacesCard } : {}) };
} // prettier-ignore

interface Opened {
  tx: Queryable;
  context: Context;
  review: ManagementReview;
  input: InputKey;
}

async function openInput(tx: Queryable, context: Context, { argument }: Pick<ActionCall, 'argument'>, move: string): Promise<Opened> {
  const review = await lockReview(tx, context, argument('record'));
  await refuseUnless(tx, commandOf(context), review, move);
  return { tx, context, review, input: inputOf(argument) };
} // prettier-ignore

const outside =
  'People of other organisations read along here. Hold the review in a conversation of your own.';

/** What «start the management review» leads to: in a channel whoever begins it, or goes on with it there, is told first that all may read along. */
export async function offerHold(tx: Queryable, context: Context, review: ManagementReview): Promise<Addressed[]> {
  const { reference, title, state } = review;
  const { place } = context;
  if (place.outsiders) throw new Refusal(outside);
  const isOn = state === 'in_progress';
  if (isOn && shownIn(context, review) === 'place') return [showing(context, review, await agendaCard(tx, context, review))];
  await refuseUnless(tx, commandOf(context), review, isOn ? 'gather' : 'start');
  const asks = place.audience === 'direct' ? 'Shall we begin? Its figures are drawn anew.' : `${isOn ? 'Go on with it here' : 'Hold it here'}? Everybody in this conversation reads its figures, notes and decisions.`;
  return [{ to: 'place', reply: { text: `${title}\n${asks}`, aside: reference, buttons: [recordButton('hold', isOn ? 'Go on here' : 'Begin', reference, { style: 'primary' })] } }];
} // prettier-ignore

/** The next input that is open, or where there is none the agenda. */
export async function nextCard(
  tx: Queryable,
  context: Context,
  review: ManagementReview,
): Promise<ReplyParts> {
  const [next] = (await selectInputs(tx, review.id)).filter(({ discussedAt }) => discussedAt === null);
  return next === undefined ? agendaCard(tx, context, review) : inputCard(tx, context, review, next.input);
}

export const holdActions: Actions = {
  async [`${room}.hold`](tx, context, { argument }) {
    const review = await lockReview(tx, context, argument('record'));
    const { place } = context;
    if (place.outsiders) throw new Refusal(outside);
    const heldAt = place.audience === 'channel' ? place.address : null;
    const command = commandOf(context);
    const goesOn = review.state === 'in_progress' && heldAt !== null && heldAt !== review.heldAt;
    const begun = goesOn ? await gatherReview(tx, command, review, heldAt) : await startReview(tx, command, review, heldAt);
    return [showing(context, begun, await agendaCard(tx, context, begun), true)];
  },
  async [`${room}.agenda`](tx, context, { argument }) {
    const review = await findReview(tx, context, argument('record'));
    return [showing(context, review, await agendaCard(tx, context, review))];
  },
  async [`${room}.input`](tx, context, { argument }) {
    const review = await findReview(tx, context, argument('record'));
    return [showing(context, review, await inputCard(tx, context, review, inputOf(argument)))];
  },
  async [`${room}.discussed`](tx, context, call) {
    const { review, input } = await openInput(tx, context, call, 'discuss');
    const changed = await markDiscussed(tx, commandOf(context), review, input, true);
    const receipt = showing(context, changed, await inputCard(tx, context, changed, input), true);
    // Whoever was a moment faster has the next one before them already.
    if (changed.version === review.version) return [receipt];
    return [receipt, showing(context, changed, await nextCard(tx, context, changed))];
  },
  async [`${room}.take-up`](tx, context, call) {
    const { review, input } = await openInput(tx, context, call, 'takeUp');
    const changed = await markDiscussed(tx, commandOf(context), review, input, false);
    return [showing(context, changed, await inputCard(tx, context, changed, input), true)];
  },
  async [`${room}.here`](tx, context, { argument }) {
    const review = await lockReview(tx, context, argument('record'));
    const changed = await arrive(tx, commandOf(context), review);
    return [showing(context, changed, await agendaCard(tx, context, changed), true)];
  },
  ...formCommand<Opened>(room, 'note', {
    open: (tx, context, call) => openInput(tx, context, call, 'note'),
    lead: ({ input }) => `${input} · ${inputTitles[input]}`,
    form: ({ review, input }) => ({
      id: actionId(`${room}.send-note`, { record: review.reference, input }),
      title: `Note on ${input}`,
      submitLabel: 'Note it',
      fields: [field('note', 'What was said?', 'multiline', { hint: 'It stands in the minutes with your name, behind what others noted.' })],
    }),
    at: 'note',
    async write({ tx, context, review, input }, fields) {
      const changed = await noteSaid(tx, commandOf(context), review, input, sentText(fields, 'note'));
      return [showing(context, changed, await inputCard(tx, context, changed, input), true)];
    },
  }),
  ...formCommand<Opened & { before: string | null; seen: string }>(room, 'minute', {
    async open(tx, context, call) {
      const opened = await openInput(tx, context, call, 'minute');
      const before = (await selectInputs(tx, opened.review.id)).find(({ input }) => input === opened.input)?.notes ?? null;
      return { ...opened, before, seen: call.argument('mark') };
    },
    lead: ({ input }) => `${input} · ${inputTitles[input]}: the minutes. What stood there before is kept.`,
    form: ({ review, input, before }) => ({
      id: actionId(`${room}.send-minute`, { record: review.reference, input, mark: markOfNotes(before) }),
      title: `Minutes of ${input}`,
      submitLabel: 'Save',
      fields: [field('text', 'What shall the minutes say?', 'multiline', { value: before })],
    }),
    at: 'text',
    async write({ tx, context, review, input, seen }, fields) {
      const changed = await writeMinutes(tx, commandOf(context), review, input, { text: sentText(fields, 'text'), seen });
      return [showing(context, changed, await inputCard(tx, context, changed, input), true)];
    },
  }),
  ...formCommand<Pick<Opened, 'tx' | 'context' | 'review'>>(room, 'attend', {
    async open(tx, context, { argument }) {
      const review = await lockReview(tx, context, argument('record'));
      await refuseUnless(tx, commandOf(context), review, 'attend');
      return { tx, context, review };
    },
    lead: ({ review }) => `${review.title}: who is here?`,
    async form({ tx, review }) {
      const all = await selectAttendance(tx, review.id);
      const invited = all.filter(isInvited);
      const lines = (those: typeof all) => those.map(({ name, deputyFor }) => (deputyFor === null ? name : `${name} for ${deputyFor}`)).join('\n') || null;
      return {
        id: actionId(`${room}.send-attend`, { record: review.reference }),
        title: 'Who is here?',
        submitLabel: 'Note it',
        fields: [
          field('present', 'Of those invited', 'choices', {
            required: false,
            value: invited.filter(({ came }) => came === true).map(({ id }) => String(id)).join(', ') || null,
            options: invited.map(({ id, name }) => ({ value: String(id), label: name })),
          }),
          field('deputies', 'Who stands in for whom?', 'multiline', { required: false, value: lines(all.filter(({ deputyFor }) => deputyFor !== null)), hint: 'A line each: Hugo Hedgerow for Clara Cloverleigh' }),
          field('guests', 'Guests', 'multiline', { required: false, value: lines(all.filter(({ part }) => part === 'guest')), hint: 'A line each, also of people from elsewhere.' }),
        ],
      };
    },
    at: 'deputies',
    async write({ tx, context, review }, fields) {
      const came = await cameIn(tx, context, { present: sentChoices(fields, 'present'), deputies: sentText(fields, 'deputies'), guests: sentText(fields, 'guests') });
      const changed = await noteAttendance(tx, commandOf(context), review, came);
      return [showing(context, changed, await agendaCard(tx, context, changed), true)];
    },
  }),
}; // prettier-ignore

const linesIn = (text: string) =>
  text
    .split(/[\n;]/)
    .map((line) => line.trim())
    .filter((line) => line !== '');

/** Who works here is known by their name; everybody else is kept as they are called. */
async function cameIn(tx: Queryable, { platform }: Context, said: { present: string[]; deputies: string; guests: string }): Promise<Came> {
  const named = async (words: string) => {
    const found = await resolvePersonNamed(tx, platform, words);
    if ('person' in found) return { personId: found.person.id, name: found.person.name };
    if (found.among.length > 0) throw new Refusal(`«${words}» could be ${found.among.map(({ name }) => name).join(', ')}. Write the whole name.`);
    return { personId: null, name: words };
  };
  const deputies: Came['deputies'][number][] = [];
  for (const line of linesIn(said.deputies)) {
    const between = standsFor.find(line);
    const [who, whom] = between === null ? [line, ''] : [line.slice(0, between.from).trim(), line.slice(between.to).trim()];
    if (who === '' || whom === '') throw new Refusal(`«${line}»: write who stands in for whom, as «Hugo Hedgerow for Clara Cloverleigh».`);
    const { name } = await named(whom);
    deputies.push({ ...(await named(who)), for: name });
  }
  const guests: Came['guests'][number][] = [];
  for (const line of linesIn(said.guests)) guests.push(await named(line));
  return { present: said.present.map(Number), deputies, guests };
} // prettier-ignore

/** Said in the conversation in which it is held: what is noted goes to the input that is on, or to the one that was named. */
export async function noteWords(tx: Queryable, context: Context, reference: string, said: { input: InputKey | null; text: string }): Promise<Addressed[]> {
  const review = await lockReview(tx, context, reference);
  const [next] = (await selectInputs(tx, review.id)).filter(({ discussedAt }) => discussedAt === null);
  const input = said.input ?? next?.input ?? null;
  if (input === null) return toAsker({ text: 'Everything is discussed. Say which input it belongs to, as «note d1: …».', notice: 'refused' });
  const changed = await noteSaid(tx, commandOf(context), review, input, said.text);
  return [showing(context, changed, await inputCard(tx, context, changed, input))];
} // prettier-ignore
