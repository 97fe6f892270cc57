/** Who has a say: kept by the ISMS manager, taken up where the law asks, looked at each year, and from a list. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { interestedPartyTransfer } from '../../../src/workflows/interested-parties/room.ts';
import { describeOnDatabases } from '../../support/databases.ts';
import { directAddress, givenPeople, startHarness, type Harness, type Said } from '../../support/harness.ts';

const [erin, hanna, ines] = ['erin', 'hanna', 'ines'].map((name) => `${name}@test.example`) as [string, string, string]; // prettier-ignore

describeOnDatabases('An interested party', (test) => {
  let isma: Harness;
  let now: Date;
  let folder: string;
  beforeEach(async () => {
    now = new Date('2026-11-24T09:00:00Z');
    await givenPeople(test.db);
    isma = await startHarness({ db: test.db, clock: () => now });
    folder = await mkdtemp(join(tmpdir(), 'isma-parties-'));
  });
  afterEach(async () => {
    await isma.stop();
    await rm(folder, { recursive: true });
  });

  const rows = async (sql: string) => (await test.db.query(sql)).rows;
  const last = (said: Said[]) => said.at(-1)?.reply;
  const record = (by: string, fields: Record<string, string> = {}) =>
    isma.press(by, 'interested-parties.send-begin', { name: 'Customers', kind: 'customer', needs: 'Their data stays theirs', basis: 'contract', addressed: 'yes', met_by: 'Encryption', owner: 'Erin', ...fields }); // prettier-ignore
  const move = (by: string, name: string, fields: Record<string, string>) =>
    isma.press(by, `interested-parties.send-fill?record=IP-1&move=${name}`, fields);

  it('is kept by the ISMS manager, taken up where the law asks, and read by whoever looks after it', async () => {
    const denied = await record(erin);
    const unlawful = await record(ines, { basis: 'law', addressed: 'no' });
    const card = await record(ines);

    expect(last(denied)?.text).toBe('Only the ISMS manager says who is an interested party.');
    expect(last(unlawful)?.text).toBe('What the law asks for has to be taken up.');
    expect(last(card)?.facts).toContainEqual({ label: 'Next review', value: '24 November 2027' });
    expect(last(await isma.say(hanna, 'interested parties'))?.text).toBe('No interested parties.');
    expect(last(await isma.say(erin, 'interested parties'))?.text).toBe('1 interested party.');
    expect(await rows('select count(*)::int as n from interested_party')).toEqual([{ n: 1 }]);
  });

  it('is looked at each year by whoever has it, who is reminded of it', async () => {
    await record(ines);
    now = new Date('2027-11-24T09:00:00Z');

    const said = await isma.runDue();

    const hers = said.filter(({ address }) => address === directAddress(erin)).map(({ reply }) => reply.text);
    expect(hers).toEqual(['Look at once a year: what Customers need of us · due today\nIP-2026-001']);
    const denied = await move(hanna, 'review', { needs: 'Other', met_by: '' });
    await move(erin, 'review', { needs: 'Their data stays theirs, and here', met_by: 'Encryption' });
    expect(last(denied)?.text).toContain('There is no IP-1 that you may see');
    expect(await rows('select needs, reviewed_on::text, review_on::text from interested_party')).toEqual([{ needs: 'Their data stays theirs, and here', reviewed_on: '2027-11-24', review_on: '2028-11-24' }]); // prettier-ignore
  });

  it('ends with the ISMS manager, and its name is free again', async () => {
    await record(ines);
    const denied = await isma.press(erin, 'interested-parties.move?record=IP-1&move=end');
    await isma.press(ines, 'interested-parties.move?record=IP-1&move=end');
    const next = await record(ines);

    expect(last(denied)?.text).toBe('Only the ISMS manager says who is an interested party.');
    expect(last(next)?.text).toBe('IP-2026-002 · Customers');
  });

  it('comes from a list, and says at each line what does not do', async () => {
    const bring = async (...lines: string[]) => {
      await writeFile(join(folder, 'parties.csv'), `${lines.join('\n')}\n`);
      return interestedPartyTransfer.bring(test.db, () => now, join(folder, 'parties.csv'), { beside: null, apply: true }); // prettier-ignore
    };
    const heading = 'Stakeholder,Type,Expectations,Basis,How met,Relevant,Owner,Last review';

    const wrong = await bring(heading, `Authority,Behörde,Breaches are reported,Gesetz,,nein,${erin},`, `Neighbours,martians,Quiet,wish,,yes,${erin},`); // prettier-ignore
    const good = await bring(heading, `Authority,Behörde,Breaches are reported,Gesetz,Incident policy,ja,${erin},2026-03-01`); // prettier-ignore
    const again = await bring(heading, `Authority,authority,Breaches are reported,law,Incident policy,yes,${erin},2026-03-01`); // prettier-ignore

    expect(wrong.text).toContain('line 2, What the law asks for has to be taken up.');
    expect(wrong.text).toContain('line 3, Type: «martians» is none of customer, authority');
    expect(good.text).toBe('Added 1, changed 0, unchanged 0.\n');
    expect(again.text).toContain('unchanged 1.\nThere is nothing to write.');
    expect(await rows('select name, kind, review_on::text from interested_party')).toEqual([{ name: 'Authority', kind: 'authority', review_on: '2027-03-01' }]); // prettier-ignore
  });
});
