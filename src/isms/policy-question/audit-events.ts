/** What the log holds of questions about policies. */
import { z } from 'zod';
import { declareEvents, event } from '../../db/audit-event.ts';

const moved = { from: z.string(), to: z.string() };
/** The section that it is about, and the version that this belongs to. */
const about = { section: z.number(), version: z.number() };
/** The words that a change replaced are kept under this number, and this is their SHA-256. */
const revised = { revision: z.number().optional(), hash: z.string().optional() };

const questions = declareEvents('policy_question', {
  drafted: event(
    { ...about, by: z.enum(['model', 'person']) },
    ({ who, it, detail }) => `${who} ${detail.by === 'model' ? 'had the model draft' : 'wrote'} the question ${it}`,
  ),
  changed: event({ ...moved, ...about, ...revised }, ({ who, it }) => `${who} changed the question ${it}`),
  approved: event({ ...moved, ...about }, ({ who, it }) => `${who} approved the question ${it}`),
  retired: event(moved, ({ who, it, detail }) => `${who} ${detail.from === 'draft' ? 'left out' : 'retired'} the question ${it}`),
  put_back: event(moved, ({ it }) => `${it} is to be looked at again: its section changed`),
}); // prettier-ignore

declare module '../../db/audit-event.ts' {
  interface AuditEvents {
    policy_question: typeof questions;
  }
}
