/** The report of an audit for somebody who has never seen Isma, as a Word file. */
import type { Queryable } from '../../db/database.ts';
import type { Block } from '../../files/write-document.ts';
import { documentBytes } from '../../files/write-document.ts';
import { isInternal, type Audit } from '../../isms/audit/audit.ts';
import { selectReport, selectSignOffs } from '../../isms/audit/report.ts';
import { dayIn, momentIn, wording } from '../../language/wording.ts';
import { requirementTitle } from '../../records/requirement-set.ts';

export interface Reader {
  /** `en`, `de`, `fr`, `es`. */
  language: string;
  timeZone: string;
}

/** @returns a DOCX */
export async function documentOf(tx: Queryable, audit: Audit, { language, timeZone }: Reader): Promise<Buffer> {
  const say = wording('audit-report', language);
  const { lead, team, talks, looked, samples, findings } = await selectReport(tx, audit);
  const signOffs = await selectSignOffs(tx, audit.id);
  const { reference, kind, title, state, criteria, scope, methods, conclusion, externalAuditors, departments, sites } = audit;
  const from = audit.heldFrom ?? audit.plannedFrom;
  const until = audit.heldFrom === null ? audit.plannedUntil : (audit.heldUntil ?? audit.plannedUntil);
  const days = [...new Set([from, until])].map((day) => dayIn(language, day)).join(' – ');
  const facts = {
    kind: say(kind), state: say(`state ${state}`), days, lead,
    team: [...team.map(({ name }) => name), ...externalAuditors].join(', '),
    departments: departments.join(', '), sites: sites.join(', '), criteria, scope, methods,
  };
  const tableOr = (rows: string[][], columns: string[], widths: number[], otherwise: string): Block =>
    rows.length === 0 ? { text: say(otherwise) } : { table: { columns: columns.map((each) => say(each)), rows }, widths };
  const optional = (heading: string, rows: string[][], columns: string[], widths: number[]): Block[] =>
    rows.length === 0 ? [] : [{ heading: say(heading) }, tableOr(rows, columns, widths, 'none')];
  return documentBytes({
    title,
    subtitle: `${reference} · ${days}`,
    language,
    foot: reference,
    blocks: [
      { facts: Object.entries(facts).flatMap(([label, value]) => (value === null || value === '' ? [] : [{ label: say(label), value }])) },
      { heading: say('conclusion') },
      { text: conclusion ?? say('unwritten') },
      { heading: say('findings') },
      tableOr(findings.map((finding) => [finding.reference, say(finding.grade), finding.requirement, `${finding.title}\n${finding.evidenceSeen}\n${finding.gap}`]), ['reference', 'grade', 'requirement', 'seen'], [18, 12, 14, 56], 'none'),
      ...optional('looked', looked.map((row) => [`${row.requirement} ${requirementTitle(row.requirement)}${row.site === '' ? '' : ` (${row.site})`}`, say(row.state), row.note ?? '']), ['requirement', 'result', 'note'], [44, 18, 38]),
      ...optional('samples', samples.map((sample) => [sample.requirement, sample.population, sample.ofTotal === null ? String(sample.size) : `${sample.size} / ${sample.ofTotal}`, sample.chosenBy, sample.items, sample.result ?? '']), ['requirement', 'population', 'size', 'chosen', 'items', 'result'], [13, 18, 10, 16, 23, 20]),
      ...optional('plan', talks.map((talk) => [`${dayIn(language, talk.heldOn)}${talk.begins === null ? '' : `, ${talk.begins}`}`, talk.topic, [talk.auditor, talk.auditee].filter((each) => each !== null).join(' – ')]), ['when', 'topic', 'who'], [26, 44, 30]),
      { heading: say('signatures') },
      isInternal(audit)
        ? tableOr(signOffs.map((each) => [each.name, say(`as ${each.part}`), momentIn(language, each.signedAt, timeZone), each.contentHash]), ['name', 'as', 'at', 'hash'], [22, 24, 22, 32], 'unsigned')
        : { text: say('body signs') },
    ],
  });
} // prettier-ignore
