/**
 * Turns text into the word stems that the keyword index holds, and a question into those that it may mean: synonyms,
 * situations and translations, from the editable files in `knowledge/search/`.
 */
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { stemmer as english } from '@orama/stemmers/english';
import { stemmer as french } from '@orama/stemmers/french';
import { stemmer as german } from '@orama/stemmers/german';
import { stemmer as spanish } from '@orama/stemmers/spanish';
import { fold } from '../language/spelling.ts';

const stemmers = { en: english, de: german, fr: french, es: spanish } as const;
export type Language = keyof typeof stemmers;
const languages = Object.keys(stemmers) as Language[];

const glossaryFiles = { de: 'german.txt', fr: 'french.txt', es: 'spanish.txt' } as const;

const require = createRequire(import.meta.url);
/** Words that only English has, after which nothing else needs to be asked. */
const plainlyEnglish = 2;

/** A phrase in the vocabulary files has at most this many words. */
const longestPhrase = 4;

/** How much a word that the person did not say counts beside one that they did. Chosen with `isma eval retrieval`. */
const weights = {
  own: 1,
  figure: 0.4,
  spelling: 0.95,
  synonym: 0.65,
  situation: 0.6,
  translation: 0.9,
} as const;
/** A figure is rare in documents and says little by itself: «every 90 days» is about what is done so often. */
const figure = /^\d{1,3}$/;

/** One thing that a word or phrase of the question may mean: the stems that say it together. */
export interface Target {
  stems: string[];
  /** 0 to 1. */
  weight: number;
}

/** A word or phrase of the question, with everything that it may mean; a section is scored once for each group. */
export interface TermGroup {
  targets: Target[];
}

export interface AnalysedQuestion {
  language: Language;
  groups: TermGroup[];
  /** Stems of the person's own words, which spelling correction may replace where the index does not know them. */
  own: string[];
  /** Whether a situation of certification was told, in whatever words: the guide to the standard knows of those. */
  ofCertification: boolean;
}

type Entries = Map<string, string[][]>;

export interface Lexicon {
  /** Stems of a text in the given language, function words left out, in order, with repeats. */
  stems(text: string, language: string): string[];
  /** @param language  where it is known: a few words tell little */
  analyse(question: string, language?: string): AnalysedQuestion;
  isStopWord(word: string, language: string): boolean;
  languageOf(text: string): Language;
  /** Headings, in lower case, of sections that frame a document and state no rule. */
  frames: readonly string[];
  /** Whether a question asks for what such a section says. */
  asksForFrame(question: string): boolean;
  /** By its small words, of which an answer has more than a question: a name or two mislead nobody. */
  spokenIn(text: string): Language;
  /** Changes when the index would hold other stems than before. */
  fingerprint: string;
}

let loaded: Lexicon | undefined;

/** Read once a process: to stem the whole vocabulary takes half a second. */
export function loadLexicon(): Lexicon {
  loaded ??= readLexicon(join(import.meta.dirname, '../../knowledge/search'));
  return loaded;
}

function readLexicon(folder: string): Lexicon {
  const read = (name: string) => readFileSync(join(folder, name), 'utf8');
  const stopSource = read('stopwords.txt');
  const stopWords = parseStopWords(stopSource);
  const synonyms = parseEntries(read('synonyms.txt'), 'en');
  const situations = parseEntries(read('situations.txt'), 'en');
  const certification = parseEntries(read('situations-certification.txt'), 'en');
  const spellings = parseSpellings(read('spellings.txt'));
  const frames = linesOf(read('frames.txt'));
  const frameStems = frames
    .filter((heading) => !heading.includes(' '))
    .flatMap((heading) => languages.map((language) => stem(heading, language)));
  const glossaries = new Map<Language, Glossary>();

  /** Read at the first question in its language: most people ask in one, and to stem all words of the others takes as long as the rest. */
  function glossaryOf(language: Exclude<Language, 'en'>): Glossary {
    const glossary = glossaries.get(language) ?? parseGlossary(read(glossaryFiles[language]), language);
    glossaries.set(language, glossary);
    return glossary;
  }

  function isStopWord(word: string, language: string): boolean {
    return stopWords.en.has(word) || (isLanguage(language) && stopWords[language].has(word));
  }

  /** Text in none of the four languages that we stem is taken as English. */
  function languageOf(text: string): Language {
    const begin = text.slice(0, 2_000);
    if (isPlainlyEnglish(begin)) return 'en';
    // Loaded where it is needed: to unpack what it knows of all languages takes a fifth of a second.
    const { detect } = require('tinyld') as typeof import('tinyld');
    const found = detect(begin, { only: languages });
    return isLanguage(found) ? found : 'en';
  }

  /** It has function words of English alone, none of another language alone, and no letter but those of English. */
  function isPlainlyEnglish(text: string): boolean {
    let own = 0;
    for (const word of tokenize(text)) {
      const among = languages.filter((language) => stopWords[language].has(word));
      if (/[^a-z0-9]/.test(word) || (among.length > 0 && !among.includes('en'))) return false;
      if (among.length === 1) own += 1;
    }
    return own >= plainlyEnglish;
  }

  function spokenIn(text: string): Language {
    const words = tokenize(text.slice(0, 2_000));
    const counted = languages.map((language) => ({
      language,
      count: words.filter((word) => stopWords[language].has(word)).length,
    }));
    const most = Math.max(...counted.map(({ count }) => count));
    const [first, second] = counted.filter(({ count }) => count === most);
    return most > 0 && first !== undefined && second === undefined ? first.language : languageOf(text);
  }

  function stems(text: string, language: string): string[] {
    return tokenize(text)
      .filter((word) => !isStopWord(word, language))
      .map((word) => stem(word, isLanguage(language) ? language : 'en'));
  }

  /** Meanings of the longest phrase that begins at `at`: «found a usb» says more than «found» does. */
  function related(
    words: string[],
    at: number,
    scale: number,
  ): { targets: Target[]; ofCertification: boolean } {
    for (let length = Math.min(longestPhrase, words.length - at); length >= 1; length -= 1) {
      const key = words
        .slice(at, at + length)
        .map((word) => stem(word, 'en'))
        .join(' ');
      const targets = [
        ...(synonyms.get(key) ?? []).map((stems) => ({ stems, weight: weights.synonym * scale })),
        ...[...(situations.get(key) ?? []), ...(certification.get(key) ?? [])].map((stems) => ({
          stems,
          weight: weights.situation * scale,
        })),
      ];
      if (targets.length > 0) return { targets, ofCertification: certification.has(key) };
    }
    return { targets: [], ofCertification: false };
  }

  function analyse(question: string, known?: string): AnalysedQuestion {
    const words = tokenize(question).slice(0, 200);
    const language = known !== undefined && isLanguage(known) ? known : languageOf(question);
    const groups: TermGroup[] = [];
    const own = new Set<string>();
    let ofCertification = false;

    for (const [at, word] of words.entries()) {
      const targets: Target[] = [];
      const stop = isStopWord(word, language);
      const relate = (said: string[], from: number, scale: number) => {
        const found = related(said, from, scale);
        ofCertification ||= found.ofCertification;
        return found.targets;
      };
      if (!stop) {
        for (const spoken of new Set([stem(word, 'en'), stem(word, language)]))
          targets.push({ stems: [spoken], weight: figure.test(word) ? weights.figure : weights.own });
        own.add(stem(word, 'en'));
      }
      for (const meant of spellings(words, at)) {
        targets.push({ stems: meant.map((each) => stem(each, 'en')), weight: weights.spelling });
        for (let inner = 0; inner < meant.length; inner += 1)
          targets.push(...relate(meant, inner, weights.spelling));
      }
      if (language === 'en') targets.push(...relate(words, at, 1));
      else {
        const glossary = glossaryOf(language);
        for (const translation of glossary.translate(words, at)) {
          const english = translation.split(' ');
          targets.push({ stems: english.map((each) => stem(each, 'en')), weight: weights.translation });
          for (let inner = 0; inner < english.length; inner += 1)
            targets.push(...relate(english, inner, weights.translation));
        }
        targets.push(...(stop ? [] : relate(words, at, 1))); // English terms of the trade inside the question
      }
      if (targets.length > 0) groups.push({ targets: strongest(targets) });
    }
    return { language, groups, own: [...own], ofCertification };
  }

  /** By their own words: «who is responsible» wants the responsibilities. */
  function asksForFrame(question: string): boolean {
    const asked = new Set(stems(question, languageOf(question)));
    return frameStems.some((stem) => asked.has(stem));
  }

  return {
    stems,
    analyse,
    isStopWord,
    languageOf,
    spokenIn,
    frames,
    asksForFrame,
    fingerprint: String(hash(stopSource)),
  };
}

/** Characters of the longest word in any of our languages, and some more: stemming what is none takes ever longer. */
const longestWord = 100;

/** Lower-case words without accents; `wi-fi` gives wi, fi and wifi; a lone letter is no word. */
export function tokenize(text: string): string[] {
  const words: string[] = [];
  for (const [chunk] of text
    .toLowerCase()
    .normalize('NFKC')
    .matchAll(/[\p{L}\p{N}]+(?:-[\p{L}\p{N}]+)*/gu)) {
    const parts = chunk.split('-');
    const kept = parts.length > 1 && parts.length <= 3 ? [...parts, parts.join('')] : parts;
    for (const part of kept) if (part.length > 1 || /\d/.test(part)) words.push(part.slice(0, longestWord));
  }
  return words;
}

function isLanguage(language: string): language is Language {
  return language in stemmers;
}

function stem(word: string, language: Language): string {
  return fold(stemmers[language](word));
}

/** The same target from two sources counts once, at its best; the list is bounded so that a query stays one. */
function strongest(targets: Target[]): Target[] {
  const best = new Map<string, Target>();
  for (const target of targets) {
    const key = target.stems.join(' ');
    if ((best.get(key)?.weight ?? 0) < target.weight) best.set(key, target);
  }
  return [...best.values()].sort((left, right) => right.weight - left.weight).slice(0, 24);
}

function linesOf(source: string): string[] {
  return source
    .split('\n')
    .map((line) => line.replace(/#.*$/, '').trim())
    .filter((line) => line !== '');
}

function termsOf(side: string): string[] {
  return side
    .split(',')
    .map((term) => term.trim().toLowerCase())
    .filter((term) => term !== '');
}

function parseEntries(source: string, language: Language): Entries {
  const entries: Entries = new Map();
  /** The same words stand in many lines, and each says all of a line to all the others. */
  const known = new Map<string, string[]>();

  function stemsOf(term: string): string[] {
    const stems = known.get(term) ?? tokenize(term).map((word) => stem(word, language));
    known.set(term, stems);
    return stems;
  }

  function add(key: string, target: string[]) {
    if (key === '' || target.length === 0 || key === target.join(' ')) return;
    const targets = entries.get(key);
    if (targets === undefined) entries.set(key, [target]);
    else targets.push(target);
  }

  for (const line of linesOf(source)) {
    const [left = '', right] = line.split('=>');
    const from = termsOf(left).map(stemsOf);
    const to = right === undefined ? from : termsOf(right).map(stemsOf);
    for (const key of from.map((stems) => stems.join(' '))) for (const target of to) add(key, target);
  }
  return entries;
}

/** @returns what may be meant by the one or two words that begin at a place */
function parseSpellings(source: string): (words: string[], at: number) => string[][] {
  const meant = new Map<string, string[][]>();
  for (const line of linesOf(source)) {
    const [left = '', right = ''] = line.split('=>');
    for (const term of termsOf(left)) meant.set(tokenize(term).join(' '), termsOf(right).map(tokenize));
  }
  return (words, at) => meant.get(words.slice(at, at + 2).join(' ')) ?? meant.get(words[at] ?? '') ?? [];
}

interface Glossary {
  /** English for the words that begin at `at`. */
  translate(words: string[], at: number): string[];
}

function parseGlossary(source: string, language: Language): Glossary {
  const phrases = new Map<string, string[]>();
  const parts: { part: string; atStart: boolean; atEnd: boolean; english: string[] }[] = [];

  for (const line of linesOf(source)) {
    const [left = '', right = ''] = line.split('=>');
    for (const term of termsOf(left)) {
      if (term.includes('~')) {
        const part = plainLetters(term.replaceAll('~', ''));
        parts.push({
          part,
          atStart: !term.startsWith('~'),
          atEnd: !term.endsWith('~'),
          english: termsOf(right),
        });
      } else {
        const key = tokenize(term)
          .map((word) => stem(word, language))
          .join(' ');
        phrases.set(key, [...(phrases.get(key) ?? []), ...termsOf(right)]);
      }
    }
  }

  return {
    translate(words, at) {
      const found: string[] = [];
      for (let length = longestPhrase; length >= 1; length -= 1) {
        if (at + length > words.length) continue;
        const slice = words.slice(at, at + length);
        const keys = new Set([
          slice.map((word) => stem(word, language)).join(' '),
          slice.map((word) => stem(umlauts(word), language)).join(' '),
        ]);
        for (const key of keys) found.push(...(phrases.get(key) ?? []));
      }
      const word = plainLetters(words[at] ?? '');
      for (const { part, atStart, atEnd, english } of parts) {
        const fits = atStart ? word.startsWith(part) : atEnd ? word.endsWith(part) : word.includes(part);
        if (fits) found.push(...english);
      }
      return [...new Set(found)];
    },
  };
}

/** «ae», «oe», «ue» and «ss» as well as their letters compare as plain vowels. */
function plainLetters(word: string): string {
  return fold(word.replace(/ae/g, 'ä').replace(/oe/g, 'ö').replace(/ue/g, 'ü'));
}

function umlauts(word: string): string {
  return word
    .replace(/ae/g, 'ä')
    .replace(/oe/g, 'ö')
    .replace(/(?<![aeq])ue/g, 'ü');
}

function parseStopWords(source: string): Record<Language, Set<string>> {
  const sets: Record<Language, Set<string>> = { en: new Set(), de: new Set(), fr: new Set(), es: new Set() };
  for (const line of linesOf(source)) {
    const [language = '', words = ''] = line.split(':', 2);
    if (isLanguage(language.trim()))
      for (const word of termsOf(words))
        for (const token of word.split(/[\s'’-]+/)) sets[language.trim() as Language].add(token);
  }
  return sets;
}

function hash(text: string): number {
  let value = 0;
  for (let index = 0; index < text.length; index += 1)
    value = (Math.imul(value, 31) + text.charCodeAt(index)) | 0;
  return value;
}
