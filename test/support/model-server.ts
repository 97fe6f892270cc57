/** A scripted OpenAI-compatible endpoint on loopback: what the tests have for a model, faults included. */
import { createHash } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface ChatRequest {
  model: string;
  stream?: boolean;
  messages: { role: string; content: string; tool_call_id?: string }[];
  tools?: { function: { name: string; parameters: unknown } }[];
}

/** What the endpoint does with one request. */
export type Behaviour =
  | { text: string; /** Milliseconds between words. */ pace?: number }
  | { calls: { name: string; arguments: string }[] }
  | {
      status: number;
      retryAfter?: number;
      /** Of the error, beside its status. */ error?: Record<string, unknown>;
    }
  | { silence: true }
  | { /** Words that are sent before the connection breaks. */ diesAfter: number; text: string };

export interface ModelServer {
  url: string;
  chatRequests: ChatRequest[];
  embeddedTexts: string[];
  /** How often vectors were asked for, in vain or not. */
  embeddingRequests: number;
  /** Decides what happens to the n-th chat request, counted from 0. */
  script(next: (request: ChatRequest, n: number) => Behaviour): void;
  embeddings(next: 'work' | 'fail'): void;
  close(): Promise<void>;
}

export const embeddingDimensions = 64;

export async function startModelServer(): Promise<ModelServer> {
  const chatRequests: ChatRequest[] = [];
  const embeddedTexts: string[] = [];
  let behave: (request: ChatRequest, n: number) => Behaviour = () => ({ text: 'NOT_COVERED' });
  let embeddingState: 'work' | 'fail' = 'work';

  const server = createServer((request, response) => {
    void (async () => {
      const body = JSON.parse(await readAll(request)) as ChatRequest & { input?: string[] };
      if (request.url?.endsWith('/embeddings') === true) {
        modelServer.embeddingRequests += 1;
        if (embeddingState === 'fail')
          return sendJson(response, 500, { error: { message: 'the embedder is down' } });
        const input = body.input ?? [];
        embeddedTexts.push(...input);
        return sendJson(response, 200, {
          data: input.map((text, index) => ({ index, embedding: wordVector(text) })),
          usage: { prompt_tokens: 1, total_tokens: 1 },
        });
      }
      chatRequests.push(body);
      await perform(behave(body, chatRequests.length - 1), body, response);
    })().catch(() => response.destroy());
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));

  const modelServer: ModelServer = {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1`,
    chatRequests,
    embeddedTexts,
    embeddingRequests: 0,
    script: (next) => (behave = next),
    embeddings: (next) => (embeddingState = next),
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
  return modelServer;
}

/** The passages of the prompt: number and text, as our code wrote them for the model. */
export function passagesOf(request: ChatRequest): { n: number; text: string }[] {
  const prompt = request.messages.map((message) => message.content).join('\n');
  return [...prompt.matchAll(/<passage n="(\d+)"[^>]*>\n([\s\S]*?)\n<\/passage>/g)].map((match) => ({
    n: Number(match[1]),
    text: match[2] ?? '',
  }));
}

/** A request to write down what a text says, beside an answer. */
export function isReading({ tools }: ChatRequest): boolean {
  return tools?.length === 1 && tools[0]?.function.name === 'write_down';
}

async function perform(
  behaviour: Behaviour,
  { model, stream }: ChatRequest,
  response: ServerResponse,
): Promise<void> {
  if ('silence' in behaviour) return;
  if ('status' in behaviour) {
    if (behaviour.retryAfter !== undefined) response.setHeader('retry-after', behaviour.retryAfter);
    return sendJson(response, behaviour.status, {
      error: { message: `status ${behaviour.status}`, type: 'server_error', ...behaviour.error },
    });
  }
  const toolCalls =
    'calls' in behaviour
      ? behaviour.calls.map((call, index) => ({
          index,
          id: `call_${index}_${Math.random().toString(36).slice(2)}`,
          type: 'function',
          function: call,
        }))
      : undefined;
  const text = 'text' in behaviour ? behaviour.text : '';
  const usage = { prompt_tokens: 100, completion_tokens: 20, total_tokens: 120 };
  const finish = toolCalls === undefined ? 'stop' : 'tool_calls';
  const base = { id: `chatcmpl-${Math.random().toString(36).slice(2)}`, created: 1, model };

  if (stream !== true) {
    const message = {
      role: 'assistant',
      content: text,
      ...(toolCalls === undefined ? {} : { tool_calls: toolCalls }),
    };
    return sendJson(response, 200, {
      ...base,
      object: 'chat.completion',
      choices: [{ index: 0, message, finish_reason: finish }],
      usage,
    });
  }

  response.writeHead(200, { 'content-type': 'text/event-stream' });
  const send = (delta: unknown, finish_reason: string | null = null) =>
    response.write(
      `data: ${JSON.stringify({ ...base, object: 'chat.completion.chunk', choices: [{ index: 0, delta, finish_reason }] })}\n\n`,
    );
  send({ role: 'assistant', content: '' });
  if (toolCalls !== undefined) send({ tool_calls: toolCalls });
  const words = text.match(/\S+\s*/g) ?? [];
  for (const [index, word] of words.entries()) {
    if ('diesAfter' in behaviour && index >= behaviour.diesAfter) {
      response.destroy();
      return;
    }
    send({ content: word });
    if ('pace' in behaviour && behaviour.pace !== undefined)
      await new Promise((resolve) => setTimeout(resolve, behaviour.pace));
  }
  send({}, finish);
  response.write(
    `data: ${JSON.stringify({ ...base, object: 'chat.completion.chunk', choices: [], usage })}\n\n`,
  );
  response.end('data: [DONE]\n\n');
}

/** A vector of hashed words: texts that share words are near, which is all that a test of the plumbing needs. */
function wordVector(text: string): number[] {
  const vector = new Array<number>(embeddingDimensions).fill(0.001);
  for (const [word] of text.toLowerCase().matchAll(/[\p{L}\p{N}]{3,}/gu)) {
    const at = createHash('md5').update(word).digest()[0] ?? 0;
    vector[at % embeddingDimensions] = (vector[at % embeddingDimensions] ?? 0) + 1;
  }
  return vector;
}

function sendJson(response: ServerResponse, status: number, body: unknown): void {
  response.writeHead(status, { 'content-type': 'application/json' });
  response.end(JSON.stringify(body));
}

async function readAll(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString('utf8');
}
