/** What shows that something is so: files by their content, and addresses, each revision kept. Owns `evidence` and `evidence_revision`. */
import { z } from 'zod';
import type { Queryable } from '../../db/database.ts';
import { selectAll, selectOne, selectOptional, storable } from '../../db/rows.ts';
import { Refusal } from '../../errors.ts';
import {
  actionRecordOf,
  actionStateInWords,
  isUnfinished,
  type CorrectiveAction,
} from '../corrective-action/corrective-action.ts';
import { audit, broughtThere, type CommandContext, type Event } from '../../records/command-context.ts';
import { recordOf, type Nonconformity } from '../nonconformity/nonconformity.ts';
import { refuseWithoutPlace } from './note.ts';

export const purposes = ['finding', 'correction', 'action', 'effectiveness'] as const;
export const evidenceStates = [
  'requested',
  'submitted',
  'in_review',
  'accepted',
  'rejected',
  'expiring',
  'expired',
] as const;

export const Evidence = z.object({
  id: z.number(),
  nonconformityId: z.number(),
  actionId: z.number().nullable(),
  purpose: z.enum(purposes),
  title: z.string(),
  state: z.enum(evidenceStates),
  number: z.number(),
  sha256: z.string().nullable(),
  size: z.number().nullable(),
  mediaType: z.string().nullable(),
  fileName: z.string().nullable(),
  address: z.string().nullable(),
  uploadedBy: z.number(),
  uploadedByName: z.string(),
  uploadedAt: z.date(),
  sourceLink: z.string().nullable(),
});
/** A piece of evidence with its newest revision. */
export type Evidence = z.infer<typeof Evidence>;

const columns = `evidence.id, nonconformity_id, action_id, purpose, title, state, number, sha256, size, media_type, file_name, address, uploaded_by,
  uploaded_by_name, uploaded_at, source_link`;

/** A file that is stored and was looked into, or an address that nobody has fetched. */
export const EvidenceItem = z.discriminatedUnion('kind', [
  z.object({
    kind: z.literal('file'),
    sha256: z.string().regex(/^[0-9a-f]{64}$/),
    /** Bytes. */
    size: z.number(),
    mediaType: z.string(),
    fileName: z.string(),
  }),
  z.object({ kind: z.literal('link'), address: z.url({ protocol: /^https?$/ }).max(2_000) }),
]);
export type EvidenceItem = z.infer<typeof EvidenceItem>;

export interface Submission {
  nonconformity: Nonconformity;
  /** Null for evidence of the non-conformity itself. */
  action: CorrectiveAction | null;
  purpose: (typeof purposes)[number];
  exhibit: EvidenceItem;
}

/**
 * Keeps it on the record that the caller has locked, by anybody with a place on it. The same content again changes nothing; what was rejected
 * or ran out gets a new revision by the same name.
 */
export async function submitEvidence(
  tx: Queryable,
  command: CommandContext,
  { nonconformity, action, purpose, exhibit }: Submission,
): Promise<Evidence> {
  await refuseWithoutPlace(tx, command, nonconformity, action);
  if (nonconformity.state === 'closed' || nonconformity.state === 'rejected')
    throw new Refusal(`${nonconformity.reference} is ${nonconformity.state}, so nothing can be added to it.`);
  if (action !== null && !isUnfinished(action))
    throw new Refusal(
      `${action.reference} is ${actionStateInWords[action.state]} (${broughtThere(command, action)}): its evidence stays as it is. Add it to ${nonconformity.reference} instead.`,
    );
  const known = (await selectEvidenceOf(tx, nonconformity.id)).filter(
    (each) => each.actionId === (action?.id ?? null),
  );
  const same = known.find((each) =>
    exhibit.kind === 'file' ? each.sha256 === exhibit.sha256 : each.address === exhibit.address,
  );
  if (same !== undefined && !isWanted(same)) return same;

  const title = exhibit.kind === 'file' ? exhibit.fileName : exhibit.address;
  const earlier = known.find((each) => each.title === title && isWanted(each));
  const { id } =
    earlier ??
    (await selectOne(
      tx,
      z.object({ id: z.number() }),
      'insert into evidence (nonconformity_id, action_id, purpose, title) values ($1, $2, $3, $4) returning id',
      [nonconformity.id, action?.id ?? null, purpose, storable(title)],
    ));
  const number = (earlier?.number ?? 0) + 1;
  const file = exhibit.kind === 'file' ? exhibit : null;
  await tx.query(
    `insert into evidence_revision (evidence_id, number, sha256, size, media_type, file_name, address, uploaded_by, uploaded_by_name, uploaded_at, source_input, source_link)
     values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)`,
    [id, number, file?.sha256 ?? null, file?.size ?? null, file?.mediaType ?? null, file === null ? null : storable(file.fileName),
      exhibit.kind === 'link' ? storable(exhibit.address) : null, command.actor.id, command.actor.name, command.at, command.inputId, command.link], // prettier-ignore
  );
  await tx.query("update evidence set state = 'submitted' where id = $1", [id]);
  await audit(tx, command, {
    action: 'evidence.submitted',
    record: action === null ? recordOf(nonconformity) : actionRecordOf(action),
    detail: {
      evidence: id,
      revision: number,
      ...(file === null ? {} : { sha256: file.sha256, size: file.size, type: file.mediaType }),
    },
  });
  return selectOne(tx, Evidence, `select ${columns} from evidence ${newest} where evidence.id = $1`, [id]);
}

/** Asked for, refused or run out: what is brought under the same name answers it. */
function isWanted({ state }: Evidence): boolean {
  return state === 'requested' || state === 'rejected' || state === 'expired';
}

const newest = `join evidence_revision revision on revision.evidence_id = evidence.id
  and number = (select max(number) from evidence_revision latest where latest.evidence_id = evidence.id)`;

/** All evidence of a non-conformity and its actions, oldest first. */
export function selectEvidenceOf(tx: Queryable, nonconformityId: number): Promise<Evidence[]> {
  return selectAll(
    tx,
    Evidence,
    `select ${columns} from evidence ${newest} where nonconformity_id = $1 order by evidence.id`,
    [nonconformityId],
  );
}

/** One piece with its newest revision, and the non-conformity that says who may see it. */
export function selectOptionalEvidence(tx: Queryable, id: number): Promise<Evidence | null> {
  return selectOptional(tx, Evidence, `select ${columns} from evidence ${newest} where evidence.id = $1`, [
    id,
  ]);
}

/** Pieces that count for an action: all but those that were rejected, have run out or were never brought. */
export async function countEvidence(tx: Queryable, { id }: Pick<CorrectiveAction, 'id'>): Promise<number> {
  const { count } = await selectOne(
    tx,
    z.object({ count: z.number() }),
    "select count(*) as count from evidence where action_id = $1 and state in ('submitted', 'in_review', 'accepted', 'expiring')",
    [id],
  );
  return count;
}

/** What the move of its action means for evidence that nobody has judged: looked at, accepted with it, or rejected with it. */
export async function judgeEvidence(
  tx: Queryable,
  command: CommandContext,
  action: CorrectiveAction,
  state: 'in_review' | 'accepted' | 'rejected',
): Promise<void> {
  const judged = await selectAll(
    tx,
    z.object({ id: z.number() }),
    "update evidence set state = $2 where action_id = $1 and state in ('submitted', 'in_review') and state <> $2 returning id",
    [action.id, state],
  );
  const events = judged.map(({ id }): Event => ({
    action: `evidence.${state}`,
    record: actionRecordOf(action),
    detail: { evidence: id },
  }));
  if (events.length > 0) await audit(tx, command, ...events);
}
