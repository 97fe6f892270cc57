/** Four kinds of tests: fast, with a database (and browsers and processes), those that go through everything, and those that kill processes. */
import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { defineConfig } from 'vitest/config';
import { missingSets } from './test/support/public-sets.ts';

/** Milliseconds, for what hangs. What is slow is shown by the benchmark: a limit that bites would only tell how busy the machine is. */
const patient = 600_000;
/** Tests that kill processes, and one that takes minutes: `npm run test:faults`. */
const faults = ['test/faults/killed-*.test.ts', 'test/doors/whole-assessment.test.ts'];
/** What goes through every state, button, month or document: minutes together, and right for long once it is: `npm run test:thorough`. */
const thorough = [
  'test/app/{sample-removal,template}.test.ts',
  'test/evals/{findings,offline}.test.ts',
  'test/isms/{moves,states}.test.ts',
  'test/workflows/corrective-actions/offered.test.ts',
  'test/workflows/evidence-requests/auditor-presses.test.ts',
  'test/workflows/nudges/month.test.ts',
];
/** A file that says one of these needs a database, a browser, a process, a server or hundreds of made-up inputs; all others are fast. */
const slow =
  /describeOnDatabases|givenDataFolder|db\/open\.ts|createServerDatabase|openAtSchema|node:child_process|startBrowser|openView|examine\(|support\/terminal|support\/(?:model|s3)-server|createDocumentReader|fast-check|packTeams|teamsPackage|manifest\/teams|hostile/;

const tests = globSync('test/**/*.test.ts', { cwd: import.meta.dirname, exclude: [...faults, ...thorough] });
const isFast = (file: string) => !slow.test(readFileSync(join(import.meta.dirname, file), 'utf8'));

const missing = missingSets();
if (missing.length > 0)
  process.stderr.write(
    `Sets from outside that are not at hand: ${missing.join(', ')} (test/README.md). What needs them does not run.\n`,
  );

export default defineConfig({
  test: {
    pool: 'forks',
    // Nothing is mocked, so that files may share a process: loading everything anew for each took a sixth of the time.
    isolate: false,
    // What was compiled is kept in node_modules/.vitest-cache from run to run.
    fsModuleCache: true,
    testTimeout: patient,
    hookTimeout: patient,
    expect: { poll: { timeout: patient, interval: 50 } },
    projects: [
      {
        extends: true,
        test: { name: 'fast', include: tests.filter(isFast), maxWorkers: 1, sequence: { groupOrder: 0 } },
      },
      {
        extends: true,
        test: {
          name: 'database',
          include: tests.filter((file) => !isFast(file)),
          globalSetup: ['test/support/global-setup.ts'],
          // One more than there are small machines' cores: a good part of these tests waits for what comes late on purpose.
          maxWorkers: 3,
          sequence: { groupOrder: 1 },
        },
      },
      {
        extends: true,
        test: {
          name: 'thorough',
          include: thorough,
          globalSetup: ['test/support/global-setup.ts'],
          maxWorkers: 2,
          sequence: { groupOrder: 2 },
        },
      },
      {
        extends: true,
        test: {
          name: 'faults',
          include: faults,
          globalSetup: ['test/support/global-setup.ts'],
          maxWorkers: 1,
          sequence: { groupOrder: 3 },
        },
      },
    ],
  },
});
