/** What an auditor would find becomes a record before they come: a card proposes it, its confirmation writes it, and only once. */
import { z } from 'zod';
import { actionId, type Addressed, type Context } from '../../conversation/contract.ts';
import type { Queryable } from '../../db/database.ts';
import { selectOptional } from '../../db/rows.ts';
import { commandOf, toAsker } from '../../dialogue/command.ts';
import { proposeChanges } from '../../dialogue/proposal.ts';
import { Refusal } from '../../errors.ts';
import type { PredictedFinding } from '../../isms/predicted-finding/finding.ts';
import { refuseReadOnly } from '../../records/command-context.ts';
import { selectPerson } from '../../records/person.ts';
import { decideProposal, lockPending } from '../../records/proposal.ts';
import { findingCard, notForThem } from './cards.ts';
import { reportFor } from './reader.ts';

/** Facts that the record quotes. */
const mostQuoted = 20;

export async function raiseFinding(tx: Queryable, context: Context, key: string): Promise<Addressed[]> {
  refuseReadOnly(commandOf(context));
  // Two who press it at once are one after the other.
  await tx.query("select pg_advisory_xact_lock(hashtext('predicted_finding'))");
  const reported = await reportFor(tx, context, null);
  if (reported === null) return toAsker(await notForThem(tx, context));
  const finding = reported.findings.find((each) => each.key === key);
  if (finding === undefined) return toAsker(await findingCard(tx, context, key, null));
  const { raised, rule, requirement } = finding;
  if (raised !== null)
    return toAsker({
      text: `${raised.reference} is open for it already.`,
      buttons: [{ id: actionId('say', { text: raised.reference }), label: `Open ${raised.reference}` }],
    });
  const waiting = await selectWaiting(tx, finding, context.now);
  if (waiting !== null && waiting.personId !== context.person.id)
    throw new Refusal(
      `${(await selectPerson(tx, waiting.personId)).name} is about to raise it: a card waits for their word.`,
    );
  if (waiting !== null) {
    const earlier = await lockPending(tx, commandOf(context), waiting.id);
    await decideProposal(tx, commandOf(context), earlier, 'cancelled');
  }
  return proposeChanges(tx, context, [
    {
      kind: 'nonconformity.raise',
      title: rule.title,
      requirement,
      evidenceSeen: quoted(finding),
      gap: `${rule.expects} That is not so.`,
      source: 'self',
      identifiedOn: reported.moment.day,
      grade: finding.grade,
      gradeReason: rule.why,
      ownerId: finding.owners[0]?.id ?? null,
    },
  ]);
}

function quoted({ facts }: PredictedFinding): string {
  const lines = facts.slice(0, mostQuoted).map(({ text }) => text);
  return [...lines, ...(facts.length > mostQuoted ? [`And ${facts.length - mostQuoted} more.`] : [])].join(
    '\n',
  );
}

const Waiting = z.object({ id: z.number(), personId: z.number() });

/** A card of the same that nobody has decided. */
function selectWaiting(tx: Queryable, { rule, requirement }: PredictedFinding, now: Date) {
  return selectOptional(
    tx,
    Waiting,
    `select id, person_id from proposal where state = 'shown' and expires_at >= $1
       and changes -> 0 ->> 'kind' = 'nonconformity.raise' and changes -> 0 ->> 'requirement' = $2
       and (changes -> 0 ->> 'title' = $3 or position($4 in changes -> 0 ->> 'gap') > 0)
     order by id limit 1`,
    [now, requirement, rule.title, rule.expects],
  );
}
