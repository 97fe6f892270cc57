/** Before all tests: an embedded database with the newest schema, dumped once, so that each file starts from it in half a second. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestProject } from 'vitest/node';
import { migrate } from '../../src/db/migrate.ts';
import { openEmbedded } from '../../src/db/open.ts';

declare module 'vitest' {
  export interface ProvidedContext {
    template: string;
  }
}

export default async function setup({ provide }: TestProject): Promise<() => Promise<void>> {
  const folder = await mkdtemp(join(tmpdir(), 'isma-test-'));
  const template = join(folder, 'template.tar.gz');
  const db = await openEmbedded({ folder: null });
  await migrate(db);
  await writeFile(template, await db.dump());
  await db.close();
  provide('template', template);
  return () => rm(folder, { recursive: true, force: true });
}
