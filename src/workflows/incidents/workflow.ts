/** Incidents and worries, at any moment: heard at once, brought to whoever is on call, and followed until they are closed. */
import { z } from 'zod';
import { actionIdWith } from '../../conversation/action-id.ts';
import type {
  ActionHandler,
  Addressed,
  Context,
  JobHandler,
  Outcome,
  Tool,
  Turn,
  Workflow,
} from '../../conversation/contract.ts';
import { privately } from '../../conversation/privately.ts';
import { prompt } from '../../conversation/prompts.ts';
import { toAsker } from '../../dialogue/command.ts';
import {
  incidents,
  incidentStates,
  passOn,
  selectNoticesDue,
  selectUntaken,
} from '../../isms/incident/incident.ts';
import { momentInWords } from '../../language/calendar.ts';
import { words } from '../../language/vocabulary.ts';
import { selectByRole, selectPerson, whoAreHere } from '../../records/person.ts';
import { referenceIn } from '../../records/reference.ts';
import { selectSetting } from '../../records/setting.ts';
import type { Dependencies } from '../dependencies.ts';
import { mayBeIncident, readIncident, readListing, tellsOfIncident } from './read-incident.ts';
import { base, hoursLeft, lookButton, room, sayTo, titleOf } from './record.ts';
import { news, reportingOf } from './report.ts';

const passing = `${room}.pass-on`;
const owing = `${room}.notice-due`;
/** Milliseconds. */
const aDay = 86_400_000;
/** Characters behind a reference from which on they say something of it. */
const shortestNote = 8;

export function createIncidentsWorkflow(parts: Dependencies): Workflow {
  const { db } = parts;
  const below = base.workflow(parts);
  const reporting = reportingOf(parts);

  async function claim(context: Context, turn: Turn): Promise<Outcome | null> {
    const { text, attachments } = turn;
    
    const reference = referenceIn(text, incidents.prefix);
    const said = reference === null ? '' : text.replace(reference, '').replace(/^[\s:,.–-]+/, '').trim();
    if (reference !== null && attachments.length === 0 && said.length >= shortestNote && !text.trim().endsWith('?'))
      return privately(context, 'an incident', (tx) => reporting.addTo(tx, context, reference, said));
    if (reference !== null || readListing(text) !== null) return (await below.claim?.(context, turn)) ?? null;
    const told = readIncident(text);
    if (told === null) return null;
    return told === '' ? privately(context, 'what is reported', async () => reporting.ask(context)) : reporting.bring(context, told, attachments);
  }

  const pass: JobHandler = async (tx, { now }, { incident: id = '', round = '' }) => {
    const passed = await passOn(tx, now, Number(id), Number(round));
    if (passed === null) return [];
    const reporter = await selectPerson(tx, passed.incident.reporterId);
    const said: Addressed[] = [];
    for (const each of passed.told) {
      const person = await selectPerson(tx, each);
      said.push({ to: { personId: person.id }, reply: news(passed.incident, reporter.name, { now, person }) });
    }
    return said;
  };

  /** Whoever has it and the ISMS manager, a day before somebody has to have heard of it: the law knows no office hours. */
  const remindOfNotice: JobHandler = async (tx, { now }, { incident: id, to }) => {
    const due = (await selectNoticesDue(tx, new Date(now.getTime() + aDay))).find((each) => String(each.incident.id) === id && each.notice.to === to);
    if (due === undefined) return [];
    const { reference, takenBy } = due.incident;
    const people = await whoAreHere(tx, [...new Set([takenBy, ...(await selectByRole(tx, 'isms_manager')).map((each) => each.id)])]);
    const told: Addressed[] = [];
    for (const personId of people) {
      const { timeZone } = await selectPerson(tx, personId);
      const text = `${reference}: ${due.notice.to} has to hear of it by ${momentInWords(due.notice.dueAt, timeZone)}, ${hoursLeft(due.notice.dueAt, now)}.`;
      told.push({ to: { personId }, reply: { text, buttons: [lookButton(reference)] } });
    }
    return told;
  };

  return {
    ...below,
    name: room,
    actions: { ...below.actions, ...reporting.actions },
    answers: reporting.answers,
    claim,
    interrupts: ({ text }) => readIncident(text) !== null,
    alsoOffers: ({ text }) =>
      mayBeIncident(text)
        ? { id: actionIdWith(`${room}.report`, {}, { said: tellsOfIncident(text) ? text.trim() : '' }), label: 'Report an incident' }
        : null,
    tools: tools(below.actions[`${room}.list`] as ActionHandler),
    instructions: prompt('incidents'),
    subject: 'incidents and worries that people report',
    mayConcern: words('incidents/worrying').has,
    due: async (tx, now) => {
      const untaken = await selectUntaken(tx, now, await selectSetting(tx, 'incident.minutes'));
      const owed = await selectNoticesDue(tx, new Date(now.getTime() + aDay));
      return [
        ...untaken.map(({ id, round }) => ({ key: `${passing}:${id}:${round}`, name: passing, values: { incident: String(id), round: String(round) } })),
        ...owed.map(({ incident: { id }, notice: { to } }) => ({ key: `${owing}:${id}:${to}`, name: owing, values: { incident: String(id), to } })),
      ];
    },
    jobs: { [passing]: pass, [owing]: remindOfNotice },
    async waiting({ person, now }) {
      const open = await incidents.selectSeen(db, person, 'not state = any($3)', [incidents.ended]);
      const mine = open.filter((row) => incidentStates.may('assess', person, row) && (row.takenBy ?? person.id) === person.id);
      return mine.map((row) => {
        const next = row.notices.filter(({ settledAt }) => settledAt === null).toSorted((one, other) => one.dueAt.getTime() - other.dueAt.getTime())[0];
        const how = row.takenBy === null ? 'nobody has it yet' : row.state === 'contained' ? 'contained, to be closed' : 'to be contained';
        const detail = next === undefined ? how : `${how}; notice to ${next.to}: ${hoursLeft(next.dueAt, now)}`;
        return { text: `${row.reference} · ${titleOf(row)}`, detail, button: lookButton(row.reference), overdue: row.takenBy === null || (next !== undefined && next.dueAt < now) };
      });
    },
    shortcuts: [
      {
        id: `${room}.report`,
        label: 'Report an incident',
        description: 'Notes this message as an incident at once, tells whoever is on call, and you what to do first.',
      },
    ],
  };
} // prettier-ignore

const Said = z.object({ what: z.string().max(2_000).describe('what happened, in the words of the person') });

/** A model reads or offers; it reports nothing. */
function tools(list: ActionHandler): Tool[] {
  const offer: Tool<typeof Said> = {
    name: 'offer_incident_report',
    description: 'Shows the person a button that reports an incident or a worry in their words to whoever is on call.',
    schema: Said,
    run: async (context, { what }) =>
      privately(context, 'what is reported', async () => {
        const say = sayTo(context.person);
        const button = { id: actionIdWith(`${room}.report`, {}, { said: what }), label: say('offer'), style: 'primary' as const };
        return toAsker({ text: `«${what}»`, buttons: [button] });
      }),
  };
  const listing: Tool = {
    name: 'list_incidents',
    description: 'Shows the person the incidents that they may see.',
    schema: z.object({}),
    run: async (context) =>
      privately(context, 'incidents', (tx) => list(tx, context, { argument: (name) => (name === 'part' ? 'incidents' : ''), fields: {} })),
  };
  return [offer, listing];
} // prettier-ignore
