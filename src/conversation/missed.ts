/** What could not be said in time is told once the platform takes messages again: one message for all that a conversation missed. */
import { z } from 'zod';
import type { Queryable } from '../db/database.ts';
import { selectAll, selectOptional, toJsonb } from '../db/rows.ts';
import { actionId, Reply, type ReplyParts } from './contract.ts';
import { owedFor } from './outbox.ts';
import { shortened } from '../language/text.ts';

/** Questions that can be asked again with one press; the rest is counted. */
const mostButtons = 3;
/** Characters of a question, as it is repeated. */
const longestQuestion = 150;
/** Characters of a whole question that a button carries, so that its id fits. */
const longestAsked = 600;
/** Seconds in which more that was missed may join one message. */
const gathering = 60;

/** A message that was given up: which input it belongs to, and where it should have stood. */
export interface Missed {
  inboxId: number;
  platform: string;
  address: string;
  channel: string;
  personId: number | null;
  ephemeralTo: string | null;
}

/** In the transaction in which it is given up. In a channel only whoever asked is told. */
export async function notifyOfMissed(tx: Queryable, missed: Missed): Promise<void> {
  const { inboxId, platform, address, channel, personId } = missed;
  const ephemeralTo = missed.ephemeralTo ?? (personId === null ? await askerInChannel(tx, missed) : null);
  const open = await selectOptional(
    tx,
    z.object({ id: z.number(), missedInputs: z.array(z.coerce.number()) }),
    `select id, missed_inputs from outbox
     where missed_inputs is not null and state = 'planned' and platform = $1 and address = $2
       and whisper_to is not distinct from $3 order by id limit 1 for update`,
    [platform, address, ephemeralTo],
  );
  const inputs = [...new Set([...(open?.missedInputs ?? []), inboxId])];
  const reply = toJsonb(Reply.parse(await words(tx, inputs)));
  if (open !== null) {
    await tx.query('update outbox set missed_inputs = $2, reply = $3 where id = $1', [
      open.id,
      inputs,
      reply,
    ]);
    return;
  }
  await tx.query(
    `insert into outbox (inbox_id, ordinal, platform, address, channel, person_id, whisper_to, reply,
       missed_inputs, owed, give_up_at, run_after)
     select $1, coalesce(max(ordinal), -1) + 1, $2, $3, $4, $5, $6, $7, $8, true,
       now() + interval '${owedFor}', now() + interval '${gathering} seconds'
     from outbox where inbox_id = $1`,
    [inboxId, platform, address, channel, personId, ephemeralTo, reply, inputs],
  );
}

async function askerInChannel(tx: Queryable, { inboxId, address }: Missed): Promise<string | null> {
  const row = await selectOptional(
    tx,
    z.object({ asker: z.string().nullable() }),
    `select
       case when input -> 'place' ->> 'audience' = 'channel' then input -> 'sender' ->> 'user' end as asker
     from inbox where id = $1 and address = $2`,
    [inboxId, address],
  );
  return row?.asker ?? null;
}

const Asked = z.object({ text: z.string(), files: z.number() });

async function words(tx: Queryable, inputs: readonly number[]): Promise<ReplyParts> {
  const questions = await selectAll(
    tx,
    Asked,
    `select input ->> 'text' as text, coalesce(jsonb_array_length(input -> 'attachments'), 0) as files
     from inbox where id = any($1) and input ->> 'kind' = 'turn' order by id`,
    [inputs],
  );
  const lead = 'Something that I had for you here may not have got through.';
  const others = 'If you pressed a button, look at the record before you press it again.';
  if (questions.length === 0) return { text: `${lead} ${others}`, notice: 'failed' };

  const shown = questions.slice(-mostButtons);
  const more = questions.length - shown.length;
  return {
    text: [
      `${lead} Ask again where you still need it${more === 0 ? '' : `; ${more} earlier ones are not listed`}.`,
      ...(questions.length < inputs.length ? [others] : []),
    ].join(' '),
    notice: 'failed',
    items: shown.map(({ text, files }) => ({
      text: shortened(text.trim() || '(a file)', longestQuestion),
      button:
        files === 0 && text.length <= longestAsked && text.trim() !== ''
          ? { id: actionId('say', { text }), label: 'Ask again' }
          : null,
    })),
  };
}
