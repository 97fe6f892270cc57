/** What happened to records: their entries in the audit log, told, with the words that they replaced and the message that they came from. */
import { z } from 'zod';
import { tellEvent } from '../db/audit-event.ts';
import type { Queryable } from '../db/database.ts';
import { selectAll, selectOne } from '../db/rows.ts';
import { shortened } from '../language/text.ts';
import { selectEvidence } from './evidence.ts';
import { selectNotes } from './note.ts';
import { selectNames } from './person.ts';
import { selectRevisions, type Revision } from './revision.ts';

const Entry = z.object({
  seq: z.number(),
  at: z.coerce.date(),
  actor: z.string(),
  action: z.string(),
  record: z.string(),
  detail: z.record(z.string(), z.unknown()),
});

const entryColumns = "seq, at, actor, action, record, payload::jsonb -> 'detail' as detail";

export interface Step {
  at: Date;
  /** Reference of the record that it is about. */
  reference: string;
  /** One sentence. */
  text: string;
  /** What stood there before, and what stands there since; empty where nothing was replaced. */
  replaced: { column: string; from: string; to: string }[];
  /** Where the message that it came from can be opened; kept by a door when it came in. */
  link: unknown;
}

export interface RecordHistory {
  /** The newest steps, oldest first. */
  steps: Step[];
  /** Of them all. */
  count: number;
}

export interface HistoryOf {
  /** References by the records' names in the log. */
  references: ReadonlyMap<string, string>;
  /** Words of other tables that sentences of these records quote, by key. */
  kept?: ReadonlyMap<string, string>;
}

/** Characters of what a person wrote that a line repeats. */
const longestQuote = 300;

export async function selectHistory(tx: Queryable, of: HistoryOf, limit: number): Promise<RecordHistory> {
  const records = [...of.references.keys()];
  const newest = await selectAll(
    tx,
    Entry,
    `select ${entryColumns} from audit_entry where record = any($1) order by seq desc limit $2`,
    [records, limit],
  );
  const { count } = await selectOne(
    tx,
    z.object({ count: z.number() }),
    'select count(*) as count from audit_entry where record = any($1)',
    [records],
  );
  return { count, steps: await stepsOf(tx, of, newest.toReversed()) };
}

/** All steps of one record after the other, each oldest first, in pages of so many; short ones share a page. */
export async function* historyPages(tx: Queryable, references: ReadonlyMap<string, string>, size: number): AsyncGenerator<Step[]> {
  const counted = await selectAll(tx, z.object({ record: z.string(), count: z.number() }), 'select record, count(*) as count from audit_entry where record = any($1) group by record', [[...references.keys()]]);
  const counts = new Map(counted.map(({ record, count }) => [record, count]));
  let together: [string, string][] = [];
  let steps = 0;
  for (const each of references) {
    const count = counts.get(each[0]) ?? 0;
    if (steps > 0 && steps + count > size) {
      yield* stepPages(tx, new Map(together), size);
      [together, steps] = [[], 0];
    }
    if (count > 0) together.push(each);
    steps += count;
  }
  if (steps > 0) yield* stepPages(tx, new Map(together), size);
} // prettier-ignore

async function* stepPages(
  tx: Queryable,
  references: ReadonlyMap<string, string>,
  size: number,
): AsyncGenerator<Step[]> {
  const records = [...references.keys()];
  for (let [record, seq] = ['', 0]; ;) {
    const page = await selectAll(
      tx,
      Entry,
      `select ${entryColumns} from audit_entry
       where record = any($1) and (array_position($1::text[], record), seq) > (coalesce(array_position($1::text[], $2), 0), $3)
       order by array_position($1::text[], record), seq limit $4`,
      [records, record, seq, size],
    );
    const last = page.at(-1);
    if (last === undefined) return;
    yield await stepsOf(tx, { references }, page);
    if (page.length < size) return;
    ({ record, seq } = last);
  }
}

/** Entries as steps. */
async function stepsOf(
  tx: Queryable,
  { references, kept = new Map() }: HistoryOf,
  entries: readonly z.infer<typeof Entry>[],
): Promise<Step[]> {
  const records = [...references.keys()];
  const words = new Map([
    ...kept,
    ...(await selectNotes(tx, records)).map(({ id, text }) => [`note:${id}`, text] as const),
    ...(await selectEvidence(tx, records)).map(({ id, title }) => [`evidence:${id}`, title] as const),
  ]);
  const revisions = new Map(
    (await selectRevisions(tx, records)).map((revision) => [
      `${revision.record}/${revision.version}`,
      revision,
    ]),
  );
  // Sentences name the people that they need: told once to nobody, they say whom.
  const ids = new Set<number>();
  const told = (names: ReadonlyMap<number, string> | null) =>
    entries.map(({ at, actor, action, record, detail }): Step => {
      const reference = references.get(record) ?? record;
      const name = (id: unknown) => {
        if (typeof id === 'number' && names === null) ids.add(id);
        return (typeof id === 'number' ? names?.get(id) : undefined) ?? 'nobody known';
      };
      const person = personOf(actor);
      const text = tellEvent(
        action,
        {
          who: person === null ? 'Isma' : name(person),
          it: reference,
          name,
          kept: (key) => (words.has(key) ? quoted(words.get(key) ?? '') : undefined),
          why: typeof detail.reason === 'string' ? `: ${quoted(detail.reason)}` : '',
        },
        detail,
      );
      const revision = revisions.get(`${record}/${String(detail.revision)}`);
      return {
        at,
        reference,
        text,
        replaced: revision === undefined ? [] : replacedIn(revision, name),
        link: detail.link,
      };
    });
  told(null);
  return told(await selectNames(tx, [...ids]));
}

/** The person of an audit entry's actor; null for a command of the operator's. */
function personOf(actor: string): number | null {
  const match = /^person:(\d+)$/.exec(actor);
  return match === null ? null : Number(match[1]);
}

function quoted(text: string): string {
  return `«${shortened(text.replace(/\s+/g, ' ').trim(), longestQuote)}»`;
}

/** People by name, lists a line each. */
function replacedIn({ fields }: Revision, name: (id: unknown) => string): Step['replaced'] {
  return Object.entries(fields).map(([column, { from, to }]) => {
    const inWords = (value: unknown): string => {
      if (value === null) return '';
      if (column.endsWith('_id')) return name(value);
      if (Array.isArray(value)) return value.map(inWords).join('\n');
      if (typeof value === 'object') return Object.values(value).map(inWords).join(' → ');
      return typeof value === 'string' ? value : JSON.stringify(value);
    };
    return { column, from: inWords(from), to: inWords(to) };
  });
}
