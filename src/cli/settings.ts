/** The operator's commands for rules that an organisation sets for itself. */
import type { Command } from 'commander';
import type { App } from '../app/app.ts';
import { OperatorError } from '../errors.ts';
import { changeSetting, selectSetting, settings, type SettingName } from '../records/setting.ts';

type WithApp = (flags: { data?: string; demo?: boolean }, work: (app: App) => Promise<void>) => Promise<void>;

export function addSettingsCommands(program: Command, withApp: WithApp): void {
  const group = program
    .command('settings')
    .description('rules of your organisation and its certification body');
  group
    .command('show')
    .description('print every rule and its value')
    .option('--data <folder>', 'embedded database to use')
    .option('--demo', 'the sample company')
    .action((flags: { data?: string; demo?: boolean }) =>
      withApp(flags, async ({ db }) => {
        for (const name of Object.keys(settings) as SettingName[])
          process.stdout.write(`${name} ${JSON.stringify(await selectSetting(db, name))}\n`);
      }),
    );
  group
    .command('set')
    .description('change one; what is there already keeps its dates')
    .argument('<name>')
    .argument('<json>')
    .option('--data <folder>', 'embedded database to use')
    .option('--demo', 'the sample company')
    .action((name: string, json: string, flags: { data?: string; demo?: boolean }) =>
      withApp(flags, async ({ db, clock }) => {
        const value = parseJson(json);
        await db.transaction((tx) => changeSetting(tx, name, value, 'system:settings', clock()));
        process.stdout.write(`${name} is set.\n`);
      }),
    );
}

function parseJson(json: string): unknown {
  try {
    return JSON.parse(json) as unknown;
  } catch {
    throw new OperatorError(
      `That is no JSON: ${json}\n"isma settings show" prints each rule the way it is written.`,
    );
  }
}
