/** What to do first, and whom to phone, from the policies that the person may read: their own words, cut out and cited. */
import type { Citation, Context } from '../../conversation/contract.ts';
import { citing } from '../../conversation/sources.ts';
import type { Queryable } from '../../db/database.ts';
import { refusalFloor } from '../../knowledge/evaluate.ts';
import type { Lexicon } from '../../knowledge/lexicon.ts';
import { rankSentences, sentencesOf, shortQuote } from '../../knowledge/quote.ts';
import { audiencesOf, search, type Passage } from '../../knowledge/search.ts';
import { words } from '../../language/vocabulary.ts';
import { wording } from '../../language/wording.ts';
import { selectSetting } from '../../records/setting.ts';

export interface FirstSteps {
  /** A line each; empty where no policy says any. */
  steps: string[];
  /** Who is to be phoned, and how; null where no policy says so. */
  hotline: string | null;
  citations: Citation[];
}

const phone = words('incidents/phone');
const acting = words('incidents/acting');
const named = words('incidents/named');
const outOfHand = words('incidents/out of hand');
/** Lines of the general section that somebody takes in who is afraid, below the one about the very thing. */
const mostGeneral = 4;
const sections = 40;
/** Sections of other policies that may be about the very thing. */
const nearest = 10;
const languages = ['en', 'de'];

/** Nothing of it is before the person any more: a thing is gone, something was sent, somebody is there. */
export const isOutOfHand = (what: string) => outOfHand.has(what);

export async function firstSteps(tx: Queryable, lexicon: Lexicon, { person, now }: Context, what: string): Promise<FirstSteps> {
  const find = async (question: string, language?: string) => {
    const asked = { question, ...(language === undefined ? {} : { language }), standsAlone: true };
    const reader = { audiences: audiencesOf(person) };
    const found = await search(tx, lexicon, { ...asked, reader, now, limit: sections, embedder: null });
    return { ...found, passages: found.passages.filter(({ kind }) => kind === 'policy') };
  };
  /** A policy is not always in the language of its reader. */
  const findSaid = async (key: string) => {
    const found = [];
    for (const language of languages) found.push(await find(wording('incidents', language)(key), language));
    return found;
  };
  const reporting = (await findSaid('policy')).toSorted((one, other) => other.strength - one.strength)[0]?.passages ?? [];
  const reference = (await selectSetting(tx, 'incident.policy')) ?? reporting[0]?.reference;
  const ofPolicy = (each: Passage) => each.reference === reference;
  const [general = null] = (await findSaid('searching'))
    .flatMap(({ passages }) => passages.filter((each) => ofPolicy(each) && plainLines(each).length > 1).slice(0, 1))
    .toSorted((one, other) => other.textScore - one.textScore);
  const found = await find(what);
  const near = found.strength < refusalFloor ? [] : found.passages.filter((each) => !ofPolicy(each)).slice(0, nearest);
  const [own = null] = near.flatMap((passage) => linesIn(lexicon, passage, found.terms)).toSorted((one, other) => other.score - one.score);
  // What the general ones say is about a machine that somebody has before them.
  const lines = general === null || isOutOfHand(what) ? [] : plainLines(general).slice(0, mostGeneral);
  const cited = [own, general === null || lines.length === 0 ? null : { passage: general, quote: lines[0] ?? '' }].filter((each) => each !== null);
  return {
    steps: [...(own === null ? [] : [own.quote]), ...lines],
    hotline: hotlineIn(reporting.filter(ofPolicy)),
    citations: cited.map(({ passage, quote }, at) => citing(passage, at + 1, quote)),
  };
} // prettier-ignore

/** The sentence about the very thing that says what to do about it, or better, whom to call; none about a thing that nobody spoke of. */
function linesIn(lexicon: Lexicon, passage: Passage, terms: Map<string, number>): { passage: Passage; quote: string; score: number }[] {
  const { body, language, textScore } = passage;
  const isOfAnother = (text: string) =>
    named.findAll(text).some(({ from, to }) => !lexicon.stems(text.slice(from, to), language).some((stem) => terms.has(stem)));
  return rankSentences(lexicon, body, language, terms)
    .filter(({ sentence: { text, tableHead }, score }) => score > 0 && tableHead === null && !isOfAnother(text) && (namesPhone(text) || tellsToAct(text)))
    .map(({ sentence: { text }, score }) => ({ passage, quote: shortQuote(text), score: textScore * score * (namesPhone(text) ? 2 : 1) }))
    .toSorted((one, other) => other.score - one.score)
    .slice(0, 1);
} // prettier-ignore

function plainLines({ body }: Passage): string[] {
  return sentencesOf(body).flatMap(({ text, tableHead }) => (tableHead === null ? [shortQuote(text)] : []));
}

const tellsToAct = (text: string) => text.split(',').some((part) => acting.begins(part.trim()) !== null);
const namesPhone = (text: string) => /\d{3}/.test(text) && phone.has(text);

/** The first line, or cell of a table, that says whom to phone under which number. */
function hotlineIn(passages: readonly Passage[]): string | null {
  const parts = passages.flatMap(({ body }) =>
    sentencesOf(body).flatMap(({ text, tableHead }) => (tableHead === null ? [text] : text.split('|'))),
  );
  const line = parts.find((part) => namesPhone(part) && !part.includes('@'));
  return line === undefined ? null : shortQuote(line.trim()).replace(/[.\s]+$/, '');
}
