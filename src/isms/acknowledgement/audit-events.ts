/** What the log holds of acknowledgements. */
import { z } from 'zod';
import { declareEvents, event } from '../../db/audit-event.ts';
import { dayInWords } from '../../language/calendar.ts';

const acknowledgement = declareEvents('acknowledgement', {
  given: event(
    { document: z.string(), version: z.string(), language: z.string(), sha256: z.string() },
    ({ who, detail }) => `${who} acknowledged ${detail.document ?? 'a document'} v${detail.version ?? ''}`,
  ),
  recorded: event(
    { document: z.string(), version: z.string(), how: z.string(), people: z.array(z.number()) },
    ({ who, detail }) =>
      `${who} recorded that ${(detail.people ?? []).length} people acknowledged ${detail.document ?? 'a document'} v${detail.version ?? ''} ${detail.how === 'session' ? 'in a session' : 'on a signed list'}`,
  ),
  questioned: event(
    { document: z.string(), question: z.string() },
    ({ who, detail }) =>
      `${who} has a question about ${detail.document ?? 'a document'}: ${detail.question ?? ''}`,
  ),
  /** A version took effect: the requests went with it. */
  followed: event(
    {
      document: z.string(),
      version: z.string().nullable(),
      moved: z.number(),
      asked: z.number(),
      ended: z.number(),
    },
    ({ detail }) =>
      detail.version == null
        ? `${detail.document ?? 'A document'} is no longer in force: ${detail.ended ?? 0} requests ended`
        : `${detail.document ?? 'A document'} v${detail.version} took effect: ${detail.moved ?? 0} requests moved to it, ${detail.asked ?? 0} people are asked anew`,
  ),
  exempted: event(
    { document: z.string(), person: z.number(), until: z.string().nullable() },
    ({ who, detail, name }) =>
      `${who} exempted ${name(detail.person)} from ${detail.document ?? 'a document'}${detail.until == null ? '' : ` until ${dayInWords(detail.until)}`}`,
  ),
  reminded: event(
    { document: z.string(), people: z.array(z.number()) },
    ({ who, detail }) =>
      `${who} had ${(detail.people ?? []).length} people reminded of ${detail.document ?? 'a document'}`,
  ),
});

const acknowledgements = declareEvents('acknowledgements', {
  seen: event(
    { people: z.array(z.number()), document: z.string().nullable() },
    ({ who, detail }) => `${who} looked at what ${(detail.people ?? []).length} people have acknowledged`,
  ),
});

declare module '../../db/audit-event.ts' {
  interface AuditEvents {
    acknowledgement: typeof acknowledgement;
    acknowledgements: typeof acknowledgements;
  }
}
