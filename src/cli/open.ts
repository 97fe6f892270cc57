/** Opens for a command what it works on, loads the command itself meanwhile, and closes after it. */
import type { App, OpenedDatabase, Opening } from '../app/open-app.ts';
import type { Config } from '../config/config.ts';
import { OperatorError } from '../errors.ts';
import { beginWaiting, type Waiting } from './progress.ts';

export interface CommonFlags {
  data?: string;
  now?: string;
  demo?: boolean;
  /** Whose rights count, where a command asks. */
  as?: string;
  json?: boolean;
  /** A person waits for the first answer, and one of the sample company finds it there. */
  talk?: boolean;
}

/** @param load  the module that does the work */
export function withDatabase<Module>(
  flags: CommonFlags,
  load: () => Promise<Module>,
  work: (module: Module, opened: OpenedDatabase) => Promise<void>,
): Promise<void> {
  return withOpened(flags, { load, complete: (_config, opening) => opening(), work, shortLived: true });
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
  return withOpened(flags, { load, complete, work, shortLived: flags.talk === true });
}

interface Steps<Module, Opened> {
  load: () => Promise<Module>;
  complete: (config: Config, opening: Opening) => Promise<Opened>;
  work: (module: Module, opened: Opened) => Promise<void>;
  /** It reads no thousands of documents. */
  shortLived: boolean;
}

async function withOpened<Module, Opened extends OpenedDatabase>(
  flags: CommonFlags,
  { load, complete, work, shortLived }: Steps<Module, Opened>,
): Promise<void> {
  const startAt = timeOf(flags.now);
  const waiting = waitVisibly(flags);
  let loading: Promise<Module>;
  let opened: Opened;
  try {
    const { config, samples } = await configFor(flags);
    const { beginOpening } = await import('../app/open-app.ts');
    const { createLog } = await import('../log.ts');
    const opening = await beginOpening({
      config,
      log: createLog(config.logLevel ?? 'error'),
      startAt,
      shortLived,
      async template() {
        const { templateFor } = await import('../app/template.ts');
        return templateFor(samples ? 'samples' : 'empty', waiting.say, {
          at: startAt ?? new Date(),
          vectors: config.embedding !== null,
          step: waiting.say,
        });
      },
    });
    loading = load();
    loading.catch(() => undefined); // heard of below, once the database can be closed again
    opened = await complete(config, opening);
  } finally {
    waiting.end();
  }
  try {
    await work(await loading, opened);
  } finally {
    await opened.db.close();
  }
}

/** People of the sample company are at home in its own folder, unless an operator said that it may stand among real work. */
async function configFor({ data, demo = false, as = '', talk = false }: CommonFlags) {
  const { atFolder, readConfig } = await import('../config/config.ts');
  const { demoConfig, isSamplePerson } = await import('../app/sample-company.ts');
  const config = readConfig();
  const meansDemo = data === undefined && isSamplePerson(as) && config.sampleCompany !== 'allowed';
  return {
    config:
      demo || meansDemo
        ? demoConfig(config, data ?? null)
        : data === undefined
          ? config
          : atFolder(config, data),
    samples: talk && (demo || isSamplePerson(as)),
  };
}

/** Before anything is loaded, so that whoever looks sees that it has begun. */
function waitVisibly({ json = false, talk = false }: CommonFlags): Waiting {
  const seen = !json && (process.stderr.isTTY || talk);
  return seen ? beginWaiting('One moment…') : { say: json ? () => {} : writeLine, end: () => {} };
}

function writeLine(text: string): void {
  process.stderr.write(`${text}\n`);
}

function timeOf(text: string | undefined): Date | null {
  if (text === undefined) return null;
  const time = new Date(text);
  if (Number.isNaN(time.getTime()))
    throw new OperatorError(`--now takes a time such as 2026-11-24T09:00:00Z, not «${text}».`);
  return time;
}
