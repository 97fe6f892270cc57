/** Isma in Teams as people there meet it: chats of two, mentions, cards, dialogs, verdicts, files and message commands. */
import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from 'vitest';
import { describeOnDatabases } from '../../support/databases.ts';
import { givenDocument, givenPeople } from '../../support/harness.ts';
import { phonePolicy, reportLostPhones } from '../../support/phone-policy.ts';
import { passagesOf, startModelServer, type ModelServer } from '../../support/model-server.ts';
import {
  cardOf,
  executed,
  inputsIn,
  partsOf,
  submitted,
  titlesIn,
  wordsIn,
} from '../../support/teams-cards.ts';
import {
  chatOf,
  memberOf,
  personOf,
  startTeams,
  bot,
  tenant,
  type TeamsService,
} from '../../support/teams-service.ts';

const erin = personOf('erin@test.example', 'Erin Employee');
const hugo = personOf('hugo@test.example', 'Hugo Owner');

const policy = phonePolicy();
const warehouse = `---
ref: POL-30
title: Warehouse Policy
version: "1.0"
owner: hugo@test.example
---
# Warehouse Policy

## 1 Visitors

Visitors to the warehouse wear a helmet. Ladders are checked.
`;
const answer = reportLostPhones;
const question = 'When do I report a lost phone?';
const openQuestion = 'May I take a drone to the warehouse?';

const channel = {
  conversation: { id: '19:room@thread.tacv2;messageid=1700', conversationType: 'channel', tenantId: tenant },
  channelData: { tenant: { id: tenant }, channel: { id: '19:room@thread.tacv2' }, team: { id: '19:team' } },
};
const group = {
  conversation: { id: '19:group@thread.v2', conversationType: 'groupChat', tenantId: tenant },
};
const mention = (text: string) => ({
  text: `<at>Isma</at> ${text}`,
  entities: [{ type: 'mention', mentioned: bot, text: '<at>Isma</at>' }],
});

describeOnDatabases('Isma in Teams', (test) => {
  let model: ModelServer;
  let teams: TeamsService;

  beforeAll(async () => {
    model = await startModelServer();
  });
  afterAll(() => model.close());
  beforeEach(async () => {
    await givenPeople(test.db);
    await givenDocument(test.db, 'mobile.md', policy);
    await givenDocument(test.db, 'warehouse.md', warehouse);
    model.script((request) => {
      const [first] = passagesOf(request);
      const asked = request.messages.at(-1)?.content ?? '';
      return {
        text: first === undefined || /drone|moon/.test(asked) ? 'NOT_COVERED' : `${answer} [${first.n}].`,
      };
    });
    teams = await startTeams({ db: test.db, modelServer: model });
    for (const person of [erin, hugo]) teams.connector.members.set(person.id, memberOf(person));
  });
  afterEach(async () => {
    await teams.stop();
    const { rows } = await test.db.query(
      "select state, problem from inbox where state not in ('done', 'withdrawn')",
    );
    expect(rows).toEqual([]);
  });

  const chat = (person = erin) => teams.connector.shown(chatOf(person));
  const last = (person = erin) => chat(person).at(-1);
  const replyTo = (id: string | undefined) => ({ replyToId: id });
  const feedback = async () =>
    (await test.db.query('select helpful, reason from answer_feedback order by at, helpful desc')).rows;

  it('answers with the words of the policy, citations, the label of an AI and thumbs', async () => {
    const { status } = await teams.say(erin, question);
    const [message] = chat();
    const [entity] = message?.activity.entities ?? [];

    expect(status).toBe(200);
    expect(chat()).toHaveLength(1);
    expect(message?.activity.text).toBe(`${answer} [1].`);
    expect(message?.activity.channelData).toMatchObject({ feedbackLoop: { type: 'default' } });
    expect(entity).toMatchObject({
      type: 'https://schema.org/Message',
      additionalType: ['AIGeneratedContent'],
    });
    expect(entity?.citation).toMatchObject([
      {
        position: 1,
        appearance: {
          name: 'Mobile Device Policy v2.1 · 3.2 Personal devices · in force since 1 March 2026',
        },
      },
    ]);
    expect(wordsIn(cardOf(message))).toContain('[1] Mobile Device Policy v2.1 · 3.2 Personal devices');
    expect(message?.activity.summary).toContain(answer);
    expect(titlesIn(cardOf(message))).not.toContain('Helpful');
  });

  it('knows a person by what Teams says of them, and keeps where to reach them', async () => {
    await teams.say(erin, question);
    const people = await test.db.query("select email from person where email like 'erin%'");
    const { rows } = await test.db.query(
      "select address, reference from address_reference where platform = 'teams'",
    );

    expect(people.rows).toEqual([{ email: 'erin@test.example' }]);
    expect(rows).toMatchObject([
      {
        address: `teams:${tenant}:user:aad-erin`,
        reference: { conversationId: chatOf(erin), installed: true },
      },
    ]);
  });

  it('tells a guest of another organisation nothing, and makes no record of them', async () => {
    const guest = personOf('guest@other.example', 'A Guest');
    teams.connector.members.set(guest.id, { ...memberOf(guest), userRole: 'guest' });
    await teams.post(teams.activity(guest, { text: question }));
    await teams.quiet();

    expect(last(guest)?.activity.text).toContain('I can only help people of this organisation');
    expect((await test.db.query("select 1 from person where email like 'guest%'")).rows).toEqual([]);
  });

  it('answers one message once, however often and however much at once it comes', async () => {
    const activity = teams.activity(erin, { text: question });
    const answers = await Promise.all([1, 2, 3, 4].map(() => teams.post(activity)));
    await teams.quiet();
    answers.push(await teams.post(activity));
    await teams.quiet();

    expect(answers.map(({ status }) => status)).toEqual([200, 200, 200, 200, 200]);
    expect(chat()).toHaveLength(1);
  });

  it('notes a thumb up, and takes the thumbs away', async () => {
    await teams.say(erin, question);
    const value = { actionName: 'feedback', actionValue: { reaction: 'like', feedback: '{}' } };
    const pressed = await teams.invoke(erin, 'message/submitAction', value, replyTo(last()?.id));
    await teams.quiet();

    expect(pressed.status).toBe(200);
    expect(await feedback()).toEqual([{ helpful: true, reason: null }]);
    expect(chat()).toHaveLength(1);
    expect(last()?.activity.channelData).not.toHaveProperty('feedbackLoop');
    expect(wordsIn(cardOf(last()))).toContain('Thank you, noted.');
  });

  it('keeps the reason that was written below a thumb down', async () => {
    await teams.say(erin, question);
    const said = JSON.stringify({ feedbackText: 'It leaves out tablets.' });
    const value = { actionName: 'feedback', actionValue: { reaction: 'dislike', feedback: said } };
    await teams.invoke(erin, 'message/submitAction', value, replyTo(last()?.id));
    await teams.quiet();

    expect((await feedback()).at(-1)).toEqual({ helpful: false, reason: 'other: It leaves out tablets.' });
    expect(chat()).toHaveLength(1);
  });

  it('brings a question to its owner and the answer back, with a dialog that says what is wrong with it', async () => {
    await teams.say(hugo, 'help');
    await teams.say(erin, openQuestion);
    const refusal = last();
    const asked = await teams.invoke(erin, 'adaptiveCard/action', executed(cardOf(refusal), 'Ask Hugo Owner'), replyTo(refusal?.id)); // prettier-ignore
    await teams.quiet();
    const card = last(hugo);
    const asks = card?.activity.text;
    const opened = await teams.invoke(
      hugo,
      'task/fetch',
      submitted(cardOf(card), 'Answer'),
      replyTo(card?.id),
    );
    const wrong = await teams.invoke(hugo, 'task/submit', submitted(opened.body, 'Send', { 't.answer': '', 'c.keep': 'everyone' })); // prettier-ignore
    const right = await teams.invoke(hugo, 'task/submit', submitted(wrong.body, 'Send', { 't.answer': 'Yes, below the roof.', 'c.keep': 'everyone' })); // prettier-ignore
    await teams.quiet();

    expect(asked.body).toMatchObject({ statusCode: 200 });
    expect(asks).toContain('Erin Employee asks: «May I take a drone to the warehouse?»');
    expect(opened.body).toMatchObject({ task: { type: 'continue', value: { title: 'Answer a question' } } });
    expect(inputsIn(opened.body).map((input) => input.id)).toEqual(['t.answer', 'c.keep']);
    expect(wordsIn(wrong.body)).toContain('⚠');
    expect(right.status).toBe(200);
    expect(chat(hugo).at(-1)).toMatchObject({ id: card?.id, edits: 1 });
    expect(last()?.activity.text).toContain('Yes, below the roof.');
  });

  it('answers in a channel only when it is mentioned, in the thread', async () => {
    await teams.say(erin, question, channel);
    expect(teams.connector.calls).toEqual([]);

    await teams.say(erin, '', { ...channel, ...mention(question) });
    const [message] = teams.connector.shown(channel.conversation.id);

    expect(message?.activity.text).toBe(`${answer} [1].`);
    expect(teams.connector.shown(channel.conversation.id)).toHaveLength(1);
    expect(model.chatRequests.at(-1)?.messages.at(-1)?.content).not.toContain('<at>');
  });

  it('says in a group chat what all may read, and a refusal of a button to who pressed it alone', async () => {
    await teams.say(erin, '', { ...group, ...mention(openQuestion) });
    const [message] = teams.connector.shown(group.conversation.id);
    const value = {
      action: {
        type: 'Action.Execute',
        verb: 'isma.press',
        data: { isma: { press: 'answers.helpful?answer=99' } },
      },
    };
    const pressed = await teams.invoke(hugo, 'adaptiveCard/action', value, {
      ...group,
      replyToId: message?.id,
    });
    await teams.quiet();

    expect(message?.activity.text).toContain('I found nothing on this');
    expect(pressed.body).toMatchObject({
      type: 'application/vnd.microsoft.activity.message',
      value: 'I do not have that answer of yours. Ask the question again.',
    });
    expect(teams.connector.shown(group.conversation.id)).toHaveLength(1);
  });

  it('opens a chat with somebody who has only spoken in a channel, for what is theirs alone', async () => {
    await teams.say(hugo, '', { ...channel, ...mention('help') });
    await teams.say(erin, openQuestion);
    await teams.invoke(erin, 'adaptiveCard/action', executed(cardOf(last()), 'Ask Hugo Owner'), replyTo(last()?.id)); // prettier-ignore
    await teams.quiet();

    expect(teams.connector.calls.filter((call) => call.kind === 'open')).toHaveLength(1);
    expect(last(hugo)?.activity.text).toContain('Erin Employee asks');
  });

  it('welcomes once an installation, in a chat of two alone', async () => {
    const added = (id: string) => ({ type: 'installationUpdate', id, action: 'add' });
    const joined = { type: 'conversationUpdate', id: 'j1', membersAdded: [bot, { id: erin.id }] };
    await teams.post(teams.activity(erin, joined));
    await teams.post(teams.activity(erin, added('i1')));
    await teams.post(teams.activity(erin, { ...added('i2'), ...channel }));
    await teams.quiet();
    expect(chat()).toHaveLength(1);
    expect(teams.connector.shown(channel.conversation.id)).toEqual([]);

    await teams.post(teams.activity(erin, { type: 'installationUpdate', id: 'r1', action: 'remove' }));
    await teams.post(teams.activity(erin, added('i3')));
    await teams.quiet();
    expect(chat()).toHaveLength(2);
  });

  it('answers an edited question in place of the first answer', async () => {
    const id = '1700000009999';
    await teams.say(erin, 'Who polishes the moon?', { id });
    await teams.say(erin, question, { id, type: 'messageUpdate', timestamp: '2026-11-24T09:01:00Z', channelData: { tenant: { id: tenant }, eventType: 'editMessage' } }); // prettier-ignore

    expect(chat().map((each) => [each.activity.text, each.edits])).toEqual([[`${answer} [1].`, 1]]);
  });

  it('gives no answer to a question that was deleted meanwhile', async () => {
    model.script(() => ({ text: `${answer} [1].`, pace: 60 }));
    const asked = teams.activity(erin, { text: question });
    await teams.post(asked);
    await teams.post(teams.activity(erin, { type: 'messageDelete', id: asked.id, channelData: { tenant: { id: tenant }, eventType: 'softDeleteMessage' } })); // prettier-ignore
    await teams.quiet();

    expect(chat()).toEqual([]);
  });

  it('answers no bot, nor itself, nor a smile', async () => {
    await teams.post(teams.activity(erin, { text: question, from: { id: '28:other-bot', name: 'Other' } }));
    await teams.post(teams.activity(erin, { text: question, from: { id: erin.id, role: 'bot' } }));
    await teams.post(teams.activity(erin, { type: 'messageReaction', reactionsAdded: [{ type: 'like' }] }));
    await teams.post(teams.activity(erin, { type: 'typing' }));
    await teams.quiet();

    expect((await test.db.query('select 1 from inbox')).rows).toEqual([]);
  });

  it('answers a card action that it does not know, and a card that is too old, with a word', async () => {
    const unknown = await teams.invoke(erin, 'adaptiveCard/action', { action: { verb: 'other', data: {} } });
    const old = await teams.invoke(erin, 'adaptiveCard/action', { action: { verb: 'isma.press', data: { isma: { press: 'gone.command' } } } }); // prettier-ignore
    const dialog = await teams.invoke(erin, 'task/fetch', { data: { other: 1 } });
    await teams.quiet();

    expect(unknown.body).toMatchObject({
      statusCode: 200,
      value: 'I do not know this button any more. Please ask me again.',
    });
    expect(old.body).toMatchObject({ statusCode: 200 });
    expect(last()?.activity.text).toContain('belongs to an older message');
    expect(dialog.body).toMatchObject({ task: { type: 'message' } });
  });

  it('shows a card as it is now to whoever sees it', async () => {
    await teams.say(erin, openQuestion);
    const { refresh } = cardOf(last()) as { refresh: { action: object } };
    const value = { action: refresh.action, trigger: 'automatic' };
    const fresh = await teams.invoke(erin, 'adaptiveCard/action', value, replyTo(last()?.id));
    const stale = await teams.invoke(erin, 'adaptiveCard/action', value, replyTo('nowhere'));

    expect(fresh.body).toMatchObject({ type: 'application/vnd.microsoft.card.adaptive' });
    expect(titlesIn(fresh.body)).toContain('Ask Hugo Owner');
    expect(stale.body).toMatchObject({ statusCode: 400 });
  });

  it('answers a command on any message in a dialog, and in nobody else’s conversation', async () => {
    const value = { commandId: 'say', commandContext: 'message', messagePayload: { body: { contentType: 'html', content: `<p>${question}</p>` } } }; // prettier-ignore
    const { body } = await teams.invoke(erin, 'composeExtension/fetchTask', value, group);
    await teams.quiet();

    expect(wordsIn(body)).toContain(answer);
    expect(wordsIn(body)).toContain(`On «${question}»:`);
    expect(teams.connector.shown(group.conversation.id)).toEqual([]);
    expect(partsOf(body).filter((part) => part.type === 'Action.Execute')).toEqual([]);
  });

  it('lets the asker of a message command go on in the dialog', async () => {
    const value = { commandId: 'say', messagePayload: { body: { contentType: 'text', content: question } } };
    const first = await teams.invoke(erin, 'composeExtension/fetchTask', value, group);
    const reasons = await teams.invoke(erin, 'task/submit', submitted(first.body, 'Not helpful'), group);
    const wrong = await teams.invoke(erin, 'composeExtension/submitAction', submitted(reasons.body, 'Send', { 't.comment': 'x' }), group); // prettier-ignore
    const thanks = await teams.invoke(erin, 'composeExtension/submitAction', submitted(wrong.body, 'Send', { 'c.reason': 'unclear', 't.comment': 'x' }), group); // prettier-ignore
    await teams.quiet();

    expect(wordsIn(wrong.body)).toContain('⚠ Choose what was wrong.');
    expect(inputsIn(wrong.body).find((input) => input.id === 't.comment')).toMatchObject({ value: 'x' });
    expect(wordsIn(thanks.body)).toContain('Thank you, it is kept with the answer.');
    expect((await feedback()).at(-1)).toEqual({ helpful: false, reason: 'unclear: x' });
    expect(teams.connector.shown(group.conversation.id)).toEqual([]);
  });
});
