/**
 * Who sits at a shared screen: let in by a code, known by a cookie, gone when they say so or press nothing for three minutes. Owns
 * `screen_session` and `screen_try`, where all processes count together how many codes were wrong.
 */
import { createHash, randomBytes } from 'node:crypto';
import { z } from 'zod';
import { appendAudit } from '../db/audit.ts';
import type { Database, Queryable } from '../db/database.ts';
import { selectOne, selectOptional } from '../db/rows.ts';
import { personOfCode, screenPlatform } from './screen-code.ts';

/** Somebody who walks away without a word leaves the screen to nobody else. */
const idle = "interval '3 minutes'";
/** Codes that may be wrong in ten minutes, from one address and in all: a team takes its turns, and 35 bits outlast it. */
const counted = "interval '10 minutes'";
const mostWrongHere = 10;
const mostWrong = 300;
/** In no tenant of anybody's. */
const tenant = 'local';

const Seated = z.object({
  personId: z.number(),
  name: z.string(),
  timeZone: z.string(),
  locale: z.string(),
});
type Seated = z.infer<typeof Seated>;

/** What the door asks. */
export function screenAccess(db: Database, clock: () => Date) {
  return {
    /**
     * A code is counted as wrong before it is looked at, and the count is taken back where it is right.
     *
     * @param source  network address of whoever types it
     * @returns what the browser is to keep; `wrong` for any other code; `later` where too many were
     */
    async open(code: string, source: string): Promise<{ token: string } | 'wrong' | 'later'> {
      const attempt = await countTry(db, hashOf(source), clock());
      if (attempt === null) return 'later';
      const personId = await personOfCode(db, code);
      if (personId === null) return 'wrong';
      const token = randomBytes(32).toString('base64url');
      await db.transaction(async (tx) => {
        await tx.query('delete from screen_try where id = $1', [attempt]);
        await seat(tx, personId, hashOf(token), clock());
      });
      return { token };
    },
    /** @returns who sits there; null where nobody does any more */
    async find(token: string) {
      const seated = await selectOptional(
        db,
        Seated,
        `select person.id as person_id, name, time_zone, locale from screen_session
         join person on person.id = person_id and active
         where token_hash = $1 and seen_at > $2::timestamptz - ${idle}`,
        [hashOf(token), clock()],
      );
      return seated === null ? null : { ...accountOf(seated), session: hashOf(token) };
    },
    /** Something was pressed: the three minutes begin anew. */
    async stay(token: string): Promise<void> {
      await db.query('update screen_session set seen_at = $2 where token_hash = $1', [
        hashOf(token),
        clock(),
      ]);
    },
    async close(token: string): Promise<void> {
      await db.query('delete from screen_session where token_hash = $1', [hashOf(token)]);
    },
  };
}

function hashOf(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}

function accountOf({ personId, name, timeZone, locale }: Seated) {
  return { platform: screenPlatform, tenant, user: String(personId), name, timeZone, locale };
}

/** @returns null where too many were wrong: that one does not count, so that nobody shuts out the others by going on */
async function countTry(db: Database, source: string, at: Date): Promise<number | null> {
  await db.query(`delete from screen_try where tried_at <= $1::timestamptz - ${counted}`, [at]);
  const { id } = await selectOne(
    db,
    z.object({ id: z.number() }),
    'insert into screen_try (source, tried_at) values ($1, $2) returning id',
    [source, at],
  );
  // A statement of its own, after the row is there for all: of many at once each counts the others.
  const { here, inAll } = await selectOne(
    db,
    z.object({ here: z.number(), inAll: z.number() }),
    'select count(*) filter (where source = $1) as here, count(*) as in_all from screen_try',
    [source],
  );
  if (here <= mostWrongHere && inAll <= mostWrong) return id;
  await db.query('delete from screen_try where id = $1', [id]);
  return null;
}

/** The account that the core knows them by is theirs from the first time on; it takes no messages. */
async function seat(tx: Queryable, personId: number, tokenHash: string, at: Date): Promise<void> {
  await tx.query(`delete from screen_session where seen_at <= $1::timestamptz - ${idle}`, [at]);
  await tx.query(
    'insert into screen_session (token_hash, person_id, opened_at, seen_at) values ($1, $2, $3, $3)',
    [tokenHash, personId, at],
  );
  await tx.query(
    `insert into identity (platform, tenant, user_id, person_id, seen_at, looked_at) values ($1, $2, $3, $4, $5, now())
     on conflict (platform, tenant, user_id) do update set person_id = excluded.person_id`,
    [screenPlatform, tenant, String(personId), personId, at],
  );
  await appendAudit(tx, {
    actor: `person:${personId}`,
    action: 'screen.opened',
    record: `person:${personId}`,
    detail: {},
    at,
  });
}
