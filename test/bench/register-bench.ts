/** What the size of the register costs: an update that is read and proposed, and one that is confirmed, at 10 and at 10,000 open records. */
import type { Reply } from '../../src/conversation/contract.ts';
import type { Database } from '../../src/db/database.ts';
import { directAddress, givenPeople, startHarness } from '../support/harness.ts';
import { createBenchDatabase, type Kind } from './databases.ts';
import { duration, printTable, progress, ratio, summarise, type Times } from './measure.ts';

const sizes = [10, 10_000];
const turns = 120;
const warmUp = 20;
const owner = 'erin@test.example';
/** Open actions of the one who writes, however large the register is. */
const own = 10;

export async function benchRegister(kinds: Kind[]): Promise<void> {
  const rows: string[][] = [];
  for (const kind of kinds) {
    const measured: { named: Times; vague: Times; confirmed: Times }[] = [];
    for (const size of sizes) {
      progress(`register: ${kind}, ${size} open records`);
      const database = await createBenchDatabase(kind);
      try {
        await givenPeople(database.db);
        await fill(database.loadDb, size);
        measured.push(await measure(database.db));
      } finally {
        await database.drop();
      }
    }
    const [small, large] = measured;
    if (small === undefined || large === undefined) continue;
    for (const [label, key] of [
      ['reads and proposes, reference said', 'named'],
      ['reads and proposes, no reference', 'vague'],
      ['confirms', 'confirmed'],
    ] as const)
      rows.push([
        `${kind}: ${label}`,
        ...[small[key].p50, small[key].p99, large[key].p50, large[key].p99].map(duration),
        ratio(large[key].p50, small[key].p50),
      ]);
  }
  printTable(
    `Register: from the event to the delivery, with no model, ${turns} turns each`,
    ['', '10 records p50', 'p99', '10,000 records p50', 'p99', 'large/small p50'],
    rows,
    ['Half of the open records are non-conformities, half are actions; as many again are closed. The target is at most 1.5×.'],
  ); // prettier-ignore
}

/** Half non-conformities and half actions that are open, and as many that are not; the writer owns the first actions. */
async function fill(db: Database, size: number): Promise<void> {
  const half = size / 2;
  await db.query(
    `insert into person (email, name) select 'p' || n || '@test.example', 'Person ' || n from generate_series(1, 300) n`,
  );
  await db.query(
    `insert into nonconformity (reference, title, requirement, evidence_seen, gap, source, identified_on, raised_by, raised_by_name, raised_at, owner_id,
       approver_id, grade, grade_reason, state, state_at, closed_by, closed_at, closed_by_name)
     select 'NC-2026-' || lpad(n::text, greatest(3, length(n::text)), '0'), 'Finding ' || n || ' about ' || (array['backup', 'access', 'supplier', 'training', 'network'])[1 + n % 5],
       'A.8.' || (1 + n % 34), 'Seen on a round', 'A rule was not kept', 'self', '2026-10-01',
       (select min(id) + 4 + n % 296 from person), 'Somebody', '2026-10-01', (select min(id) + 4 + n % 296 from person), 4, 'minor', 'One case', case when n <= $1 then 'action_planned' else 'closed' end, '2026-10-01',
       case when n <= $1 then null else 4 end, case when n <= $1 then null else now() end, case when n <= $1 then null else 'Ines Isms' end
     from generate_series(1, $1 * 2) n`,
    [half],
    { timeout: 300_000 },
  );
  await db.query(
    `insert into corrective_action (reference, nonconformity_id, round, description, owner_id, proposed_by, proposed_at, due_on, original_due_on, state, state_at)
     select 'CA-2026-' || lpad(n::text, greatest(3, length(n::text)), '0'), 1 + (n - 1) % $1, 1, 'Action ' || n || ': ' || (array['firewall', 'restore', 'badge', 'checklist', 'contract'])[1 + n % 5],
       case when n <= $2 then 1 else (select min(id) + 4 + n % 296 from person) end, 4, '2026-10-02', '2026-12-15', '2026-12-15',
       case when n <= greatest($1, $2) then 'in_progress' else 'cancelled' end, '2026-10-02'
     from generate_series(1, $1 * 2) n`,
    [half, Math.min(own, half)],
    { timeout: 300_000 },
  );
  await db.query('analyze');
}

async function measure(db: Database): Promise<{ named: Times; vague: Times; confirmed: Times }> {
  let deliveredAt = 0;
  let shown: Reply | null = null;
  const harness = await startHarness({
    db,
    port: {
      platform: 'test',
      async deliver({ id, reply }) {
        deliveredAt = performance.now();
        shown = reply;
        return id;
      },
      lookUp: async () => ({ found: false }),
      directAddress: async ({ email }) => (email === null ? null : directAddress(email)),
    },
  });
  const named: number[] = [];
  const vague: number[] = [];
  const confirmed: number[] = [];
  async function time(into: number[], turn: number, work: () => Promise<unknown>): Promise<void> {
    const begun = performance.now();
    await work();
    if (turn >= warmUp) into.push(deliveredAt - begun);
  }
  function pressable(label: string): string {
    const id = shown?.buttons.find((button) => button.label === label)?.id;
    if (id === undefined) throw new Error(`no button ${label} under «${shown?.text ?? ''}»`);
    return id;
  }
  try {
    for (let turn = 0; turn < warmUp + turns; turn += 1) {
      const percent = 1 + (turn % 98);
      await time(named, turn, () =>
        harness.say(owner, `CA-${1 + (turn % 5)}: parts have arrived, ${percent} %`),
      );
      const confirm = pressable('Confirm');
      await time(confirmed, turn, () => harness.press(owner, confirm));
      await time(vague, turn, () => harness.say(owner, `the firewall thing is at ${percent} %`));
    }
    return { named: summarise(named), vague: summarise(vague), confirmed: summarise(confirmed) };
  } finally {
    await harness.stop();
  }
}
