/** Which assessment somebody means, as far as they may see it. */
import type { Context } from '../../conversation/contract.ts';
import type { Queryable } from '../../db/database.ts';
import { commandOf } from '../../dialogue/command.ts';
import { Refusal } from '../../errors.ts';
import { assessments, leadsAssessment, type Assessment } from '../../isms/assessment/assessment.ts';

/** @param reference  or nothing, for the newest. @throws Refusal for what the person may not see, as for what is not there */
export async function findAssessment(
  tx: Queryable,
  { person }: Context,
  reference: string,
): Promise<Assessment> {
  const named = reference === '' ? null : await assessments.selectOptional(tx, reference);
  const where = reference === '' ? "state <> 'draft'" : 'id = $3';
  const seen = await assessments.selectSeen(tx, person, where, reference === '' ? [] : [named?.id ?? 0]);
  const found = seen.at(-1);
  if (found === undefined)
    throw new Refusal(
      reference === ''
        ? 'There is no gap analysis that you may see yet. Say «gap analysis» to begin one.'
        : `There is no ${reference} that you may see. Say «gap analyses» for those that you may.`,
    );
  return found;
}

/** Locked until the caller's transaction ends, for whoever leads it. */
export async function lockLed(tx: Queryable, context: Context, reference: string): Promise<Assessment> {
  const { id } = await findAssessment(tx, context, reference);
  const assessment = await assessments.lock(tx, id);
  await leadsAssessment.refuseUnless(tx, commandOf(context), assessment, null);
  return assessment;
}
