/**
 * Questions that ask for the same, found by their words in four languages. Pure: what it says of them (words, a wording) is only
 * what many said, and never a name.
 */
import { fold } from '../language/spelling.ts';
import { plain, tokensIn } from '../language/vocabulary.ts';
import type { Language, Lexicon } from './lexicon.ts';

export interface AskedQuestion {
  id: number;
  personId: number;
  question: string;
}

export interface QuestionCluster<Asked extends AskedQuestion = AskedQuestion> {
  questions: Asked[];
  /** Different people who asked. */
  people: number;
}

/** How much of their weighted words two questions share from which on they ask for the same, 0 to 1. Seen in test/knowledge/question-clusters.test.ts */
const sameSubject = 0.42;
/** What was not said counts far less than for search: two laptops are no subject. A translation still does. */
const farther = 4;
/** The same of two clusters, whose words are many. */
const sameCluster = 0.6;

type Vector = ReadonlyMap<string, number>;

/** How common words are where nothing of the questions is: in the documents. What no document knows tells subjects apart best. */
export interface Background {
  sections: number;
  /** In how many sections a stem stands; absent for none. */
  standsIn: ReadonlyMap<string, number>;
}

interface Growing<Asked> {
  members: Asked[];
  sum: Map<string, number>;
}

/** The largest first. */
export function clusterQuestions<Asked extends AskedQuestion>(lexicon: Lexicon, asked: readonly Asked[], background: Background): QuestionCluster<Asked>[] {
  const vectors = asked.map(({ question }) => weighed(stemsOf(lexicon, question), background));
  let clusters: Growing<Asked>[] = [];
  const at = new Map(asked.map((each, index) => [each, vectors[index] ?? new Map<string, number>()]));
  const place = (each: Asked, among: Growing<Asked>[]) => {
    const vector = at.get(each) ?? new Map<string, number>();
    if (vector.size === 0) return;
    const [best] = candidates(vector, among).toSorted((one, other) => other.likeness - one.likeness);
    const into = best !== undefined && best.likeness >= sameSubject ? best.cluster : fresh(among);
    into.members.push(each);
    for (const [stem, weight] of vector) into.sum.set(stem, (into.sum.get(stem) ?? 0) + weight);
  };
  for (const each of asked) place(each, clusters);
  // Whoever came before their like stands alone: all are placed once more, beside what the others came to.
  const [alone, grown] = [clusters.filter(({ members }) => members.length === 1), clusters.filter(({ members }) => members.length > 1)];
  for (const { members } of alone) for (const each of members) place(each, grown);
  clusters = merged(grown);
  return clusters
    .map(({ members }) => ({ questions: members, people: new Set(members.map(({ personId }) => personId)).size }))
    .toSorted((one, other) => other.people - one.people || other.questions.length - one.questions.length);
} // prettier-ignore

function fresh<Asked>(among: Growing<Asked>[]): Growing<Asked> {
  const cluster = { members: [], sum: new Map<string, number>() };
  among.push(cluster);
  return cluster;
}

function candidates<Asked>(vector: Vector, among: readonly Growing<Asked>[]) {
  return among.flatMap((cluster) => {
    const likeness = cosine(vector, cluster.sum);
    return likeness > 0 ? [{ cluster, likeness }] : [];
  });
}

function merged<Asked>(clusters: readonly Growing<Asked>[]): Growing<Asked>[] {
  const kept: Growing<Asked>[] = [];
  for (const cluster of clusters.toSorted((one, other) => other.members.length - one.members.length)) {
    const like = kept.find((other) => cosine(cluster.sum, other.sum) >= sameCluster);
    if (like === undefined) kept.push(cluster);
    else {
      like.members.push(...cluster.members);
      for (const [stem, weight] of cluster.sum) like.sum.set(stem, (like.sum.get(stem) ?? 0) + weight);
    }
  }
  return kept;
}

/** What it says and what that may mean, translations among it, each stem with its weight. */
export function stemsOf(lexicon: Lexicon, question: string): ReadonlyMap<string, number> {
  const stems = new Map<string, number>();
  for (const { targets } of lexicon.analyse(question).groups)
    for (const { stems: said, weight } of targets)
      for (const stem of said) stems.set(stem, Math.max(stems.get(stem) ?? 0, weight ** farther));
  return stems;
}

/** What many sections say tells nothing apart. */
function weighed(stems: Vector, { sections, standsIn }: Background): Vector {
  const rarity = (stem: string) => Math.log(1 + (sections + 1) / ((standsIn.get(stem) ?? 0) + 1)) ** 1.5;
  return new Map([...stems].map(([stem, weight]) => [stem, weight * rarity(stem)]));
}

function cosine(one: Vector, other: Vector): number {
  let dot = 0;
  const [small, large] = one.size < other.size ? [one, other] : [other, one];
  for (const [stem, weight] of small) dot += weight * (large.get(stem) ?? 0);
  return dot === 0 ? 0 : dot / (length(one) * length(other));
}

function length(vector: Vector): number {
  let sum = 0;
  for (const weight of vector.values()) sum += weight * weight;
  return Math.sqrt(sum);
}

export interface Described {
  /** Words that at least so many people used, as most of them wrote them, the most used first. */
  terms: string[];
  /** Wordings that several people chose alike. */
  examples: string[];
}

/** Words that a subject is called by, and wordings that are shown of it. */
const mostTerms = 3;
const mostExamples = 2;

/**
 * @param least  people who have to share a word before it is shown
 * @param alike  people who have to ask alike before their wording is shown
 * @param names  of people: no word of them is ever shown
 */
export function describeCluster(
  lexicon: Lexicon,
  { questions }: QuestionCluster,
  { least, alike, names }: { least: number; alike: number; names: readonly string[] },
): Described {
  const hidden = new Set(names.flatMap((name) => tokensIn(name).tokens.map(({ word }) => word)).filter((word) => word.length > 2));
  const said = questions.map((asked) => ({ ...asked, words: contentOf(lexicon, asked.question) }));
  const byStem = new Map<string, { people: Set<number>; written: Map<string, number> }>();
  for (const { personId, words } of said)
    for (const { stem, word, text } of words) {
      if (hidden.has(word) || /\d|[@/]/.test(text)) continue;
      const known = byStem.get(stem) ?? { people: new Set(), written: new Map() };
      known.people.add(personId);
      known.written.set(text.toLowerCase(), (known.written.get(text.toLowerCase()) ?? 0) + 1);
      byStem.set(stem, known);
    }
  const terms = [...byStem.values()]
    .filter(({ people }) => people.size >= least)
    .toSorted((one, other) => other.people.size - one.people.size)
    .slice(0, mostTerms)
    .map(({ written }) => [...written].toSorted((one, other) => other[1] - one[1])[0]?.[0] ?? '');
  const wordings = Map.groupBy(said, ({ words }) => [...new Set(words.map(({ stem }) => stem))].sort().join(' '));
  const examples = [...wordings]
    .filter(([key]) => key !== '')
    .map(([, group]) => group)
    .filter((group) => new Set(group.map(({ personId }) => personId)).size >= alike)
    .toSorted((one, other) => other.length - one.length)
    .flatMap((group) => mostCommon(group.map(({ question }) => question)).find((wording) => isNameless(wording, hidden)) ?? [])
    .slice(0, mostExamples);
  return { terms, examples };
} // prettier-ignore

const wholeQuestion = /^\p{Lu}.*\?$/u;

/** As most wrote it, then the shortest; of those who wrote the same, as somebody did who wrote with care. */
function mostCommon(wordings: readonly string[]): string[] {
  const counted = Map.groupBy(wordings, plain);
  return [...counted.values()]
    .toSorted((one, other) => other.length - one.length || (one[0] ?? '').length - (other[0] ?? '').length)
    .flatMap((group) => group.find((wording) => wholeQuestion.test(wording)) ?? group[0] ?? []);
}

/** Addresses and numbers may say who asked, as names do. */
function isNameless(wording: string, hidden: ReadonlySet<string>): boolean {
  return !/@|\d{3}|https?:/i.test(wording) && !tokensIn(wording).tokens.some(({ word }) => hidden.has(word));
}

/** Its words without those that every question has. */
function contentOf(lexicon: Lexicon, question: string): { stem: string; word: string; text: string }[] {
  const language: Language = lexicon.languageOf(question);
  return tokensIn(question).tokens.flatMap(({ word, from, to }) => {
    const text = question.slice(from, to);
    if (word.length < 3 || lexicon.isStopWord(fold(text.toLowerCase()), language)) return [];
    const [stem] = lexicon.stems(text, language);
    return stem === undefined ? [] : [{ stem, word, text }];
  });
}
