/** The made-up company's mock audit: it is as its own commands make it, and goes with its people, but for what real people worked on. */
import { join } from 'node:path';
import { beforeEach, expect, it } from 'vitest';
import { importPeopleFile } from '../../../src/app/people-file.ts';
import { sampleActor, sampleFolder } from '../../../src/app/sample-company.ts';
import { previewRemoval, removeSamples } from '../../../src/app/sample-removal.ts';
import { verifyAudit } from '../../../src/db/audit.ts';
import { openInterview } from '../../../src/isms/mock-audit/interview.ts';
import { drawSample } from '../../../src/isms/mock-audit/sample.ts';
import { mockAuditSamples } from '../../../src/workflows/mock-audit/samples.ts';
import { describeOnDatabases } from '../../support/databases.ts';
import { givenPeople, today } from '../../support/harness.ts';

const nothing = { also: [], at: today };

describeOnDatabases('The sample mock audit', (test) => {
  const rows = async (sql: string) => (await test.db.query(sql)).rows;
  const counts = () =>
    rows(
      'select (select count(*)::integer from mock_audit) as audits, (select count(*)::integer from mock_case) as cases, (select count(*)::integer from mock_population) as lists, (select count(*)::integer from mock_interview) as interviews',
    );
  const load = () =>
    test.db.transaction(async (tx) => {
      await importPeopleFile(test.db, join(sampleFolder, 'people.csv'), sampleActor, today);
      await mockAuditSamples.load?.(tx, sampleFolder, today);
    });
  beforeEach(async () => {
    await givenPeople(test.db);
    await test.db.query('insert into sample_company (loaded_at) values ($1)', [today]);
    await load();
  });

  it('is final, five of twelve, drawn as its seed says; loaded twice it changes nothing', async () => {
    await load();

    const [list] = await rows('select hash, jsonb_array_length(rows) as size from mock_population');
    const [audit] = await rows('select reference, state, seed, requirement from mock_audit');
    expect(audit).toMatchObject({ reference: 'MA-2026-001', state: 'final', requirement: 'A.5.18' });
    expect(list?.size).toBe(12);
    expect((await rows('select row_number from mock_case order by ordinal')).map((row) => row.row_number)).toEqual(
      drawSample(String(audit?.seed), String(list?.hash), 12, 5),
    );
    expect(await counts()).toEqual([{ audits: 1, cases: 5, lists: 1, interviews: 0 }]);
    expect(await rows("select state, count(*)::integer as n from mock_case group by state order by state")).toEqual([
      { state: 'conforming', n: 4 },
      { state: 'nonconforming', n: 1 },
    ]);
    expect((await verifyAudit(test.db)).faults).toEqual([]);
  });

  it('goes without a trace but in the log', async () => {
    const [erin] = await rows("select id from person where email = 'erin@demo.example'");
    const parts = { personId: Number(erin?.id), mockAuditId: null, role: 'everyone', stage: 'practice' as const, criteria: ['A.6.8.channel'] };
    await test.db.transaction((tx) => openInterview(tx, { at: today }, parts));
    await test.db.transaction((tx) => removeSamples(tx, nothing));

    expect(await counts()).toEqual([{ audits: 0, cases: 0, lists: 0, interviews: 0 }]);
  });

  it('stays where a real person was asked for it, and is named', async () => {
    const [hugo] = await rows("select id from person where email = 'hugo@test.example'");
    const [audit] = await rows('select id from mock_audit');
    const parts = { personId: Number(hugo?.id), mockAuditId: Number(audit?.id), role: null, stage: 'practice' as const, criteria: ['A.6.8.channel'] };
    await test.db.transaction((tx) => openInterview(tx, { at: today }, parts));
    const text = JSON.stringify(await previewRemoval(test.db, nothing));

    expect(text).toContain('MA-2026-001');
    expect(text).toContain('Hugo Owner');
  });
}); // prettier-ignore
