/** The one HTTP server of the service: the paths of the doors, and a health check for whoever watches it. */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Route } from '../conversation/port.ts';
import { OperatorError, messageOf } from '../errors.ts';
import { createRefusals, describeError, type Log } from '../log.ts';

/** A request whose body is not whole after this long is dropped, in milliseconds: platforms send theirs in one go. */
const requestTimeout = 15_000;
/** Longer than the usual idle time of a proxy before us, so that it never writes into a connection that we just closed. */
const keepAlive = 75_000;

export interface HttpOptions {
  host: string;
  /** 0 takes any free port. */
  port: number;
  routes: Route[];
  /** Whether the service can do its work; false answers the health check with 503. */
  isHealthy(): Promise<boolean>;
  log: Log;
}

export interface HttpServer {
  url: string;
  /** Takes no more connections and waits for the requests that are under way. */
  close(): Promise<void>;
}

/** How often a server that closes looks for connections on which nothing is under way any more, in milliseconds. */
const idleLook = 50;

/** @throws OperatorError when the port is taken or the host is not one of this machine's */
export async function listen({ host, port, routes, isHealthy, log }: HttpOptions): Promise<HttpServer> {
  let closing = false;
  const refused = createRefusals(log, 'http');
  const byKey = new Map(routes.map((route) => [`${route.method} ${route.path}`, route]));
  byKey.set('GET /healthz', {
    method: 'GET',
    path: '/healthz',
    async handle(_request, response) {
      const state = closing ? 'stopping' : (await isHealthy().catch(() => false)) ? 'ok' : 'down';
      response
        .writeHead(state === 'ok' ? 200 : 503, { 'content-type': 'text/plain', 'cache-control': 'no-store' })
        .end(`${state}\n`);
    },
  });

  async function serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const path = (request.url ?? '/').split('?', 1)[0] ?? '/';
    const route = byKey.get(`${request.method === 'HEAD' ? 'GET' : request.method} ${path}`);
    if (route === undefined) {
      refused(404, 'no such path');
      return void response.writeHead(404).end();
    }
    await route.handle(request, response);
  }

  const server = createServer({ requestTimeout, keepAliveTimeout: keepAlive }, (request, response) => {
    serve(request, response).catch((error: unknown) => {
      log.error(describeError(error), 'a request failed');
      if (!response.headersSent) response.writeHead(500);
      response.end();
    });
  });
  await opened(server, host, port);
  const { port: taken } = server.address() as AddressInfo;
  return {
    url: `http://${host.includes(':') ? `[${host}]` : host}:${taken}`,
    close: () =>
      new Promise((resolve) => {
        closing = true;
        // A connection whose request ends later is kept for the next one, and would hold us up for its whole idle time.
        const looking = setInterval(() => server.closeIdleConnections(), idleLook);
        server.close(() => {
          clearInterval(looking);
          resolve();
        });
      }),
  };
}

/** @throws OperatorError as `listen` does, without keeping the port */
export async function refuseTakenPort({ host, port }: Pick<HttpOptions, 'host' | 'port'>): Promise<void> {
  if (port === 0) return;
  const probe = createServer();
  await opened(probe, host, port);
  await new Promise((resolve) => probe.close(resolve));
}

function opened(server: Server, host: string, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', (cause) =>
      reject(
        new OperatorError(`Cannot listen on ${host}:${port}: ${messageOf(cause)}. Set HOST and PORT.`, {
          cause,
        }),
      ),
    );
    server.listen(port, host, resolve);
  });
}
