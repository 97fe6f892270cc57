/** The paper that leaders read before a management review, and its minutes, as Word files for whoever is not in chat. */
import type { Queryable } from '../../db/database.ts';
import type { Database } from '../../db/database.ts';
import type { ReportAsked } from '../../dialogue/room.ts';
import { OperatorError } from '../../errors.ts';
import { documentBytes, type Block } from '../../files/write-document.ts';
import { actionStateInWords, CorrectiveAction } from '../../isms/corrective-action/corrective-action.ts';
import { selectAttendance } from '../../isms/management-review/attend.ts';
import { inputTitles, selectInputs, type Figure } from '../../isms/management-review/inputs.ts';
import { managementReviews, type ManagementReview } from '../../isms/management-review/management-review.ts';
import { hashOf, selectMinutes, type Minutes } from '../../isms/management-review/minutes.ts';
import { selectAll } from '../../db/rows.ts';
import { dayInWords, dayOf, momentInWords } from '../../language/calendar.ts';
import { kindWords } from './cards.ts';

interface Reader {
  language: string;
  timeZone: string;
}

const clauseOf = (input: string) =>
  `9.3.2 ${input.length === 1 ? input : `${input[0] ?? ''} ${input[1] ?? ''}`}`;
const partWords: Record<string, string> = {
  chair: 'Chair',
  secretary: 'Secretary',
  member: 'Member',
  guest: 'Guest',
};

function figuresTable(figures: readonly Figure[]): Block[] {
  if (figures.length === 0) return [{ text: 'No figures.' }];
  const rows = figures.map(({ label, value, source }) => [label, value, source]);
  return [{ table: { columns: ['Figure', 'Value', 'From'], rows }, widths: [4, 5, 3] }];
}

/** Actions that earlier reviews decided, as they are now. */
async function earlierActions(tx: Queryable, reviewId: number): Promise<Block[]> {
  const Row = CorrectiveAction.pick({ reference: true, description: true, dueOn: true, state: true }).extend({ owner: CorrectiveAction.shape.reference });
  const rows = await selectAll(
    tx,
    Row,
    `select action.reference, description, due_on, state, person.name as owner from corrective_action action join person on person.id = owner_id
     where belongs_to like 'management\\_review:%' and belongs_to <> 'management_review:' || $1::integer order by due_on, action.id`,
    [reviewId],
  );
  if (rows.length === 0) return [];
  const cells = rows.map(({ reference, description, owner, dueOn, state }) => [reference, description, owner, dayInWords(dueOn), actionStateInWords[state]]);
  return [{ table: { columns: ['Action', 'What', 'Who', 'By', 'State'], rows: cells }, widths: [2, 5, 3, 2, 3] }];
} // prettier-ignore

/** What is to be read before it, with the figures as they were drawn. */
async function paperOf(tx: Queryable, review: ManagementReview, { language, timeZone }: Reader): Promise<Buffer> {
  const { id, reference, title, plannedOn } = review;
  const attendance = await selectAttendance(tx, id);
  const inputs = await selectInputs(tx, id);
  const actions = await earlierActions(tx, id);
  const made = inputs.flatMap(({ figuresAt }) => figuresAt ?? []).toSorted((one, other) => other.getTime() - one.getTime())[0];
  const people = (part: string) => attendance.filter((each) => each.part === part).map(({ name }) => name).join(', ');
  return documentBytes({
    title,
    subtitle: `Paper for the management review on ${dayInWords(plannedOn)} · ${reference}${made === undefined ? '' : ` · figures of ${momentInWords(made, timeZone)}`}`,
    language,
    foot: `${reference} · paper`,
    blocks: [
      { facts: [{ label: 'Chair', value: people('chair') }, { label: 'Secretary', value: people('secretary') }, { label: 'Invited', value: people('member') }].filter(({ value }) => value !== '') },
      { text: 'The review has to take all of the following into account, to say outright whether the management system is suitable, adequate and effective, and to decide what is to be improved or changed.' },
      ...inputs.flatMap(({ input, figures, notes }): Block[] => [
        { heading: `${clauseOf(input)} · ${inputTitles[input]}`, level: 2 },
        ...figuresTable(figures),
        ...(input === 'a' ? actions : []),
        ...(notes === null ? [] : [{ text: notes }]),
      ]),
      { heading: 'To be said at the end', level: 2 },
      { points: ['Is the management system suitable: does it fit what we do and want?', 'Is it adequate: does it do what is asked of it?', 'Is it effective: does it reach what was planned?', 'What is to be improved or changed, by whom and by when?'] },
    ],
  });
} // prettier-ignore

/** The minutes, as they were signed, and until then as they stand. */
async function minutesDocument(tx: Queryable, review: ManagementReview, { language, timeZone }: Reader): Promise<Buffer> {
  const minutes = await selectMinutes(tx, review);
  const { reference, title, heldOn, plannedOn } = minutes;
  const isSigned = review.state === 'signed';
  const signature = [
    { label: 'Signed by', value: review.signedByName ?? 'nobody yet: this is a draft' },
    { label: 'Signed on', value: review.signedAt === null ? '' : momentInWords(review.signedAt, timeZone) },
    { label: 'SHA-256', value: isSigned ? hashOf(minutes) : '' },
  ].filter(({ value }) => value !== '');
  return documentBytes({
    title: `${title}: minutes`,
    subtitle: `${reference} · ${heldOn === null ? `planned for ${dayInWords(plannedOn)}` : `held on ${dayInWords(heldOn)}`} · ${isSigned ? 'signed' : 'draft'}`,
    language,
    foot: `${reference} · minutes`,
    blocks: [
      ...conclusionBlocks(minutes),
      { heading: 'Who was there', level: 2 },
      { table: { columns: ['Name', 'Part', 'Came'], rows: minutes.attendance.map(({ name, part, deputyFor, came }) => [name, deputyFor === null ? (partWords[part] ?? part) : `for ${deputyFor} (${part})`, came === true ? 'yes' : came === false ? 'no' : 'not noted']) } },
      { heading: 'What was decided', level: 2 },
      ...decisionBlocks(minutes),
      { heading: 'What was discussed', level: 1 },
      ...minutes.inputs.flatMap(({ input, title: about, figures, figuresAt, notes, discussedAt, discussedBy }): Block[] => [
        { heading: `${clauseOf(input)} · ${about}`, level: 2 },
        { text: `${discussedAt === null ? 'Not discussed' : `Discussed: ${discussedBy ?? ''}, ${momentInWords(new Date(discussedAt), timeZone)}`}${figuresAt === null ? '' : ` · figures of ${momentInWords(new Date(figuresAt), timeZone)}`}` },
        ...(notes === null ? [] : [{ text: notes }]),
        ...figuresTable(figures),
      ]),
      { heading: 'Signature', level: 2 },
      { facts: signature },
      ...(isSigned ? [{ text: 'The hash is the SHA-256 of what the column «minutes» of the export of management reviews holds in Base64.' }] : []),
    ],
  });
} // prettier-ignore

function conclusionBlocks({ suitable, adequate, effective, conclusion, chair, secretary, heldOn }: Minutes): Block[] {
  const said = (is: boolean | null) => (is === null ? 'not said yet' : is ? 'yes' : 'no');
  return [
    { facts: [
      { label: 'Held on', value: heldOn === null ? 'not yet' : dayInWords(heldOn) },
      { label: 'Chair', value: chair },
      { label: 'Secretary', value: secretary },
      { label: 'Suitable', value: said(suitable) },
      { label: 'Adequate', value: said(adequate) },
      { label: 'Effective', value: said(effective) },
      { label: 'Conclusion', value: conclusion ?? '' },
    ].filter(({ value }) => value !== '') },
  ];
} // prettier-ignore

function decisionBlocks({ decisions }: Minutes): Block[] {
  if (decisions.length === 0) return [{ text: 'Nothing was decided.' }];
  const rows = decisions.map(({ number, input, kind, text, reference, owner, dueOn }) => [String(number), input ?? '', kindWords[kind], text, reference ?? '', owner ?? '', dueOn === null ? '' : dayInWords(dueOn)]);
  return [{ table: { columns: ['No.', 'On', 'Kind', 'What', 'Record', 'Who', 'By'], rows }, widths: [1, 1, 2, 5, 2, 2, 2] }];
} // prettier-ignore

/** Before it begins its paper, afterwards its minutes. */
export async function documentOf(tx: Queryable, review: ManagementReview, reader: Reader): Promise<{ name: string; bytes: Buffer }> {
  const isAhead = review.state === 'planned';
  const bytes = isAhead ? await paperOf(tx, review, reader) : await minutesDocument(tx, review, reader);
  return { name: `${review.reference}-${isAhead ? 'paper' : 'minutes'}.docx`, bytes };
} // prettier-ignore

/** For `isma export management-review --out <file>.docx`: of the next one, or the last. Days are those of UTC: an operator has no zone here. */
export async function reviewReport(
  db: Database,
  { record, language, now }: ReportAsked,
): Promise<Uint8Array> {
  return db.transaction(async (tx) => {
    const today = dayOf(now, 'UTC');
    const all = await managementReviews.selectWhere(tx, "state <> 'cancelled'");
    const byDay = all.toSorted((one, other) => one.plannedOn.localeCompare(other.plannedOn));
    const next = byDay.find(({ state, plannedOn }) => state === 'planned' && plannedOn >= today);
    const found =
      record === null ? (next ?? byDay.at(-1)) : await managementReviews.selectOptional(tx, record);
    if (found == null)
      throw new OperatorError(
        record === null
          ? 'There is no management review yet. The ISMS manager plans one in chat with «plan the management review».'
          : `There is no management review ${record}.`,
      );
    return (await documentOf(tx, found, { language, timeZone: 'UTC' })).bytes;
  });
}
