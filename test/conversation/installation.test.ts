/** What tenants let us in with: never in the clear at rest, bound to its row, readable through a rotation of keys. */
import { randomBytes } from 'node:crypto';
import { beforeEach, expect, it } from 'vitest';
import { createInstallations, reencryptInstallations } from '../../src/conversation/installation.ts';
import { verifyAudit } from '../../src/db/audit.ts';
import { OperatorError } from '../../src/errors.ts';
import { describeOnDatabases } from '../support/databases.ts';

const oldKey = randomBytes(32).toString('base64');
const newKey = randomBytes(32).toString('base64');
const secret = '{"token":"xoxb-made-up","note":"ünï"}';

describeOnDatabases('installations', (test) => {
  let now = new Date('2026-11-24T09:00:00Z');
  const clock = () => now;
  const later = (minutes: number) => (now = new Date(now.getTime() + minutes * 60_000));
  const withKeys = (...keys: string[]) => createInstallations(test.db, keys, clock);

  async function actions(): Promise<string[]> {
    const { rows } = await test.db.query('select payload from audit_entry order by seq');
    return rows.map(({ payload }) => {
      const { action, record } = JSON.parse(String(payload)) as { action: string; record: string };
      return `${action} ${record}`;
    });
  }

  beforeEach(async () => {
    await test.db.query('truncate installation');
  });

  it('come back as they were saved, one a tenant and platform', async () => {
    const installations = withKeys(newKey);

    await installations.save('slack', 'T1', 'first');
    await installations.save('slack', 'T1', secret);
    await installations.save('slack', 'T2', 'of T2');
    await installations.save('teams', 'T1', 'of teams');

    expect(await installations.find('slack', 'T1')).toBe(secret);
    expect(await installations.find('slack', 'T2')).toBe('of T2');
    expect(await installations.find('slack', 'T3')).toBeNull();
    expect(await installations.tenants('slack')).toEqual(['T1', 'T2']);
    expect(await withKeys(newKey).find('teams', 'T1')).toBe('of teams');
  });

  it('hold nothing of the secret at rest, and differ each time', async () => {
    const installations = withKeys(newKey);

    await installations.save('slack', 'T1', secret);
    const { rows: first } = await test.db.query('select sealed from installation');
    await installations.save('slack', 'T1', secret);
    const { rows: second } = await test.db.query('select sealed from installation');
    const { rows: audit } = await test.db.query('select payload from audit_entry');

    expect(String(first[0]?.sealed)).not.toContain('made-up');
    expect(first[0]?.sealed).not.toEqual(second[0]?.sealed);
    expect(JSON.stringify(audit)).not.toContain('made-up');
  });

  it('are written down in the audit log together with the row, saved and removed', async () => {
    const installations = withKeys(newKey);

    await installations.save('slack', 'T1', secret);
    await installations.remove('slack', 'T1');
    await installations.remove('slack', 'T1');

    expect(await actions()).toEqual([
      'installation.saved installation:slack/T1',
      'installation.removed installation:slack/T1',
    ]);
    expect((await verifyAudit(test.db)).faults).toEqual([]);
    expect(await installations.find('slack', 'T1')).toBeNull();
    expect(await installations.tenants('slack')).toEqual([]);
  });

  it('are not kept when their audit entry cannot be', async () => {
    const installations = withKeys(newKey);

    const saving = test.db.transaction(async () => {
      await installations.save('slack', 'T1', secret);
      throw new Error('the audit log fails');
    });

    await expect(saving).rejects.toThrow('the audit log fails');
    expect(await installations.find('slack', 'T1')).toBeNull();
    expect(await actions()).toEqual([]);
  });

  it('refuse a row that was moved to another tenant or changed', async () => {
    const installations = withKeys(newKey);
    await installations.save('slack', 'T1', 'of T1');
    await installations.save('slack', 'T2', 'of T2');

    await test.db.query(
      "update installation set sealed = (select sealed from installation where tenant = 'T1') where tenant = 'T2'",
    );
    await test.db.query(
      "update installation set sealed = set_byte(sealed, 30, get_byte(sealed, 30) # 1) where tenant = 'T1'",
    );

    await expect(installations.find('slack', 'T2')).rejects.toThrow(
      'it was changed, or moved from another row',
    );
    await expect(installations.find('slack', 'T1')).rejects.toThrow(OperatorError);
  });

  it('are found with an older key, and name the key that is missing', async () => {
    await withKeys(oldKey).save('slack', 'T1', secret);

    expect(await withKeys(newKey, oldKey).find('slack', 'T1')).toBe(secret);
    await expect(withKeys(newKey).find('slack', 'T1')).rejects.toThrow(
      /slack T1 .* encrypted with the key [0-9a-f]{8}, .*ENCRYPTION_OLD_KEYS/,
    );
  });

  it('are all encrypted with the newest key by a rotation, after which the old one may go', async () => {
    await withKeys(oldKey).save('slack', 'T1', secret);
    await withKeys(oldKey).save('slack', 'T2', 'of T2');
    await withKeys(newKey).save('slack', 'T3', 'of T3');

    const rotated = await reencryptInstallations(test.db, [newKey, oldKey], now);
    const again = await reencryptInstallations(test.db, [newKey], now);

    expect(rotated).toEqual({ changed: 2, total: 3 });
    expect(again).toEqual({ changed: 0, total: 3 });
    expect(await withKeys(newKey).find('slack', 'T1')).toBe(secret);
    expect(await withKeys(newKey).find('slack', 'T2')).toBe('of T2');
    expect((await actions()).slice(3)).toEqual([
      'installation.reencrypted installation:slack/T1',
      'installation.reencrypted installation:slack/T2',
    ]);
  });

  it('are left as they are by a rotation that lacks a key', async () => {
    await withKeys(oldKey).save('slack', 'T1', secret);
    await withKeys(randomBytes(32).toString('base64')).save('slack', 'T2', 'of T2');

    const rotating = reencryptInstallations(test.db, [newKey, oldKey], now);

    await expect(rotating).rejects.toThrow('slack T2');
    expect(await withKeys(oldKey).find('slack', 'T1')).toBe(secret);
    expect(await actions()).toHaveLength(2);
  });

  it('without a key are none, and saying so beats keeping a token in the clear', async () => {
    await withKeys(oldKey).save('slack', 'T1', secret);
    const installations = withKeys();

    expect(await installations.find('slack', 'T1')).toBeNull();
    await expect(installations.save('slack', 'T2', secret)).rejects.toThrow(/ENCRYPTION_KEY is not set/);
    expect(await installations.tenants('slack')).toEqual(['T1']);
  });

  it('cost no query while they are remembered, and a removal elsewhere is seen within minutes', async () => {
    const here = withKeys(newKey);
    const elsewhere = withKeys(newKey);
    await here.save('slack', 'T1', secret);
    await here.find('slack', 'T1');

    await elsewhere.remove('slack', 'T1');

    expect(await here.find('slack', 'T1')).toBe(secret);
    later(4);
    expect(await here.find('slack', 'T1')).toBeNull();
  });

  it('forget what they remember as soon as this process saves or removes', async () => {
    const installations = withKeys(newKey);
    await installations.save('slack', 'T1', 'first');
    await installations.find('slack', 'T1');

    await installations.save('slack', 'T1', 'second');
    expect(await installations.find('slack', 'T1')).toBe('second');

    await installations.remove('slack', 'T1');
    expect(await installations.find('slack', 'T1')).toBeNull();
  });
});
