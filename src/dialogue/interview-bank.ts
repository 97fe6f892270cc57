/** Interviews whose questions stand in a bank: follow-ups that an answer leads to, what is said of it at once, and how far it is. */
import type { InterviewAnswer } from '../records/interview-answer.ts';
import type { Given, Later, Place, Question, Script, Step } from './interview-script.ts';

export interface BankQuestion extends Omit<Question, 'mark' | 'progress' | 'before'> {
  mark: string;
  /** Asked next, where the answer calls for them. */
  follows?(answer: InterviewAnswer): readonly BankQuestion[];
  /** Said at once of the answer, as whether it was right, and why. */
  told?(
    answer: InterviewAnswer,
    place: Place,
  ): Later<string | Pick<Step<never>, 'lead' | 'citations'> | null>;
  /** Minutes that an answer takes, for what is said of the time that is left. */
  minutes?: number;
}

export interface BankState {
  given: readonly InterviewAnswer[];
  /** The answer to the question that the person came back to. */
  before: string | null;
}

export interface Bank<State extends BankState> {
  /** Those that this interview asks, in their order. */
  questions(state: State, place: Place): readonly BankQuestion[] | Promise<readonly BankQuestion[]>;
  /** What is counted, as «Questions answered». */
  progress: string;
  /** @returns what is wrong with an answer that the bank does not take */
  refuses?(given: Given): string | null;
}

/** Answers that whoever comes back is shown. */
const mostShown = 3;

type BankScript<State> = Required<
  Pick<Script<State>, 'question' | 'answer' | 'skip' | 'back' | 'fresh' | 'sofar'>
>;

/** Follow-ups belong to their question: it counts once all of them are answered, so that the progress never goes back. */
export function scriptOf<State extends BankState>({
  questions,
  progress,
  refuses,
}: Bank<State>): BankScript<State> {
  async function placeIn(state: State, place: Place) {
    const all = await questions(state, place);
    const answerTo = ({ mark }: BankQuestion) => state.given.find(({ of }) => of === mark);
    const openIn = (question: BankQuestion): BankQuestion[] => {
      const answer = answerTo(question);
      return answer === undefined ? [question] : (question.follows?.(answer) ?? []).flatMap(openIn);
    };
    const open = all.map(openIn);
    return {
      next: open.flat()[0],
      done: open.filter(({ length }) => length === 0).length,
      open: open.flat(),
      total: all.length,
    };
  }

  const markOf = ({ mark, text }: BankQuestion) => ({ of: mark, asked: text });

  function given(state: State, answer: InterviewAnswer): State {
    return { ...state, given: [...state.given, answer], before: null };
  }

  return {
    async question(state, place) {
      const { next, done, total, open } = await placeIn(state, place);
      if (next === undefined) return null;
      const minutes = Math.round(open.reduce((sum, each) => sum + (each.minutes ?? 0), 0));
      const left = minutes < 1 ? '' : `, about ${minutes} ${minutes === 1 ? 'minute' : 'minutes'} left`;
      return { ...next, before: state.before, progress: { label: `${progress}${left}`, done, total } };
    },
    async answer(state, said, place) {
      const { next } = await placeIn(state, place);
      const refused = refuses?.(said) ?? null;
      if (refused !== null || next === undefined) return { lead: refused };
      const { words, choice, read } = said;
      const answer = { ...markOf(next), choice, skipped: null, words, read };
      const told = (await next.told?.(answer, place)) ?? null;
      return { state: given(state, answer), ...(typeof told === 'string' ? { lead: told } : told) };
    },
    async skip(state, as, reason, place) {
      const { next } = await placeIn(state, place);
      if (next === undefined) return {};
      return {
        state: given(state, { ...markOf(next), choice: null, skipped: as, words: reason, read: null }),
      };
    },
    back(state) {
      const last = state.given.at(-1);
      if (last === undefined) return null;
      return { ...state, given: state.given.slice(0, -1), before: last.words };
    },
    fresh: (state) => ({ ...state, given: [], before: null }),
    sofar: ({ given: all }) =>
      all
        .slice(-mostShown)
        .map(({ asked, words, skipped }) => ({ label: asked, value: words || (skipped ?? '') })),
  };
}
