/** The manifest of the Slack app: what it asks for, and the same for one's own address and way of connecting. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';

/** Address that stands in manifest/slack.json until one's own takes its place. */
const placeholder = 'https://isma.example.com';

/** What is read of it here; the rest passes through. */
const SlackManifest = z.looseObject({
  features: z.looseObject({
    shortcuts: z.array(z.looseObject({ callback_id: z.string(), name: z.string(), description: z.string() })),
    slash_commands: z.array(z.looseObject({ command: z.string(), url: z.string().optional() })),
  }),
  oauth_config: z.looseObject({
    redirect_urls: z.array(z.string()).optional(),
    scopes: z.object({ bot: z.array(z.string()), bot_optional: z.array(z.string()) }),
  }),
  settings: z.looseObject({
    event_subscriptions: z.looseObject({
      request_url: z.string().optional(),
      bot_events: z.array(z.string()),
    }),
    interactivity: z.looseObject({ is_enabled: z.boolean(), request_url: z.string().optional() }),
    socket_mode_enabled: z.boolean(),
    token_rotation_enabled: z.boolean(),
  }),
});
export type SlackManifest = z.infer<typeof SlackManifest>;

export function readSlackManifest(): SlackManifest {
  return SlackManifest.parse(
    JSON.parse(readFileSync(join(import.meta.dirname, '../../../manifest/slack.json'), 'utf8')),
  );
}

/** Scopes that Isma cannot do without, and those that a workspace may refuse. */
export function slackScopes(): { needed: string[]; optional: string[] } {
  const { bot, bot_optional: optional } = readSlackManifest().oauth_config.scopes;
  return { needed: bot.filter((scope) => !optional.includes(scope)), optional };
}

export interface SlackManifestChoices {
  /** Where Slack reaches us; null in Socket Mode, which needs no address. */
  publicUrl: string | null;
  /** Several workspaces install it by OAuth: their tokens are then renewed every few hours. */
  oauth: boolean;
}

/** The manifest to paste at api.slack.com/apps. Rotation stays off for a single workspace, whose token would end after 12 hours. */
export function fillSlackManifest({ publicUrl, oauth }: SlackManifestChoices): SlackManifest {
  const manifest = readSlackManifest();
  const { features, oauth_config, settings } = manifest;
  if (publicUrl === null) {
    for (const command of features.slash_commands) delete command.url;
    delete oauth_config.redirect_urls;
    delete settings.event_subscriptions.request_url;
    delete settings.interactivity.request_url;
  }
  settings.socket_mode_enabled = publicUrl === null;
  settings.token_rotation_enabled = oauth;
  return SlackManifest.parse(
    JSON.parse(JSON.stringify(manifest).replaceAll(placeholder, publicUrl ?? placeholder)),
  );
}
