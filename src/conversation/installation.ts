/** What the tenants of a platform let us in with, encrypted at rest. Owns table `installation`. */
import './audit-events.ts';
import { z } from 'zod';
import { appendAudit, type AuditEvent } from '../db/audit.ts';
import type { Database, Queryable } from '../db/database.ts';
import { selectAll, selectOne, selectOptional } from '../db/rows.ts';
import { createSecretBox } from './secret-box.ts';

/** Milliseconds that a process believes what it read: so long may another replica's removal go unseen. */
const cacheLife = 3 * 60_000;
/** Secrets of this many tenants are remembered; the one read longest ago is read again. */
const cacheSize = 1_000;

export interface Installations {
  /** Puts it in the place of the one before. @throws OperatorError where there is no key to encrypt it with */
  save(platform: string, tenant: string, secret: string): Promise<void>;
  /**
   * @returns null for a tenant that has not installed us, and where no key is set
   * @throws OperatorError where its key is missing, or the row was tampered with
   */
  find(platform: string, tenant: string): Promise<string | null>;
  /** Of a tenant that has none, nothing happens. */
  remove(platform: string, tenant: string): Promise<void>;
  tenants(platform: string): Promise<string[]>;
  /** Whether this is the first tenant of the platform that was ever asked about: of several at once one is, for good. */
  isFirst(platform: string, tenant: string): Promise<boolean>;
}

const Row = z.object({
  platform: z.string(),
  tenant: z.string(),
  keyId: z.string(),
  sealed: z.instanceof(Buffer),
});

/** @param keys  base64 of 32 bytes each, newest first: the first encrypts, any of them decrypts */
export function createInstallations(db: Database, keys: readonly string[], clock: () => Date): Installations {
  const box = createSecretBox(keys);
  const cache = new Map<string, { secret: string; until: number }>();
  const firsts = new Map<string, string>();
  let changes = 0;

  function forget(name: string) {
    changes += 1;
    cache.delete(name);
  }

  function remember(name: string, secret: string) {
    const [oldest] = cache.keys();
    if (cache.size >= cacheSize && oldest !== undefined) cache.delete(oldest);
    cache.set(name, { secret, until: clock().getTime() + cacheLife });
  }

  return {
    async save(platform, tenant, secret) {
      const { keyId, bytes } = box.seal(secret, [platform, tenant]);
      const at = clock();
      await db.transaction(async (tx) => {
        await tx.query(
          `insert into installation (platform, tenant, key_id, sealed, saved_at) values ($1, $2, $3, $4, $5)
           on conflict (platform, tenant) do update set key_id = excluded.key_id, sealed = excluded.sealed,
             saved_at = excluded.saved_at`,
          [platform, tenant, keyId, bytes, at],
        );
        await appendAudit(tx, {
          actor: 'system:installation',
          action: 'installation.saved',
          record: recordOf(platform, tenant),
          detail: { keyId },
          at,
        });
      });
      forget(nameOf(platform, tenant));
    },

    async find(platform, tenant) {
      if (box.keyId === null) return null;
      const name = nameOf(platform, tenant);
      const known = cache.get(name);
      if (known !== undefined && known.until > clock().getTime()) return known.secret;
      cache.delete(name);
      const before = changes;
      const row = await selectOptional(
        db,
        Row,
        'select platform, tenant, key_id, sealed from installation where platform = $1 and tenant = $2',
        [platform, tenant],
      );
      if (row === null) return null;
      const secret = box.open({ keyId: row.keyId, bytes: row.sealed }, [platform, tenant]);
      if (changes === before) remember(name, secret); // else it may be of the time before that change
      return secret;
    },

    async remove(platform, tenant) {
      await db.transaction(async (tx) => {
        const { rowCount } = await tx.query('delete from installation where platform = $1 and tenant = $2', [
          platform,
          tenant,
        ]);
        if (rowCount === 0) return;
        await appendAudit(tx, {
          actor: 'system:installation',
          action: 'installation.removed',
          record: recordOf(platform, tenant),
          at: clock(),
        });
      });
      forget(nameOf(platform, tenant));
    },

    async tenants(platform) {
      const rows = await selectAll(
        db,
        z.object({ tenant: z.string() }),
        'select tenant from installation where platform = $1 order by tenant',
        [platform],
      );
      return rows.map(({ tenant }) => tenant);
    },

    async isFirst(platform, tenant) {
      const first =
        firsts.get(platform) ?? (await db.transaction((tx) => keepFirst(tx, platform, tenant, clock())));
      firsts.set(platform, first);
      return first === tenant;
    },
  };
}

/**
 * Encrypt with the newest key whatever an older one encrypted; after it the older ones may go. All or nothing.
 *
 * @returns how many rows were encrypted anew, and how many there are
 * @throws OperatorError where the key of a row is missing, or there is no key at all
 */
export async function reencryptInstallations(
  db: Database,
  keys: readonly string[],
  now: Date,
): Promise<{ changed: number; total: number }> {
  const box = createSecretBox(keys);
  return db.transaction(async (tx) => {
    const rows = await selectAll(
      tx,
      Row,
      'select platform, tenant, key_id, sealed from installation order by platform, tenant for update',
    );
    const older = rows.filter((row) => row.keyId !== box.keyId);
    for (const { platform, tenant, keyId, sealed } of older) {
      const owner = [platform, tenant];
      const { keyId: newest, bytes } = box.seal(box.open({ keyId, bytes: sealed }, owner), owner);
      await tx.query('update installation set key_id = $3, sealed = $4 where platform = $1 and tenant = $2', [
        platform,
        tenant,
        newest,
        bytes,
      ]);
    }
    await appendAudit(
      tx,
      ...older.map(({ platform, tenant }): AuditEvent => ({
        actor: 'system:keys-rotate',
        action: 'installation.reencrypted',
        record: recordOf(platform, tenant),
        detail: { keyId: box.keyId },
        at: now,
      })),
    );
    return { changed: older.length, total: rows.length };
  });
}

/** @returns the first, which is this one where there was none */
async function keepFirst(tx: Queryable, platform: string, tenant: string, at: Date): Promise<string> {
  const { rowCount } = await tx.query(
    `insert into trusted_tenant (platform, tenant, since) values ($1, $2, $3)
     on conflict (platform) do nothing`,
    [platform, tenant, at],
  );
  if (rowCount !== 0)
    await appendAudit(tx, {
      actor: 'system:installation',
      action: 'tenant.trusted',
      record: `tenant:${platform}/${tenant}`,
      detail: { by: 'first' },
      at,
    });
  const { tenant: first } = await selectOne(
    tx,
    z.object({ tenant: z.string() }),
    'select tenant from trusted_tenant where platform = $1',
    [platform],
  );
  return first;
}

function recordOf(platform: string, tenant: string): string {
  return `installation:${platform}/${tenant}`;
}

function nameOf(platform: string, tenant: string): string {
  return JSON.stringify([platform, tenant]);
}
