/** The doctor on Slack and Teams: each thing that can be wrong with an app has a line that says where to fix it. */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readConfig } from '../../src/config/config.ts';
import { doctor, linesText } from '../../src/doctor/doctor.ts';
import {
  entraToken,
  examine,
  key,
  service,
  slack,
  teams,
  type Answers,
  type Settings,
} from '../support/doctor-stand-in.ts';

const folder = mkdtempSync(join(tmpdir(), 'isma-doctor-'));
afterAll(() => rmSync(folder, { recursive: true }));

describe('the doctor on Slack', () => {
  const auth = 'slack.com/api/auth.test';
  const granted = (scopes: string) => () => ({
    headers: { 'x-oauth-scopes': scopes },
    json: { ok: true, team: 'Meadow', team_id: 'T1', bot_id: 'B1' },
  });
  const needed = 'app_mentions:read,assistant:write,chat:write,commands,im:history,im:write,users:read';

  it.each<[string, Settings, Answers, string]>([
    ['a token that is refused', slack, { [auth]: () => ({ json: { ok: false, error: 'invalid_auth' } }) }, 'wrong    Slack: SLACK_BOT_TOKEN is refused (invalid_auth)'],
    ['a token that ends by rotation', slack, { [auth]: () => ({ json: { ok: false, error: 'token_expired' } }) }, 'which only installing by OAuth can follow'],
    ['the token of a person', slack, { [auth]: () => ({ json: { ok: true, team: 'Meadow', team_id: 'T1' } }) }, 'wrong    Slack: SLACK_BOT_TOKEN is the token of a person'],
    ['a scope that is missing', slack, { [auth]: granted(needed.replace('im:history,', '')) }, 'missing  Slack: the scope im:history is not granted'],
    ['a proxy that answers for Slack', slack, { [auth]: () => ({ status: 502, text: '<html>' }) }, 'Slack was not reached: status 502'],
    ['a signing secret of another shape', { ...slack, SLACK_SIGNING_SECRET: 'abc' }, {}, 'wrong    Slack: SLACK_SIGNING_SECRET is not 32 hexadecimal digits'],
    ['a refused app token', { ...slack, SLACK_APP_TOKEN: 'xapp-made-up' }, { 'slack.com/api/apps.connections.open': () => ({ json: { ok: false, error: 'missing_scope' } }) }, 'SLACK_APP_TOKEN is refused (missing_scope: it lacks the scope connections:write)'],
    ['no public address', slack, {}, 'missing  Address: PUBLIC_URL is not set'],
  ])('hears of %s', async (_what, settings, answers, expected) => {
    const { ok, text } = await examine(settings, answers);

    expect(ok).toBe(false);
    expect(text).toContain(expected);
  }); // prettier-ignore

  it('only warns of optional scopes that are refused, and of scopes too many', async () => {
    const { ok, text } = await examine(
      { ...service, ...slack },
      { [auth]: granted(`${needed},files:write,channels:history`) },
    );

    expect(ok).toBe(true);
    expect(text).toContain(
      'warn     Slack: the optional scope users:read.email is not granted: people are not recognised',
    );
    expect(text).toContain(
      'warn     Slack: the optional scope files:read is not granted: files that people attach as evidence',
    );
    expect(text).toContain('warn     Slack: scopes that Isma does not need are granted: channels:history');
  });

  it('needs no public address and no signing secret in Socket Mode', async () => {
    const { ok, text } = await examine({
      SLACK_BOT_TOKEN: slack.SLACK_BOT_TOKEN,
      SLACK_APP_TOKEN: 'xapp-made-up',
    });

    expect(ok).toBe(true);
    expect(text).toContain('SLACK_APP_TOKEN opens Socket Mode');
    expect(text).toContain('Address: none is needed');
  });

  it('asks a stand-in where SLACK_API_URL names one', async () => {
    const { text, asked } = await examine(
      { ...service, ...slack, SLACK_API_URL: 'http://slack.local/api' },
      { 'slack.local/api/auth.test': granted(`${needed},files:read,files:write,users:read.email`) },
    );

    expect(text).toContain('SLACK_BOT_TOKEN works');
    expect(asked.get('slack.local/api/auth.test')?.authorization).toBe(`Bearer ${slack.SLACK_BOT_TOKEN}`);
  });

  describe('for several workspaces', () => {
    const oauth = {
      ...service,
      SLACK_SIGNING_SECRET: slack.SLACK_SIGNING_SECRET,
      SLACK_CLIENT_ID: '1.2',
      SLACK_CLIENT_SECRET: 'made-up-client-secret',
      ENCRYPTION_KEY: key,
    };
    const access = 'slack.com/api/oauth.v2.access';

    it('finds client id and secret right when Slack complains of the code alone', async () => {
      const { ok, text } = await examine(oauth);

      expect(ok).toBe(true);
      expect(text).toContain('ok       Slack: SLACK_CLIENT_ID and SLACK_CLIENT_SECRET belong together');
      expect(text).toContain('workspaces install at https://isma.meadow.example/slack/install');
    });

    it('warns while everybody can open the page that adds a workspace', async () => {
      const page = 'isma.meadow.example/slack/install';

      const open = await examine(oauth, { [page]: () => ({ text: '<h1>Add Isma to Slack</h1>' }) });
      const closed = await examine(oauth, { [page]: () => ({ status: 403 }) });

      expect(open.ok).toBe(true);
      expect(open.text).toContain('warn     Address: /slack/install is open to whoever reaches it');
      expect(closed.text).toContain('ok       Address: /slack/install cannot be opened from here');
      const named = await examine({ ...oauth, SLACK_ALLOWED_WORKSPACES: 'T1' });
      expect(named.text).toContain('ok       Address: /slack/install takes T1 and no other workspace');
    });

    it.each([
      ['bad_client_secret', 'wrong    Slack: SLACK_CLIENT_SECRET is refused (bad_client_secret)'],
      ['invalid_client_id', 'wrong    Slack: SLACK_CLIENT_ID is refused (invalid_client_id)'],
    ])('hears of %s', async (error, expected) => {
      const { ok, text } = await examine(oauth, { [access]: () => ({ json: { ok: false, error } }) });

      expect(ok).toBe(false);
      expect(text).toContain(expected);
    });

    it('misses the public address, and a key that is random', async () => {
      const { ok, text } = await examine({
        ...oauth,
        PUBLIC_URL: undefined,
        ENCRYPTION_KEY: Buffer.alloc(32).toString('base64'),
      });

      expect(ok).toBe(false);
      expect(text).toContain('missing  Slack: PUBLIC_URL is not set');
      expect(text).toContain('wrong    Encryption: ENCRYPTION_KEY is not random');
    });
  });
});

describe('the doctor on Teams', () => {
  it.each<[string, Settings, number, string]>([
    ['a wrong secret', teams, 7000215, 'TEAMS_CLIENT_SECRET is refused: it is not a secret of this app\n         → portal.azure.com > App registrations > your app > Certificates & secrets > Client secrets: the Value, not the Secret ID'],
    ['a secret that has expired', teams, 7000222, 'TEAMS_CLIENT_SECRET has expired'],
    ['an app of another tenant', teams, 700016, 'there is no app TEAMS_CLIENT_ID in the tenant TEAMS_TENANT_ID'],
    ['a tenant that is none', teams, 90002, 'there is no tenant TEAMS_TENANT_ID'],
    ['anything else', teams, 50034, 'Microsoft gives us no token (AADSTS50034)'],
  ])('hears of %s', async (_what, settings, code, expected) => {
    const { ok, text } = await examine({ ...service, ...settings }, {
      [entraToken]: () => ({ status: 401, json: { error: 'invalid_client', error_description: `AADSTS${code}: said at length`, error_codes: [code] } }),
    });

    expect(ok).toBe(false);
    expect(text).toContain(`wrong    Teams: ${expected}`);
    expect(text).not.toContain('at length');
  }); // prettier-ignore

  it.each<[string, Settings, string]>([
    ['an app id of another shape', { ...teams, TEAMS_CLIENT_ID: 'isma' }, 'TEAMS_CLIENT_ID is not an id of an app'],
    ['a tenant by its name', { ...teams, TEAMS_TENANT_ID: 'meadow.example' }, 'TEAMS_TENANT_ID is not an id of a tenant'],
    ['an allowed tenant by its name', { ...teams, TEAMS_ALLOWED_TENANTS: 'meadow.example' }, 'TEAMS_ALLOWED_TENANTS holds what is no id of a tenant: meadow.example'],
  ])('hears of %s, and asks Microsoft nothing then', async (_what, settings, expected) => {
    const { ok, text, asked } = await examine({ ...service, ...settings });

    expect(ok).toBe(false);
    expect(text).toContain(`wrong    Teams: ${expected}`);
    expect(asked.has(entraToken)).toBe(false);
  }); // prettier-ignore

  it('asks the machine itself for a token with a managed identity, and says where one is to be had', async () => {
    const settings = {
      ...service,
      ...teams,
      TEAMS_CLIENT_SECRET: undefined,
      TEAMS_MANAGED_IDENTITY: teams.TEAMS_CLIENT_ID,
    };
    const machine = '169.254.169.254/metadata/identity/oauth2/token';
    const token = { access_token: 'made-up', expires_in: '3599', token_type: 'Bearer', resource: 'x' };

    const there = await examine(settings, { [machine]: () => ({ json: token }) });
    const nowhere = await examine(settings, {
      [machine]: () => ({ status: 400, json: { error: 'invalid_request' } }),
    });

    expect(there.text).toContain('ok       Teams: Microsoft gives us a token, by managed identity');
    expect(nowhere.ok).toBe(false);
    expect(nowhere.text).toContain('wrong    Teams: Microsoft gives us no token by managed identity');
  });

  it('warns of the playground', async () => {
    const { ok, text } = await examine({ TEAMS_PLAYGROUND: 'yes' });

    expect(ok).toBe(true);
    expect(text).toContain('warn     Teams: TEAMS_PLAYGROUND lets anybody in');
  });

  describe('with a certificate', () => {
    const files = ['own', 'other'].map((name) => ({
      key: join(folder, `${name}.key`),
      certificate: join(folder, `${name}.pem`),
    }));
    beforeAll(() => {
      for (const { key: keyPath, certificate } of files)
        execFileSync(
          'openssl',
          [
            'req',
            '-x509',
            '-newkey',
            'rsa:2048',
            '-nodes',
            '-days',
            '400',
            '-subj',
            '/CN=isma.example',
            '-keyout',
            keyPath,
            '-out',
            certificate,
          ],
          { stdio: 'ignore' },
        );
    });
    const [own, other] = files as [(typeof files)[0], (typeof files)[0]];
    const settings = { ...service, ...teams, TEAMS_CLIENT_SECRET: undefined };

    it('signs in with it, and sends no secret', async () => {
      const { ok, text, asked } = await examine({
        ...settings,
        TEAMS_CERTIFICATE_FILE: own.certificate,
        TEAMS_PRIVATE_KEY_FILE: own.key,
      });

      expect(text).toMatch(/TEAMS_CERTIFICATE and its key belong together, for \d+ days more/);
      expect(text).toContain('Microsoft gives us a token, by certificate');
      expect(ok).toBe(true);
      expect(asked.get(entraToken)?.body).toContain('client_assertion=');
    });

    it('hears of a key that is not its key, of one that has expired, and of one that cannot be read', async () => {
      const expiredAt = new Date('2040-01-01T00:00:00Z');
      const config = readConfig({
        ...settings,
        TEAMS_CERTIFICATE_FILE: own.certificate,
        TEAMS_PRIVATE_KEY_FILE: own.key,
      });

      const swapped = await examine({
        ...settings,
        TEAMS_CERTIFICATE_FILE: own.certificate,
        TEAMS_PRIVATE_KEY_FILE: other.key,
      });
      const broken = await examine({
        ...settings,
        TEAMS_CERTIFICATE: readFileSync(own.certificate, 'utf8').replace(/\n.{20}/, '\n'),
        TEAMS_PRIVATE_KEY_FILE: own.key,
      });
      const late = await doctor({
        config,
        fetch: () => Promise.reject(new Error('offline')),
        now: expiredAt,
      });

      expect(swapped.text).toContain('wrong    Teams: TEAMS_PRIVATE_KEY is not the key of TEAMS_CERTIFICATE');
      expect(broken.text).toContain('wrong    Teams: TEAMS_CERTIFICATE or TEAMS_PRIVATE_KEY cannot be read');
      expect(linesText(late.lines)).toContain('wrong    Teams: TEAMS_CERTIFICATE has expired');
    });
  });
});
