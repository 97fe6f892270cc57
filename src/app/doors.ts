/** The doors that the configuration names, each given what of it concerns it. */
import type { App } from './app.ts';
import { workflowsOf } from './app.ts';
import { createInstallations } from '../conversation/installation.ts';
import type { Door } from '../conversation/port.ts';
import { createReferences } from '../conversation/reference.ts';
import { createSlackDoor } from '../doors/slack/door.ts';
import { createTeamsDoor } from '../doors/teams/door.ts';

export function createDoors(app: App): Door[] {
  const { config, db, clock, log } = app;
  const workflows = workflowsOf(app);
  const shortcuts = workflows.flatMap((workflow) => workflow.shortcuts ?? []);
  const doors: Door[] = [];
  if (config.slack !== null)
    doors.push(
      createSlackDoor({
        ...config.slack,
        publicUrl: config.server.publicUrl,
        installations: createInstallations(db, config.encryptionKeys, clock),
        suggestions: ['What can you do?', ...workflows.flatMap((workflow) => workflow.offer.examples)],
        clock,
        log,
      }),
    );
  if (config.teams !== null)
    doors.push(
      createTeamsDoor({
        mode:
          config.teams === 'playground' ? { kind: 'playground' } : { kind: 'production', ...config.teams },
        references: createReferences(db),
        shortcuts,
        log,
      }),
    );
  return doors;
}
