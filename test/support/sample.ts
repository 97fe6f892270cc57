/** The made-up company as its own command loads it, with two of its documents in place of fifty. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Database } from '../../src/db/database.ts';
import { store } from '../../src/knowledge/ingest.ts';
import type { Lexicon } from '../../src/knowledge/lexicon.ts';
import { readDocument } from '../../src/knowledge/read/read-document.ts';
import { importPeopleFile } from '../../src/app/people-file.ts';
import { sampleActor } from '../../src/app/sample-company.ts';
import { loadSampleRegister } from '../../src/workflows/corrective-actions/samples/register.ts';

const folder = join(import.meta.dirname, '../../knowledge');

export async function givenSampleCompany(db: Database, lexicon: Lexicon, now: Date): Promise<void> {
  await db.query('insert into sample_company (loaded_at) values ($1)', [now]);
  for (const path of ['policies/mobile-device-policy.md', 'guide/isms-basics.md']) {
    const { metadata, title, sections } = await readDocument(path, await readFile(join(folder, path)));
    const version = {
      reference: metadata.ref ?? path,
      kind: metadata.kind,
      collection: join(folder, path, '..'),
      sourcePath: path,
      metadata,
      title: metadata.title ?? title ?? path,
      language: 'en',
      effectiveFrom: metadata.effective ?? '2026-01-01',
      contentHash: path,
      sections,
    };
    await store({ db, lexicon, embedder: null, version, now, actor: sampleActor });
  }
  await db.transaction(async (tx) => {
    await importPeopleFile(db, join(folder, 'people.csv'), sampleActor, now);
    await loadSampleRegister(tx, join(folder, 'register.yaml'), now);
  });
}
