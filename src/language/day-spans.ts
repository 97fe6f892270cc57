/** Days that are said by another one: the first of «9 to 11 December», and «3 weeks from Friday». */
import { addDays, addMonths } from './calendar.ts';
import { dayOfYear, numericDay, type Calendar } from './date-words.ts';
import { durationIn, later } from './durations.ts';
import { words } from './vocabulary.ts';

interface Said {
  day: string | null;
  text: string;
  from: number;
}

const namedMonths = words('dates/day of a month');
const rangeWords = words('dates/range');
const between = words('dates/between');
const reckonings = words('dates/reckoned');
const putOff = words('dates/put off');

/** Characters before a day in which another one is looked for. */
const reach = 40;
const firstNumber =
  /(?<![\p{L}\p{N}./-])(?<number>\d{1,2})(?<stop>\.|st|nd|rd|th|er)?\s*(?<dash>[-–—])?\s*(?:(?:the|den|dem|le|el)\s+)?$/iu;
const nextNumber =
  /^(?<lead>\s*(?:[-–—]|to|until|till|through|thru)\s*)(?<said>(?<number>\d{1,2})(?:st|nd|rd|th)?)(?![\d./:-]|\s*[\p{L}%])/iu;
const numericRanges = [
  /(?<![\p{L}\p{N}./-])(?<first>(?<d>\d{1,2})\.(?:(?<m>\d{1,2})\.)?)(?<lead>\s*(?:[-–—]|bis(?: zum)?|to|au|al|und)\s*)(?<second>(?<d2>\d{1,2})\.(?<m2>\d{1,2})\.(?<year>\d{4}|\d{2})?)(?!\d)/giu,
  /(?<![\p{L}\p{N}./-])(?<first>(?<d>\d{1,2})\/(?<m>\d{1,2}))(?<lead>\s*[-–—]\s*)(?<second>(?<d2>\d{1,2})\/(?<m2>\d{1,2})(?:\/(?<year>\d{4}|\d{2}))?)(?![\d/])/giu,
];

/** Both days of each range in which one of them lacks its month, in the order of their kinds; null where it is no day. */
export function rangesIn(text: string, calendar: Calendar): Said[] {
  return [...inDigits(text, calendar), ...withMonths(text, calendar)];
}

function inDigits(text: string, calendar: Calendar): Said[] {
  return numericRanges.flatMap((pattern, at) =>
    [...text.matchAll(pattern)].flatMap(({ index, groups = {} }) => {
      const { d, m, first = '', lead = '', d2, m2, second = '', year } = groups;
      const order = at === 0 ? { ...calendar, monthFirst: false } : calendar;
      const [start, end] = [
        numericDay(Number(d), Number(m ?? m2), year, order),
        numericDay(Number(d2), Number(m2), year, order),
      ];
      if (start === null || end === null) return [];
      return [
        { day: start, text: first, from: index },
        { day: end, text: second, from: index + first.length + lead.length },
      ];
    }),
  );
}

function withMonths(text: string, calendar: Calendar): Said[] {
  return namedMonths.findAll(text).flatMap(({ parts: { months, N, Y }, text: said, from, to }) => {
    const [month, number] = [Number(months), Number(N)];
    const day = number > 31 ? null : dayOfYear(Y, month, number, calendar);
    if (day === null || /^(?:may|march|mar)\b/.test(said)) return [];
    const before = /^\d/.test(said) ? numberBefore(text.slice(Math.max(0, from - reach), from)) : null;
    if (before !== null) {
      const start = sameMonth(before.number, day, before.number > number ? -1 : 0);
      const place = from - before.back;
      return start === null
        ? []
        : [
            { day: start, text: before.said, from: place },
            { day, text: said, from },
          ];
    }
    const after = /^\d/.test(said) ? null : nextNumber.exec(text.slice(to, to + reach));
    const { lead = '', said: end = '', number: last = '' } = after?.groups ?? {};
    const stop = after === null || Number(last) <= number ? null : sameMonth(Number(last), day, 0);
    return stop === null
      ? []
      : [
          { day, text: said, from },
          { day: stop, text: end, from: to + lead.length },
        ];
  });
}

/** The number that begins a range, before the day that ends it. */
function numberBefore(before: string): { number: number; said: string; back: number } | null {
  const word = rangeWords.ends(before.replace(/\s(?:the|den|dem|le|el)\s*$/iu, ''));
  const dashed = firstNumber.exec(before);
  const found =
    dashed?.groups?.['dash'] !== undefined
      ? dashed
      : word === null
        ? null
        : firstNumber.exec(before.slice(0, word.from));
  const { number = '', stop = '' } = found?.groups ?? {};
  if (found === null || Number(number) < 1 || Number(number) > 31) return null;
  const lead = before.slice(0, found.index);
  if (dashed !== found && word?.meaning === 'and' && stop === '' && !between.has(lead)) return null;
  return { number: Number(number), said: `${number}${stop}`, back: before.length - found.index };
}

function sameMonth(number: number, day: string, months: number): string | null {
  const month = addMonths(`${day.slice(0, 8)}01`, months).slice(0, 8);
  const start = `${month}${String(number).padStart(2, '0')}`;
  return addDays(`${month}01`, number - 1) === start ? start : null;
}

interface SaidDay {
  day: string;
  text: string;
  index: number;
}

/** The day that is meant where one is said by another, and all of its words; null where the day itself is meant. */
export function reckonedFrom(text: string, { day, text: said, index }: SaidDay): SaidDay | null {
  const end = index + said.length;
  const before = text.slice(Math.max(0, index - reach), index);
  const lead = reckonings.ends(before);
  if (
    lead !== null &&
    /^\s*$/.test(before.slice(lead.to)) &&
    (lead.meaning !== 'ahead' || said === 'tomorrow')
  ) {
    const from = index - before.length + lead.from;
    const sign = lead.meaning === 'before' ? -1 : 1;
    return { day: later(day, durationIn(lead.parts), sign), text: text.slice(from, end), index: from };
  }
  if (/\d/.test(said)) return null;
  const off = putOff.begins(text.slice(end, end + reach));
  if (off === null || !/^\s*$/.test(text.slice(end, end + off.from))) return null;
  return { day: addDays(day, Number(off.meaning)), text: text.slice(index, end + off.to), index };
}
