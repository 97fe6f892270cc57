/** The doctor's look at Slack: tokens, scopes, secrets, Socket Mode, and what several workspaces need. */
import type { SlackConfig } from '../config/platforms.ts';
import { missing, ok, warn, wrong, type Answer, type Ask, type Line } from './tools.ts';
import { slackScopes } from '../doors/slack/manifest.ts';

const app = 'api.slack.com/apps > your app';

const lostWithout: Record<string, string> = {
  'users:read.email': 'people are not recognised by their e-mail address',
  'files:read': 'files that people attach as evidence cannot be fetched',
  'files:write': 'files and pictures cannot be sent',
};

export async function slackLines(
  { signingSecret, botToken, appToken, oauth, apiUrl }: SlackConfig,
  publicUrl: string | null,
  ask: Ask,
): Promise<Line[]> {
  const api = apiUrl === null ? 'https://slack.com/api/' : apiUrl.replace(/\/?$/, '/');

  function call(method: string, token: string | null, body: Record<string, string> = {}) {
    return ask(`${api}${method}`, {
      method: 'POST',
      body: new URLSearchParams(body),
      ...(token === null ? {} : { headers: { authorization: `Bearer ${token}` } }),
    });
  }

  async function tokenLines(token: string): Promise<Line[]> {
    const answer = await call('auth.test', token);
    const where = `${app} > OAuth & Permissions > Bot User OAuth Token`;
    const problem = problemOf(answer);
    if (typeof answer === 'string' || problem !== null) return [refused('SLACK_BOT_TOKEN', problem, where)];
    const { team, team_id: id, bot_id: bot } = answer.json;
    if (typeof bot !== 'string')
      return [wrong('SLACK_BOT_TOKEN is the token of a person, not of a bot', where)];
    return [
      ok(`SLACK_BOT_TOKEN works in the workspace ${String(team)} (${String(id)})`),
      ...scopeLines(answer.headers.get('x-oauth-scopes')),
    ];
  }

  async function socketLines(token: string): Promise<Line[]> {
    const problem = problemOf(await call('apps.connections.open', token));
    const where = `${app} > Basic Information > App-Level Tokens (scope connections:write), and Socket Mode switched on`;
    return problem === null
      ? [ok('SLACK_APP_TOKEN opens Socket Mode: events come without a public address')]
      : [refused('SLACK_APP_TOKEN', problem, where)];
  }

  /** Slack looks at who asks before it looks at the code, which is made up here. */
  async function oauthLines({ clientId, clientSecret }: NonNullable<SlackConfig['oauth']>): Promise<Line[]> {
    const where = `${app} > Basic Information > App Credentials`;
    const answer = await call('oauth.v2.access', null, {
      client_id: clientId,
      client_secret: clientSecret,
      code: 'doctor',
    });
    const problem = problemOf(answer);
    const known =
      problem === 'invalid_code'
        ? ok('SLACK_CLIENT_ID and SLACK_CLIENT_SECRET belong together')
        : problem === 'invalid_client_id' || problem === 'bad_client_secret'
          ? wrong(
              `${problem === 'invalid_client_id' ? 'SLACK_CLIENT_ID' : 'SLACK_CLIENT_SECRET'} is refused (${problem})`,
              where,
            )
          : refused('SLACK_CLIENT_ID', problem, where);
    const address =
      publicUrl === null
        ? missing(
            'PUBLIC_URL is not set, and Slack must send people back to it',
            'the https:// address of this service',
          )
        : ok(
            `workspaces install at ${publicUrl}/slack/install, and come back to ${publicUrl}/slack/oauth_redirect`,
          );
    return [known, address];
  }

  const groups = await Promise.all([
    botToken === null ? [] : tokenLines(botToken),
    appToken === null ? signingLines(signingSecret) : socketLines(appToken),
    oauth === null ? [] : oauthLines(oauth),
  ]);
  return groups.flat().map((line) => ({ ...line, what: `Slack: ${line.what}` }));
}

function scopeLines(header: string | null): Line[] {
  const where = `${app} > OAuth & Permissions > Scopes > Bot Token Scopes, then Reinstall to Workspace`;
  if (header === null) return [warn('it did not say which scopes are granted', where)];
  const granted = header.split(',').map((scope) => scope.trim());
  const { needed, optional } = slackScopes();
  const lacking = needed.filter((scope) => !granted.includes(scope));
  const refusedOnes = optional.filter((scope) => !granted.includes(scope));
  const surplus = granted.filter((scope) => scope !== '' && ![...needed, ...optional].includes(scope));
  return [
    ...(lacking.length === 0
      ? [ok(`all ${needed.length} scopes that Isma needs are granted`)]
      : lacking.map((scope) => missing(`the scope ${scope} is not granted`, where))),
    ...refusedOnes.map((scope) =>
      warn(
        `the optional scope ${scope} is not granted: ${lostWithout[scope] ?? 'something is left out'}`,
        where,
      ),
    ),
    ...(surplus.length === 0
      ? []
      : [warn(`scopes that Isma does not need are granted: ${surplus.join(', ')}`, where)]),
  ];
}

function signingLines(secret: string | null): Line[] {
  const where = `${app} > Basic Information > App Credentials > Signing Secret`;
  if (secret === null) return [missing('SLACK_SIGNING_SECRET is not set', where)];
  return /^[0-9a-f]{32}$/.test(secret)
    ? [ok('SLACK_SIGNING_SECRET has the right shape (the first event shows whether it is the right one)')]
    : [wrong('SLACK_SIGNING_SECRET is not 32 hexadecimal digits', where)];
}

/** The name of the error; null for none. */
function problemOf(answer: Answer | string): string | null {
  if (typeof answer === 'string') return answer;
  if (answer.status === 429) return 'asked too often, try again in a minute';
  if (answer.json.ok === true) return null;
  const { error } = answer.json;
  return typeof error === 'string' && /^[a-z_]{1,60}$/.test(error) ? error : `status ${answer.status}`;
}

function refused(name: string, problem: string | null, where: string): Line {
  if (problem !== null && /^(no|nobody|its|the|asked|status) /.test(problem))
    return wrong(
      `${name} could not be checked, Slack was not reached: ${problem}`,
      'the network of this machine, or SLACK_API_URL',
    );
  const hint: Record<string, string> = {
    token_expired: ': it is renewed every 12 hours, which only installing by OAuth can follow',
    missing_scope: ': it lacks the scope connections:write',
  };
  return wrong(`${name} is refused (${problem}${hint[problem ?? ''] ?? ''})`, where);
}
