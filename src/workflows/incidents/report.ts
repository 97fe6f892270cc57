/** From somebody's first words to the record, to whoever is on call, and to three questions that each may be passed over. */
import {
  actionId,
  type ActionCall,
  type ActionHandler,
  type Actions,
  type Addressed,
  type Attachment,
  type Citation,
  type Context,
  type Outcome,
  type ReplyParts,
  type Workflow,
} from '../../conversation/contract.ts';
import { Link } from '../../conversation/item.ts';
import { privately } from '../../conversation/privately.ts';
import type { Queryable } from '../../db/database.ts';
import { commandOf, toAsker } from '../../dialogue/command.ts';
import { keepTaken, takeIn, type TakenIn } from '../../dialogue/evidence-intake.ts';
import { field, sentText } from '../../dialogue/form-fields.ts';
import { formCommand, formHandlers } from '../../dialogue/form.ts';
import { tell } from '../../dialogue/notify.ts';
import { Refusal } from '../../errors.ts';
import {
  asked,
  concerned,
  describe,
  incidents,
  reportIncident,
  selectOptionalSame,
  type Incident,
} from '../../isms/incident/incident.ts';
import { momentInWords } from '../../language/calendar.ts';
import { linesOf } from '../../language/text.ts';
import { selectNames } from '../../records/person.ts';
import type { Dependencies } from '../dependencies.ts';
import { firstSteps, isOutOfHand } from './first-steps.ts';
import { readIncident } from './read-incident.ts';
import { base, lookButton, moveButton, room, saidNews, sayTo } from './record.ts';

/** Milliseconds. */
const anHour = 3_600_000;
const nothing: TakenIn = { exhibits: [], problems: [] };

export function reportingOf(parts: Dependencies) {
  const below = base.workflow(parts).actions;

  /** Words that belong to a record that there is. */
  async function addTo(tx: Queryable, context: Context, reference: string, said: string): Promise<Addressed[]> {
    const call = callOf({ record: reference, move: 'note' }, { note: said });
    return (below[`${room}.send-fill`] as ActionHandler)(tx, context, call);
  }

  async function report(tx: Queryable, context: Context, what: string, taken = nothing): Promise<Addressed[]> {
    const { person } = context;
    const command = commandOf(context);
    const say = sayTo(person);
    const known = await selectOptionalSame(tx, command, what);
    const incident = known ?? (await reportIncident(tx, command, what));
    await keepTaken(tx, command, taken, { record: incidents.nameOf(incident), purpose: 'incident' });
    const { reference } = incident;
    const name = await nameOfHandler(tx, incident);
    if (known !== null) return asking(say, known, say('known', { reference, name: name ?? '' }));
    const { steps, hotline, citations } = await firstSteps(tx, parts.lexicon, context, what);
    const lines = steps.length > 0 ? steps : say(isOutOfHand(what) ? 'usual out of hand' : 'usual').split('\n');
    const lead = linesOf(
      name === null ? say('heardAlone', { reference }) : say('heard', { reference, name }),
      hotline === null ? null : say('phone', { hotline }),
      say('first'),
      ...lines.map((line) => `• ${line}`),
      ...taken.problems,
    );
    return [...asking(say, incident, lead, citations), ...tell(command, incident.told, news(incident, person.name, context))];
  }

  async function bring(context: Context, what: string, attachments: readonly Attachment[]): Promise<Outcome> {
    const taken = await takeIn(parts, context, attachments);
    return privately(context, 'what was reported', (tx) => report(tx, context, what, taken));
  }

  /** What is said in answer, or null where a question is passed over. */
  async function goOn(tx: Queryable, context: Context, { argument }: Pick<ActionCall, 'argument'>, said: string | null, { until, taken = nothing }: { until?: number; taken?: TakenIn } = {}): Promise<Addressed[]> {
    const command = commandOf(context);
    const say = sayTo(context.person);
    const incident = await lockOwn(tx, context, argument('record'));
    await keepTaken(tx, command, taken, { record: incidents.nameOf(incident), purpose: 'incident' });
    if (Number(argument('at')) !== incident.asked || incidents.ended.includes(incident.state)) {
      if (said === null || said === '') return asking(say, incident, null);
      return [...toAsker({ text: say('noted') }), ...(await addTo(tx, context, incident.reference, said)).slice(1)];
    }
    if (said?.toLowerCase() === incident.what.toLowerCase())
      return asking(say, incident, say('known', { reference: incident.reference, name: (await nameOfHandler(tx, incident)) ?? '' }));
    const changed = await describe(tx, command, incident, said === '' ? null : said, until ?? incident.asked + 1);
    const told = said === null || said === '' ? [] : tell(command, concerned(incident), saidNews(context, incident, said));
    const name = await nameOfHandler(tx, changed);
    return [...asking(say, changed, said === null ? null : linesOf(say('noted'), ...taken.problems), [], name ?? ''), ...told];
  }

  const form = formHandlers<Context>({
    open: async (_tx, context) => context,
    lead: ({ person }) => sayTo(person)('ask'),
    form: ({ person }) => ({ id: `${room}.send-report`, title: sayTo(person)('title'), submitLabel: sayTo(person)('send'), fields: [field('what', sayTo(person)('what'), 'multiline')] }),
    write: () => Promise.resolve([]),
    at: 'what',
  });

  const actions: Actions = {
    /** A button or a shortcut on a message brings the words; else they are asked for. */
    async [`${room}.report`](tx, context, call) {
      const said = sentText(call.fields, 'message') || call.argument('said');
      const link = Link.safeParse(sentText(call.fields, 'link')).data ?? context.link;
      if (said !== '') return report(tx, { ...context, link }, said.slice(0, 4_000));
      return (await form.open(tx, context, call)).map((each) => ({ ...each, awaits: `${room}.report` }));
    },
    [`${room}.send-report`]: async (tx, context, call) => {
      const said = sentText(call.fields, 'what');
      return said === '' ? form.send(tx, context, call) : report(tx, context, said);
    },
    ...formCommand<{ tx: Queryable; context: Context; call: ActionCall; incident: Incident }>(room, 'tell', {
      open: async (tx, context, call) => ({ tx, context, call, incident: await lockOwn(tx, context, call.argument('record')) }),
      lead: ({ context, incident }) => sayTo(context.person)(asked[incident.asked] ?? 'what'),
      form: ({ context, call, incident }) => {
        const say = sayTo(context.person);
        const id = actionId(`${room}.send-tell`, { record: incident.reference, at: call.argument('at') });
        return { id, title: say('title'), submitLabel: say('send'), fields: [field('answer', say(asked[incident.asked] ?? 'what'), 'multiline')] };
      },
      write: ({ tx, context, call }, fields) => goOn(tx, context, call, sentText(fields, 'answer')),
      at: 'answer',
    }),
    [`${room}.skip`]: (tx, context, call) => goOn(tx, context, call, null),
    [`${room}.enough`]: (tx, context, call) => goOn(tx, context, call, null, { until: asked.length }),
  };

  const answers: NonNullable<Workflow['answers']> = {
    [`${room}.report`]: async (context, { text, attachments }) => (text.trim() === '' ? null : bring(context, text.trim(), attachments)),
    [`${room}.tell`]: async (context, { text, attachments }, argument) => {
      // Long after, what happened is another incident; at once, it is what they are asked.
      const about = await incidents.selectOptional(parts.db, argument('record'));
      const isLate = about === null || context.now.getTime() - about.awareAt.getTime() > anHour;
      if (isLate && readIncident(text) !== null) return null;
      const taken = await takeIn(parts, context, attachments);
      return (tx) => goOn(tx, context, { argument }, text.trim(), { taken });
    },
  };

  /** What happened is asked for; it may be said, or written into a form. */
  function ask({ person }: Context): Addressed[] {
    const say = sayTo(person);
    const open = { id: `${room}.report`, label: say('open'), style: 'primary' as const, opensForm: true };
    return toAsker({ text: say('ask'), buttons: [open] }).map((each) => ({ ...each, awaits: `${room}.report` }));
  }

  return { bring, ask, addTo, actions, answers };
} // prettier-ignore

/** For those on call: what was said, and the one thing to press. */
export function news(
  incident: Incident,
  reporter: string,
  { now, person }: { now: Date; person: { timeZone: string } },
): ReplyParts {
  const { reference, what, awareAt } = incident;
  const minutes = Math.floor((now.getTime() - awareAt.getTime()) / 60_000);
  return {
    text: `${reporter} reports an incident: «${what}»`,
    facts: [
      { label: 'Reference', value: reference },
      { label: 'Aware at', value: momentInWords(awareAt, person.timeZone) },
      { label: 'With', value: minutes > 0 ? `nobody, for ${minutes} minutes` : 'nobody yet' },
    ],
    buttons: [{ ...moveButton('take', 'I have it', reference), style: 'primary' }, lookButton(reference)],
  };
}

/** The next question, or thanks where none is left. */
function asking(say: ReturnType<typeof sayTo>, incident: Incident, lead: string | null, citations: Citation[] = [], name = ''): Addressed[] {
  const { reference, asked: at } = incident;
  const question = asked[at];
  if (question === undefined) return toAsker({ text: say('thanks', { reference, name }), buttons: [lookButton(reference, say('look'))] });
  const values = { record: reference, at };
  const end = at === 0 ? moveButton('takeBack', say('notMeant'), reference) : { id: actionId(`${room}.enough`, values), label: say('enough') };
  const awaits = actionId(`${room}.tell`, values);
  const reply: ReplyParts = {
    text: linesOf(lead, say(question)),
    citations,
    progress: { label: say('progress'), done: at, total: asked.length },
    buttons: [{ id: awaits, label: say('answer'), opensForm: true }, { id: actionId(`${room}.skip`, values), label: say('skip') }, end],
  };
  return toAsker(reply).map((each) => ({ ...each, awaits }));
} // prettier-ignore

/** Whoever has it, or was told of it first; null where that is nobody but the reporter. */
async function nameOfHandler(tx: Queryable, { takenBy, told, reporterId }: Incident): Promise<string | null> {
  const id = takenBy ?? told.find((each) => each !== reporterId);
  return id === undefined ? null : ((await selectNames(tx, [id])).get(id) ?? null);
}

async function lockOwn(tx: Queryable, { person }: Context, reference: string): Promise<Incident> {
  const found = await incidents.selectOptional(tx, reference);
  if (found?.reporterId !== person.id) throw new Refusal(`There is no ${reference} that you reported. Say «report an incident» to begin.`);
  return incidents.lock(tx, found.id);
} // prettier-ignore

function callOf(values: Record<string, string>, fields: ActionCall['fields'] = {}): ActionCall {
  return { argument: (name) => values[name] ?? '', fields };
}
