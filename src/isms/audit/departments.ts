/** Departments that people work in, by the words that somebody says for them. Reads only. */
import { z } from 'zod';
import type { Queryable } from '../../db/database.ts';
import { selectAll, storable } from '../../db/rows.ts';
import { Refusal } from '../../errors.ts';

const Department = z.object({ department: z.string() });

export async function selectDepartments(tx: Queryable): Promise<string[]> {
  const all = await selectAll(
    tx,
    Department,
    'select distinct department from person where active and department is not null order by department',
  );
  return all.map(({ department }) => department);
}

/** Each once, without blanks. */
export function distinct(said: readonly string[]): string[] {
  return [...new Set(said.map((each) => storable(each.trim())).filter((each) => each !== ''))];
}

/** As people's records write them. @throws Refusal for one that nobody works in: nobody could be kept from auditing it */
export async function knownDepartments(tx: Queryable, said: readonly string[]): Promise<string[]> {
  const wanted = distinct(said);
  if (wanted.length === 0) return [];
  const known = await selectDepartments(tx);
  return wanted.map((each) => {
    const found = known.find((department) => department.toLowerCase() === each.toLowerCase());
    if (found !== undefined) return found;
    throw new Refusal(`I know no department «${each}». There are ${known.slice(0, 20).join(', ')}.`);
  });
}
