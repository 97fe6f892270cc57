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
/** Characters that a token stands for, roughly, in English. */
const charactersAToken = 4;

export async function benchTurn(kinds: Kind[]): Promise<void> {
  const questions = readFileSync(join(import.meta.dirname, '../evals/sample-questions.jsonl'), 'utf8')
    .trim()
    .split('\n')
    .map((line) => (JSON.parse(line) as { question: string }).question);
  const rows: string[][] = [];
  const prompts: ChatRequest[] = [];
  for (const kind of kinds) {
    progress(`turn: ${kind}`);
    const database = await createBenchDatabase(kind);
    const modelServer = await startModelServer();
    modelServer.script((request) => ({ text: firstSentence(request) }));
    try {
      const { whole, bare, beyond } = await measure(database.db, modelServer, questions);
      rows.push([
        kind,
        ...[whole.p50, whole.p99, bare.p50, bare.p99, beyond.p50, beyond.p99].map(duration),
        ratio(whole.p50, bare.p50),
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
  printPrompts(prompts);
}

async function measure(
  db: Awaited<ReturnType<typeof createBenchDatabase>>['db'],
  modelServer: ModelServer,
  questions: string[],
) {
  let deliveredAt = 0;
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
    return {
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
