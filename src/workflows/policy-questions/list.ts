/** Questions about policies as a list and as a file. */
import type { Actions, Addressed, Context, Obligation, WaitingItem } from '../../conversation/contract.ts';
import type { Database, Queryable } from '../../db/database.ts';
import { toAsker } from '../../dialogue/command.ts';
import { listCard, pageIn, linesShown, sendTable } from '../../dialogue/list.ts';
import type { Table } from '../../files/write-table.ts';
import { selectPolicies } from '../../isms/policy-question/policy.ts';
import {
  policyQuestions,
  selectQuestionsSeen,
  selectToLookAgain,
  type PolicyQuestion,
} from '../../isms/policy-question/policy-question.ts';
import { dayOf } from '../../language/calendar.ts';
import { shortened } from '../../language/text.ts';
import { documentButton, room } from './cards.ts'; // prettier-ignore

const stateOf = ({ state, lookAgain }: PolicyQuestion) => (lookAgain ? 'to be looked at again' : state);

async function tableOf(tx: Queryable, questions: readonly PolicyQuestion[], day: string): Promise<Table> {
  const policies = new Map((await selectPolicies(tx, day)).map((policy) => [policy.documentId, policy]));
  return {
    columns: ['reference', 'policy', 'title', 'state', 'question', 'right answer', 'wrong answers', 'explanation', 'words of the section', 'language', 'drafted by', 'state by', 'state since'],
    rows: questions.map((question) => {
      const { reference, documentId, ask, rightAnswer, wrongAnswers, why, shownBy, language, draftedBy, stateByName, stateAt } = question;
      const { reference: policy = '', title = '' } = policies.get(documentId) ?? {};
      return [reference, policy, title, stateOf(question), ask, rightAnswer, wrongAnswers.join(' | '), why, shownBy ?? '', language, draftedBy, stateByName ?? '', dayOf(stateAt, 'UTC')];
    }),
  };
} // prettier-ignore

/** All of them, for `isma export policy-questions`. */
export async function policyQuestionTable(db: Database): Promise<Table> {
  return tableOf(db, await policyQuestions.selectWhere(db, 'true'), '9999-12-31');
}

/** @param document  its id, or empty for all that the person answers for */
async function seen(tx: Queryable, { person }: Context, document: string): Promise<PolicyQuestion[]> {
  const all = await selectQuestionsSeen(tx, person);
  return document === '' ? all : all.filter(({ documentId }) => String(documentId) === document);
}

export async function questionList(tx: Queryable, context: Context, document: string, page = 0): Promise<Addressed[]> {
  const all = (await seen(tx, context, document)).toSorted((one, other) => other.state.localeCompare(one.state));
  if (all.length === 0)
    return toAsker({ text: `No question is asked about ${document === '' ? 'your policies' : 'that policy'} yet. Say «draft questions from» and its name.`, buttons: document === '' ? [] : [documentButton('add', 'Write one', Number(document), { opensForm: true })] });
  const rows = all.slice(page * linesShown, (page + 1) * linesShown);
  const titles = new Map((await selectPolicies(tx, dayOf(context.now, context.person.timeZone))).map(({ documentId, reference }) => [documentId, reference]));
  const drafts = all.filter(({ state }) => state === 'draft').length;
  return toAsker(
    listCard(room, {
      count: all.length,
      noun: (many) => `${many ? 'questions' : 'question'} about ${document === '' ? 'policies' : (titles.get(Number(document)) ?? 'a policy')}`,
      more: drafts === 0 ? '' : `${drafts} to be looked at, which nobody is asked.`,
      rows: rows.map((question) => ({ title: shortened(question.ask, 140), facts: [stateOf(question), titles.get(question.documentId) ?? null, question.reference], reference: question.reference })),
      values: document === '' ? {} : { document },
      page,
    }),
  );
} // prettier-ignore

export const listActions: Actions = {
  [`${room}.list`]: (tx, context, { argument }) =>
    questionList(tx, context, argument('document'), pageIn(argument)),
  async [`${room}.export`](tx, context, { argument }) {
    const document = argument('document');
    const table = await tableOf(
      tx,
      await seen(tx, context, document),
      dayOf(context.now, context.person.timeZone),
    );
    const text = `${table.rows.length} ${table.rows.length === 1 ? 'question' : 'questions'}.`;
    const values: Record<string, string> = document === '' ? {} : { document };
    return sendTable(tx, room, argument, values, { name: room, text, table });
  },
};

/** Drafts of policies that the person answers for, a line a policy. */
export async function waitingQuestions(tx: Queryable, { person, now }: Context): Promise<WaitingItem[]> {
  const drafts = (await selectQuestionsSeen(tx, person)).filter(({ state }) => state === 'draft');
  if (drafts.length === 0) return [];
  return (await selectPolicies(tx, dayOf(now, person.timeZone))).flatMap(({ documentId, title }) => {
    const own = drafts.filter((draft) => draft.documentId === documentId);
    const hasChanged = own.some(({ lookAgain }) => lookAgain);
    return own.length === 0 ? [] : [itemOf(documentId, title, own.length, hasChanged)];
  });
}

const itemOf = (documentId: number, title: string, count: number, hasChanged: boolean): WaitingItem => ({
  text: `${count === 1 ? 'A question' : `${count} questions`} about ${title} to approve`,
  detail: hasChanged ? 'the policy has changed' : 'asked of nobody before',
  button: documentButton('next', 'Look', documentId),
});

/** Owners are reminded of what was approved before their policy changed; drafts are their own affair. */
export async function owedQuestions(
  tx: Queryable,
  people: readonly number[],
  now: Date,
): Promise<Obligation[]> {
  return (await selectToLookAgain(tx, people, dayOf(now, 'UTC'))).map(
    ({ id, personId, documentId, title, count, since }) => ({
      record: `policy_question:${id}`,
      personId,
      askedAt: since,
      dueOn: null,
      item: itemOf(documentId, title, count, true),
      why: 'You own the policy, and its text has changed since these questions were approved.',
      rank: 3,
    }),
  );
}
