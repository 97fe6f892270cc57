/** The sections that an answer may stand on, taken apart into the sentences, list items and table rows that can prove something. */
import type { Lexicon } from '../../knowledge/lexicon.ts';
import { figuresIn, type Figure } from '../../language/figures.ts';
import { words } from '../../language/vocabulary.ts';
import type { Citable } from './citations.ts';
import { clausesOf, leaningOf, type Leaning } from './clauses.ts';
import { comparable } from '../../language/text.ts';
import { sentencesOf, type Sentence } from '../../knowledge/quote.ts';

const roles = words('statements/roles');
const pronouns = words('statements/pronouns');

/** A clause, or a cell of a table row with the heads of its row and column: what is said in one breath. */
export interface Clause {
  text: string;
  stems: Set<string>;
  figures: Figure[];
  leaning: Leaning;
}

export interface Unit {
  sentence: Sentence;
  /** Its own words. */
  stems: Set<string>;
  /** What stands above it: the head of the table, what leads to the list, the heading. */
  above: Set<string>;
  clauses: Clause[];
  figures: Figure[];
  roles: Set<string>;
  /** Who acts in the sentence before, and may be meant here by a pronoun. */
  rolesBefore: Set<string>;
}

export interface Source {
  passage: Citable;
  units: Unit[];
  /** Figures of its place: title, version, number, day. */
  place: Figure[];
  roles: Set<string>;
  /** How many items its lists and tables have, and how many its sentences. */
  lengths: Set<number>;
  plain: string;
}

/** Characters of a section that are read: a longer one proves with its beginning. */
const longestSection = 12_000;
/** Characters of a sentence or row that are taken apart. */
const longestSentence = 1_500;

export function readSource(lexicon: Lexicon, passage: Citable): Source {
  const body = passage.body.slice(0, longestSection);
  const stemsOf = stemmer(lexicon, passage.language);
  const heading = stemsOf([passage.title, passage.heading].join('\n'));
  const leads = leadsOf(body);
  let rolesBefore = new Set<string>();
  let previous = { text: '', end: 0 };
  const units = sentencesOf(body).map((sentence): Unit => {
    const clauses = clausesOf({ ...sentence, text: sentence.text.slice(0, longestSentence) }).map((text) => ({
      text,
      stems: stemsOf(text),
      figures: figuresIn(text),
      leaning: leaningOf(text),
    }));
    const lead = leads(sentence.start);
    const isContinued = body.slice(previous.end, sentence.start).indexOf('\n') < 0;
    const preceding = isContinued && sentence.tableHead === null ? previous.text : '';
    const before = isContinued || goesOn(sentence.text) ? rolesBefore : new Set<string>();
    previous = sentence;
    rolesBefore = rolesIn(`${sentence.text}\n${sentence.tableHead ?? ''}\n${lead}`);
    return {
      sentence,
      stems: stemsOf(sentence.text),
      above: new Set([...heading, ...stemsOf(`${sentence.tableHead ?? ''}\n${lead}\n${preceding}`)]),
      clauses,
      figures: clauses.flatMap(({ figures }) => figures),
      roles: rolesBefore,
      rolesBefore: before,
    };
  });
  const place = [
    passage.title,
    passage.reference,
    passage.version,
    passage.number,
    passage.heading,
    ...passage.path,
    passage.effectiveFrom,
  ];
  return {
    passage,
    units,
    place: figuresIn(place.join('\n')),
    roles: rolesIn([body, ...place].join('\n')),
    lengths: lengthsOf(body),
    plain: comparable(body),
  };
}

const label =
  /(?<![\p{L}\p{N}.'’-])[A-HJ-Z](?=$|[^\p{L}\p{N}.'’\s-]|\s[^\p{Ll}])|(?<=\p{Ll} )[A-HJ-Z](?![\p{L}\p{N}'’-])/gu;

/** «Class A», «zone B»: one letter, which is no word, tells one from the other. */
export function labelsIn(text: string): string[] {
  return (text.match(label) ?? []).map((letter) => `class ${letter}`);
}

/** «They review …». */
function goesOn(text: string): boolean {
  return pronouns.begins(text)?.from === text.search(/[\p{L}\p{N}]/u);
}

export function rolesIn(text: string): Set<string> {
  // «IT» acts, «it» does not.
  const acting = roles
    .findAll(text)
    .filter(({ text: said }) => said.length > 3 || said === said.toUpperCase());
  return new Set(acting.map(({ meaning }) => meaning));
}

/** Stems in the section's own language and in English, in which the meanings of other languages' words are known. */
function stemmer(lexicon: Lexicon, language: string): (text: string) => Set<string> {
  return (text) => {
    const stems = new Set([
      ...lexicon.stems(text, language),
      ...lexicon.stems(text, 'en'),
      ...labelsIn(text),
    ]);
    if (language === 'en') return stems;
    for (const { targets } of lexicon.analyse(text, language).groups)
      for (const target of targets) for (const stem of target.stems) stems.add(stem);
    return stems;
  };
}

const listed = /^\s*(?:[-•*]|\d{1,3}[.)])\s/;

/** The line that leads to a list, for each of its items. */
function leadsOf(body: string): (start: number) => string {
  const leads: [number, string][] = [];
  let lead = '';
  let at = 0;
  for (const line of body.split('\n')) {
    if (listed.test(line)) leads.push([at, lead]);
    else if (line.trim() !== '')
      lead = /[:\p{L}\p{N},]\s*$/u.test(line) ? line.slice(line.lastIndexOf('. ', line.length - 3) + 1) : '';
    at += line.length + 1;
    if (!listed.test(line)) leads.push([at, '']);
  }
  return (start) => {
    let [low, high] = [0, leads.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((leads[middle]?.[0] ?? 0) <= start) low = middle + 1;
      else high = middle;
    }
    return leads[low - 1]?.[1] ?? '';
  };
}

function lengthsOf(body: string): Set<number> {
  const lengths = new Set<number>();
  let items = 0;
  let rows = 0;
  for (const line of [...body.split('\n'), '']) {
    if (listed.test(line)) items += 1;
    else {
      if (items > 1) lengths.add(items);
      items = 0;
    }
    if (/^\s*\|/.test(line)) rows += 1;
    else {
      if (rows > 3) lengths.add(rows - 2);
      rows = 0;
    }
  }
  return lengths;
}
