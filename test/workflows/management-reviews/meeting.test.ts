/** A management review from its plan to its signature: who may do what when, several who write at once, and nothing that changes afterwards. */
import { createHash } from 'node:crypto';
import { strFromU8, unzipSync } from 'fflate';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { verifyAudit } from '../../../src/db/audit.ts';
import { readOutgoingFile } from '../../../src/conversation/outgoing-file.ts';
import { verifyRevisions } from '../../../src/records/revision.ts';
import { reviewsTable } from '../../../src/workflows/management-reviews/table.ts';
import { describeOnDatabases } from '../../support/databases.ts';
import { directAddress, givenPeople, startHarness, type Harness, type Said } from '../../support/harness.ts';

const [erin, hanna, hugo, ines] = ['erin', 'hanna', 'hugo', 'ines'].map((name) => `${name}@test.example`) as [string, string, string, string]; // prettier-ignore
const inputs = ['a', 'b', 'c', 'd1', 'd2', 'd3', 'd4', 'e', 'f', 'g'];
const thread = { channel: 'board' };

describeOnDatabases('A management review', (test) => {
  let isma: Harness;
  let now: Date;
  beforeEach(async () => {
    now = new Date('2026-11-24T09:00:00Z');
    await givenPeople(test.db);
    isma = await startHarness({ db: test.db, clock: () => now });
  });
  afterEach(() => isma.stop());

  const rows = async (sql: string, values: unknown[] = []) => (await test.db.query(sql, values)).rows;
  const last = (said: Said[]) => said.at(-1)?.reply;
  const to = (said: Said[], email: string) => said.filter(({ address }) => address === directAddress(email)).map(({ reply }) => reply); // prettier-ignore
  const labels = (said: Said[]) => last(said)?.buttons.map(({ label }) => label);
  const state = async () => (await rows('select state from management_review'))[0]?.state as string;
  const press = (by: string, command: string, values: Record<string, string> = {}, fields: Record<string, string> = {}, where = {}) =>
    isma.press(by, `management-reviews.${command}?${new URLSearchParams({ record: 'MR-1', ...values }).toString()}`, fields, where); // prettier-ignore
  const plan = (by: string, fields: Record<string, string> = {}) =>
    isma.press(by, 'management-reviews.send-plan', { on: '2026-12-15', chair: 'Hugo', secretary: 'Ines', members: 'Hanna', ...fields }); // prettier-ignore
  const whole = { held_on: '2026-11-24', suitable: 'yes', adequate: 'yes', effective: 'no', conclusion: 'Audits are late' }; // prettier-ignore
  const attended = async () =>
    rows('select name, part, deputy_for, came from review_attendance where came order by id');
  const present = async (names: string[]) => {
    const found = await rows('select id from review_attendance where name = any($1)', [names]);
    return found.map(({ id }) => String(id)).join(',');
  };
  async function complete() {
    await plan(ines);
    await press(ines, 'hold');
    await press(ines, 'send-attend', {}, { present: await present(['Hugo Owner', 'Ines Isms']), deputies: '', guests: '' }); // prettier-ignore
    for (const input of inputs) await press(ines, 'discussed', { input });
    await press(ines, 'send-decide', { input: 'd1' }, { text: 'Audit all sites', as: 'action', who: 'Hanna', due: '2026-12-20' }); // prettier-ignore
    const [proposal] = await rows('select max(id) as id from proposal');
    await isma.press(ines, `management-reviews.confirm?proposal=${String(proposal?.id)}`);
    return press(ines, 'send-complete', {}, whole);
  }
  async function sign() {
    const shown = last(await press(hugo, 'minutes'));
    return isma.press(hugo, shown?.buttons.find(({ label }) => label === 'Sign')?.id ?? '');
  }

  it('is planned by the ISMS manager for a day to come, and those invited hear of it', async () => {
    const refused = last(await plan(erin));
    const past = last(await plan(ines, { on: '2026-11-01' }));
    const nobody = last(await plan(ines, { members: 'Zacharias' }));
    const said = await plan(ines);

    expect(refused?.text).toBe('Only the ISMS manager can plan a management review.');
    expect(past?.text).toContain('is past. Choose a day from today on.');
    expect(nobody?.text).toContain('I know nobody called «Zacharias»');
    expect(await rows('select state, title, planned_on::text from management_review')).toEqual([{ state: 'planned', title: 'Management review, December 2026', planned_on: '2026-12-15' }]); // prettier-ignore
    expect(to(said, hugo)[0]?.text).toBe('Ines Isms invites you to the management review on 15 December 2026.\nYou chair it, and sign its minutes.'); // prettier-ignore
    expect(to(said, hanna)[0]?.text).toBe(
      'Ines Isms invites you to the management review on 15 December 2026.',
    );
    expect(to(said, erin)).toEqual([]);
    expect(await rows('select input, figures_at is not null as drawn from review_input order by input')).toEqual(inputs.map((input) => ({ input, drawn: true }))); // prettier-ignore
  });

  it('is read by those invited, the ISMS manager, admins and auditors, and by nobody else', async () => {
    await plan(ines);
    const read = [];
    for (const who of [hanna, hugo, ines, erin]) read.push(last(await isma.say(who, 'MR-1'))?.text);
    await test.db.query("update person set roles = '{employee,auditor}' where email = $1", [erin]);
    const auditor = await isma.say(erin, 'MR-1');
    const writing = last(await press(erin, 'hold'));

    const card = 'MR-2026-001 · Management review, December 2026';
    expect(read).toEqual([card, card, card, 'There is no MR-1 that you may see. Say «management reviews» for those that you may.']); // prettier-ignore
    expect(last(auditor)?.text).toBe(card);
    expect(labels(auditor)).toEqual(['Paper', 'What happened', 'Take it all']);
    expect(writing?.notice).toBe('refused');
    expect(await state()).toBe('planned');
  });

  it('keeps the figures of its paper once that has gone out, and draws them anew as it begins', async () => {
    await plan(ines);
    now = new Date('2026-11-25T09:00:00Z');
    const paper = last(await press(ines, 'refresh'));
    const times = () => rows('select distinct figures_at from review_input');
    const refreshed = await times();
    await press(ines, 'paper-sent');
    now = new Date('2026-11-26T09:00:00Z');
    const late = last(await press(ines, 'refresh'));
    const kept = await times();
    await press(hugo, 'hold');

    expect(paper?.files.map(({ name }) => name)).toEqual(['MR-2026-001-paper.docx']);
    expect(refreshed).toEqual([{ figures_at: new Date('2026-11-25T09:00:00Z') }]);
    expect(late?.text).toBe('The paper of MR-2026-001 went out on 25 November 2026, with these figures. They are drawn anew when the review begins.'); // prettier-ignore
    expect(kept).toEqual(refreshed);
    expect(await times()).toEqual([{ figures_at: new Date('2026-11-26T09:00:00Z') }]);
  });

  it('tells its secretary once, a week ahead, with the paper as a file', async () => {
    await plan(ines);
    now = new Date('2026-12-07T10:00:00Z');
    const early = await isma.runDue();
    now = new Date('2026-12-08T10:00:00Z');
    const said = await isma.runDue();
    const again = await isma.runDue();

    const papers = (all: Said[]) => to(all, ines).filter(({ files }) => files.length > 0);
    expect(papers(early)).toEqual([]);
    const [paper] = papers(said);
    expect(paper?.text).toContain('The management review is on 15 December 2026: here is its paper');
    expect(papers(again)).toEqual([]);
    const bytes = (await readOutgoingFile(test.db, paper?.files[0]?.id ?? '')) ?? new Uint8Array();
    const xml = strFromU8(unzipSync(bytes)['word/document.xml'] ?? new Uint8Array());
    for (const part of ['9.3.2 d 1', 'Majors open', 'register of non-conformities', 'Hugo Owner']) expect(xml).toContain(part); // prettier-ignore
  });

  it('lets several note at once and loses none of it; who is not invited notes nothing', async () => {
    await plan(ines);
    await press(ines, 'hold', {}, {}, thread);
    const stranger = last(await press(erin, 'send-note', { input: 'a' }, { note: 'Me too' }, thread));
    await Promise.all([
      press(ines, 'send-note', { input: 'a' }, { note: 'One' }, thread),
      press(hanna, 'send-note', { input: 'a' }, { note: 'Two' }, thread),
      isma.say(hugo, 'note a: Three', thread),
    ]);

    const [{ notes } = { notes: '' }] = await rows("select notes from review_input where input = 'a'");
    expect(String(notes).split('\n').toSorted()).toEqual(['Hanna Human: Two', 'Hugo Owner: Three', 'Ines Isms: One']); // prettier-ignore
    expect(stranger?.text).toContain('There is no MR-1 that you may see.');
    expect(await rows('select version from management_review')).toEqual([{ version: 5 }]);
  });

  it('moves into a thread by whoever leads it, and nobody speaks there in the name of others', async () => {
    await plan(ines);
    await press(ines, 'hold');
    const member = last(await isma.say(hanna, 'start the management review', thread));
    const asked = last(await isma.say(ines, 'start the management review', thread));
    await press(ines, 'hold', {}, {}, thread);
    const agenda = await isma.say(hanna, 'start the management review', thread);
    await press(hanna, 'send-note', { input: 'a' }, { note: 'Yes\nHugo Owner: Yes, too' }, thread);

    expect(member?.text).toContain('Only Ines Isms or Hugo Owner and the ISMS manager can do that.');
    expect(asked?.text).toContain('Go on with it here? Everybody in this conversation reads');
    expect(agenda.map(({ address }) => address)).toEqual(['test:channel:board']);
    expect(await rows("select notes from review_input where input = 'a'")).toEqual([{ notes: 'Hanna Human: Yes\n  Hugo Owner: Yes, too' }]); // prettier-ignore
  });

  it('keeps the words that its minutes said before, and does not write over what somebody noted meanwhile', async () => {
    await plan(ines);
    await press(ines, 'hold');
    await press(hanna, 'send-note', { input: 'b' }, { note: 'Lyon grows' });
    const form = last(await press(ines, 'minute', { input: 'b' }))?.form;
    await press(hanna, 'send-note', { input: 'b' }, { note: 'Hamburg shrinks' });
    const stale = last(await isma.press(ines, form?.id ?? '', { text: 'Lyon grows to 40.' }));
    const fresh = last(await press(ines, 'minute', { input: 'b' }))?.form;
    await isma.press(ines, fresh?.id ?? '', { text: 'Lyon grows to 40, Hamburg shrinks.' });
    const member = last(await press(hanna, 'minute', { input: 'b' }));

    expect(stale?.text).toContain('Somebody wrote about b meanwhile');
    expect(await rows("select notes from review_input where input = 'b'")).toEqual([{ notes: 'Lyon grows to 40, Hamburg shrinks.' }]); // prettier-ignore
    expect(await rows("select fields from record_revision where record like 'management_review:%'")).toEqual([{ fields: { minutes_b: { from: 'Hanna Human: Lyon grows\nHanna Human: Hamburg shrinks', to: 'Lyon grows to 40, Hamburg shrinks.' } } }]); // prettier-ignore
    expect(member?.text).toContain('Only Ines Isms or Hugo Owner and the ISMS manager can do that.');
    expect(await verifyRevisions(test.db)).toEqual([]);
  });

  it('is complete only with a chair who was there, every input discussed, and all three said', async () => {
    await plan(ines);
    await press(ines, 'hold');
    const bare = last(await press(ines, 'complete'));
    for (const input of inputs.slice(1)) await press(hanna, 'discussed', { input });
    await press(hugo, 'here');
    const open = last(await press(ines, 'complete'));
    await press(hanna, 'discussed', { input: 'a' });
    const unsaid = last(await press(ines, 'send-complete', {}, { ...whole, effective: '' }));
    const ahead = last(await press(ines, 'send-complete', {}, { ...whole, held_on: '2026-12-24' }));
    const member = last(await press(hanna, 'send-complete', {}, whole));
    const before = await state();
    await press(ines, 'send-complete', {}, whole);

    expect(bare?.text).toBe('MR-2026-001 lacks every input discussed and a chair who was there for that. Still open: a, b, c, d1, d2, d3, d4, e, f, g.'); // prettier-ignore
    expect(open?.text).toBe('MR-2026-001 lacks every input discussed for that. Still open: a.');
    expect(unsaid?.form?.fields.find(({ name }) => name === 'effective')?.error).toBe('Please fill this in.');
    expect(ahead?.text).toContain('is still to come');
    expect(member?.text).toContain('Only Ines Isms or Hugo Owner and the ISMS manager');
    expect(before).toBe('in_progress');
    expect(await rows('select state, suitable, adequate, effective, conclusion from management_review')).toEqual([{ state: 'complete', suitable: true, adequate: true, effective: false, conclusion: 'Audits are late' }]); // prettier-ignore
  });

  it('makes of what somebody is to do a corrective action once that is confirmed, and of anything else a plain decision', async () => {
    await plan(ines);
    await press(ines, 'hold');
    const half = last(await press(hanna, 'send-decide', { input: 'd3' }, { text: 'Audit Lyon', as: 'action', who: '', due: '' })); // prettier-ignore
    const plain = await press(hanna, 'send-decide', { input: 'd3' }, { text: 'Audits are yearly', as: 'decision', who: '', due: '' }); // prettier-ignore
    const card = last(await press(hanna, 'send-decide', { input: 'd3' }, { text: 'Audit Lyon', as: 'action', who: 'Hugo', due: '2026-12-20' })); // prettier-ignore
    const before = await rows('select id from corrective_action');
    const confirmed = await isma.press(hanna, card?.buttons[0]?.id ?? '');

    expect(half?.form?.fields.flatMap(({ error }) => error ?? [])).toEqual(['Say who does it.', 'Say by when.']); // prettier-ignore
    expect(last(plain)?.facts).toContainEqual({ label: 'Decision', value: 'Audits are yearly' });
    expect(before).toEqual([]);
    expect(await rows('select description, due_on::text, proposed_by = (select id from person where email = $1) as hers from corrective_action', [hanna])).toEqual([{ description: 'Audit Lyon', due_on: '2026-12-20', hers: true }]); // prettier-ignore
    expect(to(confirmed, hugo).map(({ text }) => text)).toEqual(['Hanna Human asks you to do this. The management review decided it:\nAudit Lyon']); // prettier-ignore
    expect(await rows('select kind, text, became from review_decision order by id')).toMatchObject([{ kind: 'decision', became: null }, { kind: 'action', text: 'Audit Lyon' }]); // prettier-ignore
  });

  it('proposes an improvement to the ISMS manager where nobody is named', async () => {
    await plan(ines);
    await press(ines, 'hold');
    const card = last(await press(hanna, 'send-decide', { input: 'g' }, { text: 'Write answers once', as: 'improvement', who: '', due: '' })); // prettier-ignore
    const before = await rows('select id from improvement');
    await isma.press(hanna, card?.buttons[0]?.id ?? '');
    const shown = last(await press(hanna, 'input', { input: 'g' }));

    expect(before).toEqual([]);
    expect(await rows('select title, source, state, owner_id = (select id from person where email = $1) as hers from improvement', [ines])).toEqual([{ title: 'Write answers once', source: 'management_review', state: 'proposed', hers: true }]); // prettier-ignore
    expect(shown?.facts).toContainEqual({ label: 'Improvement', value: 'IM-2026-001 · Write answers once · Ines Isms' }); // prettier-ignore
    expect(await rows('select id from corrective_action')).toEqual([]);
  });

  it('has deputies and guests; nobody makes themselves the deputy of the chair, who signs', async () => {
    await plan(ines);
    await press(ines, 'hold');
    const self = last(
      await press(ines, 'send-attend', {}, { present: '', deputies: 'Ines for Hugo', guests: '' }),
    );
    const unknown = last(await press(ines, 'send-attend', {}, { present: '', deputies: 'Hanna for Erin', guests: '' })); // prettier-ignore
    const both = last(await press(ines, 'send-attend', {}, { present: await present(['Hugo Owner']), deputies: 'Erin for Hugo', guests: '' })); // prettier-ignore
    await press(ines, 'send-attend', {}, { present: await present(['Ines Isms']), deputies: 'Erin for Hugo', guests: 'Pat Plover' }); // prettier-ignore
    for (const input of inputs) await press(hanna, 'discussed', { input });
    await press(ines, 'send-complete', {}, whole);
    const member = await press(hanna, 'minutes');
    const deputy = await press(erin, 'minutes');
    await isma.press(erin, last(deputy)?.buttons.find(({ label }) => label === 'Sign')?.id ?? '');

    expect(self?.text).toContain('Nobody makes themselves the deputy of the chair, who signs.');
    expect(unknown?.text).toContain('«Erin Employee» is not invited, so nobody stands in for them.');
    expect(both?.text).toContain('Hugo Owner is there themselves');
    expect(await attended()).toEqual([
      { name: 'Ines Isms', part: 'secretary', deputy_for: null, came: true },
      { name: 'Erin Employee', part: 'chair', deputy_for: 'Hugo Owner', came: true },
      { name: 'Pat Plover', part: 'guest', deputy_for: null, came: true },
    ]);
    expect(labels(member)).toEqual([]);
    expect(await rows('select state, signed_by_name from management_review')).toEqual([{ state: 'signed', signed_by_name: 'Erin Employee' }]); // prettier-ignore
  });

  it('is signed by its chair alone, on the card that shows what is signed as it is now', async () => {
    const said = await complete();
    const secretary = await press(ines, 'minutes');
    const typed = last(await press(hugo, 'sign'));
    const forged = last(await press(ines, 'sign', { seen: 'x' }));
    const shown = last(await press(hugo, 'minutes'));
    await isma.press(ines, 'management-reviews.move?record=MR-1&move=reopen');
    await press(ines, 'send-note', { input: 'g' }, { note: 'And one thing more' });
    await press(ines, 'send-complete', {}, whole);
    const stale = last(await isma.press(hugo, shown?.buttons[0]?.id ?? ''));
    const before = await state();
    const signed = await sign();

    expect(to(said, hugo).map(({ text }) => text)).toEqual(['The minutes of «Management review, December 2026» wait for your signature.']); // prettier-ignore
    expect(labels(secretary)).toEqual(['Go on with it']);
    expect(typed?.text).toContain('Nothing is signed yet: look at it first.');
    expect(forged?.text).toContain('Only Hugo Owner can sign: they chaired it.');
    expect(shown?.facts).toContainEqual({ label: 'The ISMS is', value: 'suitable, adequate, not effective' });
    expect(stale?.text).toContain('Nothing was signed: it has changed since you were shown it.');
    expect(before).toBe('complete');
    expect(await state()).toBe('signed');
    expect(to(signed, hanna)[0]?.text).toBe('Hugo Owner has signed the minutes of «Management review, December 2026». Nothing in them changes any more; the actions go on.'); // prettier-ignore
  });

  it('changes nothing of its minutes once signed, says so, and leaves its actions moving', async () => {
    await complete();
    await sign();
    const table = await reviewsTable(test.db);
    const attempts = [
      await press(ines, 'send-note', { input: 'a' }, { note: 'x' }),
      await press(ines, 'send-decide', { input: 'a' }, { text: 'x', as: 'decision', who: '', due: '' }),
      await press(ines, 'discussed', { input: 'a' }),
      await press(ines, 'take-up', { input: 'a' }),
      await press(ines, 'send-attend', {}, { present: '', deputies: '', guests: 'x' }),
      await press(ines, 'send-complete', {}, whole),
      await press(ines, 'refresh'),
      await press(ines, 'hold'),
      await isma.press(ines, 'corrective-actions.send-plan-action?record=MR-1', { what: 'More', who: 'Hanna', due: '2026-12-20', evidence: '' }), // prettier-ignore
    ];
    const reopened = last(await isma.press(ines, 'management-reviews.move?record=MR-1&move=reopen'));
    const accepted = await isma.press(hanna, 'corrective-actions.accept?record=CA-1');

    for (const each of attempts) expect(last(each)?.text).toContain('MR-2026-001 was signed by Hugo Owner on 24 November 2026 at 10:00: its minutes stay as they are.'); // prettier-ignore
    expect(reopened?.text).toBe('MR-2026-001 is signed by now: look at it again.');
    expect(await reviewsTable(test.db)).toEqual(table);
    expect(last(accepted)?.notice).toBe(null);
    const look = last(await isma.press(hanna, 'corrective-actions.show?record=CA-1'));
    await isma.press(hanna, look?.buttons.find(({ label }) => label === 'Accept')?.id ?? '');
    expect(await rows('select state from corrective_action')).toEqual([{ state: 'accepted' }]);
    for (const sql of [
      "update management_review set conclusion = 'x'",
      "update review_input set notes = 'x'",
      'delete from review_decision',
      "insert into review_attendance (review_id, name, part) select id, 'x', 'guest' from management_review",
    ])
      // prettier-ignore
      await expect(test.db.query(sql)).rejects.toThrow('Signed minutes stay as they are');
  });

  it('has a hash that anybody can check from the export, and the file of its minutes says the same', async () => {
    await complete();
    await press(hanna, 'discussed', { input: 'a' });
    await sign();
    const { columns, rows: table } = await reviewsTable(test.db);
    const cell = (name: string) => String(table[0]?.[columns.indexOf(name)]);
    const text = Buffer.from(cell('minutes'), 'base64').toString();
    const file = last(await press(ines, 'minutes'))?.files[0];
    const bytes = (await readOutgoingFile(test.db, file?.id ?? '')) ?? new Uint8Array();
    const xml = strFromU8(unzipSync(bytes)['word/document.xml'] ?? new Uint8Array());

    expect(createHash('sha256').update(text).digest('hex')).toBe(cell('minutes_hash'));
    expect(JSON.parse(text)).toMatchObject({ chair: 'Hugo Owner', effective: false, decisions: [{ text: 'Audit all sites', owner: 'Hanna Human', dueOn: '2026-12-20' }] }); // prettier-ignore
    for (const part of [cell('minutes_hash'), 'Audit all sites', 'CA-2026-001', 'Audits are late']) expect(xml).toContain(part); // prettier-ignore
    expect(await verifyRevisions(test.db)).toEqual([]);
    expect((await verifyAudit(test.db)).faults).toEqual([]);
  });

  it('is cancelled with a reason, which those invited read', async () => {
    await plan(ines);
    const said = await isma.press(ines, 'management-reviews.send-fill?record=MR-1&move=cancel', { state_reason: 'Hugo is ill' }); // prettier-ignore
    const late = last(await press(ines, 'hold'));

    expect(to(said, hanna).map(({ text }) => text)).toEqual(['The management review on 15 December 2026 is cancelled: Hugo is ill']); // prettier-ignore
    expect(late?.text).toBe('MR-2026-001 was cancelled by you on 24 November 2026 at 10:00.');
    expect(await rows('select state, state_reason from management_review')).toEqual([{ state: 'cancelled', state_reason: 'Hugo is ill' }]); // prettier-ignore
  });

  it('waits for its secretary until it is complete, and then for its chair', async () => {
    const waiting = async (who: string) => last(await isma.say(who, 'what is on my plate?'))?.items.map(({ text }) => text) ?? []; // prettier-ignore
    await plan(ines);
    const planned = [await waiting(ines), await waiting(hugo)];
    await press(ines, 'paper-sent');
    const sent = await waiting(ines);
    await press(ines, 'hold');
    const held = await waiting(ines);
    await press(
      ines,
      'send-attend',
      {},
      { present: await present(['Hugo Owner']), deputies: '', guests: '' },
    );
    for (const input of inputs) await press(ines, 'discussed', { input });
    await press(ines, 'send-complete', {}, whole);

    expect(planned).toEqual([['Paper of the management review'], []]);
    expect(sent).toEqual(['Hold the management review']);
    expect(held).toEqual(['Complete the minutes of the management review']);
    expect([await waiting(ines), await waiting(hugo)]).toEqual([
      [],
      ['Sign the minutes of the management review'],
    ]);
    await sign();
    expect(await waiting(hugo)).toEqual([]);
  });
});
