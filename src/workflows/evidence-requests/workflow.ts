/** Evidence, from the words that ask for it to the day on which it has run out; and what an auditor asks for and is given. */
import type {
  ActionHandler,
  Context,
  JobHandler,
  Outcome,
  Turn,
  WaitingItem,
  Workflow,
} from '../../conversation/contract.ts';
import { privately } from '../../conversation/privately.ts';
import { prompt } from '../../conversation/prompts.ts';
import { asWaiting } from '../../conversation/waiting.ts';
import { toAsker } from '../../dialogue/command.ts';
import { resolvePersonNamed } from '../../dialogue/form.ts';
import { proposalActions, proposeChanges } from '../../dialogue/proposal.ts';
import {
  evidenceRequests,
  mayAskForEvidence,
  toLookAtSql,
} from '../../isms/evidence-request/evidence-request.ts';
import { selectOwedEvidence } from '../../isms/evidence-request/list.ts';
import { age, selectAged } from '../../isms/evidence-request/moves.ts';
import { endWhoLeft, selectOverstaying } from '../../isms/person/leaving.ts';
import type { DateReading } from '../../language/dates.ts';
import { words } from '../../language/vocabulary.ts';
import { isReadOnly } from '../../records/command-context.ts';
import type { Person } from '../../records/person.ts';
import type { Dependencies } from '../dependencies.ts';
import { accessActions, claimAccess } from './access.ts';
import { usualMonths, type Ask } from './ask.ts';
import { bringingOf } from './bring.ts';
import { evidenceByControl, evidenceOf } from './by-control.ts';
import { auditAbove, auditNamed, inAuditActions } from './in-audit.ts';
import { namesThing, readAsking, readOf, readWanted, titleOf, type SaidRequest } from './read-request.ts';
import { base } from './record.ts';
import { reviewActions } from './review.ts';
import { owedLine, reviewButton, room, titleLine } from './said.ts';
import { evidenceTools } from './tools.ts';

const byControl = words('evidence/by control');
const aging = `${room}.age`;
const ending = `${room}.let-out`;
/** Words of a name. */
const longestName = 4;

export function createEvidenceRequestsWorkflow(parts: Dependencies): Workflow {
  const { db } = parts;
  const below = base.workflow(parts);
  const bringing = bringingOf(parts);

  async function personNamed({ platform }: Context, said: string): Promise<Person | null> {
    const found = await resolvePersonNamed(db, platform, said);
    return 'person' in found ? found.person : null;
  }

  /** «Ben for the access review of Q4»: whom the first words name, and the rest. */
  async function ownerIn(context: Context, rest: string): Promise<{ owner: Person; left: string } | null> {
    const all = rest.split(/\s+/);
    for (let count = Math.min(longestName, all.length - 1); count > 0; count -= 1) {
      const owner = await personNamed(context, all.slice(0, count).join(' ').replace(/,$/, ''));
      if (owner !== null) return { owner, left: all.slice(count).join(' ') };
    }
    return null;
  }

  async function claimAsking(context: Context, { text }: Turn): Promise<Outcome | null> {
    if (isReadOnly(context.person) || !mayAskForEvidence(context.person)) return null;
    const said = readAsking(text, readingOf(context));
    const named = said === null ? null : await ownerIn(context, said.rest);
    if (said === null || named === null || !namesThing(named.left)) return null;
    return propose(context, { ...said, title: titleOf(named.left), ownerId: named.owner.id });
  }

  function propose(context: Context, { title, ownerId, requirements, dueOn, isUrgent, audit }: Pick<SaidRequest, 'requirements' | 'dueOn' | 'isUrgent' | 'audit'> & { title: string; ownerId: number | null }): Outcome {
    return privately(context, 'what is asked for', async (tx) => {
      const ask: Ask = { kind: 'evidence-request.ask', title, what: '', requirements, ownerId, dueOn, months: ownerId === null ? null : await usualMonths(tx), urgent: isUrgent, auditId: await auditNamed(tx, audit ?? (await auditAbove(tx, context))) };
      return proposeChanges(tx, context, [ask]);
    });
  }

  /** Of an auditor from outside: on their list once they confirmed it. */
  function claimWanted(context: Context, { text }: Turn, politely: boolean): Outcome | null {
    if (!isReadOnly(context.person)) return null;
    const said = readWanted(text, readingOf(context));
    if (said === null || (!said.isOutright && !politely)) return null;
    return propose(context, { ...said, title: titleOf(said.rest).slice(0, 200), ownerId: null });
  }

  async function claim(context: Context, turn: Turn): Promise<Outcome | null> {
    const brought = await bringing.claim(context, turn);
    if (brought !== null || turn.attachments.length > 0) return brought;
    const requirement = readOf(turn.text);
    if (requirement !== null) return privately(context, 'which evidence there is', async (tx) => toAsker(await evidenceOf(tx, context, requirement)));
    if (byControl.is(turn.text) !== null) return privately(context, 'which evidence there is', async (tx) => toAsker(await evidenceByControl(tx, context)));
    return claimAccess(context, turn.text) ?? (await claimAsking(context, turn)) ?? claimWanted(context, turn, false) ?? (await below.claim?.(context, turn)) ?? null;
  }

  const ageOne: JobHandler = async (tx, { now }, { id = '' }) => {
    await age(tx, now, Number(id));
    return [];
  };

  /** Auditors from outside whose last day is over, where nobody says anything meanwhile. */
  const endOverstaying: JobHandler = async (tx, { now }) => {
    await endWhoLeft(tx, now);
    return [];
  };

  async function waiting(context: Context): Promise<WaitingItem[]> {
    const { person } = context;
    const owed = (await selectOwedEvidence(db, [person.id])).map(owedLine);
    const brought = await evidenceRequests.selectSeen(db, person, toLookAtSql);
    const theirs = brought.map((row) => ({ text: `${row.givenAt !== null && row.askedBy === person.id ? 'Given to you' : 'Evidence to look at'}: ${titleLine(row)}`, detail: row.reference, button: reviewButton(row.reference) }));
    return [...asWaiting(owed, context), ...theirs];
  }

  return {
    ...below,
    name: room,
    actions: {
      ...below.actions,
      ...proposalActions(room),
      ...bringing.actions,
      ...accessActions,
      ...inAuditActions,
      ...reviewActions(parts),
      [`${room}.controls`]: async (tx, context, { argument }) => toAsker(await evidenceByControl(tx, context, argument)),
    },
    answers: bringing.answers,
    claim,
    claimWithoutModel: async (context, turn) => claimWanted(context, turn, true),
    tools: evidenceTools({ propose, personNamed, list: below.actions[`${room}.list`] as ActionHandler }),
    instructions: prompt('evidence-requests'),
    subject: 'evidence asked for or running out',
    mayConcern: words('evidence/concerned').has,
    owed: async (tx, people) => (await selectOwedEvidence(tx, people)).map(owedLine),
    waiting,
    due: async (tx, now) => [
      ...(await selectAged(tx, now)).map(({ id, version }) => ({ key: `${aging}:${id}:${version}`, name: aging, values: { id: String(id) } })),
      ...(await selectOverstaying(tx, now)).map(({ id, until }) => ({ key: `${ending}:${id}:${until}`, name: ending, values: {} })),
    ],
    jobs: { [aging]: ageOne, [ending]: endOverstaying },
  };
} // prettier-ignore

function readingOf({ person, now }: Context): DateReading {
  return { now, timeZone: person.timeZone, locale: person.locale };
}
