/** The operator's commands for rules that an organisation sets for itself. */
import type { OpenedDatabase } from '../app/open-app.ts';
import { OperatorError } from '../errors.ts';
import { changeSetting, selectSetting, settings, type SettingName } from '../records/setting.ts';

export async function showSettings({ db }: OpenedDatabase): Promise<void> {
  for (const name of Object.keys(settings) as SettingName[])
    process.stdout.write(`${name} ${JSON.stringify(await selectSetting(db, name))}\n`);
}

export async function set({ db, clock }: OpenedDatabase, name: string, json: string): Promise<void> {
  const value = parseJson(json);
  await db.transaction((tx) => changeSetting(tx, name, value, 'system:settings', clock()));
  process.stdout.write(`${name} is set.\n`);
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
