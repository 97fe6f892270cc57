/** A shortcut that a workflow offers stands in both manifests, and the manifests offer no other. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { workflowsOf } from '../../src/app/app.ts';
import type { App } from '../../src/app/open-app.ts';
import { readSlackManifest } from '../../src/doors/slack/manifest.ts';
import { commandIdOf } from '../../src/doors/teams/read-invoke.ts';
import { readTeamsManifest } from '../../src/doors/teams/manifest.ts';
import { testConfig } from '../support/harness.ts';

const folder = join(import.meta.dirname, '../../manifest');

interface SlackTexts {
  display_information: { description: string; long_description: string };
  features: { agent_view: { agent_description: string; suggested_prompts: { message: string }[] } };
}

interface TeamsTexts {
  description: { short: string; full: string };
  bots: { commandLists: { commands: { title: string }[] }[] }[];
}

const shortcuts = workflowsOf({ config: testConfig } as Partial<App> as App).flatMap(
  (workflow) => workflow.shortcuts ?? [],
);

/** What people of every kind come for, in the words that both platforms show before anybody has said anything. */
const kinds = [
  /\bask\b/i,
  /\breport\b/i,
  /\bupdate\b/i,
  /\blook up\b/i,
  /waits for you/i,
  /lessons/i,
  /acknowledge/i,
  /audit/i,
  /overdue in my team/i,
];
const slack = JSON.parse(readFileSync(join(folder, 'slack.json'), 'utf8')) as SlackTexts;
const teams = JSON.parse(readFileSync(join(folder, 'teams/manifest.json'), 'utf8')) as TeamsTexts;

describe('what the manifests say of Isma', () => {
  it('is the whole of it: to ask, report, update and look up, and what waits', () => {
    for (const text of [slack.display_information.long_description, teams.description.full])
      expect(kinds.filter((kind) => !kind.test(text))).toEqual([]);
    for (const text of [slack.display_information.description, slack.features.agent_view.agent_description, teams.description.short])
      expect([/\bask\b/i, /report/i, /waits/i].filter((kind) => !kind.test(text))).toEqual([]);
  });

  it('suggests nothing that is not understood without a model', async () => {
    const suggested = [
      ...slack.features.agent_view.suggested_prompts.map(({ message }) => message),
      ...(teams.bots[0]?.commandLists[0]?.commands ?? []).map(({ title }) => title),
    ];
    const said = workflowsOf({ config: testConfig } as Partial<App> as App).flatMap(({ offer }) => [
      ...offer.examples,
      ...Object.values(offer.first ?? {}).map((first) => first?.example ?? ''),
    ]);
    const known = new Set([...said, 'help'].map((text) => text.toLowerCase()));

    expect(suggested.filter((text) => !known.has(text.toLowerCase()))).toEqual([]);
  });
}); // prettier-ignore

describe('the shortcuts on a message', () => {
  it('are there', () => {
    expect(shortcuts.map(({ id }) => id)).toContain('say');
  });

  it('stand in the Slack manifest as the workflows name them', () => {
    const offered = readSlackManifest().features.shortcuts.map(({ callback_id: id, name, description }) => ({
      id,
      label: name,
      description,
    }));

    expect(offered).toEqual(shortcuts);
  });

  it('stand in the Teams manifest as the workflows name them', () => {
    const offered = readTeamsManifest().composeExtensions.flatMap(({ commands }) => commands);

    expect(offered.map(({ id, title, description }) => ({ id, title, description }))).toEqual(
      shortcuts.map((shortcut) => ({
        id: commandIdOf(shortcut),
        title: shortcut.label,
        description: shortcut.description,
      })),
    );
  });
});
