/** Claim meets record: what our own register says where somebody says that a thing is done. */
import type { Context } from '../../conversation/contract.ts';
import type { Queryable } from '../../db/database.ts';
import { selectNewestEvidence } from '../../isms/assessment/on-record.ts';
import type { Placed } from '../../isms/assessment/questions.ts';
import { selectOpenOn } from '../../isms/nonconformity/nonconformity.ts';
import { addMonths, dayInWords, dayOf } from '../../language/calendar.ts';
import { freshestOf } from './criterion-questions.ts';

/** Non-conformities that one question has room for. */
const mostNamed = 3;

/** A sentence each; none where nothing speaks against it. @param age  which what could be shown was said to have */
export async function recordsAgainst(
  tx: Queryable,
  { person, now }: Context,
  { requirement, criterion }: Placed,
  age: string | null,
): Promise<string[]> {
  const open = (await selectOpenOn(tx, person, requirement)).map(({ reference }) => reference);
  const fresh = freshestOf(criterion);
  const newest = age === 'fresh' && fresh !== 'in force' ? await selectNewestEvidence(tx, requirement) : null;
  const day = newest === null ? null : dayOf(newest.at, person.timeZone);
  const isOld = day !== null && fresh !== 'in force' && addMonths(day, fresh) < dayOf(now, person.timeZone);
  const named = open.slice(0, mostNamed);
  return [
    ...(named.length === 0
      ? []
      : [`${named.join(', ')} ${named.length === 1 ? 'is' : 'are'} open on ${requirement}.`]),
    ...(isOld
      ? [`The newest evidence on record is of ${dayInWords(day)} (${newest?.reference ?? ''}).`]
      : []),
  ];
}
