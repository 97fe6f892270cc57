/** What the log holds of audits and their programme: who did what and when, never what was noted of people. */
import { z } from 'zod';
import { declareEvents, event } from '../../db/audit-event.ts';

const moved = { from: z.string(), to: z.string() };
const counted = { requirements: z.array(z.string()) };
const several = (said: readonly string[] = []) =>
  said.length === 1 ? (said[0] ?? '') : `${said.length} requirements`;

const audits = declareEvents('audit', {
  planned: event(
    { kind: z.string(), from: z.string(), lead: z.number() },
    ({ who, it, detail, name }) => `${who} planned ${it}, led by ${name(detail.lead)}`,
  ),
  imported: event({ state: z.string() }, ({ who, it, detail }) => `${who} brought ${it} from a list, ${detail.state ?? 'planned'}`),
  replanned: event(
    { fields: z.array(z.string()) },
    ({ who, it, detail }) => `${who} changed ${(detail.fields ?? []).join(', ').replaceAll('_', ' ')} of ${it}`,
  ),
  joined: event(
    { person: z.number(), part: z.string() },
    ({ who, it, detail, name }) => `${who} took ${name(detail.person)} into the team of ${it} as ${detail.part ?? 'auditor'}`,
  ),
  left: event({ person: z.number() }, ({ who, it, detail, name }) => `${who} took ${name(detail.person)} out of the team of ${it}`),
  scheduled: event({ item: z.number(), day: z.string() }, ({ who, it }) => `${who} added a talk to the plan of ${it}`),
  unscheduled: event({ item: z.number() }, ({ who, it }) => `${who} took a talk out of the plan of ${it}`),
  scoped: event(counted, ({ who, it, detail }) => `${who} set that ${it} looks at ${several(detail.requirements)}`),
  described: event(moved, ({ who, it }) => `${who} wrote criteria, scope and methods of ${it}`),
  prepared: event(moved, ({ who, it }) => `${who} prepared ${it}`),
  started: event(moved, ({ who, it }) => `${who} began ${it}`),
  sampled: event(
    { sample: z.number(), requirement: z.string() },
    ({ who, it, detail }) => `${who} noted a sample on ${detail.requirement ?? 'a requirement'} in ${it}`,
  ),
  covered: event({ ...counted, state: z.string() }, ({ who, it, detail }) => `${who} ${detail.state === 'left_out' ? 'left out' : 'marked as looked at'} ${several(detail.requirements)} in ${it}`),
  looked: event(moved, ({ who, it }) => `${who} ended the fieldwork of ${it}`),
  concluded: event(moved, ({ who, it }) => `${who} wrote the conclusion of ${it}`),
  signed: event(
    { part: z.string(), /** SHA-256 of the report as it was signed and is kept. */ snapshot: z.string() },
    ({ who, it, detail }) => `${who} signed the report of ${it} as ${detail.part === 'lead' ? 'its lead' : 'ISMS manager'}`,
  ),
  completed: event(moved, ({ it }) => `The report of ${it} is complete`),
  finished: event(moved, ({ who, it }) => `${who} noted what ${it} came to`),
  closed: event(moved, ({ it }) => `${it} is closed: nothing of what it found is open`),
  cancelled: event(moved, ({ who, it }) => `${who} cancelled ${it}`),
}); // prettier-ignore

const programmes = declareEvents('audit_programme', {
  drafted: event({}, ({ who, it }) => `${who} drafted the audit programme ${it}`),
  imported: event({ state: z.string() }, ({ who, it }) => `${who} brought the audit programme ${it} from a list`),
  changed: event(moved, ({ who, it }) => `${who} changed the draft of ${it}`),
  approved: event(moved, ({ who, it }) => `${who} approved the audit programme ${it}`),
  superseded: event(moved, ({ it }) => `Another audit programme took the place of ${it}`),
}); // prettier-ignore

declare module '../../db/audit-event.ts' {
  interface AuditEvents {
    audit: typeof audits;
    audit_programme: typeof programmes;
  }
}
