/** The WebSocket of Slack's Socket Mode, for tests. */
import type { Server } from 'node:http';
import { WebSocketServer, type WebSocket } from 'ws';

export interface SlackSocket {
  connected(): Promise<void>;
  send(type: string, payload: unknown): string;
  acks: { envelope_id: string; payload?: unknown; at: number }[];
}

export function openSocket(server: Server) {
  const sockets = new WebSocketServer({ server, path: '/link/' });
  const acks: SlackSocket['acks'] = [];
  const waiting = Promise.withResolvers<void>();
  let open: WebSocket | null = null;
  let count = 0;
  sockets.on('connection', (connection) => {
    open = connection;
    connection.send(JSON.stringify({ type: 'hello', num_connections: 1 }));
    connection.on('message', (data: Buffer) => {
      acks.push({ ...(JSON.parse(data.toString()) as { envelope_id: string }), at: Date.now() });
    });
    waiting.resolve();
  });
  const socket: SlackSocket = {
    connected: () => waiting.promise,
    send(type, payload) {
      const id = `envelope-${(count += 1)}`;
      open?.send(
        JSON.stringify({ envelope_id: id, type, payload, accepts_response_payload: type !== 'events_api' }),
      );
      return id;
    },
    acks,
  };
  return {
    socket,
    closeSocket: () => {
      for (const client of sockets.clients) client.terminate();
      sockets.close();
    },
  };
}
