/** Workspaces install the app themselves: with state, with tokens that change, several of them, and one can leave again. */
import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from 'vitest';
import { Reply } from '../../../src/conversation/contract.ts';
import { UndeliverableError, type Delivery } from '../../../src/conversation/port.ts';
import { describeOnDatabases } from '../../support/databases.ts';
import { givenPeople } from '../../support/harness.ts';
import { installationsOf, startSlackHarness, type SlackHarness } from '../../support/slack-harness.ts';
import { oauthApp, startSlackServer, type SlackServer } from '../../support/slack-server.ts';

const publicUrl = 'http://127.0.0.1';
const allowedWorkspaces = ['T-ONE', 'T-TWO', 'T-ROT'];

describeOnDatabases('installing Isma in Slack', (test) => {
  let slack: SlackServer;
  let isma: SlackHarness;
  let erin: string;

  beforeAll(async () => {
    slack = await startSlackServer();
    erin = await slack.userOf('erin@test.example');
  });
  afterAll(() => slack.close());
  beforeEach(async () => {
    slack.clear();
    await givenPeople(test.db);
    isma = await startSlackHarness({
      db: test.db,
      slack,
      door: { botToken: null, publicUrl, oauth: { ...oauthApp, allowedWorkspaces } },
    });
  });
  afterEach(() => isma.stop());

  /** The page with the button. @returns where the button leads, and the browser's cookie */
  async function begin(): Promise<{ link: URL; cookie: string; page: string }> {
    const response = await fetch(`${isma.url}/slack/install`);
    const page = await response.text();
    const link = /href="([^"]+)"/.exec(page)?.[1]?.replaceAll('&amp;', '&') ?? '';
    return { link: new URL(link), cookie: response.headers.get('set-cookie')?.split(';')[0] ?? '', page };
  }

  /** A person who says yes at Slack. @returns Slack's code */
  async function allow({ link }: { link: URL }): Promise<string> {
    const fields = Object.fromEntries(link.searchParams);
    const response = await fetch(new URL('/oauth/v2/authorize/callback', slack.url), {
      method: 'POST',
      redirect: 'manual',
      body: new URLSearchParams({ ...fields, user_id: erin }),
    });
    return new URL(response.headers.get('location') ?? '').searchParams.get('code') ?? '';
  }

  async function finish(code: string, state: string, cookie: string) {
    const query = new URLSearchParams({ code, state });
    return fetch(`${isma.url}/slack/oauth_redirect?${query.toString()}`, { headers: { cookie } });
  }

  async function install(team: string, rotating = false): Promise<Response> {
    slack.nextInstall = { team, rotating };
    const begun = await begin();
    return finish(await allow(begun), begun.link.searchParams.get('state') ?? '', begun.cookie);
  }

  const to = (team: string, id: string): Delivery => ({
    id, address: `slack:${team}:@${erin}`, to: null, ephemeralTo: null, reply: Reply.parse({ text: `to ${team}` }), via: {}, edits: null, draftKey: id, draft: null,
  }); // prettier-ignore
  const deliver = (delivery: Delivery) => isma.door.port.deliver(delivery, new AbortController().signal);

  it('asks for our scopes and no others, with a state, at Slack', async () => {
    const { link, cookie, page } = await begin();

    expect(`${link.origin}${link.pathname}`).toBe(`${slack.url}/oauth/v2/authorize`);
    expect(link.searchParams.get('scope')?.split(',').sort()).toEqual([
      'app_mentions:read', 'assistant:write', 'chat:write', 'commands', 'files:read', 'files:write', 'im:history', 'im:write', 'users:read', 'users:read.email',
    ]); // prettier-ignore
    expect(link.searchParams.get('user_scope') ?? '').toBe('');
    expect(link.searchParams.get('redirect_uri')).toBe(`${publicUrl}/slack/oauth_redirect`);
    expect(cookie).toContain(link.searchParams.get('state') ?? 'none');
    expect(page).toContain('Add to Slack');
  });

  it('serves two workspaces, each with its own token, kept unreadable at rest', async () => {
    const answers = [await install('T-ONE'), await install('T-TWO')];
    await deliver(to('T-ONE', 'a'));
    await deliver(to('T-TWO', 'b'));

    expect(answers.map(({ status }) => status)).toEqual([200, 200]);
    expect(await installationsOf(test.db).tenants('slack')).toEqual(['T-ONE', 'T-TWO']);
    expect(slack.shown().map(({ words }) => words)).toEqual(['to T-ONE', 'to T-TWO']);
    const { rows } = await test.db.query("select encode(sealed, 'escape') as sealed from installation");
    expect(JSON.stringify(rows)).not.toContain('xox');
  });

  it('is refused with a plain page when the state is of another browser, wrong or missing', async () => {
    const [mine, theirs] = [await begin(), await begin()];
    const code = await allow(mine);
    const state = mine.link.searchParams.get('state') ?? '';

    const answers = [
      await finish(code, state, theirs.cookie),
      await finish(code, 'made-up', 'slack-app-oauth-state=made-up'),
      await finish(code, state, ''),
      await fetch(`${isma.url}/slack/oauth_redirect?error=access_denied`),
    ];

    expect(answers.map(({ status }) => status)).toEqual([400, 400, 400, 400]);
    expect(await answers[0]?.text()).toContain('Begin again');
    expect(await installationsOf(test.db).tenants('slack')).toEqual([]);
  });

  it('is refused to a workspace that is not among ours', async () => {
    const { status } = await install('T-STRANGE');

    expect(status).toBe(400);
    expect(await installationsOf(test.db).tenants('slack')).toEqual([]);
  });

  it('refreshes a token before its end, once, and keeps the new one', async () => {
    await install('T-ROT', true);
    const installations = installationsOf(test.db);
    const saved = JSON.parse((await installations.find('slack', 'T-ROT')) ?? '{}') as {
      bot: { expiresAt: number; token: string };
    };
    saved.bot.expiresAt = Math.floor(Date.now() / 1_000) + 60;
    await installations.save('slack', 'T-ROT', JSON.stringify(saved));
    await isma.stop();
    isma = await startSlackHarness({
      db: test.db,
      slack,
      door: { botToken: null, publicUrl, oauth: { ...oauthApp, allowedWorkspaces } },
    });

    await Promise.all([deliver(to('T-ROT', 'c')), deliver(to('T-ROT', 'd'))]);

    expect(slack.refreshed).toHaveLength(1);
    expect(slack.shown()).toHaveLength(2);
    const now = JSON.parse((await installationsOf(test.db).find('slack', 'T-ROT')) ?? '{}') as typeof saved;
    expect(now.bot.token).not.toBe(saved.bot.token);
    expect(now.bot.expiresAt * 1_000).toBeGreaterThan(Date.now() + 3_600_000);
  });

  it('ends with the workspace that takes the app out; the other goes on', async () => {
    await install('T-ONE');
    await install('T-TWO');
    const later = Math.floor(Date.now() / 1_000) + 5;

    const { status } = await isma.send.event(
      { type: 'app_uninstalled' },
      { team_id: 'T-ONE', event_time: later },
    );

    expect(status).toBe(200);
    await expect(deliver(to('T-ONE', 'e'))).rejects.toThrow(UndeliverableError);
    await expect(deliver(to('T-TWO', 'f'))).resolves.toContain('/');
  });
});
