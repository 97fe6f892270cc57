/** A room that Isma does not have, built on the house alone: a record with two states, a form, a list, an export, evidence, a nudge. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { strFromU8, unzipSync } from 'fflate';
import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from 'vitest';
import { verifyAudit } from '../../src/db/audit.ts';
import { keysRoom, loanStates, migration } from '../fixtures/key-loans.ts';
import { describeOnDatabases } from '../support/databases.ts';
import { givenPeople, startHarness } from '../support/harness.ts';
import { startModelServer, type ModelServer } from '../support/model-server.ts';
import { stages } from './stages.ts';

const hugo = 'hugo@test.example';
const ines = 'ines@test.example';

describeOnDatabases('a next room', (test) => {
  let model: ModelServer;
  let folder: string;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'isma-room-'));
    await writeFile(join(folder, 'receipt.txt'), 'Taken at the gate.');
    model = await startModelServer();
  });
  afterAll(async () => {
    await model.close();
    await rm(folder, { recursive: true });
  });
  beforeEach(async () => {
    await test.db.query(migration);
    await test.db.query('delete from key_loan');
    await givenPeople(test.db);
  });
  afterEach(() => test.db.query('drop table key_loan'));

  it.each(Object.keys(stages))('leaves the same rows through the door %s', async (door) => {
    const stage = await stages[door]?.({ db: test.db, model, rooms: [keysRoom] });
    if (stage === undefined) throw new Error(door);
    const { say, press, fill, attach, stop } = stage;
    try {
      for (const person of [ines, hugo]) await say(person, 'hello');
      await say(hugo, 'lend a key');
      await press(hugo, 'Lend');
      await fill(hugo, { door: 'Server room', back_on: '2026-11-27' });
      await attach(hugo, join(folder, 'receipt.txt'), 'KL-1');
      await press(hugo, 'Open');
      await say(hugo, 'KL-1');
      await press(hugo, 'Take it all');
      await say(hugo, 'keys');
      await press(hugo, 'Excel file');
      await say(hugo, 'KL-1');
      await press(hugo, 'It is lost');
      await press(hugo, 'Confirm');
      await say(hugo, 'KL-1');
      await press(hugo, 'It is back');
      await press(hugo, 'What happened');
    } finally {
      await stop();
    }

    const rows = async (sql: string) => (await test.db.query(sql)).rows;
    expect(await rows('select reference, door, state, version, state_by_name from key_loan')).toEqual([
      {
        reference: 'KL-2026-001',
        door: 'Server room',
        state: 'back',
        version: 2,
        state_by_name: 'Hugo Owner',
      },
    ]);
    expect(await rows('select belongs_to, nonconformity_id, purpose, title, file_name from evidence join evidence_revision on evidence_id = id')).toEqual([
      { belongs_to: expect.stringMatching(/^key_loan:\d+$/) as string, nonconformity_id: null, purpose: 'receipt', title: 'receipt.txt', file_name: 'receipt.txt' },
    ]); // prettier-ignore
    const sent = (await rows('select bytes from outgoing_file')).map(({ bytes }) => bytes as Uint8Array);
    const archives = sent
      .filter((bytes) => strFromU8(bytes.subarray(0, 2)) === 'PK')
      .map((bytes) => unzipSync(bytes));
    const archive = archives.find((files) => 'index.csv' in files) ?? {};
    expect(Object.keys(archive)).toEqual(['KL-2026-001.csv', 'KL-2026-001/01 receipt.txt', 'index.csv']);
    expect(strFromU8(archive['KL-2026-001/01 receipt.txt'] ?? new Uint8Array())).toBe('Taken at the gate.');
    expect(await rows('select title, requirement, state, raised_by_name from nonconformity')).toEqual([
      { title: 'The key to Server room is lost', requirement: 'A.7.2', state: 'open', raised_by_name: 'Hugo Owner' },
    ]); // prettier-ignore
    expect(await rows("select action from audit_entry where record like 'key_loan:%' order by seq")).toEqual(
      ['key_loan.lent', 'evidence.submitted', 'key_loan.back'].map((action) => ({ action })),
    );
    expect((await verifyAudit(test.db)).faults).toEqual([]);
    expect(await rows("select problem from inbox where state = 'dead'")).toEqual([]);
  });

  it('nudges once, on the day and in working hours where the person is, and waits for them in the list of all rooms', async () => {
    let now = new Date('2026-11-24T09:00:00Z');
    const isma = await startHarness({ db: test.db, rooms: [keysRoom], clock: () => now });
    try {
      await isma.say(hugo, 'hello');
      await isma.press(hugo, 'keys.send-begin', { door: 'Server room', back_on: '2026-11-27' });
      const [plate] = await isma.say(hugo, "what's on my plate?");
      const nudged: string[][] = [];
      for (const time of [
        '2026-11-26T23:30:00Z',
        '2026-11-27T05:00:00Z',
        '2026-11-27T09:00:00Z',
        '2026-11-27T09:05:00Z',
      ]) {
        now = new Date(time);
        nudged.push((await isma.runDue()).map(({ reply }) => reply.text));
      }

      expect(plate?.reply.items.map(({ text }) => text)).toContain('KL-2026-001 · Server room');
      expect(nudged).toEqual([[], [], ['Please bring the key to Server room back today.'], []]);
    } finally {
      await isma.stop();
    }
  });

  it('draws its states from their declaration', () => {
    expect(loanStates.picture()).toBe(
      ['stateDiagram-v2', '  [*] --> lent', '  lent --> back: bringBack', '  back --> [*]'].join('\n'),
    );
  });
});
