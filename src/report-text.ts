/** What the operator's commands print. */
import { z } from 'zod';
import type { Queryable } from './db/database.ts';
import { selectAll } from './db/rows.ts';
import type { Evaluation, Scores } from './knowledge/evaluate.ts';
import type { IngestReport } from './knowledge/ingest.ts';
import type { Passage } from './knowledge/search.ts';

export function reportText(report: IngestReport, withVectors: boolean): string {
  const { added, changed, unchanged, archived, failed, hidden, embedded, embeddingProblem } = report;
  const lines: string[] = [];
  if (added.length + changed.length + archived.length + failed.length === 0)
    lines.push(`Nothing to do: all ${unchanged} documents are unchanged.`);
  else
    lines.push(
      `Documents: ${added.length} added, ${changed.length} changed, ${unchanged} unchanged, ${archived.length} archived, ${failed.length} could not be read.`,
    );
  for (const name of archived) lines.push(`  archived: ${name} is no longer in the folder`);
  for (const { name, reason } of failed) lines.push(`  not read: ${name}: ${reason}`);
  for (const { name, removed } of hidden)
    lines.push(
      `  hidden text: ${removed} characters or elements that no reader sees were taken out of ${name}`,
    );
  if (embedded > 0) lines.push(`Vectors: ${embedded} texts embedded.`);
  if (embeddingProblem !== null)
    lines.push(
      `Vectors are missing: ${embeddingProblem} Search goes by keywords there; run ingest again to complete them.`,
    );
  else if (!withVectors && added.length + changed.length > 0)
    lines.push('Keyword search only: no embedding endpoint is set (EMBEDDING_MODEL).');
  return `${lines.join('\n')}\n`;
}

export function passageText(
  { title, version, number, heading, kind, textRank, vectorRank, score, sourcePath }: Passage,
  index: number,
): string {
  const ranks = [
    textRank === null ? null : `text #${textRank}`,
    vectorRank === null ? null : `vector #${vectorRank}`,
  ]
    .filter((rank) => rank !== null)
    .join(', ');
  return `${String(index + 1).padStart(2)}  ${score.toFixed(3)}  ${title} v${version} · ${`${number} ${heading}`.trim()}  (${kind}, ${ranks}, ${sourcePath ?? 'approved answer'})`;
}

export function scoresText({
  overall,
  byCategory,
  legs,
}: Pick<Evaluation, 'overall' | 'byCategory' | 'legs'>): string {
  const row = (name: string, scores: Scores) =>
    `${name.padEnd(16)} n=${String(scores.n).padStart(3)}  recall@1 ${scores['recall@1'].toFixed(3)}  recall@5 ${scores['recall@5'].toFixed(3)}  recall@10 ${scores['recall@10'].toFixed(3)}  mrr@10 ${scores['mrr@10'].toFixed(3)}`;
  return [
    row('overall', overall),
    ...Object.entries(byCategory).map(([name, scores]) => row(`  ${name}`, scores)),
    ...Object.entries(legs).map(([name, scores]) => row(`leg: ${name}`, scores)),
  ].join('\n');
}

export function curveText({
  auc,
  floor,
  answerableRefused,
  unanswerableRefused,
  curve,
}: Evaluation['refusal']): string {
  const percent = (share: number) => `${(share * 100).toFixed(1)} %`.padStart(7);
  return [
    `refusal at the floor ${floor}: ${percent(answerableRefused)} of what can be answered, ${percent(unanswerableRefused)} of what cannot; AUC ${auc.toFixed(3)}`,
    ...curve.map(
      (point) =>
        `  floor ${point.floor.toFixed(2)}  answerable ${percent(point.answerableRefused)}  unanswerable ${percent(point.unanswerableRefused)}`,
    ),
  ].join('\n');
}

const Count = z.object({ state: z.string(), n: z.number() });
const Problem = z.object({ id: z.string(), state: z.string(), problem: z.string().nullable() });

const Unreachable = z.object({ name: z.string(), platform: z.string(), since: z.date(), reason: z.string() });

export async function statusText(tx: Queryable): Promise<string> {
  const inbox = await selectAll(
    tx,
    Count,
    'select state, count(*) as n from inbox group by state order by state',
  );
  const outbox = await selectAll(
    tx,
    Count,
    'select state, count(*) as n from outbox group by state order by state',
  );
  const inputs = await selectAll(
    tx,
    Problem,
    "select id::text, state, problem from inbox where state in ('dead', 'quarantined') order by inbox.id desc limit 20",
  );
  const deliveries = await selectAll(
    tx,
    Problem,
    "select id::text, state, problem from outbox where state in ('unknown', 'failed') order by outbox.id desc limit 20",
  );
  const use = await selectAll(
    tx,
    z.object({ calls: z.number(), tokens: z.number(), cost: z.number() }),
    'select coalesce(sum(calls), 0)::integer as calls, coalesce(sum(input_tokens + output_tokens), 0)::integer as tokens, coalesce(sum(cost), 0)::float8 as cost from model_use where used_on = current_date',
  );
  const unreachable = await selectAll(
    tx,
    Unreachable,
    `select person.name, platform, unreachable_since as since, unreachable_reason as reason
     from identity join person on person.id = person_id where unreachable_since is not null order by unreachable_since desc limit 20`,
  );
  const counts = (rows: { state: string; n: number }[]) =>
    rows.map(({ state, n }) => `${n} ${state}`).join(', ') || 'nothing yet';
  const lines = [
    `Taken in: ${counts(inbox)}`,
    `To deliver: ${counts(outbox)}`,
    ...use.map(
      ({ calls, tokens, cost }) =>
        `Language model today: ${calls} calls, ${tokens} tokens${cost > 0 ? `, cost ${cost.toFixed(4)}` : ''}`,
    ),
    ...inputs.map(({ id, state, problem }) => `  input ${id} is ${state}: ${problem ?? ''}`),
    ...deliveries.map(({ id, state, problem }) => `  delivery ${id} is ${state}: ${problem ?? ''}`),
    ...unreachable.map(
      ({ name, platform, since, reason }) =>
        `  cannot be reached: ${name} on ${platform}, since ${since.toISOString().slice(0, 10)} (${reason})`,
    ),
  ];
  return `${lines.join('\n')}\n`;
}
