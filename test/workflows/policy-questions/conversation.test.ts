/** How questions about a policy are drafted, looked at and approved, as those who answer for the policy see it. */
import { afterEach, beforeEach, expect, it } from 'vitest';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import { verifyAudit } from '../../../src/db/audit.ts';
import { isProven } from '../../../src/workflows/policy-questions/draft.ts';
import { policyQuestionSamples } from '../../../src/workflows/policy-questions/samples.ts';
import { owedQuestions, policyQuestionTable } from '../../../src/workflows/policy-questions/list.ts';
import { readWanted } from '../../../src/workflows/policy-questions/said.ts';
import { leaving, givenAccessPolicy, requests } from '../../isms/policy-question/given-policy.ts';
import { describeOnDatabases } from '../../support/databases.ts';
import { givenDocument, givenPeople, startHarness, type Harness, type Said } from '../../support/harness.ts';
import { isReading, startModelServer, type ModelServer } from '../../support/model-server.ts';
import { lexicon } from '../../support/shared.ts';

const erin = 'erin@test.example';
const hugo = 'hugo@test.example';
const ines = 'ines@test.example';

type Draft = Record<'ask' | 'right' | 'wrong' | 'why' | 'words', unknown>;
const good: Draft[] = [
  { ask: requests.ask, right: requests.rightAnswer, wrong: requests.wrongAnswers, why: requests.why, words: requests.shownBy },
  { ask: leaving.ask, right: leaving.rightAnswer, wrong: leaving.wrongAnswers, why: leaving.why, words: leaving.shownBy },
]; // prettier-ignore

describeOnDatabases('Questions about a policy', (test) => {
  let isma: Harness;
  let model: ModelServer;
  let now: Date;
  beforeEach(async () => {
    now = new Date('2026-11-25T09:00:00Z');
    await givenPeople(test.db);
    await givenAccessPolicy(test.db);
    model = await startModelServer();
  });
  afterEach(async () => {
    await isma.stop();
    await model.close();
  });

  const start = async (withModel: boolean) => {
    isma = await startHarness({ db: test.db, clock: () => now, ...(withModel && { modelServer: model }) });
  };
  const script = (questions: Draft[]) =>
    model.script((request) =>
      isReading(request) ? { calls: [{ name: 'write_down', arguments: JSON.stringify({ questions }) }] } : { text: 'NOT_COVERED' },
    ); // prettier-ignore
  const rows = async (sql: string) => (await test.db.query(sql)).rows;
  const last = (said: Said[]) => said.at(-1)?.reply;
  const pressed = (email: string, said: Said[], label: string, fields?: Record<string, string>) => {
    const found = last(said)?.buttons.find((button) => button.label === label);
    if (found === undefined) throw new Error(`no «${label}» in ${JSON.stringify(last(said))}`);
    return isma.press(email, found.id, fields);
  };

  /** Asks for drafts, and has them made. */
  const drafted = async (email: string, words: string) =>
    pressed(email, await isma.say(email, words), 'Draft them');

  it('are drafted by the model, shown one at a time beside the words of the section, and asked once approved', async () => {
    await start(true);
    script(good);

    const first = await drafted(ines, 'draft questions from the access policy');
    expect(last(first)).toMatchObject({
      text: `2 drafted from Access Control Policy (POL-05).\n2 to look at:\n${requests.ask}`,
      generated: true,
      citations: [{ policy: 'Access Control Policy', version: '1.0', section: '3.1', quote: expect.stringContaining('The line manager approves each request') as string }],
      aside: 'PQ-2026-001 · drafted by the model; asked of nobody before you approve it',
    }); // prettier-ignore
    expect(await rows("select count(*)::int as asked from policy_question where state = 'approved'")).toEqual([{ asked: 0 }]); // prettier-ignore
    const second = await pressed(ines, first, 'Approve');
    expect(last(second)?.text).toBe(
      `Approved: PQ-2026-001 «${requests.ask}»\nThe last one to look at:\n${leaving.ask}`,
    );
    const done = await pressed(ines, second, 'Leave out');

    expect(last(done)?.text).toContain(
      '1 question can be asked about this policy. None is asked yet: an admin sets how many, in acknowledgement.questions.',
    );
    expect(await rows('select ask, state, state_by_name, drafted_by from policy_question order by id')).toEqual([
      { ask: requests.ask, state: 'approved', state_by_name: 'Ines Isms', drafted_by: 'model' },
      { ask: leaving.ask, state: 'retired', state_by_name: 'Ines Isms', drafted_by: 'model' },
    ]); // prettier-ignore
    expect((await policyQuestionTable(test.db)).rows.map(([reference, , , state]) => [reference, state])).toEqual([['PQ-2026-001', 'approved'], ['PQ-2026-002', 'retired']]); // prettier-ignore
    expect((await verifyAudit(test.db)).faults).toEqual([]);
  });

  it('of which our code does not find the right answer in the section are left out, and counted', async () => {
    await start(true);
    const [fits, other] = good as [Draft, Draft];
    script([
      fits,
      { ...other, words: 'closed within one hour' },
      { ...other, words: 'goes back to the reception' },
      { ...other, ask: fits.ask },
      { ...other, wrong: ['On the last working day.', 'Never'] },
    ]);

    const said = await drafted(hugo, 'please write 5 quiz questions about POL-05');

    expect(last(said)?.text).toContain(
      '1 drafted from Access Control Policy (POL-05). 4 more left out: the policy does not show them.',
    );
    expect(await rows('select ask from policy_question')).toEqual([{ ask: fits.ask }]);
  });

  it('are none where no draft holds, and a person is offered the form', async () => {
    await start(true);
    script([{ ...good[0], words: 'anybody may have it' } as Draft]);

    const said = await drafted(ines, 'draft questions from POL-05');

    expect(last(said)?.text).toMatch(/^The model drafted nothing that can be shown to stand in the policy/);
    expect(last(said)?.buttons.map(({ label }) => label)).toEqual(['Draft again', 'Write one myself', 'All of them']); // prettier-ignore
    expect(await rows('select id from policy_question')).toEqual([]);
  });

  it('are written by the owner where no model is connected, corrected at the field, and approved on their card', async () => {
    await start(false);
    const section = String((await rows("select id from section where number = '3.2'"))[0]?.['id']);
    const sent = { section, ask: leaving.ask, right: leaving.rightAnswer, wrong_1: 'On the last working day!', wrong_2: 'Never', wrong_3: '', why: leaving.why, words: '' }; // prettier-ignore

    const offered = await isma.say(hugo, 'add a question to POL-05');
    const form = last(await pressed(hugo, offered, 'Write one myself'))?.form;
    const refused = await isma.press(hugo, form?.id ?? '', sent);
    const card = await isma.press(hugo, form?.id ?? '', { ...sent, wrong_1: 'A month later' });

    expect(last(refused)?.form?.fields.filter(({ error }) => error !== null)).toMatchObject([{ name: 'wrong_1', value: 'On the last working day!', error: 'Two of the answers say the same.' }]); // prettier-ignore
    expect(last(card)?.text).toContain('Kept as a draft. Approve it, so that it is asked.');
    await pressed(hugo, card, 'Approve');
    expect(await rows('select state, drafted_by, state_by_name from policy_question')).toEqual([
      { state: 'approved', drafted_by: 'person', state_by_name: 'Hugo Owner' },
    ]);
  });

  it('are not approved by an old card, nor by anybody else', async () => {
    await start(true);
    script([good[1] as Draft]);
    const card = await drafted(ines, 'draft questions from the access policy');
    const id = last(card)?.buttons.find(({ label }) => label === 'Approve')?.id ?? '';
    const changing = last(await pressed(ines, card, 'Change'))?.form;
    const fields = Object.fromEntries(changing?.fields.map(({ name, value }) => [name, value ?? '']) ?? []);
    const changed = await isma.press(ines, changing?.id ?? '', { ...fields, wrong_2: 'Once HR says so' });

    const stale = await isma.press(ines, id);
    const strange = await isma.press(erin, id);
    const typed = await isma.press(erin, 'policy-questions.add?document=1');

    expect(last(changed)?.facts).toContainEqual({ label: 'Wrong', value: 'A month later · Once HR says so' });
    expect(last(stale)?.text).toMatch(/^Nothing was signed: it has changed since you were shown it/);
    expect(last(strange)?.text).toContain('There is no question PQ-2026-001 that you may see.');
    expect(last(typed)?.text).toContain('are for its owner: Hugo Owner or the ISMS manager.');
    expect(await rows('select state from policy_question')).toEqual([{ state: 'draft' }]);
  });

  it('wait for whoever answers for the policy once a new version says otherwise', async () => {
    await start(true);
    script(good);
    const first = await drafted(ines, 'draft questions from the access policy');
    await pressed(ines, await pressed(ines, first, 'Approve'), 'Approve');
    expect(last(await isma.say(hugo, "what's on my plate?"))?.items).toEqual([]);

    await givenAccessPolicy(
      test.db,
      '2.0',
      'Accounts are closed on the last working day, at noon. IT does it.',
    );
    await isma.runDue();

    const plate = await isma.say(hugo, "what's on my plate?");
    expect(last(plate)?.items).toMatchObject([
      { text: 'A question about Access Control Policy to approve', detail: 'the policy has changed' },
    ]);
    const people = (await rows('select id from person order by id')).map(({ id }) => Number(id));
    const [hugoRow] = await rows(`select id from person where email = '${hugo}'`);
    expect(await owedQuestions(test.db, people, now)).toMatchObject([
      {
        personId: Number(hugoRow?.['id']),
        dueOn: null,
        item: { text: 'A question about Access Control Policy to approve' },
      },
    ]);
    const card = await isma.press(hugo, last(plate)?.items[0]?.button?.id ?? '');
    expect(last(card)).toMatchObject({
      citations: [{ version: '2.0', quote: 'Accounts are closed on the last working day, at noon.' }],
      aside: 'PQ-2026-002 · to be looked at again: its section has changed',
    });
    await pressed(hugo, card, 'Approve');
    expect(await rows('select state, look_again, state_by_name from policy_question order by id')).toMatchObject([
      { state: 'approved', state_by_name: 'Ines Isms' },
      { state: 'approved', look_again: false, state_by_name: 'Hugo Owner' },
    ]); // prettier-ignore
  });

  it('are listed for those who answer for the policy, and no one else is told of them', async () => {
    await start(true);
    script(good);
    await drafted(hugo, 'draft questions from the access policy');

    const list = await isma.say(hugo, 'questions about POL-05');
    const named = await isma.say(hugo, 'PQ-2026-002');
    const forErin = await isma.say(erin, 'questions of policies');
    const channel = await isma.say(hugo, 'questions of policies', { channel: 'C1' });

    expect(last(list)?.text).toBe('2 questions about POL-05. 2 to be looked at, which nobody is asked.');
    expect(last(list)?.items).toHaveLength(2);
    expect(last(named)?.text).toBe(leaving.ask);
    expect(last(forErin)?.text).toContain('No question is asked about your policies yet.');
    expect(channel.filter(({ address }) => address === 'test:channel:C1').map(({ reply }) => reply.text)).toEqual([
      'I have answered you in a direct message: what is asked about policies is not for everybody here.',
    ]); // prettier-ignore
  });

  it('are drafted of no policy that the person may not read', async () => {
    await givenDocument(test.db, 'pay.md', '---\nref: POL-90\ntitle: Pay Policy\nversion: "1.0"\nstatus: published\neffective: 2026-01-01\naudience: [HR]\n---\n\n# Pay Policy\n\n## 1 Rules\n\nSalaries are paid on the last working day of the month.\n'); // prettier-ignore
    await start(true);
    script(good);

    const said = await isma.say(ines, 'draft questions from the pay policy');

    expect(last(said)?.text).toContain('No policy in force is called «pay policy».');
    expect(model.chatRequests).toEqual([]);
  });

  it('go with the policies of the made-up company, and lose no other', async () => {
    await start(false);
    await isma.say(hugo, 'add a question to POL-05');
    const [version] = await rows('select id from document_version');
    const section = Number((await rows("select id from section where number = '3.2'"))[0]?.['id']);
    const open = last(await isma.press(hugo, 'policy-questions.add?document=1'))?.form?.id ?? '';
    await isma.press(hugo, open, { section: String(section), ask: leaving.ask, right: leaving.rightAnswer, wrong_1: 'Never', wrong_2: 'A month later', wrong_3: '', why: leaving.why, words: '' }); // prettier-ignore

    await test.db.transaction((tx) => policyQuestionSamples.letGo?.(tx, { versions: [999_999] }) ?? Promise.resolve()); // prettier-ignore
    expect(await rows('select id from policy_question')).toHaveLength(1);
    await test.db.transaction((tx) => policyQuestionSamples.letGo?.(tx, { versions: [Number(version?.['id'])] }) ?? Promise.resolve()); // prettier-ignore
    expect(await rows('select id from policy_question')).toEqual([]);
  });

  it.each<[string, ReturnType<typeof readWanted>]>([
    ['draft questions from the access policy', { what: 'draft', name: 'access policy' }],
    ['Bitte entwirf Fragen zur Zutrittsregelung', { what: 'draft', name: 'Zutrittsregelung' }],
    ['rédige des questions sur la politique d’accès', { what: 'draft', name: 'politique d’accès' }],
    ['add a question to POL-05', { what: 'add', name: 'POL-05' }],
    ['questions of policies', { what: 'list' }],
    ['I have questions about the access policy', null],
    ['Who approves a request for access?', null],
  ])('are asked for as «%s» or not', async (said, wanted) => {
    await start(false);

    expect(readWanted(said)).toEqual(wanted);
  });

  it('need words of the section that say the right answer with its figures, and no wrong one', async () => {
    await start(false);
    const proven = (parts: object) => isProven(lexicon, { ...leaving, ...parts }, 'en');

    expect(proven({})).toBe(true);
    expect(proven({ shownBy: 'Requests by e-mail do not count' })).toBe(false);
    expect(proven({ rightAnswer: 'Within 3 working days', shownBy: 'closed within 5 working days' })).toBe(false); // prettier-ignore
    expect(proven({ wrongAnswers: ['Never', 'On the last day'] })).toBe(false);
    expect(
      isProven(
        lexicon,
        { ...leaving, ask: 'Wann wird das Konto geschlossen?', why: 'Danach meldet sich niemand an.' },
        'fr',
      ),
    ).toBe(false);
  });

  it('of the made-up company stand in its policies', async () => {
    await start(false);
    const folder = join(import.meta.dirname, '../../../knowledge');
    const text = readFileSync(join(folder, 'policies/access-control-policy.md'), 'utf8');
    await givenPeople(test.db);
    await givenDocument(test.db, 'pol-03.md', text.replaceAll('demo.example', 'test.example'));
    await test.db.query("update person set email = 'ines@demo.example' where email = 'ines@test.example'");

    await test.db.transaction((tx) => policyQuestionSamples.load?.(tx, folder, now) ?? Promise.resolve());
    await test.db.transaction((tx) => policyQuestionSamples.load?.(tx, folder, now) ?? Promise.resolve());

    const all = parse(readFileSync(join(folder, 'questions-of-policies.yaml'), 'utf8')) as unknown[];
    expect(await rows("select id from policy_question where state = 'approved'")).toHaveLength(all.length);
    expect(await rows('select name from setting')).toEqual([{ name: 'acknowledgement.questions' }]);
    await test.db.transaction((tx) => policyQuestionSamples.remove(tx, { people: [], also: [] }));
    expect(await rows('select name from setting')).toEqual([]);
  });
});
