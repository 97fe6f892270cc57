/** The Slack app: valid by what Slack says of manifests, and asking for exactly what the door uses. */
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { Ajv } from 'ajv';
import { describe, expect, it } from 'vitest';
import { fillSlackManifest, readSlackManifest, slackScopes } from '../../src/doors/slack/manifest.ts';
import { optionalScopes, requiredScopes } from '../../src/doors/slack/oauth.ts';
import { slackUsage } from './slack-usage.ts';

const schema = JSON.parse(
  readFileSync(join(import.meta.dirname, '../fixtures/manifest/slack-manifest.schema.json'), 'utf8'),
) as object;
const validate = new Ajv({ allErrors: true }).compile(schema);

/** Slack's own library lists the names of all scopes and events in its types. */
function namesIn(type: 'BotScope' | 'ManifestEvent'): string[] {
  const library = dirname(createRequire(import.meta.url).resolve('@slack/web-api'));
  const text = readFileSync(join(library, 'types/request/manifest.d.ts'), 'utf8');
  const [, union = ''] = new RegExp(`type ${type} = ([^;]+);`).exec(text) ?? [];
  return [...union.matchAll(/'([^']+)'/g)].map((match) => match[1] ?? '');
}

const manifest = readSlackManifest();
const { bot, bot_optional: optional } = manifest.oauth_config.scopes;
const { bot_events: events } = manifest.settings.event_subscriptions;

describe('the Slack app', () => {
  it('is valid by what Slack says of each part, whatever address and way of connecting', () => {
    for (const filled of [
      manifest,
      fillSlackManifest({ publicUrl: 'https://isma.meadow.example', oauth: true }),
      fillSlackManifest({ publicUrl: null, oauth: false }),
    ]) {
      validate(filled);
      expect(validate.errors).toBeNull();
    }
  });

  it('is refused by that check where a name is too long or a part unknown', () => {
    const [shortcut] = manifest.features.shortcuts;

    for (const features of [
      { ...manifest.features, shortcuts: [{ ...shortcut, name: 'Ask Isma about this now, please' }] },
      { ...manifest.features, assistant_view: { assistant_description: 'older' } },
    ])
      expect(validate({ ...manifest, features })).toBe(false);
  });

  it('uses names of scopes and events that Slack has', () => {
    const scopes = [...namesIn('BotScope'), 'assistant:write']; // the library does not list this one yet

    expect(bot.filter((scope) => !scopes.includes(scope))).toEqual([]);
    expect(events.filter((event) => !namesIn('ManifestEvent').includes(event))).toEqual([]);
  });

  it('lists what a workspace may refuse among what is asked, as Slack wants it', () => {
    expect(optional.filter((scope) => !bot.includes(scope))).toEqual([]);
    expect(slackScopes().needed).not.toContain('users:read.email');
  });

  it('listens to exactly the events that the door knows', () => {
    expect(slackUsage(namesIn('ManifestEvent')).events).toEqual([...events].sort());
  });

  it('asks for exactly the scopes that the door needs', () => {
    const { unknownMethods, scopes } = slackUsage(namesIn('ManifestEvent'));

    expect(unknownMethods, 'add the method and its scope to the table in slack-usage.ts').toEqual([]);
    // The agent view itself is behind this one.
    expect([...new Set([...scopes, 'assistant:write'])].sort()).toEqual([...bot].sort());
  });

  it('asks workspaces that install it for the same', () => {
    expect([...requiredScopes, ...optionalScopes].sort()).toEqual([...bot].sort());
    expect([...optionalScopes].sort()).toEqual([...optional].sort());
  });

  it('hears of a method, a scope or an event that is missing or too many', () => {
    const source = `await client.chat.postMessage({}); client.pins; app.event('app_mention', f); web.users.info({});
      client.apiCall('users.lookupByEmail'); client.files.remote.add({})`;

    expect(slackUsage(namesIn('ManifestEvent'), source)).toEqual({
      unknownMethods: ['files.remote.add'],
      events: ['app_mention'],
      scopes: ['app_mentions:read', 'chat:write', 'users:read', 'users:read.email'],
    });
  });

  it('may read no channel', () => {
    expect(bot.filter((scope) => /^(channels|groups|mpim):/.test(scope))).toEqual([]);
    expect(events.filter((event) => /^message\.(?!im$)/.test(event))).toEqual([]);
  });
});

describe('the manifest for one’s own address', () => {
  it('has that address wherever Slack needs one', () => {
    const text = JSON.stringify(fillSlackManifest({ publicUrl: 'https://isma.meadow.example', oauth: true }));

    expect(text).not.toContain('isma.example.com');
    expect(text.match(/https:\/\/isma\.meadow\.example\/slack\/\w+/g)?.sort()).toEqual([
      'https://isma.meadow.example/slack/events',
      'https://isma.meadow.example/slack/events',
      'https://isma.meadow.example/slack/events',
      'https://isma.meadow.example/slack/oauth_redirect',
    ]);
  });

  it('renews tokens where workspaces install it, and leaves the one token of a single workspace alone', () => {
    const settings = (oauth: boolean) =>
      fillSlackManifest({ publicUrl: 'https://isma.meadow.example', oauth }).settings;

    expect(settings(true)).toMatchObject({ token_rotation_enabled: true, socket_mode_enabled: false });
    expect(settings(false)).toMatchObject({ token_rotation_enabled: false, socket_mode_enabled: false });
  });

  it('has no address at all in Socket Mode', () => {
    const filled = fillSlackManifest({ publicUrl: null, oauth: false });

    expect(JSON.stringify(filled)).not.toContain('https://');
    expect(filled.settings.socket_mode_enabled).toBe(true);
  });
});
