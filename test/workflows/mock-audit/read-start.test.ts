/** Which words begin a practice interview or a mock audit, with no model, in four languages; and which do not. */
import { describe, expect, it } from 'vitest';
import { readStart } from '../../../src/workflows/mock-audit/workflow.ts';

describe('To practise', () => {
  it.each([
    'mock audit', 'Mock audit, please', 'start a mock audit', 'practise the auditor’s interview with me', 'can you practice the audit interview with me',
    'interview me like an auditor', 'Auditgespräch üben', 'Ich möchte ein Auditgespräch üben', 'Probeaudit starten', 'entretien d’audit', 'faire un audit blanc',
    'simulacro de auditoría', 'hacer una auditoría de prueba', '/isma mock audit',
  ])('begins with «%s»', (said) => {
    expect(readStart(said)).toMatchObject({ role: null, stage: null, about: '' });
  });

  it.each([
    ['mock audit as HR', 'hr', null],
    ['mock audit for developers, stage 1', 'development', 'documents'],
    ['Auditgespräch üben als Einkauf, Stufe 2', 'purchasing', 'practice'],
    ['mock audit stage one', null, 'documents'],
  ])('reads of «%s» the role %s and the stage %s', (said, role, stage) => {
    const read = readStart(said);

    expect([read?.role?.id ?? null, read?.stage, read?.about]).toEqual([role, stage, '']);
  });

  it.each([
    ['mock audit of leavers', 'leavers'],
    ['Probeaudit zu Lieferanten', 'Lieferanten'],
    ['mock audit of A.5.18', 'A.5.18'],
    ['audit blanc sur les fournisseurs', 'fournisseurs'],
  ])('reads of «%s» that %s are looked at', (said, about) => {
    expect(readStart(said)?.about).toBe(about);
  });

  it.each([
    'what is a mock audit?', 'Is a mock audit useful?', 'Mock audit of leavers found three live accounts in the CRM', 'mock audit is done', 'when is the audit',
    'We had an audit interview yesterday and it went well', 'CA-12 is done', 'audit',
  ])('does not begin with «%s»', (said) => {
    expect(readStart(said)).toBeNull();
  });
}); // prettier-ignore
