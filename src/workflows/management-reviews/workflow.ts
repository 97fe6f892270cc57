/** Management reviews: planned, prepared with a paper a week ahead, walked through in a thread, and signed by their chair. */
import { actionIdWith } from '../../conversation/action-id.ts';
import {
  actionId,
  type ActionCall,
  type ActionHandler,
  type Addressed,
  type Context,
  type JobHandler,
  type Outcome,
  type Turn,
  type Workflow,
} from '../../conversation/contract.ts';
import { privately } from '../../conversation/privately.ts';
import { prompt } from '../../conversation/prompts.ts';
import { asWaiting } from '../../conversation/waiting.ts';
import type { Queryable } from '../../db/database.ts';
import { commandOf, toAsker } from '../../dialogue/command.ts';
import { dueOnDay } from '../../dialogue/due.ts';
import { contextOf } from '../../dialogue/job-context.ts';
import { inputNamed, type InputKey } from '../../isms/management-review/inputs.ts';
import {
  managementReviews,
  selectReviewFacts,
  type ManagementReview,
} from '../../isms/management-review/management-review.ts';
import { paperDaysAhead, refreshFigures, selectPapersDue } from '../../isms/management-review/plan.ts';
import { addDays } from '../../language/calendar.ts';
import { readDates } from '../../language/dates.ts';
import { bareRequest } from '../../language/text.ts';
import { words } from '../../language/vocabulary.ts';
import { dayIn, languageOf } from '../../language/wording.ts';
import { selectByRole, selectPerson } from '../../records/person.ts';
import type { Dependencies } from '../dependencies.ts';
import { agendaCard } from './cards.ts';
import { concludeActions, paperReply } from './conclude.ts';
import { decideActions, decidedAt } from './decide.ts';
import { lockReview, room, selectOptionalNext } from './find.ts';
import { holdActions, nextCard, noteWords, offerHold, showing } from './hold.ts';
import { owedReviews } from './owed.ts';
import { planActions } from './plan-form.ts';
import { base, sayTo } from './record.ts';
import { reviewTools } from './tools.ts';

const asks = {
  next: words('management-reviews/next'),
  last: words('management-reviews/last'),
  start: words('management-reviews/start'),
  paper: words('management-reviews/paper'),
  minutes: words('management-reviews/minutes'),
};
const planning = words('management-reviews/plan');
const said = words('management-reviews/said');
const following = words('management-reviews/following');
const left = words('management-reviews/left');
const concerns = words('management-reviews/concerns');
const paperJob = `${room}.paper-due`;

export function createManagementReviewsWorkflow(parts: Dependencies): Workflow {
  const { db } = parts;
  const below = base.workflow(parts);
  const pressing = { ...below.actions, ...concludeActions };
  const press = (tx: Queryable, context: Context, command: string, values: Record<string, string>) =>
    (pressing[`${room}.${command}`] as ActionHandler)(tx, context, callOf(values));
  const card = (tx: Queryable, context: Context, reference: string) => press(tx, context, 'show', { record: reference });

  /** What is said while one is held: here, where it is held in a thread, or by somebody who takes part, in their own conversation. */
  async function whileHeld(context: Context, turn: Turn): Promise<Outcome | null> {
    const text = bareRequest(turn.text, /[!¡]/);
    const begun = said.begins(text);
    const behind = begun?.from === 0 ? /^\s*(?:(?:on|for|to|zu|für|sur|pour|sobre|para)\s+)?([a-g]|d[1-4])?\s*[:–-]\s*(\S[\s\S]*)$/iu.exec(text.slice(begun.to)) : null;
    const isNext = following.is(text) !== null;
    const isLeft = left.is(bareRequest(text)) !== null;
    if (behind === null && !isNext && !isLeft) return null;
    const held = await selectHeld(db, context);
    if (held === null || (isLeft && context.place.audience === 'direct' && held.heldAt !== null)) return null;
    const { reference } = held;
    if (isNext) return async (tx) => [showing(context, held, await nextCard(tx, context, held))];
    if (behind === null) return async (tx) => [showing(context, held, await agendaCard(tx, context, held))];
    const input = inputNamed(behind[1] ?? '');
    const words = (behind[2] ?? '').trim();
    if (begun?.meaning === 'note') return (tx) => noteWords(tx, context, reference, { input, text: words });
    if (begun?.meaning === 'decision')
      return async (tx) => decidedAt(tx, context, await lockReview(tx, context, reference), { input: input ?? (await openNow(tx, held)), text: words, kind: 'decision' });
    return async (tx) => offerAction(context, held, input ?? (await openNow(tx, held)), words);
  }

  async function claim(context: Context, turn: Turn): Promise<Outcome | null> {
    const text = bareRequest(turn.text);
    const during = await whileHeld(context, turn);
    if (during !== null) return during;
    const plan = planning.begins(text);
    if (plan?.from === 0 && turn.attachments.length === 0) {
      const { person, now } = context;
      const rest = text.slice(plan.to);
      const on = readDates(rest, { now, timeZone: person.timeZone, locale: person.locale, towards: 'future' })[0]?.day ?? '';
      const opener = { id: actionId(`${room}.plan`, on === '' ? {} : { on }), label: 'Plan it', style: 'primary' as const, opensForm: true };
      return async () => toAsker({ text: 'When is the management review, and who comes?', buttons: [opener] });
    }
    const asked = (Object.keys(asks) as (keyof typeof asks)[]).find((each) => asks[each].is(text) !== null);
    if (asked === undefined) return (await below.claim?.(context, turn)) ?? null;
    const review = asked === 'minutes' || asked === 'last' ? await selectLastHeld(db, context) : await selectOptionalNext(db, context);
    if (review === null) return privately(context, 'management reviews', async () => toAsker(noneYet(context)));
    if (asked === 'start') return (tx) => offerHold(tx, context, review);
    return privately(context, 'a management review', (tx) => press(tx, context, asked === 'next' || asked === 'last' ? 'show' : asked, { record: review.reference }));
  }

  const bringPaper: JobHandler = async (tx, job, { review: id = '' }) => {
    const review = await managementReviews.lock(tx, Number(id));
    if (review.state !== 'planned' || review.paperSentAt !== null) return [];
    const secretary = await contextOf(tx, job, review.secretaryId);
    const [manager] = secretary === null ? await selectByRole(tx, 'isms_manager') : [];
    const context = secretary ?? (manager === undefined ? null : await contextOf(tx, job, manager.id));
    if (context === null) return [];
    const { person } = context;
    const drawn = await refreshFigures(tx, commandOf(context), review);
    const text = sayTo(person)('paper', { day: dayIn(languageOf(person), drawn.plannedOn) });
    return [{ to: { personId: person.id }, reply: await paperReply(tx, context, drawn, text) }];
  };

  return {
    ...below,
    actions: { ...below.actions, ...planActions(card), ...holdActions, ...decideActions, ...concludeActions },
    claim,
    tools: reviewTools((context, reference) => (tx) => card(tx, context, reference)),
    instructions: prompt('management-reviews'),
    subject: 'management reviews',
    mayConcern: concerns.has,
    owed: owedReviews,
    waiting: async (context) => asWaiting(await owedReviews(db, [context.person.id]), context),
    due: (tx, now) =>
      dueOnDay(tx, now, {
        name: paperJob,
        atWork: true,
        select: selectPapersDue,
        day: ({ plannedOn }) => addDays(plannedOn, -paperDaysAhead),
        asked: (from, { secretaryId }) => selectPerson(from, secretaryId),
        key: ({ id, plannedOn }) => `${id}:${plannedOn}`,
        values: ({ id }) => ({ review: String(id) }),
      }),
    jobs: { [paperJob]: bringPaper },
  };
} // prettier-ignore

const callOf = (values: Record<string, string>): ActionCall => ({
  argument: (name) => values[name] ?? '',
  fields: {},
});

/** The one that is under way here; in somebody's own conversation the one in which they take part. */
async function selectHeld(tx: Queryable, { place, person }: Context): Promise<ManagementReview | null> {
  const [where, parameters] = place.audience === 'channel' ? ['and held_at = $3', [place.address]] : ['', []];
  const found = await managementReviews.selectSeen(tx, person, `state = 'in_progress' ${where}`, parameters);
  return found.length === 1 ? (found[0] ?? null) : null;
}

async function selectLastHeld(tx: Queryable, { person }: Context): Promise<ManagementReview | null> {
  const seen = await managementReviews.selectSeen(
    tx,
    person,
    "state in ('in_progress', 'complete', 'signed')",
  );
  return seen.toSorted((one, other) => (one.heldOn ?? '').localeCompare(other.heldOn ?? '')).at(-1) ?? null;
}

async function openNow(tx: Queryable, review: ManagementReview): Promise<InputKey | null> {
  return (await selectReviewFacts(tx, review)).open[0] ?? null;
}

/** Who does it and by when is asked by the form. */
function offerAction(context: Context, review: ManagementReview, input: InputKey | null, text: string): Addressed[] {
  const values: Record<string, string> = { record: review.reference, ...(input === null ? {} : { input }) };
  const button = { id: actionIdWith(`${room}.decide`, values, { said: text }), label: 'Who, and by when', style: 'primary' as const, opensForm: true };
  return [showing(context, review, { text: `«${text}»`, buttons: [button], aside: review.reference })];
} // prettier-ignore

function noneYet({ person }: Context) {
  const plans = person.roles.includes('isms_manager');
  const button = { id: `${room}.plan`, label: 'Plan one', style: 'primary' as const, opensForm: true };
  return { text: plans ? 'There is no management review yet.' : 'There is no management review that you may see.', buttons: plans ? [button] : [] };
} // prettier-ignore
