/**
 * A small HTTP door in a process of its own, so that a test can kill it. POST /events is answered with 200 only once the
 * core has the event; what is to be said goes to the platform's stand-in, which the test runs.
 *
 * Beside Isma's own settings it reads PLATFORM_URL, and HOLD_ACKNOWLEDGEMENT=yes to ask the stand-in before each 200.
 */
import { createHash } from 'node:crypto';
import { createServer, type IncomingMessage } from 'node:http';
import { flushCompileCache } from 'node:module';
import type { AddressInfo } from 'node:net';
import { createService } from '../../src/app/app.ts';
import { openApp } from '../../src/app/open-app.ts';
import { readConfig } from '../../src/config/config.ts';
import type { InputParts } from '../../src/conversation/contract.ts';
import { UndeliverableError, type Port } from '../../src/conversation/port.ts';
import { createLog } from '../../src/log.ts';

/** What the platform's stand-in sends: a message, or a button with its form. */
export interface DoorEvent {
  eventId: string;
  user: string;
  text?: string;
  buttonId?: string;
  fields?: Record<string, string>;
}

const platform = 'door';
const platformUrl = process.env.PLATFORM_URL ?? '';
const holdAcknowledgement = process.env.HOLD_ACKNOWLEDGEMENT === 'yes';

const port: Port = {
  platform,
  async deliver({ id, address, to, reply }) {
    const response = await fetch(`${platformUrl}/messages/${id}`, {
      method: 'POST',
      body: JSON.stringify({ address, to, reply }),
    });
    if (response.status === 403) throw new UndeliverableError('the person has blocked us');
    if (!response.ok) throw new Error(`the platform said ${response.status}`);
    return await response.text();
  },
  async lookUp({ id }) {
    const response = await fetch(`${platformUrl}/messages/${id}`);
    if (response.status === 404) return { found: false };
    return response.ok ? { found: true, receipt: await response.text() } : 'cannot tell';
  },
  directAddress: async ({ email }) => (email === null ? null : addressOf(email)),
};

const app = await openApp({
  config: readConfig(),
  log: createLog('fatal'),
  startAt: new Date('2026-11-24T09:00:00Z'),
});
const core = createService(app, [port], { timing: { settling: 100 } });
await core.start();

const server = createServer((request, response) => {
  void (async () => {
    const raw = await readAll(request);
    await core.receive({ platform, eventId: eventIdOf(raw), raw, read: () => inputOf(raw) });
    if (holdAcknowledgement) await fetch(`${platformUrl}/may-i-acknowledge`, { method: 'POST' });
    response.writeHead(200).end();
  })().catch(() => response.writeHead(503).end());
});
server.listen(0, '127.0.0.1', () => {
  process.stdout.write(`http://127.0.0.1:${(server.address() as AddressInfo).port}\n`);
  flushCompileCache(); // a killed process writes none, and the next one would start as slowly
});
// The test holds the other end of this pipe: no door outlives it.
process.stdin.resume().on('end', () => process.exit());

/** A body that is no event of ours still has one id, so that it is put aside once however often it comes. */
function eventIdOf(raw: Buffer): string {
  try {
    return (JSON.parse(raw.toString()) as DoorEvent).eventId;
  } catch {
    return createHash('sha256').update(raw).digest('hex');
  }
}

function inputOf(raw: Buffer): InputParts {
  const { user, text, buttonId, fields = {} } = JSON.parse(raw.toString()) as DoorEvent;
  const sender = {
    platform,
    tenant: 'T1',
    user,
    name: null,
    email: user,
    timeZone: 'Europe/Berlin',
    locale: 'en-GB',
    directAddress: addressOf(user),
  };
  const place = { address: addressOf(user), audience: 'direct' as const };
  return buttonId === undefined
    ? { kind: 'turn', sender, place, text: text ?? '', attachments: [] }
    : { kind: 'action', sender, place, id: buttonId, fields };
}

function addressOf(email: string): string {
  return `${platform}:dm:${email}`;
}

async function readAll(request: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
}
