/** One criterion after the other, from wherever the person stopped: the interview of an assignment. */
import type { Context } from '../../conversation/contract.ts';
import type { Queryable } from '../../db/database.ts';
import { commandOf } from '../../dialogue/command.ts';
import { defineInterview } from '../../dialogue/interview.ts';
import { scriptOf, type BankQuestion, type BankState } from '../../dialogue/interview-bank.ts';
import type { Place, Question, Step } from '../../dialogue/interview-script.ts';
import {
  keepAnswer,
  selectAnswer,
  selectNext,
  selectPrevious,
  type Answer,
  type Asked,
} from '../../isms/assessment/answer.ts';
import {
  lockOwn,
  saveCursor,
  noteProven,
  selectHowFar,
  type Assignment,
} from '../../isms/assessment/assignment.ts';
import { assessments, selectBank, type Assessment } from '../../isms/assessment/assessment.ts';
import { Rating } from '../../isms/assessment/bank.ts';
import { inFull } from '../../language/calendar.ts';
import { placedIn, titleOf, type Placed } from '../../isms/assessment/questions.ts';
import type { Dependencies } from '../dependencies.ts';
import { assignmentButton, room } from './buttons.ts';
import {
  isReadable,
  minutesOf,
  questionsOf,
  ratingsIn,
  Reading,
  readingTask,
  wordsIn,
} from './criterion-questions.ts';
import { say } from './phrases.ts';
import { recordsAgainst } from './records-against.ts';
import { submissionCard } from './submission.ts';
import { languageOf } from '../../language/wording.ts';

/** An assignment where it stands: what is asked now, and what was answered before it. */
interface Asking extends BankState {
  assignment: Assignment;
  assessment: Assessment;
  asked: Asked | null;
  placed: Placed | null;
  previous: (Answer & { ordinal: number }) | null;
  /** What was answered before, where it is asked again. */
  earlier: Answer | null;
  open: number;
  total: number;
}

/** Of a quick scan, which asks once for all of it what could be shown. */
const proofOfAll = 'proof-of-all';

async function load(tx: Queryable, assignment: Assignment): Promise<Asking> {
  const assessment = await assessments.select(tx, assignment.assessmentId);
  const asked = await selectNext(tx, assignment);
  const placed =
    asked === null ? null : (placedIn(await selectBank(tx, assessment)).get(asked.criterion) ?? null);
  const previous = await selectPrevious(tx, assignment, asked?.ordinal ?? null);
  const { given, before } = assignment;
  const earlier = asked?.answerId == null ? null : await selectAnswer(tx, asked.answerId);
  const howFar = await selectHowFar(tx, assignment);
  return { assignment, assessment, asked, placed, previous, earlier, given, before, ...howFar };
}

async function questions(
  parts: Pick<Dependencies, 'lexicon'>,
  state: Asking,
  { tx, context }: Place,
): Promise<BankQuestion[]> {
  const { placed, given, assessment, assignment, total, open } = state;
  const language = languageOf(context.person);
  const proof = assessment.scope !== 'quick';
  if (placed !== null) {
    const asking = { placed, given, tags: assessment.profile, language, proof };
    const { age } = ratingsIn(placed, given);
    const records = () => recordsAgainst(parts, tx, context, placed, age);
    return questionsOf({ ...asking, records });
  }
  if (proof || open > 0 || total === 0 || assignment.proven !== null) return [];
  return [
    {
      mark: proofOfAll,
      text: say('all', language),
      closed: true,
      choices: [
        { value: 'yes', label: say('most', language) },
        { value: 'partly', label: say('part', language) },
        { value: 'no', label: say('hardly', language) },
      ],
    },
  ];
}

type Inner = ReturnType<typeof scriptOf<Asking>>;

/** Once all that a criterion asks is answered it is written, and the next one is asked. */
async function completed(inner: Inner, step: Step<Asking>, place: Place): Promise<Step<Asking>> {
  const { state } = step;
  if (state === undefined) return step;
  const { assignment, asked, placed, given } = state;
  const command = commandOf(place.context);
  const proven = Rating.safeParse(given.find(({ of }) => of === proofOfAll)?.choice).data;
  if (proven !== undefined) {
    await noteProven(place.tx, command, assignment, proven);
    return { ...step, state: cleared({ ...state, assignment: { ...assignment, proven } }) };
  }
  if (asked === null || placed === null || (await inner.question(state, place)) !== null) return step;
  const first = given.find(({ of }) => of === placed.name);
  const passed = first?.skipped === 'skipped' || first?.skipped === 'not_applicable' ? first.skipped : null;
  const { age, ...ratings } = ratingsIn(placed, given);
  await keepAnswer(place.tx, command, assignment, asked, {
    state: passed ?? 'answered',
    steps: [...given],
    words: wordsIn(given),
    ...(passed === null ? ratings : {}),
    evidence: assignment.evidence,
    evidenceAge: age,
  });
  return { ...step, state: cleared(state) };
}

function cleared(state: Asking): Asking {
  const { assignment } = state;
  return { ...state, assignment: { ...assignment, at: null, evidence: [] }, given: [], before: null };
}

function buttonsOf({ assignment, placed, given }: Asking, { context }: Place): Question['buttons'] {
  if (placed === null || given.length > 0 || assignment.leadId !== context.person.id) return [];
  const values = { record: assignment.reference, what: `part:${placed.name}` };
  return [assignmentButton('delegate', 'Ask a colleague', assignment, { opensForm: true, values })];
} // prettier-ignore

async function lockAsking(tx: Queryable, context: Context, id: string): Promise<Asking> {
  return load(tx, await lockOwn(tx, commandOf(context), Number(id)));
}

export function interviewOf({ read, ...parts }: Dependencies) {
  const inner = scriptOf<Asking>({
    progress: '',
    questions: (state, place) => questions(parts, state, place),
  });
  return defineInterview<Asking, Reading>({
    room,
    name: 'question',
    store: {
      open: lockAsking,
      lock: lockAsking,
      async save(from, _context, { assignment, given, before }) {
        const saved = { ...assignment, given: [...given], before };
        await saveCursor(from, saved);
        return load(from, saved);
      },
    },
    outside: {
      parts,
      async read({ context, state: { placed }, question, words }) {
        if (placed === null || !isReadable(placed, question)) return null;
        const task = readingTask(placed, question.text);
        return read(context, { task, text: words, schema: Reading });
      },
      evidence: ({ assessment, placed }) => ({
        record: assessments.nameOf(assessment),
        purpose: placed?.name ?? proofOfAll,
      }),
    },
    script: {
      record: ({ assignment }) => String(assignment.id),
      async question(state, place) {
        const next = await inner.question(state, place);
        if (next === null) return null;
        const { placed, open, total, assessment, given, before, earlier } = state;
        const left = Math.round(open * minutesOf(assessment.scope !== 'quick'));
        const of = placed === null ? 'All of it' : `${placed.requirement} ${titleOf(placed.requirement)}`;
        const time = left < 1 ? '' : `, about ${left} ${left === 1 ? 'minute' : 'minutes'} left`;
        const again = earlier?.state === 'challenged' && given.length === 0 ? earlier : null;
        return {
          ...next,
          ...(again === null
            ? {}
            : { text: `${again.byName} asks: «${again.words}»\n${next.text}`, label: next.text }),
          before: before ?? again?.steps[0]?.words ?? null,
          progress: { label: `${of}${time}`, done: total - open, total },
          buttons: buttonsOf(state, place) ?? [],
        };
      },
      answer: async (state, given, place) => completed(inner, await inner.answer(state, given, place), place),
      skip: async (state, as, reason, place) =>
        completed(inner, await inner.skip(state, as, reason, place), place),
      kept: (state, evidence) => {
        const { assignment } = state;
        const ids = new Set([...assignment.evidence, ...evidence.map(({ id }) => id)]);
        return { ...state, assignment: { ...assignment, evidence: [...ids] } };
      },
      back(state) {
        const { assignment, given, previous } = state;
        if (given.length > 0) return inner.back(state);
        if (previous === null) return null;
        return {
          ...state,
          assignment: { ...assignment, at: previous.ordinal, evidence: previous.evidence },
          given: previous.steps.slice(0, -1),
          before: previous.steps.at(-1)?.words ?? null,
        };
      },
      finish: (from, context, { assignment }, lead) => submissionCard(from, context, assignment, lead),
    },
    words: {
      title: ({ assessment }) => assessment.reference,
      begun: ({ assignment, assessment, total }) => begunText(assignment, assessment, total),
      resumed: ({ assessment }) => `We go on with ${assessment.reference}, where you left off.`,
      paused: ({ assessment, open }) =>
        `${assessment.reference} waits for you, with ${open === 1 ? '1 question' : `${open} questions`} left. Go on whenever you like, here or in any chat where I know you.`,
      send: 'Send',
    },
  });
}

function begunText({ word, state, personId, leadId, leadName, about, dueOn }: Assignment, { reference }: Assessment, total: number): string {
  if (state !== 'in_progress') return `${reference} came back to you from ${leadName}: «${word ?? ''}»`;
  const count = total === 1 ? '1 question' : `${total} questions`;
  if (personId === leadId) return `${reference}: ${count}. Press what fits, or say it in your own words. Stop whenever you like: I keep the place.`;
  const until = dueOn === null ? '' : ` until ${inFull(dueOn)}`;
  const note = word === null ? '' : `\n«${word}»`;
  return `${leadName} asks you ${count} about ${about}${until}, for the gap analysis ${reference}. Press what fits, or say how it really is in your own words: it is no test.${note}`;
} // prettier-ignore
