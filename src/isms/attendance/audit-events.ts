/** What the log holds of signed lists and sessions. */
import { z } from 'zod';
import { declareEvents, event } from '../../db/audit-event.ts';
import { dayInWords } from '../../language/calendar.ts';

const attendance = declareEvents('attendance', {
  recorded: event(
    { what: z.string(), how: z.string(), on: z.string(), people: z.number(), sha256: z.string() },
    ({ who, it, detail }) =>
      `${who} recorded ${it}: ${detail.people ?? 0} people, ${detail.how === 'list' ? 'on a signed list' : 'in a session'} of ${dayInWords(detail.on ?? '')}`,
  ),
});

declare module '../../db/audit-event.ts' {
  interface AuditEvents {
    attendance: typeof attendance;
  }
}
