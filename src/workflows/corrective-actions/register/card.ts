/** A list of the register in chat: the most urgent rows, what was filtered in words, and buttons to narrow it or take it all. */
import type { ButtonParts, Context, ReplyParts } from '../../../conversation/contract.ts';
import { listButton, listCard, rowsShown } from '../../../dialogue/list.ts';
import { room } from '../buttons.ts';
import { shortened } from '../../../language/text.ts';
import type { Queryable } from '../../../db/database.ts';
import { dayOf } from '../../../language/calendar.ts';
import { readsAll } from '../../../isms/register/access.ts';
import {
  countByShare,
  countEntries,
  selectEntries,
  type RegisterEntry,
} from '../../../isms/register/list.ts';
import { filterInWords, filterValues, resolveFilter, stateLabels, type SaidFilter } from './filter.ts';

const titleLength = 80;

/** @param page  from 0 on */
export async function registerCard(
  tx: Queryable,
  context: Context,
  said: SaidFilter,
  { page = 0, counted = false }: { page?: number; counted?: boolean } = {},
): Promise<ReplyParts> {
  const resolved = await resolveFilter(tx, context, said);
  if (typeof resolved === 'string') return { text: resolved };
  const { person, now } = context;
  const today = dayOf(now, person.timeZone);
  const { filter } = resolved;
  const count = await countEntries(tx, person, filter, today);
  const all = readsAll(person);
  if (count === 0)
    return {
      text: `There is no ${filterInWords(resolved, false)}. I looked through ${all ? 'the whole register' : 'the records that you have a part in'}.`,
      buttons: [listButton(room, filterValues({ kind: said.kind, open: true }), 'All that are open')],
    };

  const offset = page * rowsShown;
  const entries = await selectEntries(tx, person, filter, today, { limit: rowsShown, offset });
  return listCard(room, {
    count,
    noun: (many) => filterInWords(resolved, many),
    scope: all ? '' : ' that you have a part in',
    urgent: true,
    more: counted
      ? sharesInWords(await countByShare(tx, person, filter, today))
          .slice(0, 2)
          .join(' ')
      : '',
    table: tableOf(filter.kind, entries),
    references: entries.map(({ reference }) => reference),
    values: filterValues(said),
    page,
    narrowing: narrowing(said),
  });
}

function narrowing(said: SaidFilter): ButtonParts[] {
  const { grades, states, open, overdue } = said;
  const only = (more: Partial<SaidFilter>, label: string) =>
    listButton(room, filterValues({ ...said, ...more }), label);
  return [
    ...(open === true || overdue === true || states !== undefined ? [] : [only({ open: true }, 'Only open')]),
    ...(overdue === true ? [] : [only({ overdue: true }, 'Only overdue')]),
    ...(grades === undefined ? [only({ grades: ['major'] }, 'Only majors')] : []),
  ];
}

/** How they divide, a sentence each: «2 of them are overdue.», «3 are contained, 2 closed.» */
function sharesInWords(shares: Awaited<ReturnType<typeof countByShare>>): string[] {
  const total = shares.reduce((sum, { count }) => sum + count, 0);
  const late = shares.reduce((sum, { overdue, count }) => sum + (overdue ? count : 0), 0);
  const by = (key: (share: (typeof shares)[number]) => string | null) => {
    const counts = new Map<string, number>();
    for (const share of shares) {
      const name = key(share);
      if (name !== null) counts.set(name, (counts.get(name) ?? 0) + share.count);
    }
    const parts = [...counts].sort(([, one], [, other]) => other - one).slice(0, mostShares);
    return parts.map(([name, count]) => `${count} ${name}`).join(', ');
  };
  if (total < 2) return [];
  return [
    `${late === 0 ? 'None' : late} of them ${late > 1 ? 'are' : 'is'} overdue.`,
    `By grade: ${by(({ grade }) => (grade === null ? null : gradeLabels[grade]))}.`,
    `By state: ${by(({ state }) => stateLabels[state])}.`,
    `By owner: ${by(({ owner }) => owner)}.`,
  ];
}

const mostShares = 6;
const gradeLabels = { major: 'major', minor: 'minor', ofi: 'improvement', observation: 'observation' };

function tableOf(
  kind: SaidFilter['kind'],
  entries: readonly RegisterEntry[],
): NonNullable<ReplyParts['table']> {
  const title = (entry: RegisterEntry) => shortened(entry.title.replace(/\s+/g, ' '), titleLength);
  if (kind === 'actions')
    return {
      columns: ['Action', 'What', 'For', 'State', 'Owner', 'Due'],
      rows: entries.map((entry) => [
        entry.reference,
        title(entry),
        entry.grade === null ? entry.record : `${entry.record} (${gradeLabels[entry.grade]})`,
        stateCell(entry),
        entry.owner,
        dueCell(entry),
      ]),
    };
  if (kind === 'records')
    return {
      columns: ['Reference', 'What', 'State', 'Owner', 'Due'],
      rows: entries.map((entry) => [
        entry.reference,
        title(entry),
        stateCell(entry),
        entry.owner,
        dueCell(entry),
      ]),
    };
  return {
    columns: ['Reference', 'Title', 'Grade', 'State', 'Owner', 'Due'],
    rows: entries.map((entry) => [
      entry.reference,
      title(entry),
      entry.grade === null ? '–' : gradeLabels[entry.grade],
      stateLabels[entry.state],
      entry.owner,
      dueCell(entry),
    ]),
  };
}

function stateCell({ state, progress }: RegisterEntry): string {
  return `${stateLabels[state]}${state === 'in_progress' ? `, ${progress ?? 0} %` : ''}`;
}

const shortDay = new Intl.DateTimeFormat('en-GB', { dateStyle: 'medium', timeZone: 'UTC' });

function dueCell({ dueOn, overdue }: RegisterEntry): string {
  if (dueOn === null) return '–';
  return `${shortDay.format(new Date(dueOn))}${overdue ? ', overdue' : ''}`;
}
