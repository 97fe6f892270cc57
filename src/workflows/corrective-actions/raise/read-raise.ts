/** Reads from plain words that something is not as it should be, and is to be raised: «we found three leavers with live accounts …». */
import { withoutEnding } from '../../../language/text.ts';
import type { sources } from '../../../isms/nonconformity/nonconformity.ts';
import { tooLong } from '../../../conversation/too-long.ts';
import { requirementsIn } from '../../../records/requirement.ts';
import { readDates, type DateReading } from '../../../language/dates.ts';
import { instructs } from '../../../language/instructing.ts';
import { words, type Found, type WordList } from '../../../language/vocabulary.ts';

export interface SaidFinding {
  /** Short, from the person's own words; empty where they said none. */
  title: string;
  /** What was seen, as it was said. */
  evidence: string;
  /** What should be and is not, where they said so. */
  gap: string | null;
  source: (typeof sources)[number];
  /** When it was noticed, where they said that; a day on which something happened is none. */
  identifiedOn: string | null;
  /** What they named it as a breach of, as `A.5.23`. */
  requirement: string | null;
}

const questions = words('updates/questions');
const halfQuestions = words('updates/half questions');
const raising = words('findings/raising');
const stating = words('findings/stating');
const otherTalk = words('findings/other talk');
const headed = words('findings/headed');
const raisedOn = words('findings/raised on');
const leadingIn = words('findings/leading in');
const raiseAlone = words('findings/raise alone');
const otherThings = words('findings/other things');
const scene = words('findings/scene');
const telling = words('findings/telling');
const fact = words('findings/fact');
const alone = words('findings/alone');
const ourselves = words('findings/ourselves');
const germanVerb = words('findings/german verb');
const lacking = words('findings/lacking');
const audited = words('findings/audited');
const place = words('findings/place');
const foundAt = words('findings/found at');
const goingOn = words('findings/going on');
const ofWhich = words('findings/of which');
const source = words('findings/source');
const gapWords = words('findings/gap');
const contrast = words('findings/contrast');

/** Characters of the longest title. */
const longestTitle = 200;

/** «NC-4: accounts disabled» speaks of a record that there is. */
const aboutRecord = /^.{0,20}(?<!\p{L})(?:NC|CA)[ \-_]?\d/iu;
/** Behind «am 12.» a sentence goes on. */
const sentenceEnd = /(?<=[.!?])(?<!(?:^|\D)\d{1,2}\.)\s|;|\n/u;
/** Characters of «in last week's audit», before what was found and in a title. */
const longestScene = 60;

/**
 * @param asked  they were asked just now what is not as it should be, so that any words but a question are the finding
 * @returns null where they ask, tell a machine what to do, or tell of something that is no finding; empty words for a bare «raise»
 */
export function readRaise(said: string, reading: DateReading, asked = false): SaidFinding | null {
  if (tooLong(said) !== null) return null;
  const text = said.normalize('NFKC').replace(/[‘’]/g, "'").replace(/\s+/g, ' ').trim();
  if (text === '' || instructs(text) || asks(text) || aboutRecord.test(text)) return null;

  const outright = askedFor(text);
  if (outright !== null) return findingFrom(outright, text, reading);
  const bare = opens(raiseAlone, text);
  if (bare !== null && /^[\s:–-]|^$/.test(text.slice(bare.to))) {
    const rest = text.slice(bare.to).replace(/^\s*[:–-]?\s*/, '');
    return otherThings.begins(rest) !== null || /^(?:NC|CA)[- ]?\d/i.test(rest)
      ? null
      : findingFrom(rest, text, reading);
  }
  const told = toldIn(text);
  const end = told === null ? 0 : endOfTelling(text, told, reading);
  const news = text.slice(end).trimStart();
  if (asked && text.length >= 8) return findingFrom(news, text, reading);
  if (told === null) return onOccasion(text) && mayBeFinding(said) ? findingFrom(text, text, reading) : null;
  const isFact = (end > told.to || fact.ends(told.text) !== null) && alone.begins(told.text) === null;
  if (!audited.has(text) && !isFact && !lacking.has(news)) return null;
  const rest = withoutEnding(news, /[.!]/u);
  const words = rest.slice(0, germanVerb.ends(rest)?.from).trimEnd();
  return words.length < 8 ? null : findingFrom(words, text, reading);
}

/** Words of a statement, which a fragment of a follow-up has fewer of. */
const fewestWords = 5;

/** A plain statement: neither a question, an order nor a topic, nor about a record or about Isma. */
export function mayBeFinding(said: string): boolean {
  const text = said.normalize('NFKC').replace(/[‘’]/g, "'").replace(/\s+/g, ' ').trim();
  return (
    tooLong(said) === null &&
    text.split(' ').length >= fewestWords &&
    !instructs(text) &&
    !asks(text) &&
    !aboutRecord.test(text) &&
    opens(otherTalk, text) === null &&
    stating.has(text)
  );
}

/** A phrase that the first letters of a text are. */
function opens(list: WordList, text: string): Found | null {
  const found = list.begins(text);
  return found?.from === 0 ? found : null;
}

/** What follows an outright wish to raise something; null where none is said. */
function askedFor(text: string): string | null {
  const said = text.replace(/^(\p{L}{1,8}), /u, '$1 ');
  const { to = 0 } = opens(raising, said) ?? {};
  const heading = to > 0 ? null : opens(headed, said);
  const after = heading === null ? '' : said.slice(heading.to);
  if (/^(?:\s*:|\s[–-]\s)/.test(after)) return after;
  const about = /^\s?(?:\d{1,3}\s)?\(?[^:()–]{2,60}\)?\s?(?=:)/u.exec(after)?.[0] ?? '';
  if (
    heading !== null &&
    (raisedOn.begins(about)?.from === 1 || requirementsIn(`${heading.text}${about}`).length > 0)
  )
    return after.slice(about.length);
  const rest = said.slice(to);
  if (to === 0 || !/^(?:[\s:,.–-]|$)/.test(rest)) return null;
  const lead = leadingIn.begins(rest);
  return lead?.from === 1 && rest[lead.to] === ' ' ? rest.slice(lead.to) : rest.replace(/^\s*[:,.–-]*/, '');
}

/** «We found that», perhaps behind a scene. */
function toldIn(text: string): Found | null {
  const first = opens(scene, text);
  const told = opens(telling, text) ?? (first === null ? null : telling.find(text.slice(0, 200)));
  if (told === null || first === null) return told;
  const between = text.slice(first.to, told.from).replace(/[,:]? ?$/, '');
  return between.length <= longestScene && !/[,:]/.test(between) ? told : null;
}

/** «Bei der Begehung am 12. November standen …». */
function onOccasion(text: string): boolean {
  const first = opens(scene, text);
  const occasion = first === null ? null : foundAt.find(text.slice(first.to, first.to + longestScene));
  return occasion !== null && (lacking.has(text) || !ourselves.has(text));
}

/** «We found on 3 November that»: with its day, where one stands there. */
function endOfTelling(text: string, told: Found, reading: DateReading): number {
  const that = fact.find(text.slice(told.to, told.to + daySaidWithin));
  if (that === null) return told.to;
  const when = readDates(text.slice(told.to, told.to + that.from), { ...reading, towards: 'past' });
  return when.length > 0 ? told.to + that.to : told.to;
}

export function isQuestion(said: string): boolean {
  return asks(said.normalize('NFKC').replace(/[‘’]/g, "'").replace(/\s+/g, ' ').trim());
}

function asks(text: string): boolean {
  return (
    /\?\s*$/u.test(text) ||
    text.startsWith('¿') ||
    opens(questions, text) !== null ||
    opens(halfQuestions, text) !== null
  );
}

function findingFrom(words: string, whole: string, reading: DateReading): SaidFinding {
  const evidence = words.trim().replace(/^[\s:,–-]+/u, '');
  const behind: DateReading = { ...reading, towards: 'past' };
  const sentence = evidence.split(sentenceEnd)[0] ?? '';
  const gap = evidence
    .split(/(?<=[.!?;])\s/u)
    .flatMap(contrasted)
    .find((part) => gapWords.has(part));
  return {
    title: titleFrom(sentence),
    evidence: evidence === '' ? '' : upperFirst(evidence),
    gap: gap === undefined ? null : upperFirst(gap.trim()),
    source: (source.meanings(whole)[0] ?? 'self') as SaidFinding['source'],
    identifiedOn: noticedOn(whole, behind),
    requirement: requirementsIn(whole)[0] ?? null,
  };
}

/** Characters behind «we noticed» and behind an audit in which its day may stand. */
const daySaidWithin = 30;

/** «We noticed on Monday that …», «in the audit of 12 November»: the day of these words, never the day of what they tell. */
function noticedOn(text: string, reading: DateReading): string | null {
  const today = readDates('today', reading)[0]?.day ?? null;
  const told = toldIn(text);
  const places = foundAt
    .findAll(text)
    .map(({ to }) => ({ from: Math.max(0, to - longestScene), to: to + daySaidWithin }));
  const that = told === null ? null : fact.find(text.slice(told.to, told.to + daySaidWithin));
  const telling = told === null ? [] : [{ from: 0, to: told.to + (that?.from ?? 0) }];
  return (
    readDates(text, reading).find(
      ({ day, index }) =>
        (today === null || day <= today) &&
        [...telling, ...places].some(({ from, to }) => index >= from && index < to),
    )?.day ?? null
  );
}

/** The two sides of «…, but …». */
function contrasted(part: string): string[] {
  const cut = [...part.matchAll(/,\s/g)].find(
    ({ index }) => contrast.begins(part, index)?.from === index + 2,
  );
  return cut === undefined ? [part] : [part.slice(0, cut.index), ...contrasted(part.slice(cut.index + 2))];
}

/** Where it was found belongs to the evidence, and not into the title. */
function withoutPlace(sentence: string): string {
  const places = foundAt.findAll(sentence);
  for (const { from, to } of place.findAll(sentence)) {
    const found = places.find((each) => each.from >= to);
    const between = sentence.slice(to, found?.from);
    if (found === undefined || between.length > longestScene || /[,.;]/.test(between)) continue;
    let end = found.to;
    for (const [more, after] of [
      [goingOn, ''],
      [ofWhich, ' [^,.;]{1,30}(?=[\\s,.;]|$)'],
    ] as const) {
      const next = more.begins(sentence, end);
      if (next?.from === end + 1)
        end = next.to + (new RegExp(`^${after}`, 'u').exec(sentence.slice(next.to))?.[0].length ?? 0);
    }
    if (!/^(?:[\s,.;]|$)/.test(sentence.slice(end))) continue;
    return sentence.slice(0, from).replace(/,? ?$/, '') + sentence.slice(end);
  }
  return sentence;
}

function titleFrom(sentence: string): string {
  const bare = withoutPlace(sentence).trimStart();
  // «Bei der Begehung standen …» is no sentence without its beginning.
  const spaced = opens(stating, bare) === null ? bare : sentence;
  const told = /^\p{L}+\s/u.test(spaced) ? opens(fact, spaced) : null;
  const short =
    withoutEnding(spaced.slice(told?.to ?? 0).replace(/\s+/g, ' '), /[\s,.;:!]/u).trim() || sentence;
  const title = upperFirst(short);
  if (title.length <= longestTitle) return title;
  return `${title.slice(0, longestTitle - 1).replace(/\s+\S*$/u, '')}…`;
}

function upperFirst(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
