/** What of people's words asks for readiness, in four languages, and what does not. */
import { describe, expect, it } from 'vitest';
import { readAsked } from '../../../src/workflows/readiness/said.ts';

const reading = { now: new Date('2026-12-01T09:00:00Z'), timeZone: 'UTC', locale: 'en-GB' };
const read = (text: string) => readAsked(text, reading);

describe('The question whether we are ready', () => {
  it.each([
    ['Are we ready for Stage 2?', 'stage2', null],
    ['are we ready for stage one', 'stage1', null],
    ['are we ready for the audit?', null, null],
    ['ready', null, null],
    ['How ready are we for the surveillance audit?', 'surveillance', null],
    ['are we ready for recertification?', 'recertification', null],
    ['where did we stand on 1 June?', null, '2026-06-01'],
    ['How ready were we on 1 June 2026 for Stage 2?', 'stage2', '2026-06-01'],
    ['Sind wir bereit für Stufe 2?', 'stage2', null],
    ['Wo standen wir am 1. Juni?', null, '2026-06-01'],
    ['Sommes-nous prêts pour l’étape 2 ?', 'stage2', null],
    ['Où en étions-nous le 1er juin ?', null, '2026-06-01'],
    ['¿Estamos listos para la etapa 2?', 'stage2', null],
    ['¿Cómo estábamos el 1 de junio?', null, '2026-06-01'],
  ])('is read in «%s»', (text, stage, day) => {
    expect(read(text)).toEqual({ stage, day });
  });

  it.each([
    'what is an internal audit?',
    'When is the report ready?',
    'Are we ready to leave the laptop at home?',
    'the backup is ready',
    'where do we stand on remote work?',
    'what does Stage 2 look at?',
    'How ready were we between 1 June and 1 July?',
  ])('is not in «%s»', (text) => {
    expect(read(text)).toBeNull();
  });
});
