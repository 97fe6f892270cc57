/** What the log holds of answers and of questions on their way to an owner. */
import { z } from 'zod';
import { declareEvents, event } from '../../db/audit-event.ts';

const answers = declareEvents('answer', {
  feedback: event(
    { helpful: z.boolean(), withReason: z.boolean() },
    ({ who, it, detail }) => `${who} found ${it} ${detail.helpful === true ? 'helpful' : 'not helpful'}`,
  ),
  recalled: event(
    { person: z.number(), version: z.number() },
    ({ it, detail, name }) =>
      `What ${it} rests on says something else now, and ${name(detail.person)} is told`,
  ),
});
const referred = { reference: z.string() };
const questions = declareEvents('open_question', {
  routed: event(
    { ...referred, owner: z.number(), answer: z.number() },
    ({ who, it, detail, name }) => `${who} asked ${name(detail.owner)}: ${it}`,
  ),
  rerouted: event(
    { ...referred, from: z.number(), owner: z.number() },
    ({ who, it, detail, name }) =>
      `${who} asked ${name(detail.owner)} in place of ${name(detail.from)}: ${it}`,
  ),
  answered_by_owner: event(
    { ...referred, approvedAnswer: z.number().nullable() },
    ({ who, it, detail }) =>
      `${who} answered ${it}${detail.approvedAnswer == null ? '' : ', for colleagues too'}`,
  ),
  told_asker: event(
    { asker: z.number() },
    ({ it, detail, name }) => `${name(detail.asker)} was told the answer to ${it}`,
  ),
  reply_withdrawn: event(referred, ({ who, it }) => `${who} took the answer to ${it} back`),
  policy_changed: event({}, ({ who, it }) => `${who} changed the policy because of ${it}`),
  no_change: event({}, ({ who, it }) => `${who} found that ${it} needs no change of the policy`),
});

declare module '../../db/audit-event.ts' {
  interface AuditEvents {
    answer: typeof answers;
    open_question: typeof questions;
  }
}
