/** Whoever is at a browser and means no good: guessed codes, foreign pages, replays, other people's sessions, words that are marks. */
import { request } from 'node:http';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { leave } from '../../../src/isms/person/leaving.ts';
import { describeOnDatabases } from '../../support/databases.ts';
import { givenPeople, today } from '../../support/harness.ts';
import { createBrowser, startScreen, type Screen } from '../../support/screen-harness.ts';

const erin = 'erin@test.example';
const hugo = 'hugo@test.example';
const phishing = { kind: 'lesson', name: 'phishing' };
const wrongCode = 'CCCC-CCCC-CCCC';

describeOnDatabases('The shared screen', (test) => {
  let screen: Screen;
  let now: Date;
  beforeEach(async () => {
    now = today;
    await givenPeople(test.db);
    screen = await startScreen(test.db, () => now);
  });
  afterEach(() => screen.stop());

  const rows = async (sql: string, parameters: unknown[] = []) => (await test.db.query(sql, parameters)).rows;
  const later = (minutes: number) => void (now = new Date(now.getTime() + minutes * 60_000));
  const inputs = async () => Number((await rows('select count(*) as n from inbox'))[0]?.['n']);

  it('says the same of a wrong code, of none that there could be, and of the code of somebody who left', async () => {
    const gone = await screen.codeOf(hugo);
    await test.db.transaction((tx) => leave(tx, hugo, null, 'test', now));
    const known = await screen.codeOf(erin);
    const browser = createBrowser(screen.url);

    const told = [];
    for (const code of [wrongCode, gone, `${known.slice(0, 5)}CCCC-CCCC`, "' or 1=1 --", '', '🦊'.repeat(60)])
      told.push((await browser.enter(code)).text);

    expect(new Set(told).size).toBe(1);
    expect(told[0]).toContain('That code is not known.');
    expect(browser.cookie()).toBe('');
    expect(await rows('select * from screen_session')).toEqual([]);
  });

  it('lets nobody go on guessing from one address, counted in the database, and the others in', async () => {
    const code = await screen.codeOf(erin);
    const here = createBrowser(screen.url, { 'x-forwarded-for': '203.0.113.7' });
    const statuses = [];
    for (let guess = 0; guess < 12; guess += 1) statuses.push((await here.enter(wrongCode)).status);

    expect(statuses).toEqual([...Array<number>(10).fill(200), 429, 429]);
    // Right or wrong, nobody learns it there any more; another process counts the same rows.
    expect((await here.enter(code)).text).toContain('Too many codes were wrong here.');
    const there = createBrowser(screen.url, { 'x-forwarded-for': '203.0.113.8' });
    expect((await there.enter(code)).text).toContain('You are Erin Employee.');
    later(11);
    expect((await here.enter(code)).text).toContain('You are Erin Employee.');
  });

  it('counts guesses that come at once, and those from all addresses together; right codes cost nothing', async () => {
    const guess = (source: string) =>
      createBrowser(screen.url, { 'x-forwarded-for': source }).enter(wrongCode);
    const atOnce = await Promise.all(Array.from({ length: 20 }, () => guess('203.0.113.9')));
    expect(atOnce.filter(({ status }) => status === 200).length).toBeLessThanOrEqual(10);

    await test.db.query(
      "insert into screen_try (source, tried_at) select 'elsewhere' || n, $1 from generate_series(1, 300) n",
      [now],
    );
    expect((await guess('203.0.113.10')).status).toBe(429);
    later(11);
    const code = await screen.codeOf(erin);
    for (let turn = 0; turn < 12; turn += 1) await createBrowser(screen.url).enter(code);
    expect(await rows('select * from screen_try')).toEqual([]);
  });

  it('takes one IPv6 house for one address', async () => {
    const guess = (last: number) =>
      createBrowser(screen.url, { 'x-forwarded-for': `2001:db8:1:2::${last}` }).enter(wrongCode);
    const statuses = [];
    for (let last = 1; last <= 11; last += 1) statuses.push((await guess(last)).status);

    expect(statuses.at(-1)).toBe(429);
  });

  it('keeps of a code nothing that opens anything, and ends it when there is a new one', async () => {
    const first = await screen.codeOf(erin);
    const browser = createBrowser(screen.url);
    await browser.enter(first);
    const second = await screen.codeOf(erin);

    const [kept] = await rows('select selector, encode(hash, $1) as hash from screen_code', ['hex']);
    expect(second.startsWith(String(kept?.['selector']))).toBe(true);
    expect(JSON.stringify(await rows('select * from audit_entry'))).not.toContain(second.slice(5));
    expect((await browser.get()).text).toContain('Enter your code');
    expect((await createBrowser(screen.url).enter(first)).text).toContain('That code is not known.');
    expect((await createBrowser(screen.url).enter(second)).text).toContain('You are Erin Employee.');
  });

  it('takes no form of another page, of no page, of another kind or of more bytes than a form has', async () => {
    const code = await screen.codeOf(erin);
    const browser = createBrowser(screen.url);
    const page = await browser.enter(code, phishing);
    const next = page.forms.find(({ label }) => label === 'Next');
    const before = await inputs();

    const foreign = await browser.post('/screen/press', next?.fields ?? {}, { origin: 'https://evil.example' });
    const hidden = await browser.post('/screen/press', next?.fields ?? {}, { origin: 'null' });
    const crossSite = await browser.post('/screen/press', next?.fields ?? {}, { 'sec-fetch-site': 'cross-site' });
    const json = await browser.post('/screen/press', next?.fields ?? {}, { 'content-type': 'application/json' });
    const large = await browser.post('/screen/press', { ...next?.fields, more: 'x'.repeat(70_000) });
    const login = await createBrowser(screen.url).post('/screen/code', { code }, { origin: 'https://evil.example' });

    expect([foreign, hidden, crossSite, json, large, login].map(({ status }) => status)).toEqual([403, 403, 403, 415, 413, 403]);
    expect(await inputs()).toBe(before);
  }); // prettier-ignore

  it('answers under its own name alone', async () => {
    const { port } = new URL(screen.url);
    const status = await new Promise((resolve, reject) => {
      request({ host: '127.0.0.1', port, path: '/screen', headers: { host: 'evil.example' } }, (response) =>
        resolve(response.resume().statusCode),
      )
        .on('error', reject)
        .end();
    });

    expect(status).toBe(421);
  });

  it('takes a press once, whoever sends the form again', async () => {
    const browser = createBrowser(screen.url);
    const page = await browser.enter(await screen.codeOf(erin), phishing);
    const before = await inputs();

    const [first, again] = await Promise.all([browser.press(page, 'Next'), browser.press(page, 'Next')]);
    const old = await browser.press(page, 'Next');

    expect(await inputs()).toBe(before + 1);
    for (const shown of [first, again, old]) expect(shown.text).toContain('Card 2 of');
  });

  it('takes no form with the proof of another session, and shows nobody what another was shown', async () => {
    const erins = createBrowser(screen.url);
    const hugos = createBrowser(screen.url);
    const hers = await erins.enter(await screen.codeOf(erin), phishing);
    const his = await hugos.enter(await screen.codeOf(hugo));
    const next = hers.forms.find(({ label }) => label === 'Next');
    const own = his.forms.find(({ label }) => label === 'What is open');
    const before = await inputs();

    const borrowed = await hugos.post('/screen/press', next?.fields ?? {});
    // With a proof of his own, for what stands on her page alone.
    const madeUp = await hugos.post('/screen/press', { ...next?.fields, once: own?.fields['once'] ?? '', proof: own?.fields['proof'] ?? '' });

    expect(borrowed.status).toBe(403);
    expect(madeUp.text).toContain('You are Hugo Owner.');
    expect(madeUp.text).not.toContain('Card');
    expect(await inputs()).toBe(before);
    expect(await rows('select person.name from training join person on person.id = person_id')).toEqual([{ name: 'Erin Employee' }]);
  }); // prettier-ignore

  it('closes after three minutes without a press, and a page that goes there by itself keeps nobody in', async () => {
    const browser = createBrowser(screen.url);
    let page = await browser.enter(await screen.codeOf(erin), phishing);
    later(2);
    page = await browser.press(page, 'Next');
    later(2);
    expect((await browser.get()).text).toContain('You are Erin Employee.');
    later(1.1);

    const pressed = await browser.press(page, 'Next');

    expect(pressed.text).toContain('Closed after 3 minutes.');
    expect(await rows('select cards from training')).toEqual([{ cards: 1 }]);
  });

  it('ends with «Done», for whoever kept the cookie too', async () => {
    const browser = createBrowser(screen.url);
    const page = await browser.enter(await screen.codeOf(erin), phishing);
    const kept = browser.cookie();
    await browser.press(page, 'Not you?');
    browser.keep(kept);

    expect((await browser.get()).text).toContain('Enter your code');
  });

  it('does nothing else of the chat, whatever a browser makes up', async () => {
    await test.db.query("update person set roles = '{employee,isms_manager,admin}' where email = $1", [erin]);
    const browser = createBrowser(screen.url);
    const page = await browser.enter(await screen.codeOf(erin), phishing);
    const next = page.forms.find(({ label }) => label === 'Next');
    const before = await inputs();
    for (const id of ['say?text=list+non-conformities', 'awareness.send-assign', 'gap-analysis.start', 'unfold', 'screen.make'])
      await browser.post('/screen/press', { ...next?.fields, id });
    expect(await inputs()).toBe(before);

    // Past the door, as were there a hole in it, the core refuses the same.
    const [{ token_hash: session } = {}] = await rows('select token_hash from screen_session');
    const [{ user_id: user } = {}] = await rows("select user_id from identity where platform = 'screen'");
    const sender = { platform: 'screen', tenant: 'local', user: String(user), name: null, email: null, timeZone: null, locale: null, directAddress: null };
    const place = { address: `screen:${String(session)}`, audience: 'direct' as const };
    const sent = [
      { kind: 'action' as const, sender, place, id: 'awareness.send-assign', fields: {} },
      { kind: 'action' as const, sender, place, id: 'say?text=list+non-conformities', fields: {} },
      { kind: 'turn' as const, sender, place, text: 'list non-conformities', attachments: [] },
    ];
    for (const [at, input] of sent.entries()) {
      const id = await screen.core.receive({ platform: 'screen', eventId: `past-${at}`, raw: Buffer.from('x'), read: () => input });
      await screen.core.settled(id ?? 0);
      const said = await screen.core.answered('screen', place.address, AbortSignal.timeout(60_000));
      expect(said.map(({ reply }) => reply.text)).toEqual(['That cannot be done on this screen. Please ask your manager.']);
    }
  }); // prettier-ignore

  it('shows names and words of others as words, and nothing from elsewhere', async () => {
    const marks = '<script>alert(1)</script><img src=x onerror=alert(1)>"\'\u202E';
    await test.db.query('update person set name = $2 where email = $1', [erin, marks]);
    const browser = createBrowser(screen.url);
    const page = await browser.enter(await screen.codeOf(erin), phishing);
    const target = await createBrowser(screen.url).get(`/screen?lesson=${encodeURIComponent(marks)}`);
    await test.db.query(
      `update outbox set reply = reply || jsonb_build_object('text', $1::text, 'note', $1, 'aside', $1, 'facts', jsonb_build_array(jsonb_build_object('label', $1, 'value', $1)))`,
      [marks],
    );
    const shown = await browser.get();

    for (const { html } of [page, target, shown]) {
      expect(html).not.toMatch(/<script|<img|onerror=alert\(1\)>"|\u202E/);
      expect(html).not.toMatch(/(?:src|href)="(?!\/screen")/);
    }
    expect(shown.text).toContain('<script>alert(1)</script>');
  });

  it('is kept by nobody, framed by nobody, and loads nothing', async () => {
    const response = await fetch(`${screen.url}/screen`);
    const entered = await fetch(`${screen.url}/screen/code`, {
      method: 'POST',
      redirect: 'manual',
      headers: { origin: screen.url },
      body: new URLSearchParams({ code: await screen.codeOf(erin) }),
    });

    expect(response.headers.get('cache-control')).toBe('no-store');
    expect(response.headers.get('content-security-policy')).toMatch(/^default-src 'none'; style-src 'sha256-[^']+'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'$/);
    expect(entered.headers.get('set-cookie')).toMatch(/^isma-screen=[\w-]{43}; Path=\/screen; HttpOnly; SameSite=Strict$/);
  }); // prettier-ignore

  it('is sent nothing that nobody there asked for', async () => {
    const browser = createBrowser(screen.url);
    await browser.enter(await screen.codeOf(erin));
    await test.db.query(
      `insert into outbox (inbox_id, ordinal, person_id, reply, owed, give_up_at)
       select max(inbox_id), 9, (select id from person where email = $1), '{"text": "A reminder"}', true,
         now() + interval '1 day' from outbox`,
      [erin],
    );
    const page = await browser.enter(await screen.codeOf(erin));
    await screen.core.quiet();

    expect(page.text).not.toContain('A reminder');
    expect((await browser.get()).text).not.toContain('A reminder');
    expect(await rows("select state, address from outbox where reply ->> 'text' = 'A reminder'")).toEqual([
      { state: 'failed', address: null },
    ]);
  });
});
