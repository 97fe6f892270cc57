/** Lines of a terminal session become turns and actions of the right person. */
import { beforeEach, describe, expect, it } from 'vitest';
import { createSession, type Session, type SessionOptions } from '../../../src/doors/console/session.ts';
import { Reply, type Input, type ReplyParts } from '../../../src/conversation/contract.ts';
import type { Core } from '../../../src/conversation/port.ts';

let inputs: Input[];
let said: string[];
let replies: (Reply & { asks?: boolean })[];
let session: Session;

beforeEach(() => {
  inputs = [];
  said = [];
  replies = [];
  session = open(false);
});

function open(interactive: boolean, who?: SessionOptions['who']): Session {
  const core: Pick<Core, 'receive' | 'settled' | 'recentReplies'> = {
    async receive({ read }) {
      inputs.push(read() as Input);
      return inputs.length;
    },
    settled: async () => {},
    recentReplies: async () => replies,
  };
  return createSession({
    core: core as Core,
    email: 'Erin.Example@Test.example',
    profile: { timeZone: 'Europe/Berlin', locale: 'en-GB' },
    interactive,
    say: (to, text) => said.push(`${to}: ${text}`),
    ...(who === undefined ? {} : { who }),
  });
}

const give = (parts: ReplyParts) => replies.unshift(Reply.parse(parts));
const actions = () =>
  inputs.map((input) => (input.kind === 'action' ? [input.id, input.fields] : input.text));

it('sends a line as a message of the person, to their own address', async () => {
  await session.line('May I?');

  expect(inputs).toMatchObject([
    {
      kind: 'turn',
      text: 'May I?',
      attachments: [],
      sender: {
        platform: 'console',
        user: 'erin.example@test.example',
        email: 'erin.example@test.example',
        name: 'Erin Example',
        timeZone: 'Europe/Berlin',
      },
      place: { address: 'console:erin.example@test.example', audience: 'direct' },
    },
  ]);
});

it('presses a button by label or by id, the newest message first, and one of an older message by its id', async () => {
  give({ text: 'old', buttons: [{ id: 'a.old', label: 'Go' }] });
  give({ text: 'new', buttons: [{ id: 'a.new', label: 'Go' }], choices: [{ id: 'say?text=x', label: 'X?' }] });

  for (const line of ['/press go', '/press a.old', '/press x?', '/press a.gone?n=1']) await session.line(line);

  expect(actions().map((action) => action[0])).toEqual(['a.new', 'a.old', 'say?text=x', 'a.gone?n=1']);
  expect(said).toEqual([]);
}); // prettier-ignore

it('says which buttons there are when there is none of that name', async () => {
  give({ text: 'x', buttons: [{ id: 'a.b', label: 'Helpful' }], choices: [{ id: 'c', label: 'What?' }] });

  await session.line('/press Gone');

  expect(said).toEqual([
    'erin.example@test.example: There is no button «Gone» in the newest message. There is: What?, Helpful.',
  ]);
  expect(inputs).toEqual([]);
}); // prettier-ignore

it('takes a label or a number for the newest message alone, and asks where it fits several things', async () => {
  give({ text: 'old list', items: [{ text: 'CA-12', button: { id: 'a.look?record=CA-12', label: 'Look' } }], buttons: [{ id: 'a.verify', label: 'Verify' }] });
  give({
    text: 'new list',
    items: ['CA-13', 'CA-14'].map((record) => ({ text: `${record} · Restore`, button: { id: `a.look?record=${record}`, label: 'Look' } })),
  });

  for (const line of ['/press Verify', '/press 3', '/press look', '/press 2']) await session.line(line);

  expect(said).toEqual([
    'erin.example@test.example: There is no button «Verify» in the newest message. There is: Look.',
    'erin.example@test.example: There is no button «3» in the newest message. There is: Look.',
    'erin.example@test.example: «look» is there 2 times. Say which by its number, as in /press 1:\n(1) CA-13 · Restore\n(2) CA-14 · Restore',
  ]);
  expect(actions().map((action) => action[0])).toEqual(['a.look?record=CA-14']);
}); // prettier-ignore

it('presses by number where a person types, and takes the number for words in a pipe', async () => {
  give({ text: 'x', choices: [{ id: 'c.c', label: 'C' }], buttons: [{ id: 'b.b', label: 'B' }] });

  await session.line('2');
  await open(true).line('2');
  await open(true).line('7');

  expect(actions()).toEqual(['2', ['b.b', {}]]);
  expect(said).toEqual([expect.stringContaining('There is no 7 to press: 1 to 2 are there.')]);
});

it('takes a number with nothing to press for an answer where one was asked for, and else says what to do', async () => {
  session = open(true);
  give({ text: 'Nothing to press.' });
  await session.line('3');
  replies.unshift({ ...Reply.parse({ text: 'How far is it, in percent?' }), asks: true });
  await session.line('60');

  expect(said).toEqual([expect.stringMatching(/nothing to press just now.*«help»/)]);
  expect(actions()).toEqual(['60']);
});

it('says of a command that was cut off what comes after it', async () => {
  session = open(true);
  for (const line of ['/press', '/attach', '/as', '/fill {"a']) await session.line(line);

  expect(said.map((line) => line.split(': ').slice(1).join(': '))).toEqual([
    'After /press comes the label or the number of a button, as in /press 1',
    'After /attach comes the path of a file, as in /attach minutes.pdf',
    'After /as comes an e-mail address, as in /as omar@demo.example',
    'No form is open. Press the button that opens one first.',
  ]);
  expect(inputs).toEqual([]);
});

it('fills the newest form, with what it already holds for what is left out', async () => {
  const field = { label: 'L', kind: 'text' as const, required: true };
  give({
    text: 'x',
    form: {
      id: 'a.form?n=1',
      title: 'T',
      submitLabel: 'Send',
      fields: [{ ...field, name: 'answer' }, { ...field, name: 'keep', value: 'everyone' }],
    },
  });
  give({ text: 'a message behind it' });

  await session.line('/fill {"answer":"Yes","n":1}');
  await session.line('/fill [1]');
  await session.line('/fill {"answer":["a",2]}');

  expect(actions()).toEqual([['a.form?n=1', { answer: ['a', '2'], keep: 'everyone' }]]);
  expect(said[0]).toContain('The form has no field n. It has: answer, keep.');
  expect(said[1]).toContain('After /fill comes a JSON object');
}); // prettier-ignore

it('goes on as another person after /as, whose address is another', async () => {
  await session.line('/as HUGO@test.example');
  await session.line('hello');

  expect(inputs[0]?.sender.user).toBe('hugo@test.example');
  expect(inputs[0]?.place.address).toBe('console:hugo@test.example');
});

it('ends with /quit and /exit only', async () => {
  const going = [];
  for (const line of ['', '/help', 'quit', '/nothing', '/quit', '/exit'])
    going.push(await session.line(line));

  expect(going).toEqual([true, true, true, true, false, false]);
  expect(inputs.map((input) => (input.kind === 'turn' ? input.text : ''))).toEqual(['', 'quit']);
});

describe('a form where a person types', () => {
  const form = (error: string | null = null) => ({
    id: 'a.form?n=1',
    title: 'Raise',
    submitLabel: 'Send',
    fields: [
      { name: 'what', label: 'What did you see?', kind: 'text' as const, required: true, error },
      {
        name: 'grade',
        label: 'How bad?',
        kind: 'choice' as const,
        required: true,
        value: 'minor',
        options: [
          { value: 'minor', label: 'A slip' },
          { value: 'major', label: 'A failure' },
        ],
      },
      {
        name: 'sites',
        label: 'Where?',
        kind: 'choices' as const,
        required: false,
        options: [
          { value: 'h', label: 'Hamburg' },
          { value: 'l', label: 'Lyon' },
        ],
      },
      { name: 'note', label: 'More?', kind: 'multiline' as const, required: false },
    ],
  });

  it('is asked field by field, and sent whole', async () => {
    session = open(true);
    give({ text: 'x', form: form(), buttons: [{ id: 'a.b', label: 'B' }] });
    await session.line('/press a.open');
    give({ text: 'Thank you' });

    for (const line of ['', 'A door stood open', '7', '2', 'lyon, 1', '']) await session.line(line);

    expect(said.map((line) => line.split(': ')[1]?.split('\n')[0])).toEqual([
      'What did you see?',
      'That one is needed.',
      'How bad?',
      'There is no «7». Type a number from 1 to 2.',
      'Where?',
      'More?',
    ]);
    expect(said[2]).toContain('Enter keeps «A slip».\n  1  A slip\n  2  A failure');
    expect(actions().slice(1)).toEqual([
      ['a.form?n=1', { what: 'A door stood open', grade: 'major', sites: ['l', 'h'] }],
    ]);
  });

  it('that is half filled when the input ends says that it was not sent', async () => {
    session = open(true);
    give({ text: 'x', form: form() });
    await session.line('/press a.open');

    session.ended();

    expect(said.at(-1)).toContain('«Raise» was not sent');
  });

  it('asks again only for what was refused, and is left with /cancel', async () => {
    session = open(true);
    give({ text: 'x', form: form('That is too short.') });
    await session.line('/press a.open');

    await session.line('/cancel');
    await session.line('A new question');

    expect(said[0]).toContain('! That is too short.\nWhat did you see?');
    expect(said[1]).toContain('Left: nothing was sent.');
    expect(actions().slice(1)).toEqual(['A new question']);
  });
});

it('says what there is to type for a command that there is not, and who one is now', async () => {
  session = open(true);
  await session.line('/foo bar');
  await session.line('/as Omar@Test.example');
  await session.line('/isma gap');

  expect(said[0]).toContain('There is no command /foo. There are:\n/press');
  expect(said[1]).toContain('You are now omar@test.example.');
  expect(actions()).toEqual(['gap']);
});

it('says by name who one is after /as and what waits for them, and of nobody that nobody has that address', async () => {
  session = open(true, async (email) => (email.startsWith('omar@') ? 'Omar Oakapple, Process Lead' : null));
  await session.line('/as omar@test.example');
  await session.line('/as nobody@test.example');

  expect(said).toEqual([
    'omar@test.example: You are now Omar Oakapple, Process Lead.',
    'omar@test.example: Nobody here has the address nobody@test.example. You are still omar@test.example.',
  ]);
  expect(inputs).toMatchObject([{ text: 'hello', sender: { user: 'omar@test.example' } }]);
});
