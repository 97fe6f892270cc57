/** A question on its way to an owner and back: who may, once, and for how long the answer stands. */
import { afterEach, beforeEach, expect, it } from 'vitest';
import { verifyAudit } from '../../../src/db/audit.ts';
import { forgetQuestions } from '../../../src/isms/answer/answer.ts';
import { describeOnDatabases } from '../../support/databases.ts';
import {
  directAddress,
  givenDocument,
  givenPeople,
  startHarness,
  type Harness,
  type Said,
} from '../../support/harness.ts';

const erin = 'erin@test.example';
const hanna = 'hanna@test.example';
const hugo = 'hugo@test.example';
const ines = 'ines@test.example';
const question = 'may I take a drone to the warehouse?';

const warehouse = (
  version: string,
  more = '',
  body = 'Visitors to the warehouse wear a helmet. Ladders are checked.',
) =>
  `---\nref: POL-30\ntitle: Warehouse Policy\nversion: "${version}"\nowner: hugo@test.example\n${more}---\n# Warehouse Policy\n\n## 1 Visitors\n\n${body}\n`;

describeOnDatabases('a question for an owner', (test) => {
  let isma: Harness;

  beforeEach(async () => {
    await givenPeople(test.db);
    await givenDocument(test.db, 'warehouse.md', warehouse('1.0'));
    isma = await startHarness({ db: test.db });
  });
  afterEach(async () => {
    await isma.stop();
    expect((await verifyAudit(test.db)).faults).toEqual([]);
    const { rows } = await test.db.query("select state, problem from inbox where state <> 'done'");
    expect(rows).toEqual([]);
  });

  const to = (said: Said[], email: string) => said.filter((each) => each.address === directAddress(email));
  const press = (email: string, said: Said | undefined, label: string, fields = {}) => {
    const id = said?.reply.buttons.find((button) => button.label.startsWith(label))?.id;
    if (id === undefined) throw new Error(`no button ${label} in: ${JSON.stringify(said?.reply)}`);
    return isma.press(email, id, fields);
  };
  const asked = async (by = erin, text = question) => press(by, (await isma.say(by, text))[0], 'Ask ');
  const openForm = async (by: string, card: Said | undefined) =>
    (await press(by, card, 'Answer'))[0]?.reply.form?.id ?? '';
  const states = async () =>
    (await test.db.query('select state from open_question order by id')).rows.map((row) => row.state);
  const citesAnswer = async (by: string) =>
    ((await isma.say(by, question))[0]?.reply.citations ?? []).some((citation) => citation.kind === 'answer');

  it('goes to the owner as a direct message, with who asks, the policy and what a reply does', async () => {
    const said = await asked();

    expect(to(said, erin)[0]?.reply.text).toBe(
      'I have asked Hugo Owner (Q-2026-001). The answer comes back to you here.',
    );
    expect(to(said, hugo)[0]?.reply.text).toContain(`Erin Employee asks: «${question}»`);
    expect(to(said, hugo)[0]?.reply.text).toContain(
      'The nearest policy is your Warehouse Policy, and it does not say.',
    );
    expect(said).toHaveLength(2);
  });

  it('goes to the ISMS manager too where its owner is not reached, for whoever asked alone, until it is answered', async () => {
    const said = await asked();
    const other = to(said, hugo)[0]?.reply.otherwise ?? [];
    expect(other.map(({ label }) => label)).toEqual(['Ask Ines Isms']);
    const id = other[0]?.id ?? '';

    const refused = await isma.press(hanna, id);
    const handed = await isma.press(erin, id);
    const [card] = to(handed, ines);
    const answered = await isma.press(ines, await openForm(ines, card), {
      answer: 'Not indoors.',
      keep: 'asker',
    });
    const late = await isma.press(erin, id);

    expect(to(refused, hanna)[0]?.reply.text).toBe('You have no question Q-2026-001.');
    expect(to(handed, erin)[0]?.reply.text).toBe('I have asked Ines Isms (Q-2026-001). The answer comes back to you here.'); // prettier-ignore
    expect(card?.reply).toMatchObject({ otherwise: [] });
    expect(JSON.stringify(to(answered, erin))).toContain('Not indoors.');
    expect(to(late, erin)[0]?.reply.text).toContain('nobody else need be asked');
    const { rows } = await test.db.query("select payload::jsonb -> 'detail' as detail from audit_entry where action = 'open_question.rerouted'"); // prettier-ignore
    expect(rows).toEqual([{ detail: { reference: 'Q-2026-001', from: 3, owner: 4 } }]);
  });

  it('goes to the ISMS manager when the owner asks it', async () => {
    const said = await asked(hugo);

    expect(to(said, ines)[0]?.reply.text).toContain('Hugo Owner asks');
    expect(to(said, ines)[0]?.reply.text).toContain('No policy that I know answers it.');
  });

  it('goes nowhere when there is nobody to ask, and says what is missing', async () => {
    await test.db.query(
      "update person set active = false where email in ('hugo@test.example', 'ines@test.example')",
    );

    const [answer] = await isma.say(erin, question);

    expect(answer?.reply.buttons.map((button) => button.label).join()).not.toContain('Ask ');
  });

  it.each([
    'Yes, if it stays below the roof.',
    'Do not bring it, the smoke detectors mistake it for smoke.',
    "Don't.",
    'Only on weekends. I will tell the guards.',
    'Nein, auf keinen Fall.',
  ])('is answered by what its owner writes next: %s', async (reply) => {
    await asked();

    const said = await isma.say(hugo, reply);

    expect(to(said, erin)[0]?.reply.text).toBe(`Hugo Owner answers your question «${question}»:\n${reply}`);
    expect(await states()).toEqual(['told_asker']);
  });

  it.each(['Who wears a helmet?', 'what is checked', 'Darf ich auf die Leiter?', 'hello', 'ok'])(
    'is not answered when its owner asks something instead: %s',
    async (text) => {
      await asked();

      const said = await isma.say(hugo, text);

      expect(to(said, erin)).toEqual([]);
      expect(await states()).toEqual(['routed']);
    },
  );

  it('is not answered by what its owner writes in a channel, or what somebody else writes', async () => {
    await asked();

    const inChannel = await isma.say(hugo, 'Yes, if it stays low.', { channel: 'general' });
    const byInes = await isma.say(ines, 'Yes, if it stays low.');

    expect([...to(inChannel, erin), ...to(byInes, erin)]).toEqual([]);
    expect(await states()).toEqual(['routed']);
  });

  it('waits for its owner, who is told so when they say hello', async () => {
    await asked();
    await isma.say(hugo, 'Who wears a helmet?');

    const said = await isma.say(hugo, 'hello');

    expect(said).toHaveLength(1);
    expect(said[0]?.reply.items).toMatchObject([
      {
        text: expect.stringContaining(question) as string,
        detail: expect.stringMatching(/^Q-2026-001 · since 24 November 2026/) as string,
        button: { label: 'Answer' },
      },
    ]);
  });

  it('is answered by nobody but its owner and the ISMS manager', async () => {
    const card = to(await asked(), hugo)[0];
    const form = await openForm(hugo, card);

    const [byHanna] = await isma.press(hanna, form, { answer: 'Sure.', keep: 'everyone' });
    const [byErin] = await press(erin, card, 'Answer');

    expect(byHanna?.reply).toMatchObject({
      notice: 'refused',
      text: 'Q-2026-001 is with Hugo Owner. Only they or the ISMS manager can answer it.',
    });
    expect(byErin?.reply.notice).toBe('refused');
    expect(await states()).toEqual(['routed']);
    const byInes = await isma.press(ines, form, { answer: 'Sure.', keep: 'everyone' });
    expect(to(byInes, erin)[0]?.reply.text).toContain('Ines Isms answers');
  });

  it('is answered once, also when two press Send in the same moment', async () => {
    const form = await openForm(hugo, to(await asked(), hugo)[0]);

    const both = await Promise.all([
      isma.press(hugo, form, { answer: 'Yes.', keep: 'everyone' }),
      isma.press(ines, form, { answer: 'No.', keep: 'everyone' }),
    ]);
    await isma.core.quiet();

    expect(
      to(isma.delivered, erin).filter((said) => said.reply.text.includes('answers your question')),
    ).toHaveLength(1);
    expect(
      isma.delivered.filter((said) => said.reply.text.includes('answered Q-2026-001 already')),
    ).toHaveLength(1);
    expect(both.flat().length).toBeGreaterThan(0);
    expect((await test.db.query("select count(*) as n from document where kind = 'answer'")).rows).toEqual([
      { n: 1 },
    ]);
  });

  it('keeps a reply that is too long, or a choice that there is not, at its field with what was written', async () => {
    const form = await openForm(hugo, to(await asked(), hugo)[0]);

    const [long] = await isma.press(hugo, form, { answer: 'x'.repeat(4_001), keep: 'everyone' });
    const [odd] = await isma.press(hugo, form, { answer: 'Yes.', keep: 'the world' });

    expect(long?.reply.form?.fields[0]).toMatchObject({
      error: 'At most 4000 characters; this has 4001.',
      value: 'x'.repeat(4_001),
    });
    expect(odd?.reply.form?.fields).toMatchObject([
      { value: 'Yes.' },
      { error: '«the world» is not one of the choices: everyone, asker.' },
    ]);
    expect(await states()).toEqual(['routed']);
  });

  it('that was answered is answered so for others, with name and date, until the policy has another version or revision', async () => {
    await asked();
    await isma.say(hugo, 'A drone in the warehouse is fine below the roof.');

    const [forHanna] = await isma.say(hanna, question);
    await givenDocument(
      test.db,
      'warehouse.md',
      warehouse('1.0', '', 'Visitors to the warehouse wear a red helmet.'),
    );

    expect(forHanna?.reply.citations[0]).toMatchObject({
      kind: 'answer',
      policy: 'Answer by Hugo Owner on the Warehouse Policy',
      effectiveFrom: '2026-11-24',
      quote: 'A drone in the warehouse is fine below the roof.',
    });
    expect(await citesAnswer(hanna)).toBe(false);
  });

  it('that was answered for its asker alone is told to nobody else', async () => {
    const form = await openForm(hugo, to(await asked(), hugo)[0]);

    await isma.press(hugo, form, { answer: 'A drone in the warehouse is fine.', keep: 'asker' });

    expect(await citesAnswer(hanna)).toBe(false);
  });

  it('about a restricted policy is answered so for those alone who may read the policy', async () => {
    await givenDocument(test.db, 'warehouse.md', warehouse('2.0', 'audience: hr\n'));
    await asked(hanna);
    await isma.say(hugo, 'A drone in the warehouse is fine below the roof.');

    expect(await citesAnswer(hanna)).toBe(true);
    expect(await citesAnswer(erin)).toBe(false);
  });

  it('whose answer is taken back is told so to its asker, found no more, and can be answered again the same day', async () => {
    await asked();
    const replied = await isma.say(hugo, 'A drone in the warehouse is fine.');

    const back = await press(hugo, to(replied, hugo)[0], 'Take my answer back');
    const found = await citesAnswer(hanna);
    const twice = await press(hugo, to(replied, hugo)[0], 'Take my answer back');
    const form = await openForm(hugo, to(back, hugo)[0]);
    await isma.press(hugo, form, { answer: 'No drone in the warehouse after all.', keep: 'everyone' });

    expect(to(back, erin)[0]?.reply.text).toBe(
      `Hugo Owner took back the answer to «${question}». Please do not rely on it; a new one follows.`,
    );
    expect(found).toBe(false);
    expect(twice[0]?.reply.text).toBe('Q-2026-001 has no answer to take back; it waits for you.');
    expect(to(isma.delivered, erin).at(-1)?.reply.text).toContain('No drone in the warehouse after all.');
    expect(await citesAnswer(hanna)).toBe(true);
  });

  it('is concluded by its owner once it was answered, on record', async () => {
    await asked();
    const replied = await isma.say(hugo, 'Yes.');

    await press(hugo, to(replied, hugo)[0], 'No change needed');
    await press(hugo, to(replied, hugo)[0], 'No change needed');
    const [other] = await press(hugo, to(replied, hugo)[0], 'I changed the policy');

    expect(other?.reply).toMatchObject({
      notice: 'refused',
      text: expect.stringContaining('Only a question that was answered can be concluded.') as string,
    });
    expect(await states()).toEqual(['no_change']);
    const { rows } = await test.db.query(
      "select action from audit_entry where action like 'open_question.%' order by seq",
    );
    expect(rows.map((row) => row.action)).toEqual([
      'open_question.routed', 'open_question.answered_by_owner', 'open_question.told_asker', 'open_question.no_change',
    ]); // prettier-ignore
  });

  it('of somebody else, or made up, is refused, and nothing is sent', async () => {
    const [answer] = await isma.say(erin, question);
    const ask = answer?.reply.buttons.find((button) => button.label === 'Ask Hugo Owner')?.id ?? '';

    const refused = [
      await isma.press(hanna, ask),
      await isma.press(erin, 'answers.ask-owner?answer=999999'),
      await isma.press(erin, 'answers.ask-owner?answer=1%20or%201=1'),
      await isma.press(erin, 'answers.ask-owner?answer=99999999999999999999'),
      await isma.press(erin, 'answers.reply?question=Q-1999-001', { answer: 'x' }),
      await isma.press(erin, 'answers.conclude?question=&outcome=policy_changed'),
      await isma.press(erin, 'no.such-thing?x=1'),
      await isma.press(erin, '__proto__'),
      await isma.press(erin, 'constructor'),
    ];

    expect(refused.map((said) => said.map((each) => each.reply.notice))).toEqual(
      refused.map(() => ['refused']),
    );
    expect(await states()).toEqual([]);
  });

  it('pressed in a channel by a bystander is refused; its asker may', async () => {
    const [answer] = await isma.say(erin, question, { channel: 'general' });
    const ask = answer?.reply.buttons.find((button) => button.label === 'Ask Hugo Owner')?.id ?? '';

    const byHanna = await isma.press(hanna, ask, {}, { channel: 'general' });
    const byErin = await isma.press(erin, ask, {}, { channel: 'general' });

    expect(byHanna[0]?.reply.text).toContain('Only the person who asked can send this question on.');
    expect(byErin.map((said) => said.address)).toEqual(['test:channel:general', directAddress(hugo)]);
  });

  it('whose words are past their retention is asked anew', async () => {
    const [answer] = await isma.say(erin, question);
    await forgetQuestions(test.db, new Date('2027-06-01'));

    const [refused] = await press(erin, answer, 'Ask Hugo Owner');

    expect(refused?.reply).toMatchObject({
      notice: 'refused',
      text: 'That question is too old; its text is no longer kept. Ask me again.',
    });
  });
});
