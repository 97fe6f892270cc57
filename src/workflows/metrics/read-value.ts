/** Reads what people say of a metric's value: «record 97.5 for ME-2», «phishing reporting rate was 41 % in November». */
import { readNumber } from '../../dialogue/import-cells.ts';
import { Refusal } from '../../errors.ts';
import { metrics, type Metric } from '../../isms/metric/metric.ts';
import { cadences, daysOf, periodBefore, periodOf, type Cadence } from '../../isms/metric/period.ts';
import { mondayOfWeek, partsOf } from '../../language/calendar.ts';
import { words, wordsIn } from '../../language/vocabulary.ts';
import { referenceIn } from '../../records/reference.ts';

const saying = words('metrics/saying');
const relative = words('metrics/relative');
const quarter = words('metrics/quarter');
const week = words('metrics/week');
const months = words('dates/months');

/** Whether it may say a value at all: it has a figure, asks nothing, and names a metric or speaks as such words do. */
export function maySayValue(text: string): boolean {
  return (
    /\d/.test(text) && !/[?¿]/.test(text) && (referenceIn(text, metrics.prefix) !== null || saying.has(text))
  );
}

/** Share of the words of a metric's name that are said when it is meant. */
const namedBy = 0.75;

/** The one that is meant, by its reference or by its name; null where that is none, or two alike. */
export function metricIn(text: string, known: readonly Metric[]): Metric | null {
  const said = wordsIn(text);
  const scored = known.map((metric) => {
    const name = wordsIn(metric.title).filter((word) => word.length > 3);
    const hits = name.filter((word) => said.some((each) => isSame(each, word))).length;
    return { metric, share: name.length === 0 ? 0 : hits / name.length, hits };
  });
  const [first, second] = scored
    .filter(({ share, hits }) => share >= namedBy && hits > 1)
    .toSorted((one, other) => other.share - one.share || other.hits - one.hits);
  return first === undefined || (first.share === second?.share && first.hits === second.hits)
    ? null
    : first.metric;
}

/** «patches» is «patched»: what begins alike for five letters is one word. */
function isSame(one: string, other: string): boolean {
  return one === other || (one.length > 4 && other.length > 4 && one.slice(0, 5) === other.slice(0, 5));
}

export interface SaidValue {
  value: number;
  /** Null where none is said. */
  period: string | null;
}

/** Null where it says no number. @param today  where they are. @throws Refusal for a period that is not one of its cadence */
export function readValue(text: string, metric: Metric, today: string): SaidValue | null {
  // Figures of its reference and its name are no value.
  const figures = metric.title.match(/\d+(?:[.,]\d+)*/g) ?? [];
  const reference = referenceIn(text, metrics.prefix) ?? '';
  const bare = [reference, ...figures].reduce(
    (rest, each) => (each === '' ? rest : rest.replace(each, ' '.repeat(each.length))),
    text,
  );
  const said = readPeriod(bare, metric.cadence, today);
  const rest =
    said === null ? bare : `${bare.slice(0, said.from)}${' '.repeat(said.to - said.from)}${bare.slice(said.to)}`;
  const found = /(?<![\p{L}\d.,-])-?\d[\d.,'’]*(?<![.,'’])/u.exec(rest);
  return found === null ? null : { value: readNumber(found[0]), period: said?.period ?? null };
} // prettier-ignore

interface SaidPeriod {
  period: string;
  from: number;
  to: number;
}

/** The first period that a text names. */
export function readPeriod(text: string, cadence: Cadence, today: string): SaidPeriod | null {
  const found = exactly(text) ?? inWords(text, cadence, today);
  if (found === null) return null;
  if (found.cadence === cadence) return found;
  const days = daysOf(found.cadence, found.period);
  if (days === null || cadences.indexOf(found.cadence) > cadences.indexOf(cadence))
    throw new Refusal(
      `It is measured ${cadence}: say which ${{ weekly: 'week', monthly: 'month', quarterly: 'quarter', yearly: 'year' }[cadence]}, as ${periodOf(cadence, today)}.`,
    );
  return { ...found, period: periodOf(cadence, days.from) };
}

type Found = SaidPeriod & { cadence: Cadence };

/** 2026-11, 2026-Q4, 2026-W48 */
function exactly(text: string): Found | null {
  const match = /(?<!\d)20\d\d-(?:W\d\d|Q[1-4]|\d\d)(?![\d-])/i.exec(text);
  const period = match?.[0].toUpperCase() ?? '';
  const cadence = cadences.find((each) => daysOf(each, period) !== null);
  if (match === null || cadence === undefined) return null;
  return { period, cadence, from: match.index, to: match.index + match[0].length };
}

/** «November», «Q3 2026», «KW 48», «last month», «2025» for a yearly one; without a year the last that has begun. */
function inWords(text: string, cadence: Cadence, today: string): Found | null {
  const said = relative.find(text);
  if (said !== null) {
    const [side = '', of = ''] = said.meaning.split(' ');
    const named = cadences.find((each) => each === of) ?? cadence;
    const now = periodOf(named, today);
    return { ...said, period: side === 'last' ? periodBefore(named, now) : now, cadence: named };
  }
  const parts = [
    { found: quarter.find(text), cadence: 'quarterly' as const },
    { found: week.find(text), cadence: 'weekly' as const },
    { found: months.find(text), cadence: 'monthly' as const },
  ];
  for (const { found, cadence: named } of parts) {
    if (found === null) continue;
    const of = named === 'monthly' ? found.meaning : found.parts['N'];
    const year = /^[\s,]*(?:of|de|del)?[\s,]*(20\d\d)(?!\d)/.exec(text.slice(found.to));
    const inYear = (each: number) => {
      const day = named === 'weekly' ? mondayOfWeek(each, Number(of)) : `${each}-${String(named === 'quarterly' ? 3 * Number(of) - 2 : Number(of)).padStart(2, '0')}-01`;
      return { day, period: periodOf(named, day) };
    };
    const now = partsOf(today).year;
    const own = inYear(year === null ? now : Number(year[1]));
    const { period } = year === null && own.day > today ? inYear(now - 1) : own;
    return { period, cadence: named, from: found.from, to: found.to + (year?.[0].length ?? 0) };
  }
  const year = cadence === 'yearly' ? /(?<![\d.,])20\d\d(?![\d.,]*\d|\s*%)/.exec(text) : null;
  return year === null
    ? null
    : { period: year[0], cadence: 'yearly', from: year.index, to: year.index + year[0].length };
} // prettier-ignore
