/** What numbers open: the parts with all their numbers, and behind each its records, as they stood. */
import { actionId, type Addressed, type Context, type ReplyParts } from '../../conversation/contract.ts';
import type { Queryable } from '../../db/database.ts';
import { commandOf, toAsker } from '../../dialogue/command.ts';
import { listCard, pageIn, rowsShown, sendTable } from '../../dialogue/list.ts';
import { Refusal } from '../../errors.ts';
import type { Table } from '../../files/write-table.ts';
import { noteLook as noteAcknowledgementsSeen } from '../../isms/acknowledgement/status.ts';
import { selectRecordsOf, type Fact, type RecordLine } from '../../isms/readiness/fact.ts';
import { isShare } from '../../isms/readiness/verdict.ts';
import { noteLook as noteTrainingSeen } from '../../isms/training/assign.ts';
import { dayInWords } from '../../language/calendar.ts';
import { partInWords, partsIn, selectStood, type Stood } from './card.ts';
import { askedIn, valuesOf } from './moment.ts';
import { labelOf, nextStep, partNames, room, says } from './phrases.ts';
import { scopeOf, type Scope } from './scope.ts';

type Argument = (name: string) => string;

/** How it stood, for whoever may know. @throws Refusal with what to tell everybody else */
export async function stoodFor(tx: Queryable, context: Context, argument: Argument): Promise<{ stood: Stood; scope: Scope; values: Record<string, string> }> {
  const scope = await scopeOf(tx, context.person);
  if ('refusal' in scope) throw new Refusal(scope.refusal);
  const asked = askedIn(argument);
  const stood = await selectStood(tx, context, asked, scope);
  if ('text' in stood) throw new Refusal(stood.text);
  return { stood, scope, values: valuesOf({ stage: asked.stage, day: stood.isNow ? null : stood.day }) };
} // prettier-ignore

const asOf = ({ isNow, day }: Stood) => (isNow ? '' : `, as of ${dayInWords(day)}`);

/** All parts, or the numbers of one, each with what opens its records. */
export async function numbersCard(tx: Queryable, context: Context, argument: Argument): Promise<ReplyParts> {
  const { stood, values } = await stoodFor(tx, context, argument);
  const { facts, day, names } = stood;
  const part = argument('part');
  if (part === '')
    return {
      text: `All that I count${asOf(stood)}.`,
      items: partsIn(facts).map(([each, of]) => ({
        text: `${partNames[each]}: ${partInWords(of, day)}`,
        button: { id: actionId(`${room}.facts`, { ...values, part: each }), label: 'Look' },
      })),
    };
  const of = facts.filter((fact) => fact.part === part);
  const [first] = of;
  if (first === undefined) throw new Refusal('I count nothing of that for you.');
  const ownerOf = ({ owner }: Fact) => (owner === null ? null : (names.get(owner) ?? null));
  return {
    text: `${partNames[first.part]}${asOf(stood)}.`,
    items: of.map((fact) => ({
      text: `${labelOf(fact)}: ${fact.of === null ? fact.count : `${fact.count} of ${fact.of}`}`,
      detail: [says(fact, day), ownerOf(fact), nextStep(fact)].filter((each) => each !== null).join(' · '),
      button: { id: actionId(`${room}.list`, { ...values, key: fact.key }), label: 'Look' },
    })),
    buttons: [{ id: actionId(`${room}.show`, values), label: 'Back' }],
  };
} // prettier-ignore

const columns = ['Reference', 'What', 'State', 'Day', 'Owner'];

function rowOf({ reference, title, state, day, owner }: RecordLine): string[] {
  return [reference ?? '', title, stateInWords(state), day === null ? '' : dayInWords(day), owner ?? ''];
}

/** A quiz that was not passed is for its person alone. */
const stateInWords = (state: string) => (state === 'failed' ? 'started' : state.replaceAll('_', ' '));

async function linesOf(tx: Queryable, context: Context, argument: Argument) {
  const { stood, scope, values } = await stoodFor(tx, context, argument);
  const fact = stood.facts.find(({ key }) => key === argument('key'));
  if (fact === undefined) throw new Refusal('I count nothing of that for you.');
  const lines = await selectRecordsOf(tx, fact.key, stood.at, { manager: scope.manager, limit: mostLines });
  await noteSeen(tx, context, fact, lines);
  return { fact, lines, stood, values: { ...values, key: fact.key } };
}
/** Of a file; more of them are for the list of their own room. */
const mostLines = 5_000;

/** Whose things somebody looked at stays on record. */
async function noteSeen(tx: Queryable, context: Context, { part }: Fact, lines: readonly RecordLine[]): Promise<void> {
  const people = [...new Set(lines.flatMap(({ personId }) => personId ?? []))];
  if (part === 'acknowledgements') await noteAcknowledgementsSeen(tx, commandOf(context), people, null);
  if (part === 'training') await noteTrainingSeen(tx, commandOf(context), people.map((id) => ({ id })), null);
} // prettier-ignore

export async function recordsCard(tx: Queryable, context: Context, argument: Argument): Promise<ReplyParts> {
  const { fact, lines, stood, values } = await linesOf(tx, context, argument);
  const page = pageIn(argument);
  const shown = lines.slice(page * rowsShown, (page + 1) * rowsShown);
  if (lines.length === 0) return { text: `None: ${labelOf(fact)}${asOf(stood)}.` };
  const title = `${labelOf(fact)}${fact.of === null ? '' : `: ${fact.count} of ${fact.of}`}${asOf(stood)}`;
  const card = listCard(room, {
    count: lines.length,
    noun: (many) => `${many ? 'records' : 'record'}${isShare(fact) ? ' missing of it' : ''}`,
    rows: { columns, rows: shown.map(rowOf) },
    values,
    page,
  });
  return { ...card, text: `${title}\n${card.text}`, choices: openers(shown) };
} // prettier-ignore

const mostOpened = 4;

/** Records that are opened by their references, each by the room that it belongs to. */
function openers(lines: readonly RecordLine[]) {
  const references = lines.flatMap(({ reference, record }) => (record !== null && /^[A-Z]{2}-\d{4}-\d+$/.test(reference ?? '') ? (reference ?? []) : [])); // prettier-ignore
  return [...new Set(references)]
    .slice(0, mostOpened)
    .map((reference) => ({ id: actionId('say', { text: reference }), label: reference }));
}

export async function sendRecords(tx: Queryable, context: Context, argument: Argument): Promise<Addressed[]> {
  const { fact, lines, stood, values } = await linesOf(tx, context, argument);
  const table: Table = { columns, rows: lines.map(rowOf) };
  const name = `${fact.key.replaceAll('.', '-').replaceAll('_', '-')}-${stood.day}`;
  return sendTable(tx, room, argument, values, { name, text: `${labelOf(fact)}${asOf(stood)}: ${lines.length} records.`, table });
} // prettier-ignore

export const toList = async (card: Promise<ReplyParts>): Promise<Addressed[]> => toAsker(await card);
