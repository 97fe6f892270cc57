/** Questions to the register in plain words, and those that are none. */
import { describe, expect, it } from 'vitest';
import { readRegisterQuestion } from '../../../src/workflows/corrective-actions/register/read-register-question.ts';

describe('a question to the register', () => {
  it('becomes a filter', () => {
    for (const [text, filter] of [
      ['open majors', { kind: 'nonconformities', grades: ['major'], open: true }],
      ["what's overdue in IT?", { kind: 'actions', overdue: true, department: 'IT' }],
      ['overdue', { kind: 'actions', overdue: true }],
      ['everything on A.8.13', { kind: 'nonconformities', requirement: 'A.8.13' }],
      ['findings on clause 9.2', { kind: 'nonconformities', requirement: '9.2' }],
      ['all NCs from the last external audit', { kind: 'nonconformities', source: 'external_audit' }],
      ['minor ncs in verifying', { kind: 'nonconformities', grades: ['minor'], states: ['verifying'] }],
      ['how many open majors do we have?', { kind: 'nonconformities', grades: ['major'], open: true }],
      ['open NCs in Human Resources', { kind: 'nonconformities', open: true, department: 'Human Resources' }],
      ['NCs of the Legal department', { kind: 'nonconformities', department: 'Legal' }],
      ['NCs about backups', { kind: 'nonconformities', text: 'backups' }],
      ['actions of Omar', { kind: 'actions', owner: 'Omar' }],
      ["Omar's actions", { kind: 'actions', owner: 'Omar' }],
      ['actions assigned to me', { kind: 'actions', owner: 'me' }],
      ['actions in progress', { kind: 'actions', states: ['in_progress'] }],
      ['register', { kind: 'nonconformities' }],
      ['export the nonconformities', { kind: 'nonconformities' }],
      ['offene Hauptabweichungen', { kind: 'nonconformities', grades: ['major'], open: true }],
      ['überfällige Maßnahmen', { kind: 'actions', overdue: true }],
      ['alle Abweichungen aus dem internen Audit', { kind: 'nonconformities', source: 'internal_audit' }],
      ['non-conformités majeures ouvertes', { kind: 'nonconformities', grades: ['major'], open: true }],
      ['actions en retard', { kind: 'actions', overdue: true }],
      ['no conformidades abiertas', { kind: 'nonconformities', open: true }],
      ['acciones vencidas', { kind: 'actions', overdue: true }],
      ['how many NCs are open', { kind: 'nonconformities', open: true }],
      ['how many NCs this year?', { kind: 'nonconformities', period: 'this_year' }],
      ['wie viele NCs gab es 2025', { kind: 'nonconformities', period: '2025' }],
      [
        'how many minors did we close last quarter',
        { kind: 'nonconformities', grades: ['minor'], states: ['closed'], period: 'last_quarter' },
      ],
      ['combien de NC sont ouvertes ?', { kind: 'nonconformities', open: true }],
      ['what has Hugo got open', { kind: 'records', open: true, owner: 'Hugo' }],
      ['what does hugo have overdue?', { kind: 'records', overdue: true, owner: 'hugo' }],
      ['was hat Hugo noch offen?', { kind: 'records', open: true, owner: 'Hugo' }],
      ["qu'est-ce que Hugo a d'ouvert", { kind: 'records', open: true, owner: 'Hugo' }],
      ['¿qué tiene Hugo pendiente?', { kind: 'records', open: true, owner: 'Hugo' }],
      ['what have I got open', { kind: 'records', open: true, owner: 'me' }],
      ['open NCs and actions of Omar', { kind: 'records', open: true, owner: 'Omar' }],
      ['everything overdue in my team', { kind: 'records', overdue: true, team: true }],
      ['was ist in meinem Team überfällig?', { kind: 'records', overdue: true, team: true }],
      ['overdue actions in my team', { kind: 'actions', overdue: true, team: true }],
      ["my team's overdue actions", { kind: 'actions', overdue: true, team: true }],
      ['open actions of my direct reports', { kind: 'actions', open: true, team: true }],
      ['Welche Maßnahmen meiner Leute sind überfällig?', { kind: 'actions', overdue: true, team: true }],
      ...[
        'what is late in my department?',
        "what's overdue in my area",
        'what is late with my people',
        'who of my people is late?',
        'who is behind in my team?',
        'anything overdue in my team?',
        'show me everything that is late in my team',
        'what is overdue in my department',
        'everything late from people who report to me',
        'Was ist in meiner Abteilung überfällig?',
        'alles Überfällige in meinem Team',
        'Alles Überfällige in meinem Bereich',
        'Was ist bei meinen Leuten überfällig?',
        'Wer in meinem Team ist im Verzug?',
        'Was ist in meinem Team im Verzug?',
        '¿qué está vencido en mi equipo?',
      ].map((text) => [text, { kind: 'records', overdue: true, team: true }] as const),
    ] as const)
      expect(readRegisterQuestion(text), text).toEqual(filter);
  });

  it('asks for one record, or its history', () => {
    for (const text of [
      'NC-2026-004',
      'show NC-2026-004',
      'NC-2026-004?',
      'status of nc-2026-004',
      'zeig mir NC-2026-004',
    ])
      expect(readRegisterQuestion(text), text).toEqual({ kind: 'show', reference: 'NC-2026-004' });
    for (const text of [
      'what happened to CA-12?',
      'history of CA-12',
      'was ist mit CA-12 passiert?',
      'historique de CA-12',
      '¿qué pasó con CA-12?',
    ])
      expect(readRegisterQuestion(text), text).toEqual({ kind: 'history', reference: 'CA-12' });
  });

  it('asks why one record has not ended', () => {
    for (const text of [
      'why is NC-6 still open?',
      'what is NC-6 waiting for',
      "why isn't NC-6 closed yet?",
      'warum ist NC-6 noch offen?',
      'worauf wartet NC-6?',
      'pourquoi NC-6 est encore ouverte ?',
      '¿por qué sigue abierta NC-6?',
    ])
      expect(readRegisterQuestion(text), text).toEqual({ kind: 'why', reference: 'NC-6' });
  });

  it('asks for all of one record as a file', () => {
    for (const text of [
      'export NC-4',
      'please export NC-4 with its evidence',
      'NC-4 exportieren',
      'exporte NC-4 avec les preuves',
      'exporta NC-4',
    ])
      expect(readRegisterQuestion(text), text).toEqual({ kind: 'export', reference: 'NC-4' });
  });

  it('is no question about a rule, no update and no talk', () => {
    for (const text of [
      'what is a non-conformity?',
      'how long may a minor stay open?',
      'who can close a major?',
      'when is an action overdue?',
      'what does CA-12 say?',
      'CA-12 done',
      'CA-12 until Friday',
      'what is my list of duties when I leave?',
      'where is the risk register kept?',
      'what has changed in the password policy?',
      'what has to be done when I leave',
      'what does IT have open on Fridays',
      'is the canteen open this year',
      'close all minors',
      'give me a feeling for how we are doing with majors',
      'how many days can I work from home this year',
      'hello',
      '',
      'open '.repeat(200),
    ])
      expect(readRegisterQuestion(text), text).toBeNull();
  });
});
