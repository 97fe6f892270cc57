/** Isma in Slack as people there use it: direct messages, mentions, commands, shortcuts, buttons, forms and the home page. */
import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from 'vitest';
import { describeOnDatabases } from '../../support/databases.ts';
import { givenDocument, givenPeople } from '../../support/harness.ts';
import { phonePolicy, reportLostPhones } from '../../support/phone-policy.ts';
import { passagesOf, startModelServer, type ModelServer } from '../../support/model-server.ts';
import type { Shown } from '../../support/slack-messages.ts';
import { buttonsIn, type PressedButton } from '../../support/slack-requests.ts';
import { startSlackHarness, type SlackHarness } from '../../support/slack-harness.ts';
import { startSlackServer, team, type SlackServer } from '../../support/slack-server.ts';

const policy = phonePolicy();
const sentence = reportLostPhones;
const question = 'When do I report a lost phone?';

describeOnDatabases('Isma in Slack', (test) => {
  let slack: SlackServer;
  let model: ModelServer;
  let isma: SlackHarness;
  let erin: string;
  let hugo: string;
  let dm: string;

  beforeAll(async () => {
    [slack, model] = await Promise.all([startSlackServer(), startModelServer()]);
    [erin, hugo] = [await slack.userOf('erin@test.example'), await slack.userOf('hugo@test.example')];
    dm = await slack.dmWith(erin);
  });
  afterAll(async () => {
    await slack.close();
    await model.close();
  });
  beforeEach(async () => {
    slack.clear();
    await givenPeople(test.db);
    await givenDocument(test.db, 'mobile.md', policy);
    model.script((request) => {
      const [first] = passagesOf(request);
      return { text: first === undefined ? 'NOT_COVERED' : `${sentence} [${first.n}].` };
    });
    isma = await startSlackHarness({ db: test.db, slack, modelServer: model });
  });
  afterEach(async () => {
    await isma.stop();
    expect(slack.violations).toEqual([]);
  });

  /** Presses a button of a message, as Slack reports it. */
  async function press(
    user: string,
    shown: Shown | undefined,
    label: string,
    rest: object = {},
  ): Promise<Shown[]> {
    const button = buttonsIn(shown?.blocks ?? [])[label];
    expect(button, `a button «${label}»`).toBeDefined();
    const { status } = await isma.send.press(user, shown as Shown, button as PressedButton, {
      trigger_id: await slack.triggerFor(user),
      ...rest,
    });
    expect(status).toBe(200);
    return isma.settled();
  }

  async function ask(text = question): Promise<Shown[]> {
    await isma.send.event(isma.send.directMessage(erin, dm, text));
    return isma.settled();
  }

  it('answers a direct message with its source, marked as written by AI', async () => {
    const [answer, ...more] = await ask();

    expect(more).toEqual([]);
    expect(answer).toMatchObject({ channel: dm, threadTs: null });
    for (const words of [sentence, 'Mobile Device Policy v2.1', 'Written by AI', 'Ask Hugo Owner'])
      expect(answer?.words).toContain(words);
    expect(answer?.blocks.at(-1)).toMatchObject({ type: 'context_actions' });
  });

  it('speaks in a channel only when it is mentioned, in the thread, and once', async () => {
    const aside = isma.send.directMessage(erin, slack.channel, 'good morning', { channel_type: 'channel' });
    const mention = isma.send.mention(erin, slack.channel, question);
    const message = { ...mention, type: 'message', channel_type: 'channel' };

    const answers = await Promise.all([aside, mention, message].map((event) => isma.send.event(event)));
    const shown = await isma.settled();

    expect(answers.map(({ status }) => status)).toEqual([200, 200, 200]);
    expect(shown).toHaveLength(1);
    expect(shown[0]).toMatchObject({ channel: slack.channel, threadTs: mention.ts, only: null });
  });

  it('tells nothing of the policies in a channel that outsiders share, but to the asker alone', async () => {
    const mention = isma.send.mention(erin, slack.channel, question);
    await isma.send.event(mention, { is_ext_shared_channel: true });
    const shown = await isma.settled();

    const inChannel = shown.filter(({ channel }) => channel === slack.channel);
    expect(inChannel.map(({ words }) => words).join()).not.toContain('helpdesk within');
    expect(shown.find(({ channel }) => channel === dm)?.words).toContain(sentence);
    expect(JSON.stringify(slack.calls.filter(({ args }) => args.channel === slack.channel))).not.toContain(
      sentence,
    );
  });

  it('takes a reason for «not helpful» in a dialog, with its error at the field', async () => {
    const [answer] = await ask();

    await press(erin, answer, 'Not helpful');

    const { view } = slack.views.at(-1) ?? {};
    expect(view).toMatchObject({ type: 'modal', title: { text: 'About this answer' } });
    expect(await isma.settled()).toHaveLength(1);
    const empty = await isma.send.submit(erin, view ?? {}, {
      '0:reason': { value: { type: 'radio_buttons', selected_option: null } },
    });
    expect(JSON.parse(empty.body)).toEqual({
      response_action: 'errors',
      errors: { '0:reason': 'Choose what was wrong.' },
    });

    const sent = await isma.send.submit(erin, view ?? {}, {
      '0:reason': { value: { type: 'radio_buttons', selected_option: { value: 'outdated' } } },
      '1:comment': { value: { type: 'plain_text_input', value: 'Since May.' } },
    });
    await isma.settled();

    expect(JSON.parse(sent.body)).toEqual({ response_action: 'clear' });
    const { rows } = await test.db.query('select reason from answer_feedback');
    expect(rows).toEqual([{ reason: 'outdated: Since May.' }]);
  });

  it('opens a form by its button when the press was too long ago to open it at once', async () => {
    const [answer] = await ask();
    slack.fail('views.open', { kind: 'error', error: 'expired_trigger_id' });

    const shown = await press(erin, answer, 'Not helpful');
    const withForm = shown.find(({ words }) => words.includes('Open the form'));
    await press(erin, withForm, 'Open the form');
    await expect.poll(() => slack.views.length).toBe(1);

    expect(slack.views[0]?.view).toMatchObject({ title: { text: 'About this answer' } });
    expect(JSON.parse(String(slack.views[0]?.view.private_metadata))).toMatchObject({
      card: `${dm}/${withForm?.ts}`,
    });
  });

  it('brings a question to its owner and the reply back, with the words kept where they belong', async () => {
    const [answer] = await ask();
    await press(erin, answer, 'Ask Hugo Owner');
    const owners = await slack.dmWith(hugo);
    const card = (await isma.settled()).find(({ channel }) => channel === owners);
    expect(card?.words).toContain(question);

    await press(hugo, card, 'Answer');
    const { view } = slack.views.at(-1) ?? {};
    await isma.send.submit(hugo, view ?? {}, {
      '0:answer': { value: { type: 'plain_text_input', value: 'At once, by phone.' } },
      '1:keep': { value: { type: 'radio_buttons', selected_option: { value: 'everyone' } } },
    });
    const shown = await isma.settled();

    expect(
      shown.filter(({ channel, words }) => channel === dm && words.includes('At once, by phone.')),
    ).toHaveLength(1);
    expect(shown.filter(({ channel }) => channel === dm && shown.length > 0).at(-1)?.words).toContain(
      'Hugo Owner',
    );
  });

  it('answers /isma to the one who typed it, by the address that came with it', async () => {
    const { status, body } = await isma.send.command(question, {
      user_id: erin,
      channel_id: slack.channel,
      response_url: slack.responseUrl(),
    });
    const [answer, ...more] = await isma.settled();

    expect([status, body]).toEqual([200, '']);
    expect(more).toEqual([]);
    expect(answer?.words).toContain(sentence);
    // Whose workspace the token is for is asked once a process.
    const methods = slack.calls.map(({ method }) => method).filter((method) => method !== 'auth.test');
    expect(methods).toEqual(['users.info', 'response_url']);
  });

  it('answers /isma as an ephemeral message where that address is no good', async () => {
    await isma.send.command(question, {
      user_id: erin,
      channel_id: slack.channel,
      response_url: 'https://elsewhere.example/take-this',
    });
    const [answer] = await isma.settled();

    expect(answer).toMatchObject({ channel: slack.channel, only: erin });
  });

  it('says what it can do when nothing is asked', async () => {
    await isma.send.command('', {
      user_id: erin,
      channel_id: slack.channel,
      response_url: slack.responseUrl(),
    });
    const [help] = await isma.settled();

    expect(help?.words.toLowerCase()).toContain('ask');
    expect(buttonsIn(help?.blocks ?? [])).not.toEqual({});
  });

  it('takes «Ask Isma about this» from any message', async () => {
    const { status } = await isma.send.interaction({
      type: 'message_action', callback_id: 'say', user: { id: erin, team_id: team }, channel: { id: slack.channel }, trigger_id: 't',
      message: { type: 'message', user: hugo, ts: '1.1', text: `<@${erin}> ${question}` }, response_url: slack.responseUrl(),
    }); // prettier-ignore
    const [answer] = await isma.settled();

    expect(status).toBe(200);
    expect(answer?.words).toContain(question);
    expect(answer?.words).toContain(sentence);
  });

  it('shows its home page to whoever opens it', async () => {
    await isma.send.event({ type: 'app_home_opened', user: erin, channel: dm, tab: 'home', event_ts: '1.1' });
    await isma.settled();

    expect(slack.views).toMatchObject([{ method: 'views.publish', user: erin, view: { type: 'home' } }]);
    const page = JSON.stringify(slack.views[0]?.view);
    expect(page).toContain('Welcome Erin, I am Isma.');
    expect(page).toContain('May I read work mail on my own phone?');
    expect(slack.shown()).toEqual([]);
  });

  it('suggests what to say in the agent view, and sends nothing', async () => {
    await isma.send.event({
      type: 'app_home_opened',
      user: erin,
      channel: dm,
      tab: 'messages',
      event_ts: '1.1',
    });
    await expect
      .poll(() => slack.calls.map(({ method }) => method))
      .toEqual(['assistant.threads.setSuggestedPrompts']);

    expect(slack.calls[0]?.args).not.toHaveProperty('thread_ts');
    expect(JSON.stringify(slack.calls[0]?.args)).toContain("What's on my plate?");
    expect(slack.shown()).toEqual([]);
    expect((await ask('hello'))[0]?.text).toContain('Welcome Erin'); // who only opened it is still new
  });

  it('settles a card in place instead of adding a message', async () => {
    const [answer] = await ask();

    const shown = await press(erin, answer, 'Helpful');

    expect(shown).toHaveLength(1);
    expect(shown[0]?.ts).toBe(answer?.ts);
    expect(shown[0]?.words).not.toContain('Not helpful');
  });

  it('whispers to the asker in a channel, so that others keep the buttons', async () => {
    await isma.send.event(isma.send.mention(erin, slack.channel, question));
    const [answer] = await isma.settled();

    const shown = await press(erin, answer, 'Helpful', { response_url: slack.responseUrl() });

    expect(shown).toHaveLength(2);
    expect(shown[0]?.words).toContain('Not helpful');
    expect(shown[1]?.only).not.toBeNull();
  });

  it('answers an edited question anew in the same message', async () => {
    const event = isma.send.directMessage(erin, dm, 'How are phones enrolled?');
    await isma.send.event(event);
    const [before] = await isma.settled();
    const message = { ...event, text: question, edited: { user: erin, ts: isma.send.ts() } };
    await isma.send.event({ type: 'message', subtype: 'message_changed', channel: dm, channel_type: 'im', ts: isma.send.ts(), hidden: true, message, previous_message: event }); // prettier-ignore
    const after = await isma.settled();

    expect(after).toHaveLength(1);
    expect(after[0]?.ts).toBe(before?.ts);
  });

  it('does not answer a question that was deleted while its answer was made', async () => {
    const asked = Promise.withResolvers<void>();
    model.script((request) => {
      asked.resolve();
      return { text: `${sentence} [${passagesOf(request)[0]?.n}].`, pace: 150 };
    });
    const event = isma.send.directMessage(erin, dm, question);
    await isma.send.event(event);
    await asked.promise;
    await isma.send.event({ type: 'message', subtype: 'message_deleted', channel: dm, channel_type: 'im', ts: isma.send.ts(), deleted_ts: event.ts, previous_message: event }); // prettier-ignore
    await isma.settled();

    await expect.poll(() => slack.shown()).toEqual([]);
  });

  it.each([
    ['a bot', { bot_id: 'B1' }],
    ['a bot of the old kind', { subtype: 'bot_message', user: undefined, bot_id: 'B1' }],
    ['someone who joins', { subtype: 'channel_join' }],
    ['Slack itself', { user: 'USLACKBOT' }],
  ])('never answers %s', async (_who, changes) => {
    const { status } = await isma.send.event(isma.send.directMessage(erin, dm, question, changes));
    await isma.send.event(isma.send.directMessage(slack.botUser, dm, question));
    await isma.settled();

    expect(status).toBe(200);
    expect(slack.calls).toEqual([]);
  });
});
