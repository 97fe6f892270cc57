/** A shortcut that a workflow offers stands in both manifests, and the manifests offer no other. */
import { describe, expect, it } from 'vitest';
import { workflowsOf } from '../../src/app/app.ts';
import type { App } from '../../src/app/open-app.ts';
import { readSlackManifest } from '../../src/doors/slack/manifest.ts';
import { commandIdOf } from '../../src/doors/teams/read-invoke.ts';
import { readTeamsManifest } from '../../src/doors/teams/manifest.ts';
import { testConfig } from '../support/harness.ts';

const shortcuts = workflowsOf({ config: testConfig } as Partial<App> as App).flatMap(
  (workflow) => workflow.shortcuts ?? [],
);

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
