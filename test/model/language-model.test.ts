/** The language model behind its endpoint: what is sent, what comes back, what it cost, and when it is left alone. */
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { z } from 'zod';
import { ModelUnavailable } from '../../src/errors.ts';
import { describeError } from '../../src/log.ts';
import { createLanguageModel, type LanguageModelOptions, type ModelTool, type Usage } from '../../src/model/language-model.ts'; // prettier-ignore
import { startModelServer, type ModelServer } from '../support/model-server.ts';

let server: ModelServer;
let spent: Usage[];

beforeEach(async () => {
  server = await startModelServer();
  spent = [];
});
afterEach(async () => {
  vi.useRealTimers();
  await server.close();
});

/** Milliseconds that no busy machine needs. */
const patient = 600_000;
const create = (options: Partial<LanguageModelOptions> = {}) =>
  createLanguageModel({
    baseUrl: server.url,
    apiKey: 'test',
    model: 'first',
    fallbackModel: null,
    timeout: patient,
    idleTimeout: patient,
    inputPrice: 1,
    outputPrice: 10,
    ...options,
  });
const ask = (model: ReturnType<typeof create>, tools: ModelTool[] = [], onText?: (text: string) => void) =>
  model.converse(
    {
      system: 'Be brief.',
      messages: [
        { role: 'user', content: 'One?' },
        { role: 'assistant', content: 'Yes.' },
        { role: 'user', content: 'Two?' },
      ],
      tools,
      ...(onText === undefined ? {} : { onText }),
    },
    (usage) => spent.push(usage),
  );
const lookUp = (found: (input: Record<string, unknown>) => { text: string; final: boolean }): ModelTool => ({
  name: 'look_up',
  description: 'Looks something up.',
  schema: z.object({ query: z.string().min(2) }),
  call: async (input) => found(input),
});
const calls = (...queries: string[]) => ({
  calls: queries.map((query) => ({ name: 'look_up', arguments: JSON.stringify({ query }) })),
});

describe('a conversation with the model', () => {
  it('sends the system prompt, the messages in order and the tools, and streams the answer', async () => {
    server.script(() => ({ text: 'Two it is.' }));
    const seen: string[] = [];

    const { text } = await ask(create(), [lookUp(() => ({ text: '', final: false }))], (soFar) => seen.push(soFar));

    expect(text).toBe('Two it is.');
    expect(seen).toEqual(['Two ', 'Two it ', 'Two it is.']);
    expect(server.chatRequests[0]).toMatchObject({ model: 'first', stream: true });
    expect(server.chatRequests[0]?.messages.map(({ role, content }) => `${role}: ${content}`)).toEqual([
      'system: Be brief.',
      'user: One?',
      'assistant: Yes.',
      'user: Two?',
    ]);
    expect(server.chatRequests[0]?.tools?.map((tool) => tool.function.name)).toEqual(['look_up']);
  }); // prettier-ignore

  it('hands a result back to the model, and begins the text anew', async () => {
    server.script((_request, n) => (n === 0 ? calls('phones') : { text: 'Found.' }));
    const asked: unknown[] = [];

    const { text } = await ask(create(), [
      lookUp((input) => {
        asked.push(input);
        return { text: 'A phone may be used.', final: false };
      }),
    ]);

    expect(text).toBe('Found.');
    expect(asked).toEqual([{ query: 'phones' }]);
    expect(server.chatRequests[1]?.messages.at(-1)).toMatchObject({
      role: 'tool',
      content: 'A phone may be used.',
    });
    expect(spent).toMatchObject([{ calls: 2, inputTokens: 200, outputTokens: 40, cost: 600 / 1_000_000 }]);
  });

  it('ends with a tool that settles the matter, and asks no further', async () => {
    server.script(() => calls('phones'));

    await ask(create(), [lookUp(() => ({ text: 'card', final: true }))]);

    expect(server.chatRequests).toHaveLength(1);
  });

  it('makes three calls at most and runs four tools at most, and has no text to show for it', async () => {
    server.script(() => calls('a1', 'a2', 'a3', 'a4', 'a5', 'a6'));
    let ran = 0;

    const { text } = await ask(create(), [lookUp(() => ({ text: `result ${(ran += 1)}`, final: false }))]);

    expect(text).toBe('');
    expect(server.chatRequests.length).toBeLessThanOrEqual(3);
    expect(ran).toBeLessThanOrEqual(4);
  });

  it('runs no tool whose parameters do not fit', async () => {
    server.script((_request, n) =>
      n === 0 ? { calls: [{ name: 'look_up', arguments: '{"query":["x"]}' }] } : { text: 'Sorry.' },
    );
    let ran = 0;

    const { text } = await ask(create(), [lookUp(() => ({ text: `${(ran += 1)}`, final: false }))]);

    expect([text, ran]).toEqual(['Sorry.', 0]);
  });

  it('asks the other model when the first fails', async () => {
    server.script(({ model }) => (model === 'first' ? { status: 400 } : { text: 'I am the second.' }));

    const { text } = await ask(create({ fallbackModel: 'second' }));

    expect(text).toBe('I am the second.');
    expect(server.chatRequests.map(({ model }) => model)).toEqual(['first', 'second']);
  });

  it('asks the small model where it is to be quick: once, and its failures rest no other call', async () => {
    const model = create({ smallModel: 'small', fallbackModel: 'second' });
    const quickly = () =>
      model.converse(
        {
          system: '',
          messages: [{ role: 'user', content: 'One?' }],
          tools: [lookUp(() => ({ text: '', final: false }))],
          quick: true,
        },
        (usage) => spent.push(usage),
      );
    server.script(({ model: name }) => (name === 'small' ? calls('one') : { text: 'Yes.' }));
    await quickly();
    expect(server.chatRequests.map(({ model: name }) => name)).toEqual(['small']);
    expect(spent).toMatchObject([{ model: 'small', calls: 1 }]);

    server.script(({ model: name }) => (name === 'small' ? { status: 400 } : { text: 'Yes.' }));
    for (let n = 0; n < 5; n += 1) await expect(quickly()).rejects.toThrow('small failed');

    expect((await ask(model)).text).toBe('Yes.');
    await expect(quickly()).rejects.toThrow('left alone for half a minute');
  });

  it('gives up on silence, saying so', async () => {
    server.script(() => ({ silence: true }));

    await expect(ask(create({ idleTimeout: 200 }))).rejects.toThrow('it said nothing for too long');
  });

  it('gives up on an answer that takes too long, however busily it comes', async () => {
    server.script(() => ({ text: 'word '.repeat(200), pace: 30 }));

    await expect(ask(create({ timeout: 600 }))).rejects.toThrow('it took too long');
  });

  it('waits for a slow answer as long as words come', async () => {
    server.script(() => ({ text: 'one two three four five six', pace: 1_000 }));

    expect((await ask(create({ idleTimeout: 5_000 }))).text).toBe('one two three four five six');
  });

  it('ends an answer that never ends after 12,000 characters, uses what there is, and counts its cost', async () => {
    server.script(() => ({ text: 'word '.repeat(4_000) }));
    const lengths: number[] = [];

    const { text } = await ask(create(), [], (soFar) => lengths.push(soFar.length));

    expect(text).toBe('word '.repeat(2_400));
    expect(Math.max(...lengths)).toBe(12_000);
    expect(spent).toMatchObject([{ calls: 1, outputTokens: 3_000 }]);
  });

  it('ends a call of a tool that is longer than that without running it', async () => {
    server.script(() => ({ calls: [{ name: 'look_up', arguments: `{"query":"${'x'.repeat(20_000)}"}` }] }));
    let ran = 0;

    const { text } = await ask(create(), [lookUp(() => ({ text: `${(ran += 1)}`, final: false }))]);

    expect([text, ran, server.chatRequests.length]).toEqual(['', 0, 1]);
  });

  it('fails as ModelUnavailable, without the key and the prompt that a provider repeats', async () => {
    server.script(({ messages }) => ({
      status: 401,
      error: {
        message: `Incorrect API key sk-secret for: ${messages.at(-1)?.content}`,
        type: 'sk-secret',
        code: 'invalid_api_key',
        param: 'sk-secret',
      },
    }));

    const failure: unknown = await ask(create({ apiKey: 'sk-secret' })).catch((error: unknown) => error);

    expect(failure).toBeInstanceOf(ModelUnavailable);
    expect((failure as Error).message).toBe(
      'The language model first failed: AuthenticationError 401 invalid_api_key.',
    );
    expect(JSON.stringify(describeError(failure))).not.toMatch(/sk-secret|Two\?/);
  });

  it('fails with the kind of it alone where the provider puts words into its code', async () => {
    server.script(() => ({ status: 400, error: { message: 'Two?', code: 'content: Two?' } }));

    const failure: unknown = await ask(create()).catch((error: unknown) => error);

    expect((failure as Error).message).toBe('The language model first failed: BadRequestError 400.');
  });
});

describe('the circuit', () => {
  it('opens after four failures in a row, and lets one call try again after half a minute', async () => {
    vi.useFakeTimers({ toFake: ['Date'] });
    server.script(() => ({ status: 400 }));
    const model = create();
    for (let turn = 0; turn < 4; turn += 1) await ask(model).catch(() => {});
    const before = server.chatRequests.length;

    await expect(ask(model)).rejects.toThrow('left alone for half a minute');
    expect(server.chatRequests.length).toBe(before);
    vi.setSystemTime(Date.now() + 31_000);
    server.script(() => ({ text: 'Back again.' }));

    expect((await ask(model)).text).toBe('Back again.');
    expect((await ask(model)).text).toBe('Back again.');
  });

  it('stays closed when failures are not in a row', async () => {
    server.script((_request, n) => (n % 3 === 2 ? { text: 'Fine.' } : { status: 400 }));
    const model = create();

    for (let turn = 0; turn < 9; turn += 1) await ask(model).catch(() => {});

    expect(server.chatRequests.length).toBe(9);
  });
});

describe('one prompt', () => {
  it('gives one text', async () => {
    server.script(() => ({ text: 'Eight questions.' }));

    expect(await create().complete('Write.')).toBe('Eight questions.');
  });
});
