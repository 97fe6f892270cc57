/** The root cause at the end of an interview, as a card proposes it and its confirmation writes it. */
import { actionId } from '../../../conversation/contract.ts';
import type { Queryable } from '../../../db/database.ts';
import { defineChange, type Applied } from '../../../dialogue/change.ts';
import { toAsker } from '../../../dialogue/command.ts';
import { endInterviews } from '../../../isms/nonconformity/cause-interview.ts';
import { recordCause } from '../../../isms/nonconformity/moves.ts';
import type { CommandContext } from '../../../records/command-context.ts';
import { room } from '../buttons.ts';
import { CauseChange } from '../change.ts';
import { currentNonconformity } from '../update/nonconformity-change.ts';
import { causeForm, causeLines } from './cause-card.ts';

defineChange<CauseChange>({
  kind: 'nonconformity.cause',
  formerly: 'cause',
  schema: CauseChange,
  room,
  nameOf: ({ reference }) => reference,
  current: currentNonconformity,
  markOf: ({ version }) => String(version),
  apply: applyCause,
  show: async (_tx, change) => ({
    title: `The root cause of ${change.reference}`,
    lines: causeLines(change),
  }),
  form: (_tx, _context, change, _id, proposal) => causeForm(change, proposal),
  alone: true,
});

/** After a person confirmed it. Whoever else was asked about it need not answer any more. */
async function applyCause(
  tx: Queryable,
  command: CommandContext,
  { reference, method, rootCause, chain }: CauseChange,
): Promise<Applied> {
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
