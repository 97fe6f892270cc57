/** `isma import metrics|measurements <file>` and their exports: what is measured, and each value of it. */
import { z } from 'zod';
import type { Database, Queryable } from '../../db/database.ts';
import {
  maybe,
  must,
  readChoice,
  readNumber,
  readPersonId,
  readText,
  shortly,
} from '../../dialogue/import-cells.ts';
import { importOf, transferOf } from '../../dialogue/record-import.ts';
import { Refusal } from '../../errors.ts';
import type { Table } from '../../files/write-table.ts';
import {
  amendMetric,
  measure,
  metrics,
  recordMetric,
  selectAllMeasurements,
  selectMeasurements,
  sides,
  type Metric,
} from '../../isms/metric/metric.ts';
import { cadences } from '../../isms/metric/period.ts';
import { plain, words } from '../../language/vocabulary.ts';
import { readPeriod } from './read-value.ts';

export const metricTransfer = transferOf({
  name: 'metrics',
  record: metrics,
  people: ['ownerId'],
  same: ['title'],
  columns: (people) => ({
    title: must(readText(200)).describe('metric, kpi, name, indicator, measure, kennzahl, indicateur, indicador'),
    method: must(readText(4_000)).describe('how, how_measured, formula, calculation, description, methode, berechnung, méthode, método'),
    unit: maybe(readText(40)).describe('einheit, unité, unidad'),
    cadence: must(readChoice(cadences, words('metrics/cadence'))).describe('frequency, how_often, interval, häufigkeit, fréquence, frecuencia'),
    ownerId: must(readPersonId(people)).describe('responsible, who, measured_by, verantwortlich, responsable'),
    target: maybe(readNumber).describe('goal, threshold, ziel, zielwert, objectif, cible, objetivo, meta'),
    better: maybe(readChoice(sides, words('metrics/side'))).describe('direction, good_if, target_is, richtung, sens, sentido'),
  }),
  add: (tx, command, cells) => recordMetric(tx, command, cells),
  change: (tx, command, row, changed) => amendMetric(tx, command, row, changed),
  shown: {
    next_due: async (_tx, rows) => rows.map(({ nextDueOn }) => nextDueOn),
    last_period: (tx, rows) => lastOf(tx, rows, ({ period }) => period),
    last_value: (tx, rows) => lastOf(tx, rows, ({ value }) => String(value)),
  },
}); // prettier-ignore

async function lastOf(tx: Queryable, rows: readonly Metric[], of: (last: { period: string; value: number }) => string): Promise<string[]> {
  const all = await selectMeasurements(tx, rows.map(({ id }) => id));
  return rows.map(({ id }) => all.filter(({ metricId }) => metricId === id).slice(0, 1).map(of).join(''));
} // prettier-ignore

const measurementRow = z
  .object({
    metric: must(readText(200)).describe('reference, title, kpi, name, indicator, kennzahl'),
    period: must(readText(40)).describe(
      'month, quarter, week, year, when, zeitraum, monat, quartal, période, mes',
    ),
    value: must(readNumber).describe('result, wert, ergebnis, valeur, valor'),
    note: maybe(readText(4_000)).describe('comment, remarks, bemerkung, kommentar, commentaire, comentario'),
  })
  .transform((row) => ({ ...row, reference: `${row.metric} · ${row.period}` }));

/** By whoever answers for the metric: the log says that it came from a file. */
export const measurementImport = importOf({
  name: 'measurements',
  schema: () => measurementRow,
  async write(tx, { people, command }, { metric: said, period, value, note }) {
    const all = await metrics.selectWhere(tx, "state = 'active'");
    const named = (await metrics.selectOptional(tx, said)) ?? all.find(({ title }) => plain(title) === plain(said));
    if (named == null) throw new Refusal(`metric: «${shortly(said)}» is none that is measured; write its reference as ME-2, or its title`);
    const owner = people.find(({ id }) => id === named.ownerId) ?? null;
    const by = command(owner);
    const found = readPeriod(period, named.cadence, by.at.toISOString().slice(0, 10));
    const before = (await selectMeasurements(tx, [named.id])).some((each) => each.period === found?.period);
    const written = await measure(tx, by, await metrics.lock(tx, named.id), { period: found?.period ?? period, value, note });
    return written === null ? 'unchanged' : before ? 'changed' : 'added';
  },
}); // prettier-ignore

/** All that were recorded: of several for one period the last counts. */
export async function measurementTable(db: Database): Promise<Table> {
  const all = await selectAllMeasurements(db);
  const known = new Map((await metrics.selectWhere(db, 'true')).map((metric) => [metric.id, metric]));
  const isLast = ({ metricId, period }: (typeof all)[number], at: number) =>
    all[at + 1]?.metricId !== metricId || all[at + 1]?.period !== period;
  return {
    columns: ['metric', 'title', 'period', 'value', 'unit', 'note', 'recorded_by', 'recorded_at', 'counts'],
    rows: all.map((each, at) => {
      const metric = known.get(each.metricId);
      return [
        metric?.reference ?? '', metric?.title ?? '', each.period, each.value, metric?.unit ?? '', each.note ?? '', each.recordedByName,
        each.recordedAt.toISOString(), isLast(each, at) ? 'yes' : 'no',
      ];
    }),
  };
} // prettier-ignore
