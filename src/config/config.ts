/** The only reader of the environment. Says which setting is wrong, what was expected and where to get it. */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { filesOf, fileVariables } from './files.ts';
import { encryptionKeysOf, platformVariables, slackOf, teamsOf } from './platforms.ts';
import { OperatorError, messageOf } from '../errors.ts';

const count = z.coerce
  .number('must be a whole number above 0')
  .int('must be a whole number above 0')
  .positive('must be a whole number above 0');
const price = z.coerce.number('must be a number').min(0, 'must be 0 or more');
const filled = z.string().trim().min(1);

const Environment = z
  .object({
    DATABASE_URL: filled
      .regex(/^postgres(ql)?:\/\//, 'must be an address such as postgres://user:password@host:5432/isma')
      .refine(
        (text) => URL.canParse(text),
        'is not a complete address: postgres://user:password@host:5432/isma',
      )
      .optional(),
    DATA_DIR: filled.default('data'),
    SAMPLE_COMPANY: z.enum(['allowed', 'refused'], 'must be allowed or refused').default('refused'),
    LOG_LEVEL: z
      .enum(['debug', 'info', 'warn', 'error', 'silent'], 'must be debug, info, warn, error or silent')
      .optional(),
    OPENAI_API_KEY: filled.optional(),
    OPENAI_BASE_URL: z
      .url({ protocol: /^https?$/, error: 'must be an address such as https://api.openai.com/v1' })
      .optional(),
    OPENAI_MODEL: filled.default('gpt-5-mini'),
    OPENAI_FALLBACK_MODEL: filled.optional(),
    OPENAI_SMALL_MODEL: filled.optional(),
    MODEL_SECOND_OPINION: z.enum(['yes', 'no'], 'must be yes or no').default('no'),
    MODEL_TIMEOUT_SECONDS: count.default(60),
    MODEL_SILENCE_SECONDS: count.default(20),
    MODEL_TURNS_AT_ONCE: count.max(200, 'must be at most 200').default(16),
    MODEL_INPUT_PRICE: price.default(0),
    MODEL_OUTPUT_PRICE: price.default(0),
    TOKENS_A_PERSON_A_DAY: count.default(200_000),
    TOKENS_A_DAY: count.default(5_000_000),
    EMBEDDING_MODEL: filled.optional(),
    EMBEDDING_DIMENSIONS: count.max(16_000, 'must be at most 16000').default(1_536),
    EMBEDDING_BASE_URL: z
      .url({ protocol: /^https?$/, error: 'must be an address such as https://api.openai.com/v1' })
      .optional(),
    EMBEDDING_API_KEY: filled.optional(),
    RETENTION_DAYS: count.default(90),
    ...fileVariables,
    ...platformVariables,
  })
  .transform((env, context) => ({
    databaseUrl: env.DATABASE_URL ?? null,
    dataFolder: env.DATA_DIR,
    /** Whether the service and what takes in real work may use a database that holds the made-up company. */
    sampleCompany: env.SAMPLE_COMPANY,
    logLevel: env.LOG_LEVEL ?? null,
    model: modelOf(env),
    embedding: embeddingOf(env),
    /** Whether a model is asked where our own check of an answer cannot decide. */
    secondOpinion: env.MODEL_SECOND_OPINION === 'yes',
    budget: { tokensAPerson: env.TOKENS_A_PERSON_A_DAY, tokensInAll: env.TOKENS_A_DAY },
    modelTurnsAtOnce: env.MODEL_TURNS_AT_ONCE,
    retentionDays: env.RETENTION_DAYS,
    files: filesOf(env, context),
    /** Bytes of the largest file that is kept as evidence. */
    largestFile: env.EVIDENCE_MEGABYTES * 1024 * 1024,
    server: { host: env.HOST, port: env.PORT, publicUrl: env.PUBLIC_URL?.replace(/\/+$/, '') ?? null },
    encryptionKeys: encryptionKeysOf(env, context),
    /** Where people without chat find the shared screen; null where there is none. */
    screen: env.SCREEN_URL === undefined ? null : { url: env.SCREEN_URL },
    slack: slackOf(env, context),
    teams: teamsOf(env, context),
  }));

export type Config = z.infer<typeof Environment>;

const openAiUrl = 'https://api.openai.com/v1';

interface ModelVariables {
  OPENAI_API_KEY?: string | undefined;
  OPENAI_BASE_URL?: string | undefined;
  OPENAI_MODEL: string;
  OPENAI_FALLBACK_MODEL?: string | undefined;
  OPENAI_SMALL_MODEL?: string | undefined;
  MODEL_TIMEOUT_SECONDS: number;
  MODEL_SILENCE_SECONDS: number;
  MODEL_INPUT_PRICE: number;
  MODEL_OUTPUT_PRICE: number;
}

/** A key or an address is enough: a server of one's own often asks for no key. */
function modelOf(env: ModelVariables) {
  if (env.OPENAI_API_KEY === undefined && env.OPENAI_BASE_URL === undefined) return null;
  return {
    baseUrl: env.OPENAI_BASE_URL ?? openAiUrl,
    apiKey: env.OPENAI_API_KEY ?? 'none',
    model: env.OPENAI_MODEL,
    fallbackModel: env.OPENAI_FALLBACK_MODEL ?? null,
    smallModel: env.OPENAI_SMALL_MODEL ?? null,
    timeout: env.MODEL_TIMEOUT_SECONDS * 1_000,
    idleTimeout: env.MODEL_SILENCE_SECONDS * 1_000,
    inputPrice: env.MODEL_INPUT_PRICE,
    outputPrice: env.MODEL_OUTPUT_PRICE,
  };
}

interface EmbeddingVariables extends ModelVariables {
  EMBEDDING_MODEL?: string | undefined;
  EMBEDDING_DIMENSIONS: number;
  EMBEDDING_BASE_URL?: string | undefined;
  EMBEDDING_API_KEY?: string | undefined;
}

/** OpenAI's own endpoint is known to embed; of any other, the model must be named. */
function embeddingOf(env: EmbeddingVariables) {
  const atOpenAi = env.OPENAI_API_KEY !== undefined && env.OPENAI_BASE_URL === undefined;
  const model = env.EMBEDDING_MODEL ?? (atOpenAi ? 'text-embedding-3-small' : undefined);
  if (model === undefined) return null;
  return {
    baseUrl: env.EMBEDDING_BASE_URL ?? env.OPENAI_BASE_URL ?? openAiUrl,
    apiKey: env.EMBEDDING_API_KEY ?? env.OPENAI_API_KEY ?? 'none',
    model,
    dimensions: env.EMBEDDING_DIMENSIONS,
  };
}

/** Settings that may stand in a file of their own, named by the setting with `_FILE` behind it. */
const secrets = [
  'DATABASE_URL',
  'OPENAI_API_KEY',
  'EMBEDDING_API_KEY',
  'S3_SECRET_ACCESS_KEY',
  'ENCRYPTION_KEY',
  'ENCRYPTION_OLD_KEYS',
  'SLACK_SIGNING_SECRET',
  'SLACK_BOT_TOKEN',
  'SLACK_APP_TOKEN',
  'SLACK_CLIENT_SECRET',
  'TEAMS_CLIENT_SECRET',
  'TEAMS_CERTIFICATE',
  'TEAMS_PRIVATE_KEY',
];

/**
 * Read `.env` in the working folder, where there is one, and the environment, which wins.
 *
 * @throws OperatorError naming every setting that is wrong and what was expected of it
 */
export function readConfig(environment: NodeJS.ProcessEnv = process.env): Config {
  if (environment === process.env && existsSync(join(process.cwd(), '.env')))
    process.loadEnvFile(join(process.cwd(), '.env'));
  const given = Object.fromEntries(
    Object.entries(environment).filter(([, value]) => value !== undefined && value.trim() !== ''),
  );
  for (const name of secrets)
    if (given[`${name}_FILE`] !== undefined) given[name] ??= readSecret(name, given[`${name}_FILE`] ?? '');

  const parsed = Environment.safeParse(given);
  if (parsed.success) return parsed.data;
  const problems = parsed.error.issues.map(({ path, message }) => `  ${String(path[0])} ${message}.`);
  throw new OperatorError(
    `These settings are wrong:\n${[...new Set(problems)].join('\n')}\n.env.example explains each.`,
  );
}

/** The settings with an embedded database in this folder, and its evidence with it. */
export function atFolder(config: Config, dataFolder: string): Config {
  const files = { kind: 'folder' as const, folder: join(dataFolder, 'evidence') };
  return {
    ...config,
    databaseUrl: null,
    dataFolder,
    files: config.files.kind === 'folder' ? files : config.files,
  };
}

function readSecret(name: string, path: string): string {
  try {
    return readFileSync(path, 'utf8').trim();
  } catch (cause) {
    throw new OperatorError(`${name}_FILE names ${path}, which cannot be read: ${messageOf(cause)}`, {
      cause,
    });
  }
}
