/**
 * What a campaign costs: its preview, its start and an hourly look through it for 10,000 and 100,000 people, messages handed to a
 * platform's stand-in a second, and how long those of 10,000 people take at the real limits.
 */
import type { Database, Queryable } from '../../src/db/database.ts';
import { campaigns, draftCampaign } from '../../src/isms/campaign/campaign.ts';
import { slackPace } from '../../src/doors/slack/door.ts';
import { teamsPace } from '../../src/doors/teams/door.ts';
import { minutesFor } from '../../src/workflows/campaigns/how-long.ts';
import { previewCampaign } from '../../src/isms/campaign/preview.ts';
import { selectCounts } from '../../src/isms/campaign/rate.ts';
import { reviewCampaigns, startCampaign } from '../../src/isms/campaign/run.ts';
import { AudienceSpec } from '../../src/records/audience.ts';
import { selectOptionalByEmail } from '../../src/records/person.ts';
import { changeSetting } from '../../src/records/setting.ts';
import { directAddress, givenDocument, givenPeople, startHarness, today } from '../support/harness.ts';
import { createBenchDatabase, type BenchDatabase, type Kind } from './databases.ts';
import { duration, printTable, progress, ratio, timed } from './measure.ts';

const sizes = [10_000, 100_000];
/** People of whom the time at the real limits is computed. */
const realSize = 10_000;
/** People whose messages are delivered. */
const delivered = 1_000;

const policy = `---
ref: POL-05
title: Access Control Policy
version: "2.0"
status: published
effective: 2026-01-01
audience: [everyone]
---

# Access Control Policy

## 1 Purpose

It says who gets in.
`;

interface Step {
  ms: number;
  statements: number;
  /** Bytes that the heap grew to at most. */
  heap: number;
}

export async function benchCampaign(kinds: Kind[]): Promise<void> {
  const rows: string[][] = [];
  for (const kind of kinds) {
    const measured: Record<string, Step>[] = [];
    for (const size of sizes) {
      progress(`campaign: ${kind}, ${size} people`);
      measured.push(await withPeople(kind, size, ({ loadDb }) => steps(loadDb)));
    }
    const [small, large] = measured;
    for (const name of Object.keys(small ?? {})) {
      const [one, other] = [small?.[name], large?.[name]];
      if (one === undefined || other === undefined) continue;
      const of = ({ ms, statements, heap }: Step) => [duration(ms), String(statements), `${Math.round(heap / 2 ** 20)} MB`];
      rows.push([`${kind}: ${name}`, ...of(one), ...of(other), ratio(other.ms, one.ms)]);
    }
  }
  printTable(
    'A campaign that asks everybody to acknowledge one policy and to do one lesson',
    ['', '10,000', 'statements', 'heap', '100,000', 'statements', 'heap', 'large/small'],
    rows,
    ['Ten times as many people: up to 10× is linear. Memory is what this process holds beside what it began with.'],
  );
  const sent: string[][] = [];
  for (const kind of kinds) {
    progress(`campaign: ${kind}, messages of ${delivered}`);
    const { ms, count } = await withPeople(kind, delivered, ({ db }) => sending(db));
    sent.push([kind, String(count), duration(ms), (count / (ms / 1_000)).toFixed(0)]);
  }
  const real = [slackPace, teamsPace].flatMap((pace) =>
    [0, ...(pace.lookUps > 0 ? [realSize] : [])].map((unmet) => {
      const reach = { met: [{ platform: 'it', count: realSize - unmet }], unmet };
      const minutes = minutesFor(reach, new Map([['it', pace]]))[0]?.minutes ?? 0;
      return `${pace.name} ${minutes.toFixed(0)} minutes${unmet === 0 ? '' : ' where nobody was met before'}`;
    }),
  );
printTable('Its messages, from the first look to the last one handed to a stand-in that answers at once', ['', 'messages', 'in', 'a second'], sent, [`10,000 people at the real limits, computed: ${real.join('; ')}.`]);
} // prettier-ignore

async function withPeople<T>(
  kind: Kind,
  size: number,
  work: (database: BenchDatabase) => Promise<T>,
): Promise<T> {
  const database = await createBenchDatabase(kind);
  try {
    await givenPeople(database.db);
    await givenDocument(database.db, 'access.md', policy);
    await database.loadDb.query(
      `insert into person (email, name, department, time_zone)
       select 'p' || n || '@test.example', 'Person ' || n, 'Department ' || n % 40, 'Europe/Berlin' from generate_series(1, $1) n`,
      [size - 4],
      { timeout: 300_000 },
    );
    await database.loadDb.query('analyze', [], { timeout: 300_000 });
    return await work(database);
  } finally {
    await database.drop();
  }
}

async function draft(db: Database, lessons: string[]) {
  const actor = await selectOptionalByEmail(db, 'ines@test.example');
  const { rows } = await db.query('select id from document');
  if (actor === null) throw new Error('nobody leads it');
  const command = { actor, at: today, inputId: null, link: null };
  const draft = {
    title: 'Access', who: 'everyone', audience: AudienceSpec.parse({ everyone: true }), standing: true, newcomers: false,
    subjects: { documents: rows.map(({ id }) => Number(id)), lessons }, dueOn: null, dueDays: 14,
  }; // prettier-ignore
  return { command, campaign: await db.transaction((tx) => draftCampaign(tx, command, draft, null)) };
}

async function steps(db: Database): Promise<Record<string, Step>> {
  const { command, campaign } = await draft(db, ['phishing']);
  const hour = new Date(today.getTime() + 3_600_000);
  return {
    preview: await step(db, (tx) => previewCampaign(tx, campaign, today, async () => null)),
    start: await step(db, async (tx) => startCampaign(tx, command, await campaigns.lock(tx, campaign.id))),
    'hourly look, nothing new': await step(db, (tx) => reviewCampaigns(tx, hour)),
    'rate of a day': await step(db, (tx) => selectCounts(tx, campaign, '2026-11-24')),
  };
}

async function step(db: Database, work: (tx: Queryable) => Promise<unknown>): Promise<Step> {
  let [statements, heap] = [0, 0];
  globalThis.gc?.();
  const before = process.memoryUsage().heapUsed;
  const { ms } = await timed(() =>
    db.transaction((tx) =>
      work({
        async query(sql, parameters) {
          statements += 1;
          const result = await tx.query(sql, parameters);
          heap = Math.max(heap, process.memoryUsage().heapUsed - before);
          return result;
        },
      }),
    ),
  );
  return { ms, statements, heap };
}

async function sending(db: Database): Promise<{ ms: number; count: number }> {
  await db.transaction((tx) => changeSetting(tx, 'nudges', { gatherMinutes: 0, before: [3], after: [2, 5, 9], managerAfter: 5, digestOn: 1, weekly: 3 }, 'bench', today));
  const { command, campaign } = await draft(db, []);
  await db.transaction(async (tx) => startCampaign(tx, command, await campaigns.lock(tx, campaign.id)));
  let count = 0;
  const begun = performance.now();
  const isma = await startHarness({
    db,
    clock: () => new Date(today.getTime() + 60_000),
    port: {
      platform: 'test',
      async deliver({ id }) {
        count += 1;
        return id;
      },
      lookUp: async () => ({ found: false }),
      directAddress: async ({ email }) => (email === null ? null : directAddress(email)),
    },
  });
  try {
    // The service looks for what is due as it starts: whoever looks beside it finds nothing.
    while (count < delivered) {
      await isma.core.runDue();
      await isma.core.quiet();
    }
    return { ms: performance.now() - begun, count };
  } finally {
    await isma.stop();
  }
} // prettier-ignore
