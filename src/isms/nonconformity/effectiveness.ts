/** Whether it worked (10.2 d): checked when it is due, by nobody who owns one of its actions. Owns `effectiveness_check`. */
import { z } from 'zod';
import type { Queryable } from '../../db/database.ts';
import { selectAll, storable } from '../../db/rows.ts';
import { Refusal } from '../../errors.ts';
import { dayInWords, dayOf } from '../../language/calendar.ts';
import { required, type CommandContext } from '../../records/command-context.ts';
import { selectActionOwners } from '../corrective-action/corrective-action.ts';
import { lockFor, wrongState } from './gate.ts';
import { change, Nonconformity, recordOf } from './nonconformity.ts';
import { unapproved } from './plan.ts';
import { keepRound } from './rounds.ts';

export const results = ['effective', 'partly', 'not'] as const;

export const EffectivenessCheck = z.object({
  id: z.number(),
  nonconformityId: z.number(),
  cycle: z.number(),
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
  /** e: whether the ISMS itself has to change, and what. */
  ismsChangeNeeded: boolean;
  ismsChange?: string | null;
}

/** Effective closes it. Anything less leads back to the cause, where a new plan begins. */
export async function checkEffectiveness(
  tx: Queryable,
  command: CommandContext,
  reference: string,
  checked: Checked,
): Promise<Nonconformity> {
  const { nonconformity } = await lockFor(tx, command, reference, 'findEffective');
  const { id, cycle, criterion, checkDueOn } = nonconformity;
  if (criterion === null || checkDueOn === null) throw await wrongState(tx, command, nonconformity);
  if (dayOf(command.at, command.actor.timeZone) < checkDueOn) {
    throw new Refusal(
      `The check of ${nonconformity.reference} is due on ${dayInWords(checkDueOn)}: looked at earlier it would prove little. Whoever leads it can choose another day.`,
    );
  }
  const ismsChange = checked.ismsChangeNeeded
    ? required(checked.ismsChange, 'What has to change in the ISMS')
    : null;
  await tx.query(
    `insert into effectiveness_check (nonconformity_id, cycle, criterion, due_on, checked_by, checked_by_name,
       checked_at, method, result, findings)
     values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)`,
    [id, cycle, criterion, checkDueOn, command.actor.id, command.actor.name, command.at, storable(required(checked.method, 'How it was checked')),
      checked.result, storable(required(checked.findings, 'What was found'))], // prettier-ignore
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
        check_due_on: null,
      };
  const values = { isms_change_needed: checked.ismsChangeNeeded, isms_change: ismsChange, ...ended };
  return change(tx, command, nonconformity, values, () => {
    const to = effective ? 'closed' : 'cause_found';
    return [
      { action: 'nonconformity.checked', detail: { result: checked.result, cycle, ...kept } },
      { action: `nonconformity.${to}`, detail: { from: 'verifying', to, cycle } },
    ];
  });
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

/** Who is asked for the check: the chosen checker, else its approver, else an ISMS manager who is here and owns none of its actions; null where nobody is. */
export async function selectChecker(
  tx: Queryable,
  { id, checkerId, approverId }: Nonconformity,
): Promise<number | null> {
  const owners = await selectActionOwners(tx, recordOf({ id }));
  const able = await selectAll(
    tx,
    z.object({ id: z.number() }),
    `select id from person where active and not id = any($3)
       and (id in ($1, $2) or 'isms_manager' = any(roles))
     order by id is not distinct from $1 desc, id is not distinct from $2 desc, id limit 1`,
    [checkerId, approverId, owners],
  );
  return able[0]?.id ?? null;
}
