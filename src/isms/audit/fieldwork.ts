/** What is noted during an audit: samples, and what was looked at. Owns `audit_sample` and `audit_coverage`. */
import type { Queryable } from '../../db/database.ts';
import { storable } from '../../db/rows.ts';
import { Refusal } from '../../errors.ts';
import { audit as log, optional, required, type CommandContext } from '../../records/command-context.ts';
import { audits, type Audit } from './audit.ts';

export interface NewSample {
  requirement: string;
  /** What there was to choose from. */
  population: string;
  size: number;
  /** How many there were in all; null where nobody counted. */
  ofTotal: number | null;
  chosenBy: string;
  items: string;
  result: string | null;
}

/** «5 of 40», or «5» where nobody counted them all. @throws Refusal */
export function readSize(said: string): Pick<NewSample, 'size' | 'ofTotal'> {
  const [, size, total] = /^(\d{1,6})(?:\s*(?:of|von|sur|de|\/)\s*(\d{1,6}))?$/iu.exec(said.trim()) ?? [];
  if (size === undefined || Number(size) === 0) throw new Refusal(`«${said}» is no number. Write it as «5 of 40».`); // prettier-ignore
  if (total !== undefined && Number(total) < Number(size)) throw new Refusal(`${size} of ${total} cannot be: write the smaller number first.`); // prettier-ignore
  return { size: Number(size), ofTotal: total === undefined ? null : Number(total) };
}

/** The caller has the audit locked. */
export async function addSample(
  tx: Queryable,
  command: CommandContext,
  audit: Audit,
  sample: NewSample,
): Promise<void> {
  const { actor, at } = command;
  const { rows } = await tx.query(
    `insert into audit_sample (audit_id, requirement, population, size, of_total, chosen_by, items, result, taken_by, taken_by_name, taken_at)
     values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11) returning id`,
    [audit.id, sample.requirement, storable(required(sample.population, 'What there was to choose from', 500)), sample.size, sample.ofTotal,
      storable(required(sample.chosenBy, 'How they were chosen', 500)), storable(required(sample.items, 'Which they were')),
      optional(sample.result, 'What was seen'), actor.id, actor.name, at],
  ); // prettier-ignore
  const detail = { sample: Number(rows[0]?.id), requirement: sample.requirement };
  await log(tx, command, { action: 'audit.sampled', record: audits.nameOf(audit), detail });
}

/**
 * The caller has the audit locked.
 *
 * @param said  null for all that is left. What was not planned is added: an auditor follows a trail
 * @returns what is marked now
 * @throws Refusal where something is left out and nobody says why
 */
export async function markLooked(
  tx: Queryable,
  command: CommandContext,
  { id, sites }: Audit,
  said: readonly string[] | null,
  { state, note }: { state: 'covered' | 'left_out'; note: string | null },
): Promise<string[]> {
  const { actor, at } = command;
  const why = optional(note, 'The note', 1_000);
  if (state === 'left_out' && why === null) throw new Refusal('Say why it is left out: whoever reads the report will ask.'); // prettier-ignore
  const values = [id, said, state, actor.id, at, why === null ? null : storable(why)];
  if (said !== null)
    await tx.query(
      `insert into audit_coverage (audit_id, requirement, site, state, noted_by, noted_at)
       select $1, said.requirement, site, 'planned', $4, $5 from unnest($2::text[]) said (requirement), unnest($3::text[]) site
       where not exists (select from audit_coverage known where known.audit_id = $1 and known.requirement = said.requirement)
       on conflict do nothing`,
      [id, said, sites.length === 0 ? [''] : sites, actor.id, at],
    );
  const { rows } = await tx.query(
    `update audit_coverage set state = $3, noted_by = $4, noted_at = $5, note = coalesce($6, note)
     where audit_id = $1 and case when $2::text[] is null then state = 'planned' else requirement = any($2) end returning requirement`,
    values,
  );
  const marked = [...new Set(rows.map(({ requirement }) => String(requirement)))];
  if (marked.length > 0) await log(tx, command, { action: 'audit.covered', record: audits.nameOf({ id }), detail: { requirements: marked, state } }); // prettier-ignore
  return marked;
}
