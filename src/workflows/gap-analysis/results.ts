/** What an assessment came to, in chat: the verdict, each part of it, what was claimed and what was seen, compared with the last time. */
import { createHash } from 'node:crypto';
import {
  actionId,
  type Actions,
  type ButtonParts,
  type Context,
  type OpenerParts,
  type ReplyParts,
} from '../../conversation/contract.ts';
import { keepOutgoingFile } from '../../conversation/outgoing-file.ts';
import type { Queryable } from '../../db/database.ts';
import { likely, unlikely } from '../../dialogue/buttons.ts';
import { commandOf, toAsker } from '../../dialogue/command.ts';
import { formCommand } from '../../dialogue/form.ts';
import { field, sentText } from '../../dialogue/form-fields.ts';
import { asked } from '../../dialogue/proposal.ts';
import { finishAssessment, selectAssignments, selectFacts } from '../../isms/assessment/assignment.ts';
import {
  assessments,
  assessmentStates,
  leadsAssessment,
  putAssessmentAway,
  selectBank,
  selectLastFinal,
  type Assessment,
  type AssessmentFacts,
} from '../../isms/assessment/assessment.ts';
import type { QuestionBank } from '../../isms/assessment/bank.ts';
import { selectOutcomes, type Outcome } from '../../isms/assessment/outcome.ts';
import { scopeInWords, titleOf } from '../../isms/assessment/questions.ts';
import {
  countOf,
  resultOfAll,
  results,
  scoreOf,
  totalsOf,
  type Result,
  type Totals,
} from '../../isms/assessment/result.ts';
import { dayInWords, dayOf } from '../../language/calendar.ts';
import { linesOf } from '../../language/text.ts';
import { recordButton, room, signButton } from './buttons.ts';
import { findAssessment, lockLed } from './find.ts';
import { pictureOf, sharesOf } from './picture.ts';
import { languageOf, sayIn } from '../../language/wording.ts';

/** Parts that it lists: the picture and the report have them all. */
const mostParts = 5;

/** As they are said after a number. */
const resultInWords: Record<Result, string> = {
  conform: 'as it should be',
  partial: 'in part',
  nonconform: 'missing',
  not_applicable: 'not applicable',
  not_assessed: 'not assessed',
};

function totalsInWords(totals: Totals): string {
  return results
    .filter((result) => countOf(totals[result]) > 0)
    .map((result) => `${countOf(totals[result])} ${resultInWords[result]}`)
    .join(', ');
}

/** What an assessor saw for themselves, apart from what people said. */
function seenInWords(totals: Totals): string {
  const assessed = results.filter((result) => result !== 'not_applicable' && result !== 'not_assessed');
  const [claimed, seen] = (['claimed', 'seen'] as const).map((basis) =>
    assessed.reduce((sum, result) => sum + totals[result][basis], 0),
  );
  return seen === 0
    ? 'All of it is as people said; no assessor has seen any of it yet.'
    : `${seen ?? 0} ${seen === 1 ? 'was' : 'were'} seen by an assessor, ${claimed ?? 0} ${claimed === 1 ? 'is' : 'are'} as people said.`;
}

/** `4`, `A.5` */
function chapterOf(requirement: string): string {
  const [first = '', second = ''] = requirement.split('.');
  return first === 'A' ? `A.${second}` : first;
}

interface Part {
  name: string;
  totals: Totals;
  score: number | null;
}

/** By chapter of the standard and by theme: only those that something was asked of. */
export function partsOf(outcomes: readonly Outcome[], bank: QuestionBank, language: Parameters<typeof sayIn>[1]): { chapters: Part[]; themes: Part[] } {
  const grouped = (keyOf: (outcome: Outcome) => string, nameOf: (key: string) => string) =>
    [...Map.groupBy(outcomes, keyOf)].map(([key, found]) => {
      const totals = totalsOf(found);
      return { name: nameOf(key), totals, score: scoreOf(totals) };
    });
  const themeNamed = (id: string) => {
    const theme = bank.themes.find((each) => each.id === id);
    return theme === undefined ? id : sayIn(theme.title, language);
  };
  return {
    chapters: grouped(({ requirement }) => chapterOf(requirement), (chapter) => `${chapter} ${titleOf(chapter)}`),
    themes: grouped(({ theme }) => theme, themeNamed),
  };
} // prettier-ignore

/** «Of 43 requirements 12 are as they should be, 5 are missing.» Null where it would say the same as the questions. */
function requirementsInWords(outcomes: readonly Outcome[]): string | null {
  const judged = [...Map.groupBy(outcomes, ({ requirement }) => requirement).values()].map(resultOfAll);
  if (judged.length < 2 || judged.length === outcomes.length) return null;
  const count = (result: Result) => judged.filter((each) => each === result).length;
  const apply = judged.length - count('not_applicable');
  const whole = count('conform');
  const missed = count('nonconform');
  const missing = missed === 0 ? '' : `, ${missed} ${missed === 1 ? 'is' : 'are'} missing`;
  return `Of ${apply} requirements ${whole === 0 ? 'none' : whole} ${whole > 1 ? 'are' : 'is'} as it should be${missing}.`;
}

function partLine({ name, totals, score }: Part) {
  return { label: name, value: `${score === null ? '' : `${score} · `}${totalsInWords(totals)}` };
}

/** «By chapter, of 100: 4: 75 · 5: 50 · A.8: 60» */
function chaptersInWords(chapters: readonly Part[]): string | null {
  const rated = chapters.filter(({ score }) => score !== null);
  return rated.length < 2 ? null : `By chapter, of 100: ${rated.map(({ name, score }) => `${name.split(' ')[0] ?? ''}: ${score ?? 0}`).join(' · ')}`;
} // prettier-ignore

const shownInAll = { yes: 'most', partly: 'some', no: 'hardly any' } as const;

/** What a quick scan asked once, for all of it: it rates no criterion. */
async function proofInWords(tx: Queryable, { id, scope }: Assessment): Promise<string | null> {
  const said = scope === 'quick' ? (await selectAssignments(tx, id)).find(({ proven }) => proven !== null) : null;
  return said?.proven == null ? null : `For ${shownInAll[said.proven]} of it there would be something to show, says ${said.personName}.`;
} // prettier-ignore

/** «+9 since 12 March 2026» */
async function sinceLast(tx: Queryable, { person }: Context, assessment: Assessment, score: number | null): Promise<string | null> {
  const last = await selectLastFinal(tx, assessment);
  if (last === null || score === null) return null;
  const before = scoreOf(totalsOf(await selectOutcomes(tx, last)));
  if (before === null) return null;
  const change = score - before;
  return `${change > 0 ? `+${change}` : change === 0 ? 'The same' : `${change}`} since ${dayInWords(dayOf(last.stateAt, person.timeZone))} (${last.reference}: ${before}).`;
} // prettier-ignore

/** @param known  its outcomes, where they were looked up already */
export async function resultsCard(
  tx: Queryable,
  context: Context,
  assessment: Assessment,
  lead: string | null = null,
  known: readonly Outcome[] | null = null,
): Promise<ReplyParts> {
  const { person } = context;
  const { reference, scope, state, covers } = assessment;
  if (state === 'draft')
    return {
      text: `${reference} has not begun yet.`,
      buttons: [{ ...goOnButton(assessment), style: 'primary' }, putAwayButton(assessment)],
    };
  const bank = await selectBank(tx, assessment);
  const outcomes = known ?? (await selectOutcomes(tx, assessment));
  const totals = totalsOf(outcomes);
  const score = scoreOf(totals);
  const language = languageOf(person);
  const { chapters, themes } = partsOf(outcomes, bank, language);
  const facts = await selectFacts(tx, assessment);
  const may = leadsAssessment.allows(person, assessment, null);
  const rated = (themes.length > 1 ? themes : chapters).filter((part) => part.score !== null);
  const weakest = rated.length > mostParts ? rated.toSorted((one, other) => (one.score ?? 0) - (other.score ?? 0)).slice(0, mostParts) : rated;
  const buttons = resultsButtons(context, assessment, facts, outcomes);
  const waits = [
    ...(facts.unanswered > 0 ? [`${facts.unanswered} of those who were asked ${facts.unanswered === 1 ? 'has' : 'have'} not submitted yet`] : []),
    ...(facts.unclosed > 0 ? [`the answers of ${facts.unclosed === 1 ? '1 person wait' : `${facts.unclosed} people wait`} for your look`] : []),
    ...(facts.differing > 0 ? [`people differ on ${facts.differing === 1 ? '1 question' : `${facts.differing} questions`}`] : []),
  ];
  return {
    text: linesOf(
      lead,
      `${score === null ? 'Nothing is assessed yet' : `${score} of 100`}: ${totalsInWords(totals)}.`,
      score === null ? null : requirementsInWords(outcomes),
      await sinceLast(tx, context, assessment, score),
      `${reference}, ${scopeInWords(scope, bank, language)}${covers === null ? '' : ` for ${covers}`} · ${state.replaceAll('_', ' ')}`,
      waits.length === 0 || !may ? null : `Still open: ${waits.join('; ')}.`,
    ),
    facts: weakest.map(partLine),
    aside: linesOf(
      score === null ? null : seenInWords(totals),
      await proofInWords(tx, assessment),
      weakest.length < rated.length ? `Above are the ${mostParts} weakest of ${rated.length} parts; the report has them all.` : null,
      chaptersInWords(chapters),
    ) || null,
    buttons: likely(buttons, recordButton('more', 'More', reference)),
  };
} // prettier-ignore

/** All that the person may do about it, the likely first. */
function resultsButtons({ person }: Context, assessment: Assessment, facts: AssessmentFacts, outcomes: readonly Outcome[]): ButtonParts[] {
  const { reference } = assessment;
  const may = leadsAssessment.allows(person, assessment, null);
  const step = may ? assessmentStates.step('finish', assessment, facts) : null;
  const hasGaps = outcomes.some(({ result }) => result === 'nonconform' || result === 'partial');
  return [
      ...(step?.lacks.length === 0 ? [signButton('finish', 'Make it final', { record: reference }, seenOf(assessment, outcomes), { style: 'primary' })] : []),
      ...(hasGaps ? [recordButton('gaps', 'What matters most', reference, { style: step?.lacks.length === 0 ? 'plain' : 'primary' })] : []),
      ...(may && facts.differing > 0 ? [recordButton('differing', 'Where people differ', reference)] : []),
      ...(may ? [recordButton('asked', 'Who was asked', reference)] : []),
      recordButton('report', 'Report', reference),
      ...(may && assessmentStates.step('putAway', assessment, facts) !== null ? [putAwayButton(assessment)] : []),
  ];
} // prettier-ignore

/** The same with a picture of it. */
export async function shownResults(
  tx: Queryable,
  context: Context,
  assessment: Assessment,
): Promise<ReplyParts> {
  if (assessment.state === 'draft') return resultsCard(tx, context, assessment);
  const outcomes = await selectOutcomes(tx, assessment);
  const card = await resultsCard(tx, context, assessment, null, outcomes);
  const language = languageOf(context.person);
  const shares = sharesOf(outcomes, await selectBank(tx, assessment), language);
  const drawn = await pictureOf(shares, language);
  if (drawn === null) return card;
  const file = await keepOutgoingFile(tx, `${assessment.reference}.png`, drawn.picture.bytes);
  return { ...card, picture: { ...file, alt: drawn.alt } };
}

/** Of an unfinished one. */
function putAwayButton({ reference }: Assessment): ButtonParts {
  return recordButton('put-away', 'Put away', reference, { style: 'danger', opensForm: true });
}

/** A draft is begun by asking for it once more. */
export function goOnButton({ scope, covers }: Pick<Assessment, 'scope' | 'covers'>): OpenerParts {
  const values: Record<string, string> = { scope, ...(covers === null ? {} : { covers }) };
  return { id: actionId(`${room}.begin`, values), label: 'Go on' };
}

/** What the card shows, in a few characters: the state, and each answer that counts. */
function seenOf({ version }: Assessment, outcomes: readonly Outcome[]): string {
  const shown = JSON.stringify([version, outcomes.map(({ holds }) => holds?.answerId ?? null)]);
  return createHash('sha256').update(shown).digest('base64url').slice(0, 10);
}

export const resultsActions: Actions = {
  [`${room}.show`]: async (tx, context, { argument }) =>
    toAsker(await shownResults(tx, context, await findAssessment(tx, context, argument('record')))),
  async [`${room}.more`](tx, context, { argument }) {
    const assessment = await findAssessment(tx, context, argument('record'));
    const facts = await selectFacts(tx, assessment);
    const all = resultsButtons(context, assessment, facts, await selectOutcomes(tx, assessment));
    return toAsker({
      text: `What else shall be done with ${assessment.reference}?`,
      buttons: unlikely(all),
    });
  },
  [`${room}.finish`]: {
    async look(tx, context, { argument }) {
      const assessment = await lockLed(tx, context, argument('record'));
      const outcomes = await selectOutcomes(tx, assessment);
      return {
        seen: seenOf(assessment, outcomes),
        card: () => resultsCard(tx, context, assessment, null, outcomes),
      };
    },
    async sign(tx, context, { argument }) {
      const assessment = await lockLed(tx, context, argument('record'));
      const final = await finishAssessment(tx, commandOf(context), assessment);
      const shown = await assessments.select(tx, final.id);
      return asked(await resultsCard(tx, context, shown, `${final.reference} is final.`), true);
    },
  },
  ...formCommand(room, 'put-away', {
    open: async (tx, context, { argument }) => ({
      tx,
      context,
      assessment: await lockLed(tx, context, argument('record')),
    }),
    lead: ({ assessment: { reference } }) => `Why is ${reference} put away?`,
    form: ({ assessment: { reference } }) => ({
      id: actionId(`${room}.send-put-away`, { record: reference }),
      title: 'Put away',
      submitLabel: 'Put away',
      fields: [field('reason', `Why is ${reference} put away?`, 'multiline')],
    }),
    at: 'reason',
    async write({ tx, context, assessment }, fields) {
      const { reference } = await putAssessmentAway(tx, commandOf(context), assessment, sentText(fields, 'reason')); // prettier-ignore
      return toAsker({
        text: `${reference} is put away. Nobody is asked any more; what was answered can still be read.`,
        buttons: [{ ...goOnButton(assessment), label: 'Begin anew' }],
      });
    },
  }),
};
