/** Brings the made-up company of the demonstration into a database. */
import { join } from 'node:path';
import { OperatorError } from '../errors.ts';
import { ingest, type IngestReport } from '../knowledge/ingest.ts';
import { createDocumentReader } from '../knowledge/read/reader.ts';
import type { App } from './open-app.ts';
import { importPeopleFile } from './people-file.ts';
import { rooms } from './rooms.ts';
import { holdsSamples, isEmpty, placeOf, sampleActor, sampleFolder, sampleName } from './sample-company.ts';

type OnProgress = (done: number, total: number, name: string) => void;

/** Loads policies, the guide to the standard, and last the people and what rooms keep. Twice changes nothing. */
export async function loadSamples(app: App, onProgress?: OnProgress): Promise<IngestReport[]> {
  const reports = await loadSampleDocuments(app, onProgress);
  await loadSampleRecords(app);
  return reports;
}

/** People and what rooms keep, whose days are counted from the one on which they are loaded. */
export async function loadSampleRecords({ db, clock }: Pick<App, 'db' | 'clock'>): Promise<void> {
  await db.transaction(async (tx) => {
    await importPeopleFile(db, join(sampleFolder, 'people.csv'), sampleActor, clock());
    for (const { samples } of rooms) await samples?.load?.(tx, sampleFolder, clock());
    for (const { samples } of rooms) await samples?.loadLast?.(tx, sampleFolder, clock());
  });
}

export async function loadSampleDocuments(
  { db, lexicon, embedder, clock }: Pick<App, 'db' | 'lexicon' | 'embedder' | 'clock'>,
  onProgress?: OnProgress,
): Promise<IngestReport[]> {
  await db.query('insert into sample_company (loaded_at) values ($1) on conflict do nothing', [clock()]);
  const reports: IngestReport[] = [];
  const reader = createDocumentReader();
  try {
    for (const name of ['policies', 'guide']) {
      const folder = join(sampleFolder, name);
      const options = { db, lexicon, embedder, folder, now: clock(), actor: sampleActor, onProgress, reader };
      reports.push(await ingest(options));
    }
  } finally {
    await reader.close();
  }
  return reports;
}

/** Loads the sample company where there is nothing yet. @throws OperatorError for a database that holds something else */
export async function loadSamplesOnce(
  app: App,
  say: (text: string) => void = (text) => process.stderr.write(text),
): Promise<void> {
  if (await isEmpty(app)) {
    say(`Setting up ${sampleName}, a made-up company…\n`);
    await loadSamples(app);
  } else if (!(await holdsSamples(app.db)))
    throw new OperatorError(
      `There is something else than the sample company in ${placeOf(app.config)}, and it is never mixed with that. Give the demonstration a folder of its own with --data, or leave --data away.`,
    );
}
