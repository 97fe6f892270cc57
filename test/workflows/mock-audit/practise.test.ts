/** A practice interview from «mock audit» to its coaching, as the person sees it: with a model that reads, and with none. */
import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from 'vitest';
import { runMaintenance } from '../../../src/app/app.ts';
import { questionBank } from '../../../src/isms/assessment/bank.ts';
import { placedIn } from '../../../src/isms/assessment/questions.ts';
import { criteriaFor, interviewRoles } from '../../../src/isms/mock-audit/roles.ts';
import { describeOnDatabases } from '../../support/databases.ts';
import {
  directAddress,
  givenDocument,
  givenPeople,
  startHarness,
  today,
  type Harness,
  type Said,
} from '../../support/harness.ts';
import { startModelServer, type ModelServer } from '../../support/model-server.ts';

const erin = 'erin@test.example';
const ines = 'ines@test.example';
const hanna = 'hanna@test.example';

const [everyone] = interviewRoles();
const names = everyone === undefined ? [] : criteriaFor(questionBank(), everyone, 'practice', [], []);
const asked = names.flatMap((name) => placedIn(questionBank()).get(name) ?? []);
const [first, second] = asked;
if (first === undefined || second === undefined) throw new Error('nothing is asked');
const points = first.criterion.hears.length;

const policy = (audience: string, rule: string) => `---
ref: POL-${audience === 'everyone' ? '22' : '23'}
title: Training for ${audience}
version: "1.3"
effective: 2026-03-01
audience: ${audience}
controls: [${first.requirement}]
---
# Training

## 3.1 Courses

Everybody takes a security course within the last year and learns something about information security. ${rule}
`;

describeOnDatabases('A practice interview', (test) => {
  let model: ModelServer;
  let isma: Harness;
  beforeAll(async () => (model = await startModelServer()));
  afterAll(() => model.close());
  beforeEach(async () => {
    await givenPeople(test.db);
    isma = await startHarness({ db: test.db });
  });
  afterEach(async () => {
    await isma.stop();
    expect((await test.db.query("select problem from inbox where state <> 'done'")).rows).toEqual([]);
  });

  const textOf = (said: Said[]) => said.map(({ reply }) => reply.text).join('\n');
  const last = (email = erin) => isma.delivered.filter(({ address }) => address === directAddress(email)).at(-1)?.reply;
  const rows = async (sql: string) => (await test.db.query(sql)).rows;

  async function press(label: string, email = erin): Promise<Said[]> {
    const { buttons = [], items = [] } = last(email) ?? {};
    const all = [...buttons, ...items.flatMap(({ button }) => button ?? [])];
    const found = all.find((button) => button.label === label);
    if (found === undefined) throw new Error(`no «${label}» among ${all.map((each) => each.label).join(', ')}`);
    return isma.press(email, found.id);
  }

  async function begin(email = erin) {
    await isma.say(email, 'mock audit');
    return press('Stage 2: what is done', email);
  }

  it('tells who reads it, asks one thing at a time, and has no word of its own on an answer', async () => {
    const offer = await isma.say(erin, 'practise the auditor’s interview with me');
    const question = await press('Stage 2: what is done');

    expect(textOf(offer)).toContain('Nobody but you reads it.');
    expect(textOf(question)).toContain(first.criterion.routine.en);
    expect(last()?.progress).toMatchObject({ done: 0, total: asked.length });
    expect(last()?.facts).toEqual([{ label: 'Why we ask', value: first.criterion.why.en }]);
  });

  it('begins once, however often its button is pressed', async () => {
    await isma.say(erin, 'mock audit');
    const offered = last()?.buttons[0]?.id ?? '';
    await isma.press(erin, offered);
    const question = last();
    await isma.press(erin, offered, {}, { eventId: 'again' });

    expect(await rows('select state from mock_interview')).toEqual([{ state: 'in_progress' }]);
    expect(last()).toEqual(question);
  });

  it('takes role and stage from the words, and offers others in a form', async () => {
    await isma.say(erin, 'mock audit as IT, stage 1');
    expect(await rows('select role, stage from mock_interview')).toEqual([{ role: 'it', stage: 'documents' }]);
    await isma.say(erin, 'mock audit');
    const form = (await press('Another role')).at(-1)?.reply.form;
    await isma.press(erin, form?.id ?? '', { role: 'hr', stage: 'documents' });

    expect(await rows('select role, state from mock_interview order by id')).toEqual([
      { role: 'it', state: 'ended' },
      { role: 'hr', state: 'in_progress' },
    ]);
  });

  it('without a model has the person tick what they mentioned, asks further where something is left, and else goes on', async () => {
    await begin();
    const checklist = await isma.say(erin, 'In March, I think');
    const further = await isma.say(erin, 'A');
    await isma.say(erin, 'There was a newsletter');
    const rest = last();
    const next = await press('All of them');

    expect(textOf(checklist)).toContain('A good answer mentions these. Which of them did yours?');
    first.criterion.hears.forEach((point) => expect(textOf(checklist)).toContain(point));
    expect(textOf(further)).toBe(first.criterion.probing?.en);
    expect(rest?.text).not.toContain(first.criterion.hears[0]);
    expect(rest?.text).toContain(first.criterion.hears[1]);
    expect(textOf(next)).toContain(second.criterion.routine.en);
  });

  it('takes ticks in a form, letters in words, and nothing else', async () => {
    await begin();
    await isma.say(erin, 'In March, I think');
    const strange = await isma.say(erin, 'Well, most of it');
    const form = (await press('Some of them')).at(-1)?.reply.form;
    await isma.press(erin, form?.id ?? '', { answer: '1, 2' });

    expect(textOf(strange)).toContain('Please choose one of these.');
    expect(form?.fields[0]).toMatchObject({ kind: 'choices', options: first.criterion.hears.map((label, at) => ({ value: String(at + 1), label })) });
    expect(last()?.text).toBe(first.criterion.probing?.en);
    expect(await rows("select given -> 1 ->> 'choice' as choice from mock_interview")).toEqual([{ choice: '1,2' }]);
  });

  it('coaches at the end: what was good, what would be noted, and the section of our own that says it, with version and day', async () => {
    await givenDocument(test.db, 'training.md', policy('everyone', 'The list is compared with the staff list.'));
    await begin();
    await isma.say(erin, 'In March, I think');
    await isma.say(erin, 'A');
    await press('I do not know');
    const overview = await press('That is enough');
    const coaching = await press('Coaching');

    expect(textOf(overview)).toContain(`You mentioned 1 of ${points} points`);
    const { facts = [], citations = [] } = coaching.at(-1)?.reply ?? {};
    expect(facts).toEqual([
      { label: 'Good', value: first.criterion.hears[0] },
      { label: 'An auditor would note', value: `nothing was said of: ${first.criterion.hears.slice(1).join('; ')}` },
      { label: 'To read', value: 'POL-22 3.1 «Courses» [1]' },
    ]);
    expect(citations).toMatchObject([{ n: 1, policy: 'Training for everyone', version: '1.3', section: '3.1', effectiveFrom: '2026-03-01' }]);
  });

  it('cites nothing that the person may not read, and says so where nothing is left', async () => {
    await givenDocument(test.db, 'secret.md', policy('HR', 'Absences are kept in the red file.'));
    await begin();
    await press('I do not know');
    await press('That is enough');
    const forErin = (await press('Coaching')).at(-1)?.reply;
    await begin(hanna);
    await press('I do not know', hanna);
    await press('That is enough', hanna);
    const forHanna = (await press('Coaching', hanna)).at(-1)?.reply;

    expect(JSON.stringify(forErin)).not.toContain('POL-23');
    expect(forErin?.facts).toContainEqual({ label: 'To read', value: 'I found no section on it in the documents that you may read. An auditor would ask where it is written.' });
    expect(JSON.stringify(forHanna?.facts)).toContain('POL-23 3.1');
  });

  it('with a model asks further only where something is missing, and quotes what would be written down', async () => {
    await isma.stop();
    isma = await startHarness({ db: test.db, modelServer: model });
    const all = first.criterion.hears.map((_, at) => at + 1);
    const answers = [
      { mentioned: all.slice(0, 1), noted: 'nobody checks the list' },
      { mentioned: [...all.slice(1), 99], noted: 'these words were never said' },
    ];
    model.script(() => ({ calls: [{ name: 'write_down', arguments: JSON.stringify(answers.shift() ?? { mentioned: [], noted: null }) }] }));
    await begin();
    const further = await isma.say(erin, 'In March, and nobody checks the list');
    const next = await isma.say(erin, 'A newsletter comes each month');
    await press('That is enough');
    const coaching = (await press('Coaching')).at(-1)?.reply;

    expect(textOf(further)).toBe(first.criterion.probing?.en);
    expect(textOf(next)).toContain(second.criterion.routine.en);
    expect(coaching?.text).toContain(`${points} of ${points}`);
    expect(coaching?.facts).toContainEqual({ label: 'They would write down', value: '«nobody checks the list»' });
    expect(JSON.stringify(coaching)).not.toContain('never said');
  });

  it('is offered by the model on a card, as is a mock audit to whoever may lead one; neither is begun by it', async () => {
    await isma.stop();
    isma = await startHarness({ db: test.db, modelServer: model });
    const calls = [
      { name: 'practise_interview', arguments: '{}' },
      { name: 'start_mock_audit', arguments: '{"about":"leavers"}' },
    ];
    model.script(() => ({ calls: calls.splice(0, 1) }));
    const offer = await isma.say(erin, 'the auditor comes on Monday and I would like to rehearse my interview');
    const audit = await isma.say(ines, 'I would like to draw a random sample of leavers as an auditor does');

    expect(offer.at(-1)?.reply.buttons[0]?.label).toBe('Stage 2: what is done');
    expect(audit.at(-1)?.reply).toMatchObject({ text: 'A mock audit of leavers. Shall we?', buttons: [{ label: 'Begin' }] });
    expect(await rows('select (select count(*)::integer from mock_interview) + (select count(*)::integer from mock_audit) as n')).toEqual([{ n: 0 }]);
    await press('Begin', ines);
    expect(await rows('select about, requirement from mock_audit')).toEqual([{ about: 'leavers', requirement: 'A.5.18' }]);
  });

  it('counts an answer that the model fails to read as it stands, and has the person tick', async () => {
    await isma.stop();
    isma = await startHarness({ db: test.db, modelServer: model });
    model.script(() => ({ status: 500 }));
    await begin();

    expect(textOf(await isma.say(erin, 'In March'))).toContain('A good answer mentions these.');
  });

  it('is asked and ticked in German for whoever reads German', async () => {
    await test.db.query("update person set locale = 'de-DE' where email = $1", [erin]);
    await begin();
    const question = last()?.text;
    await isma.say(erin, 'Im März');

    expect(question).toContain(first.criterion.routine.de);
    expect(last()?.text).toContain('Eine gute Antwort nennt diese Punkte.');
  });

  it('waits for the person, and goes on in the same place', async () => {
    await begin();
    await isma.say(erin, 'In March');
    await press('Later');
    const plate = await isma.say(erin, "what's on my plate?");
    await press('Go on');

    expect(plate.at(-1)?.reply.items[0]?.text).toBe('Your practice interview');
    expect(last()?.text).toContain('A good answer mentions these.');
  });

  it('is the person’s alone: others have no list of it, no card, and no button', async () => {
    await begin();
    await isma.say(erin, 'We never check anything');
    await press('None of them');
    await press('That is enough');
    const [{ id } = { id: 0 }] = await rows('select id from mock_interview');
    const seen: Said[] = [];
    for (const command of ['overview', 'coach', 'share', 'give', 'forget', 'question', 'question-on', 'accept', 'decline'])
      seen.push(...(await isma.press(ines, `mock-audit.${command}?interview=${String(id)}&record=${String(id)}&of=${first.name}`)));
    seen.push(...(await isma.say(ines, 'my interviews')), ...(await isma.say(ines, 'mock audit overview')), ...(await isma.say(ines, 'mock audits')));

    expect(new Set(seen.slice(0, 9).map(({ reply }) => reply.notice))).toEqual(new Set(['refused']));
    expect(JSON.stringify(seen)).not.toMatch(/never check|0 of|Erin/);
    expect(textOf(seen)).toContain('At least 10 people have to have answered the same question');
    expect(textOf(await isma.say(erin, 'mock audit overview'))).toContain('shown to managers only');
    expect(textOf(await isma.say(erin, 'my interviews'))).toContain('for your eyes only');
  });

  it('in a channel goes to the person’s own conversation', async () => {
    const said = await isma.say(erin, 'mock audit', { channel: 'general' });

    expect(said.filter(({ address }) => address !== directAddress(erin)).map(({ reply }) => reply.text)).toEqual([
      'I have answered you in a direct message: a mock audit is not for everybody here.',
    ]);
  });

  it('is forgotten when the person says so, and its words with the retention', async () => {
    await begin();
    await isma.say(erin, 'We never check anything');
    await press('None of them');
    await press('That is enough');
    await press('Forget it');
    await begin();
    await isma.say(erin, 'In the pantry');
    await isma.stop();
    const held = async () => JSON.stringify(await rows('select state, given from mock_interview order by id'));
    const before = await held();
    await runMaintenance({ ...isma.app, clock: () => new Date(today.getTime() + 91 * 86_400_000) });

    expect(before).not.toContain('never check');
    expect(before).toContain('pantry');
    expect(await held()).toBe('[{"state":"ended","given":[]},{"state":"ended","given":[]}]');
    expect(await rows('select count(*)::integer as n from mock_interview_result')).toEqual([{ n: 0 }]);
  });

  it('leaves gap analyses as they were', async () => {
    await begin();
    await press('I do not know');
    await press('That is enough');

    expect(await rows('select (select count(*)::integer from assessment) as assessments, (select count(*)::integer from assessment_answer) as answers')).toEqual([{ assessments: 0, answers: 0 }]);
  });
}); // prettier-ignore
