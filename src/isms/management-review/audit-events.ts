/** What the log holds of management reviews: who did what to which, never what was said there. */
import { z } from 'zod';
import { declareEvents, event } from '../../db/audit-event.ts';
import { dayInWords } from '../../language/calendar.ts';

const moved = { from: z.string(), to: z.string() };
const about = { input: z.string() };

const events = declareEvents('management_review', {
  planned: event({ on: z.string() }, ({ who, it, detail }) => `${who} planned ${it} for ${dayInWords(detail.on ?? '')}`),
  replanned: event({ on: z.string() }, ({ who, it, detail }) => `${who} changed the plan of ${it}, for ${dayInWords(detail.on ?? '')}`),
  refreshed: event({ inputs: z.number() }, ({ who, it, detail }) => `${who} drew the figures of ${it} anew, for ${detail.inputs ?? 0} inputs`),
  paper_sent: event({}, ({ who, it }) => `${who} noted that the paper of ${it} has gone out`),
  started: event({ ...moved, together: z.boolean() }, ({ who, it, detail }) => `${who} began ${it}${detail.together === true ? ' in a conversation of several people' : ''}`),
  gathered: event({}, ({ who, it }) => `${who} went on with ${it} in a conversation of several people`),
  attended: event({ came: z.number(), deputies: z.number(), guests: z.number() }, ({ who, it, detail }) =>
    `${who} noted who came to ${it}: ${detail.came ?? 0}, of them ${detail.deputies ?? 0} deputies and ${detail.guests ?? 0} guests`),
  arrived: event({}, ({ who, it }) => `${who} came to ${it}`),
  noted: event(about, ({ who, it, detail }) => `${who} noted what was said in ${it} about ${detail.input ?? ''}`),
  minuted: event({ ...about, revision: z.number(), hash: z.string() }, ({ who, it, detail }) => `${who} wrote the minutes of ${it} about ${detail.input ?? ''} anew`),
  discussed: event(about, ({ who, it, detail }) => `${who} marked ${detail.input ?? ''} of ${it} as discussed`),
  taken_up: event(about, ({ who, it, detail }) => `${who} took ${detail.input ?? ''} of ${it} up again`),
  decided: event({ ...about, kind: z.string(), became: z.string().nullable() }, ({ who, it, detail }) => `${who} noted a decision of ${it} (${detail.kind ?? ''})`),
  completed: event(moved, ({ who, it }) => `${who} completed ${it}, with everything discussed`),
  reopened: event(moved, ({ who, it }) => `${who} went on with ${it} before it was signed`),
  signed: event({ ...moved, snapshot: z.string() }, ({ who, it }) => `${who} signed the minutes of ${it}, which stay as they are`),
  cancelled: event(moved, ({ who, it, why }) => `${who} cancelled ${it}${why}`),
  brought: event({ on: z.string(), snapshot: z.string() }, ({ who, it, detail }) => `${who} brought ${it}, held on ${dayInWords(detail.on ?? '')}`),
}); // prettier-ignore

declare module '../../db/audit-event.ts' {
  interface AuditEvents {
    management_review: typeof events;
  }
}
