/** Who has acknowledged what, as those see it who answer for them, and as a file. */
import { afterEach, beforeEach, expect, it } from 'vitest';
import { describeOnDatabases } from '../../support/databases.ts';
import { givenDocument, givenPeople, startHarness, type Harness, type Said } from '../../support/harness.ts';
import { acknowledgementSamples } from '../../../src/workflows/acknowledgements/samples.ts';
import { acknowledgementParts, acknowledgementTable } from '../../../src/workflows/acknowledgements/log.ts';
import { changeSetting } from '../../../src/records/setting.ts';
import { ask, policy, stored } from './given-policy.ts';

const [erin, hanna, hugo, ines] = ['erin', 'hanna', 'hugo', 'ines'].map((name) => `${name}@test.example`) as [string, string, string, string]; // prettier-ignore

describeOnDatabases('Who has acknowledged a policy', (test) => {
  let isma: Harness;
  let now: Date;
  beforeEach(async () => {
    now = new Date('2026-12-01T09:00:00Z');
    await givenPeople(test.db);
    await test.db.query(
      "update person set department = 'Sales', manager_id = (select id from person where email = $1) where email = any($2)",
      [hugo, [erin, hanna]],
    );
    await stored(test.db, policy('2.0'), now);
    await changeSetting(
      test.db,
      'digest.weekly',
      { ismsManager: false, managers: false },
      'system:test',
      now,
    );
    isma = await startHarness({ db: test.db, clock: () => now });
  });
  afterEach(() => isma.stop());

  const rows = async (sql: string, values: unknown[] = []) => (await test.db.query(sql, values)).rows;
  const last = (said: Said[]) => said.at(-1)?.reply;
  const pressed = (email: string, said: Said[], label: string) => {
    const { buttons = [], items = [] } = last(said) ?? {};
    const found = [...buttons, ...items.flatMap(({ button }) => button ?? [])].find(
      (button) => button.label === label,
    );
    if (found === undefined) throw new Error(`no «${label}» in ${JSON.stringify(last(said))}`);
    return isma.press(email, found.id);
  };
  async function acknowledged(email: string): Promise<void> {
    const card = await pressed(email, await isma.say(email, 'what do I have to acknowledge?'), 'Look');
    await pressed(email, await pressed(email, card, 'Read it'), 'Acknowledge');
  }
  const cells = (said: Said[]) => last(said)?.table?.rows;

  it.each([
    "who hasn't acknowledged the access policy?",
    'Wer hat die Access Control Policy noch nicht bestätigt?',
    "qui n'a pas encore attesté Access Control Policy ?",
    '¿quién no ha confirmado Access Control Policy todavía?',
  ])('is told with who is late first: «%s»', async (question) => {
    await ask(test.db, [erin, hanna, hugo], now, {
      dueOn: (person) => (person % 2 === 0 ? '2026-11-27' : '2026-12-09'),
    });
    await acknowledged(hugo);

    const said = await isma.say(ines, question);

    expect(last(said)?.text).toBe(
      '2 of 3 who were asked have not acknowledged «Access Control Policy» v2.0. 1 overdue.',
    );
    expect(cells(said)?.map(([, , state, due]) => [state, due])).toEqual([['not opened, overdue', '27 November 2026'], ['not opened', '9 December 2026']]); // prettier-ignore
    expect(await rows("select count(*)::integer as n from audit_entry where action = 'acknowledgements.seen'")).toEqual([{ n: 1 }]); // prettier-ignore
  });

  it('is a manager’s for their own people, nobody’s else, and everybody’s for the ISMS manager', async () => {
    await ask(test.db, [erin, hugo, ines], now);

    const own = await isma.say(hugo, "who hasn't acknowledged the access policy?");
    const none = await isma.say(erin, "who hasn't acknowledged the access policy?");
    const all = await isma.say(ines, 'acknowledgement status of Sales');

    expect(cells(own)).toEqual([['Erin Employee', 'Sales', 'not opened', '9 December 2026']]);
    expect(last(none)?.text).toBe(
      'How far others are is for the ISMS manager, and for managers of their own people.',
    );
    expect(last(all)?.text).toBe('1 acknowledgement asked for in Sales: 0 given, 1 open.');
    expect(cells(all)).toEqual([
      ['Erin Employee', 'Access Control Policy v2.0', 'not opened', '9 December 2026'],
    ]);
  });

  it('is asked kindly once, in the next message of each', async () => {
    await ask(test.db, [erin, hanna], now);
    await test.db.query("update nudge_agenda set look_at = '2027-01-01'");

    const list = await isma.say(hugo, "who hasn't acknowledged the access policy?");
    const reminded = await pressed(hugo, list, 'Remind 2 kindly');
    const twice = await pressed(hugo, list, 'Remind 2 kindly');
    const after = await isma.say(hugo, "who hasn't acknowledged the access policy?");

    expect(last(reminded)?.text).toBe('2 people are reminded in their next message, in their working hours. Nobody is reminded twice.'); // prettier-ignore
    expect(last(twice)?.text).toBe('All of them were reminded before; nobody is reminded twice.');
    expect(last(after)?.buttons.map(({ label }) => label)).toEqual(['Excel file', 'CSV file']);
    expect(await rows("select look_at from nudge_agenda where look_at < '2026-12-02'")).toHaveLength(2);
    expect(await rows("select payload::jsonb #>> '{detail,document}' as document from audit_entry where action = 'acknowledgement.reminded'")).toEqual([{ document: 'POL-03' }]); // prettier-ignore
  });

  it('comes in one message of the day, kindly once more where that was asked for, and not after it is done', async () => {
    await ask(test.db, [erin, hanna], now);
    now = new Date('2026-12-01T09:05:00Z');
    await acknowledged(hanna);
    now = new Date('2026-12-01T09:11:00Z');
    const first = await isma.runDue();
    now = new Date('2026-12-01T10:00:00Z');
    await pressed(
      hugo,
      await isma.say(hugo, "who hasn't acknowledged the access policy?"),
      'Remind them kindly',
    );
    now = new Date('2026-12-01T15:00:00Z');
    const sameDay = await isma.runDue();
    now = new Date('2026-12-02T09:00:00Z');
    const kind = await isma.runDue();
    now = new Date('2026-12-03T09:00:00Z');
    const after = await isma.runDue();

    const told = (said: Said[]) => said.map(({ address, reply }) => [address, reply.text.split('\n')[0]]);
    const message = [
      `test:dm:${erin}`,
      'Read and acknowledge: Access Control Policy · due Wednesday 9 December',
    ];
    expect([first, sameDay, kind, after].map(told)).toEqual([[message], [], [message], []]);
  });

  it('leaves out who is exempt, with the reason, until the day is over', async () => {
    await ask(test.db, [erin, hanna], now);

    const offer = await isma.say(ines, 'exempt Erin from acknowledging the access policy');
    const form = await pressed(ines, offer, 'Exempt Erin Employee');
    await isma.press(ines, last(form)?.form?.id ?? '', { reason: 'no laptop yet', until: '' });
    const done = await isma.press(ines, last(form)?.form?.id ?? '', { reason: 'parental leave', until: '2026-12-05' }); // prettier-ignore
    const byHugo = await isma.press(hugo, last(form)?.form?.id ?? '', { reason: 'no time', until: '' });
    const list = await isma.say(ines, "who hasn't acknowledged the access policy?");
    now = new Date('2026-12-07T09:00:00Z');
    await isma.runDue();

    expect(last(done)?.text).toBe('Erin Employee need not acknowledge «Access Control Policy» until 5 December 2026, and is asked again then.'); // prettier-ignore
    expect(last(byHugo)?.form?.fields[0]?.error).toBe('Only the ISMS manager exempts somebody from acknowledging a policy.'); // prettier-ignore
    expect(last(list)?.text).toBe('1 of 1 who were asked has not acknowledged «Access Control Policy» v2.0. Exempt: Erin Employee until 5 December 2026 («parental leave»).'); // prettier-ignore
    expect(
      await rows('select state, due_on::text as due from acknowledgement_request order by person_id'),
    ).toEqual([
      { state: 'pending', due: '2026-12-21' },
      { state: 'pending', due: '2026-12-09' },
    ]);
  });

  it('is a file with a row each, for the ISMS manager and the auditor, and of their own people for a manager', async () => {
    await test.db.query("update person set roles = '{employee,auditor}' where email = $1", [hanna]);
    await ask(test.db, [erin, hugo], now);
    await acknowledged(erin);

    const whole = await isma.say(ines, 'export acknowledgements');
    const audited = await isma.say(hanna, 'export acknowledgements');
    const own = await isma.say(hugo, 'export acknowledgements');
    const { columns, rows: table } = await acknowledgementTable(test.db);

    expect(last(whole)).toMatchObject({ text: 'The acknowledgement log: 2 rows.', files: [{ name: 'acknowledgements-2026-12-01.xlsx' }] }); // prettier-ignore
    expect(last(audited)?.text).toBe('The acknowledgement log: 2 rows.');
    expect(last(own)?.text).toBe('The acknowledgement log: 1 row.');
    expect(
      table.map((row) => Object.fromEntries(columns.map((column, at) => [column, row[at]]))),
    ).toMatchObject([
      { person: 'Erin Employee', department: 'Sales', document: 'POL-03', version: '2.0', language: 'en', how: 'chat', asked: '2026-12-01 09:00', due: '2026-12-09', acknowledged: '2026-12-01 09:00', state: 'acknowledged' }, // prettier-ignore
      { person: 'Hugo Owner', sha256: '', statement: '', acknowledged: '', state: 'pending' },
    ]);
    expect(await rows('select content_hash from acknowledgement')).toEqual([{ content_hash: table[0]?.[6] }]);

    await test.db.query(
      `insert into acknowledgement (person_id, name, document_id, version_id, reference, version, language, content_hash, statement, statement_language, how, acknowledged_at)
       select person.id, person.name, document_id, version_id, reference, version, language, content_hash, statement, statement_language, how, acknowledged_at + interval '1 day'
       from acknowledgement join person on email = $1`,
      [hanna],
    );
    const inParts = [];
    for await (const part of (await acknowledgementParts(test.db)).parts) inParts.push(...part);
    expect(inParts).toHaveLength(3);
    expect(inParts).toEqual((await acknowledgementTable(test.db)).rows);
  });

  it('goes with the made-up company, and what real people acknowledged of real documents stays', async () => {
    await givenDocument(test.db, 'made-up.md', policy('1.0', { ref: 'POL-99', title: 'Made-up Policy' }), { now });
    await ask(test.db, [erin, hanna], now);
    const [made] = await rows("select id from document where reference = 'POL-99'");
    await ask(test.db, [erin], now, { documentId: Number(made?.['id']) });
    const people = (await rows('select id from person where email = $1', [hanna])).map(({ id }) => Number(id));
    await acknowledged(hanna);
    const card = await pressed(erin, await isma.say(erin, 'acknowledge the made-up policy'), 'Read it');
    await pressed(erin, card, 'Acknowledge');
    await pressed(erin, await pressed(erin, await isma.say(erin, 'acknowledge the access policy'), 'Read it'), 'Acknowledge');
    const versions = (await rows('select id from document_version where document_id = $1', [made?.['id']])).map(({ id }) => Number(id));

    const { counts } = await test.db.transaction(async (tx) => {
      await tx.query("select set_config('isma.removing_samples', 'yes', true)");
      const removed = await acknowledgementSamples.remove(tx, { people, also: [] });
      await acknowledgementSamples.letGo?.(tx, { versions, documents: [Number(made?.['id'])] });
      return removed;
    });

    expect(counts).toEqual({ acknowledgements: 1 });
    expect(await rows('select name, reference from acknowledgement')).toEqual([{ name: 'Erin Employee', reference: 'POL-03' }]);
    await expect(rows('delete from acknowledgement')).rejects.toThrow('stays as it is');
  }); // prettier-ignore
});
