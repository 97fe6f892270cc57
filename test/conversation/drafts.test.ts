/** Words of an answer while it is made: only what is proven is shown, and nothing of it stays when the end is another one. */
import { afterEach, beforeEach, expect, it } from 'vitest';
import { describeOnDatabases } from '../support/databases.ts';
import { directAddress, givenDocument, givenPeople, startHarness, type Harness } from '../support/harness.ts';
import { passagesOf, startModelServer, type Behaviour, type ModelServer } from '../support/model-server.ts';
import { lostDevicePolicy, question } from '../faults/doors.ts';
import type { Delivery, Draft, DraftOpening, Port } from '../../src/conversation/port.ts';

const erin = 'erin@test.example';

describeOnDatabases('a draft', (test) => {
  let model: ModelServer;
  let isma: Harness;
  /** What the platform was told, in order: words shown, drafts discarded, messages delivered. */
  let seen: string[];

  beforeEach(async () => {
    seen = [];
    await givenPeople(test.db);
    await givenDocument(test.db, 'mobile.md', lostDevicePolicy);
    model = await startModelServer();
    isma = await startHarness({
      db: test.db,
      modelServer: model,
      port: {
        platform: 'test',
        async deliver({ reply, draftKey, address }) {
          seen.push(`delivered ${[reply.text, reply.aside].filter(Boolean).join(' · ')}`);
          expect(draftKey).toBe('input-1');
          return address;
        },
        lookUp: async () => ({ found: false }),
        directAddress: async () => null,
        draft({ place, draftKey }) {
          expect([place.address, draftKey]).toEqual([directAddress(erin), 'input-1']);
          return {
            show: (text) => void seen.push(`shown ${text}`),
            discard: () => void seen.push('discarded'),
          };
        },
      },
    });
  });
  afterEach(async () => {
    await isma.stop();
    await model.close();
  });

  /** Lets the model write, with {n} for the number of the passage on lost laptops. */
  const writes = (text: string, rest: { pace?: number; diesAfter?: number } = { pace: 5 }) =>
    model.script((request): Behaviour => {
      const n = passagesOf(request).find((passage) => passage.text.includes('24 hours'))?.n;
      return { text: text.replaceAll('{n}', String(n)), ...rest };
    });

  it('shows whole sentences with their citation as they come, and the end begins with them', async () => {
    writes(
      'Report it within 24 hours [{n}]. The service desk wipes it [{n}]. It wipes the laptop from afar [{n}].',
    );

    await isma.say(erin, question);

    expect(seen).toEqual([
      'shown Report it within 24 hours [1].',
      'shown Report it within 24 hours [1]. The service desk wipes it [1].',
      'delivered Report it within 24 hours [1]. The service desk wipes it [1]. It wipes the laptop from afar [1].',
    ]);
  });

  it('shows nothing of a sentence that no passage proves', async () => {
    writes('You may wait for 72 hours [{n}]. Nobody minds. Report it within 24 hours [{n}].');

    await isma.say(erin, question);

    expect(seen).toEqual(['delivered Report it within 24 hours [1].']);
  });

  it('stays when a later sentence turns out to be wrong, which is left out', async () => {
    writes('Report it within 24 hours [{n}]. After that you pay 500 euros [{n}]. Good luck.');

    await isma.say(erin, question);

    expect(seen).toEqual([
      'shown Report it within 24 hours [1].',
      'delivered Report it within 24 hours [1]. Good luck.',
    ]);
  });

  it('is taken away when an address had to be cut: such an answer does not stand', async () => {
    writes('Report it within 24 hours [{n}]. See https://evil.example/x [{n}].');

    await isma.say(erin, question);

    expect(seen).toEqual([
      'shown Report it within 24 hours [1].',
      'discarded',
      expect.stringMatching(/^delivered .* · I could not prove my own wording/),
    ]);
  });

  it('is taken away when the stream dies, so that no half answer stays with a citation behind it', async () => {
    writes('Report it within 24 hours [{n}]. The service desk wipes it [{n}]. And then', {
      pace: 5,
      diesAfter: 9,
    });

    await isma.say(erin, question);

    expect(seen).toEqual([
      'shown Report it within 24 hours [1].',
      'discarded',
      expect.stringMatching(/^delivered .* · The language model does not answer just now/),
    ]);
  });

  it('is not opened for an answer that has nothing proven in it', async () => {
    writes('NOT_COVERED');

    await isma.say(erin, question);

    expect(seen).toEqual([expect.stringContaining('delivered I found nothing on this in our policies.')]);
  });
});

describeOnDatabases('an answer in a channel that not everybody there may read', (test) => {
  it('is never drafted', async () => {
    await givenPeople(test.db);
    await givenDocument(test.db, 'hr.md', lostDevicePolicy.replace('effective:', 'audience: hr\neffective:'));
    const model = await startModelServer();
    model.script(() => ({ text: 'Report it within 24 hours [1]. Yes [1].', pace: 5 }));
    const drafted: string[] = [];
    const said: [string, string][] = [];
    const isma = await startHarness({
      db: test.db,
      modelServer: model,
      port: {
        platform: 'test',
        async deliver({ address, reply }) {
          said.push([address, reply.text]);
          return 'receipt';
        },
        lookUp: async () => ({ found: false }),
        directAddress: async () => null,
        draft: () => ({ show: (text) => void drafted.push(text), discard: () => {} }),
      },
    });

    await isma.say('hanna@test.example', question, { channel: 'general' });
    await isma.stop();
    await model.close();

    expect(drafted).toEqual([]);
    expect(said.sort()).toEqual([
      ['test:channel:general', expect.not.stringContaining('24')],
      [directAddress('hanna@test.example'), expect.stringContaining('24 hours')],
    ]);
  });
});

describeOnDatabases('a draft that has a receipt', (test) => {
  let model: ModelServer;
  const erins = { address: directAddress(erin), draft: 'draft-1' };

  beforeEach(async () => {
    await givenPeople(test.db);
    await givenDocument(test.db, 'mobile.md', lostDevicePolicy);
    model = await startModelServer();
  });
  afterEach(() => model.close());

  async function start(draft: NonNullable<Port['draft']>): Promise<{ isma: Harness; posts: Delivery[] }> {
    const posts: Delivery[] = [];
    const isma = await startHarness({
      db: test.db,
      modelServer: model,
      port: {
        platform: 'test',
        async deliver(delivery) {
          posts.push(delivery);
          return delivery.draft ?? `receipt-${delivery.id}`;
        },
        lookUp: async () => ({ found: false }),
        directAddress: async () => null,
        draft,
      },
    });
    return { isma, posts };
  }
  const writesSlowly = () =>
    model.script((request): Behaviour => {
      const n = passagesOf(request).find((passage) => passage.text.includes('24 hours'))?.n;
      return {
        text: `Report it within 24 hours [${n}]. The service desk wipes it [${n}]. Well then.`,
        pace: 20,
      };
    });
  const drafting = (opening: DraftOpening, stopped?: AbortSignal): Draft => {
    opening.opened('draft-1');
    return { show: () => {}, discard: () => {}, ...(stopped === undefined ? {} : { stopped }) };
  };

  it('is completed by the delivery of the answer, which gets its receipt', async () => {
    writesSlowly();
    const { isma, posts } = await start((opening) => drafting(opening));

    await isma.say(erin, question);
    await isma.stop();

    expect(posts).toMatchObject([erins]);
    expect((await test.db.query('select receipt, state from outbox')).rows).toEqual([
      { receipt: 'draft-1', state: 'sent' },
    ]);
  });

  it('is found by whoever runs the turn again after a crash, even with the model down', async () => {
    writesSlowly();
    const { isma } = await start((opening) => drafting(opening));
    await isma.say(erin, question);
    await isma.stop();
    await test.db.query('delete from outbox');
    await test.db.query('delete from answer');
    await test.db.query(
      "update inbox set state = 'running', lease_until = now() - interval '1 minute', attempts = 1",
    );
    model.script(() => ({ status: 400 }));

    const openings: DraftOpening[] = [];
    const again = await start((opening) => {
      openings.push(opening);
      return drafting(opening);
    });
    await again.isma.core.quiet();
    await again.isma.stop();

    expect(openings).toEqual([]);
    expect(again.posts).toMatchObject([{ ...erins, reply: { notice: 'model-down' } }]);
  });

  it('that was taken away is not completed: the other answer is a message of its own', async () => {
    model.script((request): Behaviour => {
      const n = passagesOf(request).find((passage) => passage.text.includes('24 hours'))?.n;
      return {
        text: `Report it within 24 hours [${n}]. See https://evil.example/x [${n}].`,
        pace: 5,
      };
    });
    const { isma, posts } = await start((opening) => drafting(opening));

    await isma.say(erin, question);
    await isma.stop();

    expect(posts).toMatchObject([{ draft: null, reply: { notice: 'unverified' } }]);
  });

  it('that its reader stopped ends there: nothing more is said, and what was spent is counted', async () => {
    const stop = new AbortController();
    writesSlowly();
    const { isma, posts } = await start((opening) => {
      setTimeout(() => stop.abort(), 10);
      return drafting(opening, stop.signal);
    });

    await isma.say(erin, question);
    await isma.stop();

    expect(posts).toEqual([]);
    const { rows } = await test.db.query('select state from inbox');
    expect(rows).toEqual([{ state: 'done' }]);
    const { rows: used } = await test.db.query(
      'select input_tokens > 0 as asked, output_tokens > 0 as answered from model_use',
    );
    expect(used).toEqual([{ asked: true, answered: true }]);
  });
});
