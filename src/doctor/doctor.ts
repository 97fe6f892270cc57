/** Looks at a configuration and at everything it names, and says line by line what is right, wrong or missing, and where to fix it. */
import type { Config } from '../config/config.ts';
import { databaseLines } from './database.ts';
import { addressLines, embeddingLines, modelLines, screenLines } from './service.ts';
import { slackLines } from './slack.ts';
import { teamsLines } from './teams.ts';
import { createAsk, missing, ok, reasonOf, warn, wrong, type Line } from './tools.ts';
import { OperatorError } from '../errors.ts';

export interface DoctorOptions {
  config: Config;
  fetch?: typeof fetch;
  now?: Date;
  /** Given the lines of each part as soon as they are known, in the order of the parts. */
  onLines?: (lines: Line[]) => void;
}

/** `ok` is false where anything is wrong, or missing that the configuration needs. Ends within seconds, network or not. */
export async function doctor({
  config,
  fetch: fetchFrom = fetch,
  now = new Date(),
  onLines = () => {},
}: DoctorOptions): Promise<{ ok: boolean; lines: Line[] }> {
  const ask = createAsk(fetchFrom);
  const { slack, teams, screen, model, embedding, server } = config;
  const secrets = secretsOf(config);
  const parts = [
    databaseLines(config),
    keyLines(config),
    ...(slack === null && teams === null && screen === null
      ? [
          [
            missing(
              'Platforms: neither Slack nor Teams is set',
              'manifest/README.md, step by step; npm run demo needs neither',
            ),
          ],
        ]
      : []),
    ...(slack === null ? [] : [slackLines(slack, server.publicUrl, ask)]),
    ...(teams === null ? [] : [teamsLines(teams, ask, now)]),
    addressLines(config, ask),
    screenLines(config, ask),
    modelLines(model, ask),
    embeddingLines(embedding, ask),
  ].map(async (part) => {
    const found = await Promise.resolve(part).catch((error: unknown) => [
      wrong(`A check could not be made: ${reasonOf(error)}`, 'please report this'),
    ]);
    return found.map((line) => withoutSecrets(line, secrets));
  });

  const lines: Line[] = [];
  for (const part of parts) {
    const found = await part;
    lines.push(...found);
    onLines(found);
  }
  return { ok: isWell(lines), lines };
}

/** What reading the settings complained of, a line each. */
export function settingsLines(error: OperatorError): Line[] {
  const complaints = error.message.split('\n').filter((line) => line.startsWith('  '));
  if (complaints.length === 0) return [wrong(`Settings: ${error.message}`, '.env, or the environment')];
  return complaints.map((line) => {
    const [, name = '', text = ''] = /^ {2}(\S+) (.*?)\.?$/.exec(line) ?? [];
    const [, place] = /^is missing: (.*)$/.exec(text) ?? [];
    return place === undefined
      ? wrong(`Settings: ${name} ${text}`, '.env, or the environment; .env.example explains it')
      : missing(`Settings: ${name} is not set`, place);
  });
}

/**
 * The whole command: reads the settings, prints each line, and tells whether all is well.
 *
 * @param read  as `readConfig`
 */
export async function runDoctor(
  read: () => Config,
  write: (text: string) => void,
  options: Omit<DoctorOptions, 'config' | 'onLines'> = {},
): Promise<boolean> {
  let config: Config;
  try {
    config = read();
  } catch (error) {
    if (!(error instanceof OperatorError)) throw error;
    const lines = settingsLines(error);
    write(linesText(lines));
    write(verdict(lines));
    return false;
  }
  const { ok: well, lines } = await doctor({
    ...options,
    config,
    onLines: (found) => write(linesText(found)),
  });
  write(verdict(lines));
  return well;
}

export function linesText(lines: readonly Line[]): string {
  return lines
    .map(
      ({ mark, what, where }) =>
        `${mark.padEnd(8)} ${what}\n${where === null ? '' : `         → ${where}\n`}`,
    )
    .join('');
}

function verdict(lines: readonly Line[]): string {
  const count = (mark: Line['mark']) => lines.filter((line) => line.mark === mark).length;
  if (isWell(lines))
    return `\nAll is well${count('warn') === 0 ? '' : `, with ${count('warn')} to look at`}.\n`;
  return `\n${count('wrong')} wrong, ${count('missing')} missing.\n`;
}

function isWell(lines: readonly Line[]): boolean {
  return lines.every(({ mark }) => mark === 'ok' || mark === 'warn');
}

async function keyLines({ encryptionKeys, slack }: Config): Promise<Line[]> {
  const [newest, ...older] = encryptionKeys;
  if (newest === undefined)
    return slack?.oauth == null
      ? []
      : [missing('Encryption: ENCRYPTION_KEY is not set', 'make one with "openssl rand -base64 32"')];
  if (new Set(Buffer.from(newest, 'base64')).size < 8)
    return [wrong('Encryption: ENCRYPTION_KEY is not random', 'make one with "openssl rand -base64 32"')];
  if (older.includes(newest))
    return [
      warn(
        'Encryption: ENCRYPTION_KEY stands among ENCRYPTION_OLD_KEYS too',
        'take it out of ENCRYPTION_OLD_KEYS',
      ),
    ];
  return [ok(`Encryption: ENCRYPTION_KEY is set${older.length === 0 ? '' : `, and ${older.length} older`}`)];
}

/** Nothing prints a secret; should an answer ever quote one, it does not get onto the screen. */
function secretsOf({ databaseUrl, model, embedding, encryptionKeys, slack, teams }: Config): string[] {
  const password = databaseUrl === null ? '' : new URL(databaseUrl).password;
  const credential = teams === null || teams === 'playground' ? null : teams.credential;
  return [
    password,
    decodeURIComponent(password),
    model?.apiKey,
    embedding?.apiKey,
    ...encryptionKeys,
    slack?.signingSecret,
    slack?.botToken,
    slack?.appToken,
    slack?.oauth?.clientSecret,
    credential?.kind === 'secret' ? credential.secret : null,
  ].filter((secret): secret is string => typeof secret === 'string' && secret.length >= 6);
}

function withoutSecrets(line: Line, secrets: readonly string[]): Line {
  const clean = (text: string) => secrets.reduce((all, secret) => all.replaceAll(secret, '…'), text);
  return { ...line, what: clean(line.what), where: line.where === null ? null : clean(line.where) };
}
