/** A decision is made on the card that shows what is decided, with its evidence, as it is now; lists, notices and Home only open. */
import { afterEach, expect, it } from 'vitest';
import { workflowsOf } from '../../../src/app/app.ts';
import { parseActionId, type Button, type Reply } from '../../../src/conversation/contract.ts';
import { readOutgoingFile } from '../../../src/conversation/outgoing-file.ts';
import { assertSignedOnCards } from '../../../src/conversation/signing.ts';
import { verifyAudit } from '../../../src/db/audit.ts';
import { describeOnDatabases } from '../../support/databases.ts';
import { mail, people } from './given-records.ts';
import { startTalk, type Talk } from './update-talk.ts';

describeOnDatabases('what is signed', (test) => {
  let talk: Talk;

  afterEach(async () => {
    await talk.stop();
    expect((await verifyAudit(test.db)).faults).toEqual([]);
  });

  const report = { 'report.txt': 'All 14 branches are patched.', 'later.txt': 'Two were forgotten.' };
  const traces = async () =>
    (await test.db.query("select action from audit_entry where action like 'corrective_action.%' or action like 'evidence.%' order by seq")).rows.map(
      ({ action }) => String(action),
    ); // prettier-ignore
  const buttonOf = (reply: Reply, label: string): Button => {
    const found = reply.buttons.find((each) => each.label === label);
    if (found === undefined)
      throw new Error(`no ${label} in: ${reply.buttons.map((each) => each.label).join()}`);
    return found;
  };
  const reportedDone = async () => {
    await talk.says('omar', 'CA-12 done, see the attached report', ['report.txt']);
    await talk.presses('omar', 'Confirm');
  };

  it('stands in no list, no notice and not at home, whoever looks', async () => {
    talk = await startTalk(test.db, report);
    await reportedDone();
    await talk.says('omar', 'CA-13: I need two more weeks, the disks are late');
    await talk.presses('omar', 'Confirm');
    await talk.says('hugo', 'hand CA-15 over to Omar, he built it');
    await talk.presses('hugo', 'Confirm');
    const before = talk.delivered.length;
    const signing = workflowsOf(talk.app).flatMap(({ actions }) =>
      Object.keys(actions).filter((name) => typeof actions[name] === 'object'),
    );

    for (const who of people) {
      await talk.press(mail(who), 'home');
      await talk.says(who, "what's on my plate?");
      await talk.says(who, 'list the actions');
    }

    const notices = talk.delivered.slice(0, before).filter(({ reply }) => / asks for | reports | hand this /.test(reply.text));
    const lists = talk.delivered.slice(before);
    const pressed = [...notices, ...lists]
      .flatMap(({ reply }) => [...reply.items.flatMap(({ button }) => button ?? []), ...reply.choices, ...reply.buttons])
      .map(({ id }) => parseActionId(id).command);
    expect(notices.length).toBe(3);
    expect(pressed.filter((command) => signing.includes(command))).toEqual([]);
    expect(pressed).toContain('corrective-actions.show');
    expect(signing).toEqual(
      expect.arrayContaining(
        ['verify', 'return', 'accept', 'done', 'approve-time', 'take', 'approve-plan', 'send-check', 'send-reject', 'send-reopen'].map(
          (name) => `corrective-actions.${name}`,
        ),
      ),
    );
    for (const each of ['items', 'choices', 'buttons'] as const) {
      const button = { id: 'corrective-actions.verify?record=CA-12&seen=x', label: 'Verify' };
      const reply = { text: '', [each]: [each === 'items' ? { text: '', button } : button] };
      expect(() => assertSignedOnCards(workflowsOf(talk.app), [{ to: 'asker', reply }])).toThrow('must stand on the card');
    }
  }); // prettier-ignore

  it('is shown with its evidence, which opens for whoever may see the record and for nobody else', async () => {
    talk = await startTalk(test.db, report);
    await reportedDone();
    await talk.presses('ines', 'Look');
    const card = talk.shown('ines');
    const open = card.items[0]?.button?.id ?? '';

    await talk.presses('ines', 'Open');
    const [file] = talk.shown('ines').files;
    const strange = await talk.press(mail('erin'), open);
    const guessed = await talk.press(mail('ines'), 'corrective-actions.open?evidence=999');

    expect(card.items.map(({ text }) => text)).toEqual(['report.txt (text, 28 bytes)']);
    expect(file).toMatchObject({ name: 'report.txt', size: 28 });
    expect(Buffer.from((await readOutgoingFile(test.db, file?.id ?? '')) ?? []).toString()).toBe(report['report.txt']);
    expect(strange[0]?.reply).toMatchObject({ files: [], notice: 'refused' });
    expect(strange[0]?.reply.text).toBe(guessed[0]?.reply.text);
    expect((await test.db.query("select distinct lane from inbox where input ->> 'id' = $1 order by lane", [open])).rows).toEqual([
      { lane: 'outside' },
      { lane: 'quick' },
    ]);
    expect(await talk.action('CA-12')).toMatchObject({ state: 'done_claimed' });
  }); // prettier-ignore

  it('is not signed from a button that no card of it carries: that opens the card, and nothing is written', async () => {
    talk = await startTalk(test.db, report);
    await reportedDone();
    const before = await traces();

    for (const id of ['corrective-actions.verify?record=CA-2026-012', 'corrective-actions.verify?record=CA-2026-012&from=list', 'corrective-actions.verify?record=CA-12&seen=AAAAAAAAAA']) {
      const [said] = await talk.press(mail('ines'), id);
      expect(said?.reply.text, id).toMatch(/^Nothing (is signed yet|was signed)/);
      expect(buttonOf(said?.reply as Reply, 'Verify').id, id).toMatch(/seen=[\w-]{10}$/);
    }
    const card = buttonOf(talk.delivered.at(-1)?.reply as Reply, 'Verify').id;
    const other = await talk.press(mail('mona'), card.replace('verify', 'approve-time').replace('record=', 'change=1&record='));

    expect(other[0]?.reply.text).toContain('There is no such request for more time.');
    expect(await traces()).toEqual(before);
    expect(await talk.action('CA-12')).toMatchObject({ state: 'done_claimed' });
  }); // prettier-ignore

  it('is looked at again once evidence was added, by button and by words', async () => {
    talk = await startTalk(test.db, report);
    await reportedDone();
    await talk.presses('ines', 'Look');
    const verify = buttonOf(talk.shown('ines'), 'Verify').id;
    await talk.says('mona', 'CA-12 verified');
    const confirm = buttonOf(talk.shown('mona'), 'Confirm').id;
    const shownWith = talk.shown('mona').items.map(({ text }) => text);
    await talk.says('omar', 'evidence for CA-12', ['later.txt']);
    await talk.presses('omar', 'Confirm');
    const before = await traces();

    const [stale] = await talk.press(mail('ines'), verify);
    const [worded] = await talk.press(mail('mona'), confirm);
    const unsigned = await traces();
    await talk.press(mail('ines'), buttonOf(stale?.reply as Reply, 'Verify').id);

    expect(shownWith).toEqual(['report.txt (text, 28 bytes)']);
    expect(stale?.reply.text).toContain('Nothing was signed: it has changed since you were shown it.');
    expect(stale?.reply.items.map(({ text }) => text)).toEqual(['report.txt (text, 28 bytes)', 'later.txt (text, 19 bytes)']);
    expect(worded?.reply.text).toContain('Omar Oakapple changed CA-2026-012 meanwhile');
    expect(unsigned).toEqual(before);
    expect(await talk.action('CA-12')).toMatchObject({ state: 'verified', verifiedByName: 'Ines Isms' });
    expect((await traces()).filter((action) => action === 'evidence.accepted').length).toBe(2);
  }); // prettier-ignore

  it('by a second press is told who was faster, and a reason that was typed meanwhile is given back', async () => {
    talk = await startTalk(test.db, report);
    await reportedDone();
    await talk.presses('ines', 'Look');
    const verify = buttonOf(talk.shown('ines'), 'Verify').id;
    await talk.presses('ines', 'Send back');
    const form = talk.shown('ines').form?.id ?? '';
    await talk.says('mona', 'CA-12');
    await talk.presses('mona', 'Verify');

    const [late] = await talk.press(mail('ines'), verify);
    const [reason] = await talk.press(mail('ines'), form, { reason: 'Two branches are missing' });

    expect(late?.reply.text).toMatch(
      /^CA-2026-012 is verified as done \(by Mona Manager on 24 November 2026/,
    );
    expect(reason?.reply.text).toContain('You wrote: «Two branches are missing»');
    expect(await talk.action('CA-12')).toMatchObject({ state: 'verified', verifiedByName: 'Mona Manager' });
  });

  it('shows all of a long task on its card, before it is accepted', async () => {
    talk = await startTalk(test.db);
    const long = `${'Go through the branch offices one by one. '.repeat(20)}Leave out the north.`;
    await test.db.query("update corrective_action set description = $1 where reference = 'CA-2026-014'", [
      long,
    ]);

    const card = await talk.says('omar', 'CA-14');

    expect(card).toContain(`What is to be done: ${long}`);
    expect(buttonOf(talk.shown('omar'), 'Accept')).toMatchObject({ signs: true });
  });
});
