/** «What happened to NC-2026-001?»: who did what and when, in plain sentences, each with the message that it came from. */
import { afterEach, beforeEach, expect, it } from 'vitest';
import {
  acceptAction,
  claimDone,
  reportProgress,
  returnAction,
} from '../../../src/isms/corrective-action/moves.ts';
import { lockAction } from '../../../src/isms/corrective-action/corrective-action.ts';
import { answerChange, proposeAction } from '../../../src/isms/nonconformity/actions.ts';
import type { CommandContext } from '../../../src/records/command-context.ts';
import { decideDueChange, requestDueChange } from '../../../src/isms/corrective-action/due-change.ts';
import { submitEvidence } from '../../../src/isms/register/evidence.ts';
import { contain, recordCause, recordSimilar, regrade } from '../../../src/isms/nonconformity/moves.ts';
import { planCheck } from '../../../src/isms/nonconformity/check-plan.ts';
import { approvePlan } from '../../../src/isms/nonconformity/plan.ts';
import { raiseNonconformity } from '../../../src/isms/nonconformity/nonconformity.ts';
import { selectPerson } from '../../../src/records/person.ts';
import { addNote } from '../../../src/isms/register/note.ts';
import { describeOnDatabases } from '../../support/databases.ts';
import { startHarness, today, type Harness } from '../../support/harness.ts';
import { givenStaff, mail, type Name } from './given-records.ts';

describeOnDatabases('the history of a record', (test) => {
  let isma: Harness;
  let ids: Record<Name, number>;

  beforeEach(async () => {
    ids = await givenStaff(test.db);
    isma = await startHarness({ db: test.db });
    await givenHistory();
  });
  afterEach(() => isma.stop());

  async function givenHistory(): Promise<void> {
    const command = async (
      name: Name,
      minute: number,
      link: string | null = null,
    ): Promise<CommandContext> => ({
      actor: await selectPerson(test.db, ids[name]),
      at: new Date(today.getTime() + minute * 60_000),
      inputId: null,
      link,
    });
    const message = 'https://chat.demo.example/archives/C1/p1';
    const [ines, hugo, omar] = [
      await command('ines', 0),
      await command('hugo', 5),
      await command('omar', 15, message),
    ];
    await test.db.transaction(async (tx) => {
      const { reference } = await raiseNonconformity(tx, ines, {
        title: 'Backups were never restored', requirement: 'A.8.13', evidenceSeen: 'No record', gap: 'Try it each year', source: 'self',
        identifiedOn: '2026-11-20', grade: 'minor', gradeReason: 'Once', ownerId: ids.hugo,
      }); // prettier-ignore
      await regrade(tx, ines, reference, 'major', 'Nothing was ever tried');
      await contain(tx, hugo, reference, { correction: 'One restore was tried', consequences: 'None' });
      await recordCause(tx, hugo, reference, { method: 'fishbone', rootCause: 'Nobody owns it', chain: [] });
      await recordSimilar(tx, hugo, reference, { result: 'None', linked: [] });
      const action = await proposeAction(tx, hugo, reference, {
        description: 'Restore a backup',
        ownerId: ids.omar,
        dueOn: '2026-12-31',
      });
      await planCheck(tx, hugo, reference, { criterion: 'Two restores in a row', dueOn: '2027-03-01', checkerId: ids.ines }); // prettier-ignore
      await answerChange(tx, hugo, reference, null);
      await approvePlan(tx, ines, reference);
      await acceptAction(tx, omar, action.reference);
      await reportProgress(tx, omar, action.reference, 80);
      const change = await requestDueChange(tx, omar, action.reference, { toDueOn: '2027-01-15', reason: 'They went bust' }); // prettier-ignore
      await decideDueChange(tx, ines, change.id, 'approved', 'Fair enough');
      const locked = await lockAction(tx, action.reference);
      await addNote(tx, omar, locked.parent, locked.action, 'Vendor patch is in');
      const exhibit = { kind: 'link' as const, address: 'https://wiki.demo.example/1' };
      await submitEvidence(tx, omar, { ...locked, purpose: 'action', exhibit });
      await claimDone(tx, omar, action.reference);
      await returnAction(tx, hugo, action.reference, 'Which backup was it?');
    });
  }

  it('is told newest first and folded, in the zone of the one who asks, with the words of the time and the message behind each line', async () => {
    const [folded] = await isma.say(mail('mona'), 'what happened to NC-2026-001?');
    const [said] = await isma.press(mail('mona'), folded?.reply.buttons[0]?.id ?? '');

    expect(folded?.reply.text).toBe('What happened to NC-2026-001 and its actions, newest first.');
    expect(folded?.reply.items.slice(0, 5)).toEqual(said?.reply.items.slice(0, 5));
    expect(folded?.reply.items.slice(5).map(({ text }) => text)).toEqual(['Earlier rounds']);
    expect(folded?.reply.buttons.map(({ label }) => label)).toEqual(['18 earlier', 'Excel file', 'CSV file']);
    expect(said?.reply.text).toBe(
      'What happened to NC-2026-001 and its actions, newest first. These are the last 20 steps; 3 earlier ones are in the files.',
    );
    expect(said?.reply.items.map(({ text }) => text)).toEqual([
      'CA-2026-001 is in progress again',
      'Hugo Owner gave CA-2026-001 back: «Which backup was it?»',
      'Hugo Owner did not accept the evidence of CA-2026-001: «https://wiki.demo.example/1»',
      'Omar Oakapple reported CA-2026-001 done',
      'The evidence of CA-2026-001 waits to be looked at: «https://wiki.demo.example/1»',
      'Omar Oakapple added evidence to CA-2026-001: «https://wiki.demo.example/1»',
      'Omar Oakapple wrote about CA-2026-001: «Vendor patch is in»',
      'Ines Isms approved 15 January 2027 as the due date of CA-2026-001: «Fair enough»',
      'Omar Oakapple asked for CA-2026-001 to be due on 15 January 2027 instead of 31 December 2026: «They went bust»',
      'Omar Oakapple reported CA-2026-001 at 80 % (before: 0 %)',
      'Omar Oakapple began CA-2026-001',
      'Omar Oakapple accepted CA-2026-001',
      'The plan of NC-2026-001 stands',
      'Ines Isms approved the plan of NC-2026-001: CA-2026-001',
      'Hugo Owner found that nothing has to change in the management system for NC-2026-001',
      'Hugo Owner planned how NC-2026-001 is checked, due on 1 March 2027, by Ines Isms',
      'Hugo Owner planned CA-2026-001 for Omar Oakapple, due on 31 December 2026',
      'NC-2026-001 has its cause and the search for others like it',
      'Hugo Owner looked for others like NC-2026-001: none is linked',
      'Hugo Owner recorded the root cause of NC-2026-001 (fishbone)',
      'Earlier rounds',
    ]); // prettier-ignore
    const done = said?.reply.items.find(({ text }) => text === 'Omar Oakapple reported CA-2026-001 done');
    expect(done).toMatchObject({
      detail: '24 November 2026, 10:15',
      link: 'https://chat.demo.example/archives/C1/p1',
    });
    expect(said?.reply.items.at(-2)).toMatchObject({ detail: '24 November 2026, 10:05', link: null });
  });

  it('of one action is its own alone; earlier steps are counted and stand in the file', async () => {
    const [own] = await isma.say(mail('omar'), 'history of CA-1');
    expect(own?.reply.items[0]?.text).toBe('CA-2026-001 is in progress again');
    expect(own?.reply.items.every(({ text }) => text.includes('CA-2026-001'))).toBe(true);

    const [file] = await isma.press(
      mail('ines'),
      'corrective-actions.export?kind=history&record=NC-2026-001&format=csv',
    );
    const csv = Buffer.from((await isma.core.readFile(file!.reply.files[0]!.id))!).toString();
    expect(file?.reply.files[0]?.name).toBe('NC-2026-001-history.csv');
    expect(csv.trim().split('\r\n')).toHaveLength(24);
    expect(csv).toContain('Ines Isms raised NC-2026-001 (minor, A.8.13), led by Hugo Owner');
    expect(csv).toContain('Ines Isms graded NC-2026-001 major instead of minor: «Nothing was ever tried»');
  });
});
