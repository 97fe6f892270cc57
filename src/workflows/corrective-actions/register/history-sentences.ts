/** What an entry of the audit log about a record means, in a plain sentence. */
import { z } from 'zod';
import { shortened } from '../../../conversation/plain-text.ts';
import { dayInWords } from '../../../language/calendar.ts';
import { personOf, type RecordHistory, type Step } from '../../../isms/register/history.ts';
import { methodInWords } from '../words.ts';

/** Characters of what a person wrote that a line repeats. */
const longestQuote = 300;

/** What the commands of the records note beside their entries; each entry has a few of these. */
const Detail = z
  .object({
    reference: z.string(),
    nonconformity: z.string(),
    grade: z.string(),
    state: z.string(),
    requirement: z.string(),
    owner: z.number(),
    from: z.union([z.string(), z.number()]),
    to: z.union([z.string(), z.number()]),
    due: z.string().nullable(),
    checkDue: z.string().nullable(),
    checker: z.number().nullable(),
    reason: z.string(),
    method: z.enum(['five_whys', 'fishbone', 'other']),
    linked: z.array(z.string()),
    actions: z.array(z.string()),
    fields: z.array(z.string()),
    result: z.enum(['effective', 'partly', 'not']),
    cycle: z.number(),
    note: z.number(),
    evidence: z.number(),
  })
  .partial();

interface Telling {
  /** Who did it. */
  who: string;
  /** The record's reference. */
  it: string;
  detail: z.infer<typeof Detail>;
  name(id: string | number | null | undefined): string;
  /** «: «reason»», or nothing. */
  why: string;
  evidence: string;
  note: string;
  dueReason: string;
  dueDecision: string;
}

const resultInWords = { effective: 'it did', partly: 'only in part', not: 'it did not' };

export const sentences: Record<string, (telling: Telling) => string> = {
  'nonconformity.raised': ({ who, it, detail, name }) =>
    `${who} raised ${it} (${detail.grade ?? 'no grade'}, ${detail.requirement ?? 'no requirement'}), led by ${name(detail.owner)}`,
  'nonconformity.imported': ({ it, detail }) =>
    `${it} came from another register, ${(detail.state ?? 'open').replaceAll('_', ' ')}`,
  'nonconformity.amended': ({ who, it, detail }) =>
    `${who} changed ${it}: ${(detail.fields ?? []).map((field) => field.replace(/_id$/, '').replaceAll('_', ' ')).join(', ')}`,
  'nonconformity.graded': ({ who, it, detail, why }) =>
    detail.from === detail.to
      ? `${who} confirmed ${it} as ${detail.to ?? ''}${why}`
      : `${who} graded ${it} ${detail.to ?? ''} instead of ${detail.from ?? ''}${why}`,
  'nonconformity.contained': ({ who, it, detail, why }) =>
    detail.reason === undefined
      ? `${who} recorded what was done at once about ${it}`
      : `${who} found nothing to do at once about ${it}${why}`,
  'nonconformity.cause_recorded': ({ who, it, detail }) =>
    `${who} recorded the root cause of ${it} (${methodInWords[detail.method ?? 'other']})`,
  'nonconformity.similar_searched': ({ who, it, detail }) =>
    `${who} looked for others like ${it}: ${(detail.linked ?? []).join(', ') || 'none is linked'}`,
  'nonconformity.cause_found': ({ it, detail }) =>
    detail.from === 'verifying'
      ? `${it} went back to its cause, for another plan`
      : `${it} has its cause and the search for others like it`,
  'nonconformity.plan_sent': ({ who, it }) => `${who} sent the plan of ${it} to be approved`,
  'nonconformity.plan_returned': ({ who, it, why }) => `${who} sent the plan of ${it} back${why}`,
  'nonconformity.plan_approved': ({ who, it, detail }) =>
    `${who} approved the plan of ${it}: ${(detail.actions ?? []).join(', ')}`,
  'nonconformity.plan_unapproved': ({ it }) => `The plan of ${it} changed, and is to be approved again`,
  'nonconformity.checker_freed': ({ it, detail, name }) =>
    `${name(detail.checker)} owns an action of ${it} now, so somebody else checks whether it worked`,
  'nonconformity.action_planned': ({ it }) => `The plan of ${it} stands`,
  'nonconformity.check_planned': ({ who, it, detail, name }) =>
    `${who} planned how ${it} is checked${detail.due == null ? '' : `, due on ${dayInWords(detail.due)}`}${detail.checker == null ? '' : `, by ${name(detail.checker)}`}`,
  'nonconformity.implemented': ({ it }) => `All actions of ${it} are verified`,
  'nonconformity.verifying': ({ it, detail }) =>
    `The check whether ${it} worked is due${detail.checkDue == null ? '' : ` on ${dayInWords(detail.checkDue)}`}`,
  'nonconformity.checked': ({ who, it, detail }) =>
    `${who} checked whether ${it} worked: ${resultInWords[detail.result ?? 'not']}`,
  'nonconformity.closed': ({ who, it, why }) => `${who} closed ${it}${why}`,
  'nonconformity.rejected': ({ who, it, why }) => `${who} found ${it} to be none${why}`,
  'nonconformity.reopened': ({ who, it, why }) => `${who} opened ${it} again${why}`,
  'corrective_action.proposed': ({ who, it, detail, name }) =>
    `${who} planned ${it} for ${name(detail.owner)}${detail.due == null ? '' : `, due on ${dayInWords(detail.due)}`}`,
  'corrective_action.imported': ({ it, detail }) =>
    `${it} came from another register, ${(detail.state ?? 'proposed').replaceAll('_', ' ')}`,
  'corrective_action.accepted': ({ who, it }) => `${who} accepted ${it}`,
  'corrective_action.declined': ({ who, it, why }) => `${who} declined ${it}${why}`,
  'corrective_action.in_progress': ({ who, it, detail }) =>
    detail.from === 'done_claimed' ? `${it} is in progress again` : `${who} began ${it}`,
  'corrective_action.progress': ({ who, it, detail }) =>
    `${who} reported ${it} at ${detail.to ?? 0} % (before: ${detail.from ?? 0} %)`,
  'corrective_action.done_claimed': ({ who, it }) => `${who} reported ${it} done`,
  'corrective_action.verified': ({ who, it }) => `${who} verified that ${it} is done`,
  'corrective_action.returned': ({ who, it, why }) => `${who} gave ${it} back${why}`,
  'corrective_action.cancelled': ({ who, it, why }) => `${who} cancelled ${it}${why}`,
  'due_change.requested': ({ who, it, detail, dueReason }) =>
    `${who} asked for ${it} to be due on ${day(detail.to)} instead of ${day(detail.from)}${dueReason}`,
  'due_change.approved': ({ who, it, detail, dueDecision }) =>
    `${who} approved ${day(detail.to)} as the due date of ${it}${dueDecision}`,
  'due_change.refused': ({ who, it, detail, dueDecision }) =>
    `${who} refused ${day(detail.to)} as the due date of ${it}${dueDecision}`,
  'delegation.offered': ({ who, it, detail, name }) => `${who} offered ${it} to ${name(detail.to)}`,
  'delegation.taken': ({ who, it, detail, name }) => `${who} took ${it} over from ${name(detail.from)}`,
  'delegation.declined': ({ who, it, why }) => `${who} did not take ${it}${why}`,
  'delegation.withdrawn': ({ it, detail, name }) => `The offer of ${it} to ${name(detail.to)} ended`,
  'evidence.submitted': ({ who, it, evidence }) => `${who} added evidence to ${it}: ${evidence}`,
  'evidence.in_review': ({ it, evidence }) => `The evidence of ${it} waits to be looked at: ${evidence}`,
  'evidence.accepted': ({ who, it, evidence }) => `${who} accepted the evidence of ${it}: ${evidence}`,
  'evidence.rejected': ({ who, it, evidence }) => `${who} did not accept the evidence of ${it}: ${evidence}`,
  'register_note.written': ({ who, it, note }) => `${who} wrote about ${it}: ${note}`,
};

export function sentenceOf(step: Step, history: RecordHistory): string {
  const detail = Detail.parse(step.detail);
  const name = (id: string | number | null | undefined) =>
    (typeof id === 'number' ? history.names.get(id) : undefined) ?? 'nobody known';
  const person = personOf(step.actor);
  const change = history.dueChanges.findLast(
    ({ reference, from, to }) => reference === step.reference && from === detail.from && to === detail.to,
  );
  const tell = sentences[step.action];
  if (tell === undefined) throw new Error(`No sentence says what ${step.action} means.`);
  return tell({
    who: person === null ? 'Isma' : name(person),
    it: step.reference,
    detail,
    name,
    why: quoted(detail.reason),
    evidence: plainlyQuoted(history.evidence.get(detail.evidence ?? 0)),
    note: plainlyQuoted(history.notes.get(detail.note ?? 0)),
    dueReason: quoted(change?.reason),
    dueDecision: quoted(change?.decisionReason),
  });
}

function plainlyQuoted(text: string | undefined): string {
  return text === undefined
    ? 'no longer kept'
    : `«${shortened(text.replace(/\s+/g, ' ').trim(), longestQuote)}»`;
}

function quoted(text: string | null | undefined): string {
  return text == null ? '' : `: ${plainlyQuoted(text)}`;
}

function day(value: string | number | undefined): string {
  return typeof value === 'string' ? dayInWords(value) : 'no date';
}
