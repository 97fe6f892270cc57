/** The auditor's interview: one question at a time, a second and a third where an answer leaves something out, then the coaching. */
import type { Context } from '../../conversation/contract.ts';
import { prompt } from '../../conversation/prompts.ts';
import type { Queryable } from '../../db/database.ts';
import { commandOf, toAsker } from '../../dialogue/command.ts';
import { defineInterview } from '../../dialogue/interview.ts';
import { scriptOf } from '../../dialogue/interview-bank.ts';
import type { ProfileTag } from '../../isms/assessment/bank.ts';
import { selectKnownProfile } from '../../isms/assessment/profile.ts';
import { languageOf, type Placed } from '../../isms/assessment/questions.ts';
import {
  finishInterview,
  lockInterview,
  saveInterview,
  type Interview,
} from '../../isms/mock-audit/interview.ts';
import { criteriaNamed } from '../../isms/mock-audit/roles.ts';
import type { Dependencies } from '../dependencies.ts';
import { room } from './buttons.ts';
import { overviewCard } from './coaching.ts';
import { say } from './phrases.ts';
import { borneOut, questionOf, Reading, resultsOf } from './points.ts';

/** An interview where it stands. */
type Asking = Interview & { placed: Placed[]; tags: readonly ProfileTag[]; over: boolean };

async function load(tx: Queryable, interview: Interview): Promise<Asking> {
  const { tags = [] } = (await selectKnownProfile(tx)) ?? {};
  return { ...interview, placed: criteriaNamed(interview.criteria), tags, over: false };
}

export function interviewOf({ read, ...parts }: Dependencies) {
  const inner = scriptOf<Asking>({
    progress: 'Questions',
    questions: ({ placed, given, stage, tags }, { context }) =>
      placed.map((each) => questionOf({ placed: each, given, stage, tags, language: languageOf(context.person) })),
  });
  const lock = (states: readonly Interview['state'][]) => async (tx: Queryable, context: Context, id: string) =>
    load(tx, await lockInterview(tx, commandOf(context), id, states));
  return defineInterview<Asking, Reading>({
    room,
    name: 'question',
    store: {
      async open(tx, context, id) {
        const invited = await lock(['invited', 'in_progress'])(tx, context, id);
        const begun = { ...invited, state: 'in_progress' as const };
        await saveInterview(tx, begun);
        return begun;
      },
      lock: lock(['in_progress']),
      async save(tx, _context, state) {
        await saveInterview(tx, state);
        return state;
      },
    },
    outside: {
      parts,
      async read({ context, state: { placed }, question, words }) {
        const at = placed.find(({ name }) => String(question.mark).startsWith(`${name}.`));
        if (at === undefined) return null;
        const { is, hears } = at.criterion;
        const points = hears.map((point, index) => `${index + 1}. ${point}`).join('\n');
        const task = prompt('mock-interview', { question: question.text, is: is.en, points });
        const said = await read(context, { task, text: words, schema: Reading });
        return said === null ? null : borneOut(said, at, words);
      },
    },
    script: {
      ...inner,
      record: ({ id }) => String(id),
      async question(state, place) {
        const next = state.over ? null : await inner.question(state, place);
        if (next === null || state.given.length === 0 || next.many !== undefined) return next;
        return { ...next, end: { label: say('enough', languageOf(place.context.person)) } };
      },
      end: (state) => ({ state: { ...state, over: true } }),
      async finish(tx, context, { placed, ...interview }) {
        const results = resultsOf(placed, interview.given);
        await finishInterview(tx, commandOf(context), interview, results);
        return toAsker(overviewCard(context, { ...interview, state: 'done' }, results));
      },
    },
    words: {
      title: ({ reference }) => reference ?? 'Practice',
      begun: begunText,
      resumed: ({ about }) => (about === null ? 'We go on with your interview.' : `We go on with the interview about ${about}.`),
      paused: () => 'It waits for you. Go on whenever you like, here or in any chat where I know you.',
    },
  });
} // prettier-ignore

function begunText({ placed, stage, reference, about }: Asking): string {
  const of = stage === 'documents' ? 'Stage 1, which is about what is written' : 'Stage 2, which is about what is really done';
  return [
    reference === null
      ? `I ask as an auditor of ${of}: ${placed.length} questions, and more where an answer leaves something out.`
      : `I ask about ${about ?? ''} as an auditor would: ${placed.length} questions.`,
    'Answer as you would across the table. Nobody but you reads it.',
  ].join(' ');
} // prettier-ignore
