/** What the log holds of non-conformities, and how it is told. */
import { z } from 'zod';
import { declareEvents, event } from '../../db/audit-event.ts';
import { dayInWords } from '../../language/calendar.ts';

const methods = { five_whys: 'five whys', fishbone: 'fishbone', other: 'in own words' };
const results = { effective: 'it did', partly: 'only in part', not: 'it did not' };
const method = z.enum(['five_whys', 'fishbone', 'other']);
const result = z.enum(['effective', 'partly', 'not']);
const day = z.string().nullable();
/** From one state to another; with the reason, where one was given. */
const moved = {
  from: z.string(),
  to: z.string(),
  cycle: z.number().optional(),
  checkDue: day.optional(),
  reason: z.string().optional(),
  /** SHA-256 of the round that ended with it, as it is kept. */
  snapshot: z.string().optional(),
};
/** The words that a change replaced are kept under this number, and this is their SHA-256. */
const revised = { revision: z.number().optional(), hash: z.string().optional() };
const because = { reason: z.string() };

const events = declareEvents('nonconformity', {
  raised: event(
    { reference: z.string(), grade: z.string(), requirement: z.string(), owner: z.number() },
    ({ who, it, detail, name }) =>
      `${who} raised ${it} (${detail.grade ?? 'no grade'}, ${detail.requirement ?? 'no requirement'}), led by ${name(detail.owner)}`,
  ),
  imported: event(
    {
      reference: z.string(),
      grade: z.string(),
      state: z.string(),
      owner: z.number(),
      similar: z.array(z.string()),
    },
    ({ it, detail }) => `${it} came from another register, ${(detail.state ?? 'open').replaceAll('_', ' ')}`,
  ),
  amended: event(
    { fields: z.array(z.string()), ...revised },
    ({ who, it, detail }) =>
      `${who} changed ${it}: ${(detail.fields ?? []).map((field) => field.replace(/_id$/, '').replaceAll('_', ' ')).join(', ')}`,
  ),
  body_noted: event(
    {
      fields: z.array(z.string()),
      sent: z.string().optional(),
      answer: z.string().optional(),
      closed: z.string().optional(),
      ...revised,
    },
    ({ who, it, detail }) => {
      const { sent, answer, closed } = detail;
      const said = [
        ...(sent === undefined ? [] : [`our answer was sent on ${dayInWords(sent)}`]),
        ...(answer === undefined ? [] : [`it ${answer} the answer`]),
        ...(closed === undefined ? [] : [`it closed it on ${dayInWords(closed)}`]),
      ];
      return `${who} noted of the certification body and ${it}: ${said.join(', ') || 'its number, auditor or days'}`;
    },
  ),
  graded: event({ from: z.string(), to: z.string(), ...because, ...revised }, ({ who, it, detail, why }) =>
    detail.from === detail.to
      ? `${who} confirmed ${it} as ${detail.to ?? ''}${why}`
      : `${who} graded ${it} ${detail.to ?? ''} instead of ${detail.from ?? ''}${why}`,
  ),
  contained: event(moved, ({ who, it, detail, why }) =>
    detail.reason === undefined
      ? `${who} recorded what was done at once about ${it}`
      : `${who} found nothing to do at once about ${it}${why}`,
  ),
  cause_recorded: event(
    { method, whys: z.number(), ...revised },
    ({ who, it, detail }) => `${who} recorded the root cause of ${it} (${methods[detail.method ?? 'other']})`,
  ),
  similar_searched: event(
    { linked: z.array(z.string()), ...revised },
    ({ who, it, detail }) =>
      `${who} looked for others like ${it}: ${(detail.linked ?? []).join(', ') || 'none is linked'}`,
  ),
  cause_found: event(moved, ({ it, detail }) =>
    detail.from === 'verifying'
      ? `${it} went back to its cause, for another plan`
      : `${it} has its cause and the search for others like it`,
  ),
  plan_sent: event({ round: z.number() }, ({ who, it }) => `${who} sent the plan of ${it} to be approved`),
  plan_returned: event(because, ({ who, it, why }) => `${who} sent the plan of ${it} back${why}`),
  plan_approved: event(
    { actions: z.array(z.string()), snapshot: z.string().optional() },
    ({ who, it, detail }) => `${who} approved the plan of ${it}: ${(detail.actions ?? []).join(', ')}`,
  ),
  plan_unapproved: event({}, ({ it }) => `The plan of ${it} changed, and is to be approved again`),
  checker_freed: event(
    { checker: z.number() },
    ({ it, detail, name }) =>
      `${name(detail.checker)} has a part in ${it} now, so somebody else checks whether it worked`,
  ),
  action_planned: event(moved, ({ it }) => `The plan of ${it} stands`),
  check_change_asked: event(
    { due: day },
    ({ who, it, detail }) =>
      `${who} asked for ${it} to be checked in another way${detail.due == null ? '' : `, on ${dayInWords(detail.due)}`}`,
  ),
  check_change_approved: event(
    { due: day, ...revised },
    ({ who, it }) => `${who} approved that ${it} is checked in another way`,
  ),
  check_change_refused: event(
    because,
    ({ who, it, why }) => `${who} left the check of ${it} as it was${why}`,
  ),
  change_answered: event({ needed: z.boolean(), ...revised }, ({ who, it, detail }) =>
    detail.needed === true
      ? `${who} found that the management system has to change for ${it}`
      : `${who} found that nothing has to change in the management system for ${it}`,
  ),
  change_waived: event(
    { ...because, ...revised },
    ({ who, it, why }) => `${who} waived the change of the management system for ${it}${why}`,
  ),
  check_planned: event(
    { due: day, checker: z.number().nullable(), ...revised },
    ({ who, it, detail, name }) =>
      `${who} planned how ${it} is checked${detail.due == null ? '' : `, due on ${dayInWords(detail.due)}`}${detail.checker == null ? '' : `, by ${name(detail.checker)}`}`,
  ),
  implemented: event(moved, ({ it }) => `All actions of ${it} are verified`),
  verifying: event(
    moved,
    ({ it, detail }) =>
      `The check whether ${it} worked is due${detail.checkDue == null ? '' : ` on ${dayInWords(detail.checkDue)}`}`,
  ),
  checked: event(
    { result, cycle: z.number(), snapshot: z.string().optional(), ...revised },
    ({ who, it, detail }) => `${who} checked whether ${it} worked: ${results[detail.result ?? 'not']}`,
  ),
  closed: event(moved, ({ who, it, why }) => `${who} closed ${it}${why}`),
  rejected: event(moved, ({ who, it, why }) => `${who} found ${it} to be none${why}`),
  reopened: event(moved, ({ who, it, why }) => `${who} opened ${it} again${why}`),
});

declare module '../../db/audit-event.ts' {
  interface AuditEvents {
    nonconformity: typeof events;
  }
}
