/** Who has acknowledged what, for those who answer for them: «who hasn't acknowledged the access policy?», and a kind reminder. */
import {
  actionId,
  type Actions,
  type Addressed,
  type ButtonParts,
  type Context,
  type Outcome,
} from '../../conversation/contract.ts';
import type { Queryable } from '../../db/database.ts';
import { audienceNamed } from '../../dialogue/audience.ts';
import { commandOf, toAsker } from '../../dialogue/command.ts';
import { FieldError } from '../../dialogue/form.ts';
import { listCard, pageIn, rowsShown } from '../../dialogue/list.ts';
import { Refusal } from '../../errors.ts';
import { noteLook, remindOf, selectStandings, type Standing } from '../../isms/acknowledgement/status.ts';
import type { Policy } from '../../isms/policy-question/policy.ts';
import { requiredLearners } from '../../isms/training/assign.ts';
import { dayInWords, dayOf } from '../../language/calendar.ts';
import type { Person } from '../../records/person.ts';
import { exportLog } from './log.ts';
import { room } from './phrases.ts';
import { policiesNamed, policyOf, type Wanted } from './said.ts';

interface Asked {
  /** As it was said; empty for all of those whom they answer for. */
  who: string;
  /** A reference; empty for every document. */
  policy: string;
}

const stateWords: Record<Standing['state'], string> = {
  pending: 'not opened', viewed: 'opened', quiz_passed: 'opened', declined: 'has a question', acknowledged: 'acknowledged', exempt: 'exempt', cancelled: 'ended',
}; // prettier-ignore
const isOpen = ({ state }: Standing) => ['pending', 'viewed', 'quiz_passed', 'declined'].includes(state);

async function peopleFor(tx: Queryable, context: Context, who: string): Promise<{ who: string; people: Person[] }> {
  const among = await requiredLearners(tx, context.person);
  return who === '' ? { who, people: among } : audienceNamed(tx, context, who, among);
} // prettier-ignore

async function shown(tx: Queryable, context: Context, wanted: Asked, page: number): Promise<Addressed[]> {
  const { who, people } = await peopleFor(tx, context, wanted.who);
  const policy = wanted.policy === '' ? null : await policyOf(tx, context, wanted.policy);
  const ids = people.map(({ id }) => id);
  await noteLook(tx, commandOf(context), ids, policy?.reference ?? null);
  const standings = await selectStandings(tx, ids, policy?.documentId ?? null);
  const where = who === '' || who === 'everyone' ? '' : ` in ${who}`;
  if (policy !== null) return ofPolicy(context, { wanted, policy, where, standings, page });
  const open = standings.filter(isOpen);
  const asked = standings.filter(({ state }) => state !== 'exempt').length;
  if (standings.length === 0) return toAsker({ text: `Nobody${where} was asked to acknowledge anything yet.` });
  const noun = (many: boolean) => `${many ? 'acknowledgements' : 'acknowledgement'} asked for${where}: ${asked - open.length} given, ${open.length} open`;
  return toAsker(listed(context, { wanted, list: standings, noun, more: '', page, column: 'Document', cell: ({ title, version }) => `${title} v${version}` }));
} // prettier-ignore

interface OfPolicy {
  wanted: Asked;
  policy: Policy;
  where: string;
  standings: Standing[];
  page: number;
}

function ofPolicy(context: Context, { wanted, policy, where, standings, page }: OfPolicy): Addressed[] {
  const what = `«${policy.title}» v${policy.version}`;
  const open = standings.filter(isOpen);
  const asked = standings.filter(({ state }) => state !== 'exempt').length;
  const exempt = exemptions(standings);
  if (standings.length === 0) return toAsker({ text: `Nobody${where} was asked to acknowledge ${what} yet.` });
  if (open.length === 0) return toAsker({ text: `All ${asked}${where} who were asked have acknowledged ${what}. ${exempt}`.trim() });
  const late = open.filter((each) => isLate(each, context)).length;
  const noun = (many: boolean) => `of ${asked}${where} who were asked ${many ? 'have' : 'has'} not acknowledged ${what}`;
  const more = [late === 0 ? '' : `${late} overdue.`, exempt].filter((part) => part !== '').join(' ');
  const card = listed(context, { wanted, list: open, noun, more, page, column: 'Department', cell: ({ department }) => department ?? '' });
  const left = open.filter(({ state, remindedAt, personId }) => state !== 'declined' && remindedAt === null && personId !== context.person.id).length;
  const label = left === 1 ? 'Remind them kindly' : `Remind ${left} kindly`;
  const remind: ButtonParts[] = left === 0 ? [] : [{ id: actionId(`${room}.remind`, { ...wanted }), label, style: 'primary' }];
  return toAsker({ ...card, buttons: [...remind, ...(card.buttons ?? [])] });
} // prettier-ignore

const isLate = (each: Standing, { now, person }: Context) =>
  isOpen(each) && each.dueOn !== null && each.dueOn < dayOf(now, person.timeZone);

interface Listing {
  wanted: Asked;
  list: Standing[];
  noun(many: boolean): string;
  more: string;
  page: number;
  /** The second one. */
  column: string;
  cell(each: Standing): string;
}

function listed(context: Context, { wanted, list, noun, more, page, column, cell }: Listing) {
  const rows = list
    .slice(page * rowsShown, (page + 1) * rowsShown)
    .map((each) => [
      each.person,
      cell(each),
      `${stateWords[each.state]}${isLate(each, context) ? ', overdue' : ''}`,
      isOpen(each) && each.dueOn !== null ? dayInWords(each.dueOn) : '',
    ]);
  const table = { columns: ['Person', column, 'State', 'Due'], rows };
  return listCard(room, {
    count: list.length,
    noun,
    more,
    rows: table,
    values: { ...wanted },
    page,
  });
}

function exemptions(standings: readonly Standing[]): string {
  const exempt = standings.filter(({ state }) => state === 'exempt');
  const said = exempt.slice(0, 3).map(({ person, until, reason }) => `${person}${until === null ? '' : ` until ${dayInWords(until)}`} («${reason ?? ''}»)`);
  const more = exempt.length > said.length ? `, and ${exempt.length - said.length} more` : '';
  return exempt.length === 0 ? '' : `Exempt: ${said.join(', ')}${more}.`;
} // prettier-ignore

export const statusActions: Actions = {
  [`${room}.list`]: (tx, context, { argument }) =>
    shown(tx, context, { who: argument('who'), policy: argument('policy') }, pageIn(argument)),
  [`${room}.export`]: (tx, context, { argument }) => exportLog(tx, context, argument),
  async [`${room}.remind`](tx, context, { argument }) {
    const { people } = await peopleFor(tx, context, argument('who'));
    const policy = await policyOf(tx, context, argument('policy'));
    const count = await remindOf(tx, commandOf(context), people, policy);
    const text =
      count === 0
        ? 'All of them were reminded before; nobody is reminded twice.'
        : `${count === 1 ? 'One person is' : `${count} people are`} reminded in their next message, in their working hours. Nobody is reminded twice.`;
    return [{ to: 'asker', reply: { text }, settles: [`${room}.remind`] }];
  },
};

/** Null where they ask for something else. */
export async function claimStatus(db: Queryable, context: Context, wanted: Extract<Wanted, { what: 'undone' | 'status' | 'export' }>): Promise<Outcome | null> {
  if (wanted.what === 'export') return async (tx) => exportLog(tx, context, () => '');
  if (wanted.what === 'undone') {
    const policies = await policiesNamed(db, context, wanted.said);
    const choices = policies.map(({ reference, title }) => ({ id: actionId(`${room}.list`, { who: '', policy: reference }), label: `${reference} ${title}`.slice(0, 75) }));
    const [policy] = policies;
    if (policy === undefined) return null;
    return async (tx) => (policies.length === 1 ? shown(tx, context, { who: '', policy: policy.reference }, 0) : toAsker({ text: 'Which of these do you mean?', choices }));
  }
  try {
    if (wanted.who !== '') await peopleFor(db, context, wanted.who);
  } catch (error) {
    if (error instanceof FieldError) return null;
    if (!(error instanceof Refusal)) throw error;
  }
  return (tx) => shown(tx, context, { who: wanted.who, policy: '' }, 0);
} // prettier-ignore
