/**
 * Questions that a section answers, written by a model and kept beside it to widen the keyword search. They are words to
 * be found by, never shown as policy. Writes `section_expansion`.
 */
import { z } from 'zod';
import type { Database } from '../db/database.ts';
import { selectAll } from '../db/rows.ts';
import { addToTextIndex, hashOf, removeFromIndex } from './search-index.ts';
import { lockIngest } from './ingest.ts';
import type { Lexicon } from './lexicon.ts';

/** Sections asked about at once: enough to be quick, few enough for any endpoint's limits. */
const atOnce = 4;

const Section = z.object({
  id: z.number(),
  versionId: z.number(),
  title: z.string(),
  language: z.string(),
  number: z.string(),
  heading: z.string(),
  path: z.array(z.string()),
  body: z.string(),
});
type Section = z.infer<typeof Section>;

/** Writes the questions for one section. */
export type QuestionWriter = (section: { title: string; heading: string; body: string }) => Promise<string>;

/** @returns how many sections were given questions in this run */
export async function expandSections(
  db: Database,
  lexicon: Lexicon,
  write: QuestionWriter,
  onProgress?: (done: number, total: number) => void,
): Promise<number> {
  const missing = await selectAll(
    db,
    Section,
    `select section.id, section.version_id, version.title, version.language, section.number, section.heading,
       section.path, section.body
     from section join document_version version on version.id = section.version_id
     join document on document.id = version.document_id
     where version.status = 'published' and document.archived_at is null
       and not exists (select from section_expansion known where known.section_id = section.id)
     order by section.id`,
  );
  let done = 0;
  for (let start = 0; start < missing.length; start += atOnce) {
    await Promise.all(
      missing.slice(start, start + atOnce).map(async (section) => {
        const questions = await write(section);
        await db.query(
          `insert into section_expansion (section_id, text_hash, questions) values ($1, $2, $3)
           on conflict (section_id) do nothing`,
          [section.id, hashOf(section.body), questions],
        );
        done += 1;
      }),
    );
    onProgress?.(done, missing.length);
  }
  for (const versionId of new Set(missing.map((section) => section.versionId)))
    await indexAgain(db, lexicon, versionId);
  return done;
}

async function indexAgain(db: Database, lexicon: Lexicon, versionId: number): Promise<void> {
  await db.transaction(async (tx) => {
    await lockIngest(tx);
    const sections = await selectAll(
      tx,
      Section.extend({ expansion: z.string() }),
      `select section.id, section.version_id, version.title, version.language, section.number,
         section.heading, section.path, section.body, coalesce(known.questions, '') as expansion
       from section join document_version version on version.id = section.version_id
       left join section_expansion known on known.section_id = section.id
       where version.id = $1 order by section.ordinal`,
      [versionId],
    );
    const first = sections[0];
    if (first === undefined) return;
    await removeFromIndex(tx, [versionId], 'text');
    await addToTextIndex(
      tx,
      lexicon,
      { id: versionId, title: first.title, language: first.language },
      sections.map((section) => ({ ...section, page: null })),
    );
  });
}
