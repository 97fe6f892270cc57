/** The real core with the real people, and one workflow and one door that the test scripts. */
import type {
  Action,
  Context,
  Outcome,
  ReplyParts,
  Turn,
  Workflow,
  InputParts,
} from '../../src/conversation/contract.ts';
import type { Delivery, Port } from '../../src/conversation/port.ts';
import { createCore } from '../../src/conversation/core.ts';
import type { Core, CoreOptions } from '../../src/conversation/port.ts';
import type { Database } from '../../src/db/database.ts';
import { people as recordsOfPeople } from '../../src/app/app.ts';
import { directAddress, envelope, silentLog, today } from '../support/harness.ts';
import { meanwhile } from '../support/meanwhile.ts';

export interface ScriptedCore {
  core: Core;
  delivered: Delivery[];
  /** Stores a message of a person. @returns the input's id, or null where it was known */
  receive(email: string, text: string, eventId?: string): Promise<number | null>;
  press(email: string, id: string, fields?: Action['fields']): Promise<number | null>;
  /** Stores an input as a door would write it. */
  send(input: InputParts, eventId?: string, take?: (delivery: Delivery) => boolean): Promise<number | null>;
}

export interface Script {
  db: Database;
  /** What a message leads to; an array is what is said. */
  onTurn?(turn: Turn): Promise<Outcome | ReplyParts[]> | Outcome | ReplyParts[];
  actions?: Workflow['actions'];
  answers?: Workflow['answers'];
  due?: Workflow['due'];
  jobs?: Workflow['jobs'];
  takesJobs?: boolean;
  /** What the turn is told of its caller. */
  seen?: (context: Context) => void;
  port?: Partial<Port>;
  people?: Partial<CoreOptions['people']>;
  timing?: CoreOptions['timing'];
}

/** A door that shows everything to a test and reaches everybody who has an address. */
export function testPort(seen: (delivery: Delivery) => void, rest: Partial<Port> = {}): Port {
  return {
    platform: 'test',
    async deliver(delivery) {
      seen(delivery);
      return `receipt-${delivery.id}`;
    },
    lookUp: async () => ({ found: false }),
    directAddress: async ({ email }) => (email === null ? null : directAddress(email)),
    ...rest,
  };
}

export function createScriptedCore({
  db,
  onTurn = () => [],
  actions = {},
  answers,
  due,
  jobs,
  takesJobs,
  seen = () => {},
  port = {},
  people = {},
  timing = { settling: 0 },
}: Script): ScriptedCore {
  const delivered: Delivery[] = [];
  let count = 0;
  const workflow: Workflow = {
    name: 'scripted',
    actions,
    answers,
    due,
    jobs,
    tools: [],
    offer: { text: 'Ask me.', examples: ['What?'] },
    async claim(context, turn) {
      seen(context);
      const said = await onTurn(turn);
      return Array.isArray(said) ? async () => said.map((reply) => ({ to: 'place' as const, reply })) : said;
    },
  };
  const core = createCore({
    db,
    ports: [testPort((delivery) => delivered.push(delivery), port)],
    people: { ...recordsOfPeople, ...people },
    workflows: [workflow],
    answerer: {
      asksOutside: false,
      prepare: () => Promise.reject(new Error('the workflow takes every turn')),
    },
    model: null,
    budget: { tokensAPerson: 1, tokensInAll: 1 },
    modelTurnsAtOnce: 4,
    clock: () => today,
    log: silentLog,
    timing,
    takesJobs,
  });

  function receive(
    input: InputParts,
    eventId = `event-${(count += 1)}`,
    take?: (delivery: Delivery) => boolean,
  ) {
    return core.receive({ platform: 'test', eventId, raw: Buffer.from('{}'), read: () => input }, take);
  }
  return {
    core,
    delivered,
    send: receive,
    receive: (email, text, eventId) =>
      receive({ kind: 'turn', ...envelope(email), text, attachments: [] }, eventId),
    press: (email, id, fields = {}) => receive({ kind: 'action', ...envelope(email), id, fields }),
  };
}

/** Pauses between attempts are seconds; tests do not sit them out. */
export async function skipPauses(db: Database): Promise<void> {
  await db.query("update inbox set run_after = now() where state = 'received'");
  await db.query("update outbox set run_after = now() where state = 'planned'");
  await db.query(
    "update outbox set lease_until = now() - interval '1 second' where state = 'sending' and doubtful_since is not null",
  );
}

/** Does the work with every pause on the way skipped, and ends when it does. */
export async function skippingPauses(
  db: Database,
  work: Promise<unknown>,
  also: () => Promise<unknown> = () => Promise.resolve(),
): Promise<void> {
  await meanwhile(work, async () => {
    await also();
    await skipPauses(db);
  });
}

/** As `skipPauses`, when a platform asked to be left alone as well. */
export async function endPauses(db: Database): Promise<void> {
  await db.query('delete from channel_pause');
  await skipPauses(db);
}

/** Waits for the end of an input, with every pause on the way skipped. */
export function settledWithoutPauses(db: Database, core: Core, inputId: number | null): Promise<void> {
  return skippingPauses(db, core.settled(inputId ?? 0));
}
