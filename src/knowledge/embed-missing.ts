/** Gives vectors to sections that have none under the present embedder: after an outage, or when the embedder changed. */
import { z } from 'zod';
import type { Database } from '../db/database.ts';
import { selectAll } from '../db/rows.ts';
import { messageOf } from '../errors.ts';
import {
  addVectors,
  ensureVectorIndex,
  partsOf,
  vectorsFor,
  type ActiveEmbedder,
  type IndexedSection,
} from './search-index.ts';

const pageSize = 100;

const Missing = z.object({
  id: z.number(),
  versionId: z.number(),
  title: z.string(),
  number: z.string(),
  heading: z.string(),
  path: z.array(z.string()),
  body: z.string(),
});

/** @returns how many texts were embedded, and why it stopped early, if it did */
export async function embedMissing(
  db: Database,
  embedder: ActiveEmbedder,
): Promise<{ embedded: number; problem: string | null }> {
  let embedded = 0;

  for (;;) {
    const sections = await selectAll(
      db,
      Missing,
      `select section.id, section.version_id, version.title, section.number, section.heading, section.path,
         section.body
       from section join document_version version on version.id = section.version_id
       join document on document.id = version.document_id
       where version.status = 'published' and document.archived_at is null
         and not exists (select from section_vector vector where vector.embedder_id = $1
           and vector.section_id = section.id)
       order by section.id limit $2`,
      [embedder.id, pageSize],
    );
    if (sections.length === 0) break;
    const parts = (
      await Promise.all(
        sections.map((section) =>
          partsOf({ id: section.versionId, title: section.title }, [
            { ...section, page: null } satisfies IndexedSection,
          ]),
        ),
      )
    ).flat();
    try {
      const found = await vectorsFor(
        db,
        embedder,
        parts.flatMap((section) => section.parts),
      );
      await db.transaction((tx) => addVectors(tx, embedder, parts, found.vectors));
      embedded += found.embedded;
    } catch (error) {
      return { embedded, problem: messageOf(error) };
    }
  }
  await ensureVectorIndex(db, embedder);
  return { embedded, problem: null };
}
