/**
 * What words mean, from the lists in `knowledge/vocabulary/`, and the one matcher that finds them. It looks once at each word
 * of a text and as far ahead as the longest phrase, so that its time grows with the text and no faster.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import { z } from 'zod';
import { fold } from './spelling.ts';

export interface Token {
  /** Folded. */
  word: string;
  from: number;
  to: number;
  /** Nothing but spaces, hyphens, apostrophes or, before a number, a full stop lies between it and the one before. */
  joined: boolean;
}

export interface Found {
  /** Its key in a list with meanings, else its list's name. */
  meaning: string;
  from: number;
  to: number;
  text: string;
  /** What stood in the places of the phrase: by the name of the list the meaning, by `N` and `Y` the number, the last of each. */
  parts: Record<string, string>;
}

export type Said = string | Tokens;

export interface Tokens {
  text: string;
  tokens: readonly Token[];
}

export interface WordList {
  /** The longest phrase at the first place where one stands. */
  find(said: Said): Found | null;
  /** All of them, none over another. */
  findAll(said: Said): Found[];
  /** The longest phrase that the text begins with, or that the first word at or after a place does. */
  begins(said: Said, at?: number): Found | null;
  /** The longest phrase that the text ends with. */
  ends(said: Said): Found | null;
  /** What the whole text means, its punctuation aside. */
  is(said: Said): string | null;
  has(said: Said): boolean;
  /** What is said anywhere, in the order of the list. */
  meanings(said: Said): string[];
  /** Which of the words belong to a phrase. */
  covers(said: Said): boolean[];
  /** The meanings with their phrases, which have neither places nor stars. */
  entries(): [meaning: string, phrases: string[][]][];
}

/** Words that may stand at «…» in a phrase. */
const longestGap = 6;
/** Words of the longest phrase that a text is asked to end with. */
const longestEnding = 8;
/** A mark, a day that ends with a full stop, a word or number, a sign of a unit. */
const token = /\uE000\d+\uE001|\d{1,2}\.(?=[ \t]?\p{L})|[\p{L}\p{N}][\p{L}\p{N}\p{M}]*|[%€$£]/gu;
const joints = /^[\s'’‘`´_\u2010-\u2015-]*$/u;

/** A turn is read by many, one after another. */
const recent: Tokens[] = [];
const mostRecent = 4;

export function tokensIn(said: Said): Tokens {
  if (typeof said !== 'string') return said;
  const known = recent.find(({ text }) => text === said);
  if (known !== undefined) return known;
  const tokens: Token[] = [];
  let end = 0;
  for (const { 0: written, index } of said.matchAll(token)) {
    const gap = said.slice(end, index);
    const joined =
      gap === '' ||
      gap === ' ' ||
      joints.test(gap) ||
      (/^\. ?$/.test(gap) && /^\d/.test(written)) ||
      (/^, ?$/.test(gap) && /^\d{4}$/.test(written));
    end = index + written.length;
    tokens.push({ word: fold(written), from: index, to: end, joined });
  }
  const made = { text: said, tokens };
  recent.unshift(made);
  recent.length = Math.min(recent.length, mostRecent);
  return made;
}

/** The words of a text, folded. */
export function wordsIn(text: string): string[] {
  return tokensIn(text).tokens.map(({ word }) => word.replace(/\.$/, ''));
}

/** A text as its words compare: `Human-Resources` is `human resources`. */
export function plain(text: string): string {
  return wordsIn(text).join(' ');
}

interface Node {
  /** Of a list: whether a phrase of it begins with a word, as far as it was asked. */
  begun: Map<string, boolean>;
  words: Map<string, Node>;
  beginnings: Map<string, Node>;
  endings: Map<string, Node>;
  lists: Map<string, Node>;
  /** «…» */
  gap: Node | null;
  /** «>»: what went before is no part of what is found. */
  start: Node | null;
  /** «<»: what comes after is none either. */
  stop: Node | null;
  /** The value of the phrase that ends here, by its place in the list. */
  value: number | null;
}

/** A list, or a list for each of several meanings; the first of two meanings of the same phrase counts. */
const Vocabulary = z.record(z.string(), z.union([z.string(), z.record(z.string(), z.string())]));

const files = new Map<string, z.infer<typeof Vocabulary>>();
const lists = new Map<string, { values: [string, string[]][]; root: Node }>();

function listNamed(name: string) {
  const known = lists.get(name);
  if (known !== undefined) return known;
  const [file = '', key = ''] = name.split('/');
  const path = join(import.meta.dirname, '../../knowledge/vocabulary', `${file}.yaml`);
  const vocabulary = files.get(file) ?? Vocabulary.parse(parse(readFileSync(path, 'utf8')));
  files.set(file, vocabulary);
  const list = vocabulary[key];
  if (list === undefined) throw new Error(`There is no list «${key}» in ${path}`);
  const meanings: [string, string][] = typeof list === 'string' ? [[key, list]] : Object.entries(list);
  const values = meanings.map(([meaning, phrases]): [string, string[]] => [
    meaning,
    phrases.split(',').flatMap((phrase) => expanded(phrase)),
  ]);
  const root = node();
  for (const [at, [, phrases]] of values.entries()) for (const phrase of phrases) add(root, phrase, at, file);
  const made = { values, root };
  lists.set(name, made);
  return made;
}

/** «next (week|month)», «day[s]»: each of the ways to say it. */
function expanded(phrase: string): string[] {
  const group = /\(([^()[\]]*)\)|\[([^()[\]]*)\]/.exec(phrase);
  if (group === null) return phrase.trim() === '' ? [] : [phrase.trim()];
  const ways = group[1]?.split('|') ?? [...(group[2] ?? '').split('|'), ''];
  const after = phrase.slice(group.index + group[0].length);
  return ways.flatMap((way) => expanded(phrase.slice(0, group.index) + way + after));
}

function node(): Node {
  const map = () => new Map<string, Node>();
  return {
    begun: new Map(),
    words: map(),
    beginnings: map(),
    endings: map(),
    lists: map(),
    gap: null,
    start: null,
    stop: null,
    value: null,
  };
}

function add(root: Node, phrase: string, value: number, file: string): void {
  let at = root;
  for (const [part] of phrase.matchAll(/<[^<>]+>|\*?[\p{L}\p{N}\p{M}]+[*.]?|[…<>@*%€$£]/gu)) {
    const into = (edges: Map<string, Node>, key: string) => {
      const next = edges.get(key) ?? node();
      edges.set(key, next);
      return next;
    };
    if (part === '…') at = at.gap ??= node();
    else if (part === '>') at = at.start ??= node();
    else if (part === '<') at = at.stop ??= node();
    else if (part === '@') at = into(at.beginnings, '\uE000');
    else if (part.startsWith('<')) at = into(at.lists, nameIn(part.slice(1, -1), file));
    else if (part.endsWith('*')) at = into(at.beginnings, fold(part.slice(0, -1)));
    else if (part.startsWith('*')) at = into(at.endings, fold(part.slice(1)));
    else at = into(at.words, part.replace(/[^NY]+/g, fold));
  }
  at.value ??= value;
}

function nameIn(name: string, file: string): string {
  return name.includes('/') ? name : `${file}/${name}`;
}

interface Ended {
  value: number;
  /** The words that are found. */
  first: number;
  last: number;
  /** Behind all that belongs to the phrase. */
  end: number;
  parts: Record<string, string>;
}

/** Words of which a list remembers whether a phrase begins with them. */
const mostRemembered = 2_000;

/** Most words begin nothing, which is soon seen. */
function mayBegin(root: Node, word: string): boolean {
  const known = root.begun.get(word);
  if (known !== undefined) return known;
  const begins =
    root.words.has(word) ||
    root.words.has(numberedAs(word)) ||
    [...root.beginnings.keys()].some((beginning) => word.startsWith(beginning)) ||
    [...root.endings.keys()].some((ending) => word.endsWith(ending)) ||
    [...root.lists.keys()].some((name) => mayBegin(listNamed(name).root, word));
  if (root.begun.size >= mostRemembered) root.begun.clear();
  // Numbers are too many to be worth it.
  if (!/\d/.test(word)) root.begun.set(word, begins);
  return begins;
}

/** `15th` as `Nth`, `2026` as `Y`. */
function numberedAs(word: string): string {
  return word.replace(/\d+/, (number) => (number.length === 4 ? 'Y' : 'N'));
}

/** The longest phrase that begins at a word; of two as long the one that stands first in its list. */
function longestAt(
  root: Node,
  tokens: readonly Token[],
  begin: number,
  each?: (ended: Ended) => void,
): Ended | null {
  const { word = '' } = tokens[begin] ?? {};
  if (!mayBegin(root, word)) return null;
  let best: Ended | null = null;

  function walk(
    at: Node,
    next: number,
    first: number,
    parts: Found['parts'],
    last?: number,
    free = false,
  ): void {
    if (at.value !== null) {
      const ended = { value: at.value, first, last: last ?? next, end: next, parts };
      each?.(ended);
      if (best === null || next > best.end || (next === best.end && at.value < best.value)) best = ended;
    }
    if (at.start !== null) walk(at.start, next, next, parts, last);
    if (at.stop !== null) walk(at.stop, next, first, parts, next);
    const token = tokens[next];
    if (token === undefined || (next > begin && !token.joined && !free)) return;
    const { word } = token;
    const exact = at.words.get(word);
    if (exact !== undefined) walk(exact, next + 1, first, parts, last);
    const number = at.words.size > 0 ? /\d+/.exec(word)?.[0] : undefined;
    if (number !== undefined) {
      const key = number.length === 4 ? 'Y' : 'N';
      const numbered = at.words.get(numberedAs(word));
      if (numbered !== undefined) walk(numbered, next + 1, first, { ...parts, [key]: number }, last);
    }
    for (const [beginning, then] of at.beginnings)
      if (word.startsWith(beginning)) walk(then, next + 1, first, parts, last);
    for (const [ending, then] of at.endings)
      if (word.endsWith(ending)) walk(then, next + 1, first, parts, last);
    for (const [name, then] of at.lists) {
      const list = listNamed(name);
      const inner = longestAt(list.root, tokens, next);
      if (inner === null) continue;
      const said = { [name.slice(name.indexOf('/') + 1)]: list.values[inner.value]?.[0] ?? '' };
      walk(then, inner.end, first, { ...parts, ...inner.parts, ...said }, last);
    }
    if (at.gap !== null)
      for (let over = next; over <= Math.min(next + longestGap, tokens.length); over += 1)
        walk(at.gap, over, first, parts, last, true);
  }

  walk(root, begin, begin, {});
  return best;
}

/** The first word at or after a place; their number where none is. */
function firstFrom(tokens: readonly Token[], place: number): number {
  let [low, high] = [0, place === 0 ? 0 : tokens.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((tokens[middle]?.from ?? 0) < place) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** The text with each of the places in it written anew. */
export function replaced<Place extends { from: number; to: number }>(
  text: string,
  places: readonly Place[],
  write: (place: Place, said: string) => string,
): string {
  let written = '';
  let at = 0;
  for (const place of places) {
    written += text.slice(at, place.from) + write(place, text.slice(place.from, place.to));
    at = place.to;
  }
  return written + text.slice(at);
}

/** A list by its file and name: `small-talk/thanks`. It is read when it is first asked. */
export function words(name: string): WordList {
  function at({ text, tokens }: Tokens, begin: number): (Found & Ended) | null {
    const { root, values } = listNamed(name);
    const ended = longestAt(root, tokens, begin);
    if (ended === null) return null;
    const [from, to] = [tokens[ended.first]?.from ?? 0, tokens[ended.last - 1]?.to ?? 0];
    return { ...ended, meaning: values[ended.value]?.[0] ?? '', from, to, text: text.slice(from, to) };
  }
  function all(said: Said, most = Infinity): (Found & Ended)[] {
    const tokens = tokensIn(said);
    const found: (Found & Ended)[] = [];
    for (let begin = 0; begin < tokens.tokens.length && found.length < most;) {
      const here = at(tokens, begin);
      if (here !== null && here.last > begin) found.push(here);
      begin = Math.max(here?.last ?? 0, begin + 1);
    }
    return found;
  }
  const begins = (said: Said, place = 0) => {
    const tokens = tokensIn(said);
    return at(tokens, firstFrom(tokens.tokens, place));
  };
  return {
    find: (said) => all(said, 1)[0] ?? null,
    findAll: (said) => all(said),
    begins,
    ends(said) {
      const tokens = tokensIn(said);
      const { length } = tokens.tokens;
      for (let begin = Math.max(0, length - longestEnding); begin < length; begin += 1) {
        const here = at(tokens, begin);
        if (here?.end === length) return here;
      }
      return null;
    },
    is(said) {
      const whole = begins(said);
      return whole?.end === tokensIn(said).tokens.length ? whole.meaning : null;
    },
    has: (said) => all(said, 1).length > 0,
    meanings(said) {
      const { root, values } = listNamed(name);
      const { tokens } = tokensIn(said);
      const met = new Set<number>();
      for (const begin of tokens.keys()) longestAt(root, tokens, begin, ({ value }) => met.add(value));
      return values.filter((_, value) => met.has(value)).map(([meaning]) => meaning);
    },
    covers(said) {
      const covered = tokensIn(said).tokens.map(() => false);
      for (const { first, last } of all(said)) covered.fill(true, first, last);
      return covered;
    },
    entries: () =>
      listNamed(name).values.map(([meaning, phrases]) => [meaning, phrases.map((phrase) => wordsIn(phrase))]),
  };
}
