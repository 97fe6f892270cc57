/**
 * Decides who takes a turn. An answer goes to whoever asked for it, and what is plain to its workflow, with no model; everything
 * else is one model call that carries the passages and the tools that are likely to be wanted, so that the model either answers
 * or calls a tool.
 */
import { ModelUnavailable, Refusal } from '../errors.ts';
import { savepoint } from '../db/savepoint.ts';
import { describeError } from '../log.ts';
import type { Conversation, ModelTool, Usage } from '../model/language-model.ts';
import { isWithinBudget, recordUse } from './budget.ts';
import type { History, Prepared } from './answerer.ts';
import type { Addressed, Context, Outcome, Told, Tool, Turn, WaitingItem, Workflow } from './contract.ts';
import type { CoreOptions } from './port.ts';
import type { Drafting } from './drafting.ts';
import { selectHistory } from './history.ts';
import { needLane } from './lanes.ts';
import { likelyTools, type LikelyTools } from './likely-tools.ts';
import { answerPending } from './pending-question.ts';
import { prompt } from './prompts.ts';
import { situation } from './situation.ts';
import { smallTalk } from './small-talk.ts';
import { tooLong } from './too-long.ts';
import { asksWhatWaits, tellWhatWaits, waitingTool } from './waiting.ts';

export async function routeTurn(
  options: CoreOptions,
  context: Context,
  turn: Turn,
  drafting: Drafting,
): Promise<Outcome> {
  const { db, people, workflows, answerer, model, budget } = options;
  const refused = tooLong(turn.text);
  if (refused !== null) return async () => [{ to: 'place', reply: { text: refused, notice: 'refused' } }];
  if (context.answers === true && context.lane === 'model') drafting.begin();
  // What waited for a model was offered to all of them before, and meanwhile more may have been said.
  if (context.lane !== 'model' || context.answers === true) {
    const answered = await answerPending(options, context, turn);
    if (answered !== null) return answered;
  }
  if (context.lane !== 'model') {
    if (asksWhatWaits(turn.text)) return tellWhatWaits(context, workflows);
    for (const workflow of workflows) {
      const claimed = await workflow.claim?.(context, turn);
      if (claimed != null) return claimed;
    }
    const talk = await smallTalk(context, turn, workflows);
    if (talk !== null) return async () => talk.map((reply) => ({ to: 'place', reply }));
  }

  const affordable = model !== null && (await isWithinBudget(db, budget, context));
  if (affordable) needLane(context, 'model');
  else if (answerer.asksOutside) needLane(context, 'outside');
  const history = await selectHistory(db, context.place.address, context.now);
  const asked = askedOnce(workflows);
  const [prepared, rooms, moment] = await Promise.all([
    answerer.prepare(context, turn, history),
    affordable ? likelyTools(db, context, turn, asked) : null,
    affordable ? situation(db, people, asked, context, turn) : '',
  ]);
  if (model === null) return withoutModel(options, context, turn, prepared, 'no-model');
  if (rooms === null) return withoutModel(options, context, turn, prepared, 'budget');
  return askModel({ ...options, model }, context, turn, { prepared, rooms, moment, history }, drafting);
}

/** What waits in a room is looked up once a turn, whoever wants to know. */
function askedOnce(workflows: readonly Workflow[]): Workflow[] {
  return workflows.map((workflow) => {
    const { waiting } = workflow;
    let found: Promise<WaitingItem[]> | undefined;
    return waiting === undefined
      ? workflow
      : { ...workflow, waiting: (context) => (found ??= waiting(context)) };
  });
}

async function withoutModel(
  { workflows }: CoreOptions,
  context: Context,
  turn: Turn,
  prepared: Prepared,
  notice: Parameters<Prepared['withoutModel']>[0],
): Promise<Outcome> {
  for (const workflow of workflows) {
    const claimed = await workflow.claimWithoutModel?.(context, turn);
    if (claimed != null) return claimed;
  }
  return withOffers(workflows, turn, prepared.withoutModel(notice));
}

/** «The badge reader is broken» may be no question: what a room can do about it stands below the answer. */
function withOffers(workflows: readonly Workflow[], turn: Turn, outcome: Outcome): Outcome {
  const offers = workflows.flatMap((workflow) => workflow.alsoOffers?.(turn) ?? []);
  if (offers.length === 0) return outcome;
  return async (tx) => {
    const [first, ...others] = await outcome(tx);
    if (first === undefined) return [];
    const choices = [...(first.reply.choices ?? []), ...offers];
    return [{ ...first, reply: { ...first.reply, choices } }, ...others];
  };
}

/** Numbers of earlier passages mean nothing among the present ones. */
const citationMark = /\s?\[\d+\]/g;

type AskOptions = CoreOptions & { model: NonNullable<CoreOptions['model']> };

async function askModel(
  options: AskOptions,
  context: Context,
  turn: Turn,
  {
    prepared,
    rooms,
    moment,
    history,
  }: { prepared: Prepared; rooms: LikelyTools; moment: string; history: History },
  drafting: Drafting,
): Promise<Outcome> {
  const { db, model, workflows, log } = options;
  drafting.begin();
  const spent: Usage[] = [];
  const always = [...prepared.tools, waitingTool(workflows)].map((tool) => ({ tool }));
  const decided = inOrder<Outcome>();
  /** What was read for it, in case it says nothing of that which holds. */
  let instead: Outcome | null = null;
  const tell = ({ records, instead: card }: Told) => {
    instead = card;
    return prepared.tell(records);
  };

  try {
    const messages: Conversation['messages'] = [
      ...history.map(({ author, text }) => ({
        role: author === 'isma' ? ('assistant' as const) : ('user' as const),
        content: text.replace(citationMark, ''),
      })),
      { role: 'user', content: prepared.prompt },
    ];
    const write = async (further: Conversation['messages']) => {
      const { text } = await model.converse(
        {
          system: [prompt('system'), ...rooms.instructions, moment].join('\n\n'),
          messages: [...messages, ...further],
          tools: [...always, ...rooms.tools].map(({ tool, ...offer }) => ({
            ...asModelTool(tool, context, turn, { decided, tell }),
            ...offer,
          })),
          onText: (textSoFar) => drafting.onText(textSoFar, prepared.release),
          isStopped: () => drafting.stopped?.aborted === true || context.ended?.aborted === true,
        },
        (usage) => spent.push(usage),
      );
      return text;
    };
    const first = await write([]);
    const isStopped = () => drafting.stopped?.aborted === true;
    const objection =
      decided.all().length === 0 && instead === null && !isStopped()
        ? ((await prepared.objection?.(first)) ?? null)
        : null;
    const text =
      objection === null ? first : await write(again(first, objection)).catch(unlessUnavailable(first));
    // Whoever pressed Stop has read enough: the part that they saw stays, and nothing is added to it.
    if (isStopped()) return async () => [];
    return drafting.settle(
      together(
        decided.all(),
        text,
        { ...prepared, finish: (said) => withOffers(workflows, turn, prepared.finish(said)) },
        instead,
      ),
    );
  } catch (error) {
    if (!(error instanceof ModelUnavailable)) throw error;
    log.warn(
      { input: context.inputId, ...describeError(error) },
      'the language model failed; the passages answer',
    );
    // What it had called for is a card already, and stays.
    const cards = decided.all();
    return drafting.settle(
      cards.length > 0
        ? eachOnItsOwn(cards)
        : (instead ?? (await withoutModel(options, context, turn, prepared, 'model-down'))),
    );
  } finally {
    for (const usage of spent) {
      await recordUse(db, context, usage);
      log.info({ input: context.inputId, ...usage }, 'model used');
    }
  }
}

function again(first: string, objection: string): Conversation['messages'] {
  return [
    { role: 'assistant', content: first },
    { role: 'user', content: objection },
  ];
}

/** The second try is a favour: without it, the first is what there is. */
function unlessUnavailable(first: string): (error: unknown) => string {
  return (error) => {
    if (error instanceof ModelUnavailable) return first;
    throw error;
  };
}

/** A tool that fails tells the model in a few words; each that leads to something to be shown is shown. */
function asModelTool(
  tool: Tool,
  context: Context,
  turn: Turn,
  { decided, tell }: { decided: ReturnType<typeof inOrder<Outcome>>; tell(told: Told): Promise<string> },
): ModelTool {
  const { name, description, schema } = tool;
  return {
    name,
    description,
    schema,
    async call(input) {
      const keep = decided.place();
      const result = await tool.run(context, input, turn);
      if (typeof result === 'string') return { text: result, final: false };
      if (typeof result === 'object') return { text: await tell(result), final: false };
      keep(result);
      return { text: 'Shown to the person on a card.', final: true };
    },
  };
}

/** Things in the order in which they were begun, whichever is finished first. */
function inOrder<T>() {
  const places: (T | undefined)[] = [];
  return {
    place() {
      const at = places.push(undefined) - 1;
      return (it: T) => void (places[at] = it);
    },
    all: () => places.filter((it) => it !== undefined),
  };
}

/** What the model wrote stands above its cards, as far as it is proven: a question and an update in one message both get their answer. */
function together(cards: Outcome[], text: string, prepared: Prepared, instead: Outcome | null): Outcome {
  if (cards.length === 0)
    return instead === null ? prepared.finish(text) : (prepared.beside(text) ?? instead);
  const said = text.trim() === '' ? null : prepared.beside(text);
  return eachOnItsOwn(said === null ? cards : [said, ...cards]);
}

/** One that the record refuses is said to be refused, and costs the others nothing. */
function eachOnItsOwn(outcomes: Outcome[]): Outcome {
  const [only, ...others] = outcomes;
  if (only !== undefined && others.length === 0) return only;
  return async (tx) => {
    const said: Addressed[] = [];
    for (const outcome of outcomes) {
      try {
        said.push(...(await savepoint(tx, () => outcome(tx))));
      } catch (error) {
        if (!(error instanceof Refusal)) throw error;
        said.push({ to: 'asker', reply: { text: error.message, notice: 'refused' } });
      }
    }
    return said;
  };
}
