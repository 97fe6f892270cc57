/** Who and what there is in the organisation of the year, and what it aims for and measures. */
import type { Reply } from '../../src/conversation/contract.ts';
import type { Role } from '../../src/isms/person/people-import.ts';
import type { Dialogue } from '../workflows/corrective-actions/dialogue.ts';
import type { Name } from '../workflows/corrective-actions/given-records.ts';

export const people: [Name, string, string, Role[], Name | null][] = [
  ['hugo', 'Hugo Owner', 'Management', ['employee', 'manager'], null],
  ['ines', 'Ines Isms', 'Information Security', ['employee', 'isms_manager'], 'hugo'],
  ['mona', 'Mona Manager', 'IT', ['employee', 'manager', 'action_owner'], 'hugo'],
  ['omar', 'Omar Oakapple', 'IT', ['employee', 'action_owner'], 'mona'],
  ['quinn', 'Quinn Auditor', 'Quality', ['employee', 'action_owner', 'auditor'], 'hugo'],
  ['hanna', 'Hanna Human', 'HR', ['employee', 'manager'], 'hugo'],
];

export const policies: Record<string, string> = {
  'POL-01 Information Security Policy': 'Once a year Hugo and Ines hold the management review.\n\nWe set objectives each January.',
  'POL-30 Scope of the Management System': 'The management system covers all that we do in Bremen.',
  'POL-26 Internal Audit and Corrective Action Policy': '- Internal audits take place at least once a year.\n- Auditors do not audit their own department.\n- A nonconformity is closed only after somebody else has checked that it worked.',
  'POL-27 Document Control Policy': 'The owner reviews each document every 24 months.',
  'POL-10 Access Control Policy': 'Access ends on the last working day.',
  'POL-25 Risk Management Policy': 'Once a year each department goes through its risks.',
  'POL-31 Risk Register': 'R-1: somebody reads what is not theirs. Treated by access control.',
  'POL-05 Asset Inventory and Acceptable Use': 'Every device is on the list of IT.',
  'POL-14 Suppliers, Continuity and Legal Obligations': 'Suppliers are looked at once a year.',
  'POL-15 Incident and Confidentiality Policy': 'The person on call sets the severity.',
  'POL-12 Operations, Configuration and Secure Development': 'Changes are tried before they go live.',
}; // prettier-ignore

interface Speaking {
  talk: Dialogue;
  tell(text: string): void;
  ask(name: Name, text: string): Promise<Reply>;
}

export async function aims({ talk, ask, tell }: Speaking): Promise<void> {
  tell('Hugo sets what security is to reach this year, as the policy asks, and Ines what shows how far that is: a number each quarter, which Mona says in a sentence.'); // prettier-ignore
  await talk.command('ines', 'metrics.send-begin', { title: 'Phishing reporting rate', method: 'Test mails', unit: '%', cadence: 'quarterly', target: '60', better: 'at_least', owner: 'Mona' }); // prettier-ignore
  await aimed({ talk }, { title: 'Phishing is reported', due: '2026-12-31' });
  await ask('mona', 'phishing reporting rate was 41 % in Q1 2026');
  await talk.press('mona', 'Confirm');
  await ask('hugo', 'OB-1');
}

export async function aimed({ talk }: Pick<Speaking, 'talk'>, { title, due }: { title: string; due: string }): Promise<void> {
  await talk.command('hugo', 'objectives.send-begin', { title, measure: 'Phishing reporting rate', target: 'At least 60 %', metric: 'ME-2026-001', plan: 'A test and a talk each quarter', due_on: due, owner: 'Mona' });
} // prettier-ignore

export async function measured(
  { talk }: Pick<Speaking, 'talk'>,
  period: string,
  value: string,
): Promise<void> {
  await talk.command('mona', 'metrics.send-fill?record=ME-1&move=measure', { period, value, note: '' });
}

export async function reached({ talk, ask }: Speaking): Promise<void> {
  await talk.command('mona', 'objectives.send-fill?record=OB-1&move=meet', { result: '63 % in the third quarter' }); // prettier-ignore
  await ask('hugo', 'OB-1');
}
