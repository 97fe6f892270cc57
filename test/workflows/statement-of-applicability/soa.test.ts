/** The Statement of Applicability: what each control must have, who approves, what stays as it is, and its way from and to a file. */
import { controlNumbers } from '../../../src/records/requirement-set.ts';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { tableBytes } from '../../../src/files/write-table.ts';
import {
  contentHash,
  lackingIn,
  selectEntries,
  type EntryValues,
} from '../../../src/isms/statement-of-applicability/entry.ts';
import { selectSoaFacts, soas } from '../../../src/isms/statement-of-applicability/soa.ts';
import { bringSoa } from '../../../src/workflows/statement-of-applicability/import.ts';
import { soaReport, soaTable } from '../../../src/workflows/statement-of-applicability/table.ts';
import { readAsked } from '../../../src/workflows/statement-of-applicability/words.ts';
import { describeOnDatabases } from '../../support/databases.ts';
import { givenPeople, startHarness, today, type Harness, type Said } from '../../support/harness.ts';

const [erin, hugo, ines] = ['erin', 'hugo', 'ines'].map((name) => `${name}@test.example`) as [
  string,
  string,
  string,
];

describeOnDatabases('The Statement of Applicability', (test) => {
  let isma: Harness;
  let folder: string;
  beforeEach(async () => {
    await givenPeople(test.db);
    isma = await startHarness({ db: test.db });
    folder = await mkdtemp(join(tmpdir(), 'isma-soa-'));
  });
  afterEach(async () => {
    await isma.stop();
    await rm(folder, { recursive: true });
  });

  const rows = async (sql: string) => (await test.db.query(sql)).rows;
  const last = (said: Said[]) => said.at(-1)?.reply;
  const own = (said: Said[], email: string) => said.filter(({ address }) => address.endsWith(email)).at(-1)?.reply;
  const texts = (said: Said[]) => said.map(({ reply }) => reply.text).join('\n');
  const begin = (by: string, fields: Record<string, string> = {}) =>
    isma.press(by, 'statement-of-applicability.send-begin', { edition: '1.0', approver: hugo, owner: ines, ...fields });
  const edit = (by: string, control: string, fields: Record<string, string>) =>
    isma.press(by, `statement-of-applicability.send-edit?record=SO-1&control=${control}`, { applies: 'yes', basis: 'risk', basis_reference: 'R-1', justification: 'It lowers it', implemented: 'yes', how: 'POL-1', owner: 'Ines', ...fields });
  const bring = async (apply: boolean, ...lines: string[]) => {
    const path = join(folder, 'soa.csv');
    await writeFile(path, `${lines.join('\n')}\n`);
    return bringSoa(test.db, () => today, path, { beside: null, apply });
  };
  const whole = (but: Record<string, string> = {}) => [
    'Control,Title,Applicable,Source,Risk reference,Justification for inclusion / exclusion,Implementation status,Implementation description,Control owner',
    ...controlNumbers().map((control) => but[control] ?? `${control},x,Yes,Risk,R-001,It lowers a risk,Implemented,In POL-1,${ines}`),
  ];
  const excluded = { 'A.8.30': 'A.8.30,x,N/A,Decision,Minutes 4,We write all software ourselves,N/A,,' };
  const approve = async (reference: string, by = hugo) => {
    const card = last(await isma.press(by, `statement-of-applicability.look?record=${reference}`));
    return isma.press(by, card?.buttons.find(({ label }) => label === 'Approve it')?.id ?? 'none');
  };
  const inForce = async () => {
    await begin(ines);
    await bring(true, ...whole(excluded));
    await isma.press(ines, 'statement-of-applicability.send?record=SO-1');
    await approve('SO-1');
  };

  it('goes to nobody before each inclusion and each exclusion has its basis, and code and SQL agree on what is missing', async () => {
    await begin(ines);
    await bring(true, ...whole({ ...excluded, 'A.8.31': 'A.8.31,x,No,,,,,,', 'A.8.32': 'A.8.32,x,Yes,Law,GDPR,Must,Implemented,,' }));
    const soa = (await soas.selectWhere(test.db, 'true'))[0];
    const entries = await selectEntries(test.db, soa?.id ?? 0);
    const early = await isma.press(ines, 'statement-of-applicability.send?record=SO-1');
    const lacks = await isma.say(ines, 'what does the SoA lack?');

    expect(entries).toHaveLength(93);
    expect(await selectSoaFacts(test.db, { id: soa?.id ?? 0 })).toEqual({ incomplete: entries.filter((entry) => lackingIn(entry).length > 0).length });
    expect(last(early)?.text).toBe('2 controls lack something that each must have. Say «what does the SoA lack?».');
    expect(last(lacks)?.items.map(({ text }) => text)).toEqual([
      'A.8.31 Separation of development, test and production environments: on what that rests, where that is written, why',
      'A.8.32 Change management: how, who looks after it',
    ]);
    expect(await rows('select state, version from soa')).toEqual([{ state: 'draft', version: 2 }]);
  });

  it('says the same in code and in SQL of every mixture of what an entry holds', async () => {
    await begin(ines);
    const id = Number((await rows('select id from soa'))[0]?.id);
    const ids = await rows("select id from person where email = 'ines@test.example'");
    const either = <T>(value: T): [T, null] => [value, null];
    const all: EntryValues[] = [true, false, null].flatMap((applies) => either('law' as const).flatMap((basis) => either('GDPR').flatMap((basisReference) => either('why').flatMap((justification) =>
      ([null, 'yes', 'partly', 'planned', 'no'] as const).flatMap((implemented) => either('how').flatMap((how) => either(Number(ids[0]?.id)).map((ownerId) => ({ applies, basis, basisReference, justification, implemented, how, ownerId }))))))));

    for (let from = 0; from < all.length; from += 93) {
      const some = all.slice(from, from + 93);
      await test.db.query(
        `update soa_entry set applies = fresh.applies, basis = fresh.basis, basis_reference = fresh.b, justification = fresh.j, implemented = fresh.i, how = fresh.h, owner_id = fresh.o
         from unnest($1::text[], $2::boolean[], $3::text[], $4::text[], $5::text[], $6::text[], $7::text[], $8::integer[]) fresh (control, applies, basis, b, j, i, h, o) where soa_entry.control = fresh.control`,
        [controlNumbers().slice(0, some.length), ...(['applies', 'basis', 'basisReference', 'justification', 'implemented', 'how', 'ownerId'] as const).map((field) => some.map((each) => each[field]))],
      );
      const entries = await selectEntries(test.db, id);

      expect((await selectSoaFacts(test.db, { id })).incomplete).toBe(entries.filter((entry) => lackingIn(entry).length > 0).length);
    }
  });

  it('is approved by whoever wrote nothing in it, from the card that shows it, and then stays as it is', async () => {
    await begin(ines, { approver: ines });
    await bring(true, ...whole(excluded));
    const selfish = await isma.press(ines, 'statement-of-applicability.send?record=SO-1');
    await isma.press(ines, 'statement-of-applicability.send-arrange?record=SO-1', { edition: '1.0', approver: hugo, owner: ines, review: '2027-06-01' });
    const sent = await isma.press(ines, 'statement-of-applicability.send?record=SO-1');
    const waiting = await isma.say(hugo, 'my tasks');
    const blind = await isma.press(hugo, 'statement-of-applicability.approve?record=SO-1');
    const stranger = await isma.press(erin, 'statement-of-applicability.approve?record=SO-1');
    const approved = await approve('SO-1');

    expect(last(selfish)?.text).toContain('Ines Isms wrote in this edition: choose another approver');
    expect(own(sent, hugo)?.text).toBe('Ines Isms sent you the Statement of Applicability 1.0 to approve.');
    expect(JSON.stringify(last(waiting))).toContain('Statement of Applicability 1.0 waits for your approval');
    expect(last(blind)?.text).toContain('Nothing is signed yet: look at it first.');
    expect(last(blind)?.files).toMatchObject([{ name: 'SoA-1.0.docx' }]);
    expect(last(stranger)?.text).toContain('There is no SO-1 that you may see.');
    expect(own(approved, hugo)?.note).toBe('You approved edition 1.0. It stays as it is from now on.');
    expect(own(approved, ines)?.text).toBe('Hugo Owner approved the Statement of Applicability 1.0. It is in force.');
    const [soa] = await soas.selectWhere(test.db, 'true');
    const entries = await selectEntries(test.db, soa?.id ?? 0);
    expect(soa).toMatchObject({ state: 'approved', approvedByName: 'Hugo Owner', reviewOn: '2027-06-01', contentHash: contentHash('1.0', entries) });
    expect(texts(await edit(ines, 'A.5.1', { how: 'Otherwise' }))).toContain('Edition 1.0 is approved and stays as it is.');
    for (const sql of ["update soa_entry set how = 'x' where control = 'A.5.1'", "delete from soa_entry where control = 'A.5.1'", "update soa set content_hash = 'x'", `insert into soa_entry (soa_id, control) values (${soa?.id}, 'A.9.9')`])
      await expect(test.db.query(sql)).rejects.toThrow('An approved statement of applicability stays as it is');
    expect(await selectEntries(test.db, soa?.id ?? 0)).toEqual(entries);
    expect(await rows("select action from audit_entry where record like 'soa:%' order by seq")).toEqual(['begun', 'brought', 'arranged', 'sent', 'approved'].map((name) => ({ action: `soa.${name}` })));
  });

  it('signs nothing that changed since it was looked at', async () => {
    await begin(ines);
    await bring(true, ...whole(excluded));
    await isma.press(ines, 'statement-of-applicability.send?record=SO-1');
    const card = last(await isma.press(hugo, 'statement-of-applicability.look?record=SO-1'));
    await isma.press(ines, 'statement-of-applicability.send-return?record=SO-1', { reason: 'One more' });
    await edit(ines, 'A.5.1', { how: 'Otherwise' });
    await isma.press(ines, 'statement-of-applicability.send?record=SO-1');
    const stale = await isma.press(hugo, card?.buttons[0]?.id ?? '');

    expect(last(stale)?.text).toContain('Nothing was signed: it has changed since you were shown it.');
    expect(await rows('select state from soa')).toEqual([{ state: 'in_review' }]);
  });

  it('answers from the edition in force, with its number and day, in four languages', async () => {
    await inForce();

    const why = last(await isma.say(erin, 'why is A.8.30 excluded?'));
    const applies = last(await isma.say(erin, 'Does data masking apply to us?'));
    const excludes = last(await isma.say(erin, 'what do we exclude?'));

    expect(why?.text).toBe('No, A.8.30 Outsourced development does not apply to us.\nWe write all software ourselves');
    expect(why?.facts).toEqual([{ label: 'Rests on', value: 'a decision: Minutes 4' }]);
    expect(why?.aside).toBe('SoA 1.0 · approved on 24 November 2026 by Hugo Owner · SO-2026-001');
    expect(applies?.text).toContain('Yes, A.8.11 Data masking applies to us, and it is implemented.');
    expect(excludes?.items.map(({ text }) => text)).toEqual(['A.8.30 Outsourced development: We write all software ourselves']);
    for (const said of ['gilt A.8.30 für uns?', "A.8.30 s'applique-t-elle à nous ?", '¿se aplica A.8.30 a nosotros?', 'warum haben wir A.8.30 ausgeschlossen?'])
      expect([said, last(await isma.say(erin, said))?.text]).toEqual([said, why?.text]);
    for (const said of ['was schließen wir aus?', 'Qu’excluons-nous ?', '¿qué excluimos?'])
      expect([said, last(await isma.say(erin, said))?.text]).toEqual([said, 'We exclude 1 control of 93.']);
  });

  it('leaves to the policies what asks for something else', () => {
    for (const said of ['what is a statement of applicability?', 'what does A.8.11 mean?', 'does the travel policy apply to us?', 'who must read A.5.1?', 'is A.8.11 hard to do', 'change my password', 'do we mask data?', 'A.8.11'])
      expect([said, readAsked(said)]).toEqual([said, null]);
  });

  it('is written in words on a card, and in the next edition alone', async () => {
    await inForce();
    const early = await isma.say(ines, 'SoA A.8.30: applies, because a firm writes for us, contract with Porto § 2');
    await begin(ines, { edition: '1.0' });
    const next = await begin(ines, { edition: '1.1' });
    const card = await isma.say(ines, 'SoA A.8.30: applies, because a firm writes for us, contract with Porto § 2');
    const confirmed = await isma.press(ines, last(card)?.buttons.find(({ label }) => label === 'Confirm')?.id ?? '');

    expect(last(early)?.text).toContain('What is approved stays as it is. Begin a new edition first');
    expect(last(next)?.text).toBe('SO-2026-002 · Statement of Applicability 1.1');
    expect(last(card)?.facts).toEqual([
      { label: 'Applies', value: 'no → yes' },
      { label: 'Rests on', value: 'decision → contract' },
      { label: 'Written in', value: 'Minutes 4 → contract with Porto § 2' },
      { label: 'Why', value: 'We write all software ourselves → a firm writes for us, contract with Porto § 2' },
    ]);
    expect(last(confirmed)?.text).toContain('A.8.30 Outsourced development in edition 1.1.\nStill to be said of it: how far it is there, who looks after it.');
    const changes = last(await isma.say(ines, 'what changed in the SoA?'));
    expect(changes?.text).toBe('1 control is different in edition 1.1, compared with 1.0.');
    expect(last(await isma.say(ines, 'why is A.8.30 excluded?'))?.note).toBe('Edition 1.1, not approved yet, says that it applies.');
    const history = last(await isma.press(ines, 'statement-of-applicability.history?record=SO-2'))?.items;
    expect(history?.[0]?.text).toBe('Ines Isms wrote A.8.30 of SO-2026-002 anew');
    expect(history?.[0]?.detail).toContain('justification was «We write all software ourselves»');
    await edit(ines, 'A.5.1', {});
    expect(texts(await isma.press(erin, 'statement-of-applicability.send-edit?record=SO-2&control=A.5.1', {}))).toContain('There is no SO-2 that you may see.');
  });

  it('tells whoever was slower that the control is another one by now', async () => {
    await inForce();
    await begin(ines, { edition: '1.1' });
    const card = last(await isma.say(ines, 'SoA A.8.30: applies, because a firm writes for us'));
    await isma.press(ines, 'statement-of-applicability.send-edit?record=SO-2&control=A.8.30', { applies: 'no', basis: 'law', basis_reference: 'Act', justification: 'Other' });
    const late = await isma.press(ines, card?.buttons.find(({ label }) => label === 'Confirm')?.id ?? '');

    expect(last(late)?.text).toContain('changed SO-2026-002 meanwhile');
    expect(await rows("select justification from soa_entry join soa on soa.id = soa_id where control = 'A.8.30' and state = 'draft'")).toEqual([{ justification: 'Other' }]);
  });

  it('comes from a usual spreadsheet, tried first, and goes out as it came', async () => {
    const german = ['Maßnahme;Titel;Anwendbar;Grundlage;Fundstelle;Begründung;Umsetzungsstatus;Beschreibung der Umsetzung;Verantwortlich', 'A.5.1;Richtlinien;ja;Gesetz;DSGVO;Muss sein;teilweise umgesetzt;In POL-01;Ines Isms', '5.2 Rollen;Rollen;nein;Vertrag;V-1;Braucht es nicht;;;'];
    const tried = await bring(false, ...german);
    expect(tried.text).toContain('would begin: would change 2 controls, 0 as they were, 91 not in the file.');
    expect(tried.text).toContain('91 controls still lack something before it can be approved: A.5.3');
    expect(await rows('select id from soa')).toEqual([]);

    const wrong = await bring(true, 'Control,Applicable,Implemented', 'A.5.99,yes,yes', 'A.5.1,perhaps,yes', 'A.5.2,yes,nearly');
    expect(wrong.isWhole).toBe(false);
    expect(wrong.text).toContain('line 2, Control: «A.5.99» is no control of Annex A');
    expect(wrong.text).toContain('line 3, Applicable: «perhaps» is none of yes, no');
    expect(await rows('select id from soa')).toEqual([]);

    expect((await bring(true, ...whole(excluded))).text).toContain('Nothing is missing in any of the 93.');
    const table = await soaTable(test.db);
    const path = join(folder, 'again.xlsx');
    await writeFile(path, await tableBytes('xlsx', table));
    const again = await bringSoa(test.db, () => today, path, { beside: null, apply: true });
    expect(again.text).toContain('would change 0 controls, 93 as they were');
    expect(await soaTable(test.db)).toEqual(table);
    const docx = await soaReport(test.db, { record: null, language: 'en', now: today });
    expect(Buffer.from(docx).subarray(0, 2).toString()).toBe('PK');
  });

  it('is owed a review by its owner as its day comes near, until the next edition is begun', async () => {
    await inForce();
    const at = new Date('2027-11-10T09:00:00Z');
    const { soaRoom } = await import('../../../src/workflows/statement-of-applicability/room.ts');
    const workflow = soaRoom.workflow({ db: test.db } as never);
    const people = (await rows('select id from person')).map(({ id }) => Number(id));

    const early = await workflow.owed?.(test.db, people, today);
    const due = await workflow.owed?.(test.db, people, at);
    await begin(ines, { edition: '1.1' });
    const begun = await workflow.owed?.(test.db, people, at);

    expect(early).toEqual([]);
    expect(due).toMatchObject([{ dueOn: '2027-11-24', item: { text: 'Review the Statement of Applicability 1.0' } }]);
    expect(begun).toEqual([]);
  });
}); // prettier-ignore
