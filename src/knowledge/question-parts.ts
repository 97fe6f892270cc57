/** What a message asks: without the words on how to answer, and a part for each of several questions. */
import { replaced, tokensIn, words, type Found, type WordList } from '../language/vocabulary.ts';

const manner = words('questions/how to answer');
const asking = words('questions/asking');
const askingBehindComma = words('questions/asking behind a comma');
const joining = words('questions/joining');

/** More are a list that is better searched as one. */
const mostParts = 4;

/** A message that says nothing else is left as it is. */
export function withoutManner(question: string): string {
  const rest = replaced(question, manner.findAll(question), () => ' ')
    .replace(/^[\s:,;.-]+/, '')
    .trim();
  return /[\p{L}\p{N}]{2}/u.test(rest) ? rest : question;
}

/**
 * The questions of a message that asks several; none where it asks one thing.
 *
 * @param hasSubject  whether a text says what it is about
 */
export function partsOf(question: string, hasSubject: (text: string) => boolean): string[] {
  const clauses = clausesOf(question).map((text) => ({
    text,
    asks: begins(asking, text, text.search(/[\p{L}\p{N}]/u)) !== null || /\?\s*$/.test(text),
  }));
  const asked = clauses.filter(({ text, asks }) => asks && hasSubject(text));
  if (asked.length < 2 || asked.length > mostParts) return [];
  return asked.map(({ text }) => text.replace(/^[¿¡\s]+|[¿¡?!.,;:\s]+$/g, ''));
}

/** Cut where a sentence ends, and where a word that asks follows a comma or a word that joins. */
function clausesOf(question: string): string[] {
  const { tokens } = tokensIn(question);
  const cuts: { end: number; next: number }[] = [];
  for (const [at, { from, to }] of tokens.entries()) {
    const gap = question.slice(tokens[at - 1]?.to ?? from, from);
    const next = tokens[at + 1]?.from ?? to;
    if (/[?!;:\n]|[.…]\s/.test(gap) || (gap.includes(',') && begins(askingBehindComma, question, from)))
      cuts.push({ end: from, next: from });
    else if (begins(joining, question, from)?.to === to && begins(asking, question, next) !== null)
      cuts.push({ end: from, next });
  }
  const starts = [0, ...cuts.map(({ next }) => next)];
  const ends = [...cuts.map(({ end }) => end), question.length];
  return starts.map((start, at) => question.slice(start, ends[at]).trim()).filter((text) => text !== '');
}

/** What of a list stands just there. */
function begins(list: WordList, text: string, place: number): Found | null {
  const found = list.begins(text, place);
  return found?.from === place ? found : null;
}
