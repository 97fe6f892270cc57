/** A room that is made of what it declares asks its declarations: who may see, who may move, and from which state. */
import { afterEach, beforeEach, expect, it } from 'vitest';
import { keysRoom, migration } from '../fixtures/key-loans.ts';
import { describeOnDatabases } from '../support/databases.ts';
import { givenPeople, startHarness, type Harness, type Said } from '../support/harness.ts';

const hugo = 'hugo@test.example';
const erin = 'erin@test.example';
const ines = 'ines@test.example';

describeOnDatabases('a room of declarations', (test) => {
  let isma: Harness;
  let now: Date;
  beforeEach(async () => {
    await test.db.query(migration);
    await givenPeople(test.db);
    now = new Date('2026-11-24T09:00:00Z');
    isma = await startHarness({ db: test.db, rooms: [keysRoom], clock: () => now });
    await isma.press(hugo, 'keys.send-begin', { door: 'Server room', back_on: '2026-11-27' });
  });
  afterEach(async () => {
    await isma.stop();
    await test.db.query('drop table key_loan');
  });

  const textOf = (all: Said[]) => all.map(({ reply }) => reply.text).join('\n');
  const labelsOf = (all: Said[]) => all.flatMap(({ reply }) => reply.buttons.map(({ label }) => label));
  const states = async () => (await test.db.query('select state, version from key_loan order by id')).rows;

  it('shows a record to whoever may see it, and the moves to whoever may make them', async () => {
    const own = await isma.say(hugo, 'KL-1');
    const hers = await isma.say(ines, 'KL-1');
    const stranger = await isma.say(erin, 'KL-1');
    const lists = [await isma.say(hugo, 'Keys'), await isma.say(ines, 'keys'), await isma.say(erin, 'keys')];
    const channel = await isma.say(hugo, 'keys', { channel: 'office' });

    expect(textOf(own)).toBe('KL-2026-001 · Server room');
    expect(own[0]?.reply.facts).toEqual([
      { label: 'Holder', value: 'Hugo Owner' },
      { label: 'Due', value: '27 November 2026' },
      { label: 'State', value: 'lent' },
    ]);
    expect(labelsOf(own)).toEqual(['It is back', 'It is lost', 'What happened', 'Take it all']);
    expect(labelsOf(hers)).toEqual(['What happened', 'Take it all']);
    expect(textOf(stranger)).toBe('There is no KL-1 that you may see. Say «keys» for those that you may.');
    expect(lists.map(textOf)).toEqual(['1 key is lent.', '1 key is lent.', 'No keys are lent.']);
    expect(textOf(channel)).toContain('I have answered you in a direct message');
  });

  it('refuses a move of somebody else, and one that comes too late, and leaves it as it is', async () => {
    const others = await isma.press(ines, 'keys.move?record=KL-1&move=bringBack');
    const unseen = await isma.press(erin, 'keys.move?record=KL-1&move=bringBack');
    const before = await states();
    await isma.press(hugo, 'keys.move?record=KL-1&move=bringBack');
    const late = await isma.press(hugo, 'keys.move?record=KL-1&move=lose');

    expect(textOf(others)).toBe('Only Hugo Owner can do that.');
    expect(textOf(unseen)).toContain('There is no KL-1 that you may see.');
    expect(before).toEqual([{ state: 'lent', version: 1 }]);
    expect(textOf(late)).toBe('KL-2026-001 is back by now: look at it again.');
    expect(await states()).toEqual([{ state: 'back', version: 2 }]);
  });

  it('keeps its form open for a value that does not do', async () => {
    const form = await isma.press(hugo, 'keys.begin');
    const wrong = await isma.press(hugo, 'keys.send-begin', { door: 'Archive', back_on: 'one day' });

    expect(form[0]?.reply.form?.fields.map(({ name }) => name)).toEqual(['door', 'back_on']);
    expect(textOf(wrong)).toBe('«one day» is no date. Write it as 2026-12-09.');
    expect(await states()).toHaveLength(1);
  });

  it('tells what happened, in the message and as a file', async () => {
    await isma.press(hugo, 'keys.move?record=KL-1&move=bringBack');
    const history = await isma.press(hugo, 'keys.history?record=KL-1');
    const file = await isma.press(hugo, 'keys.export?record=KL-1');

    expect(history[0]?.reply.items.map(({ text }) => text)).toEqual([
      'Hugo Owner brought KL-2026-001 back',
      'Hugo Owner took KL-2026-001',
    ]);
    expect(textOf(file)).toBe('All 2 steps of KL-2026-001.');
    expect(file[0]?.reply.files.map(({ name }) => name)).toEqual(['KL-2026-001-history.xlsx']);
  });

  it('does not nudge for what was brought back or got another day meanwhile', async () => {
    await isma.press(hugo, 'keys.send-begin', { door: 'Archive', back_on: '2026-11-27' });
    await isma.press(hugo, 'keys.move?record=KL-1&move=bringBack');
    await test.db.query("update key_loan set back_on = '2026-12-01' where door = 'Archive'");
    now = new Date('2026-11-27T09:00:00Z');
    const early = await isma.runDue();
    now = new Date('2026-12-02T09:00:00Z');
    const due = await isma.runDue();
    const [plate] = await isma.say(hugo, "what's on my plate?");

    expect(early).toEqual([]);
    expect(due.map(({ reply }) => reply.text)).toEqual(['Please bring the key to Archive back today.']);
    expect(plate?.reply.items.map(({ text, detail }) => [text, detail])).toEqual([
      ['KL-2026-002 · Archive', 'due Tuesday 1 December 2026'],
    ]);
  });
});
