/** Whether somebody is ready for an audit by stage, from facts alone: what blocks is never outweighed, and nothing is added up to a score. */
import type { Queryable } from '../../db/database.ts';
import { selectOptional } from '../../db/rows.ts';
import { z } from 'zod';
import type { Fact } from './fact.ts';

export const stages = ['stage1', 'stage2', 'surveillance', 'recertification'] as const;
export type Stage = (typeof stages)[number];

export type Standing = 'blocks' | 'open' | 'fine';

/** Of what is counted only to be known of, as what is not due yet or is planned ahead. */
const onlyTold = new Set([
  'acknowledgements.waiting',
  'training.waiting',
  'nonconformities.minor_open',
  'nonconformities.other_open',
  'audits.planned',
  'review.planned',
  'certification.ahead',
  'objectives.open',
]);
/** There has to be one. */
const atLeastOne = new Set(['audits.internal', 'audits.programme', 'review.held', 'certification.valid']);
/** The more the better: of all. */
const shares = new Set(['objectives.met', 'documents.required', 'soa.approved', 'soa.decided', 'soa.implemented', 'audits.coverage', 'acknowledgements.done', 'training.done', 'evidence.fresh', 'evidence.controls']); // prettier-ignore
export const isShare = ({ key }: Pick<Fact, 'key'>): boolean => shares.has(key);
/** What weighs most is said first. */
const weightiest = ['nonconformities', 'audits', 'review', 'soa', 'documents', 'certification'];
/** Only whoever has a certificate can lose it. */
const afterwards: readonly Stage[] = ['surveillance', 'recertification'];

export function standingOf({ key, count, of, blocks }: Fact, stage: Stage): Standing {
  if (key === 'certification.valid')
    return count === 0 && afterwards.includes(stage) ? 'blocks' : 'fine';
  if (blocks) return 'blocks';
  if (onlyTold.has(key) || key === 'objectives.met') return 'fine';
  if (atLeastOne.has(key)) return count > 0 ? 'fine' : 'open';
  if (shares.has(key)) return count < (of ?? 0) ? 'open' : 'fine';
  return count > 0 ? 'open' : 'fine';
} // prettier-ignore

export interface Verdict {
  stage: Stage;
  /** Facts that block, what weighs most first, then those that are open. */
  blocking: Fact[];
  open: Fact[];
}

export function verdictOf(facts: readonly Fact[], stage: Stage): Verdict {
  const those = (standing: Standing) => facts.filter((fact) => standingOf(fact, stage) === standing);
  const weight = ({ part }: Fact) => weightiest.indexOf(part);
  return {
    stage,
    blocking: those('blocks').toSorted((one, other) => weight(one) - weight(other)),
    open: those('open'),
  };
}

const next: Record<string, Stage> = {
  preparing: 'stage1',
  stage1_done: 'stage2',
  surveillance_2: 'recertification',
  recertification: 'recertification',
  certified: 'surveillance',
  surveillance_1: 'surveillance',
};

/** The audit that comes next, and where it is planned its day. */
export async function selectNextAudit(tx: Queryable, day: string): Promise<{ stage: Stage; on: string | null }> {
  const planned = await selectOptional(
    tx,
    z.object({ kind: z.enum(stages), plannedFrom: z.string() }),
    `select kind, planned_from from audit where kind <> 'internal' and state in ('planned', 'prepared') and planned_until >= $1
     order by planned_from, id limit 1`,
    [day],
  );
  if (planned !== null) return { stage: planned.kind, on: planned.plannedFrom };
  const certification = await selectOptional(
    tx,
    z.object({ state: z.string() }),
    "select state from certification where state not in ('withdrawn', 'expired') order by id desc limit 1",
  );
  return { stage: next[certification?.state ?? ''] ?? 'stage2', on: null };
} // prettier-ignore
