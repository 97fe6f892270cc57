/** Whether two numbers are a day, by the words beside them: «by 9/12» is one, «5/12 laptops» and «version 1.12.» are none. */
import { words } from './vocabulary.ts';

const after = words('dates/after other numbers');
const beforeNumbers = words('dates/before numbers');
const beforeOthers = words('dates/before other numbers');
const beforePrice = words('dates/before a price');
const besideDay = words('dates/beside a day');
const counted = words('dates/counted');
const dayNouns = words('dates/day nouns');
const shared = words('dates/shared');

/** Characters before a number and after it in which words tell what it is. */
export const leadReach = 40;
/** «from 1.24 to 1.25.»: what stands before is no day either. */
const fromVersion = /\d\.\d+(?:\.\d+)*\s+(?:to|auf|bis|a|à|al|au)\s*$/u;
const mostHours = 24;

interface Place {
  text: string;
  from: number;
  to: number;
}

function beside({ text, from, to }: Place) {
  return { before: text.slice(Math.max(0, from - leadReach), from), next: text.slice(to, to + leadReach) };
}

/** With a slash and no year. */
export function isSlashedDay(place: Place, first: number, second: number): boolean {
  const { before, next } = beside(place);
  if ((first === mostHours && second === 7) || shared.begins(next) !== null) return false;
  if (leads(before, beforeOthers) || follows(next, after)) return false;
  if (first > second || !/^\s+[\p{L}]/u.test(next)) return true;
  return isLed(before) ? !follows(next, counted) : follows(next, besideDay);
}

/** With full stops and no year: only where a word or the beginning says that a day is meant. */
export function isDottedDay(place: Place, month: number, stopped: boolean): boolean {
  const { before, next } = beside(place);
  if (month > 12 || fromVersion.test(before) || leads(before, beforeOthers)) return false;
  if (follows(next, after) || leads(before, beforePrice)) return false;
  if (!stopped) return leads(before, dayNouns, /^:? ?$/);
  const begins = before.length === place.from && before.trim() === '';
  return begins || /:\s*$/.test(before) || isLed(before);
}

/** With its year; one of two digits may as well be a version. */
export function isWholeDay(place: Place, first: number, second: number, year: string): boolean {
  if (year.length === 4) return true;
  const { before } = beside(place);
  return first > 0 && second > 0 && !leads(before, beforeOthers) && !/[€$£]\s?$/.test(before);
}

function leads(before: string, list: typeof beforeOthers, between = /^[.:]? ?$/): boolean {
  const lead = list.ends(before);
  return lead !== null && between.test(before.slice(lead.to));
}

function follows(next: string, list: typeof beforeOthers): boolean {
  const found = list.begins(next);
  return found !== null && /^[\s-]*$/.test(next.slice(0, found.from));
}

/** «bis», «Freitag, den», «deadline:». */
function isLed(before: string): boolean {
  return leads(before, beforeNumbers, /^[,:]? ?$/);
}
