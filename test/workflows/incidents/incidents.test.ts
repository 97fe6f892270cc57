/** An incident from the first words to its lessons: heard at once, brought to whoever is on call, and hidden from everybody else. */
import { afterEach, beforeEach, expect, it } from 'vitest';
import { verifyAudit } from '../../../src/db/audit.ts';
import { changeSetting } from '../../../src/records/setting.ts';
import { incidentsRoom } from '../../../src/workflows/incidents/room.ts';
import { describeOnDatabases } from '../../support/databases.ts';
import { directAddress, givenDocument, givenPeople, startHarness, type Harness, type Said } from '../../support/harness.ts'; // prettier-ignore
import { phonePolicy } from '../../support/phone-policy.ts';

const [erin, hanna, hugo, ines] = ['erin', 'hanna', 'hugo', 'ines'].map((name) => `${name}@test.example`) as [string, string, string, string]; // prettier-ignore

const policy = (audience = 'everyone') => `---
ref: SEC-9
title: Incident Policy
status: published
effective: 2026-03-01
version: "4.0"
audience: ${audience}
---
# Incident Policy

## 2 How to report a security incident

| Channel | When |
|---|---|
| Night desk, extension 7070, at any hour | Anything urgent |

## 3 Until help arrives

- Take the device off the network.
- Delete nothing, and write down what you saw with the time.
`;

describeOnDatabases('An incident', (test) => {
  let isma: Harness;
  let now: Date;
  beforeEach(async () => {
    now = new Date('2026-11-24T09:00:00Z');
    await givenPeople(test.db);
    isma = await startHarness({ db: test.db, clock: () => now });
  });
  afterEach(() => isma.stop());

  const rows = async (sql: string, values: unknown[] = []) => (await test.db.query(sql, values)).rows;
  const to = (said: Said[], email: string) => said.filter(({ address }) => address === directAddress(email)).map(({ reply }) => reply); // prettier-ignore
  const textsTo = (said: Said[], email: string) => to(said, email).map(({ text }) => text);
  const set = (name: string, value: unknown) => test.db.transaction((tx) => changeSetting(tx, name, value, 'test', now)); // prettier-ignore
  const later = (minutes: number) => (now = new Date(now.getTime() + minutes * 60_000));
  const move = (email: string, name: string, fields: Record<string, string> | null = null) =>
    isma.press(email, `incidents.${fields === null ? 'move' : 'send-fill'}?record=IN-1&move=${name}`, fields ?? {}); // prettier-ignore

  it('is there from the first words on, with first steps and the phone from the policy, and nothing is lost where nobody answers', async () => {
    await givenDocument(test.db, 'incidents.md', policy());

    const said = await isma.say(erin, 'I think I clicked on a phishing link');

    const [first] = to(said, erin);
    expect(first?.text).toContain('Thank you for saying so at once. It is noted as IN-2026-001, and Ines Isms, who is on call, is being told now.'); // prettier-ignore
    expect(first?.text).toContain('please phone: Night desk, extension 7070, at any hour. I do not replace the phone.'); // prettier-ignore
    expect(first?.text).toContain('• Take the device off the network.');
    expect(first?.citations).toMatchObject([{ policy: 'Incident Policy', version: '4.0', section: '3' }]);
    expect(first?.buttons.map(({ label }) => label)).toEqual(['Answer', 'Skip', 'I report nothing']);
    expect(textsTo(said, ines)).toEqual(['Erin Employee reports an incident: «I think I clicked on a phishing link»']); // prettier-ignore
    expect(await rows('select state, what, aware_at from incident')).toEqual([
      { state: 'reported', what: 'I think I clicked on a phishing link', aware_at: now },
    ]);
  });

  it('shows nothing of a policy that its reporter may not read, and says the usual first steps', async () => {
    await givenDocument(test.db, 'incidents.md', policy('leadership'));

    const [first] = to(await isma.say(erin, 'I lost my laptop'), erin);

    expect(first?.text).not.toMatch(/7070|Take the device off/);
    expect(first?.text).toContain('• Write down where and when it happened');
    expect(first?.citations).toEqual([]);
  });

  it.each([
    ['I lost my security key, what now?', 'Report a lost security key within 1 hour.'],
    ['I lost my laptop', 'Call the night desk on extension 7070 once a laptop is gone.'],
  ])('says of what is gone what the policy says of that very thing, and nothing of a machine before them: %s', async (what, step) => {
    await givenDocument(test.db, 'incidents.md', policy());
    await givenDocument(test.db, 'things.md', `---
ref: SEC-10
title: Things that get lost
status: published
effective: 2026-03-01
version: "1.0"
audience: everyone
---
# Things that get lost

## 1 Security keys

A security key is handed out by name. Report a lost security key within 1 hour.

## 2 Laptops

A laptop is locked with a cable in the office. Call the night desk on extension 7070 once a laptop is gone.
`);

    const [first] = to(await isma.say(erin, what), erin);

    expect(first?.text.split('\n').filter((line) => line.startsWith('•'))).toEqual([`• ${step}`]);
    expect(first?.citations).toMatchObject([{ policy: 'Things that get lost' }]);
  }); // prettier-ignore

  it('asks three questions, one at a time, each of which may be passed over, and takes each answer to whoever is on call', async () => {
    await isma.say(erin, 'I lost my laptop');
    const second = await isma.say(erin, 'A black one, in the tram');
    const third = await isma.press(erin, to(second, erin)[0]?.buttons[1]?.id ?? '');
    const end = await isma.say(erin, 'It was locked, nothing else was done');

    expect(to(second, erin)[0]?.text).toContain('When did you notice it');
    expect(textsTo(second, ines)).toEqual(['IN-2026-001: Erin Employee says «A black one, in the tram»']);
    expect(textsTo(third, ines)).toEqual([]);
    expect(textsTo(end, erin)).toEqual(['Thank you, that helps. Ines Isms can see all of it. If anything changes, tell me «IN-2026-001: …», or phone.']); // prettier-ignore
    expect(await rows('select details, began, since from incident')).toEqual([
      { details: 'A black one, in the tram', began: null, since: 'It was locked, nothing else was done' },
    ]);
  });

  it('goes to the first on call, and after the minutes that are set to the next and the ISMS manager, at any hour, once', async () => {
    await set('incident.on_call', [hanna, hugo]);
    now = new Date('2026-11-28T23:30:00Z');
    const said = await isma.say(erin, 'someone is in the server room');
    later(14);
    const early = await isma.runDue();
    later(1);
    const due = await isma.runDue();
    const again = await isma.runDue();
    later(60);
    const last = await isma.runDue();

    expect(to(said, hanna)).toHaveLength(1);
    expect([...to(said, hugo), ...to(said, ines)]).toEqual([]);
    expect(early).toEqual([]);
    expect(due.map(({ address }) => address).toSorted()).toEqual([hugo, ines].map(directAddress));
    expect(to(due, hugo)[0]?.facts).toContainEqual({ label: 'With', value: 'nobody, for 15 minutes' });
    expect([...again, ...last]).toEqual([]);
  });

  it('is passed on to nobody once somebody has it, and the reporter hears by name who that is', async () => {
    await set('incident.on_call', [hanna, hugo]);
    await isma.say(erin, 'I lost my laptop');
    const taken = await move(hanna, 'take');
    later(20);

    expect(textsTo(taken, erin)).toEqual(['Hanna Human has IN-2026-001 now and takes care of it. You did right to say so.']); // prettier-ignore
    expect(await isma.runDue()).toEqual([]);
    expect(await rows('select name from incident join person on person.id = taken_by')).toEqual([{ name: 'Hanna Human' }]); // prettier-ignore
  });

  it('is seen and worked on by its reporter, those on call, the ISMS manager and the auditor alone, each in their part', async () => {
    await test.db.query("update person set roles = '{employee,auditor}' where email = $1", [hugo]);
    await isma.say(erin, 'I lost my laptop');
    const [secret, read, own] = [await isma.say(hanna, 'IN-1'), await isma.say(hugo, 'IN-1'), await isma.say(erin, 'IN-1')]; // prettier-ignore
    const refused = [await move(hanna, 'take'), await move(hugo, 'take'), await move(erin, 'take')];

    expect(secret[0]?.reply.text).toContain('There is no IN-1 that you may see.');
    expect(read[0]?.reply.text).toBe('IN-2026-001 · I lost my laptop');
    expect(own[0]?.reply.buttons.map(({ label }) => label)).toContain('Take it back');
    expect(refused.map((said) => said[0]?.reply.notice)).toEqual(['refused', 'refused', 'refused']);
    expect(await rows('select version, taken_by from incident')).toEqual([{ version: 1, taken_by: null }]);
  });

  it('closes with its cause and lessons once notices are settled, and each hour until then is counted', async () => {
    await isma.say(erin, 'I sent a file to the wrong person');
    await move(ines, 'contain', { containment: 'The mail was called back' });
    const without = await move(ines, 'close', { cause: 'c', lessons: 'l' });
    later(60);
    const judged = await move(ines, 'assess', { severity: 'high', personal_data: 'yes' });
    const unsent = await move(ines, 'close', { cause: 'c', lessons: 'l' });
    await move(ines, 'notice', { to: 'the data protection authority', how: 'By its form, at noon' });
    const closed = await move(ines, 'close', { cause: 'Two alike in the address book', lessons: 'Files go as links' }); // prettier-ignore

    expect(without[0]?.reply.text).toContain('IN-2026-001 lacks a severity');
    expect(judged[0]?.reply.facts).toContainEqual({ label: 'Notice owed', value: 'to the data protection authority by 27 November 2026 at 10:00, 71 hours left' }); // prettier-ignore
    expect(unsent[0]?.reply.text).toContain('lacks the notices that are owed');
    expect(textsTo(closed, erin)[0]).toContain('What we learnt from it: Files go as links');
    expect(await rows('select state, taken_by is not null as taken from incident')).toEqual([{ state: 'closed', taken: true }]); // prettier-ignore
    await verifyAudit(test.db);
    const told = await isma.press(ines, 'incidents.history?record=IN-1');
    expect(told[0]?.reply.items.map(({ text }) => text)).toEqual([
      'Ines Isms closed IN-2026-001, with its cause and what was learnt',
      'Ines Isms settled the notice of IN-2026-001 to the data protection authority',
      'Ines Isms judged IN-2026-001 high, with 1 notices owed',
      'Ines Isms contained IN-2026-001',
      'Erin Employee reported IN-2026-001, and Ines Isms heard of it',
    ]);
  });

  it('reminds whoever has it a day before a notice is due, at any hour, unless it was settled', async () => {
    await isma.say(erin, 'I sent a file to the wrong person');
    await move(ines, 'take');
    await move(ines, 'assess', { severity: 'high', personal_data: 'yes' });
    later(47 * 60);
    const early = await isma.runDue();
    later(60);
    const due = await isma.runDue();
    const again = await isma.runDue();

    expect([...early, ...again]).toEqual([]);
    expect(textsTo(due, ines)).toEqual(['IN-2026-001: the data protection authority has to hear of it by 27 November 2026 at 10:00, 24 hours left.']); // prettier-ignore
  });

  it('leads to a non-conformity that is linked, and to a note that whoever has it hears of', async () => {
    await isma.say(erin, 'I lost my laptop');
    await move(ines, 'take');
    const proposed = await move(ines, 'raise');
    const confirm = proposed[0]?.reply.buttons.find(({ label }) => label === 'Confirm');
    await isma.press(ines, confirm?.id ?? '');
    const noted = await isma.say(erin, 'IN-1: the tram company has found it');
    const [card] = await isma.say(ines, 'IN-1');

    expect(textsTo(noted, ines)).toEqual(['IN-2026-001: Erin Employee says «the tram company has found it»']);
    expect(await rows('select source, audit from nonconformity')).toEqual([{ source: 'incident', audit: 'IN-2026-001' }]); // prettier-ignore
    expect(card?.reply.facts).toContainEqual({ label: 'Non-conformity', value: 'NC-2026-001 · I lost my laptop (open)' }); // prettier-ignore
    expect(card?.reply.facts.at(-2)?.value).toBe('the tram company has found it');
  });

  it('is thanked for where it was none, and where its reporter takes it back', async () => {
    await isma.say(erin, 'I lost my badge');
    const none = await move(ines, 'dismiss', { reason: 'It hung at the coat' });
    const [, second] = [none, await isma.say(hanna, 'I lost my badge')];
    const back = await isma.press(hanna, to(second, hanna)[0]?.buttons.at(-1)?.id ?? '');

    expect(textsTo(none, erin)[0]).toMatch(/is no incident: It hung at the coat\nThank you all the same/);
    expect(textsTo(back, hanna).at(-1)).toContain('IN-2026-002 is taken back. No harm done');
    expect(textsTo(back, ines)).toEqual(['Hanna Human took IN-2026-002 «I lost my badge» back.']);
    expect(await rows('select state from incident')).toEqual([{ state: 'no_incident' }, { state: 'no_incident' }]); // prettier-ignore
  });

  it('is heard in a channel and answered to its reporter alone, and said twice it is one', async () => {
    const said = await isma.say(erin, 'I clicked something', { channel: 'office' });
    const again = await isma.say(erin, 'i clicked something');

    expect(said.filter(({ address }) => address.includes('office')).map(({ reply }) => reply.text)).toEqual([
      'I have answered you in a direct message: what was reported is not for everybody here.',
    ]);
    expect(textsTo(said, erin)[0]).toContain('IN-2026-001');
    expect(textsTo(again, erin)[0]).toContain('It is noted already as IN-2026-001');
    expect(textsTo(again, ines)).toEqual([]);
  });

  it('is another one where it is said long after, though a question about the first still waits', async () => {
    await isma.say(erin, 'I lost my laptop');
    later(90);
    await isma.say(erin, 'I lost my badge');
    await isma.say(erin, 'I lost my badge at the gate, I think');

    expect(await rows('select what, details from incident order by id')).toEqual([
      { what: 'I lost my laptop', details: null },
      { what: 'I lost my badge', details: 'I lost my badge at the gate, I think' },
    ]);
  });

  it('comes before the answer to whatever was asked last, and a finding stays one', async () => {
    await isma.say(ines, 'raise');
    const said = await isma.say(ines, 'I lost my laptop');
    await isma.say(erin, 'the badge reader at the loading bay is broken');

    expect(said[0]?.reply.text).toContain('It is noted as IN-2026-001. Nobody else is on call');
    expect(await rows('select what from incident')).toEqual([{ what: 'I lost my laptop' }]);
  });

  it('is offered beside the answer to a question, begun by a word, and by a shortcut on a message', async () => {
    await givenDocument(test.db, 'incidents.md', policy());
    const [answer] = await isma.say(erin, 'what do I do when I lose my laptop?');
    const [asked] = await isma.say(erin, 'incident');
    await isma.say(erin, 'The door of the archive was forced open');
    await isma.press(hanna, 'incidents.report', { message: 'Your parcel waits, click here' });

    expect(answer?.reply.choices.map(({ label }) => label)).toContain('Report an incident');
    expect(asked?.reply.text).toContain('I am listening. What happened?');
    expect(await rows('select what from incident order by id')).toEqual([
      { what: 'The door of the archive was forced open' },
      { what: 'Your parcel waits, click here' },
    ]);
  });

  it('is spoken of in German with whoever speaks it, also where the policy is in English', async () => {
    await test.db.query("update person set locale = 'de-DE' where email = $1", [erin]);
    await givenDocument(test.db, 'incidents.md', policy());
    await givenDocument(test.db, 'phones.md', phonePolicy());
    const said = await isma.say(erin, 'Ich habe auf einen komischen Link geklickt');
    const taken = await move(ines, 'take');

    expect(textsTo(said, erin)[0]).toContain(
      'Danke, dass Sie es gleich sagen. Es ist notiert als IN-2026-001',
    );
    expect(textsTo(taken, erin)).toEqual(['Ines Isms kümmert sich jetzt um IN-2026-001. Es war richtig, es zu sagen.']); // prettier-ignore
  });

  it('waits on the list of whoever may take it, and goes into a file', async () => {
    await isma.say(erin, 'I lost my laptop');
    const [plate] = await isma.say(ines, "what's on my plate?");
    const [list, mine] = [await isma.say(ines, 'incidents'), await isma.say(hanna, 'incidents')];
    const table = await incidentsRoom.tables?.['incidents']?.(test.db, now);

    expect(plate?.reply.items[0]).toMatchObject({ text: 'IN-2026-001 · I lost my laptop', detail: 'nobody has it yet' }); // prettier-ignore
    expect(list[0]?.reply.items).toMatchObject([{ text: 'I lost my laptop', detail: expect.stringMatching(/^reported · .*24 November 2026 at 10:00 · IN-2026-001$/) as unknown }]); // prettier-ignore
    expect(mine[0]?.reply.text).toBe('No incidents so far.');
    expect(table?.rows.map(([reference, what, reporter]) => [reference, what, reporter])).toEqual([['IN-2026-001', 'I lost my laptop', 'Erin Employee']]); // prettier-ignore
  });
});
