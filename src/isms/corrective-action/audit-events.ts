/** What the log holds of corrective actions, of requests for more time and of offers, and how it is told. */
import { z } from 'zod';
import { declareEvents, event } from '../../db/audit-event.ts';
import { dayInWords } from '../../language/calendar.ts';

const moved = { from: z.string(), to: z.string(), reason: z.string().optional() };
const between = { from: z.number(), to: z.number() };

const actions = declareEvents('corrective_action', {
  proposed: event(
    // What it was planned for stands beside, by the kind of record.
    { reference: z.string(), owner: z.number(), due: z.string() },
    ({ who, it, detail, name }) =>
      `${who} planned ${it} for ${name(detail.owner)}${detail.due === undefined ? '' : `, due on ${dayInWords(detail.due)}`}`,
  ),
  imported: event(
    {
      reference: z.string(),
      nonconformity: z.string(),
      state: z.string(),
      owner: z.number(),
      due: z.string(),
      originalDue: z.string(),
    },
    ({ it, detail }) =>
      `${it} came from another register, ${(detail.state ?? 'proposed').replaceAll('_', ' ')}`,
  ),
  edited: event(
    { fields: z.array(z.string()), revision: z.number().optional(), hash: z.string().optional() },
    ({ who, it }) => `${who} worded ${it} anew`,
  ),
  accepted: event(moved, ({ who, it }) => `${who} accepted ${it}`),
  declined: event(moved, ({ who, it, why }) => `${who} declined ${it}${why}`),
  in_progress: event(moved, ({ who, it, detail }) =>
    detail.from === 'done_claimed' ? `${it} is in progress again` : `${who} began ${it}`,
  ),
  progress: event(
    between,
    ({ who, it, detail }) => `${who} reported ${it} at ${detail.to ?? 0} % (before: ${detail.from ?? 0} %)`,
  ),
  done_claimed: event(moved, ({ who, it }) => `${who} reported ${it} done`),
  verified: event(moved, ({ who, it }) => `${who} verified that ${it} is done`),
  returned: event({ reason: z.string() }, ({ who, it, why }) => `${who} gave ${it} back${why}`),
  cancelled: event(moved, ({ who, it, why }) => `${who} cancelled ${it}${why}`),
});

const days = { from: z.string(), to: z.string() };
/** Under which its words are kept for the history. */
export function timeKey(reference: string, { from = '', to = '' }: { from?: string; to?: string }): string {
  return `${reference}/${from}/${to}`;
}
const inWords = (day: string | undefined) => (day === undefined ? 'no date' : dayInWords(day));
const after = (words: string | undefined) => (words === undefined ? '' : `: ${words}`);

const dueChanges = declareEvents('due_change', {
  requested: event(
    { ...days, approver: z.number().nullable() },
    ({ who, it, detail, kept }) =>
      `${who} asked for ${it} to be due on ${inWords(detail.to)} instead of ${inWords(detail.from)}${after(kept(`asked:${timeKey(it, detail)}`))}`,
  ),
  approved: event(
    { ...days, original: z.string() },
    ({ who, it, detail, kept }) =>
      `${who} approved ${inWords(detail.to)} as the due date of ${it}${after(kept(`decided:${timeKey(it, detail)}`))}`,
  ),
  refused: event(
    { ...days, original: z.string() },
    ({ who, it, detail, kept }) =>
      `${who} refused ${inWords(detail.to)} as the due date of ${it}${after(kept(`decided:${timeKey(it, detail)}`))}`,
  ),
});

const parties = { from: z.number(), to: z.number().nullable() };
const delegations = declareEvents('delegation', {
  offered: event(parties, ({ who, it, detail, name }) => `${who} offered ${it} to ${name(detail.to)}`),
  taken: event(parties, ({ who, it, detail, name }) => `${who} took ${it} over from ${name(detail.from)}`),
  declined: event(
    { ...parties, reason: z.string().optional() },
    ({ who, it, why }) => `${who} did not take ${it}${why}`,
  ),
  withdrawn: event(parties, ({ it, detail, name }) => `The offer of ${it} to ${name(detail.to)} ended`),
});

declare module '../../db/audit-event.ts' {
  interface AuditEvents {
    corrective_action: typeof actions;
    due_change: typeof dueChanges;
    delegation: typeof delegations;
  }
}
