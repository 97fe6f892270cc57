/** A whole management review: by one person in the terminal, and by several in a thread of Slack, down to the chair's signature. */
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import { describeOnDatabases } from '../support/databases.ts';
import { givenPeople } from '../support/harness.ts';
import { startModelServer, type ModelServer } from '../support/model-server.ts';
import { startSlackHarness } from '../support/slack-harness.ts';
import { buttonsIn } from '../support/slack-requests.ts';
import { startSlackServer } from '../support/slack-server.ts';
import { stages } from './stages.ts';

const [hanna, hugo, ines] = ['hanna', 'hugo', 'ines'].map((name) => `${name}@test.example`) as [string, string, string]; // prettier-ignore
const inputs = ['a', 'b', 'c', 'd1', 'd2', 'd3', 'd4', 'e', 'f', 'g'];

describeOnDatabases('A management review', (test) => {
  let model: ModelServer;
  beforeAll(async () => {
    model = await startModelServer();
  });
  afterAll(() => model.close());
  beforeEach(() => givenPeople(test.db));

  const rows = async (sql: string) => (await test.db.query(sql)).rows;
  const outcome = async () => ({
    review: await rows('select state, suitable, adequate, effective, signed_by_name from management_review'),
    open: await rows('select input from review_input where discussed_at is null'),
    decisions: await rows('select input, kind, text from review_decision order by id'),
    actions: await rows('select description, state from corrective_action'),
    came: await rows('select name from review_attendance where came order by id'),
  });

  it('is planned, held, completed and signed in the terminal', async () => {
    const stage = await stages.terminal?.({ db: test.db, model });
    if (stage === undefined) throw new Error('there is no terminal');
    const { say, press, fill, stop } = stage;
    try {
      for (const who of [hugo, hanna, ines]) await say(who, 'hello');
      await say(ines, 'plan the management review for 15 December 2026');
      await press(ines, 'Plan it');
      await fill(ines, { chair: 'Hugo', members: 'Hanna' });
      await say(ines, 'start the management review');
      await press(ines, 'Begin');
      await press(ines, 'I am here');
      await say(hugo, 'agenda');
      await press(hugo, 'I am here');
      await say(ines, 'next input');
      for (const input of inputs) {
        if (input === 'd1') {
          await say(ines, 'note: No majors, and two minors are old');
          await press(ines, 'Decide');
          await fill(ines, { text: 'Close the old minors', who: 'Hanna', due: '2027-01-31' });
          await press(ines, 'Confirm');
          await say(ines, 'decided d1: Findings are looked at each month');
        }
        await press(ines, 'Discussed');
      }
      await press(ines, 'Complete');
      await fill(ines, { suitable: 'yes', adequate: 'yes', effective: 'yes', conclusion: 'It works' });
      await press(hugo, 'Look, and sign');
      await press(hugo, 'Sign');
    } finally {
      await stop();
    }

    expect(await outcome()).toEqual({
      review: [{ state: 'signed', suitable: true, adequate: true, effective: true, signed_by_name: 'Hugo Owner' }], // prettier-ignore
      open: [],
      decisions: [
        { input: 'd1', kind: 'action', text: 'Close the old minors' },
        { input: 'd1', kind: 'decision', text: 'Findings are looked at each month' },
      ],
      actions: [{ description: 'Close the old minors', state: 'proposed' }],
      came: [{ name: 'Hugo Owner' }, { name: 'Ines Isms' }],
    });
  });

  it('is walked through by several people in a thread, where its cards change in place, and signed by its chair alone with us', async () => {
    const slack = await startSlackServer();
    const isma = await startSlackHarness({ db: test.db, slack, modelServer: model });
    const users = new Map<string, string>();
    for (const email of [hanna, hugo, ines]) users.set(email, await slack.userOf(email));
    const user = (email: string) => users.get(email) ?? '';
    const root = isma.send.ts();
    const mention = async (email: string, text: string, rest: object = { thread_ts: root }) => {
      await isma.send.event(isma.send.mention(user(email), slack.channel, text, rest));
      return isma.settled();
    };
    const inThread = async () => (await isma.settled()).filter(({ channel, threadTs }) => channel === slack.channel && threadTs === root); // prettier-ignore
    let view: Record<string, unknown> = {};
    const press = async (email: string, label: string, in_ = inThread) => {
      const shown = (await in_()).filter(({ blocks, only }) => buttonsIn(blocks)[label] !== undefined && (only === null || only === user(email))).at(-1); // prettier-ignore
      const button = shown && buttonsIn(shown.blocks)[label];
      if (shown === undefined || button === undefined) throw new Error(`no button «${label}» for ${email}`);
      const before = slack.views.length;
      await isma.send.press(user(email), shown, button, { trigger_id: await slack.triggerFor(user(email)) });
      await isma.settled();
      view = slack.views[before]?.view ?? view;
    };
    const fill = async (email: string, values: Record<string, string>) => {
      const fields = (view.blocks as { type: string; block_id: string; element: Record<string, unknown> }[]).filter(({ type }) => type === 'input'); // prettier-ignore
      const state = Object.fromEntries(
        fields.map(({ block_id, element }) => {
          const value = values[block_id.slice(block_id.indexOf(':') + 1)];
          const { type } = element;
          const sent =
            type === 'datepicker'
              ? { type, selected_date: value ?? element.initial_date ?? null }
              : type === 'radio_buttons' || type === 'static_select'
                ? { type, selected_option: value === undefined ? (element.initial_option ?? null) : { value, text: { type: 'plain_text', text: value } } } // prettier-ignore
                : { type, value: value ?? element.initial_value ?? null };
          return [block_id, { [String(element.action_id)]: sent }];
        }),
      );
      await isma.send.submit(user(email), view, state);
      await isma.settled();
    };
    const direct = (email: string) => async () => {
      const dm = await slack.dmWith(user(email));
      return (await isma.settled()).filter(({ channel }) => channel === dm);
    };
    try {
      const dm = await slack.dmWith(user(ines));
      await isma.send.event(
        isma.send.directMessage(user(ines), dm, 'plan the management review for 15 December 2026'),
      );
      await isma.settled();
      for (const email of [hanna, hugo]) await isma.send.event(isma.send.directMessage(user(email), await slack.dmWith(user(email)), 'hello')); // prettier-ignore
      await isma.settled();
      await press(ines, 'Plan it', direct(ines));
      await fill(ines, { chair: 'Hugo', members: 'Hanna' });
      await mention(ines, 'start the management review');
      const asked = (await inThread()).at(-1)?.words ?? '';
      await press(hanna, 'Begin');
      const before = await rows('select state from management_review');
      await press(ines, 'Begin');
      await press(hugo, 'I am here');
      await press(hanna, 'I am here');
      const cards = (await inThread()).filter(({ only }) => only === null).length;
      await press(hanna, 'Next: a');
      await press(ines, 'Note');
      await fill(ines, { note: 'Nothing is left over' });
      await press(hanna, 'Note');
      await fill(hanna, { note: 'Agreed' });
      const noted = (await inThread()).filter(({ only }) => only === null);
      await press(hanna, 'Discussed');
      await mention(hugo, 'note b: Lyon grows');
      await press(hugo, 'Decide');
      await fill(hugo, { text: 'Put Lyon into the scope', who: 'Ines', due: '2027-01-31' });
      const whispered = (await inThread()).filter(({ only }) => only === user(hugo)).at(-1);
      await press(hugo, 'Confirm');
      const told = (await inThread()).filter(({ only }) => only === null).map(({ words }) => words);
      for (const [at] of inputs.slice(1).entries()) await press(at % 2 === 0 ? hanna : ines, 'Discussed');
      await press(ines, 'Complete');
      await fill(ines, { suitable: 'yes', adequate: 'yes', effective: 'no', conclusion: 'Audits are late' });
      await press(hugo, 'Look, and sign', direct(hugo));
      await press(hugo, 'Sign', direct(hugo));

      expect(asked).toContain('Everybody in this conversation reads its figures, notes and decisions.');
      expect(before).toEqual([{ state: 'planned' }]);
      expect(cards).toBe(1);
      expect(noted).toHaveLength(2);
      expect(noted.at(-1)?.words).toContain('Ines Isms: Nothing is left over');
      expect(noted.at(-1)?.words).toContain('Hanna Human: Agreed');
      expect(whispered?.words).toContain('Not written yet.');
      expect(told.some((words) => words.includes('CA-2026-001 · Put Lyon into the scope · Ines Isms'))).toBe(
        true,
      );
      expect(await outcome()).toEqual({
        review: [{ state: 'signed', suitable: true, adequate: true, effective: false, signed_by_name: 'Hugo Owner' }], // prettier-ignore
        open: [],
        decisions: [{ input: 'b', kind: 'action', text: 'Put Lyon into the scope' }],
        actions: [{ description: 'Put Lyon into the scope', state: 'proposed' }],
        came: [{ name: 'Hugo Owner' }, { name: 'Hanna Human' }],
      });
      expect(await rows('select notes from review_input where notes is not null order by input')).toEqual([
        { notes: 'Ines Isms: Nothing is left over\nHanna Human: Agreed' },
        { notes: 'Hugo Owner: Lyon grows' },
      ]);
      expect(slack.violations).toEqual([]);
    } finally {
      await isma.stop();
      await slack.close();
    }
  });
});
