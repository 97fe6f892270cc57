/** Settings of evidence: where files are kept, a folder or a bucket, and how large one may be. */
import { join } from 'node:path';
import { z } from 'zod';
import type { FilesConfig } from '../files/open-store.ts';

const filled = z.string().trim().min(1);
const megabytes = 'must be a whole number of megabytes, 1 to 200';

export const fileVariables = {
  EVIDENCE_DIR: filled.optional(),
  EVIDENCE_MEGABYTES: z.coerce
    .number(megabytes)
    .int(megabytes)
    .min(1, megabytes)
    .max(200, megabytes)
    .default(25),
  S3_ENDPOINT: z
    .url({ protocol: /^https?$/, error: 'must be an address such as https://s3.eu-central-1.amazonaws.com' })
    .optional(),
  S3_BUCKET: z
    .string()
    .regex(/^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/, 'must be the name of a bucket, such as isma-evidence')
    .optional(),
  S3_REGION: filled.optional(),
  S3_ACCESS_KEY_ID: filled.optional(),
  S3_SECRET_ACCESS_KEY: filled.optional(),
};

type FileVariables = z.output<z.ZodObject<typeof fileVariables>> & { DATA_DIR: string };

const needed = {
  S3_ENDPOINT: 'the https:// address of the service that holds the bucket',
  S3_BUCKET: 'the name of the bucket',
  S3_ACCESS_KEY_ID: 'an access key that may read, write and delete in the bucket',
  S3_SECRET_ACCESS_KEY: 'the secret that belongs to the access key',
} as const;

/** A bucket where anything of one is set, else a folder. */
export function filesOf(env: FileVariables, context: z.RefinementCtx): FilesConfig {
  const { S3_ENDPOINT: endpoint, S3_BUCKET: bucket, S3_REGION: region } = env;
  const { S3_ACCESS_KEY_ID: accessKeyId, S3_SECRET_ACCESS_KEY: secretAccessKey } = env;
  if ([endpoint, bucket, region, accessKeyId, secretAccessKey].every((value) => value === undefined))
    return { kind: 'folder', folder: env.EVIDENCE_DIR ?? join(env.DATA_DIR, 'evidence') };

  for (const [name, what] of Object.entries(needed))
    if (env[name as keyof typeof needed] === undefined)
      context.addIssue({ code: 'custom', path: [name], message: `is missing: ${what}` });
  if (env.EVIDENCE_DIR !== undefined)
    context.addIssue({
      code: 'custom',
      path: ['EVIDENCE_DIR'],
      message: 'is for a folder and S3_BUCKET for a bucket: set one of the two',
    });
  return {
    kind: 's3',
    endpoint: endpoint ?? '',
    bucket: bucket ?? '',
    region: region ?? 'us-east-1',
    accessKeyId: accessKeyId ?? '',
    secretAccessKey: secretAccessKey ?? '',
  };
}
