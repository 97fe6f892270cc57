/** The operator's commands, each thin over the same functions that the service uses, and loaded when it is called. */
import { keepCompiled } from './app/compile-cache.ts';
import { OperatorError, messageOf } from './errors.ts';

/** Runs one command; what the process is to end with stands in `process.exitCode`. */
export async function runCommand(args: readonly string[]): Promise<void> {
  try {
    const { createProgram } = await import('./cli/commands.ts');
    await createProgram().parseAsync(args, { from: 'user' });
  } catch (error) {
    process.stderr.write(
      `${error instanceof OperatorError ? messageOf(error) : String(error instanceof Error ? error.stack : error)}\n`,
    );
    process.exitCode = 1;
  }
}

if (import.meta.main) {
  keepCompiled();
  await runCommand(process.argv.slice(2));
}
