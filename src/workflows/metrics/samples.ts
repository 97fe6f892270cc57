/** What the made-up company measures: four metrics with values of some months. */
import { recordSamples } from '../../dialogue/record-samples.ts';
import { measure, metrics, recordMetric, type NewMetric } from '../../isms/metric/metric.ts';
import { daysOf, periodBefore, periodOf } from '../../isms/metric/period.ts';
import { daysBetween, dayOf } from '../../language/calendar.ts';

/** With its values, the newest first: of the period that ended last, of the one before, and so on. */
const samples: (Omit<NewMetric, 'ownerId'> & { owner: string; values: readonly number[] })[] = [
  {
    owner: 'sara', title: 'Phishing reporting rate', unit: '%', cadence: 'monthly', target: 60, better: 'at_least',
    method: 'Share of those who got a test mail and reported it within a day, from the phishing tests.', values: [52, 47, 41, 38],
  },
  {
    owner: 'ada', title: 'Servers patched within 14 days', unit: '%', cadence: 'monthly', target: 95, better: 'at_least',
    method: 'Critical patches installed within 14 days, of all that were due in the month, from the patch report.', values: [97.5, 96, 91.5],
  },
  {
    owner: 'ben', title: 'Days until a security incident is closed', unit: 'days', cadence: 'monthly', target: 10, better: 'at_most',
    method: 'Median over the incidents that were closed in the month.', values: [6, 8, 12],
  },
  {
    owner: 'hugo', title: 'Restore tests that succeeded', unit: '%', cadence: 'quarterly', target: 100, better: 'at_least',
    method: 'Restores of the quarter that came back whole and in time, of all that were tried.', values: [100, 80],
  },
]; // prettier-ignore

export const metricSamples = recordSamples(metrics, {
  many: 'metrics',
  title: 'title',
  of: 'owner_id = any($1)',
  by: 'array(select distinct recorded_by_name from measurement where metric_id = metric.id and not recorded_by = any($1))',
  parts: { measurement: 'metric_id' },
  async load(tx, { now, ines, person, by }) {
    const today = dayOf(now, 'UTC');
    for (const { owner, values, ...fresh } of samples) {
      const whose = await person(owner);
      let metric = await recordMetric(tx, by(ines, 300), { ...fresh, ownerId: whose.id });
      const periods: string[] = [];
      while (periods.length < values.length) periods.unshift(periodBefore(fresh.cadence, periods[0] ?? periodOf(fresh.cadence, today)));
      for (const [at, period] of periods.entries()) {
        const ended = daysOf(fresh.cadence, period)?.until ?? today;
        const command = by(whose, Math.max(0.1, daysBetween(ended, today) - 2));
        metric = (await measure(tx, command, metric, { period, value: values.at(-1 - at) ?? 0, note: null })) ?? metric;
      }
    }
  },
}); // prettier-ignore
