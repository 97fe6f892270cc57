/** Suggests which requirement a finding is about: by the words of it that speak of one, own policies included. */
import type { Lexicon } from '../../../knowledge/lexicon.ts';
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

export interface Suggestion {
  /** What it is about, where it is plainly likelier than all others. */
  likely: SuggestedRequirement | null;
  /** What else it may be about, best first, one of them our own best section where there is one. Empty where nothing speaks for any. */
  others: SuggestedRequirement[];
}

const mostOthers = 3;
/** A title names the matter itself, yet in words that many titles share. */
const titleWeight = 0.6;
/** The top of a chapter and its first part are too wide to be broken by one finding. */
const chapterWeight = 0.6;
/**
 * Below `may` a requirement shares a word with the finding by chance; from `likely` on it is named, where two words of the finding
 * speak for it and it leaves all others behind by `ahead`. Chosen on the findings of suggest-requirement.test.ts.
 */
const scores = { may: 3.5, likely: 6, ahead: 1.2 };

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

/** @param policies  sections of our own policies that the caller's search found */
export function suggestRequirements(lexicon: Lexicon, text: string, policies: PolicySection[]): Suggestion {
  const catalogue = catalogues.get(lexicon) ?? readCatalogue(lexicon);
  catalogues.set(lexicon, catalogue);
  const { entries, rarity } = catalogue;
  const said = meanings(lexicon, text);
  const scored = leavesOf(
    entries
      .map(({ requirement, phrases }) => ({ requirement, ...scoreOf(phrases, said, rarity) }))
      .filter(({ score }) => score > 0),
  ).filter(({ score }) => score >= scores.may);
  const [best, second] = scored;
  const isLikely =
    best !== undefined &&
    best.score >= scores.likely &&
    best.speaking > 1 &&
    best.score >= (second?.score ?? 0) * scores.ahead;
  const [policy] = [...policies].sort((left, right) => right.score - left.score);
  const own: SuggestedRequirement[] =
    policy === undefined
      ? []
      : [
          {
            id: `${policy.reference} ${policy.section}`.trim(),
            title: policy.title,
            why: 'Our own rule on the matter.',
          },
        ];
  const others = (isLikely ? scored.slice(1) : bothKinds(scored)).slice(0, mostOthers - own.length);
  return {
    likely: isLikely ? suggested(best) : null,
    others: [...others.map(suggested), ...own],
  };
}

interface Scored {
  requirement: Requirement;
  score: number;
  /** How many words of the text speak for it. */
  speaking: number;
  words: string[];
}

function suggested({ requirement: { id, title }, words }: Scored): SuggestedRequirement {
  return { id, title, why: `Speaks of ${words.slice(0, 3).join(', ')}.` };
}

/** Best first; in place of a clause with parts, such as 9.2, the likeliest of its parts that the words speak for. */
function leavesOf(scored: Scored[]): Scored[] {
  const sorted = scored.toSorted((one, other) => other.score - one.score);
  const partOf = ({ requirement: { id } }: Scored) =>
    sorted.find(({ requirement }) => requirement.id.startsWith(`${id}.`));
  const leaves = sorted.map((each) => {
    const part = partOf(each);
    return part === undefined ? each : { ...part, score: Math.max(each.score, part.score) };
  });
  return leaves
    .filter(({ requirement }, at) => leaves.findIndex((each) => each.requirement === requirement) === at)
    .toSorted((one, other) => other.score - one.score);
}

/** Where neither a clause nor a control is plainly meant, the best of each comes first. */
function bothKinds(scored: Scored[]): Scored[] {
  const firsts = ['clause', 'control'].flatMap(
    (kind) => scored.find(({ requirement }) => requirement.kind === kind) ?? [],
  );
  return [...firsts, ...scored.filter((each) => !firsts.includes(each))];
}

/** By stem the words of the text that may mean it, each at the weight of that meaning. */
function meanings(lexicon: Lexicon, text: string): Meanings {
  const said: Meanings = new Map();
  for (const [word, { targets }] of lexicon.analyse(text.slice(0, 2_000)).groups.entries())
    for (const { stems, weight } of targets)
      for (const stem of stems) {
        const words = said.get(stem) ?? new Map<number, number>();
        words.set(word, Math.max(words.get(word) ?? 0, weight));
        said.set(stem, words);
      }
  return said;
}
type Meanings = Map<string, Map<number, number>>;

/**
 * Each word of the text speaks once, for what it says best: «keep» may mean an archive or a retention period, and says no more for
 * having several such words.
 */
function scoreOf(phrases: Entry['phrases'], said: Meanings, rarity: Map<string, number>) {
  const best = new Map<number, { phrase: string; score: number }>();
  for (const { said: phrase, stems, weight } of phrases) {
    if (!stems.every((stem) => said.has(stem))) continue;
    for (const stem of stems) {
      const [word, sure] = [...(said.get(stem) ?? [])].reduce((one, other) =>
        other[1] > one[1] ? other : one,
      );
      const score = weight * (rarity.get(stem) ?? 0) * sure;
      if (score > (best.get(word)?.score ?? 0)) best.set(word, { phrase, score });
    }
  }
  const found = [...best.values()].sort((one, other) => other.score - one.score);
  return {
    score: found.reduce((sum, { score }) => sum + score, 0),
    speaking: found.length,
    words: [...new Set(found.map(({ phrase }) => `«${phrase}»`))],
  };
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
