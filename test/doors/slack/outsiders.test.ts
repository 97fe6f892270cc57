/** Who is no colleague is told nothing in Slack, by whatever way they come; whose workspace is not ours is nobody at all. */
import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from 'vitest';
import { turnedAway } from '../../../src/conversation/admit.ts';
import { Turn } from '../../../src/conversation/contract.ts';
import { withNames } from '../../../src/conversation/mentions.ts';
import type { People } from '../../../src/conversation/port.ts';
import { nameMentioned } from '../../../src/records/identity.ts';
import { letAuditorIn } from '../../../src/isms/person/auditor-access.ts';
import { bindIdentity } from '../../../src/records/identity-admin.ts';
import { describeOnDatabases } from '../../support/databases.ts';
import { givenDocument, givenPeople } from '../../support/harness.ts';
import { phonePolicy } from '../../support/phone-policy.ts';
import type { Shown } from '../../support/slack-messages.ts';
import { buttonsIn, type PressedButton } from '../../support/slack-requests.ts';
import { installationsOf, startSlackHarness, type SlackHarness } from '../../support/slack-harness.ts';
import { oauthApp, startSlackServer, team, type SlackServer } from '../../support/slack-server.ts';

const question = 'When do I report a lost phone?';

describeOnDatabases('somebody in Slack who is no colleague', (test) => {
  let slack: SlackServer;
  let isma: SlackHarness;
  let [erin, hanna, ines] = ['', '', ''];

  beforeAll(async () => {
    slack = await startSlackServer();
    [erin, hanna, ines] = (await Promise.all(
      ['erin', 'hanna', 'ines'].map((name) => slack.userOf(`${name}@test.example`)),
    )) as [string, string, string];
  });
  afterAll(() => slack.close());
  beforeEach(async () => {
    slack.clear();
    for (const user of [erin, hanna, ines]) slack.describeUser(user, {});
    await givenPeople(test.db);
    await givenDocument(test.db, 'mobile.md', phonePolicy());
    isma = await startSlackHarness({ db: test.db, slack });
  });
  afterEach(() => isma.stop());

  async function ask(user: string): Promise<string[]> {
    const before = slack.shown().length;
    await isma.send.event(isma.send.directMessage(user, await slack.dmWith(user), question));
    return (await isma.settled()).slice(before).map(({ words }) => words);
  }
  const pass = (time: string) =>
    test.db.query('update identity set looked_at = looked_at - $1::interval', [time]);
  const identities = async () => (await test.db.query('select tenant, user_id from identity')).rows;
  const guest = { is_restricted: true };

  it.each([
    ['a guest of one channel', { is_ultra_restricted: true }],
    ['a guest of several channels', guest],
    ['somebody of another workspace in a shared channel', { team_id: 'T999' }],
    ['a stranger', { is_stranger: true }],
    ['a bot', { is_bot: true }],
    ['a deactivated account', { deleted: true }],
  ])('as %s, is told that and nothing else, and no record is made', async (_who, facts) => {
    slack.describeUser(hanna, facts);

    expect(await ask(hanna)).toEqual([turnedAway]);
    expect(await identities()).toEqual([]);
    expect((await test.db.query('select from answer')).rows).toEqual([]);
  });

  it('but a colleague whom a message mentions is that very person, by their account', async () => {
    await ask(erin);
    const sender = { platform: 'slack', tenant: team };
    const turn = (text: string) =>
      Turn.parse({
        kind: 'turn', text, attachments: [], place: { address: 'slack:x', audience: 'direct' },
        sender: { ...sender, user: ines, name: null, email: null, timeZone: null, locale: null, directAddress: null },
      }); // prettier-ignore
    const { rows } = await test.db.query(
      'select name, email from person where id in (select person_id from identity)',
    );
    const said = async (text: string) =>
      (await withNames(test.db, { mentioned: nameMentioned } as unknown as People, turn(text))).text;
    const { name, email } = rows[0] as { name: string; email: string };

    expect(await said(`hand CA-12 to <@${erin}>`)).toBe(`hand CA-12 to ${name}`);
    expect(await said(`<@${erin}|er> and <@U404> and <@U405|kim>`)).toBe(`${name} and @someone and @kim`);
    await test.db.query("insert into person (name, email) values ($1, 'twin@test.example')", [name]);
    expect(await said(`hand CA-12 to <@${erin}>`)).toBe(`hand CA-12 to ${email}`);
  });

  it('is turned away from every way in: mention, command, page, shortcut, button, form', async () => {
    slack.describeUser(hanna, guest);
    await isma.send.event(isma.send.mention(erin, slack.channel, question));
    const [answer] = await isma.settled();
    const button = Object.values(buttonsIn(answer?.blocks ?? []))[0] as PressedButton;
    const [before, records] = [slack.shown().length, (await identities()).length];
    const trigger = async () => ({ trigger_id: await slack.triggerFor(hanna) });
    const person = { user: { id: hanna, team_id: team } };
    const { channel } = slack;

    await isma.send.event(isma.send.mention(hanna, channel, question));
    await isma.send.command(question, {
      user_id: hanna,
      channel_id: channel,
      response_url: slack.responseUrl(),
    });
    await isma.send.event({ type: 'app_home_opened', user: hanna, tab: 'home', channel: 'D1' });
    for (const callback_id of ['say', 'corrective-actions.raise'])
      await isma.send.interaction({
        type: 'message_action', callback_id, ...person, ...(await trigger()), channel: { id: channel },
        message: { text: question, ts: isma.send.ts() }, response_url: slack.responseUrl(),
      }); // prettier-ignore
    await isma.send.press(hanna, answer as NonNullable<typeof answer>, button, await trigger());
    const metadata = {
      form: 'corrective-actions.raise-send',
      address: `slack:${team}:@${hanna}`,
      outsiders: false,
      card: null,
      via: {},
    };
    await isma.send.submit(hanna, { private_metadata: JSON.stringify(metadata), callback_id: 'form' }, {});
    const shown = (await isma.settled()).slice(before);

    expect(shown.length).toBeGreaterThan(4);
    expect([...new Set(shown.map(({ words }) => words))]).toEqual([turnedAway]);
    const pages = slack.views.map(({ view }) => JSON.stringify(view));
    expect(pages).toHaveLength(1);
    expect(pages[0]).toContain(turnedAway);
    expect(await identities()).toHaveLength(records);
    expect((await test.db.query('select from answer')).rows).toHaveLength(1);
    expect((await test.db.query('select from answer_feedback')).rows).toEqual([]);
  });

  it('but an auditor who was let in and whose account was bound, is answered until their last day, and then told nothing more', async () => {
    slack.describeUser(hanna, guest);
    const pat = { email: 'pat@kestrel.example', name: 'Pat Plover', until: '2026-12-31' };
    await test.db.transaction((tx) => letAuditorIn(tx, pat, 'test', new Date('2026-11-24T09:00:00Z')));
    const before = await ask(hanna);
    await test.db.transaction((tx) => bindIdentity(tx, pat.email, { platform: 'slack', tenant: team, user: hanna }, 'test', new Date())); // prettier-ignore
    const during = await ask(hanna);
    await pass('25 hours');
    const nextDay = await ask(hanna);
    await test.db.query("update person set reads_until = '2026-01-01' where email = $1", [pat.email]);
    const over = await ask(hanna);
    await isma.send.event({ type: 'app_home_opened', user: hanna, tab: 'home', channel: 'D1' });
    await isma.settled();

    expect(before).toEqual([turnedAway]);
    for (const said of [...during, ...nextDay]) expect(said).not.toContain(turnedAway);
    expect(over).toEqual([turnedAway]);
    expect(JSON.stringify(slack.views.at(-1)?.view)).toContain(turnedAway);
  });

  it('by now is shown no form of a message that they were sent before', async () => {
    await ask(erin);
    const press = async (label: string, trigger: object) => {
      const shown = (await isma.settled()).at(-1) as Shown;
      const button = buttonsIn(shown.blocks)[label];
      expect(button, `a button «${label}»`).toBeDefined();
      await isma.send.press(erin, shown, button as PressedButton, trigger);
    };
    await press('Not helpful', {});
    const forms = () => slack.views.filter(({ user }) => user === erin).length;

    await press('Open the form', { trigger_id: await slack.triggerFor(erin) });
    await expect.poll(forms).toBe(1);
    await test.db.query("update person set active = false where email = 'erin@test.example'");
    const before = slack.shown().length;
    await press('Open the form', { trigger_id: await slack.triggerFor(erin) });
    await ask(erin);

    expect(forms()).toBe(1);
    expect(
      slack
        .shown()
        .slice(before)
        .map(({ words }) => words),
    ).toEqual([turnedAway]);
  });

  it('and was one is found a day later, told nothing any more, and reached by no message', async () => {
    expect((await ask(ines))[0]).not.toBe(turnedAway);
    slack.describeUser(ines, guest);
    const sameDay = await ask(ines);
    await pass('25 hours');

    const nextDay = await ask(ines);
    slack.fail('users.info', { kind: 'status', status: 500 });
    const whileSlackIsAway = await ask(ines);

    expect(sameDay[0]).not.toBe(turnedAway);
    expect([nextDay, whileSlackIsAway]).toEqual([[turnedAway], [turnedAway]]);
    const { rows } = await test.db.query("select id from person where email = 'ines@test.example'");
    expect(await isma.app.db.query('select from identity where outside_since is not null')).toMatchObject({
      rowCount: 1,
    });
    expect(
      await isma.door.port.directAddress(
        { id: Number(rows[0]?.id), email: 'ines@test.example' } as never,
        new AbortController().signal,
      ),
    ).toBeNull();
  });

  it('and cannot be looked at again is believed to be who they were, and asked about once more', async () => {
    await ask(ines);
    await pass('25 hours');
    slack.fail('users.info', { kind: 'status', status: 500 });
    slack.describeUser(ines, guest);

    const whileSlackIsAway = [...(await ask(ines)), ...(await ask(ines))];
    await pass('11 minutes');

    expect(whileSlackIsAway).not.toContain(turnedAway);
    expect(
      slack.calls.filter(({ method, outcome }) => method === 'users.info' && outcome === 'status'),
    ).toHaveLength(1);
    expect(await ask(ines)).toEqual([turnedAway]);
  });

  it('is nobody where Slack has not confirmed their address', async () => {
    slack.describeUser(ines, { is_email_confirmed: false });

    await ask(ines);

    const { rows } = await test.db.query(
      'select roles from person join identity on person_id = person.id where user_id = $1',
      [ines],
    );
    expect(rows).toEqual([{ roles: ['employee'] }]);
  });

  it('and whose workspace is not that of the token is told nothing at all, by message or by button', async () => {
    const foreign = { team_id: 'T-FOREIGN' };
    await isma.send.event(isma.send.directMessage(ines, await slack.dmWith(ines), question), foreign);
    await isma.send.interaction({
      type: 'block_actions', team: { id: 'T-FOREIGN' }, user: { id: ines, team_id: 'T-FOREIGN' }, response_url: slack.responseUrl(),
      container: { type: 'message', message_ts: '1.1' }, channel: { id: slack.channel },
      actions: [{ action_id: 'a', block_id: 'x|1||', value: 'home' }],
    }); // prettier-ignore

    expect(await isma.settled()).toEqual([]);
    expect(await identities()).toEqual([]);
    expect((await test.db.query('select state from inbox')).rows).toEqual([
      { state: 'done' },
      { state: 'done' },
    ]);
  });
});

describeOnDatabases('a workspace that is not listed', (test) => {
  let slack: SlackServer;
  let [ines, erin] = ['', ''];

  beforeAll(async () => {
    slack = await startSlackServer();
    [ines, erin] = [await slack.userOf('ines@test.example'), await slack.userOf('erin@test.example')];
  });
  afterAll(() => slack.close());
  beforeEach(async () => {
    slack.clear();
    await givenPeople(test.db);
  });

  const harness = (allowedWorkspaces: string[] = []) =>
    startSlackHarness({
      db: test.db,
      slack,
      door: { botToken: null, publicUrl: 'http://127.0.0.1', oauth: { ...oauthApp, allowedWorkspaces } },
    });
  /** A person who presses «Add to Slack» in that workspace. */
  async function install(isma: SlackHarness, workspace: string): Promise<Response> {
    slack.nextInstall = { team: workspace, rotating: false };
    const begun = await fetch(`${isma.url}/slack/install`);
    const cookie = begun.headers.get('set-cookie')?.split(';')[0] ?? '';
    const link = new URL(/href="([^"]+)"/.exec(await begun.text())?.[1]?.replaceAll('&amp;', '&') ?? '');
    const allowed = await fetch(new URL('/oauth/v2/authorize/callback', slack.url), {
      method: 'POST',
      redirect: 'manual',
      body: new URLSearchParams({ ...Object.fromEntries(link.searchParams), user_id: erin }),
    });
    const code = new URL(allowed.headers.get('location') ?? '').searchParams.get('code') ?? '';
    const query = new URLSearchParams({ code, state: link.searchParams.get('state') ?? '' });
    return fetch(`${isma.url}/slack/oauth_redirect?${query.toString()}`, { headers: { cookie } });
  }
  const trusted = async () => (await test.db.query('select platform, tenant from trusted_tenant')).rows;

  it('is ours if it is the first, and no other after it: its people get no role by their address, and no word', async () => {
    const isma = await harness();
    const answers = [await install(isma, 'T-OURS'), await install(isma, 'T-FOREIGN')];
    await installationsOf(test.db).save(
      'slack',
      'T-FOREIGN',
      JSON.stringify({ bot: { token: 'xoxb-alias-1' } }),
    );
    /** @returns how many messages it led to */
    const ask = async (workspace: string) => {
      const dm = await slack.dmWith(ines);
      await isma.send.event(isma.send.directMessage(ines, dm, 'show NC-2026-001'), { team_id: workspace });
      await isma.settled();
      return (await test.db.query('select from outbox')).rowCount;
    };

    const foreign = await ask('T-FOREIGN');
    const ours = await ask('T-OURS');
    await isma.stop();

    expect(answers.map(({ status }) => status)).toEqual([200, 400]);
    expect(await answers[1]?.text()).toContain('add T-FOREIGN to SLACK_ALLOWED_WORKSPACES');
    expect([foreign, ours]).toEqual([0, 1]);
    expect(await trusted()).toEqual([{ platform: 'slack', tenant: 'T-OURS' }]);
    const { rows } = await test.db.query(
      'select tenant, user_id, roles from identity join person on person.id = person_id',
    );
    expect(rows).toEqual([{ tenant: 'T-OURS', user_id: ines, roles: ['employee', 'isms_manager'] }]);
  });

  it('that was the first has no say any more once others are listed', async () => {
    const first = await harness();
    await install(first, 'T-OURS');
    await first.stop();
    const isma = await harness(['T-LISTED']);
    const signal = new AbortController().signal;

    const trusts = await Promise.all(
      ['T-OURS', 'T-LISTED'].map((each) => isma.door.port.trusts?.(each, signal) ?? Promise.resolve(null)),
    );
    const { status } = await install(isma, 'T-LISTED');
    await isma.stop();

    expect(trusts).toEqual([false, true]);
    expect(status).toBe(200);
  });

  it('is the first for one of two processes alone, and the log says which', async () => {
    const processes = ['T-A', 'T-B', 'T-C', 'T-D'].map((workspace) => ({
      workspace,
      store: installationsOf(test.db),
    }));

    const first = await Promise.all(
      processes.map(({ workspace, store }) => store.isFirst('slack', workspace)),
    );

    expect(first.filter(Boolean)).toHaveLength(1);
    const winner = processes[first.indexOf(true)]?.workspace;
    expect(await trusted()).toEqual([{ platform: 'slack', tenant: winner }]);
    expect(await installationsOf(test.db).isFirst('slack', winner ?? '')).toBe(true);
    const { rows } = await test.db.query("select record from audit_entry where action = 'tenant.trusted'");
    expect(rows).toEqual([{ record: `tenant:slack/${winner}` }]);
  });
});
