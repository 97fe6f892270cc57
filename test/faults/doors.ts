/** What the tests of killed processes share: a platform's stand-in, doors as real processes, and the three invariants. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { expect } from 'vitest';
import type { Reply } from '../../src/conversation/contract.ts';
import { verifyAudit } from '../../src/db/audit.ts';
import type { Database } from '../../src/db/database.ts';
import { givenDocument, givenPeople, patient } from '../support/harness.ts';
import { compileCache } from '../support/terminal.ts';
import { passagesOf, type Behaviour, type ChatRequest } from '../support/model-server.ts';
import type { DoorEvent } from '../support/door-process.ts';

export interface Post {
  id: string;
  address: string;
  to: string | null;
  reply: Reply;
}

/** What becomes of a message that a door posts: kept or not, and answered or not. */
export type PostFate = 'taken' | 'taken, then silence' | 'lost in silence' | 'server error' | 'blocked';

export interface Platform {
  url: string;
  /** Every message that the platform has, in the order it took them. */
  posts: Post[];
  /** Every attempt to post, kept or not. */
  attempts: string[];
  lookUps: string[];
  /** How often a door asked whether it may acknowledge; it waits for ever. */
  heldAcknowledgements: number;
  onPost(fate: (post: Post, n: number) => PostFate): void;
  onLookUp(state: 'works' | 'down'): void;
  close(): Promise<void>;
}

export async function startPlatform(): Promise<Platform> {
  let fate: (post: Post, n: number) => PostFate = () => 'taken';
  let lookUpState: 'works' | 'down' = 'works';
  const server = createServer((request, response) => {
    if (request.url === '/may-i-acknowledge') {
      platform.heldAcknowledgements += 1;
      return;
    }
    const id = request.url?.split('/').at(-1) ?? '';
    if (request.method === 'GET') return lookUp(id, response);
    let body = '';
    request.on('data', (chunk: Buffer) => (body += chunk.toString()));
    request.on('end', () => take({ id, ...(JSON.parse(body) as Omit<Post, 'id'>) }, response));
  });

  function take(post: Post, response: ServerResponse) {
    const n = platform.attempts.push(post.id) - 1;
    const becomes = fate(post, n);
    if (becomes === 'taken' || becomes === 'taken, then silence') platform.posts.push(post);
    if (becomes === 'taken') response.end(`receipt-${post.id}`);
    if (becomes === 'server error') response.writeHead(500).end();
    if (becomes === 'blocked') response.writeHead(403).end();
  }
  function lookUp(id: string, response: ServerResponse) {
    platform.lookUps.push(id);
    const known = platform.posts.some((post) => post.id === id);
    if (lookUpState === 'down') response.writeHead(500).end();
    else if (known) response.end(`receipt-${id}`);
    else response.writeHead(404).end();
  }

  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const platform: Platform = {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    posts: [],
    attempts: [],
    lookUps: [],
    heldAcknowledgements: 0,
    onPost: (next) => (fate = next),
    onLookUp: (next) => (lookUpState = next),
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
  return platform;
}

export interface Door {
  /** Delivers an event as a platform would. @returns the status, or null when the door died before it answered */
  send(event: DoorEvent | string): Promise<number | null>;
  /** SIGKILL, and waits until the kernel has let go of the process. */
  kill(): Promise<void>;
}

export interface DoorOptions {
  /** A server's address, or the folder of an embedded database. */
  database: { url: string } | { folder: string };
  platform: Platform;
  modelUrl: string;
  holdAcknowledgement?: boolean;
}

const living = new Set<Door>();

export async function startDoor({
  database,
  platform,
  modelUrl,
  holdAcknowledgement = false,
}: DoorOptions): Promise<Door> {
  const child = spawn(process.execPath, [join(import.meta.dirname, '../support/door-process.ts')], {
    stdio: ['pipe', 'pipe', 'pipe'],
    env: {
      PATH: process.env.PATH,
      OPENAI_BASE_URL: modelUrl,
      PLATFORM_URL: platform.url,
      NODE_COMPILE_CACHE: compileCache,
      HOLD_ACKNOWLEDGEMENT: holdAcknowledgement ? 'yes' : 'no',
      ...('url' in database ? { DATABASE_URL: database.url } : { DATA_DIR: database.folder }),
    },
  });
  let complaint = '';
  child.stderr.on('data', (chunk: Buffer) => (complaint += chunk.toString()));
  const exited = once(child, 'exit');
  const said = (await Promise.race([once(child.stdout, 'data'), exited])) as [unknown];
  if (!Buffer.isBuffer(said[0])) throw new Error(`The door did not start: ${complaint}`);
  const url = said[0].toString().trim();

  const door: Door = {
    async send(event) {
      const body = typeof event === 'string' ? event : JSON.stringify(event);
      const response = await fetch(`${url}/events`, { method: 'POST', body }).catch(() => null);
      return response?.status ?? null;
    },
    async kill() {
      living.delete(door);
      child.kill('SIGKILL');
      await exited;
    },
  };
  living.add(door);
  return door;
}

export async function killAllDoors(): Promise<void> {
  await Promise.all([...living].map((door) => door.kill()));
}

/** Waits for something that another process is about to do. */
export async function until(what: string, happened: () => Promise<boolean> | boolean): Promise<void> {
  const since = Date.now();
  while (!(await happened())) {
    if (Date.now() - since > patient) throw new Error(`waited in vain until ${what}`);
    await pause(20);
  }
}

/** A policy, the people of the tests, and a question that the model of these tests answers from it. */
export async function givenLostDevicePolicy(db: Database): Promise<void> {
  await givenPeople(db);
  // What the week brings is written by the clock, and is none of the messages that are counted here.
  await db.query(
    `insert into setting (name, value) values ('digest.weekly', '{"ismsManager": false, "managers": false}')`,
  );
  await givenDocument(db, 'mobile.md', lostDevicePolicy);
}

export const lostDevicePolicy = `---
ref: POL-07
title: Mobile Device Policy
version: "2.1"
status: published
owner: hugo@test.example
effective: 2026-03-01
---
# Mobile Device Policy

## 3 Lost devices

Report a lost laptop to the service desk within 24 hours. The service desk wipes the laptop from afar.

## 4 Personal phones

A personal phone may be used for work mail once it is enrolled.
`;
export const question = 'How soon must I report a lost laptop?';
export const modelAnswer = 'Report it to the service desk within 24 hours';

/** A well-behaved model: it cites the passage that holds the figure. */
export function answerFromPassages(request: ChatRequest): Behaviour {
  const n = passagesOf(request).find(({ text }) => text.includes('24 hours'))?.n;
  return { text: n === undefined ? 'NOT_COVERED' : `${modelAnswer} [${n}].` };
}

/**
 * A dead process on a server keeps its claims until their lease ends, after 20 and 30 seconds. Tests that killed every
 * process that could hold one end the leases at once, to save that time.
 */
export async function endLeasesOfTheDead(db: Database): Promise<void> {
  await db.query("update inbox set lease_until = now() - interval '1 second' where state = 'running'");
  await db.query("update outbox set lease_until = now() - interval '1 second' where state = 'sending'");
}

export async function allEnded(db: Database): Promise<boolean> {
  const { rows } = await db.query(
    `select from inbox where state in ('received', 'running') union all select from outbox where state in ('planned', 'sending')`,
  );
  return rows.length === 0;
}

/** Nothing lost, nothing doubled, and the audit chain verifies. */
export async function expectInvariants(db: Database, { posts }: Platform): Promise<void> {
  const lost = await db.query(
    "select id, state from inbox where state not in ('done', 'dead', 'quarantined')",
  );
  expect(lost.rows).toEqual([]);
  const open = await db.query("select id, state from outbox where state in ('planned', 'sending')");
  expect(open.rows).toEqual([]);

  const posted = posts.map((post) => post.id);
  expect(posted.filter((id, index) => posted.indexOf(id) !== index)).toEqual([]);
  const { rows: sent } = await db.query("select delivery_id from outbox where state = 'sent'");
  expect(sent.map((row) => row.delivery_id).filter((id) => !posted.includes(id as string))).toEqual([]);
  const { rows: strangers } = await db.query(
    'select id from unnest($1::text[]) as id where id not in (select delivery_id::text from outbox)',
    [posted],
  );
  expect(strangers).toEqual([]);

  expect((await verifyAudit(db)).faults).toEqual([]);
}

/** Empties what conversations leave; people and policies stay. */
export async function forgetConversations(db: Database): Promise<void> {
  await db.query(
    'truncate inbox, outbox, message, model_use, answer, answer_feedback, open_question restart identity cascade',
  );
}

/** One question, one answer record, one message in the conversation's history from each side, one post. */
export async function expectOneAnswer(db: Database, platform: Platform): Promise<void> {
  const { rows } = await db.query(
    `select (select count(*) from inbox)::integer as inputs, (select count(*) from answer)::integer as answers,
       (select count(*) from outbox)::integer as deliveries, (select count(*) from message)::integer as messages`,
  );
  expect(rows).toEqual([{ inputs: 1, answers: 1, deliveries: 1, messages: 2 }]);
  expect(platform.posts.map((post) => post.reply.text)).toEqual([`${modelAnswer} [1].`]);
  await expectInvariants(db, platform);
}

/** Sends all events, as a platform that repeats what was not acknowledged, while all doors die so many times. */
export async function survive(
  events: DoorEvent[],
  deaths: number,
  startAll: () => Promise<Door[]>,
  afterEachDeath: () => Promise<void>,
): Promise<void> {
  const waiting = new Set(events);
  for (let round = 0; round <= deaths; round += 1) {
    const doors = await startAll();
    const sending = [...waiting].map(async (each, index) => {
      if ((await doors[index % doors.length]?.send(each)) === 200) waiting.delete(each);
    });
    if (round < deaths) {
      await pause(20 + Math.random() * 600);
      await killAllDoors();
      await afterEachDeath();
    }
    await Promise.all(sending);
  }
  expect(waiting.size).toBe(0);
}

export async function outboxStates(db: Database): Promise<string[]> {
  const { rows } = await db.query('select state from outbox order by id');
  return rows.map((row) => String(row.state));
}
