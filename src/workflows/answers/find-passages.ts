/** Forced retrieval: what an asker may be told from, here and now, found before any model is asked. */
import { z } from 'zod';
import type { History } from '../../conversation/answerer.ts';
import type { Context } from '../../conversation/contract.ts';
import type { ReadWords } from '../../conversation/reading.ts';
import type { Database } from '../../db/database.ts';
import { selectOptional } from '../../db/rows.ts';
import { selectAnswerTo } from '../../isms/answer/answer.ts';
import { nearEnough, refusalFloor } from '../../knowledge/evaluate.ts';
import type { Language, Lexicon } from '../../knowledge/lexicon.ts';
import { audiencesOf, type Passage, type SearchOptions } from '../../knowledge/search.ts';
import { searchQuestion } from '../../knowledge/search-question.ts';
import type { ActiveEmbedder } from '../../knowledge/search-index.ts';
import { words } from '../../language/vocabulary.ts';
import { queryOf } from './search-query.ts';

/** Sections that a model is shown. */
const passagesForModel = 8;
/** Characters of one of them in a prompt, and of all: what ranks last is left out. */
export const passageLength = 1_500;
const mostText = 3_700;

/** A message that leans on the one before: begun like a continuation, however long, or short and pointing back. */
const continuing = words('answers/continuing');
const pointingBack = words('answers/pointing back');
const longestPointingBack = 9;
const standingForIt = words('answers/standing for it');
/** Words. */
const nearBeginning = 4;

export interface Knowledge {
  db: Database;
  lexicon: Lexicon;
  embedder: ActiveEmbedder | null;
  /** A model reads for us: absent, it is not asked. */
  read?: ReadWords | undefined;
}

/** One of several things that were asked. */
export interface FoundPart {
  asked: string;
  terms: Map<string, number>;
  /** The nearest to it, and whether that is near enough to answer it. */
  best: Passage | null;
  belowFloor: boolean;
}

export interface Found {
  passages: Passage[];
  /** Empty where one thing was asked. */
  parts: FoundPart[];
  /** That the question was asked in. */
  language: Language;
  terms: Map<string, number>;
  /** The nearest passage is too far from the question to be an answer. */
  belowFloor: boolean;
  /** Something in these passages is not for everybody: the answer goes to the asker alone. */
  forAskerAlone: boolean;
  /** It is about the standard or its certification, and the guide answers best: no policy's owner decides that. */
  ofCertification: boolean;
  /** Whom the question would go to. */
  owner: Owner | null;
  /** Vectors were left out because the embedding service failed. */
  keywordsOnly: boolean;
}

const Owner = z.object({ personId: z.number(), name: z.string() });
export type Owner = z.infer<typeof Owner>;

export async function findPassages(
  { db, lexicon, embedder, read }: Knowledge,
  context: Context,
  question: string,
  history: History,
): Promise<Found> {
  const before = contextOf(question, history);
  const searched = (wanted: Pick<SearchOptions, 'question' | 'context' | 'embedder'>) =>
    searchQuestion(db, lexicon, {
      ...wanted,
      reader: { audiences: audiencesOf(context.person) },
      now: context.now,
      limit: passagesForModel * 2,
    });
  let result = await searched({ question, ...(before === null ? {} : { context: before }), embedder });
  if (before !== null && read !== undefined) {
    // Where a follow-up alone leads elsewhere than with what it leans on, words do not tell which is meant.
    const [alone] = (await searched({ question, embedder: null })).passages;
    const isOpen = alone !== undefined && alone.sectionId !== result.passages[0]?.sectionId;
    const query = isOpen ? await queryOf(read, context, question, history) : null;
    if (query !== null) result = await searched({ question: query, embedder });
  }
  const ranked = result.passages;
  // In a channel everybody reads along: either the answer uses only what all may read, or it goes to the asker alone.
  // With people of other organisations in it, everything does.
  const restricted = context.place.outsiders || (ranked[0] !== undefined && !isForEveryone(ranked[0]));
  const inChannel = context.place.audience === 'channel';
  const mayBeShown = inChannel && !restricted ? isForEveryone : () => true;
  const cited = history.length === 0 ? [] : await citedBefore({ db, lexicon }, context);
  const passages = fitting(together(ranked.filter(mayBeShown), cited.filter(mayBeShown), before !== null));
  const belowFloor = passages.length === 0 || isTooFar(result);
  const parts = result.parts.map(({ asked, terms, passages: [best], ...how }): FoundPart => {
    const shown = passages.find(({ sectionId }) => sectionId === best?.sectionId) ?? null;
    return { asked, terms, best: shown, belowFloor: shown === null || isTooFar(how) };
  });
  const isOfCertification = result.ofCertification || (!belowFloor && passages[0]?.kind === 'guide');
  return {
    passages,
    parts,
    language: result.language,
    terms: result.terms,
    belowFloor,
    forAskerAlone: inChannel && restricted,
    ofCertification: isOfCertification,
    owner: await ownerFor(db, isOfCertification ? [] : passages, context),
    keywordsOnly: result.vectorProblem !== null,
  };
}

/** Sections of the answer before that a next question may still be about. */
const citedKept = 2;

/** Behind the best, where the question leans on the one before; else last. */
function together(ranked: Passage[], cited: Passage[], leans: boolean): Passage[] {
  const best = ranked.slice(0, passagesForModel);
  const kept = cited
    .filter(({ sectionId }) => !best.some((passage) => passage.sectionId === sectionId))
    .slice(0, citedKept);
  const others = best.slice(0, passagesForModel - kept.length);
  return leans ? [...others.slice(0, 1), ...kept, ...others.slice(1)] : [...others, ...kept];
}

function fitting(passages: Passage[]): Passage[] {
  let length = 0;
  return passages.filter(({ body }) => (length += Math.min(body.length, passageLength)) <= mostText);
}

/** What the last answer of this conversation cites, as far as this person may still read it: found as it was found then. */
async function citedBefore(
  { db, lexicon }: Pick<Knowledge, 'db' | 'lexicon'>,
  context: Context,
): Promise<Passage[]> {
  const { repliesTo, now } = context;
  const last = repliesTo === null ? null : await selectAnswerTo(db, repliesTo);
  if (last?.question == null || last.sectionIds.length === 0) return [];
  const { passages } = await searchQuestion(db, lexicon, {
    question: last.question,
    reader: { audiences: audiencesOf(context.person) },
    now,
    limit: passagesForModel * 2,
    embedder: null,
  });
  return passages.filter(({ sectionId }) => last.sectionIds.includes(sectionId));
}

function isTooFar({ strength, nearness }: { strength: number; nearness: number }): boolean {
  return strength < refusalFloor && nearness < nearEnough;
}

/** The question that a follow-up leans on, or null when the question stands by itself. */
export function contextOf(question: string, history: History): string | null {
  const earlier = history.filter((message) => message.author === 'person').map((message) => message.text);
  const length = question.trim().split(/\s+/).length;
  const leans =
    length <= 3 ||
    continuing.begins(question) !== null ||
    (length <= longestPointingBack && pointingBack.has(question)) ||
    standingForIt.has(question.trim().split(/\s+/).slice(0, nearBeginning).join(' '));
  if (earlier.length === 0 || !leans) return null;
  return earlier.slice(-2).join('\n');
}

/** The owner of the nearest policy, else the ISMS manager; never the asker. */
async function ownerFor(db: Database, passages: Passage[], { person }: Context): Promise<Owner | null> {
  const email =
    passages.find((passage) => passage.kind !== 'guide' && passage.ownerEmail !== null)?.ownerEmail ?? null;
  return selectOptional(
    db,
    Owner,
    `select id as person_id, name from person
     where active and id <> $2 and (email = $1 or 'isms_manager' = any(roles))
     order by (email = $1) is true desc, id limit 1`,
    [email, person.id],
  );
}

function isForEveryone(passage: Passage): boolean {
  return passage.audience.includes('everyone');
}
