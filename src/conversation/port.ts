/** A door as the core sees it (what it is given to deliver, what it may answer, how it shows an answer in the making), and the core as a door sees it. */
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Database, Queryable } from '../db/database.ts';
import type { Log } from '../log.ts';
import type { LanguageModel } from '../model/language-model.ts';
import type { Budget } from './budget.ts';
import type { Answerer } from './answerer.ts';
import type { Attachment, Person, Place, Reply, Sender, Via, Workflow } from './contract.ts';
import type { Envelope } from './inbox.ts';
import type { Timing } from './time-limit.ts';

export interface Delivery {
  /** Unique for ever: a platform that can look a message up finds it by this. */
  id: string;
  address: string;
  /** E-mail of the person that a direct message is for; null for a reply to a place. */
  to: string | null;
  /** The platform's id of the one person in the place who may see it; null for everybody there. */
  ephemeralTo: string | null;
  reply: Reply;
  /** Bytes of the reply's files and picture, by their ids; what is gone is missing. Absent where it has none. */
  enclosed?: ReadonlyMap<string, Uint8Array>;
  /** How often it is being tried now, the first time 1; absent outside of the ledger. */
  attempt?: number;
  /** Notes of the door from the input that this answers in its place; empty for a message elsewhere. */
  via: Via;
  /** The clock led to it, and nobody's message. */
  unasked?: boolean;
  /** Receipt of the message that this takes the place of: doing it twice does no harm. */
  edits: string | null;
  /** An edit that nobody waits for: a door that cannot edit leaves it. */
  quiet?: boolean;
  /** Names the draft that this completes, if one was opened in this process. */
  draftKey: string;
  /** Receipt of that draft, where one was opened by whichever process: it is completed rather than a message added. */
  draft: string | null;
}

/** Doing it again is useless: the channel is gone, the person has blocked us, the app was taken out. */
export class UndeliverableError extends Error {
  override name = 'UndeliverableError';
  /** What is wrong for good: that nothing reaches this person there, or only that this message is not taken. */
  readonly about: 'person' | 'message';

  constructor(message: string, about: 'person' | 'message' = 'person', options?: ErrorOptions) {
    super(message, options);
    this.about = about;
  }
}

/** The platform certainly does not have it, and it may be tried again: a connection refused, a 5xx, a rate limit. */
export class NotSentError extends Error {
  override name = 'NotSentError';
  /** Seconds that the platform told us to wait before we write to this channel again; null where it said nothing. */
  readonly retryAfter: number | null;

  constructor(message: string, retryAfter: number | null = null, options?: ErrorOptions) {
    super(message, options);
    this.retryAfter = retryAfter;
  }
}

/** A file has more bytes than were asked for at most. */
export class TooLargeError extends Error {
  override name = 'TooLargeError';
}

/** What a platform says of a person. */
export interface Profile {
  name: string | null;
  /** Binds them to a person of ours, so it is null where the platform has not confirmed it. */
  email: string | null;
  timeZone: string | null;
  locale: string | null;
  /** False for guests of every kind, bots, and who is shut out there: they are told nothing. */
  colleague: boolean;
}

/** What a platform takes a minute at most, to plan with. */
export interface Pace {
  /** As people call the platform. */
  name: string;
  messages: number;
  /** People who are looked up by their address, since they have never written; 0 where nobody can be found by it. */
  lookUps: number;
}

/** A door as the core sees it. */
export interface Port {
  platform: string;
  /** All that can be done through this door, for people without chat: these commands. Everything where absent. */
  only?: ReadonlySet<string>;
  /** Absent where there is no limit. */
  pace?: Pace;
  /**
   * Give the message to the platform, once.
   *
   * @param signal  aborted when nobody waits for it any more
   * @returns the platform's receipt, by which the message can be edited; for an edit the same receipt again
   * @throws UndeliverableError, NotSentError; any other error leaves the outcome unknown
   */
  deliver(delivery: Delivery, signal: AbortSignal): Promise<string>;
  /**
   * After a crash or a time-out: whether the platform has the message. A no to a request that is still under way may come too early:
   * it is asked again. `harmless` where sending it twice leaves one message, as with an edit.
   *
   * @returns `cannot tell` where the platform can say so neither now nor later
   * @throws any error when it cannot be asked now
   */
  lookUp(
    delivery: Delivery,
    signal: AbortSignal,
  ): Promise<{ found: true; receipt: string } | { found: false; harmless?: boolean } | 'cannot tell'>;
  /**
   * Where a direct message reaches this person, or null when this platform does not know them.
   *
   * @throws NotSentError with the seconds that the platform asks to wait, or any error when it cannot say now
   */
  directAddress(person: Person, signal: AbortSignal): Promise<string | null>;
  /** What of an address the platform counts its limits by, and in what messages wait for each other; the address where absent. */
  channelOf?(address: string): string;
  /**
   * Whether the people of this workspace or tenant are ours: an admin listed it, or where none is listed it was the first.
   * Absent where there is but one. @throws any error when it cannot be told now; it is asked again
   */
  trusts?(tenant: string, signal: AbortSignal): Promise<boolean>;
  /**
   * Absent where the envelope says it all.
   *
   * @throws UndeliverableError where the platform will never say; NotSentError with the seconds that it asks to wait; any other
   *   error when it cannot say now
   */
  profile?(sender: Sender, signal: AbortSignal): Promise<Profile>;
  /**
   * The bytes of a file that a person sent here. Absent where the platform hands over none.
   *
   * @param most  bytes after which reading stops
   * @throws TooLargeError past `most`; Refusal in words for the person (no permission, gone); any other error: not to be had now
   */
  fetch?(attachment: Attachment, most: number, signal: AbortSignal): Promise<Uint8Array>;
  /** An answer is being made and takes a moment. Never throws. */
  busy?(place: Place, via: Via): void;
  /** Shows words of an answer while it is made; absent where the platform does not stream. */
  draft?(opening: DraftOpening): Draft | null;
}

/** What of an address a platform counts its limits by. */
export function channelOf(port: Port, address: string): string {
  return port.channelOf?.(address) ?? address;
}

export interface DraftOpening {
  place: Place;
  /** Whose question it is. */
  sender: Sender;
  via: Via;
  draftKey: string;
  /** A draft of the same turn, from a process that died. */
  receipt: string | null;
  /** To be called once the platform has given the draft a receipt, or is asked for one; null where none will stand there. */
  opened(receipt: string | null): void;
}

export interface Draft {
  /** The whole text so far; every word of it is proven. Never throws. */
  show(text: string): void;
  /** The answer will be another one, or none: nothing of the draft may stay. Never throws. */
  discard(): void;
  /** Aborted when the person asked to stop; absent where they cannot. */
  stopped?: AbortSignal;
}

// ---- What a door brings to the service ---------------------------------------------------------------------------------

/** A path of the service's one HTTP server. Bodies are unread when `handle` is called. */
export interface Route {
  method: 'GET' | 'POST';
  path: string;
  handle(request: IncomingMessage, response: ServerResponse): void | Promise<void>;
}

export interface Door {
  port: Port;
  routes: Route[];
  /** Begins to hand over what comes in. */
  start(core: Core): Promise<void>;
  /** Takes nothing more in; what is being delivered goes on until the core has stopped. */
  stop(): Promise<void>;
}

// ---- The core ----------------------------------------------------------------------------------------------------------

/** People, as the core needs them; the records are elsewhere. */
export interface People {
  /** What is known of somebody before their platform is asked; `outside` where it said last that they are no colleague. */
  standing(tx: Queryable, sender: Sender): Promise<'unknown' | 'known' | 'look-again' | 'outside'>;
  /** What the platform says now of somebody who is known; `unsaid` where it cannot say, and is asked again in a while. */
  noteLook(tx: Queryable, sender: Sender, said: 'colleague' | 'outside' | 'unsaid', at: Date): Promise<void>;
  /** @returns null for who has left */
  resolve(
    tx: Queryable,
    sender: Sender,
    now: Date,
  ): Promise<{ person: Person; newcomer: boolean; top?: boolean } | null>;
  /** What names the one whom a message mentions, and nobody else: their name, or their address where two share it. */
  mentioned?(tx: Queryable, key: Pick<Sender, 'platform' | 'tenant' | 'user'>): Promise<string | null>;
  /** False for who has left: nothing is said to them, and nothing is theirs to do. */
  isHere(tx: Queryable, id: number): Promise<boolean>;
  find(tx: Queryable, id: number): Promise<Person>;
  /** Their job, whom they report to, and how many report to them. */
  describe(
    tx: Queryable,
    id: number,
  ): Promise<{ title: string | null; manager: string | null; reports: number }>;
  /** Where the person can be reached, the newest first. */
  directAddresses(tx: Queryable, id: number): Promise<{ platform: string; address: string }[]>;
  isUnreachable(tx: Queryable, platform: string, address: string): Promise<boolean>;
  markUnreachable(tx: Queryable, platform: string, address: string, reason: string, at: Date): Promise<void>;
}

export interface CoreOptions {
  db: Database;
  ports: Port[];
  people: People;
  workflows: Workflow[];
  answerer: Answerer;
  model: LanguageModel | null;
  budget: Budget;
  /** Turns that wait for the model at once in this process. */
  modelTurnsAtOnce: number;
  clock: () => Date;
  log: Log;
  /** Waits that a test shortens. */
  timing?: Partial<Timing>;
  /** False for a process that shows a shared database from the side, perhaps at another time: it leaves jobs to the service. */
  takesJobs?: boolean;
  /** False where `runDue` alone decides when jobs are looked for, as in a test with a clock of its own; else each minute. */
  watchesClock?: boolean;
}

export interface Core {
  /**
   * Store an event; when this returns, the platform may be told that we have it. @returns the input's id, or null when it was
   * known before, asks for nothing or was put aside
   *
   * @param take  is offered each message that this input has for its own place before it is posted; `true` means that the door
   *   has shown it itself, as in a dialog that waits for its answer. It is asked until `release`.
   */
  receive(envelope: Envelope, take?: (delivery: Delivery) => boolean): Promise<number | null>;
  /** Nobody waits for an answer to this input any more: everything is posted. */
  release(inputId: number): void;
  /** Whether somebody is a colleague of ours: to be asked before anything is shown that is no answer to a stored input. */
  admits(sender: Sender): Promise<boolean>;
  /** What somebody like them may want to say, the likeliest first; nobody is welcomed by being asked for it. */
  suggestions(sender: Sender): Promise<string[]>;
  /** What a message of ours shows now, if it was sent to this address. */
  shown(platform: string, address: string, receipt: string): Promise<Reply | null>;
  /** Resolves once the input has reached its end and all that it said is delivered or given up, or nobody asks any more. */
  settled(inputId: number, signal?: AbortSignal): Promise<void>;
  /** Resolves once nothing of this process's platforms is left to run or to deliver. */
  quiet(): Promise<void>;
  /**
   * Looks for jobs whose time has come and keeps them to be run; every process does so each minute. `options.clock()` decides the
   * time; in a service it is the database's, so that a machine whose clock is off neither hurries nor delays what is due.
   *
   * @throws Error after all workflows were asked, where one of them failed
   */
  runDue(): Promise<void>;
  /** The bytes of a file that we made, which a door may be asked for after its message; null where it is gone. */
  readFile(id: string): Promise<Uint8Array | null>;
  /**
   * Once nothing that came from an address is under way any more: what the last of it was answered, each message as it stands
   * now. Sooner where nobody waits any longer.
   */
  answered(
    platform: string,
    address: string,
    signal: AbortSignal,
  ): Promise<{ receipt: string; reply: Reply }[]>;
  /** The newest messages that were delivered to an address, newest first: what a person there can press, and whether it asks for words. */
  recentReplies(platform: string, address: string): Promise<(Reply & { asks?: boolean })[]>;
  start(): Promise<void>;
  /** Finishes what is running and takes no more. */
  stop(): Promise<void>;
}
