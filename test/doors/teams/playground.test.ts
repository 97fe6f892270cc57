/** The door as the playground finds it: no token, this machine alone, and one message where others have two. */
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createReferences } from '../../../src/conversation/reference.ts';
import { createTeamsDoor } from '../../../src/doors/teams/door.ts';
import { greeting, plainLog } from '../../../src/app/playground.ts';
import { describeOnDatabases } from '../../support/databases.ts';
import { givenDocument, givenPeople, startHarness, silentLog, type Harness } from '../../support/harness.ts';
import { cardOf, executed, inputsIn, titlesIn, wordsIn } from '../../support/teams-cards.ts';
import { startConnector, type Connector } from '../../support/teams-connector.ts';

const erin = { id: 'user-id-0', aadObjectId: 'aad-erin', name: 'Erin Employee' };

const cast = {
  as: 'erin@test.example',
  people: [
    { email: 'erin@test.example', name: 'Erin Employee', title: 'Buyer' },
    { email: 'ines@test.example', name: 'Ines Isms', title: 'ISMS Manager' },
  ],
};

describeOnDatabases('the Teams door in the playground', (test) => {
  let connector: Connector;
  let isma: Harness;
  let server: Server;
  let pressed = 0;

  beforeEach(async () => {
    await givenPeople(test.db);
    await givenDocument(test.db, 'a.md', '---\nref: A\ntitle: A Policy\nversion: "1"\n---\n# A Policy\n\n## 1 Doors\n\nDoors are closed at night.\n'); // prettier-ignore
    connector = await startConnector();
    connector.members.set(erin.id, { id: erin.id, name: erin.name, email: 'erin@test.example' });
    const door = createTeamsDoor({
      mode: { kind: 'playground', cast },
      references: createReferences(test.db),
      shortcuts: [],
      log: silentLog,
    });
    isma = await startHarness({ db: test.db, port: door.port });
    await door.start(isma.core);
    server = createServer((request, response) => void door.routes[0]?.handle(request, response));
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  });
  afterEach(async () => {
    server.close();
    server.closeAllConnections();
    await isma.stop();
    await connector.close();
  });

  async function post(parts: Record<string, unknown>): Promise<number> {
    return (await send(parts)).status;
  }
  async function send(parts: Record<string, unknown>): Promise<{ status: number; body: unknown }> {
    const activity = {
      type: 'message',
      id: '1',
      channelId: 'msteams',
      serviceUrl: `${connector.url}/_connector`,
      from: erin,
      recipient: { id: 'bot', name: 'Isma' },
      conversation: { id: 'personal-chat-id', conversationType: 'personal' },
      ...parts,
    };
    const response = await fetch(`http://127.0.0.1:${(server.address() as AddressInfo).port}/`, {
      method: 'POST',
      body: JSON.stringify(activity),
    });
    const said = await response.text();
    await isma.core.quiet();
    return { status: response.status, body: said === '' ? null : (JSON.parse(said) as unknown) };
  }
  const shown = () => connector.shown('personal-chat-id');
  const newest = () => shown().at(-1);
  const forOther = () => shown().find((each) => wordsIn(cardOf(each)).startsWith('For Ines'));
  /** Presses what stands on a card of the chat, with what was filled in. */
  async function press(
    message: ReturnType<typeof newest>,
    title: string,
    fields: Record<string, string> = {},
    card: unknown = cardOf(message),
  ) {
    const value = executed(card, title);
    const action = value.action as { data: object };
    const filled = { ...value, action: { ...action, data: { ...action.data, ...fields } } };
    pressed += 1;
    const { body } = await send({ type: 'invoke', name: 'adaptiveCard/action', id: `p${pressed}`, replyToId: message?.id, value: filled }); // prettier-ignore
    return (body as { value: unknown }).value;
  }
  /** Goes to Ines, the ISMS manager. */
  async function askWhatNobodyKnows(): Promise<void> {
    await post({ id: 'q', text: 'Are cats allowed in the canteen?' });
    await press(newest(), 'Ask Ines Isms');
  }
  const saidBy = async (which: string) =>
    (await test.db.query(`select input -> 'sender' ->> 'user' as by from inbox where ${which}`)).rows.map(({ by }) => String(by)); // prettier-ignore
  const feedback = async () => (await test.db.query('select helpful, reason from answer_feedback')).rows;

  it('answers without a token, with text and card in one body', async () => {
    expect(await post({ text: 'When are doors closed?' })).toBe(200);
    const [message] = connector.shown('personal-chat-id');

    expect(message?.activity.text).toBe('');
    expect(wordsIn(cardOf(message))).toContain('word for word');
    expect(connector.calls.every((call) => call.authorization === null)).toBe(true);
  });

  it('writes to nothing but this machine', async () => {
    expect(await post({ text: 'help', serviceUrl: 'https://smba.trafficmanager.net/teams/' })).toBe(403);
    expect(connector.calls).toEqual([]);
  });

  it('takes a verdict that names no message as one on the newest answer', async () => {
    await post({ text: 'When are doors closed?' });
    const value = {
      actionName: 'feedback',
      actionValue: { reaction: 'dislike', feedback: '{"feedbackText":"Which doors?"}' },
    };
    await post({ id: '2', type: 'invoke', name: 'message/submitAction', value });

    expect(await feedback()).toEqual([{ helpful: false, reason: 'other: Which doors?' }]);
  });

  it('goes on as somebody else, who is greeted, and says who there is', async () => {
    await post({ type: 'installationUpdate', action: 'add' });
    expect(shown()[0]?.activity.text).toContain('You are Erin Employee, Buyer.');
    await post({ id: '2', text: '/as ines' });
    await post({ id: '3', text: '/as zoe' });
    await post({ id: '4', text: 'When are doors closed?' });

    const said = shown().map(({ activity }) => String(activity.text));
    expect(said).toContain('You are Ines Isms now, ISMS Manager.');
    expect(said.some((text) => text.includes('Nobody here is «zoe»') && text.includes('- ines (Ines Isms, ISMS Manager)'))).toBe(true); // prettier-ignore
    expect(await saidBy("input ->> 'kind' = 'turn'")).toEqual(['ines@test.example']);
  });

  it('shows what others are told in the one client, marked for whom, and takes what is pressed there as theirs', async () => {
    await askWhatNobodyKnows();
    const forInes = forOther();
    expect(wordsIn(cardOf(forInes))).toMatch(
      /^For Ines Isms, ines@test.example. What is pressed here, Ines presses./,
    );

    const form = await press(forInes, 'Answer');
    expect(inputsIn(form).map(({ id }) => id)).toContain('t.answer');
    expect(titlesIn(await press(forInes, 'Back', {}, form))).toEqual(['Answer']);
    await press(
      forInes,
      'Send',
      { 't.answer': 'Cats are welcome on Fridays.' },
      await press(forInes, 'Answer'),
    );

    const toErin = shown().find(({ activity }) => JSON.stringify(activity).includes('Cats are welcome on Fridays.')); // prettier-ignore
    expect(wordsIn(cardOf(toErin))).not.toContain('For Erin');
    expect(await saidBy("input ->> 'id' like 'answers.reply?%'")).toEqual(['ines@test.example']);
  });

  it('says on the card what is wrong with a form, keeps what was filled in, and leaves no form once it is sent', async () => {
    await askWhatNobodyKnows();
    const form = await press(forOther(), 'Answer');
    const filled = { 't.answer': ' ', 'c.keep': 'asker' };

    const again = await press(forOther(), 'Send', filled, form);
    expect(wordsIn(again)).toContain('⚠');
    expect(inputsIn(again).map(({ value }) => value)).toContain('asker');
    const done = await press(forOther(), 'Send', { 't.answer': 'Cats are welcome.' }, again);
    expect(inputsIn(done)).toEqual([]);
    expect(JSON.stringify(shown())).toContain('Sent to Erin Employee.');
  });
});

describe('the terminal of the playground', () => {
  it('says who one is, how to be somebody else and how to stop, in lines for people', () => {
    const [ines] = cast.people.slice(1);
    const said = greeting(ines as (typeof cast.people)[number], null);

    expect(said).toContain('You are Ines Isms, ISMS Manager (ines@test.example).');
    expect(said).toContain('/as omar');
    expect(said).toContain('Ctrl+C ends it.');
  });

  it('says in words what went wrong, and nothing of what goes well', () => {
    const lines: string[] = [];
    const log = plainLog((line) => lines.push(line));
    log.info({ url: 'x' }, 'Isma is here');
    log.error({ delivery: 'd', error: 'NotSentError' }, 'a message cannot be delivered');

    expect(lines).toEqual(['Something did not work: a message cannot be delivered (NotSentError).']);
  });
});
