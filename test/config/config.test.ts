/** Settings: a wrong one is named, with what was expected; secrets may stand in files; what is not set has a default. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { readConfig } from '../../src/config/config.ts';
import { OperatorError } from '../../src/errors.ts';

describe('the configuration', () => {
  it('of an empty environment is an embedded database with no model and no embedder', () => {
    expect(readConfig({})).toEqual({
      databaseUrl: null,
      dataFolder: 'data',
      sampleCompany: 'refused',
      logLevel: null,
      model: null,
      embedding: null,
      budget: { tokensAPerson: 200_000, tokensInAll: 5_000_000 },
      secondOpinion: false,
      modelTurnsAtOnce: 16,
      retentionDays: 90,
      files: { kind: 'folder', folder: 'data/evidence' },
      largestFile: 25 * 1024 * 1024,
      server: { host: '0.0.0.0', port: 3978, publicUrl: null },
      encryptionKeys: [],
      screen: null,
      slack: null,
      teams: null,
    });
  });

  it('takes a setting that is there but empty for one that is not', () => {
    expect(readConfig({ OPENAI_API_KEY: '', DATABASE_URL: '  ', RETENTION_DAYS: ' ' })).toEqual(readConfig({}));
  }); // prettier-ignore

  it.each([
    ['DATABASE_URL', 'mysql://localhost/x', 'must be an address such as postgres://'],
    ['DATABASE_URL', 'localhost', 'must be an address such as postgres://'],
    ['DATABASE_URL', 'postgres://a:b:c@:x', 'is not a complete address'],
    ['SAMPLE_COMPANY', 'yes', 'must be allowed or refused'],
    ['LOG_LEVEL', 'loud', 'must be debug, info, warn, error or silent'],
    ['OPENAI_BASE_URL', 'api.openai.com', 'must be an address such as https://'],
    ['OPENAI_BASE_URL', 'file:///etc/passwd', 'must be an address such as https://'],
    ['EMBEDDING_BASE_URL', 'nowhere', 'must be an address such as https://'],
    ['MODEL_TIMEOUT_SECONDS', '0', 'must be a whole number'],
    ['MODEL_TIMEOUT_SECONDS', '1.5', 'must be a whole number'],
    ['TOKENS_A_DAY', '-1', 'must be a whole number'],
    ['MODEL_INPUT_PRICE', '-1', 'must be 0 or more'],
    ['MODEL_INPUT_PRICE', 'cheap', 'must be a number'],
    ['EMBEDDING_DIMENSIONS', '20000', 'must be at most 16000'],
    ['RETENTION_DAYS', 'ninety', 'must be a'],
    ['EVIDENCE_MEGABYTES', '0', 'must be a whole number of megabytes'],
    ['EVIDENCE_MEGABYTES', '500', 'must be a whole number of megabytes'],
    ['S3_ENDPOINT', 's3.example', 'must be an address such as https://s3'],
    ['S3_BUCKET', 'My Bucket/..', 'must be the name of a bucket'],
    ['PORT', '70000', 'must be a port'],
    ['PORT', 'http', 'must be a port'],
    ['PUBLIC_URL', 'http://isma.example', 'must be the https:// address'],
    ['ENCRYPTION_KEY', 'c2hvcnQ=', 'must be 32 random bytes in base64'],
    ['ENCRYPTION_OLD_KEYS', 'c2hvcnQ=', 'must be 32 random bytes in base64'],
    ['SLACK_BOT_TOKEN', 'xoxp-1', 'must be a bot token, which begins with xoxb-'],
    ['SLACK_APP_TOKEN', 'xoxb-1', 'must be an app-level token, which begins with xapp-'],
    ['SLACK_API_URL', 'slack.com', 'must be an address such as https://slack.com/api/'],
    ['TEAMS_CERTIFICATE', 'MIIB', 'must be PEM text'],
    ['TEAMS_PRIVATE_KEY', 'MIIB', 'must be PEM text'],
    ['TEAMS_PLAYGROUND', 'true', 'must be yes or no'],
  ])('%s of «%s» is refused by name, with what was expected', (name, value, expected) => {
    const reading = () => readConfig({ [name]: value });

    expect(reading).toThrow(OperatorError);
    expect(reading).toThrow(new RegExp(`${name} ${expected}`));
  });

  it('keeps files in a folder where one is named, else beside the data, and in a bucket where one is set', () => {
    const s3 = { S3_ENDPOINT: 'https://s3.example', S3_BUCKET: 'isma-evidence', S3_ACCESS_KEY_ID: 'id', S3_SECRET_ACCESS_KEY: 'made-up' };

    expect(readConfig({ DATA_DIR: '/srv/isma' }).files).toEqual({ kind: 'folder', folder: '/srv/isma/evidence' });
    expect(readConfig({ EVIDENCE_DIR: '/srv/files' }).files).toEqual({ kind: 'folder', folder: '/srv/files' });
    expect(readConfig({ ...s3, EVIDENCE_MEGABYTES: '5' })).toMatchObject({
      files: { kind: 's3', endpoint: 'https://s3.example', bucket: 'isma-evidence', region: 'us-east-1', accessKeyId: 'id', secretAccessKey: 'made-up' },
      largestFile: 5 * 1024 * 1024,
    });
    expect(readConfig({ ...s3, S3_REGION: 'auto' }).files).toMatchObject({ region: 'auto' });
  }); // prettier-ignore

  it('names what is missing of a bucket, and refuses a folder beside one', () => {
    const reading = () => readConfig({ S3_REGION: 'auto', S3_ACCESS_KEY_ID: 'id', EVIDENCE_DIR: '/srv/files' });

    for (const part of [/S3_ENDPOINT is missing/, /S3_BUCKET is missing/, /S3_SECRET_ACCESS_KEY is missing/, /EVIDENCE_DIR is for a folder/])
      expect(reading).toThrow(part);
    expect(reading).not.toThrow(/S3_ACCESS_KEY_ID is missing/);
  }); // prettier-ignore

  it('names every setting that is wrong at once', () => {
    const reading = () => readConfig({ LOG_LEVEL: 'loud', TOKENS_A_DAY: 'many', OPENAI_BASE_URL: 'x' });

    expect(reading).toThrow(/LOG_LEVEL[\s\S]*OPENAI_BASE_URL[\s\S]*TOKENS_A_DAY/);
  });

  it.each(['0', '201', '1.5'])('takes no %s for the answers in the making', (number) => {
    expect(readConfig({}).modelTurnsAtOnce).toBe(16);
    expect(() => readConfig({ MODEL_TURNS_AT_ONCE: number })).toThrow(/MODEL_TURNS_AT_ONCE must be/);
  });

  it('never repeats a secret in its complaint', () => {
    const reading = () => readConfig({ DATABASE_URL: 'mysql://user:hunter2@host/x' });

    expect(reading).toThrow(/^(?![\s\S]*hunter2)[\s\S]*DATABASE_URL/);
  });

  it('reads a secret from the file that a setting names, and prefers the setting itself', () => {
    const folder = mkdtempSync(join(tmpdir(), 'isma-config-'));
    onTestFinished(() => rmSync(folder, { recursive: true }));
    const path = join(folder, 'key');
    writeFileSync(path, 'from-file\n');

    expect(readConfig({ OPENAI_API_KEY_FILE: path }).model?.apiKey).toBe('from-file');
    expect(readConfig({ OPENAI_API_KEY_FILE: path, OPENAI_API_KEY: 'direct' }).model?.apiKey).toBe('direct');
    expect(() => readConfig({ OPENAI_API_KEY_FILE: join(folder, 'gone') })).toThrow(
      /OPENAI_API_KEY_FILE names .*gone, which cannot be read/,
    );
  });

  it('has a model where there is a key or an address, and an embedder where it knows one', () => {
    const atOpenAi = readConfig({ OPENAI_API_KEY: 'k' });
    const elsewhere = readConfig({ OPENAI_BASE_URL: 'http://localhost:11434/v1' });
    const named = readConfig({ OPENAI_BASE_URL: 'http://localhost:11434/v1', EMBEDDING_MODEL: 'bge-m3' });

    expect(atOpenAi.model).toMatchObject({ baseUrl: 'https://api.openai.com/v1', timeout: 60_000 });
    expect(atOpenAi.embedding?.model).toBe('text-embedding-3-small');
    expect(elsewhere).toMatchObject({ model: { apiKey: 'none' }, embedding: null });
    expect(named.embedding).toMatchObject({ baseUrl: 'http://localhost:11434/v1', model: 'bge-m3' });
  });
});
