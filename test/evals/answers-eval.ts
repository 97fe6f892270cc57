/** What answers to labelled questions show: the facts, how many words, and whether what is not covered is said to be so. */
import { readFile } from 'node:fs/promises';
import { z } from 'zod';
import type { Reply } from '../../src/conversation/contract.ts';
import { sourceLine, unfolded } from '../../src/conversation/plain-text.ts';

const Labelled = z.object({
  id: z.string(),
  category: z.string(),
  question: z.string(),
  gold: z.array(z.object({ file: z.string(), heading: z.string() })),
  answer_facts: z.array(z.string()).default([]),
});

type Labelled = z.infer<typeof Labelled>;

export async function readLabelled(path: string): Promise<Labelled[]> {
  return (await readFile(path, 'utf8'))
    .split('\n')
    .filter((line) => line.trim() !== '')
    .map((line) => Labelled.parse(JSON.parse(line)));
}

export interface AnswerScores {
  answerable: number;
  /** All facts stand open, in the first words and their section. */
  atOnce: number;
  /** They do, or stand in what one press unfolds; a refusal shows nothing. */
  shown: number;
  /** They stand in the first words, which a notification shows. */
  inFirstWords: number;
  refusedWrongly: number;
  unanswerable: number;
  refusedRightly: number;
  unverified: number;
  /** Of all that stands open, its sources included. */
  medianWords: number;
  /** Ids of what can be answered and does not show its facts. */
  missed: string[];
}

export async function scoreAnswers(
  questions: Labelled[],
  ask: (question: Labelled) => Promise<Reply | undefined>,
): Promise<AnswerScores> {
  const scores: AnswerScores = { answerable: 0, atOnce: 0, shown: 0, inFirstWords: 0, refusedWrongly: 0, unanswerable: 0, refusedRightly: 0, unverified: 0, medianWords: 0, missed: [] }; // prettier-ignore
  const lengths: number[] = [];
  for (const question of questions) {
    const reply = await ask(question);
    const refused = reply?.notice === 'not-covered';
    if (reply?.notice === 'unverified') scores.unverified += 1;
    if (question.gold.length === 0) {
      scores.unanswerable += 1;
      if (refused && unfolded(reply).passages.length === 0) scores.refusedRightly += 1;
      continue;
    }
    scores.answerable += 1;
    if (refused) scores.refusedWrongly += 1;
    if (reply === undefined) continue;
    lengths.push(
      wordsOf(reply)
        .split(/\s+/)
        .filter((word) => /[\p{L}\p{N}]/u.test(word)).length,
    );
    const folded = refused ? '' : reply.passages.map(({ text }) => text).join('\n');
    if (holds(reply.text, question)) scores.inFirstWords += 1;
    if (holds(wordsOf(reply), question)) scores.atOnce += 1;
    if (holds(`${wordsOf(reply)}\n${folded}`, question)) scores.shown += 1;
    else scores.missed.push(question.id);
  }
  scores.medianWords = lengths.toSorted((left, right) => left - right)[Math.floor(lengths.length / 2)] ?? 0;
  return scores;
}

/** What is read before anything is pressed. */
function wordsOf(reply: Reply): string {
  const { passages, citations } = unfolded(reply);
  return [
    reply.text,
    ...passages.map(({ text }) => text),
    ...(reply.quoted ? [] : citations.map(({ quote }) => quote)),
    ...citations.map(sourceLine),
    reply.aside ?? '',
  ].join('\n');
}

/** Whether each fact, in one of its wordings, stands in these words. */
function holds(shown: string, { answer_facts: facts }: Labelled): boolean {
  const folded = shown.toLowerCase();
  return facts.every((fact) => fact.split('|').some((wording) => folded.includes(wording.toLowerCase())));
}

export function answersText(name: string, scores: AnswerScores): string {
  const share = (part: number, whole: number) =>
    `${part} of ${whole} (${((100 * part) / Math.max(whole, 1)).toFixed(0)} %)`;
  return [
    `Answers (${name})`,
    `all facts shown, what one press unfolds too   ${share(scores.shown, scores.answerable)}`,
    `all facts stand open                          ${share(scores.atOnce, scores.answerable)}`,
    `all facts in the first words                  ${share(scores.inFirstWords, scores.answerable)}`,
    `words of a reply, median                      ${scores.medianWords}`,
    `refused, though the policies say it           ${share(scores.refusedWrongly, scores.answerable)}`,
    `refused, as the policies do not say           ${share(scores.refusedRightly, scores.unanswerable)}`,
    `own wording not proven                        ${scores.unverified}`,
    `facts not shown: ${scores.missed.join(', ') || 'none'}`,
  ].join('\n');
}
