/** The list of which a mock audit draws: a file that somebody sends, or that an operator imports. */
import { basename } from 'node:path';
import {
  actionId,
  type Addressed,
  type AnswerHandler,
  type Attachment,
  type Context,
} from '../../conversation/contract.ts';
import type { Queryable } from '../../db/database.ts';
import { commandOf, toAsker } from '../../dialogue/command.ts';
import { keepTaken, takeIn, type Intake, type TakenIn } from '../../dialogue/evidence-intake.ts';
import type { Import } from '../../dialogue/room.ts';
import { OperatorError } from '../../errors.ts';
import { readTable, readTableIn } from '../../files/read-table.ts';
import { bringList, mockAudits, type MockAudit } from '../../isms/mock-audit/mock-audit.ts';
import { importPopulation, keepPopulation, type ReadList } from '../../isms/mock-audit/population.ts';
import { auditCard, lockAudit } from './audits.ts';
import { room } from './buttons.ts';

interface Brought extends TakenIn {
  list: ReadList | null;
}

/** Outside of any transaction. The first file is the list. */
export async function bringFile(parts: Intake, context: Context, attachments: readonly Attachment[]): Promise<Brought> {
  const taken = await takeIn(parts, context, attachments.slice(0, 1));
  const [file] = taken.exhibits;
  if (file?.kind !== 'file') return { ...taken, list: null };
  try {
    const bytes = Buffer.from(await parts.files.get(file.sha256));
    return { ...taken, list: listOf(file.fileName, await readTableIn(file.fileName, bytes, { guess: true })) };
  } catch (error) {
    if (!(error instanceof OperatorError)) throw error;
    return { exhibits: [], problems: [...taken.problems, error.message], list: null };
  }
} // prettier-ignore

function listOf(title: string, { header, rows }: Awaited<ReturnType<typeof readTable>>): ReadList {
  return { title, columns: header.cells, rows: rows.map(({ cells }) => cells) };
}

/** The audit's sheet, with its list where one came. */
export async function withList(tx: Queryable, context: Context, audit: MockAudit, brought: Brought | null): Promise<Addressed[]> {
  if (brought === null) return auditCard(tx, context, audit);
  const command = commandOf(context);
  if (brought.list === null) {
    const text = [...brought.problems, 'Send the list as CSV or XLSX.'].join('\n');
    return toAsker({ text }).map((each) => ({ ...each, awaits: actionId(`${room}.list`, { record: audit.reference }) }));
  }
  const population = await keepPopulation(tx, brought.list, { by: command.actor.id, at: command.at });
  const changed = await bringList(tx, command, audit, population);
  await keepTaken(tx, command, brought, { record: mockAudits.nameOf(audit), purpose: 'list' });
  return auditCard(tx, context, changed);
} // prettier-ignore

/** Files that follow the question for a list; words do not answer it. */
export function listAnswer(parts: Intake): AnswerHandler {
  return async (context, { attachments }, argument) => {
    if (attachments.length === 0) return null;
    const brought = await bringFile(parts, context, attachments);
    return async (tx) => withList(tx, context, await lockAudit(tx, context, argument('record')), brought);
  };
}

/** `isma import population leavers.csv`: kept as it is; the next mock audit offers it. */
export const populationImport: Import = {
  async bring(db, clock, file, { apply }) {
    const list = listOf(basename(file), await readTable(file));
    const { title, rows, columns } = list;
    if (rows.length === 0) throw new OperatorError(`${file} has no rows below its first one, which names the columns.`);
    const about = `${title} has ${rows.length} rows: ${columns.join(', ')}.`;
    if (!apply) return { text: `${about} Nothing is written yet; --apply keeps it.\n`, isWhole: true };
    await db.transaction((tx) => importPopulation(tx, list, clock()));
    return { text: `${about} It is kept: say «mock audit of …» in chat, and it is offered there.\n`, isWhole: true };
  },
}; // prettier-ignore
