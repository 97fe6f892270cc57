/**
 * Events of the audit log: each is declared once, by the module that owns its record, with what it notes and the sentence that
 * tells it. One that is not declared does not compile.
 */
import { z } from 'zod';

/** By the first part of their names, as `nonconformity`; each module that declares some adds its own. */
// eslint-disable-next-line @typescript-eslint/no-empty-object-type
export interface AuditEvents {}

/** What a sentence is made of. What entries of earlier versions did not note is missing. */
export interface Telling<Detail = unknown> {
  /** Who did it. */
  who: string;
  /** The record's reference, or its name in the log. */
  it: string;
  detail: Partial<Detail>;
  /** A person by id. */
  name(id: unknown): string;
  /** What somebody wrote elsewhere, in quotation marks, by its key, as `evidence:12`. */
  kept(key: string): string | undefined;
  /** «: «reason»», or nothing. */
  why: string;
}

export interface EventDeclaration<Schema extends z.ZodObject = z.ZodObject> {
  schema: Schema;
  tell(telling: Telling<z.infer<Schema>>): string;
}

export function event<Shape extends z.ZodRawShape>(
  shape: Shape,
  tell: (telling: Telling<z.infer<z.ZodObject<Shape>>>) => string,
): EventDeclaration<z.ZodObject<Shape>> {
  return { schema: z.object(shape), tell };
}

type DetailOf<Declaration> = Declaration extends { schema: infer Schema extends z.ZodObject }
  ? z.infer<Schema>
  : never;
type Noted<Detail> = Detail extends Record<string, never> ? { detail?: Detail } : { detail: Detail };

/** Any of them: what happened to which record, and what is noted of it. */
export type EventParts = {
  [Prefix in keyof AuditEvents]: {
    [Name in keyof AuditEvents[Prefix] & string]: { action: `${Prefix}.${Name}`; record: string } & Noted<
      DetailOf<AuditEvents[Prefix][Name]>
    >;
  }[keyof AuditEvents[Prefix] & string];
}[keyof AuditEvents];

const declared = new Map<string, EventDeclaration>();

/** @returns them again: their type is what `AuditEvents` is given */
export function declareEvents<const Events>(prefix: string, events: Events): Events {
  for (const [name, declaration] of Object.entries(events as Record<string, EventDeclaration>))
    declared.set(`${prefix}.${name}`, declaration);
  return events;
}

/** @throws Error for an event that nobody declared: the log is older or newer than the program */
export function tellEvent(action: string, telling: Omit<Telling, 'detail'>, detail: unknown): string {
  const declaration = declared.get(action);
  if (declaration === undefined) throw new Error(`No sentence says what ${action} means.`);
  return declaration.tell({ ...telling, detail: declaration.schema.partial().parse(detail) });
}

/** The names of all that are declared, in order. */
export function declaredEvents(): string[] {
  return [...declared.keys()].sort();
}
