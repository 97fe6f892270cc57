/** The service as a process: told to stop, it drains, even while it is starting; told twice, it ends at once. */
import { constants } from 'node:os';

/**
 * Milliseconds until a stop that does not end is ended: Kubernetes kills after 30 seconds. What is cut off is lost as little as
 * by a kill: the next process takes it over.
 */
const longestStop = 25_000;

/** Milliseconds in which a signal that comes again is the same: a terminal's Ctrl-C reaches us itself, and by npm once more. */
const sameSignal = 1_000;

const stopping = new AbortController();
let toldAt = 0;
// Before anything else is loaded: as the first process of a container we have no other answer to a signal.
for (const name of ['SIGTERM', 'SIGINT'] as const)
  process.on(name, () => {
    if (!stopping.signal.aborted) {
      toldAt = Date.now();
      stopping.abort();
      setTimeout(giveUp, longestStop).unref();
    } else if (Date.now() - toldAt >= sameSignal) process.exit(128 + constants.signals[name]);
  });

function giveUp(): void {
  process.stderr.write('What was under way did not end in time; the next process takes it over.\n');
  process.exit();
}

const { OperatorError, messageOf } = await import('./errors.ts');
const { keepCompiled } = await import('./app/compile-cache.ts');
keepCompiled();
try {
  const { readConfig } = await import('./config/config.ts');
  const { runService } = await import('./app/service.ts');
  await runService(readConfig(), stopping.signal);
} catch (error) {
  process.stderr.write(
    `${error instanceof OperatorError ? messageOf(error) : String(error instanceof Error ? error.stack : error)}\n`,
  );
  process.exitCode = 1;
}
