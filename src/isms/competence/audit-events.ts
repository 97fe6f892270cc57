/** What the log holds of competence. */
import { z } from 'zod';
import { declareEvents, event } from '../../db/audit-event.ts';

const moved = { from: z.string(), to: z.string() };

const competence = declareEvents('competence', {
  recorded: event(
    { person: z.number(), state: z.string() },
    ({ who, it, detail, name }) =>
      `${who} recorded ${it}, what a role needs of ${name(detail.person)}${detail.state === 'gap' ? ', with a gap' : ''}`,
  ),
  met: event(moved, ({ who, it }) => `${who} found the gap of ${it} closed`),
  reopened: event(moved, ({ who, it }) => `${who} found a gap in ${it}`),
  corrected: event(moved, ({ who, it }) => `${who} wrote ${it} anew`),
  ended: event(moved, ({ who, it }) => `${who} ended ${it}: the role is theirs no more`),
});

declare module '../../db/audit-event.ts' {
  interface AuditEvents {
    competence: typeof competence;
  }
}
