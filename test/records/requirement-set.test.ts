/** Several requirements as people name them, by numbers, ranges and everyday words, and written shortly again. */
import { describe, expect, it } from 'vitest';
import {
  auditable,
  readRequirements,
  requirementsInWords,
  requirementTitle,
} from '../../src/records/requirement-set.ts';

const clauses = [...auditable().values()].filter(({ kind }) => kind === 'clause').map(({ id }) => id);
const read = (said: string) => requirementsInWords(readRequirements(said).ids);

describe('several requirements', () => {
  it('are the 30 clauses that have none below them, and the 93 controls', () => {
    expect(clauses).toHaveLength(30);
    expect(auditable().size).toBe(123);
    expect(clauses.slice(0, 4)).toEqual(['4.1', '4.2', '4.3', '4.4']);
    expect(clauses.at(-1)).toBe('10.2');
  });

  it.each([
    ['clauses 4 to 10', '4.1 to 10.2'],
    ['Clause 9', '9.1 to 9.3.3'],
    ['6.1', '6.1.1 to 6.1.3'],
    ['Klauseln 4 bis 6', '4.1 to 6.3'],
    ['clauses 4 à 5', '4.1 to 5.3'],
    ['A.5.15-A.5.18', 'A.5.15 to A.5.18'],
    ['A.5.15 - 5.18', 'A.5.15 to A.5.18'],
    ['5.15 to 5.18', 'A.5.15 to A.5.18'],
    ['8.2', '8.2'],
    ['controls 8.2', 'A.8.2'],
    ['control 5.15 to 5.18, 8.2', 'A.5.15 to A.5.18, A.8.2'],
    ['controls 5.1, clause 8.2', '8.2, A.5.1'],
    ['A.6', 'A.6.1 to A.6.8'],
    ['A.6-A.7', 'A.6.1 to A.6.8, A.7.1 to A.7.14'],
    ['all clauses', '4.1 to 10.2'],
    ['physical controls', 'A.7.1 to A.7.14'],
    ['9.2.1; A.5.1 and A.5.3', '9.2.1, A.5.1, A.5.3'],
    ['4.1 to 4.4, 9.2.1', '4.1 to 4.4, 9.2.1'],
  ])('are read from «%s»', (said, ids) => {
    const found = readRequirements(said);

    expect(found.unread).toEqual([]);
    expect(requirementsInWords(found.ids)).toBe(ids);
  });

  it('are found by everyday words, and what names none is given back', () => {
    expect(readRequirements('access').ids).toEqual(expect.arrayContaining(['A.5.15', 'A.5.18', 'A.8.3']));
    expect(readRequirements('suppliers').ids).toContain('A.5.19');
    expect(read('everything')).toBe(requirementsInWords([...auditable().keys()]));
    expect(readRequirements('A.5.99, 9.2.1, gardening')).toEqual({
      ids: ['9.2.1'],
      unread: ['A.5.99', 'gardening'],
    });
  });

  it('are read again as they were written', () => {
    const ids = ['4.1', '4.2', '7.5.1', '7.5.2', '7.5.3', '8.1', 'A.5.37', 'A.6.1', 'A.8.1', 'A.8.34'];

    expect(readRequirements(requirementsInWords(ids)).ids).toEqual(ids);
    expect(requirementTitle('9.2.1')).toBe('Internal audit: General');
  });
});
