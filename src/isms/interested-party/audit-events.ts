/** What the log holds of interested parties. */
import { z } from 'zod';
import { declareEvents, event } from '../../db/audit-event.ts';

const party = declareEvents('interested_party', {
  recorded: event(
    { owner: z.number() },
    ({ who, it, detail, name }) => `${who} recorded ${it}, who has a say, with ${name(detail.owner)}`,
  ),
  corrected: event({}, ({ who, it }) => `${who} wrote ${it} anew`),
  reviewed: event({}, ({ who, it }) => `${who} reviewed what ${it} needs`),
  ended: event({ from: z.string(), to: z.string() }, ({ who, it }) => `${who} took ${it} off: they have no say any more`),
}); // prettier-ignore

declare module '../../db/audit-event.ts' {
  interface AuditEvents {
    interested_party: typeof party;
  }
}
