/** The made-up company behind the Teams door, with the client that Microsoft gives for trying bots without a tenant. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parse } from 'csv-parse/sync';
import { z } from 'zod';
import { readConfig, type Config } from '../config/config.ts';
import { OperatorError } from '../errors.ts';
import { loadSamplesOnce } from './load-samples.ts';
import { demoConfig } from './sample-company.ts';
import { startService } from './service.ts';

/** Fetched when asked for and never a dependency: its licence is for evaluation. */
const client = '@microsoft/m365agentsplayground@0.2.28';
const clientPort = '56150';
/** Who sits in front of it, and who else is there: the client wants five others. */
const players = ['erin', 'omar', 'mona', 'ines', 'hugo', 'clara'].map((name) => `${name}@demo.example`);

const People = z.array(z.object({ email: z.string(), name: z.string() }));

/** @param dataFolder  of the embedded database; null for one that is thrown away afterwards */
export async function playground(dataFolder: string | null): Promise<void> {
  const scratch = await mkdtemp(join(tmpdir(), 'isma-playground-'));
  try {
    const service = await startService(playgroundConfig(dataFolder ?? join(scratch, 'data')), {
      prepare: loadSamplesOnce,
      template: 'samples',
    });
    try {
      await writeFile(join(scratch, '.m365agentsplayground.yml'), await clientSettings());
      await runClient(scratch, `${service.url}/api/messages`);
    } finally {
      await service.stop();
    }
  } finally {
    await rm(scratch, { recursive: true, force: true });
  }
}

/**
 * Requests of the client carry no token, so that anybody who reaches the door is let in: it listens on this machine alone, and
 * nothing of a real company is within its reach, whatever the environment says.
 */
function playgroundConfig(dataFolder: string): Config {
  const config = readConfig();
  return {
    ...demoConfig(config, dataFolder),
    logLevel: config.logLevel ?? 'error',
    server: { host: '127.0.0.1', port: config.server.port, publicUrl: null },
    encryptionKeys: [],
    screen: null,
    slack: null,
    teams: 'playground',
  };
}

async function runClient(folder: string, endpoint: string): Promise<void> {
  process.stderr.write(
    `Isma listens at ${endpoint}. The client comes up at http://127.0.0.1:${clientPort}; Ctrl+C ends both.\n`,
  );
  const args = [
    '--yes',
    client,
    'start',
    '-e',
    endpoint,
    '-c',
    'msteams',
    '-p',
    clientPort,
    '--disable-telemetry',
  ];
  // A process group of its own: npx does not hand on the signal that ends it to what it started.
  const child = spawn('npx', args, { cwd: folder, stdio: ['ignore', 'inherit', 'inherit'], detached: true });
  const end = () => {
    if (child.pid !== undefined) process.kill(-child.pid, 'SIGTERM');
  };
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, end);
  const [code] = (await once(child, 'exit').catch((cause: unknown) => {
    throw new OperatorError('The client could not be started: npx is missing.', { cause });
  })) as [number | null];
  if (code !== null && code !== 0 && code !== 130 && code !== 143)
    throw new OperatorError(
      `The client ended with ${code}. It needs the network the first time, and port ${clientPort}.`,
    );
}

/** The client's own settings: people of the made-up company, so that Isma knows them. */
async function clientSettings(): Promise<string> {
  const csv = await readFile(join(import.meta.dirname, '../../knowledge/people.csv'), 'utf8');
  const known = People.parse(parse(csv, { columns: true }));
  const people = players.flatMap((email) => known.filter((person) => person.email === email));
  const [me, ...others] = people.map(({ email, name }, index) => {
    const [givenName = name, surname = name] = name.split(' ');
    const aadObjectId = `00000000-0000-0000-0000-0000000000${20 + index}`;
    return { id: `user-id-${index}`, name, userPrincipleName: email, aadObjectId, givenName, surname, email };
  });
  // JSON is YAML, too.
  return JSON.stringify({
    version: '0.1.1',
    tenantId: '00000000-0000-0000-0000-0000000000001',
    bot: { id: '00000000-0000-0000-0000-00000000000011', name: 'Isma' },
    currentUser: me,
    users: others,
    personalChat: { id: 'personal-chat-id' },
    groupChat: { id: 'group-chat-id', name: 'Group chat' },
    team: {
      id: 'team-id',
      name: 'Larkspur Robotics',
      aadGroupId: '00000000-0000-0000-0000-000000000031',
      channels: [{ id: 'channel-general-talk', name: 'Warehouse' }],
    },
  });
}
