/** What Stage 1 reads and what Stage 2 sees: required documents and their state, evidence by control with its age, each gap with whom to ask. */
import {
  actionId,
  type Addressed,
  type Context,
  type ItemParts,
  type Person,
  type ReplyParts,
} from '../../conversation/contract.ts';
import type { Queryable } from '../../db/database.ts';
import { commandOf, toAsker } from '../../dialogue/command.ts';
import { rowsShown } from '../../dialogue/list.ts';
import { tell } from '../../dialogue/notify.ts';
import { Refusal } from '../../errors.ts';
import '../../isms/readiness/audit-events.ts';
import { selectRecordsOf, type RecordLine } from '../../isms/readiness/fact.ts';
import { dayInWords } from '../../language/calendar.ts';
import { languageOf, wording } from '../../language/wording.ts';
import { audit, isReadOnly, refuseReadOnly } from '../../records/command-context.ts';
import { selectByRole, selectWorking } from '../../records/person.ts';
import { requirements } from '../../records/requirement.ts';
import { stoodFor } from './lists.ts';
import { ageInWords, room } from './phrases.ts';
import { seesAll } from './scope.ts';

type Argument = (name: string) => string;

/** Gaps that one message has room for, each with whom to ask. */
const mostGaps = 6;

/** By the number that they stand behind. */
const kinds = {
  'documents.required': { isThere: ({ state }: RecordLine) => state === 'current', name: nameOfDocument },
  'evidence.controls': { isThere: ({ state }: RecordLine) => state === 'fresh', name: nameOfControl },
} as const;
type Key = keyof typeof kinds;

function nameOfDocument({ title }: RecordLine): string {
  return title;
}

/** «A.5.15 Access control» */
function nameOfControl({ reference }: RecordLine): string {
  return `${reference ?? ''} ${requirements().get(reference ?? '')?.title ?? ''}`.trim();
}

export async function documentsCard(tx: Queryable, context: Context, argument: Argument): Promise<ReplyParts> {
  const { gaps, there, when } = await linesFor(tx, context, argument, 'documents.required');
  const all = gaps.length + there.length;
  return {
    text: `${there.length} of ${all} documents and records that Stage 1 reads are in force and in date${when}.`,
    ...(await gapItems(tx, context, 'documents.required', gaps, ({ state, reference, day }) => [state, reference, day === null ? null : `review ${dayInWords(day)}`])),
    table: there.length === 0 ? null : { columns: ['In order', 'Shown by'], rows: there.slice(0, rowsShown).map((line) => [line.title, line.reference ?? '']) },
    buttons: [{ id: actionId(`${room}.list`, { key: 'documents.required' }), label: `All ${gaps.length} gaps` }].slice(0, gaps.length > mostGaps ? 1 : 0),
  };
} // prettier-ignore

export async function evidenceCard(tx: Queryable, context: Context, argument: Argument): Promise<ReplyParts> {
  const { gaps, there, when, day: today } = await linesFor(tx, context, argument, 'evidence.controls');
  const all = gaps.length + there.length;
  return {
    text: `${there.length} of ${all} controls that apply have fresh evidence${when}.`,
    ...(await gapItems(tx, context, 'evidence.controls', gaps, () => ['no fresh evidence'])),
    table: there.length === 0 ? null : {
      columns: ['Control', 'Evidence', 'Age'],
      rows: there.slice(0, rowsShown).map((line) => [line.reference ?? '', line.title.split(' · ').slice(1).join(' · '), line.day === null ? 'not dated' : ageInWords(line.day, today)]),
    },
    buttons: [{ id: actionId(`${room}.list`, { key: 'evidence.controls' }), label: `All ${gaps.length} gaps` }].slice(0, gaps.length > mostGaps ? 1 : 0),
  };
} // prettier-ignore

async function linesFor(tx: Queryable, context: Context, argument: Argument, key: Key) {
  refuseOthers(context.person);
  const { stood } = await stoodFor(tx, context, argument);
  const lines = await selectRecordsOf(tx, key, stood.at, { whole: true });
  const { isThere } = kinds[key];
  const there = lines.filter(isThere);
  const gaps = lines.filter((line) => !isThere(line));
  return { gaps, there, when: stood.isNow ? '' : `, as of ${dayInWords(stood.day)}`, day: stood.day };
}

function refuseOthers(person: Pick<Person, 'roles'>): void {
  if (!seesAll(person)) throw new Refusal('That list is for the ISMS manager and auditors. Ask them.');
}

async function gapItems(
  tx: Queryable,
  { person }: Context,
  key: Key,
  gaps: readonly RecordLine[],
  says: (line: RecordLine) => (string | null)[],
): Promise<{ items: ItemParts[] }> {
  const [lead] = await selectByRole(tx, 'isms_manager');
  const items = gaps.slice(0, mostGaps).map((line): ItemParts => {
    const owner = line.owner ?? lead?.name ?? null;
    const isOwn = (line.ownerId ?? lead?.id) === person.id;
    const name = kinds[key].name(line);
    return {
      text: name,
      detail: [...says(line), isOwn ? 'yours' : owner].filter((each) => each !== null).join(' · '),
      button: isOwn || owner === null || isReadOnly(person) ? null : { id: askId(key, name, owner), label: `Ask ${owner}` },
    };
  });
  return { items };
} // prettier-ignore

/** Of a document a note; for evidence the card of a request, by the words that ask for it. */
function askId(key: Key, name: string, owner: string): string {
  if (key === 'documents.required') return actionId(`${room}.ask`, { about: name });
  const [control = '', ...title] = name.split(' ');
  return actionId('say', { text: `Ask ${owner} for evidence of ${title.join(' ')}, ${control}` });
}

/** A note to whoever owns a document that is missing, once a press. */
export async function askOwner(tx: Queryable, context: Context, argument: Argument): Promise<Addressed[]> {
  const { person, now } = context;
  const command = commandOf(context);
  refuseReadOnly(command);
  refuseOthers(person);
  const { name, isThere } = kinds['documents.required'];
  const lines = await selectRecordsOf(tx, 'documents.required', now, { whole: true });
  const line = lines.find((each) => name(each) === argument('about'));
  if (line === undefined || isThere(line)) return toAsker({ text: `${argument('about')} is there by now: nobody was asked.` });
  const [lead] = await selectByRole(tx, 'isms_manager');
  const owner = (await selectWorking(tx)).find(({ id }) => id === (line.ownerId ?? lead?.id));
  if (owner === undefined) throw new Refusal('Nobody who works here owns it. Give it an owner first.');
  if (owner.id === person.id) return toAsker({ text: 'That is yours: nobody else was asked.' });
  const about = name(line);
  await audit(tx, command, { action: 'missing.asked', record: line.record ?? 'readiness', detail: { person: owner.id, about } });
  const say = wording('readiness', languageOf(owner));
  const text = say('document', { name: person.name, about, state: say(line.state) });
  return [...tell(command, [owner.id], { text }), ...toAsker({ text: `I have asked ${owner.name} for ${about}.` })];
} // prettier-ignore
