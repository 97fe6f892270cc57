/** What many ask and no policy answers becomes an improvement of the policy that is nearest: with counts, never with who asked. */
import { afterEach, beforeEach, expect, it } from 'vitest';
import { importPeople } from '../../../src/isms/person/people-import.ts';
import { improvementTransfer } from '../../../src/workflows/improvements/transfer.ts';
import { describeOnDatabases } from '../../support/databases.ts';
import { directAddress, givenDocument, givenPeople, startHarness, type Harness, type Said } from '../../support/harness.ts'; // prettier-ignore

const [erin, hugo, ines] = ['erin', 'hugo', 'ines'].map((name) => `${name}@test.example`) as [string, string, string]; // prettier-ignore
const wordings = ['May a smart speaker be in my home office?', 'Is a smart speaker in my home office allowed?', 'Can I have a smart speaker in my office at home?', 'May a smart speaker be in my home office?', 'may a smart speaker be in my home office', 'Is a smart speaker at home a problem?']; // prettier-ignore

describeOnDatabases('Questions that no policy answers', (test) => {
  let isma: Harness;
  let now: Date;
  let version: number;
  beforeEach(async () => {
    now = new Date('2026-11-23T09:00:00Z');
    await givenPeople(test.db);
    const asker = (at: number) => ({ email: `asker${at}@test.example`, name: `Zacharias Asker${at}`, roles: ['employee' as const], department: null, title: null, manager: null, groups: [], timeZone: 'Europe/Berlin', locale: 'en-GB' }); // prettier-ignore
    const known = (await test.db.query("select email, name, roles, department, title, time_zone, locale from person")).rows as { email: string; name: string; roles: ('employee' | 'isms_manager')[]; department: string | null; title: string | null; time_zone: string; locale: string }[]; // prettier-ignore
    await test.db.transaction((tx) => importPeople(tx, [...known.map(({ time_zone: timeZone, ...each }) => ({ ...each, timeZone, manager: null, groups: [] })), ...wordings.map((_, at) => asker(at))], 'test', now)); // prettier-ignore
    version = await givenDocument(test.db, 'remote.md', `---\nref: SEC-5\ntitle: Remote Working Policy\nstatus: published\nowner: ${hugo}\neffective: 2026-01-01\nversion: "1.0"\n---\n# Remote Working Policy\n\n## 1 Home\n\nLock your screen.\n`); // prettier-ignore
    isma = await startHarness({ db: test.db, clock: () => now });
  });
  afterEach(() => isma.stop());

  const rows = async (sql: string) => (await test.db.query(sql)).rows;
  const to = (said: Said[], email: string) => said.filter(({ address }) => address === directAddress(email)).map(({ reply }) => reply); // prettier-ignore
  /** Asked by so many different people, each in their own words, as answers keep it. */
  async function asked(count: number): Promise<void> {
    for (const [at, question] of wordings.slice(0, count).entries())
      await test.db.query(
        `with said as (insert into inbox (platform, event_id, address, state) values ('test', $1, 'x', 'done') returning id)
         insert into answer (inbox_id, person_id, address, question, outcome, section_ids, nearest_version_id, at)
         select said.id, person.id, 'x', $2, 'not_covered', '{}', $3, $4 from said, person where email = $5`,
        [`copy-${count}-${at}`, question, version, now, `asker${at}@test.example`],
      );
  }

  it('are proposed to the owner of the policy and the ISMS manager once enough people asked, and not before', async () => {
    await asked(4);
    const few = await isma.runDue();
    expect([to(few, hugo), await rows('select from improvement')]).toEqual([[], []]);

    await test.db.query('delete from answer');
    await asked(6);
    now = new Date('2026-11-30T09:00:00Z');
    const said = await isma.runDue();

    expect(to(said, hugo).map(({ text }) => text)).toEqual([expect.stringMatching(/^6 people asked about «.*speaker.*», and the Remote Working Policy does not answer it\. I propose an improvement: IM-2026-001\.$/)]); // prettier-ignore
    expect(to(said, ines).filter(({ text }) => text.includes('IM-2026-001.'))).toHaveLength(1);
    const card = to(await isma.say(hugo, 'IM-1'), hugo)[0];
    expect(JSON.stringify([card, (await improvementTransfer.table(test.db)).rows, said])).not.toMatch(/zacharias|asker\d/i); // prettier-ignore
    expect(JSON.stringify(card)).toContain('Several asked: «May a smart speaker be in my home office?».');
    expect(await rows('select count(*)::int as n from improvement_question')).toEqual([{ n: 6 }]);
  });

  it('are not proposed again while one is open, nor soon after it was declined', async () => {
    await asked(6);
    await isma.runDue();
    now = new Date('2026-11-30T09:00:00Z');
    await isma.runDue();
    await isma.press(hugo, 'improvements.send-fill?record=IM-1&move=decline', {
      state_reason: 'It stands in 4.2.',
    });
    now = new Date('2026-12-07T09:00:00Z');
    await isma.runDue();

    expect(await rows('select reference, state from improvement')).toEqual([{ reference: 'IM-2026-001', state: 'declined' }]); // prettier-ignore
  });

  it('are asked for by the ISMS manager and the owner of the policy, and by nobody else', async () => {
    await asked(6);
    const question = 'what do people ask that our policies do not answer?';

    const hers = to(await isma.say(ines, question), ines)[0];
    const owners = to(await isma.say(hugo, question), hugo)[0];
    const strangers = to(await isma.say(erin, question), erin)[0];

    expect(hers?.items[0]?.text).toMatch(/speaker.* · 6 people, 6 questions$/);
    expect(owners?.items).toHaveLength(1);
    expect(strangers?.text).toContain('this is for the ISMS manager');
    expect(JSON.stringify([hers, owners])).not.toMatch(/zacharias|asker\d/i);
  });
});
