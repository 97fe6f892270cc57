/** What the log holds of improvements. */
import { z } from 'zod';
import { declareEvents, event } from '../../db/audit-event.ts';

const moved = { from: z.string(), to: z.string() };

const improvement = declareEvents('improvement', {
  proposed: event({ source: z.string(), owner: z.number() }, ({ who, it, detail, name }) =>
    detail.source === 'questions'
      ? `Questions that no policy answers led to ${it}, for ${name(detail.owner)}`
      : `${who} proposed ${it}`,
  ),
  accepted: event(moved, ({ who, it }) => `${who} accepted ${it}`),
  declined: event(moved, ({ who, it }) => `${who} declined ${it}`),
  corrected: event({}, ({ who, it }) => `${who} wrote ${it} anew`),
  done: event(moved, ({ who, it }) => `${who} reported ${it} done, with its result`),
});

declare module '../../db/audit-event.ts' {
  interface AuditEvents {
    improvement: typeof improvement;
  }
}
