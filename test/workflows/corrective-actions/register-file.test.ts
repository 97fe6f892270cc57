/** A register goes to a file and comes from one, whole, once, and past every gate; what a file hides in its cells runs nowhere. */
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { strFromU8, strToU8, unzipSync, zipSync } from 'fflate';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { exportTable } from '../../../src/cli/tables.ts';
import { importText } from '../../../src/workflows/corrective-actions/register/import-text.ts';
import { verifyAudit } from '../../../src/db/audit.ts';
import { writeTable, type Table } from '../../../src/files/write-table.ts';
import { nextReference } from '../../../src/records/reference.ts';
import type { KnownPerson } from '../../../src/isms/register/transfer.ts';
import { importPeopleFile } from '../../../src/app/people-file.ts';
import { readRecordFile, type Fault } from '../../../src/dialogue/import-file.ts';
import {
  importRegister,
  type ImportFiles,
} from '../../../src/workflows/corrective-actions/register/import.ts';
import {
  actionRow,
  nonconformityRow,
} from '../../../src/workflows/corrective-actions/register/import-rows.ts';
import { readTable } from '../../../src/files/read-table.ts';
import { loadSampleRegister } from '../../../src/workflows/corrective-actions/samples/register.ts';
import { describeOnDatabases } from '../../support/databases.ts';

const now = new Date('2026-11-24T09:00:00Z');
const samples = join(import.meta.dirname, '../../../knowledge');

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'isma-register-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

const at = (name: string) => join(folder, name);

async function csv(name: string, ...lines: string[]): Promise<string> {
  await writeFile(at(name), `${lines.join('\n')}\n`);
  return at(name);
}

describe('a table in a file', () => {
  const table: Table = {
    columns: ['words', 'number'],
    rows: [
      ['=1+1', 5],
      ['=HYPERLINK("http://evil.example","pay")', 0],
      ['+49 30 1', 0],
      ['-2 devices', 0],
      ['@SUM(A1)', 0],
      ["'=1+1", 0],
      ["  '+1", 0],
      ['two\nlines, and "quotes"; naïve ☃', 100],
      ['<script>&amp;_x0041_', 0],
      ["it's", 0],
    ],
  };

  it.each(['csv', 'xlsx'])(
    'comes back as it was from .%s, with no cell that a spreadsheet would run',
    async (kind) => {
      const path = at(`hostile.${kind}`);
      await writeTable(path, table);

      const { header, rows } = await readTable(path);
      const bytes = await readFile(path);
      const raw = kind === 'csv' ? bytes.toString() : Object.values(unzipSync(bytes)).map((part) => strFromU8(part)).join('\n'); // prettier-ignore

      expect(header.cells).toEqual(table.columns);
      expect(rows.map(({ cells }) => cells)).toEqual(
        table.rows.map(([words, n]) => [String(words).trim(), String(n)]),
      );
      expect(rows.slice(7, 9).map(({ line }) => line)).toEqual(kind === 'csv' ? [9, 11] : [9, 10]);
      expect(raw).not.toMatch(/["\n,>][=+@-][^<]*(1\+1|HYPERLINK|49|2 devices|SUM)/);
      expect(raw).not.toMatch(/<f[ >]/);
      if (kind === 'csv') expect([...bytes.subarray(0, 3)]).toEqual([0xef, 0xbb, 0xbf]);
    },
  );

  it('takes the place of no file unasked, and leaves nothing half-written', async () => {
    const path = await csv('mine.csv', 'precious');

    await expect(writeTable(path, table)).rejects.toThrow('is there already');
    expect(await readFile(path, 'utf8')).toBe('precious\n');
    await expect(writeTable(at('none/there.csv'), table)).rejects.toThrow('cannot be written');
    await expect(writeTable(at('table.pdf'), table)).rejects.toThrow('neither CSV nor XLSX');
    await writeTable(path, table, { force: true });

    expect((await readTable(path)).rows).toHaveLength(table.rows.length);
    expect((await readdir(folder)).filter((name) => name.startsWith('.'))).toEqual([]);
  });

  it('is refused where it cannot be read, with what to do', async () => {
    await writeTable(at('good.xlsx'), table, { force: true });
    const parts = unzipSync(await readFile(at('good.xlsx')));
    const sheet = 'xl/worksheets/sheet1.xml';
    const far = strFromU8(parts[sheet] ?? new Uint8Array()).replace('r="A2"', 'r="A1048576"');
    const cases: [string, string | Uint8Array, string][] = [
      ['latin.csv', Buffer.from('ref,title\n1,Tür\n', 'latin1'), 'save it as «CSV UTF-8»'],
      ['quote.csv', 'ref,title\n1,"open\n', 'is no CSV that can be read'],
      ['empty.csv', '\n \n', 'is empty. Its first row names the columns'],
      ['long.csv', 'ref\n' + '1\n'.repeat(20_001), 'is too large: at most'],
      ['words.xlsx', 'not a workbook', 'is no workbook that can be read'],
      ['far.xlsx', zipSync({ ...parts, [sheet]: strToU8(far) }), 'is too large: at most'],
      ['bomb.xlsx', zipSync({ ...parts, 'xl/pad.xml': new Uint8Array(5 * 1024 * 1024) }), 'is too much to be a document'],
      ['register.ods', '', 'is neither CSV nor XLSX'],
    ]; // prettier-ignore

    for (const [name, bytes, words] of cases) {
      await writeFile(at(name), bytes);
      await expect(readTable(at(name)), name).rejects.toThrow(words);
    }
    await expect(readTable(at('absent.csv'))).rejects.toThrow('cannot be read');
  });
});

const omar: KnownPerson = { id: 1, email: 'omar@test.example', name: 'Omar Owner', active: true };
const people = [omar, { ...omar, id: 2, email: 'a@test.example', name: 'Ana Same' }, { ...omar, id: 3, email: 'b@test.example', name: 'Ana Same' }]; // prettier-ignore

describe('a row of a register', () => {
  const good = {
    'Ref': 'NC-2024-7', 'Summary': 'Late', 'Clause': 'A.5.18', 'Description': 'Too late', 'Source': 'Internal audit', 'Found on': '24.11.2026',
    'Owner': 'omar owner', 'Severity': 'Minor NC', 'Status': 'In progress', 'Due date': '2026-12-24', 'Whys': '', 'Effective?': '',
  }; // prettier-ignore

  const read = async (change: Partial<typeof good>, name = 'row.csv') => {
    const cells = Object.values({ ...good, ...change }).map((cell) => `"${cell}"`);
    const path = await csv(name, Object.keys(good).join(';'), '', cells.join(';'));
    return readRecordFile(path, nonconformityRow(people), null);
  };

  it('is read under common headings, in common words, and with dates as they are written here', async () => {
    const { rows, faults, unread } = await read({
      'Found on': '24/11/2026', 'Due date': '2026-12-24T10:30:00.000Z', 'Effective?': 'Ja', 'Severity': 'Opportunity for improvement', 'Whys': 'Why late? → No call\nWhy? → No list',
    }); // prettier-ignore

    expect(faults).toEqual([]);
    expect(unread).toEqual([]);
    expect(rows).toEqual([expect.objectContaining({ line: 3 })]);
    expect(rows[0]?.record).toMatchObject({
      reference: 'NC-2024-007', title: 'Late', requirement: 'A.5.18', gap: 'Too late', source: 'internal_audit', identifiedOn: '2026-11-24',
      owner: omar, grade: 'ofi', state: 'in_progress', bodyDueOn: null, actionsDueOn: '2026-12-24', checkResult: 'effective',
      causeChain: ['Why late? → No call', 'Why? → No list'], raisedBy: omar, raisedByName: 'not stated',
    }); // prettier-ignore
  });

  it('that is wrong is named by line and column, with what to write', async () => {
    const cases: [Partial<typeof good>, string][] = [
      [{ 'Due date': '30.02.2026' }, 'Due date: «30.02.2026» is no date; write 2026-02-28'],
      [{ 'Due date': '31/04/2026' }, 'Due date: «31/04/2026» is no date; write 2026-04-30'],
      [{ 'Found on': 'last spring' }, 'Found on: «last spring» is no date; write it as 2026-02-28'],
      [{ Severity: 'high' }, 'Severity: «high» is not known; write one of major, minor, ofi, observation'],
      [{ Status: 'sleeping' }, 'Status: «sleeping» is not known; write one of open, contained,'],
      [{ Source: '' }, 'Source: is missing'],
      [{ Ref: '2024/7' }, 'Ref: «2024/7» is no reference; write NC-2024-007'],
      [{ Ref: 'CA-2024-007' }, 'Ref: «CA-2024-007» is no reference'],
      [{ Owner: 'nobody@test.example' }, 'Owner: «nobody@test.example» is nobody that I know'],
      [{ Owner: 'Ana Same' }, 'Owner: «Ana Same» is the name of 2 people; write the e-mail address'],
      [{ Summary: 'x'.repeat(201) }, 'Summary: has 201 characters; at most 200 are kept'],
      [{ 'Effective?': 'perhaps' }, 'Effective?: «perhaps» is not known; write one of effective, partly, not'],
    ]; // prettier-ignore

    for (const [change, words] of cases) {
      const { rows, faults } = await read(change);
      expect(rows, words).toEqual([]);
      expect(faults.map(({ line, text }) => `${line} ${text}`), words).toEqual([expect.stringContaining(`3 ${words}`)]); // prettier-ignore
    }
  });

  it('is refused with too many cells, and where its reference stands there twice', async () => {
    const heads = 'ref,nonconformity,action,owner,due,status,% complete';
    const row = 'CA-2024-1,NC-2024-1,Do it,omar@test.example,2026-12-01,ongoing,80 %';
    const path = await csv('actions.csv', heads, row, `${row},more`, row, row.replace('80 %', '180'));

    const { rows, faults } = await readRecordFile(path, actionRow(people, now), null);

    expect(rows.map(({ record }) => record)).toMatchObject([{ reference: 'CA-2024-001', state: 'in_progress', progress: 80, originalDueOn: '2026-12-01' }]); // prettier-ignore
    expect(faults.map(({ line, text }) => `${line} ${text}`)).toEqual([
      '3 it has 8 cells, and there are 7 columns; put text with commas in quotes',
      '4 it stands on line 2 already; remove one of the two',
      '5 % complete: «180» is no whole number from 0 to 100',
    ]);
  });

  it('needs its columns, and none of them twice', async () => {
    const short = await csv('short.csv', 'ref,title', 'NC-2024-1,Late');
    const double = await csv('double.csv', 'ref,Severity,Rating', 'NC-2024-1,minor,major');

    await expect(readRecordFile(short, nonconformityRow(people), null)).rejects.toThrow(
      /lacks columns:\n {2}requirement, also called clause[^]*\n {2}owner, also called responsible/,
    );
    await expect(readRecordFile(double, nonconformityRow(people), null)).rejects.toThrow(
      'has two columns that mean grade: «Severity» and «Rating»',
    );
  });
});

describeOnDatabases('a register', (test) => {
  beforeEach(async () => {
    await importPeopleFile(test.db, join(samples, 'people.csv'), 'test', now);
  });

  const bring = (files: Partial<ImportFiles>, apply = false) =>
    importRegister(
      { db: test.db, clock: () => now },
      { nonconformities: null, actions: null, ...files },
      { apply, actor: 'system:register-import' },
    );
  const told = (faults: Fault[]) =>
    faults.map(({ line, reference, text }) => `${line} ${reference ?? ''} ${text}`);
  const count = async (table: string) => (await test.db.query(`select from ${table}`)).rowCount;

  async function exported(name: string): Promise<string[][][]> {
    await exportTable({ ...test, clock: () => new Date() }, 'nonconformities', at(`${name}-nc.csv`), {
      force: true,
    });
    await exportTable({ ...test, clock: () => new Date() }, 'actions', at(`${name}-ca.xlsx`), {
      force: true,
    });
    const both = await Promise.all([readTable(at(`${name}-nc.csv`)), readTable(at(`${name}-ca.xlsx`))]);
    return both.map(({ header, rows }) => [header, ...rows].map(({ cells }) => cells));
  }

  it('goes elsewhere whole: every state and grade passes its gates, and comes out as it went in', async () => {
    await test.db.transaction((tx) => loadSampleRegister(tx, join(samples, 'register.yaml'), now));
    const before = await exported('here');
    for (const table of ['evidence_revision', 'evidence', 'nonconformity_link', 'effectiveness_check', 'register_note', 'due_change', 'delegation',
      'corrective_action', 'nonconformity_cycle', 'nonconformity', 'reference_counter']) await test.db.query(`delete from ${table}`); // prettier-ignore
    const files = { nonconformities: at('here-nc.csv'), actions: at('here-ca.xlsx') };

    const dry = await bring(files);
    const untouched = await count('nonconformity');
    const applied = await bring(files, true);
    const again = await bring(files, true);

    expect(told([...dry.refused, ...dry.differing])).toEqual([]);
    expect([dry.written, untouched]).toEqual([false, 0]);
    expect([applied.written, applied.added.length]).toEqual([true, 13 + (before[1]?.length ?? 0) - 1]);
    expect(await exported('there')).toEqual(before);
    expect(again).toMatchObject({ added: [], unchanged: applied.added.length, differing: [], refused: [] });
    const { rows } = await test.db.query(
      "select count(*) as n, count(distinct record) as records from audit_entry where actor = 'system:register-import'",
    );
    expect(rows).toEqual([{ n: applied.added.length, records: applied.added.length }]);
    expect((await verifyAudit(test.db)).faults).toEqual([]);
    const last = Math.max(...applied.added.filter((each) => each.startsWith('NC-2026-')).map((each) => Number(each.slice(8)))); // prettier-ignore
    expect(await nextReference(test.db, 'NC', 2026)).toBe(`NC-2026-${String(last + 1).padStart(3, '0')}`);
  });

  const heads =
    'ref,title,clause,gap,source,date,owner,grade,status,correction,root_cause,similar_result,similar_searched_at,plan_approved_by,plan_approved_at,criterion,check_due_on,checked_by,checked_at,check_method,check_result,check_findings';
  const nc = (reference: string, change: { [column: string]: string } = {}) => {
    const cells: { [column: string]: string } = {
      ref: reference, title: 'Late', clause: 'A.5.18', gap: 'Too late', source: 'self', date: '2024-03-01', owner: 'mona@demo.example', grade: 'minor',
      status: 'closed', correction: 'Done', root_cause: 'No list', similar_result: 'None', similar_searched_at: '2024-03-05',
      plan_approved_by: 'ines@demo.example', plan_approved_at: '2024-03-06', criterion: 'None in 20', check_due_on: '2024-06-01',
      checked_by: 'quinn@demo.example', checked_at: '2024-06-02', check_method: 'Sample', check_result: 'yes', check_findings: 'None', ...change,
    }; // prettier-ignore
    return heads.split(',').map((column) => cells[column] ?? '').join(','); // prettier-ignore
  };
  const actionHeads =
    'ref,nc,action,owner,due,original_due_date,status,reason,verified_by,verified_on,evidence';
  const ca = (reference: string, parent: string, change: { [column: string]: string } = {}) => {
    const cells: { [column: string]: string } = {
      ref: reference, nc: parent, action: 'Make a list', owner: 'omar@demo.example', due: '2024-05-01', original_due_date: '2024-04-01', status: 'closed',
      verified_by: 'mona@demo.example', verified_on: '2024-05-02', evidence: 'Binder 7', ...change,
    }; // prettier-ignore
    return actionHeads.split(',').map((column) => cells[column] ?? '').join(','); // prettier-ignore
  };

  it('takes no record into a state whose gates it does not pass, and says what is missing', async () => {
    const cases: [{ [column: string]: string }, { [column: string]: string } | null, string[]][] = [
      [{ correction: '' }, {}, ['2 NC-2024-001 state: closed needs correction or correction_skipped; fill that in, or choose an earlier state']],
      [{ root_cause: '', similar_result: '' }, {}, ['2 NC-2024-001 state: closed needs root_cause, similar_result;']],
      [{ plan_approved_by: '', criterion: '' }, {}, ['2 NC-2024-001 state: closed needs plan_approved_by, criterion;']],
      [{ checked_by: '', check_findings: '' }, {}, ['2 NC-2024-001 state: closed needs check_by, check_findings, closed_by;']],
      [{ check_result: 'partly' }, {}, ['2 NC-2024-001 check_result: only what was effective is closed']],
      [{ checked_by: 'omar@demo.example' }, {}, ['2 NC-2024-001 check_by: Omar']],
      [{ plan_approved_by: 'omar@demo.example' }, {}, ['2 NC-2024-001 plan_approved_by: Omar']],
      [{}, null, ['2 NC-2024-001 state: closed needs an action with an owner and a due date']],
      [{}, { status: 'ongoing' }, ['2 NC-2024-001 state: closed needs a verified action', '2 NC-2024-001 state: it is closed, and CA-2024-001 is not finished']],
      [{}, { evidence: '' }, ['2 CA-2024-001 state: verified needs evidence;']],
      [{}, { verified_by: 'omar@demo.example' }, ['2 CA-2024-001 verified_by: Omar']],
      [{}, { status: 'cancelled', verified_by: '' }, ['2 NC-2024-001 state: closed needs an action', '2 CA-2024-001 state: cancelled needs state_reason;']],
      [{ status: 'planned', grade: 'major', plan_approved_at: '', checked_by: '', check_result: '' }, { status: 'open' }, ['2 NC-2024-001 state: action_planned needs plan_approved_at;']],
      [{ status: 'contained', grade: 'ofi' }, null, ['2 NC-2024-001 state: one of grade ofi is open, action_planned, closed or rejected']],
      [{ grade: 'ofi' }, {}, ['2 NC-2024-001 state: closed needs decision, decision_reason;']],
      [{}, { nc: 'NC-2024-099' }, ['2 NC-2024-001 state: closed needs an action', '2 CA-2024-001 nonconformity: NC-2024-099 is not in the register']],
    ]; // prettier-ignore

    for (const [change, action, words] of cases) {
      const nonconformities = await csv('gates.csv', heads, nc('NC-2024-001', change));
      const actions = action === null ? null : await csv('gates-actions.csv', actionHeads, ca('CA-2024-001', 'NC-2024-001', action)); // prettier-ignore
      const { refused, written } = await bring({ nonconformities, actions }, true);
      expect(told(refused), JSON.stringify([change, action])).toEqual(words.map((each): unknown => expect.stringContaining(each))); // prettier-ignore
      expect(written).toBe(false);
    }
    expect(await count('nonconformity')).toBe(0);
  });

  it('comes all or nothing, keeps its first due dates, and is never changed by a file that says something else', async () => {
    const nonconformities = await csv('nc.csv', `${heads},colour`, `${nc('NC-2024-001')},red`, `${nc('NC-2024-002', { status: 'in progress', checked_by: '', check_result: '' })},blue`); // prettier-ignore
    const broken = await csv('ca.csv', actionHeads, ca('CA-2024-001', 'NC-2024-001'), ca('CA-2024-002', 'NC-2024-002', { owner: 'gone@demo.example' })); // prettier-ignore
    const actions = await csv('ca-mended.csv', actionHeads, ca('CA-2024-001', 'NC-2024-001'), ca('CA-2024-002', 'NC-2024-002', { status: 'ongoing', verified_by: '' })); // prettier-ignore

    const refused = await bring({ nonconformities, actions: broken }, true);
    const before = await count('nonconformity');
    const taken = await bring({ nonconformities, actions }, true);
    const other = await csv('nc-other.csv', heads, nc('NC-2024-001', { title: 'Not late' }), nc('NC-2024-002', { status: 'in progress' })); // prettier-ignore
    const more = await csv('ca-more.csv', actionHeads, ca('CA-2024-003', 'NC-2024-001', { status: 'open', verified_by: '' }), ca('CA-2024-004', 'NC-2024-001', { owner: 'quinn@demo.example' })); // prettier-ignore
    const differing = await bring({ nonconformities: other }, true);
    const late = await bring({ actions: more }, true);

    expect(importText(refused)).toMatch(
      /^Columns that mean nothing here and are not read: colour\n[^]*ca\.csv, line 3, owner: «gone@demo\.example» is nobody[^]*Nothing was written: it is all or nothing/,
    );
    expect(before).toBe(0);
    expect(importText(taken)).toContain('Added 4, unchanged 0, there and different 0, refused 0.');
    const { rows } = await test.db.query('select reference, state, due_on, original_due_on from corrective_action order by reference'); // prettier-ignore
    expect(rows).toEqual([
      { reference: 'CA-2024-001', state: 'verified', due_on: '2024-05-01', original_due_on: '2024-04-01' },
      { reference: 'CA-2024-002', state: 'in_progress', due_on: '2024-05-01', original_due_on: '2024-04-01' },
    ]);
    expect((await test.db.query('select state from nonconformity order by reference')).rows).toEqual([{ state: 'closed' }, { state: 'action_planned' }]); // prettier-ignore
    expect(told(differing.differing)).toEqual(['2 NC-2024-001 already there, and differs in title; change it in chat', expect.stringMatching(/^3 NC-2024-002 already there, and differs in check_by/)]); // prettier-ignore
    expect(told(late.refused)).toEqual([
      '2 CA-2024-003 NC-2024-001 would not hold any more: state: it is closed, and CA-2024-003 is not finished',
      expect.stringContaining('3 CA-2024-004 NC-2024-001 would not hold any more: check_by: Quinn'),
    ]);
    expect(await count('corrective_action')).toBe(2);
  });
});
