/** Asks one question at a time and keeps the place, for as long as it takes; it knows neither the record nor the questions. */
import {
  actionId,
  parseActionId,
  type ActionCall,
  type ActionHandler,
  type Addressed,
  type AnswerHandler,
  type ButtonParts,
  type Context,
  type Form,
  type ReplyParts,
} from '../conversation/contract.ts';
import type { Queryable } from '../db/database.ts';
import { plain } from '../language/vocabulary.ts';
import { toAsker } from './command.ts';
import { askAgain, errorsIn, field, sentText } from './form-fields.ts';
import { usualWords, type InterviewParts, type Question, type Step } from './interview-script.ts';

interface At<State> {
  state: State;
  question: Question;
}
interface Asked<State> extends At<State> {
  tx: Queryable;
  context: Context;
  call: ActionCall;
}
type Moved<State> = Step<State> | Addressed[];

export function defineInterview<State>({ room, name, store, script, words: own }: InterviewParts<State>) {
  const words = { ...usualWords, ...own };
  const command = (suffix = '') => `${room}.${name}${suffix}`;
  const sending = (suffix = '') => `${room}.send-${name}${suffix}`;

  /** Whatever carries it changes nothing once the question has its answer. */
  function idOf({ state, question }: At<State>, of: string, rest = {}): string {
    return actionId(of, { record: script.record(state), after: question.mark, ...rest });
  }

  function buttonsOf(at: At<State>, resumed: boolean): ButtonParts[] {
    const { choices = [], end, closed = false, skips = [], buttons = [] } = at.question;
    const button = (label: string, suffix: string, values = {}, rest: Partial<ButtonParts> = {}) => [
      { id: idOf(at, command(suffix), values), label, ...rest },
    ];
    return [
      ...choices.flatMap(({ value, label }) => button(label, '-choose', { value })),
      ...(end === undefined ? [] : button(end.label, '-enough', {}, end)),
      ...(closed ? [] : button(words.answer, '', {}, { opensForm: true })),
      ...skips.flatMap(({ as, label, reason = '' }) =>
        button(label, '-skip', { as }, { opensForm: reason !== '' }),
      ),
      ...buttons,
      ...(script.back?.(at.state) == null ? [] : button(words.back, '-back')),
      ...(words.paused === undefined ? [] : button(words.later, '-later')),
      ...(resumed ? button(words.again, '-again') : []),
    ];
  }

  /** Asks what is to be asked now: the words that follow answer it. */
  async function ask(tx: Queryable, context: Context, state: State, lead: string | null, resumed = false) {
    const question = script.question(state);
    if (question === null) return script.finish(tx, context, state);
    const { text, why, progress = null } = question;
    const facts = resumed ? (script.sofar?.(state) ?? []) : [];
    const reply: ReplyParts = {
      text: [lead, text].filter((part) => part !== null).join('\n'),
      facts: why === undefined ? facts : [...facts, { label: words.why, value: why }],
      progress,
      buttons: buttonsOf({ state, question }, resumed),
    };
    return awaiting(reply, idOf({ state, question }, command()));
  }

  /** Asks where it stands, whoever begins or comes back. */
  function askOn(tx: Queryable, context: Context, state: State): Promise<Addressed[]> {
    const resumed = (script.question(state)?.progress?.done ?? 0) > 0;
    return ask(tx, context, state, resumed ? words.resumed(state) : words.begun(state), resumed);
  }

  /** A move at the question that the button, the form or the words belong to. */
  function moving(move: (at: Asked<State>) => Moved<State> | Promise<Addressed[]>): ActionHandler {
    return async (tx, context, call) => {
      const state = await store.lock(tx, context, call.argument('record'));
      const question = script.question(state);
      if (question === null) return script.finish(tx, context, state);
      const isNow = ['', String(question.mark)].includes(call.argument('after'));
      const moved = isNow ? await move({ state, question, tx, context, call }) : { lead: words.answered };
      if (Array.isArray(moved)) return moved;
      return ask(tx, context, await store.save(tx, context, moved.state ?? state), moved.lead ?? null);
    };
  }

  function formOf(at: At<State>, id: string, label: string, rest: Parameters<typeof field>[3] = {}): Form {
    const kind = rest.options === undefined ? 'multiline' : 'choice';
    const title = words.title(at.state).slice(0, 24);
    return { id, title, submitLabel: words.send, fields: [field('answer', label, kind, rest)] };
  }

  function answerForm(at: At<State>): Form {
    const { text, label = text, closed = false, choices = [], before: value = null } = at.question;
    const options = closed ? { options: [...choices] } : {};
    return formOf(at, idOf(at, sending()), label, { value, ...options });
  }

  function answered({ state, question }: At<State>, said: string, closed = question.closed): Step<State> {
    const choice = question.choices?.find(({ value, label }) => value === said || isSame(label, said));
    if (choice === undefined && closed === true) return { lead: words.choose };
    return script.answer(state, choice?.label ?? said, choice?.value ?? null);
  }

  /** @param reason  null where it was not asked for yet */
  function skipped(at: Asked<State>, reason: string | null): Moved<State> {
    const skip = at.question.skips?.find(({ as }) => as === at.call.argument('as'));
    if (skip === undefined || script.skip === undefined) return {};
    if (skip.reason === undefined) return script.skip(at.state, skip.as, '');
    const form = formOf(at, idOf(at, sending('-skip'), { as: skip.as }), skip.reason);
    if (reason === null) return awaiting({ text: skip.reason, form }, form.id);
    const errors = errorsIn(form, { answer: reason }, at.context);
    if (Object.keys(errors).length > 0) return askAgain(form, { answer: reason }, errors);
    return script.skip(at.state, skip.as, reason);
  }

  const actions: Record<string, ActionHandler> = {
    [command()]: moving((at) => {
      const form = answerForm(at);
      return awaiting({ text: form.fields[0]?.label ?? '', form }, idOf(at, command()));
    }),
    [sending()]: moving((at) => {
      const { fields } = at.call;
      const errors = errorsIn(answerForm(at), fields, at.context);
      if (Object.keys(errors).length > 0) return askAgain(answerForm(at), fields, errors);
      return answered(at, sentText(fields, 'answer'));
    }),
    [command('-choose')]: moving((at) => answered(at, at.call.argument('value'), true)),
    [command('-skip')]: moving((at) => skipped(at, null)),
    [sending('-skip')]: moving((at) => skipped(at, sentText(at.call.fields, 'answer'))),
    [command('-back')]: moving(({ state }) => ({ state: script.back?.(state) ?? state })),
    [command('-later')]: moving(({ state }) => {
      const id = actionId(command('-on'), { record: script.record(state) });
      return toAsker({ text: words.paused?.(state) ?? '', buttons: [{ id, label: words.goOn }] });
    }),
    [command('-on')]: async (tx, context, { argument }) =>
      askOn(tx, context, await store.lock(tx, context, argument('record'))),
    [command('-again')]: moving(({ state }) => ({ state: script.fresh(state), lead: words.fresh })),
    [command('-enough')]: moving(({ state }) => script.end?.(state) ?? {}),
  };

  /** To say what a button is called is to press it. */
  function saying(otherwise: (at: Asked<State>, said: string) => Moved<State>): AnswerHandler {
    return async (context, { text }, argument) => {
      const say = moving((at) => {
        const named = buttonsOf(at, true).find(({ label }) => isSame(label, text));
        const { command: pressed, values } = parseActionId(named?.id ?? '');
        const press = actions[pressed];
        if (press === undefined) return otherwise(at, text.trim());
        return press(at.tx, context, { argument: (of) => values.get(of) ?? '', fields: {} });
      });
      return (tx) => say(tx, context, { argument, fields: {} });
    };
  }

  return {
    /** Begins, or goes on where the person left off. */
    async begin(tx: Queryable, context: Context, record: string): Promise<Addressed[]> {
      return askOn(tx, context, await store.open(tx, context, record));
    },
    actions,
    /** What is said right after a question is its answer, or the reason that was asked for. */
    answers: {
      [command()]: saying((at, said) => answered(at, said)),
      [sending('-skip')]: saying((at, said) => skipped(at, said)),
    },
  };
}

function awaiting(reply: ReplyParts, awaits: string): Addressed[] {
  return toAsker(reply).map((addressed) => ({ ...addressed, awaits }));
}

function isSame(label: string, said: string): boolean {
  return plain(label) !== '' && plain(label) === plain(said);
}
