/** The operator's commands that make what Slack and Teams ask for. */
import { writeFile } from 'node:fs/promises';
import { readConfig } from '../config/config.ts';
import { OperatorError } from '../errors.ts';

export async function printSlackManifest({ socketMode = false }: { socketMode?: boolean }): Promise<void> {
  const { server, slack } = readConfig();
  if (!socketMode && server.publicUrl === null)
    throw new OperatorError('PUBLIC_URL is not set. Set it, or say --socket-mode to try Isma without one.');
  const publicUrl = socketMode ? null : server.publicUrl;
  const { fillSlackManifest } = await import('../doors/slack/manifest.ts');
  const manifest = fillSlackManifest({ publicUrl, oauth: slack?.oauth != null });
  process.stdout.write(`${JSON.stringify(manifest, null, 2)}\n`);
}

export async function packTeamsApp(out: string): Promise<void> {
  const { teams, server } = readConfig();
  const clientId = teams === null || teams === 'playground' ? null : teams.clientId;
  const { packTeamsManifest } = await import('../doors/teams/manifest.ts');
  await writeFile(out, await packTeamsManifest({ clientId, publicUrl: server.publicUrl }));
  process.stdout.write(`${out} is ready: upload it in the Teams admin centre, under Manage apps.\n`);
}
