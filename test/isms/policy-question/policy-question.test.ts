/** Who lets a question about a policy be asked, and of which text. */
import { beforeEach, expect, it } from 'vitest';
import { verifyAudit } from '../../../src/db/audit.ts';
import { selectQuestionsFor } from '../../../src/isms/policy-question/ask.ts';
import type { QuestionText } from '../../../src/isms/policy-question/check.ts';
import {
  approveQuestion,
  changeQuestion,
  draftQuestion,
  policyQuestions,
  putBackChanged,
  retireQuestion,
  selectQuestionsSeen,
} from '../../../src/isms/policy-question/policy-question.ts';
import { selectPolicies, selectSections } from '../../../src/isms/policy-question/policy.ts';
import type { CommandContext } from '../../../src/records/command-context.ts';
import { selectOptionalByEmail } from '../../../src/records/person.ts';
import { describeOnDatabases } from '../../support/databases.ts';
import { givenPeople, today } from '../../support/harness.ts';
import { givenAccessPolicy, leaving, requests } from './given-policy.ts';

describeOnDatabases('A question about a policy', (test) => {
  let versionId: number;
  beforeEach(async () => {
    await givenPeople(test.db);
    versionId = await givenAccessPolicy(test.db);
  });

  async function by(name: string): Promise<CommandContext> {
    const actor = await selectOptionalByEmail(test.db, `${name}@test.example`);
    if (actor === null) throw new Error(`there is no ${name}`);
    return { actor, at: today, inputId: null, link: null };
  }

  async function draft(name: string, text: QuestionText, number: string) {
    const command = await by(name);
    return test.db.transaction(async (tx) => {
      const [policy] = await selectPolicies(tx, '2026-11-24');
      if (policy === undefined) throw new Error('no policy is in force');
      const section = (await selectSections(tx, policy.versionId)).find((each) => each.number === number);
      if (section === undefined) throw new Error(`there is no section ${number}`);
      return draftQuestion(tx, command, { policy, section }, text, 'model');
    });
  }

  async function approved(text: QuestionText, number: string) {
    const question = await draft('hugo', text, number);
    const command = await by('hugo');
    return test.db.transaction((tx) => approveQuestion(tx, command, question));
  }

  const askedOf = async (version: number, seed = 1, count = 2, first: readonly number[] = []) =>
    (await selectQuestionsFor(test.db, version, first, count, seed)).map(({ ask }) => ask);
  const sectionOf = async (version: number, number: string) =>
    (await selectSections(test.db, version)).filter((each) => each.number === number).map(({ id }) => id);
  const rows = async (sql: string) => (await test.db.query(sql)).rows;

  it('is asked of nobody before a person has approved it, nor once it is retired', async () => {
    const question = await draft('hugo', leaving, '3.2');
    const command = await by('ines');

    expect(await askedOf(versionId)).toEqual([]);
    const after = await test.db.transaction((tx) => approveQuestion(tx, command, question));
    expect(await askedOf(versionId)).toEqual([leaving.ask]);
    await test.db.transaction((tx) => retireQuestion(tx, command, after));
    expect(await askedOf(versionId)).toEqual([]);
    expect(await rows('select reference, state, state_by_name, drafted_by from policy_question')).toEqual([
      { reference: 'PQ-2026-001', state: 'retired', state_by_name: 'Ines Isms', drafted_by: 'model' },
    ]);
    expect((await rows("select action from audit_entry where action like 'policy_question.%' order by seq")).map(({ action }) => action)).toEqual(
      ['policy_question.drafted', 'policy_question.approved', 'policy_question.retired'],
    ); // prettier-ignore
    expect((await verifyAudit(test.db)).faults).toEqual([]);
  });

  it('is for the ISMS manager and the owner of the policy alone, who sees those of their own policies', async () => {
    const question = await draft('hugo', leaving, '3.2');
    const [erin, hugo, ines] = [await by('erin'), await by('hugo'), await by('ines')];

    for (const forbidden of [approveQuestion, retireQuestion])
      await expect(test.db.transaction((tx) => forbidden(tx, erin, question))).rejects.toThrow(
        'Questions about Access Control Policy are for its owner: Hugo Owner or the ISMS manager.',
      );
    await expect(draft('erin', requests, '3.1')).rejects.toThrow('are for its owner');
    const seen = await Promise.all(
      [erin, hugo, ines].map(({ actor }) => selectQuestionsSeen(test.db, actor)),
    );
    expect(seen.map(({ length }) => length)).toEqual([0, 1, 1]);
    expect(await rows('select state, version from policy_question')).toEqual([
      { state: 'draft', version: 1 },
    ]);
  });

  it('comes from a changed section first, the same for the same seed, with one right choice', async () => {
    await approved(leaving, '3.2');
    await approved(requests, '3.1');

    const changed = await sectionOf(versionId, '3.1');
    for (const seed of [1, 2, 3, 4, 5, 6])
      expect(await askedOf(versionId, seed, 1, changed)).toEqual([requests.ask]);
    const [first, second] = await selectQuestionsFor(test.db, versionId, changed, 2, 7);
    expect(first).toMatchObject({
      section: { number: '3.1', heading: 'Requests' },
      shownBy: requests.shownBy,
    });
    expect(second?.ask).toBe(leaving.ask);
    expect(first?.choices.filter(({ right }) => right)).toEqual([{ text: 'The line manager', right: true }]);
    expect(first?.choices).toHaveLength(4);
    expect(await selectQuestionsFor(test.db, versionId, changed, 2, 7)).toEqual([first, second]);
    const orders = await Promise.all(
      [1, 2, 3, 4, 5, 6, 7, 8].map(async (seed) => (await selectQuestionsFor(test.db, versionId, changed, 1, seed))[0]?.choices.findIndex(({ right }) => right)),
    ); // prettier-ignore
    expect(new Set(orders).size).toBeGreaterThan(1);
  });

  it('is not asked of a version whose section says otherwise, and waits to be looked at again', async () => {
    await approved(leaving, '3.2');
    await approved(requests, '3.1');

    const newer = await givenAccessPolicy(test.db, '2.0', 'Accounts are closed within a day.');
    expect(await askedOf(newer, 1, 5)).toEqual([requests.ask]);
    expect(await askedOf(versionId, 1, 5)).toHaveLength(2);
    await test.db.transaction((tx) => putBackChanged(tx, today));
    await test.db.transaction((tx) => putBackChanged(tx, today));

    expect(await rows('select ask, state, look_again, state_by from policy_question order by id')).toMatchObject([
      { state: 'draft', look_again: true, state_by: null },
      { state: 'approved', look_again: false },
    ]); // prettier-ignore
    expect(await rows("select actor from audit_entry where action = 'policy_question.put_back'")).toEqual([
      { actor: 'system:policies' },
    ]);
  });

  it('is approved again beside the new text only where its words still stand there', async () => {
    const question = await approved(leaving, '3.2');
    const newer = await givenAccessPolicy(test.db, '2.0', 'The account is closed at noon of the last day.');
    await test.db.transaction((tx) => putBackChanged(tx, today));
    const command = await by('hugo');
    const again = await policyQuestions.select(test.db, question.id);

    await expect(test.db.transaction((tx) => approveQuestion(tx, command, again))).rejects.toThrow(
      'These words do not stand in the section.',
    );
    const [section] = (await selectSections(test.db, newer)).filter(({ number }) => number === '3.2');
    if (section === undefined) throw new Error('no section');
    const text = { ...leaving, rightAnswer: 'At noon of the last day', shownBy: 'at noon of the last day' };
    await test.db.transaction(async (tx) => approveQuestion(tx, command, await changeQuestion(tx, command, again, section, text))); // prettier-ignore

    expect(await askedOf(newer)).toEqual([leaving.ask]);
    expect(await rows('select fields from record_revision')).toMatchObject([
      { fields: { right_answer: { from: 'On the last working day', to: 'At noon of the last day' } } },
    ]);
  });

  it('can only be changed or left out where its section is gone', async () => {
    const question = await draft('hugo', leaving, '3.2');
    await givenAccessPolicy(test.db, '2.0', null);
    const command = await by('hugo');

    await expect(test.db.transaction((tx) => approveQuestion(tx, command, question))).rejects.toThrow(
      'The policy no longer has the section of PQ-2026-001.',
    );
    await test.db.transaction((tx) => retireQuestion(tx, command, question));
    expect(await rows('select state from policy_question')).toEqual([{ state: 'retired' }]);
  });

  it.each<[string, Partial<QuestionText>, string]>([
    ['two answers that say the same', { wrongAnswers: ['on the last, working day!', 'Never'] }, 'Two of the answers say the same.'],
    ['one wrong answer', { wrongAnswers: ['Never'] }, 'Two or three wrong answers are needed.'],
    ['words that the section does not say', { shownBy: 'closed within an hour' }, 'These words do not stand in the section.'],
    ['an answer that no button holds', { rightAnswer: 'On the last working day '.repeat(4) }, 'An answer takes 1 to 75 characters.'],
    ['no explanation', { why: ' ' }, 'The explanation takes 1 to 500 characters.'],
  ])('is refused with %s, and nothing is kept', async (_what, wrong, refusal) => {
    await expect(draft('hugo', { ...leaving, ...wrong }, '3.2')).rejects.toThrow(refusal);

    expect(await rows('select id from policy_question')).toEqual([]);
  }); // prettier-ignore

  it('is not kept twice', async () => {
    await draft('hugo', leaving, '3.2');

    await expect(draft('ines', { ...leaving, ask: 'When is the account of somebody who leaves, closed?' }, '3.2')).rejects.toThrow('That is asked already'); // prettier-ignore
    expect(await rows('select id from policy_question')).toHaveLength(1);
  });
});
