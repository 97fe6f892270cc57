/** Measures what the service proposes for updates as people write them, by category: `npm run eval -- updates`. */
import { join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { z } from 'zod';
import type { App } from '../../src/app/open-app.ts';
import { parseActionId, type Reply } from '../../src/conversation/contract.ts';
import type { Queryable } from '../../src/db/database.ts';
import { selectAll } from '../../src/db/rows.ts';
import { selectPerson } from '../../src/records/person.ts';
import { ingest } from '../../src/knowledge/ingest.ts';
import {
  ActionChange,
  CauseChange,
  NonconformityChange,
  RaiseChange,
  Unplaced,
} from '../../src/workflows/corrective-actions/change.ts';
import { nothingSaid, SaidUpdate } from '../../src/workflows/corrective-actions/update/said-update.ts';
import { startListening } from './listening.ts';
import { comparable, readUpdateCases, type UpdateCase } from './update-cases.ts';
import { loadRegister, moveWriter, onCard, writer } from './updates-register.ts';

interface Count {
  all: number;
  right: number;
  /** Of those that were wrong, the ones that proposed nothing: a question back, and no wrong card. */
  silent: number;
}

/** @returns lines for people to read: shares by category and language, then each that went wrong */
export async function evaluateUpdates(app: App): Promise<string> {
  const counts = new Map<string, Count>();
  const wrong: string[] = [];
  const { proposedBy, stop } = await startProposing(app);

  for (const line of readUpdateCases()) {
    const said = { ...line, expected: line.expected.map(onCard) };
    const proposed = await proposedBy(said);
    const right = agrees(comparable(proposed, said), said.expected);
    if (!right)
      wrong.push(
        `${said.id} ${JSON.stringify(said.text)}\n  expected ${JSON.stringify(said.expected)}\n  proposed ${JSON.stringify(comparable(proposed, said))}`,
      );
    for (const name of [
      'all',
      said.category,
      `in ${said.lang}`,
      said.withoutModel ? 'plain' : 'for a model',
    ]) {
      const count = counts.get(name) ?? { all: 0, right: 0, silent: 0 };
      count.all += 1;
      if (right) count.right += 1;
      else if (proposed.length === 0) count.silent += 1;
      counts.set(name, count);
    }
  }
  await stop();

  const shares = [...counts].map(
    ([name, { all, right, silent }]) =>
      `${name.padEnd(14)} ${String(right).padStart(4)} of ${String(all).padEnd(4)} ${((100 * right) / all).toFixed(0).padStart(4)} %   wrong ${all - right - silent}, nothing ${silent}`,
  );
  return [`Updates (${app.model?.name ?? 'no model'})`, ...shares, '', ...wrong].join('\n');
}

/** Free words may be cut a little wider or closer than the label has them; everything else is as it says. */
function agrees(proposed: Partial<SaidUpdate>[], expected: Partial<SaidUpdate>[]): boolean {
  const freed = proposed.map((update, at) => {
    const { note, reason } = expected[at] ?? {};
    return {
      ...update,
      ...(isAlike(update.note, note) ? { note } : {}),
      ...(isAlike(update.reason, reason) ? { reason } : {}),
    };
  });
  return isDeepStrictEqual(freed, expected);
}

/** «(27 November 2026)», behind a day that was said shortly. */
const fullDay = / \((?:\p{L}+ |week of )?\d{1,2} \p{L}+ \d{4}\)/gu;

function isAlike(one: string | null | undefined, other: string | null | undefined): boolean {
  if (one == null || other == null) return false;
  const bare = (text: string) => text.replace(fullDay, '').toLowerCase();
  const holds = bare(one).includes(bare(other)) || bare(other).includes(bare(one));
  return holds && isDeepStrictEqual(daysIn(one), daysIn(other));
}

function daysIn(text: string): string[] {
  return [...text.matchAll(fullDay)].map(([day]) => day);
}

interface Proposing {
  /** Says the words to the service, and brings back what its cards then propose. */
  proposedBy(said: UpdateCase): Promise<SaidUpdate[]>;
  stop(): Promise<void>;
}

/** The measurement is no person: a day's budget would end it half way. */
const unlimited = { tokensAPerson: Number.MAX_SAFE_INTEGER, tokensInAll: Number.MAX_SAFE_INTEGER };

async function startProposing(app: App): Promise<Proposing> {
  const { db, config } = app;
  const folder = join(import.meta.dirname, '../../knowledge/policies');
  await ingest({ ...app, folder, now: app.clock(), actor: 'eval' });
  await loadRegister(db);

  let now = app.clock();
  const { say, stop } = await startListening({
    ...app,
    config: { ...config, budget: unlimited },
    clock: () => now,
  });
  return {
    stop,
    async proposedBy(said) {
      now = said.now;
      await moveWriter(db, said);
      const { inputId, replies } = await say(said.id, said.text, { user: writer, email: writer });
      return proposedIn(db, inputId, replies);
    },
  };
}

/** In the order of the records: what the cards would write, and what they would once a reason is given. */
async function proposedIn(tx: Queryable, inputId: number, replies: readonly Reply[]): Promise<SaidUpdate[]> {
  const proposals = await selectAll(
    tx,
    z.object({
      changes: z.array(z.union([ActionChange, NonconformityChange, RaiseChange, CauseChange, Unplaced])),
    }),
    'select changes from proposal where input_id = $1 order by ordinal',
    [inputId],
  );
  const updates = proposals.flatMap(({ changes }) => changes.flatMap(updatesIn));
  for (const { id } of replies.flatMap(({ buttons }) => buttons)) {
    const { values } = parseActionId(id);
    const [reference, due, to] = ['record', 'due', 'to'].map((name) => values.get(name));
    if (reference == null || (due == null && to == null)) continue;
    const known = updates.find((update) => update.reference === reference);
    const update = known ?? { ...nothingSaid, reference };
    if (known === undefined) updates.push(update);
    if (due != null) update.dueOn = due;
    if (to != null) update.handOverTo = (await selectPerson(tx, Number(to))).name;
  }
  return updates.toSorted((one, other) => (one.reference ?? '').localeCompare(other.reference ?? ''));
}

type Kept = ActionChange | NonconformityChange | RaiseChange | CauseChange | Unplaced;

function updatesIn(change: Kept): SaidUpdate[] {
  if (change.kind === 'unplaced') return [SaidUpdate.parse(change.said)];
  if (change.kind !== 'corrective_action.update' && change.kind !== 'nonconformity.update') return [];
  const { reference, note, exhibits } = change;
  const links = exhibits.flatMap((exhibit) => (exhibit.kind === 'link' ? [exhibit.address] : []));
  const said = { ...nothingSaid, reference, note, links };
  if (change.kind === 'nonconformity.update') return [said];
  const { move, dueOn, reason } = change;
  const progress = move === 'done' ? 100 : change.progress;
  return [{ ...said, move, progress, dueOn, reason, handOverTo: change.handOverTo?.name ?? null }];
}
