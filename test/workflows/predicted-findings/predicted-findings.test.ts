/** «What would an auditor find today?»: who is told what, in which words, as of which day, and how a finding becomes a record once. */
import { afterEach, beforeEach, expect, it } from 'vitest';
import mammoth from 'mammoth';
import type { Reply } from '../../../src/conversation/contract.ts';
import { readOutgoingFile } from '../../../src/conversation/outgoing-file.ts';
import { describeOnDatabases } from '../../support/databases.ts';
import { generateOrganisation, type Organisation } from '../../support/generated-organisation.ts';
import { startHarness, type Harness, type Said } from '../../support/harness.ts';
import { faults, plantFaults } from '../../support/planted-faults.ts';

const now = new Date('2026-11-24T09:00:00Z');
const [ines, hugo, quinn, clara] = ['ines', 'hugo', 'quinn', 'clara'].map((name) => `${name}@demo.example`) as [string, string, string, string]; // prettier-ignore

describeOnDatabases('The report that an auditor would write', (test) => {
  let isma: Harness;
  let organisation: Organisation;
  beforeEach(async () => {
    organisation = await generateOrganisation(test.db, 11, now);
    isma = await startHarness({ db: test.db, clock: () => now });
  });
  afterEach(() => isma.stop());

  const plant = (...names: string[]) => plantAt(now, ...names);
  const plantAt = (at: Date, ...names: string[]) =>
    test.db.transaction((tx) => plantFaults(tx, organisation, faults.filter(({ finding }) => names.includes(finding)), at)); // prettier-ignore
  const last = (said: Said[]): Reply | undefined => said.at(-1)?.reply;
  const ask = async (who: string, text = 'What would an auditor find today?') =>
    last(await isma.say(who, text));
  const press = async (who: string, id = '') => last(await isma.press(who, id));
  const button = (reply: Reply | undefined, label: string) => reply?.buttons.find((each) => each.label === label)?.id; // prettier-ignore
  const raised = async () => (await test.db.query("select reference, title, requirement, grade, source, evidence_seen, state from nonconformity where raised_by <> $1 or raised_at >= $2 order by id", [organisation.people.get('quinn'), now])).rows; // prettier-ignore

  it('begins with the verdict, has a line a finding with its fact, promise, owner and day, and opens each', async () => {
    await plant('review.missing', 'audit.own_department', 'actions.late');

    const report = await ask(ines);

    expect(report?.text).toBe('1 major and 2 minors today.');
    expect(report?.items.map(({ text, detail }) => [text, detail])).toEqual([
      ['major, 9.3: No management review in the last twelve months', 'MR-2026-001 · Review of the year: the last one, held on 20 October 2025 · Clara Cloverleigh, by 17 December 2026'],
      ['minor, 9.2: Auditors audited their own department', 'AU-2026-001 · AU-2026-001: Quinn Quincewood of Quality and Audit looked at their own department · against POL-26 1 · Quinn Quincewood, by 17 December 2026'],
      ['minor, 10.2: Corrective actions are overdue', 'CA-2026-909 · Planted: was due on 25 October 2026 · Ada Alderbark, by 17 December 2026'],
    ]); // prettier-ignore
    const card = await press(ines, report?.items[2]?.button?.id);
    expect(card?.text).toBe('minor, 10.2: Corrective actions are overdue');
    expect(card?.facts).toContainEqual({ label: 'By when', value: '17 December 2026: to be done a week before the surveillance audit' }); // prettier-ignore
    expect((await press(ines, card?.items[0]?.button?.id))?.text).toContain('CA-2026-909');
    expect(card?.buttons.map(({ label }) => label)).toEqual(['Raise it', 'All findings']);
  });

  it.each([
    'write the audit report of today',
    '/isma predicted findings',
    'Was würde ein Auditor heute finden?',
    'Que trouverait un auditeur aujourd’hui ?',
    '¿Qué encontraría un auditor hoy?',
  ])('is asked for by «%s»', async (words) => {
    expect((await ask(ines, words))?.text).toBe(
      'Nothing: our records gave an auditor nothing to write today.',
    );
  });

  it.each([
    'What is an internal audit?',
    'findings',
    'When is the next audit?',
    'What does an auditor look for?',
  ])('leaves «%s» to others', async (words) => {
    expect((await ask(ines, words))?.text).not.toContain('an auditor nothing to write');
  });

  it('is told as of a day, and says from when on days can be asked for', async () => {
    await plantAt(new Date('2026-11-10T09:00:00Z'), 'actions.late');
    await plant('metrics.late');

    const then = await ask(ines, 'What would an auditor have found on 20 November?');
    const german = await ask(ines, 'Was hätte ein Auditor am 20. November gefunden?');
    const early = await ask(ines, 'What would an auditor have found on 1 June 2020?');
    const today = await ask(ines);

    expect(then?.text).toBe('1 minor on 20 November 2026.');
    expect(then?.items.map(({ text }) => text)).toEqual(['minor, 10.2: Corrective actions are overdue']);
    expect(german?.text).toBe(then?.text);
    expect(early?.text).toMatch(/^I know how the records stood from \d+ \w+ \d{4} on\./);
    expect(today?.items.map(({ text }) => text)).toEqual(['minor, 9.1: Measurements are missing', 'minor, 10.2: Corrective actions are overdue']); // prettier-ignore
    const card = await press(ines, then?.items[0]?.button?.id);
    expect(card?.buttons.map(({ label }) => label)).not.toContain('Raise it');
  });

  it('tells managers what concerns theirs, and sends others to the ISMS manager', async () => {
    await plant('actions.late', 'review.missing');

    const [manager, auditor, employee] = [await ask(hugo), await ask(quinn), await ask('ben@demo.example')];

    expect(manager?.text).toBe('1 minor in what your department and people answer for today.');
    expect(auditor?.text).toBe('1 major and 1 minor today.');
    expect(employee?.text).toBe('Please ask Ines Ivyleaf, the ISMS manager: what an auditor would find is theirs to tell. What waits for you, I can show.'); // prettier-ignore
    const channel = await isma.say(ines, 'What would an auditor find today?', { channel: 'C1' });
    expect(channel.filter(({ address }) => address.includes('channel')).map(({ reply }) => reply.text).join()).not.toContain('major'); // prettier-ignore
    expect((await press('ben@demo.example', 'predicted-findings.look?finding=review.missing'))?.text).toContain('Please ask Ines'); // prettier-ignore
  });

  it('is raised as a record once a person confirms, and not twice', async () => {
    await plant('actions.late');
    const card = await press(ines, 'predicted-findings.raise?finding=actions.late');
    const again = await press(ines, 'predicted-findings.raise?finding=actions.late');
    const other = await press(clara, 'predicted-findings.raise?finding=actions.late');
    expect(await raised()).toEqual([]);

    const old = await press(ines, button(card, 'Confirm'));
    const written = await isma.press(ines, button(again, 'Confirm') ?? '');

    expect(old?.text).toContain('Nothing was changed again');
    expect(other?.text).toBe('Nothing of that is left in what your department and people answer for.');
    expect(written[0]?.reply.text).toContain(
      '✓ Corrective actions are overdue is raised. Ada Alderbark leads it.',
    );
    expect(written.flatMap(({ reply }) => reply.buttons.map(({ label }) => label))).toContain('Say what was done at once'); // prettier-ignore
    expect(await raised()).toMatchObject([
      { title: 'Corrective actions are overdue', requirement: '10.2', grade: 'minor', source: 'self', evidence_seen: 'CA-2026-909 · Planted: was due on 25 October 2026.', state: 'open' },
    ]); // prettier-ignore
    const third = await press(ines, 'predicted-findings.raise?finding=actions.late');
    expect(third?.text).toMatch(/^NC-2026-\d+ is open for it already\.$/);
    expect((await ask(ines))?.items[0]?.detail).toMatch(/NC-2026-\d+ is open$/);
    expect(await raised()).toHaveLength(1);
  });

  it('is not raised by auditors, nor for what is mended', async () => {
    await plant('metrics.late');
    await test.db.query(`insert into person (email, name, roles) values ('xavier@demo.example', 'Xavier', '{employee,auditor}')
      on conflict (email) do nothing`); // prettier-ignore
    const look = await press('xavier@demo.example', 'predicted-findings.look?finding=metrics.late');
    const refused = await press('xavier@demo.example', 'predicted-findings.raise?finding=metrics.late');
    await test.db.query('update metric set next_due_on = $1', ['2026-12-20']);
    const mended = await press(ines, 'predicted-findings.raise?finding=metrics.late');

    expect(look?.buttons.map(({ label }) => label)).toEqual(['All findings']);
    expect(refused?.text).toContain('You are here as an auditor');
    expect(mended?.text).toBe('That is mended: an auditor would not find it any more.');
    expect(await raised()).toEqual([]);
  });

  it('is a Word file and a table with every fact', async () => {
    await plant('review.missing', 'actions.late');
    const sent = await press(ines, 'predicted-findings.report');

    const { value: text } = await mammoth.extractRawText({
      buffer: Buffer.from((await readOutgoingFile(test.db, sent?.files[0]?.id ?? '')) ?? []),
    });

    expect(sent?.files.map(({ name }) => name)).toEqual(['audit-report-2026-11-24.docx']);
    expect(text).toContain('1 major and 1 minor today.');
    expect(text).toContain('major, 9.3: No management review in the last twelve months');
    expect(text).toContain('CA-2026-909 · Planted: was due on 25 October 2026.');
    const table = await press(ines, button(sent, 'As CSV'));
    expect(table?.text).toBe('1 major and 1 minor.');
    expect(table?.files.map(({ name }) => name)).toEqual(['audit-findings-2026-11-24.csv']);
  });
});
