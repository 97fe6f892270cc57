/** The words that doors, core and workflows share. Everything here survives JSON, since it waits in inbox and outbox. */
import { z } from 'zod';
import type { Queryable } from '../db/database.ts';
import { Button, GivenAddress, Headline, Item, Link, Opener } from './item.ts';
import type { ItemParts, Obligation, OpenerParts, WaitingItem } from './item.ts';
export { actionId, longestId, parseActionId, unfoldId } from './action-id.ts';
export { Field, Form } from './form.ts';
export {
  Button,
  Item,
  Link,
  type ButtonParts,
  type ItemParts,
  type Obligation,
  type OpenerParts,
  type WaitingItem,
} from './item.ts';
export { Citation, PassageExcerpt } from './sources.ts';
import { Form } from './form.ts';
import type { Lane } from './lanes.ts';
import { Citation, PassageExcerpt } from './sources.ts';

// ---- What comes in ---------------------------------------------------------------------------------------------------

/** Who a platform has verified the sender to be; never what a message says of itself. */
export const Sender = z.object({
  platform: z.string(),
  /** Workspace or tenant. */
  tenant: z.string(),
  user: z.string(),
  name: z.string().nullable(),
  email: z.string().nullable(),
  timeZone: z.string().nullable(),
  locale: z.string().nullable(),
  /** Where a direct message reaches them, where the platform already said so. */
  directAddress: z.string().nullable(),
});
export type Sender = z.infer<typeof Sender>;

/** A conversation, one opaque string that only its door reads, and who else is listening in it. */
export const Place = z.object({
  address: z.string().max(1_000),
  audience: z.enum(['direct', 'channel']),
  /** People of other organisations read along, so that nothing may be said there but to the asker alone. */
  outsiders: z.boolean().default(false),
});
export type Place = z.infer<typeof Place>;

/** What only the door needs to answer this very input (a thread, a trigger); it comes back with what is said in its place. */
export const Via = z.record(z.string(), z.string());
export type Via = z.infer<typeof Via>;

export const Attachment = z.object({
  name: z.string(),
  /** Bytes. */
  size: z.number(),
  contentType: z.string(),
  /** What the door needs to fetch it again. */
  source: z.string(),
});
export type Attachment = z.infer<typeof Attachment>;

/** Something that a person said. */
export const Turn = z.object({
  kind: z.literal('turn'),
  sender: Sender,
  place: Place,
  text: z.string(),
  attachments: z.array(Attachment),
  /** The platform's id of the message: two events about one message are one turn, and a deleted message is found by it. */
  messageId: z.string().max(500).nullable().default(null),
  /** Which edit of the message this is, null for the message as it was first sent: an edit takes its earlier words' place. */
  revision: z.string().max(100).nullable().default(null),
  /** Receipt of the message of ours that this one stands under or quotes. */
  inReplyTo: z.string().nullable().default(null),
  /** Where the message can be opened again, made by the door from its verified ids; null where there is no such place. */
  link: Link.nullable().default(null),
  via: Via.default({}),
});
export type Turn = z.infer<typeof Turn>;

/** A button that a person pressed, or a form that they sent. */
export const Action = z.object({
  kind: z.literal('action'),
  sender: Sender,
  place: Place,
  /** The id of the button or form, as we gave it out: `workflow.command?argument=value`. */
  id: z.string(),
  fields: z.record(z.string(), z.union([z.string(), z.array(z.string())])),
  /** Receipt of the message whose button was pressed, or from which the form was opened. */
  card: z.string().nullable().default(null),
  via: Via.default({}),
});
export type Action = z.infer<typeof Action>;

/** The person deleted what they had said: an answer that is still being made is not given. */
export const Retraction = z.object({
  kind: z.literal('retraction'),
  place: Place,
  messageId: z.string().max(500),
});
export type Retraction = z.infer<typeof Retraction>;

/** Something whose time has come. No person asks for it, and it has no place: whatever it says goes to people. */
export const Job = z.object({
  kind: z.literal('job'),
  /** `workflow.job`, as in the workflow's `jobs`. */
  name: z.string(),
  values: z.record(z.string(), z.string()),
});
export type Job = z.infer<typeof Job>;

export const Input = z.discriminatedUnion('kind', [Turn, Action]);
export type Input = z.infer<typeof Input>;
/** As a door writes it, defaults left out. */
export type InputParts = z.input<typeof Input> | z.input<typeof Retraction>;

// ---- What goes out ---------------------------------------------------------------------------------------------------

export const Table = z.object({ columns: z.array(z.string()), rows: z.array(z.array(z.string())) });

/** Why a reply is not what a person might have expected. */
export const Notice = z.enum([
  'no-model',
  'model-down',
  'budget',
  'unverified',
  'not-covered',
  'private',
  'failed',
  'refused',
]);
export type Notice = z.infer<typeof Notice>;

/** A file that we made, its size in bytes, kept until it is delivered; nothing of it lies on any one machine. */
export const OutgoingFile = z.object({
  name: z.string(),
  /** Empty where it is gone. */
  id: z.string().default(''),
  size: z.number().default(0),
});
export type OutgoingFile = z.infer<typeof OutgoingFile>;

/** One message, in no platform's words. All text is plain: a door escapes it and adds its own marks. */
export const Reply = z.object({
  text: z.string(),
  ...Headline.shape,
  /** The question that this answers, where the person did not type it here: a button said it, or it stands in another message. */
  about: z.string().nullable().default(null),
  /** A model wrote the text: a door marks it the way its platform asks for. */
  generated: z.boolean().default(false),
  /** The text stands so in the first source: a door shows it bold and says «word for word»; its passage goes on from there. */
  quoted: z.boolean().default(false),
  notice: Notice.nullable().default(null),
  passages: z.array(PassageExcerpt).default([]),
  citations: z.array(Citation).default([]),
  facts: z.array(z.object({ label: z.string(), value: z.string() })).default([]),
  progress: z.object({ label: z.string(), done: z.number(), total: z.number() }).nullable().default(null),
  items: z.array(Item).default([]),
  /** Things to say next, offered to be pressed; each is a button that says its label. */
  choices: z.array(Opener).default([]),
  buttons: z.array(Button).default([]),
  form: Form.nullable().default(null),
  files: z.array(OutgoingFile).default([]),
  /** PNG or JPEG that we made, and what it shows in words. */
  picture: OutgoingFile.extend({ alt: z.string() }).nullable().default(null),
  table: Table.nullable().default(null),
  leadsTo: GivenAddress.nullable().default(null),
  /** What limits the answer, small, below it and its sources. */
  aside: z.string().nullable().default(null),
  /** What became of a card after a button was pressed, below everything else. */
  note: z.string().nullable().default(null),
  /** Of a message to a person: what whoever had it sent is offered where it does not reach them. */
  otherwise: z.array(Button).default([]),
});
export type Reply = z.infer<typeof Reply>;
export type ReplyParts = z.input<typeof Reply>;

/** A reply and whom it is for: the place that asked, the asker alone, or another person. */
export interface Addressed {
  to: 'place' | 'asker' | { personId: number };
  reply: ReplyParts;
  /** A card that can be edited keeps its words, loses the buttons of these commands and shows the text as its note; in a channel the asker alone is told. */
  settles?: readonly string[];
  /** The reply takes the place of the card whose button was pressed, where it can be edited. */
  replacesCard?: boolean;
  /** It asks, and the next words in their own conversation answer it: the id of the button that would too, whose command is in `answers`. */
  awaits?: string;
  /** It is an older message of ours to this place as it stands now: an edit, let go where it cannot be made. */
  redraws?: { id: number; receipt: string };
}

// ---- Who may do what -------------------------------------------------------------------------------------------------

export interface Person {
  id: number;
  email: string | null;
  name: string;
  department: string | null;
  roles: readonly string[];
  groups: readonly string[];
  timeZone: string;
  locale: string;
}

/** Everything that a command is given about its caller; all of it from the verified envelope. */
export interface Context {
  person: Person;
  place: Place;
  platform: string;
  /** The inbox row that this run belongs to: the key that makes a retry change nothing. */
  inputId: number;
  now: Date;
  /** The input that caused the last message that was delivered here: what the person sees above their own words. */
  repliesTo: number | null;
  /** True when the person was first seen with this input. */
  newcomer: boolean;
  /** They lead others, and nobody leads them. */
  top?: boolean;
  /** Where the message that led here can be opened again, where it can. */
  link: string | null;
  /** What this run may wait for, before its transaction. */
  lane: Lane;
  /** It was seen to answer the question of `repliesTo`, and goes on here with what it has to wait for. */
  answers?: boolean;
  /** Aborted once nobody waits for it: its author took it back, or another process has it. */
  ended?: AbortSignal;
}

/**
 * What a turn leaves: everything that it writes, and what is said, in the turn's one transaction. Model calls and other
 * waiting happen before; a crash before the commit leaves nothing, and the turn runs again.
 */
export type Outcome = (tx: Queryable) => Promise<Addressed[]>;

/** A command behind a button or a form, run inside the turn's transaction. */
export type ActionHandler = (tx: Queryable, context: Context, call: ActionCall) => Promise<Addressed[]>;

/** A decision, made on the card that shows what is decided, as it is now: `seen` differs once anything on that card has. */
export interface SigningAction {
  look(
    tx: Queryable,
    context: Context,
    call: ActionCall,
  ): Promise<{ seen: string; card(): Promise<ReplyParts> }>;
  sign: ActionHandler;
}
/** A command that waits for somebody outside first, as for a model, and may be asked twice; what comes of it is then written. */
export interface PreparedAction {
  prepare(context: Context, call: ActionCall): Promise<ActionHandler>;
}
export type Actions = Record<string, ActionHandler | SigningAction | PreparedAction>;

/**
 * Takes the words that follow a question, or files with none, with what its `awaits` carried. May be asked twice, as `claim`.
 *
 * @returns null where they are no answer, or it waits for none any more: then the words go their usual way
 */
export type AnswerHandler = (
  context: Context,
  turn: Turn,
  argument: ActionCall['argument'],
) => Promise<Outcome | null>;

/** What a job is given: no person, since none asked for it. */
export interface JobContext {
  inputId: number;
  now: Date;
}

/** Run inside the input's transaction; it looks again whether what made it due still holds, and speaks to people only. */
export type JobHandler = (tx: Queryable, context: JobContext, values: Job['values']) => Promise<Addressed[]>;

/** A job whose time has come. */
export interface DueJob {
  /** Unique for ever: the same key found again, by whichever process, runs nothing. */
  key: string;
  name: string;
  values: Job['values'];
}

export interface ActionCall {
  argument(name: string): string;
  fields: Action['fields'];
}

/** What the model may call. It has no parameter for who asks; what it would write, it proposes on a card. */
export interface Tool<Schema extends z.ZodObject = z.ZodObject> {
  name: string;
  description: string;
  schema: Schema;
  /**
   * Text and what is told go back to the model; an outcome ends the turn.
   *
   * @param turn  what the person said, and the files that came with it
   */
  run(context: Context, input: z.infer<Schema>, turn: Turn): Promise<string | Told | Outcome>;
}

/** Records that the model may speak of. What it says of them is held against the lines, as an answer is against sections. */
export interface Told {
  records: ToldRecord[];
  /** Shown where nothing that it says of them is proven. */
  instead: Outcome;
}
export interface ToldRecord {
  reference: string;
  /** What it is, as «non-conformity», and its title. */
  kind: string;
  title: string;
  /** A fact each, with the names and days that belong together. */
  lines: string[];
  /** Words for states and the like, folded: what has one of them is borne out by a line that has it, too. */
  exact: readonly string[];
  button: OpenerParts;
}

/** What it says of itself to whoever asks what there is to do. */
export interface Offer {
  text: string;
  /** To be said, and to be pressed; the first of them goes with the text. */
  examples: string[];
  /** To whom, where not to everybody. */
  to?(person: Person): boolean;
  /** What it says to people of a role among the two or three things that they are told first. */
  first?: Readonly<Partial<Record<string, { text: string; example: string }>>>;
}

/** What a person can get done. */
export interface Workflow {
  name: string;
  actions: Actions;
  tools: Tool[];
  /** What the model is told of these tools: when to call which. */
  instructions?: string;
  /** What the tools are for, in a few words: all that the model is told where they do not seem to be wanted. */
  subject?: string;
  /** Whether words may want these tools. Generously: a yes in vain costs some tokens, a no one call of the model more. */
  mayConcern?(text: string): boolean;
  /** What becomes of the words that its questions wait for, by the command of their `awaits`: before any workflow's `claim`. */
  answers?: Record<string, AnswerHandler>;
  /**
   * Takes a turn that plainly belongs to it, with no model: a command, a reference. It may be asked twice: `needLane` comes
   * before whatever it waits for.
   */
  claim?(context: Context, turn: Turn): Promise<Outcome | null>;
  /** Words that it takes whatever was asked last, as an emergency does. */
  interrupts?(turn: Turn): boolean;
  /** Takes a turn that a model would read better, where none is connected, or it fails. */
  claimWithoutModel?(context: Context, turn: Turn): Promise<Outcome | null>;
  /** What it offers beside an answer to words that nobody took: one thing to press, or nothing. */
  alsoOffers?(turn: Turn): OpenerParts | null;
  offer: Offer;
  /** Jobs whose time has come, found in the records; asked every minute, by every process. */
  due?(tx: Queryable, now: Date): Promise<DueJob[]>;
  /** The same of what is taken off a list, a batch each time; null once nothing is left. Its own transaction ends before the next. */
  dueInBatches?(tx: Queryable, now: Date): Promise<DueJob[] | null>;
  jobs?: Record<string, JobHandler>;
  /** What waits for this person here, all of it, the most urgent first. */
  waiting?(context: Context): Promise<WaitingItem[]>;
  /**
   * What of this room people are to do and have not done, in any order; who has none is left out. One statement or two for all
   * of them: thousands are looked at in batches.
   */
  owed?(tx: Queryable, people: readonly number[], now: Date): Promise<Obligation[]>;
  /** A line on Home, above what waits; for those alone whom it concerns. */
  onHome?(context: Context): Promise<ItemParts | null>;
  /** What stands with the list of what waits for somebody. */
  besideList?(context: Context): Promise<Pick<ReplyParts, 'buttons' | 'table' | 'facts'>>;
  /** After whatever a person did or said, in its transaction: what stands elsewhere in their conversation may have to be drawn anew. */
  afterwards?(tx: Queryable, context: Context): Promise<void>;
  /** What of it people without chat may do, in a browser with a code of their own: nothing where absent. */
  withoutChat?: WithoutChat;
  /** Commands offered on any message in the chat. Their action gets the message's words in `fields.message`. */
  shortcuts?: Shortcut[];
}

export interface WithoutChat {
  commands: readonly string[];
  /** What the address in a QR code opens, by its kind there, as `lesson`. @param said  its name there, or what somebody calls it */
  opens?: Record<
    string,
    (tx: Queryable, said: string, of: { locale: string; now: Date }) => Promise<Opening | null>
  >;
}
export interface Opening {
  /** In the address. */
  name: string;
  title: string;
  /** Of the button that opens it. It only shows: whoever scans a code has pressed nothing. */
  id: string;
}

export interface Shortcut {
  /** The action's id. `say` asks about the message. */
  id: string;
  label: string;
  description: string;
}
