/** Every move of an action can be made without words; who is concerned is told, with the buttons to act. */
import { afterEach, expect, it } from 'vitest';
import { verifyAudit } from '../../../src/db/audit.ts';
import { describeOnDatabases } from '../../support/databases.ts';
import { givenAction, mail } from './given-records.ts';
import { startTalk, type Talk } from './update-talk.ts';

describeOnDatabases('the buttons of an action', (test) => {
  let talk: Talk;

  afterEach(async () => {
    await talk.stop();
    expect((await verifyAudit(test.db)).faults).toEqual([]);
  });

  const labels = (who: 'omar' | 'ines' | 'mona' | 'hugo') =>
    talk.shown(who).buttons.map(({ label }) => label);

  it('bring it from new to verified, once each, and are the ones that this person may press now', async () => {
    talk = await startTalk(test.db);

    await talk.says('omar', 'CA-14');
    expect(labels('omar')).toEqual(['Accept', 'Decline', 'More']);
    expect(await talk.presses('omar', 'Accept')).toContain('CA-2026-014: accepted.');
    expect(labels('omar')).toEqual(['Begin', 'Update', 'More']);
    await talk.presses('omar', 'Begin');
    await talk.presses('omar', 'Update');
    expect(await talk.presses('omar', 'Save', { progress: 'lots', link: 'ftp://x' })).toMatch(
      /A whole number/,
    );
    expect(talk.shown('omar').form?.fields.map(({ error }) => error)).toEqual([
      null, 'A whole number from 0 to 100.', null, 'A web address, as the browser shows it.',
    ]); // prettier-ignore
    const saved = await talk.presses('omar', 'Save', { move: 'none', progress: '50', note: 'Half of them', link: 'https://wiki.demo.example/training' }); // prettier-ignore
    expect(saved).toContain('Progress: 50 %');
    expect(await talk.says('erin', 'CA-14')).toContain('There is no CA-14 that you may see.');

    await talk.says('ines', 'CA-14');
    expect(labels('ines')).toEqual(['Add a note', 'Correct it', 'More']);
    await talk.presses('ines', 'Add a note');
    await talk.presses('ines', 'Send', { reason: 'Evening shift too' });
    await talk.says('omar', 'CA-14');
    const done = talk.shown('omar').buttons.find(({ label }) => label === 'Done')?.id ?? '';
    await talk.presses('omar', 'Done');
    const [twice] = await talk.press(mail('omar'), done);
    expect(twice?.reply.text).toContain('CA-2026-014 is reported done, and waits to be verified');

    expect(labels('ines')).toEqual(['Look']);
    await talk.presses('ines', 'Look');
    expect(labels('ines')).toEqual(['Verify', 'Send back', 'More']);
    await talk.presses('ines', 'Send back');
    await talk.presses('ines', 'Send', { reason: 'Two are missing' });
    expect(talk.shown('omar').text).toContain('Ines Isms gave this back to you: «Two are missing»');
    await talk.presses('omar', 'Update');
    await talk.presses('omar', 'Save', { move: 'done', link: 'https://wiki.demo.example/rest' });
    await talk.presses('ines', 'Look');
    await talk.presses('ines', 'Verify');
    expect(talk.shown('omar').text).toContain('Ines Isms verified that this is done');
    expect(await talk.action('CA-14')).toMatchObject({ state: 'verified', progress: 100 });
    const { rows } = await test.db.query('select text from register_note order by id');
    expect(rows).toEqual([{ text: 'Half of them' }, { text: 'Evening shift too' }]);
  });

  it('ask for more time with a reason, and keep the first due date whatever is decided', async () => {
    talk = await startTalk(test.db);
    const asks = async (day: string) => {
      await talk.says('omar', 'CA-12');
      await talk.presses('omar', 'More time');
      return talk.presses('omar', 'Ask', { due: day, reason: 'The vendor is late' });
    };

    expect(await asks('2026-11-01')).toContain('1 November 2026 is past. Choose a day from today on.');
    expect(await asks('2026-12-22')).toContain(
      'More time asked for: Tuesday 22 December 2026, because «The vendor is late»',
    );
    expect(talk.shown('mona').text).toContain('Omar Oakapple asks for more time: «The vendor is late»');
    await talk.presses('mona', 'Look');
    await talk.presses('mona', 'Refuse');
    await talk.presses('mona', 'Send', { reason: 'The audit is before' });
    expect(talk.shown('omar').text).toContain('Mona Manager refused more time: «The audit is before»');
    expect(await talk.action('CA-12')).toMatchObject({ dueOn: '2026-12-15' });

    await asks('2026-12-18');
    await talk.presses('mona', 'Look');
    const approve = talk.shown('mona').buttons[0]?.id ?? '';
    await talk.presses('mona', 'Approve');
    expect(talk.shown('omar').text).toContain('Mona Manager gave you more time');
    const [late] = await talk.press(mail('ines'), approve);
    expect(late?.reply.text).toContain('was approved already by Mona Manager on 24 November 2026');
    expect(await talk.action('CA-12')).toMatchObject({ dueOn: '2026-12-18', originalDueOn: '2026-12-15' });
  });

  it('hand it over to somebody who wants it, and cancel it with a reason', async () => {
    talk = await startTalk(test.db);

    expect(await talk.says('omar', 'hand CA-13 over to Nobody, she knows it')).toContain(
      'I know nobody here called «Nobody»',
    );
    await talk.presses('omar', 'Choose a person');
    expect(talk.shown('omar').form?.fields.at(-1)?.value).toBe('she knows it');
    await talk.says('omar', 'hand CA-13 over to Hugo, he knows the server');
    await talk.presses('omar', 'Confirm');
    expect(talk.shown('hugo').text).toContain('hand this action over to you: «he knows the server»');
    await talk.presses('hugo', 'Look');
    await talk.presses('hugo', 'Leave it');
    await talk.presses('hugo', 'Send', { reason: 'No time' });
    expect(talk.shown('omar').text).toContain('Hugo Owner did not take this action: «No time»');

    expect(await talk.says('omar', 'hand CA-13 over to <@hugo@test.example>, he knows it')).toContain(
      'Hand over to: Hugo Owner',
    );
    await talk.says('omar', 'CA-13');
    await talk.presses('omar', 'Hand over');
    expect(await talk.presses('omar', 'Ask', { email: 'who@test.example', note: 'Please' })).toContain(
      'I know nobody with who@test.example',
    );
    await talk.presses('omar', 'Ask', { to: String(talk.ids.hugo), note: 'Please' });
    await talk.presses('hugo', 'Look');
    const take = talk.shown('hugo').buttons[0]?.id ?? '';
    await talk.presses('hugo', 'Take it');
    expect(talk.shown('omar').text).toContain('Hugo Owner took this action over');
    const [again] = await talk.press(mail('hugo'), take);
    expect(again?.reply.text).toContain('That offer was taken on 24 November 2026');
    expect(await talk.action('CA-13')).toMatchObject({ ownerId: talk.ids.hugo, state: 'accepted' });

    await talk.says('mona', 'CA-13');
    await talk.presses('mona', 'Cancel the action');
    await talk.presses('mona', 'Send', { reason: 'The server is gone' });
    expect(talk.shown('hugo').text).toContain('Mona Manager cancelled this action: «The server is gone»');
    expect(await talk.action('CA-13')).toMatchObject({ state: 'cancelled' });
  });

  const lines = (who: 'omar' | 'mona' | 'ines' | 'hugo') =>
    talk.shown(who).items.map(({ text, detail, button }) => [text, detail, button?.label ?? null]);

  it('and what else waits are listed: overdue first, then what others wait for, then what has time; the list shrinks as things are done on it', async () => {
    talk = await startTalk(test.db);
    await talk.says('omar', 'CA-12 done: https://wiki.demo.example/patches');
    await talk.presses('omar', 'Confirm');
    await talk.says('omar', 'CA-13: I need two more weeks, the disks are late');
    await talk.presses('omar', 'Confirm');
    await talk.says('hugo', 'hand CA-15 over to Omar, he built it');
    await talk.presses('hugo', 'Confirm');

    await talk.says('omar', "what's on my plate?");
    expect(lines('omar')).toEqual([
      ['CA-2026-013 · Restore a backup of the file server', '4 days overdue · accepted', 'Update'],
      [
        'Take over? CA-2026-015 · Clean up the mail server',
        'Hugo Owner: «he built it» · due 20 December 2026',
        'Look',
      ],
      ['CA-2026-014 · Train the service desk', 'due 20 January 2027 · proposed', 'Look'],
    ]);
    await talk.says('mona', "what's on my plate?");
    expect(lines('mona')).toEqual([
      [
        'More time? CA-2026-013 · Restore a backup of the file server',
        'Omar Oakapple: «the disks are late» · 20 November 2026 → 4 December 2026',
        'Look',
      ],
      [
        "Verify: CA-2026-012 · Roll out the vendor's firewall patch",
        'Omar Oakapple reports it done · 1 piece of evidence',
        'Look',
      ],
    ]);

    await talk.presses('mona', 'Look');
    await talk.presses('mona', 'Approve');
    expect(talk.shown('mona').note).toContain('more time approved, until Friday 4 December 2026');
    await talk.says('mona', "what's on my plate?");
    expect(lines('mona').length).toBe(1);
    await talk.presses('mona', 'Look');
    await talk.presses('mona', 'Verify');
    await talk.says('mona', "what's on my plate?");
    expect(talk.shown('mona').text).toBe('Nothing waits for you. Enjoy the quiet.');
    await talk.says('omar', 'CA-15');
    await talk.presses('omar', 'Take it');
    await talk.says('omar', "what's on my plate?");
    await talk.presses('omar', 'Update'); // of the first: due on 4 December by now
    await talk.presses('omar', 'Save', { move: 'start', progress: '10' });
    expect(lines('omar')[1]).toEqual([
      'CA-2026-013 · Restore a backup of the file server',
      'due 4 December 2026 · 10 %',
      'Update',
    ]);
    const [home] = await talk.press(mail('omar'), 'home');
    expect(home?.reply.items.map(({ text }) => text.slice(0, 11))).toEqual([
      'CA-2026-014',
      'CA-2026-013',
      'CA-2026-015',
    ]);
  });

  it('of very many actions are listed for the most urgent, with how many more there are', async () => {
    talk = await startTalk(test.db);
    const { rows } = await test.db.query('select id from nonconformity');
    for (let at = 0; at < 25; at += 1)
      await givenAction(test.db, { reference: `CA-2026-${100 + at}`, nonconformity_id: Number(rows[0]?.id), owner_id: talk.ids.hugo, due_on: '2026-11-22' }); // prettier-ignore

    expect(await talk.says('hugo', "what's on my plate?")).toContain('26 things wait for you');

    expect(lines('hugo').length).toBe(21);
    expect(lines('hugo').at(-1)).toEqual([
      'And 6 more, less urgent.',
      'They move up as these are done.',
      null,
    ]);
  });
});
