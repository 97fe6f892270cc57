/** What is measured to know whether security works (clause 9.1), how, how often, by whom, and each value as it was recorded. Owns `metric` and `measurement`. */
import './audit-events.ts';
import { z } from 'zod';
import type { Queryable } from '../../db/database.ts';
import { columnOf, selectAll, storable } from '../../db/rows.ts';
import { Refusal } from '../../errors.ts';
import { dayOf } from '../../language/calendar.ts';
import {
  optional,
  refuseUnlessWorking,
  required,
  type CommandContext,
} from '../../records/command-context.ts';
import { ownsRecord, readsRegistersSql, ismsManagerAlone } from '../../records/permission.ts';
import { declareRecord, recordSchema } from '../../records/record.ts';
import { declareStates } from '../../records/states.ts';
import {
  cadences,
  daysOf,
  periodAfter,
  periodInWords,
  periodOf,
  valueDueOn,
  type Cadence,
} from './period.ts';

export const sides = ['at_least', 'at_most'] as const;

const number = z.union([z.number(), z.string().transform(Number)]);
const Metric = recordSchema(['active', 'ended'], {
  title: z.string(),
  method: z.string(),
  unit: z.string(),
  cadence: z.enum(cadences),
  ownerId: z.number(),
  target: number.nullable(),
  better: z.enum(sides).nullable(),
  nextDueOn: z.string(),
  stateAt: z.date(),
});
export type Metric = z.infer<typeof Metric>;

const managesMetrics = ismsManagerAlone('Only the ISMS manager decides what is measured.');

export const metricStates = declareStates<Metric['state'], Metric, void>('active', {
  active: {
    measure: { by: ownsRecord },
    correct: { by: ownsRecord },
    end: { to: 'ended', by: managesMetrics },
  },
  ended: {},
});

export const metrics = declareRecord<typeof Metric, string>({
  table: 'metric',
  prefix: 'ME',
  schema: Metric,
  ended: ['ended'],
  written: ['title', 'method', 'unit', 'cadence', 'target', 'better'],
  reads: `(owner_id = $1 or $2 or ${readsRegistersSql})`,
});

export interface NewMetric {
  title: string;
  method: string;
  unit: string | null;
  cadence: Cadence;
  ownerId: number;
  target: number | null;
  better: (typeof sides)[number] | null;
}

/** Its first value is that of the period that runs. @throws Refusal for one of that name */
export async function recordMetric(tx: Queryable, command: CommandContext, fresh: NewMetric): Promise<Metric> {
  const { actor, at } = command;
  await managesMetrics.refuseUnless(tx, command, null, null);
  await refuseUnlessWorking(tx, fresh.ownerId);
  const title = required(fresh.title, 'What is measured', 200);
  const [known] = await metrics.selectWhere(tx, "state = 'active' and lower(title) = lower($1)", [title]);
  if (known !== undefined) throw new Refusal(`${known.reference} measures «${title}» already.`);
  refuseHalfTarget(fresh);
  const today = dayOf(at, actor.timeZone);
  return metrics.insert(
    tx,
    command,
    {
      state: 'active',
      state_by: actor.id,
      state_by_name: actor.name,
      state_at: at,
      title,
      method: required(fresh.method, 'How it is measured'),
      unit: optional(fresh.unit, 'The unit', 40) ?? '',
      cadence: fresh.cadence,
      owner_id: fresh.ownerId,
      target: fresh.target,
      better: fresh.better,
      next_due_on: valueDueOn(fresh.cadence, periodOf(fresh.cadence, today)),
    },
    () => ({ action: 'metric.recorded', detail: { title, owner: fresh.ownerId } }),
  );
} // prettier-ignore

/** A target says nothing without the side on which it is met. */
function refuseHalfTarget({ target, better }: Pick<NewMetric, 'target' | 'better'>): void {
  if ((target === null) !== (better === null))
    throw new Refusal('A target needs to say whether at least or at most so much is good.');
}

/** What is changed of it, by its fields. */
export async function amendMetric(tx: Queryable, command: CommandContext, row: Metric, changed: Partial<NewMetric>): Promise<Metric> {
  await ownsRecord.refuseUnless(tx, command, row, null);
  if (changed.ownerId !== undefined) await refuseUnlessWorking(tx, changed.ownerId);
  refuseHalfTarget({ ...row, ...changed });
  const latest = await selectLatestPeriod(tx, row.id);
  const { cadence } = changed;
  if (cadence !== undefined && cadence !== row.cadence && latest !== null)
    throw new Refusal(`${row.reference} has values for ${row.cadence} periods. End it, and begin another one.`);
  const values = Object.fromEntries(Object.entries(changed).map(([field, value]) => [columnOf(field), value]));
  const today = dayOf(command.at, command.actor.timeZone);
  const due = cadence === undefined ? {} : { next_due_on: valueDueOn(cadence, periodOf(cadence, today)) };
  return metrics.change(tx, command, row, { ...values, ...due }, () => ({ action: 'metric.corrected', detail: {} }));
} // prettier-ignore

const Measurement = z.object({
  id: z.number(),
  metricId: z.number(),
  period: z.string(),
  value: number,
  note: z.string().nullable(),
  recordedBy: z.number(),
  recordedByName: z.string(),
  recordedAt: z.date(),
});
export type Measurement = z.infer<typeof Measurement>;

/** The one that counts of each period, the newest period first. */
export function selectMeasurements(tx: Queryable, metricIds: readonly number[]): Promise<Measurement[]> {
  return selectAll(
    tx,
    Measurement,
    `select * from (select distinct on (metric_id, period) * from measurement where metric_id = any($1)
       order by metric_id, period, id desc) counting order by metric_id, period desc`,
    [metricIds],
  );
}

/** All that were ever recorded, those that were replaced too. */
export function selectAllMeasurements(tx: Queryable): Promise<Measurement[]> {
  return selectAll(tx, Measurement, 'select * from measurement order by metric_id, period, id');
}

async function selectLatestPeriod(tx: Queryable, metricId: number): Promise<string | null> {
  return (await selectMeasurements(tx, [metricId]))[0]?.period ?? null;
}

export interface Value {
  period: string;
  value: number;
  note: string | null;
}

/**
 * Records it now, whatever the period: a later one of a period counts in place of the earlier, which stays. The row is locked.
 *
 * @returns null where that very value is there already
 */
export async function measure(tx: Queryable, command: CommandContext, row: Metric, { period, value, note }: Value): Promise<Metric | null> {
  const { actor, at } = command;
  await ownsRecord.refuseUnless(tx, command, row, null);
  const days = daysOf(row.cadence, period);
  if (days === null) throw new Refusal(`«${period}» is no period of ${row.reference}, which is measured ${row.cadence}; write it as ${periodOf(row.cadence, dayOf(at, actor.timeZone))}.`);
  if (days.from > dayOf(at, actor.timeZone)) throw new Refusal(`${periodInWords(period)} is still to come.`);
  if (!Number.isFinite(value)) throw new Refusal('That is no number; write it as 97.5.');
  const known = await selectMeasurements(tx, [row.id]);
  const same = known.find((each) => each.period === period);
  const said = optional(note, 'The note');
  if (same?.value === value && (said === null || same.note === said)) return null;
  await tx.query(
    `insert into measurement (metric_id, period, value, note, recorded_by, recorded_by_name, recorded_at)
     values ($1, $2, $3, $4, $5, $6, $7)`,
    [row.id, period, value, said === null ? null : storable(said), actor.id, actor.name, at],
  );
  const next = valueDueOn(row.cadence, periodAfter(row.cadence, period));
  // Whoever fills in what was before is asked for nothing of that time.
  const due = next > row.nextDueOn ? next : row.nextDueOn;
  const detail = { period, value, replaces: same?.value ?? null };
  return metrics.change(tx, command, row, { next_due_on: due }, () => ({ action: 'metric.measured', detail }));
} // prettier-ignore

/** Null where there is no target. */
export function meetsTarget(
  { target, better }: Pick<Metric, 'target' | 'better'>,
  value: number,
): boolean | null {
  if (target === null || better === null) return null;
  return better === 'at_least' ? value >= target : value <= target;
}

/** «at least 95 %» */
export function targetInWords({ target, better, unit }: Pick<Metric, 'target' | 'better' | 'unit'>): string | null {
  return target === null || better === null ? null : `${better.replace('_', ' ')} ${valueInWords({ unit }, target)}`;
} // prettier-ignore

export function valueInWords({ unit }: Pick<Metric, 'unit'>, value: number): string {
  return `${value}${unit === '' ? '' : ` ${unit}`}`;
}
