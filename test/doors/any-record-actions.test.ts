/** Actions belong to a record of any kind: a room that Isma does not have adds them to its own, and they go their way without a non-conformity. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from 'vitest';
import { plainText } from '../../src/conversation/plain-text.ts';
import { buttonsOf } from '../../src/doors/console/render.ts';
import { declareVisits, migration, visitsRoom } from '../fixtures/site-visits.ts';
import { describeOnDatabases } from '../support/databases.ts';
import { givenPeople, startHarness, type Said } from '../support/harness.ts';
import { startModelServer, type ModelServer } from '../support/model-server.ts';
import { stages } from './stages.ts';

const hugo = 'hugo@test.example';
const ines = 'ines@test.example';
const hanna = 'hanna@test.example';
const erin = 'erin@test.example';

describeOnDatabases('actions of another record', (test) => {
  let model: ModelServer;
  let folder: string;
  let forget = () => {};
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'isma-actions-'));
    await writeFile(join(folder, 'receipt.txt'), 'One lock, changed.');
    model = await startModelServer();
  });
  afterAll(async () => {
    await model.close();
    await rm(folder, { recursive: true });
  });
  beforeEach(async () => {
    await test.db.query(migration);
    await givenPeople(test.db);
    forget = declareVisits();
  });
  afterEach(async () => {
    forget();
    await test.db.query('drop table site_visit');
  });

  it.each(Object.keys(stages))(
    'has actions that somebody does and somebody else verifies, through the door %s',
    async (door) => {
      const stage = await stages[door]?.({ db: test.db, model, rooms: [visitsRoom] });
      if (stage === undefined) throw new Error(door);
      const { say, press, fill, attach, stop } = stage;
      try {
        for (const person of [hanna, hugo]) await say(person, 'hello');
        await say(hugo, 'visit Bremen');
        await press(hugo, 'Add an action');
        await fill(hugo, { what: 'Change the lock', who: hanna, due: '2027-12-15', evidence: 'The bill' });
        await press(hanna, 'Look');
        await press(hanna, 'Accept');
        await attach(hanna, join(folder, 'receipt.txt'), 'CA-1 is done');
        await press(hanna, 'Confirm');
        await press(hugo, 'Look');
        await press(hugo, 'Verify');
      } finally {
        await stop();
      }

      const rows = async (sql: string) => (await test.db.query(sql)).rows;
      expect(await rows('select reference, belongs_to, nonconformity_id, round, state, progress, verified_by_name from corrective_action')).toEqual([
      { reference: 'CA-2026-001', belongs_to: expect.stringMatching(/^site_visit:\d+$/) as string, nonconformity_id: null, round: 1, state: 'verified', progress: 100, verified_by_name: 'Hugo Owner' },
    ]); // prettier-ignore
      expect(await rows('select belongs_to, nonconformity_id, state from evidence')).toEqual([
      { belongs_to: expect.stringMatching(/^corrective_action:\d+$/) as string, nonconformity_id: null, state: 'accepted' },
    ]); // prettier-ignore
      const told = await rows(
        "select action, payload::jsonb -> 'detail' ->> 'site_visit' as visit from audit_entry where record like 'corrective_action:%' order by seq",
      );
      expect(told.map(({ action }) => action)).toEqual([
      'corrective_action.proposed', 'corrective_action.accepted', 'evidence.submitted', 'corrective_action.in_progress', 'evidence.in_review',
      'corrective_action.done_claimed', 'evidence.accepted', 'corrective_action.verified',
    ]); // prettier-ignore
      expect(told[0]?.visit).toBe('SV-2026-001');
      expect(await rows("select problem from inbox where state = 'dead'")).toEqual([]);
    },
  );

  it('shows them to whom they wait for, with the record that they belong to, and to nobody else', async () => {
    const isma = await startHarness({ db: test.db, rooms: [visitsRoom] });
    const shown = (said: Said[], to: string) =>
      said.filter(({ address }) => address.endsWith(to)).map(({ reply }) => plainText(reply)).join('\n'); // prettier-ignore
    const saying = async (who: string, text: string) => shown(await isma.say(who, text), who);
    const pressing = async (who: string, label: string, fields?: Record<string, string>) => {
      const replies = isma.delivered.filter(({ address }) => address.endsWith(who)).map(({ reply }) => reply);
      const form =
        fields === undefined ? null : (replies.findLast((reply) => reply.form !== null)?.form ?? null);
      const button = replies.flatMap(buttonsOf).findLast((each) => each.label === label);
      const id = form?.id ?? button?.id;
      if (id === undefined) throw new Error(`${who} sees no «${label}»`);
      return shown(await isma.press(who, id, fields), who);
    };
    try {
      await saying(hugo, 'visit Bremen');
      await pressing(hugo, 'Add an action');
      const planned = await pressing(hugo, 'Add', { what: 'Change the lock', who: hanna, due: '2026-11-26' });

      expect(planned).toContain('CA-2026-001 is planned. Hanna Human is asked to accept it.');
      expect(planned).toContain('Visit: SV-2026-001 · Bremen');
      const toHanna = isma.delivered.findLast(({ address }) => address.endsWith(hanna));
      expect(toHanna?.reply.otherwise.map(({ label }) => label)).toEqual(['Hand over']); // should she not be reached
      expect(await saying(hanna, "what's on my plate?")).toContain('CA-2026-001 · Change the lock');
      expect(await saying(hanna, 'open actions of me')).toContain('SV-2026-001');
      expect(await saying(ines, 'open actions')).toContain('SV-2026-001');
      expect(await saying(erin, 'open actions')).not.toContain('CA-2026-001');
      expect(await saying(erin, 'CA-2026-001')).toContain('that you may see');
      expect(await saying(erin, 'CA-2026-001 is done')).toContain('that you may see');

      await saying(hanna, 'CA-1 accepted');
      await pressing(hanna, 'Confirm');
      await saying(hanna, 'CA-1 needs two more weeks, because the locksmith is ill');
      await pressing(hanna, 'Confirm');
      expect(await saying(ines, "what's on my plate?")).toContain('More time? CA-2026-001');
      await saying(ines, 'CA-1');
      await pressing(ines, 'Approve');
      await isma.press(hanna, 'corrective-actions.send-hand-over?record=CA-2026-001', {
        email: erin,
        note: 'You have the key',
      });
      expect(await saying(erin, "what's on my plate?")).toContain('Take over? CA-2026-001 · Change the lock');
      await saying(erin, 'CA-2026-001');
      await pressing(erin, 'Take it');
      expect(await saying(erin, 'CA-1 done https://wiki.test.example/lock')).toContain('Change the lock');
      await pressing(erin, 'Confirm');
      expect(await saying(erin, 'CA-1 is verified')).toContain(
        'CA-2026-001 is yours, so somebody else has to verify it: Hugo Owner or the ISMS manager.',
      );
      expect(await saying(hugo, "what's on my plate?")).toContain('Verify: CA-2026-001 · Change the lock');
      expect(await saying(hugo, 'SV-1')).toContain('CA-2026-001 · Change the lock');
      await saying(ines, 'cancel CA-1 because the door is gone');
      await pressing(ines, 'Confirm');

      await saying(hugo, 'history of CA-1');
      const history = await pressing(hugo, '6 earlier');
      for (const step of ['Hugo Owner planned CA-2026-001 for Hanna Human', 'Hanna Human asked for CA-2026-001 to be due on 10 December 2026',
        'Erin Employee took CA-2026-001 over from Hanna Human', 'Ines Isms cancelled CA-2026-001: «the door is gone»']) expect(history).toContain(step); // prettier-ignore
      const { rows } = await test.db.query('select state, owner_id = (select id from person where email = $1) as taken, due_on, original_due_on from corrective_action', [erin]); // prettier-ignore
      expect(rows).toMatchObject([{ state: 'cancelled', taken: true }]);
      expect(await saying(hanna, "what's on my plate?")).not.toContain('CA-2026-001');
      expect((await test.db.query("select problem from inbox where state = 'dead'")).rows).toEqual([]);
    } finally {
      await isma.stop();
    }
  });
});
