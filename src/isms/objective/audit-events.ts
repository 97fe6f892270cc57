/** What the log holds of objectives. */
import { z } from 'zod';
import { declareEvents, event } from '../../db/audit-event.ts';

const moved = { from: z.string(), to: z.string() };

const objective = declareEvents('objective', {
  recorded: event(
    { owner: z.number(), due: z.string() },
    ({ who, it, detail, name }) => `${who} set the objective ${it}, with ${name(detail.owner)}`,
  ),
  corrected: event({}, ({ who, it }) => `${who} wrote ${it} anew`),
  met: event(moved, ({ who, it }) => `${who} found ${it} met`),
  missed: event(moved, ({ who, it }) => `${who} found ${it} missed`),
  dropped: event(moved, ({ who, it }) => `${who} dropped ${it}`),
});

declare module '../../db/audit-event.ts' {
  interface AuditEvents {
    objective: typeof objective;
  }
}
