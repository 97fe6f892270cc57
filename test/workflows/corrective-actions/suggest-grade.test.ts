/** The grade that a finding's words propose. */
import { expect, it } from 'vitest';
import { suggestGrade } from '../../../src/workflows/corrective-actions/raise/suggest-grade.ts';

it('is proposed by what the finding says, with a reason', () => {
  for (const [finding, grade] of [
    ['Customer data was leaked through an open share', 'major'],
    ['There is no risk assessment at all', 'major'],
    ['The management review was never held', 'major'],
    ['Leaver accounts stay active in all departments', 'major'],
    ['The same finding as last year', 'major'],
    ['Kundendaten wurden öffentlich', 'major'],
    ['Es gibt überhaupt keine Protokolle', 'major'],
    ['Les comptes restent actifs dans tous les services', 'major'],
    ['One laptop was not encrypted', 'minor'],
    ['Ein Besucher ging ohne Ausweis durch, ein Einzelfall', 'minor'],
    ['The restore test is two months late', 'minor'],
    ['The visitor form could be clearer', 'ofi'],
    ['Podría mejorar el registro de visitas', 'ofi'],
    ['We observed that the log grows fast; not yet a problem', 'observation'],
  ] as const) {
    const suggested = suggestGrade(finding);

    expect(suggested.grade, finding).toBe(grade);
    expect(suggested.reason, finding).toMatch(/^[A-Z].+\.$/);
  }
});
