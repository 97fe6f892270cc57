/** The states of each record as pictures, from their declaration; `src/README.md` shows them. */
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { OperatorError } from '../errors.ts';
import { requestStates } from '../isms/acknowledgement/request.ts';
import { questionStates } from '../isms/answer/open-question.ts';
import { assessmentStates } from '../isms/assessment/assessment.ts';
import { assignmentStates } from '../isms/assessment/assignment.ts';
import { workPackageStates } from '../isms/assessment/work-package.ts';
import { auditStates } from '../isms/audit/audit.ts';
import { programmeStates } from '../isms/audit/programme.ts';
import { competenceStates } from '../isms/competence/competence.ts';
import { certificationStates } from '../isms/certification/certification.ts';
import { campaignStates } from '../isms/campaign/campaign.ts';
import { actionMoves } from '../isms/corrective-action/states.ts';
import { incidentStates } from '../isms/incident/incident.ts';
import { requestStates as evidenceStates } from '../isms/evidence-request/evidence-request.ts';
import { reviewStates } from '../isms/management-review/management-review.ts';
import { mockAuditStates, mockCaseStates } from '../isms/mock-audit/mock-audit.ts';
import { attemptStates } from '../isms/training/attempt.ts';
import { soaStates } from '../isms/statement-of-applicability/soa.ts';
import { trainingStates } from '../isms/training/training.ts';
import { policyQuestionStates } from '../isms/policy-question/policy-question.ts';
import { nudgeStates } from '../records/nudge.ts';
import { breachStates, improvementStates } from '../isms/nonconformity/states.ts';

const pictures = {
  'A non-conformity': breachStates,
  'An opportunity for improvement, an observation': improvementStates,
  'A corrective action': actionMoves,
  'A question on its way to an owner': questionStates,
  'An assessment': assessmentStates,
  'An assignment: some of its questions, for somebody': assignmentStates,
  'A work package': workPackageStates,
  'An audit': auditStates,
  'An audit programme': programmeStates,
  'A mock audit': mockAuditStates,
  'A case of its sample': mockCaseStates,
  'Competence: a person in a role': competenceStates,
  'A Statement of Applicability': soaStates,
  'A certification': certificationStates,
  'Evidence that is asked for': evidenceStates,
  'An incident': incidentStates,
  'A management review': reviewStates,
  'Training: a person and a lesson': trainingStates,
  'A quiz': attemptStates,
  'A campaign': campaignStates,
  'A request to acknowledge a document': requestStates,
  'A question about a policy': policyQuestionStates,
  'A reminder: one message of a day': nudgeStates,
};

const readme = join(import.meta.dirname, '../README.md');
const place = /(?<=<!-- states -->\n)[\s\S]*(?=<!-- \/states -->)/;

export function statesText(): string {
  return Object.entries(pictures)
    .map(([name, states]) => `${name}:\n\n\`\`\`mermaid\n${states.picture()}\n\`\`\`\n`)
    .join('\n');
}

/** @param write  puts them into the page */
export async function showStates(write: boolean): Promise<void> {
  if (!write) return void process.stdout.write(statesText());
  const page = await readFile(readme, 'utf8');
  if (!place.test(page)) throw new OperatorError('src/README.md has no place for the states.');
  await writeFile(readme, page.replace(place, `\n${statesText()}\n`));
}
