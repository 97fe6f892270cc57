/** Campaigns as whoever leads them has them in chat, and what people then get. */
import { afterEach, beforeEach, expect, it } from 'vitest';
import { NotSentError, type Port } from '../../../src/conversation/port.ts';
import { verifyAudit } from '../../../src/db/audit.ts';
import { campaignsTable } from '../../../src/workflows/campaigns/report.ts';
import { describeOnDatabases } from '../../support/databases.ts';
import {
  directAddress,
  givenDocument,
  givenPeople,
  startHarness,
  type Harness,
  type Said,
} from '../../support/harness.ts';

const [erin, hanna, hugo, ines] = ['erin', 'hanna', 'hugo', 'ines'].map((name) => `${name}@test.example`) as [string, string, string, string]; // prettier-ignore

const policy = (ref: string, title: string, version = '2.0') => `---
ref: ${ref}
title: ${title}
version: "${version}"
status: published
effective: 2026-01-01
audience: [everyone]
---

# ${title}

## 1 Purpose

It says who gets in.
`;

describeOnDatabases('A campaign in chat', (test) => {
  let isma: Harness;
  let now: Date;
  beforeEach(async () => {
    now = new Date('2026-12-01T09:00:00Z');
    await givenPeople(test.db);
    await test.db.query("update person set department = 'Sales', manager_id = (select id from person where email = $1) where email in ($2, $3)", [hugo, erin, hanna]); // prettier-ignore
    await givenDocument(test.db, 'access.md', policy('POL-05', 'Access Control Policy'));
    await givenDocument(test.db, 'remote.md', policy('POL-06', 'Remote Working Policy'));
    isma = await startHarness({ db: test.db, clock: () => now });
  });
  afterEach(() => isma.stop());

  const rows = async (sql: string, values: unknown[] = []) => (await test.db.query(sql, values)).rows;
  const last = (said: Said[]) => said.at(-1)?.reply;
  const id = (said: Said[], label: string) => {
    const found = said.flatMap(({ reply }) => [...reply.buttons, ...reply.items.flatMap(({ button }) => button ?? [])]).findLast((each) => each.label.startsWith(label)); // prettier-ignore
    if (found === undefined) throw new Error(`no «${label}» in ${JSON.stringify(last(said))}`);
    return found.id;
  };
  const press = async (email: string, said: Said[], label: string, fields = {}) =>
    isma.press(email, id(said, label), fields);
  const facts = (said: Said[]) => Object.fromEntries(last(said)?.facts.map(({ label, value }) => [label, value]) ?? []); // prettier-ignore
  const asked = 'ask everyone to acknowledge POL-05 until 18 December';
  const start = async (words = asked) => press(ines, await isma.say(ines, words), 'Start');
  const acknowledge = (email: string) =>
    rows(
      `with done as (update acknowledgement_request set state = 'acknowledged' where person_id = (select id from person where email = $1))
       insert into acknowledgement (person_id, name, document_id, version_id, reference, version, language, content_hash, statement, statement_language, how, acknowledged_at)
       select (select id from person where email = $1), 'x', document_id, id, 'POL-05', '2.0', 'en', 'x', 'x', 'en', 'chat', $2 from document_version order by document_version.id limit 1`,
      [email, now],
    ); // prettier-ignore
  const open = async () =>
    (await rows("select id from acknowledgement_request where state = 'pending'")).length;
  /** From morning to evening, day by day. @returns messages that the clock brought, by day */
  async function live(days: number): Promise<string[]> {
    const brought: string[] = [];
    for (let day = 0; day < days; day += 1) {
      for (let hour = 0; hour < 10; hour += 3) {
        const said = await isma.runDue();
        brought.push(...said.map(({ address, reply }) => `${now.toISOString().slice(5, 10)} ${address.split(':').at(-1)?.split('@')[0] ?? ''}: ${reply.text.split('\n')[0] ?? ''}`)); // prettier-ignore
        now = new Date(now.getTime() + 3 * 3_600_000);
      }
      now = new Date(now.getTime() + 12 * 3_600_000);
    }
    return brought;
  }

  it('is shown whole before anything is sent, and started on that card as it is now', async () => {
    await acknowledge(hanna);
    await rows("insert into identity (platform, tenant, user_id, person_id, direct_address, seen_at, unreachable_since) select 'slack', 'T1', 'U1', id, 'slack:1', now(), now() from person where email = $1", [erin]); // prettier-ignore
    const card = await isma.say(ines, asked);

    expect(last(card)?.text).toBe('Ask 3 people to acknowledge POL-05 Access Control Policy until Friday 18 December 2026?\nCM-2026-001 · draft · nothing is sent before you start it'); // prettier-ignore
    expect(facts(card)).toMatchObject({
      Who: 'everyone: no department 2, Sales 1',
      Asked: 'Erin Employee, Hugo Owner, Ines Isms',
      'Not asked': '1 has done it',
      'Out of reach': 'Erin Employee. Ask an admin to give them access, or take a signed list.',
      Messages: '3 at first, 18 at most with all reminders; none to who has done it',
    });
    expect(await open()).toBe(0);

    await rows('update person set active = false where email = $1', [hugo]);
    const again = await press(ines, card, 'Start');
    expect(last(again)?.text).toContain('Nothing was signed: it has changed since you were shown it.');
    expect([await open(), await rows('select state from campaign')]).toEqual([0, [{ state: 'draft' }]]);

    const running = await press(ines, again, 'Start');
    expect(last(running)?.text).toContain('1 of 3 have done it (33 %).\nCM-2026-001 · Access Control Policy · running · until 18 December 2026'); // prettier-ignore
    expect(await open()).toBe(2);
    expect(last(await press(ines, again, 'Start'))?.text).toContain('is running already');
    expect((await verifyAudit(test.db)).faults).toEqual([]);
  });

  it.each([
    ['Ask Sales to acknowledge the access policy by 18 December', 'Ask 2 people to acknowledge POL-05 Access Control Policy until Friday 18 December 2026?'], // prettier-ignore
    ['ask Erin and Hugo to acknowledge POL-05 and POL-06', 'Ask 2 people to acknowledge POL-05 Access Control Policy and POL-06 Remote Working Policy until Tuesday 15 December 2026?'], // prettier-ignore
    ['have everyone acknowledge the remote working policy until Friday', 'Ask 4 people to acknowledge POL-06 Remote Working Policy until Friday 4 December 2026?'], // prettier-ignore
    ['bitte alle, POL-05 bis zum 18. Dezember zu bestätigen', 'Ask 4 people to acknowledge POL-05 Access Control Policy until Friday 18 December 2026?'], // prettier-ignore
    ['lass alle POL-05 bestätigen bis 18. Dezember', 'Ask 4 people to acknowledge POL-05 Access Control Policy until Friday 18 December 2026?'], // prettier-ignore
    ['ask new joiners to acknowledge POL-05 and phishing', 'Ask whoever joins to acknowledge POL-05 Access Control Policy and do the lesson «Mails that want something from you» within 14 days?'], // prettier-ignore
  ])('is understood in «%s»', async (said, expected) => {
    const card = await isma.say(ines, said);
    expect(last(card)?.text.split('\n')[0]).toContain(expected);
  });

  it.each(['ask everyone to acknowledge the welding policy', 'ask everyone to acknowledge the policy'])(
    'says what it does not find in «%s»',
    async (said) => {
      expect(last(await isma.say(ines, said))?.text).toMatch(/is no policy in force|could be/);
      expect(await rows('select id from campaign')).toEqual([]);
    },
  );

  it('is begun by a form, changed by it, and for the ISMS manager alone', async () => {
    const form = await press(ines, await isma.say(ines, 'start a campaign'), 'Start a campaign');
    const wrong = await isma.press(ines, last(form)?.form?.id ?? '', { what: 'POL-99', who: 'everyone', how: 'once', due: '2026-12-18', days: '14' }); // prettier-ignore
    expect(last(wrong)?.form?.fields[0]?.error).toContain('«POL-99» is no policy in force');
    const card = await isma.press(ines, last(form)?.form?.id ?? '', { what: 'POL-05, phishing', who: 'Sales', how: 'standing', due: '', days: '10' }); // prettier-ignore
    expect(last(card)?.text).toContain('Ask 2 people to acknowledge POL-05 Access Control Policy and do the lesson «Mails that want something from you» within 10 days? Whoever comes later is asked then.'); // prettier-ignore

    const change = await press(ines, card, 'Change');
    expect(last(change)?.form?.fields.map(({ value }) => value)).toEqual(['POL-05, phishing', 'Sales', 'standing', '2026-12-15', '10']); // prettier-ignore
    const changed = await isma.press(ines, last(change)?.form?.id ?? '', { what: 'POL-05', who: 'Erin', how: 'once', due: '2026-12-10', days: '14' }); // prettier-ignore
    expect(last(changed)?.text).toContain('Ask 1 person to acknowledge POL-05 Access Control Policy until Thursday 10 December 2026?'); // prettier-ignore
    for (const email of [hugo, erin]) {
      expect(last(await isma.press(email, id(changed, 'Start')))?.text).toMatch(/that you may see|for the ISMS manager/); // prettier-ignore
      expect(last(await isma.say(email, asked))?.text).toContain('for the ISMS manager');
    }
    expect(await rows('select reference, state from campaign')).toEqual([{ reference: 'CM-2026-001', state: 'draft' }]); // prettier-ignore
    await press(ines, changed, 'Discard');
    expect(await rows('select state from campaign')).toEqual([{ state: 'stopped' }]);
  });

  it('reports live and as of a day, to managers of their own people, and every look is on record', async () => {
    await start();
    now = new Date('2026-12-03T09:00:00Z');
    await acknowledge(erin);
    now = new Date('2026-12-21T09:00:00Z');

    const whole = await isma.say(ines, 'how is the access campaign going?');
    const then = await isma.say(ines, 'how is the access campaign going as of 2 December?');
    const own = await isma.say(hugo, 'campaigns');
    const look = await press(hugo, own, 'Look');
    const none = await isma.say(erin, 'campaigns');

    expect(last(whole)?.text).toBe('1 of 4 have done it (25 %), 3 overdue.\nCM-2026-001 · Access Control Policy · running · until 18 December 2026'); // prettier-ignore
    expect(last(whole)?.table?.rows).toEqual([['no department', '0 of 2', '2', '0'], ['Sales', '1 of 2', '1', '0']]); // prettier-ignore
    expect(last(then)?.text).toContain('0 of 4 have done it (0 %).');
    expect(last(then)?.text).toContain('As of Wednesday 2 December 2026.');
    expect(last(look)?.text).toContain('1 of 2 have done it (50 %), 1 overdue.');
    expect(last(look)?.text).toContain('Of people who report to you.');
    expect(last(none)?.text).toContain('There is no campaign');
    expect(last(await isma.say(erin, 'CM-1'))?.text).toContain('There is no CM-1 that you may see.');
    expect(last(await isma.say(ines, 'CM-1 as of 2 January 2027'))?.text).toContain('still to come');

    const undone = await press(hugo, look, 'Who has not');
    expect(last(undone)?.table?.rows).toEqual([['Hanna Human', 'Sales', '18 December 2026, overdue', expect.any(String)]]); // prettier-ignore
    expect((await campaignsTable(test.db, now)).rows.map((row) => [row[2], row[8]].join(' '))).toEqual(['Hanna Human overdue', 'Hugo Owner overdue', 'Ines Isms overdue', 'Erin Employee done']); // prettier-ignore
    const file = await press(ines, await press(ines, whole, 'More'), 'Export');
    expect(last(file)?.files[0]?.name).toBe('CM-2026-001-2026-12-21.xlsx');
    const looks = await rows("select payload::jsonb ->> 'actor' as actor, payload::jsonb -> 'detail' ->> 'people' as people from audit_entry where payload::jsonb ->> 'action' = 'campaign.seen' order by seq"); // prettier-ignore
    expect(looks.map(({ people }) => people)).toEqual(['4', '4', '4', '2', '2', '1', '4']);
  });

  it('lets somebody off with a reason until a day', async () => {
    const running = await start();
    const form = await press(ines, await press(ines, running, 'More'), 'Exempt somebody');
    const done = await isma.press(ines, last(form)?.form?.id ?? '', { who: 'Hugo', until: '2026-12-10', reason: 'Works on the line' }); // prettier-ignore

    expect(last(done)?.text).toBe(
      'Hugo Owner need not take part in «Access Control Policy» until 10 December 2026.',
    );
    expect(facts(await press(ines, done, 'Look at it'))).toMatchObject({ 'Not counted': '1 exempt' });
    expect(await open()).toBe(3);
    now = new Date('2026-12-11T09:00:00Z');
    await isma.runDue();
    expect(await open()).toBe(4);
  });

  it('brings each person what the card said, and never more than it said', async () => {
    const card = await isma.say(ines, asked);
    const [said, most] = [
      facts(card)['They read'] ?? '',
      /(\d+) at most/.exec(facts(card)['Messages'] ?? '')?.[1],
    ];
    await press(ines, card, 'Start');
    const brought = await live(45);

    expect(brought.filter((line) => line.startsWith('12-01')).map((line) => line.slice(6).split(':')[0]).sort()).toEqual(['erin', 'hanna', 'hugo', 'ines']); // prettier-ignore
    const first = isma.delivered.find(({ address }) => address === directAddress(erin))?.reply;
    for (const line of [...(first?.text.split('\n') ?? []), first?.aside ?? '']) expect(said).toContain(line);
    expect(brought.filter((line) => /Access Control/.test(line)).length).toBe(Number(most));
  });

  it('sends nothing while it is paused, and nothing once it is stopped (fault 15)', async () => {
    const running = await start();
    const paused = await press(ines, await press(ines, running, 'More'), 'Pause');
    expect(last(paused)?.text).toContain('It is paused: nothing more is sent.');
    expect(await live(3)).toEqual([]);

    const going = await press(ines, await press(ines, paused, 'More'), 'Go on');
    expect((await live(1)).length).toBe(4);
    await press(ines, await press(ines, going, 'More'), 'Stop');
    expect(await live(30)).toEqual([]);
    expect(await open()).toBe(0);
    const moved = await rows("select payload::jsonb -> 'detail' ->> 'to' as to from audit_entry where payload::jsonb ->> 'action' = 'campaign.moved' order by seq"); // prettier-ignore
    expect(moved.map(({ to }) => to)).toEqual(['paused', 'running', 'stopped']);
  });

  it('takes back what waits for the platform’s limits once it is paused or stopped, and says it once it goes on', async () => {
    await isma.stop();
    let limited = true;
    const got: string[] = [];
    const port: Port = {
      platform: 'test',
      async deliver({ id: delivery, address, reply }) {
        if (limited && address !== directAddress(ines)) throw new NotSentError('429', 3_600);
        got.push(address);
        delivered.push({ address, reply });
        return delivery;
      },
      lookUp: async () => ({ found: false }),
      directAddress: async ({ email }) => (email === null ? null : directAddress(email)),
    };
    const delivered: Said[] = [];
    isma = await startHarness({ db: test.db, clock: () => now, port });
    const shown = async (working: Promise<unknown>) => {
      await working;
      return delivered.filter(({ address }) => address === directAddress(ines));
    };
    const begin = await shown(isma.say(ines, asked));
    await isma.press(ines, id(begin, 'Start'));
    now = new Date(now.getTime() + 3_600_000);
    await isma.core.runDue();
    const states = () => rows("select outbox.state, count(*)::integer as n from outbox join inbox on inbox.id = inbox_id where inbox.platform = 'clock' group by 1 order by 1"); // prettier-ignore
    await expect.poll(states).toEqual([
      { state: 'planned', n: 3 },
      { state: 'sent', n: 1 },
    ]);

    const more = await shown(isma.press(ines, 'campaigns.more?record=CM-2026-001'));
    await isma.press(ines, id(more, 'Pause'));
    expect(await states()).toEqual([
      { state: 'sent', n: 1 },
      { state: 'withdrawn', n: 3 },
    ]);

    limited = false;
    await rows('delete from channel_pause');
    const paused = await shown(isma.press(ines, 'campaigns.more?record=CM-2026-001'));
    await isma.press(ines, id(paused, 'Go on'));
    now = new Date('2026-12-02T09:00:00Z');
    await isma.core.runDue();
    await isma.core.quiet();
    expect(got.filter((address) => address !== directAddress(ines)).sort()).toEqual([erin, hanna, hugo].map(directAddress)); // prettier-ignore
    expect(await states()).toEqual([
      { state: 'sent', n: 4 },
      { state: 'withdrawn', n: 3 },
    ]);
  });

  it('reminds kindly when somebody asks for it, but nobody who heard of it lately', async () => {
    const running = await start();
    expect(last(running)?.buttons.map(({ label }) => label)).toEqual(['Who has not', 'More']);
    await live(1);
    now = new Date('2026-12-05T09:00:00Z');
    expect(last(await isma.press(ines, 'campaigns.remind?record=CM-2026-001'))?.text).toBe('Nobody is reminded now. 4 were reminded lately, and are left in peace.'); // prettier-ignore
    now = new Date('2026-12-09T09:00:00Z');
    expect(last(await press(ines, await isma.say(ines, 'CM-1'), 'Remind'))?.text).toContain(
      '3 get a kind word with their next message',
    );
    now = new Date('2026-12-09T09:30:00Z');
    expect((await live(1)).length).toBe(3);
  });
});
