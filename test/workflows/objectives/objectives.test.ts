/** What security is to reach: set by managers, told to everybody, met or missed with a result, and from a list. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { objectiveTransfer } from '../../../src/workflows/objectives/room.ts';
import { describeOnDatabases } from '../../support/databases.ts';
import { givenPeople, startHarness, today, type Harness, type Said } from '../../support/harness.ts';

const [erin, hanna, ines] = ['erin', 'hanna', 'ines'].map((name) => `${name}@test.example`) as [string, string, string]; // prettier-ignore

describeOnDatabases('An objective', (test) => {
  let isma: Harness;
  let folder: string;
  beforeEach(async () => {
    await givenPeople(test.db);
    isma = await startHarness({ db: test.db });
    folder = await mkdtemp(join(tmpdir(), 'isma-objectives-'));
  });
  afterEach(async () => {
    await isma.stop();
    await rm(folder, { recursive: true });
  });

  const rows = async (sql: string) => (await test.db.query(sql)).rows;
  const last = (said: Said[]) => said.at(-1)?.reply;
  const record = (by: string, fields: Record<string, string> = {}) =>
    isma.press(by, 'objectives.send-begin', { title: 'Phishing is reported', measure: 'The rate', target: 'At least 60 %', metric: '', plan: 'A test each month', due_on: '2026-12-05', owner: 'Erin', ...fields }); // prettier-ignore
  const move = (by: string, name: string, fields: Record<string, string>) =>
    isma.press(by, `objectives.send-fill?record=OB-1&move=${name}`, fields);

  it('is set by managers and the ISMS manager, with a metric that there is, and told to everybody', async () => {
    const denied = await record(erin);
    const unknown = await record(ines, { metric: 'ME-7' });
    const card = await record(ines);

    expect(last(denied)?.text).toBe('Managers and the ISMS manager set objectives. Tell one of them what you would aim for.'); // prettier-ignore
    expect(last(unknown)?.text).toContain('There is no metric ME-7.');
    expect(last(card)?.facts).toContainEqual({ label: 'Due', value: '5 December 2026' });
    expect(last(await isma.say(hanna, 'objectives'))?.text).toBe('1 objective.');
    expect((await isma.say(hanna, 'OB-1')).at(-1)?.reply.buttons.map(({ label }) => label)).toEqual(['What happened', 'Take it all']); // prettier-ignore
  });

  it('says on its card how far its metric is', async () => {
    await isma.press(ines, 'metrics.send-begin', { title: 'Reporting rate', method: 'Tests', unit: '%', cadence: 'monthly', target: '60', better: 'at_least', owner: 'Erin' }); // prettier-ignore
    await isma.press(erin, 'metrics.send-fill?record=ME-1&move=measure', { period: '2026-10', value: '52', note: '' }); // prettier-ignore

    const card = await record(ines, { metric: 'ME-1' });

    expect(last(card)?.facts.at(-1)).toEqual({ label: 'ME-2026-001 Reporting rate', value: '52 % in October 2026, not at least 60 %' }); // prettier-ignore
  });

  it('is met or missed by its owner with a result, and then stays as it is', async () => {
    await record(ines);
    const stranger = await move(hanna, 'meet', { result: 'Yes' });
    const empty = await move(erin, 'meet', { result: '' });
    const missed = await move(erin, 'miss', { result: '52 % in November' });
    const again = await move(ines, 'meet', { result: 'After all' });

    expect(last(stranger)?.text).toContain('Only Erin Employee');
    expect(last(empty)?.text).toBe('Please fill this in.');
    expect(last(missed)?.facts).toContainEqual({ label: 'State', value: 'missed' });
    expect(last(again)?.text).toBe('OB-2026-001 is missed by now: look at it again.');
    expect(await rows('select state, result, state_by_name from objective')).toEqual([{ state: 'missed', result: '52 % in November', state_by_name: 'Erin Employee' }]); // prettier-ignore
    expect(last(await isma.say(ines, 'objectives'))?.text).toBe('No objectives.');
    expect(last(await isma.say(ines, 'all objectives'))?.text).toBe('1 objective so far.');
  });

  it('waits for its owner in the two weeks before its day, and for nobody else', async () => {
    await record(ines);
    await record(ines, { title: 'Later', due_on: '2027-06-30' });

    const waiting = async (who: string) => (await isma.say(who, "what's on my plate?")).at(-1)?.reply;

    expect((await waiting(erin))?.items.map(({ text }) => text)).toEqual(['Say what came of the objective: Phishing is reported']); // prettier-ignore
    expect((await waiting(ines))?.items).toEqual([]);
  });

  it('comes from a list with its metric, and the table that is written can be brought again', async () => {
    await isma.press(ines, 'metrics.send-begin', { title: 'Reporting rate', method: 'Tests', unit: '', cadence: 'monthly', target: '', better: '', owner: 'Erin' }); // prettier-ignore
    const bring = async (lines: readonly string[]) => {
      await writeFile(join(folder, 'goals.csv'), `${lines.join('\n')}\n`);
      return objectiveTransfer.bring(test.db, () => today, join(folder, 'goals.csv'), {
        beside: null,
        apply: true,
      });
    };
    const heading = 'Goal,How measured,Target,KPI,Actions,Responsible,Deadline';

    const first = await bring([
      heading,
      `Phishing is reported,Rate,60 %,reporting rate,Tests,${erin},31.12.2026`,
    ]);
    const { columns, rows: written } = await objectiveTransfer.table(test.db);
    const again = await bring([columns.join(','), ...written.map((row) => row.join(','))]);
    const changed = await bring([heading, `phishing is REPORTED,Rate,70 %,,Tests,${erin},31.12.2026`]);
    const wrong = await bring([heading, `Another,Rate,60 %,nothing,Tests,${erin},31.12.2026`]);

    const days = 'Deadline is read as days, day-first: «31.12.2026» is 31 December 2026\n';
    expect(first.text).toBe(days + 'Added 1, changed 0, unchanged 0.\n');
    expect(again.text).toContain('unchanged 1.\nThere is nothing to write.');
    expect(changed.text).toBe(days + 'Added 0, changed 1, unchanged 0.\n');
    expect(wrong.text).toContain('line 2, KPI: «nothing» is no metric; write its reference, as ME-2026-002');
    expect(await rows('select title, target, metric_id is not null as measured from objective')).toEqual([{ title: 'phishing is REPORTED', target: '70 %', measured: true }]); // prettier-ignore
  });
});
