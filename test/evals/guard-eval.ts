/**
 * Measures which answers of a model reach a person: right ones must, wrong ones must not. Each case is an answer, the sections that
 * it was written from, and what is wanted of it: `npm run eval -- guard [cases.jsonl]`.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import type { App } from '../../src/app/open-app.ts';
import type { Reply } from '../../src/conversation/contract.ts';
import { selectOptional } from '../../src/db/rows.ts';
import { figuresIn } from '../../src/language/figures.ts';
import { createLanguageModel } from '../../src/model/language-model.ts';
import {
  isReading,
  passagesOf,
  startModelServer,
  type Behaviour,
  type ChatRequest,
} from '../support/model-server.ts';
import { startListening } from './listening.ts';

const AnswerCase = z.object({
  kind: z.string(),
  /** What is right and proven passes, an honest «they do not say» is refused or stands beside what is proven, what is wrong stops. */
  want: z.enum(['pass', 'refuse', 'stop']),
  /** `POL-05 3.2`, in the order of their numbers: the first is [1]. */
  sections: z.array(z.string()).min(1),
  answer: z.string(),
  /** What was asked; without it, it is implied by the answer. */
  question: z.string().optional(),
});
export type AnswerCase = z.infer<typeof AnswerCase>;

export const ownCases = join(import.meta.dirname, 'guard-cases.jsonl');
/** Shares that the product promises. */
export const leastKept = 0.95;
export const leastStopped = 0.9;

export function readAnswerCases(path: string): AnswerCase[] {
  return readFileSync(path, 'utf8')
    .split('\n')
    .filter((line) => line.trim() !== '')
    .map((line) => AnswerCase.parse(JSON.parse(line)));
}

interface Section {
  title: string;
  number: string;
  heading: string;
}

/** Who gives the second opinion: one who knows what is wanted, one who says the opposite, one who never answers. */
const opinions = ['right', 'wrong', 'silent'] as const;
type Opinion = (typeof opinions)[number];

export interface Judged {
  /** It became what was wanted of it. */
  asWanted: boolean;
  /** What reached the person. */
  reply: Reply | undefined;
  /** A second opinion was asked for. */
  doubted: boolean;
}

export interface Guarding {
  judge(answer: AnswerCase): Promise<Judged>;
  stop(): Promise<void>;
}

/** The measurement is no person: a day's budget would end it half way. */
const unlimited = { tokensAPerson: Number.MAX_SAFE_INTEGER, tokensInAll: Number.MAX_SAFE_INTEGER };

/** The day on which the answers were written: some reckon from it. */
export const writtenAt = new Date('2026-11-30T10:00:00Z');

/** The service over the sample company, with a model that writes what the case says, and gives a second opinion where one is named. */
export async function startGuarding(app: App, opinion: Opinion | null = null): Promise<Guarding> {
  const silence = opinion === 'silent' ? 2_000 : 600_000;
  const modelServer = await startModelServer();
  const model = createLanguageModel({
    baseUrl: modelServer.url, apiKey: 'eval', model: 'scripted', fallbackModel: null, timeout: 600_000, idleTimeout: silence,
    inputPrice: 0, outputPrice: 0,
  }); // prettier-ignore
  const config = { ...app.config, budget: unlimited, secondOpinion: opinion !== null };
  const { say, stop } = await startListening({ ...app, model, config, clock: () => writtenAt });
  let count = 0;
  return {
    async judge(answer) {
      const sections = await Promise.all(answer.sections.map((name) => selectSection(app, name)));
      let doubted = false;
      modelServer.script((request) => {
        if (isReading(request)) {
          doubted = true;
          if (opinion === 'silent') return { silence: true };
          return opined(request, (opinion === 'right') === (answer.want === 'pass'));
        }
        const numbers = sections.map((section) => numberOf(request, section));
        const missing = sections[numbers.indexOf(null)];
        if (missing !== undefined) return { calls: [{ name: 'search_policies', arguments: JSON.stringify({ query: `${missing.heading} ${missing.title}`.slice(0, 300) }) }] }; // prettier-ignore
        return { text: withNumbers(answer.answer, numbers) };
      });
      count += 1;
      const { replies } = await say(
        `guard-${opinion}-${count}`,
        answer.question ?? impliedQuestion(answer, sections),
      );
      return { asWanted: isAsWanted(answer, sections, shownIn(replies[0])), reply: replies[0], doubted };
    },
    async stop() {
      await stop();
      await modelServer.close();
    },
  };
}

interface Doubt {
  statement: number;
  says: string;
  sentences: string[];
}

/** For each statement the sentence that shares most of its words, or none. */
function opined({ messages }: ChatRequest, keeps: boolean): Behaviour {
  const doubts = JSON.parse(messages.at(-1)?.content ?? '[]') as Doubt[];
  const wordsOf = (text: string): string[] => text.toLowerCase().match(/\p{L}{3,}/gu) ?? [];
  const verdicts = doubts.map(({ statement, says, sentences }) => {
    const said = wordsOf(says);
    const shares = sentences.map((each) => wordsOf(each).filter((word) => said.includes(word)).length);
    return { statement, sentence: keeps ? shares.indexOf(Math.max(...shares)) + 1 : 0 };
  });
  return { calls: [{ name: 'write_down', arguments: JSON.stringify({ verdicts }) }] };
}

async function selectSection({ db }: App, name: string): Promise<Section> {
  const [reference = '', number = ''] = name.split(' ');
  const found = await selectOptional(
    db,
    z.object({ title: z.string(), number: z.string(), heading: z.string() }),
    `select v.title, s.number, s.heading
     from section s join document_version v on v.id = s.version_id join document d on d.id = v.document_id
     where d.reference = $1 and s.number = $2 and v.status = 'published' and v.effective_from <= $3
     order by v.effective_from desc limit 1`,
    [reference, number, writtenAt.toISOString().slice(0, 10)],
  );
  if (found === null) throw new Error(`The sample company has no section ${name}`);
  return found;
}

/** Which passage of the prompt the section is, where it is one. */
function numberOf(request: ChatRequest, { title, number, heading }: Section): number | null {
  const passage = passagesOf(request).find(({ text }) => {
    const [place = ''] = text.split('\n');
    return place.startsWith(`${title} > `) && place.includes(`> ${number} ${heading} (version`);
  });
  return passage?.n ?? null;
}

/** The marks of the answer, with the numbers that its sections have in this prompt. */
function withNumbers(answer: string, numbers: (number | null)[]): string {
  const shown = (digits: string) => String(numbers[Number(digits) - 1] ?? digits);
  return answer.replace(/(?<![\p{L}\p{N}])[[【(⟦][^[\]()【】\n]{0,14}\d[^[\]()【】\n"«“]{0,14}/gu, (mark) => {
    const isMark = /^\D{0,14}\d{1,2}(?:\s*[-–,;]\s*\d{1,2})*\W*$/.test(mark.replace(/passages?|sections?|source|quelle/i, ''));
    if (!isMark) return mark;
    const listed = mark.replace(/(\d+)\s*[-–]\s*(\d+)/, (_range, from: string, to: string) => `${from}, ${to}`);
    return listed.replace(/\d+/g, shown);
  }); // prettier-ignore
}

/** Whoever asks names the subject, and what an answer may repeat of their words: figures and names. */
export function impliedQuestion({ answer }: AnswerCase, [section]: readonly Section[]): string {
  const bare = withoutMarks(answer);
  const names =
    bare.match(
      /(?<=\p{Ll}\p{P}?\s)\p{Lu}[\p{L}\p{N}-]*(?:\s\d+)?|\p{Lu}\p{L}+\s\d{1,3}\b|\p{Lu}{2,}[\p{L}\p{N}-]*/gu,
    ) ?? [];
  const echo = [...figuresIn(bare).map(({ text }) => text), ...names];
  return `${section?.heading} (${section?.title}): ${echo.join(', ')}?`.replace(': ?', '?');
}

function withoutMarks(text: string): string {
  return text
    .replace(/\s?(?:\\?[[【]|\()\W{0,3}(?:passages? |sections? |source: )?\d{1,2}(?:\s*[-–,;:]\s*\d{1,2})*(?:[^\])】\n]{0,200})?(?:\\?[\]】]|\))/giu, '')
    .replace(/\s+/g, ' ')
    .trim();
} // prettier-ignore

interface Shown {
  text: string;
  cited: Pick<Section, 'title' | 'number'>[];
  refused: boolean;
}

function shownIn(reply: Reply | undefined): Shown {
  const { text = '', citations = [], notice = null } = reply ?? {};
  const cited = citations.map(({ policy, section }) => ({ title: policy, number: section }));
  return { text, cited, refused: notice === 'not-covered' };
}

export function isAsWanted(
  { answer, want }: AnswerCase,
  sections: readonly Section[],
  { text, cited, refused }: Shown,
): boolean {
  const shown = withoutMarks(text);
  if (want === 'pass') return shown.includes(withoutMarks(answer));
  if (want === 'refuse') return refused || shown.includes(withoutMarks(answer));
  const last =
    withoutMarks(answer)
      .split(/(?<=[.!?])\s+/)
      .at(-1) ?? '';
  if (!shown.includes(last)) return true;
  // Under the section that does say it the same words are right.
  const pinned = sections[Number(/\[(\d+)\]\W*$/.exec(answer)?.[1] ?? 0) - 1];
  const isPinned = cited.some(({ title, number }) => title === pinned?.title && number === pinned.number);
  return sections.length > 1 && pinned !== undefined && !isPinned;
}

interface Count {
  all: number;
  right: number;
}

/** @returns lines for people to read, and whether both shares are as promised */
export async function evaluateGuard(app: App, path: string): Promise<{ text: string; holds: boolean }> {
  const { judge, stop } = await startGuarding(app);
  const counts = new Map<string, Count>();
  const wrong: string[] = [];
  const cases = readAnswerCases(path);
  const plain = new Map<AnswerCase, boolean>();
  for (const answer of cases) {
    const { asWanted, reply } = await judge(answer);
    plain.set(answer, asWanted);
    const side = sideOf(answer);
    for (const name of [side, `${side}: ${answer.kind}`]) {
      const count = counts.get(name) ?? { all: 0, right: 0 };
      counts.set(name, { all: count.all + 1, right: count.right + Number(asWanted) });
    }
    if (!asWanted)
      wrong.push(`not ${side}: ${answer.kind}\n  ${answer.answer}\n  ${answer.sections.join(', ')} -> ${reply?.notice ?? ''} ${reply?.text.replaceAll('\n', ' ').slice(0, 160)}`); // prettier-ignore
  }
  await stop();
  const share = (name: string) => {
    const { all, right } = counts.get(name) ?? { all: 0, right: 0 };
    return all === 0 ? 1 : right / all;
  };
  const lines = [...counts]
    .sort(([one], [other]) => one.localeCompare(other))
    .map(([name, { all, right }]) => `${name.padEnd(36)} ${right} of ${all} (${((100 * right) / all).toFixed(0)} %)`); // prettier-ignore
  return {
    text: [
      'Answers as models write them, and what became of each',
      ...lines,
      '',
      ...wrong,
      '',
      ...(await withOpinions(app, plain)),
    ].join('\n'),
    holds: share('kept') >= leastKept && share('stopped') >= leastStopped,
  };
}

function sideOf({ want }: AnswerCase): 'kept' | 'stopped' {
  return want === 'stop' ? 'stopped' : 'kept';
}

/** The same answers where a second opinion is asked for: it changes only those that our own check cannot decide. */
async function withOpinions(app: App, plain: Map<AnswerCase, boolean>): Promise<string[]> {
  const lines: string[] = [];
  let doubtful = [...plain.keys()];
  for (const opinion of opinions) {
    const { judge, stop } = await startGuarding(app, opinion);
    const judged = new Map(plain);
    const asked: AnswerCase[] = [];
    for (const answer of doubtful) {
      const { asWanted, doubted } = await judge(answer);
      judged.set(answer, asWanted);
      if (doubted) asked.push(answer);
    }
    await stop();
    // The first shows which are in doubt.
    doubtful = asked;
    const shares = (['kept', 'stopped'] as const).map((side) => {
      const own = [...judged].filter(([answer]) => sideOf(answer) === side);
      return `${side} ${own.filter(([, right]) => right).length} of ${own.length}`;
    });
    lines.push(`A second opinion that is ${opinion}: ${shares.join(', ')}; asked about ${asked.length}`);
  }
  return lines;
}
