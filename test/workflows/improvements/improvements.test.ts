/** An idea for what could be better: proposed by anybody, decided by whoever has it, done with its actions and a result. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { improvementTransfer } from '../../../src/workflows/improvements/transfer.ts';
import { describeOnDatabases } from '../../support/databases.ts';
import { directAddress, givenPeople, startHarness, today, type Harness, type Said } from '../../support/harness.ts'; // prettier-ignore

const [erin, hanna, hugo, ines] = ['erin', 'hanna', 'hugo', 'ines'].map((name) => `${name}@test.example`) as [string, string, string, string]; // prettier-ignore

describeOnDatabases('An improvement', (test) => {
  let isma: Harness;
  let folder: string;
  beforeEach(async () => {
    await givenPeople(test.db);
    isma = await startHarness({ db: test.db });
    folder = await mkdtemp(join(tmpdir(), 'isma-improvements-'));
  });
  afterEach(async () => {
    await isma.stop();
    await rm(folder, { recursive: true });
  });

  const rows = async (sql: string) => (await test.db.query(sql)).rows;
  const last = (said: Said[]) => said.at(-1)?.reply;
  const propose = (by: string, fields: Record<string, string> = {}) =>
    isma.press(by, 'improvements.send-begin', { title: 'One list of suppliers', idea: 'Two lists differ', source: 'person', owner: '', ...fields }); // prettier-ignore
  const move = (by: string, name: string, fields: Record<string, string>) =>
    isma.press(by, `improvements.send-fill?record=IM-1&move=${name}`, fields);

  it('is proposed by anybody who works here, for the ISMS manager where nobody is named, and waits there', async () => {
    const card = await propose(erin);
    const twice = await propose(hanna, { title: 'one LIST of suppliers' });

    expect(last(card)?.text).toBe('IM-2026-001 · One list of suppliers');
    expect(last(card)?.buttons.map(({ label }) => label)).toEqual(['What happened', 'Take it all']);
    expect(last(twice)?.text).toBe('IM-2026-001 is «one LIST of suppliers» already.');
    expect(last(await isma.say(hanna, 'improvement ideas'))?.text).toBe('No improvements.');
    expect(last(await isma.say(erin, 'improvement ideas'))?.text).toBe('1 improvement.');
    const waiting = last(await isma.say(ines, "what's on my plate?"))?.items;
    expect(waiting?.map(({ text }) => text)).toEqual(['IM-2026-001 · One list of suppliers']);
  });

  it('is accepted by whoever has it with a day, and whoever proposed it hears of that', async () => {
    await propose(erin);
    const denied = await move(erin, 'accept', { due_on: '2026-12-31', owner: '' });
    const accepted = await move(ines, 'accept', { due_on: '2026-12-31', owner: 'Hugo' });

    expect(last(denied)?.text).toContain('Only Ines Isms');
    const toldErin = accepted.find(({ address }) => address === directAddress(erin))?.reply.text;
    expect(toldErin).toBe('IM-2026-001 «One list of suppliers» is accepted, says Ines Isms.');
    expect(accepted.some(({ address }) => address === directAddress(hugo))).toBe(true);
    expect(await rows('select state, due_on::text, (select name from person where id = owner_id) as owner from improvement')).toEqual([{ state: 'accepted', due_on: '2026-12-31', owner: 'Hugo Owner' }]); // prettier-ignore
  });

  it('is done with its result once its actions are, and not before', async () => {
    await propose(erin);
    await move(ines, 'accept', { due_on: '2026-12-31', owner: '' });
    const action = await isma.press(ines, 'corrective-actions.send-plan-action?record=IM-1', { what: 'Merge them', who: 'Hugo', due: '2026-12-20', evidence: '' }); // prettier-ignore
    const early = await move(ines, 'finish', { result: 'One list' });
    await test.db.query("update corrective_action set state = 'verified'");
    const done = await move(ines, 'finish', { result: 'One list' });

    expect(last(action)?.text).toContain('CA-2026-001');
    expect(last(early)?.text).toBe('IM-2026-001 lacks the end of its actions for that.');
    expect(done[0]?.reply.facts).toContainEqual({ label: 'Result', value: 'One list' });
    expect(await rows('select state from improvement')).toEqual([{ state: 'done' }]);
  });

  it('is declined with a reason, which whoever proposed it reads, and is not opened again', async () => {
    await propose(erin);
    const empty = await move(ines, 'decline', { state_reason: '' });
    const declined = await move(ines, 'decline', { state_reason: 'There is one since May.' });
    const again = await move(ines, 'accept', { due_on: '2026-12-31', owner: '' });

    expect(last(empty)?.text).toBe('Please fill this in.');
    expect(declined.find(({ address }) => address === directAddress(erin))?.reply.text).toBe('IM-2026-001 «One list of suppliers» is declined, says Ines Isms. There is one since May.'); // prettier-ignore
    expect(last(again)?.text).toBe('IM-2026-001 is declined by now: look at it again.');
  });

  it('comes from a list, and goes into a table without who asked what', async () => {
    await writeFile(join(folder, 'ideas.csv'), 'Improvement,Description,Source,Responsible,Deadline\nOne list,Two differ,Audit,Hugo Owner,2026-12-31\n'); // prettier-ignore
    const bring = (apply: boolean) =>
      improvementTransfer.bring(test.db, () => today, join(folder, 'ideas.csv'), { beside: null, apply });

    expect((await bring(false)).text).toContain('Would add 1, change 0, unchanged 0.');
    expect(await rows('select from improvement')).toEqual([]);
    expect((await bring(true)).text).toBe('Added 1, changed 0, unchanged 0.\n');
    expect((await bring(true)).text).toContain('unchanged 1.');
    const { columns, rows: written } = await improvementTransfer.table(test.db);
    expect(columns).toEqual(['reference', 'title', 'idea', 'owner', 'due_on', 'source', 'policy', 'asked_by', 'proposed_by', 'result', 'recorded_actions', 'state']); // prettier-ignore
    expect(written).toEqual([['IM-2026-001', 'One list', 'Two differ', hugo, '2026-12-31', 'audit', '', '', 'Ines Isms', '', '', 'proposed']]); // prettier-ignore
  });
});
