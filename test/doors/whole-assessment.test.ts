/**
 * All 123 requirements through each door: who we are, a pause, a restart, three colleagues who differ, the lead's look at each,
 * and the files read back. It takes minutes: `npm run test:faults`.
 */
import { writeFile, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import mammoth from 'mammoth';
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import { verifyAudit } from '../../src/db/audit.ts';
import { Reply } from '../../src/conversation/contract.ts';
import { readTable } from '../../src/files/read-table.ts';
import { assessable } from '../../src/isms/assessment/bank.ts';
import { describeOnDatabases } from '../support/databases.ts';
import { givenPeople } from '../support/harness.ts';
import { startModelServer, type ModelServer } from '../support/model-server.ts';
import { aboutUs, askedIn } from '../workflows/gap-analysis/talk.ts';
import { stages, type Stage } from './stages.ts';

const ines = 'ines@test.example';
const hugo = 'hugo@test.example';
const hanna = 'hanna@test.example';
const erin = 'erin@test.example';
const asked = askedIn('all');
const shared = askedIn('part:A.5.18');
/** Criteria after which others are asked, and the service is started anew. */
const before = asked.findIndex(({ requirement }) => requirement === 'A.5.18');

describeOnDatabases('An assessment of everything', (test) => {
  let model: ModelServer;
  let folder: string;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'isma-whole-'));
    model = await startModelServer();
  });
  afterAll(async () => {
    await model.close();
    await rm(folder, { recursive: true });
  });
  beforeEach(() => givenPeople(test.db));

  const rows = async (sql: string, values: unknown[] = []) => (await test.db.query(sql, values)).rows;

  /** The newest message of ours to somebody. */
  async function shownTo(email: string): Promise<Reply> {
    const [last] = await rows(
      `select reply from outbox join person on email = $1 left join identity on identity.person_id = person.id
       where not outbox.quiet and (outbox.person_id = person.id or outbox.address = identity.direct_address)
       order by outbox.id desc limit 1`,
      [email],
    );
    return Reply.parse(last?.['reply']);
  }

  /** Each question answered with its first or its last choice, until so many criteria are done. */
  async function answer({ press, say }: Stage, email: string, which: 'first' | 'last', until = Infinity) {
    for (;;) {
      const { progress, buttons } = await shownTo(email);
      if (progress === null || progress.done >= until) return;
      const choices = buttons.filter(({ id }) => id.includes('-choose'));
      const chosen = choices.at(which === 'first' ? 0 : -1);
      if (chosen === undefined) await say(email, 'The ERP.');
      else await press(email, chosen.label);
    }
  }

  it.each(Object.keys(stages))('runs from its profile to its report through the door %s', async (door) => {
    const open = async (): Promise<Stage> => {
      const stage = await stages[door]?.({ db: test.db, model });
      if (stage === undefined) throw new Error(door);
      return stage;
    };
    let stage = await open();
    try {
      for (const person of [ines, hugo, hanna, erin]) await stage.say(person, 'hello');
      await stage.say(ines, 'gap analysis of everything');
      for (const said of aboutUs)
        if (said.startsWith('2027')) await stage.say(ines, said);
        else await stage.press(ines, said);
      await answer(stage, ines, 'first', before);
      await stage.press(ines, 'Ask a colleague');
      await stage.fill(ines, { what: 'part:A.5.18', owner: 'Hugo', doer: 'Hanna', manager: 'Erin', due: '2026-12-04' });
      await stage.press(ines, 'Later');
      await stage.stop();
      stage = await open();
      await stage.say(ines, "what's on my plate?");
      await stage.press(ines, 'Go on');
      await answer(stage, ines, 'first');
      await stage.press(ines, 'Submit');
      for (const [person, which] of [[hugo, 'first'], [hanna, 'last'], [erin, 'last']] as const) {
        await stage.say(person, "what's on my plate?");
        await stage.press(person, 'Go on');
        await answer(stage, person, which);
        await stage.press(person, 'Submit');
        await stage.press(ines, 'Look');
        await stage.press(ines, 'Agree and close');
      } // prettier-ignore
      await stage.say(ines, 'show GA-1');
      await stage.press(ines, 'Where people differ');
      for (let left = shared.length; left > 0; left -= 1) {
        // The terminal asks which of several; the newest message has its buttons in their order.
        await stage.press(ines, door === 'terminal' ? '1' : 'Decide');
        await stage.press(ines, 'As Hanna Human says');
      }
      await stage.say(ines, 'show GA-1');
      await stage.press(ines, 'Make it final');
      await stage.press(ines, 'Report');
      await stage.press(ines, 'Every criterion as Excel');
    } finally {
      await stage.stop();
    }

    expect(new Set(asked.map(({ requirement }) => requirement)).size).toBeGreaterThan(110);
    expect(await rows('select state, scope from assessment')).toEqual([{ state: 'final', scope: 'all' }]);
    expect(await rows('select count(distinct requirement)::integer as n from assessment_criterion')).toEqual([{ n: assessable().length }]);
    const answers = await rows("select by_name, count(*)::integer as n from assessment_answer where state = 'answered' group by by_name order by by_name");
    expect(answers).toEqual([
      { by_name: 'Erin Employee', n: shared.length },
      { by_name: 'Hanna Human', n: shared.length },
      { by_name: 'Hugo Owner', n: shared.length },
      { by_name: 'Ines Isms', n: asked.length - shared.length },
    ]);
    expect(await rows("select problem from inbox where state = 'dead'")).toEqual([]);
    expect((await verifyAudit(test.db)).faults).toEqual([]);

    const [table, report] = await rows('select bytes from outgoing_file order by kept_at desc limit 2');
    await writeFile(join(folder, 'gap.xlsx'), table?.['bytes'] as Uint8Array);
    const { header, rows: lines } = await readTable(join(folder, 'gap.xlsx'));
    const results = lines.map(({ cells }) => cells[header.cells.indexOf('result')] ?? '');
    const { value: text } = await mammoth.extractRawText({ buffer: Buffer.from(report?.['bytes'] as Uint8Array) });
    expect(lines).toHaveLength(Number((await rows('select count(*)::integer as n from assessment_criterion'))[0]?.['n']));
    expect(results.filter((result) => result === 'nonconform')).toHaveLength(shared.length);
    expect(results.filter((result) => result === 'conform')).toHaveLength(asked.length - shared.length);
    expect(text).toContain('Where people differ');
    expect(text.match(/\(this counts\)/g)).toHaveLength(shared.length);
    expect(text).toContain('Hanna Human (does it)');
    expect(text).toMatch(new RegExp(`\\b${asked.length - shared.length} as it should be, ${shared.length} missing`));
  }); // prettier-ignore
});
