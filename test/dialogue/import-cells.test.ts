/** Numbers and words as people write them into the cells of a table. */
import { expect, it } from 'vitest';
import { readChoice, readNumber, readYesNo } from '../../src/dialogue/import-cells.ts';

it.each([
  ['97.5', 97.5],
  ['97,5 %', 97.5],
  ['0.125', 0.125],
  ['1.250', 1.25],
  ['1,250.5', 1250.5],
  ['1.250,5', 1250.5],
  ['1,250,000', 1_250_000],
  ["1'250", 1250],
  ['-3', -3],
  ['41', 41],
])('reads the number %s', (said, number) => {
  expect(readNumber(said)).toBe(number);
});

it.each(['', 'many', '1,2,x', '..', '97.5.', '%'])('reads no number in «%s»', (said) => {
  expect(() => readNumber(said)).toThrow('is no number');
});

it('asks which of two numbers is meant', () => {
  expect(() => readNumber('1,250')).toThrow('may be 1250 or 1.25; write one of these');
});

it('reads one of its words however it is spelled, and names them all for another', () => {
  expect(readChoice(['at_least', 'at_most'])('At least')).toBe('at_least');
  expect(() => readChoice(['at_least', 'at_most'])('equal')).toThrow('«equal» is none of at_least, at_most');
});

it('reads yes and no in four languages, and nothing else', () => {
  expect(['ja', 'No', 'oui', 'Sí', 'nein', 'x'].map(readYesNo)).toEqual([
    true,
    false,
    true,
    true,
    false,
    true,
  ]);
  expect(() => readYesNo('perhaps')).toThrow('neither yes nor no');
});
