/** Writes that were suggested and wait for a click of the person whose words they came from. Owns `proposal`. */
import { z } from 'zod';
import { appendAudit, type AuditEvent } from '../db/audit.ts';
import type { EventParts } from '../db/audit-event.ts';
import type { Queryable } from '../db/database.ts';
import { selectAll, selectOne, selectOptional, toJsonb } from '../db/rows.ts';
import { Refusal } from '../errors.ts';
import { audit, type CommandContext } from './command-context.ts';
import { momentInWords } from '../language/calendar.ts';

/** Hours that a card may be confirmed: after that what it says is no longer news. */
const hoursShown = 72;

export const Proposal = z.object({
  id: z.number(),
  personId: z.number(),
  inputId: z.number(),
  state: z.enum(['shown', 'confirmed', 'applied', 'cancelled', 'expired', 'conflict']),
  /** Checked by the workflow that wrote them. */
  changes: z.unknown(),
  files: z.array(z.string()),
  link: z.string().nullable(),
  shownAt: z.date(),
  expiresAt: z.date(),
  decidedAt: z.date().nullable(),
});
export type Proposal = z.infer<typeof Proposal>;

const columns = 'id, person_id, input_id, state, changes, files, link, shown_at, expires_at, decided_at';

export interface NewProposal {
  changes: unknown;
  /** SHA-256 of each stored file that it would keep. */
  files: string[];
}

/** @param command  whose words suggested it, and from which message */
export function propose(
  tx: Queryable,
  command: CommandContext,
  { changes, files }: NewProposal,
): Promise<Proposal> {
  return selectOne(
    tx,
    Proposal,
    `insert into proposal (person_id, input_id, ordinal, changes, files, link, shown_at, expires_at)
     values ($1, $2, (select coalesce(max(ordinal) + 1, 0) from proposal where input_id = $2), $3, $4, $5, $6, $7)
     returning ${columns}`,
    [
      command.actor.id,
      command.inputId,
      toJsonb(changes),
      files,
      command.link,
      command.at,
      new Date(command.at.getTime() + hoursShown * 3_600_000),
    ],
  );
}

/**
 * Locked until the caller's transaction ends.
 *
 * @throws Refusal when it is somebody else's, too old, or decided already: how, and when
 */
export async function lockPending(tx: Queryable, command: CommandContext, id: number): Promise<Proposal> {
  const proposal =
    Number.isInteger(id) && id > 0 && id < 2 ** 31
      ? await selectOptional(tx, Proposal, `select ${columns} from proposal where id = $1 for update`, [id])
      : null;
  if (proposal === null || proposal.personId !== command.actor.id)
    throw new Refusal(
      'That card is not yours to decide. Tell me in your own words what happened, and I make you one.',
    );
  if (proposal.state === 'shown' && proposal.expiresAt >= command.at) return proposal;
  if (proposal.state === 'shown' || proposal.state === 'expired')
    throw new Refusal(
      'That card is too old to be confirmed. Tell me again, and I make a new one. Nothing was changed.',
    );
  const when =
    proposal.decidedAt === null ? '' : ` on ${momentInWords(proposal.decidedAt, command.actor.timeZone)}`;
  const what = {
    confirmed: 'confirmed',
    applied: 'confirmed',
    cancelled: 'cancelled',
    conflict: 'overtaken by somebody else',
  }[proposal.state];
  throw new Refusal(`That was ${what} already${when}. Nothing was changed again.`);
}

/** What became of it. Applied ones leave their trace in the audit log beside the records that they changed. */
export async function decideProposal(
  tx: Queryable,
  command: CommandContext,
  proposal: Proposal,
  state: 'applied' | 'cancelled' | 'conflict',
): Promise<void> {
  await tx.query('update proposal set state = $2, decided_at = $3 where id = $1', [
    proposal.id,
    state,
    command.at,
  ]);
  const record = `proposal:${proposal.id}`;
  const steps = state === 'applied' ? (['confirmed', 'applied'] as const) : ([state] as const);
  await audit(tx, command, ...steps.map((step): EventParts => ({ action: `proposal.${step}`, record })));
}

/** Cards of people who have left: nobody is to confirm them any more. */
export async function cancelProposalsOf(
  tx: Queryable,
  personIds: readonly number[],
  at: Date,
): Promise<void> {
  const cancelled = await selectAll(
    tx,
    Proposal.pick({ id: true }),
    `update proposal set state = 'cancelled', decided_at = $2 where state = 'shown' and person_id = any($1)
     returning id`,
    [personIds, at],
  );
  await appendAudit(
    tx,
    ...cancelled.map(({ id }): AuditEvent => ({
      actor: 'system:leaving',
      action: 'proposal.cancelled',
      record: `proposal:${id}`,
      at,
    })),
  );
}

/** Cards that nobody decided in time. What they would have kept is free to go. */
export async function expireProposals(tx: Queryable, at: Date): Promise<number> {
  const expired = await selectAll(
    tx,
    Proposal.pick({ id: true }),
    `update proposal set state = 'expired', decided_at = $1 where state = 'shown' and expires_at < $1
     returning id`,
    [at],
  );
  await appendAudit(
    tx,
    ...expired.map(({ id }): AuditEvent => ({
      actor: 'system:expiry',
      action: 'proposal.expired',
      record: `proposal:${id}`,
      at,
    })),
  );
  return expired.length;
}

/** What a card said is past its retention once it is decided: what was written from it is the record. */
export async function forgetProposals(tx: Queryable, before: Date): Promise<void> {
  await tx.query(
    "update proposal set changes = '[]' where state <> 'shown' and decided_at < $1 and changes <> '[]'",
    [before],
  );
}
