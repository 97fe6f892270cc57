import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { createTeamsDoor } from '../../../src/doors/teams/door.ts';
import type { Mode } from '../../../src/doors/teams/mode.ts';
import { isServiceUrlAllowed, isFileUrlAllowed } from '../../../src/doors/teams/service-hosts.ts';
import type { Log } from '../../../src/log.ts';
import { describeOnDatabases } from '../../support/databases.ts';
import { silentLog } from '../../support/harness.ts';
import type { TokenClaims } from '../../support/teams-issuer.ts';
import {
  clientId,
  memberOf,
  personOf,
  startTeams,
  tenant,
  type TeamsService,
} from '../../support/teams-service.ts';

let count = 0;
let erin = personOf('erin@test.example', 'Erin Employee');

describeOnDatabases('the Teams gate', (test) => {
  let teams: TeamsService;
  const warnings: Record<string, unknown>[] = [];

  beforeAll(async () => {
    const log: Log = { ...silentLog, warn: (fields) => void warnings.push(fields) };
    teams = await startTeams({ db: test.db, log });
  });
  afterAll(() => teams.stop());
  beforeEach(() => {
    // Somebody new each time: the database is emptied, and the door remembers whom it has kept.
    erin = personOf(`erin${(count += 1)}@test.example`, 'Erin Employee');
    teams.connector.calls.length = 0;
    teams.connector.members.set(erin.id, memberOf(erin));
  });

  const stored = async () =>
    (await test.db.query("select 1 from inbox where platform = 'teams'")).rowCount ?? 0;

  it('lets in what the service has signed for this app, this tenant and this address', async () => {
    const { status } = await teams.post(teams.activity(erin, { text: 'help' }));
    await teams.quiet();

    expect(status).toBe(200);
    expect(await stored()).toBe(1);
  });

  const badTokens: [string, TokenClaims | 'no token'][] = [
    ['no token', 'no token'],
    ['a token for another app', { audience: 'another-client' }],
    ['a token of a foreign issuer', { issuer: 'https://issuer.example' }],
    ['a token that Entra made for us', { issuer: `https://login.microsoftonline.com/${tenant}/v2.0` }],
    ['a token of the older Entra', { issuer: `https://sts.windows.net/${tenant}/` }],
    ['a token that has run out', { expires: -400 }],
    ['a token that is not valid yet', { notBefore: 400 }],
    ['a token with a forged signature', { signedBy: 'forger' }],
    ['a token that nobody signed', { signedBy: 'nobody' }],
    ['a token signed with the public key as a password', { algorithm: 'HS256' }],
    ['a token without a service address', { serviceUrl: null }],
  ];

  it.each(badTokens)('turns away %s, without a word of why', async (_name, claims) => {
    const activity = teams.activity(erin, { text: 'help' });
    const answer = await teams.post(activity, claims);

    expect(answer).toEqual({ status: 401, body: null });
    expect(await stored()).toBe(0);
  });

  it('forgives clocks that differ by less than five minutes', async () => {
    const late = await teams.post(teams.activity(erin, { text: 'help' }), { expires: -200 });
    const early = await teams.post(teams.activity(erin, { text: 'help' }), { notBefore: 200 });
    await teams.quiet();

    expect([late.status, early.status]).toEqual([200, 200]);
  });

  it.each([
    ['another channel', { channelId: 'directline' }],
    [
      'a tenant that is not on the list',
      { conversation: { id: 'a:1', conversationType: 'personal', tenantId: 'foreign' } },
    ],
    ['two tenants of which one is foreign', { channelData: { tenant: { id: 'foreign' } } }],
    ['no tenant', { conversation: { id: 'a:1', conversationType: 'personal' }, channelData: {} }],
  ])('turns away an activity of %s', async (_name, parts) => {
    const answer = await teams.post(teams.activity(erin, { text: 'help', ...parts }));

    expect(answer).toEqual({ status: 403, body: null });
    expect(await stored()).toBe(0);
  });

  it.each([
    'https://evil.example/teams/',
    'https://evil.trafficmanager.net/teams/',
    'https://smba.trafficmanager.net.evil.example/',
    'https://smba.trafficmanager.net@evil.example/',
    'http://smba.trafficmanager.net/teams/',
    'https://smba.trafficmanager.net:8443/teams/',
    'https://smbа.trafficmanager.net/teams/',
    'http://localhost:9/teams',
    'file:///etc/hosts',
    'no address',
  ])('turns away the service address %s, though the token names it', async (serviceUrl) => {
    const answer = await teams.post(teams.activity(erin, { text: 'help', serviceUrl }), { serviceUrl });

    expect([401, 403]).toContain(answer.status);
    expect(answer.body).toBeNull();
    expect(await stored()).toBe(0);
    expect(teams.connector.calls).toEqual([]);
  });

  it('turns away an address that the token does not name, and takes one written another way', async () => {
    const activity = teams.activity(erin, { text: 'help' });
    const other = await teams.post(activity, { serviceUrl: `${teams.connector.url}/other` });
    const same = await teams.post(activity, { serviceUrl: `${teams.connector.url}/TEAMS` });
    await teams.quiet();

    expect([other.status, same.status]).toEqual([403, 200]);
  });

  it('turns away ids that would change the path of a call', async () => {
    const parts = { conversation: { id: 'a:1/../../x', conversationType: 'personal', tenantId: tenant } };
    const { status } = await teams.post(teams.activity(erin, { text: 'help', ...parts }));

    expect(status).toBe(400);
  });

  it('turns away a body of over a megabyte, and one that is no JSON', async () => {
    const large = await teams.post(teams.activity(erin, { text: 'x'.repeat(1_100_000) }));
    const broken = await teams.post('{"type":', { serviceUrl: teams.connector.url });

    expect([large.status, broken.status]).toEqual([413, 400]);
    expect(await stored()).toBe(0);
  });

  it('says why in the log, with nothing of the person in it', async () => {
    await teams.post(teams.activity(erin, { text: 'a secret' }), { audience: 'another' });

    expect(warnings).toContainEqual({
      door: 'teams',
      status: 401,
      reason: 'ERR_JWT_CLAIM_VALIDATION_FAILED',
    });
    expect(JSON.stringify(warnings)).not.toContain('secret');
  });

  it('answers 503 while the keys cannot be had, so that nothing is lost', async () => {
    const door = createTeamsDoor({
      mode: production,
      references: { keep: () => Promise.resolve(), find: () => Promise.resolve(null) },
      shortcuts: [],
      log: silentLog,
      openIdKeysUrl: 'http://127.0.0.1:1/keys',
    });
    const { createServer } = await import('node:http');
    const server = createServer((request, response) => void door.routes[0]?.handle(request, response));
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as { port: number };
    const token = await teams.issuer.token({ serviceUrl: 'https://smba.trafficmanager.net/teams/' });
    const { status } = await fetch(`http://127.0.0.1:${port}/`, { method: 'POST', headers: { authorization: `Bearer ${token}` }, body: '{}' }); // prettier-ignore
    server.close();

    expect(status).toBe(503);
  });
});

const production: Mode = {
  kind: 'production',
  clientId,
  tenantId: tenant,
  allowedTenants: [tenant],
  credential: { kind: 'secret', secret: 'x' },
  extraServiceHosts: ['proxy.example:8443'],
  tokenIssuer: 'https://api.botframework.com',
};
const options = { references: { keep: () => Promise.resolve(), find: () => Promise.resolve(null) }, shortcuts: [], log: silentLog }; // prettier-ignore

describe('hosts', () => {
  it.each([
    'https://smba.trafficmanager.net/emea/',
    'https://smba.infra.gcc.teams.microsoft.com/teams',
    'https://smba.infra.gov.teams.microsoft.us/teams',
    'https://smba.infra.dod.teams.microsoft.us/teams',
    'https://proxy.example:8443/teams',
  ])('takes %s', (url) => {
    expect(isServiceUrlAllowed(production, url)).toBe(true);
  });

  it('takes no other port of a listed host, and nothing from this machine in production', () => {
    expect(isServiceUrlAllowed(production, 'https://proxy.example/teams')).toBe(false);
    expect(isServiceUrlAllowed(production, 'http://127.0.0.1:5000/')).toBe(false);
  });

  it('takes nothing but this machine in the playground', () => {
    expect(isServiceUrlAllowed({ kind: 'playground' }, 'http://127.0.0.1:56150/_connector')).toBe(true);
    expect(isServiceUrlAllowed({ kind: 'playground' }, 'https://smba.trafficmanager.net/teams/')).toBe(false);
  });

  it.each([
    ['https://company-my.sharepoint.com/personal/erin/_api/upload', true],
    ['http://company-my.sharepoint.com/upload', false],
    ['https://sharepoint.com.evil.example/upload', false],
    ['https://evilsharepoint.com/upload', false],
    ['https://a.b.sharepoint.com/upload', false],
    ['https://127.0.0.1/upload', false],
  ])('puts a file to %s: %s', (url, allowed) => {
    expect(isFileUrlAllowed(production, url)).toBe(allowed);
  });
});

describe('the Teams door', () => {
  it('is not built with half a setting, nor with an empty secret', () => {
    const empty: Mode = { ...production, credential: { kind: 'secret', secret: ' ' } };

    expect(() => createTeamsDoor({ ...options, mode: { ...production, clientId: '' } })).toThrow('client id');
    expect(() => createTeamsDoor({ ...options, mode: { ...production, allowedTenants: [] } })).toThrow(
      'tenants',
    );
    expect(() => createTeamsDoor({ ...options, mode: empty })).toThrow('secret');
  });

  it('is not built for the playground beside a production setting', () => {
    const both = { ...production, kind: 'playground' } as unknown as Mode;

    expect(() => createTeamsDoor({ ...options, mode: both })).toThrow('playground mode');
  });
});
