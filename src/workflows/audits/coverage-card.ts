/** «What have our audits not covered yet?»: in words, as a picture, and as a table of all 123 requirements. */
import type { Actions, Context, ReplyParts } from '../../conversation/contract.ts';
import { actionId } from '../../conversation/contract.ts';
import { keepOutgoingFile } from '../../conversation/outgoing-file.ts';
import type { Queryable } from '../../db/database.ts';
import { Refusal } from '../../errors.ts';
import { toAsker } from '../../dialogue/command.ts';
import { drawGrid } from '../../files/draw-grid.ts';
import { tableBytes, type Table } from '../../files/write-table.ts';
import { plansAudits, readsAudits } from '../../isms/audit/audit.ts';
import {
  atSite,
  countCoverage,
  openOf,
  selectCoverage,
  selectPeriod,
  sitesIn,
  yearsOf,
  type Covered,
  type Period,
} from '../../isms/audit/coverage.ts';
import { dayInWords, dayOf } from '../../language/calendar.ts';
import { requirementsInWords } from '../../records/requirement-set.ts';
import { room } from './buttons.ts';
import { planButton } from './plan-form.ts';

/** Chapters of the clauses, and themes of the controls, by our own short words; in this order, since numbers come first. */
const groups: Record<string, string> = {
  4: '4 Context',
  5: '5 Leadership',
  6: '6 Planning',
  7: '7 Support',
  8: '8 Operation',
  9: '9 Evaluation',
  10: '10 Improvement',
  'A.5': 'A.5 Organizational',
  'A.6': 'A.6 People',
  'A.7': 'A.7 Physical',
  'A.8': 'A.8 Technological',
};

export async function coverageCard(tx: Queryable, { person, now }: Context): Promise<ReplyParts> {
  refuseUnlessReads(person);
  const today = dayOf(now, person.timeZone);
  const period = await selectPeriod(tx, today);
  const rows = await selectCoverage(tx, period);
  const { total, covered, planned } = countCoverage(rows);
  const open = openOf(rows);
  const sites = sitesIn(rows).map((site) => {
    const there = countCoverage(atSite(rows, site));
    return { label: site, value: `${there.covered} covered, ${there.planned} planned, ${there.open} open` };
  });
  const { picture, alt } = await pictureOf(rows, period, today);
  const file = await keepOutgoingFile(tx, 'audit-coverage.png', picture.bytes);
  const left = open.length === 0 ? 'Nothing is left that nobody plans.' : `${open.length} of ${total} requirements are in no audit, held or planned.`; // prettier-ignore
  return {
    text: `${left}\n${covered} are covered, ${planned} more are planned. ${inWords(period)}`,
    facts: [
      ...(open.length === 0 ? [] : [{ label: 'In no audit', value: requirementsInWords(open) }]),
      ...(planned === 0 ? [] : [{ label: 'Planned', value: requirementsInWords(rows.filter((row) => row.covered.length === 0 && row.planned.length > 0).map(({ requirement }) => requirement)) }]),
      ...sites,
    ],
    picture: { ...file, alt },
    buttons: [
      ...(open.length > 0 && plansAudits(person) ? [planButton(requirementsInWords(open), 'internal', 'Plan an audit of these')] : []),
      { id: actionId(`${room}.coverage-table`, { format: 'xlsx' }), label: 'Excel' },
      { id: actionId(`${room}.coverage-table`, { format: 'csv' }), label: 'CSV' },
    ],
  };
} // prettier-ignore

function refuseUnlessReads(person: Context['person']): void {
  if (!readsAudits(person)) throw new Refusal('What audits have covered is shown to the ISMS manager, auditors and administrators.'); // prettier-ignore
}

function inWords({ from, until, programme }: Period): string {
  return programme === null
    ? `There is no approved audit programme, so this counts our own audits since ${dayInWords(from)}.`
    : `This counts our own audits of ${programme}, ${dayInWords(from)} to ${dayInWords(until)}.`;
}

/** What each year has covered, what is covered so far, and what is with all that is planned. */
async function pictureOf(rows: readonly Covered[], period: Period, today: string) {
  const years = yearsOf(period);
  const columns = [...years.map((_, at) => `Year ${at + 1}`), 'So far', '+ planned'];
  const shown = Object.entries(groups).map(([group, label]) => {
    const own = rows.filter((row) => row.group === group);
    const { total, covered, planned } = countCoverage(own);
    // Of a year to come nothing is known.
    const inYear = ({ from, until }: { from: string; until: string }) =>
      from > today
        ? null
        : own.filter((row) => row.covered.some(({ day }) => day >= from && day <= until)).length / total;
    return { label, shares: [...years.map(inYear), covered / total, (covered + planned) / total] };
  });
  const percent = (share: number | null | undefined) => `${Math.round((share ?? 0) * 100)} %`;
  const alt = shown.map(({ label, shares }) => `${label}: ${percent(shares.at(-2))} covered, ${percent(shares.at(-1))} with what is planned`).join('; '); // prettier-ignore
  return { picture: await drawGrid({ columns, rows: shown }), alt };
}

const columns = [
  'requirement',
  'title',
  'state',
  'covered_by',
  'last_covered_on',
  'planned_in',
  'planned_on',
];

/** A row a requirement. */
export async function coverageTable(tx: Queryable, today: string): Promise<Table> {
  const rows = await selectCoverage(tx, await selectPeriod(tx, today));
  const named = (entries: Covered['covered']) => [...new Set(entries.map(({ reference, site }) => (site === '' ? reference : `${reference} (${site})`)))].join(', '); // prettier-ignore
  return {
    columns,
    rows: rows.map(({ requirement, title, covered, planned }) => [
      requirement,
      title,
      covered.length > 0 ? 'covered' : planned.length > 0 ? 'planned' : 'open',
      named(covered),
      covered.at(-1)?.day ?? '',
      named(planned),
      planned[0]?.day ?? '',
    ]),
  };
}

export const coverageActions: Actions = {
  [`${room}.coverage`]: async (tx, context) => toAsker(await coverageCard(tx, context)),
  async [`${room}.coverage-table`](tx, { person, now }, { argument }) {
    refuseUnlessReads(person);
    const format = argument('format') === 'csv' ? 'csv' : 'xlsx';
    const table = await coverageTable(tx, dayOf(now, person.timeZone));
    const file = await keepOutgoingFile(tx, `audit-coverage.${format}`, await tableBytes(format, table));
    return toAsker({ text: `All ${table.rows.length} requirements, with the audits that looked at each.`, files: [file] }); // prettier-ignore
  },
};
