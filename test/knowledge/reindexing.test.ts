/** Fault 28: documents are read in again while people ask; every answer stands on one version. */
import { expect, it } from 'vitest';
import type { Reply } from '../../src/conversation/contract.ts';
import { describeOnDatabases } from '../support/databases.ts';
import { givenDocument, givenPeople, startHarness } from '../support/harness.ts';
import { lostThings } from '../support/lost-things.ts';

/** The versions that an answer cites, and those that its words and quotes come from. */
function versionsIn({ citations, passages }: Reply): string[] {
  const said = [...citations.map(({ quote }) => quote), ...passages.map(({ text }) => text)].join('\n');
  return [
    ...new Set([
      ...citations.map(({ version }) => version),
      ...[...said.matchAll(/within (\d+) hours/g)].map((match) => `${match[1]}.0`),
    ]),
  ];
}

describeOnDatabases('a question while its policy is read in again', (test) => {
  it('is answered from one version, the last from the newest', async () => {
    await givenPeople(test.db);
    await givenDocument(test.db, 'lost.md', lostThings(1));
    const isma = await startHarness({ db: test.db });
    let reading = true;
    const people = ['erin', 'hanna', 'ines'].map((name) => `${name}@test.example`);

    const asking = people.map(async (email) => {
      while (reading) await isma.say(email, 'What do I do with a lost phone or laptop or badge?', {
        eventId: `${email} ${Math.random()}`,
      }); // prettier-ignore
    });
    let newest = 1;
    while (newest < 12 || isma.delivered.length < 6)
      await givenDocument(test.db, 'lost.md', lostThings((newest += 1)));
    reading = false;
    await Promise.all(asking);
    const [last] = await isma.say('erin@test.example', 'What do I do with a lost phone or laptop?');
    await isma.stop();

    for (const { reply } of isma.delivered) {
      expect(reply.citations.length).toBeGreaterThan(1);
      expect(versionsIn(reply)).toHaveLength(1);
    }
    expect(versionsIn(last?.reply as Reply)).toEqual([`${newest}.0`]);
  });
});
