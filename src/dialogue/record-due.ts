/** What of a kind of record has its day: how whoever is asked hears of it, and how it waits for them. */
import type { Obligation, WaitingItem, Workflow } from '../conversation/contract.ts';
import type { Queryable } from '../db/database.ts';
import { columnOf } from '../db/rows.ts';
import { addDays, dayOf, inFull } from '../language/calendar.ts';
import { languageOf, wording } from '../language/wording.ts';
import { selectPeople, selectPerson } from '../records/person.ts';
import type { Stored } from '../records/record.ts';
import { buttonsOf } from './buttons.ts';
import { dueOnDay } from './due.ts';
import type { RecordRoom } from './record-room-declaration.ts';

/** Days before its day from which it is on somebody's list, where the house reminds of it. */
const ahead = 14;

type Due<Row> = NonNullable<RecordRoom<Row & Stored>['due']>;
type Declared<Row extends Stored> = Pick<RecordRoom<Row, never>, 'name' | 'record' | 'title'> & {
  due: Due<Row>;
};

/** One message of its own on the day. It looks again: whoever brought it forward meanwhile is not asked. */
export function remindedOnItsDay<Row extends Stored>({ name: room, record, due }: Declared<Row>): Pick<Workflow, 'due' | 'jobs'> {
  const { on, of, text } = due;
  return {
    due: (tx, now) =>
      dueOnDay<Row>(tx, now, {
        name: `${room}.remind`,
        atWork: true,
        select: (from, day) => record.selectWhere(from, `not state = any($1) and ${columnOf(on)} <= $2`, [record.ended, day]),
        day: (row) => String(row[on]),
        asked: (from, row) => selectPerson(from, Number(row[of])),
        key: (row) => `${row.id}:${String(row[on])}`,
        values: (row) => ({ reference: row.reference, day: String(row[on]) }),
      }),
    jobs: {
      async [`${room}.remind`](tx, _context, { reference = '', day }) {
        const row = await record.selectOptional(tx, reference);
        if (row === null || record.ended.includes(row.state) || row[on] !== day) return [];
        const buttons = [buttonsOf(room).recordButton('show', 'Look', reference)];
        return [{ to: { personId: Number(row[of]) }, reply: { text: text?.(row) ?? '', buttons } }];
      },
    },
  };
} // prettier-ignore

/** The house reminds of it, with all else that they owe, in their language. */
export function owedByHouse<Row extends Stored>({ name: room, record, title, due }: Declared<Row>): Pick<Workflow, 'owed'> {
  const { on, of, owed } = due;
  return {
    async owed(tx, people, now) {
      if (owed === undefined) return [];
      const where = `not state = any($1) and ${columnOf(of)} = any($2) and ${columnOf(on)} <= $3 and ${owed.where ?? 'true'}`;
      const rows = await record.selectWhere(tx, where, [record.ended, people, addDays(dayOf(now, 'UTC'), ahead)]);
      if (rows.length === 0) return [];
      const known = await selectPeople(tx, rows.map((row) => Number(row[of])));
      return rows.map((row): Obligation => {
        const personId = Number(row[of]);
        const say = wording(owed.wording, languageOf({ locale: known.get(personId)?.locale ?? 'en' }));
        return {
          record: record.nameOf(row),
          personId,
          askedAt: owed.askedAt(row),
          isTold: true,
          dueOn: String(row[on]),
          item: { text: say('owed', { title: title(row) }), detail: row.reference, button: buttonsOf(room).recordButton('show', say('look'), row.reference) },
          why: say('why'),
          rank: owed.rank,
        };
      });
    },
  };
} // prettier-ignore

/** On the list of whoever is asked: where the house reminds of it, as long as its day is near. */
export async function waitingOf<Row extends Stored>(
  tx: Queryable,
  { name: room, record, title, due }: Declared<Row>,
  person: { id: number; timeZone: string; locale: string },
  now: Date,
): Promise<WaitingItem[]> {
  const { on, of, owed } = due;
  const today = dayOf(now, person.timeZone);
  const near = owed === undefined ? '9999-12-31' : addDays(today, ahead);
  const where = `not state = any($1) and ${columnOf(of)} = $2 and ${columnOf(on)} <= $3 and ${owed?.where ?? 'true'}`;
  const rows = await record.selectWhere(tx, where, [record.ended, person.id, near]);
  // What the house reminds of is called alike on the list, so that it stands in a message once.
  const say = owed === undefined ? null : wording(owed.wording, languageOf(person));
  const lineOf = (row: Row) =>
    say === null
      ? { text: `${row.reference} · ${title(row)}`, detail: `due ${inFull(String(row[on]))}` }
      : { text: say('owed', { title: title(row) }), detail: row.reference };
  return rows
    .toSorted((one, other) => String(one[on]).localeCompare(String(other[on])))
    .map((row) => ({
      ...lineOf(row),
      button: buttonsOf(room).recordButton('show', say?.('look') ?? 'Look', row.reference),
      overdue: String(row[on]) < today,
      ...(owed === undefined ? {} : { dueOn: String(row[on]), rank: owed.rank }),
    }));
}
