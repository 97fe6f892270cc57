/** What people ask for in words, with no model: «ask Sales to acknowledge POL-05 until Friday», «how is the access campaign going?». */
import type { Context } from '../../conversation/contract.ts';
import type { Queryable } from '../../db/database.ts';
import { FieldError } from '../../dialogue/form.ts';
import type { Campaign } from '../../isms/campaign/campaign.ts';
import { selectPolicies } from '../../isms/policy-question/policy.ts';
import { topicNamed } from '../../isms/training/topics.ts';
import { dayOf } from '../../language/calendar.ts';
import { readDates } from '../../language/dates.ts';
import { bareRequest } from '../../language/text.ts';
import { replaced, words, wordsIn } from '../../language/vocabulary.ts';

const ask = words('campaigns/ask');
const acknowledge = words('campaigns/acknowledge');
const learn = words('campaigns/learn');
const until = words('campaigns/until');
const between = words('campaigns/and');
const around = words('campaigns/around');
const about = words('campaigns/about');
const asOf = words('campaigns/as of');

/** Words that name something, without those that may stand around it. */
const naming = (said: string) => wordsIn(replaced(said, around.findAll(said), () => ' '));

/** @throws FieldError at `what` for what is neither a policy in force nor a lesson, or several */
export async function subjectsNamed(tx: Queryable, said: string, now: Date): Promise<Campaign['subjects']> {
  const subjects: Campaign['subjects'] = { documents: [], lessons: [] };
  const policies = await selectPolicies(tx, dayOf(now, 'UTC'));
  for (const part of replaced(said, between.findAll(said), () => ',').split(',').map((each) => each.trim()).filter((each) => each !== '')) {
    const wanted = naming(part);
    const referred = policies.filter(({ reference }) => wordsIn(reference).join(' ') === wordsIn(part).join(' '));
    const fitting = referred.length > 0 || wanted.length === 0 ? referred : policies.filter(({ title }) => wanted.every((word) => wordsIn(title).includes(word)));
    const lesson = topicNamed(part) ?? topicNamed(wanted.join(' '));
    const [policy] = fitting;
    if (policy !== undefined && fitting.length === 1) subjects.documents.push(policy.documentId);
    else if (lesson !== null) subjects.lessons.push(lesson);
    else if (fitting.length > 1) throw new FieldError('what', `«${part}» could be ${fitting.map(({ reference, title }) => `${reference} ${title}`).join(', ')}. Write its number.`);
    else throw new FieldError('what', `«${part}» is no policy in force, and no lesson. Write a policy's number, as POL-05, or what a lesson is about.`);
  }
  return subjects;
} // prettier-ignore

export interface Wanted {
  who: string;
  what: string;
  due: string | null;
}

/** Null where they ask for something else. */
export async function readAsking(tx: Queryable, { now, person: { timeZone, locale } }: Pick<Context, 'now' | 'person'>, text: string): Promise<Wanted | null> {
  const said = bareRequest(text);
  const begun = ask.begins(said);
  if (begun === null) return null;
  const whole = said.slice(begun.to).trim();
  const end = until.findAll(whole).at(-1);
  const [date] = end === undefined ? [] : readDates(whole.slice(end.to), { now, timeZone, locale, towards: 'future' });
  const rest = date === undefined ? whole : `${whole.slice(0, end?.from)} ${whole.slice((end?.to ?? 0) + date.index + date.text.length)}`.trim();
  const verb = [acknowledge, learn].flatMap((list) => list.find(rest) ?? []).toSorted((one, other) => one.from - other.from)[0];
  if (verb === undefined) return null;
  const [before, after] = [rest.slice(0, verb.from).trim(), rest.slice(verb.to).trim()];
  const due = date?.day ?? null;
  if (after !== '') return before === '' ? null : { who: before, what: after, due };
  // «alle POL-05 bestätigen»: both stand before it.
  const parts = before.split(/\s+/);
  for (let at = 1; at < parts.length; at += 1) {
    const [who, what] = [parts.slice(0, at).join(' '), parts.slice(at).join(' ')];
    if (await subjectsNamed(tx, what, now).then(() => true, () => false)) return { who, what, due };
  }
  return null;
} // prettier-ignore

/** What a campaign that they ask about is called, and of which day; null where they ask for something else. */
export function readReport(text: string, { now, person: { timeZone, locale } }: Pick<Context, 'now' | 'person'>): { named: string; day: string | null } | null {
  const said = bareRequest(text);
  const at = asOf.findAll(said).at(-1);
  const [date] = at === undefined ? [] : readDates(said.slice(at.to), { now, timeZone, locale, towards: 'past' });
  const rest = date === undefined ? said : said.slice(0, at?.from).trim();
  const opened = about.begins(rest);
  const closed = about.ends(rest);
  if (closed?.meaning !== 'after') return null;
  // «access campaign» asks; «campaign» alone wants the list, which is read before.
  const named = rest.slice(opened?.meaning === 'before' ? opened.to : 0, closed.from).trim();
  return named.split(/\s+/).length > 6 || (opened?.meaning !== 'before' && named === '') ? null : { named, day: date?.day ?? null };
} // prettier-ignore

/** The day that words ask for, of a reference. */
export function dayAsked(text: string, { now, person: { timeZone, locale } }: Pick<Context, 'now' | 'person'>): string | null {
  const said = bareRequest(text);
  const at = asOf.findAll(said).at(-1);
  return at === undefined ? null : (readDates(said.slice(at.to), { now, timeZone, locale, towards: 'past' })[0]?.day ?? null);
} // prettier-ignore
