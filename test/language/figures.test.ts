/** An answer may hold only figures that stand in what it cites, in whatever words and language either is written. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { figuresIn, isSameFigure } from '../../src/language/figures.ts';

const keysOf = (text: string) => figuresIn(text).map((figure) => figure.key);
const unfounded = (answer: string, sources: string[]) => {
  const known = sources.flatMap(figuresIn);
  return figuresIn(answer)
    .filter((said) => !known.some((each) => isSameFigure(said, each)))
    .map(({ text }) => text);
};

describe('one figure', () => {
  it.each([
    ['second:86400', '24 hours', 'a day', '1 day', 'one day', 'einen Tag', 'un jour', 'un día', '24 Stunden', '24 heures', '24 horas', '1,440 minutes'],
    ['second:1209600', '14 days', 'two weeks', '14 Tagen', 'zwei Wochen', 'quatorze jours', 'deux semaines', '14 días', 'dos semanas', 'fourteen calendar days'],
    ['month:12', '12 months', 'a year', 'every year', 'annually', 'once a year', 'jährlich', 'pro Jahr', 'zwölf Monate', '12 mois', 'par an', 'annuel', 'al año', 'doce meses', 'anual'],
    ['month:3', 'quarterly', 'every quarter', 'three months', 'vierteljährlich', 'drei Monaten', 'trimestriel', 'trois mois', 'trimestral', 'tres meses'],
    ['workday:5', '5 working days', 'five business days', '5 Arbeitstage', 'fünf Werktagen', '5 jours ouvrés', 'cinq jours ouvrables', '5 días laborables', 'cinco días hábiles'],
    ['second:5400', '90 minutes', '1.5 hours', '1,5 Stunden', '1,5 heures', '1,5 horas'],
    ['percent:80', '80 %', '80%', 'eighty percent', '80 Prozent', 'achtzig Prozent', '80 pour cent', '80 por ciento'],
    ['eur:1000', '€1,000', '1.000 €', '1 000 euros', 'EUR 1000', '1000 EUR'],
    ['date:2026-03-01', '2026-03-01', '1 March 2026', 'March 1, 2026', '1st of March 2026', '01.03.2026', '1. März 2026', '1er mars 2026', '1 de marzo de 2026'],
    ['number:16', '16', 'sixteen', 'sechzehn', 'seize', 'dieciséis'],
    ['second:86400', 'daily', 'every day', 'täglich', 'jeden Tag', 'quotidienne', 'chaque jour', 'diariamente', 'cada día'],
    ['second:604800', 'weekly', 'every week', 'wöchentlich', 'jede Woche', 'hebdomadaire', 'semanal'],
    ['month:6', 'twice a year', 'half a year', 'zweimal im Jahr', 'deux fois par an', 'dos veces al año', 'ein halbes Jahr'],
    ['month:24', 'every two years', 'every second year', 'every other year', 'jedes zweite Jahr', 'alle zwei Jahre', 'tous les deux ans', 'cada dos años'],
    ['month:12', 'per calendar year', 'each calendar year', 'pro Kalenderjahr', 'par année civile', 'por año natural'],
    ['second:900', 'a quarter of an hour', 'eine Viertelstunde', "un quart d'heure", 'un cuarto de hora'],
    ['clock:18:00', '18:00', '6 p.m.', '6 pm', '18 Uhr', '18:00 Uhr', 'à 18h', 'a las 18:00'],
    ['clock:08:30', '08:30', '8:30 a.m.', '8.30 Uhr'],
  ])('is %s, however it is written', (key, ...writings) => {
    for (const writing of writings) expect([writing, [...new Set(keysOf(`It is ${writing} here.`))]]).toEqual([writing, [key]]);
  }); // prettier-ignore

  it('of a range takes the unit of the second number', () => {
    for (const text of ['10 to 15 minutes', '10-15 minutes', '10 bis 15 Minuten', '10 à 15 minutes', '10 a 15 minutos', '10 or 15 minutes'])
      expect([text, keysOf(text)]).toEqual([text, ['second:600', 'second:900']]);
  }); // prettier-ignore
});

describe('no figure', () => {
  it.each([
    ['an article', 'Take a laptop and an adapter to one of the rooms.'],
    ['an article in German', 'Ein Laptop in einer Tasche.'],
    ['a name', 'Use 2FA, see A.8.1, SEV1 and Level_3.'],
    ['a standard', 'ISO 27001:2022, ISO/IEC 27002, NIST SP 800-53 and SOC 2 ask for it.'],
    ['a citation mark', 'It is so [1] and so [2][12].'],
    ['a list marker', '1. Stop.\n2. Report.\n3) Wait.'],
    ['which one is meant', 'A second person checks the second factor.'],
    ['a month behind a name', 'GPT-x5 may be used.'],
    ['Spanish eleven in English', 'Once you have it, tell us.'],
  ])('is %s', (_kind, text) => {
    expect(keysOf(text)).toEqual([]);
  });
});

describe('an answer', () => {
  it.each([
    ['Report within 24 hours.', 'Every incident is reported within one day.'],
    ['Melden Sie es binnen 24 Stunden.', 'Report it within 1 day.'],
    ['Gardez-le douze mois.', 'Kept for one year.'],
    ['Al menos 16 caracteres.', 'At least sixteen characters.'],
    ['On 1 March it began.', 'In force since 2026-03-01.'],
    ['Seit dem 1. März 2026.', 'Since 1 March 2026.'],
    ['Up to 1,000 euros.', 'Bis zu 1.000 € im Einzelfall.'],
    ['Once a year.', 'The list is reviewed annually.'],
    ['See section 3.4.', '3.4\nGetting files back'],
    ['It takes 10 to 15 minutes.', 'It takes between ten minutes and 15 minutes.'],
  ])('is founded: %s', (answer, source) => {
    expect(unfounded(answer, [source])).toEqual([]);
  });

  it.each([
    ['Report within 48 hours.', 'Report within 24 hours.', '48 hours'],
    ['Report within 24 days.', 'Report within 24 hours.', '24 days'],
    ['Within 5 days.', 'Within 5 working days.', '5 days'],
    ['Reviewed twice, every month.', 'Reviewed every 6 months.', 'every month'],
    ['At least 14 characters.', 'At least 16 characters.', '14'],
    ['Mindestens vierzehn Zeichen.', 'At least 16 characters.', 'vierzehn'],
    ['80 % of all.', '18 % of all.', '80 %'],
    ['Up to $500.', 'Up to €500.', '$500'],
    ['Since 2 March 2026.', 'Since 1 March 2026.', '2 March 2026'],
    ['Since 1 March 2025.', 'Since 1 March 2026.', '1 March 2025'],
    ['See section 3.2.9.', '3.2.1 Keys', '3.2.9'],
    ['Use version 3.10.', 'Version 3.1 is in use.', '3.10'],
    ['Deux ans.', 'Kept for one year.', 'Deux ans'],
    ['Durante tres semanas.', 'For two weeks.', 'tres semanas'],
  ])('is unfounded: %s beside «%s»', (answer, source, named) => {
    expect(unfounded(answer, [source])).toEqual([named]);
  });

  it('may take each of its figures from another source', () => {
    expect(unfounded('16 characters, changed every 90 days.', ['16 characters', '90 days'])).toEqual([]);
  });

  it('without figures needs no source', () => {
    expect(unfounded('Ask your manager first.', [])).toEqual([]);
  });

  it('that names a country is not read as money', () => {
    expect(unfounded('It runs in 5 European countries.', ['It runs in five countries.'])).toEqual([]);
  });
});

describe('any text', () => {
  const figure = fc.oneof(
    fc.integer({ min: 0, max: 100_000 }).map(String),
    fc.integer({ min: 1_000, max: 9_999_999 }).map((value) => value.toLocaleString('en')),
    fc.integer({ min: 1_000, max: 9_999_999 }).map((value) => value.toLocaleString('de')),
    fc.tuple(fc.nat(99), fc.nat(9)).map(([whole, part]) => `${whole},${part}`),
    fc.tuple(fc.integer({ min: 1, max: 28 }), fc.constantFrom('März', 'août', 'May', 'enero', 'Dec.'), fc.nat(9999)).map((parts) => parts.join(' ')),
    fc.constantFrom('a day', 'zwei', 'pro Jahr', '2026-01-01', '31.12.2026', '€5', 'EUR 1.000', 'weekly', 'once', 'tous les mois', 'dix-sept', 'A.8.1', '2FA', '3.2.1'),
  ); // prettier-ignore
  const word = fc.constantFrom(
    'hours',
    'Tage',
    'mois',
    'semanas',
    '%',
    'to',
    'bis',
    'and',
    '-',
    'of',
    'working days',
    'characters',
    '.',
    ',',
    '\n',
  );
  const text = fc.array(fc.oneof(figure, word), { maxLength: 12 }).map((parts) => parts.join(' '));

  it('is founded in itself', () => {
    fc.assert(
      fc.property(text, (said) => unfounded(said, [said]).length === 0),
      { numRuns: 500 },
    );
  });

  it('is founded in itself whatever stands beside it', () => {
    fc.assert(
      fc.property(text, text, (said, other) => unfounded(said, [other, said]).length === 0),
      { numRuns: 300 },
    );
  });

  it('gives figures that stand in it', () => {
    fc.assert(
      fc.property(text, (said) =>
        figuresIn(said).every((found) =>
          found.text.split(/\s+/).every((part) => said.toLowerCase().includes(part.toLowerCase())),
        ),
      ),
      { numRuns: 300 },
    );
  });

  it('made of anything at all is read in time and founded in itself', () => {
    fc.assert(
      fc.property(
        fc.string({ unit: 'binary', maxLength: 300 }),
        (said) => unfounded(said, [said]).length === 0,
      ),
      {
        numRuns: 300,
      },
    );
  });
});
