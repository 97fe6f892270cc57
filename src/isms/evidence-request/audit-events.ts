/** What the log holds of evidence that is asked for: by whom, of whom, and what became of it. */
import { z } from 'zod';
import { declareEvents, event } from '../../db/audit-event.ts';

const moved = { from: z.string(), to: z.string() };

const events = declareEvents('evidence_request', {
  asked: event(
    { owner: z.number(), due: z.string(), forAuditor: z.boolean() },
    ({ who, it, detail, name }) =>
      `${who} asked ${name(detail.owner)} for ${it}${detail.forAuditor === true ? ', for an audit' : ''}${detail.due === undefined ? '' : `, by ${detail.due}`}`,
  ),
  passed_on: event(
    { from: z.number(), to: z.number() },
    ({ who, it, detail, name }) => `${who} passed ${it} on from ${name(detail.from)} to ${name(detail.to)}`,
  ),
  changed: event(moved, ({ who, it }) => `${who} changed what ${it} asks for`),
  brought: event({ ...moved, pieces: z.number() }, ({ who, it, detail }) =>
    `${who} brought ${(detail.pieces ?? 1) === 1 ? 'a piece of evidence' : `${detail.pieces ?? 0} pieces of evidence`} for ${it}`,
  ),
  taken_back: event(moved, ({ who, it }) => `${who} took back what they had brought for ${it}`),
  looked_at: event(moved, ({ who, it }) => `${who} began to look at the evidence of ${it}`),
  accepted: event(
    { ...moved, until: z.string().nullable() },
    ({ who, it, detail }) =>
      `${who} accepted the evidence of ${it}${detail.until == null ? '' : `, which counts until ${detail.until}`}`,
  ),
  rejected: event({ ...moved, reason: z.string() }, ({ who, it, why }) => `${who} sent the evidence of ${it} back${why}`),
  given: event({}, ({ who, it }) => `${who} gave the evidence of ${it} to the auditor`),
  withdrawn: event({ ...moved, reason: z.string() }, ({ who, it, why }) => `${who} took the request ${it} back${why}`),
  expiring: event({ ...moved, until: z.string() }, ({ it, detail }) => `The evidence of ${it} counts until ${detail.until ?? 'soon'}: a newer one is asked for`),
  expired: event({ ...moved, until: z.string() }, ({ it, detail }) => `The evidence of ${it} counted until ${detail.until ?? 'lately'} and has run out`),
}); // prettier-ignore

declare module '../../db/audit-event.ts' {
  interface AuditEvents {
    evidence_request: typeof events;
  }
}
