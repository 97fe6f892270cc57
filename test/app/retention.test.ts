import { expect, it } from 'vitest';
import { runMaintenance } from '../../src/app/app.ts';
import { verifyAudit } from '../../src/db/audit.ts';
import { describeOnDatabases } from '../support/databases.ts';
import { givenDocument, givenPeople, startHarness, today } from '../support/harness.ts';

const day = 86_400_000;

describeOnDatabases('words past their retention', (test) => {
  async function givenConversation() {
    await givenPeople(test.db);
    await givenDocument(
      test.db,
      'phones.md',
      '# Phones\n\n## 1 Locking\n\nA phone locks itself within 2 minutes.',
    );
    const isma = await startHarness({ db: test.db });
    const [answer] = await isma.say('erin@test.example', 'when does my phone lock itself?');
    const ask = answer?.reply.buttons.find((button) => button.label.startsWith('Ask '))?.id ?? '';
    await isma.press('erin@test.example', ask);
    await isma.stop();
    // The ledger's own times come from the database's clock, which no test moves.
    await test.db.query('update inbox set ended_at = $1, received_at = $1', [today]);
    await test.db.query('update outbox set ended_at = $1', [today]);
    return isma.app;
  }

  /** Every place that holds words of the conversation. */
  async function words(): Promise<string> {
    const { rows } = await test.db.query(
      `select (select string_agg(text, ' ') from message) as messages, (select string_agg(input::text, ' ') from inbox) as inputs,
         (select string_agg(reply::text, ' ') from outbox) as replies, (select string_agg(question, ' ') from answer) as questions`,
    );
    return JSON.stringify(rows);
  }

  it('are gone, while the rows, the open question and the audit log stay', async () => {
    const app = await givenConversation();

    await runMaintenance({ ...app, clock: () => new Date(today.getTime() + 91 * day) });

    expect(await words()).not.toMatch(/phone/i);
    const { rows } = await test.db.query(
      'select (select count(*) from inbox) as inputs, (select count(*) from outbox) as replies, (select question from open_question) as question',
    );
    expect(rows).toEqual([{ inputs: 2, replies: 3, question: 'when does my phone lock itself?' }]);
    expect((await verifyAudit(test.db)).faults).toEqual([]);
  });

  it('are gone from cards that were decided and interviews that are over, and stay in what was written from them', async () => {
    await givenPeople(test.db);
    const isma = await startHarness({ db: test.db });
    const [erin, ines] = ['erin@test.example', 'ines@test.example'];
    const press = async (who: string, label: string, said: Awaited<ReturnType<typeof isma.say>>) => {
      const id =
        said.flatMap(({ reply }) => reply.buttons).find((button) => button.label === label)?.id ?? '';
      return isma.press(who, id);
    };
    await press(erin, 'Cancel', await isma.say(erin, 'we found two phones without a lock in an audit'));
    const asked = await isma.say(erin, 'we found nine phones without a lock in an audit');
    await press(erin, 'Confirm', await press(erin, 'I don’t know', asked));
    await isma.press(ines, 'corrective-actions.send-skip?record=NC-2026-001', {
      reason: 'All are locked now',
    });
    await isma.press(ines, 'corrective-actions.cause?record=NC-2026-001&method=five_whys');
    await isma.say(ines, 'Nobody set the phones up');
    await press(ines, 'Confirm', await isma.say(ines, 'that is the cause'));
    await isma.stop();
    const held = async () =>
      JSON.stringify(
        (await test.db.query('select changes from proposal union all select steps from cause_interview'))
          .rows,
      );
    const before = await held();

    await runMaintenance({ ...isma.app, clock: () => new Date(today.getTime() + 91 * day) });

    expect(before).toMatch(/two phones[^]*nine phones[^]*set the phones up/i);
    expect(await held()).not.toMatch(/phones/i);
    const { rows } = await test.db.query('select title, root_cause from nonconformity');
    expect(rows).toEqual([{ title: 'Nine phones without a lock', root_cause: 'Nobody set the phones up' }]);
  });

  it('stay until then', async () => {
    const app = await givenConversation();

    await runMaintenance({ ...app, clock: () => new Date(today.getTime() + 89 * day) });

    expect(await words()).toMatch(/when does my phone lock itself/);
  });
});
