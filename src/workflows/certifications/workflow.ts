/** Our certification, asked for in words: its card, what its body still wants, when it comes; and what follows by itself on its days. */
import { z } from 'zod';
import { actionId } from '../../conversation/action-id.ts';
import type {
  ActionHandler,
  Addressed,
  Context,
  DueJob,
  JobHandler,
  Outcome,
  ReplyParts,
  Tool,
  Turn,
  Workflow,
} from '../../conversation/contract.ts';
import { privately } from '../../conversation/privately.ts';
import { prompt } from '../../conversation/prompts.ts';
import type { Queryable } from '../../db/database.ts';
import { toAsker } from '../../dialogue/command.ts';
import {
  certifications,
  certificationStates,
  selectCertificationFacts,
  type Certification,
} from '../../isms/certification/certification.ts';
import { expire, followState } from '../../isms/certification/follow.ts';
import { dayOf } from '../../language/calendar.ts';
import { words, type WordList } from '../../language/vocabulary.ts';
import type { CommandContext } from '../../records/command-context.ts';
import { selectPerson } from '../../records/person.ts';
import type { Dependencies } from '../dependencies.ts';
import { base } from './record.ts';
import { datesShown, wantedCard } from './wanted.ts';

const room = 'certifications';
const ours = words('certification/ours');
const wanted = words('certification/wanted');
const next = words('certification/next');
const following = `${room}.follow`;

export function createCertificationsWorkflow(parts: Dependencies): Workflow {
  const below = base.workflow(parts);
  const show = below.actions[`${room}.show`] as ActionHandler;
  const list = below.actions[`${room}.list`] as ActionHandler;
  const call = (values: Record<string, string>) => ({ argument: (name: string) => values[name] ?? '', fields: {} });

  /** Of the one certification that runs; of several each, of none how to begin one. */
  const about = (context: Context, say: (tx: Queryable, one: Certification) => Promise<Addressed[]>) =>
    privately(context, 'the certification', async (tx) => {
      const [one, other] = await certifications.selectSeen(tx, context.person, 'not state = any($3)', [certifications.ended]);
      if (one === undefined) return toAsker(noneCard(context));
      return other === undefined ? say(tx, one) : list(tx, context, call({}));
    });
  const card = (context: Context) => about(context, (tx, { reference }) => show(tx, context, call({ record: reference })));
  const stillWanted = (context: Context) => about(context, async (tx, one) => toAsker(await wantedCard(tx, context, one)));
  const comesNext = (context: Context) => about(context, async (tx, one) => toAsker(await nextCard(tx, one)));

  const asked: [WordList, (context: Context) => Outcome][] = [[ours, card], [wanted, stillWanted], [next, comesNext]];

  async function claim(context: Context, turn: Turn): Promise<Outcome | null> {
    const said = turn.attachments.length > 0 ? undefined : asked.find(([list]) => list.is(turn.text) !== null);
    return said === undefined ? ((await below.claim?.(context, turn)) ?? null) : said[1](context);
  }

  /** Its majors or its last day may have changed it: an import and a record of an audit say so to nobody. */
  const follow: JobHandler = async (tx, { now }, { certification: id = '' }) => {
    const row = await certifications.lock(tx, Number(id));
    const actor = await selectPerson(tx, row.ownerId);
    const command: CommandContext = { actor, at: now, inputId: null, link: null, through: 'system:certifications' };
    if (!isOver(row, dayOf(now, actor.timeZone))) {
      await followState(tx, command, row);
      return [];
    }
    await expire(tx, command, row);
    const text = `${row.body}: the certificate ended. It cannot be shown as ours any more.`;
    return [{ to: { personId: row.ownerId }, reply: { text, buttons: [lookButton(row)] } }];
  };

  return {
    ...below,
    claim,
    tools: tools(card, stillWanted),
    instructions: prompt('certifications'),
    subject: 'our certificate and its certification body',
    mayConcern: words('certification/concerning').has,
    async due(tx, now) {
      const due: DueJob[] = [];
      const today = dayOf(now, 'UTC');
      for (const row of await certifications.selectWhere(tx, "state in ('stage2_done', 'major_open') or valid_until < $1 and not state = any($2)", [today, certifications.ended])) {
        const moves = certificationStates.next(row, await selectCertificationFacts(tx, row)) !== null;
        if (moves || isOver(row, dayOf(now, (await selectPerson(tx, row.ownerId)).timeZone)))
          due.push({ key: `${following}:${row.id}:${row.version}`, name: following, values: { certification: String(row.id) } });
      }
      return due;
    },
    jobs: { ...below.jobs, [following]: follow },
  };
} // prettier-ignore

/** The last day of what was certified. */
function isOver({ state, validUntil, suspendedFrom }: Certification, today: string): boolean {
  const counts = ['certified', 'surveillance_1', 'surveillance_2', 'recertification'].includes(
    suspendedFrom ?? state,
  );
  return counts && validUntil !== null && validUntil < today;
}

const lookButton = ({ reference }: Certification) => ({ id: actionId(`${room}.show`, { record: reference }), label: 'Show the certification' }); // prettier-ignore

function noneCard({ person }: Context): ReplyParts {
  if (!person.roles.includes('isms_manager'))
    return { text: 'There is no certificate yet that I could show.' };
  const button = { id: `${room}.begin`, label: 'Record a certification', opensForm: true };
  return {
    text: 'No certification is recorded yet. Record the body that you applied to, and I keep its days.',
    buttons: [button],
  };
}

async function nextCard(tx: Queryable, row: Certification): Promise<ReplyParts> {
  const facts = await datesShown(tx, row);
  const [first, ...others] = facts;
  const text =
    first === undefined
      ? `No visit of ${row.body} is planned yet.`
      : `${first.label}: ${first.value} (${row.body}).`;
  return { text, facts: others, buttons: [lookButton(row)] };
}

function tools(card: (context: Context) => Outcome, wants: (context: Context) => Outcome): Tool[] {
  const schema = z.object({});
  return [
    {
      name: 'show_certification',
      description:
        'Shows the person our certification: its state, certificate, scope, dates and open findings.',
      schema,
      run: async (context) => card(context),
    },
    {
      name: 'certification_body_wants',
      description: 'Shows the person what the certification body still waits for from us, and when it comes.',
      schema,
      run: async (context) => wants(context),
    },
  ];
}
