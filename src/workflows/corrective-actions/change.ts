/** What a card proposes to write: values that we rendered, each later written by one command of the records, or none of them. */
import { z } from 'zod';
import { causeMethods, grades, sources } from '../../isms/nonconformity/nonconformity.ts';
import { purposes } from '../../isms/register/evidence.ts';
import { EvidenceItem } from '../../records/evidence.ts';
import { actionMoves } from './update/said-update.ts';

/** What happened to a corrective action. */
export const ActionChange = z.object({
  kind: z.literal('action'),
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
  kind: z.literal('nonconformity'),
  reference: z.string(),
  version: z.number(),
  correction: z.string().nullable(),
  note: z.string().nullable(),
  exhibits: z.array(EvidenceItem),
  purpose: z.enum(purposes),
});
export type NonconformityChange = z.infer<typeof NonconformityChange>;

export const RaiseChange = z.object({
  kind: z.literal('raise'),
  title: z.string(),
  requirement: z.string(),
  evidenceSeen: z.string(),
  gap: z.string(),
  source: z.enum(sources),
  audit: z.string().nullable(),
  department: z.string().nullable(),
  identifiedOn: z.iso.date(),
  grade: z.enum(grades),
  gradeReason: z.string(),
  ownerId: z.number().nullable(),
  exhibits: z.array(EvidenceItem),
});
export type RaiseChange = z.infer<typeof RaiseChange>;

/** The root cause at the end of an interview. */
export const CauseChange = z.object({
  kind: z.literal('cause'),
  reference: z.string(),
  version: z.number(),
  method: z.enum(causeMethods),
  rootCause: z.string(),
  chain: z.array(z.object({ question: z.string(), answer: z.string() })),
});
export type CauseChange = z.infer<typeof CauseChange>;

export const Change = z.discriminatedUnion('kind', [
  ActionChange,
  NonconformityChange,
  RaiseChange,
  CauseChange,
]);
export type Change = z.infer<typeof Change>;

/** Words whose record is not known yet: the person picks one of a few, and the change is made of it. */
export const Unplaced = z.object({
  kind: z.literal('unplaced'),
  said: z.unknown(),
  exhibits: z.array(EvidenceItem),
});
export type Unplaced = z.infer<typeof Unplaced>;
