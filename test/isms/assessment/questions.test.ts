import { describe, expect, it } from 'vitest';
import { questionBank, type QuestionBank } from '../../../src/isms/assessment/bank.ts';
import { criteriaIn, placedIn, routineOf, type Scope } from '../../../src/isms/assessment/questions.ts';
import { readStart, scopeNamed } from '../../../src/workflows/gap-analysis/said-start.ts';

const bank = questionBank();
const names = (scope: Scope, tags: Parameters<typeof criteriaIn>[2] = []) =>
  criteriaIn(bank, scope, tags).map(({ placed }) => placed.name);

describe('What an assessment asks', () => {
  it('is everything once, in the order of the bank', () => {
    expect(names('all')).toEqual([...placedIn(bank).keys()]);
  });

  it('is a control, a clause or a chapter where that is the scope, and nothing beside it', () => {
    expect(new Set(names('part:A.5.18').map((name) => name.slice(0, 6)))).toEqual(new Set(['A.5.18']));
    expect(names('part:A.5').every((name) => name.startsWith('A.5.'))).toBe(true);
    expect(names('part:A.5.1').some((name) => name.startsWith('A.5.18'))).toBe(false);
    expect(names('part:9.9')).toEqual([]);
  });

  it('leaves out what the profile says, with its reason, and rewords the rest', () => {
    const [theme] = bank.themes;
    const [requirement] = theme?.requirements ?? [];
    const [criterion] = requirement?.criteria ?? [];
    if (theme === undefined || requirement === undefined || criterion === undefined)
      throw new Error('no bank');
    const made: QuestionBank = {
      version: 'test',
      themes: [{ ...theme, requirements: [{ ...requirement, criteria: [
        { ...criterion, id: 'dropped', drop: [{ when: ['micro'], reason: { en: 'You are too few.' } }] },
        { ...criterion, id: 'reworded', drop: undefined, reword: [{ when: ['micro'], routine: { en: 'And you few?' } }] },
      ] }] }],
    }; // prettier-ignore
    const asked = criteriaIn(made, 'all', ['micro', 'looking']);

    expect(asked.map(({ placed, leftOut }) => [placed.criterion.id, leftOut?.en ?? null])).toEqual([
      ['dropped', 'You are too few.'],
      ['reworded', null],
    ]);
    expect(asked.map(({ placed }) => routineOf(placed.criterion, ['micro']).en)[1]).toBe('And you few?');
    expect(criteriaIn(made, 'all', ['large']).every(({ leftOut }) => leftOut === null)).toBe(true);
  });
});

describe('Words that ask for a gap analysis', () => {
  it.each([
    ['gap analysis', null],
    ['/isma gap', null],
    ['quick scan', 'quick'],
    ['Start a quick scan', 'quick'],
    ['Gap-Analyse', null],
    ['gap analysis of everything', 'all'],
    ['gap analysis of suppliers', 'theme:suppliers'],
    ['gap analysis of clause 9', 'part:9'],
    ['Gap-Analyse zu A.8', 'part:A.8'],
    ['please run a gap analysis for A.5.18', 'part:A.5.18'],
    ["analyse d'écarts sur 9.2", 'part:9.2'],
    ['análisis de brechas de todo', 'all'],
    ['Starte eine Gap-Analyse über alles', 'all'],
  ])('«%s»', (text, scope) => {
    expect(readStart(text)?.scope).toBe(scope);
  });

  it.each([
    'How do I run a gap analysis?',
    'We found a gap between door and frame',
    'What is a gap analysis?',
    'The gap is closed',
  ])('are not «%s»', (text) => {
    expect(readStart(text)).toBeNull();
  });

  it('name part of the organisation too', () => {
    expect(readStart('gap analysis of A.8 for the Lyon office')).toEqual({
      scope: 'part:A.8',
      covers: 'Lyon office',
      unknown: null,
    });
  });

  it('name no part that there is not', () => {
    expect([scopeNamed('the moon'), scopeNamed('A.9'), scopeNamed('clause 12')]).toEqual([null, null, null]);
  });
});
