/** What a card proposes to write: each record by its title, each value as it is and as it would be, all of it rendered by us. */
import { actionId, type ButtonParts, type ItemParts, type ReplyParts } from '../../conversation/contract.ts';
import { shortened } from '../../language/text.ts';
import type { Queryable } from '../../db/database.ts';
import {
  actionRecordOf,
  selectOptionalAction,
  type ActionState,
  type CorrectiveAction,
} from '../../isms/corrective-action/corrective-action.ts';
import { countEvidence } from '../../isms/register/evidence.ts';
import { selectEvidence } from '../../records/evidence.ts';
import { selectOptionalNonconformity } from '../../isms/nonconformity/nonconformity.ts';
import type { Proposal } from '../../records/proposal.ts';
import { inFull } from '../../language/calendar.ts';
import { causeLines } from './cause/cause-card.ts';
import type { ActionChange, Change, NonconformityChange } from './change.ts';
import { evidenceShown } from './update/evidence-open.ts';
import { evidenceInWords } from './evidence-words.ts';
import { raiseLines } from './raise/raise-card.ts';
import type { actionMoves } from './update/said-update.ts';
import { headline, isWhole } from './update/notify-action.ts';

export const shortState: Record<ActionState, string> = {
  proposed: 'proposed',
  accepted: 'accepted',
  declined: 'declined',
  in_progress: 'in progress',
  done_claimed: 'reported done',
  verified: 'verified',
  cancelled: 'cancelled',
};

const stateAfter: Record<(typeof actionMoves)[number], ActionState> = {
  accept: 'accepted',
  decline: 'declined',
  start: 'in_progress',
  done: 'done_claimed',
  verify: 'verified',
  return: 'in_progress',
  cancel: 'cancelled',
};

type Facts = NonNullable<ReplyParts['facts']>;

interface Shown {
  /** The record and its title. */
  title: string;
  lines: Facts;
  /** Evidence that is accepted with it, to be opened. */
  items: ItemParts[];
  /** Said to be done with nothing to show for it. */
  bare: string | null;
}

/** @param problems  what was said besides and cannot be written, and why */
export async function proposalCard(
  tx: Queryable,
  proposal: Pick<Proposal, 'id'>,
  changes: readonly Change[],
  problems: readonly string[] = [],
): Promise<ReplyParts> {
  const shown: Shown[] = [];
  for (const change of changes) shown.push(await shownOf(tx, change));
  const bare = shown.flatMap((each) => each.bare ?? []);
  const lead = 'I would write this. Nothing is changed until you confirm.';
  const [only] = shown;
  const single = shown.length === 1 && only !== undefined;
  return {
    text: [
      ...problems,
      ...(problems.length === 0 ? [] : ['']),
      lead,
      ...(single
        ? [only.title]
        : shown.map(({ title, lines }) =>
            ['', title, ...lines.map(({ label, value }) => `  ${label}: ${value}`)].join('\n'),
          )),
    ].join('\n'),
    facts: single ? only.lines : [],
    items: shown.flatMap(({ items }) => items),
    note: bare.length === 0 ? null : bareInWords(bare),
    buttons: [
      proposalButton('confirm', 'Confirm', proposal, { style: 'primary', signs: true }),
      proposalButton('change', 'Change', proposal, { opensForm: single }),
      proposalButton('cancel', 'Cancel', proposal),
    ],
  };
}

function bareInWords(references: readonly string[]): string {
  const it = references.length === 1 ? 'it' : 'they';
  return `No evidence is attached to ${references.join(' and ')} yet; ${it} cannot be verified without. You can confirm now, and send a file or a link later.`;
}

export function proposalButton(
  command: string,
  label: string,
  { id }: Pick<Proposal, 'id'>,
  rest: { style?: 'primary'; opensForm?: boolean; signs?: boolean } = {},
): ButtonParts {
  return { id: actionId(`corrective-actions.${command}`, { proposal: id }), label, ...rest };
}

async function shownOf(tx: Queryable, change: Change): Promise<Shown> {
  switch (change.kind) {
    case 'action':
      return shownAction(tx, change);
    case 'nonconformity':
      return shownNonconformity(tx, change);
    case 'raise':
      return { title: 'A new non-conformity', lines: raiseLines(change), items: [], bare: null };
    case 'cause':
      return {
        title: `The root cause of ${change.reference}`,
        lines: causeLines(change),
        items: [],
        bare: null,
      };
  }
}

async function shownAction(tx: Queryable, change: ActionChange): Promise<Shown> {
  const action = await selectOptionalAction(tx, change.reference);
  if (action === null) throw new Error(`${change.reference} is gone`);
  const begins = change.progress !== null && ['proposed', 'accepted'].includes(action.state);
  const after = change.move === null ? (begins ? 'in_progress' : null) : stateAfter[change.move];
  const progress = change.move === 'done' ? 100 : change.progress;
  const reason = change.reason === null ? '' : `, because «${change.reason}»`;
  const lines: Facts = [];
  const line = (label: string, value: string) => lines.push({ label, value });

  if (after !== null && after !== action.state)
    line('State', `${shortState[action.state]} → ${shortState[after]}${change.dueOn === null ? reason : ''}`);
  if (progress !== null && progress !== action.progress)
    line('Progress', `${action.progress} % → ${progress} %`);
  if (change.dueOn !== null)
    line(
      'Due date asked for',
      `${inFull(action.dueOn)} → ${inFull(change.dueOn)}${reason}. Somebody else approves it; the original due date, ${inFull(action.originalDueOn)}, stays on record`,
    );
  if (change.handOverTo !== null)
    line(
      'Hand over to',
      `${change.handOverTo.name}, who is asked first: «${change.note ?? change.reason ?? ''}»`,
    );
  else if (change.note !== null) line('Note', `«${change.note}»`);
  for (const exhibit of change.exhibits) line('Evidence', evidenceInWords(exhibit));

  const verified = change.move === 'verify' ? await evidenceOf(tx, action) : { facts: [], items: [] };
  if (change.move === 'verify' && !isWhole(action)) line('What is to be done', action.description);
  lines.push(...verified.facts);
  const bare =
    change.move === 'done' && change.exhibits.length === 0 && (await countEvidence(tx, action)) === 0;
  return {
    title: headline(action),
    lines,
    items: verified.items,
    bare: bare ? action.reference : null,
  };
}

async function evidenceOf(tx: Queryable, action: CorrectiveAction) {
  const all = await selectEvidence(tx, [actionRecordOf(action)]);
  return evidenceShown(all.filter(({ state }) => state !== 'rejected'));
}

async function shownNonconformity(tx: Queryable, change: NonconformityChange): Promise<Shown> {
  const nonconformity = await selectOptionalNonconformity(tx, change.reference);
  if (nonconformity === null) throw new Error(`${change.reference} is gone`);
  const { correction, note, exhibits, purpose } = change;
  const shows = {
    finding: 'Evidence of the finding',
    correction: 'Evidence of the containment',
    action: 'Evidence',
    effectiveness: 'Evidence that it worked',
  }[purpose];
  return {
    title: `${nonconformity.reference} · ${shortened(nonconformity.title, 140)}`,
    lines: [
      ...(correction === null
        ? []
        : [
            { label: 'State', value: 'open → contained' },
            { label: 'Done at once', value: `«${correction}»` },
          ]),
      ...(note === null ? [] : [{ label: 'Note', value: `«${note}»` }]),
      ...exhibits.map((exhibit) => ({ label: shows, value: evidenceInWords(exhibit) })),
    ],
    items: [],
    bare: null,
  };
}
