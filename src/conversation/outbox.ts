/** What is to be said: planned in the transaction of what led to it, each for a place or a person. Owns `outbox`, with ledger.ts. */
import { z } from 'zod';
import type { Queryable } from '../db/database.ts';
import { selectAll, selectOptional, toJsonb } from '../db/rows.ts';
import { parseActionId, Reply, type Addressed, type Place, type ReplyParts } from './contract.ts';

/** For how long after its input an answer is of use: so long it is tried. */
export const ofUse = '1 hour';
/** For how long what is owed to somebody is tried: a reminder, a question, a word about a record; over a long weekend. */
export const owedFor = '3 days';
/** However late an answer was made, it is tried for so long. */
const atLeast = '10 minutes';

/** What the clock brings stands in the inbox under this name, beside the platforms. */
export const clockPlatform = 'clock';

/** An input whose replies are planned: what of it decides where they go. */
export interface Speaking {
  inputId: number;
  platform: string;
  place: Place;
  /** Null for somebody who is no person of ours. */
  personId: number | null;
  /** The platform's id of the person. */
  user: string;
  /** Receipt of the card whose button was pressed. */
  card: string | null;
  /** The message whose place the first reply takes: the answer to words that were edited since. */
  edits: number | null;
  channelOf(address: string): string;
}

interface Planned {
  /** Somebody who did not ask is waiting for it, or ought to know it. */
  owed: boolean;
  /** An edit that nobody waits for. */
  quiet?: boolean;
  to: 'here' | 'ephemeral' | { personId: number };
  reply: ReplyParts;
  edits: { id: number; receipt: string | null } | null;
}

/** Plans the replies of one input, inside its transaction. */
export async function planReplies(tx: Queryable, speaking: Speaking, said: Addressed[]): Promise<void> {
  const { inputId, platform, place, user, channelOf } = speaking;
  const planned: Planned[] = [];
  for (const addressed of said) planned.push(await plan(tx, speaking, addressed, planned.length === 0));
  await insert(
    tx,
    inputId,
    planned.map(({ to, reply, edits, owed, quiet = false }, at) => {
      const here = to === 'here' || to === 'ephemeral';
      return {
        platform: here ? platform : null,
        address: here ? place.address : null,
        channel: here ? channelOf(place.address) : null,
        personId: here ? null : to.personId,
        ephemeralTo: to === 'ephemeral' ? user : null,
        edits: edits?.id ?? null,
        receipt: edits?.receipt ?? null,
        owed,
        quiet,
        reply,
        awaits: said[at]?.awaits ?? '',
      };
    }),
  );
}

/** Plans what a job says, inside its transaction. @throws Error for what is for no person: a job has no place and no asker */
export async function planForPeople(
  tx: Queryable,
  inputId: number,
  said: readonly Addressed[],
): Promise<void> {
  await insert(
    tx,
    inputId,
    said.map(({ to, reply, awaits = '' }) => {
      if (typeof to === 'string') throw new Error(`A job may speak to people only, not to the ${to}.`);
      return { ...nowhereYet, personId: to.personId, reply, awaits };
    }),
  );
}

interface Fresh {
  platform: string | null;
  address: string | null;
  channel: string | null;
  personId: number | null;
  ephemeralTo: string | null;
  edits: number | null;
  receipt: string | null;
  owed: boolean;
  quiet: boolean;
  reply: ReplyParts;
  /** Empty where it asks nothing. */
  awaits: string;
}

const nowhereYet = {
  platform: null,
  address: null,
  channel: null,
  ephemeralTo: null,
  edits: null,
  receipt: null,
  owed: true,
  quiet: false,
};

async function insert(tx: Queryable, inputId: number, planned: readonly Fresh[]): Promise<void> {
  const rows = planned.map((fresh, ordinal) => ({ ...fresh, ordinal, reply: Reply.parse(fresh.reply) }));
  await tx.query(
    `insert into outbox (inbox_id, ordinal, platform, address, channel, person_id, whisper_to, edits, receipt,
       reply, awaits, owed, quiet, give_up_at)
     select inbox.id, ordinal + coalesce((select max(ordinal) + 1 from outbox where inbox_id = $1), 0),
       fresh.platform, fresh.address, channel, "personId", "ephemeralTo", edits, receipt, reply, awaits, owed, quiet,
       case when owed then now() + interval '${owedFor}'
         else greatest(fresh_since + interval '${ofUse}', now() + interval '${atLeast}') end
     from inbox, jsonb_to_recordset($2::jsonb) as fresh(ordinal integer, platform text, address text,
       channel text, "personId" integer, "ephemeralTo" text, edits bigint, receipt text, owed boolean,
       quiet boolean, reply jsonb, awaits text)
     where inbox.id = $1`,
    [inputId, toJsonb(rows)],
  );
}

async function plan(
  tx: Queryable,
  { platform, place, personId, card, edits }: Speaking,
  { to, reply, settles, replacesCard, redraws }: Addressed,
  isFirst: boolean,
): Promise<Planned> {
  if (redraws !== undefined) return { owed: true, quiet: true, to: 'here', reply, edits: redraws };
  if (typeof to === 'object') return { owed: true, to, reply, edits: null };
  const direct = place.audience === 'direct';
  const onCard = settles !== undefined || replacesCard === true;
  if (onCard && card !== null && (direct || to === 'place')) {
    const shown = await selectShown(tx, platform, place.address, card);
    if (shown !== null)
      return {
        owed: false,
        to: 'here',
        reply: replacesCard === true ? reply : settled(shown.reply, reply, settles ?? []),
        edits: { id: shown.id, receipt: card },
      };
  }
  if (to === 'asker' && !direct) {
    const inPassing = onCard || reply.form != null || reply.notice === 'refused';
    return {
      owed: false,
      to: inPassing || personId === null ? 'ephemeral' : { personId },
      reply,
      edits: null,
    };
  }
  return {
    owed: false,
    to: 'here',
    reply,
    edits: isFirst && edits !== null ? { id: edits, receipt: null } : null,
  };
}

/** The card as it was, without the buttons that are done with, and with what became of it. */
function settled(card: Reply, { text }: ReplyParts, commands: readonly string[]): ReplyParts {
  const stays = ({ id }: { id: string }) => !commands.includes(parseActionId(id).command);
  return { ...card, buttons: card.buttons.filter(stays), note: text };
}

/**
 * A message of ours to one person says something else from now on: as it is sent, where it still waits, else by an edit, which pings
 * nobody. Where the input has that message in hand already nothing is done.
 *
 * @param cause  the input that the message came of
 * @param draw   what it says now, and whether it is not worth sending any more; null to leave it as it is
 */
export async function redraw(
  tx: Queryable,
  inputId: number,
  cause: number,
  draw: (shown: Reply) => Promise<{ reply: ReplyParts; isOver: boolean } | null>,
): Promise<void> {
  const Row = z.object({ id: z.number(), platform: z.string().nullable(), address: z.string().nullable(), receipt: z.string().nullable(), state: z.string(), reply: Reply }); // prettier-ignore
  const row = await selectOptional(tx, Row, 'select id, platform, address, receipt, state, reply from outbox where inbox_id = $1 and ordinal = 0 for update', [cause]); // prettier-ignore
  if (row?.state === 'planned') {
    const drawn = await draw(row.reply);
    if (drawn !== null)
      await tx.query(
        `update outbox set reply = $2, state = case when $3 then 'withdrawn' else state end, ended_at = case when $3 then now() end
         where id = $1`,
        [row.id, toJsonb(Reply.parse(drawn.reply)), drawn.isOver],
      );
  }
  const { platform, address, receipt } = row ?? {};
  if (row?.state !== 'sent' || platform == null || address == null || receipt == null) return;
  const shown = await selectShown(tx, platform, address, receipt);
  const drawn = shown === null ? null : await draw(shown.reply);
  if (drawn === null) return;
  await tx.query(
    `insert into outbox (inbox_id, ordinal, platform, address, channel, edits, receipt, reply, awaits, owed, quiet, give_up_at)
     select $1, coalesce((select max(ordinal) + 1 from outbox where inbox_id = $1), 0), platform, address, channel, id, receipt, $3, '', true, true,
       now() + interval '${ofUse}'
     from outbox where id = $2 and not exists (select from outbox own where own.inbox_id = $1 and own.receipt = outbox.receipt)`,
    [inputId, row.id, toJsonb(Reply.parse(drawn.reply))],
  );
}

/** What these inputs caused, and nobody has begun to send, is never sent. @returns those of them of which something was */
export async function withdrawPlanned(tx: Queryable, inputs: readonly number[]): Promise<number[]> {
  const rows = await selectAll(
    tx,
    z.object({ inboxId: z.number() }),
    `update outbox set state = 'withdrawn', ended_at = now() where inbox_id = any($1) and state = 'planned' and edits is null
     returning inbox_id`,
    [inputs],
  );
  return rows.map(({ inboxId }) => inboxId);
}

const Shown = z.object({ id: z.number(), reply: Reply });

/** What a message of ours says now, whichever edit of it came last; nothing once its words are past their retention. */
export function selectShown(
  tx: Queryable,
  platform: string,
  address: string,
  receipt: string,
): Promise<z.infer<typeof Shown> | null> {
  return selectOptional(
    tx,
    Shown,
    `select id, reply from outbox
     where platform = $1 and address = $2 and receipt = $3
       and state in ('planned', 'sending', 'sent', 'unknown')
       and reply <> '{"text": ""}'
     order by id desc limit 1`,
    [platform, address, receipt],
  );
}

/** The input that caused a message of ours. */
export async function selectCause(tx: Queryable, platform: string, receipt: string): Promise<number | null> {
  const row = await selectOptional(
    tx,
    z.object({ inboxId: z.number() }),
    'select inbox_id from outbox where platform = $1 and receipt = $2 order by id limit 1',
    [platform, receipt],
  );
  return row?.inboxId ?? null;
}

/** @returns newest first, each with whether it asks for the words that follow it */
export async function selectRecentReplies(
  tx: Queryable,
  platform: string,
  address: string,
): Promise<(Reply & { asks?: boolean })[]> {
  const rows = await selectAll(
    tx,
    z.object({ reply: Reply, asks: z.boolean() }),
    `select reply, coalesce(awaits, '') <> '' as asks from outbox where platform = $1 and address = $2 and state in ('sent', 'unknown')
       and not quiet
     order by ended_at desc, id desc limit 20`,
    [platform, address],
  );
  return rows.map(({ reply, asks }) => ({ ...reply, asks }));
}

/** What the last input that was answered there led to, in its order. */
export function selectLastAnswer(
  tx: Queryable,
  platform: string,
  address: string,
): Promise<{ receipt: string; reply: Reply }[]> {
  return selectAll(
    tx,
    z.object({ receipt: z.string(), reply: Reply }),
    `select receipt, reply from outbox where platform = $1 and address = $2 and state = 'sent' and not quiet
       and inbox_id = (select max(inbox_id) from outbox where platform = $1 and address = $2 and state = 'sent')
     order by ordinal`,
    [platform, address],
  );
}
