/** Records of one kind in the made-up company: loaded once, and taken out with all that hangs on them where no real person worked on them. */
import { z } from 'zod';
import type { Queryable } from '../db/database.ts';
import { selectAll } from '../db/rows.ts';
import { deleteEvidenceOf } from '../records/evidence.ts';
import type { CommandContext } from '../records/command-context.ts';
import { selectOptionalByEmail, type Person } from '../records/person.ts';
import type { RecordKind, Stored } from '../records/record.ts';
import { partSamples, type RoomSamples } from './room.ts';

export interface RecordSamples {
  /** As the operator is told of them: «incidents». */
  many: string;
  /** SQL over a row of its table, that says what it is about. */
  title: string;
  /** SQL that is true for the rows of the made-up company; `$1` are its people, by id. */
  of: string;
  /** SQL of an array of names: real people who have a part in it beside those whom the log names. */
  by?: string;
  /** Tables whose rows stay, and their columns that point at it: they point at nothing then. */
  pointers?: Readonly<Record<string, string>>;
  /** Tables whose rows go before it, and their columns that point at it. */
  parts?: Readonly<Record<string, string>>;
  /** Records of another kind that go with it, as its actions. */
  with?: Hanging;
  /** Called where there are none yet, with whoever leads the made-up company. */
  load(tx: Queryable, story: Story): Promise<void>;
}

export interface Hanging {
  /** By their own names in the log, that of the record on which each hangs. */
  select(tx: Queryable, records: readonly string[]): Promise<ReadonlyMap<string, string>>;
  /** What hangs on these in turn is gone by then. */
  remove(tx: Queryable, records: readonly string[]): Promise<void>;
}

export interface Story {
  folder: string;
  now: Date;
  ines: Person;
  /** Somebody of the made-up company by the name before the @. */
  person(name: string): Promise<Person>;
  /** What they did so many days ago. */
  by(actor: Person, daysAgo: number): CommandContext;
}

const Sample = z.object({
  id: z.number(),
  reference: z.string(),
  title: z.string(),
  by: z.array(z.string()),
});
const Worker = z.object({ record: z.string(), name: z.string() });

export function recordSamples<Row extends Stored>(
  record: RecordKind<Row, string>,
  { many, title, of, by = "'{}'::text[]", parts = {}, pointers = {}, with: hanging, load }: RecordSamples,
): RoomSamples {
  const { table } = record;
  return {
    async load(tx, folder, now) {
      const story = await storyOf(tx, folder, now);
      if (story !== null && (await record.selectReferences(tx)).size === 0) await load(tx, story);
    },
    async remove(tx, scope) {
      const { people } = scope;
      const all = await selectAll(
        tx,
        Sample,
        `select id, reference, ${title} as title, ${by} as by from ${table} where ${of} order by id for update`,
        [people],
      );
      const hangs = (await hanging?.select(tx, all.map(record.nameOf))) ?? new Map<string, string>();
      const workers = await selectWorkers(tx, [...all.map(record.nameOf), ...hangs.keys()], people);
      const worked = all.map((each) => {
        const name = record.nameOf(each);
        const names = workers.filter((worker) => (hangs.get(worker.record) ?? worker.record) === name);
        return { ...each, by: [...new Set([...each.by, ...names.map((worker) => worker.name)])].sort() };
      });
      const { gone, known, kept } = partSamples(worked, scope);
      const names = gone.map((id) => record.nameOf({ id }));
      const going = [...names, ...[...hangs].filter(([, on]) => names.includes(on)).map(([name]) => name)];
      for (const from of ['record_revision', 'record_snapshot', 'request'])
        await tx.query(`delete from ${from} where record = any($1)`, [going]);
      await deleteEvidenceOf(tx, going);
      await tx.query('delete from register_note where belongs_to = any($1)', [going]);
      await hanging?.remove(tx, names);
      for (const [pointing, column] of Object.entries(pointers))
        await tx.query(`update ${pointing} set ${column} = null where ${column} = any($1)`, [gone]);
      for (const [part, column] of Object.entries(parts))
        await tx.query(`delete from ${part} where ${column} = any($1)`, [gone]);
      await tx.query(`delete from ${table} where id = any($1)`, [gone]);
      await tx.query(`update ${table} set state_by = null where state_by = any($1)`, [people]);
      const text = gone.length === 0 ? null : `${gone.length} ${many}; their numbers are not given out again`;
      return { counts: { [many]: gone.length }, text, known, kept };
    },
  };
}

/** Null where the people of the made-up company are not here. */
async function storyOf(tx: Queryable, folder: string, now: Date): Promise<Story | null> {
  const find = (name: string) => selectOptionalByEmail(tx, `${name}@demo.example`);
  const ines = await find('ines');
  if (ines === null) return null;
  return {
    folder,
    now,
    ines,
    person: async (name) => (await find(name)) ?? ines,
    by: (actor, daysAgo) => ({
      actor,
      at: new Date(now.getTime() - daysAgo * 86_400_000),
      inputId: null,
      link: null,
    }),
  };
}

/** Real people who did something to these, as the log says; to be named in one is no work. */
function selectWorkers(tx: Queryable, records: readonly string[], samplePeople: readonly number[]) {
  return selectAll(
    tx,
    Worker,
    `select distinct record, person.name from audit_entry join person on actor = 'person:' || person.id
     where record = any($1) and not person.id = any($2)`,
    [records, samplePeople],
  );
}
