/** What the log holds of training. It never says how well somebody did. */
import { z } from 'zod';
import { declareEvents, event } from '../../db/audit-event.ts';
import { dayInWords } from '../../language/calendar.ts';

const moved = { from: z.string(), to: z.string() };
const of = { lesson: z.string(), person: z.number() };

const training = declareEvents('training', {
  begun: event(of, ({ who, it }) => `${who} began ${it}`),
  assigned: event(
    { ...of, due: z.string().nullable() },
    ({ who, it, detail, name }) =>
      `${who} assigned ${it} to ${name(detail.person)}` +
      (detail.due == null ? '' : `, due ${dayInWords(detail.due)}`),
  ),
  started: event({ ...moved, text: z.string() }, ({ who, it }) => `${who} started ${it}`),
  tried: event({}, ({ who, it }) => `${who} took the quiz of ${it}`),
  completed: event(
    { text: z.string(), expires: z.string() },
    ({ who, it, detail }) => `${who} completed ${it}, valid until ${dayInWords(detail.expires ?? '')}`,
  ),
  waived: event(
    { ...moved, person: z.number() },
    ({ who, it, detail, name }) => `${who} exempted ${name(detail.person)} from ${it}`,
  ),
  expired: event(moved, ({ it, detail }) =>
    detail.to === 'assigned' ? `${it} expired and is to be done again` : `${it} expired`,
  ),
  imported: event(
    { completions: z.number(), sha256: z.string() },
    ({ detail }) => `${detail.completions ?? 0} completions of another system were imported`,
  ),
  exported: event(
    { people: z.number() },
    ({ detail }) => `The training of ${detail.people ?? 0} people was exported at the command line`,
  ),
  seen: event(
    { people: z.array(z.number()), lesson: z.string().nullable() },
    ({ who, detail }) => `${who} looked at the training of ${(detail.people ?? []).length} people`,
  ),
});

const attempt = declareEvents('quiz_attempt', {
  begun: event({ training: z.string(), text: z.string() }, ({ who, it }) => `${who} began the quiz ${it}`),
  submitted: event({ training: z.string() }, ({ who, it }) => `${who} finished the quiz ${it}`),
  checked: event({ training: z.string() }, ({ who, it }) => `${who} answered two questions again, ${it}`),
  abandoned: event(moved, ({ it }) => `${it} was left unfinished`),
});

const phishing = declareEvents('phishing_test', {
  imported: event(
    { tests: z.number(), sha256: z.string() },
    ({ detail }) => `Results of ${detail.tests ?? 0} phishing tests were imported`,
  ),
});

declare module '../../db/audit-event.ts' {
  interface AuditEvents {
    training: typeof training;
    quiz_attempt: typeof attempt;
    phishing_test: typeof phishing;
  }
}
