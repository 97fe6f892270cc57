/** What comes after the answers: the lead's look, what our own records say, and what becomes of the gaps. */
import { afterEach, beforeEach, expect, it } from 'vitest';
import { verifyAudit } from '../../../src/db/audit.ts';
import { selectOwned } from '../../../src/isms/person/leaving.ts';
import { describeOnDatabases } from '../../support/databases.ts';
import {
  directAddress,
  givenDocument,
  givenPeople,
  startHarness,
  type Harness,
} from '../../support/harness.ts';
import { startModelServer, type ModelServer } from '../../support/model-server.ts';
import { aboutUs, askedIn, routine, talkIn } from './talk.ts';

const hugo = 'hugo@test.example';
const ines = 'ines@test.example';
const asked = askedIn('part:A.5.18');
const reviewed = asked.find(({ criterion }) => criterion.id === 'reviewed');

describeOnDatabases('A gap analysis that is looked at', (test) => {
  let isma: Harness;
  let now: Date;
  beforeEach(async () => {
    now = new Date('2026-11-25T09:00:00Z');
    await givenPeople(test.db);
    isma = await startHarness({ db: test.db, clock: () => now });
  });
  afterEach(() => isma.stop());

  const rows = async (sql: string) => (await test.db.query(sql)).rows;
  const { shownTo, press, answerAll, begin } = talkIn(() => isma);
  const lastId = async (table: string) =>
    Number((await rows(`select max(id) as id from ${table}`))[0]?.['id']);

  /** Hugo is asked all of it, and answers as well as can be, or as badly. */
  async function givenAnswers(choice: number) {
    await isma.say(hugo, 'hello');
    await begin(ines, 'gap analysis of A.5.18');
    await isma.say(ines, 'ask Hugo about A.5.18 until 4 December');
    await press(ines, 'Ask Hugo Owner');
    await answerAll(hugo, choice);
    await press(hugo, 'Submit');
    await isma.press(ines, `gap-analysis.review?assignment=${await lastId('assignment')}`);
  }

  it('is asked of somebody by words, once the lead pressed the card', async () => {
    await begin(ines, 'gap analysis of A.5.18');
    const card = (await isma.say(ines, 'ask Hugo about A.5.18 until 4 December')).at(-1)?.reply;
    const before = await rows('select id from assignment');
    const told = await press(ines, 'Ask Hugo Owner');

    expect(card?.text).toBe(
      `I would ask Hugo Owner ${asked.length} questions about A.5.18 Access rights until Friday 4 December 2026, for GA-2026-001.`,
    );
    expect(before).toHaveLength(1);
    expect(told.map(({ address }) => address)).toContain(directAddress(hugo));
    expect(await rows('select part, due_on::text, state from assignment order by id')).toEqual([
      { part: 'lead', due_on: null, state: 'in_progress' },
      { part: 'doer', due_on: '2026-12-04', state: 'in_progress' },
    ]);
    expect(await rows("select count(*)::integer as n from assessment_answer where state = 'delegated'")).toEqual([{ n: asked.length }]); // prettier-ignore
    const again = (await isma.say(ines, 'ask Hugo about A.5.18')).at(-1);
    const refused = await isma.press(ines, again?.reply.buttons[0]?.id ?? '');
    expect(refused.at(-1)?.reply.text).toContain('Nobody new is asked about A.5.18');
  });

  it('counts what an assessor saw apart from what was said, and keeps both answers', async () => {
    await givenAnswers(0);
    await press(ines, 'Look');
    await press(ines, 'I saw it', {
      seen: 'defined,practised,proven',
      defined: 'yes',
      practised: 'partly',
      proven: 'yes',
      words: 'Two tickets of three had the approval',
    });
    const results = (await isma.say(ines, 'show GA-1')).at(-1)?.reply;

    expect(results?.aside).toContain(`1 was seen by an assessor, ${asked.length - 1} are as people said.`);
    expect(results?.text).toContain('1 in part');
    expect(await rows(`select state, practised, seen, by_name from assessment_answer where criterion = '${asked[0]?.name ?? ''}' and state <> 'delegated' order by id`)).toEqual([
      { state: 'answered', practised: 'yes', seen: [], by_name: 'Hugo Owner' },
      { state: 'confirmed', practised: 'partly', seen: ['defined', 'practised', 'proven'], by_name: 'Ines Isms' },
    ]);
  }); // prettier-ignore

  it('lets nobody see their own answers, or somebody else’s without leading it', async () => {
    await givenAnswers(0);
    const answer = await lastId('assessment_answer');
    const own = (await isma.press(hugo, `gap-analysis.answer?answer=${answer}`)).at(-1)?.reply;
    const closing = (await isma.press(hugo, `gap-analysis.close?assignment=${await lastId('assignment')}&seen=x`)).at(-1)?.reply; // prettier-ignore
    const unseen = (await isma.press(ines, `gap-analysis.close?assignment=${await lastId('assignment')}`)).at(-1)?.reply; // prettier-ignore

    expect([own?.text, closing?.text]).toEqual([expect.stringMatching('Only Ines Isms'), expect.stringMatching('Only Ines Isms')]);
    expect(unseen?.text).toContain('Nothing is signed yet: look at it first.');
    expect(await rows("select state from assignment where part = 'doer'")).toEqual([{ state: 'submitted' }]);
  }); // prettier-ignore

  it('asks one question again, and only that one', async () => {
    await givenAnswers(0);
    await press(ines, 'Look');
    const told = await press(ines, 'Ask again', { word: 'Who agreed last time?' });
    const back = told.find(({ address }) => address === directAddress(hugo))?.reply;

    expect(back?.text).toContain('Ines Isms asks: «Who agreed last time?»');
    expect(back?.progress).toMatchObject({ done: asked.length - 1, total: asked.length });
    expect(await rows("select state from assignment where part = 'doer'")).toEqual([{ state: 'changes_requested' }]); // prettier-ignore
    await answerAll(hugo, 9);
    await press(hugo, 'Submit');
    expect(await rows("select state from assignment where part = 'doer'")).toEqual([{ state: 'submitted' }]);
    expect((await verifyAudit(test.db)).faults).toEqual([]);
  });

  it('is taken back from whoever does not answer: what they left open is the lead’s again', async () => {
    await isma.say(hugo, 'hello');
    await begin(ines, 'gap analysis of A.5.18');
    await isma.say(ines, 'ask Hugo about A.5.18 until 4 December');
    await press(ines, 'Ask Hugo Owner');
    await answerAll(hugo, 0, 1);
    await isma.press(ines, `gap-analysis.review?assignment=${await lastId('assignment')}`);
    await press(ines, 'Take back');
    await isma.say(ines, "what's on my plate?");
    await press(ines, 'Go on');

    expect(shownTo(ines)?.text).toContain(routine(asked[1]));
    expect(shownTo(hugo)?.text).toContain('You need not answer any more');
    expect(await rows('select part, state from assignment order by id')).toEqual([
      { part: 'lead', state: 'in_progress' },
      { part: 'doer', state: 'closed' },
    ]);
    await answerAll(ines, 0);
    await press(ines, 'Submit');
    await press(ines, 'Make it final');
    expect(shownTo(ines)?.text).toContain(`100 of 100: ${asked.length} as it should be`);
    const late = await isma.press(hugo, `gap-analysis.question-on?record=${await lastId('assignment')}`);
    expect(late.at(-1)?.reply.text).toBe('Your part of GA-2026-001 is closed.');
  });

  it('is told of when somebody leaves who was asked', async () => {
    await isma.say(hugo, 'hello');
    await begin(ines, 'gap analysis of A.5.18');
    await isma.say(ines, 'ask Hugo about A.5.18 until 4 December');
    await press(ines, 'Ask Hugo Owner');
    const [{ id } = {}] = await rows(`select id from person where email = '${hugo}'`);

    expect(await selectOwned(test.db, Number(id))).toEqual([
      { what: 'answers', reference: 'GA-2026-001', title: 'A.5.18 Access rights' },
    ]);
  });

  it('reminds whoever has not answered three working days before, on the day and after it, and nobody else', async () => {
    await isma.say(hugo, 'hello');
    await begin(ines, 'gap analysis of A.5.18');
    await isma.say(ines, 'ask Hugo about A.5.18 until 4 December');
    await press(ines, 'Ask Hugo Owner');
    const told: string[][] = [];
    for (const day of ['2026-12-01', '2026-12-02', '2026-12-02', '2026-12-04', '2026-12-07', '2026-12-08']) {
      now = new Date(`${day}T10:00:00Z`);
      told.push((await isma.runDue()).map(({ address, reply }) => `${address} ${reply.text.split('\n').slice(0, 2).join(', ')}`)); // prettier-ignore
    }
    const text = (due: string) =>
      `${directAddress(hugo)} GA-2026-001 · your answers about A.5.18 Access rights · ${due}, ${asked.length} of ${asked.length} left`;

    expect(told).toEqual([[text('due Friday')], [], [], [text('due today')], [], [text('4 days overdue')]]);
  });

  it('makes a gap a work package, which one press puts on the roadmap, and never twice', async () => {
    await givenAnswers(9);
    await isma.say(ines, 'show GA-1');
    await press(ines, 'What matters most');
    const gaps = shownTo(ines);
    await press(ines, 'Plan it');
    expect(await rows('select id from work_package')).toEqual([]);
    await press(ines, 'Confirm');
    await press(ines, 'Put it on the roadmap');

    expect(gaps?.items[0]?.detail).toMatch(/not done.*an auditor would call it .*takes /);
    expect(await rows('select reference, state, requirement from work_package')).toEqual([
      { reference: 'WP-2026-001', state: 'planned', requirement: 'A.5.18' },
    ]);
    const again = await isma.press(ines, gaps?.items[0]?.button?.id ?? '');
    await isma.press(ines, again.at(-1)?.reply.buttons.find(({ label }) => label === 'Confirm')?.id ?? '');
    expect(shownTo(ines)?.text).toContain('WP-2026-001 closes that gap already.');
    expect(await rows('select id from nonconformity')).toEqual([]);
  });

  it('proposes a non-conformity where the organisation is certified, and raises none by itself', async () => {
    await isma.say(ines, 'gap analysis of A.5.18');
    for (const said of aboutUs)
      await isma.say(ines, said === 'We prepare for it' ? 'We are certified' : said);
    await answerAll(ines, 9);
    await isma.say(ines, 'results');
    await press(ines, 'What matters most');
    await press(ines, 'Raise it');
    const before = await rows('select id from nonconformity');
    await press(ines, 'Confirm');

    expect(before).toEqual([]);
    expect(await rows('select requirement, audit, state from nonconformity')).toEqual([
      { requirement: 'A.5.18', audit: 'GA-2026-001', state: 'open' },
    ]);
    expect(await rows('select id from work_package')).toEqual([]);
  });

  it('says what our own records hold against an answer, before it is written', async () => {
    await givenDocument(
      test.db,
      'access.md',
      `---\nref: POL-11\nstatus: published\nversion: "1.0"\neffective: 2026-01-01\ncontrols: [A.5.18]\n---\n# Access\n\n## 3.5 Reviews of access rights\n\nOwners review the access rights to their systems every three months and take away what is not needed.\n`,
    );
    await isma.say(ines, 'We saw that the access rights of three leavers were still active (A.5.18)');
    await press(ines, 'I don’t know');
    await press(ines, 'Confirm');
    await begin(ines, 'gap analysis of A.5.18');
    for (let at = 0; at < asked.findIndex((each) => each === reviewed); at += 1) {
      await press(ines, 'Skip', { answer: 'Later' });
    }
    await isma.press(ines, shownTo(ines)?.buttons[0]?.id ?? '');
    await isma.press(ines, shownTo(ines)?.buttons[0]?.id ?? '');
    const doubt = shownTo(ines)?.text ?? '';
    await press(ines, 'No, it is not done');

    expect(doubt).toContain(
      'POL-11 3.5 says «Owners review the access rights to their systems every three months and take away what is not needed.»',
    );
    expect(doubt).toContain('NC-2026-001 is open on A.5.18.');
    expect(await rows(`select practised from assessment_answer where criterion = '${reviewed?.name ?? ''}'`)).toEqual([{ practised: 'no' }]); // prettier-ignore
  });

  it('stays as it is once it is final: no answer is judged or asked again, by no old button either', async () => {
    await givenAnswers(0);
    await press(ines, 'Agree and close');
    await isma.press(ines, 'gap-analysis.question-on?record=1');
    await press(ines, 'Submit');
    await press(ines, 'Make it final');
    const before = await rows('select * from assessment_answer order by id');
    const answer = await lastId('assessment_answer');
    const card = (await isma.press(ines, `gap-analysis.answer?answer=${answer}`)).at(-1)?.reply;
    await isma.press(ines, `gap-analysis.confirm?answer=${answer}&seen=${answer}`);
    await isma.press(ines, `gap-analysis.send-seen?answer=${answer}`, { seen: 'practised', practised: 'no', words: 'Not so' });
    const refused = await isma.press(ines, `gap-analysis.send-challenge?answer=${answer}`, { word: 'Really?' });

    expect(card?.buttons).toEqual([]);
    expect(refused.at(-1)?.reply.form?.fields[0]?.error).toBe('GA-2026-001 is final, and stays as it is.');
    expect(await rows('select * from assessment_answer order by id')).toEqual(before);
    expect(await rows("select state from assessment union all select state from assignment where part = 'doer'")).toEqual([{ state: 'final' }, { state: 'closed' }]);
  }); // prettier-ignore

  it('takes no answers any more once it is put away', async () => {
    await isma.say(hugo, 'hello');
    await begin(ines, 'gap analysis of A.5.18');
    await isma.say(ines, 'ask Hugo about A.5.18 until 4 December');
    await press(ines, 'Ask Hugo Owner');
    await test.db.query("update assessment set state = 'superseded'");
    const before = await rows('select id from assessment_answer');
    await answerAll(hugo, 0, 1);

    expect(shownTo(hugo)?.text).toBe('GA-2026-001 is superseded, and stays as it is.');
    expect(await rows('select id from assessment_answer')).toEqual(before);
  });

  it('has no answer chosen where nobody differs, by no typed command either', async () => {
    await givenAnswers(0);
    const answer = await lastId('assessment_answer');
    const [{ criterion } = {}] = await rows(`select criterion from assessment_answer where id = ${answer}`);
    const said = await isma.press(ines, `gap-analysis.settle?record=GA-2026-001&criterion=${String(criterion)}&answer=${answer}`); // prettier-ignore

    expect(said.at(-1)?.reply.text).toBe('That is decided already, or people agree by now.');
    expect(await rows('select holds_id from assessment_criterion where holds_id is not null')).toEqual([]);
    expect(await rows("select action from audit_entry where action = 'assessment.settled'")).toEqual([]);
  });

  it('asks nobody until a day that is past when the card is pressed', async () => {
    await isma.say(hugo, 'hello');
    await begin(ines, 'gap analysis of A.5.18');
    await isma.say(ines, 'ask Hugo about A.5.18 until 4 December');
    now = new Date('2026-12-07T09:00:00Z');
    const refused = await press(ines, 'Ask Hugo Owner');

    expect(refused.at(-1)?.reply.text).toBe('That day is past. Until when shall they answer?');
    expect(await rows('select part from assignment')).toEqual([{ part: 'lead' }]);
  });

  it('tells nobody whom it does not concern that it is there, nor who is asked', async () => {
    await givenAnswers(0);
    await isma.say(ines, 'gap analysis of A.5.15');
    const erin = 'erin@test.example';
    const [assignment, answer] = [await lastId('assignment'), await lastId('assessment_answer')];
    const said: string[] = [];
    for (const id of [
      `question-on?record=${assignment}`,
      `again?assignment=${assignment}&criterion=${asked[0]?.name ?? ''}`,
      `review?assignment=${assignment}`,
      `submit?assignment=${assignment}`,
      `take-back?assignment=${assignment}`,
      `answer?answer=${answer}`,
      `answer?answer=${answer + 1}`,
      `challenge?answer=${answer}`,
      'profile-stands?record=GA-2026-002',
      'profile-anew?record=GA-2026-002',
      'profile-on?record=GA-2026-002',
      'show?record=GA-2026-001',
    ])
      said.push((await isma.press(erin, `gap-analysis.${id}`)).at(-1)?.reply.text ?? '');

    expect(said.join('\n')).not.toMatch(/Hugo|Ines|begun/);
    expect(said).toHaveLength(12);
    expect(said.every((text) => /^There (is|are) no /.test(text))).toBe(true);
    expect(await rows('select state from assessment order by id')).toEqual([{ state: 'in_progress' }, { state: 'draft' }]);
  }); // prettier-ignore

  it('begins only with what the card said about the organisation', async () => {
    await begin(ines, 'gap analysis of A.5.18');
    const old = (await isma.say(ines, 'gap analysis of A.5.15')).at(-1)?.reply;
    await test.db.query(
      `insert into organisation_profile (given, tags, state, person_id, changed_at)
       select given, '{large}', 'confirmed', person_id, '2026-11-26' from organisation_profile`,
    );
    await isma.press(ines, old?.buttons[0]?.id ?? '');
    const unbegun = await rows("select state from assessment where reference = 'GA-2026-002'");
    const again = shownTo(ines)?.text;
    await press(ines, 'Yes, begin');

    expect(unbegun).toEqual([{ state: 'draft' }]);
    expect(again).toContain('Is this still so?');
    expect(await rows("select state, profile from assessment where reference = 'GA-2026-002'")).toEqual([{ state: 'in_progress', profile: ['large'] }]);
  }); // prettier-ignore

  it('asks a quick scan once what could be shown, for all of it', async () => {
    await begin(ines, 'quick scan');
    await answerAll(ines, 0);
    const { total } = (await rows('select count(*)::integer as total from assessment_answer'))[0] ?? {};

    expect(total).toBe(askedIn('quick').length);
    expect(await rows('select proven from assignment')).toEqual([{ proven: 'yes' }]);
    expect(await rows('select distinct proven from assessment_answer')).toEqual([{ proven: null }]);
    await press(ines, 'Submit');
    expect(shownTo(ines)?.text).toContain(`100 of 100: ${total as number} as it should be`);
    await press(ines, 'Make it final');
    await isma.say(ines, 'quick scan');
    await press(ines, 'Yes, begin');
    await answerAll(ines, 9);
    await press(ines, 'Submit');
    expect(shownTo(ines)?.text).toContain('-100 since 25 November 2026 (GA-2026-001: 100).');
    await press(ines, 'Make it final');
    expect(await rows('select reference, state from assessment order by id')).toEqual([
      { reference: 'GA-2026-001', state: 'superseded' },
      { reference: 'GA-2026-002', state: 'final' },
    ]);
  });
});

describeOnDatabases('Words that a model reads', (test) => {
  let model: ModelServer;
  let isma: Harness;
  beforeEach(async () => {
    await givenPeople(test.db);
    model = await startModelServer();
    isma = await startHarness({ db: test.db, modelServer: model });
  });
  afterEach(async () => {
    await isma.stop();
    await model.close();
  });
  const { shownTo, press, answerAll, begin } = talkIn(() => isma);

  it('are shown as what was understood, and count once the person says so', async () => {
    const read = JSON.stringify({ defined: 'no', practised: 'yes' });
    model.script(() => ({ calls: [{ name: 'write_down', arguments: read }] }));
    await begin(ines, 'gap analysis of A.5.18');
    await isma.say(ines, 'We always ask the owner first, but it stands nowhere');
    const understood = shownTo(ines);
    await press(ines, 'Yes, that is right');
    await answerAll(ines, 0, 1);

    expect(understood?.text).toContain('I understood: written down: no, done: yes. Right?');
    expect((await test.db.query('select defined, practised, words from assessment_answer')).rows).toEqual([
      { defined: 'no', practised: 'yes', words: 'We always ask the owner first, but it stands nowhere' },
    ]);
  });

  it('are chosen by hand where they were misunderstood', async () => {
    const read = JSON.stringify({ defined: 'yes', practised: 'yes' });
    model.script(() => ({ calls: [{ name: 'write_down', arguments: read }] }));
    await begin(ines, 'gap analysis of A.5.18');
    await isma.say(ines, 'We ask, now and then');
    await press(ines, 'No, I choose');
    await answerAll(ines, 9, 1);

    expect((await test.db.query('select practised from assessment_answer')).rows).toEqual([
      { practised: 'no' },
    ]);
  });
});
