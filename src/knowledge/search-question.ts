/** Searches for what a message asks: where it asks several things, for each of them, and the best of each comes first. */
import type { Queryable } from '../db/database.ts';
import { words } from '../language/vocabulary.ts';
import type { Lexicon } from './lexicon.ts';
import { partsOf, withoutManner } from './question-parts.ts';
import { search, type Passage, type SearchOptions, type SearchResult } from './search.ts';

/** One of several things that were asked. */
export interface PartFound extends Pick<SearchResult, 'passages' | 'strength' | 'nearness' | 'terms'> {
  asked: string;
}

export interface QuestionFound extends SearchResult {
  /** Empty where the message asks one thing. */
  parts: PartFound[];
}

/** Words on its subject that a question needs to stand by itself. */
const enough = 2;
const pointingBack = words('answers/pointing back');

/** What a section counts for that says of the whole message what the best one says, beside 1 for the best of a part. */
const ofWhole = 0.3;

export async function searchQuestion(
  tx: Queryable,
  lexicon: Lexicon,
  options: SearchOptions,
): Promise<QuestionFound> {
  const question = withoutManner(options.question);
  const whole = await search(tx, lexicon, { ...options, question });
  const { language } = whole;
  const subjectOf = (text: string) => lexicon.stems(text, language);
  const parts: (SearchResult & PartFound)[] = [];
  for (const asked of partsOf(question, (text) => subjectOf(text).length > 0)) {
    // What else was said is what a part leaves unsaid.
    const context = [options.context, question].filter((text) => text !== undefined).join('\n');
    const standsAlone = subjectOf(asked).length >= enough && !pointingBack.has(asked);
    const found = await search(tx, lexicon, { ...options, question: asked, context, language, standsAlone });
    // What leans on the rest is judged with it.
    const strength = standsAlone ? found.strength : Math.max(found.strength, whole.strength);
    parts.push({ ...found, strength, asked });
  }
  if (parts.length === 0) return { ...whole, parts };
  const best = new Map<number, Passage>();
  for (const passage of parts.flatMap((part) => ranked(part, whole)).toSorted(byScore))
    if (!best.has(passage.sectionId)) best.set(passage.sectionId, passage);
  return {
    ...whole,
    passages: [...best.values()].slice(0, options.limit),
    strength: Math.max(...[whole, ...parts].map(({ strength }) => strength)),
    nearness: Math.max(...[whole, ...parts].map(({ nearness }) => nearness)),
    parts,
  };
}

/** By what a section says of a part, beside the best section of that part, and of the whole. */
function ranked(part: SearchResult, whole: SearchResult): Passage[] {
  const share = ({ passages }: SearchResult, { sectionId }: Passage) =>
    (passages.find((passage) => passage.sectionId === sectionId)?.score ?? 0) / (passages[0]?.score ?? 1);
  return [...part.passages, ...whole.passages].map((passage) => ({
    ...passage,
    score: share(part, passage) + ofWhole * share(whole, passage),
  }));
}

function byScore(left: Passage, right: Passage): number {
  return right.score - left.score || left.sectionId - right.sectionId;
}
