/** The audit chain shows every tampering, and the log itself takes nothing but new entries. */
import { z } from 'zod';
import { beforeEach, describe, expect, it } from 'vitest';
import { appendAudit, selectAuditHead, verifyAudit, type AuditEvent } from '../../src/db/audit.ts';
import { declareEvents, event as declare } from '../../src/db/audit-event.ts';
import type { Database } from '../../src/db/database.ts';
import { describeOnDatabases } from '../support/databases.ts';

const tests = declareEvents('test', {
  done: declare({ n: z.number().optional(), said: z.string().optional() }, ({ it }) => `${it} was done`),
});
declare module '../../src/db/audit-event.ts' {
  interface AuditEvents {
    test: typeof tests;
  }
}

const at = new Date('2026-11-24T09:00:00Z');
const event = (n: number): AuditEvent & { action: 'test.done' } => ({
  actor: 'system:test',
  action: 'test.done',
  record: `test:${n}`,
  detail: { n },
  at,
});

describeOnDatabases('the audit log', (test) => {
  const append = (...events: AuditEvent[]) => test.db.transaction((tx) => appendAudit(tx, ...events));

  beforeEach(async () => {
    for (let n = 1; n <= 5; n += 1) await append(event(n));
  });

  it('that nobody touched is whole', async () => {
    const verdict = await verifyAudit(test.db);

    expect(verdict).toMatchObject({ entries: 5, head: { seq: 5 }, faults: [] });
  });

  it('says of an entry who did what, to which record, and when', async () => {
    const { rows } = await test.db.query(
      'select seq, actor, action, record, at from audit_entry where seq = 3',
    );

    expect(rows).toEqual([
      { seq: 3, actor: 'system:test', action: 'test.done', record: 'test:3', at: '2026-11-24T09:00:00.000Z' },
    ]);
  });

  it.each([
    ['changed', "update audit_entry set payload = replace(payload, 'test:2', 'test:9') where seq = 2"],
    ['deleted', 'delete from audit_entry where seq = 2'],
    ['emptied', 'truncate audit_entry'],
  ])('refuses to be %s', async (_how, sql) => {
    await expect(test.db.query(sql)).rejects.toThrow('The audit log is insert-only');

    expect(await verifyAudit(test.db)).toMatchObject({ entries: 5, faults: [] });
  });

  describe('in the hands of a superuser', () => {
    const tamper = (db: Database, ...statements: string[]) =>
      db.transaction(async (tx) => {
        await tx.query('alter table audit_entry disable trigger user');
        for (const sql of statements) await tx.query(sql);
        await tx.query('alter table audit_entry enable trigger user');
      });

    it.each([
      ['a changed entry', ["update audit_entry set payload = replace(payload, 'test:2', 'test:9') where seq = 2"], ['entry 2 was changed or moved']],
      ['a changed date', ["update audit_entry set payload = replace(payload, '2026', '2025') where seq = 5"], ['entry 5 was changed or moved']],
      ['a changed hash', ["update audit_entry set hash = repeat('0', 64) where seq = 4"], ['entry 4 was changed or moved', 'entry 5 was changed or moved']],
      ['a deleted entry', ['delete from audit_entry where seq = 2'], ['entries 2 to 2 are missing', 'entry 3 was changed or moved']],
      ['a deleted beginning', ['delete from audit_entry where seq < 3'], ['entries 1 to 2 are missing', 'entry 3 was changed or moved']],
      ['a deletion that was numbered over', ['delete from audit_entry where seq = 2', ...[3, 4, 5].map((seq) => `update audit_entry set seq = ${seq - 1} where seq = ${seq}`)], ['entry 2 was changed or moved', 'the newest entry should be 5, but the log ends at 4']],
      ['two entries in each other\'s place', ['update audit_entry set seq = 99 where seq = 2', 'update audit_entry set seq = 2 where seq = 3', 'update audit_entry set seq = 3 where seq = 99'], ['entry 2 was changed or moved', 'entry 3 was changed or moved', 'entry 4 was changed or moved']],
      ['a cut tail', ['delete from audit_entry where seq > 3'], ['the newest entry should be 5, but the log ends at 3']],
      ['an empty log', ['delete from audit_entry'], ['the newest entry should be 5, but the log ends at 0']],
      ['an entry put in', ["insert into audit_entry (seq, payload, hash) values (6, '{}', repeat('0', 64))"], ['entry 6 was changed or moved', 'the newest entry should be 5, but the log ends at 6']],
    ])('shows %s', async (_what, statements, faults) => {
      await tamper(test.db, ...statements);

      expect((await verifyAudit(test.db)).faults).toEqual(faults);
    }); // prettier-ignore

    it('shows a cut tail whose head was mended, by the head that was noted outside', async () => {
      const anchor = await selectAuditHead(test.db);
      await tamper(
        test.db,
        'delete from audit_entry where seq > 3',
        'update audit_head set (seq, hash) = (select seq, hash from audit_entry where seq = 3)',
      );

      expect((await verifyAudit(test.db)).faults).toEqual([]);
      expect((await verifyAudit(test.db, anchor)).faults).toEqual([
        'entry 5, noted outside, is missing: the log was cut',
      ]);
    });

    it('shows a chain that was written anew, by the head that was noted outside', async () => {
      const anchor = await selectAuditHead(test.db);
      await tamper(test.db, 'delete from audit_entry', "update audit_head set seq = 0, hash = ''");
      for (let n = 1; n <= 6; n += 1) await append(event(n * 10));

      expect((await verifyAudit(test.db)).faults).toEqual([]);
      expect((await verifyAudit(test.db, anchor)).faults).toEqual([
        'entry 5 is not the one that was noted outside',
      ]);
    });
  });

  it('that has grown since a head was noted outside is whole', async () => {
    const anchor = await selectAuditHead(test.db);
    await append(event(6), event(7));

    expect(await verifyAudit(test.db, anchor)).toMatchObject({ entries: 7, faults: [] });
    expect((await verifyAudit(test.db, { seq: 0, hash: '' })).faults).toEqual([]);
  });

  it('holds nothing of a transaction that was undone', async () => {
    const undone = test.db.transaction(async (tx) => {
      await appendAudit(tx, event(6));
      throw new Error('no');
    });
    await expect(undone).rejects.toThrow('no');

    expect(await verifyAudit(test.db)).toMatchObject({ entries: 5, faults: [] });
  });

  it('keeps its order when many write at once', async () => {
    await Promise.all(Array.from({ length: 20 }, (_none, n) => append(event(100 + n), event(200 + n))));

    expect(await verifyAudit(test.db)).toMatchObject({ entries: 45, faults: [] });
  });

  it('takes text that a database refuses, as U+FFFD', async () => {
    await append({ ...event(6), detail: { said: 'a\u0000b\uD800c' } });

    expect(await verifyAudit(test.db)).toMatchObject({ entries: 6, faults: [] });
    const { rows } = await test.db.query(
      'select payload::jsonb -> $1 ->> $2 as said from audit_entry where seq = 6',
      ['detail', 'said'],
    );
    expect(rows).toEqual([{ said: 'a\uFFFDb\uFFFDc' }]);
  });
});
