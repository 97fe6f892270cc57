/** However a terminal ends, the answer that is awaited is still shown, and the terminal ends too. */
import { PassThrough } from 'node:stream';
import { setImmediate as turn } from 'node:timers/promises';
import { beforeEach, describe, expect, it } from 'vitest';
import { chat, createScreen } from '../../../src/doors/console/chat.ts';
import { Reply, type Input } from '../../../src/conversation/contract.ts';
import type { Core } from '../../../src/conversation/port.ts';
import type { Delivery } from '../../../src/conversation/port.ts';

let stdin: PassThrough;
let stdout: PassThrough;
let shown: string;
let received: Input[];
/** Ends the answer that is awaited. */
let answer: () => void;
let failure: Error | null;

beforeEach(() => {
  stdin = new PassThrough();
  stdout = new PassThrough();
  shown = '';
  stdout.on('data', (chunk: Buffer) => (shown += chunk.toString()));
  received = [];
  answer = () => {};
  failure = null;
});

function open({ interactive = true, json = false } = {}): Promise<void> {
  const screen = createScreen({ json, interactive }, () => 'erin@test.example', stdout);
  const core: Pick<Core, 'receive' | 'settled' | 'recentReplies' | 'quiet'> = {
    async receive({ read }) {
      received.push(read() as Input);
      return received.length;
    },
    async settled() {
      await new Promise<void>((resolve) => (answer = resolve));
      if (failure !== null) throw failure;
      const reply = Reply.parse({ text: `Answer ${received.length}` });
      screen.show('erin@test.example', { reply, draftKey: 'd' } as Delivery, new Map());
    },
    recentReplies: async () => [],
    quiet: async () => {},
  };
  const options = { email: 'erin@test.example', json, greet: false, interactive };
  return chat(core as Core, { ...options, terminal: { stdin, stdout } }, () => {});
}

async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await turn();
}

async function ask(): Promise<void> {
  stdin.write('May I?\n');
  await until(() => received.length === 1);
}

it('shows what others are told because of what is done here, and not whom the clock reminds', () => {
  const show = (to: string, text: string, unasked: boolean, json = false) =>
    createScreen({ json, interactive: true }, () => 'erin@test.example', stdout).show(
      to,
      { reply: Reply.parse({ text }), draftKey: 'd', unasked } as Delivery,
      new Map(),
    );

  show('omar@test.example', 'Erin asks you.', false);
  show('omar@test.example', 'A lesson is due.', true);
  show('erin@test.example', 'Your lesson is due.', true);
  show('omar@test.example', 'A program is told no more.', true, true);

  expect(shown).toContain('Erin asks you.');
  expect(shown).not.toContain('A lesson is due.');
  expect(shown).toContain('Your lesson is due.');
  expect(shown).not.toContain('A program');
});

it.each([
  ['what came at once is one message', 'We found this:\r\n- a door\r\n- a window\r\n', ['We found this:\n- a door\n- a window']],
  ['a command among them stays one', 'hello\n/isma help\n', ['hello', 'help']],
  ['an open quote and a line that breaks off are words like others', '«CA-7: the vendor\n', ['«CA-7: the vendor']],
])('pasted lines: %s', async (_what, pasted, messages) => {
  const ended = open();
  stdin.write(pasted);
  for (const at of messages.keys()) {
    await until(() => received.length === at + 1);
    answer();
  }
  stdin.end();
  await ended;

  expect(received.map((input) => (input.kind === 'turn' ? input.text : ''))).toEqual(messages);
}); // prettier-ignore

it('a pipe has a message in each line, however they come', async () => {
  const ended = open({ interactive: false });
  stdin.end('One\nTwo\rThree');
  for (const at of [0, 1, 2]) {
    await until(() => received.length === at + 1);
    answer();
  }
  await ended;

  expect(received.map((input) => (input.kind === 'turn' ? input.text : ''))).toEqual(['One', 'Two', 'Three']);
}); // prettier-ignore

describe('while an answer is awaited', () => {
  it.each([
    ['Ctrl-D', () => stdin.write('\u0004')],
    ['Ctrl-C', () => stdin.write('\u0003')],
    ['the end of the input', () => stdin.end()],
    ['a terminal that was shut', () => stdin.destroy(new Error('EIO'))],
  ])('%s lets the answer be shown, and then ends', async (_name, end) => {
    const ended = open();
    await ask();

    end();
    await turn();
    answer();
    await ended;

    expect(shown).toContain('Answer 1');
    expect(received).toHaveLength(1);
  });

  it('the end of a pipe leaves no line unread, and nothing but answers in JSON', async () => {
    const ended = open({ interactive: false, json: true });

    stdin.end('May I?\nAnd you?\n');
    await until(() => received.length === 1);
    answer();
    await until(() => received.length === 2);
    answer();
    await ended;

    const texts = shown.trim().split('\n').map((line) => (JSON.parse(line) as { text: string }).text); // prettier-ignore
    expect(texts).toEqual(['Answer 1', 'Answer 2']);
  });

  it('an output that nobody reads any more ends it, and what was typed ahead is not asked', async () => {
    const ended = open({ interactive: false });

    stdin.write('May I?\nAnd you?\n');
    await until(() => received.length === 1);
    stdout.destroy(new Error('EPIPE'));
    await turn();
    answer();
    await ended;

    expect(received).toHaveLength(1);
  });

  it('a failure reaches whoever opened the terminal, so that the rest is closed in good order', async () => {
    const ended = open();
    await ask();

    failure = new Error('the database is away');
    answer();

    await expect(ended).rejects.toThrow('the database is away');
  });
});

it('breaks no word of an answer that is shown while it is made, and shows each once', () => {
  Object.assign(stdout, { columns: 40 });
  const screen = createScreen({ json: false, interactive: true }, () => 'erin@test.example', stdout);
  const text = 'Yes, if the telephone is enrolled first: it must be encrypted, and lock itself within 2 minutes.';
  const draft = screen.draft?.('erin@test.example', 'd');

  for (let at = 3; at < text.length; at += 7) draft?.show(text.slice(0, at));
  screen.show('erin@test.example', { reply: Reply.parse({ text }), draftKey: 'd' } as Delivery, new Map());

  expect(shown.split('\n').every((line) => line.length <= 40)).toBe(true);
  expect(shown.replace(/\s+/g, ' ').trim()).toBe(text);
}); // prettier-ignore
