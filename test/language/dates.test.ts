/** Days as people say them. The day of the tests is Wednesday 25 November 2026. */
import { describe, expect, it } from 'vitest';
import { inFull } from '../../src/language/calendar.ts';
import { impossibleDates, readDates, spelledOut } from '../../src/language/dates.ts';

const berlin = { now: new Date('2026-11-25T09:00:00Z'), timeZone: 'Europe/Berlin', locale: 'en-GB' };
const newYork = { ...berlin, timeZone: 'America/New_York', locale: 'en-US' };

function day(text: string, reading: Parameters<typeof readDates>[1] = berlin): string | undefined {
  return readDates(text, reading)[0]?.day;
}

describe('a day', () => {
  it('is read as it is said in four languages', () => {
    for (const [text, expected] of [
      ['Friday', '2026-11-27'],
      ['by Friday 3pm', '2026-11-27'],
      ['next Friday', '2026-12-04'],
      ['Friday week', '2026-12-04'],
      ['Wednesday', '2026-12-02'],
      ['by fri', '2026-11-27'],
      ['today', '2026-11-25'],
      ['the day after tomorrow', '2026-11-27'],
      ['by end of month', '2026-11-30'],
      ['month end', '2026-11-30'],
      ['end of year', '2026-12-31'],
      ['end of Q1', '2027-03-31'],
      ['end of next week', '2026-12-04'],
      ['next week', '2026-12-04'],
      ['next month', '2026-12-31'],
      ['in two weeks', '2026-12-09'],
      ['two weeks from now', '2026-12-09'],
      ['in a fortnight', '2026-12-09'],
      ['in 3 working days', '2026-11-30'],
      ['in a month', '2026-12-25'],
      ['mid December', '2026-12-15'],
      ['by the 15th', '2026-12-15'],
      ['Dec 9', '2026-12-09'],
      ['9th of December', '2026-12-09'],
      ['15 Jan', '2027-01-15'],
      ['on 20 Nov', '2026-11-20'],
      ['Friday 27 November 2026', '2026-11-27'],
      ['2026-12-09', '2026-12-09'],
      ['30/11', '2026-11-30'],
      ['11/30', '2026-11-30'],
      ['9.12.', '2026-12-09'],
      ['9.12.26', '2026-12-09'],
      ['übermorgen', '2026-11-27'],
      ['bis Freitag', '2026-11-27'],
      ['Freitag, den 11.12.', '2026-12-11'],
      ['Ende des Monats', '2026-11-30'],
      ['Monatsende', '2026-11-30'],
      ['Ende Januar', '2027-01-31'],
      ['nächste Woche', '2026-12-04'],
      ['KW 50', '2026-12-11'],
      ['KW 2', '2027-01-15'],
      ['in zwei Wochen', '2026-12-09'],
      ['bis zum 15. verschieben', '2026-12-15'],
      ['9. Dezember', '2026-12-09'],
      ['letzten Freitag', '2026-11-20'],
      ['fin de mois', '2026-11-30'],
      ['après-demain', '2026-11-27'],
      ['vendredi prochain', '2026-11-27'],
      ['dans deux semaines', '2026-12-09'],
      ["d'ici vendredi", '2026-11-27'],
      ['la semaine prochaine', '2026-12-04'],
      ['reporter au 15', '2026-12-15'],
      ['15 janvier', '2027-01-15'],
      ['a fin de mes', '2026-11-30'],
      ['pasado mañana', '2026-11-27'],
      ['el viernes', '2026-11-27'],
      ['el viernes que viene', '2026-11-27'],
      ['la próxima semana', '2026-12-04'],
      ['dentro de dos semanas', '2026-12-09'],
      ['hace dos semanas', '2026-11-11'],
      ['el 15 de enero', '2027-01-15'],
    ] as const)
      expect(day(text), text).toBe(expected);
  });

  it('that can be read both ways is day first, but in the United States', () => {
    expect(day('3/12')).toBe('2026-12-03');
    expect(day('3/12', newYork)).toBe('2027-03-12');
    expect(day('30/11', newYork)).toBe('2026-11-30');
    expect(day('03/12/2027')).toBe('2027-12-03');
    expect(day('03/12/2027', newYork)).toBe('2027-03-12');
  });

  it('is reckoned from the day where the person is, over both changes of the clocks', () => {
    const at = (now: string, timeZone: string) => ({ now: new Date(now), timeZone, locale: null });

    expect(day('tomorrow', at('2026-11-25T23:30:00Z', 'Europe/Berlin'))).toBe('2026-11-27');
    expect(day('tomorrow', at('2026-11-25T23:30:00Z', 'America/New_York'))).toBe('2026-11-26');
    expect(day('tomorrow', at('2026-11-25T12:00:00Z', 'Pacific/Kiritimati'))).toBe('2026-11-27');
    expect(day('tomorrow', at('2026-03-28T22:30:00Z', 'Europe/Berlin'))).toBe('2026-03-29');
    expect(day('tomorrow', at('2026-03-28T23:30:00Z', 'Europe/Berlin'))).toBe('2026-03-30');
    expect(day('in two weeks', at('2026-10-24T22:30:00Z', 'Europe/Berlin'))).toBe('2026-11-08');
    expect(day('morgen', at('2026-12-31T22:59:59Z', 'Europe/Berlin'))).toBe('2027-01-01');
  });

  it('that the calendar does not have is none, and never rolls over', () => {
    for (const text of [
      '30 February',
      '30. Februar',
      '31.11.',
      '2026-02-30',
      '29/02/2027',
      'le 31 novembre',
      '29 Feb',
    ]) {
      expect(readDates(text, berlin), text).toEqual([]);
      expect(impossibleDates(text, berlin), text).toHaveLength(1);
    }
    expect(day('2028-02-29')).toBe('2028-02-29');
  });

  it('is none where the words only look like one', () => {
    for (const text of [
      'A.8.13',
      'see clause 9.2.',
      'v2.1',
      '80 %',
      '24/7',
      '3/4 of the servers',
      'we may 2',
      'Guten Morgen',
      'por la mañana',
      'CA-2026-12',
      'since May',
      'hier ist der Bericht',
      'al 80 %',
      'version 1.5',
      'it is so',
      'mon rapport',
    ])
      // prettier-ignore
      expect([...readDates(text, berlin), ...impossibleDates(text, berlin)], text).toEqual([]);
  });

  it('is none where two numbers count things, or name a version, a place in a text, a time or a price', () => {
    for (const text of [
      '5/12 laptops encrypted',
      '12/15 hosts',
      'on 7/11 servers so far',
      '9/12 Rechnern',
      '8/11 postes chiffrés',
      '7/10 equipos parcheados',
      'section 5/12',
      'Windows 10/11',
      'batch 3/4',
      'upgraded nginx to 3.1.',
      'von 2.1 auf 2.2.',
      'Kapitel 10.2.',
      'chapitre 4.3.',
      'version 1.2.10',
      'by 9.30.',
      'bis 12.15.',
      'for 12.11. EUR',
      'we got it for 5.12.',
    ])
      expect([...readDates(text, berlin), ...impossibleDates(text, berlin)], text).toEqual([]);
    expect(day('5/12 laptops by 9/12')).toBe('2026-12-09');
    expect(day('on 5/12 we patched the rest')).toBe('2026-12-05');
  });

  it('is each of two in a range, also where one leaves its month to the other', () => {
    for (const [text, first, last] of [
      ['vom 9. bis 11. Dezember', '2026-12-09', '2026-12-11'],
      ['vom 9.-11.12.', '2026-12-09', '2026-12-11'],
      ['from 9 to 11 December', '2026-12-09', '2026-12-11'],
      ['Dec 9-11', '2026-12-09', '2026-12-11'],
      ['between the 9th and 11th December', '2026-12-09', '2026-12-11'],
      ['du 9 au 11 décembre', '2026-12-09', '2026-12-11'],
      ['del 9 al 11 de diciembre', '2026-12-09', '2026-12-11'],
      ['9/12-11/12', '2026-12-09', '2026-12-11'],
      ['28 to 2 December', '2026-11-28', '2026-12-02'],
      ['from 15 December to 15 January', '2026-12-15', '2027-01-15'],
    ] as const)
      expect(
        readDates(text, berlin).map((date) => date.day),
        text,
      ).toEqual([first, last]);
  });

  it('is reckoned from another day, and is the last of a month that is said alone', () => {
    for (const [text, expected] of [
      ['3 weeks from Friday', '2026-12-18'],
      ['10 days after 1 December', '2026-12-11'],
      ['zwei Wochen nach Freitag', '2026-12-11'],
      ['deux semaines après vendredi', '2026-12-11'],
      ['dos semanas después del viernes', '2026-12-11'],
      ['two days before Friday', '2026-11-25'],
      ['tomorrow week', '2026-12-03'],
      ['a week tomorrow', '2026-12-03'],
      ['morgen in einer Woche', '2026-12-03'],
      ['demain en huit', '2026-12-03'],
      ['until May', '2027-05-31'],
      ['bis Mai', '2027-05-31'],
      ["jusqu'en mai", '2027-05-31'],
      ['hasta mayo de 2028', '2028-05-31'],
      ['by January', '2027-01-31'],
      ['new due date 15.1.', '2027-01-15'],
      ['neuer Termin: 15.1', '2027-01-15'],
      ['nouvelle échéance 15.1.', '2027-01-15'],
      ['nueva fecha 15.1.', '2027-01-15'],
    ] as const)
      expect(
        readDates(text, berlin).map((date) => date.day),
        text,
      ).toEqual([expected]);
    for (const text of ['approved by June', 'hand it over to Jan', 'we may do it in May'])
      expect(readDates(text, berlin), text).toEqual([]);
  });

  it('without its year is written out in full, and tells where it stands', () => {
    expect(readDates('testing till Friday', berlin)).toEqual([
      { day: '2026-11-27', text: 'Friday', index: 13 },
    ]);
    expect(inFull('2026-11-27')).toBe('Friday 27 November 2026');
    expect(spelledOut('testing till Friday, live on 2026-12-09', berlin)).toBe(
      'testing till Friday (27 November 2026), live on 2026-12-09',
    );
    expect(spelledOut("in last week's audit", berlin)).toBe(
      "in last week's (week of 16 November 2026) audit",
    );
    expect(spelledOut('seit gestern', berlin)).toBe('seit gestern (Tuesday 24 November 2026)');
    const once = spelledOut('done by Friday or next week or tomorrow', berlin);
    expect(spelledOut(once, berlin)).toBe(once);
  });

  it('of a finding lies behind', () => {
    expect(day('seen on Monday', { ...berlin, towards: 'past' })).toBe('2026-11-23');
    expect(day('seen on Wednesday', { ...berlin, towards: 'past' })).toBe('2026-11-18');
    expect(day('seen on 3 December', { ...berlin, towards: 'past' })).toBe('2025-12-03');
  });
});
