/** The service's one HTTP server: its paths, its health, and what it says of a port that is taken. */
import type { ServerResponse } from 'node:http';
import { connect } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { listen, type HttpServer } from '../../src/app/http.ts';
import { silentLog } from '../support/harness.ts';

const opened: HttpServer[] = [];
/** A path that tells when it was asked, and that answers with its name when it is told to. */
function held(name: string) {
  let nowAsked = () => {};
  let answer = () => {};
  const asked = new Promise<void>((resolve) => (nowAsked = resolve));
  const answered = new Promise<void>((resolve) => (answer = resolve));
  return {
    asked,
    answer,
    async handle(_request: unknown, response: ServerResponse) {
      nowAsked();
      await answered;
      response.end(name);
    },
  };
}
const slow = held('slow');
const mark = held('mark');
mark.answer();

describe('the server', () => {
  afterEach(async () => {
    for (const server of opened.splice(0)) await server.close();
  });

  async function start(healthy: () => Promise<boolean> = async () => true, port = 0): Promise<HttpServer> {
    const server = await listen({
      host: '127.0.0.1',
      port,
      isHealthy: healthy,
      log: silentLog,
      routes: [
        { method: 'POST', path: '/taken', handle: (_request, response) => void response.end('yes') },
        { method: 'POST', path: '/slow', handle: slow.handle },
        { method: 'POST', path: '/mark', handle: mark.handle },
        { method: 'POST', path: '/broken', handle: () => Promise.reject(new Error('a secret')) },
      ],
    });
    opened.push(server);
    return server;
  }

  it('hands a path to its door, whatever stands behind the question mark', async () => {
    const { url } = await start();

    const response = await fetch(`${url}/taken?x=1`, { method: 'POST' });

    expect([response.status, await response.text()]).toEqual([200, 'yes']);
  });

  it('knows no other path and no other method', async () => {
    const { url } = await start();

    const statuses = await Promise.all(
      [fetch(`${url}/taken`), fetch(`${url}/`), fetch(`${url}/taken/more`, { method: 'POST' })].map(
        async (response) => (await response).status,
      ),
    );

    expect(statuses).toEqual([404, 404, 404]);
  });

  it('says of a request that broke that it broke, and nothing else', async () => {
    const { url } = await start();

    const response = await fetch(`${url}/broken`, { method: 'POST' });

    expect([response.status, await response.text()]).toEqual([500, '']);
  });

  it.each([
    ['healthy', async () => true, 200],
    ['down', async () => false, 503],
    ['down when the database cannot be asked', async () => Promise.reject(new Error('away')), 503],
  ])('tells whoever watches that it is %s', async (_name, healthy, status) => {
    const { url } = await start(healthy);

    expect((await fetch(`${url}/healthz`)).status).toBe(status);
  });

  it('that is told to close finishes what it was asked on a connection, says there that it is stopping, and ends at once', async () => {
    const { url, close } = await start();
    const socket = connect(Number(new URL(url).port), '127.0.0.1');
    let heard = '';
    socket.on('data', (chunk: Buffer) => (heard += chunk.toString()));

    const ask = (what: string) => socket.write(`${what} HTTP/1.1\r\nhost: x\r\n\r\n`);
    ask('POST /slow');
    await slow.asked;
    const closed = close();
    ask('GET /healthz');
    ask('POST /mark'); // once this has come, so has what was sent before
    await mark.asked;
    slow.answer();
    await closed;

    expect(heard.match(/HTTP\/1\.1 \d+|slow|stopping|mark/g)).toEqual([
      'HTTP/1.1 200',
      'slow',
      'HTTP/1.1 503',
      'stopping',
      'HTTP/1.1 200',
      'mark',
    ]);
    await expect(fetch(`${url}/healthz`)).rejects.toThrow();
  });

  it('that finds its port taken says which setting to change', async () => {
    const { url } = await start();

    await expect(start(undefined, Number(new URL(url).port))).rejects.toThrow(
      /EADDRINUSE.*Set HOST and PORT/s,
    );
  });
});
