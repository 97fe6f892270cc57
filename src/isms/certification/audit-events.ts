/** What the log holds of certifications. */
import { z } from 'zod';
import { declareEvents, event } from '../../db/audit-event.ts';
import { dayInWords } from '../../language/calendar.ts';

const moved = { from: z.string(), to: z.string() };
const visited = { ...moved, visit: z.string(), on: z.string() };
const visits: Record<string, string> = {
  stage1: 'Stage 1',
  stage2: 'Stage 2',
  surveillance: 'the surveillance audit',
  recertification: 'the recertification audit',
};

const events = declareEvents('certification', {
  recorded: event(
    { body: z.string(), state: z.string() },
    ({ who, it, detail }) => `${who} recorded ${it}, the certification by ${detail.body ?? 'a body'}`,
  ),
  visited: event(
    visited,
    ({ who, it, detail }) =>
      `${who} noted for ${it} that ${visits[detail.visit ?? ''] ?? 'an audit'} was held, until ${dayInWords(detail.on ?? '')}`,
  ),
  majors_opened: event(
    { ...moved, majors: z.number() },
    ({ it, detail }) => `${it} waits: ${detail.majors === 1 ? 'a major is' : `${detail.majors ?? 0} majors are`} open`,
  ),
  majors_verified: event(moved, ({ it }) => `The certification body has verified all majors of ${it}`),
  repeated: event(moved, ({ who, it }) => `${who} noted for ${it} that Stage 2 is to be held again`),
  certified: event(
    { ...moved, decided: z.string(), until: z.string() },
    ({ who, it, detail }) =>
      `${who} noted for ${it} that the body decided on ${dayInWords(detail.decided ?? '')}: certified until ${dayInWords(detail.until ?? '')}`,
  ),
  suspended: event(moved, ({ who, it }) => `${who} noted that ${it} is suspended`),
  lifted: event(moved, ({ who, it }) => `${who} noted that the suspension of ${it} is over`),
  withdrawn: event(moved, ({ who, it }) => `${who} noted that ${it} is withdrawn`),
  expired: event(moved, ({ it }) => `${it} expired`),
  corrected: event(moved, ({ who, it }) => `${who} wrote ${it} anew`),
  ruled: event({ rules: z.record(z.string(), z.unknown()) }, ({ who, it }) => `${who} changed the body's own numbers of ${it}`),
}); // prettier-ignore

declare module '../../db/audit-event.ts' {
  interface AuditEvents {
    certification: typeof events;
  }
}
