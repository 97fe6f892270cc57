/** What a room about one kind of record declares: see `record-room.ts`, which is made of it. */
import type { Context, Field, ReplyParts, Workflow } from '../conversation/contract.ts';
import type { Queryable } from '../db/database.ts';
import type { WordList } from '../language/vocabulary.ts';
import type { OwnEvent, RecordKind, Stored } from '../records/record.ts';
import type { States } from '../records/states.ts';
import type { Change } from './change.ts';
import type { Sent } from './form-fields.ts';

export interface RecordRoom<Row extends Stored, Facts = void> {
  /** With which the commands of its buttons begin. */
  name: string;
  offer: Workflow['offer'];
  record: RecordKind<Row, string>;
  states: States<Row['state'], Row, Facts, Row>;
  /** What its rules ask beside the row. */
  facts?(tx: Queryable, row: Row): Promise<Facts>;
  title(row: Row): string;
  /** By their headings what the card, the list and files show, beside reference and state. */
  columns: Record<string, keyof Row & string>;
  /** Fields that hold people, who are shown by their names. */
  people?: readonly (keyof Row & string)[];
  /** The words that ask for it. */
  list: Said & {
    one: string;
    many: string;
    /** Headings that it has room for beside reference and state; without them all. */
    columns?: readonly string[];
    /** A part of it that words ask for, as «competence of Ben»; null where they ask something else. Its parameters begin at `$3`. */
    part?(tx: Queryable, context: Context, said: string): Promise<ListPart | null>;
  };
  /** What its card shows beside; its buttons stand first. */
  shows?(tx: Queryable, row: Row, context: Context): Promise<Pick<ReplyParts, 'facts' | 'items' | 'buttons'>>;
  /** The words that ask for the form, and the form. */
  begin: Said & {
    lead: string;
    title: string;
    submit: string;
    /** Called as the columns that they fill. */
    fields: readonly Field[] | ((context: Context) => Field[]);
  } & (
      | { /** The field of whoever begins it. */ by: keyof Row & string; event(row: Row): OwnEvent }
      | {
          /** Where it is more than columns. */ write(
            tx: Queryable,
            context: Context,
            sent: Sent,
          ): Promise<{ row: Row } | { proposes: Change }>;
        }
    );
  /** By their names in the states: what is pressed to make one, what is filled in, called as its columns, and what is noted of it or proposed. */
  moves: Record<string, { label: string; fields?: readonly Field[] } & RoomMove<Row>>;
  /** What files that come with its reference show. Without it none are taken. */
  evidence?: string;
  due?: {
    /** Fields of the day, and of the person who is asked on it. */
    on: keyof Row & string;
    of: keyof Row & string;
    text(row: Row): string;
  };
}

export interface Said {
  /** Words for it, as they are named to people. */
  says: string;
  /** What else asks for it. */
  words?: Pick<WordList, 'is'>;
}

export interface ListPart {
  where: string;
  parameters: readonly unknown[];
  /** «of Ben Bramble» */
  noun: string;
  /** What of the words asks for it, in a button's id. */
  said: string;
}

type RoomMove<Row> =
  | { event(moved: { from: string; to: string }, row: Row): OwnEvent }
  | { proposes(row: Row, context: Context): Change | Promise<Change> };
