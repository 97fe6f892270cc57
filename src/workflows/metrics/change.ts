/** A value on a card, before it is recorded: of what, for which period, in place of what. */
import { z } from 'zod';
import type { Queryable } from '../../db/database.ts';
import { defineChange } from '../../dialogue/change.ts';
import { field, sentOrNull, sentText, type Errors } from '../../dialogue/form-fields.ts';
import { readNumber } from '../../dialogue/import-cells.ts';
import { Refusal } from '../../errors.ts';
import {
  measure,
  metrics,
  selectMeasurements,
  targetInWords,
  valueInWords,
  type Metric,
} from '../../isms/metric/metric.ts';
import { periodBefore, periodDueOn, periodInWords, periodOf } from '../../isms/metric/period.ts';

export const room = 'metrics';

const MeasureChange = z.object({
  kind: z.literal('metric.measure'),
  metricId: z.number(),
  period: z.string(),
  value: z.number(),
  note: z.string().nullable(),
});
type MeasureChange = z.infer<typeof MeasureChange>;

/** Periods that the form offers, the one that is due first. */
const offered = 6;

/** The last that has ended, or an earlier one whose value is still missing. @param today  where they are */
export function expectedPeriod({ cadence, nextDueOn }: Metric, today: string): string {
  const [due, ended] = [periodDueOn(cadence, nextDueOn), periodBefore(cadence, periodOf(cadence, today))];
  return due < ended ? due : ended;
}

function periodsOf({ cadence, nextDueOn }: Metric): string[] {
  const periods = [periodDueOn(cadence, nextDueOn)];
  while (periods.length < offered) periods.push(periodBefore(cadence, periods.at(-1) ?? ''));
  return periods;
}

export function valueFields(metric: Metric, said: { period?: string; value?: string; note?: string | null } = {}) {
  const periods = [...new Set([...(said.period === undefined ? [] : [said.period]), ...periodsOf(metric)])];
  return [
    field('period', 'For which period?', 'choice', { options: periods.map((value) => ({ value, label: periodInWords(value) })), value: periods[0] ?? null }),
    field('value', `Value${metric.unit === '' ? '' : `, in ${metric.unit}`}`, 'text', { value: said.value ?? null }),
    field('note', 'What is to be known about it?', 'multiline', { required: false, value: said.note ?? null }),
  ];
} // prettier-ignore

async function countingOf(tx: Queryable, { metricId, period }: MeasureChange) {
  return (await selectMeasurements(tx, [metricId])).find((each) => each.period === period) ?? null;
}

defineChange<MeasureChange>({
  kind: 'metric.measure',
  schema: MeasureChange,
  room,
  alone: true,
  nameOf: () => 'a value',
  current: async () => null,
  markOf: () => null,
  refusedAt: 'value',
  async apply(tx, command, change) {
    const row = await metrics.lock(tx, change.metricId);
    if (row.state === 'ended') throw new Refusal(`${row.reference} has ended: it is measured no more.`);
    const said = `${row.reference} ${row.title}, ${periodInWords(change.period)}: ${valueInWords(row, change.value)}`;
    if ((await measure(tx, command, row, change)) === null) throw new Refusal(`That is there already. ${said}.`);
    return { lines: [`${said}.`], told: [] };
  },
  async show(tx, change) {
    const row = await metrics.select(tx, change.metricId);
    const before = await countingOf(tx, change);
    return {
      title: `${row.reference} · ${row.title}: ${valueInWords(row, change.value)}`,
      lines: [
        { label: 'Period', value: periodInWords(change.period) },
        { label: 'In place of', value: before === null ? '' : `${valueInWords(row, before.value)}, which stays on record` },
        { label: 'Target', value: targetInWords(row) ?? '' },
        { label: 'Note', value: change.note ?? '' },
      ].filter(({ value }) => value !== ''),
    };
  },
  async form(tx, _context, { metricId, period, value, note }, id) {
    const fields = valueFields(await metrics.select(tx, metricId), { period, value: String(value), note });
    return { id, title: 'Record a value', submitLabel: 'Next', fields };
  },
  read({ fields }, before) {
    const said = { ...before, period: sentText(fields, 'period'), note: sentOrNull(fields, 'note') };
    try {
      return { change: { ...said, value: readNumber(sentText(fields, 'value')) }, errors: {} };
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      const errors: Errors = { value: error.message };
      return { change: said, errors };
    }
  },
}); // prettier-ignore
