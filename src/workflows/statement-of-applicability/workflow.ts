/** The Statement of Applicability in chat: asked from the edition in force, written in the next, approved by somebody else. */
import { z } from 'zod';
import type { Context, Outcome, ReplyParts, Tool, Turn, Workflow } from '../../conversation/contract.ts';
import { privately } from '../../conversation/privately.ts';
import { prompt } from '../../conversation/prompts.ts';
import type { Queryable } from '../../db/database.ts';
import { toAsker } from '../../dialogue/command.ts';
import { proposeChanges } from '../../dialogue/proposal.ts';
import { recordRoom } from '../../dialogue/record-room.ts';
import { bases, degrees, type EntryValues } from '../../isms/statement-of-applicability/entry.ts';
import {
  selectApproved,
  selectSoaFacts,
  selectUnderWay,
  soas,
  soaStates,
  type Soa,
  type SoaFacts,
} from '../../isms/statement-of-applicability/soa.ts';
import { addDays, dayInWords, dayOf } from '../../language/calendar.ts';
import { words } from '../../language/vocabulary.ts';
import { isIsmsManager } from '../../records/command-context.ts';
import { selectPerson } from '../../records/person.ts';
import { normaliseRequirement } from '../../records/requirement.ts';
import type { Dependencies } from '../dependencies.ts';
import { actionsOf, sayTo } from './actions.ts';
import {
  changesCard,
  controlCard,
  countsOf,
  exclusionsCard,
  lacksCard,
  mayRead,
  noneYet,
  overviewCard,
  ownButtons,
  recordButton,
} from './cards.ts';
import { editButton, entryOf, entryTitle, proposed } from './entry-change.ts';
import { standingOf } from './table.ts';
import { selectEntries } from '../../isms/statement-of-applicability/entry.ts';
import { readAsked, room, type Asked } from './words.ts';

/** Days before a review from which on its owner sees it coming. */
const reviewAhead = 30;

const base = recordRoom<Soa, SoaFacts>({
  name: room,
  offer: {
    text: 'I know our Statement of Applicability: «does A.8.11 apply to us?», «what do we exclude?»',
    examples: ['what do we exclude?', 'SoA'],
    to: ({ roles }) => roles.some((role) => role !== 'employee' && role !== 'action_owner'),
    first: { auditor: { text: 'Ask which controls apply, and why one does not.', example: 'what do we exclude?' } },
  },
  record: soas,
  states: soaStates,
  facts: selectSoaFacts,
  title: ({ edition }) => `Statement of Applicability ${edition}`,
  columns: {
    Edition: 'edition',
    Approved: (row, timeZone) => (row.approvedAt === null ? null : standingOf(row, timeZone)),
    Owner: 'ownerId',
    Approver: 'approverId',
    'Next review': ({ reviewOn }) => (reviewOn === null ? null : dayInWords(reviewOn)),
  },
  people: ['ownerId', 'approverId'],
  list: {
    says: 'SoA editions',
    words: words('statement-of-applicability/editions'),
    one: 'edition of the SoA',
    many: 'editions of the SoA',
    columns: ['Edition', 'Approver'],
    newestFirst: true,
    part: async (_tx, _context, said) =>
      readAsked(said)?.what === 'editions' ? { where: 'true', parameters: [], noun: 'so far', said: 'SoA editions' } : null,
  },
  async shows(tx, row, context) {
    const { incomplete } = await selectSoaFacts(tx, row);
    return { facts: countsOf(await selectEntries(tx, row.id)), buttons: ownButtons(context, row, incomplete) };
  },
  moves: {},
  evidence: 'statement of applicability',
}); // prettier-ignore

export function createSoaWorkflow(parts: Dependencies): Workflow {
  const { db } = parts;
  const below = base.workflow(parts);
  const show = below.actions[`${room}.show`];

  async function card(tx: Queryable, context: Context, row: Soa): Promise<ReplyParts> {
    if (typeof show !== 'function') throw new Error('the room has no card');
    const argument = (name: string) => (name === 'record' ? row.reference : '');
    const [said] = await show(tx, context, { argument, fields: {} });
    return said?.reply ?? { text: row.reference };
  }

  async function answer(tx: Queryable, context: Context, asked: Asked): Promise<ReplyParts> {
    switch (asked.what) {
      case 'soa':
        return overviewCard(tx, context);
      case 'exclusions':
        return exclusionsCard(tx, context);
      case 'lacks':
        return lacksCard(tx, context);
      case 'changes':
        return changesCard(tx, context);
      case 'begin':
        return begun(tx, context);
      case 'control':
        return controlCard(tx, context, asked.control);
      default:
        return noneYet;
    }
  }

  /** The form for it, or what is under way already. */
  async function begun(tx: Queryable, context: Context): Promise<ReplyParts> {
    const underWay = await mayRead(tx, context, await selectUnderWay(tx));
    if (underWay !== null) return card(tx, context, underWay);
    if (!isIsmsManager(context.person)) return { text: 'Only the ISMS manager begins a new edition of the SoA.' };
    return {
      text: 'The new edition begins with what the last one says.',
      buttons: [{ id: `${room}.begin`, label: 'Begin it', style: 'primary', opensForm: true }],
    };
  }

  /** On a card to confirm; with nothing said of it, the form. */
  async function write(tx: Queryable, context: Context, control: string, values: Partial<EntryValues>) {
    const draft = await mayRead(tx, context, await selectUnderWay(tx));
    if (draft === null) return toAsker(isIsmsManager(context.person) ? { ...(await begun(tx, context)), text: 'What is approved stays as it is. Begin a new edition first; it takes over all that the last one says.' } : await controlCard(tx, context, control));
    const entry = await entryOf(tx, draft.id, control);
    if (entry === null) return toAsker(await controlCard(tx, context, control));
    if (draft.state !== 'draft') return toAsker({ ...(await card(tx, context, draft)), note: 'It waits for its approver: send it back first, then change it.' });
    if (Object.keys(values).length === 0) return toAsker({ text: `${entryTitle(control)} in edition ${draft.edition}`, buttons: [editButton(draft.reference, control, 'Change it')] });
    return proposeChanges(tx, context, [proposed(draft, entry, values)], { buttons: [editButton(draft.reference, control, 'All of its fields')] });
  } // prettier-ignore

  async function claim(context: Context, turn: Turn): Promise<Outcome | null> {
    const own = (outcome: Outcome) => privately(context, 'the Statement of Applicability', outcome);
    const asked = turn.attachments.length > 0 ? null : readAsked(turn.text);
    if (asked === null || asked.what === 'editions') return (await below.claim?.(context, turn)) ?? null;
    if (asked.what === 'write') {
      const { control, values } = asked;
      return own((tx) => write(tx, context, control, values));
    }
    // Where none is kept here, the policies may say something of it.
    const known = (await selectApproved(db)) ?? (await mayRead(db, context, await selectUnderWay(db)));
    if (known === null && asked.what !== 'begin' && asked.what !== 'soa') return null;
    return own(async (tx) => toAsker(await answer(tx, context, asked)));
  }

  return {
    ...below,
    actions: { ...below.actions, ...actionsOf(card) },
    claim,
    tools: toolsOf(answer, write),
    instructions: prompt('statement-of-applicability'),
    subject: 'the Statement of Applicability: which controls apply',
    mayConcern: (text) => /\ba[\s.-]?\d\.\d|soa|dda\b|sda\b|applicab|anwendbar|aplicab|exclu|ausgeschlossen|ausschl/iu.test(text),
    async waiting({ person }) {
      const rows = await soas.selectWhere(db, "state = 'in_review' and approver_id = $1", [person.id]);
      return rows.map(({ reference, edition }) => ({
        text: sayTo(person)('toApprove', { edition }),
        detail: reference,
        button: recordButton('look', sayTo(person)('look'), reference),
      }));
    },
    async owed(tx, people, now) {
      const today = dayOf(now, 'UTC');
      const rows = await soas.selectWhere(
        tx,
        `(state = 'in_review' and approver_id = any($1)) or (state = 'approved' and owner_id = any($1) and review_on <= $2
           and not exists (select from soa next where next.state in ('draft', 'in_review')))`,
        [people, addDays(today, reviewAhead)],
      );
      const owed = [];
      for (const row of rows) {
        const personId = row.state === 'in_review' ? row.approverId : row.ownerId;
        const say = sayTo(await selectPerson(tx, personId));
        const [text, why] = row.state === 'in_review' ? (['toApprove', 'toApproveWhy'] as const) : (['review', 'reviewWhy'] as const);
        owed.push({
          record: soas.nameOf(row),
          personId,
          askedAt: row.stateAt,
          isTold: row.state === 'in_review',
          dueOn: row.state === 'in_review' ? null : row.reviewOn,
          item: { text: say(text, { edition: row.edition }), detail: row.reference, button: recordButton(row.state === 'in_review' ? 'look' : 'show', say('look'), row.reference) },
          why: say(why),
          rank: 1 as const,
        });
      }
      return owed;
    },
  };
} // prettier-ignore

const Question = z.object({
  about: z.enum(['overview', 'exclusions', 'changes', 'lacks', 'control']),
  control: z.string().nullable().describe('the control that is asked about, as A.8.11; null for the rest'),
});
const Writing = z.object({
  control: z.string().describe('as A.8.30'),
  applies: z.boolean().nullable(),
  basis: z.enum(bases).nullable(),
  basisReference: z.string().max(500).nullable().describe('where that is written down, as R-012'),
  justification: z.string().max(4_000).nullable(),
  implemented: z.enum(degrees).nullable(),
  how: z.string().max(4_000).nullable(),
});

function toolsOf(
  answer: (tx: Queryable, context: Context, asked: Asked) => Promise<ReplyParts>,
  write: (tx: Queryable, context: Context, control: string, values: Partial<EntryValues>) => ReturnType<Outcome>,
): Tool[] {
  const own = (context: Context, outcome: Outcome) => privately(context, 'the Statement of Applicability', outcome);
  const look: Tool<typeof Question> = {
    name: 'show_statement_of_applicability',
    description: 'Shows what the Statement of Applicability says: of one control, of what is excluded, of what is missing or new.',
    schema: Question,
    async run(context, { about, control }) {
      const id = control === null ? null : normaliseRequirement(/^a/i.test(control) ? control : `A.${control}`);
      if (about === 'control' && id === null) return 'There is no such control in Annex A.';
      const asked: Asked = about === 'control' ? { what: 'control', control: id ?? '' } : { what: about === 'overview' ? 'soa' : about };
      return own(context, async (tx) => toAsker(await answer(tx, context, asked)));
    },
  };
  const change: Tool<typeof Writing> = {
    name: 'propose_applicability',
    description: 'Proposes on a card what the draft of the Statement of Applicability says of one control. Null for what the person did not say.',
    schema: Writing,
    async run(context, { control, ...said }) {
      const id = normaliseRequirement(/^a/i.test(control) ? control : `A.${control}`);
      if (id === null) return 'There is no such control in Annex A.';
      const values = Object.fromEntries(Object.entries(said).filter(([, value]) => value !== null)) as Partial<EntryValues>;
      return own(context, (tx) => write(tx, context, id, values));
    },
  };
  return [look, change] as Tool[];
} // prettier-ignore
