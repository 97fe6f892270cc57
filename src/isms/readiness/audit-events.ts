/** What the log holds of readiness: whom somebody asked for what is missing. */
import { z } from 'zod';
import { declareEvents, event } from '../../db/audit-event.ts';

const missing = declareEvents('missing', {
  asked: event(
    { person: z.number(), about: z.string() },
    ({ who, detail, name }) => `${who} asked ${name(detail.person)} for ${detail.about}`,
  ),
});

declare module '../../db/audit-event.ts' {
  interface AuditEvents {
    missing: typeof missing;
  }
}
