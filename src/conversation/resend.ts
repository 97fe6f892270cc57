/** An operator's second try, after somebody has looked at what went wrong: each is in the audit log. */
import './audit-events.ts';
import { z } from 'zod';
import { appendAudit } from '../db/audit.ts';
import type { Queryable } from '../db/database.ts';
import { selectAll, selectOptional } from '../db/rows.ts';
import { OperatorError } from '../errors.ts';
import { ofUse, owedFor } from './outbox.ts';

export interface Operator {
  actor: string;
  at: Date;
}

const Delivery = z.object({ state: z.string(), forgotten: z.boolean() });

/**
 * Sends what failed, or what nobody could tell of. The platform is asked once more first, where it can be; only then is what may
 * have arrived sent a second time.
 *
 * @param evenTwice  the operator takes it upon themselves that the person may see it twice
 * @throws OperatorError where there is nothing to send
 */
export async function resendDelivery(
  tx: Queryable,
  id: number,
  { actor, at }: Operator,
  evenTwice: boolean,
): Promise<void> {
  const found = await selectOptional(
    tx,
    Delivery,
    `select state, reply = '{"text": ""}' as forgotten from outbox where id = $1 for update`,
    [id],
  );
  if (found === null)
    throw new OperatorError(`There is no delivery ${id}. "isma status" shows what there is.`);
  const { state, forgotten } = found;
  if (state !== 'failed' && state !== 'unknown')
    throw new OperatorError(`Delivery ${id} is ${state}: only what failed or is unknown is sent again.`);
  if (forgotten)
    throw new OperatorError(`Delivery ${id} cannot be sent again: its words are past their retention.`);
  if (state === 'unknown' && !evenTwice)
    throw new OperatorError(
      `Delivery ${id} is unknown: it may have arrived, and then whoever got it sees it twice. Ask them first, or say --even-twice to send it all the same.`,
    );
  await tx.query(
    `update outbox set problem = null, ended_at = null, attempts = 0, run_after = now(),
       give_up_at = now() + case when owed then interval '${owedFor}' else interval '${ofUse}' end,
       ${
         state === 'unknown'
           ? `state = 'sending', insisted = true, looks = 1, doubtful_since = now() - interval '1 hour',
              lease_until = now() - interval '1 second'`
           : `state = 'planned', platform = case when person_id is null then platform end,
              address = case when person_id is null then address end,
              channel = case when person_id is null then channel end`
       }
     where id = $1`,
    [id],
  );
  await appendAudit(tx, {
    actor,
    action: 'delivery.resent',
    record: `delivery:${id}`,
    detail: { was: state },
    at,
  });
}

/** Runs what was put aside. @throws OperatorError where there is nothing to run */
export async function runInputAgain(tx: Queryable, id: number, { actor, at }: Operator): Promise<void> {
  const found = await selectOptional(
    tx,
    Delivery,
    'select state, input is null as forgotten from inbox where id = $1 for update',
    [id],
  );
  if (found === null) throw new OperatorError(`There is no input ${id}. "isma status" shows what there is.`);
  if (found.state !== 'dead')
    throw new OperatorError(
      `Input ${id} is ${found.state}: only what is dead is run again${found.state === 'quarantined' ? '; nobody could read this one' : ''}.`,
    );
  if (found.forgotten)
    throw new OperatorError(`Input ${id} cannot be run again: its words are past their retention.`);
  await tx.query(
    `update inbox set state = 'received', problem = null, ended_at = null, failures = 0, cut_offs = 0,
       waits = 0, run_after = now(), fresh_since = now(), draft = null, lane = 'quick'
     where id = $1`,
    [id],
  );
  await appendAudit(tx, { actor, action: 'input.run_again', record: `input:${id}`, at });
}

/** @returns how many deliveries and inputs were taken up */
export async function resendAll(
  tx: Queryable,
  operator: Operator,
  evenTwice: boolean,
): Promise<{ deliveries: number; inputs: number }> {
  const Id = z.object({ id: z.number() });
  const deliveries = await selectAll(
    tx,
    Id,
    `select id from outbox where state = any($1) and reply <> '{"text": ""}' order by id`,
    [evenTwice ? ['failed', 'unknown'] : ['failed']],
  );
  const inputs = await selectAll(
    tx,
    Id,
    "select id from inbox where state = 'dead' and input is not null order by id",
  );
  for (const { id } of deliveries) await resendDelivery(tx, id, operator, evenTwice);
  for (const { id } of inputs) await runInputAgain(tx, id, operator);
  return { deliveries: deliveries.length, inputs: inputs.length };
}
