/** Whoever an answer helped hears once that it says something else now: never of other words alone, nor of what they may not read. */
import { afterEach, beforeEach, expect, it } from 'vitest';
import { changeSetting } from '../../../src/records/setting.ts';
import { describeOnDatabases } from '../../support/databases.ts';
import { directAddress, givenDocument, givenPeople, startHarness, type Harness, type Said } from '../../support/harness.ts'; // prettier-ignore

const [erin, hanna, hugo] = ['erin', 'hanna', 'hugo'].map((name) => `${name}@test.example`) as [string, string, string]; // prettier-ignore

const policy = (version: string, effective: string, length: string, audience = 'everyone') => `---
ref: SEC-7
title: Password Policy
status: published
effective: ${effective}
version: "${version}"
audience: ${audience}
---
# Password Policy

## 2 Length

Passwords have at least ${length} characters. Use the password manager.

## 3 Sharing

Nobody shares a password with anybody.
`;

describeOnDatabases('An answer that says something else now', (test) => {
  let isma: Harness;
  let now: Date;
  beforeEach(async () => {
    now = new Date('2026-11-24T09:00:00Z');
    await givenPeople(test.db);
    await givenDocument(test.db, 'passwords.md', policy('1.0', '2026-03-01', '12'));
    isma = await startHarness({ db: test.db, clock: () => now });
  });
  afterEach(() => isma.stop());

  const rows = async (sql: string) => (await test.db.query(sql)).rows;
  const to = (said: Said[], email: string) => said.filter(({ address }) => address === directAddress(email)).map(({ reply }) => reply); // prettier-ignore

  /** Asks, and says that it helped, or not. */
  async function asked(who: string, helpful: boolean | null = true): Promise<void> {
    const said = await isma.say(who, 'How many characters must passwords have at least?');
    const wanted = helpful === true ? 'helpful' : 'not-helpful';
    const button = said.flatMap(({ reply }) => reply.buttons).find(({ feedback }) => feedback === wanted);
    if (helpful !== null) await isma.press(who, button?.id ?? '');
  }
  async function changed(text: string): Promise<Said[]> {
    now = new Date('2026-12-01T09:00:00Z');
    await givenDocument(test.db, 'passwords-2.md', text, { now });
    const found = await isma.runDue();
    now = new Date('2026-12-01T10:00:00Z');
    return [...found, ...(await isma.runDue())];
  }

  it('is told to whom it helped, with what they asked, what it says and where, in their message of the day, once', async () => {
    await asked(erin);
    await asked(hanna, false);
    await asked(hugo, null);

    const said = await changed(policy('2.0', '2026-12-01', '14'));

    const [first, ...more] = to(said, erin);
    expect(first?.text).toContain('What you asked on 24 November 2026, «How many characters must passwords have at least?», has a new answer: Passwords have at least 14 characters.'); // prettier-ignore
    expect(first?.text).toContain('Password Policy v2.0, 2 Length');
    expect(first?.aside).toContain('You hear of it once.');
    expect(more).toEqual([]);
    expect([to(said, hanna), to(said, hugo)]).toEqual([[], []]);
    const card = await isma.press(erin, first?.buttons[0]?.id ?? '');
    expect(to(card, erin)[0]?.text).toContain('Passwords have at least 14 characters.');
    expect(to(card, erin)[0]?.facts.at(-1)?.value).toContain('Passwords have at least 12 characters.');
    now = new Date('2026-12-02T09:00:00Z');
    expect(to(await isma.runDue(), erin)).toEqual([]);
    expect(await rows('select count(*)::int as n from answer_recall')).toEqual([{ n: 1 }]);
  });

  it('is told to nobody where other words say the same, and not looked at again', async () => {
    await asked(erin);

    const said = await changed(policy('2.0', '2026-12-01', 'twelve'));

    expect(to(said, erin)).toEqual([]);
    expect(await rows('select count(*)::int as n from answer_recall')).toEqual([{ n: 0 }]);
    expect(await rows('select count(*)::int as n from recall_look look join document_version version on version.id = version_id where version = \'2.0\'')).toEqual([{ n: 1 }]); // prettier-ignore
  });

  it('is told to nobody who may not read it now, nor long after, nor where that is switched off', async () => {
    await asked(erin);
    expect(to(await changed(policy('2.0', '2026-12-01', '14', 'leadership')), erin)).toEqual([]);

    await test.db.transaction((tx) => changeSetting(tx, 'answer.recall_days', 0, 'test', now));
    now = new Date('2026-12-03T09:00:00Z');
    await givenDocument(test.db, 'passwords-3.md', policy('3.0', '2026-12-02', '16'), { now });
    await isma.runDue();
    await test.db.transaction((tx) => changeSetting(tx, 'answer.recall_days', 5, 'test', now));
    await isma.runDue();

    expect(await rows('select count(*)::int as n from answer_recall')).toEqual([{ n: 0 }]);
  });

  it('is nobody else’s to open', async () => {
    await asked(erin);
    await changed(policy('2.0', '2026-12-01', '14'));

    const other = await isma.press(hanna, 'answers.recalled?recall=1');

    expect(to(other, hanna)[0]?.text).toBe('There is nothing here that you may read any more.');
    expect(await rows('select seen_at from answer_recall')).toEqual([{ seen_at: null }]);
  });
});
