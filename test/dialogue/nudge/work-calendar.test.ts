/** When somebody works: clocks that are put forward and back, zones that change or are missing, holidays and weekends of where they are. */
import { describe, expect, it } from 'vitest';
import { decide, type Owed } from '../../../src/dialogue/nudge/decide.ts';
import { workCalendar, type Worker } from '../../../src/dialogue/nudge/work-calendar.ts';
import { countryOf, publicHolidays } from '../../../src/language/holidays.ts';
import { instantAt, timeOf } from '../../../src/language/zoned.ts';
import { settings } from '../../../src/records/setting.ts';

const working = settings.working_time.initial;
const rules = settings.nudges.initial;
const berlin: Worker = { timeZone: 'Europe/Berlin', locale: 'de-DE', region: null, absences: [] };

describe('the time on somebody’s wall', () => {
  it.each([
    ['2026-03-29', '02:30', 'Europe/Berlin', '2026-03-29T01:00:00.000Z'],
    ['2026-03-29', '03:00', 'Europe/Berlin', '2026-03-29T01:00:00.000Z'],
    ['2026-10-25', '02:30', 'Europe/Berlin', '2026-10-25T00:30:00.000Z'],
    // In Cairo the clocks go at midnight: that Friday begins at one.
    ['2026-04-24', '00:00', 'Africa/Cairo', '2026-04-23T22:00:00.000Z'],
    ['2026-04-24', '00:30', 'Africa/Cairo', '2026-04-23T22:00:00.000Z'],
    ['2026-10-29', '23:30', 'Africa/Cairo', '2026-10-29T20:30:00.000Z'],
    ['2026-07-01', '08:00', 'Africa/Cairo', '2026-07-01T05:00:00.000Z'],
    ['2026-04-05', '02:30', 'Pacific/Auckland', '2026-04-04T13:30:00.000Z'],
    ['2026-11-25', '08:00', 'UTC', '2026-11-25T08:00:00.000Z'],
  ])('is %s %s in %s once, or at the first moment after a jump', (day, time, zone, at) => {
    expect(instantAt(day, time, zone).toISOString()).toBe(at);
  });

  it('is, on every day of a year and in every zone of people, the time that was asked for, or one that no clock shows', () => {
    for (const zone of [
      'Europe/Berlin',
      'Africa/Cairo',
      'America/New_York',
      'Asia/Kolkata',
      'Australia/Lord_Howe',
    ])
      for (let day = 0; day < 366; day += 1) {
        const date = new Date(Date.UTC(2026, 0, 1 + day)).toISOString().slice(0, 10);
        expect(timeOf(instantAt(date, '08:00', zone), zone)).toBe('08:00');
      }
  });
});

describe('the days on which somebody works', () => {
  it('are not public holidays of their country or their part of it, nor weekends as they are there', () => {
    const hamburg = workCalendar({ ...berlin, region: 'DE-HH' }, working);
    const germany = workCalendar(berlin, working);
    const cairo = workCalendar({ ...berlin, timeZone: 'Africa/Cairo', locale: 'ar-EG' }, working);

    expect([germany.off('2026-05-14'), germany.off('2026-10-31'), germany.off('2026-12-24')]).toEqual(['quiet_hours', 'quiet_hours', null]); // prettier-ignore
    expect(publicHolidays('DE-HH', 2025).has('2025-10-31')).toBe(true);
    expect(publicHolidays('DE', 2025).has('2025-10-31')).toBe(false);
    expect(hamburg.next('2026-12-24')).toBe('2026-12-28');
    // Friday and Saturday are Egypt's weekend; Sunday is not in the organisation's week.
    expect(cairo.next('2026-11-25')).toBe('2026-11-26');
    expect(cairo.next('2026-11-26')).toBe('2026-11-30');
    // Three days of Eid.
    expect(cairo.next('2026-03-19')).toBe('2026-03-23');
  });

  it('are known from the time zone, else from the locale, else by the organisation alone', () => {
    expect(countryOf({ timeZone: 'Africa/Cairo', locale: 'en-GB' })).toBe('EG');
    expect(countryOf({ timeZone: 'Asia/Calcutta', locale: 'en-GB' })).toBe('IN');
    expect(countryOf({ timeZone: 'UTC', locale: 'fr-FR' })).toBe('FR');
    expect(countryOf({ timeZone: 'UTC', locale: 'en' })).toBeNull();
    expect(publicHolidays('XX', 2026).size).toBe(0);
  });

  it('follow a zone that changes, and the organisation’s where somebody’s own is missing or none', () => {
    const at = new Date('2026-11-25T05:30:00Z');
    const open = (timeZone: string) => workCalendar({ ...berlin, timeZone }, { ...working, timeZone: 'Asia/Dubai' }).isOpen(at); // prettier-ignore

    expect([open('Europe/Berlin'), open('Asia/Kolkata'), open('UTC'), open('Mars/Olympus'), open('')]).toEqual([false, true, true, true, true]); // prettier-ignore
  });

  it('move the steps of what is due: leave counts as no working day', () => {
    const away = workCalendar(
      { ...berlin, absences: [{ fromDay: '2026-12-07', untilDay: '2026-12-11' }] },
      working,
    );

    expect([away.add('2026-12-09', 0), away.add('2026-12-14', -3), away.add('2026-12-04', 2)]).toEqual(['2026-12-04', '2026-12-02', '2026-12-15']); // prettier-ignore
  });
});

describe('somebody who moves', () => {
  const thing: Owed = { record: 'thing:1', askedAt: new Date('2026-11-23T09:00:00Z'), dueOn: '2026-11-25', rank: 2 };
  const standing = (timeZone: string, sentOn: string[]) => ({
    calendar: workCalendar({ ...berlin, timeZone, locale: 'en' }, working),
    owed: [thing],
    told: new Map([['thing:1', { step: null, dueOn: '2026-11-25', at: new Date('2026-11-23T10:00:00Z') }]]),
    sentOn,
    snoozedUntil: null,
  });

  it('is reminded once of a day that they have twice, where they are now', () => {
    const now = new Date('2026-11-25T13:30:00Z');

    expect(decide(standing('Europe/Berlin', []), rules, now).send).toHaveLength(1);
    // Sent in Berlin in the morning; then they are in New York, where that day is not over.
    const moved = decide(standing('America/New_York', ['2026-11-25']), rules, now);
    expect(moved).toMatchObject({ send: [], held: null, until: new Date('2026-11-27T13:00:00Z') });
    const asleep = decide(standing('Pacific/Auckland', []), rules, now);
    expect(asleep).toMatchObject({ send: [], held: 'quiet_hours', until: new Date('2026-11-25T19:00:00Z') });
  });

  it('has only so many messages a week, the last of them for what is due or what the certificate rests on', () => {
    const now = new Date('2026-11-27T09:00:00Z');
    const asked = (rank: 1 | 2): Owed => ({ record: `new:${rank}`, askedAt: new Date('2026-11-26T09:00:00Z'), dueOn: '2026-12-18', rank });
    const with3 = { ...standing('Europe/Berlin', ['2026-11-23', '2026-11-24', '2026-11-25']), owed: [asked(1)] };
    const with2 = (rank: 1 | 2) => ({ ...standing('Europe/Berlin', ['2026-11-23', '2026-11-24']), owed: [asked(rank)] });

    expect(decide(with3, rules, now)).toMatchObject({ send: [], held: 'budget' });
    expect(decide(with2(2), rules, now)).toMatchObject({ send: [], held: 'budget' });
    expect(decide(with2(1), rules, now).send).toHaveLength(1);
  });
}); // prettier-ignore
