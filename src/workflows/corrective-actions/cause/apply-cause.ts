/** Records the cause that a card proposed, once its person confirmed it, and says what comes next. */
import { actionId, type Addressed } from '../../../conversation/contract.ts';
import type { Queryable } from '../../../db/database.ts';
import { toAsker } from '../../../dialogue/command.ts';
import { endInterviews } from '../../../isms/nonconformity/cause-interview.ts';
import { recordCause } from '../../../isms/nonconformity/moves.ts';
import type { CommandContext } from '../../../records/command-context.ts';
import type { CauseChange } from '../change.ts';

/** After a person confirmed it. Whoever else was asked about it need not answer any more. */
export async function applyCause(
  tx: Queryable,
  command: CommandContext,
  { reference, method, rootCause, chain }: CauseChange,
): Promise<{ lines: string[]; told: Addressed[] }> {
  const nonconformity = await recordCause(tx, command, reference, { method, rootCause, chain });
  await endInterviews(tx, nonconformity.id);
  const next =
    nonconformity.similarSearchedAt === null
      ? {
          text: `Next for ${nonconformity.reference}: could the same be so elsewhere? I list what the register holds; you tick what is alike and say where else you looked.`,
          buttons: [
            {
              id: actionId('corrective-actions.similar', { record: nonconformity.reference }),
              label: 'Look for similar ones',
              style: 'primary' as const,
              opensForm: true,
            },
          ],
        }
      : null;
  return {
    lines: [`${nonconformity.reference}: its root cause is recorded.`],
    told: next === null ? [] : toAsker(next),
  };
}
