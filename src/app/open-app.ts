/** Opens what commands and the service stand on: the database alone, or with it vocabulary, models and the store of files. */
import type { Config } from '../config/config.ts';
import { databaseClock } from '../db/clock.ts';
import type { Database } from '../db/database.ts';
import { migrate } from '../db/migrate.ts';
import { isNewFolder, openServer, startEmbedded } from '../db/open.ts';
import type { FileStore } from '../files/store.ts';
import type { Lexicon } from '../knowledge/lexicon.ts';
import type { ActiveEmbedder } from '../knowledge/search-index.ts';
import type { Log } from '../log.ts';
import type { LanguageModel } from '../model/language-model.ts';

export interface OpenedDatabase {
  config: Config;
  db: Database;
  clock: () => Date;
  log: Log;
}

export interface App extends OpenedDatabase {
  /** Where evidence lies. */
  files: FileStore;
  lexicon: Lexicon;
  embedder: ActiveEmbedder | null;
  model: LanguageModel | null;
}

export interface OpenOptions {
  config: Config;
  log: Log;
  /** The time to begin at, for demonstrations and tests; it then runs on. */
  startAt: Date | null;
  /** Asked where the folder is new: what its database begins with (see `EmbeddedOptions`); without it, with nothing. */
  template?: () => Promise<string | undefined>;
  /** See `EmbeddedOptions`. */
  shortLived?: boolean;
}

/** Waits until the database is open and has the newest schema. */
export type Opening = () => Promise<OpenedDatabase>;

/** Begins to open the database. The embedded one starts in a thread of its own, and what the caller loads meanwhile costs no time. */
export async function beginOpening({
  config,
  log,
  startAt,
  template,
  shortLived,
}: OpenOptions): Promise<Opening> {
  const { databaseUrl, dataFolder } = config;
  const open =
    databaseUrl === null
      ? await startFolder(dataFolder, { template, shortLived })
      : () => openServer(databaseUrl);
  const offset = startAt === null ? null : startAt.getTime() - Date.now();

  return async () => {
    const db = await open();
    try {
      await migrate(db);
    } catch (error) {
      await db.close();
      throw error;
    }
    return { config, db, clock: await clockOf(db, offset), log };
  };
}

/** @param offset  milliseconds by which a demonstration is elsewhere in time; null for now, which many processes share */
async function clockOf(db: Database, offset: number | null): Promise<() => Date> {
  if (offset === null && !db.embedded) return databaseClock(db);
  return () => new Date(Date.now() + (offset ?? 0));
}

async function startFolder(
  folder: string,
  { template, shortLived = false }: Pick<OpenOptions, 'template' | 'shortLived'>,
) {
  const isNew = template !== undefined && (await isNewFolder(folder));
  return startEmbedded({ folder, template: isNew ? await template() : undefined, shortLived });
}

export async function openApp(options: OpenOptions): Promise<App> {
  return completeApp(options.config, await beginOpening(options));
}

/** Loads what the settings name and nothing else, while the database opens. */
export async function completeApp(config: Config, opening: Opening): Promise<App> {
  const { loadLexicon } = await import('../knowledge/lexicon.ts');
  const { createFileStore } = await import('../files/open-store.ts');
  const lexicon = loadLexicon();
  const opened = await opening();
  try {
    return {
      ...opened,
      files: createFileStore(config.files),
      lexicon,
      embedder: await embedderOf(config, opened.db),
      model: await modelOf(config),
    };
  } catch (error) {
    await opened.db.close();
    throw error;
  }
}

async function embedderOf({ embedding }: Config, db: Database): Promise<ActiveEmbedder | null> {
  if (embedding === null) return null;
  const { createEmbedder } = await import('../model/embedding.ts');
  const { activateEmbedder } = await import('../knowledge/search-index.ts');
  return activateEmbedder(db, createEmbedder(embedding));
}

async function modelOf({ model }: Config): Promise<LanguageModel | null> {
  if (model === null) return null;
  const { createLanguageModel } = await import('../model/language-model.ts');
  return createLanguageModel(model);
}
