/** What people ask for in words, with no model: «what do I have to acknowledge?», «who hasn't acknowledged the access policy?». */
import type { Context } from '../../conversation/contract.ts';
import type { Queryable } from '../../db/database.ts';
import { Refusal } from '../../errors.ts';
import { selectPolicies, type Policy } from '../../isms/policy-question/policy.ts';
import { dayOf } from '../../language/calendar.ts';
import { bareRequest } from '../../language/text.ts';
import { plain, words, wordsIn } from '../../language/vocabulary.ts';

const mine = words('acknowledgements/mine');
const acknowledge = words('acknowledgements/acknowledge');
const acknowledgeAtEnd = words('acknowledgements/acknowledge at the end');
const undone = words('acknowledgements/undone');
const undoneAtEnd = words('acknowledgements/undone at the end');
const status = words('acknowledgements/status');
const exported = words('acknowledgements/export');
const around = words('acknowledgements/around');

export type Wanted =
  | { what: 'mine' }
  | { what: 'one'; said: string }
  | { what: 'undone'; said: string }
  | { what: 'status'; who: string }
  | { what: 'export' };

/** Null where they ask for something else. */
export function readWanted(text: string): Wanted | null {
  const said = bareRequest(text).replace(/^[¿¡]+/, '');
  if (exported.is(said) !== null) return { what: 'export' };
  const asks = undone.begins(said);
  if (asks !== null) {
    const rest = said.slice(asks.to).trim();
    const ended = undoneAtEnd.ends(rest);
    if (asks.meaning === 'begun' && ended === null) return null;
    return { what: 'undone', said: ended === null ? rest : rest.slice(0, ended.from) };
  }
  if (mine.is(said) !== null) return { what: 'mine' };
  const begun = status.begins(said);
  if (begun !== null) return { what: 'status', who: said.slice(begun.to).trim() };
  const own = acknowledge.begins(said);
  if (own === null) return null;
  const rest = said.slice(own.to).trim();
  return { what: 'one', said: rest.slice(0, acknowledgeAtEnd.ends(rest)?.from) };
}

/** @throws Refusal where no version of it is in force */
export async function policyOf(tx: Queryable, { now }: Context, reference: string): Promise<Policy> {
  const policy = (await selectPolicies(tx, dayOf(now, 'UTC'))).find((each) => each.reference === reference);
  if (policy === undefined) throw new Refusal('That document is not in force any more.');
  return policy;
}

/** Policies in force that words name, whole or by some words of their title. */
export async function policiesNamed(
  tx: Queryable,
  { now }: Pick<Context, 'now'>,
  said: string,
): Promise<Policy[]> {
  let name = said.trim();
  for (let at = around.begins(name); at !== null && at.to < name.length; at = around.begins(name))
    name = name.slice(at.to).trim();
  const wanted = wordsIn(name);
  if (wanted.length === 0) return [];
  const policies = await selectPolicies(tx, dayOf(now, 'UTC'));
  const whole = policies.filter(({ reference, title }) =>
    [reference, title].some((each) => plain(each) === plain(name)),
  );
  return whole.length > 0
    ? whole
    : policies.filter(({ title }) => wanted.every((word) => wordsIn(title).includes(word)));
}
