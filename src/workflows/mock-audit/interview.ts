/** The auditor's interview: one question at a time, a second and a third where an answer leaves something out, then the coaching. */
import type { Context } from '../../conversation/contract.ts';
import { prompt } from '../../conversation/prompts.ts';
import type { Queryable } from '../../db/database.ts';
import { commandOf, toAsker } from '../../dialogue/command.ts';
import { defineInterview } from '../../dialogue/interview.ts';
import { scriptOf } from '../../dialogue/interview-bank.ts';
import type { ProfileTag } from '../../isms/assessment/bank.ts';
import { selectKnownProfile } from '../../isms/assessment/profile.ts';
import { type Placed } from '../../isms/assessment/questions.ts';
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
import { type Language, languageOf } from '../../language/wording.ts';

/** An interview where it stands. */
type Asking = Interview & {
  placed: Placed[];
  tags: readonly ProfileTag[];
  language: Language;
  over: boolean;
};

async function load(tx: Queryable, { person }: Context, interview: Interview): Promise<Asking> {
  const { tags = [] } = (await selectKnownProfile(tx)) ?? {};
  return {
    ...interview,
    placed: criteriaNamed(interview.criteria),
    tags,
    language: languageOf(person),
    over: false,
  };
}

export function interviewOf({ read, ...parts }: Dependencies) {
  const inner = scriptOf<Asking>({
    progress: 'Questions',
    questions: ({ placed, ...state }) => placed.map((each) => questionOf({ ...state, placed: each })),
  });
  const lock = (states: readonly Interview['state'][]) => async (tx: Queryable, context: Context, id: string) =>
    load(tx, context, await lockInterview(tx, commandOf(context), id, states));
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
        return { ...next, end: { label: say('enough', state.language) } };
      },
      end: (state) => ({ state: { ...state, over: true } }),
      async finish(tx, context, interview) {
        const results = resultsOf(interview.placed, interview.given);
        await finishInterview(tx, commandOf(context), interview, results);
        return toAsker(overviewCard(context, interview, results));
      },
    },
    words: {
      title: ({ reference }) => reference ?? 'Practice',
      begun: ({ stage, placed, language }) =>
        `${say(stage, language, { count: placed.length })} ${say('across', language)}`,
      resumed: ({ language }) => say('resumed', language),
      paused: ({ language }) => say('paused', language),
    },
  });
} // prettier-ignore
