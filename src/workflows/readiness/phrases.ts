/** Facts of readiness in words: each number as it is said, why it blocks, and the next step. */
import type { Fact, Part } from '../../isms/readiness/fact.ts';
import type { Stage } from '../../isms/readiness/verdict.ts';
import { dayInWords, partsOf } from '../../language/calendar.ts';

export const room = 'readiness';

export const partNames: Record<Part, string> = {
  documents: 'Documents',
  soa: 'Statement of Applicability',
  audits: 'Audits',
  review: 'Management review',
  nonconformities: 'Non-conformities',
  actions: 'Actions',
  acknowledgements: 'Policies acknowledged',
  training: 'Training',
  evidence: 'Evidence',
  certification: 'Certification',
  competence: 'Competence',
  objectives: 'Objectives',
  incidents: 'Incidents',
};

export const stageNames: Record<Stage, string> = {
  stage1: 'Stage 1',
  stage2: 'Stage 2',
  surveillance: 'the surveillance audit',
  recertification: 'recertification',
};

type In = Fact & { today: string };
const many = (count: number, one: string, more = `${one}s`) => `${count} ${count === 1 ? one : more}`;
const share = ({ count, of }: Fact, what: string) => `${count} of ${of ?? 0} ${what}`;
const since = ({ day }: Fact) => (day === null ? '' : ` since ${dayInWords(day)}`);
const on = ({ day }: Fact) => (day === null ? '' : ` on ${dayInWords(day)}`);

/** «14 months», «3 days» */
export function ageInWords(day: string, today: string): string {
  const [from, to] = [partsOf(day), partsOf(today)];
  const months = (to.year - from.year) * 12 + to.month - from.month - (to.dayOfMonth < from.dayOfMonth ? 1 : 0);
  if (months >= 1) return many(months, 'month');
  return many(Math.max(0, Math.round((Date.parse(today) - Date.parse(day)) / 86_400_000)), 'day');
} // prettier-ignore

interface Words {
  /** What it counts, as it stands alone. */
  label: string;
  /** The number in words; null where there is nothing to say of it. */
  says(fact: In): string | null;
  /** Why nobody is ready with it. */
  blocks?(fact: In): string;
  /** What is to be done about it. */
  next: string;
}

const some = (what: (count: number) => string) => (fact: In) => (fact.count === 0 ? null : what(fact.count));

const words: Record<string, Words> = {
  'documents.required': { label: 'required documents in date', says: (fact) => share(fact, 'required documents in force and in date'), next: 'Have each approved, and reviewed by its day' },
  'documents.missing': { label: 'required documents missing', says: some((count) => `${count} missing`), blocks: ({ count }) => `${many(count, 'required document')} missing`, next: 'Write what is missing, or bring it in' },
  'documents.review_overdue': { label: 'policy reviews overdue', says: some((count) => `${many(count, 'review')} of policies overdue`), next: 'Review the policies whose day has passed' },
  'soa.approved': { label: 'Statement of Applicability approved', says: ({ count }) => (count > 0 ? 'approved' : 'not approved'), blocks: () => 'no Statement of Applicability approved', next: 'Have it approved' },
  'soa.decided': { label: 'controls decided', says: (fact) => share(fact, 'controls decided, with reasons'), next: 'Decide on the controls that are left, each with its reason' },
  'soa.implemented': { label: 'controls implemented', says: (fact) => ((fact.of ?? 0) === 0 ? null : share(fact, 'that apply are implemented')), next: 'Carry on with the controls that are not there yet' },
  'audits.internal': { label: 'internal audits within 12 months',
    says: ({ day, today }) => (day === null ? 'no internal audit yet' : `last internal audit ${ageInWords(day, today)} ago`),
    blocks: ({ day, today }) => (day === null ? 'no internal audit yet' : `internal audit ${ageInWords(day, today)} old`),
    next: 'Hold an internal audit',
  },
  'audits.planned': { label: 'internal audits planned', says: (fact) => (fact.count === 0 ? null : `next planned${on(fact)}`), next: 'Plan the next one' },
  'audits.late': { label: 'internal audits not held in time', says: some((count) => `${count} planned and not held`), next: 'Hold it, or plan it anew' },
  'audits.programme': { label: 'audit programmes approved', says: ({ count }) => (count > 0 ? null : 'no programme approved'), next: 'Have an audit programme approved' },
  'audits.coverage': { label: 'clauses and controls audited in three years', says: (fact) => share(fact, 'clauses and controls covered in three years'), next: 'Plan what no audit has covered yet' },
  'review.held': { label: 'management reviews within 12 months',
    says: ({ day, today }) => (day === null ? 'none held yet' : `last held ${ageInWords(day, today)} ago`),
    blocks: ({ day, today }) => (day === null ? 'no management review yet' : `management review ${ageInWords(day, today)} old`),
    next: 'Hold the management review',
  },
  'review.planned': { label: 'management reviews planned', says: (fact) => (fact.count === 0 ? null : `next planned${on(fact)}`), next: 'Plan the next one' },
  'review.unsigned': { label: 'management reviews not signed', says: some((count) => `${count} not signed`), next: 'Have the chair sign the minutes' },
  'review.late': { label: 'management reviews not held in time', says: some((count) => `${count} planned and not held`), next: 'Hold it, or plan it anew' },
  'nonconformities.major_open': { label: 'majors open', says: (fact) => (fact.count === 0 ? 'no major open' : `${many(fact.count, 'major')} open${since(fact)}`), blocks: ({ count }) => `${many(count, 'major')} open`, next: 'Correct it, and have the correction and its actions verified' },
  'nonconformities.minor_open': { label: 'minors open', says: some((count) => `${many(count, 'minor')} open`), next: 'Have a plan accepted for each' },
  'nonconformities.other_open': { label: 'observations and improvements open', says: some((count) => `${many(count, 'observation or improvement', 'observations and improvements')} open`), next: 'Decide on each' },
  'nonconformities.overdue': { label: 'findings past a day', says: some((count) => `${count} past a day`), next: 'Do what is overdue, or agree on another day' },
  'nonconformities.old': { label: 'findings open for more than 90 days', says: some((count) => `${count} open for more than 90 days`), next: 'Close what has been open for long' },
  'actions.overdue': { label: 'actions overdue', says: (fact) => ((fact.of ?? 0) === 0 ? 'none open' : `${fact.count === 0 ? 'none' : fact.count} of ${fact.of ?? 0} open ones overdue`), next: 'Finish them, or ask for more time' },
  'acknowledgements.done': { label: 'policies acknowledged of those due', says: (fact) => ((fact.of ?? 0) === 0 ? 'none due' : share(fact, 'due are acknowledged')), next: 'Ask those who have not acknowledged yet' },
  'acknowledgements.overdue': { label: 'acknowledgements overdue', says: some((count) => `${count} overdue`), next: 'Ask those who have not acknowledged yet' },
  'acknowledgements.waiting': { label: 'acknowledgements not due yet', says: some((count) => `${count} not due yet`), next: 'Nothing yet' },
  'training.done': { label: 'lessons passed of those due', says: (fact) => ((fact.of ?? 0) === 0 ? 'none due' : share(fact, 'lessons due are passed')), next: 'Ask those who have not learned yet' },
  'training.overdue': { label: 'lessons overdue', says: some((count) => `${count} overdue`), next: 'Ask those who have not learned yet' },
  'training.waiting': { label: 'lessons not due yet', says: some((count) => `${count} not due yet`), next: 'Nothing yet' },
  'evidence.fresh': { label: 'pieces of evidence fresh', says: (fact) => ((fact.of ?? 0) === 0 ? 'none asked for yet' : share(fact, 'pieces asked for are fresh')), next: 'Bring anew what has run out' },
  'evidence.controls': { label: 'controls with fresh evidence', says: (fact) => share(fact, 'controls have fresh evidence'), next: 'Ask for evidence of the controls that have none' },
  'evidence.overdue': { label: 'pieces of evidence overdue', says: some((count) => `${count} overdue`), next: 'Bring what was asked for' },
  'evidence.to_review': { label: 'pieces of evidence to be looked at', says: some((count) => `${count} to be looked at`), next: 'Look at what was brought' },
  'certification.valid': { label: 'certificates valid',
    says: ({ count, day }) => (day === null ? 'no certificate yet' : count > 0 ? `certificate until ${dayInWords(day)}` : `certificate ended on ${dayInWords(day)}`),
    blocks: ({ day }) => (day === null ? 'no certificate' : `certificate ended on ${dayInWords(day)}`),
    next: 'Talk to the certification body',
  },
  'certification.ahead': { label: 'days of the certification ahead', says: (fact) => (fact.day === null ? 'no day noted ahead' : `${many(fact.count, 'day')} ahead, the next${on(fact)}`), next: 'Note the day of the audit' },
  'competence.gaps': { label: 'competence gaps', says: (fact) => ((fact.of ?? 0) === 0 ? 'none recorded' : `${fact.count === 0 ? 'no' : fact.count} ${fact.count === 1 ? 'gap' : 'gaps'} in ${many(fact.of ?? 0, 'role')} recorded`), next: 'Close each gap with an action' },
  'objectives.open': { label: 'objectives under way', says: some((count) => `${count} under way`), next: 'Nothing yet' },
  'objectives.overdue': { label: 'objectives past their day', says: some((count) => `${count} past ${count === 1 ? 'its' : 'their'} day`), next: 'Say what came of them' },
  'objectives.met': { label: 'objectives met of those ended', says: (fact) => ((fact.of ?? 0) === 0 ? null : share(fact, 'ended ones were met')), next: 'Nothing yet' },
  'objectives.measured_late': { label: 'values due and not entered', says: some((count) => `${many(count, 'value')} due and not entered`), next: 'Enter the values that are due' },
  'incidents.open': { label: 'incidents open', says: ({ count }) => (count === 0 ? 'none open' : `${count} open`), next: 'Close each with its cause and what was learned' },
}; // prettier-ignore

function wordsOf(key: string): Words {
  const found = words[key];
  if (found === undefined) throw new Error(`No words for ${key}`);
  return found;
}

export const says = (fact: Fact, today: string) => wordsOf(fact.key).says({ ...fact, today });
export const blocksBecause = (fact: Fact, today: string) =>
  wordsOf(fact.key).blocks?.({ ...fact, today }) ?? says(fact, today) ?? fact.key;
export const labelOf = ({ key }: Pick<Fact, 'key'>) => wordsOf(key).label;
export const nextStep = ({ key }: Fact) => wordsOf(key).next;
