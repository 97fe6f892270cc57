/** Who waits for the next message: whoever asked, for the words that follow that very question and are no aside. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Workflow } from '../../src/conversation/contract.ts';
import { assertAnswerable, isAside } from '../../src/conversation/pending-question.ts';
import { describeOnDatabases } from '../support/databases.ts';
import { envelope, givenPeople } from '../support/harness.ts';
import { createScriptedCore, type ScriptedCore } from './core-harness.ts';

const erin = 'erin@test.example';
const hanna = 'hanna@test.example';
const answerButton = { id: 'scripted.answer?of=7', label: 'Answer' };

describe('an aside', () => {
  it.each([
    '', '  ', 'May I use my phone?', '¿puedo?', '/isma', 'CA-12 is done', '«NC-2026-004» looks odd', 'ok', 'Thank you so much!', 'hello',
  ])('is no answer: «%s»', (text) => expect(isAside(text)).toBe(true)); // prettier-ignore

  it.each([
    'Nobody told IT',
    'POL-07 3.2 allows it',
    'Why not: it is fine',
    'It is ok.',
    'Who knows? I do not.',
  ])('is another thing than an answer: «%s»', (text) => expect(isAside(text)).toBe(false));
});

describe('a reply', () => {
  it('that waits for words which nobody would take is a mistake of ours', () => {
    const workflow: Workflow = {
      name: 'scripted',
      actions: {},
      answers: { 'scripted.answer': async () => null },
      tools: [],
      offer: { text: '', examples: [] },
    };
    const said = (awaits: string) => [{ to: 'asker' as const, reply: { text: 'Why?' }, awaits }];

    expect(() => assertAnswerable([workflow], said('scripted.answer?of=7'))).not.toThrow();
    expect(() => assertAnswerable([workflow], said('scripted.unknown'))).toThrow('nobody takes the words');
  });
});

describeOnDatabases('a question of ours', (test) => {
  let scripted: ScriptedCore;
  let taken: string[];
  let declined: boolean;

  beforeEach(async () => {
    await givenPeople(test.db);
    taken = [];
    declined = false;
    scripted = createScriptedCore({
      db: test.db,
      answers: {
        'scripted.answer': async (context, { text }, argument) => {
          if (declined) return null;
          return async () => {
            taken.push(`${context.person.email} ${argument('of')}: ${text}`);
            return [{ to: 'asker', reply: { text: 'Noted.' } }];
          };
        },
      },
      onTurn: ({ text }) =>
        text === 'ask me'
          ? async () => [
              {
                to: 'asker',
                reply: { text: 'Why was that so?', buttons: [answerButton] },
                awaits: answerButton.id,
              },
            ]
          : [{ text: `usual way: ${text}`, buttons: [answerButton] }],
    });
    await scripted.core.start();
  });
  afterEach(() => scripted.core.stop());

  const settled = async (id: number | null) => {
    await scripted.core.settled(id ?? 0);
    return scripted.delivered.findLast(({ quiet }) => quiet !== true)?.reply.text;
  };
  const say = async (text: string, who = erin) => settled(await scripted.receive(who, text));

  it('is answered by the words that follow it, before any workflow looks at them, and by those alone', async () => {
    await say('ask me');

    const answered = await say('Nobody told IT');
    const second = await say('Nobody told HR either');

    expect(answered).toBe('Noted.');
    expect(second).toBe('usual way: Nobody told HR either');
    expect(taken).toEqual(['erin@test.example 7: Nobody told IT']);
  });

  it('keeps what it says and loses its buttons once words have answered it, by an edit that nobody waits for', async () => {
    await say('ask me');
    const [question] = scripted.delivered;
    await say('Nobody told IT');
    await say('Nobody told HR either');

    const redrawn = scripted.delivered.filter(({ quiet }) => quiet === true);
    expect(redrawn.map(({ reply, edits }) => [reply.text, reply.buttons, edits])).toEqual([
      ['Why was that so?', [], `receipt-${question?.id}`],
    ]);
  });

  it('is answered by words that quote it, however much was said since', async () => {
    await say('ask me');
    const receipt = `receipt-${scripted.delivered.at(-1)?.id}`;
    await say('something else?');

    const quoting = { ...envelope(erin), text: 'Nobody told IT', attachments: [], inReplyTo: receipt };
    const answered = await settled(await scripted.send({ kind: 'turn', ...quoting }, 'quoting'));

    expect(answered).toBe('Noted.');
  });

  it('is answered by nothing after an aside, in a channel, by somebody else, or with the words of another message', async () => {
    const channel = { ...envelope(erin, 'general'), attachments: [] };
    await settled(await scripted.send({ kind: 'turn', ...channel, text: 'ask me' }, 'asked'));
    await settled(await scripted.send({ kind: 'turn', ...channel, text: 'Nobody told IT' }, 'said'));
    await say('What?'); // it was asked in her own conversation, as what is for her alone
    await say('ask me');
    await say('Nobody told IT', hanna);
    const shortcut = { ...envelope(erin), id: 'say', fields: { message: 'The server is down' } };
    await settled(await scripted.send({ kind: 'action', ...shortcut }, 'shortcut'));
    await say('ask me');
    await say('May I read work mail on my phone?');
    await say('Nobody told IT');

    expect(taken).toEqual([]);
  });

  it('whose workflow waits no longer leaves the words to everybody', async () => {
    await say('ask me');
    declined = true;

    expect(await say('Nobody told IT')).toBe('usual way: Nobody told IT');
  });

  it('that the version before asked is known by the button that answers it, and no other button asks', async () => {
    await say('ask me');
    await test.db.query('update outbox set awaits = null');

    expect(await say('Nobody told IT')).toBe('Noted.');
    expect(await say('a card with that button alone')).toMatch(/^usual way/);
    expect(await say('Nobody told HR')).toMatch(/^usual way/);
  });
});
