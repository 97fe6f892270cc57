/** Choices of a non-conformity as people read them, in forms and on cards. */
import type { Field } from '../../conversation/contract.ts';
import type { CorrectiveAction } from '../../isms/corrective-action/corrective-action.ts';
import type { EffectivenessCheck } from '../../isms/nonconformity/effectiveness.ts';
import type {
  Grade,
  NonconformityState,
  causeMethods,
  sources,
} from '../../isms/nonconformity/nonconformity.ts';

export const sourceInWords: Record<(typeof sources)[number], string> = {
  internal_audit: 'internal audit',
  external_audit: 'external audit',
  incident: 'incident',
  monitoring: 'monitoring',
  complaint: 'complaint',
  self: 'noticed at work',
  supplier: 'supplier',
};

export const gradeChoices: Record<Grade, string> = {
  major: 'Major: a requirement is missed as a whole, or in much of what was looked at',
  minor: 'Minor: a single slip in something that otherwise works',
  ofi: 'Opportunity for improvement: nothing is broken, it could be better',
  observation: 'Observation: worth keeping an eye on',
};

export const resultChoices: Record<EffectivenessCheck['result'], string> = {
  effective: 'It worked',
  partly: 'It worked in part',
  not: 'It did not work',
};

/** What an action is for, as it is chosen; in a line of a list only where it is not the usual. */
export const purposeChoices: Record<CorrectiveAction['purpose'], string> = {
  corrective: 'It takes away the cause',
  correction: 'It puts right what was found',
  isms_change: 'It changes the management system itself (10.2 e)',
};

export const methodInWords: Record<(typeof causeMethods)[number], string> = {
  five_whys: 'five whys',
  fishbone: 'fishbone',
  other: 'in own words',
};

export function optionsFrom(words: Record<string, string>): Field['options'] {
  return Object.entries(words).map(([value, label]) => ({ value, label: capitalised(label) }));
}

export function capitalised(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}

export const shortNonconformityState: Record<NonconformityState, string> = {
  open: 'open',
  contained: 'contained',
  cause_found: 'cause found',
  action_planned: 'actions planned',
  implemented: 'implemented',
  verifying: 'waiting for its check',
  closed: 'closed',
  rejected: 'rejected',
};

/** In place of a gap that nobody has said yet: whoever reports it need not know what should have been so. */
export const gapToBeSaid = 'To be said by whoever leads it.';

/** Of records from before it was asked for, too: such a gap says nothing of its own. */
export function isUnsaidGap(gap: string): boolean {
  return gap === gapToBeSaid || gap.startsWith('What was seen');
}
