/** What the log holds of the sample company. */
import { z } from 'zod';
import { declareEvents, event } from '../db/audit-event.ts';

const events = declareEvents('sample_company', {
  removed: event(
    {
      people: z.number(),
      documents: z.number(),
      versions: z.number(),
      records: z.record(z.string(), z.number()),
      messages: z.number(),
      kept: z.array(z.string()),
      named: z.number(),
      archived: z.array(z.string()),
    },
    ({ who }) => `${who} took the sample company out`,
  ),
});
declare module '../db/audit-event.ts' {
  interface AuditEvents {
    sample_company: typeof events;
  }
}
