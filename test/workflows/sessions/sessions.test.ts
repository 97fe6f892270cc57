/** Signed lists and sessions of people whom no chat reaches: recorded by the ISMS manager, with what was in force on that day. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { askToAcknowledge } from '../../../src/isms/acknowledgement/request.ts';
import { attendanceTable, bringAttendance } from '../../../src/workflows/sessions/import.ts';
import { describeOnDatabases } from '../../support/databases.ts';
import {
  givenDocument,
  givenPeople,
  startHarness,
  today,
  type Harness,
  type Said,
} from '../../support/harness.ts';

const [erin, hanna, hugo, ines] = ['erin', 'hanna', 'hugo', 'ines'].map((name) => `${name}@test.example`) as [string, string, string, string]; // prettier-ignore

const policy = (version: string, effective: string, rule: string) => `---
ref: POL-20
title: E-mail Policy
version: "${version}"
status: published
effective: ${effective}
audience: [everyone]
---

# E-mail Policy

## 3 Rules

${rule}
`;

describeOnDatabases('A session of people without chat', (test) => {
  let isma: Harness;
  let folder: string;
  beforeEach(async () => {
    await givenPeople(test.db);
    isma = await startHarness({ db: test.db, fetch: async () => new TextEncoder().encode('signatures') });
    folder = await mkdtemp(join(tmpdir(), 'isma-sessions-'));
  });
  afterEach(async () => {
    await isma.stop();
    await rm(folder, { recursive: true });
  });

  const rows = async (sql: string) => (await test.db.query(sql)).rows;
  const last = (said: Said[]) => said.at(-1)?.reply;
  const confirm = (by: string, card: Said[]) =>
    isma.press(by, last(card)?.buttons.find(({ label }) => label === 'Confirm')?.id ?? '');
  const record = (by: string, fields: Record<string, string>) =>
    isma.press(by, 'sessions.send-begin', {
      how: 'session',
      day: '2026-11-20',
      who: 'Erin, Hanna',
      ...fields,
    });
  const idOf = async (email: string) =>
    Number((await rows(`select id from person where email = '${email}'`))[0]?.['id']);
  const given = async () => {
    await givenDocument(test.db, 'mail-1.md', policy('1.6', '2026-01-15', 'Report what is strange.'));
    await givenDocument(test.db, 'mail-2.md', policy('2.0', '2026-11-10', 'Report at once what is strange.'));
    return Number((await rows("select id from document where reference = 'POL-20'"))[0]?.['id']);
  }; // prettier-ignore

  it('completes the lesson with no score, shown on a card first, with the scan of the list beside it', async () => {
    const form = await isma.press(ines, 'sessions.begin');
    expect(last(form)?.form?.fields.map(({ name }) => name)).toEqual(['what', 'how', 'day', 'who']);
    const unknown = await record(ines, { what: 'lesson:phishing', who: 'Erin; Zacharias' });
    expect(last(unknown)?.text).toContain('I know nobody called «Zacharias»');
    const card = await record(ines, { what: 'lesson:phishing' });
    expect(last(card)?.facts).toContainEqual({ label: '2 people', value: 'Erin Employee, Hanna Human' });
    expect(await rows('select * from training')).toEqual([]);

    const done = await confirm(ines, card);
    const attachments = [{ name: 'scan.txt', size: 10, contentType: 'text/plain', source: 'x' }];
    const scan = await isma.say(ines, 'AT-1', { attachments });
    const twice = await record(ines, { what: 'lesson:phishing' });

    expect(last(done)?.text).toContain('AT-2026-001: Mails that want something from you. 2 people have completed the lesson.'); // prettier-ignore
    expect(await rows('select state, how, source, score, completed_on::text, expires_on::text, state_by_name from training order by person_id')).toEqual(
      [1, 2].map(() => ({ state: 'completed', how: 'session', source: 'AT-2026-001', score: null, completed_on: '2026-11-20', expires_on: '2027-11-20', state_by_name: 'Ines Isms' })),
    ); // prettier-ignore
    expect(last(scan)?.items.map(({ text }) => text)).toEqual(['scan.txt (text, 10 bytes)']);
    expect(last(twice)?.text).toContain('All of them are on such a list of that day already.');
    expect(last(await isma.say(erin, 'AT-1'))?.text).toContain('There is no AT-1 that you may see');
    expect(await rows("select actor, action from audit_entry where record like 'attendance:%' order by seq")).toMatchObject([{ action: 'attendance.recorded' }, { action: 'evidence.submitted' }]); // prettier-ignore
  });

  it('acknowledges the version that was in force on that day, with its hash, and answers what was asked', async () => {
    const documentId = await given();
    const asked = await Promise.all([erin, hanna].map(idOf));
    await test.db.transaction((tx) => askToAcknowledge(tx, { id: null, at: today }, { documentId, people: asked, dueOn: '2026-12-01', campaignId: null, why: 'you work here' })); // prettier-ignore
    await confirm(ines, await record(ines, { what: `document:${documentId}`, how: 'list', day: '2026-11-09', who: 'Hanna' })); // prettier-ignore
    await confirm(ines, await record(ines, { what: `document:${documentId}`, how: 'list', who: 'Erin' }));

    expect(await rows('select name, version, how, place, recorded_by, acknowledged_at::date::text as "on" from acknowledgement order by id')).toEqual([
      { name: 'Hanna Human', version: '1.6', how: 'list', place: 'AT-2026-001', recorded_by: await idOf(ines), on: '2026-11-09' },
      { name: 'Erin Employee', version: '2.0', how: 'list', place: 'AT-2026-002', recorded_by: await idOf(ines), on: '2026-11-20' },
    ]); // prettier-ignore
    const hashes = await rows('select content_hash from acknowledgement order by id');
    expect(new Set(hashes.map((row) => String(row['content_hash']).length))).toEqual(new Set([64]));
    expect(hashes[0]).not.toEqual(hashes[1]);
    // An earlier major version does not answer for the one that is asked.
    expect(await rows('select state from acknowledgement_request order by person_id')).toEqual([{ state: 'acknowledged' }, { state: 'pending' }]); // prettier-ignore
    const early = await record(ines, { what: `document:${documentId}`, day: '2025-12-31' });
    expect(last(early)?.text).toContain('No version of that document was in force on');
  });

  it('is the ISMS manager’s alone, and never of a day to come', async () => {
    const other = await record(hugo, { what: 'lesson:phishing' });
    const future = await record(ines, { what: 'lesson:phishing', day: '2026-12-24' });

    expect(last(other)?.text).toBe(
      'Only the ISMS manager records what was signed on a list or in a session.',
    );
    expect(last(future)?.text).toContain('That day is still to come');
    expect(await rows('select * from attendance')).toEqual([]);
  });

  it('comes from a table once, and says at each line what does not do', async () => {
    await given();
    const bring = async (apply: boolean, ...lines: string[]) => {
      await writeFile(join(folder, 'lists.csv'), `${['Participant,Subject,Date,Kind,Recorded by', ...lines].join('\n')}\n`); // prettier-ignore
      return bringAttendance(test.db, () => today, join(folder, 'lists.csv'), { beside: null, apply });
    };
    const good = [`Erin Employee,Clear desk,20.11.2026,Classroom,`, `${hanna},Clear desk,20.11.2026,session,`, `${hanna},POL-20,2026-11-20,signed list,Ines Isms`]; // prettier-ignore
    const bad = await bring(true, ...good, `Nobody Known,phishing,2026-11-20,session,`, `${erin},knitting,2026-11-20,session,`, `${erin},phishing,2026-11-20,webinar,`, `${erin},phishing,2026-11-20,session,${hugo}`); // prettier-ignore
    expect(bad.isWhole).toBe(false);
    for (const part of [
      'line 5, Participant: «Nobody Known» is nobody that I know',
      'line 6, Subject: «knitting» is neither a lesson nor a policy',
      'line 7, Kind: «webinar» is neither; write list or session',
      'line 8, Only the ISMS manager records',
    ])
      // prettier-ignore
      expect(bad.text).toContain(part);
    expect(await rows('select * from attendance')).toEqual([]);

    expect((await bring(false, ...good)).text).toContain('Would record 2, unchanged 0.');
    expect((await bring(true, ...good)).text).toContain('Recorded 2, unchanged 0.');
    expect((await bring(true, ...good)).text).toContain('Would record 0, unchanged 2.\nThere is nothing to write.'); // prettier-ignore
    expect((await attendanceTable(test.db)).rows.map((row) => row.slice(0, 6))).toEqual([
      ['AT-2026-001', 'Erin Employee', erin, expect.any(String), '2026-11-20', 'session'],
      ['AT-2026-001', 'Hanna Human', hanna, expect.any(String), '2026-11-20', 'session'],
      ['AT-2026-002', 'Hanna Human', hanna, 'POL-20 E-mail Policy v2.0', '2026-11-20', 'list'],
    ]);
    expect(await rows("select distinct actor from audit_entry where action = 'attendance.recorded'")).toEqual([{ actor: 'system:attendance-import' }]); // prettier-ignore
  });

  it('is offered where somebody asks whom no chat reaches', async () => {
    await isma.say(erin, 'hello');
    await test.db.query("update person set email = null where email = $1", [hanna]); // prettier-ignore
    const shown = last(await isma.say(ines, "who can't I reach?"));

    expect(shown?.text).toContain('1 person cannot be reached in chat. Give them access'); // prettier-ignore
    expect(shown?.table?.rows).toEqual([
      ['Hanna Human', 'HR', '', 'no e-mail address, and never wrote to me'],
      ['Hugo Owner', '', '', 'never wrote to me yet'],
    ]);
    expect(shown?.buttons.map(({ label }) => label)).toEqual(['Record a session']);
    expect(last(await isma.say(erin, "who can't I reach?"))?.text).toContain('is for the ISMS manager');
  });
});
