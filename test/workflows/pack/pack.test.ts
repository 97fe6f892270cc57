/** The auditor's pack: opened and checked by programs that are not ours, without what was kept back, and with all that rooms keep. */
import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { appendFile, mkdtemp, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { rooms } from '../../../src/app/rooms.ts';
import { createFolderStore } from '../../../src/files/folder-store.ts';
import { sha256Of } from '../../../src/files/store.ts';
import { usualChoices, type PackChoices, type TakenPack } from '../../../src/isms/pack/pack.ts';
import { beginSoa } from '../../../src/isms/statement-of-applicability/soa.ts';
import { historyPages, selectHistory, type Step } from '../../../src/records/history.ts';
import { keepEvidence } from '../../../src/records/evidence.ts';
import { selectOptionalByEmail } from '../../../src/records/person.ts';
import { classificationIn } from '../../../src/workflows/pack/classification.ts';
import { makePack } from '../../../src/workflows/pack/make.ts';
import { redactionOf } from '../../../src/workflows/pack/names.ts';
import type { Registers } from '../../../src/dialogue/room.ts';
import { describeOnDatabases } from '../../support/databases.ts';
import { silentLog, today } from '../../support/harness.ts';

const run = promisify(execFile);
const people = ['Beatrix Birchwood', 'Théodore Quillfeather', 'Jean-Luc Marchbanks', 'Oona Thistledown'];
const emailOf = (name: string) => `${name.split(' ')[0]?.toLowerCase() ?? ''}@nowhere.example`;

describeOnDatabases("The auditor's pack", (test) => {
  let folder: string;
  let places: number;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'isma-pack-'));
    places = 0;
    for (const name of people)
      await test.db.query("insert into person (name, email, roles, department) values ($1, $2, $3, 'IT')", [name, emailOf(name), name === people[0] ? ['employee', 'isms_manager'] : ['employee']]);
  });
  afterEach(() => rm(folder, { recursive: true }));

  const actor = async (name = people[0] ?? '') => {
    const person = await selectOptionalByEmail(test.db, emailOf(name));
    if (person === null) throw new Error(`nobody is called ${name}`);
    return person;
  };
  const store = () => ({ files: createFolderStore(join(folder, 'store')), log: silentLog });
  const command = async (name?: string) => ({ actor: await actor(name), at: today, inputId: null, link: null });

  /** A statement with evidence, in which people are named in every way. */
  async function givenRecords(files: Record<string, string> = {}): Promise<string> {
    const by = await command();
    const soa = await test.db.transaction((tx) => beginSoa(tx, by, { edition: '1.0', ownerId: by.actor.id, approverId: (await2)[1] ?? by.actor.id, reviewOn: null }));
    await test.db.query("update soa_entry set justification = $1, owner_id = $2 where control = 'A.5.1'", ['As Oona Thistledown and M. Quillfeather (theodore@nowhere.example) said; ask @oona, BEATRIX or Marchbanks, Jean-Luc.', by.actor.id]);
    for (const [fileName, text] of Object.entries(files)) {
      const bytes = Buffer.from(text);
      await store().files.put(sha256Of(bytes), bytes);
      await test.db.transaction((tx) => keepEvidence(tx, by, `soa:${soa.id}`, 'soa', { kind: 'file', sha256: sha256Of(bytes), size: bytes.length, mediaType: 'text/plain', fileName }));
    }
    return soa.reference;
  }
  let await2: number[] = [];
  beforeEach(async () => {
    await2 = (await test.db.query('select id from person order by id')).rows.map(({ id }) => Number(id));
  });

  /** Taken, and unpacked by Python. */
  async function taken(choices: Partial<PackChoices> = {}, also: Registers[] = [], most = 100_000_000): Promise<{ place: string; zip: string; pack: TakenPack }> {
    const place = join(folder, `pack-${(places += 1)}`);
    const zip = `${place}.zip`;
    await writeFile(zip, '');
    const sources = { db: test.db, rooms: [...rooms, ...also], store: store(), now: today };
    const pack = await makePack(sources, { choices: { ...usualChoices, ...choices }, by: await actor(), most }, (piece) => appendFile(zip, piece));
    await run('python3', ['-m', 'zipfile', '-e', zip, place]);
    return { place, zip, pack };
  }
  const verified = async (place: string, ...noted: string[]): Promise<string> =>
    run('python3', [join(place, 'verify.py'), ...noted]).then(
      ({ stdout }) => stdout,
      (error: unknown) => `NOT ${(error as { stdout?: string }).stdout ?? String(error)}`,
    );
  async function filesIn(place: string): Promise<string[]> {
    const all = await readdir(place, { recursive: true, withFileTypes: true });
    return all.filter((each) => each.isFile()).map((each) => join(each.parentPath, each.name).slice(place.length + 1)).sort();
  }
  const read = (place: string, name: string) => readFile(join(place, name), 'utf8');
  /** As somebody would who mends the list of hashes behind what they changed. */
  async function sumsMended(place: string): Promise<void> {
    const names = (await filesIn(place)).filter((name) => name !== 'SHA256SUMS');
    const lines = await Promise.all(names.map(async (name) => `${createHash('sha256').update(await readFile(join(place, name))).digest('hex')}  ${name}\n`));
    await writeFile(join(place, 'SHA256SUMS'), lines.join(''));
  }

  it('is opened by other programs, whole, and each of its files stands in the index with its hash', async () => {
    const reference = await givenRecords({ 'minutes.txt': 'We met.' });

    const { place, zip, pack } = await taken();

    expect(await verified(place, pack.sums)).toContain(`Whole: ${pack.files - 1} files`);
    expect((await run('unzip', ['-t', zip])).stdout).toContain('No errors detected');
    expect(sha256Of(await readFile(zip))).toBe(pack.sha256);
    expect(await filesIn(place)).toHaveLength(pack.files);
    const index = await read(place, 'index.csv');
    for (const name of await filesIn(place))
      if (!['SHA256SUMS', 'index.csv', 'index.html'].includes(name)) expect(index).toContain(`"${name}","${sha256Of(await readFile(join(place, name)))}"`);
    expect(await read(place, `evidence/${reference}/01 minutes.txt`)).toBe('We met.');
    expect(await read(place, 'evidence/list.csv')).toContain(`"evidence/${reference}/01 minutes.txt","${sha256Of(Buffer.from('We met.'))}"`);
    expect(await read(place, 'histories/soa.csv')).toContain(`Beatrix Birchwood began ${reference}, edition 1.0`);
    expect(await read(place, 'README.txt')).toContain('by Beatrix Birchwood, with Isma');
  });

  it('shows a changed byte of any file, and one that is missing or added', async () => {
    await givenRecords({ 'minutes.txt': 'We met.' });
    const { place, pack } = await taken();
    const unseen: string[] = [];

    for (const name of await filesIn(place)) {
      const bytes = await readFile(join(place, name));
      const changed = Buffer.from(bytes);
      const at = Math.floor(bytes.length / 2);
      changed[at] = (changed[at] ?? 0) ^ 1;
      // What checks cannot vouch for itself: whoever has doubts takes the check of another pack, or the few commands of VERIFY.txt.
      if (name === 'verify.py') continue;
      await writeFile(join(place, name), changed);
      if (!(await verified(place, pack.sums)).startsWith('NOT')) unseen.push(name);
      await writeFile(join(place, name), bytes);
    }
    await rename(join(place, 'registers/soa.csv'), join(place, 'registers/other.csv'));
    const moved = await verified(place, pack.sums);

    expect(unseen).toEqual([]);
    expect(moved).toContain('NOT registers/soa.csv is missing\nregisters/other.csv does not belong to this pack');
    await rename(join(place, 'registers/other.csv'), join(place, 'registers/soa.csv'));
    expect(await verified(place, pack.sums)).toContain('Whole');
  });

  it('shows by its chain what was done to the audit log, even where all hashes were mended after it', async () => {
    await givenRecords({ 'minutes.txt': 'We met.' });
    const { place, pack } = await taken();
    const log = 'audit-log/entries.jsonl';
    const lines = (await read(place, log)).trimEnd().split('\n');
    const after = async (change: (lines: string[]) => string[]) => {
      await writeFile(join(place, log), `${change([...lines]).join('\n')}\n`);
      await sumsMended(place);
      return verified(place);
    };
    expect(lines.length).toBeGreaterThan(2);

    const same = await after((all) => all);
    const removed = await after(([first = '', , ...rest]) => [first, ...rest]);
    const swapped = await after(([first = '', second = '', ...rest]) => [second, first, ...rest]);
    const reworded = await after(([first = '', ...rest]) => [first.replace('soa.begun', 'soa.ended').replace('people', 'nobody').replace('"at', '"ta'), ...rest].map((line, at) => (at === 0 && line === first ? first.replace('system', 'person') : line)));
    const cut = await after((all) => all.slice(0, -1));
    const cutWhole = await (async () => {
      const [newest = '{}'] = lines.slice(-2);
      const { seq, hash } = JSON.parse(newest) as { seq: number; hash: string };
      await writeFile(join(place, 'audit-log/head.txt'), `${seq}:${hash}\n`);
      await after((all) => all.slice(0, -1));
      return verified(place, pack.sums);
    })();

    expect(same).toContain('Whole');
    expect(removed).toContain('NOT the audit log has entry');
    expect(swapped).toContain('NOT the audit log has entry');
    expect(reworded).toContain('NOT entry 1 of the audit log was changed or moved');
    expect(cut).toContain('NOT the audit log does not end where its head says');
    expect(cutWhole).toContain('NOT SHA256SUMS is not the one that was noted');
  });

  it('holds no name of anybody in any file where names are replaced, nor files that may hold some, and its chain still holds', async () => {
    await givenRecords({ 'Oona Thistledown.txt': 'Signed: Oona' });
    await test.db.query("update soa set state = 'in_review'");
    await test.db.query("update soa set state = 'approved', approved_by_name = 'Jean-Luc Marchbanks', approved_at = now()");

    const { place, pack } = await taken({ names: 'replaced', selfAssessments: true, scores: true });

    const found: string[] = [];
    const names = new RegExp(`(?<!\\p{L})(?:${people.flatMap((name) => name.split(/[ -]/)).filter((part) => part.length > 2).join('|')}|@nowhere|theodore)(?!\\p{L})`, 'iu');
    for (const name of await filesIn(place)) {
      const bytes = await readFile(join(place, name));
      const inside = name.endsWith('.docx') ? (await run('unzip', ['-p', join(place, name)], { maxBuffer: 1e8, encoding: 'buffer' })).stdout : bytes;
      for (const text of [name, inside.toString('utf8')]) {
        const [said] = names.exec(text) ?? [];
        if (said !== undefined) found.push(`${name}: ${said}`);
      }
    }
    expect(found).toEqual([]);
    expect(await filesIn(place)).toContain('reports/soa/SO-2026-001.docx');
    expect(await verified(place, pack.sums)).toContain('Whole');
    const id = await2[0] ?? 0;
    expect(await read(place, 'registers/soa.csv')).toContain(`As Person ${await2[3]} and M. Person ${await2[1]} (Person ${await2[1]}) said; ask @Person ${await2[3]}, Person ${id} or Person ${await2[2]}.`);
    expect(await read(place, 'withheld.csv')).toContain(`"names are replaced, and a file may hold some"`);
    expect(await read(place, 'withheld.csv')).toContain(sha256Of(Buffer.from('Signed: Oona')));
    expect(await filesIn(place)).not.toContain(expect.stringContaining('01 '));
  });

  it('leaves out files above the chosen classification, and lists each with its hash and why', async () => {
    const secret = 'Classification: Strictly Confidential\nKeys';
    await givenRecords({ 'plain.txt': 'Nothing special', 'prices CONFIDENTIAL.txt': 'Prices', 'keys.txt': secret, 'flyer.txt': 'Public\nCome in' });

    const [lowest, usual, all] = [await taken({ upTo: 'public' }), await taken(), await taken({ upTo: 'strict' })];

    const evidenceOf = async ({ place }: { place: string }) => (await filesIn(place)).filter((name) => /^evidence\/SO/.test(name)).map((name) => name.replace(/^.*\/\d+ /, ''));
    expect(await evidenceOf(lowest)).toEqual(['flyer.txt']);
    expect(await evidenceOf(usual)).toEqual(['plain.txt', 'flyer.txt']);
    expect(await evidenceOf(all)).toHaveLength(4);
    const kept = await read(usual.place, 'withheld.csv');
    expect(kept).toContain(`"${sha256Of(Buffer.from(secret))}","it is strictly confidential"`);
    expect(kept).toContain('"it is confidential"');
    expect(await read(usual.place, 'evidence/list.csv')).toContain('"not in this pack: it is confidential"');
    expect(await read(lowest.place, 'withheld.csv')).toContain('"it is not marked, and counts as internal"');
  });

  it('has scores and self-assessments only where they were chosen, and says so', async () => {
    const [plain, chosen] = [await taken(), await taken({ scores: true, selfAssessments: true })];

    expect(await filesIn(plain.place)).not.toContain('registers/phishing.csv');
    expect(await filesIn(plain.place)).not.toContain('registers/gap.csv');
    expect(await read(plain.place, 'registers/training-rows.csv')).not.toContain('score');
    expect(await read(plain.place, 'withheld.csv')).toContain('"training rows: score"');
    expect(await filesIn(chosen.place)).toEqual(expect.arrayContaining(['registers/phishing.csv', 'registers/gap.csv']));
    expect(await read(chosen.place, 'registers/training-rows.csv')).toContain('"score"');
  });

  it('keeps back scores of the audit log, with their places in the chain', async () => {
    const { appendAudit } = await import('../../../src/db/audit.ts');
    const event = { actor: 'person:1', action: 'training.completed', record: 'training:1', detail: { score: 7 }, at: today };
    await test.db.transaction((tx) => appendAudit(tx, event as never));

    const { place, pack } = await taken();

    expect(await verified(place, pack.sums)).toContain('Of 1 entries words were kept back');
    expect(await read(place, 'audit-log/entries.jsonl')).toContain('"withheld":"scores"');
    expect(await read(place, 'audit-log/entries.jsonl')).not.toContain('"score":7');
  });

  it('tells histories page by page as they are told whole, a record after the other', async () => {
    const reference = await givenRecords({ 'minutes.txt': 'We met.', 'list.txt': 'All of it' });
    const { appendAudit } = await import('../../../src/db/audit.ts');
    const event = { actor: 'person:1', action: 'training.completed', record: 'training:1', detail: { score: 7 }, at: today };
    await test.db.transaction((tx) => appendAudit(tx, event as never, event as never));
    const [first] = (await test.db.query('select id from soa')).rows;
    const references = new Map([['training:1', 'TR-1'], [`soa:${Number(first?.id)}`, reference]]);

    const whole: Step[] = [];
    for (const each of references) whole.push(...(await selectHistory(test.db, { references: new Map([each]) }, 100)).steps);
    const pages = new Map<number, Step[][]>();
    for (const size of [1, 2, 3, 100]) {
      pages.set(size, []);
      for await (const page of historyPages(test.db, references, size)) pages.get(size)?.push(page);
    }

    expect(whole).toHaveLength(5);
    for (const those of pages.values()) expect(those.flat()).toEqual(whole);
    expect([...pages.values()].map((those) => those.length)).toEqual([5, 3, 2, 1]);
  });

  it('takes whatever another room keeps, by itself', async () => {
    const other: Registers = {
      name: 'keys',
      tables: { keys: async () => ({ columns: ['key', 'holder'], rows: [['K-1', 'Oona Thistledown']] }) },
      documents: { keys: async (_db, { record }) => Buffer.from(`report ${String(record)}`) },
    };

    const { place } = await taken({}, [other]);

    expect(await read(place, 'registers/keys.csv')).toContain('"K-1","Oona Thistledown"');
    expect(await read(place, 'reports/keys.docx')).toBe('report null');
  });

  it('leaves out evidence for which there is no room, and nothing else', async () => {
    await givenRecords({ 'large.txt': 'x'.repeat(300_000) });

    const { place } = await taken({}, [], 300_000);
    const tooSmall = taken({}, [], 70_000);

    expect(await read(place, 'withheld.csv')).toContain('"it had no room in this pack"');
    await expect(tooSmall).rejects.toThrow('isma export pack --out');
  });
}); // prettier-ignore

describe('Words that are names', () => {
  const redact = redactionOf([
    { name: 'May Grant', email: 'may.grant@a.example', as: 'Person 1' },
    { name: 'Théo Müller', email: 'theo@a.example', as: 'Person 2' },
    { name: 'Anna Müller', email: null, as: 'Person 3' },
  ]);

  it('are replaced in whole, by part, without accents and in reverse, and a month or a word stays', () => {
    expect(redact('May Grant asked Müller, Theo on 12 May 2026; you may go.')).toBe('Person 1 asked Person 2 on 12 May 2026; you may go.');
    expect(redact('Muller wrote; Anna did not. Grant said GRANT, not IT.')).toBe('a person wrote; Person 3 did not. Person 1 said Person 1, not IT.');
    expect(redact('Write to MAY.GRANT@A.example, max@b.example or may.grant')).toBe('Write to Person 1, [address] or Person 1');
    expect(redact('anna müller, MÜLLER-ANNA and Anna Muller; Anna')).toBe('Person 3, Person 3 and Person 3; Person 3');
    expect(redact('Annabel and Mayor Grantham')).toBe('Annabel and Mayor Grantham');
  });
}); // prettier-ignore

describe('Two people of one name', () => {
  it('are both somebody, since nobody knows which of them is meant', () => {
    const redact = redactionOf([
      { name: 'Ada Winter', email: 'ada@a.example', as: 'Person 1' },
      { name: 'Ada Winter', email: 'ada.winter@a.example', as: 'Person 2' },
    ]);

    expect(redact('Ada Winter (ada.winter@a.example), Winter, Ada')).toBe('a person (Person 2), a person');
  });
});

describe('How secret a file says that it is', () => {
  it('is read from its name, its head, and the label of an office program', async () => {
    const said = async (name: string, text = '') => classificationIn(name, Buffer.from(text));
    const label = async (xml: string) => {
      const { zipSync, strToU8 } = await import('fflate');
      return classificationIn(
        'a.docx',
        zipSync({ 'docProps/custom.xml': strToU8(xml), 'word/document.xml': strToU8('<w:t>public</w:t>') }),
      );
    };

    expect(await said('prices_vertraulich.xlsx')).toBe('confidential');
    expect(await said('a.md', '# Title\nKlassifizierung: Streng vertraulich\n')).toBe('strict');
    expect(await said('a.txt', 'All of this is said to be confidential by somebody.')).toBeNull();
    expect(await said('a.pdf', '%PDF-1.7 << /MSIP_Label_1f2e-3_Name (Larkspur Confidential) >>')).toBe(
      'confidential',
    );
    expect(
      await label('<property name="MSIP_Label_x_Name"><vt:lpwstr>Highly Confidential</vt:lpwstr></property>'),
    ).toBe('strict');
    expect(await said('holiday.png', 'PNG')).toBeNull();
  });
});
