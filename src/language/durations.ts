/** Lengths of time as people say them in four languages: «two weeks», «zehn Tage», «quinze jours», «un mes». */
import { addDays } from './calendar.ts';
import { addMonths, addWorkingDays } from './calendar.ts';

const numbers: Record<number, string> = {
  0.5: 'half an?|eine[mnr]? halbe[ns]?|un demi|medio',
  1: 'an?|one|another|eine[mnrs]?|une?|una|uno',
  2: 'two|a couple of|couple of|zwei|zwo|deux|dos',
  3: 'three|drei|trois|tres',
  4: 'four|vier|quatre|cuatro',
  5: 'five|fünf|fuenf|cinq|cinco',
  6: 'six|sechs|seis',
  7: 'seven|sieben|sept|siete',
  8: 'eight|acht|huit|ocho',
  9: 'nine|neun|neuf|nueve',
  10: 'ten|zehn|dix|diez',
  12: 'twelve|zwölf|douze|doce',
  14: 'fourteen|vierzehn|quatorze|catorce',
  15: 'fifteen|fünfzehn|quinze|quince',
  20: 'twenty|zwanzig|vingt|veinte',
  30: 'thirty|dreißig|trente|treinta',
};
const workingDays =
  'working days?|business days?|work days?|arbeitstagen?|arbeitstage?|werktagen?|werktage?|jours? ouvr[ée]s?|jours? ouvrables?|d[ií]as? h[áa]bil(?:es)?|d[ií]as? laborables?';
const lengths = { workingDay: 1.4, day: 1, fortnight: 14, week: 7, month: 30, quarter: 91, year: 365 };
type Unit = keyof typeof lengths;
const units: Record<Unit, string> = {
  workingDay: workingDays,
  day: 'days?|tage?n?|jours?|d[ií]as?',
  fortnight: 'fortnights?',
  week: 'weeks?|wks?|wochen?|semaines?|semanas?',
  month: 'months?|monate?n?|mois|mes(?:es)?',
  quarter: 'quarters?|quartale?n?|trimestres?',
  year: 'years?|jahre?n?|années?|ans?|años?',
};

const anyNumber = `\\d{1,3}|${Object.values(numbers).join('|')}`;
const anyUnit = Object.values(units).join('|');

/** Two groups: the number and the unit. */
export const saidDuration = `(${anyNumber})[ -]+(?:(?:more|further|additional|extra|other|full|weiteren?|zusätzlichen?|volle[nr]?|mehr|autres?) )?(${anyUnit})`;

const oneOf = (words: string) => new RegExp(`^(?:${words})$`, 'iu');
const numberWords = Object.entries(numbers).map(([value, words]) => [Number(value), oneOf(words)] as const);
const unitWords = Object.entries(units).map(([unit, words]) => [unit as Unit, oneOf(words)] as const);

/** The day that lies so much later, or earlier with `sign` -1. Months keep their day where they have it. */
export function later(day: string, number: string, unit: string, sign: 1 | -1 = 1): string {
  const count = sign * countOf(number);
  switch (unitOf(unit)) {
    case 'workingDay':
      return addWorkingDays(day, count);
    case 'month':
      return Number.isInteger(count) ? addMonths(day, count) : addDays(day, sign * daysOf(number, unit));
    case 'quarter':
      return addMonths(day, Math.round(3 * count));
    case 'year':
      return addMonths(day, Math.round(12 * count));
    default:
      return addDays(day, sign * daysOf(number, unit));
  }
}

/** For «two more weeks», where no calendar is at hand: a month counts as 30 days. */
export function daysOf(number: string, unit: string): number {
  return Math.round(countOf(number) * lengths[unitOf(unit)]);
}

function countOf(number: string): number {
  return /^\d+$/.test(number)
    ? Number(number)
    : (numberWords.find(([, said]) => said.test(number))?.[0] ?? 1);
}

function unitOf(said: string): Unit {
  return unitWords.find(([, words]) => words.test(said))?.[0] ?? 'day';
}
