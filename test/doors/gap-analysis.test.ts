/** A gap analysis held in each door: who we are, a pause, a colleague who is asked, a file, the lead's look, and its table read back. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import { verifyAudit } from '../../src/db/audit.ts';
import { choicesOf } from '../../src/dialogue/interview-choices.ts';
import { readTable } from '../../src/files/read-table.ts';
import { describeOnDatabases } from '../support/databases.ts';
import { givenPeople } from '../support/harness.ts';
import { startModelServer, type ModelServer } from '../support/model-server.ts';
import { aboutUs, askedIn } from '../workflows/gap-analysis/talk.ts';
import { stages } from './stages.ts';

const hugo = 'hugo@test.example';
const ines = 'ines@test.example';
const asked = askedIn('part:A.5.18');
const [first] = asked;
/** The best answer to the first question, as its button is called. */
const best = choicesOf({
  mark: '',
  text: '',
  choices: first?.criterion.choices.map(({ as, en }) => ({ value: as, label: en })) ?? [],
}).buttons[0]?.label;

describeOnDatabases('A gap analysis', (test) => {
  let model: ModelServer;
  let folder: string;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'isma-gap-'));
    await writeFile(join(folder, 'requests.txt'), 'Three requests, each with its approval.');
    model = await startModelServer();
  });
  afterAll(async () => {
    await model.close();
    await rm(folder, { recursive: true });
  });
  beforeEach(() => givenPeople(test.db));

  it.each(Object.keys(stages))('leaves the same rows through the door %s', async (door) => {
    const stage = await stages[door]?.({ db: test.db, model });
    if (stage === undefined) throw new Error(door);
    const { say, press, fill, attach, stop } = stage;
    try {
      for (const person of [ines, hugo]) await say(person, 'hello');
      await say(ines, 'gap analysis of A.5.18');
      for (const said of aboutUs)
        if (said.startsWith('2027')) await say(ines, said);
        else await press(ines, said);
      await press(ines, 'Ask a colleague');
      await fill(ines, { what: `part:${first?.name ?? ''}`, doer: 'Hugo', due: '2026-12-04' });
      await press(ines, 'Later');
      await say(ines, "what's on my plate?");
      await press(ines, 'Go on');
      for (let left = asked.length - 1; left > 0; left -= 1) {
        await press(ines, 'Skip');
        await fill(ines, { answer: 'Hugo knows' });
      }
      await press(ines, 'Submit');
      await press(hugo, best ?? '');
      await attach(hugo, join(folder, 'requests.txt'), 'Yes, from the last 3 months');
      await press(hugo, 'Submit');
      await press(ines, 'Look');
      await press(ines, 'Agree and close');
      await say(ines, 'show GA-1');
      await press(ines, 'Make it final');
      await press(ines, 'Report');
      await press(ines, 'Every criterion as Excel');
    } finally {
      await stop();
    }

    const rows = async (sql: string) => (await test.db.query(sql)).rows;
    expect(await rows('select reference, state, goal, audit_on::text, state_by_name from assessment')).toEqual([
      { reference: 'GA-2026-001', state: 'final', goal: 'preparing', audit_on: '2027-03-12', state_by_name: 'Ines Isms' },
    ]); // prettier-ignore
    expect(await rows('select state, part, person_id is not null as somebody from assignment order by id')).toEqual([
      { state: 'closed', part: 'lead', somebody: true },
      { state: 'closed', part: 'doer', somebody: true },
    ]); // prettier-ignore
    expect(await rows('select criterion, state, defined, practised, proven, by_name, cardinality(evidence) as files from assessment_answer order by id')).toEqual([
      { criterion: first?.name, state: 'delegated', defined: null, practised: null, proven: null, by_name: 'Ines Isms', files: 0 },
      ...asked.slice(1).map(({ name }) => ({ criterion: name, state: 'skipped', defined: null, practised: null, proven: null, by_name: 'Ines Isms', files: 0 })),
      { criterion: first?.name, state: 'answered', defined: 'yes', practised: 'yes', proven: 'yes', by_name: 'Hugo Owner', files: 1 },
    ]); // prettier-ignore
    expect(await rows('select belongs_to, purpose, title from evidence')).toEqual([
      { belongs_to: expect.stringMatching(/^assessment:\d+$/) as string, purpose: first?.name, title: 'requests.txt' },
    ]); // prettier-ignore
    expect((await verifyAudit(test.db)).faults).toEqual([]);
    expect(await rows("select problem from inbox where state = 'dead'")).toEqual([]);

    const [sent] = await rows('select bytes from outgoing_file order by kept_at desc limit 1');
    await writeFile(join(folder, 'gap.xlsx'), sent?.['bytes'] as Uint8Array);
    const table = await readTable(join(folder, 'gap.xlsx'));
    const read = table.rows.map(({ cells }) =>
      Object.fromEntries(cells.map((cell, at): [string, string] => [table.header.cells[at] ?? '', cell])),
    ); // prettier-ignore
    expect(read).toMatchObject([
      { criterion: first?.name, result: 'conform', basis: 'claimed', answered_by: 'Hugo Owner', evidence: 'requests.txt' },
      ...asked.slice(1).map(({ name }) => ({ criterion: name, result: 'not_assessed', words: 'Hugo knows' })),
    ]); // prettier-ignore
  });
});
