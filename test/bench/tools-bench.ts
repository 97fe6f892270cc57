/** What an answer pays for tools as rooms are added: tokens of tools and rules in one request, beside all tools of all rooms at once. */
import { people, workflowsOf } from '../../src/app/app.ts';
import { loadSamples } from '../../src/app/load-samples.ts';
import type { App } from '../../src/app/open-app.ts';
import type { Workflow } from '../../src/conversation/contract.ts';
import { createCore } from '../../src/conversation/core.ts';
import { createAnswerer } from '../../src/workflows/answers/answer-question.ts';
import { directAddress, envelope, startHarness, testConfig, today } from '../support/harness.ts';
import { startModelServer, type ModelServer } from '../support/model-server.ts';
import { createBenchDatabase, type Kind } from './databases.ts';
import { printTable, progress, ratio } from './measure.ts';

const sizes = [2, 4, 8];
/** Characters that a token stands for, roughly, in English. */
const charactersAToken = 4;
const question = 'May I read work mail on my own phone?';
/** Somebody for whom nothing waits, and somebody for whom something waits in every room. */
const idle = 'raj@demo.example';
const busy = 'ines@demo.example';

export async function benchTools([kind]: Kind[]): Promise<void> {
  if (kind === undefined) return;
  progress('tools');
  const { db, drop } = await createBenchDatabase(kind);
  const model = await startModelServer();
  const { app, stop } = await startHarness({ db, modelServer: model });
  await stop();
  const rows: string[][] = [];
  try {
    await loadSamples({ ...app, clock: () => today });
    for (const size of sizes) {
      const rooms = roomsOf(app, size);
      const nothing = await paidFor(app, model, rooms, idle);
      const something = await paidFor(app, model, rooms, busy);
      const all = await paidFor(app, model, [asOne(rooms)], busy);
      rows.push([
        ...[size, nothing, something, all].map(String),
        ...[nothing, something].map((paid) => ratio(paid, all)),
      ]);
    }
  } finally {
    await model.close();
    await drop();
  }
  printTable(
    `Tools and rules that an answer pays for, in tokens (${charactersAToken} characters each), as rooms are added`,
    ['rooms', 'nothing waits', 'something waits in each', 'all at once', 'nothing/all', 'something/all'],
    rows,
    ['Rooms past the second are copies of the second with its tools and rules. «All at once» tells of every tool of every room.'],
  ); // prettier-ignore
}

/** Policy questions, which have no tools of a room, the register, and copies of that. */
function roomsOf(app: App, size: number): Workflow[] {
  const [answers, register] = workflowsOf(app);
  if (answers === undefined || register === undefined) throw new Error('there are two rooms at least');
  const copies = Array.from({ length: size - 2 }, (_value, at): Workflow => ({
    ...register,
    name: `room-${at + 3}`,
    actions: {},
    answers: {},
    tools: register.tools.map((tool) => ({ ...tool, name: `${tool.name}_${at + 3}` })),
  }));
  return [answers, register, ...copies];
}

function asOne(rooms: Workflow[]): Workflow {
  return {
    name: 'all',
    offer: { text: '', examples: [] },
    actions: {},
    tools: rooms.flatMap(({ tools }) => tools),
    instructions: rooms.flatMap(({ instructions }) => instructions ?? []).join('\n\n'),
    mayConcern: () => true,
  };
}

let asked = 0;

async function paidFor(app: App, model: ModelServer, workflows: Workflow[], email: string): Promise<number> {
  const core = createCore({
    ...app,
    ports: [
      {
        platform: 'test',
        deliver: async ({ id }) => id,
        lookUp: async () => ({ found: false }),
        directAddress: async (person) => (person.email === null ? null : directAddress(person.email)),
      },
    ],
    people,
    workflows,
    answerer: createAnswerer(app),
    budget: testConfig.budget,
    modelTurnsAtOnce: 1,
  });
  await core.start();
  asked += 1;
  const id = await core.receive({
    platform: 'test',
    eventId: `asked-${asked}`,
    raw: Buffer.from('{}'),
    read: () => ({ kind: 'turn', ...envelope(email), text: question, attachments: [] }),
  });
  await core.settled(id ?? 0);
  await core.stop();
  const request = model.chatRequests.at(-1);
  if (request === undefined) throw new Error('no model was asked');
  const rules = request.messages.filter(({ role }) => role === 'system').map(({ content }) => content);
  return Math.round((JSON.stringify(request.tools ?? []) + rules.join('')).length / charactersAToken);
}
