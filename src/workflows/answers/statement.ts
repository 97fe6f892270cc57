/** One sentence of an answer, taken apart into what has to be proven of it: words, figures, who acts, and whether it allows or denies. */
import type { Lexicon, TermGroup } from '../../knowledge/lexicon.ts';
import { figuresIn, type Figure } from '../../language/figures.ts';
import { words } from '../../language/vocabulary.ts';
import { clausesOf, leaningOf, type Leaning } from './clauses.ts';
import { labelsIn, rolesIn } from './sources.ts';

const opening = words('statements/opening');
const light = words('statements/light');
const roleWords = words('statements/roles');
const allowing = words('statements/allowing');
const obliging = words('statements/obliging');
const units = words('numbers/unit');
const numberWords = words('numbers/numbers');

/** What a word of which much is made counts beside one that says what a sentence is about. */
const lightWeight = 0.25;

export interface Term extends TermGroup {
  weight: number;
  isRole: boolean;
}

export interface StatedClause {
  text: string;
  terms: Term[];
  figures: Figure[];
  roles: Set<string>;
  leaning: Leaning;
}

export interface Statement {
  /** Without marks, and without the yes or no that it begins with. */
  text: string;
  opening: string;
  terms: Term[];
  clauses: StatedClause[];
  figures: Figure[];
  roles: Set<string>;
  leaning: Leaning;
}

/** @param said  one sentence without its marks */
export function readStatement(lexicon: Lexicon, said: string, language: string): Statement {
  const text = said.normalize('NFC').replace(/\s+/g, ' ').trim();
  const opened = openingOf(text);
  const bare = text.slice(opened.length);
  const clauses = clausesOf({ text: bare, tableHead: null }).map((clause): StatedClause => {
    return {
      text: clause,
      terms: termsOf(lexicon, clause, language),
      figures: figuresIn(clause),
      roles: rolesIn(clause),
      leaning: leaningOf(clause),
    };
  });
  return {
    text: bare,
    opening: opened,
    terms: clauses.flatMap(({ terms }) => terms),
    clauses,
    figures: clauses.flatMap(({ figures }) => figures),
    roles: rolesIn(bare),
    leaning: leaningOf(bare),
  };
}

/** «Yes, », «No: », as long as something follows. */
function openingOf(text: string): string {
  let at = 0;
  for (
    let found = opening.begins(text);
    found !== null && found.from === at;
    found = opening.begins(text, at)
  ) {
    const sign = /^\s*[,:;.!–—-]+\s*/.exec(text.slice(found.to, found.to + 10))?.[0];
    if (sign === undefined) break;
    at = found.to + sign.length;
  }
  return text.slice(0, at);
}

/** The words that say something, each with all that it may mean; figures are looked at by themselves. */
function termsOf(lexicon: Lexicon, text: string, language: string): Term[] {
  const stemsOf = (found: { text: string }[]) =>
    new Set(
      found.flatMap((each) => [...lexicon.stems(each.text, language), ...lexicon.stems(each.text, 'en')]),
    );
  const isLight = stemsOf([
    ...light.findAll(text),
    ...allowing.findAll(text),
    ...obliging.findAll(text),
    ...units.findAll(text),
    ...numberWords.findAll(text),
  ]);
  const isRole = stemsOf(roleWords.findAll(text));
  const labels = labelsIn(text).map((stem): Term => ({
    targets: [{ stems: [stem], weight: 1 }],
    weight: 1,
    isRole: false,
  }));
  const terms = lexicon.analyse(text, language).groups.flatMap(({ targets }): Term[] => {
    const own = targets.filter(({ weight }) => weight === 1).flatMap(({ stems }) => stems);
    if (
      own.length === 0 ||
      own.every((stem) => /^[\d.,]+(?:da[iy]|hour|minut|week|month|year)?s?$/.test(stem))
    )
      return [];
    const weight = own.some((stem) => isLight.has(stem)) ? lightWeight : 1;
    return [{ targets, weight, isRole: own.some((stem) => isRole.has(stem)) }];
  });
  return [...terms, ...labels];
}

/** How much of the words is said by the given stems, 0 to 1; what stands above them counts for less. Null where there are no words. */
export function coverage(
  terms: readonly Term[],
  stems: ReadonlySet<string>,
  above?: ReadonlySet<string>,
  share = 0.6,
): number | null {
  let said = 0;
  let all = 0;
  for (const term of terms) {
    all += term.weight;
    said +=
      term.weight * Math.max(matched(term, stems), above === undefined ? 0 : share * matched(term, above));
  }
  return all === 0 ? null : said / all;
}

/** What another word of the same meaning counts at least. */
const leastOfMeaning = 0.8;

export function matched({ targets }: TermGroup, stems: ReadonlySet<string>): number {
  let best = 0;
  for (const { stems: wanted, weight } of targets)
    if (weight > best && wanted.every((stem) => stems.has(stem))) best = Math.max(weight, leastOfMeaning);
  return best;
}
