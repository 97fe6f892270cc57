/** What is measured: who decides it, values that are never changed, said in a sentence or brought in a list, and asked for on their day. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import {
  measurementImport,
  measurementTable,
  metricTransfer,
} from '../../../src/workflows/metrics/transfer.ts';
import { describeOnDatabases } from '../../support/databases.ts';
import { directAddress, givenPeople, startHarness, type Harness, type Said } from '../../support/harness.ts';

const [erin, hanna, hugo, ines] = ['erin', 'hanna', 'hugo', 'ines'].map((name) => `${name}@test.example`) as [string, string, string, string]; // prettier-ignore

describeOnDatabases('A metric', (test) => {
  let isma: Harness;
  let now: Date;
  let folder: string;
  beforeEach(async () => {
    now = new Date('2026-11-24T09:00:00Z');
    await givenPeople(test.db);
    isma = await startHarness({ db: test.db, clock: () => now });
    folder = await mkdtemp(join(tmpdir(), 'isma-metrics-'));
  });
  afterEach(async () => {
    await isma.stop();
    await rm(folder, { recursive: true });
  });

  const rows = async (sql: string) => (await test.db.query(sql)).rows;
  const last = (said: Said[]) => said.at(-1)?.reply;
  const record = (by: string, fields: Record<string, string> = {}) =>
    isma.press(by, 'metrics.send-begin', { title: 'Phishing reporting rate', method: 'Test mails', unit: '%', cadence: 'monthly', target: '60', better: 'at_least', owner: 'Erin', ...fields }); // prettier-ignore
  const values = () =>
    rows('select period, value::float8 as value, recorded_by_name from measurement order by id');
  const file = async (...lines: string[]) => {
    const path = join(folder, 'list.csv');
    await writeFile(path, `${lines.join('\n')}\n`);
    return path;
  };
  const labelled = (said: Said[], label: string) => last(said)?.buttons.find((button) => button.label === label)?.id ?? ''; // prettier-ignore

  it('is decided by the ISMS manager, and read by whoever measures it, managers and auditors', async () => {
    const denied = await record(erin);
    const half = await record(ines, { better: '' });
    const card = await record(ines);
    const twice = await record(ines, { title: 'phishing REPORTING rate' });

    expect(last(denied)?.text).toBe('Only the ISMS manager decides what is measured.');
    expect(last(half)?.text).toBe('A target needs to say whether at least or at most so much is good.');
    expect(last(card)?.text).toBe('ME-2026-001 · Phishing reporting rate');
    expect(last(card)?.facts).toContainEqual({ label: 'Next value due', value: '10 December 2026' });
    expect(last(twice)?.text).toBe('ME-2026-001 measures «phishing REPORTING rate» already.');
    expect(last(await isma.say(erin, 'metrics'))?.text).toBe('1 metric.');
    expect(last(await isma.say(hanna, 'metrics'))?.text).toBe('No metrics.');
    expect(last(await isma.say(hanna, 'ME-1'))?.text).toContain('There is no ME-1 that you may see.');
  });

  it('takes a value that is said in a sentence once it is confirmed, and nothing before', async () => {
    await record(ines);

    const card = await isma.say(erin, 'phishing reporting rate was 41 % in October');
    expect(last(card)?.text).toContain('ME-2026-001 · Phishing reporting rate: 41 %');
    expect(last(card)?.facts).toEqual([{ label: 'Period', value: 'October 2026' }, { label: 'Target', value: 'at least 60 %' }]); // prettier-ignore
    expect(await values()).toEqual([]);

    expect(last(await isma.press(erin, labelled(card, 'Confirm')))?.text).toContain('October 2026: 41 %.');
    expect(await values()).toEqual([{ period: '2026-10', value: 41, recorded_by_name: 'Erin Employee' }]);
    const stranger = await isma.say(hugo, 'record 97.5 for ME-1');
    expect(last(stranger)?.text).toContain('There is no ME-1');
    expect(await values()).toHaveLength(1);
  });

  it('keeps a value that another one takes the place of, and no hand changes or deletes one', async () => {
    await record(ines);
    for (const value of ['41', '43'])
      await isma.press(erin, 'metrics.send-fill?record=ME-1&move=measure', {
        period: '2026-10',
        value,
        note: '',
      });
    const card = await isma.say(ines, 'ME-1');

    expect(await values()).toMatchObject([{ value: 41 }, { value: 43 }]);
    expect(last(card)?.facts.find(({ label }) => label === 'October 2026')?.value).toMatch(/^43 %, below the target · Erin Employee/); // prettier-ignore
    await expect(test.db.query('update measurement set value = 99')).rejects.toThrow('stays as it is');
    await expect(test.db.query('delete from measurement')).rejects.toThrow('stays as it is');
    const history = last(await isma.press(ines, 'metrics.history?record=ME-1'))?.items.map(
      ({ text }) => text,
    );
    expect(history?.slice(0, 2)).toEqual(['Erin Employee recorded 43 for ME-2026-001 in 2026-10, in place of 41', 'Erin Employee recorded 41 for ME-2026-001 in 2026-10']); // prettier-ignore
    expect((await measurementTable(test.db)).rows.map((row) => [row[3], row[8]])).toEqual([[41, 'no'], [43, 'yes']]); // prettier-ignore
  });

  it('takes no value of a time to come, and none that is no number', async () => {
    await record(ines);
    const fill = (period: string, value: string) =>
      isma.press(erin, 'metrics.send-fill?record=ME-1&move=measure', { period, value, note: '' });

    expect(last(await isma.say(erin, 'ME-1: 41 in 2026-12'))?.text).toBe('December 2026 is still to come.');
    expect(last(await fill('2026-10', 'many'))?.text).toBe('«many» is no number; write it as 97.5');
    expect(last(await fill('2026-10', '1,250'))?.text).toContain('may be 1250 or 1.25');
    expect(await values()).toEqual([]);
  });

  it('shows its last values beside the target, and a picture of them once there are two', async () => {
    await record(ines);
    const fill = (period: string, value: string) =>
      isma.press(erin, 'metrics.send-fill?record=ME-1&move=measure', { period, value, note: '' });

    const one = await fill('2026-09', '38');
    const two = await fill('2026-10', '61');

    expect(last(one)?.picture).toBeNull();
    expect(last(two)?.picture?.alt).toBe('Phishing reporting rate: September 2026 38 %, October 2026 61 %; target at least 60 %'); // prettier-ignore
    const { rows: kept } = await test.db.query(
      'select octet_length(bytes) > 2000 as drawn from outgoing_file',
    );
    expect(kept).toEqual([{ drawn: true }]);
    expect(last(await isma.say(ines, 'metrics off target'))?.text).toBe('No metrics off target.');
    await fill('2026-11', '40');
    expect(last(await isma.say(ines, 'metrics off target'))?.text).toBe('1 metric off target.');
  });

  it('is reminded of by the house before its next value is due, and rests once it is there', async () => {
    await record(ines);
    now = new Date('2026-12-08T09:00:00Z');

    const said = await isma.runDue();

    const hers = said.filter(({ address }) => address === directAddress(erin)).map(({ reply }) => reply);
    expect(hers.map(({ text }) => text)).toEqual(['Record the value: Phishing reporting rate · due Thursday\nME-2026-001']); // prettier-ignore
    expect(hers[0]?.aside).toBe('You answer for this metric, and its next value is due.');
    await isma.press(erin, 'metrics.send-fill?record=ME-1&move=measure', { period: '2026-11', value: '44', note: '' }); // prettier-ignore
    expect(await rows('select next_due_on::text from metric')).toEqual([{ next_due_on: '2027-01-10' }]);
    now = new Date('2026-12-10T09:00:00Z');
    expect((await isma.runDue()).filter(({ address }) => address === directAddress(erin))).toEqual([]);
  });

  it('comes from a list with its values: tried first, and the same list again changes nothing', async () => {
    const list = await file(
      'KPI,Formula,Unit,Frequency,Responsible,Goal,Direction',
      `Phishing reporting rate,Test mails,%,monatlich,${erin},"60",min`,
      `Restores,Tried and whole,%,quarterly,Hugo Owner,100,at least`,
    );
    const bring = (apply: boolean) => metricTransfer.bring(test.db, () => now, list, { beside: null, apply });

    expect((await bring(false)).text).toBe('Would add 2, change 0, unchanged 0.\nNothing was written yet. Say --apply to write it.\n'); // prettier-ignore
    expect(await rows('select from metric')).toEqual([]);
    expect((await bring(true)).text).toBe('Added 2, changed 0, unchanged 0.\n');
    expect((await bring(true)).text).toContain('unchanged 2.\nThere is nothing to write.');

    const path = await file('metric,period,value', 'ME-1,October,41', 'restores,Q3,80', 'ME-1,2026-09,38');
    const again = await measurementImport.bring(test.db, () => now, path, { beside: null, apply: true });
    expect(again.text).toBe('Added 3, changed 0, unchanged 0.\n');
    expect(await values()).toMatchObject([{ period: '2026-10', recorded_by_name: 'Erin Employee' }, { period: '2026-Q3', recorded_by_name: 'Hugo Owner' }, { period: '2026-09' }]); // prettier-ignore
    const table = await metricTransfer.table(test.db);
    expect(table.columns).toEqual(['reference', 'title', 'method', 'unit', 'cadence', 'owner', 'target', 'better', 'next_due', 'last_period', 'last_value', 'state']); // prettier-ignore
    expect(table.rows[0]).toEqual(['ME-2026-001', 'Phishing reporting rate', 'Test mails', '%', 'monthly', erin, '60', 'at_least', '2026-12-10', '2026-10', '41', 'active']); // prettier-ignore
  });

  it('names every line of such a list that does not do, and writes nothing of it', async () => {
    const path = await file('title,method,cadence,owner,target,better', 'A,How,hourly,Erin Employee,,', 'B,How,monthly,nobody,,', 'C,How,monthly,Erin Employee,60,', 'D,How,monthly,Erin Employee,,'); // prettier-ignore
    const { text } = await metricTransfer.bring(test.db, () => now, path, { beside: null, apply: true });

    expect(text.split('\n').slice(0, 4)).toEqual([
      '  list.csv, line 2, cadence: «hourly» is none of weekly, monthly, quarterly, yearly',
      '  list.csv, line 3, owner: «nobody» is nobody that I know; write the e-mail address of a person, whom "isma people import" adds', // prettier-ignore
      '  list.csv, line 4, A target needs to say whether at least or at most so much is good.',
      'Would add 1, change 0, unchanged 0.',
    ]);
    expect(await rows('select from metric')).toEqual([]);
  });
});
