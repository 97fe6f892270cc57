/** An organisation that has let an auditor in from outside, and a file that somebody may bring. */
import type { Database } from '../../../src/db/database.ts';
import { letAuditorIn } from '../../../src/isms/person/auditor-access.ts';
import { givenPeople, startHarness, type Harness } from '../../support/harness.ts';

export const pat = 'pat@kestrel.example';
export const file = [{ name: 'restore.txt', size: 23, contentType: 'text/plain', source: 'x' }];

/** Pat may read until 27 November 2026. */
export async function startWithVisitor(db: Database, clock: () => Date): Promise<Harness> {
  await givenPeople(db);
  await db.transaction((tx) =>
    letAuditorIn(tx, { email: pat, name: 'Pat Plover', until: '2026-11-27' }, 'test', clock()),
  );
  return startHarness({
    db,
    clock,
    fetch: async () => new TextEncoder().encode('Restore test of October'),
  });
}
