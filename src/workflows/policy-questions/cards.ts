/** A question on its card, one at a time: approved, changed or left out by whoever answers for the policy. */
import {
  actionId,
  type Actions,
  type Addressed,
  type Context,
  type OpenerParts,
  type ReplyParts,
} from '../../conversation/contract.ts';
import { citing } from '../../conversation/sources.ts';
import type { Queryable } from '../../db/database.ts';
import { buttonsOf } from '../../dialogue/buttons.ts';
import { commandOf } from '../../dialogue/command.ts';
import { FieldError, formCommand } from '../../dialogue/form.ts';
import { field, sentOrNull, sentText, type Errors, type Sent } from '../../dialogue/form-fields.ts';
import { asked } from '../../dialogue/proposal.ts';
import { Refusal } from '../../errors.ts';
import { faultsOf, most, type QuestionText } from '../../isms/policy-question/check.ts';
import {
  selectOptionalPolicy,
  selectSections,
  type Policy,
  type PolicySection,
} from '../../isms/policy-question/policy.ts';
import {
  approveQuestion,
  changeQuestion,
  draftQuestion,
  leadsQuestions,
  policyQuestions,
  policyQuestionStates,
  retireQuestion,
  selectQuestionFacts,
  selectQuestionsOf,
  type PolicyQuestion,
  type QuestionFacts,
} from '../../isms/policy-question/policy-question.ts';
import { sentencesOf, shortQuote } from '../../knowledge/quote.ts';
import { selectSetting } from '../../records/setting.ts';
import { dayOf, momentInWords } from '../../language/calendar.ts';
import { comparable, linesOf, shortened } from '../../language/text.ts'; // prettier-ignore

export const room = 'policy-questions';
const { recordButton, signButton } = buttonsOf(room);

/** @throws Refusal for what the person may not see, as for what is not there */
export async function findQuestion(tx: Queryable, { person }: Context, reference: string): Promise<PolicyQuestion> {
  const named = await policyQuestions.selectOptional(tx, reference);
  const [found] = await policyQuestions.selectSeen(tx, person, 'id = $3', [named?.id ?? 0]);
  if (found === undefined) throw new Refusal(`There is no question ${reference} that you may see. Say «questions of policies» for those that you may.`);
  return found;
} // prettier-ignore

const lock = async (tx: Queryable, context: Context, reference: string) =>
  policyQuestions.lock(tx, (await findQuestion(tx, context, reference)).id);

const factsOf = (tx: Queryable, { person, now }: Context, question: PolicyQuestion) =>
  selectQuestionFacts(tx, question, dayOf(now, person.timeZone));

/** What the card shows, in a few characters. */
const seenOf = ({ version }: PolicyQuestion, { section }: QuestionFacts) => `${version}.${section?.id ?? 0}`;

const placeOf = ({ number, heading }: PolicySection) => `${number} ${heading}`.trim();

/** @param lead  what was done before it */
export async function questionCard(tx: Queryable, context: Context, question: PolicyQuestion, lead: string | null = null): Promise<ReplyParts> {
  const { person } = context;
  const { reference, state, ask, rightAnswer, wrongAnswers, why, shownBy, draftedBy, lookAgain, stateByName, stateAt } = question;
  const facts = await factsOf(tx, context, question);
  const { policy, section } = facts;
  const may = (move: string) => policyQuestionStates.may(move, person, question, facts);
  const wanted = comparable(shownBy ?? '');
  const quote = sentencesOf(section?.body ?? '').find(({ text }) => wanted !== '' && comparable(text).includes(wanted))?.text;
  const said = `${stateByName === null ? '' : `by ${stateByName} `}on ${momentInWords(stateAt, person.timeZone)}`;
  const how =
    state === 'draft'
      ? lookAgain ? 'to be looked at again: its section has changed' : draftedBy === 'model' ? 'drafted by the model; asked of nobody before you approve it' : 'a draft; asked of nobody before it is approved'
      : `${state} ${said}`;
  return {
    text: linesOf(lead, ask),
    generated: state === 'draft' && draftedBy === 'model',
    facts: [
      { label: 'Right', value: rightAnswer },
      { label: 'Wrong', value: wrongAnswers.join(' · ') },
      { label: 'Said afterwards', value: why },
    ],
    citations: policy === null || section === null ? [] : [citing({ ...policy, ...section, kind: 'policy' }, 1, shortQuote(quote ?? section.body))],
    aside: linesOf(section === null ? 'The policy no longer has this section.' : null, `${reference} · ${how}`),
    buttons: [
      ...(may('approve') && section !== null ? [signButton('approve', 'Approve', { record: reference }, seenOf(question, facts), { style: 'primary' })] : []),
      ...(may('change') ? [recordButton('change', 'Change', reference, { opensForm: true })] : []),
      ...(may('retire') ? [recordButton('retire', state === 'draft' ? 'Leave out' : 'Ask it no more', reference)] : []),
    ],
  };
} // prettier-ignore

/** The next draft of the policy, or how many questions it has now. */
export async function nextCard(tx: Queryable, context: Context, documentId: number, lead: string | null): Promise<ReplyParts> {
  const all = await selectQuestionsOf(tx, documentId);
  const drafts = all.filter(({ state }) => state === 'draft');
  const [next] = drafts;
  if (next !== undefined) {
    const left = drafts.length === 1 ? 'The last one to look at:' : `${drafts.length} to look at:`;
    return questionCard(tx, context, next, linesOf(lead, left));
  }
  const { count: usual, of } = await selectSetting(tx, 'acknowledgement.questions');
  const policy = await selectOptionalPolicy(tx, documentId, dayOf(context.now, context.person.timeZone));
  const wanted = of[policy?.reference ?? ''] ?? usual;
  const approved = all.length === 1 ? '1 question' : `${all.length} questions`;
  const count =
    all.length === 0 ? 'No question is asked about this policy.'
    : wanted === 0 ? `${approved} can be asked about this policy. None is asked yet: an admin sets how many, in acknowledgement.questions.`
    : `${approved} can be asked about this policy: ${wanted === 1 ? 'one' : wanted} of them before it is acknowledged.`;
  return { text: linesOf(lead, count), buttons: [documentButton('list', 'All of them', documentId), documentButton('add', 'Add one', documentId, { opensForm: true })] };
} // prettier-ignore

export const documentButton = (
  command: string,
  label: string,
  document: number,
  rest: Partial<Omit<OpenerParts, 'id' | 'label'>> = {},
): OpenerParts => ({ id: actionId(`${room}.${command}`, { document }), label, ...rest });

interface Writing {
  tx: Queryable;
  context: Context;
  policy: Policy;
  sections: PolicySection[];
  question: PolicyQuestion | null;
}

/** @throws Refusal for whoever does not answer for the policy */
async function openWriting(tx: Queryable, context: Context, documentId: number, question: PolicyQuestion | null): Promise<Writing> {
  const { person, now } = context;
  const policy = Number.isInteger(documentId) && documentId > 0 && documentId < 2 ** 31 ? await selectOptionalPolicy(tx, documentId, dayOf(now, person.timeZone)) : null;
  if (policy === null) throw new Refusal('That policy is not in force any more.');
  await leadsQuestions.refuseUnless(tx, commandOf(context), null, { policy });
  const sections = (await selectSections(tx, policy.versionId)).filter(({ body }) => body.trim() !== '');
  return { tx, context, policy, sections, question };
} // prettier-ignore

/** Sections that a form lets choose from: what a door's list takes. */
const mostSections = 100;

async function formOf({ tx, context, policy, sections, question }: Writing, name: string) {
  const now = question === null ? null : (await factsOf(tx, context, question)).section;
  const options = sections.slice(0, mostSections).map((section) => ({ value: String(section.id), label: shortened(placeOf(section), 70) }));
  const { wrongAnswers: [first, second, third] = [] } = question ?? {};
  const answer = (of: string, label: string, value: string | undefined, rest = {}) => field(of, label, 'text', { value: value ?? null, ...rest });
  return {
    id: actionId(`${room}.send-${name}`, question === null ? { document: policy.documentId } : { record: question.reference }),
    title: shortened(question?.reference ?? 'A question', 24),
    submitLabel: 'Keep it',
    fields: [
      field('section', 'About which section?', 'choice', { options, value: now === null ? null : String(now.id) }),
      field('ask', 'What is asked?', 'text', { value: question?.ask ?? null }),
      answer('right', 'The right answer', question?.rightAnswer, { hint: `At most ${most.choice} characters: it is a button.` }),
      answer('wrong_1', 'A wrong answer', first),
      answer('wrong_2', 'Another wrong answer', second),
      answer('wrong_3', 'A third one', third, { required: false }),
      field('why', 'What is said afterwards?', 'multiline', { value: question?.why ?? null }),
      field('words', 'Words of the section that show it', 'multiline', { required: false, value: question?.shownBy ?? null, hint: 'Copied from there.' }),
    ],
  };
} // prettier-ignore

const fieldOf = { ask: 'ask', rightAnswer: 'right', wrongAnswers: 'wrong_1', why: 'why', shownBy: 'words' };

function written({ sections }: Writing, fields: Sent): { section: PolicySection | undefined; text: QuestionText } {
  const wrongAnswers = ['wrong_1', 'wrong_2', 'wrong_3'].flatMap((name) => sentOrNull(fields, name) ?? []);
  const text = { ask: sentText(fields, 'ask'), rightAnswer: sentText(fields, 'right'), wrongAnswers, why: sentText(fields, 'why'), shownBy: sentOrNull(fields, 'words') };
  return { section: sections.find(({ id }) => String(id) === sentText(fields, 'section')), text };
} // prettier-ignore

async function wrongIn(writing: Writing, fields: Sent): Promise<Errors> {
  const { section, text } = written(writing, fields);
  const { tx, policy, question } = writing;
  const others = (await selectQuestionsOf(tx, policy.documentId)).filter(({ id }) => id !== question?.id);
  const faults = section === undefined ? {} : faultsOf(text, section, others);
  return Object.fromEntries(Object.entries(faults).map(([part, fault]) => [fieldOf[part as keyof QuestionText], fault]));
} // prettier-ignore

/** It is kept, and its card asks to approve it. */
async function keep(writing: Writing, fields: Sent): Promise<Addressed[]> {
  const { tx, context, policy, question } = writing;
  const { section, text } = written(writing, fields);
  if (section === undefined) throw new FieldError('section', 'Choose one of the sections.');
  const command = commandOf(context);
  const kept = question === null ? await draftQuestion(tx, command, { policy, section }, text, 'person') : await changeQuestion(tx, command, question, section, text);
  return asked(await questionCard(tx, context, kept, 'Kept as a draft. Approve it, so that it is asked.'), true);
} // prettier-ignore

const lead = ({ policy: { title, reference, version } }: Writing) =>
  `A question about ${title} (${reference}, v${version}).`;

export const cardActions: Actions = {
  [`${room}.show`]: async (tx, context, { argument }) =>
    asked(await questionCard(tx, context, await findQuestion(tx, context, argument('record'))), true),
  [`${room}.next`]: async (tx, context, { argument }) => {
    const { policy } = await openWriting(tx, context, Number(argument('document')), null);
    return asked(await nextCard(tx, context, policy.documentId, null), false);
  },
  [`${room}.approve`]: {
    async look(tx, context, { argument }) {
      const question = await findQuestion(tx, context, argument('record'));
      return {
        seen: seenOf(question, await factsOf(tx, context, question)),
        card: () => questionCard(tx, context, question),
      };
    },
    async sign(tx, context, { argument }) {
      const question = await lock(tx, context, argument('record'));
      const { ask, reference, documentId } = await approveQuestion(tx, commandOf(context), question);
      return asked(
        await nextCard(tx, context, documentId, `Approved: ${reference} «${shortened(ask, 80)}»`),
        true,
      );
    },
  },
  async [`${room}.retire`](tx, context, { argument }) {
    const question = await lock(tx, context, argument('record'));
    const { ask, reference, documentId } = await retireQuestion(tx, commandOf(context), question);
    const done = question.state === 'draft' ? 'Left out' : 'Asked no more';
    return asked(
      await nextCard(tx, context, documentId, `${done}: ${reference} «${shortened(ask, 80)}»`),
      true,
    );
  },
  ...formCommand<Writing>(room, 'add', {
    open: (tx, context, { argument }) => openWriting(tx, context, Number(argument('document')), null),
    lead,
    form: (writing) => formOf(writing, 'add'),
    wrong: wrongIn,
    write: keep,
    at: 'ask',
  }),
  ...formCommand<Writing>(room, 'change', {
    async open(tx, context, { argument }) {
      const question = await lock(tx, context, argument('record'));
      return openWriting(tx, context, question.documentId, question);
    },
    lead,
    form: (writing) => formOf(writing, 'change'),
    wrong: wrongIn,
    write: keep,
    at: 'ask',
  }),
};
