/** What happens when its day has come: the check whether a non-conformity's actions worked is asked for. */
import type { DueJob, JobHandler } from '../../conversation/contract.ts';
import type { Queryable } from '../../db/database.ts';
import type { Parts } from './parts.ts';

export async function dueChecks(_tx: Queryable, _now: Date): Promise<DueJob[]> {
  return [];
}

export function effectivenessJobs(_parts: Parts): Record<string, JobHandler> {
  return {};
}
