/** Workspaces that install the app themselves: state, tokens and their rotation, and what happens when one takes it out. */
import { createHmac } from 'node:crypto';
import type { ServerResponse } from 'node:http';
import type { HTTPReceiver, HTTPReceiverOptions, Installation, InstallationStore } from '@slack/bolt';
import { z } from 'zod';
import type { Installations } from '../../conversation/installation.ts';
import { describeError, type Log } from '../../log.ts';
import { platform } from './address.ts';
import type { ClientOptions, Tokens } from './client.ts';

/** What the app asks a workspace for; the manifest lists the same. */
export const requiredScopes = [
  'app_mentions:read',
  'assistant:write',
  'chat:write',
  'commands',
  'im:history',
  'im:write',
  'users:read',
] as const;
export const optionalScopes = ['users:read.email', 'files:read', 'files:write'] as const;

export const installPath = '/slack/install';
export const redirectPath = '/slack/oauth_redirect';

export interface OAuthOptions {
  oauth: {
    clientId: string;
    clientSecret: string;
    /** Workspaces that may install the app, whose people are ours; empty for the first that does, and no other. */
    allowedWorkspaces: string[];
  };
  /** Where a stand-in for Slack listens; null for Slack itself. */
  apiUrl: string | null;
  publicUrl: string | null;
  installations: Installations;
  clientOptions: ClientOptions;
  clock: () => Date;
  log: Log;
}

/** When an installation was saved, so that a late word of an earlier uninstall does not undo it. */
const Saved = z.looseObject({ savedAt: z.number() });

/** The part of Bolt's receiver that serves the two pages. */
export function installerOptions(options: OAuthOptions): Partial<HTTPReceiverOptions> {
  const { oauth, apiUrl, publicUrl, clientOptions } = options;
  return {
    clientId: oauth.clientId,
    clientSecret: oauth.clientSecret,
    stateSecret: stateSecretOf(oauth.clientSecret),
    scopes: [...requiredScopes, ...optionalScopes],
    ...(publicUrl === null ? {} : { redirectUri: `${publicUrl.replace(/\/$/, '')}${redirectPath}` }),
    installationStore: installationStore(options),
    installerOptions: {
      authVersion: 'v2',
      installPath,
      redirectUriPath: redirectPath,
      directInstall: false,
      clientOptions,
      ...(apiUrl === null ? {} : { authorizationUrl: new URL('/oauth/v2/authorize', apiUrl).href }),
      renderHtmlForInstallPath: (url) =>
        page(
          'Add Isma to Slack',
          `<p><a href="${html(url)}">Add to Slack</a></p><p>Slack asks you once more what Isma may do.</p>`,
        ),
      callbackOptions: {
        success: (_installation, _options, _request, response) =>
          answer(
            response,
            200,
            'Isma is in your workspace',
            '<p>Write to it in Slack: it is under Apps. You can close this page.</p>',
          ),
        failure: (error, _options, _request, response) => {
          options.log.warn(describeError(error), 'an installation was refused');
          if ((error as unknown) instanceof NotOurs)
            return answer(
              response,
              400,
              'This workspace cannot have Isma',
              `<p>It is not among those that whoever runs Isma has named. If it is yours, ask them to add ${html((error as unknown as NotOurs).team)} to SLACK_ALLOWED_WORKSPACES.</p>`,
            );
          answer(
            response,
            400,
            'That did not work',
            `<p>This link is too old, belongs to another browser, or was stopped half-way. <a href="${installPath}">Begin again</a>.</p>`,
          );
        },
      },
    },
  };
}

/** Signs the state of an installation under way: known to us alone, the same in every process, and one secret less to keep. */
function stateSecretOf(clientSecret: string): string {
  return createHmac('sha256', clientSecret).update('state of an installation').digest('hex');
}

class NotOurs extends Error {
  override name = 'NotOurs';
  readonly team: string;

  constructor(team: string) {
    super('That workspace is not among those that may install the app.');
    this.team = team;
  }
}

/** Whether an admin listed the workspace, or where none is listed it was the first: its people are ours, and those of no other. */
export async function isOurs(
  { oauth: { allowedWorkspaces }, installations }: Pick<OAuthOptions, 'oauth' | 'installations'>,
  team: string,
): Promise<boolean> {
  return allowedWorkspaces.length === 0
    ? installations.isFirst(platform, team)
    : allowedWorkspaces.includes(team);
}

function installationStore(options: OAuthOptions): InstallationStore {
  const { installations, clock } = options;
  return {
    async storeInstallation(installation) {
      const team = installation.team?.id;
      if (installation.isEnterpriseInstall === true || team === undefined)
        throw new Error('The app is installed a workspace at a time, not for a whole organisation.');
      if (!(await isOurs(options, team))) throw new NotOurs(team);
      await installations.save(
        platform,
        team,
        JSON.stringify({ ...installation, savedAt: clock().getTime() }),
      );
    },
    async fetchInstallation({ teamId }) {
      const secret = teamId === undefined ? null : await installations.find(platform, teamId);
      if (secret === null) throw new Error('The workspace has not installed the app.');
      return JSON.parse(secret) as Installation;
    },
    async deleteInstallation({ teamId }) {
      if (teamId !== undefined) await installations.remove(platform, teamId);
    },
  };
}

/** Bolt refreshes a token two hours before its end and saves it; calls at once share one refresh. */
export function installedTokens(receiver: HTTPReceiver, options: OAuthOptions): Tokens {
  const { installations, clock, log } = options;
  const { installer } = receiver as unknown as {
    installer: { authorize(query: object): Promise<{ botToken?: string }> };
  };
  const asked = new Map<string, Promise<string | null>>();

  async function ask(team: string): Promise<string | null> {
    const secret = (await isOurs(options, team)) ? await installations.find(platform, team) : null;
    if (secret === null) return null;
    try {
      const { botToken } = await installer.authorize({ teamId: team, isEnterpriseInstall: false });
      return botToken ?? null;
    } catch (error) {
      // It was to be refreshed early: the token of before holds for a while yet.
      const { bot } = JSON.parse(secret) as Installation;
      if ((bot?.expiresAt ?? 0) * 1_000 <= clock().getTime()) throw error;
      log.warn({ team, ...describeError(error) }, 'a token could not be refreshed yet');
      return bot?.token ?? null;
    }
  }
  return {
    find(team) {
      const running = asked.get(team) ?? ask(team).finally(() => asked.delete(team));
      asked.set(team, running);
      return running;
    },
    async teams() {
      const ours: string[] = [];
      for (const team of await installations.tenants(platform))
        if (await isOurs(options, team)) ours.push(team);
      return ours;
    },
  };
}

/** @param at  when the workspace took the app out; an installation made later stays */
export async function removeInstallation(
  installations: Installations,
  team: string,
  at: Date,
): Promise<void> {
  const secret = await installations.find(platform, team);
  if (secret === null) return;
  const saved = Saved.safeParse(JSON.parse(secret));
  if (saved.success && saved.data.savedAt > at.getTime() + 1_000) return;
  await installations.remove(platform, team);
}

function answer(response: ServerResponse, status: number, title: string, body: string): void {
  response.writeHead(status, {
    'content-type': 'text/html; charset=utf-8',
    'content-security-policy': "default-src 'none'; style-src 'unsafe-inline'",
    'referrer-policy': 'no-referrer',
  });
  response.end(page(title, body));
}

function page(title: string, body: string): string {
  return `<!doctype html><html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>${title}</title><style>body{font:1rem/1.5 system-ui,sans-serif;max-width:34rem;margin:12vh auto;padding:0 1rem;color:#1d1c1d}a{color:#1264a3}</style></head><body><h1>${title}</h1>${body}</body></html>`;
}

function html(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('"', '&quot;');
}
