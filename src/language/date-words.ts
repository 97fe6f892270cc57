/** The ways of saying a day without its month's name, and what each means. */
import { addDays } from './calendar.ts';
import {
  addMonths,
  dayFrom,
  daysBetween,
  inWeekOf,
  lastOfMonth,
  mondayOfWeek,
  partsOf,
  weekdayOf,
} from './calendar.ts';
import { later, saidDuration } from './durations.ts';

export interface Calendar {
  today: string;
  past: boolean;
  monthFirst: boolean;
}

/** @returns null for what looks like a day but is none */
type Reader = (match: RegExpMatchArray, calendar: Calendar) => string | null;

const weekdays = [
  'monday|montag|lundi|lunes',
  'tuesday|dienstag|mardi|martes',
  'wednesday|mittwoch|mercredi|mi[ée]rcoles',
  'thursday|donnerstag|jeudi|jueves',
  'friday|freitag|vendredi|viernes',
  'saturday|samstag|sonnabend|samedi|s[áa]bado',
  'sunday|sonntag|dimanche|domingo',
];
/** Only after «by», «bis» and the like: «mon» and «so» are words of their own. */
const shortWeekdays = ['mon|mo', 'tues?|di', 'weds?|mi', 'thu(?:rs?)?|thur|do', 'fri|fr', 'sat|sa', 'sun|so'];
const months = [
  'january|jan|januar|jänner|janvier|enero',
  'february|feb|februar|février|fevrier|febrero',
  'march|mar|märz|maerz|mars|marzo',
  'april|apr|avril|abril',
  'may|mai|mayo',
  'june|jun|juni|juin|junio',
  'july|jul|juli|juillet|julio',
  'august|aug|août|aout|agosto',
  'september|sept?|septembre|septiembre',
  'october|oct|oktober|okt|octobre|octubre',
  'november|nov|novembre|noviembre',
  'december|dec|dezember|dez|décembre|decembre|diciembre|dic',
];
export const weekday = weekdays.join('|');
export const month = months.join('|');
const week = 'week|woche|semaine|semana';
const period = `month|monats?|mois|mes|year|jahres?|ann[ée]e|año|quarter|quartals?|trimestre|${week}`;
const coming = 'next|n[äa]chste[rnms]?|naechste[rnm]?|kommende[rnms]?|coming|following|pr[óo]xim[oa]';
const afterComing = 'prochaine?|qui vient|que viene|pr[óo]xim[oa]';
const gone =
  'last|past|previous|letzte[rnms]?|vergangene[rnms]?|vorige[rnms]?|since|seit|depuis|desde(?: el)?';
const afterGone = 'derni[eè]re?|pass[ée]e?|pasad[oa]';
const these = 'this|diese[rnms]?|ce|cette|est[ea]';
/** «last week», of which no day is meant. */
export const wholeWeek = new RegExp(
  `^(?:la |el |le |der |die )?(?:(?:${coming}|${these}|${gone}) )?(?:${week})(?: (?:${afterComing}|${afterGone}))?$`,
  'iu',
);
const until =
  "by|on|until|till|til|before|bis(?: zum)?|am|ab|zum|jusqu['’]au|au|le|el|al|hasta(?: el)?|para(?: el)?|to|for";

/** Tried in this order; what one has read, the next leaves alone. */
export const dateReaders: [RegExp, Reader][] = [
  [
    phrase(String.raw`(\d{4})-(\d{1,2})-(\d{1,2})`, '(?<![\\p{L}\\p{N}-])'),
    ([, y, m, d]) => dayFrom(Number(y), Number(m), Number(d)),
  ],
  [
    phrase(String.raw`(\d{1,2})([/.-])(\d{1,2})\2(\d{4}|\d{2})(?![./-]?\d)`, '(?<![\\p{L}\\p{N}./-])'),
    ([, first, , second, y], calendar) =>
      numeric(Number(first), Number(second), fullYear(Number(y)), calendar),
  ],
  [
    phrase(
      String.raw`(\d{1,2})/(\d{1,2})(?![/.%]?\d|\s*%|\s+(?:of|done|complete|finished|fertig|erledigt|der|von|des|fait|hechas?|de)\b)`,
      '(?<![\\p{L}\\p{N}./-])',
    ),
    ([all, first, second], calendar) =>
      all === '24/7' ? null : numeric(Number(first), Number(second), null, calendar),
  ],
  [
    phrase(
      String.raw`(?<=^\s*|:\s*|(?:${until}|den|dem|vom|seit|due|du|del|${weekday}),? )(\d{1,2})\.(\d{1,2})\.(?!\d)`,
      '',
      '',
    ),
    ([, d, m], calendar) => numeric(Number(d), Number(m), null, { ...calendar, monthFirst: false }),
  ],
  [
    phrase("today|tonight|end of (?:the )?day|eod|cob|heute(?: abend)?|aujourd['’]hui|hoy"),
    (_, { today }) => today,
  ],
  [
    phrase('(?:the )?day after tomorrow|[üu]bermorgen|uebermorgen|apr[èe]s[- ]demain|pasado ma[ñn]ana'),
    (_, { today }) => addDays(today, 2),
  ],
  [
    phrase('tomorrow|tmrw|(?<!guten |am |jeden |diesen )morgen|demain|(?<!la |esta |una |buena )ma[ñn]ana'),
    (_, { today }) => addDays(today, 1),
  ],
  [
    phrase('(?:the )?day before yesterday|vorgestern|avant-hier|anteayer|antes de ayer'),
    (_, { today }) => addDays(today, -2),
  ],
  [
    phrase(
      "yesterday|gestern|hier (?:matin|soir|après-midi)|(?<=depuis |d['’]|fait |fini |ées? |és? )hier|ayer",
    ),
    (_, { today }) => addDays(today, -1),
  ],
  [
    phrase(String.raw`(?:kw|cw|(?:calendar )?week|kalenderwoche|semaine|semana)[ .]{0,2}(\d{1,2})`),
    ([, number], { today, past }) => weekNumber(Number(number), today, past),
  ],
  [
    phrase(String.raw`(?:end of|end|ende|fin(?:ales)? de|fin|fines de|late) (mid[- ])?(?:the )?[qt]([1-4])`),
    ([, , quarter], { today }) => endOfQuarter(Number(quarter), today),
  ],
  [
    phrase(
      String.raw`(?:the )?(?:end of|ende (?:des|der|dieses|dieser)|ende|fin (?:de la|de l['’]|du|de|del)|fines de|fin|finales? de(?:l| la)?) ?(?:the |this |ce |cette |este |esta |de |la |el |l['’])?(?:(${coming}) )?(${period})(?: (${afterComing}))?`,
    ),
    ([, before, unit = '', after], { today }) =>
      endOf(unit, today, before !== undefined || after !== undefined),
  ],
  [phrase('month[- ]end|eom|monatsende'), (_, { today }) => endOf('month', today, false)],
  [phrase('year[- ]end|eoy|jahresende'), (_, { today }) => endOf('year', today, false)],
  [
    phrase('eow|quartalsende'),
    ([all], { today }) => endOf(/^q/i.test(all) ? 'quarter' : 'week', today, false),
  ],
  [
    phrase(
      String.raw`(end of|ende|fin(?: d['’]| de)?|finales de|late|mid|mid-|middle of|mitte|mi-|mediados de|beginning of|start of|early|anfang|début|principios de) ?(${month})(?: (?:de )?(\d{4}))?`,
    ),
    ([, part = '', name = '', y], calendar) => partOfMonth(part, name, y, calendar),
  ],
  [
    phrase(
      String.raw`(?:la |el |le |der |die )?(?:(${coming}|${these}|${gone}) )?(${week}|month|monat|mois|mes)(?: (${afterComing}|${afterGone}))?`,
    ),
    ([, before, unit = '', after], { today }) => aroundNow(before ?? after, unit, today),
  ],
  [
    phrase(String.raw`(?:a week (?:on|from) )(${weekday})|(${weekday}) (?:week|en huit|in einer woche)`),
    ([, first, second], { today }) => addDays(nextWeekday(nameAt(weekdays, first ?? second), today), 7),
  ],
  [
    phrase(
      String.raw`(?:(${coming}|${these}|${gone}) )?(${weekday})(?: (${afterComing}|${afterGone})(?! ma[ñn]ana))?`,
    ),
    ([, before, name, after], calendar) => saidWeekday(nameAt(weekdays, name), before, after, calendar),
  ],
  [
    phrase(
      String.raw`(?<=(?:by|on|until|till|this|bis|am) )(${shortWeekdays.join('|')})\b\.?(?! (?:\p{Lu}|\d))`,
      '',
      '',
    ),
    ([, name], calendar) => saidWeekday(nameAt(shortWeekdays, name), undefined, undefined, calendar),
  ],
  [
    phrase(String.raw`${saidDuration} (?:ago)|(?:vor|il y a|hace) ${saidDuration}`),
    ([, n, unit, n2, unit2], { today }) => later(today, n ?? n2 ?? '', unit ?? unit2 ?? '', -1),
  ],
  [
    phrase(
      String.raw`(?:in|within|in about|binnen|innerhalb von|dans(?: les)?|d['’]ici(?: à)?|sous|en|dentro de) ${saidDuration}|${saidDuration} from (?:now|today)`,
    ),
    ([, n, unit, n2, unit2], { today }) => later(today, n ?? n2 ?? '', unit ?? unit2 ?? ''),
  ],
  [
    phrase(
      String.raw`(?<=(?:${until}) (?:the )?)(\d{1,2})(?:st|nd|rd|th|\.|er)?(?=\s*(?:$|[,;!?)\n]|\.(?:\s|$)|(?:because|as|since|instead|weil|da|statt|car|parce|porque|verschieben|verlängern)\b))`,
      '',
      '',
    ),
    ([, d], { today, past }) => dayOfMonth(Number(d), today, past),
  ],
];

function numeric(first: number, second: number, year: number | null, calendar: Calendar): string | null {
  const monthFirst = second > 12 || (calendar.monthFirst && first <= 12);
  const [d, m] = monthFirst ? [second, first] : [first, second];
  return year === null ? nearestYear(m, d, calendar) : dayFrom(year, m, d);
}

function fullYear(year: number): number {
  return year < 100 ? 2000 + year : year;
}

/** People leave out the year of days ahead, and of those just gone. */
export function nearestYear(m: number, d: number, { today, past }: Calendar): string | null {
  const { year } = partsOf(today);
  const thisYear = dayFrom(year, m, d);
  if (thisYear === null) return null;
  if (past) return thisYear <= today ? thisYear : dayFrom(year - 1, m, d);
  const gone = daysBetween(thisYear, today);
  if (gone < -275) return dayFrom(year - 1, m, d);
  return gone > 90 ? dayFrom(year + 1, m, d) : thisYear;
}

function nextWeekday(number: number, today: string): string {
  return addDays(today, ((number - weekdayOf(today) + 6) % 7) + 1);
}

function saidWeekday(
  number: number,
  before: string | undefined,
  after: string | undefined,
  { today, past }: Calendar,
) {
  const ahead = nextWeekday(number, today);
  const behind = test(gone, before) || test(afterGone, after);
  if (behind || (past && before === undefined && after === undefined))
    return addDays(ahead, weekdayOf(today) === number ? -14 : -7);
  // «next Friday» is that of next week in English and German; «vendredi prochain» and «el próximo viernes» the first to come.
  if (/^(next|n[äa]|following)/i.test(before ?? '')) return addDays(inWeekOf(today, number), 7);
  return ahead;
}

function aroundNow(side: string | undefined, unit: string, today: string): string | null {
  const weekly = test(week, unit);
  if (side === undefined || /^(since|seit|depuis|desde)/i.test(side)) return null;
  if (test(`${gone}|${afterGone}`, side)) return weekly ? addDays(today, -7) : null;
  return endOf(weekly ? 'week' : 'month', today, !test(these, side));
}

/** A week ends on its Friday, as far as work goes. */
function endOf(unit: string, today: string, next: boolean): string {
  const { year, month: m } = partsOf(today);
  if (test(week, unit)) {
    const friday = addDays(inWeekOf(today, 5), next ? 7 : 0);
    return friday < today ? today : friday;
  }
  if (/^(q|t)/i.test(unit)) return lastOfMonth(year, Math.ceil(m / 3) * 3 + (next ? 3 : 0));
  if (/^m/i.test(unit)) return lastOfMonth(year, m + (next ? 1 : 0));
  return `${year + (next ? 1 : 0)}-12-31`;
}

function endOfQuarter(quarter: number, today: string): string {
  const { year } = partsOf(today);
  const end = lastOfMonth(year, quarter * 3);
  return end < today ? lastOfMonth(year + 1, quarter * 3) : end;
}

function partOfMonth(
  part: string,
  name: string,
  said: string | undefined,
  calendar: Calendar,
): string | null {
  const m = nameAt(months, name);
  const near = said === undefined ? nearestYear(m, 28, calendar) : dayFrom(Number(said), m, 28);
  if (near === null) return null;
  const { year } = partsOf(near);
  if (/^(mid|mitte|mi|med)/i.test(part)) return dayFrom(year, m, 15);
  return /^(beg|start|early|anf|d|prin)/i.test(part) ? dayFrom(year, m, 5) : lastOfMonth(year, m);
}

function weekNumber(number: number, today: string, past: boolean): string | null {
  if (number < 1 || number > 53) return null;
  const { year } = partsOf(today);
  const friday = addDays(mondayOfWeek(year, number), 4);
  if (past || friday >= inWeekOf(today, 1)) return friday;
  return addDays(mondayOfWeek(year + 1, number), 4);
}

function dayOfMonth(number: number, today: string, past: boolean): string | null {
  if (number < 1 || number > 31) return null;
  for (let step = 0; step < 4; step += 1) {
    const { year, month: m } = partsOf(addMonths(`${today.slice(0, 8)}01`, past ? -step : step));
    const day = dayFrom(year, m, number);
    if (day !== null && (past ? day <= today : day >= today)) return day;
  }
  return null;
}

function nameAt(names: string[], name: string | undefined): number {
  return names.findIndex((each) => test(each, name)) + 1;
}

const wholeWords = new Map<string, RegExp>();

function test(alternatives: string, word: string | undefined): boolean {
  if (word === undefined) return false;
  const whole = wholeWords.get(alternatives) ?? new RegExp(`^(?:${alternatives})$`, 'iu');
  wholeWords.set(alternatives, whole);
  return whole.test(word);
}

function phrase(pattern: string, before = '(?<![\\p{L}\\p{N}])', after = '(?![\\p{L}\\p{N}])'): RegExp {
  return new RegExp(`${before}(?:${pattern})${after}`, 'giu');
}
