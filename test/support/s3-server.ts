/** Stands in for S3 over HTTP on loopback: works the signature of each request out by itself, and fails in the ways a test asks for. */
import { createHash, createHmac } from 'node:crypto';
import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';

export const s3Key = { accessKeyId: 'AKIATEST', secretAccessKey: 'made-up/secret+key' };
export const s3Region = 'eu-test-1';
export const s3Bucket = 'isma-evidence';

export interface S3Server {
  url: string;
  /** Objects by their path. */
  objects: Map<string, Buffer>;
  /** What was asked, and what was answered. */
  asked: string[];
  /** What becomes of the next requests, one each, instead of their answer. */
  faults: ('busy' | 'slow down' | 'hangs' | 'breaks off' | 'redirects')[];
  close(): Promise<void>;
}

export async function startS3(): Promise<S3Server> {
  const objects: S3Server['objects'] = new Map();
  const asked: string[] = [];
  const faults: S3Server['faults'] = [];

  function answer(request: IncomingMessage, body: Buffer): { status: number; body?: Buffer } {
    const path = new URL(request.url ?? '/', 'http://s3').pathname;
    if (!isSigned(request, body)) return { status: 403 };
    if (!path.startsWith(`/${s3Bucket}/`)) return { status: 404 };
    if (request.method === 'PUT') objects.set(path, body);
    if (request.method === 'DELETE') objects.delete(path);
    if (request.method !== 'GET') return { status: request.method === 'PUT' ? 200 : 204 };
    const object = objects.get(path);
    return object === undefined ? { status: 404 } : { status: 200, body: object };
  }

  const server = createServer((request, response) => {
    void (async () => {
      const pieces: Buffer[] = [];
      for await (const piece of request as AsyncIterable<Buffer>) pieces.push(piece);
      const fault = faults.shift();
      const given = answer(request, Buffer.concat(pieces));
      asked.push(`${request.method} ${fault ?? given.status}`);
      if (fault === 'hangs') return;
      if (fault === 'breaks off') return void response.destroy();
      if (fault === 'redirects')
        return void response.writeHead(307, { location: 'http://127.0.0.1:1/' }).end();
      if (fault !== undefined) return void response.writeHead(fault === 'busy' ? 503 : 429).end('<Error/>');
      response.writeHead(given.status).end(given.body);
    })().catch(() => response.destroy());
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    objects,
    asked,
    faults,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

/** AWS Signature Version 4, from its description: https://docs.aws.amazon.com/AmazonS3/latest/API/sig-v4-header-based-auth.html */
function isSigned(request: IncomingMessage, body: Buffer): boolean {
  const [, key, day, region, names = '', signature] =
    /^AWS4-HMAC-SHA256 Credential=([^/]+)\/(\d{8})\/([^/]+)\/s3\/aws4_request, ?SignedHeaders=([^,]+), ?Signature=([0-9a-f]{64})$/.exec(
      request.headers.authorization ?? '',
    ) ?? [];
  const time = String(request.headers['x-amz-date']);
  const content = String(request.headers['x-amz-content-sha256']);
  const signed = names.split(';');
  if (key !== s3Key.accessKeyId || region !== s3Region || !time.startsWith(day ?? '-')) return false;
  if (!['host', 'x-amz-content-sha256', 'x-amz-date'].every((name) => signed.includes(name))) return false;
  if (content !== createHash('sha256').update(body).digest('hex')) return false;
  const url = new URL(request.url ?? '/', 'http://s3');
  const canonical = [
    request.method,
    url.pathname,
    url.search.slice(1),
    ...signed.map((name) => `${name}:${String(request.headers[name]).trim()}`),
    '',
    names,
    content,
  ].join('\n');
  const scope = `${day}/${region}/s3/aws4_request`;
  const hash = createHash('sha256').update(canonical).digest('hex');
  const secret = [day, region, 's3', 'aws4_request'].reduce<Buffer | string>(
    (soFar, part) => hmac(soFar, part ?? ''),
    `AWS4${s3Key.secretAccessKey}`,
  );
  return hmac(secret, `AWS4-HMAC-SHA256\n${time}\n${scope}\n${hash}`).toString('hex') === signature;
}

function hmac(key: Buffer | string, text: string): Buffer {
  return createHmac('sha256', key).update(text).digest();
}
