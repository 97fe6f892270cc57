/** What the log holds of campaigns: how many people and the hash of who they are, never a line each. */
import { z } from 'zod';
import { declareEvents, event } from '../../db/audit-event.ts';
import { dayInWords } from '../../language/calendar.ts';

const moved = { from: z.string(), to: z.string() };
/** SHA-256 of the ids of the people, in order. */
const people = { people: z.number(), sha256: z.string() };

const campaign = declareEvents('campaign', {
  drafted: event({ who: z.string() }, ({ who, it }) => `${who} drafted ${it}`),
  redrafted: event({ who: z.string() }, ({ who, it }) => `${who} changed the draft ${it}`),
  started: event(
    { ...moved, ...people, exempt: z.number(), onLeave: z.number(), asked: z.number() },
    ({ who, it, detail }) =>
      `${who} started ${it} for ${detail.people ?? 0} people: ${detail.asked ?? 0} asked, ${detail.exempt ?? 0} exempt, ${detail.onLeave ?? 0} on leave`,
  ),
  entered: event(people, ({ it, detail }) => `${detail.people ?? 0} people came into ${it}`),
  left: event(people, ({ it, detail }) => `${detail.people ?? 0} people left ${it}`),
  asked: event(people, ({ it, detail }) => `${detail.people ?? 0} people were asked for ${it}`),
  moved: event(moved, ({ who, it, detail }) => `${who} ${({ paused: 'paused', stopped: 'stopped', running: 'went on with', ended: 'ended' } as Record<string, string>)[detail.to ?? ''] ?? 'moved'} ${it}`),
  exempted: event(
    { person: z.number(), until: z.string().nullable() },
    ({ who, it, detail, name }) =>
      `${who} exempted ${name(detail.person)} from ${it}${detail.until == null ? '' : ` until ${dayInWords(detail.until)}`}`,
  ),
  reminded: event(people, ({ who, it, detail }) => `${who} had ${detail.people ?? 0} people reminded of ${it}`),
  seen: event(
    { people: z.number(), asOf: z.string() },
    ({ who, it, detail }) => `${who} looked at how far ${detail.people ?? 0} people of ${it} were on ${dayInWords(detail.asOf ?? '')}`,
  ),
}); // prettier-ignore

declare module '../../db/audit-event.ts' {
  interface AuditEvents {
    campaign: typeof campaign;
  }
}
