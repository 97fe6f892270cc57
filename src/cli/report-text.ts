/** What the operator's commands print. */
import type { Evaluation, Scores } from '../knowledge/evaluate.ts';
import type { IngestReport } from '../knowledge/ingest.ts';
import type { Passage } from '../knowledge/search.ts';

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
