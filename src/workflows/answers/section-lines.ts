/** A stored section as it is read in chat: the sentence that answers first, then the rest of it, rows of tables as lines. */
import type { Lexicon } from '../../knowledge/lexicon.ts';
import type { Passage } from '../../knowledge/search.ts';
import { words } from '../../language/vocabulary.ts';
import { rankSentences, sentencesOf, type Sentence } from '../../knowledge/quote.ts';
import { asLines, rowAsLine } from '../../knowledge/table-lines.ts';

export interface ShownSection {
  /** What answers; it makes sense by itself. */
  lead: string;
  /** The section without it; empty where it is all. */
  rest: string;
}

export interface Asked {
  question: string;
  /** How much each stem of the question counts. */
  terms: Map<string, number>;
}

/** Of two that say nearly as much the earlier one is shown: what is general comes first. */
const clearly = 1.15;
/** So that of sentences that say nothing of the question the one of its kind comes first. */
const leastScore = 0.1;
/** How much more a sentence counts that holds what is asked for. Only a figure answers «how long»; a yes may stand in other words. */
const ofKind = { figure: 2.5, leave: 1.4, deed: 1.4 };
const wantsFigure = words('answers/wanting a figure');
const wantsLeave = words('answers/wanting leave');
const givesLeave = words('answers/giving leave');
const tellsWhatToDo = words('answers/telling what to do');
const pointingBack = words('answers/pointing back');

const item = /^\s*(?:[-•*]|\d+\.)\s+/;

/** Characters of an approved answer that is read in one look: it was written for the question, and begins where it begins. */
const shortEnough = 400;

export function showSection(
  lexicon: Lexicon,
  section: Pick<Passage, 'kind' | 'title' | 'heading' | 'body' | 'language'>,
  asked: Asked,
): ShownSection {
  const { kind, body } = section;
  const best = bestSentence(lexicon, section, asked);
  if (best === null || (kind === 'answer' && body.length <= shortEnough))
    return { lead: asLines(body), rest: '' };
  const { start, end } = best;
  if (best.tableHead !== null)
    return { lead: rowAsLine(best.tableHead, best.text), rest: asLines(without(body, start, end)) };
  const from = leaningOn(body, best);
  const said = body.slice(from, end).replace(item, '').trim();
  const intro = introOf(body, from);
  return { lead: intro === '' ? said : `${intro} ${said}`, rest: asLines(without(body, from, end)) };
}

/** The sentence that says most of the question, and the kind of thing that it asks for. */
function bestSentence(
  lexicon: Lexicon,
  { title, heading, body, language }: Pick<Passage, 'title' | 'heading' | 'body' | 'language'>,
  { question, terms }: Asked,
): Sentence | null {
  // Words of the heading are what all of the section is about: they tell none of its sentences from another.
  const ofAll = new Set(lexicon.stems(`${title} ${heading}`, language));
  const weights = new Map([...terms].filter(([stem]) => !ofAll.has(stem)));
  const weigh = weightBy(question);
  let best: { sentence: Sentence; score: number } | null = null;
  const ranked = rankSentences(lexicon, body, language, weights);
  for (const { sentence, score } of ranked.toSorted((a, b) => a.sentence.start - b.sentence.start)) {
    const fitting = (score + leastScore) * weigh(`${sentence.tableHead ?? ''} ${sentence.text}`);
    if (best === null || fitting > best.score * clearly) best = { sentence, score: fitting };
  }
  return best?.sentence ?? null;
}

/** Sentences that give the kind of thing that a question asks for count more: a figure, a yes or a no, or what to do. */
function weightBy(question: string): (sentence: string) => number {
  if (wantsFigure.has(question)) return (sentence) => (/\d/.test(sentence) ? ofKind.figure : 1);
  if (wantsLeave.begins(question) !== null)
    return (sentence) => (givesLeave.has(sentence) ? ofKind.leave : 1);
  return (sentence) => (tellsWhatToDo.begins(sentence) !== null ? ofKind.deed : 1);
}

/** Where the sentence before begins, where this one points back to it («it takes 15 minutes»); else where it begins itself. */
function leaningOn(body: string, best: Sentence): number {
  if (pointingBack.begins(best.text) === null) return best.start;
  const before = sentencesOf(body)
    .filter((sentence) => sentence.end <= best.start && sentence.tableHead === null)
    .at(-1);
  return before === undefined || body.slice(before.end, best.start).includes('\n')
    ? best.start
    : before.start;
}

/** What an entry of a list is an entry of: «never:» turns what follows it around. */
function introOf(body: string, from: number): string {
  const lineStart = body.lastIndexOf('\n', from - 1) + 1;
  if (!item.test(body.slice(lineStart))) return '';
  const above = body.slice(0, lineStart).split('\n').reverse();
  const intro = above.find((line) => line.trim() !== '' && !item.test(line) && !/^\s{2,}\S/.test(line)) ?? '';
  const last = sentencesOf(intro).at(-1)?.text ?? '';
  return last.endsWith(':') ? last : '';
}

/** A line of which nothing is left goes with what was taken from it. */
function without(body: string, from: number, to: number): string {
  const lineStart = body.lastIndexOf('\n', from - 1) + 1;
  const lineEnd = body.indexOf('\n', to) < 0 ? body.length : body.indexOf('\n', to);
  const before = body.slice(lineStart, from);
  const after = body.slice(to, lineEnd);
  const line = /[\p{L}\p{N}]/u.test(before.replace(item, '') + after)
    ? `${before}${before.endsWith(' ') || before === '' ? after.trimStart() : after}`
    : '';
  // Not even its end stays, or a table would fall into two.
  return `${body.slice(0, lineStart)}${line}${body.slice(line === '' ? lineEnd + 1 : lineEnd)}`;
}
