/** What the log holds of assessments, assignments and work packages, and how it is told. */
import { z } from 'zod';
import { declareEvents, event } from '../../db/audit-event.ts';
import { dayInWords } from '../../language/calendar.ts';

const moved = { from: z.string(), to: z.string() };
const rating = z.string().nullable();
const until = (day: string | null | undefined) => (day == null ? '' : ` until ${dayInWords(day)}`);

const states: Record<string, string> = {
  answered: 'answered',
  challenged: 'asked again about',
  confirmed: 'confirmed the answer to',
  delegated: 'handed on',
  skipped: 'passed over',
  not_applicable: 'found not applicable',
};

const assessment = declareEvents('assessment', {
  opened: event(
    { scope: z.string() },
    ({ who, it, detail }) => `${who} opened ${it} (${detail.scope ?? ''})`,
  ),
  begun: event(
    { ...moved, bank: z.string(), criteria: z.number(), profile: z.array(z.string()) },
    ({ who, it, detail }) => `${who} began ${it} with ${detail.criteria ?? 0} criteria`,
  ),
  answered: event(
    {
      answer: z.number(),
      criterion: z.string(),
      state: z.string(),
      defined: rating,
      practised: rating,
      proven: rating,
      seen: z.array(z.string()),
    },
    ({ who, it, detail }) =>
      `${who} ${states[detail.state ?? ''] ?? 'answered'} ${detail.criterion ?? 'a criterion'} of ${it}` +
      ((detail.seen ?? []).length > 0 ? ` and saw that it is ${(detail.seen ?? []).join(' and ')}` : ''),
  ),
  settled: event(
    { criterion: z.string(), answer: z.number() },
    ({ who, it, detail }) =>
      `${who} decided which answer to ${detail.criterion ?? 'a criterion'} of ${it} holds`,
  ),
  moved: event(moved, ({ it, detail }) => `${it} is ${(detail.to ?? '').replaceAll('_', ' ')} now`),
  finished: event(moved, ({ who, it }) => `${who} made ${it} final`),
  put_away: event(
    { ...moved, reason: z.string() },
    ({ who, it, why }) => `${who} put ${it} away unfinished${why}`,
  ),
});

const assignment = declareEvents('assignment', {
  asked: event(
    {
      assessment: z.string(),
      person: z.number(),
      part: z.string(),
      criteria: z.array(z.string()),
      due: z.string().nullable(),
    },
    ({ who, detail, name }) =>
      `${who} asked ${name(detail.person)} ${(detail.criteria ?? []).length} questions of ${detail.assessment ?? 'an assessment'}${until(detail.due)}`,
  ),
  moved: event(
    { ...moved, assessment: z.string(), reason: z.string().optional() },
    ({ who, detail, why }) =>
      `${who} brought an assignment of ${detail.assessment ?? 'an assessment'} to ${(detail.to ?? '').replaceAll('_', ' ')}${why}`,
  ),
  proven: event(
    { proven: z.string() },
    ({ who, detail }) => `${who} said whether there is something to show: ${detail.proven ?? ''}`,
  ),
});

const workPackage = declareEvents('work_package', {
  planned: event(
    { reference: z.string(), assessment: z.string(), criterion: z.string() },
    ({ who, it, detail }) =>
      `${who} planned ${it} for ${detail.criterion ?? 'a gap'} of ${detail.assessment ?? 'an assessment'}`,
  ),
  moved: event(
    moved,
    ({ who, it, detail }) => `${who} brought ${it} to ${(detail.to ?? '').replaceAll('_', ' ')}`,
  ),
});

const profile = declareEvents('organisation_profile', {
  confirmed: event(
    { tags: z.array(z.string()), audit: z.string().nullable() },
    ({ who, detail }) => `${who} described the organisation: ${(detail.tags ?? []).join(', ')}`,
  ),
});

const questionSet = declareEvents('question_set', {
  imported: event(
    { name: z.string(), questions: z.number() },
    ({ who, detail }) => `${who} brought the questions «${detail.name ?? ''}»`,
  ),
});

declare module '../../db/audit-event.ts' {
  interface AuditEvents {
    assessment: typeof assessment;
    assignment: typeof assignment;
    work_package: typeof workPackage;
    organisation_profile: typeof profile;
    question_set: typeof questionSet;
  }
}
