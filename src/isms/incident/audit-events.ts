/** What the log holds of incidents: who did what and when, never what was said of it. */
import { z } from 'zod';
import { declareEvents, event } from '../../db/audit-event.ts';

const moved = { from: z.string(), to: z.string() };
const people = z.array(z.number());

const events = declareEvents('incident', {
  reported: event(
    { told: people },
    ({ who, it, detail, name }) =>
      `${who} reported ${it}` +
      ((detail.told ?? []).length === 0 ? '' : `, and ${(detail.told ?? []).map(name).join(', ')} heard of it`),
  ),
  described: event({ question: z.string() }, ({ who, it }) => `${who} told more about ${it}`),
  passed_on: event(
    { told: people },
    ({ it, detail, name }) =>
      `Nobody had taken ${it}: ${(detail.told ?? []).map(name).join(', ')} heard of it`,
  ),
  taken: event({}, ({ who, it }) => `${who} took ${it}`),
  assessed: event(
    { severity: z.string(), notices: z.number() },
    ({ who, it, detail }) => `${who} judged ${it} ${detail.severity ?? ''}, with ${detail.notices ?? 0} notices owed`,
  ),
  noticed: event({ to: z.string() }, ({ who, it, detail }) => `${who} settled the notice of ${it} to ${detail.to ?? 'others'}`),
  contained: event(moved, ({ who, it }) => `${who} contained ${it}`),
  closed: event(moved, ({ who, it }) => `${who} closed ${it}, with its cause and what was learnt`),
  dismissed: event(moved, ({ who, it }) => `${who} found ${it} to be no incident`),
  taken_back: event(moved, ({ who, it }) => `${who} took the report ${it} back`),
}); // prettier-ignore

declare module '../../db/audit-event.ts' {
  interface AuditEvents {
    incident: typeof events;
  }
}
