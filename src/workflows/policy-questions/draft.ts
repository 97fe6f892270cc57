/** Has the model draft questions from a policy, and keeps those of which our own code finds the right answer in the section. */
import { z } from 'zod';
import type { Context } from '../../conversation/contract.ts';
import { prompt } from '../../conversation/prompts.ts';
import type { Queryable } from '../../db/database.ts';
import { faultsOf, standsIn, type QuestionText } from '../../isms/policy-question/check.ts';
import { selectSections, type Policy, type PolicySection } from '../../isms/policy-question/policy.ts';
import { selectQuestionsOf } from '../../isms/policy-question/policy-question.ts';
import type { Lexicon } from '../../knowledge/lexicon.ts';
import { figuresIn, isSameFigure } from '../../language/figures.ts';
import type { Dependencies } from '../dependencies.ts';

/** Questions of one request: a person looks at each. */
export const mostDrafted = 5;
/** Characters of a policy that the model is shown. */
const longestPolicy = 24_000;
/** Share of the words of a right answer that the words of the section must say. */
const shared = 0.5;

const Drafts = z.object({
  questions: z
    .array(
      z.object({
        ask: z.string(),
        right: z.string(),
        wrong: z.array(z.string()),
        why: z.string(),
        words: z.string(),
      }),
    )
    .max(20),
});

export interface Drafted {
  kept: { section: PolicySection; text: QuestionText }[];
  /** How many were left out, since the section does not show them, or they are no proper question. */
  leftOut: number;
}

/** @returns null where no model reads the policy now */
export async function draftQuestions({ db, read, lexicon }: Pick<Dependencies, 'db' | 'read' | 'lexicon'>, context: Context, policy: Policy): Promise<Drafted | null> {
  const sections = await stating(lexicon, db, policy);
  const others = await selectQuestionsOf(db, policy.documentId);
  const { title, language } = policy;
  const asked = others.map(({ ask }) => `- ${ask}`).join('\n') || '(none)';
  const task = prompt('policy-questions', { count: String(mostDrafted), title, language, asked });
  const text = sections.map(({ number, heading, body }) => `<section>\n${number} ${heading}\n${body}\n</section>`).join('\n\n');
  const said = await read(context, { task, text, schema: Drafts });
  if (said === null) return null;
  const kept: Drafted['kept'] = [];
  for (const { ask, right, wrong, why, words } of said.questions.slice(0, mostDrafted)) {
    const section = sections.find(({ body }) => standsIn(words, body));
    const [first = '', ...rest] = [ask, right, why, words, ...wrong].map((each) => each.trim());
    const [rightAnswer = '', reason = '', shownBy = '', ...wrongAnswers] = rest;
    const draft = { ask: first, rightAnswer, wrongAnswers, why: reason, shownBy };
    if (section === undefined || !isProven(lexicon, draft, language)) continue;
    const known = [...others, ...kept.map((each) => each.text)];
    if (Object.keys(faultsOf(draft, section, known)).length === 0) kept.push({ section, text: draft });
  }
  return { kept, leftOut: said.questions.length - kept.length };
} // prettier-ignore

/** Sections that state something, as far as one reading goes. */
async function stating(lexicon: Lexicon, tx: Queryable, { versionId }: Policy): Promise<PolicySection[]> {
  const sections: PolicySection[] = [];
  let length = 0;
  for (const section of await selectSections(tx, versionId)) {
    length += section.body.length;
    if (length > longestPolicy) break;
    if (section.body.trim() !== '' && !lexicon.frames.includes(section.heading.toLowerCase()))
      sections.push(section);
  }
  return sections;
}

/** The words copied from the section say the right answer, with its figures, and none of the wrong ones; in the policy's language. */
export function isProven(
  lexicon: Lexicon,
  { ask, rightAnswer, wrongAnswers, why, shownBy }: QuestionText,
  language: string,
): boolean {
  const shown = new Set(lexicon.stems(shownBy ?? '', language));
  const figures = figuresIn(shownBy ?? '');
  const saidOf = (answer: string) => {
    const stems = [...new Set(lexicon.stems(answer, language))];
    const share = stems.length === 0 ? 0 : stems.filter((stem) => shown.has(stem)).length / stems.length;
    const hasFigures = figuresIn(answer).every((figure) => figures.some((known) => isSameFigure(figure, known)));
    return hasFigures ? share : 0;
  };
  const written = [ask, rightAnswer, ...wrongAnswers, why].join('\n');
  return (
    saidOf(rightAnswer) >= shared &&
    wrongAnswers.every((wrong) => saidOf(wrong) < 1) &&
    lexicon.languageOf(written) === language
  );
} // prettier-ignore
