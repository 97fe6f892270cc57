/** A question finds the sections that answer it, in the words of either, and only what the asker may read on that day. */
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import type { Database, Queryable } from '../../src/db/database.ts';
import { search, type SearchOptions } from '../../src/knowledge/search.ts';
import type { ActiveEmbedder } from '../../src/knowledge/search-index.ts';
import { describeOnDatabases } from '../support/databases.ts';
import { givenDocument, testEmbedder } from '../support/harness.ts';
import { startModelServer, type ModelServer } from '../support/model-server.ts';
import { lexicon } from '../support/shared.ts';

const today = new Date('2026-11-24T09:00:00Z');

const document = (ref: string, title: string, body: string, more = '') =>
  `---\nref: ${ref}\ntitle: ${title}\n${more}---\n# ${title}\n\n${body}`;
const travel = document(
  'POL-05',
  'Business Travel Policy',
  '## 1 Abroad\n\nOn a trip abroad take a travel laptop from the IT department.\n\n## 2 Hotels\n\nUse the VPN in hotels.',
);
const passwords = document(
  'POL-04',
  'Password Policy',
  '## 1 Length\n\nA password has at least 16 characters.\n\n## 2 Sharing\n\nNever share your password with anybody, not even with the Service Desk.\n\n## 3 Second factor\n\nMulti-factor authentication is mandatory for remote access.',
);

describeOnDatabases('a search', (test) => {
  const ask = (question: string, rest: Partial<SearchOptions> = {}, tx: Queryable = test.db) =>
    search(tx, lexicon, {
      question,
      reader: { audiences: ['everyone'] },
      now: today,
      limit: 5,
      embedder: null,
      ...rest,
    });
  const badgeVersions = async (rest: Partial<SearchOptions> = {}) =>
    (await ask('which colour are visitor badges?', rest)).passages
      .filter((passage) => passage.reference === 'POL-08')
      .map((passage) => passage.version);
  const headings = async (question: string, rest: Partial<SearchOptions> = {}) =>
    (await ask(question, rest)).passages.map((passage) => passage.heading);

  beforeEach(async () => {
    await givenDocument(test.db, 'travel.md', travel);
    await givenDocument(test.db, 'passwords.md', passwords);
  });

  it.each([
    ['in its own words', 'may I share my password?', 'Sharing'],
    ['in a synonym', 'do I need 2FA?', 'Second factor'],
    ['in a situation', 'somebody asked for my login details', 'Sharing'],
    ['with a word misspelt', 'how long must a pasword be?', 'Length'],
    ['with another word misspelt', 'can I use the hotell wifi', 'Hotels'],
    ['in other forms of its words', 'sharing passwords', 'Sharing'],
    ['in German', 'Darf ich mein Passwort weitergeben?', 'Sharing'],
    [
      'in German without umlauts',
      'Wie lang muss mein Kennwort mindestens sein, wie viele Zeichen?',
      'Length',
    ],
    ['in a German compound', 'Brauche ich für die Auslandsreise einen Reiselaptop?', 'Abroad'],
    ['in French', 'Puis-je partager mon mot de passe ?', 'Sharing'],
    ['in Spanish', '¿Puedo compartir mi contraseña?', 'Sharing'],
  ])('finds the section %s', async (_how, question, heading) => {
    expect((await headings(question))[0]).toBe(heading);
  });

  it('finds nothing where no word is known', async () => {
    const result = await ask('qqqq zzzz xxxx');

    expect(result).toMatchObject({ passages: [], strength: 0 });
  });

  it.each([
    '',
    '   ',
    '?!',
    'the of and',
    '👍',
    "'; drop table section; --",
    '% _ \\',
    '\u0000',
    'a'.repeat(4_000),
  ])('takes anything for a question: «%s»', async (question) => {
    await expect(ask(question)).resolves.toMatchObject({ vectorProblem: null });
  });

  it('says of each passage all that a citation needs', async () => {
    const [passage] = (await ask('share password')).passages;

    expect(passage).toMatchObject({
      kind: 'policy',
      reference: 'POL-04',
      title: 'Password Policy',
      version: '1.0',
      effectiveFrom: '2026-01-01',
      audience: ['everyone'],
      sourcePath: 'passwords.md',
      number: '2',
      heading: 'Sharing',
      path: [],
      body: 'Never share your password with anybody, not even with the Service Desk.',
    });
  });

  it('is stronger the more of the question a section says', async () => {
    const near = await ask('may I share my password with the service desk?');
    const far = await ask('may I share a taxi?');

    expect(near.strength).toBeGreaterThan(far.strength);
  });

  it('gives a restricted policy to its audience alone', async () => {
    await givenDocument(
      test.db,
      'hr.md',
      document('POL-24', 'Disciplinary Process', '## 1 Warnings\n\nA written warning stays on file for 24 months.', 'audience: [hr, works-council]\n'),
    ); // prettier-ignore
    const question = 'how long does a written warning stay on file?';

    const everyone = await ask(question);
    const hr = await headings(question, { reader: { audiences: ['everyone', 'hr'] } });

    expect(everyone.passages.map((passage) => passage.heading)).not.toContain('Warnings');
    expect(hr[0]).toBe('Warnings');
    expect(await headings(question, { reader: { audiences: [] } })).toEqual([]);
  });

  it.each(['draft', 'in_review', 'changes_requested', 'approved', 'superseded', 'archived'])(
    'never finds what is %s',
    async (status) => {
      await givenDocument(
        test.db,
        'x.md',
        document('POL-99', 'Drone Policy', 'Drones are forbidden.', `status: ${status}\n`),
      );

      expect(await headings('may I fly drones?')).toEqual([]);
    },
  );

  it('finds a version from the day on which it takes effect, and the one before until then', async () => {
    const on = (version: string, effective: string, colour: string) =>
      document(
        'POL-08',
        'Badge Policy',
        `## 1 Colour\n\nVisitor badges are ${colour}.`,
        `version: "${version}"\neffective: ${effective}\n`,
      );
    await givenDocument(test.db, 'v1.md', on('1.0', '2026-01-01', 'red'));
    await givenDocument(test.db, 'v2.md', on('2.0', '2026-12-01', 'green'));

    const versionOn = (day: string) => badgeVersions({ now: new Date(day) });

    expect(await versionOn('2025-12-31T23:59:59Z')).toEqual([]);
    expect(await versionOn('2026-11-30T23:59:59Z')).toEqual(['1.0']);
    expect(await versionOn('2026-12-01T00:00:00Z')).toEqual(['2.0']);
  });

  it('finds a version that is in force although an older one was stored after it', async () => {
    const on = (version: string, effective: string, colour: string) =>
      document(
        'POL-08',
        'Badge Policy',
        `Visitor badges are ${colour}.`,
        `version: "${version}"\neffective: ${effective}\n`,
      );
    await givenDocument(test.db, 'v2.md', on('2.0', '2026-06-01', 'green'));
    await givenDocument(test.db, 'v1.md', on('1.0', '2026-01-01', 'red'));

    expect(await badgeVersions()).toEqual(['2.0']);
  });

  it('of a version that this person may not read does not fall back to an older one that they might', async () => {
    const on = (version: string, audience: string, effective: string) =>
      document(
        'POL-08',
        'Badge Policy',
        `Visitor badges of ${version}.`,
        `version: "${version}"\naudience: ${audience}\neffective: ${effective}\n`,
      );
    await givenDocument(test.db, 'v1.md', on('1.0', 'everyone', '2026-01-01'));
    await givenDocument(test.db, 'v2.md', on('2.0', 'hr', '2026-06-01'));

    expect(await badgeVersions()).toEqual([]);
  });

  it('puts the guide behind the policies, and beside them where the question is about the standard', async () => {
    await givenDocument(
      test.db,
      'guide.md',
      document(
        'G-1',
        'Guide',
        '## 1 Passwords\n\nA password is shared with nobody. An audit looks at each password.',
        'kind: guide\n',
      ),
    );

    const ofHouse = (await ask('share a password')).passages.map((passage) => passage.kind);
    const ofStandard = (await ask('what does an ISO 27001 audit look at, each password?')).passages[0];

    expect(ofHouse[0]).toBe('policy');
    expect(ofHouse).toContain('guide');
    expect(ofStandard?.kind).toBe('guide');
  });

  it.each([
    'can we do our audit over Zoom?',
    'Können wir das Audit per Zoom machen?',
    "Peut-on faire l'audit en visio ?",
    '¿Podemos hacer la auditoría por videollamada?',
  ])('looks into the guide as well for a situation of certification, told in whatever words: «%s»', async (question) => {
    const remote = '## 1 From afar\n\nThe audit may be held by video, over Zoom or remotely.';
    await givenDocument(test.db, 'calls.md', document('POL-11', 'Calls', '## 1 Video\n\nA video call over Zoom has a host.'));
    await givenDocument(test.db, 'guide.md', document('G-1', 'Guide', remote, 'kind: guide\n'));

    expect((await headings(question))[0]).toBe('From afar');
    expect((await headings('who is the host of a video call over Zoom?'))[0]).toBe('Video');
  }); // prettier-ignore

  it('counts words of the question before for less than those of this one', async () => {
    const alone = await headings('and in hotels?');
    const leaning = await headings('and abroad?', { context: 'may I share my password?' });

    expect(alone[0]).toBe('Hotels');
    expect(leaning[0]).toBe('Abroad');
    expect(leaning).toContain('Sharing');
  });

  it('returns as many sections as were asked for, each once', async () => {
    const found = await headings('password travel hotels characters', { limit: 2 });

    expect(found).toHaveLength(2);
    expect(new Set(found).size).toBe(2);
  });

  it('is one round trip to the database, whatever it looks for', async () => {
    const counting = countingQueries(test.db);

    await ask('darf ich mein Pasword weitergeben?', {}, counting);

    expect(counting.count).toBe(1);
  });
});

describeOnDatabases('a search with vectors', (test) => {
  let modelServer: ModelServer;
  let embedder: ActiveEmbedder;

  beforeAll(async () => {
    modelServer = await startModelServer();
  });
  afterAll(() => modelServer.close());
  beforeEach(async () => {
    modelServer.embeddings('work');
    embedder = await testEmbedder(test.db, modelServer);
    await givenDocument(test.db, 'travel.md', travel, { embedder });
    await givenDocument(test.db, 'passwords.md', passwords, { embedder });
  });

  const ask = (question: string, rest: Partial<SearchOptions> = {}, tx: Queryable = test.db) =>
    search(tx, lexicon, {
      question,
      reader: { audiences: ['everyone'] },
      now: today,
      limit: 10,
      embedder,
      ...rest,
    });

  it('asks both legs in one round trip, and says how each ranked a section', async () => {
    const counting = countingQueries(test.db);

    const { passages } = await ask('never share your password', {}, counting);

    expect(counting.count).toBe(1);
    expect(passages[0]).toMatchObject({ heading: 'Sharing', textRank: 1, vectorRank: 1 });
  });

  it('finds sections that share no word with the question', async () => {
    const { passages } = await ask('zzzz qqqq');

    expect(passages.length).toBeGreaterThan(0);
    expect(passages.every((passage) => passage.textRank === null)).toBe(true);
  });

  it('keeps restricted policies, drafts and later versions out of the vector leg too', async () => {
    const secret = (ref: string, more: string) =>
      document(ref, 'Secret', 'Never share your password secretly.', more);
    await givenDocument(test.db, 'a.md', secret('S-1', 'audience: hr\n'), { embedder });
    await givenDocument(test.db, 'b.md', secret('S-2', 'status: draft\n'), { embedder });
    await givenDocument(test.db, 'c.md', secret('S-3', 'effective: 2027-01-01\n'), { embedder });

    const { passages } = await ask('never share your password secretly');

    expect(passages.map((passage) => passage.reference)).not.toContain(expect.stringMatching(/^S-/));
    expect(passages.filter((passage) => passage.title === 'Secret')).toEqual([]);
  });

  it('goes on by words when the embedder fails, and says so', async () => {
    modelServer.embeddings('fail');

    const result = await ask('never share your password');

    expect(result.vectorProblem).toContain('The embedding model test-embedding failed');
    expect(result.passages[0]).toMatchObject({ heading: 'Sharing', vectorRank: null });
  });

  it('can be asked one leg at a time', async () => {
    const text = await ask('never share your password', { legs: 'text' });
    const vector = await ask('never share your password', { legs: 'vector' });

    expect(text.passages.every((passage) => passage.vectorRank === null)).toBe(true);
    expect(vector.passages.every((passage) => passage.textRank === null)).toBe(true);
  });
});

function countingQueries(db: Database): Queryable & { count: number } {
  const counting = {
    count: 0,
    query(sql: string, parameters?: readonly unknown[]) {
      counting.count += 1;
      return db.query(sql, parameters);
    },
  };
  return counting;
}
