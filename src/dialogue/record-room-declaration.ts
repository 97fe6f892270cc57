/** What a room about one kind of record declares: see `record-room.ts`, which is made of it. */
import type {
  Addressed,
  ButtonParts,
  Context,
  Field,
  ReplyParts,
  Workflow,
} from '../conversation/contract.ts';
import type { Queryable } from '../db/database.ts';
import type { WordList } from '../language/vocabulary.ts';
import type { CommandContext } from '../records/command-context.ts';
import type { OwnEvent, RecordKind, Stored } from '../records/record.ts';
import type { States } from '../records/states.ts';
import type { Change } from './change.ts';
import type { Sent } from './form-fields.ts';
import type { Later } from './interview-script.ts';

/** Its buttons stand before the moves of the record, the further ones behind them. */
export type Beside = Pick<ReplyParts, 'facts' | 'items' | 'buttons' | 'picture'> & {
  further?: readonly ButtonParts[];
};

export interface RecordRoom<Row extends Stored, Facts = void> {
  /** With which the commands of its buttons begin. */
  name: string;
  offer: Workflow['offer'];
  record: RecordKind<Row, string>;
  states: States<Row['state'], Row, Facts, Row>;
  /** What its rules ask beside the row. */
  facts?(tx: Queryable, row: Row): Promise<Facts>;
  title(row: Row): string;
  /** By their headings what the card, the list and files show, beside reference and state: a field, or words of it. */
  columns: Record<string, (keyof Row & string) | ((row: Row, timeZone: string) => string | null)>;
  /** The same of what stands in other tables, for all rows at once: of the list and files. The card says it in `shows`. */
  besides?: Record<string, (tx: Queryable, rows: readonly Row[]) => Promise<readonly (string | null)[]>>;
  /** Fields that hold people, who are shown by their names. */
  people?: readonly (keyof Row & string)[];
  /** The words that ask for it. */
  list: Said & {
    one: string;
    many: string;
    /** Else the oldest come first, or those that are due. */
    newestFirst?: boolean;
    /** Headings that it has room for beside reference and state; without them all. */
    columns?: readonly string[];
    /** A part of it that words ask for, as «competence of Ben»; null where they ask something else. Its parameters begin at `$3`. */
    part?(tx: Queryable, context: Context, said: string): Promise<ListPart | null>;
  };
  /** What its card shows beside. */
  shows?(tx: Queryable, row: Row, context: Context): Promise<Beside>;
  /** The words that ask for the form, and the form; left out where its records begin otherwise. */
  begin?: Said & {
    lead: string;
    title: string;
    submit: string;
    /** Those who only read begin one too: of what they ask for themselves. */
    readersToo?: boolean;
  } & (
      | {
          /** Called as the columns that they fill. */ fields: readonly Field[];
          /** The field of whoever begins it. */ by: keyof Row & string;
          event(row: Row): OwnEvent;
        }
      | {
          fields: readonly Field[] | ((tx: Queryable, context: Context) => Promise<Field[]>);
          /** Where it is more than columns. */ write(
            tx: Queryable,
            context: Context,
            sent: Sent,
          ): Promise<{ row: Row; told?: Addressed[] } | { proposes: Change }>;
        }
    );
  /** By their names in the states: what is pressed to make one, what is filled in, called as its columns, and what is noted of it or proposed. */
  moves: Record<
    string,
    { label: string; fields?: readonly Field[] | ((row: Row) => Field[]) } & RoomMove<Row>
  >;
  /** What follows by itself once a move is made. */
  follows?(tx: Queryable, command: CommandContext, changed: Row): Promise<Row>;
  /** What files that come with its reference show. Without it none are taken. */
  evidence?: string;
  due?: {
    /** Fields of the day, and of the person who is asked on it. */
    on: keyof Row & string;
    of: keyof Row & string;
    /** What they are told in a message of its own. */
    text?(row: Row): string;
    /** Else the house reminds them of it, together with what else they owe. */
    owed?: {
      /** The file of words in which `owed` says what is to be done, `why` why they are told, and `look` what the button says. */
      wording: string;
      /** As of an `Obligation`. */
      rank: 1 | 2 | 3;
      askedAt(row: Row): Date;
      /** SQL of those that they owe, of all that have not ended. */
      where?: string;
    };
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

type Filled = Record<string, unknown>;
type RoomMove<Row> =
  | {
      /** @param changed  as it is then. @returns nothing where what `sets` wrote is noted already */
      event(moved: { from: string; to: string }, row: Row, changed: Row): OwnEvent | [];
      /** What it writes, by columns, where that is not what was filled in. */
      sets?(tx: Queryable, context: Context, row: Row, filled: Filled): Later<Filled>;
      /** Who else hears of it. */
      told?(tx: Queryable, context: Context, changed: Row): Promise<Addressed[]>;
    }
  | {
      /** Where a command of the records writes all of it, with what is noted. @returns the row as it is then */
      writes(tx: Queryable, context: Context, row: Row, filled: Sent): Promise<Row>;
      told?(tx: Queryable, context: Context, changed: Row): Promise<Addressed[]>;
    }
  | { proposes(row: Row, context: Context, filled: Filled): Change | Promise<Change> };
