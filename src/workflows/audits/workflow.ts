/** Audits and their programme: planned, held, reported and signed, and what they have not looked at yet. */
import {
  actionId,
  type ActionHandler,
  type Addressed,
  type Context,
  type JobHandler,
  type Outcome,
  type ReplyParts,
  type Turn,
  type Workflow,
} from '../../conversation/contract.ts';
import { privately } from '../../conversation/privately.ts';
import { prompt } from '../../conversation/prompts.ts';
import { asWaiting } from '../../conversation/waiting.ts';
import type { Queryable } from '../../db/database.ts';
import { commandOf, toAsker } from '../../dialogue/command.ts';
import { asked } from '../../dialogue/proposal.ts';
import { audits, auditStates, leadsAudit, readsAudits, type Audit } from '../../isms/audit/audit.ts';
import { closeSettled, selectSettled } from '../../isms/audit/ending.ts';
import { selectAuditFacts } from '../../isms/audit/facts.ts';
import { dropTalk } from '../../isms/audit/plan.ts';
import { selectTalks } from '../../isms/audit/report.ts';
import { words } from '../../language/vocabulary.ts';
import { keepNote } from '../../records/note.ts';
import { selectPerson } from '../../records/person.ts';
import type { Dependencies } from '../dependencies.ts';
import { lookButton, moveButton, programmeRoom, recordButton, room, sayTo } from './buttons.ts';
import { coverageActions, coverageCard } from './coverage-card.ts';
import { auditsOfDepartment } from './department.ts';
import { owedAudits } from './owed.ts';
import { planActions, planButton } from './plan-form.ts';
import { programmeActions, programmeBase } from './programme.ts';
import { base, talkInWords } from './record.ts';
import { readWanted, type Wanted } from './said.ts';
import { findAudit, reportCard, signingActions } from './signing.ts';
import { auditTools } from './tools.ts';

const closing = `${room}.close`;
const list = words('audits/list');
const noted: ReplyParts['text'] = 'Noted.';

export function createAuditsWorkflow(parts: Dependencies): Workflow {
  const { db } = parts;
  const below = base.workflow(parts);
  const programme = programmeBase.workflow(parts);
  const cardBy = async (actions: Workflow['actions'], command: string, tx: Queryable, context: Context, reference: string): Promise<ReplyParts> => {
    const call = { argument: (name: string) => (name === 'record' ? reference : ''), fields: {} };
    const [shown] = await (actions[command] as ActionHandler)(tx, context, call);
    return shown?.reply ?? { text: reference };
  }; // prettier-ignore
  const auditCard = (tx: Queryable, context: Context, reference: string) => cardBy(below.actions, `${room}.show`, tx, context, reference); // prettier-ignore
  const programmeCard = (tx: Queryable, context: Context, reference: string) => cardBy(programme.actions, `${programmeRoom}.show`, tx, context, reference); // prettier-ignore

  async function claim(context: Context, turn: Turn): Promise<Outcome | null> {
    const { text, attachments } = turn;
    const mine = (outcome: Outcome) => privately(context, 'an audit', outcome);
    const wanted = attachments.length > 0 ? null : readWanted(text);
    if (wanted !== null) return mine((tx) => done(tx, context, wanted));
    if (list.is(text) !== null && !readsAudits(context.person))
      return mine(async (tx) => toAsker(await auditsOfDepartment(tx, context)));
    return (await programme.claim?.(context, turn)) ?? (await below.claim?.(context, turn)) ?? null;
  }

  async function done(tx: Queryable, context: Context, wanted: Wanted): Promise<Addressed[]> {
    if (wanted.what === 'coverage') return toAsker(await coverageCard(tx, context));
    if (wanted.what === 'plan')
      return toAsker({ text: 'What is to be audited, when, and by whom?', buttons: [planButton(wanted.covers, wanted.kind)] }); // prettier-ignore
    const audit = await findAudit(tx, context, wanted.reference);
    if (wanted.what === 'report') return toAsker((await reportCard(tx, context, audit)).card);
    if (wanted.what === 'move') return offerMove(tx, context, audit, wanted.move);
    const locked = await audits.lock(tx, audit.id);
    await auditStates.by('note')?.refuseUnless(tx, commandOf(context), locked, await selectAuditFacts(tx, locked)); // prettier-ignore
    await keepNote(tx, commandOf(context), audits.nameOf(locked), wanted.text);
    return toAsker({ text: `${noted} ${locked.title}`, facts: [{ label: locked.reference, value: wanted.text }], buttons: [moveButton('note', 'Another note', locked.reference), lookButton(locked.reference)] }); // prettier-ignore
  }

  /** The form behind one press, or why it is not possible now. */
  async function offerMove(
    tx: Queryable,
    context: Context,
    audit: Audit,
    move: string,
  ): Promise<Addressed[]> {
    const card = await auditCard(tx, context, audit.reference);
    const facts = await selectAuditFacts(tx, audit);
    if (!auditStates.may(move, context.person, audit, facts)) {
      const reason = auditStates.step(move, audit, facts) === null ? `${audit.reference} is ${audit.state.replaceAll('_', ' ')}: that is not possible now.` : `That is not yours to do in ${audit.reference}.`; // prettier-ignore
      return toAsker({ ...card, text: `${reason}\n${card.text}`, notice: 'refused' });
    }
    return toAsker({ text: `${audit.reference} · ${audit.title}`, buttons: [moveButton(move, 'Fill in', audit.reference), lookButton(audit.reference)] }); // prettier-ignore
  }

  const close: JobHandler = async (tx, { now }, { audit: id = '' }) => {
    const closed = await closeSettled(tx, now, Number(id));
    if (closed === null) return [];
    const lead = await selectPerson(tx, closed.leadId);
    const { reference, title } = closed;
    return [{ to: { personId: lead.id }, reply: { text: sayTo(lead)('closed', { reference, title }), buttons: [lookButton(reference, sayTo(lead)('look'))] } }]; // prettier-ignore
  };

  return {
    ...below,
    name: room,
    actions: {
      ...below.actions,
      ...programme.actions,
      ...programmeActions(programmeCard),
      ...signingActions,
      ...coverageActions,
      ...planActions(async (tx, context, { reference }) =>
        asked(await auditCard(tx, context, reference), true),
      ),
      [`${room}.talks`]: async (tx, context, { argument }) =>
        toAsker(await talksCard(tx, context, await findAudit(tx, context, argument('record')))),
      async [`${room}.drop-talk`](tx, context, { argument }) {
        const { id } = await findAudit(tx, context, argument('record'));
        const audit = await audits.lock(tx, id);
        await leadsAudit.refuseUnless(tx, commandOf(context), audit, await selectAuditFacts(tx, audit));
        await dropTalk(tx, commandOf(context), audit, Number(argument('item')));
        return asked(await talksCard(tx, context, audit), true);
      },
    },
    claim,
    tools: auditTools(below.actions[`${room}.list`] as ActionHandler),
    instructions: prompt('audits'),
    subject: 'audits and what they covered',
    mayConcern: words('rooms/audits').has,
    owed: owedAudits,
    waiting: async (context) => asWaiting(await owedAudits(db, [context.person.id], context.now), context),
    due: async (tx) =>
      (await selectSettled(tx)).map(({ id, version }) => ({ key: `${closing}:${id}:${version}`, name: closing, values: { audit: String(id) } })), // prettier-ignore
    jobs: { [closing]: close },
  };
}

/** The plan, a talk a line, each with the button that takes it out for those who may. */
async function talksCard(tx: Queryable, { person }: Context, audit: Audit): Promise<ReplyParts> {
  const talks = await selectTalks(tx, audit.id);
  const may = auditStates.may('schedule', person, audit, await selectAuditFacts(tx, audit));
  return {
    text: `${audit.title}: plan\n${talks.length === 0 ? 'No talk is planned yet.' : ''}`.trim(),
    items: talks.map((talk) => ({
      text: talkInWords(talk),
      button: may ? { id: actionId(`${room}.drop-talk`, { record: audit.reference, item: talk.id }), label: 'Take out' } : null, // prettier-ignore
    })),
    buttons: [...(may ? [moveButton('schedule', 'Add to the plan', audit.reference)] : []), recordButton('show', `Show ${audit.reference}`, audit.reference)], // prettier-ignore
  };
}
