/** A list of the register in chat: the most urgent rows, what was filtered in words, and buttons to narrow it or take it all. */
import {
  actionId,
  longestId,
  type ButtonParts,
  type Context,
  type ReplyParts,
} from '../../../conversation/contract.ts';
import { shortened } from '../../../language/text.ts';
import type { Queryable } from '../../../db/database.ts';
import { dayOf } from '../../../language/calendar.ts';
import { readsAll } from '../../../isms/register/access.ts';
import { countEntries, selectEntries, type RegisterEntry } from '../../../isms/register/list.ts';
import { filterInWords, filterValues, resolveFilter, stateLabels, type SaidFilter } from './filter.ts';

const rowsShown = 15;
/** Records that a button opens at once. */
const mostOpened = 4;
const titleLength = 80;

/** @param page  from 0 on */
export async function registerCard(
  tx: Queryable,
  context: Context,
  said: SaidFilter,
  page = 0,
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
      buttons: [listButton({ kind: said.kind, open: true }, 'All that are open')],
    };

  const offset = page * rowsShown;
  const entries = await selectEntries(tx, person, filter, today, { limit: rowsShown, offset });
  const left = count - offset - entries.length;
  const scope = all ? '' : ' that you have a part in';
  return {
    text: [
      `${count} ${filterInWords(resolved, count > 1)}${scope}${count > 1 ? ', the most urgent first' : ''}.`,
      ...(offset > 0 ? [`These are ${offset + 1} to ${offset + entries.length}.`] : []),
      ...(left > 0 ? [`And ${left} more: export them, or narrow the list.`] : []),
    ].join(' '),
    table: tableOf(filter.kind, entries),
    choices: entries.slice(0, mostOpened).map(({ reference }) => ({
      id: actionId('corrective-actions.show', { record: reference }),
      label: reference,
    })),
    buttons: [
      ...(count > 1 ? narrowing(said) : []),
      ...(left > 0 ? [listButton(said, 'Next', page + 1)] : []),
      { id: actionId('corrective-actions.export', filterValues(said)), label: 'Export' },
    ].filter(({ id }) => id.length <= longestId),
  };
}

function narrowing(said: SaidFilter): ButtonParts[] {
  const { grades, states, open, overdue } = said;
  return [
    ...(open === true || overdue === true || states !== undefined
      ? []
      : [listButton({ ...said, open: true }, 'Only open')]),
    ...(overdue === true ? [] : [listButton({ ...said, overdue: true }, 'Only overdue')]),
    ...(grades === undefined ? [listButton({ ...said, grades: ['major'] }, 'Only majors')] : []),
  ];
}

function listButton(said: SaidFilter, label: string, page = 0): ButtonParts {
  return {
    id: actionId('corrective-actions.list', { ...filterValues(said), ...(page === 0 ? {} : { page }) }),
    label,
  };
}

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
        `${entry.nonconformity} (${gradeLabels[entry.grade]})`,
        `${stateLabels[entry.state]}${entry.state === 'in_progress' ? `, ${entry.progress ?? 0} %` : ''}`,
        entry.owner,
        dueCell(entry),
      ]),
    };
  return {
    columns: ['Reference', 'Title', 'Grade', 'State', 'Owner', 'Due'],
    rows: entries.map((entry) => [
      entry.reference,
      title(entry),
      gradeLabels[entry.grade],
      stateLabels[entry.state],
      entry.owner,
      dueCell(entry),
    ]),
  };
}

const shortDay = new Intl.DateTimeFormat('en-GB', { dateStyle: 'medium', timeZone: 'UTC' });

function dueCell({ dueOn, overdue }: RegisterEntry): string {
  if (dueOn === null) return '–';
  return `${shortDay.format(new Date(dueOn))}${overdue ? ', overdue' : ''}`;
}
