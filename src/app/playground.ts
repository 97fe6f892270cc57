/** The made-up company behind the Teams door, with the client that Microsoft gives for trying bots without a tenant. */
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { parse } from 'csv-parse/sync';
import { z } from 'zod';
import { readConfig, type Config } from '../config/config.ts';
import type { CastMember } from '../doors/teams/mode.ts';
import { stageTenant } from '../doors/teams/stage.ts';
import { OperatorError } from '../errors.ts';
import type { Log } from '../log.ts';
import { loadSamplesOnce } from './load-samples.ts';
import { demoConfig, sampleFolder, sampleName } from './sample-company.ts';
import { startService } from './service.ts';

/** Fetched when asked for and never a dependency: its licence is for evaluation. */
const client = '@microsoft/m365agentsplayground@0.2.28';
const clientPort = '56150';
/** Who sits in front of it at first, and who else is shown as a member: the client wants five others. */
const players = ['erin', 'omar', 'mona', 'ines', 'hugo', 'clara'].map((name) => `${name}@demo.example`);
/** Lines of the client's own that are kept to say why it ended. */
const linesKept = 8;

const People = z.array(z.object({ email: z.string().toLowerCase(), name: z.string(), title: z.string() }));

export interface PlaygroundOptions {
  /** E-mail address of whoever one is at first. */
  as: string;
  /** Of the embedded database; null for one that is thrown away afterwards. */
  dataFolder: string | null;
}

/** @throws OperatorError where nobody of the company has that address, or the client does not start */
export async function playground({ as, dataFolder }: PlaygroundOptions): Promise<void> {
  const people = await samplePeople();
  const me = people.find(({ email }) => email === as.trim().toLowerCase());
  if (me === undefined)
    throw new OperatorError(
      `Nobody of ${sampleName} is ${as}. There are: ${people.map(({ email }) => email.split('@')[0]).join(', ')}, each @demo.example.`,
    );
  say(`Isma as it looks in Teams, with ${sampleName}, a made-up company.`);
  const scratch = await mkdtemp(join(tmpdir(), 'isma-playground-'));
  try {
    const service = await startService(playgroundConfig(dataFolder ?? join(scratch, 'data')), {
      prepare: (app) => loadSamplesOnce(app, (text) => say(text.trim())),
      template: 'samples',
      cast: { as: me.email, people },
      log: plainLog(say),
      say,
    });
    try {
      await writeFile(join(scratch, '.m365agentsplayground.yml'), clientSettings(me, people));
      say(greeting(me, dataFolder));
      await runClient(scratch, `${service.url}/api/messages`);
    } finally {
      await service.stop();
    }
  } finally {
    await rm(scratch, { recursive: true, force: true });
  }
}

function say(line: string): void {
  process.stderr.write(`${line}\n`);
}

export function greeting(me: CastMember, dataFolder: string | null): string {
  return [
    `You are ${me.name}, ${me.title} (${me.email}). «/as omar» in the chat goes on as somebody else; «/as» says who there is.`,
    'What others are told is shown to you too, with a line that says for whom.',
    `Ctrl+C ends it. ${dataFolder === null ? 'Nothing is kept then; --data <folder> keeps it.' : `All of it stays in ${dataFolder}.`}`,
  ].join('\n');
}

/** In words for a person who tries it: what went wrong, and nothing for a machine to read. */
export function plainLog(write: (line: string) => void): Log {
  const nothing = () => undefined;
  return {
    debug: nothing,
    info: nothing,
    warn: nothing,
    error({ error, reason, code }, message) {
      const why = [reason, code, error].find((each) => typeof each === 'string' || typeof each === 'number');
      write(`Something did not work: ${message}${why === undefined ? '' : ` (${why})`}.`);
    },
  };
}

/**
 * Requests of the client carry no token, so that anybody who reaches the door is let in: it listens on this machine alone, and
 * nothing of a real company is within its reach, whatever the environment says.
 */
function playgroundConfig(dataFolder: string): Config {
  const config = readConfig();
  return {
    ...demoConfig(config, dataFolder),
    server: { host: '127.0.0.1', port: config.server.port, publicUrl: null },
    encryptionKeys: [],
    screen: null,
    slack: null,
    teams: 'playground',
  };
}

async function runClient(folder: string, endpoint: string): Promise<void> {
  say('The client of Microsoft is being fetched and started…');
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
  const child = spawn('npx', args, { cwd: folder, stdio: ['ignore', 'pipe', 'pipe'], detached: true });
  const said = hearClient(child);
  const end = () => {
    if (child.pid !== undefined) process.kill(-child.pid, 'SIGTERM');
  };
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, end);
  const [code] = (await once(child, 'exit').catch((cause: unknown) => {
    throw new OperatorError('The client could not be started: npx is missing.', { cause });
  })) as [number | null];
  if (code !== null && code !== 0 && code !== 130 && code !== 143)
    throw new OperatorError(
      `The client ended with ${code}. It needs the network the first time, and port ${clientPort}.\n${said().join('\n')}`,
    );
}

/** Says where it listens, once it says so; what else it says is kept for when it fails. @returns its last lines */
function hearClient(child: ChildProcess): () => string[] {
  const lines: string[] = [];
  let open = false;
  for (const stream of [child.stdout, child.stderr])
    if (stream !== null)
      createInterface({ input: stream }).on('line', (line) => {
        lines.push(line);
        if (lines.length > linesKept) lines.shift();
        const port = /^Listening on (\d+)/.exec(line)?.[1];
        if (open || port === undefined) return;
        open = true;
        say(`Open http://127.0.0.1:${port} in a browser.`);
      });
  return () => lines;
}

async function samplePeople(): Promise<CastMember[]> {
  const csv = await readFile(join(sampleFolder, 'people.csv'), 'utf8');
  return People.parse(parse(csv, { columns: true }));
}

/** The client's own settings: people of the made-up company, so that Isma knows them. */
function clientSettings(me: CastMember, people: readonly CastMember[]): string {
  const others = players.filter((email) => email !== me.email).slice(0, 5);
  const shown = [me, ...others.flatMap((email) => people.filter((person) => person.email === email))];
  const [currentUser, ...users] = shown.map(({ email, name }, index) => {
    const [givenName = name, surname = name] = name.split(' ');
    const aadObjectId = `00000000-0000-0000-0000-0000000000${20 + index}`;
    return { id: `user-id-${index}`, name, userPrincipleName: email, aadObjectId, givenName, surname, email };
  });
  // JSON is YAML, too.
  return JSON.stringify({
    version: '0.1.1',
    tenantId: stageTenant,
    bot: { id: '00000000-0000-0000-0000-00000000000011', name: 'Isma' },
    currentUser,
    users,
    personalChat: { id: 'personal-chat-id' },
    groupChat: { id: 'group-chat-id', name: 'Group chat' },
    team: {
      id: 'team-id',
      name: sampleName,
      aadGroupId: '00000000-0000-0000-0000-000000000031',
      channels: [{ id: 'channel-general-talk', name: 'Warehouse' }],
    },
  });
}
