/** The report as a Word file and as a table, for readers who are not in chat. */
import { keepOutgoingFile } from '../../conversation/outgoing-file.ts';
import { actionId, type Addressed, type Context } from '../../conversation/contract.ts';
import type { Database, Queryable } from '../../db/database.ts';
import { toAsker } from '../../dialogue/command.ts';
import { sendTable } from '../../dialogue/list.ts';
import type { ReportAsked } from '../../dialogue/room.ts';
import { OperatorError, Refusal } from '../../errors.ts';
import { documentBytes, type Block } from '../../files/write-document.ts';
import type { Table } from '../../files/write-table.ts';
import type { PredictedFinding } from '../../isms/predicted-finding/finding.ts';
import { dayInWords } from '../../language/calendar.ts';
import { selectSetting } from '../../records/setting.ts';
import { dayValues, notForThem } from './cards.ts';
import {
  byWhen,
  countsInWords,
  findingLine,
  gradeWords,
  limits,
  ownersInWords,
  promisePlace,
  requirementInWords,
  room,
  verdict,
  whyThen,
} from './phrases.ts';
import { reportFor, type Asked, type Reported } from './reader.ts';

/** Facts of one finding that the report names. */
const mostFacts = 100;

const columns = [
  'grade',
  'requirement',
  'finding',
  'why',
  'expected',
  'facts',
  'policy',
  'section',
  'version',
  'promise',
  'owners',
  'mend_by',
  'raised',
];

function tableOf(findings: readonly PredictedFinding[]): Table {
  const rows = findings.map((finding) => [
    gradeWords[finding.grade],
    finding.requirement,
    finding.rule.title,
    finding.rule.why,
    finding.rule.expects,
    finding.facts.map(({ text }) => text).join('\n'),
    finding.promise?.reference ?? '',
    finding.promise?.section ?? '',
    finding.promise?.version ?? '',
    finding.promise?.words ?? '',
    finding.owners.map(({ name }) => name).join(', '),
    finding.mendBy?.on ?? '',
    finding.raised?.reference ?? '',
  ]);
  return { columns, rows };
}

function blocksOf(reported: Reported): Block[] {
  const { findings } = reported;
  return [
    { text: verdict(reported), bold: true },
    { text: limits },
    ...(findings.length === 0
      ? []
      : [
          {
            table: {
              columns: ['Grade', 'Requirement', 'Finding', 'Who', 'By'],
              rows: findings.map((finding) => [
                gradeWords[finding.grade],
                finding.requirement,
                finding.rule.title,
                ownersInWords(finding),
                byWhen(finding)?.slice(3) ?? '',
              ]),
            },
            widths: [2, 2, 6, 3, 3],
          },
        ]),
    ...findings.flatMap(blocksOfFinding),
  ];
}

function blocksOfFinding(finding: PredictedFinding): Block[] {
  const { rule, facts, promise, raised } = finding;
  const points = facts.slice(0, mostFacts).map(({ text }) => text);
  const then = byWhen(finding);
  return [
    { heading: findingLine(finding), level: 2 },
    { points: facts.length > mostFacts ? [...points, `And ${facts.length - mostFacts} more.`] : points },
    {
      facts: [
        { label: 'Requirement', value: requirementInWords(finding.requirement) },
        { label: 'Asked', value: rule.expects },
        { label: `Why ${gradeWords[finding.grade]}`, value: rule.why },
        {
          label: 'Our own words',
          value:
            promise === null
              ? 'No policy in force promises it.'
              : `«${promise.words}» (${promise.title}, ${promisePlace(finding) ?? ''})`,
        },
        { label: 'Who can mend it', value: ownersInWords(finding) },
        ...(then === null
          ? []
          : [{ label: 'By when', value: `${then.slice(3)}: ${whyThen(finding) ?? ''}` }]),
        ...(raised === null
          ? []
          : [{ label: 'Raised', value: `${raised.reference}, ${raised.state.replaceAll('_', ' ')}` }]),
      ],
    },
  ];
}

async function bytesOf(tx: Queryable, reported: Reported): Promise<Uint8Array> {
  const name = await selectSetting(tx, 'organisation.name');
  const day = dayInWords(reported.moment.day);
  return documentBytes({
    title: 'What an auditor would write',
    subtitle: [
      ...(name === '' ? [] : [name]),
      `as of ${day}`,
      'read from the records; no audit was held',
    ].join(' · '),
    language: 'en',
    foot: `What an auditor would write, ${day}`,
    blocks: blocksOf(reported),
  });
}

export async function sendReport(tx: Queryable, context: Context, day: string | null): Promise<Addressed[]> {
  const reported = await reportFor(tx, context, day);
  if (reported === null) return toAsker(await notForThem(tx, context));
  const file = await keepOutgoingFile(
    tx,
    `audit-report-${reported.moment.day}.docx`,
    await bytesOf(tx, reported),
  );
  const table = (format: string) => actionId(`${room}.export`, { ...dayValues(reported), format });
  return toAsker({
    text: `${verdict(reported)} This is the report, as an auditor would write it.`,
    files: [file],
    buttons: [
      { id: table('xlsx'), label: 'As Excel' },
      { id: table('csv'), label: 'As CSV' },
    ],
  });
}

export async function sendFindings(
  tx: Queryable,
  context: Context,
  argument: (name: string) => string,
): Promise<Addressed[]> {
  const reported = await reportFor(tx, context, argument('day') || null);
  if (reported === null) return toAsker(await notForThem(tx, context));
  const name = `audit-findings-${reported.moment.day}`;
  const text = `${countsInWords(reported.findings)}.`;
  return sendTable(tx, room, argument, dayValues(reported), {
    name,
    text,
    table: tableOf(reported.findings),
  });
}

/** An operator has no zone here, and reads everything. */
function operator(now: Date): Asked {
  return {
    now,
    person: {
      id: 0,
      email: null,
      name: 'operator',
      department: null,
      roles: ['admin'],
      groups: [],
      timeZone: 'UTC',
      locale: 'en-GB',
    },
  };
}

async function reportedTo(tx: Queryable, now: Date, day: string | null): Promise<Reported> {
  if (day !== null && !/^\d{4}-\d{2}-\d{2}$/.test(day))
    throw new OperatorError(`--record takes a day here, as 2026-06-01, not «${day}».`);
  const reported = await reportFor(tx, operator(now), day).catch((error: unknown) => {
    throw error instanceof Refusal ? new OperatorError(error.message) : error;
  });
  if (reported === null) throw new Error('an operator reads everything');
  return reported;
}

/** For `isma export findings --out <file>.docx`, and with `--record 2026-06-01` as of that day. */
export function findingsReport(db: Database, { record, now }: ReportAsked): Promise<Uint8Array> {
  return db.transaction(async (tx) => bytesOf(tx, await reportedTo(tx, now, record)));
}

/** For `isma export findings`. */
export function findingsTable(db: Database, now: Date): Promise<Table> {
  return db.transaction(async (tx) => tableOf((await reportedTo(tx, now, null)).findings));
} // prettier-ignore
