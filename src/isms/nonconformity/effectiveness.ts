/** Whether it worked (10.2 d): checked when it is due, by nobody who is involved. Owns `effectiveness_check`. */
import { z } from 'zod';
import type { Queryable } from '../../db/database.ts';
import { selectAll, storable, toJsonb } from '../../db/rows.ts';
import { Refusal } from '../../errors.ts';
import { dayInWords, dayOf } from '../../language/calendar.ts';
import { leaderNames, required, type CommandContext } from '../../records/command-context.ts';
import { selectActionsOf } from '../corrective-action/corrective-action.ts';
import { deadlineColumns } from './deadlines.ts';
import { andAll, closingLacks, lockFor, selectFacts, wrongState } from './gate.ts';
import { CauseStep, change, Nonconformity, recordOf } from './nonconformity.ts';
import { unanswered, unapproved } from './plan.ts';
import { keepRound } from './rounds.ts';
import { involvedIn } from './states.ts';

export const results = ['effective', 'partly', 'not'] as const;

export const EffectivenessCheck = z.object({
  id: z.number(),
  nonconformityId: z.number(),
  cycle: z.number(),
  round: z.number(),
  /** That it judged, as it was then. */
  rootCause: z.string().nullable(),
  causeChain: z.array(CauseStep),
  criterion: z.string(),
  dueOn: z.string(),
  checkedBy: z.number(),
  checkedByName: z.string(),
  checkedAt: z.date(),
  method: z.string(),
  result: z.enum(results),
  findings: z.string(),
});
export type EffectivenessCheck = z.infer<typeof EffectivenessCheck>;

export interface Checked {
  /** How it was looked at: sample, figure, test, interview. */
  method: string;
  result: (typeof results)[number];
  findings: string;
}

/** Effective closes it, once all that puts it right is done. Anything less leads back to the cause, where a new plan begins. */
export async function checkEffectiveness(
  tx: Queryable,
  command: CommandContext,
  reference: string,
  checked: Checked,
): Promise<Nonconformity> {
  const { nonconformity } = await lockFor(tx, command, reference, 'findEffective');
  const { id, cycle, round, criterion, checkDueOn, rootCause, causeChain } = nonconformity;
  if (criterion === null || checkDueOn === null) throw await wrongState(tx, command, nonconformity);
  if (dayOf(command.at, command.actor.timeZone) < checkDueOn) {
    throw new Refusal(
      `The check of ${nonconformity.reference} is due on ${dayInWords(checkDueOn)}: looked at earlier it would prove little. Whoever leads it can choose another day.`,
    );
  }
  const actions = await selectActionsOf(tx, recordOf({ id }), round);
  const lacks = checked.result === 'effective' ? closingLacks(nonconformity, actions) : [];
  if (lacks.length > 0)
    throw new Refusal(
      `${nonconformity.reference} cannot be closed yet, without ${andAll(lacks)}. ${await leaderNames(tx, nonconformity)} can see to that. Nothing was changed.`,
    );
  await tx.query(
    `insert into effectiveness_check (nonconformity_id, cycle, criterion, due_on, checked_by, checked_by_name,
       checked_at, method, result, findings, round, root_cause, cause_chain)
     values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)`,
    [id, cycle, criterion, checkDueOn, command.actor.id, command.actor.name, command.at, storable(required(checked.method, 'How it was checked')),
      checked.result, storable(required(checked.findings, 'What was found')), round, rootCause, toJsonb(causeChain)], // prettier-ignore
  );
  const effective = checked.result === 'effective';
  const kept = await keepRound(tx, command, nonconformity, 'checked');
  const ended = effective
    ? {
        state: 'closed',
        closed_by: command.actor.id,
        closed_by_name: command.actor.name,
        closed_at: command.at,
      }
    : {
        state: 'cause_found',
        round: nonconformity.round + 1,
        ...unapproved,
        ...unanswered,
        ...(await freshLimits(tx, command, nonconformity)),
        check_due_on: null,
      };
  return change(tx, command, nonconformity, ended, () => {
    const to = effective ? 'closed' : 'cause_found';
    return [
      { action: 'nonconformity.checked', detail: { result: checked.result, cycle, ...kept } },
      { action: `nonconformity.${to}`, detail: { from: 'verifying', to, cycle } },
    ];
  });
}

/** Another plan has our limits anew; those of the certification body go on. */
async function freshLimits(tx: Queryable, { at, actor }: CommandContext, nonconformity: Nonconformity) {
  const { source, identifiedOn } = nonconformity;
  if (source === 'external_audit') return {};
  return deadlineColumns(tx, nonconformity, { identifiedOn, enteredOn: dayOf(at, actor.timeZone) });
}

/** All checks of one, oldest first. */
export function selectChecks(
  tx: Queryable,
  { id }: Pick<Nonconformity, 'id'>,
): Promise<EffectivenessCheck[]> {
  return selectAll(
    tx,
    EffectivenessCheck,
    'select * from effectiveness_check where nonconformity_id = $1 order by id',
    [id],
  );
}

/** Non-conformities whose check is due, the longest due first. @param today  as 2026-11-25, where the organisation is */
export function selectDueChecks(tx: Queryable, today: string): Promise<Nonconformity[]> {
  return selectAll(
    tx,
    Nonconformity,
    `select * from nonconformity where state = 'verifying' and check_due_on <= $1
     order by check_due_on, id limit 500`,
    [today],
  );
}

/** Who is asked for the check: the chosen checker, else its approver, else an ISMS manager who is here and not involved; null where nobody is. */
export async function selectChecker(tx: Queryable, nonconformity: Nonconformity): Promise<number | null> {
  const { checkerId, approverId } = nonconformity;
  const able = await selectAll(
    tx,
    z.object({ id: z.number() }),
    `select id from person where active and not id = any($3)
       and (id in ($1, $2) or 'isms_manager' = any(roles))
     order by id is not distinct from $1 desc, id is not distinct from $2 desc, id limit 1`,
    [checkerId, approverId, involvedIn(nonconformity, await selectFacts(tx, nonconformity))],
  );
  return able[0]?.id ?? null;
}
