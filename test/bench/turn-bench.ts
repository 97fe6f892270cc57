/** What a turn costs beyond the model: a whole turn through the core, beside the bare call of a model that answers at once. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { loadSamples } from '../../src/app/load-samples.ts';
import { directAddress, startHarness, today } from '../support/harness.ts';
import { passagesOf, startModelServer, type ChatRequest, type ModelServer } from '../support/model-server.ts';
import { createBenchDatabase, type Kind } from './databases.ts';
import { duration, printTable, progress, ratio, summarise, timed } from './measure.ts';

const asker = 'erin@demo.example';
const turns = 120;
const warmUp = 10;
/** Turns of which the first words are timed, and milliseconds between the words that the model writes in them. */
const streamedTurns = 30;
const pace = 20;
/** Characters that a token stands for, roughly, in English. */
const charactersAToken = 4;

export async function benchTurn(kinds: Kind[]): Promise<void> {
  const questions = readFileSync(join(import.meta.dirname, '../evals/sample-questions.jsonl'), 'utf8')
    .trim()
    .split('\n')
    .map((line) => (JSON.parse(line) as { question: string }).question);
  const rows: string[][] = [];
  const streamed: string[][] = [];
  const prompts: ChatRequest[] = [];
  for (const kind of kinds) {
    progress(`turn: ${kind}`);
    const database = await createBenchDatabase(kind);
    const modelServer = await startModelServer();
    modelServer.script((request) => ({ text: firstSentence(request) }));
    try {
      const { whole, bare, beyond, first } = await measure(database.db, modelServer, questions);
      rows.push([
        kind,
        ...[whole.p50, whole.p99, bare.p50, bare.p99, beyond.p50, beyond.p99].map(duration),
        ratio(whole.p50, bare.p50),
      ]);
      streamed.push([
        kind,
        ...[first.words, first.sentence, first.proven].flatMap(({ p50, p99 }) => [
          duration(p50),
          duration(p99),
        ]),
        ratio(first.proven.p50, first.words.p50),
        ratio(first.proven.p50, first.sentence.p50),
      ]);
      prompts.push(...modelServer.chatRequests);
    } finally {
      await modelServer.close();
      await database.drop();
    }
  }
  printTable(
    `Turn: from the event to the delivery of a checked answer (${turns} turns on the sample company), against the bare call of the same model`,
    ['database', 'turn p50', 'p99', 'bare call p50', 'p99', 'beyond it p50', 'p99', 'turn/bare p50'],
    rows,
    ['The model answers at once. The turn also embeds the question, searches, checks citations, and writes inbox, records, audit log and outbox.'],
  ); // prettier-ignore
  printTable(
    `Streaming: from the model's first word (one each ${pace} ms) to what a person sees first (${streamedTurns} turns), against the bare stream of the same model`,
    ['database', 'bare, first words p50', 'p99', 'bare, first sentence p50', 'p99', 'first proven sentence p50', 'p99', 'proven/words p50', 'proven/sentence p50'],
    streamed,
    ['Unproven words are never shown: the first sentence has to be whole, with its number.'],
  ); // prettier-ignore
  printPrompts(prompts);
}

async function measure(
  db: Awaited<ReturnType<typeof createBenchDatabase>>['db'],
  modelServer: ModelServer,
  questions: string[],
) {
  let deliveredAt = 0;
  let shownAt: number | null = null;
  let streams = false;
  const harness = await startHarness({
    db,
    modelServer,
    withEmbeddings: true,
    port: {
      platform: 'test',
      async deliver({ id }) {
        deliveredAt = performance.now();
        return id;
      },
      draft: () => (streams ? { show: () => (shownAt ??= performance.now()), discard() {} } : null),
      lookUp: async () => ({ found: false }),
      directAddress: async ({ email }) => (email === null ? null : directAddress(email)),
    },
  });
  try {
    await loadSamples({ ...harness.app, clock: () => today });
    const whole: number[] = [];
    const bare: number[] = [];
    for (let turn = 0; turn < warmUp + turns; turn += 1) {
      const before = modelServer.chatRequests.length;
      const begun = performance.now();
      await harness.say(asker, questions[turn % questions.length] ?? '');
      const request = modelServer.chatRequests[before];
      if (request === undefined) continue; // small talk: no model was asked
      const { ms } = await timed(() => bareCall(modelServer, request));
      modelServer.chatRequests.pop();
      if (turn < warmUp) continue;
      whole.push(deliveredAt - begun);
      bare.push(ms);
    }
    const asked = modelServer.chatRequests.length;
    let writesAt = 0;
    modelServer.script((request) => {
      writesAt = performance.now();
      const text = firstSentence(request);
      return { text: `${text} ${text}`, pace };
    });
    streams = true;
    const first: { words: number; sentence: number; proven: number }[] = [];
    for (let turn = 0; turn < streamedTurns; turn += 1) {
      shownAt = null;
      await harness.say(asker, questions[turn % questions.length] ?? '');
      const request = modelServer.chatRequests[asked];
      const proven = (shownAt ?? 0) - writesAt;
      if (request !== undefined && proven > 0)
        first.push({ ...(await bareStream(modelServer, request, () => writesAt)), proven });
      modelServer.chatRequests.length = asked;
    }
    const firstOf = (name: 'words' | 'sentence' | 'proven') => summarise(first.map((each) => each[name]));
    return {
      first: { words: firstOf('words'), sentence: firstOf('sentence'), proven: firstOf('proven') },
      whole: summarise(whole),
      bare: summarise(bare),
      beyond: summarise(whole.map((ms, index) => ms - (bare[index] ?? 0))),
    };
  } finally {
    await harness.stop();
  }
}

/** A sentence of the first passage, word for word and cited, which every check lets through. */
function firstSentence(request: ChatRequest): string {
  const [passage] = passagesOf(request);
  const sentence = /[A-Z][^.!?\n]{20,}\./.exec(passage?.text ?? '')?.[0];
  return sentence === undefined ? 'NOT_COVERED' : `${sentence} [${passage?.n}]`;
}

/** Milliseconds from when the model writes to its first words, and to the first sentence with its number. */
async function bareStream({ url }: ModelServer, request: ChatRequest, writesAt: () => number) {
  const response = await fetch(`${url}/chat/completions`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ ...request, stream: true }),
  });
  let text = '';
  let words: number | null = null;
  let sentence: number | null = null;
  const decoder = new TextDecoder();
  for await (const chunk of (response.body ?? []) as AsyncIterable<Uint8Array>) {
    for (const [, said = ''] of decoder.decode(chunk).matchAll(/"content":"([^"]*)"/g)) text += said;
    if (text !== '') words ??= performance.now() - writesAt();
    if (/\[\d+\]/.test(text)) sentence ??= performance.now() - writesAt();
  }
  return { words: words ?? 0, sentence: sentence ?? 0 };
}

async function bareCall({ url }: ModelServer, request: ChatRequest): Promise<void> {
  const response = await fetch(`${url}/chat/completions`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(request),
  });
  await response.text();
}

function printPrompts(requests: ChatRequest[]): void {
  const tokens = (text: string) => text.length / charactersAToken;
  const parts = requests.map(({ messages, tools }) => {
    const last = messages.findLastIndex(({ role }) => role === 'user');
    const history = messages.filter(({ role }, index) => role !== 'system' && index !== last);
    const system = tokens(messages.filter(({ role }) => role === 'system').map(textOf).join('')); // prettier-ignore
    const question = tokens(textOf(messages[last]));
    const before = tokens(history.map(textOf).join(''));
    const toolText = tokens(JSON.stringify(tools ?? []));
    return { system, before, question, toolText, all: system + before + question + toolText };
  });
  const row = (label: string, value: (part: (typeof parts)[number]) => number) => {
    const { p50, p99 } = summarise(parts.map(value));
    return [label, Math.round(p50).toString(), Math.round(p99).toString()];
  };
  printTable(
    `Prompt of an answer, in tokens (${charactersAToken} characters each), over ${requests.length} requests`,
    ['', 'p50', 'p99'],
    [
      row('rules', ({ system }) => system),
      row('conversation before', ({ before }) => before),
      row('passages and question', ({ question }) => question),
      row('tools', ({ toolText }) => toolText),
      row('in all', ({ all }) => all),
    ],
  );
}

function textOf(message: { content: unknown } | undefined): string {
  const content = message?.content ?? '';
  return typeof content === 'string' ? content : JSON.stringify(content);
}
