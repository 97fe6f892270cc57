import { describe, expect, it } from 'vitest';
import { words } from '../../../src/language/vocabulary.ts';
import { requirements } from '../../../src/records/requirement.ts';
import { questionBank } from '../../../src/isms/assessment/bank.ts';
import { placedIn } from '../../../src/isms/assessment/questions.ts';
import {
  criteriaFor,
  criteriaOfAudit,
  interviewRoles,
  questionsAsked,
  roleNamed,
  roleOf,
  requirementOf,
  stages,
} from '../../../src/isms/mock-audit/roles.ts';

const bank = questionBank();
const placed = placedIn(bank);

describe('A role of the interview', () => {
  it('has themes that the bank has, and something to ask in either stage, first and a second time', () => {
    const themes = bank.themes.map(({ id }) => id);
    for (const role of interviewRoles()) {
      expect(role.themes.filter((theme) => !themes.includes(theme))).toEqual([]);
      for (const stage of stages) {
        const first = criteriaFor(bank, role, stage, [], []);
        const second = criteriaFor(bank, role, stage, [], first);

        expect([role.id, stage, first.length]).toEqual([role.id, stage, questionsAsked]);
        expect(second.filter((name) => first.includes(name))).toEqual([]);
        for (const name of [...first, ...second]) {
          const { criterion, theme } = placed.get(name) ?? {};
          expect(criterion?.who.some((each) => role.who.includes(each))).toBe(true);
          expect(role.themes).toContain(theme);
          expect(criterion?.evidence.some(({ fresh }) => (fresh === 'in force') === (stage === 'documents'))).toBe(true);
        }
      }
    }
  }); // prettier-ignore

  it('asks all who begin in it the same, and once all is practised begins with what was asked longest ago', () => {
    const [everyone] = interviewRoles();
    if (everyone === undefined) throw new Error('no role');
    const asked: string[] = [];
    for (let next = criteriaFor(bank, everyone, 'practice', [], []); !asked.includes(next[0] ?? ''); next = criteriaFor(bank, everyone, 'practice', [], asked))
      asked.unshift(...next.filter((name) => !asked.includes(name)).toReversed());
    const oldest = criteriaFor(bank, everyone, 'practice', [], asked);

    expect(asked.length).toBeGreaterThan(40);
    expect(oldest).toEqual(asked.toReversed().slice(0, questionsAsked));
  }); // prettier-ignore

  it('leaves out what the profile leaves out', () => {
    for (const role of interviewRoles())
      for (const name of criteriaFor(bank, role, 'practice', ['no-site', 'micro'], [])) {
        const { criterion, about } = placed.get(name) ?? {};
        const drops = [...(criterion?.drop ?? []), ...(about?.drop ?? [])].flatMap(({ when }) => when);
        expect(drops).not.toContain('no-site');
      }
  });

  it.each([
    ['Head of IT', 'IT', 'it'],
    ['Managing Director', 'Executive', 'top-management'],
    ['ISMS Manager', 'Information Security', 'isms'],
    ['Procurement Manager', 'Finance', 'purchasing'],
    ['Leiterin Personal', 'Verwaltung', 'hr'],
    ['Développeuse', 'Produit', 'development'],
    ['Teamleiter', 'Fertigung', 'manager'],
    ['Accountant', 'Finance', 'everyone'],
    [null, null, 'everyone'],
  ])('is read from the title %s in %s', (title, department, id) => {
    expect(roleOf({ title, department }).id).toBe(id);
  });

  it('is none where nothing says so', () => {
    expect(roleNamed('leavers')).toBeNull();
  });
});

describe('An audit', () => {
  it.each([
    ['leavers', 'A.5.18'],
    ['suppliers', 'A.5.19'],
    ['Änderungen im ERP', 'A.8.32'],
    ['incidents of this year', 'A.5.26'],
    ['A.8.13', 'A.8.13'],
    ['gardening', null],
  ])('about %s usually looks against %s', (about, requirement) => {
    expect(requirementOf(about)).toBe(requirement);
  });

  it('looks against requirements that the standard has', () => {
    expect(
      words('mock-audits/subjects')
        .entries()
        .filter(([id]) => !requirements().has(id)),
    ).toEqual([]);
  });

  it('asks of its requirement first, then of its theme, and of what concerns all where it has neither', () => {
    const leavers = criteriaOfAudit(bank, { about: 'x', requirement: 'A.5.18' }, []);
    const access = criteriaOfAudit(bank, { about: 'access', requirement: null }, []);
    const neither = criteriaOfAudit(bank, { about: 'gardening', requirement: null }, []);

    expect(leavers).toHaveLength(questionsAsked);
    expect(leavers[0]).toMatch(/^A\.5\.18\./);
    expect(new Set([...leavers, ...access].map((name) => placed.get(name)?.theme))).toEqual(new Set(['access']));
    expect(neither.every((name) => placed.get(name)?.criterion.who.includes('everyone'))).toBe(true);
  }); // prettier-ignore
});
