/** Evidence by clause and control, with its age: what there is of one, what usually counts, and what other records hold of it. */
import { actionId, type Context, type ReplyParts } from '../../conversation/contract.ts';
import type { Queryable } from '../../db/database.ts';
import { exportButtons, pageIn, rowsShown } from '../../dialogue/list.ts';
import { questionBank } from '../../isms/assessment/bank.ts';
import { evidenceRequests } from '../../isms/evidence-request/evidence-request.ts';
import { selectBeside, selectHeld, type HeldEvidence } from '../../isms/evidence-request/list.ts';
import { readsAll } from '../../isms/register/access.ts';
import { dayOf, daysBetween, inFull } from '../../language/calendar.ts';
import { linesOf } from '../../language/text.ts';
import { languageOf, sayIn } from '../../language/wording.ts';
import { requirements } from '../../records/requirement.ts';
import { requirementInWords, room } from './said.ts';

/** Lines of what usually counts, and pieces on other records. */
const mostUsual = 4;
const mostBeside = 5;
/** Requirements that are named of those without any. */
const mostNamed = 12;
/** What counts, or did and is being renewed. */
const counting = ['accepted', 'expiring'];

async function selectSeenIds(tx: Queryable, { person }: Context): Promise<number[]> {
  const rows = await evidenceRequests.selectSeen(tx, person, "state <> 'withdrawn'");
  return rows.map(({ id }) => id);
}

export async function evidenceOf(tx: Queryable, context: Context, requirement: string): Promise<ReplyParts> {
  const { person, now } = context;
  const today = dayOf(now, person.timeZone);
  const held = await selectHeld(tx, await selectSeenIds(tx, context), requirement);
  const beside = await selectBeside(tx, { id: person.id, readsAll: readsAll(person) }, requirement, mostBeside);
  const fresh = held.filter(({ state }) => counting.includes(state)).length;
  const lead = held.length === 0 ? 'Nobody was asked for evidence of it yet' : fresh === 0 ? 'No evidence of it counts now' : `${fresh} ${fresh === 1 ? 'piece' : 'pieces'} of evidence ${fresh === 1 ? 'counts' : 'count'}`;
  return {
    text: `${lead}: ${requirementInWords(requirement)}`,
    ...(held.length === 0 ? {} : { table: { columns: ['Reference', 'Evidence', 'State', 'Age', 'Counts until'], rows: held.map((each) => [each.reference, each.title, each.state.replace('_', ' '), ageInWords(each, today), untilInWords(each)]) } }),
    facts: usualFor(person, requirement),
    items: beside.map(({ reference, title, evidence, name }) => ({
      text: name,
      detail: `on ${reference}, ${title}`,
      button: { id: actionId(`${room}.open`, { evidence }), label: 'Open' },
    })),
    buttons: [{ id: actionId(`${room}.begin`), label: 'Ask for evidence', opensForm: true }],
    choices: [{ id: actionId('say', { text: 'What counts as evidence in an audit?' }), label: 'What counts as evidence in an audit?' }],
  };
} // prettier-ignore

/** As the question bank has it. */
function usualFor(person: { locale: string }, requirement: string): NonNullable<ReplyParts['facts']> {
  const known = questionBank().themes.flatMap(({ requirements: own }) => own).find(({ id }) => id === requirement);
  const usual = (known?.criteria ?? []).flatMap(({ evidence }) => evidence).slice(0, mostUsual);
  const lines = usual.map(({ fresh, ...said }) => `• ${sayIn(said, languageOf(person))}${typeof fresh === 'number' ? ` (not older than ${fresh} ${fresh === 1 ? 'month' : 'months'})` : ''}`);
  return lines.length === 0 ? [] : [{ label: 'What usually counts', value: lines.join('\n') }];
} // prettier-ignore

/** A line for each requirement of each request, in the order of the standard. */
export async function evidenceByControl(
  tx: Queryable,
  context: Context,
  argument: (name: string) => string = () => '',
): Promise<ReplyParts> {
  const today = dayOf(context.now, context.person.timeZone);
  const held = await selectHeld(tx, await selectSeenIds(tx, context), null);
  const all = [...requirements().keys()].flatMap((id) => held.filter((each) => each.requirements.includes(id)).map((each) => ({ id, each })));
  const page = pageIn(argument);
  const rows = all.slice(page * rowsShown, (page + 1) * rowsShown);
  const bare = [...requirements().values()].filter(({ id }) => !held.some((each) => each.requirements.includes(id) && counting.includes(each.state)));
  const covered = new Set(all.filter(({ each }) => counting.includes(each.state)).map(({ id }) => id)).size;
  const left = all.length - page * rowsShown - rows.length;
  return {
    text: linesOf(`Evidence counts for ${covered} of ${requirements().size} clauses and controls.`, left > 0 ? `And ${left} more lines.` : null),
    table: { columns: ['For', 'Evidence', 'State', 'Age', 'Owner'], rows: rows.map(({ id, each }) => [id, each.title, each.state.replace('_', ' '), ageInWords(each, today), each.owner]) },
    facts: bare.length === 0 ? [] : [{ label: 'None counts for', value: `${bare.slice(0, mostNamed).map(({ id }) => id).join(', ')}${bare.length > mostNamed ? ` and ${bare.length - mostNamed} more` : ''}` }],
    buttons: [
      ...(left > 0 ? [{ id: actionId(`${room}.controls`, { page: page + 1 }), label: 'Next' }] : []),
      ...exportButtons(room, { part: 'all evidence' }),
    ],
  };
} // prettier-ignore

function ageInWords({ datedOn }: HeldEvidence, today: string): string {
  if (datedOn === null) return '–';
  const days = daysBetween(datedOn, today);
  if (days < 1) return 'of today';
  if (days < 60) return `${days} ${days === 1 ? 'day' : 'days'}`;
  return `${Math.floor(days / 30.4)} months`;
}

function untilInWords({ expiresOn, state }: HeldEvidence): string {
  return expiresOn === null ? (counting.includes(state) ? 'no end' : '–') : inFull(expiresOn);
}
