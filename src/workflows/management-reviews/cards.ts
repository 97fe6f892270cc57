/** How a management review looks while it is held: its agenda, and each input with its figures, what was noted and what was decided. */
import type { Context, ReplyParts } from '../../conversation/contract.ts';
import type { Queryable } from '../../db/database.ts';
import { selectAttendance } from '../../isms/management-review/attend.ts';
import {
  inputTitles,
  selectInputs,
  type InputKey,
  type ReviewInput,
} from '../../isms/management-review/inputs.ts';
import {
  reviewStates,
  selectReviewFacts,
  type ManagementReview,
} from '../../isms/management-review/management-review.ts';
import { selectDecisions, type Decision } from '../../isms/management-review/meeting.ts';
import { dayInWords, inFull, momentInWords } from '../../language/calendar.ts';
import { shortened } from '../../language/text.ts';
import { inputButton, recordButton } from './find.ts';

/** Characters of what was noted that a card has room for; the minutes have all. */
const longestNotes = 1_500;

export const kindWords: Record<Decision['kind'], string> = {
  decision: 'Decision',
  action: 'Action',
  improvement: 'Improvement',
  resources: 'Resources',
  change: 'Change of the ISMS',
};

/** «CA-2026-004 · Renew the contract · Hugo Hedgerow · by Friday, 31 December 2026». */
export function decisionLine({ reference, text, owner, dueOn }: Pick<Decision, 'reference' | 'text' | 'owner' | 'dueOn'>): string {
  return [reference, text, owner, dueOn === null ? null : `by ${inFull(dueOn)}`].filter((part) => part !== null).join(' · ');
} // prettier-ignore

export const stateInWords = ({ state }: Pick<ManagementReview, 'state'>) => state.replaceAll('_', ' ');
const greyLine = (review: ManagementReview) =>
  `${review.reference} · ${stateInWords(review)} · ${dayInWords(review.heldOn ?? review.plannedOn)}`;

/** Who is there, who stands in for whom; «nobody is noted yet». */
export function presentInWords(attendance: Awaited<ReturnType<typeof selectAttendance>>): string {
  const here = attendance.filter(({ came }) => came === true).map(({ name, part, deputyFor }) => {
    const role = deputyFor === null ? (part === 'member' ? '' : ` (${part})`) : ` (for ${deputyFor})`;
    return `${name}${role}`;
  });
  return here.length === 0 ? 'nobody is noted yet' : here.join(', ');
} // prettier-ignore

/** How far it is, and what is still to be discussed. */
export async function agendaCard(tx: Queryable, { person, place }: Pick<Context, 'person' | 'place'>, review: ManagementReview): Promise<ReplyParts> {
  const { reference, title } = review;
  const inputs = await selectInputs(tx, review.id);
  const open = inputs.filter(({ discussedAt }) => discussedAt === null);
  const attendance = await selectAttendance(tx, review.id);
  const facts = await selectReviewFacts(tx, review);
  const [next] = open;
  const goesOn = review.state === 'in_progress';
  const mine = attendance.find(({ personId }) => personId === person.id);
  const inChannel = place.audience === 'channel';
  const said = inChannel ? 'Here, mention me: «note: …» or «decided: …» goes to the input that is on.' : '«note: …» or «decided: …» goes to the input that is on.';
  return {
    text: `${title}\n${next === undefined ? 'Everything is discussed.' : open.length === 1 ? '1 input is open.' : `${open.length} inputs are open.`}`,
    facts: [{ label: 'Present', value: presentInWords(attendance) }],
    progress: { label: 'Discussed', done: inputs.length - open.length, total: inputs.length },
    items: open.map(({ input }) => ({ text: `${input} · ${inputTitles[input]}`, button: inputButton('input', 'Open', reference, input) })),
    buttons: !goesOn ? [recordButton('show', 'Look', reference)] : [
      ...(next === undefined
        ? reviewStates.may('complete', person, review, facts) || inChannel ? [recordButton('complete', 'Complete', reference, { style: 'primary', opensForm: true })] : []
        : [inputButton('input', `Next: ${next.input}`, reference, next.input, { style: 'primary' })]),
      ...(inChannel || (mine !== undefined && mine.came !== true) ? [recordButton('here', 'I am here', reference)] : []),
      ...(inChannel || reviewStates.may('attend', person, review, facts) ? [recordButton('attend', 'Who is here', reference, { opensForm: true })] : []),
    ],
    aside: goesOn ? `${greyLine(review)} · ${said}` : greyLine(review),
  };
} // prettier-ignore

const sourcesOf = ({ figures }: ReviewInput) => [...new Set(figures.map(({ source }) => source))].join(', ');

/** One input: its figures first, then what was said about it. */
export async function inputCard(tx: Queryable, { person }: Pick<Context, 'person'>, review: ManagementReview, input: InputKey): Promise<ReplyParts> {
  const { reference, id, state } = review;
  const inputs = await selectInputs(tx, id);
  const shown = inputs.find((each) => each.input === input);
  if (shown === undefined) throw new Error(`${reference} lacks the input ${input}`);
  const { figures, figuresAt, notes, discussedAt, discussedBy } = shown;
  const decided = (await selectDecisions(tx, id)).filter((each) => each.input === input);
  const next = inputs.find((each) => each.discussedAt === null && each.input !== input);
  const made = figuresAt === null ? 'No figures yet' : `Figures of ${momentInWords(figuresAt, person.timeZone)} from: ${sourcesOf(shown)}`;
  const note = inputButton('note', 'Note', reference, input, { opensForm: true });
  const decide = inputButton('decide', 'Decide', reference, input, { opensForm: true });
  const edit = notes === null ? [] : [inputButton('minute', 'Edit', reference, input, { opensForm: true })];
  const goesOn = state === 'in_progress';
  return {
    text: `${input} · ${inputTitles[input]}`,
    facts: [
      ...figures.map(({ label, value }) => ({ label, value })),
      ...(notes === null ? [] : [{ label: 'Noted', value: shortened(notes, longestNotes) }]),
      ...decided.map((each) => ({ label: kindWords[each.kind], value: decisionLine(each) })),
    ],
    progress: { label: 'Discussed', done: inputs.filter((each) => each.discussedAt !== null).length, total: inputs.length },
    buttons: !goesOn ? [] : discussedAt === null
      ? [inputButton('discussed', 'Discussed', reference, input, { style: 'primary' }), note, decide, ...edit]
      : [next === undefined ? recordButton('agenda', 'Agenda', reference) : inputButton('input', `Next: ${next.input}`, reference, next.input), note, inputButton('take-up', 'Not done yet', reference, input)],
    aside: `${greyLine(review)} · ${made}`,
    note: discussedAt === null ? null : `Discussed: ${discussedBy ?? ''}, ${momentInWords(discussedAt, person.timeZone)}`,
  };
} // prettier-ignore
