/** The catalogue of clauses and controls, and the ways in which people write one. */
import { expect, it } from 'vitest';
import { findRequirement, normaliseRequirement, requirements } from '../../src/records/requirement.ts';

it('holds all clauses and the 93 controls, with at most 12 everyday words each, and a control with 5 at least', () => {
  const all = [...requirements().values()];
  expect(all.filter(({ kind }) => kind === 'control')).toHaveLength(93);
  expect(all.filter(({ kind }) => kind === 'clause')).toHaveLength(41);
  expect(all.length).toBe(134);
  for (const { id, kind, keywords } of all) {
    expect(keywords.length, id).toBeGreaterThanOrEqual(kind === 'control' ? 5 : 1);
    expect(keywords.length, id).toBeLessThanOrEqual(12);
    expect(keywords, id).not.toContain('');
  }
});

it('finds one however it is written', () => {
  for (const [said, id] of [
    ['a 8.13', 'A.8.13'],
    ['A8.13', 'A.8.13'],
    ['A.8.13', 'A.8.13'],
    ['control 8.13', 'A.8.13'],
    ['8.13', 'A.8.13'],
    ['Annex A 5.1', 'A.5.1'],
    ['ISO 27001:2022 A.5.1', 'A.5.1'],
    ['clause 9.2', '9.2'],
    ['Klausel 10.2', '10.2'],
    ['8.2', '8.2'],
    ['9.3.2', '9.3.2'],
    ['POL-07 3.2', 'POL-07 3.2'],
    ['pol 7 section 3.2', 'POL-07 3.2'],
    ['POL-07', 'POL-07'],
    ['POL-7, Abschnitt 3.2', 'POL-07 3.2'],
    ['ISO/IEC 27001:2022, clause 9.2', '9.2'],
    ['Annexe A.8.13', 'A.8.13'],
    ['Contrôle 8.2', 'A.8.2'],
    ['Annex A8.13', 'A.8.13'],
    ['cláusula 9.3.2', '9.3.2'],
  ])
    expect(normaliseRequirement(said ?? ''), said).toBe(id);
  for (const said of [
    'A.9.1',
    'clause 8.13',
    '11.1',
    'backups',
    '',
    'control',
    'POL-07 section',
    'POL-07 on phones',
    'ISO 27001',
    '8'.repeat(5_000),
  ])
    expect(normaliseRequirement(said), said).toBeNull();
  expect(findRequirement('control 8.13')?.title).toBe('Information backup');
  expect(findRequirement('POL-07 3.2')).toBeNull();
});
