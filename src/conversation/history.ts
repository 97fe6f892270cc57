/** The last words of a conversation, so that a follow-up is understood. Owns `message`. */
import { z } from 'zod';
import type { Queryable } from '../db/database.ts';
import { selectAll, selectOptional, storable } from '../db/rows.ts';
import type { History } from './answerer.ts';
import { shortened } from '../language/text.ts';
import { Reply, type ReplyParts } from './contract.ts';

/** A question after a longer pause is a new one. */
const pause = "interval '2 hours'";
const longestKept = 2_000;
/** Characters of what was shown, and lines of a list, that a next question may speak of. */
const longestShown = 800;
const mostLines = 6;

const Message = z.object({ author: z.enum(['person', 'isma']), text: z.string() });

/** @returns up to six messages, oldest first */
export async function selectHistory(tx: Queryable, address: string, now: Date): Promise<History> {
  const rows = await selectAll(
    tx,
    Message,
    `select author, text from (select id, author, text from message where address = $1
       and at > $2::timestamptz - ${pause} and at <= $2
     order by id desc limit 6) recent order by id`,
    [address, now],
  );
  return rows;
}

export async function appendHistory(
  tx: Queryable,
  address: string,
  now: Date,
  messages: History,
): Promise<void> {
  await tx.query(
    `insert into message (address, author, text, at) select $1, author, text, $4
     from unnest($2::text[], $3::text[]) as fresh(author, text)`,
    [
      address,
      messages.map((message) => message.author),
      messages.map((message) => storable(message.text.slice(0, longestKept))),
      now,
    ],
  );
}

/** A reply as the next question may speak of it: its words, the values of its card, the first lines of its list. */
export function wordsShown({ text, line, passages = [], facts = [], items = [], table }: ReplyParts): string {
  const lines = [
    text,
    line ?? '',
    ...passages.flatMap((passage) => (passage.folded === true ? [] : [passage.text])),
    ...facts.map(({ label, value }) => `${label}: ${value}`),
    ...items.slice(0, mostLines).map((item) => [item.text, item.detail].filter(Boolean).join(' · ')),
    ...(table?.rows ?? []).slice(0, mostLines).map((row) => row.join(' | ')),
  ];
  return shortened(lines.filter((line) => line !== '').join('\n'), longestShown);
}

/**
 * The input that caused the last message that was delivered to an address: what the person there sees above their own words.
 *
 * @param before  the input of those words: what came after it may be answered sooner, and is not what they are about
 */
export async function selectLastCause(
  tx: Queryable,
  address: string,
  before: number,
): Promise<number | null> {
  const last = await selectOptional(
    tx,
    z.object({ inboxId: z.number() }),
    `select inbox_id from outbox
     where address = $1 and state in ('sent', 'unknown') and edits is null and inbox_id < $2
     order by ended_at desc, id desc limit 1`,
    [address, before],
  );
  return last?.inboxId ?? null;
}

/** What was said at an address because of an input, whatever its cards say by now, newest first. */
export async function selectSaidAt(tx: Queryable, address: string, inputId: number): Promise<Reply[]> {
  const rows = await selectAll(
    tx,
    z.object({ reply: Reply }),
    'select reply from outbox where inbox_id = $1 and address = $2 order by id desc limit 5',
    [inputId, address],
  );
  return rows.map(({ reply }) => reply);
}
