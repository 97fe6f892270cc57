/** The paper that leaders read before a management review, and its minutes, as Word files for whoever is not in chat. */
import type { Queryable } from '../../db/database.ts';
import type { Database } from '../../db/database.ts';
import type { ReportAsked } from '../../dialogue/room.ts';
import { OperatorError } from '../../errors.ts';
import { documentBytes, type Block } from '../../files/write-document.ts';
import { CorrectiveAction } from '../../isms/corrective-action/corrective-action.ts';
import { selectAttendance } from '../../isms/management-review/attend.ts';
import { selectInputs, type Figure } from '../../isms/management-review/inputs.ts';
import { managementReviews, type ManagementReview } from '../../isms/management-review/management-review.ts';
import { hashOf, selectMinutes, type Minutes } from '../../isms/management-review/minutes.ts';
import { selectAll } from '../../db/rows.ts';
import { dayOf } from '../../language/calendar.ts';
import { dayIn, momentIn, wording, type Say } from '../../language/wording.ts';

interface Reader {
  language: string;
  timeZone: string;
}

const clauseOf = (input: string) =>
  `9.3.2 ${input.length === 1 ? input : `${input[0] ?? ''} ${input[1] ?? ''}`}`;
const sayIn = (language: string): Say => wording('management-review-paper', language);

function figuresTable(say: Say, figures: readonly Figure[]): Block[] {
  if (figures.length === 0) return [{ text: say('no figures') }];
  const rows = figures.map(({ label, value, source }) => [label, value, source]);
  return [
    { table: { columns: ['figure', 'value', 'from'].map((each) => say(each)), rows }, widths: [4, 5, 3] },
  ];
}

/** Actions that earlier reviews decided, as they are now. */
async function earlierActions(tx: Queryable, reviewId: number, language: string): Promise<Block[]> {
  const Row = CorrectiveAction.pick({ reference: true, description: true, dueOn: true, state: true }).extend({ owner: CorrectiveAction.shape.reference });
  const rows = await selectAll(
    tx,
    Row,
    `select action.reference, description, due_on, state, person.name as owner from corrective_action action join person on person.id = owner_id
     where belongs_to like 'management\\_review:%' and belongs_to <> 'management_review:' || $1::integer order by due_on, action.id`,
    [reviewId],
  );
  if (rows.length === 0) return [];
  const cells = rows.map(({ reference, description, owner, dueOn, state }) => [reference, description, owner, dayIn(language, dueOn), sayIn(language)(`action ${state}`)]);
  return [{ table: { columns: ['action', 'what', 'who', 'by', 'state'].map((each) => sayIn(language)(each)), rows: cells }, widths: [2, 5, 3, 2, 3] }];
} // prettier-ignore

/** What is to be read before it, with the figures as they were drawn. */
async function paperOf(tx: Queryable, review: ManagementReview, { language, timeZone }: Reader): Promise<Buffer> {
  const say = sayIn(language);
  const { id, reference, title, plannedOn } = review;
  const attendance = await selectAttendance(tx, id);
  const inputs = await selectInputs(tx, id);
  const actions = await earlierActions(tx, id, language);
  const made = inputs.flatMap(({ figuresAt }) => figuresAt ?? []).toSorted((one, other) => other.getTime() - one.getTime())[0];
  const people = (part: string) => attendance.filter((each) => each.part === part).map(({ name }) => name).join(', ');
  return documentBytes({
    title,
    subtitle: `${say('paper for', { day: dayIn(language, plannedOn) })} · ${reference}${made === undefined ? '' : ` · ${say('figures of', { at: momentIn(language, made, timeZone) })}`}`,
    language,
    foot: `${reference} · ${say('paper')}`,
    blocks: [
      { facts: [{ label: say('chair'), value: people('chair') }, { label: say('secretary'), value: people('secretary') }, { label: say('invited'), value: people('member') }].filter(({ value }) => value !== '') },
      { text: say('has to') },
      ...inputs.flatMap(({ input, figures, notes }): Block[] => [
        { heading: `${clauseOf(input)} · ${say(`input ${input}`)}`, level: 2 },
        ...figuresTable(say, figures),
        ...(input === 'a' ? actions : []),
        ...(notes === null ? [] : [{ text: notes }]),
      ]),
      { heading: say('at the end'), level: 2 },
      { points: ['is suitable', 'is adequate', 'is effective', 'is to change'].map((each) => say(each)) },
    ],
  });
} // prettier-ignore

/** The minutes, as they were signed, and until then as they stand. */
async function minutesDocument(tx: Queryable, review: ManagementReview, { language, timeZone }: Reader): Promise<Buffer> {
  const say = sayIn(language);
  const minutes = await selectMinutes(tx, review);
  const { reference, title, heldOn, plannedOn } = minutes;
  const isSigned = review.state === 'signed';
  const signature = [
    { label: say('signed by'), value: review.signedByName ?? say('nobody yet') },
    { label: say('signed on'), value: review.signedAt === null ? '' : momentIn(language, review.signedAt, timeZone) },
    { label: 'SHA-256', value: isSigned ? hashOf(minutes) : '' },
  ].filter(({ value }) => value !== '');
  return documentBytes({
    title: say('minutes title', { title }),
    subtitle: `${reference} · ${heldOn === null ? say('planned for', { day: dayIn(language, plannedOn) }) : say('was held on', { day: dayIn(language, heldOn) })} · ${say(isSigned ? 'signed' : 'draft')}`,
    language,
    foot: `${reference} · ${say('minutes')}`,
    blocks: [
      ...conclusionBlocks(minutes, language),
      { heading: say('was there'), level: 2 },
      { table: { columns: ['name', 'part', 'came'].map((each) => say(each)), rows: minutes.attendance.map(({ name, part, deputyFor, came }) => [name, deputyFor === null ? say(part) : say('deputy', { name: deputyFor, part: language === 'en' ? part : say(part) }), say(came === true ? 'yes' : came === false ? 'no' : 'not noted')]) } },
      { heading: say('decided'), level: 2 },
      ...decisionBlocks(minutes, language),
      { heading: say('discussed'), level: 1 },
      ...minutes.inputs.flatMap(({ input, figures, figuresAt, notes, discussedAt, discussedBy }): Block[] => [
        { heading: `${clauseOf(input)} · ${say(`input ${input}`)}`, level: 2 },
        { text: `${discussedAt === null ? say('not discussed') : say('discussed by', { name: discussedBy ?? '', at: momentIn(language, new Date(discussedAt), timeZone) })}${figuresAt === null ? '' : ` · ${say('figures of', { at: momentIn(language, new Date(figuresAt), timeZone) })}`}` },
        ...(notes === null ? [] : [{ text: notes }]),
        ...figuresTable(say, figures),
      ]),
      { heading: say('signature'), level: 2 },
      { facts: signature },
      ...(isSigned ? [{ text: say('hash') }] : []),
    ],
  });
} // prettier-ignore

function conclusionBlocks({ suitable, adequate, effective, conclusion, chair, secretary, heldOn }: Minutes, language: string): Block[] {
  const say = sayIn(language);
  const said = (is: boolean | null) => say(is === null ? 'not said' : is ? 'yes' : 'no');
  return [
    { facts: [
      { label: say('held on'), value: heldOn === null ? say('not yet') : dayIn(language, heldOn) },
      { label: say('chair'), value: chair },
      { label: say('secretary'), value: secretary },
      { label: say('suitable'), value: said(suitable) },
      { label: say('adequate'), value: said(adequate) },
      { label: say('effective'), value: said(effective) },
      { label: say('conclusion'), value: conclusion ?? '' },
    ].filter(({ value }) => value !== '') },
  ];
} // prettier-ignore

function decisionBlocks({ decisions }: Minutes, language: string): Block[] {
  const say = sayIn(language);
  if (decisions.length === 0) return [{ text: say('nothing decided') }];
  const rows = decisions.map(({ number, input, kind, text, reference, owner, dueOn }) => [String(number), input ?? '', say(`kind ${kind}`), text, reference ?? '', owner ?? '', dueOn === null ? '' : dayIn(language, dueOn)]);
  return [{ table: { columns: ['number', 'on', 'kind', 'what', 'record', 'who', 'by'].map((each) => say(each)), rows }, widths: [1, 1, 2, 5, 2, 2, 2] }];
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
