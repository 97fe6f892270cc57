/** Findings in words: the verdict, a line each, who can mend it by when, and what promises otherwise. */
import type { PredictedFinding } from '../../isms/predicted-finding/finding.ts';
import { grace, type PredictedGrade } from '../../isms/predicted-finding/rule.ts';
import { dayInWords } from '../../language/calendar.ts';
import { withoutEnding } from '../../language/text.ts';
import { requirements } from '../../records/requirement.ts';
import type { Reported } from './reader.ts';

export const room = 'predicted-findings';

const nouns: Record<PredictedGrade, [one: string, many: string]> = {
  major: ['major', 'majors'],
  minor: ['minor', 'minors'],
  ofi: ['improvement', 'improvements'],
};
const grades = ['major', 'minor', 'ofi'] as const;

export const gradeWords: Record<PredictedGrade, string> = {
  major: 'major',
  minor: 'minor',
  ofi: 'improvement',
};

/** «2 majors, 3 minors and 1 improvement» */
export function countsInWords(findings: readonly PredictedFinding[]): string {
  const counts = grades.flatMap((grade) => {
    const count = findings.filter((finding) => finding.grade === grade).length;
    return count === 0 ? [] : [`${count} ${nouns[grade][count === 1 ? 0 : 1]}`];
  });
  return counts.length < 2 ? (counts[0] ?? 'Nothing') : `${counts.slice(0, -1).join(', ')} and ${counts.at(-1) ?? ''}`;
} // prettier-ignore

/** «2 majors and 3 minors today» */
export function verdict({ findings, moment, isWhole }: Reported): string {
  const when = moment.isPast ? `on ${dayInWords(moment.day)}` : 'today';
  const whose = isWhole ? '' : ' in what your department and people answer for';
  return `${countsInWords(findings)}${whose} ${when}.`;
}

export const limits = `It is read from the records that I keep, by fixed rules: interviews, risks and legal duties are not part of it, and what is late by less than ${grace} days is left out.`;

/** «major, 9.2: No internal audit in the last twelve months» */
export function findingLine({ grade, requirement, rule }: PredictedFinding): string {
  return `${gradeWords[grade]}, ${requirement}: ${rule.title}`;
}

/** «9.2 Internal audit» */
export function requirementInWords(id: string): string {
  const title = requirements().get(id)?.title;
  return title === undefined ? 'what the certificate rests on' : `${id} ${title}`;
}

/** «Hugo Hedgerow and 2 others» */
export function ownersInWords({ owners }: PredictedFinding): string {
  const [first, second, ...others] = owners.map(({ name }) => name);
  if (first === undefined) return 'nobody yet';
  if (second === undefined) return first;
  return others.length === 0 ? `${first} and ${second}` : `${first}, ${second} and ${others.length} more`;
}

const visits: Record<string, string> = {
  stage1: 'Stage 1',
  stage2: 'Stage 2',
  surveillance: 'the surveillance audit',
  recertification: 'the recertification audit',
};

/** «by 13 January 2027» */
export function byWhen({ mendBy }: PredictedFinding): string | null {
  return mendBy === null ? null : `by ${dayInWords(mendBy.on)}`;
}

/** «a week before Stage 2» */
export function whyThen({ mendBy }: PredictedFinding): string | null {
  if (mendBy === null) return null;
  return mendBy.because === 'visit'
    ? `to be done a week before ${visits[mendBy.visit ?? ''] ?? 'the next visit'}`
    : 'your own limit for actions of that grade';
}

/** «POL-26 3.4, version 1.4» */
export function promisePlace({ promise }: PredictedFinding): string | null {
  if (promise === null) return null;
  const { reference, section, heading, version } = promise;
  return `${reference} ${section === '' ? heading : section}, version ${version}`;
}

/** Its first fact and how many more there are. */
export function factsShortly({ facts }: PredictedFinding): string {
  const [first, ...others] = facts;
  const said = withoutEnding(first?.text ?? '', /\./);
  return others.length === 0 ? said : `${said}; and ${others.length} more`;
}
