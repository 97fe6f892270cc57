/** Suggests which requirement a finding is about: by the words of it that speak of one, own policies included. */
import type { Lexicon, Target } from '../../../knowledge/lexicon.ts';
import { requirements, type Requirement } from '../../../records/requirement.ts';

export interface PolicySection {
  reference: string;
  section: string;
  title: string;
  /** As the search scores it; best first. */
  score: number;
}

export interface SuggestedRequirement {
  id: string;
  title: string;
  /** Names the words that speak for it. */
  why: string;
}

const mostSuggestions = 3;
/** A title names the matter itself, yet in words that many titles share. */
const titleWeight = 0.6;
/** The top of a chapter and its first part are too wide to be broken by one finding. */
const chapterWeight = 0.6;
/** Below this a requirement shares a word with the finding by chance. Chosen on test/workflows/corrective-actions/suggest-requirement.test.ts. */
const leastScore = 1.5;

interface Entry {
  requirement: Requirement;
  phrases: { said: string; stems: string[]; weight: number }[];
}

interface Catalogue {
  entries: Entry[];
  /** How seldom a stem is among the requirements: the natural logarithm of their number over those that have it. */
  rarity: Map<string, number>;
}

/** Read once for each vocabulary, which a process has one of. */
const catalogues = new WeakMap<Lexicon, Catalogue>();

/**
 * @param policies  sections of our own policies that the caller's search found
 * @returns up to three, best first; one of them our own best section, where there is one. Empty where nothing speaks for any.
 */
export function suggestRequirements(
  lexicon: Lexicon,
  text: string,
  policies: PolicySection[],
): SuggestedRequirement[] {
  const catalogue = catalogues.get(lexicon) ?? readCatalogue(lexicon);
  catalogues.set(lexicon, catalogue);
  const { entries, rarity } = catalogue;
  const said = meanings(lexicon, text);
  const scored = entries
    .map(({ requirement, phrases }) => ({ requirement, ...scoreOf(phrases, said, rarity) }))
    .filter(({ score }) => score >= leastScore)
    .sort((left, right) => right.score - left.score);

  const [policy] = [...policies].sort((left, right) => right.score - left.score);
  const own =
    policy === undefined
      ? []
      : [
          {
            id: `${policy.reference} ${policy.section}`.trim(),
            title: policy.title,
            why: 'Our own rule on the matter.',
          },
        ];
  return [
    ...scored.slice(0, mostSuggestions - own.length).map(({ requirement: { id, title }, words }) => ({
      id,
      title,
      why: `Speaks of ${words.slice(0, 3).join(', ')}.`,
    })),
    ...own,
  ];
}

/** Each stem that the text may mean, at the weight of its likeliest meaning. */
function meanings(lexicon: Lexicon, text: string): Map<string, number> {
  const said = new Map<string, number>();
  const add = ({ stems, weight }: Target) => {
    for (const stem of stems) said.set(stem, Math.max(said.get(stem) ?? 0, weight));
  };
  for (const { targets } of lexicon.analyse(text.slice(0, 2_000)).groups) targets.forEach(add);
  return said;
}

function scoreOf(phrases: Entry['phrases'], said: Map<string, number>, rarity: Map<string, number>) {
  const found = phrases
    .map(({ said: phrase, stems, weight }) => ({
      phrase,
      stems,
      score: stems.every((stem) => said.has(stem))
        ? weight * stems.reduce((sum, stem) => sum + (rarity.get(stem) ?? 0) * (said.get(stem) ?? 0), 0)
        : 0,
    }))
    .filter(({ score }) => score > 0)
    .sort((left, right) => right.score - left.score);
  // What two phrases share counts once, so that «backup» in five of them says no more than in one.
  const counted = new Set<string>();
  let score = 0;
  for (const { stems, score: full } of found) {
    const fresh = stems.filter((stem) => !counted.has(stem)).length / stems.length;
    score += full * (fresh + 0.25 * (1 - fresh));
    stems.forEach((stem) => counted.add(stem));
  }
  return { score, words: found.map(({ phrase }) => `«${phrase}»`) };
}

function readCatalogue(lexicon: Lexicon): Catalogue {
  const having = new Map<string, number>();
  const entries = [...requirements().values()].map((requirement) => {
    const wide =
      /^(?:\d+|\d+\.\d+\.1|[67]\.[15])$/.test(requirement.id) && requirement.kind === 'clause'
        ? chapterWeight
        : 1;
    const phrases = [
      ...requirement.keywords.map((said) => ({ said, weight: wide })),
      { said: requirement.title.toLowerCase(), weight: titleWeight * wide },
    ]
      .map((phrase) => ({ ...phrase, stems: [...new Set(lexicon.stems(phrase.said, 'en'))] }))
      .filter(({ stems }) => stems.length > 0);
    for (const stem of new Set(phrases.flatMap(({ stems }) => stems)))
      having.set(stem, (having.get(stem) ?? 0) + 1);
    return { requirement, phrases };
  });
  const rarity = new Map([...having].map(([stem, count]) => [stem, Math.log(entries.length / count)]));
  return { entries, rarity };
}
