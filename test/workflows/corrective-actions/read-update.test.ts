/** What plain words say about records, read without a model: over the labelled updates, and over whatever else people may send. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { readRaise } from '../../../src/workflows/corrective-actions/raise/read-raise.ts';
import { readRegisterQuestion } from '../../../src/workflows/corrective-actions/register/read-register-question.ts';
import { readUpdates } from '../../../src/workflows/corrective-actions/update/read-update.ts';
import { SaidUpdate } from '../../../src/workflows/corrective-actions/update/said-update.ts';
import { comparable, readUpdateCases } from '../../evals/update-cases.ts';
import { hostileStrings } from '../../support/public-sets.ts';

const reading = { now: new Date('2026-11-25T09:00:00Z'), timeZone: 'Europe/Berlin', locale: 'en-GB' };
const cases = readUpdateCases();

describe('an update in plain words', () => {
  it('is read without a model, each of the labelled ones that say it outright', () => {
    for (const said of cases.filter(({ withoutModel }) => withoutModel))
      expect(comparable(readUpdates(said.text, said), said), `${said.id} ${said.text}`).toEqual(
        said.expected,
      );
  });

  it('needs no model in three of four', () => {
    expect(cases.length).toBeGreaterThanOrEqual(80);
    expect(cases.filter(({ withoutModel }) => withoutModel).length / cases.length).toBeGreaterThanOrEqual(
      0.75,
    );
  });

  it('that is hostile proposes at most what its own words say of a record that they name', () => {
    const hostile = cases.filter(({ category }) => category === 'hostile');

    for (const said of hostile) {
      const proposed = readUpdates(said.text, said);
      expect(
        proposed.map(({ reference }) => reference),
        said.text,
      ).toEqual(said.expected.map(({ reference }) => reference));
      for (const { reference, move } of proposed)
        if (move !== null) expect(said.expected).toContainEqual(expect.objectContaining({ reference, move }));
    }
    expect(hostile.length).toBeGreaterThanOrEqual(15);
  });

  it('of a non-conformity moves nothing: its states follow from its records', () => {
    for (const text of [
      'NC-4 done',
      'NC-4 is closed, see the minutes',
      'verify NC-4',
      'cancel NC-4',
      'NC-4 100 % done',
    ])
      for (const { move, progress } of readUpdates(text, reading))
        expect([move, progress], text).toEqual([null, null]);
  });

  it('of what is anything but finished moves nothing', () => {
    for (const text of [
      'CA-12 is anything but done',
      'CA-12 is all but finished',
      'CA-12 is nothing but finished',
      'CA-12: all done but the report',
      'the firewall is anything but done',
      'CA-12 ist alles andere als fertig',
      'CA-12 alles fertig bis auf den Bericht',
      'CA-12 est tout sauf terminé',
      'CA-12 está todo menos terminada',
      'CA-12 is hardly started',
      'CA-12 is as good as done',
    ])
      expect(
        readUpdates(text, reading).filter(({ move, progress }) => move !== null || progress !== null),
        text,
      ).toEqual([]);
    expect(readUpdates('CA-12 is done but the report is missing', reading)[0]?.move).toBe('done');
  });

  it('asks for a day, or for more time without one, and is then no note', () => {
    for (const [text, dueOn] of [
      ['CA-12 from 15 December to 15 January', '2027-01-15'],
      ['CA-12 vom 15. Dezember auf den 15. Januar verschieben', '2027-01-15'],
      ['CA-12: can I have until May?', '2027-05-31'],
      ['CA-12 new due date 15.1.', '2027-01-15'],
      ['CA-12 needs 3 weeks from Friday', '2026-12-18'],
      ['move CA-12 to tomorrow week', '2026-12-03'],
      ['CA-12 needs more time', null],
      ['please extend CA-12 until spring', null],
      ['CA-12 until the audit is over please', null],
      ['CA-12 braucht mehr Zeit', null],
      ["j'ai besoin de plus de temps pour CA-12", null],
      ['necesito más tiempo para CA-12', null],
      ['postpone CA-12 a bit', null],
    ] as const)
      expect(readUpdates(text, reading), text).toEqual([
        expect.objectContaining({ reference: 'CA-12', dueOn, wantsTime: dueOn === null, note: null }),
      ]);
    for (const text of [
      'CA-12 browser extension installed',
      'CA-12 I am out until Friday',
      'CA-12 bis jetzt alles ok',
      'CA-12: 5/12 laptops encrypted',
    ])
      expect(readUpdates(text, reading), text).toEqual([
        expect.objectContaining({
          dueOn: null,
          wantsTime: false,
          note: expect.stringMatching(/\w/) as string,
        }),
      ]);
  });

  it('reads every spelling of a reference', () => {
    for (const [said, reference] of [
      ['CA-12', 'CA-12'],
      ['ca12', 'CA-12'],
      ['Ca 12', 'CA-12'],
      ['CA－１２', 'CA-12'],
      ['CA‑2026‑012', 'CA-2026-012'],
      ['ca–2026–12', 'CA-2026-12'],
      ['CA #12', 'CA-12'],
      ['(CA-12)', 'CA-12'],
      ['*CA-12*', 'CA-12'],
    ])
      expect(readUpdates(`${said} done`, reading), said).toMatchObject([{ reference, move: 'done' }]);
    expect(readUpdates('ca. 80 % der Server sind fertig', reading)).toEqual([]);
  });

  it('is found in no question about policies', () => {
    const questions = readFileSync(join(import.meta.dirname, '../../evals/sample-questions.jsonl'), 'utf8')
      .split('\n')
      .filter((line) => line !== '')
      .map((line) => (JSON.parse(line) as { question: string }).question);

    const taken = questions.filter(
      (question) =>
        readUpdates(question, reading).length > 0 ||
        readRaise(question, reading) !== null ||
        readRegisterQuestion(question) !== null,
    );

    expect(questions.length).toBeGreaterThanOrEqual(60);
    expect(taken).toEqual([]);
  });

  it('is always one that the rest can rely on, whatever is sent', () => {
    const check = (text: string) => {
      SaidUpdate.array().parse(readUpdates(text, reading));
      readRaise(text, reading);
      readRegisterQuestion(text);
    };
    const words = fc.constantFrom(
      'CA-12', 'NC-4', 'done', 'not', 'until', 'Friday', '80 %', 'two more weeks', 'hand', 'to', 'Ben', 'because', ',', '.', '?',
      '\n', '"', 'https://x.example', 'half done', '30 February', '9.12.', 'übergeben', 'raise', 'audit', 'open', 'majors', '>',
    ); // prettier-ignore

    hostileStrings().forEach(check);
    fc.assert(fc.property(fc.string({ unit: 'binary', maxLength: 300 }), check), { numRuns: 60 });
    fc.assert(
      fc.property(
        fc.array(words, { maxLength: 25 }).map((said) => said.join(' ')),
        check,
      ),
      { numRuns: 100 },
    );
  });

  it('takes no longer for a text made to be slow', () => {
    const repeated = [
      'a ',
      '1',
      '1 ',
      'CA-12 done ',
      'CA-1,',
      '"',
      "'",
      'hand a to ',
      'because ',
      ' ',
      'ignore ',
      '1 dec ',
      'in ',
    ];

    for (const part of repeated) {
      const text = part.repeat(Math.ceil(20_000 / part.length));
      const before = process.cpuUsage();
      readUpdates(text, reading);
      readRaise(text, reading);
      readRegisterQuestion(text);
      const { user, system } = process.cpuUsage(before);
      expect((user + system) / 1_000, part).toBeLessThan(5_000); // of CPU, so that no other program counts
    }
  });
});
