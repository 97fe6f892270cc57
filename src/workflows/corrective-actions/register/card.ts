/** A list of the register in chat: the most urgent rows, what was filtered in words, and buttons to narrow it or take it all. */
import type { ButtonParts, Context, ReplyParts } from '../../../conversation/contract.ts';
import { linesShown, listButton, listCard, type ListLine } from '../../../dialogue/list.ts';
import { room } from '../buttons.ts';
import { shortened } from '../../../language/text.ts';
import type { Queryable } from '../../../db/database.ts';
import { dayOf, shortDay } from '../../../language/calendar.ts';
import { dueInWords } from '../../../language/due-words.ts';
import { readsAll } from '../../../isms/register/access.ts';
import {
  countByShare,
  countEntries,
  selectEntries,
  type RegisterEntry,
} from '../../../isms/register/list.ts';
import { filterInWords, filterValues, resolveFilter, stateLabels, type SaidFilter } from './filter.ts';

const titleLength = 140;

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

  const offset = page * linesShown;
  const entries = await selectEntries(tx, person, filter, today, { limit: linesShown, offset });
  return listCard(room, {
    count,
    noun: (many) => filterInWords(resolved, many),
    scope: all || said.team === true ? '' : ' that you have a part in',
    urgent: true,
    more: counted ? sharesInWords(await countByShare(tx, person, filter, today)) : '',
    rows: entries.map((entry) => lineOf(entry, today)),
    values: filterValues(said),
    page,
    narrowing: narrowing(
      said,
      entries.some(({ overdue }) => overdue),
    ),
  });
}

/** @param someLate  the most urgent come first, so that a page with none of them has none after it */
function narrowing(said: SaidFilter, someLate: boolean): ButtonParts[] {
  const { grades, states, open, overdue } = said;
  const only = (more: Partial<SaidFilter>, label: string) =>
    listButton(room, filterValues({ ...said, ...more }), label);
  return [
    ...(open === true || overdue === true || states !== undefined ? [] : [only({ open: true }, 'Only open')]),
    ...(overdue === true || !someLate ? [] : [only({ overdue: true }, 'Only overdue')]),
    ...(grades === undefined ? [only({ grades: ['major'] }, 'Only majors')] : []),
  ];
}

type Shares = Awaited<ReturnType<typeof countByShare>>;

/** How they divide: of each grade, state and owner, the most first. */
export function sharesOf(shares: Shares) {
  const sum = (some: Shares) => some.reduce((total, { count }) => total + count, 0);
  const by = (key: (share: Shares[number]) => string | null): [string, number][] => {
    const names = [...new Set(shares.map(key))].filter((name) => name !== null);
    return names
      .map((name): [string, number] => [name, sum(shares.filter((share) => key(share) === name))])
      .sort(([, one], [, other]) => other - one)
      .slice(0, mostShares);
  };
  return {
    total: sum(shares),
    late: sum(shares.filter(({ overdue }) => overdue)),
    grades: by(({ grade }) => grade),
    states: by(({ state }) => state),
    owners: by(({ owner }) => owner),
  };
}

function sharesInWords(shares: Shares): string {
  const { total, late, grades } = sharesOf(shares);
  if (total < 2) return '';
  const each = grades.map(([grade, count]) => `${count} ${gradeLabels[grade as keyof typeof gradeLabels]}`);
  return `${late === 0 ? 'None' : late} of them ${late > 1 ? 'are' : 'is'} overdue. By grade: ${each.join(', ')}.`;
}

const mostShares = 6;
const gradeLabels = { major: 'major', minor: 'minor', ofi: 'improvement', observation: 'observation' };

/** As «4 days overdue (20 Nov) · in progress, 60 % · Omar Oakapple · minor · CA-2026-013 for NC-2026-004». */
function lineOf(entry: RegisterEntry, today: string): ListLine {
  const { reference, record, grade, owner, dueOn } = entry;
  const late =
    dueOn !== null && entry.overdue
      ? `${dueOn < today ? dueInWords('en', dueOn, today) : 'overdue'} (${shortDay(dueOn, today)})`
      : null;
  const said = grade === null ? null : gradeLabels[grade];
  return {
    title: shortened(entry.title.replace(/\s+/g, ' '), titleLength),
    facts: [
      late ?? (dueOn === null ? null : `due ${shortDay(dueOn, today)}`),
      stateInWords(entry),
      owner,
      said,
      record === reference ? reference : `${reference} for ${record}`,
    ],
    late,
    reference,
  };
}

function stateInWords({ state, progress }: RegisterEntry): string {
  return `${stateLabels[state]}${state === 'in_progress' ? `, ${progress ?? 0} %` : ''}`;
}
