/** An auditor from outside presses every button of every room. */
import { afterEach, beforeEach, expect, it } from 'vitest';
import { rooms } from '../../../src/app/rooms.ts';
import { describeOnDatabases } from '../../support/databases.ts';
import { givenDocument, type Harness } from '../../support/harness.ts';
import { file, pat, startWithVisitor } from './visitor.ts';

const [erin, ines] = ['erin@test.example', 'ines@test.example'];

describeOnDatabases('An auditor from outside', (test) => {
  let isma: Harness;
  const now = new Date('2026-11-24T09:00:00Z');
  beforeEach(async () => {
    isma = await startWithVisitor(test.db, () => now);
  });
  afterEach(() => isma.stop());

  const rows = async (sql: string, values: unknown[] = []) => (await test.db.query(sql, values)).rows;
  /** What every table of records holds, by its name; what is said, and by whom, is left out. */
  async function records(): Promise<Map<string, string>> {
    const said = ['inbox', 'outbox', 'proposal', 'outgoing_file', 'message', 'identity', 'migration', 'nudge_agenda', 'answer', 'audit_entry', 'audit_head', 'interview']; // prettier-ignore
    const tables = await rows("select tablename as name from pg_tables where schemaname = 'public' and not tablename = any($1)", [said]); // prettier-ignore
    const held = new Map<string, string>();
    for (const { name } of tables) held.set(String(name), JSON.stringify(await rows(`select * from ${String(name)} order by 1`))); // prettier-ignore
    return held;
  }

  it('writes nothing else, by no button of any room, with the forms filled in', async () => {
    await givenDocument(test.db, 'backup.md', '---\nref: POL-1\ntitle: Backup\nstatus: published\neffective: 2026-01-01\nversion: "1.0"\naudience: everyone\n---\n# Backup\n\n## 1 Backups\n\nServers are backed up each night.\n'); // prettier-ignore
    await isma.press(ines, 'evidence-requests.send-begin', { who: 'Erin', title: 'Access review', requirements: 'A.5.18', urgent: 'gathered' }); // prettier-ignore
    await isma.say(erin, 'EV-1', { attachments: file });
    await isma.press(ines, 'evidence-requests.review?record=EV-1');
    await isma.press(ines, 'competences.send-begin', {
      person: 'Erin',
      role: 'Auditor',
      needs: 'Knows how',
      gap: '',
    });
    await isma.say(erin, 'I lost my laptop');
    const before = await records();
    const fields = { who: 'Erin', whom: 'Erin', person: 'Erin', title: 'x', what: 'x', reason: 'x', note: 'x', message: 'The gate is broken', name: 'x', email: 'x@test.example', until: '2026-12-01', due: '2026-12-01', text: 'x', answer: 'x', role: 'x', needs: 'x', containment: 'x', lesson: 'phishing', state_reason: 'x' }; // prettier-ignore
    const commands = rooms
      .flatMap((room) => Object.keys(room.workflow({} as never).actions))
      .filter(
        (command) => !['evidence-requests.send-begin', 'evidence-requests.send-show'].includes(command),
      );
    const recordOf = (command: string) => (command.startsWith('competences.') ? 'CO-1' : command.startsWith('incidents.') ? 'IN-1' : 'EV-1'); // prettier-ignore
    for (const command of commands)
      for (const move of command.endsWith('fill') || command.endsWith('.move') ? ['end', 'take', 'note', 'change', 'passOn', 'withdraw'] : ['accept']) // prettier-ignore
        await isma.press(pat, `${command}?record=${recordOf(command)}&move=${move}&id=1&person=1&request=1&question=1&evidence=1&lesson=phishing&said=x`, fields); // prettier-ignore

    const after = await records();
    expect(before.size).toBeGreaterThan(60);
    expect([...after].filter(([name, held]) => held !== before.get(name)).map(([name, held]) => `${name}: ${held.slice(0, 300)}`)).toEqual([]); // prettier-ignore
    const own = await rows("select distinct action from audit_entry where actor = (select 'person:' || id from person where email = $1)", [pat]); // prettier-ignore
    expect(own.map(({ action }) => action as string).filter((action) => !/^(proposal|identity)\./.test(action))).toEqual([]); // prettier-ignore
  });
});
