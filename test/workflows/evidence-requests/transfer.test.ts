/** Requests for evidence as tables: tried first and written whole, the same again changes nothing; and what leaves with its hashes. */
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { writeEvidence } from '../../../src/cli/evidence.ts';
import { evidenceRequestsRoom } from '../../../src/workflows/evidence-requests/room.ts';
import { describeOnDatabases } from '../../support/databases.ts';
import { givenPeople, startHarness, today, type Harness } from '../../support/harness.ts';

const [erin, hugo] = ['erin@test.example', 'hugo@test.example'] as const;

describeOnDatabases('Requests for evidence in a table', (test) => {
  let isma: Harness;
  let folder: string;
  beforeEach(async () => {
    await givenPeople(test.db);
    folder = await mkdtemp(join(tmpdir(), 'isma-evidence-'));
    isma = await startHarness({
      db: test.db,
      files: { kind: 'folder', folder: join(folder, 'store') },
      fetch: async () => new TextEncoder().encode('Restore test of October'),
    });
  });
  afterEach(async () => {
    await isma.stop();
    await rm(folder, { recursive: true });
  });

  const rows = async (sql: string) => (await test.db.query(sql)).rows;
  const bring = async (apply: boolean, ...lines: string[]) => {
    const path = join(folder, 'requests.csv');
    await writeFile(path, `${lines.join('\n')}\n`);
    return evidenceRequestsRoom.imports?.['evidence-requests']?.bring(test.db, () => today, path, {
      beside: null,
      apply,
    });
  };
  const header = 'Nachweis,Controls,Responsible,Due date,Valid months';
  const list = [header, `Restore test,A.8.13,${hugo},2026-12-20,12`, `Access review,"A.5.18, A.8.2",Erin Employee,20.12.2026,`]; // prettier-ignore

  it('come from a list, in the ISMS manager’s name, and the same list again changes nothing', async () => {
    const tried = await bring(false, ...list);
    const before = await rows('select id from evidence_request');
    const written = await bring(true, ...list);
    const again = await bring(true, ...list);
    const later = await bring(true, header, `Restore test,A.8.13,${hugo},2027-01-31,12`);

    const days = 'Due date is read as days, day-first: «20.12.2026» is 20 December 2026\n';
    expect(tried?.text).toBe(days + 'Would add 2, change 0, unchanged 0.\nNothing was written yet. Say --apply to write it.\n'); // prettier-ignore
    expect(before).toEqual([]);
    expect(written?.text).toBe(days + 'Added 2, changed 0, unchanged 0.\n');
    expect(again?.text).toContain('unchanged 2.\nThere is nothing to write.');
    expect(later?.text).toBe('Added 0, changed 1, unchanged 0.\n');
    expect(await rows('select title, requirements, due_on::text, months, asked_by_name, told_at from evidence_request order by id')).toEqual([
      { title: 'Restore test', requirements: ['A.8.13'], due_on: '2027-01-31', months: 12, asked_by_name: 'Ines Isms', told_at: null },
      { title: 'Access review', requirements: ['A.5.18', 'A.8.2'], due_on: '2026-12-20', months: 12, asked_by_name: 'Ines Isms', told_at: null },
    ]); // prettier-ignore
    expect(await rows("select distinct actor from audit_entry where record like 'evidence_request:%'")).toEqual([{ actor: 'system:evidence-requests-import' }]); // prettier-ignore
  });

  it('name every line that does not do, and write nothing of it', async () => {
    const brought = await bring(true, header, `Restore test,A.99.1,${hugo},2026-12-20,12`, 'Access review,A.5.18,nobody@test.example,2026-12-20,12', `Late,A.5.18,${erin},2026-01-20,12`); // prettier-ignore

    expect(brought?.isWhole).toBe(false);
    expect(brought?.text).toContain('line 2, Controls: «A.99.1» is no clause or control; write it as 9.2 or A.8.13'); // prettier-ignore
    expect(brought?.text).toContain('line 3, Responsible: «nobody@test.example» is nobody that I know');
    expect(brought?.text).toContain('is past. Say a day to come.');
    expect(await rows('select id from evidence_request')).toEqual([]);
  });

  it('belong to the audit that the list names, go to another one with another list, and leave with it', async () => {
    await isma.press('ines@test.example', 'audits.send-plan', { kind: 'internal', covers: 'access', departments: '', from: '2026-12-10', until: '', lead: '' }); // prettier-ignore
    const named = (audit: string) => [
      `${header},Audit`,
      `Restore test,A.8.13,${hugo},2026-12-20,12,${audit}`,
    ];
    const wrong = await bring(true, ...named('AU-2026-009'));
    const first = await bring(true, ...list);
    const linked = await bring(true, ...named('AU-2026-001'));
    const again = await bring(true, ...named('AU-2026-001'));
    const { columns = [], rows: table = [] } = (await evidenceRequestsRoom.tables?.evidence?.(test.db, today)) ?? {}; // prettier-ignore

    expect(wrong?.text).toContain('there is no audit «AU-2026-009»; write it as AU-2026-001');
    expect(
      [first, linked, again].map((each) =>
        each?.text.split('\n').find((line) => /^(Added|Would)/.test(line)),
      ),
    ).toEqual([
      'Added 2, changed 0, unchanged 0.',
      'Added 0, changed 1, unchanged 0.',
      'Would add 0, change 0, unchanged 1.',
    ]);
    expect(table.map((row) => row[columns.indexOf('audit')])).toEqual(['AU-2026-001', '']);
  });

  it('leave with the hash of each file, and the files beside them', async () => {
    await bring(true, ...list);
    await isma.say(hugo, 'EV-1', {
      attachments: [{ name: 'restore.txt', size: 23, contentType: 'text/plain', source: 'x' }],
    });
    const table = await evidenceRequestsRoom.tables?.evidence?.(test.db, today);
    const out = join(folder, 'out');
    const records = (await evidenceRequestsRoom.evidence?.evidence?.(test.db)) ?? new Map<string, string>();
    const config = { ...isma.app.config };
    const { written } = await writeEvidence({ db: test.db, config, log: isma.app.log }, records, out);

    const at = table?.columns.indexOf('evidence') ?? 0;
    expect(table?.rows.map((row) => row[at])).toEqual([expect.stringMatching(/^restore\.txt \(SHA-256 [0-9a-f]{64}\)$/), '']); // prettier-ignore
    expect(written).toBe(1);
    expect(await readdir(join(out, 'EV-2026-001'))).toEqual(['01 restore.txt']);
    expect(await readFile(join(out, 'EV-2026-001', '01 restore.txt'), 'utf8')).toBe(
      'Restore test of October',
    );
  });
});
