/** What the log holds of mock audits and their cases. Of interviews it holds how many were asked, never who said what. */
import { z } from 'zod';
import { declareEvents, event } from '../../db/audit-event.ts';

const moved = { from: z.string(), to: z.string() };
const inWords = (state: string | undefined) => (state ?? '').replaceAll('_', ' ');

const audit = declareEvents('mock_audit', {
  opened: event({ about: z.string() }, ({ who, it }) => `${who} opened ${it}`),
  brought: event(
    { population: z.number(), rows: z.number(), hash: z.string() },
    ({ who, it, detail }) => `${who} brought ${it} a list of ${detail.rows ?? 0} to draw from`,
  ),
  drawn: event(
    { ...moved, seed: z.string(), hash: z.string(), rows: z.array(z.number()) },
    ({ who, it, detail }) => `${who} had ${(detail.rows ?? []).length} cases drawn for ${it}`,
  ),
  invited: event(
    { ...moved, people: z.number(), criteria: z.array(z.string()) },
    ({ who, it, detail }) => `${who} invited ${detail.people ?? 0} people to interviews for ${it}`,
  ),
  moved: event(moved, ({ it, detail }) => `${it} is ${inWords(detail.to)} now`),
  finished: event(moved, ({ who, it }) => `${who} made ${it} final`),
});

const sampleCase = declareEvents('mock_case', {
  drawn: event({ audit: z.string(), row: z.number() }, ({ it, detail }) => `${it} was drawn for ${detail.audit ?? 'a mock audit'}`),
  noted: event({}, ({ who, it }) => `${who} wrote what was seen of ${it}`),
  judged: event(moved, ({ who, it, detail }) => `${who} found ${it} ${inWords(detail.to)}`),
}); // prettier-ignore

const population = declareEvents('mock_population', {
  imported: event(
    { rows: z.number(), hash: z.string() },
    ({ who, detail }) => `${who} brought a list of ${detail.rows ?? 0} to draw from`,
  ),
});

declare module '../../db/audit-event.ts' {
  interface AuditEvents {
    mock_audit: typeof audit;
    mock_case: typeof sampleCase;
    mock_population: typeof population;
  }
}
