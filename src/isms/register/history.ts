/** What happened to a record: its entries in the audit log, with the words and names that they point to. */
import { z } from 'zod';
import type { Queryable } from '../../db/database.ts';
import { selectAll, selectOne } from '../../db/rows.ts';
import {
  actionRecordOf,
  selectActionsOf,
  type CorrectiveAction,
} from '../corrective-action/corrective-action.ts';
import { selectDueChanges } from '../corrective-action/due-change.ts';
import { recordOf, type Nonconformity } from '../nonconformity/nonconformity.ts';
import { selectNotes } from './note.ts';

const Entry = z.object({
  at: z.coerce.date(),
  actor: z.string(),
  action: z.string(),
  record: z.string(),
  detail: z.record(z.string(), z.unknown()),
});

export interface Step extends z.infer<typeof Entry> {
  /** Reference of the record that it is about. */
  reference: string;
}

export interface RecordHistory {
  /** The newest steps, oldest first. */
  steps: Step[];
  /** Of them all. */
  count: number;
  names: Map<number, string>;
  notes: Map<number, string>;
  evidence: Map<number, string>;
  /** Why more time was asked for, and why that was decided so, by action and days. */
  dueChanges: {
    reference: string;
    from: string;
    to: string;
    reason: string;
    decisionReason: string | null;
  }[];
}

/** @param action  null for the non-conformity with all its actions, the action alone otherwise */
export async function selectHistory(
  tx: Queryable,
  nonconformity: Nonconformity,
  action: CorrectiveAction | null,
  limit: number,
): Promise<RecordHistory> {
  const actions = action === null ? await selectActionsOf(tx, nonconformity.id) : [action];
  const references = new Map([
    ...(action === null ? [[recordOf(nonconformity), nonconformity.reference] as const] : []),
    ...actions.map((each) => [actionRecordOf(each), each.reference] as const),
  ]);
  const records = [...references.keys()];
  const newest = await selectAll(
    tx,
    Entry,
    `select at, actor, action, record, payload::jsonb -> 'detail' as detail from audit_entry where record = any($1) order by seq desc limit $2`,
    [records, limit],
  );
  const { count } = await selectOne(
    tx,
    z.object({ count: z.number() }),
    'select count(*) as count from audit_entry where record = any($1)',
    [records],
  );
  const steps = newest
    .toReversed()
    .map((entry): Step => ({ ...entry, reference: references.get(entry.record) ?? entry.record }));

  const changes = [];
  for (const each of actions)
    for (const { fromDueOn, toDueOn, reason, decisionReason } of await selectDueChanges(tx, each.id))
      changes.push({ reference: each.reference, from: fromDueOn, to: toDueOn, reason, decisionReason });
  return {
    steps,
    count,
    names: await selectNames(tx, steps),
    notes: new Map((await selectNotes(tx, nonconformity.id)).map(({ id, text }) => [id, text])),
    evidence: await selectEvidenceTitles(tx, nonconformity.id),
    dueChanges: changes,
  };
}

/** The person of an audit entry's actor; null for a command of the operator's. */
export function personOf(actor: string): number | null {
  const match = /^person:(\d+)$/.exec(actor);
  return match === null ? null : Number(match[1]);
}

async function selectNames(tx: Queryable, steps: readonly Step[]): Promise<Map<number, string>> {
  const ids = steps.flatMap(({ actor, detail }) =>
    [personOf(actor), detail.owner, detail.from, detail.to, detail.approver, detail.checker].filter(
      (id) => typeof id === 'number',
    ),
  );
  const rows = await selectAll(
    tx,
    z.object({ id: z.number(), name: z.string() }),
    'select id, name from person where id = any($1)',
    [[...new Set(ids)]],
  );
  return new Map(rows.map(({ id, name }) => [id, name]));
}

async function selectEvidenceTitles(tx: Queryable, nonconformityId: number): Promise<Map<number, string>> {
  const rows = await selectAll(
    tx,
    z.object({ id: z.number(), title: z.string() }),
    'select id, title from evidence where nonconformity_id = $1',
    [nonconformityId],
  );
  return new Map(rows.map(({ id, title }) => [id, title]));
}
