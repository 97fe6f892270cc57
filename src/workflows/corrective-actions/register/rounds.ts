/** Earlier rounds of a non-conformity, each as it was when somebody signed it: in chat a line each, and whole in a file. */
import { z } from 'zod';
import { type Addressed, type Context } from '../../../conversation/contract.ts';
import type { Queryable } from '../../../db/database.ts';
import { toAsker } from '../../../dialogue/command.ts';
import { exportButtons, sendTable } from '../../../dialogue/list.ts';
import { recordOf } from '../../../isms/nonconformity/nonconformity.ts';
import { momentInWords } from '../../../language/calendar.ts';
import { shortened } from '../../../language/text.ts';
import { selectSnapshots, type Snapshot } from '../../../records/revision.ts';
import { room } from '../buttons.ts';
import { findReadable, noSuchRecord } from './find-readable.ts';

const ends: Record<string, string> = {
  planned: 'its plan was approved',
  checked: 'it was checked whether it worked',
  reopened: 'it was opened again',
};

const Row = z.looseObject({ reference: z.string().optional() });
/** As `keepRound` writes it; of cycles from before there is the record alone. */
const Content = z.object({
  record: z.looseObject({ root_cause: z.string().nullish(), state: z.string().nullish() }),
  actions: z.array(z.looseObject({ reference: z.string(), state: z.string() })).default([]),
  evidence: z.array(Row).default([]),
  checks: z.array(Row).default([]),
});

export async function showRounds(tx: Queryable, context: Context, said: string): Promise<Addressed[]> {
  const found = await findReadable(tx, context.person, said);
  if (found?.nonconformity == null) return toAsker(noSuchRecord(said));
  const { reference } = found.nonconformity;
  const snapshots = await selectSnapshots(tx, recordOf(found.nonconformity));
  if (snapshots.length === 0)
    return toAsker({ text: `${reference} is in its first round: nothing was signed yet.` });
  return toAsker({
    text: `${reference} as it was each time that somebody signed it, oldest first:`,
    items: snapshots.map((snapshot) => itemOf(snapshot, context)),
    buttons: exportButtons(room, { kind: 'rounds', record: reference }),
  });
}

function itemOf({ event, round, cycle, takenAt, takenByName, content }: Snapshot, { person }: Context) {
  const { record, actions } = Content.parse(content);
  const by = takenByName === null ? '' : `, by ${takenByName}`;
  return {
    text: `Round ${round ?? 1}${cycle !== null && cycle > 1 ? ` (opened ${cycle} times)` : ''}: ${ends[event] ?? event}`,
    detail: [
      `${momentInWords(takenAt, person.timeZone).replace(' at ', ', ')}${by}`,
      ...(record.root_cause == null ? [] : [`cause: «${shortened(record.root_cause, 120)}»`]),
      ...(actions.length === 0
        ? []
        : [actions.map((action) => `${action.reference} ${action.state.replaceAll('_', ' ')}`).join(', ')]),
    ].join(' · '),
  };
}

/** Every field of every record of each round, a row each. */
export async function exportRounds(
  tx: Queryable,
  context: Context,
  argument: (name: string) => string,
): Promise<Addressed[]> {
  const found = await findReadable(tx, context.person, argument('record'));
  if (found?.nonconformity == null) return toAsker(noSuchRecord(argument('record')));
  const { reference } = found.nonconformity;
  const snapshots = await selectSnapshots(tx, recordOf(found.nonconformity));
  const rows = snapshots.flatMap(({ event, round, takenAt, hash, content }) => {
    const { record, actions, evidence, checks } = Content.parse(content);
    const parts = [
      ['non-conformity', record] as const,
      ...actions.map((each) => ['action', each] as const),
      ...evidence.map((each) => ['evidence', each] as const),
      ...checks.map((each) => ['check', each] as const),
    ];
    return parts.flatMap(([part, row]) =>
      Object.entries(row).map(([field, value]) => [
        String(round ?? 1), event, takenAt.toISOString(), hash, part, field,
        value === null ? '' : typeof value === 'string' ? value : JSON.stringify(value),
      ]),
    ); // prettier-ignore
  });
  return sendTable(
    tx,
    room,
    argument,
    { kind: 'rounds', record: reference },
    {
      name: `${reference}-rounds`,
      text: `All that ${reference} held each time that somebody signed it.`,
      table: { columns: ['round', 'event', 'at', 'sha256', 'part', 'field', 'value'], rows },
    },
  );
}
