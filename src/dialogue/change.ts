/**
 * Kinds of change that a card may propose. A room declares its own: how it is written, shown, corrected; proposing, confirming and
 * being overtaken know no kind. Another room proposes it by making such a change.
 */
import { z } from 'zod';
import type {
  ActionCall,
  Addressed,
  Context,
  Form,
  ItemParts,
  ReplyParts,
} from '../conversation/contract.ts';
import type { HeadlineParts } from '../conversation/item.ts';
import type { Queryable } from '../db/database.ts';
import { trial } from '../db/savepoint.ts';
import { Refusal } from '../errors.ts';
import type { CommandContext } from '../records/command-context.ts';
import type { Errors } from './form-fields.ts';

/** As it is kept with its card: values that we rendered, each later written by one command of the records, or none of them. */
export type Change = { kind: string; [field: string]: unknown };

export interface Applied {
  /** What was written, in words, a line each. */
  lines: string[];
  told: Addressed[];
  /** What its card becomes, where nothing else stood on it. */
  receipt?: Receipt;
}

/** What is so now, with the one or two next steps. */
export interface Receipt extends Pick<ReplyParts, 'text' | 'title' | 'buttons' | 'aside'> {
  /** Reference and what else is quiet about it. */
  line: string;
}

export interface Shown extends Pick<HeadlineParts, 'line' | 'late'> {
  /** What it is about; bold. */
  title: string;
  lines: NonNullable<ReplyParts['facts']>;
  /** Evidence that is accepted with it, to be opened. */
  items?: ItemParts[];
  /** The record, where it is said to be done with nothing to show for it. */
  bare?: string | null;
}

/** A record as it is now, locked until the caller's transaction ends. */
export interface Current {
  reference: string;
  /** Its name in the audit log. */
  record: string;
  /** What tells it from what the card showed: its version, and what else was seen. */
  mark: string;
  /** Its state, in words. */
  now: string;
}

export interface ChangeKind<Of extends Change> {
  kind: Of['kind'];
  /** Of the version before, by which cards that wait were kept. */
  formerly?: string;
  schema: z.ZodType<Of>;
  /** The room whose card it is: its buttons are `<room>.confirm` and so on. */
  room: string;
  /** What the card is called in «which of them?» and in what is said of it. */
  nameOf(change: Of): string;
  /** The record that it changes; null for one that is new. */
  current(tx: Queryable, change: Of): Promise<Current | null>;
  /** How the record looked when the card was made, as in `Current`; null where that does not matter. */
  markOf(change: Of): string | null;
  /** As it is to be kept, when its card is made: with what the person sees beside it. */
  prepared?(tx: Queryable, change: Of): Promise<Of>;
  /** @throws Refusal where the records do not allow it: the caller's transaction then writes nothing */
  apply(tx: Queryable, command: CommandContext, change: Of): Promise<Applied>;
  /** @param today  where the person is, as 2026-11-25 */
  show(tx: Queryable, change: Of, today: string): Promise<Shown>;
  /** @param id  of the form, for a kind that is corrected by it; one with a form of its own names its own */
  form(tx: Queryable, context: Context, change: Of, id: string, proposal: number): Form | Promise<Form>;
  /** What the form says. Absent where the kind reads its own form. */
  read?(call: ActionCall, before: Of, context: Context): { change: Of; errors: Errors };
  /** The field that a refusal most likely is about. */
  refusedAt?: string;
  /** SHA-256 of the stored files that it would keep. */
  files?(change: Of): string[];
  /** Alone on its card, tried as it is proposed: a refusal ends it at once. */
  alone?: boolean;
}

/** What a kind takes is what its own schema let through. */
type AnyKind = ChangeKind<Change>;

const kinds = new Map<string, AnyKind>();

export function defineChange<Of extends Change>(kind: ChangeKind<Of>): ChangeKind<Of> {
  for (const name of [kind.kind, kind.formerly ?? kind.kind]) kinds.set(name, kind);
  return kind;
}

/** @throws Error for a kind that nobody declared: a mistake of ours */
export function kindOf(change: Change): AnyKind {
  const kind = kinds.get(change.kind);
  if (kind === undefined) throw new Error(`no room declares the change ${change.kind}`);
  return kind;
}

/** @throws Refusal for what is kept of another kind of card */
export function readChanges(kept: unknown, otherwise: string): Change[] {
  const rough = z.array(z.looseObject({ kind: z.string() })).safeParse(kept);
  if (!rough.success || rough.data.length === 0) throw new Refusal(otherwise);
  return rough.data.map((change) => {
    const kind = kinds.get(change.kind);
    const read = kind?.schema.safeParse({ ...change, kind: kind.kind });
    if (read?.success !== true) throw new Refusal(otherwise);
    return read.data;
  });
}

/** What the record would refuse, in its words, or null. Nothing of it stays. */
export async function refusalOf(
  tx: Queryable,
  command: CommandContext,
  change: Change,
): Promise<string | null> {
  try {
    await trial(tx, () => kindOf(change).apply(tx, command, change));
    return null;
  } catch (error) {
    if (error instanceof Refusal) return error.message;
    throw error;
  }
}

/** Changes that were not tried yet. @throws Refusal, in the record's words, for what it would not take */
export async function refuseUnwritable(
  tx: Queryable,
  command: CommandContext,
  changes: readonly Change[],
): Promise<void> {
  for (const change of changes) {
    const refused = await refusalOf(tx, command, change);
    if (refused !== null) throw new Refusal(refused);
  }
}

/** The stored files that these would keep. */
export function filesOf(changes: readonly Change[]): string[] {
  return [...new Set(changes.flatMap((change) => kinds.get(change.kind)?.files?.(change) ?? []))];
}
