/** Evidence that is asked for: of its owner, once; brought as a file or a link; judged by somebody else who opened it; and run out by the clock. */
import { afterEach, beforeEach, expect, it } from 'vitest';
import { verifyAudit } from '../../../src/db/audit.ts';
import { changeSetting } from '../../../src/records/setting.ts';
import { describeOnDatabases } from '../../support/databases.ts';
import { directAddress, givenPeople, startHarness, type Harness, type Said } from '../../support/harness.ts';

const [erin, hanna, hugo, ines] = ['erin', 'hanna', 'hugo', 'ines'].map((name) => `${name}@test.example`) as [string, string, string, string]; // prettier-ignore

describeOnDatabases('Evidence that is asked for', (test) => {
  let isma: Harness;
  let now: Date;
  let content: string;
  beforeEach(async () => {
    now = new Date('2026-11-24T09:00:00Z');
    content = 'Access review of the fourth quarter';
    await givenPeople(test.db);
    await test.db.query("update person set roles = '{employee,manager}' where email = $1", [hanna]);
    isma = await startHarness({
      db: test.db,
      clock: () => now,
      fetch: async () => new TextEncoder().encode(content),
    });
  });
  afterEach(() => isma.stop());

  const rows = async (sql: string, values: unknown[] = []) => (await test.db.query(sql, values)).rows;
  const to = (said: Said[], email: string) => said.filter(({ address }) => address === directAddress(email)).map(({ reply }) => reply); // prettier-ignore
  const last = (said: Said[], email: string) => to(said, email).at(-1);
  const states = () => rows('select reference, state from evidence_request order by id');
  const button = (said: Said[], email: string, label: string) =>
    to(said, email).flatMap((reply) => [...reply.buttons, ...reply.choices]).find((each) => each.label === label)?.id ?? `no button «${label}»`; // prettier-ignore
  const file = (name = 'review-q4.csv') => [
    { name, size: content.length, contentType: 'text/csv', source: 'x' },
  ];
  const ask = async (
    by: string,
    words = 'ask Erin for the access review of Q4 for A.5.18 until 15 January',
  ) => {
    const card = await isma.say(by, words);
    return isma.press(by, button(card, by, 'Confirm'));
  };
  const bring = (email: string, reference = 'EV-1', name?: string) =>
    isma.say(email, reference, { attachments: file(name) });
  const review = (email: string) => isma.press(email, 'evidence-requests.review?record=EV-1');
  const accept = async (email: string) => isma.press(email, button(await review(email), email, 'Accept'));
  const later = (days: number) => (now = new Date(now.getTime() + days * 86_400_000));

  it('is asked for in a sentence, on a card that says of whom, for what and by when', async () => {
    const card = await isma.say(ines, 'ask Erin for the access review of Q4 for A.5.18 until 15 January');
    const before = await states();
    const written = await isma.press(ines, button(card, ines, 'Confirm'));

    expect(last(card, ines)?.facts).toEqual([
      { label: 'Of', value: 'Erin Employee' },
      { label: 'For', value: 'A.5.18 Access rights' },
      { label: 'By', value: 'Friday 15 January 2027' },
      { label: 'Counts for', value: '12 months' },
    ]);
    expect(last(card, ines)?.text).toContain('Ask for evidence: Access review of Q4');
    expect(before).toEqual([]);
    expect(last(written, ines)?.text).toContain('EV-2026-001 · Access review of Q4: asked by Friday 15 January 2027. Erin Employee hears of it in their hours'); // prettier-ignore
    expect(to(written, erin)).toEqual([]);
  });

  it.each([
    'bitte Erin um den Access Review Q4 für A.5.18 bis 15. Januar',
    'demande à Erin la revue des accès Q4 pour A.5.18 avant le 15 janvier',
    'pide a Erin la revisión de accesos Q4 para A.5.18 hasta el 15 de enero',
    'please ask Erin Employee to show us the access review for A.5.18 by 15 January',
  ])('is asked for in other words: %s', async (words) => {
    await ask(ines, words);

    expect(await rows('select requirements, due_on::text, months from evidence_request')).toEqual([
      { requirements: ['A.5.18'], due_on: '2027-01-15', months: 12 },
    ]);
  });

  it('leaves alone what is no request for evidence', async () => {
    const said = [
      await isma.say(erin, 'ask Hanna for the access review for A.5.18 until Friday'),
      await isma.say(ines, 'Ask Erin what she thinks of it'),
      await isma.say(ines, 'ask Erin about A.5.18 until 4 December'),
      await isma.say(ines, 'ask Erin to acknowledge POL-05 until 18 December'),
      await isma.say(ines, 'What counts as evidence for an internal audit?'),
    ];

    expect(said.flat().filter(({ reply }) => reply.aside?.includes('Not written yet'))).toEqual([]);
    expect(await states()).toEqual([]);
  });

  it('is told with all else that waits, or at once where it is urgent, and never twice', async () => {
    await ask(ines);
    const urgent = await ask(ines, 'ask Hugo urgently for the restore test for A.8.13 until 1 December');
    later(0.02);
    const reminded = await isma.runDue();
    later(1);
    const again = await isma.runDue();

    expect(last(urgent, hugo)?.text).toBe('Ines Isms needs evidence from you by 1 December 2026: Restore test\nDrop the file here, or send a link.'); // prettier-ignore
    expect(last(reminded, erin)?.text).toBe('Evidence: Access review of Q4 (A.5.18) · due Friday, 15 January 2027\nDrop the file here, or send a link.'); // prettier-ignore
    expect(to(reminded, hugo)).toEqual([]);
    expect(to(again, erin)).toEqual([]);
    expect((await isma.say(erin, "what's on my plate?")).at(-1)?.reply.items.map(({ text }) => text)).toEqual(['Evidence: Access review of Q4 (A.5.18)']); // prettier-ignore
  });

  it('refuses a day that is past, what is no control, and the same once more', async () => {
    await ask(ines);
    const twice = await ask(ines);
    const past = await isma.press(ines, 'evidence-requests.send-begin', { who: 'Hugo', title: 'Restore test', requirements: 'A.8.13', due: '2026-11-01', urgent: 'gathered' }); // prettier-ignore
    const strange = await isma.press(ines, 'evidence-requests.send-begin', { who: 'Hugo', title: 'Restore test', requirements: 'A.99.1', urgent: 'gathered' }); // prettier-ignore
    const nobody = await isma.press(erin, 'evidence-requests.send-begin', { who: 'Hugo', title: 'Restore test', requirements: 'A.8.13', urgent: 'gathered' }); // prettier-ignore

    expect(last(twice, ines)?.text).toBe('EV-2026-001 asks Erin Employee for «Access review of Q4» already.');
    expect(last(past, ines)?.text).toContain('is past. Say a day to come.');
    expect(last(strange, ines)?.text).toBe('«A.99.1» is no clause or control. Write it as 9.2 or A.8.13.');
    expect(last(nobody, erin)?.text).toContain('Tell Ines Isms what you need.');
    expect(await states()).toHaveLength(1);
  });

  it('is answered by a file with its reference, and whoever asked hears of it once', async () => {
    await ask(ines);
    const brought = await bring(erin);
    content = 'a second page';
    const more = await bring(erin, 'EV-1', 'page-2.csv');

    expect(last(brought, erin)?.text).toBe(
      'Thank you. It is with Ines Isms for EV-2026-001, Access review of Q4.',
    );
    expect(last(brought, ines)?.text).toBe('Erin Employee brought evidence: Access review of Q4 (A.5.18)');
    expect(to(more, ines)).toEqual([]);
    expect(await states()).toEqual([{ reference: 'EV-2026-001', state: 'submitted' }]);
    expect(await rows('select title, state, number, file_name, length(sha256) as hash, size, media_type, uploaded_by_name from evidence join evidence_revision on evidence.id = evidence_id order by evidence.id')).toMatchObject([
      { title: 'review-q4.csv', state: 'submitted', number: 1, hash: 64, size: 35, uploaded_by_name: 'Erin Employee' },
      { title: 'page-2.csv', state: 'submitted' },
    ]); // prettier-ignore
  });

  it('is answered by a bare file where one thing is asked, after the request where several are, and else asks which', async () => {
    await ask(ines);
    const one = await isma.say(erin, '', { attachments: file() });
    await ask(ines, 'ask Erin for the joiner list for A.6.1 until 15 January');
    await ask(ines, 'ask Erin for the leaver list for A.6.5 until 15 January');
    content = 'people who left';
    const which = await isma.say(erin, '', { attachments: file('leavers.csv') });
    const chosen = await isma.press(erin, button(which, erin, 'EV-2026-003 Leaver list'));
    const twice = await isma.press(erin, button(which, erin, 'EV-2026-002 Joiner list'));
    await ask(ines, 'ask Erin urgently for the badge list for A.7.2 until 15 January');
    content = 'badges';
    const after = await isma.say(erin, 'here it is', { attachments: file('badges.csv') });

    expect(last(one, erin)?.text).toContain('EV-2026-001');
    expect(last(which, erin)?.text).toBe('For which of these is it?');
    expect(last(chosen, erin)?.text).toContain('for EV-2026-003, Leaver list');
    expect(last(twice, erin)?.text).toContain('That was confirmed already');
    expect(last(after, erin)?.text).toContain('for EV-2026-004, Badge list');
    expect((await states()).map(({ state }) => state)).toEqual([
      'submitted',
      'requested',
      'submitted',
      'submitted',
    ]);
  });

  it('is answered by a file below the reminder, for what stands first in it', async () => {
    await ask(ines, 'ask Erin for the joiner list for A.6.1 until 15 January');
    await ask(ines, 'ask Erin for the leaver list for A.6.5 until 1 December');
    later(0.02);
    const reminded = await isma.runDue();
    const brought = await isma.say(erin, '', { attachments: file() });

    expect(last(reminded, erin)?.text).toContain('Evidence: Leaver list (A.6.5)');
    expect(last(brought, erin)?.text).toContain('for EV-2026-002, Leaver list');
  });

  it('is answered by a link, and by words only where they are one', async () => {
    await ask(ines, 'ask Erin urgently for the access review for A.5.18 until 15 January');
    const words = await isma.say(erin, 'I will look for it tomorrow');
    const before = await states();
    const link = await isma.say(erin, 'EV-1 https://wiki.test.example/review of 1 November');

    expect(last(words, erin)?.text).not.toContain('Thank you');
    expect(before).toMatchObject([{ state: 'requested' }]);
    expect(last(link, erin)?.text).toContain('Thank you. It is with Ines Isms');
    expect(await rows('select address, dated_on::text from evidence_revision, evidence_request')).toEqual([{ address: 'https://wiki.test.example/review', dated_on: '2026-11-01' }]); // prettier-ignore
  });

  it('is never accepted by its owner, nor by whoever brought it, nor unseen', async () => {
    await ask(ines, 'ask Ines for the access review of Q4 for A.5.18 until 15 January');
    await bring(ines);
    const own = await review(ines);
    await ask(hanna, 'ask Erin for the joiner list for A.6.1 until 15 January');
    content = 'joiners';
    await bring(ines, 'EV-2');
    const byBringer = await isma.press(ines, 'evidence-requests.review?record=EV-2');
    const unseen = await isma.press(hanna, 'evidence-requests.accept?record=EV-2');
    const stranger = await isma.press(hugo, 'evidence-requests.accept?record=EV-2');

    expect(last(own, ines)?.text).toContain('nobody accepts their own evidence');
    expect(last(byBringer, ines)?.text).toBe(
      'Only Hanna Human can do that: nobody accepts their own evidence.',
    );
    expect(last(unseen, hanna)?.text).toContain('that cannot be done with it now');
    expect(last(stranger, hugo)?.text).toContain('There is no EV-2 that you may see.');
    expect((await states()).map(({ state }) => state)).toEqual(['submitted', 'submitted']);
  });

  it('is opened before it is accepted, and what came meanwhile has to be looked at again', async () => {
    await ask(ines);
    await bring(erin);
    const card = await review(ines);
    content = 'a later page';
    await bring(erin, 'EV-1', 'page-2.csv');
    const stale = await isma.press(ines, button(card, ines, 'Accept'));
    const accepted = await accept(ines);

    expect(last(card, ines)?.files.map(({ name }) => name)).toEqual(['review-q4.csv']);
    expect(last(card, ines)?.buttons.map(({ label }) => label)).toEqual(['Accept', 'Send back']);
    expect(last(stale, ines)?.notice).toBe('refused');
    expect(last(accepted, ines)?.text).toBe('Accepted: Access review of Q4 (A.5.18). It counts until Wednesday 24 November 2027.'); // prettier-ignore
    expect(last(accepted, erin)?.text).toBe('Ines Isms accepted your evidence for Access review of Q4. It counts until 24 November 2027; I ask you for a newer one before.'); // prettier-ignore
    expect(await rows('select state, accepted_by_name, expires_on::text from evidence_request')).toEqual([{ state: 'accepted', accepted_by_name: 'Ines Isms', expires_on: '2027-11-24' }]); // prettier-ignore
    expect(await rows('select distinct state from evidence')).toEqual([{ state: 'accepted' }]);
    expect(await test.db.transaction((tx) => verifyAudit(tx))).toMatchObject({ faults: [] });
  });

  it('goes back with a reason, and the file that follows is another revision', async () => {
    await ask(ines);
    await bring(erin);
    const form = await isma.press(ines, button(await review(ines), ines, 'Send back'));
    const back = await isma.press(ines, last(form, ines)?.form?.id ?? '', { reason: 'It has no date' });
    content = 'Access review of the fourth quarter, of 20 November';
    const again = await isma.say(erin, '', { attachments: file() });

    expect(last(back, erin)?.text).toBe('Ines Isms sent your evidence for Access review of Q4 back: «It has no date»\nDrop the file here, or send a link.'); // prettier-ignore
    expect(last(again, erin)?.text).toContain('Thank you');
    expect(await rows('select number, uploaded_by_name from evidence_revision order by number')).toEqual([{ number: 1, uploaded_by_name: 'Erin Employee' }, { number: 2, uploaded_by_name: 'Erin Employee' }]); // prettier-ignore
    expect(await states()).toMatchObject([{ state: 'submitted' }]);
  });

  it('runs out at the edge of the organisation’s day, and its owner brings a newer one as another revision', async () => {
    await test.db.transaction((tx) => changeSetting(tx, 'working_time', { days: [1, 2, 3, 4, 5], from: '08:00', until: '18:00', holidays: [], timeZone: 'Pacific/Auckland' }, 'test', now)); // prettier-ignore
    await ask(ines);
    await bring(erin);
    await accept(ines);
    const stateAt = async (time: string) => {
      now = new Date(time);
      await isma.runDue();
      return (await states())[0]?.state;
    };
    // Auckland is 13 hours ahead: its 25 October ends at 11:00 UTC; 30 days before the 24 November, and the day after it.
    const seen = [];
    for (const time of ['2027-10-24T10:59:00Z', '2027-10-24T11:01:00Z', '2027-11-24T10:59:00Z', '2027-11-24T11:01:00Z']) seen.push(await stateAt(time)); // prettier-ignore
    const same = await bring(erin);
    content = 'Access review of the next year';
    const renewed = await bring(erin, 'EV-1', 'review-2027.csv');

    expect(seen).toEqual(['accepted', 'expiring', 'expiring', 'expired']);
    expect(last(same, erin)?.text).toBe('That is what EV-2026-001 has already. Bring a newer one.');
    expect(last(renewed, erin)?.text).toContain('Thank you');
    expect(await rows('select number, file_name from evidence_revision order by number')).toEqual([{ number: 1, file_name: 'review-q4.csv' }, { number: 2, file_name: 'review-2027.csv' }]); // prettier-ignore
    const told = (await isma.press(ines, 'evidence-requests.history?record=EV-1')).at(-1)?.reply.items.map(({ text }) => text); // prettier-ignore
    expect(told).toContain('The evidence of EV-2026-001 counted until 2027-11-24 and has run out');
    expect(await rows("select actor from audit_entry where action like 'evidence_request.expir%'")).toEqual([{ actor: 'system:clock' }, { actor: 'system:clock' }]); // prettier-ignore
  });

  it('asks its owner anew before it runs out', async () => {
    await ask(ines);
    await bring(erin);
    await accept(ines);
    now = new Date('2027-11-01T09:00:00Z');
    await isma.runDue();
    later(0.02);
    const said = await isma.runDue();

    expect(last(said, erin)?.text).toBe('A newer piece of evidence: Access review of Q4 (A.5.18) · due Wednesday 24 November\nWhat is there runs out'); // prettier-ignore
  });

  it('cannot be accepted where it would have run out before', async () => {
    await ask(ines);
    await isma.say(erin, 'EV-1 of 1 October 2025', { attachments: file() });
    const late = await accept(ines);

    expect(last(late, ines)?.text).toContain('would have counted until Thursday 1 October 2026');
    expect(await states()).toMatchObject([{ state: 'in_review' }]);
  });

  it('is taken back by its owner, passed on, changed and withdrawn, each with its trace', async () => {
    await ask(ines);
    await bring(erin);
    await isma.press(erin, 'evidence-requests.move?record=EV-1&move=takeBack');
    await isma.press(ines, 'evidence-requests.send-fill?record=EV-1&move=passOn', { who: 'Hugo' });
    await isma.press(ines, 'evidence-requests.send-fill?record=EV-1&move=change', { title: 'Access review', what: 'All roles', due_on: '2026-12-20', months: '6' }); // prettier-ignore
    const stranger = await isma.press(erin, 'evidence-requests.send-fill?record=EV-1&move=withdraw', { state_reason: 'No' }); // prettier-ignore
    const gone = await isma.press(ines, 'evidence-requests.send-fill?record=EV-1&move=withdraw', { state_reason: 'The audit was moved' }); // prettier-ignore

    expect(last(stranger, erin)?.text).toContain('There is no EV-1 that you may see.');
    expect(last(gone, hugo)?.text).toBe('Ines Isms needs no evidence for Access review any more.');
    expect(await rows("select action from audit_entry where record like 'evidence_request:%' and action like 'evidence_request.%' order by seq")).toEqual(
      ['asked', 'brought', 'taken_back', 'passed_on', 'changed', 'withdrawn'].map((each) => ({ action: `evidence_request.${each}` })),
    ); // prettier-ignore
  });

  it('is listed by what is missing, runs out, waits for a look, and by control with its age', async () => {
    await ask(ines);
    await ask(ines, 'ask Hugo for the restore test for A.8.13 until 1 December');
    await bring(erin);
    const texts = [];
    for (const words of ['which evidence is missing?', 'welche Nachweise fehlen?', 'quelles preuves manquent ?', '¿qué evidencias faltan?', 'evidence to review', 'which evidence expires soon?']) texts.push(last(await isma.say(ines, words), ines)?.text); // prettier-ignore
    await accept(ines);
    later(70);
    const control = last(await isma.say(ines, 'evidence for A.5.18'), ines);
    const bare = last(await isma.say(ines, 'evidence for 9.2'), ines);
    const all = last(await isma.say(ines, 'evidence by control'), ines);

    expect(texts).toEqual([...Array<string>(4).fill('1 piece of evidence still missing.'), '1 piece of evidence to look at.', 'No pieces of evidence running out soon.']); // prettier-ignore
    expect(control?.text).toBe('1 piece of evidence counts: A.5.18 Access rights');
    expect(control?.table?.rows).toEqual([['EV-2026-001', 'Access review of Q4', 'accepted', '2 months', 'Wednesday 24 November 2027']]); // prettier-ignore
    expect(control?.facts[0]?.label).toBe('What usually counts');
    expect(bare?.text).toBe('Nobody was asked for evidence of it yet: 9.2 Internal audit');
    expect(all?.table?.rows[0]).toEqual([
      'A.5.18',
      'Access review of Q4',
      'accepted',
      '2 months',
      'Erin Employee',
    ]);
  });
});
