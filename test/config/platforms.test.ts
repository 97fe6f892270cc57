/** Settings of the server, of Slack and of Teams: a beginning names what it still lacks, and what excludes each other says so. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { readConfig } from '../../src/config/config.ts';

const key = Buffer.alloc(32, 'one').toString('base64');
const otherKey = Buffer.alloc(32, 'two').toString('base64');
const pem = (kind: string) => `-----BEGIN ${kind}-----\nbWFkZSB1cA==\n-----END ${kind}-----`;

const oneWorkspace = { SLACK_SIGNING_SECRET: 'made-up', SLACK_BOT_TOKEN: 'xoxb-1' };
const manyWorkspaces = {
  SLACK_SIGNING_SECRET: 'made-up',
  SLACK_CLIENT_ID: '1.2',
  SLACK_CLIENT_SECRET: 'made-up',
  SLACK_ALLOWED_WORKSPACES: 'T1, T2',
  ENCRYPTION_KEY: key,
};
const teams = { TEAMS_CLIENT_ID: 'app', TEAMS_TENANT_ID: 'home', TEAMS_CLIENT_SECRET: 'made-up' };

function complaintOf(settings: Record<string, string>): string {
  try {
    readConfig(settings);
  } catch (error) {
    return (error as Error).message;
  }
  return '';
}

describe('the settings of the server', () => {
  it('are an address without a slash at its end, and keys with the newest first', () => {
    const config = readConfig({
      HOST: '127.0.0.1',
      PORT: '8080',
      PUBLIC_URL: 'https://isma.meadow.example/',
      ENCRYPTION_KEY: key,
      ENCRYPTION_OLD_KEYS: ` ${otherKey} , ${key}`,
    });

    expect(config.server).toEqual({
      host: '127.0.0.1',
      port: 8080,
      publicUrl: 'https://isma.meadow.example',
    });
    expect(config.encryptionKeys).toEqual([key, otherKey, key]);
  });

  it('refuse old keys without a new one', () => {
    expect(complaintOf({ ENCRYPTION_OLD_KEYS: key })).toContain('ENCRYPTION_KEY is missing');
  });
});

describe('the settings of Slack', () => {
  it('are complete for one workspace by HTTP, for one by Socket Mode, and for several', () => {
    expect(readConfig(oneWorkspace).slack).toEqual({
      signingSecret: 'made-up',
      botToken: 'xoxb-1',
      appToken: null,
      oauth: null,
      apiUrl: null,
    });
    expect(readConfig({ SLACK_BOT_TOKEN: 'xoxb-1', SLACK_APP_TOKEN: 'xapp-1' }).slack).toMatchObject({
      signingSecret: null,
      appToken: 'xapp-1',
    });
    expect(readConfig(manyWorkspaces).slack).toMatchObject({
      botToken: null,
      oauth: { clientId: '1.2', clientSecret: 'made-up', allowedWorkspaces: ['T1', 'T2'] },
    });
  });

  it('of a stand-in may be any; those of Slack itself are told apart by how they begin', () => {
    const odd = { SLACK_SIGNING_SECRET: 'x', SLACK_BOT_TOKEN: 'odd' };

    expect(readConfig({ ...odd, SLACK_API_URL: 'http://127.0.0.1:4000/api/' }).slack?.botToken).toBe('odd');
    expect(complaintOf(odd)).toContain('SLACK_BOT_TOKEN must be a bot token, which begins with xoxb-');
  });

  it('are none where only the address of a stand-in is set', () => {
    expect(readConfig({ SLACK_API_URL: 'http://127.0.0.1:4000/api/' }).slack).toBeNull();
  });

  it.each<[string, Record<string, string>, string[]]>([
    ['a bot token alone', { SLACK_BOT_TOKEN: 'xoxb-1' }, ['SLACK_SIGNING_SECRET is missing: api.slack.com/apps']],
    ['a signing secret alone', { SLACK_SIGNING_SECRET: 'x' }, ['SLACK_BOT_TOKEN is missing: api.slack.com/apps']],
    ['an app token alone', { SLACK_APP_TOKEN: 'xapp-1' }, ['SLACK_BOT_TOKEN is missing']],
    ['a client id alone', { SLACK_CLIENT_ID: '1.2' }, ['SLACK_SIGNING_SECRET is missing', 'SLACK_CLIENT_SECRET is missing', 'ENCRYPTION_KEY is missing']],
    ['a client secret alone', { SLACK_CLIENT_SECRET: 'x' }, ['SLACK_SIGNING_SECRET is missing', 'SLACK_CLIENT_ID is missing', 'ENCRYPTION_KEY is missing']],
    ['tokens of both kinds', { ...manyWorkspaces, SLACK_BOT_TOKEN: 'xoxb-1' }, ['SLACK_BOT_TOKEN is for one workspace and SLACK_CLIENT_ID for several: set one of the two']],
  ])('of %s say what is missing, and where to get it', (_what, settings, complaints) => {
    const complaint = complaintOf(settings);

    for (const part of complaints) expect(complaint).toContain(part);
    expect(complaint.match(/^ {2}\S/gm)).toHaveLength(complaints.length);
  }); // prettier-ignore
});

describe('the settings of Teams', () => {
  it('are complete with a secret, a certificate or a managed identity', () => {
    const ids = { TEAMS_CLIENT_ID: 'app', TEAMS_TENANT_ID: 'home' };
    const certificate = { TEAMS_CERTIFICATE: pem('CERTIFICATE'), TEAMS_PRIVATE_KEY: pem('PRIVATE KEY') };
    const credentialOf = (settings: Record<string, string>) => {
      const { teams: config } = readConfig(settings);
      return config === 'playground' ? null : config?.credential;
    };

    expect(credentialOf(teams)).toEqual({ kind: 'secret', secret: 'made-up' });
    expect(credentialOf({ ...ids, ...certificate })).toMatchObject({ kind: 'certificate' });
    expect(credentialOf({ ...ids, TEAMS_MANAGED_IDENTITY: 'id' })).toEqual({
      kind: 'managed-identity',
      identity: 'id',
    });
  });

  it('allow the own tenant first, then those that are listed, each once', () => {
    const { teams: config } = readConfig({ ...teams, TEAMS_ALLOWED_TENANTS: 'other, home ,third' });

    expect(config).toMatchObject({ tenantId: 'home', allowedTenants: ['home', 'other', 'third'] });
  });

  it('take a certificate on one line, as some places can only hold it', () => {
    const { teams: config } = readConfig({
      TEAMS_CLIENT_ID: 'app',
      TEAMS_TENANT_ID: 'home',
      TEAMS_CERTIFICATE: pem('CERTIFICATE').replaceAll('\n', '\\n'),
      TEAMS_PRIVATE_KEY: pem('RSA PRIVATE KEY').replaceAll('\n', '\\n'),
    });

    expect(config).toMatchObject({
      credential: { certificate: pem('CERTIFICATE'), privateKey: pem('RSA PRIVATE KEY') },
    });
  });

  it.each<[string, Record<string, string>, string[]]>([
    ['an app id alone', { TEAMS_CLIENT_ID: 'app' }, ['TEAMS_TENANT_ID is missing: portal.azure.com', 'TEAMS_CLIENT_SECRET is missing']],
    ['a secret alone', { TEAMS_CLIENT_SECRET: 'x' }, ['TEAMS_CLIENT_ID is missing: portal.azure.com', 'TEAMS_TENANT_ID is missing']],
    ['allowed tenants alone', { TEAMS_ALLOWED_TENANTS: 'x' }, ['TEAMS_CLIENT_ID is missing', 'TEAMS_TENANT_ID is missing', 'TEAMS_CLIENT_SECRET is missing']],
    ['a certificate without its key', { TEAMS_CLIENT_ID: 'app', TEAMS_TENANT_ID: 'home', TEAMS_CERTIFICATE: pem('CERTIFICATE') }, ['TEAMS_PRIVATE_KEY is missing: a certificate needs both']],
    ['a key without its certificate', { ...teams, TEAMS_PRIVATE_KEY: pem('PRIVATE KEY') }, ['TEAMS_CERTIFICATE is missing: a certificate needs both']],
    ['a secret beside a managed identity', { ...teams, TEAMS_MANAGED_IDENTITY: 'id' }, ['TEAMS_CLIENT_SECRET secret, certificate and managed identity exclude each other']],
  ])('of %s say what is missing, and where to get it', (_what, settings, complaints) => {
    const complaint = complaintOf(settings);

    for (const part of complaints) expect(complaint).toContain(part);
    expect(complaint.match(/^ {2}\S/gm)).toHaveLength(complaints.length);
  }); // prettier-ignore

  it('are the playground only where it is asked for', () => {
    expect(readConfig({ TEAMS_PLAYGROUND: 'yes' }).teams).toBe('playground');
    expect(readConfig({ TEAMS_PLAYGROUND: 'no' }).teams).toBeNull();
    expect(readConfig({ TEAMS_PLAYGROUND: 'no', ...teams }).teams).toMatchObject({ clientId: 'app' });
  });

  it.each<[string, Record<string, string>]>([
    ['DATABASE_URL', { DATABASE_URL: 'postgres://localhost/isma' }],
    ['PUBLIC_URL', { PUBLIC_URL: 'https://isma.meadow.example' }],
    ['SLACK_SIGNING_SECRET, SLACK_BOT_TOKEN', oneWorkspace],
    ['TEAMS_CLIENT_ID, TEAMS_TENANT_ID, TEAMS_CLIENT_SECRET', teams],
    ['TEAMS_ALLOWED_TENANTS', { TEAMS_ALLOWED_TENANTS: 'home' }],
    ['TEAMS_SERVICE_HOSTS', { TEAMS_SERVICE_HOSTS: 'proxy.example' }],
  ])('refuse the playground beside %s', (names, settings) => {
    const complaint = complaintOf({ TEAMS_PLAYGROUND: 'yes', ...settings });

    expect(complaint).toContain(
      'TEAMS_PLAYGROUND lets anybody in without a token, so it cannot stand beside',
    );
    for (const name of names.split(', ')) expect(complaint).toContain(name);
  });
});

describe('secrets', () => {
  it.each<[string, string, Record<string, string>, string]>([
    ['DATABASE_URL', 'postgres://localhost/isma', {}, 'databaseUrl'],
    ['OPENAI_API_KEY', 'from a file', {}, 'apiKey'],
    ['EMBEDDING_API_KEY', 'from a file', { OPENAI_API_KEY: 'x' }, 'apiKey'],
    ['S3_SECRET_ACCESS_KEY', 'from a file', { S3_ENDPOINT: 'https://s3.example', S3_BUCKET: 'isma', S3_ACCESS_KEY_ID: 'id' }, 'secretAccessKey'],
    ['ENCRYPTION_KEY', key, {}, 'encryptionKeys'],
    ['ENCRYPTION_OLD_KEYS', otherKey, { ENCRYPTION_KEY: key }, 'encryptionKeys'],
    ['SLACK_SIGNING_SECRET', 'from a file', { SLACK_BOT_TOKEN: 'xoxb-1' }, 'signingSecret'],
    ['SLACK_BOT_TOKEN', 'xoxb-from-a-file', { SLACK_SIGNING_SECRET: 'x' }, 'botToken'],
    ['SLACK_APP_TOKEN', 'xapp-from-a-file', { SLACK_BOT_TOKEN: 'xoxb-1' }, 'appToken'],
    ['SLACK_CLIENT_SECRET', 'from a file', manyWorkspaces, 'clientSecret'],
    ['TEAMS_CLIENT_SECRET', 'from a file', teams, 'secret'],
    ['TEAMS_CERTIFICATE', pem('CERTIFICATE'), { TEAMS_CLIENT_ID: 'app', TEAMS_TENANT_ID: 'home', TEAMS_PRIVATE_KEY: pem('PRIVATE KEY') }, 'certificate'],
    ['TEAMS_PRIVATE_KEY', pem('PRIVATE KEY'), { TEAMS_CLIENT_ID: 'app', TEAMS_TENANT_ID: 'home', TEAMS_CERTIFICATE: pem('CERTIFICATE') }, 'privateKey'],
  ])('%s may stand in a file', (name, value, others, place) => {
    const folder = mkdtempSync(join(tmpdir(), 'isma-config-'));
    onTestFinished(() => rmSync(folder, { recursive: true }));
    const path = join(folder, 'secret');
    writeFileSync(path, `${value}\n`);

    const config = JSON.stringify(readConfig({ ...others, [name]: undefined, [`${name}_FILE`]: path }));

    expect(config).toMatch(new RegExp(`"${place}":[["].*${JSON.stringify(value).slice(1, -1).replace(/[.*+?^${}()|[\]\\]/g, '\\$&')}`));
  }); // prettier-ignore

  it('are never repeated by a complaint', () => {
    const complaint = complaintOf({
      SLACK_BOT_TOKEN: 'hunter22',
      TEAMS_CERTIFICATE: 'hunter22',
      ENCRYPTION_KEY: 'hunter22',
    });

    expect(complaint).toContain('ENCRYPTION_KEY');
    expect(complaint).not.toContain('hunter22');
    expect(complaintOf({ SLACK_SIGNING_SECRET: 'x', SLACK_BOT_TOKEN: 'hunter22' })).not.toContain('hunter22');
  });
});

describe('each setting', () => {
  const root = join(import.meta.dirname, '../..');
  const names = ['src/config/config.ts', 'src/config/files.ts', 'src/config/platforms.ts'].flatMap((path) =>
    [...readFileSync(join(root, path), 'utf8').matchAll(/^ +([A-Z][A-Z0-9_]+): (?!str|num|')/gm)].map(
      (match) => match[1] ?? '',
    ),
  );

  it('is explained in .env.example, the one table of them', () => {
    const text = readFileSync(join(root, '.env.example'), 'utf8');

    expect(names.length).toBeGreaterThanOrEqual(40);
    expect(names.filter((name) => !new RegExp(`\\b${name}\\b`).test(text))).toEqual([]);
  });

  it('of .env.example may be copied as it is', () => {
    const text = readFileSync(join(root, '.env.example'), 'utf8');
    const settings = [...text.matchAll(/^([A-Z0-9_]+)=(.*)$/gm)].map(
      ([, name = '', value = '']): [string, string] => [name, value],
    );

    expect(readConfig(Object.fromEntries(settings))).toEqual(readConfig({}));
  });
});
