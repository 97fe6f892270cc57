/** The service's one HTTP server: its paths, its health, and what it says of a port that is taken. */
import { afterEach, describe, expect, it } from 'vitest';
import { listen, type HttpServer } from '../src/http.ts';
import { silentLog } from './support/harness.ts';

const opened: HttpServer[] = [];

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

  it('that finds its port taken says which setting to change', async () => {
    const { url } = await start();

    await expect(start(undefined, Number(new URL(url).port))).rejects.toThrow(
      /EADDRINUSE.*Set HOST and PORT/s,
    );
  });
});
