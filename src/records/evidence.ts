/**
 * What shows that something is so, on a record of any kind: files by their content, and addresses, each revision kept. Who may add
 * to which record in which state is the record's rule. Owns `evidence` and `evidence_revision`.
 */
import { z } from 'zod';
import type { EventParts } from '../db/audit-event.ts';
import type { Queryable } from '../db/database.ts';
import { selectAll, selectOne, selectOptional, storable } from '../db/rows.ts';
import { audit, type CommandContext } from './command-context.ts';

const evidenceStates = [
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
  /** The name of its record, as `corrective_action:12`. */
  belongsTo: z.string(),
  /** What it shows, in the words of the record's kind. */
  purpose: z.string(),
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

const newest = `select evidence.id, belongs_to, purpose, title, state, number, sha256, size, media_type,
    file_name, address, uploaded_by, uploaded_by_name, uploaded_at, source_link
  from evidence join evidence_revision revision on revision.evidence_id = evidence.id
    and number = (select max(number) from evidence_revision latest where latest.evidence_id = evidence.id)`;

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

/**
 * Keeps it on the record that the caller has locked. The same content again changes nothing; what was rejected or ran out gets a new
 * revision by the same name.
 *
 * @param revised  the piece that it takes the place of, whatever it is called
 */
export async function keepEvidence(
  tx: Queryable,
  command: CommandContext,
  record: string,
  purpose: string,
  item: EvidenceItem,
  revised: Evidence | null = null,
): Promise<Evidence> {
  const known = await selectEvidence(tx, [record]);
  const same = known.find((each) =>
    item.kind === 'file' ? each.sha256 === item.sha256 : each.address === item.address,
  );
  if (same !== undefined && !isWanted(same)) return same;

  const title = item.kind === 'file' ? item.fileName : item.address;
  const earlier = revised ?? known.find((each) => each.title === title && isWanted(each));
  const { id } =
    earlier ??
    (await selectOne(
      tx,
      z.object({ id: z.number() }),
      'insert into evidence (belongs_to, purpose, title) values ($1, $2, $3) returning id',
      [record, purpose, storable(title)],
    ));
  const number = (earlier?.number ?? 0) + 1;
  const file = item.kind === 'file' ? item : null;
  await tx.query(
    `insert into evidence_revision (evidence_id, number, sha256, size, media_type, file_name, address,
       uploaded_by, uploaded_by_name, uploaded_at, source_input, source_link)
     values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)`,
    [id, number, file?.sha256 ?? null, file?.size ?? null, file?.mediaType ?? null, file === null ? null : storable(file.fileName),
      item.kind === 'link' ? storable(item.address) : null, command.actor.id, command.actor.name, command.at, command.inputId, command.link], // prettier-ignore
  );
  await tx.query("update evidence set state = 'submitted' where id = $1", [id]);
  await audit(tx, command, {
    action: 'evidence.submitted',
    record,
    detail: {
      evidence: id,
      revision: number,
      ...(file === null ? {} : { sha256: file.sha256, size: file.size, type: file.mediaType }),
    },
  });
  return selectOne(tx, Evidence, `${newest} where evidence.id = $1`, [id]);
}

/** Asked for, refused or run out: what is brought under the same name answers it. */
function isWanted({ state }: Evidence): boolean {
  return state === 'requested' || state === 'rejected' || state === 'expired';
}

/** All evidence of these records, oldest first. */
export function selectEvidence(tx: Queryable, records: readonly string[]): Promise<Evidence[]> {
  return selectAll(tx, Evidence, `${newest} where belongs_to = any($1) order by evidence.id`, [records]);
}

/** One piece with its newest revision. Its record says who may see it. */
export function selectOptionalEvidence(tx: Queryable, id: number): Promise<Evidence | null> {
  return selectOptional(tx, Evidence, `${newest} where evidence.id = $1`, [id]);
}

/** Pieces that count for a record: all but those that were rejected, have run out or were never brought. */
export async function countEvidenceOf(tx: Queryable, record: string): Promise<number> {
  const { count } = await selectOne(
    tx,
    z.object({ count: z.number() }),
    `select count(*) as count from evidence
     where belongs_to = $1 and state in ('submitted', 'in_review', 'accepted', 'expiring')`,
    [record],
  );
  return count;
}

/** What the move of its record means for evidence that nobody has judged: looked at, accepted with it, or rejected with it. */
export async function judgeEvidenceOf(
  tx: Queryable,
  command: CommandContext,
  record: string,
  state: 'in_review' | 'accepted' | 'rejected',
): Promise<void> {
  const judged = await selectAll(
    tx,
    z.object({ id: z.number() }),
    `update evidence set state = $2
     where belongs_to = $1 and state in ('submitted', 'in_review') and state <> $2 returning id`,
    [record, state],
  );
  const events = judged.map(({ id }): EventParts => ({
    action: `evidence.${state}`,
    record,
    detail: { evidence: id },
  }));
  if (events.length > 0) await audit(tx, command, ...events);
}

/** What was accepted runs out: soon, or by now. */
export async function ageEvidenceOf(
  tx: Queryable,
  command: CommandContext,
  record: string,
  state: 'expiring' | 'expired',
): Promise<void> {
  const aged = await selectAll(
    tx,
    z.object({ id: z.number() }),
    `update evidence set state = $2
     where belongs_to = $1 and state in ('accepted', 'expiring') and state <> $2 returning id`,
    [record, state],
  );
  const events = aged.map(({ id }): EventParts => ({
    action: `evidence.${state}`,
    record,
    detail: { evidence: id },
  }));
  if (events.length > 0) await audit(tx, command, ...events);
}

/** Of records that go with all that hangs on them, by their names in the log. */
export async function deleteEvidenceOf(tx: Queryable, records: readonly string[]): Promise<void> {
  await tx.query(
    'delete from evidence_revision where evidence_id in (select id from evidence where belongs_to = any($1))',
    [records],
  );
  await tx.query('delete from evidence where belongs_to = any($1)', [records]);
}
