/** Claim meets record: what our own policies and register say where somebody says that a thing is done. */
import type { Context } from '../../conversation/contract.ts';
import type { Queryable } from '../../db/database.ts';
import { selectNewestEvidence } from '../../isms/assessment/on-record.ts';
import { titleOf, type Placed } from '../../isms/assessment/questions.ts';
import { selectOpenOn } from '../../isms/nonconformity/nonconformity.ts';
import { selectAbout } from '../../knowledge/document.ts';
import { audiencesOf, search } from '../../knowledge/search.ts';
import { addMonths, dayInWords, dayOf } from '../../language/calendar.ts';
import { figuresIn } from '../../language/figures.ts';
import { shortened } from '../../language/text.ts';
import type { Dependencies } from '../dependencies.ts';
import { freshestOf } from './criterion-questions.ts';

/** Non-conformities that one question has room for. */
const mostNamed = 3;
/** Sections near a criterion that are looked at for how often they promise it. */
const nearest = 4;
/** Characters of a sentence that is quoted. */
const longestSentence = 200;
const ending = /(?<=[.!])\s|\n|\|/;

/** A sentence each; none where nothing speaks against it. @param age  which what could be shown was said to have */
export async function recordsAgainst(
  { lexicon }: Pick<Dependencies, 'lexicon'>,
  tx: Queryable,
  context: Context,
  placed: Placed,
  age: string | null,
): Promise<string[]> {
  const { person, now } = context;
  const { requirement, criterion } = placed;
  const open = await selectOpenOn(tx, person, requirement);
  const named = open.slice(0, mostNamed).map(({ reference }) => reference);
  const fresh = freshestOf(criterion);
  const newest = age === 'fresh' && fresh !== 'in force' ? await selectNewestEvidence(tx, person, requirement) : null;
  const day = newest === null ? '' : dayOf(newest.at, person.timeZone);
  const isOld = newest !== null && fresh !== 'in force' && addMonths(day, fresh) < dayOf(now, person.timeZone);
  const promised = fresh === 'in force' ? null : await rhythmOf(lexicon, tx, context, placed);
  return [
    ...(promised === null ? [] : [promised]),
    ...(named.length === 0 ? [] : [`${named.join(', ')} ${named.length === 1 ? 'is' : 'are'} open on ${requirement}.`]),
    ...(isOld ? [`The newest evidence on record is of ${dayInWords(day)}${newest.reference === null ? '' : ` (${newest.reference})`}.`] : []),
  ];
} // prettier-ignore

/** «POL-11 3.5 says «… every three months …»», where a policy about the requirement promises it so near to the criterion. */
async function rhythmOf(
  lexicon: Dependencies['lexicon'],
  tx: Queryable,
  { person, now }: Context,
  { requirement, criterion }: Placed,
): Promise<string | null> {
  const question = `${titleOf(requirement)} ${criterion.is.en}`;
  const reader = { audiences: audiencesOf(person) };
  const { passages } = await search(tx, lexicon, { question, reader, now, limit: nearest, embedder: null });
  const about = await selectAbout(tx, passages.map(({ versionId }) => versionId), requirement); // prettier-ignore
  for (const { versionId, reference, number, body } of passages) {
    const rhythm = about.includes(versionId) ? figuresIn(body).find(({ recurs }) => recurs) : undefined;
    if (rhythm === undefined) continue;
    const sentence = `${body.slice(0, rhythm.from).split(ending).at(-1) ?? ''}${body.slice(rhythm.from).split(ending)[0] ?? ''}`;
    return `${reference} ${number} says «${shortened(sentence.replace(/^\s*(?:[-•*]|\d+\.)\s+/, '').trim(), longestSentence)}»`;
  }
  return null;
}
