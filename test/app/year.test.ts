/** From nothing to the certificate and its first surveillance, in conversation: what each stage lacks, and the page that tells of it. */
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { verifyAudit } from '../../src/db/audit.ts';
import { verifyRevisions } from '../../src/records/revision.ts';
import { describeOnDatabases } from '../support/databases.ts';
import { liveThrough, toldAs } from '../support/year.ts';

const page = join(import.meta.dirname, '../../src/WALKTHROUGH.md');
describeOnDatabases('An organisation', (test) => {
  it('comes from nothing to its certificate by our own commands, and each stage says what it still lacks', async () => {
    const chapters = await liveThrough(test.db);

    const short = (findings: readonly string[]) => findings.map((line) => line.split(':')[0] ?? ''); // prettier-ignore
    expect(chapters.map(({ day, findings, blocks }) => [day, short(findings), blocks.filter((key) => key !== 'documents.missing')])).toEqual([
      ['2026-01-12', ['major, 6.1.3', 'major, 9.2', 'major, 9.3', 'minor, 6.2', 'minor, 7.2', 'minor, 9.1', 'minor, 9.2'], ['soa.approved', 'audits.internal', 'review.held']],
      ['2026-02-02', ['major, 9.2', 'major, 9.3', 'minor, 6.1.3', 'minor, 6.2', 'minor, 7.2', 'minor, 9.1', 'minor, 9.2'], ['audits.internal', 'review.held']],
      ['2026-03-02', ['major, 9.2', 'major, 9.3', 'minor, 6.2', 'minor, 9.1', 'minor, 9.2'], ['audits.internal', 'review.held']],
      ['2026-04-07', ['major, 9.2', 'major, 9.3', 'minor, 9.2'], ['audits.internal', 'review.held']],
      ['2026-05-04', ['major, 9.3'], ['review.held']],
      ['2026-06-01', [], []],
      ['2026-08-24', [], []],
      ['2026-09-25', [], ['nonconformities.major_open']],
      ['2026-10-05', [], ['nonconformities.major_open']],
      ['2026-10-28', [], ['nonconformities.major_open']],
      ['2026-12-07', [], []],
      ['2027-09-06', [], []],
      ['2027-11-15', [], []],
    ]); // prettier-ignore
    expect((await verifyAudit(test.db)).faults).toEqual([]);
    expect(await verifyRevisions(test.db)).toEqual([]);
    expect((await test.db.query("select problem from inbox where state <> 'done'")).rows).toEqual([]);
    await expect(toldAs(chapters)).toMatchFileSnapshot(page);
  });
});
