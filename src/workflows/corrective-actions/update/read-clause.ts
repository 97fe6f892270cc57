/** What one clause of a message says outright: a move, a share, more time or a hand-over; all of its words must fit. */
import { dayOf } from '../../../language/calendar.ts';
import { readDates, type DateReading } from '../../../language/dates.ts';
import { readDurations } from '../../../language/durations.ts';
import { words } from '../../../language/vocabulary.ts';
import { has, hintFrom, isAny, tokensOf, type Around, type ClauseToken } from './clause-tokens.ts';
import { readHandOver } from './read-hand-over.ts';
import { SaidUpdate } from './said-update.ts';
import type { Mark } from './split-update.ts';

type Move = NonNullable<SaidUpdate['move']>;

const moves = words('updates/moves');
const fromDay = words('updates/from');
const longer = words('updates/longer');
const soFar = words('updates/so far');
const needing = words('updates/needing');
const putOff = words('updates/wants to put off');
const upTo = words('updates/up to');
const vagueLength = words('updates/vague length');
const wantedTime = words('updates/wanted time');
const within = words('updates/within');
const negations = words('updates/negations');
const hedges = words('updates/hedges');
const everything = words('updates/everything');
const allDone = words('updates/all done');
const pointing = words('updates/pointing');
const finishing = words('updates/finishing');
const byMe = words('updates/by me');
const finishedOn = words('updates/finished on');
const timeVerbs = words('updates/time verbs');
const more = words('updates/more');
const dateNouns = words('updates/date nouns');
const fresh = words('updates/new');
const until = words('updates/until');
const timeNouns = words('updates/time nouns');
const leadingOn = words('updates/for');
const noTime = words('updates/no time');
const noLess = words('updates/no less');
const progressing = words('updates/progress');
const leftOver = words('updates/left');

/** They name nothing that needs more time. */
const aboutTime = [
  timeVerbs,
  more,
  until,
  timeNouns,
  fresh,
  dateNouns,
  needing,
  vagueLength,
  words('updates/time words'),
  putOff,
];

export interface Clause extends Pick<
  SaidUpdate,
  'move' | 'progress' | 'dueOn' | 'moreDays' | 'wantsTime' | 'handOverTo' | 'hint'
> {
  /** Everything in it has been read. */
  spoken: boolean;
  /** Nothing in it but courtesies and marks. */
  empty: boolean;
}

const nothing = {
  move: null,
  progress: null,
  dueOn: null,
  moreDays: null,
  wantsTime: false,
  handOverTo: null,
  hint: null,
};

export function readClause(text: string, around: Around): Clause {
  const tokens = tokensOf(text, around.marks);
  const empty = tokens.every(({ filler }) => filler);
  const found =
    readHandOver(text, around) ??
    moreTime(tokens, around) ??
    timeWithoutDay(tokens, around) ??
    share(tokens, around) ??
    move(tokens, around);
  return { ...nothing, ...found, spoken: found !== null, empty: empty && found === null };
}

/** A state said outright. Without a reference, words that are left may name the record. */
function move(tokens: ClauseToken[], { named, conditional, reading }: Around): Partial<Clause> | null {
  if (conditional || tokens.length > 14) return null;
  for (const [said, phrases] of movePhrases()) {
    for (const phrase of phrases) {
      const rest = without(tokens, phrase);
      if (rest === null) continue;
      if (has(rest, negations) || has(rest, hedges)) return null;
      const left = rest.filter(({ filler }) => !filler);
      const days = left.filter(({ mark }) => mark?.kind === 'day');
      if (days.some(({ mark }) => isAhead(mark, reading)) && !isWeekdayGone(tokens, reading)) return null;
      const others = left.filter((token) => !days.includes(token));
      if (named) return others.length === 0 ? { move: said } : null;
      return unnamed(said, tokens, others, rest);
    }
  }
  return null;
}

let phrasesOfMoves: [Move, string[][]][] | null = null;

/** Phrases of several words are tried first. */
function movePhrases(): [Move, string[][]][] {
  phrasesOfMoves ??= moves
    .entries()
    .map(([move, phrases]) => [
      SaidUpdate.shape.move.unwrap().parse(move),
      phrases.toSorted((left, right) => right.length - left.length),
    ]);
  return phrasesOfMoves;
}

/** Only these may be said of a record that only a word names; the rest need a reference or «it». */
function unnamed(
  said: Move,
  tokens: ClauseToken[],
  others: ClauseToken[],
  rest: ClauseToken[],
): Partial<Clause> | null {
  if (has(tokens, everything) && allDone.is({ text: '', tokens }) === null) return null;
  const pointed = has(rest, pointing);
  if (others.length === 0) return said === 'done' || pointed ? { move: said } : null;
  if (said !== 'done' && said !== 'start') return null;
  const hint = hintFrom(others);
  // «Reviews are done quarterly» and «done before lunch» say more than that something is finished.
  const trailing = others.at(-1) === tokens.at(-1) && !startsWithMove(tokens, others);
  return hint === null || trailing ? null : { move: said, hint };
}

/** «I finished the firewall»: the thing follows the word. */
function startsWithMove(tokens: ClauseToken[], others: ClauseToken[]): boolean {
  const first = others[0];
  const lead = first === undefined ? tokens : tokens.slice(0, tokens.indexOf(first));
  return has(lead, finishing) && has(lead, byMe);
}

function isAhead(mark: Mark | null, { now, timeZone }: DateReading): boolean {
  return mark?.kind === 'day' && mark.day > dayOf(now, timeZone);
}

/** «I finished it on Friday» speaks of the last one. */
function isWeekdayGone(tokens: ClauseToken[], reading: DateReading): boolean {
  const said = tokens.findIndex(({ mark }) => mark?.kind === 'day');
  const mark = tokens[said]?.mark;
  if (mark?.kind !== 'day' || /\d/.test(mark.text)) return false;
  const past = readDates(mark.text, { ...reading, towards: 'past' })[0]?.day ?? mark.day;
  return past < mark.day && has(tokens.slice(0, said + 1), finishedOn);
}

/** @returns the words but for those of the phrase, which must stand in its order; null where it is not said */
function without(tokens: ClauseToken[], phrase: string[]): ClauseToken[] | null {
  const rest: ClauseToken[] = [];
  let next = 0;
  for (const token of tokens) {
    if (token.mark === null && next < phrase.length && token.word === phrase[next]) next += 1;
    else rest.push(token);
  }
  return next === phrase.length ? rest : null;
}

function share(tokens: ClauseToken[], { named, conditional }: Around): Partial<Clause> | null {
  const at = tokens.findLastIndex(({ mark }) => mark?.kind === 'share');
  const mark = tokens[at]?.mark;
  if (mark?.kind !== 'share' || conditional || has(tokens, negations)) return null;
  const besides = tokens.filter((token) => !isAny(token, progressing));
  if (has(besides, hedges) && !tokens.some(({ word }) => word === 'half')) return null;
  const rest = besides.filter(
    (token) => token.mark?.kind !== 'share' && !token.filler && !isAny(token, leftOver),
  );
  const progress = has(tokens, leftOver) ? 100 - mark.percent : mark.percent;
  const isProgress = has(tokens, progressing);
  const move = progress === 100 && isProgress ? ('done' as const) : null;
  if (named) return rest.length === 0 || isProgress ? { progress, move } : null;
  if (rest.length === 0) return { progress, move };
  const hint = hintFrom(rest);
  return hint !== null && at > tokens.indexOf(rest.at(-1) ?? tokens[0]!) ? { progress, move, hint } : null;
}

/** «two more weeks», «until Friday instead»: the length or the day, and a word that asks for it. */
function moreTime(tokens: ClauseToken[], { named, reading }: Around): Partial<Clause> | null {
  if ((has(tokens, negations) && !has(tokens, noLess)) || has(tokens, noTime)) return null;
  const renewed = has(tokens, fresh) && has(tokens, dateNouns);
  const verb = renewed || has(tokens, timeVerbs);
  const at = tokens.findLastIndex(({ mark }) => mark?.kind === 'day');
  const day = tokens[at]?.mark;
  const length = tokens.find(({ mark }) => mark?.kind === 'length')?.mark;
  const rest = tokens.filter(
    (token) =>
      !token.filler &&
      token.mark?.kind !== 'day' &&
      token.mark?.kind !== 'length' &&
      !isAny(token, timeVerbs, more, until, dateNouns, fresh, timeNouns, fromDay),
  );
  const hint = named ? null : hintFrom(rest);
  const said = tokens.indexOf(rest[0] ?? tokens[0]!);
  if (rest.length > 0 && !named && (hint === null || !has(tokens.slice(0, said), leadingOn))) return null;
  if (rest.length > 3) return null;

  if (day?.kind === 'day' && verb) {
    const ahead = has(tokens.slice(Math.max(0, at - 3), at), until);
    const inADay = within.begins(day.text) !== null;
    const reckoned = readDurations(day.text).length > 0;
    if ((ahead || renewed || reckoned) && !inADay && (rest.length === 0 || named || hint !== null))
      return { dueOn: day.day, hint };
  }
  if (day?.kind === 'day' && named && rest.length === 0 && isNewDay(tokens, at, reading))
    return { dueOn: day.day };
  if (length?.kind !== 'length') return null;
  const longer = has(tokens, more) || length.longer;
  const asks = verb || longer;
  return asks && length.days >= 1 && length.days <= 730 && (named || longer || rest.length === 0)
    ? { moreDays: length.days, hint }
    : null;
}

/** «CA-12 until Friday», «from 15 December to 15 January», «3 weeks from Friday»: a day and nothing beside it. */
function isNewDay(tokens: ClauseToken[], at: number, reading: DateReading): boolean {
  const lead = tokens.slice(Math.max(0, at - 3), at);
  const mark = tokens[at]?.mark ?? null;
  if (!isAhead(mark, reading) || has(tokens, soFar)) return false;
  const others = tokens.filter((token, place) => place < at && token.mark?.kind === 'day');
  const isRange = others.length > 0 && has(lead, until);
  const reckoned =
    mark?.kind === 'day' && within.begins(mark.text) === null && readDurations(mark.text).length > 0;
  return isRange || reckoned || has(lead, upTo);
}

/** «I need more time», «postpone CA-12», «until spring»: that more is wanted, and not until when. */
function timeWithoutDay(tokens: ClauseToken[], { named }: Around): Partial<Clause> | null {
  const when = tokens.some(({ mark }) => ['day', 'length', 'quote'].includes(mark?.kind ?? ''));
  if (when || has(tokens, negations) || has(tokens, soFar) || tokens.length > 16) return null;
  const words = tokens.filter((token) => !token.filler && !isAny(token, ...aboutTime));
  const needs = has(tokens, needing);
  const off = has(tokens, putOff);
  if (has(tokens, upTo)) {
    const first = tokens.find(({ filler, mark }) => mark === null && !filler);
    const asks = needs || off || (first !== undefined && isAny(first, upTo));
    return named &&
      asks &&
      !words.some(({ word }) => /\d/.test(word)) &&
      words.length <= (needs || off ? 4 : 3)
      ? { wantsTime: true }
      : null;
  }
  const wanted = has(tokens, wantedTime) || (needs && has(tokens, longer));
  if (words.length === 0) return wanted || off ? { wantsTime: true } : null;
  if (named) return wanted && words.length <= 4 ? { wantsTime: true } : null;
  const hint = hintFrom(words);
  const led = has(tokens.slice(0, tokens.indexOf(words[0]!)), leadingOn);
  return hint !== null && led && ((wanted && needs) || off) ? { wantsTime: true, hint } : null;
}
