/** Files in a bucket of S3 or of anything that speaks its language: MinIO, Ceph, R2, a cloud's own. */
import { setTimeout as pause } from 'node:timers/promises';
import { AwsClient } from 'aws4fetch';
import type { FileStore } from './store.ts';

export interface S3Options {
  /** Address of the service; the bucket stands in the path, which every service takes. */
  endpoint: string;
  bucket: string;
  region: string;
  accessKeyId: string;
  secretAccessKey: string;
}

export interface Patience {
  /** Milliseconds that one attempt may take, a file of the largest size over a slow line included. */
  timeout: number;
  /** Milliseconds before the second attempt; doubled for each further one, give or take half. */
  firstPause: number;
}

const requestTimeout: Patience = { timeout: 60_000, firstPause: 200 };
const attempts = 4;
/** SHA-256 of no bytes, which requests without a body are signed with. */
const nothing = 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855';

export function createS3Store(options: S3Options, { timeout, firstPause } = requestTimeout): FileStore {
  const { endpoint, bucket, region, accessKeyId, secretAccessKey } = options;
  const client = new AwsClient({ accessKeyId, secretAccessKey, region, service: 's3' });
  const addressOf = (sha256: string) => `${endpoint.replace(/\/+$/, '')}/${bucket}/evidence/${sha256}`;

  /** @returns the status and the body of an answer that is worth believing */
  async function ask(
    method: 'PUT' | 'GET' | 'DELETE',
    sha256: string,
    bytes: Uint8Array | null = null,
  ): Promise<{ status: number; body: Uint8Array }> {
    for (let tried = 1; ; tried += 1) {
      let problem: Error;
      try {
        const signed = await client.sign(addressOf(sha256), {
          method,
          headers: { 'x-amz-content-sha256': bytes === null ? nothing : sha256 },
          ...(bytes === null ? {} : { body: new Uint8Array(bytes) }),
        });
        const answer = await fetch(signed, { redirect: 'manual', signal: AbortSignal.timeout(timeout) });
        const body = new Uint8Array(await answer.arrayBuffer());
        if (answer.status < 500 && answer.status !== 429) return { status: answer.status, body };
        problem = new Error(`the storage of evidence answered ${answer.status}`);
      } catch (cause) {
        problem = new Error('the storage of evidence gave no answer', { cause });
      }
      if (tried >= attempts) throw problem;
      await pause(firstPause * 2 ** (tried - 1) * (0.5 + Math.random()));
    }
  }

  function refusal(status: number): Error {
    return new Error(
      status === 403 || status === 401
        ? `the storage of evidence refuses us (${status}): S3_ACCESS_KEY_ID, S3_SECRET_ACCESS_KEY, S3_REGION or the rights on the bucket ${bucket}`
        : `the storage of evidence answered ${status} for the bucket ${bucket}`,
    );
  }

  return {
    async put(sha256, bytes) {
      const { status } = await ask('PUT', sha256, bytes);
      if (status < 200 || status > 299) throw refusal(status);
    },
    async get(sha256) {
      const { status, body } = await ask('GET', sha256);
      if (status === 404) throw new Error(`file ${sha256} is not in the bucket ${bucket}`);
      if (status !== 200) throw refusal(status);
      return body;
    },
    async delete(sha256) {
      const { status } = await ask('DELETE', sha256);
      if (status !== 404 && (status < 200 || status > 299)) throw refusal(status);
    },
  };
}
