/** What whoever had something sent to a person is told where it does not reach them: on the card that spoke of it, once. */
import { z } from 'zod';
import type { Queryable } from '../db/database.ts';
import { selectOptional, toJsonb } from '../db/rows.ts';
import { Reply } from './contract.ts';
import { planWord, type ToDeliver } from './ledger.ts';
import { owedFor } from './outbox.ts';

const Shown = z.object({ id: z.number(), receipt: z.string().nullable(), reply: Reply });

/**
 * An edit of the first card that the input led to where it came from, as that card is now; with the buttons that the message has for
 * whoever had it sent. Where there is no such card, a word of its own.
 */
export async function planUnreached(tx: Queryable, item: ToDeliver, words: string): Promise<void> {
  const { otherwise } = item.reply;
  const card = await selectCard(tx, item);
  if (card === null) return planWord(tx, item, { text: words, notice: 'failed', buttons: otherwise });
  const note = card.reply.note ?? '';
  if (note.includes(words)) return;
  const offered = otherwise.filter(({ id }) => !card.reply.buttons.some((button) => button.id === id));
  const reply = {
    ...card.reply,
    note: note === '' ? words : `${note}\n${words}`,
    buttons: [...card.reply.buttons, ...offered],
  };
  await tx.query(
    `insert into outbox (inbox_id, ordinal, platform, address, channel, edits, receipt, reply, owed, give_up_at)
     select $1, (select max(ordinal) + 1 from outbox where inbox_id = $1), platform, address, channel, id, $3, $4, true,
       now() + interval '${owedFor}'
     from outbox where id = $2`,
    [item.inboxId, card.id, card.receipt, toJsonb(Reply.parse(reply))],
  );
}

/** Locked, so that of two who cannot be reached neither is forgotten. Null where the very person is there who is not reached. */
async function selectCard(
  tx: Queryable,
  { inboxId, personId }: ToDeliver,
): Promise<z.infer<typeof Shown> | null> {
  const first = await selectOptional(
    tx,
    Shown,
    `select outbox.id, receipt, reply from outbox join inbox on inbox.id = inbox_id
     where inbox_id = $1 and outbox.person_id is null and whisper_to is null and missed_inputs is null
       and outbox.address = inbox.address and outbox.state in ('planned', 'sending', 'sent')
       and not exists (select from identity where identity.person_id = $2 and platform = inbox.platform
         and user_id = inbox.input -> 'sender' ->> 'user')
     order by ordinal limit 1 for update of outbox`,
    [inboxId, personId],
  );
  if (first === null) return null;
  return selectOptional(
    tx,
    Shown,
    `select newest.id, coalesce(newest.receipt, $2) as receipt, newest.reply from outbox newest join outbox first on first.id = $1
     where newest.platform = first.platform and newest.address = first.address
       and (newest.receipt = $2 or newest.edits = $1 or newest.id = $1)
       and newest.state in ('planned', 'sending', 'sent') and newest.reply <> '{"text": ""}'
     order by newest.id desc limit 1`,
    [first.id, first.receipt],
  );
}
