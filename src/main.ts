/** Composition root of the service: reads the configuration, starts everything, and stops it in good order when told to. */
import { readConfig } from './config.ts';
import { OperatorError, messageOf } from './errors.ts';
import { startService } from './service.ts';

async function main(): Promise<void> {
  const service = await startService(readConfig());
  for (const signal of ['SIGTERM', 'SIGINT'] as const) process.once(signal, () => void service.stop());
}

main().catch((error: unknown) => {
  process.stderr.write(
    `${error instanceof OperatorError ? messageOf(error) : String(error instanceof Error ? error.stack : error)}\n`,
  );
  process.exitCode = 1;
});
