/**
 * Codes by which people without chat are known in a browser, one a person. Owns `screen_code`. A code is shown once, when it is made:
 * by its first letters it is found, and of the others a slow hash is kept.
 */
import { randomBytes, randomInt, scrypt, timingSafeEqual } from 'node:crypto';
import { promisify } from 'node:util';
import { z } from 'zod';
import { appendAudit } from '../db/audit.ts';
import type { Queryable } from '../db/database.ts';
import { selectAll, selectOptional } from '../db/rows.ts';
import { Refusal } from '../errors.ts';

/** No two of them look alike, in no script and on no print, and no vowel makes a word of them. */
const letters = 'CDFGHJKMNPQRTWXY34679';
const selectorLength = 4;
/** 35 bits: a hash of each must be guessed, and through the door a few hundred tries an hour are heard. */
const secretLength = 8;
const wholeCode = new RegExp(`^[${letters}]{${selectorLength + secretLength}}$`);

export const screenPlatform = 'screen';

/** 16 MB and some 40 ms a code. */
const cost = { N: 2 ** 14, r: 8, p: 1 };
const hashed = promisify(
  (secret: string, salt: Uint8Array, done: (error: Error | null, hash: Buffer) => void) =>
    scrypt(secret, salt, 32, cost, done),
);

export interface MadeCode {
  personId: number;
  /** To be shown once: `KMNP-3467-QRTW`. */
  code: string;
  selector: string;
  salt: Buffer;
  hash: Buffer;
}

const drawn = (length: number) =>
  Array.from({ length }, () => letters.charAt(randomInt(letters.length))).join('');

/** Takes some 40 ms a person, so that it is done before the transaction that keeps them. */
export async function makeCodes(
  tx: Queryable,
  people: readonly number[],
  onProgress: (done: number, total: number, name: string) => void = () => {},
): Promise<MadeCode[]> {
  const known = await selectAll(tx, z.object({ selector: z.string() }), 'select selector from screen_code');
  const taken = new Set(known.map(({ selector }) => selector));
  const made: MadeCode[] = [];
  for (const personId of new Set(people)) {
    let selector = drawn(selectorLength);
    while (taken.has(selector)) selector = drawn(selectorLength);
    taken.add(selector);
    const secret = drawn(secretLength);
    const salt = randomBytes(16);
    const code = [selector, secret.slice(0, 4), secret.slice(4)].join('-');
    made.push({ personId, code, selector, salt, hash: await hashed(secret, salt) });
    onProgress(made.length, people.length, 'codes');
  }
  return made;
}

/**
 * A code of before ends, and whoever sits there with it is asked for the new one; who has left meanwhile gets none.
 *
 * @param since  when it was offered to make them. @throws Refusal where some of them were made after it: that sheet counts
 */
export async function keepCodes(
  tx: Queryable,
  made: readonly MadeCode[],
  { actor, at }: { actor: string; at: Date },
  since = at,
): Promise<void> {
  await tx.query('lock table screen_code in share row exclusive mode');
  const newer = await tx.query('select from screen_code where made_at >= $1 and person_id = any($2)', [
    since,
    made.map(({ personId }) => personId),
  ]);
  if ((newer.rowCount ?? 0) > 0)
    throw new Refusal(
      'These codes were made a moment ago, and that sheet counts. Ask me again for new ones.',
    );
  const kept = await selectAll(
    tx,
    z.object({ personId: z.number() }),
    `insert into screen_code (person_id, selector, salt, hash, made_at)
     select person.id, selector, decode(salt, 'base64'), decode(hash, 'base64'), $2
     from jsonb_to_recordset($1::jsonb) as made("personId" integer, selector text, salt text, hash text)
       join person on person.id = "personId" and person.active
     on conflict (person_id) do update set selector = excluded.selector, salt = excluded.salt,
       hash = excluded.hash, made_at = excluded.made_at
     returning person_id`,
    [
      JSON.stringify(
        made.map((each) => ({
          personId: each.personId,
          selector: each.selector,
          salt: each.salt.toString('base64'),
          hash: each.hash.toString('base64'),
        })),
      ),
      at,
    ],
  );
  const people = kept.map(({ personId }) => personId);
  await tx.query('delete from screen_session where person_id = any($1)', [people]);
  if (people.length > 0)
    await appendAudit(tx, {
      actor,
      action: 'screen_code.made',
      record: 'screen_code',
      detail: { people },
      at,
    });
}

/** Nobody gets in any more as one of them. */
export async function endCodes(tx: Queryable, people: readonly number[]): Promise<void> {
  await tx.query('delete from screen_code where person_id = any($1)', [people]);
  await tx.query('delete from screen_session where person_id = any($1)', [people]);
}

const Kept = z.object({
  personId: z.number(),
  salt: z.instanceof(Uint8Array),
  hash: z.instanceof(Uint8Array),
});
/** Compared with where no such code is, so that it takes as long as a wrong one. */
const nobody = { personId: null, salt: new Uint8Array(16), hash: new Uint8Array(32) };

/** @param said  as it was typed. @returns whose code it is, of those who work here; null for nobody's, known or unknown alike */
export async function personOfCode(tx: Queryable, said: string): Promise<number | null> {
  const code = said.toUpperCase().replace(/[^\p{L}\p{N}]/gu, '');
  const isWhole = wholeCode.test(code);
  const kept = await selectOptional(
    tx,
    Kept,
    `select person_id, salt, hash from screen_code join person on person.id = person_id and person.active
     where selector = $1`,
    [isWhole ? code.slice(0, selectorLength) : ''],
  );
  const { personId, salt, hash } = kept ?? nobody;
  const isSame = timingSafeEqual(await hashed(isWhole ? code.slice(selectorLength) : '', salt), hash);
  return isSame ? personId : null;
}

const Without = z.object({ id: z.number(), name: z.string(), department: z.string().nullable() });
export type WithoutChat = z.infer<typeof Without>;

/** Who works here and has never written in a chat, by department and name. @param department  of it alone; null for all */
export function selectWithoutChat(tx: Queryable, department: string | null): Promise<WithoutChat[]> {
  return selectAll(
    tx,
    Without,
    `select id, name, department from person
     where active and ($1::text is null or lower(department) = lower($1))
       and not exists (select from identity where person_id = person.id and platform <> '${screenPlatform}')
     order by department nulls last, name, id`,
    [department],
  );
}

/** Of these, who works here. */
export function selectWorking(tx: Queryable, people: readonly number[]): Promise<WithoutChat[]> {
  return selectAll(
    tx,
    Without,
    'select id, name, department from person where active and id = any($1) order by department nulls last, name, id',
    [people],
  );
}
