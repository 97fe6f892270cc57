/** The language model behind any OpenAI-compatible endpoint, and the tool loop around it. */
import {
  CircuitState,
  ConsecutiveBreaker,
  circuitBreaker,
  handleAll,
  type CircuitBreakerPolicy,
} from 'cockatiel';
import { z } from 'zod';
import { ModelUnavailable, shapeOf } from '../errors.ts';

/** Longest wait for a call that is of use only where it is quick, in milliseconds. */
const quickTimeout = 10_000;
/** Calls of one turn: an answer, at most one more look into the policies, and the answer after it. */
const mostModelCalls = 3;
const mostToolCalls = 4;
/** Failures in a row after which nobody waits for this endpoint, and for how long. */
const breakerThreshold = 4;
const breakerPause = 30_000;
/** About so many characters of English make a token. */
const charactersAToken = 4;
/** Characters after which a text, or what one call gives its tools, ends: no answer fills four screens, and all of it is checked. */
const longestText = 12_000;

export interface ModelTool {
  name: string;
  description: string;
  schema: z.ZodObject;
  /** Asked before each call of the model: what it is not told of costs nothing, and runs all the same where it is called by name. */
  isOffered?(): boolean;
  /** `final` says that the call has led to something to be shown: where all calls of a message have, the model is asked no more. */
  call(input: Record<string, unknown>): Promise<{ text: string; final: boolean }>;
}

export interface Conversation {
  system: string;
  messages: { role: 'user' | 'assistant'; content: string }[];
  tools: ModelTool[];
  /** Each time that text arrives: all of it so far. A call of a tool starts it anew. */
  onText?: (textSoFar: string) => void;
  /** Asked at each piece of text: whoever wanted the answer wants no more of it, and what there is so far is returned. */
  isStopped?: () => boolean;
  /** One call of the small model, which nobody waits long for. */
  quick?: boolean;
}

export interface Usage {
  model: string;
  calls: number;
  inputTokens: number;
  outputTokens: number;
  /** In the currency of the configured prices; 0 where none are set. */
  cost: number;
}

export interface Completion {
  /** What the model wrote last: its answer, or what stood beside its last calls. */
  text: string;
  usage: Usage;
}

export interface LanguageModel {
  name: string;
  /** @throws ModelUnavailable after retries, time-outs or an open circuit; `usage` of what was spent goes to `onUsage` all the same */
  converse(conversation: Conversation, onUsage: (usage: Usage) => void): Promise<Completion>;
  /** One prompt, one text. */
  complete(prompt: string): Promise<string>;
}

export interface LanguageModelOptions {
  baseUrl: string;
  apiKey: string;
  model: string;
  /** Asked when the first fails. */
  fallbackModel: string | null;
  /** For quick calls; the same where none is named. */
  smallModel?: string | null;
  /** For a whole turn, in milliseconds. */
  timeout: number;
  /** Longest silence in a stream, in milliseconds. */
  idleTimeout: number;
  /** Price of a million tokens. */
  inputPrice: number;
  outputPrice: number;
}

export function createLanguageModel(options: LanguageModelOptions): LanguageModel {
  const newBreaker = () =>
    circuitBreaker(handleAll, {
      halfOpenAfter: breakerPause,
      breaker: new ConsecutiveBreaker(breakerThreshold),
    });
  const breaker = newBreaker();
  const quickBreaker = newBreaker();
  const quickly = {
    ...options,
    model: options.smallModel ?? options.model,
    fallbackModel: null,
    timeout: Math.min(options.timeout, quickTimeout),
    idleTimeout: Math.min(options.idleTimeout, quickTimeout),
  };

  return {
    name: options.model,
    converse: (conversation, onUsage) =>
      conversation.quick === true
        ? guarded(quickBreaker, quickly, () => converse(quickly, conversation, onUsage))
        : guarded(breaker, options, () => converse(options, conversation, onUsage)),
    complete: (prompt) =>
      guarded(breaker, options, async () => {
        const { chat } = await loadChat(options, options.model);
        const message = await chat.invoke([{ role: 'user', content: prompt }], {
          signal: AbortSignal.timeout(options.timeout),
        });
        return message.text.slice(0, longestText);
      }),
  };
}

async function guarded<T>(
  breaker: CircuitBreakerPolicy,
  { model }: LanguageModelOptions,
  work: () => Promise<T>,
): Promise<T> {
  try {
    return await breaker.execute(work);
  } catch (cause) {
    const resting = breaker.state === CircuitState.Open ? ' It is left alone for half a minute.' : '';
    const reason = cause instanceof ModelUnavailable ? cause.message : shapeOf(cause);
    throw new ModelUnavailable(`The language model ${model} failed: ${reason}.${resting}`, { cause });
  }
}

/** LangChain takes most of a second to load: only who has a model waits for it, once. */
async function loadChat({ baseUrl, apiKey }: LanguageModelOptions, model: string) {
  const { ChatOpenAI } = await import('@langchain/openai');
  const chat = new ChatOpenAI({
    model,
    apiKey,
    maxRetries: 2,
    streamUsage: true,
    configuration: { baseURL: baseUrl },
    useResponsesApi: false,
  });
  return { chat };
}

async function converse(
  options: LanguageModelOptions,
  { system, messages, tools, onText, isStopped, quick = false }: Conversation,
  onUsage: (usage: Usage) => void,
): Promise<Completion> {
  const {
    createAgent,
    createMiddleware,
    MiddlewareError,
    modelCallLimitMiddleware,
    modelFallbackMiddleware,
    toolCallLimitMiddleware,
    toolErrorMiddleware,
    tool,
  } = await import('langchain');
  const { chat } = await loadChat(options, options.model);
  const mostCalls = quick ? 1 : mostModelCalls;
  const usage: Usage = { model: options.model, calls: 0, inputTokens: 0, outputTokens: 0, cost: 0 };
  /** Calls of the model's last message whose text it has not read yet. */
  let unread = 0;
  let shown = 0;
  const made = new Set<string>();

  const agent = createAgent({
    model: chat,
    tools: tools.map(({ name, description, schema, call }) =>
      tool(
        async (input: Record<string, unknown>) => {
          const same = JSON.stringify([name, input]);
          if (made.has(same)) return 'Ignored: that was called already.';
          made.add(same);
          unread += 1;
          const { text, final } = await call(input);
          if (!final) return text;
          unread -= 1;
          shown += 1;
          return text;
        },
        { name, description, schema },
      ),
    ),
    middleware: [
      createMiddleware({
        name: 'EndOnceAllIsShown',
        beforeModel: {
          canJumpTo: ['end'],
          hook: () => {
            const ends = shown > 0 && unread === 0;
            unread = 0;
            return ends ? { jumpTo: 'end' as const } : undefined;
          },
        },
      }),
      createMiddleware({
        name: 'OfferWhatIsLikely',
        wrapModelCall: (request, handler) =>
          handler({ ...request, tools: tools.filter(isOffered).map(described) }),
      }),
      modelCallLimitMiddleware({ runLimit: mostCalls, exitBehavior: 'end' }),
      toolCallLimitMiddleware({ runLimit: mostToolCalls, exitBehavior: 'continue' }),
      // A model is told what was wrong with its call, and nothing of our code: the default hands it a stack trace.
      toolErrorMiddleware({
        onError: (_error, { toolCall }) => {
          unread += 1;
          return unfit(tools, toolCall);
        },
      }),
      ...(options.fallbackModel === null
        ? []
        : [modelFallbackMiddleware((await loadChat(options, options.fallbackModel)).chat)]),
    ],
  });

  const stop = new AbortController();
  let idle = setTimeout(
    () => stop.abort(new ModelUnavailable('it said nothing for too long')),
    options.idleTimeout,
  );
  const total = setTimeout(() => stop.abort(new ModelUnavailable('it took too long')), options.timeout);
  let text = '';
  let forTools = 0;
  let callId: string | undefined;
  let cutOff = false;
  try {
    const stream = await agent.stream(
      { messages: [{ role: 'system' as const, content: system }, ...messages] },
      { streamMode: 'messages', signal: stop.signal, recursionLimit: 60 },
    );
    for await (const [chunk] of stream) {
      clearTimeout(idle);
      idle = setTimeout(
        () => stop.abort(new ModelUnavailable('it said nothing for too long')),
        options.idleTimeout,
      );
      if (chunk.type !== 'ai') continue;
      if (chunk.id !== callId) {
        callId = chunk.id;
        text = '';
        // After its last call LangChain puts a sentence of its own in the place of an answer.
        if (usage.calls === mostCalls) break;
        usage.calls += 1;
        forTools = 0;
      }
      const spent =
        'usage_metadata' in chunk
          ? (chunk.usage_metadata as { input_tokens: number; output_tokens: number } | undefined)
          : undefined;
      usage.inputTokens += spent?.input_tokens ?? 0;
      usage.outputTokens += spent?.output_tokens ?? 0;
      forTools += toolCharactersOf(chunk);
      if (chunk.text !== '') {
        text = (text + chunk.text).slice(0, longestText);
        onText?.(text);
      }
      cutOff = isStopped?.() === true || text.length >= longestText || forTools >= longestText;
      if (cutOff) break;
    }
  } catch (error) {
    if (stop.signal.aborted) throw stop.signal.reason as Error;
    // What the endpoint said comes wrapped once for each middleware on its way.
    let said = error;
    while (said instanceof MiddlewareError && said.cause !== undefined) said = said.cause;
    throw said;
  } finally {
    clearTimeout(idle);
    clearTimeout(total);
    stop.abort();
    if (cutOff || isStopped?.() === true)
      estimateUse(usage, system.length + JSON.stringify(messages).length, text.length + forTools);
    usage.cost =
      (usage.inputTokens * options.inputPrice + usage.outputTokens * options.outputPrice) / 1_000_000;
    onUsage(usage);
  }
  return { text, usage };
}

/** Which parameter of a call does not fit, and why. */
function unfit(tools: readonly ModelTool[], { name, args }: { name: string; args: unknown }): string {
  const schema = tools.find((each) => each.name === name)?.schema;
  const issues = schema?.safeParse(args).error?.issues ?? [];
  const reasons = issues.map(({ path, message }) => `${path.join('.') || 'the call'}: ${message}`);
  const why = reasons.length === 0 ? 'failed' : `does not fit (${reasons.join('; ')})`;
  return `The call of ${name} ${why}; nothing was done.`;
}

function isOffered({ isOffered: offered }: ModelTool): boolean {
  return offered?.() !== false;
}

/** As an endpoint is told of it, without what a schema says of itself: each call pays for that. */
function described({ name, description, schema }: ModelTool) {
  const parameters = z.toJSONSchema(schema, { io: 'input' });
  delete parameters.$schema;
  return { type: 'function' as const, function: { name, description, parameters } };
}

/** A call of a tool comes in pieces too, beside the text. */
function toolCharactersOf(chunk: object): number {
  const pieces =
    'tool_call_chunks' in chunk ? (chunk.tool_call_chunks as { args?: string }[] | undefined) : [];
  return (pieces ?? []).reduce((sum, { args }) => sum + (args?.length ?? 0), 0);
}

/** An endpoint counts at the end of its answer; whoever stops before must not get it for nothing. */
function estimateUse(usage: Usage, promptLength: number, answerLength: number): void {
  usage.inputTokens ||= Math.ceil(promptLength / charactersAToken);
  usage.outputTokens ||= Math.ceil(answerLength / charactersAToken);
}
