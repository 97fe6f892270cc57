/** What somebody brings: a file or a link with its reference, after the request, or when one thing alone is asked of them. */
import { z } from 'zod';
import {
  actionId,
  type Actions,
  type Addressed,
  type Attachment,
  type Context,
  type Outcome,
  type Turn,
  type Workflow,
} from '../../conversation/contract.ts';
import { selectSaidAt } from '../../conversation/history.ts';
import { privately } from '../../conversation/privately.ts';
import type { Queryable } from '../../db/database.ts';
import { commandOf, toAsker } from '../../dialogue/command.ts';
import { takeIn, type TakenIn } from '../../dialogue/evidence-intake.ts';
import { tell } from '../../dialogue/notify.ts';
import { asked } from '../../dialogue/proposal.ts';
import { Refusal } from '../../errors.ts';
import {
  canMake,
  evidenceRequests,
  selectRequestFacts,
  type EvidenceRequest,
} from '../../isms/evidence-request/evidence-request.ts';
import { selectOwedEvidence } from '../../isms/evidence-request/list.ts';
import { bringEvidence } from '../../isms/evidence-request/moves.ts';
import { readDates } from '../../language/dates.ts';
import { linesOf, shortened } from '../../language/text.ts';
import { isReadOnly } from '../../records/command-context.ts';
import { EvidenceItem } from '../../records/evidence.ts';
import { selectByRole, selectNames } from '../../records/person.ts';
import { decideProposal, lockPending, propose } from '../../records/proposal.ts';
import { selectOptionalNamed } from '../../records/record.ts';
import { referenceIn } from '../../records/reference.ts';
import type { Dependencies } from '../dependencies.ts';
import { bringId, reviewButton, reviewNews, room, sayTo } from './said.ts';

const linkPattern = /https?:\/\/[^\s<>|]+/giu;
/** Words beside a file or a link; with more of them it is a message about something else. */
const mostBeside = 8;
/** Requests among which somebody chooses. */
const mostChoices = 10;

const Kept = z.object({ items: z.array(EvidenceItem).min(1), datedOn: z.string().nullable() });
type Kept = z.infer<typeof Kept>;

export function bringingOf(parts: Dependencies) {
  const { db } = parts;

  /** @throws Refusal for what they may not see */
  async function find(tx: Queryable, { person }: Context, reference: string): Promise<EvidenceRequest> {
    const row = await evidenceRequests.selectOptional(tx, reference);
    if (row === null || (await selectOptionalNamed(tx, person, evidenceRequests.nameOf(row))) === null)
      throw new Refusal(`There is no ${reference} that you may see.`);
    return row;
  }

  async function keep(tx: Queryable, context: Context, reference: string, { items, datedOn }: Kept, problems: readonly string[]): Promise<Addressed[]> {
    const found = await find(tx, context, reference);
    const { row, before } = await bringEvidence(tx, commandOf(context), found.id, items, datedOn);
    const lookers = await lookersAt(tx, row, context.person.id);
    const say = sayTo(context.person);
    const names = [...(await selectNames(tx, lookers)).values()];
    const { reference: about, title } = row;
    const gives = canMake('give', context.person, row, await selectRequestFacts(tx, row));
    const text = gives ? say('toGive', { name: row.askedByName, reference: about, title }) : say('thanks', { name: names[0] ?? '–', reference: about, title });
    const move = { id: actionId(`${room}.move`, { record: row.reference, move: 'takeBack' }), label: say('takeBack') };
    const show = { id: actionId(`${room}.show`, { record: row.reference }), label: say('look') };
    const first = gives ? { ...reviewButton(about), style: 'primary' as const } : show;
    const buttons = row.ownerId === context.person.id ? [first, move] : [first];
    // A second file of the same moment is the same news.
    const told = before.state === 'submitted' ? [] : tell(commandOf(context), lookers, reviewNews(context, row));
    return [...asked({ text: linesOf(text, ...problems), buttons }, true), ...told];
  }

  /** What was handed over, with what of it could not be kept. */
  async function taken(context: Context, text: string, attachments: readonly Attachment[]): Promise<{ kept: Kept; problems: string[] } | Outcome> {
    const { exhibits, problems }: TakenIn = await takeIn(parts, context, attachments);
    const { now, person: { timeZone, locale } } = context;
    const links = (text.match(linkPattern) ?? []).flatMap((address): EvidenceItem[] => {
      const read = EvidenceItem.safeParse({ kind: 'link', address: address.replace(/[.,;:!?)\]]+$/, '') });
      return read.success ? [read.data] : [];
    });
    const items = [...exhibits, ...links];
    if (items.length === 0) return privately(context, 'what was brought', async () => toAsker({ text: problems.join('\n'), notice: 'refused' }));
    const beside = text.replace(linkPattern, ' ').replace(/\bEV-[\d-]+/gi, ' ');
    const [date] = readDates(beside, { now, timeZone, locale, towards: 'past' });
    return { kept: { items, datedOn: date?.day ?? null }, problems };
  }

  async function bringTo(context: Context, reference: string, { text, attachments }: Turn): Promise<Outcome> {
    const brought = await taken(context, text, attachments);
    if (typeof brought === 'function') return brought;
    return privately(context, 'what was brought', (tx) => keep(tx, context, reference, brought.kept, brought.problems));
  }

  /** Several are asked of them: which it is for is asked, and what was brought waits with the question. */
  async function askWhich(context: Context, open: Awaited<ReturnType<typeof selectOwedEvidence>>, { text, attachments }: Turn): Promise<Outcome> {
    const brought = await taken(context, text, attachments);
    if (typeof brought === 'function') return brought;
    const { kept, problems } = brought;
    const files = kept.items.flatMap((item) => (item.kind === 'file' ? [item.sha256] : []));
    return privately(context, 'what was brought', async (tx) => {
      const { id } = await propose(tx, commandOf(context), { changes: [kept], files });
      const choices = open.slice(0, mostChoices).map(({ reference, title }) => ({
        id: actionId(`${room}.pick`, { proposal: id, record: reference }),
        label: shortened(`${reference} ${title}`, 75),
      }));
      return toAsker({ text: linesOf(sayTo(context.person)('which'), ...problems), choices });
    });
  }

  /** A bare file or link: what stood above it, or the one thing that is asked of them. */
  async function claimBare(context: Context, turn: Turn): Promise<Outcome | null> {
    const { person, place, repliesTo } = context;
    const isBare = wordsBeside(turn.text) <= (turn.attachments.length > 0 ? mostBeside : 0);
    if (place.audience !== 'direct' || !isBare || turn.text.includes('?')) return null;
    const open = await selectOwedEvidence(db, [person.id]);
    if (open.length === 0) return null;
    const above = repliesTo === null ? '' : JSON.stringify(await selectSaidAt(db, place.address, repliesTo));
    const meant = open.filter(({ reference }) => above.includes(reference));
    // The card above is about another record: it is the file of that.
    if (meant.length === 0 && /\b(?!EV)[A-Z]{2}-\d{4}-\d{3}/.test(above)) return null;
    const [one, ...others] = meant.length > 0 ? meant : open;
    if (one === undefined) return null;
    return others.length === 0 ? bringTo(context, one.reference, turn) : askWhich(context, [one, ...others], turn);
  }

  const hasSomething = ({ text, attachments }: Turn) => attachments.length > 0 || text.match(linkPattern) !== null;

  async function claim(context: Context, turn: Turn): Promise<Outcome | null> {
    if (isReadOnly(context.person) || !hasSomething(turn)) return null;
    const reference = referenceIn(turn.text, evidenceRequests.prefix);
    if (reference !== null) return bringTo(context, reference, turn);
    return /\b[A-Z]{2}-\d/.test(turn.text) ? null : claimBare(context, turn);
  }

  const answers: NonNullable<Workflow['answers']> = {
    [`${room}.bring`]: async (context, turn, argument) => {
      if (!hasSomething(turn) || referenceIn(turn.text, evidenceRequests.prefix) !== null || /\b[A-Z]{2}-\d/.test(turn.text)) return null;
      return bringTo(context, argument('record'), turn);
    },
  };

  const actions: Actions = {
    async [`${room}.bring`](tx, context, { argument }) {
      const { reference, title } = await find(tx, context, argument('record'));
      const say = sayTo(context.person);
      const reply = { text: linesOf(say('waitingFor', { reference, title }), say('dated')) };
      return toAsker(reply).map((each) => ({ ...each, awaits: bringId(reference) }));
    },
    async [`${room}.pick`](tx, context, { argument }) {
      const command = commandOf(context);
      const proposal = await lockPending(tx, command, Number(argument('proposal')));
      const kept = z.tuple([Kept]).safeParse(proposal.changes);
      if (!kept.success) throw new Refusal('That button belongs to another card. Send me the file once more.');
      const said = await keep(tx, context, argument('record'), kept.data[0], []);
      await decideProposal(tx, command, proposal, 'applied');
      return said;
    },
  };

  return { claim, answers, actions };
} // prettier-ignore

/** The asker, where it is theirs to judge and they need nobody to give it to them; else everybody whose it is, or who gives it. */
async function lookersAt(tx: Queryable, row: EvidenceRequest, actor: number): Promise<number[]> {
  const { lookers } = await selectRequestFacts(tx, row);
  const able = lookers.filter((id) => id !== row.askedBy || !row.forAuditor || row.givenAt !== null);
  if (able.includes(row.askedBy)) return [row.askedBy];
  const givers = row.forAuditor && row.givenAt === null ? (await selectByRole(tx, 'isms_manager')).map(({ id }) => id) : [];
  return [...new Set([...givers, ...able])].filter((id) => id !== row.ownerId && id !== actor);
} // prettier-ignore

function wordsBeside(text: string): number {
  return (text.replace(linkPattern, '').match(/[\p{L}\p{N}]+/gu) ?? []).length;
}
