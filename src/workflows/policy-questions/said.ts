/** What people ask for in words: «draft questions from the access policy», «add a question to POL-05», «questions of policies». */
import type { Context } from '../../conversation/contract.ts';
import type { Queryable } from '../../db/database.ts';
import { selectPolicies, type Policy } from '../../isms/policy-question/policy.ts';
import type { Lexicon } from '../../knowledge/lexicon.ts';
import { audiencesOf } from '../../knowledge/search.ts';
import { dayOf } from '../../language/calendar.ts';
import { bareRequest, comparable } from '../../language/text.ts';
import { words } from '../../language/vocabulary.ts';

const list = words('policy-questions/list');
const wants = [
  ['draft', words('policy-questions/draft')],
  ['add', words('policy-questions/add')],
  ['of', words('policy-questions/of')],
] as const;

/** Words of a title; what is longer says something else. */
const longestName = 8;

export type Wanted = { what: 'list' } | { what: 'draft' | 'add' | 'of'; name: string };

/** Null where they ask for something else. */
export function readWanted(text: string): Wanted | null {
  const said = bareRequest(text);
  if (list.is(said) !== null) return { what: 'list' };
  for (const [what, vocabulary] of wants) {
    const begun = vocabulary.begins(said);
    const name = begun === null ? '' : said.slice(begun.to).trim();
    if (name !== '' && name.split(/\s+/).length <= longestName) return { what, name };
  }
  return null;
} // prettier-ignore

/** Those in force that the person may read: the one with that reference, else all whose titles hold every word. */
export async function policiesNamed(
  lexicon: Lexicon,
  tx: Queryable,
  { person, now }: Pick<Context, 'person' | 'now'>,
  name: string,
): Promise<Policy[]> {
  const audiences = audiencesOf(person);
  const all = (await selectPolicies(tx, dayOf(now, person.timeZone))).filter(
    ({ audience, ownerId }) => ownerId === person.id || audience.some((each) => audiences.includes(each)),
  );
  const said = comparable(name);
  const exact = all.filter(({ reference, title }) => [reference, title].some((each) => comparable(each) === said));
  if (exact.length > 0) return exact;
  return all.filter(({ title, language }) => {
    const known = lexicon.stems(title, language);
    const asked = lexicon.stems(name, language);
    return asked.length > 0 && asked.every((stem) => known.includes(stem));
  });
} // prettier-ignore
