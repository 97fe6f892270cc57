/** The doors that the configuration names, each given what of it concerns it; the SDK of no other is loaded. */
import { workflowsOf } from './app.ts';
import type { App } from './open-app.ts';
import { createInstallations } from '../conversation/installation.ts';
import type { Door } from '../conversation/port.ts';
import type { Cast } from '../doors/teams/mode.ts';
import { createReferences } from '../conversation/reference.ts';
import { languageOf, wording } from '../language/wording.ts';
import { screenAccess } from '../records/screen-session.ts';

/** @param cast  whom one may be in the Teams playground; without it one is whom its client says */
export async function createDoors(app: App, cast?: Cast): Promise<Door[]> {
  const { config, db, clock, log } = app;
  const workflows = workflowsOf(app);
  const shortcuts = workflows.flatMap((workflow) => workflow.shortcuts ?? []);
  const doors: Door[] = [];
  if (config.slack !== null) {
    const { createSlackDoor } = await import('../doors/slack/door.ts');
    doors.push(
      createSlackDoor({
        ...config.slack,
        publicUrl: config.server.publicUrl,
        installations: createInstallations(db, config.encryptionKeys, clock),
        clock,
        log,
      }),
    );
  }
  if (config.teams !== null) {
    const { createTeamsDoor } = await import('../doors/teams/door.ts');
    doors.push(
      createTeamsDoor({
        mode:
          config.teams === 'playground'
            ? { kind: 'playground', ...(cast === undefined ? {} : { cast }) }
            : { kind: 'production', ...config.teams },
        references: createReferences(db),
        shortcuts,
        log,
      }),
    );
  }
  if (config.screen !== null) {
    const { createScreenDoor } = await import('../doors/screen/door.ts');
    const offered = workflows.flatMap((workflow) => workflow.withoutChat ?? []);
    doors.push(
      createScreenDoor({
        url: config.screen.url,
        access: screenAccess(db, clock),
        only: new Set(offered.flatMap(({ commands }) => commands)),
        opening: async (kind, name, locale) =>
          (await offered
            .find(({ opens = {} }) => Object.hasOwn(opens, kind))
            ?.opens?.[kind]?.(db, name, { locale, now: clock() })) ?? null,
        words(locale) {
          const language = languageOf({ locale });
          return { language, say: wording('screen', language) };
        },
        log,
      }),
    );
  }
  return doors;
}
