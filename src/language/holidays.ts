/** Public holidays and weekends of a country or a part of one, and in which country a time zone is. */
import { createRequire } from 'node:module';
import type Holidays from 'date-holidays';
import { addDays } from './calendar.ts';

/** Its data takes a tenth of a second to load, which only whoever asks for holidays waits for. */
let library: typeof Holidays | undefined;
const holidays = () => (library ??= createRequire(import.meta.url)('date-holidays') as typeof Holidays);

const msPerDay = 86_400_000;
const known = new Map<string, ReadonlySet<string>>();

/** Days of a year, as 2026-12-25. @param region  DE, or DE-HH; nothing is known of others */
export function publicHolidays(region: string, year: number): ReadonlySet<string> {
  const key = `${region} ${year}`;
  const before = known.get(key);
  if (before !== undefined) return before;
  const [country = '', part = ''] = region.split('-');
  const all = new (holidays())(country, part).getHolidays(year) || [];
  const days = new Set<string>();
  for (const { type, date, start, end } of all) {
    if (type !== 'public') continue;
    // Half a day is a working day.
    const length = Math.round((end.getTime() - start.getTime()) / msPerDay);
    for (let at = 0; at < length; at += 1) days.add(addDays(date.slice(0, 10), at));
  }
  known.set(key, days);
  return days;
}

/** DE, or DE-HH: one whose holidays are known. */
export function isRegion(region: string): boolean {
  if (!/^[A-Z]{2}(-[A-Z0-9]{1,3})?$/.test(region)) return false;
  const [country = '', part] = region.split('-');
  const known = new (holidays())();
  if (!Object.hasOwn(known.getCountries(), country)) return false;
  return part === undefined || Object.hasOwn(known.getStates(country) ?? {}, part);
}

/** What Node knows of a country, and TypeScript not yet. */
type KnownLocale = Intl.Locale & {
  getWeekInfo(): { weekend: number[] };
  getTimeZones(): string[] | undefined;
};
const localeOf = (country: string) => new Intl.Locale(`und-${country}`) as KnownLocale;

/** Days of the week, Monday is 1. */
export function weekendOf(region: string): readonly number[] {
  return localeOf(region.slice(0, 2)).getWeekInfo().weekend;
}

let countries: Map<string, string[]> | undefined;

function countriesByZone(): Map<string, string[]> {
  if (countries !== undefined) return countries;
  countries = new Map();
  for (const country of Object.keys(new (holidays())().getCountries()))
    for (const zone of localeOf(country).getTimeZones() ?? []) {
      const name = canonical(zone);
      countries.set(name, [...(countries.get(name) ?? []), country]);
    }
  return countries;
}

function canonical(timeZone: string): string {
  return new Intl.DateTimeFormat('en', { timeZone }).resolvedOptions().timeZone;
}

const worked = new Map<string, string | null>();

/** The country in which somebody seems to be: by their time zone, else by the region of their locale. Null where neither says. */
export function countryOf({ timeZone, locale }: { timeZone: string; locale: string }): string | null {
  const key = `${timeZone} ${locale}`;
  const before = worked.get(key);
  if (before !== undefined) return before;
  const there = countriesByZone().get(canonical(timeZone)) ?? [];
  const said = /[-_]([A-Z]{2})\b/.exec(locale)?.[1] ?? null;
  const country = said !== null && there.includes(said) ? said : (there[0] ?? said);
  worked.set(key, country);
  return country;
}
