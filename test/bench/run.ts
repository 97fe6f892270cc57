/**
 * `npm run bench [parts]`: what Isma costs, each time beside a peer in the same run. Parts are search, search-1k, search-10k,
 * search-100k, ingest, start, turn, tools, readiness, register, gap, campaign, nudges, pack, hostile, slack, teams and memory; without any, all run. BENCH_ON=PostgreSQL or PGlite leaves the
 * other out; BENCH_MINUTES says how long memory is watched, 10 where it says nothing.
 */
import { kinds } from './databases.ts';
import { benchCampaign } from './campaign-bench.ts';
import { benchDoor, benchMemory } from './door-bench.ts';
import { benchGap } from './gap-bench.ts';
import { benchHostile } from './hostile-bench.ts';
import { benchIngest } from './ingest-bench.ts';
import { benchNudges } from './nudges-bench.ts';
import { benchPack } from './pack-bench.ts';
import { benchReadiness } from './readiness-bench.ts';
import { benchRegister } from './register-bench.ts';
import { benchSearch } from './search-bench.ts';
import { benchStart } from './start-bench.ts';
import { benchTools } from './tools-bench.ts';
import { benchTurn } from './turn-bench.ts';

const parts: Record<string, () => Promise<void>> = {
  search: () => benchSearch(kinds, [1_000, 10_000, 100_000]),
  'search-1k': () => benchSearch(kinds, [1_000]),
  'search-10k': () => benchSearch(kinds, [10_000]),
  'search-100k': () => benchSearch(kinds, [100_000]),
  ingest: () => benchIngest(kinds),
  start: () => benchStart(),
  turn: () => benchTurn(kinds),
  tools: () => benchTools(kinds),
  readiness: () => benchReadiness(kinds),
  register: () => benchRegister(kinds),
  gap: () => benchGap(kinds),
  campaign: () => benchCampaign(kinds),
  nudges: () => benchNudges(kinds),
  pack: () => benchPack(kinds),
  hostile: () => benchHostile(),
  slack: () => benchDoor('slack'),
  teams: () => benchDoor('teams'),
  memory: () => benchMemory(Number(process.env.BENCH_MINUTES ?? 10)),
};
const asked = process.argv.slice(2);
const names =
  asked.length > 0
    ? asked
    : [
        'search',
        'ingest',
        'start',
        'turn',
        'tools',
        'readiness',
        'register',
        'gap',
        'campaign',
        'nudges',
        'pack',
        'hostile',
        'slack',
        'teams',
        'memory',
      ];

for (const name of names) {
  const part = parts[name];
  if (part === undefined) {
    process.stderr.write(`There is no part ${name}; there are ${Object.keys(parts).join(', ')}.\n`);
    process.exitCode = 1;
    break;
  }
  await part();
}
