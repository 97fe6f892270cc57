/** Asks one question at a time and keeps the place, for as long as it takes; it knows neither the record nor the questions. */
import {
  actionId,
  parseActionId,
  type ActionCall,
  type ActionHandler,
  type Actions,
  type Addressed,
  type AnswerHandler,
  type Attachment,
  type ButtonParts,
  type Context,
  type Form,
  type OpenerParts,
  type ReplyParts,
} from '../conversation/contract.ts';
import type { Queryable } from '../db/database.ts';
import type { Evidence } from '../records/evidence.ts';
import { commandOf, toAsker } from './command.ts';
import { keepTaken } from './evidence-intake.ts';
import { askAgain, errorsIn, field, sentText } from './form-fields.ts';
import { bringAhead, nothingAhead, type Ahead, type Asking } from './interview-ahead.ts';
import { buttonNamed, choiceIn, choicesOf } from './interview-choices.ts';
import { usualWords, type InterviewParts, type Place, type Question, type Step } from './interview-script.ts';

interface Asked<State, Reading> extends Asking<State>, Place {
  call: ActionCall;
  ahead: Ahead<Reading>;
  evidence: Evidence[];
}
type Moved<State> = Step<State> | Addressed[];
type Move<State, Reading> = (at: Asked<State, Reading>) => Moved<State> | Promise<Moved<State>>;

export function defineInterview<State, Reading = unknown>(parts: InterviewParts<State, Reading>) {
  const { room, name, store, script, outside, words: own } = parts;
  const wordsOf = (state: State) => ({ ...usualWords, ...(typeof own === 'function' ? own(state) : own) });
  const command = (suffix = '') => `${room}.${name}${suffix}`;
  const sending = (suffix = '') => `${room}.send-${name}${suffix}`;

  /** Whatever carries it changes nothing once the question has its answer. */
  function idOf({ state, question }: Asking<State>, of: string, rest = {}): string {
    return actionId(of, { record: script.record(state), after: question.mark, ...rest });
  }

  function buttonsOf(at: Asking<State>, resumed: boolean): ButtonParts[] {
    const {
      end,
      closed = false,
      many,
      typed = closed && many === undefined,
      skips = [],
      buttons = [],
    } = at.question;
    const words = wordsOf(at.state);
    const button = (label: string, suffix: string, values = {}, rest: Partial<ButtonParts> = {}) => [
      { id: idOf(at, command(suffix), values), label, ...rest },
    ];
    return [
      ...choicesOf(at.question).buttons.flatMap(({ value, label }) => button(label, '-choose', { value })),
      ...(end === undefined ? [] : button(end.label, '-enough', {}, end)),
      ...(typed ? [] : button(many?.some ?? words.answer, '', {}, { opensForm: true })),
      ...skips.flatMap(({ as, label, reason = '' }) =>
        button(label, '-skip', { as }, { opensForm: reason !== '' }),
      ),
      ...buttons,
      ...(script.back?.(at.state) == null ? [] : button(words.back, '-back')),
      ...(words.paused === undefined ? [] : button(words.later, '-later')),
      ...(resumed && script.fresh !== undefined ? button(words.again, '-again') : []),
    ];
  }

  /** The words that follow answer it. */
  function asking(
    at: Asking<State>,
    lead: string | null,
    resumed = false,
    citations: ReplyParts['citations'] = [],
  ): Addressed[] {
    const { text, why, progress = null } = at.question;
    const facts = resumed ? (script.sofar?.(at.state) ?? []) : [];
    const reply: ReplyParts = {
      text: [lead, text, ...choicesOf(at.question).lines].filter((part) => part !== null).join('\n'),
      facts: why === undefined ? facts : [...facts, { label: wordsOf(at.state).why, value: why }],
      citations,
      progress,
      buttons: buttonsOf(at, resumed),
    };
    return awaiting(reply, idOf(at, command()));
  }

  /** Asks what is to be asked now. */
  async function ask(
    place: Place,
    state: State,
    lead: string | null,
    citations?: ReplyParts['citations'],
  ): Promise<Addressed[]> {
    const question = await script.question(state, place);
    if (question === null) return script.finish(place.tx, place.context, state, lead, citations);
    return asking({ state, question }, lead, false, citations);
  }

  /** Asks where it stands, whoever begins or comes back. */
  async function askOn(place: Place, state: State): Promise<Addressed[]> {
    const question = await script.question(state, place);
    if (question === null) return script.finish(place.tx, place.context, state, null);
    const resumed = (question.progress?.done ?? 0) > 0;
    const words = wordsOf(state);
    return asking({ state, question }, resumed ? words.resumed(state) : words.begun(state), resumed);
  }

  function isNow({ mark }: Question, { argument }: ActionCall): boolean {
    return ['', String(mark)].includes(argument('after'));
  }

  /** A move at the question that the button, the form or the words belong to. */
  function moving(move: Move<State, Reading>, ahead: Ahead<Reading> = nothingAhead): ActionHandler {
    return async (tx, context, call) => {
      const place = { tx, context };
      const now = await store.lock(tx, context, call.argument('record'));
      const question = await script.question(now, place);
      if (question === null) return script.finish(tx, context, now, null);
      if (!isNow(question, call))
        return ask(place, await store.save(tx, context, now), wordsOf(now).answered);
      const belongs = outside?.evidence?.(now);
      const evidence = belongs === undefined ? [] : await keepTaken(tx, commandOf(context), ahead, belongs);
      const state = evidence.length === 0 ? now : (script.kept?.(now, evidence) ?? now);
      const moved = await move({ state, question, tx, context, call, ahead, evidence });
      if (Array.isArray(moved)) return moved;
      const titles = evidence.map(({ title }) => title).join(', ');
      const lead = [...ahead.problems, titles === '' ? null : wordsOf(now).kept(titles), moved.lead ?? null];
      const said = lead.filter((part) => part !== null).join('\n');
      const saved = await store.save(tx, context, moved.state ?? state);
      return ask(place, saved, said === '' ? null : said, moved.citations);
    };
  }

  function formOf(
    at: Asking<State>,
    id: string,
    label: string,
    rest: Parameters<typeof field>[3] = {},
  ): Form {
    const kind =
      rest.options === undefined ? 'multiline' : at.question.many === undefined ? 'choice' : 'choices';
    const words = wordsOf(at.state);
    const title = words.title(at.state).slice(0, 24);
    return { id, title, submitLabel: words.send, fields: [field('answer', label, kind, rest)] };
  }

  function answerForm(at: Asking<State>): Form {
    const { text, label = text, closed = false, choices = [], before: value = null } = at.question;
    const options = closed ? { options: [...choices] } : {};
    return formOf(at, idOf(at, sending()), label, { value, ...options });
  }

  function answered(at: Asked<State, Reading>, said: string, closed = at.question.closed) {
    const choice = choiceIn(at.question, said);
    if (said === '') return {};
    if (choice === null && closed === true) return { lead: wordsOf(at.state).choose };
    const given = { words: choice?.label ?? said, choice: choice?.value ?? null };
    return script.answer(at.state, { ...given, read: at.ahead.read, evidence: at.evidence }, at);
  }

  /** @param reason  null where it was not asked for yet */
  function skipped(at: Asked<State, Reading>, reason: string | null) {
    const skip = at.question.skips?.find(({ as }) => as === at.call.argument('as'));
    if (skip === undefined || script.skip === undefined) return {};
    if (skip.reason === undefined) return script.skip(at.state, skip.as, '', at);
    const form = formOf(at, idOf(at, sending('-skip'), { as: skip.as }), skip.reason);
    if (reason === null) return awaiting({ text: skip.reason, form }, form.id);
    const errors = errorsIn(form, { answer: reason }, at.context);
    if (Object.keys(errors).length > 0) return askAgain(form, { answer: reason }, errors);
    return script.skip(at.state, skip.as, reason, at);
  }

  const resume = (record: string, label = usualWords.goOn): OpenerParts => ({
    id: actionId(command('-on'), { record }),
    label,
  });

  const buttons: Record<string, ActionHandler> = {
    [command()]: moving((at) => {
      const form = answerForm(at);
      return awaiting({ text: form.fields[0]?.label ?? '', form }, idOf(at, command()));
    }),
    [command('-choose')]: moving((at) => answered(at, at.call.argument('value'), true)),
    [command('-skip')]: moving((at) => skipped(at, null)),
    [sending('-skip')]: moving((at) => skipped(at, sentText(at.call.fields, 'answer'))),
    [command('-back')]: moving(({ state }) => ({ state: script.back?.(state) ?? state })),
    [command('-later')]: moving(({ state }) =>
      toAsker({
        text: wordsOf(state).paused?.(state) ?? '',
        buttons: [resume(script.record(state), wordsOf(state).goOn)],
      }),
    ),
    [command('-on')]: async (tx, context, { argument }) =>
      askOn({ tx, context }, await store.lock(tx, context, argument('record'))),
    [command('-again')]: moving(({ state }) =>
      script.fresh === undefined ? {} : { state: script.fresh(state), lead: wordsOf(state).fresh },
    ),
    [command('-enough')]: moving(({ state }) => script.end?.(state) ?? {}),
  };

  function ahead(
    context: Context,
    call: ActionCall,
    said: string,
    attachments: readonly Attachment[] = [],
  ): Promise<Ahead<Reading>> {
    return bringAhead(outside, context, {
      async asked(place) {
        const state = await store.lock(place.tx, context, call.argument('record'));
        const question = await script.question(state, place);
        return question !== null && isNow(question, call) ? { state, question } : null;
      },
      areOwn: (at) =>
        at.question.closed !== true &&
        choiceIn(at.question, said) === null &&
        buttonNamed(buttonsOf(at, true), said) === null,
      words: said,
      attachments,
    });
  }

  function sent(at: Asked<State, Reading>) {
    const { fields } = at.call;
    const errors = errorsIn(answerForm(at), fields, at.context);
    if (Object.keys(errors).length > 0) return askAgain(answerForm(at), fields, errors);
    return answered(at, sentText(fields, 'answer'));
  }

  /** To say what a button is called is to press it. */
  function saying(
    otherwise: (at: Asked<State, Reading>, said: string) => Moved<State> | Promise<Moved<State>>,
    read = true,
  ): AnswerHandler {
    return async (context, { text, attachments }, argument) => {
      const said = text.trim();
      if (said === '' && outside?.evidence === undefined) return null;
      const call = { argument, fields: {} };
      const brought = await ahead(context, call, read ? said : '', attachments);
      const say = moving((at) => {
        const named = buttonNamed(buttonsOf(at, true), said);
        const { command: pressed, values } = parseActionId(named?.id ?? '');
        const press = buttons[pressed];
        if (pressed === command('-choose')) return answered(at, said, true);
        if (press === undefined) return otherwise(at, said);
        return press(at.tx, context, { argument: (of) => values.get(of) ?? '', fields: {} });
      }, brought);
      return (tx) => say(tx, context, call);
    };
  }

  const actions: Actions = {
    ...buttons,
    [sending()]: {
      prepare: async (context, call) =>
        moving(sent, await ahead(context, call, sentText(call.fields, 'answer'))),
    },
  };

  return {
    /** Begins, or goes on where the person left off. */
    begin: async (tx: Queryable, context: Context, record: string): Promise<Addressed[]> =>
      askOn({ tx, context }, await store.open(tx, context, record)),
    /** Asks somebody else, in their own conversation: what they say there is their answer. */
    async invite(
      tx: Queryable,
      context: Context,
      record: string,
      person: Context['person'],
    ): Promise<Addressed[]> {
      const theirs = { ...context, person };
      const asked = await askOn({ tx, context: theirs }, await store.open(tx, theirs, record));
      return asked.map((each) => ({ ...each, to: { personId: person.id } }));
    },
    /** Of whatever lists what waits for the person. */
    resume,
    actions,
    /** What is said right after a question is its answer, or the reason that was asked for. */
    answers: {
      [command()]: saying(answered),
      [sending('-skip')]: saying(skipped, false),
    },
  };
}

function awaiting(reply: ReplyParts, awaits: string): Addressed[] {
  return toAsker(reply).map((addressed) => ({ ...addressed, awaits }));
}
