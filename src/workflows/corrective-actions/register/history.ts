/** «What happened to NC-2026-004?»: who did what and when, each line with the message that it came from. */
import {
  actionId,
  Link,
  type Addressed,
  type Context,
  type ItemParts,
} from '../../../conversation/contract.ts';
import type { Queryable } from '../../../db/database.ts';
import { momentInWords } from '../../../language/calendar.ts';
import { selectHistory, type RecordHistory, type Step } from '../../../isms/register/history.ts';
import { findReadable, noSuchRecord } from './find-readable.ts';
import { sentenceOf } from './history-sentences.ts';
import { toAsker } from '../../../dialogue/command.ts';

/** Steps that a message holds; all of them are in the file. */
const mostSteps = 20;
const mostExported = 5_000;

export async function showHistory(tx: Queryable, context: Context, said: string): Promise<Addressed[]> {
  const found = await findReadable(tx, context.person, said);
  if (found === null) return toAsker(noSuchRecord(said));
  const { nonconformity, action } = found;
  const history = await selectHistory(tx, nonconformity, action, mostSteps);
  const { reference } = action ?? nonconformity;
  const { steps, count } = history;
  const earlier = count - steps.length;
  const with_ = action === null ? ' and its actions' : '';
  return toAsker({
    text:
      `What happened to ${reference}${with_}, oldest first` +
      (earlier > 0
        ? `. These are the last ${steps.length} steps; ${earlier} earlier ones are in the export.`
        : ':'),
    items: steps.map((step) => itemOf(step, history, context)),
    buttons: [
      { id: actionId('corrective-actions.show', { record: reference }), label: `Show ${reference}` },
      { id: actionId('corrective-actions.export', { kind: 'history', record: reference }), label: 'Export' },
    ],
  });
}

function itemOf(step: Step, history: RecordHistory, { person }: Context): ItemParts {
  return {
    text: sentenceOf(step, history),
    detail: momentOf(step.at, person.timeZone),
    link: linkOf(step),
  };
}

/** Kept by a door when it came in; what would not be one of ours is left out. */
function linkOf({ detail }: Step): string | null {
  return Link.safeParse(detail.link).data ?? null;
}

/** «24 November 2026, 10:15». */
function momentOf(at: Date, timeZone: string): string {
  return momentInWords(at, timeZone).replace(' at ', ', ');
}

/** Every step, as rows of a file; null where there is no such record for this person. */
export async function historyRows(
  tx: Queryable,
  { person }: Context,
  said: string,
): Promise<{ reference: string; rows: Record<string, string>[] } | null> {
  const found = await findReadable(tx, person, said);
  if (found === null) return null;
  const history = await selectHistory(tx, found.nonconformity, found.action, mostExported);
  const rows = history.steps.map((step) => ({
    at: step.at.toISOString(),
    record: step.reference,
    what: sentenceOf(step, history),
    message: linkOf(step) ?? '',
  }));
  return { reference: (found.action ?? found.nonconformity).reference, rows };
}
