/** Keeps what Node compiled from one start to the next: to compile a command anew takes it half of its time. */
import { enableCompileCache, getCompileCacheDir } from 'node:module';
import { join } from 'node:path';

/** Beside what is compiled, where it goes with it, and where nobody writes who may not write the program itself. */
const folder = join(import.meta.dirname, '../../node_modules/.cache/isma/compiled');

/** Helps what is loaded afterwards. Where the folder cannot be written, or the environment forbids it, all is compiled anew. */
export function keepCompiled(): void {
  if (getCompileCacheDir() === undefined) enableCompileCache(folder);
}
