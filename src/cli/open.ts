/** Opens for a command what it works on, loads the command itself meanwhile, and closes after it. */
import type { App, OpenedDatabase, Opening } from '../app/open-app.ts';
import type { Config } from '../config/config.ts';
import { OperatorError } from '../errors.ts';

export interface CommonFlags {
  data?: string;
  now?: string;
  demo?: boolean;
  /** Whose rights count, where a command asks. */
  as?: string;
}

/** @param load  the module that does the work */
export function withDatabase<Module>(
  flags: CommonFlags,
  load: () => Promise<Module>,
  work: (module: Module, opened: OpenedDatabase) => Promise<void>,
): Promise<void> {
  return withOpened(flags, load, (_config, opening) => opening(), work);
}

/** With vocabulary, models and the store of files as well. */
export function withApp<Module>(
  flags: CommonFlags,
  load: () => Promise<Module>,
  work: (module: Module, app: App) => Promise<void>,
): Promise<void> {
  async function complete(config: Config, opening: Opening): Promise<App> {
    const { completeApp } = await import('../app/open-app.ts');
    return completeApp(config, opening);
  }
  return withOpened(flags, load, complete, work);
}

async function withOpened<Module, Opened extends OpenedDatabase>(
  flags: CommonFlags,
  load: () => Promise<Module>,
  complete: (config: Config, opening: Opening) => Promise<Opened>,
  work: (module: Module, opened: Opened) => Promise<void>,
): Promise<void> {
  const config = await configFor(flags);
  const startAt = timeOf(flags.now);
  const { beginOpening } = await import('../app/open-app.ts');
  const { createLog } = await import('../log.ts');
  const opening = await beginOpening({ config, log: createLog(config.logLevel ?? 'error'), startAt });
  const loading = load();
  loading.catch(() => undefined); // heard of below, once the database can be closed again
  const opened = await complete(config, opening);
  try {
    await work(await loading, opened);
  } finally {
    await opened.db.close();
  }
}

/** People of the sample company are at home in its own folder, unless an operator said that it may stand among real work. */
async function configFor({ data, demo = false, as = '' }: CommonFlags): Promise<Config> {
  const { atFolder, readConfig } = await import('../config/config.ts');
  const { demoConfig, isSamplePerson } = await import('../app/sample-company.ts');
  const config = readConfig();
  const meansDemo = data === undefined && isSamplePerson(as) && config.sampleCompany !== 'allowed';
  if (demo || meansDemo) return demoConfig(config, data ?? null);
  return data === undefined ? config : atFolder(config, data);
}

function timeOf(text: string | undefined): Date | null {
  if (text === undefined) return null;
  const time = new Date(text);
  if (Number.isNaN(time.getTime()))
    throw new OperatorError(`--now takes a time such as 2026-11-24T09:00:00Z, not «${text}».`);
  return time;
}
