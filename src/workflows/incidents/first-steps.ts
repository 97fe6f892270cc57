/** What to do first, and whom to phone, from the policies that the person may read: their own words, cut out and cited. */
import type { Citation, Context } from '../../conversation/contract.ts';
import { citing } from '../../conversation/sources.ts';
import type { Queryable } from '../../db/database.ts';
import { refusalFloor } from '../../knowledge/evaluate.ts';
import type { Lexicon } from '../../knowledge/lexicon.ts';
import { rankSentences, sentencesOf, shortQuote } from '../../knowledge/quote.ts';
import { audiencesOf, search, type Passage } from '../../knowledge/search.ts';
import { words } from '../../language/vocabulary.ts';
import type { Say } from '../../language/wording.ts';
import { selectSetting } from '../../records/setting.ts';

export interface FirstSteps {
  /** A line each; empty where no policy says any. */
  steps: string[];
  /** Who is to be phoned, and how; null where no policy says so. */
  hotline: string | null;
  citations: Citation[];
}

const phone = words('incidents/phone');
/** Lines of the general section that somebody takes in who is afraid, below the one about the very thing. */
const mostGeneral = 4;
const sections = 40;

export async function firstSteps(tx: Queryable, lexicon: Lexicon, { person, now }: Context, say: Say, what: string): Promise<FirstSteps> {
  const find = (question: string) =>
    search(tx, lexicon, { question, reader: { audiences: audiencesOf(person) }, now, limit: sections, embedder: null, standsAlone: true });
  const policies = ({ passages }: { passages: Passage[] }) => passages.filter(({ kind }) => kind === 'policy');
  const set = await selectSetting(tx, 'incident.policy');
  const reporting = policies(await find(say('policy')));
  const reference = set ?? reporting[0]?.reference;
  const ofPolicy = (each: Passage) => each.reference === reference;
  const general = policies(await find(say('searching'))).find((each) => ofPolicy(each) && plainLines(each).length > 1) ?? null;
  const found = await find(what);
  const own = found.strength < refusalFloor ? undefined : policies(found).find((each) => !ofPolicy(each));
  const ownLine = own === undefined ? null : lineFor(lexicon, own, found.terms);
  const generalLines = general === null ? [] : plainLines(general).slice(0, mostGeneral);
  const cited = [...(own === undefined || ownLine === null ? [] : [{ passage: own, quote: ownLine }]), ...(general === null ? [] : [{ passage: general, quote: generalLines[0] }])];
  return {
    steps: [...(ownLine === null ? [] : [ownLine]), ...generalLines],
    hotline: hotlineIn(reporting.filter(ofPolicy)),
    citations: cited.map(({ passage, quote = '' }, at) => citing(passage, at + 1, quote)),
  };
} // prettier-ignore

/** The sentence about the very thing: whom to call about it, before anything else. */
function lineFor(lexicon: Lexicon, { body, language }: Passage, terms: Map<string, number>): string | null {
  const ranked = rankSentences(lexicon, body, language, terms).filter(({ sentence: { tableHead } }) => tableHead === null);
  const best = ranked.find(({ sentence, score }) => score > 0 && namesPhone(sentence.text)) ?? ranked[0];
  return best === undefined ? null : shortQuote(best.sentence.text);
} // prettier-ignore

function plainLines({ body }: Passage): string[] {
  return sentencesOf(body).flatMap(({ text, tableHead }) => (tableHead === null ? [shortQuote(text)] : []));
}

const namesPhone = (text: string) => /\d{3}/.test(text) && phone.has(text);

/** The first line, or cell of a table, that says whom to phone under which number. */
function hotlineIn(passages: readonly Passage[]): string | null {
  const parts = passages.flatMap(({ body }) =>
    sentencesOf(body).flatMap(({ text, tableHead }) => (tableHead === null ? [text] : text.split('|'))),
  );
  const line = parts.find((part) => namesPhone(part) && !part.includes('@'));
  return line === undefined ? null : shortQuote(line.trim()).replace(/[.\s]+$/, '');
}
