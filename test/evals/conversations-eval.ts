/**
 * Runs conversations of several turns through the whole service over the sample company: `npm run eval -- conversations` with whatever
 * model is configured, or with one that writes what the file says (`scripted`, and where none is configured).
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import { z } from 'zod';
import { createService } from '../../src/app/app.ts';
import type { App } from '../../src/app/open-app.ts';
import type { InputParts, Reply, Turn } from '../../src/conversation/contract.ts';
import { plainText } from '../../src/conversation/plain-text.ts';
import { selectAll } from '../../src/db/rows.ts';
import { createLanguageModel } from '../../src/model/language-model.ts';
import {
  isReading,
  passagesOf,
  startModelServer,
  type Behaviour,
  type ChatRequest,
} from '../support/model-server.ts';

const Call = z.record(z.string(), z.unknown());
/** One message of the model: words, calls of tools by name, or both. */
const Step = z.union([
  z.string().transform((text) => ({ text, calls: [] })),
  z.object({ text: z.string().default(''), calls: z.array(Call) }).transform(({ text, calls }) => ({
    text,
    calls: calls.flatMap((call) =>
      Object.entries(call).map(([name, input]) => ({ name, arguments: JSON.stringify(input) })),
    ),
  })),
]);
const ConversationTurn = z.strictObject({
  says: z.string().optional(),
  /** How often the words are said, for what is too long to be written here. */
  repeat: z.number().default(1),
  files: z.array(z.string()).default([]),
  press: z.string().optional(),
  /** What a model makes of a follow-up, where it is asked for words to search with. */
  search: z.string().optional(),
  model: z.union([Step.transform((step) => [step]), z.array(Step)]).default([]),
  must: z.array(z.coerce.string()).default([]),
  mustNot: z.array(z.coerce.string()).default([]),
});
type ConversationTurn = z.infer<typeof ConversationTurn>;
const Conversations = z.array(
  z.strictObject({ about: z.string(), who: z.string(), turns: z.array(ConversationTurn).min(1) }),
);

/** The day on which the conversations take place. */
const then = new Date('2026-11-30T10:00:00Z');

export function readConversations() {
  return Conversations.parse(parse(readFileSync(join(import.meta.dirname, 'conversations.yaml'), 'utf8')));
}

/** @param app  with the sample company, loaded at `then` */
export async function evaluateConversations(
  app: App,
  scripted: boolean,
): Promise<{ text: string; holds: boolean }> {
  const conversations = readConversations();
  const server = await startModelServer();
  const model = createLanguageModel({
    baseUrl: server.url, apiKey: 'eval', model: 'scripted', fallbackModel: null, timeout: 600_000, idleTimeout: 600_000,
    inputPrice: 0, outputPrice: 0,
  }); // prettier-ignore
  const sections = await selectSections(app);
  const talk = await startTalking(scripted ? { ...app, model } : app);
  const failed: string[] = [];
  const calls: ChatRequest[][] = [];
  try {
    for (const { about, who, turns } of conversations) {
      for (const [at, turn] of turns.entries()) {
        const begun = server.chatRequests.length;
        const asked = () => server.chatRequests.slice(begun);
        server.script((request) =>
          isReading(request)
            ? searched(turn)
            : written(turn, request, asked().filter((each) => !isReading(each)).length - 1, sections),
        );
        const shown = await talk.take(who, turn).catch((error: unknown) => `(${String(error)})`);
        if (asked().length > 0) calls.push(asked());
        const wrong = [
          ...turn.must.filter((words) => !holds(shown, words)).map((words) => `  lacks «${words}»`),
          ...turn.mustNot.filter((words) => holds(shown, words)).map((words) => `  has «${words}»`),
        ];
        if (wrong.length === 0) continue;
        failed.push(
          [`${about}, turn ${at + 1}`, ...wrong, ...shown.split('\n').map((line) => `  | ${line}`)].join(
            '\n',
          ),
        );
        break;
      }
    }
  } finally {
    await talk.stop();
    await server.close();
  }
  const kept = `${conversations.length - failed.length} of ${conversations.length} conversations go as they should`;
  const text = [...failed, ...(scripted ? [callsText(calls)] : []), kept].join('\n\n');
  return { text, holds: failed.length === 0 };
}

/** @param calls  of each turn that asked a model */
function callsText(calls: ChatRequest[][]): string {
  const counted = Map.groupBy(calls, ({ length }) => length);
  const share = [...counted]
    .toSorted(([one], [other]) => one - other)
    .map(([count, turns]) => `${count} in ${turns.length}`);
  const more = calls.filter((each) => each.some(isReading)).length;
  return [
    `Calls of the model, in ${calls.length} turns that asked it: ${share.join(', ')}`,
    `One more for what a follow-up is about: in ${more} (${((100 * more) / calls.length).toFixed(0)} %)`,
  ].join('\n');
}

function searched({ search }: ConversationTurn): Behaviour {
  return search === undefined
    ? { text: '' }
    : { calls: [{ name: 'write_down', arguments: JSON.stringify({ query: search }) }] };
}

function holds(shown: string, words: string): boolean {
  return shown.replace(/\s+/g, ' ').toLowerCase().includes(words.toLowerCase());
}

/** `POL-07 3.2` to the line that begins its passage. */
async function selectSections({ db }: App): Promise<Map<string, string>> {
  const rows = await selectAll(
    db,
    z.object({ name: z.string(), place: z.string() }),
    `select case document.kind when 'guide' then 'guide ' || section.heading
         else document.reference || ' ' || section.number end as name,
       version.title || ' > %> ' || trim(section.number || ' ' || section.heading) || ' (version' as place
     from section join document_version version on version.id = section.version_id
     join document on document.id = version.document_id
     where version.status = 'published' and (document.kind = 'guide' or section.number <> '')`,
  );
  return new Map(rows.map(({ name, place }) => [name, place]));
}

/** What the model writes next; a section that the prompt does not hold is looked for first, as a model would. */
function written(
  { model }: ConversationTurn,
  request: ChatRequest,
  n: number,
  sections: Map<string, string>,
): Behaviour {
  const looked = request.messages.filter(({ role }) => role === 'tool').length;
  const step = model[Math.min(n, model.length - 1)];
  if (step === undefined) return { text: 'NOT_COVERED' };
  const passages = passagesOf(request);
  let missing: string | null = null;
  const text = step.text.replace(/\[([A-Z]+-\d+ [\d.]+|guide [^\]]+)\]/g, (mark, name: string) => {
    const [title = '', heading = ''] = (sections.get(name) ?? '').split('%');
    const passage = passages.find((each) => each.text.startsWith(title) && each.text.includes(heading));
    if (passage === undefined) missing = `${heading.replace(/[>(]|version/g, ' ')} ${title}`.trim();
    return passage === undefined ? mark : `[${passage.n}]`;
  });
  if (missing !== null && looked === 0)
    return { calls: [{ name: 'search_policies', arguments: JSON.stringify({ query: missing }) }] };
  return step.calls.length === 0 ? { text } : { text, calls: step.calls };
}

/** People of the sample company, each in their direct messages; buttons are pressed on what they were shown last. */
async function startTalking(app: App) {
  const shown = new Map<string, Reply>();
  let said: Reply[] = [];
  let count = 0;
  const core = createService({ ...app, clock: () => then }, [
    {
      platform: 'eval',
      async deliver({ id, address, reply, quiet }) {
        if (quiet === true) return id;
        said.push(reply);
        shown.set(address, reply);
        return id;
      },
      lookUp: async () => ({ found: false }),
      directAddress: async ({ email }) => `eval:${email ?? ''}`,
      fetch: async ({ name }) => Buffer.from(`What ${name} says`),
    },
  ]);
  await core.start();

  async function take(who: string, { says, repeat, files, press }: ConversationTurn): Promise<string> {
    const email = `${who}@demo.example`;
    const address = `eval:${email}`;
    const from = {
      sender: {
        platform: 'eval', tenant: 'eval', user: email, name: null, email, timeZone: 'Europe/Berlin', locale: 'en-GB', directAddress: address,
      }, // prettier-ignore
      place: { address, audience: 'direct' as const },
    };
    const attachments = files.map((name): Turn['attachments'][number] => ({
      name,
      size: 40,
      contentType: 'text/plain',
      source: name,
    }));
    const input: InputParts =
      press === undefined
        ? { kind: 'turn', ...from, text: (says ?? '').repeat(repeat), attachments }
        : { kind: 'action', ...from, id: buttonOn(shown.get(address), press), fields: {} };
    said = [];
    const inputId = await core.receive({
      platform: 'eval',
      eventId: `conversation-${(count += 1)}`,
      raw: Buffer.from('{}'),
      read: () => input,
    });
    if (inputId === null) throw new Error('it was not taken in');
    await core.settled(inputId);
    return said.map(plainText).join('\n');
  }
  return { take, stop: () => core.stop() };
}

function buttonOn(reply: Reply | undefined, label: string): string {
  const buttons =
    reply === undefined
      ? []
      : [...reply.choices, ...reply.buttons, ...reply.items.flatMap(({ button }) => button ?? [])];
  const found = buttons.find((each) => each.label.startsWith(label));
  if (found === undefined) throw new Error(`there is no button «${label}»`);
  return found.id;
}

export const conversationsTakePlace = then;
