/** Settings of the doors: the server that platforms call, Slack and Teams. Says what is missing of a beginning, and where to get it. */
import { z } from 'zod';

const filled = z.string().trim().min(1);

/** Several values, with commas between them. */
const list = z.string().transform((text) =>
  text
    .split(',')
    .map((part) => part.trim())
    .filter((part) => part !== ''),
);
const encryptionKey = z
  .string()
  .refine(
    (text) => Buffer.from(text, 'base64').byteLength === 32,
    'must be 32 random bytes in base64, as `openssl rand -base64 32` prints',
  );
const pem = (kind: string) =>
  filled
    .refine((text) => text.includes(`${kind}-----`), `must be PEM text with «-----BEGIN … ${kind}-----»`)
    .transform((text) => text.replaceAll('\\n', '\n')); // where a setting can have one line only

const portRange = 'must be a port, 0 to 65535';

/** The variables, each by itself; what they mean together is worked out below. */
export const platformVariables = {
  HOST: filled.default('0.0.0.0'),
  PORT: z.coerce.number(portRange).int(portRange).min(0, portRange).max(65_535, portRange).default(3978),
  PUBLIC_URL: z
    .url({
      protocol: /^https$/,
      error: 'must be the https:// address under which the platforms reach this service',
    })
    .optional(),
  SCREEN_URL: z
    .url({
      protocol: /^https?$/,
      error: 'must be the https:// address under which browsers reach this service',
    })
    .refine(
      (text) => /^https:|^http:\/\/(?:localhost|127\.0\.0\.1)(?::|\/|$)/.test(text),
      'must begin with https://: codes are typed there (http:// does on localhost alone, to try it)',
    )
    .transform((text) => new URL(text).origin)
    .optional(),
  ENCRYPTION_KEY: encryptionKey.optional(),
  ENCRYPTION_OLD_KEYS: list.pipe(z.array(encryptionKey)).default([]),
  SLACK_SIGNING_SECRET: filled.optional(),
  SLACK_BOT_TOKEN: filled.optional(),
  SLACK_APP_TOKEN: filled.optional(),
  SLACK_CLIENT_ID: filled.optional(),
  SLACK_CLIENT_SECRET: filled.optional(),
  SLACK_ALLOWED_WORKSPACES: list.default([]),
  SLACK_API_URL: z
    .url({ protocol: /^https?$/, error: 'must be an address such as https://slack.com/api/' })
    .optional(),
  TEAMS_CLIENT_ID: filled.optional(),
  TEAMS_TENANT_ID: filled.optional(),
  TEAMS_ALLOWED_TENANTS: list.default([]),
  TEAMS_CLIENT_SECRET: filled.optional(),
  TEAMS_CERTIFICATE: pem('CERTIFICATE').optional(),
  TEAMS_PRIVATE_KEY: pem('PRIVATE KEY').optional(),
  TEAMS_MANAGED_IDENTITY: filled.optional(),
  TEAMS_SERVICE_HOSTS: list.default([]),
  TEAMS_TOKEN_ISSUER: filled.default('https://api.botframework.com'),
  TEAMS_PLAYGROUND: z.enum(['yes', 'no'], 'must be yes or no').default('no'),
};

type PlatformVariables = z.output<z.ZodObject<typeof platformVariables>> & {
  DATABASE_URL?: string | undefined;
};

/** @returns the newest first */
export function encryptionKeysOf(env: PlatformVariables, context: z.RefinementCtx): string[] {
  if (env.ENCRYPTION_KEY !== undefined) return [env.ENCRYPTION_KEY, ...env.ENCRYPTION_OLD_KEYS];
  if (env.ENCRYPTION_OLD_KEYS.length > 0)
    missing(context)(
      'ENCRYPTION_KEY',
      'ENCRYPTION_OLD_KEYS only decrypt; `openssl rand -base64 32` makes one',
    );
  return [];
}

export interface SlackConfig {
  /** Secret of signed requests; null in Socket Mode. */
  signingSecret: string | null;
  /** Token of the one workspace; null where workspaces install by OAuth. */
  botToken: string | null;
  /** Set for Socket Mode. */
  appToken: string | null;
  /** Set where several workspaces install the app themselves. */
  oauth: { clientId: string; clientSecret: string; allowedWorkspaces: string[] } | null;
  apiUrl: string | null;
}

/** @returns null where nothing of Slack is set; what is missing of a beginning is named */
export function slackOf(env: PlatformVariables, context: z.RefinementCtx): SlackConfig | null {
  const given = Object.entries(env).some(
    ([name, value]) =>
      name.startsWith('SLACK_') && name !== 'SLACK_API_URL' && value !== undefined && !Array.isArray(value),
  );
  if (!given) return null;
  const miss = missing(context);
  const refuse = (name: string, message: string) =>
    context.addIssue({ code: 'custom', path: [name], message });
  const wantsOAuth = env.SLACK_CLIENT_ID !== undefined || env.SLACK_CLIENT_SECRET !== undefined;
  if (env.SLACK_APP_TOKEN === undefined && env.SLACK_SIGNING_SECRET === undefined)
    miss(
      'SLACK_SIGNING_SECRET',
      'api.slack.com/apps > your app > Basic Information > App Credentials; or SLACK_APP_TOKEN for Socket Mode',
    );
  if (wantsOAuth) {
    if (env.SLACK_CLIENT_ID === undefined)
      miss('SLACK_CLIENT_ID', 'api.slack.com/apps > your app > Basic Information > App Credentials');
    if (env.SLACK_CLIENT_SECRET === undefined)
      miss('SLACK_CLIENT_SECRET', 'api.slack.com/apps > your app > Basic Information > App Credentials');
    if (env.ENCRYPTION_KEY === undefined)
      miss('ENCRYPTION_KEY', 'tokens of workspaces are kept encrypted; `openssl rand -base64 32` makes one');
    if (env.SLACK_BOT_TOKEN !== undefined)
      refuse('SLACK_BOT_TOKEN', 'is for one workspace and SLACK_CLIENT_ID for several: set one of the two');
  } else if (env.SLACK_BOT_TOKEN === undefined)
    miss('SLACK_BOT_TOKEN', 'api.slack.com/apps > your app > OAuth & Permissions > Bot User OAuth Token');
  // A stand-in gives what tokens it likes; Slack's own kinds are easily taken one for the other.
  if (env.SLACK_API_URL === undefined) {
    if (env.SLACK_BOT_TOKEN?.startsWith('xoxb-') === false)
      refuse('SLACK_BOT_TOKEN', 'must be a bot token, which begins with xoxb-');
    if (env.SLACK_APP_TOKEN?.startsWith('xapp-') === false)
      refuse('SLACK_APP_TOKEN', 'must be an app-level token, which begins with xapp-');
  }
  return {
    signingSecret: env.SLACK_SIGNING_SECRET ?? null,
    botToken: env.SLACK_BOT_TOKEN ?? null,
    appToken: env.SLACK_APP_TOKEN ?? null,
    oauth: wantsOAuth
      ? {
          clientId: env.SLACK_CLIENT_ID ?? '',
          clientSecret: env.SLACK_CLIENT_SECRET ?? '',
          allowedWorkspaces: env.SLACK_ALLOWED_WORKSPACES,
        }
      : null,
    apiUrl: env.SLACK_API_URL ?? null,
  };
}

export type TeamsCredential =
  | { kind: 'secret'; secret: string }
  | { kind: 'certificate'; certificate: string; privateKey: string }
  /** Client id of the managed identity; the app's own where it is one itself. */
  | { kind: 'managed-identity'; identity: string };

export interface TeamsConfig {
  clientId: string;
  tenantId: string;
  /** Tenants whose people are answered; the first is the app's own. */
  allowedTenants: string[];
  credential: TeamsCredential;
  /** Hosts of the service besides Microsoft's documented ones, for a proxy or a test. */
  extraServiceHosts: string[];
  /** Issuer of the tokens that the service sends. */
  tokenIssuer: string;
}

/** @returns 'playground' for the local test client, which sends no tokens; null where nothing of Teams is set */
export function teamsOf(env: PlatformVariables, context: z.RefinementCtx): TeamsConfig | 'playground' | null {
  const given = Object.entries(env).filter(
    ([name, value]) =>
      /^(TEAMS_(CLIENT|TENANT|ALLOWED|CERT|PRIVATE|MANAGED|SERVICE))/.test(name) &&
      value !== undefined &&
      (!Array.isArray(value) || value.length > 0),
  );
  if (env.TEAMS_PLAYGROUND === 'yes') {
    const production = [
      ...given.map(([name]) => name),
      ...[
        'DATABASE_URL',
        'PUBLIC_URL',
        'SLACK_SIGNING_SECRET',
        'SLACK_BOT_TOKEN',
        'SLACK_APP_TOKEN',
        'SLACK_CLIENT_ID',
      ].filter((name) => env[name as keyof PlatformVariables] !== undefined),
    ];
    if (production.length > 0)
      context.addIssue({
        code: 'custom',
        path: ['TEAMS_PLAYGROUND'],
        message: `lets anybody in without a token, so it cannot stand beside ${production.join(', ')}`,
      });
    return 'playground';
  }
  if (given.length === 0) return null;
  const miss = missing(context);
  if (env.TEAMS_CLIENT_ID === undefined)
    miss('TEAMS_CLIENT_ID', 'portal.azure.com > App registrations > your app > Application (client) ID');
  if (env.TEAMS_TENANT_ID === undefined)
    miss('TEAMS_TENANT_ID', 'portal.azure.com > App registrations > your app > Directory (tenant) ID');
  if ((env.TEAMS_CERTIFICATE === undefined) !== (env.TEAMS_PRIVATE_KEY === undefined))
    miss(
      env.TEAMS_CERTIFICATE === undefined ? 'TEAMS_CERTIFICATE' : 'TEAMS_PRIVATE_KEY',
      'a certificate needs both, in PEM',
    );
  const credentials: TeamsCredential[] = [
    ...(env.TEAMS_CLIENT_SECRET === undefined
      ? []
      : [{ kind: 'secret' as const, secret: env.TEAMS_CLIENT_SECRET }]),
    ...(env.TEAMS_CERTIFICATE === undefined
      ? []
      : [
          {
            kind: 'certificate' as const,
            certificate: env.TEAMS_CERTIFICATE,
            privateKey: env.TEAMS_PRIVATE_KEY ?? '',
          },
        ]),
    ...(env.TEAMS_MANAGED_IDENTITY === undefined
      ? []
      : [{ kind: 'managed-identity' as const, identity: env.TEAMS_MANAGED_IDENTITY }]),
  ];
  const [credential = { kind: 'secret' as const, secret: '' }, ...more] = credentials;
  if (credentials.length === 0)
    miss(
      'TEAMS_CLIENT_SECRET',
      'App registrations > your app > Certificates & secrets; or TEAMS_CERTIFICATE with TEAMS_PRIVATE_KEY, or TEAMS_MANAGED_IDENTITY',
    );
  if (more.length > 0)
    context.addIssue({
      code: 'custom',
      path: ['TEAMS_CLIENT_SECRET'],
      message: 'secret, certificate and managed identity exclude each other: set one',
    });
  const tenantId = env.TEAMS_TENANT_ID ?? '';
  return {
    clientId: env.TEAMS_CLIENT_ID ?? '',
    tenantId,
    allowedTenants: [...new Set([tenantId, ...env.TEAMS_ALLOWED_TENANTS])],
    credential,
    extraServiceHosts: env.TEAMS_SERVICE_HOSTS,
    tokenIssuer: env.TEAMS_TOKEN_ISSUER,
  };
}

function missing(context: z.RefinementCtx) {
  return (name: string, where: string) =>
    context.addIssue({ code: 'custom', path: [name], message: `is missing: ${where}` });
}
