/** A record goes to a file with the evidence that shows it: byte by byte, under names that do nothing, and for those who may see it. */
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { strFromU8, unzipSync } from 'fflate';
import { parse } from 'csv-parse/sync';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { writeEvidence } from '../../src/cli/evidence.ts';
import { readOutgoingFile } from '../../src/conversation/outgoing-file.ts';
import { safeName } from '../../src/files/file-names.ts';
import { sha256Of } from '../../src/files/store.ts';
import type { CommandContext } from '../../src/records/command-context.ts';
import { keepEvidence, type EvidenceItem } from '../../src/records/evidence.ts';
import { selectPerson } from '../../src/records/person.ts';
import { correctiveActionsRoom } from '../../src/workflows/corrective-actions/room.ts';
import { startTalk, type Talk } from '../workflows/corrective-actions/update-talk.ts';
import type { Name } from '../workflows/corrective-actions/given-records.ts';
import { describeOnDatabases } from '../support/databases.ts';
import { testConfig, today } from '../support/harness.ts';

const photo = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a, 0, 1, 2, 255, 254]);
const report = Buffer.from('All 14 branches are patched.');
const another = Buffer.from('All 15 branches are patched.');

describeOnDatabases('a record with its evidence', (test) => {
  let talk: Talk;
  let folder: string;

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'isma-archive-'));
    talk = await startTalk(test.db, {}, { files: { kind: 'folder', folder: join(folder, 'store') } });
  });
  afterEach(async () => {
    await talk.stop();
    await rm(folder, { recursive: true, force: true });
  });

  const command = async (name: Name): Promise<CommandContext> => ({
    actor: await selectPerson(test.db, talk.ids[name]),
    at: today,
    inputId: null,
    link: null,
  });
  async function given(reference: string, item: EvidenceItem, bytes?: Buffer): Promise<void> {
    const omar = await command('omar');
    const { rows } = await test.db.query(
      "select 'corrective_action:' || id as name from corrective_action where reference = $1 union all select 'nonconformity:' || id from nonconformity where reference = $1",
      [reference],
    );
    await test.db.transaction((tx) => keepEvidence(tx, omar, String(rows[0]?.name), 'action', item));
    if (bytes !== undefined) await talk.app.files.put(sha256Of(bytes), bytes);
  }
  const file = (fileName: string, bytes: Buffer, size = bytes.length): EvidenceItem => ({
    kind: 'file',
    sha256: sha256Of(bytes),
    size,
    mediaType: 'text/plain',
    fileName,
  });
  /** What came with the last reply to somebody. */
  async function enclosed(name: Name): Promise<{ name: string; files: Record<string, Uint8Array> }> {
    const [sent] = talk.shown(name).files;
    const bytes = sent === undefined ? null : await readOutgoingFile(test.db, sent.id);
    if (sent === undefined || bytes === null) throw new Error('nothing was enclosed');
    return { name: sent.name, files: unzipSync(bytes) };
  }
  const indexOf = (bytes: Uint8Array | undefined): Record<string, string>[] =>
    parse(strFromU8(bytes ?? new Uint8Array()), { bom: true, columns: true });

  it('comes as one archive whose files are those that were kept, each with its hash in the index', async () => {
    await given('CA-2026-012', file('report.txt', report), report);
    await given('CA-2026-012', file('REPORT.txt', another), another);
    await given('CA-2026-013', file('../../etc/con.png', photo), photo);
    await given('CA-2026-013', { kind: 'link', address: 'https://wiki.demo.example/restore' });

    const said = await talk.says('ines', 'export NC-4');

    expect(said).toContain('NC-2026-004 as an archive, with 3 files of evidence.');
    const { name, files } = await enclosed('ines');
    expect(name).toBe('NC-2026-004.zip');
    expect(Object.keys(files).sort()).toEqual([
      'CA-2026-012.csv', 'CA-2026-012/01 report.txt', 'CA-2026-012/02 REPORT.txt', 'CA-2026-013.csv', 'CA-2026-013/01 _con.png',
      'CA-2026-014.csv', 'CA-2026-015.csv', 'NC-2026-004 history.csv', 'NC-2026-004.csv', 'index.csv',
    ]); // prettier-ignore
    expect(Buffer.from(files['CA-2026-012/01 report.txt'] ?? [])).toEqual(report);
    expect(Buffer.from(files['CA-2026-012/02 REPORT.txt'] ?? [])).toEqual(another);
    expect(Buffer.from(files['CA-2026-013/01 _con.png'] ?? [])).toEqual(photo);
    expect(strFromU8(files['NC-2026-004.csv'] ?? new Uint8Array())).toContain('Firewalls of branch offices');
    const index = indexOf(files['index.csv']);
    const listed = index.filter((row) => row.file !== '');
    expect(listed.map((row) => row.file).sort()).toEqual(
      Object.keys(files).filter((path) => path !== 'index.csv').sort(), // prettier-ignore
    );
    for (const { file: path = '', sha256, bytes } of listed)
      expect([sha256, bytes], path).toEqual([
        sha256Of(files[path] ?? new Uint8Array()),
        String(files[path]?.length),
      ]);
    expect(index.filter((row) => row.file === '')).toMatchObject([
      { record: 'CA-2026-013', 'original name or address': 'https://wiki.demo.example/restore', note: /no copy/ },
    ].map((row) => ({ ...row, note: expect.stringMatching(row.note) as string }))); // prettier-ignore
  });

  it('of one action brings what that action holds, from the button below its history', async () => {
    await given('CA-2026-012', file('report.txt', report), report);
    await given('CA-2026-013', file('photo.png', photo), photo);

    await talk.says('omar', 'history of CA-13');
    await talk.presses('omar', 'Excel file');
    await talk.presses('omar', 'With evidence');

    const { name, files } = await enclosed('omar');
    expect([name, Object.keys(files).sort()]).toEqual([
      'CA-2026-013.zip',
      ['CA-2026-013 history.csv', 'CA-2026-013.csv', 'CA-2026-013/01 photo.png', 'index.csv'],
    ]);
  });

  it('says what had no room or is not to be had, lists it, and lets it be opened singly', async () => {
    await given('CA-2026-012', file('film.txt', photo, 19 * 1024 * 1024 + 1024 * 1024), undefined);
    await given('CA-2026-012', file('gone.txt', another), undefined);
    await given('CA-2026-012', file('report.txt', report), report);

    const said = await talk.says('ines', 'export NC-4');

    expect(said).toContain('with 1 file of evidence');
    expect(said).toContain(
      '1 file did not fit in the 20.0 MB that I can hand over at once. You can open each singly.',
    );
    expect(said).toContain('1 file cannot be had from the store of evidence just now.');
    expect(talk.shown('ines').items.map(({ text, button }) => [text, button?.label])).toEqual([
      ['CA-2026-012 · film.txt (text, 20.0 MB)', 'Open'],
      ['CA-2026-012 · gone.txt (text, 28 bytes)', 'Open'],
    ]);
    const { files } = await enclosed('ines');
    expect(Object.keys(files).filter((path) => path.includes('/'))).toEqual(['CA-2026-012/03 report.txt']);
    expect(indexOf(files['index.csv']).map((row) => row.note).filter((note) => note !== '')).toEqual([
      'not in this archive: it had no room',
      'not in this archive: the store of evidence did not give it',
    ]); // prettier-ignore
  });

  it('is not there for whoever may not see the record', async () => {
    await given('CA-2026-012', file('report.txt', report), report);

    const said = [await talk.says('erin', 'export NC-4'), await talk.says('erin', 'export CA-2026-012')];

    for (const each of said) expect(each).toContain('that you may see');
    expect(await talk.count('outgoing_file')).toBe(0);
  });

  it('goes to a folder of the operator, the whole register at once, and into no folder that holds something', async () => {
    await given('NC-2026-004', file('report.txt', report), report);
    await given('CA-2026-012', file('report.txt', report), report);
    await given('CA-2026-013', file('gone.txt', photo), undefined);
    const out = join(folder, 'evidence');
    const app = { db: test.db, log: talk.app.log, config: { ...testConfig, files: talk.app.config.files } };
    const records = await correctiveActionsRoom.evidence?.nonconformities?.(test.db);

    const counts = await writeEvidence(app, records ?? new Map(), out);

    expect(counts).toEqual({ written: 2, lost: 1 });
    const paths = await readdir(out, { recursive: true });
    expect(paths.filter((path) => /\./.test(path)).sort()).toEqual([
      'CA-2026-012/01 report.txt',
      'NC-2026-004/01 report.txt',
      'index.csv',
    ]);
    expect(await readFile(join(out, 'NC-2026-004/01 report.txt'))).toEqual(report);
    expect(indexOf(await readFile(join(out, 'index.csv'))).map(({ file: path, sha256 }) => [path, sha256])).toEqual([
      ['NC-2026-004/01 report.txt', sha256Of(report)],
      ['CA-2026-012/01 report.txt', sha256Of(report)],
      ['', sha256Of(photo)],
    ]); // prettier-ignore
    await expect(writeEvidence(app, records ?? new Map(), out)).rejects.toThrow('holds something already');
  });
});

describe('the name of a file that we give', () => {
  it.each([
    ['../../etc/passwd', 'passwd'],
    ['..\\..\\boot.ini', 'boot.ini'],
    ['..', 'file'],
    ['', 'file'],
    ['a\u0000b\u001b[2J.txt', 'ab[2J.txt'],
    ['\u202Egpj.exe', 'gpj.exe'],
    ['C:evil.txt', 'C_evil.txt'],
    ['con', '_con'],
    ['NUL.txt', '_NUL.txt'],
    ['com1 .tar.gz', '_com1 .tar.gz'],
    ['report. . .', 'report'],
    ['.profile', 'profile'],
    ['what?*<>|".pdf', 'what______.pdf'],
    [`${'ü'.repeat(300)}.pdf`, `${'ü'.repeat(76)}.pdf`],
    ['Prüfbericht 2026 ✓.pdf', 'Prüfbericht 2026 ✓.pdf'],
  ])('%j is %j', (given, safe) => {
    expect(safeName(given)).toBe(safe);
  });
});
