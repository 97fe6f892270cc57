/** What becomes of evidence that was asked for: brought, looked at, accepted or sent back, given to an auditor, and run out by the clock. */
import { z } from 'zod';
import type { Queryable } from '../../db/database.ts';
import { selectAll } from '../../db/rows.ts';
import { Refusal } from '../../errors.ts';
import { addDays, addMonths, dayOf, inFull } from '../../language/calendar.ts';
import { broughtThere, required, type CommandContext } from '../../records/command-context.ts';
import {
  ageEvidenceOf,
  judgeEvidenceOf,
  keepEvidence,
  selectEvidence,
  type Evidence,
  type EvidenceItem,
} from '../../records/evidence.ts';
import { lookSoon } from '../../records/nudge-agenda.ts';
import { selectSetting } from '../../records/setting.ts';
import {
  evidenceRequests,
  requestStates,
  selectRequestFacts,
  type EvidenceRequest,
} from './evidence-request.ts';

/** The name under which its pieces are kept. */
const purpose = 'evidence_request';

/** Locked, for whoever may make the move now. @throws Refusal that says what is so, what is missing, or whose it is */
async function lockFor(tx: Queryable, command: CommandContext, id: number, move: string) {
  const row = await evidenceRequests.lock(tx, id);
  const facts = await selectRequestFacts(tx, row);
  const step = requestStates.step(move, row, facts);
  if (step === null)
    throw new Refusal(
      `${row.reference} is ${row.state.replace('_', ' ')} ${broughtThere(command, row)}: that cannot be done with it now.`,
    );
  await requestStates.by(move, row.state)?.refuseUnless(tx, command, row, facts);
  if (step.lacks.length > 0) throw new Refusal(`${row.reference} lacks ${step.lacks.join(', ')} for that.`);
  return { row, moved: { from: row.state, to: step.to }, record: evidenceRequests.nameOf(row) };
}

/**
 * What is brought once something counted already is another revision of it.
 *
 * @param datedOn  the day from which it speaks; null for today
 * @returns the request, and what it was before
 * @throws Refusal where it is what was there before
 */
export async function bringEvidence(
  tx: Queryable,
  command: CommandContext,
  id: number,
  items: readonly EvidenceItem[],
  datedOn: string | null,
): Promise<{ row: EvidenceRequest; before: EvidenceRequest }> {
  const { row, moved, record } = await lockFor(tx, command, id, 'bring');
  if (items.length === 0) throw new Refusal(`${row.reference} needs a file or a link.`);
  const today = dayOf(command.at, command.actor.timeZone);
  if (datedOn !== null && datedOn > today) throw new Refusal(`${inFull(datedOn)} is still to come: evidence speaks of what has been.`);
  const isRevision = ['accepted', 'expiring', 'expired'].includes(row.state);
  const known = isRevision ? (await selectEvidence(tx, [record])).filter(({ state }) => state !== 'rejected') : [];
  const fresh = items.filter((item) => !known.some((piece) => isSame(piece, item)));
  if (fresh.length === 0)
    throw new Refusal(`That is what ${row.reference} has already. Bring a newer one.`);
  const left = [...known];
  for (const item of fresh) {
    const named = left.findIndex(({ fileName }) => item.kind === 'file' && fileName === item.fileName);
    const [revised = null] = left.splice(Math.max(0, named), 1);
    await keepEvidence(tx, command, record, purpose, item, revised);
  }
  const changed = await evidenceRequests.change(
    tx,
    command,
    row,
    { ...(moved.from === moved.to ? {} : { state: moved.to, state_reason: null }), dated_on: datedOn ?? today },
    () => ({ action: 'evidence_request.brought', detail: { ...moved, pieces: fresh.length } }),
  );
  return { row: changed, before: row };
} // prettier-ignore

function isSame(piece: Evidence, item: EvidenceItem): boolean {
  return item.kind === 'file' ? piece.sha256 === item.sha256 : piece.address === item.address;
}

/** Nothing changes where somebody looks at it already. */
export async function beginReview(
  tx: Queryable,
  command: CommandContext,
  id: number,
): Promise<EvidenceRequest> {
  const { row, moved, record } = await lockFor(tx, command, id, 'review');
  if (row.state === moved.to) return row;
  await judgeEvidenceOf(tx, command, record, 'in_review');
  return evidenceRequests.change(tx, command, row, { state: moved.to }, () => ({
    action: 'evidence_request.looked_at',
    detail: moved,
  }));
}

/** It counts from the day of which it speaks. @throws Refusal where it has run out before it counted */
export async function acceptEvidence(
  tx: Queryable,
  command: CommandContext,
  id: number,
): Promise<EvidenceRequest> {
  const { actor, at } = command;
  const { row, moved, record } = await lockFor(tx, command, id, 'accept');
  const today = dayOf(at, actor.timeZone);
  const until = row.months === null ? null : addMonths(row.datedOn ?? today, row.months);
  if (until !== null && until < today)
    throw new Refusal(
      `What was brought speaks of ${inFull(row.datedOn ?? today)} and would have counted until ${inFull(until)}. Send it back and ask for a newer one.`,
    );
  await judgeEvidenceOf(tx, command, record, 'accepted');
  const accepted = {
    accepted_at: at,
    accepted_by: actor.id,
    accepted_by_name: actor.name,
    expires_on: until,
  };
  return evidenceRequests.change(tx, command, row, { state: moved.to, ...accepted }, () => ({
    action: 'evidence_request.accepted',
    detail: { ...moved, until },
  }));
}

/** Its owner is told by the caller. */
export async function sendBack(
  tx: Queryable,
  command: CommandContext,
  id: number,
  reason: string,
): Promise<EvidenceRequest> {
  const { row, moved, record } = await lockFor(tx, command, id, 'reject');
  const why = required(reason, 'Why it does not do', 1_000);
  await judgeEvidenceOf(tx, command, record, 'rejected');
  // What an auditor was given and would not take is given anew.
  const values = {
    state: moved.to,
    state_reason: why,
    told_at: command.at,
    given_at: null,
    given_by: null,
    given_by_name: null,
  };
  await lookSoon(tx, [row.ownerId], command.at);
  return evidenceRequests.change(tx, command, row, values, () => ({
    action: 'evidence_request.rejected',
    detail: { ...moved, reason: why },
  }));
}

/** What the owner brought by mistake counts for nothing. */
export async function dropBrought(
  tx: Queryable,
  command: CommandContext,
  row: EvidenceRequest,
): Promise<void> {
  await judgeEvidenceOf(tx, command, evidenceRequests.nameOf(row), 'rejected');
}

/** From then on the auditor who asked may open it. */
export async function giveEvidence(
  tx: Queryable,
  command: CommandContext,
  id: number,
): Promise<EvidenceRequest> {
  const { actor, at } = command;
  const { row } = await lockFor(tx, command, id, 'give');
  const given = { given_at: at, given_by: actor.id, given_by_name: actor.name };
  return evidenceRequests.change(tx, command, row, given, () => ({
    action: 'evidence_request.given',
    detail: {},
  }));
}

const Aged = z.object({ id: z.number(), version: z.number() });

/** Those of which the clock has something to say, on the organisation's days. */
export async function selectAged(tx: Queryable, now: Date): Promise<z.infer<typeof Aged>[]> {
  return selectAll(
    tx,
    Aged,
    `select id, version from evidence_request
     where (state in ('accepted', 'expiring') and expires_on < $1::date) or (state = 'accepted' and expires_on <= $2::date) order by id`,
    await daysOf(tx, now),
  );
} // prettier-ignore

/** Today, and the last day of what runs out soon. */
async function daysOf(tx: Queryable, now: Date): Promise<[today: string, soon: string]> {
  const { timeZone } = await selectSetting(tx, 'working_time');
  const { expiringDays } = await selectSetting(tx, 'evidence.requests');
  const today = dayOf(now, timeZone);
  return [today, addDays(today, expiringDays)];
}

/** By the clock and by nobody. Nothing changes where it was renewed meanwhile. */
export async function age(tx: Queryable, now: Date, id: number): Promise<void> {
  const row = await evidenceRequests.lock(tx, id);
  const [today, soon] = await daysOf(tx, now);
  const { expiresOn: until, state: from } = row;
  if (until === null || (from !== 'accepted' && from !== 'expiring')) return;
  const to = until < today ? 'expired' : 'expiring';
  if (to === from || until > soon) return;
  const command: CommandContext = {
    actor: { id: 0, name: '', roles: [], timeZone: 'UTC' },
    at: now, inputId: null, link: null, through: 'system:clock',
  }; // prettier-ignore
  await lookSoon(tx, [row.ownerId], now);
  await ageEvidenceOf(tx, command, evidenceRequests.nameOf(row), to);
  await evidenceRequests.change(tx, command, row, { state: to, state_by: null, state_by_name: null }, () => ({
    action: `evidence_request.${to}`,
    detail: { from, to, until },
  }));
}
