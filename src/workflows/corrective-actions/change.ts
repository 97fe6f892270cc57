/** What a card proposes to write: values that we rendered, each later written by one command of the records, or none of them. */
import { z } from 'zod';
import type { CorrectiveAction } from '../../isms/corrective-action/corrective-action.ts';
import {
  causeMethods,
  CauseStep,
  grades,
  sources,
  type Nonconformity,
} from '../../isms/nonconformity/nonconformity.ts';
import { purposes } from '../../isms/register/evidence.ts';
import { EvidenceItem } from '../../records/evidence.ts';
import { actionMoves } from './update/said-update.ts';

/** What happened to a corrective action. */
export const ActionChange = z.object({
  kind: z.literal('corrective_action.update'),
  reference: z.string(),
  /** The record as the card showed it: changed since, and nothing is written. */
  version: z.number(),
  move: z.enum(actionMoves).nullable(),
  progress: z.number().int().min(0).max(100).nullable(),
  /** Asked for, not written: it goes to the approver. */
  dueOn: z.iso.date().nullable(),
  reason: z.string().nullable(),
  note: z.string().nullable(),
  exhibits: z.array(EvidenceItem),
  handOverTo: z.object({ id: z.number(), name: z.string() }).nullable(),
  /** Of a verification: the action with its evidence as the card showed them, see `seen.ts`. */
  seen: z.string().nullable().default(null),
});
export type ActionChange = z.infer<typeof ActionChange>;

/** What happened to a non-conformity itself: its containment, a word about it, something that shows it. */
export const NonconformityChange = z.object({
  kind: z.literal('nonconformity.update'),
  reference: z.string(),
  version: z.number(),
  correction: z.string().nullable(),
  note: z.string().nullable(),
  exhibits: z.array(EvidenceItem),
  purpose: z.enum(purposes),
});
export type NonconformityChange = z.infer<typeof NonconformityChange>;

export const RaiseChange = z.object({
  kind: z.literal('nonconformity.raise'),
  title: z.string(),
  requirement: z.string(),
  evidenceSeen: z.string(),
  gap: z.string(),
  source: z.enum(sources).default('self'),
  audit: z.string().nullable().default(null),
  /** The record of the audit that it came from. */
  auditId: z.number().nullable().default(null),
  department: z.string().nullable().default(null),
  identifiedOn: z.iso.date(),
  grade: z.enum(grades),
  gradeReason: z.string(),
  ownerId: z.number().nullable().default(null),
  exhibits: z.array(EvidenceItem).default([]),
});
export type RaiseChange = z.infer<typeof RaiseChange>;

/** The root cause at the end of an interview. */
export const CauseChange = z.object({
  kind: z.literal('nonconformity.cause'),
  reference: z.string(),
  version: z.number(),
  method: z.enum(causeMethods),
  rootCause: z.string(),
  chain: z.array(CauseStep),
});
export type CauseChange = z.infer<typeof CauseChange>;

/** Words whose record is not known yet: the person picks one of a few, and the change is made of it. */
export const Unplaced = z.object({
  kind: z.literal('unplaced'),
  said: z.unknown(),
  exhibits: z.array(EvidenceItem),
});
export type Unplaced = z.infer<typeof Unplaced>;

/** A change of this action as it is now, which changes nothing yet. */
export function changeOf(
  { reference, version }: Pick<CorrectiveAction, 'reference' | 'version'>,
  values: Partial<Omit<ActionChange, 'kind' | 'reference' | 'version'>> = {},
): ActionChange {
  return {
    kind: 'corrective_action.update',
    reference,
    version,
    move: null,
    progress: null,
    dueOn: null,
    reason: null,
    note: null,
    exhibits: [],
    handOverTo: null,
    seen: null,
    ...values,
  };
}

/** A change of this non-conformity as it is now, which changes nothing yet. */
export function changeOfNonconformity(
  { reference, version }: Pick<Nonconformity, 'reference' | 'version'>,
  values: Partial<Omit<NonconformityChange, 'kind' | 'reference' | 'version'>>,
): NonconformityChange {
  const empty = { correction: null, note: null, exhibits: [], purpose: 'finding' as const };
  return { kind: 'nonconformity.update', reference, version, ...empty, ...values };
}

export const nothingLeft = 'Nothing is left to write. Say at least one thing, or press Cancel on the card.';

/** SHA-256 of those that are files. */
export function filesIn(items: readonly EvidenceItem[]): string[] {
  return items.flatMap((item) => (item.kind === 'file' ? [item.sha256] : []));
}
