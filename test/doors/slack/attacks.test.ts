/** What hostile people, documents and models write reaches Slack as words: it pings nobody, links nowhere and formats nothing. */
import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from 'vitest';
import { describeOnDatabases } from '../../support/databases.ts';
import { givenDocument, givenPeople } from '../../support/harness.ts';
import { passagesOf, startModelServer, type ModelServer } from '../../support/model-server.ts';
import { bipiaAttacks, hasSet } from '../../support/public-sets.ts';
import { startSlackHarness, type SlackHarness } from '../../support/slack-harness.ts';
import { startSlackServer, type SlackServer } from '../../support/slack-server.ts';

const poison =
  '<!channel> <!here> <!subteam^S1> <@U0> <https://evil.example/?q=1|press here> [press](https://evil.example) ![x](https://evil.example/p.png) @channel';
const document = `---
ref: BAD
title: "Backups <!channel> policy"
status: published
effective: 2026-03-01
version: "1.0"
owner: hugo@test.example
---
# Backups

## 1 Backups <!here> daily

Backups are made daily at <https://evil.example|the vault> and kept for thirty days. ${poison}
`;

describeOnDatabases('hostile words on their way to Slack', (test) => {
  let slack: SlackServer;
  let model: ModelServer;
  let erin: string;
  let dm: string;
  let isma: SlackHarness | null = null;

  beforeAll(async () => {
    [slack, model] = await Promise.all([startSlackServer(), startModelServer()]);
    erin = await slack.userOf('erin@test.example');
    dm = await slack.dmWith(erin);
  });
  afterAll(async () => {
    await slack.close();
    await model.close();
  });
  beforeEach(async () => {
    slack.clear();
    await givenPeople(test.db);
    await givenDocument(test.db, 'backups.md', document);
  });
  afterEach(async () => {
    await isma?.stop();
    isma = null;
  });

  /** Whatever was sent: nothing that Slack parses, and no address to press. */
  function expectInert(): void {
    expect(slack.violations).toEqual([]);
    const sent = slack.calls.filter(({ method }) => /^(chat|views|response_url)/.test(method));
    expect(sent).not.toEqual([]);
    for (const { args } of sent) {
      const all = JSON.stringify(args);
      expect(all).not.toMatch(/evil\.example\/\?q=1|https?:\/\/evil/);
      expect(JSON.stringify([args.text, args.markdown_text])).not.toMatch(/[<>]/);
      expect(
        [args.unfurl_links, args.unfurl_media].every((each) => each === undefined || each === false),
      ).toBe(true);
    }
  }

  it('from a policy, word for word', async () => {
    isma = await startSlackHarness({ db: test.db, slack });
    await isma.send.event(isma.send.directMessage(erin, dm, 'Are backups made daily at the vault?'));
    const shown = await isma.settled();

    expect(shown).toHaveLength(1);
    expect(shown[0]?.words).toContain('Backups are made daily');
    expectInert();
  });

  it.each([
    ['in a plain conversation', {}],
    ['in a stream', { app_context: {} }],
  ])('from a model that obeys the attacker, %s', async (_where, extra) => {
    model.script((request) => ({
      text: `Backups are made daily [${passagesOf(request)[0]?.n}]. ${poison} [${passagesOf(request)[0]?.n}]. ${poison}`,
      pace: 5,
    }));
    isma = await startSlackHarness({ db: test.db, slack, modelServer: model });
    await isma.send.event(isma.send.directMessage(erin, dm, 'How often are backups made?', extra));
    const shown = await isma.settled();

    expect(shown).toHaveLength(1);
    expect(shown[0]?.streaming).toBe(false);
    expectInert();
  });

  it('from a person, on their way to the owner', async () => {
    isma = await startSlackHarness({ db: test.db, slack });
    await isma.send.command(`How often are backups made? ${poison}`, {
      user_id: erin,
      channel_id: slack.channel,
      response_url: slack.responseUrl(),
    });
    await isma.settled();

    expectInert();
  });

  it.skipIf(!hasSet('bipia'))('from the attacks of a public set', async () => {
    const some = bipiaAttacks()
      .flat()
      .filter((_each, index) => index % 12 === 0)
      .slice(0, 6);
    isma = await startSlackHarness({ db: test.db, slack });
    for (const attack of some)
      await isma.send.event(isma.send.directMessage(erin, dm, `How often are backups made? ${attack}`));
    const shown = await isma.settled();

    expect(shown).toHaveLength(some.length);
    expectInert();
  });
});
