/** The operator's commands for people: who they are, what they may, and when they leave. */
import type { Command } from 'commander';
import type { App } from '../app/app.ts';
import { OperatorError } from '../errors.ts';
import { bindIdentity, changeAddress, unbindIdentity } from '../records/identity-admin.ts';
import { comeBack, leave, selectOwned, type OwnedItem } from '../isms/person/leaving.ts';
import { importPeopleFile, type PeopleReport } from '../app/people-file.ts';
import { refuseSamples } from '../app/sample-company.ts';

const say = (text: string) => void process.stdout.write(`${text}\n`);

/** @param withApp  opens the database that the flags name, and closes it after */
export function addPeopleCommands<Flags>(
  group: Command,
  commandOf: (name: string, description: string, group: Command) => Command,
  withApp: (flags: Flags, work: (app: App) => Promise<void>) => Promise<void>,
): void {
  const command = (name: string, description: string) => commandOf(name, description, group);

  command(
    'import',
    'add and change people from a CSV or XLSX file; without --apply it only says what would happen',
  )
    .argument('<file>')
    .option('--apply', 'write it: all or nothing')
    .action((path: string, flags: Flags & { apply?: boolean }) =>
      withApp(flags, async (app) => {
        await refuseSamples(app);
        const { db, clock } = app;
        const apply = flags.apply === true;
        const report = await importPeopleFile(db, path, 'system:people-import', clock(), { apply });
        process.stdout.write(importText(report));
        if (report.lastAdmins.length > 0) process.exitCode = 2;
      }),
    );

  command('leave', 'somebody leaves: from that day no answers, no roles, no rights; prints what they own')
    .argument('<email>')
    .option('--on <day>', 'the first day on which they are not here, as 2026-12-31; without it, today')
    .action((email: string, flags: Flags & { on?: string }) =>
      withApp(flags, async ({ db, clock }) => {
        const day = dayIn(flags.on);
        const { name, leftOn, owned } = await db.transaction(async (tx) => {
          const left = await leave(tx, email, day, 'system:people-leave', clock());
          return { ...left, owned: await selectOwned(tx, left.id) };
        });
        say(`${name} is not here any more from ${leftOn}.`);
        process.stdout.write(ownedText(owned));
      }),
    );

  command('back', 'somebody who left is back: the same person, as an employee with no other role')
    .argument('<email>')
    .action((email: string, flags: Flags) =>
      withApp(flags, async ({ db, clock }) => {
        const { name } = await db.transaction((tx) => comeBack(tx, email, 'system:people-back', clock()));
        say(`${name} is here again. Give further roles with "isma people import".`);
      }),
    );

  command('rename', 'the address of somebody changed: they stay the same person')
    .argument('<email>')
    .argument('<new email>')
    .action((email: string, fresh: string, flags: Flags) =>
      withApp(flags, async ({ db, clock }) => {
        const { name } = await db.transaction((tx) =>
          changeAddress(tx, email, fresh, 'system:people-rename', clock()),
        );
        say(`${name} is known as ${fresh.toLowerCase()} now.`);
      }),
    );

  command('bind', 'an account of Slack or Teams is that person, whatever its address')
    .argument('<email>')
    .argument('<slack|teams>')
    .argument('<workspace or tenant>')
    .argument('<user>', 'its id there')
    .action((email: string, platform: string, tenant: string, user: string, flags: Flags) =>
      withApp(flags, async ({ db, clock }) => {
        const account = { platform: platformIn(platform), tenant, user };
        const { name } = await db.transaction((tx) =>
          bindIdentity(tx, email, account, 'system:people-bind', clock()),
        );
        say(`${platform} ${tenant} ${user} is ${name} now.`);
      }),
    );

  command('unbind', 'an account of Slack or Teams is nobody yet: it is asked about again when it writes')
    .argument('<slack|teams>')
    .argument('<workspace or tenant>')
    .argument('<user>', 'its id there')
    .action((platform: string, tenant: string, user: string, flags: Flags) =>
      withApp(flags, async ({ db, clock }) => {
        const account = { platform: platformIn(platform), tenant, user };
        const { name } = await db.transaction((tx) =>
          unbindIdentity(tx, account, 'system:people-unbind', clock()),
        );
        say(`${platform} ${tenant} ${user} was ${name}, and is nobody now.`);
      }),
    );
}

function dayIn(text: string | undefined): string | null {
  if (text === undefined) return null;
  const date = new Date(`${text}T00:00:00Z`);
  if (Number.isNaN(date.getTime()) || date.toISOString().slice(0, 10) !== text)
    throw new OperatorError(`--on takes a day such as 2026-12-31, not «${text}».`);
  return text;
}

function platformIn(text: string): 'slack' | 'teams' {
  if (text === 'slack' || text === 'teams') return text;
  throw new OperatorError(`It takes slack or teams, not «${text}».`);
}

export function importText({
  added,
  changed,
  unchanged,
  lastAdmins,
  unread,
  guessed,
  written,
}: PeopleReport): string {
  const sections = [
    ...(unread.length === 0 ? [] : [`Columns that mean nothing here and are not read: ${unread.join(', ')}`]),
    ...(guessed ? ['The file is not in UTF-8 and was read as Windows-1252: look at its letters below.'] : []),
    ...added.map(({ email, name, roles }) => `  new      ${email} · ${name} · ${roles.join(', ')}`),
    ...changed.flatMap(({ email, name, fields }) => [
      `  changed  ${email} · ${name}`,
      ...fields.map(({ field, from, to }) => `             ${field}: ${from || 'none'} → ${to || 'none'}`),
    ]),
    `${written ? 'Added' : 'Would add'} ${added.length}, ${written ? 'changed' : 'change'} ${changed.length}, unchanged ${unchanged}.`,
    ...(lastAdmins.length > 0 && !written
      ? [
          `It would be refused: nobody would be admin any more (${lastAdmins.join(', ')}). Give somebody else the role «admin» first.`,
        ]
      : []),
    ...(written ? [] : [nothingWritten(lastAdmins.length > 0, added.length + changed.length > 0)]),
  ];
  return `${sections.join('\n')}\n`;
}

function nothingWritten(isRefused: boolean, isNew: boolean): string {
  if (isRefused) return 'Nothing was written.';
  return isNew ? 'Nothing was written yet. Say --apply to write it.' : 'There is nothing to write.';
}

const owning: Record<OwnedItem['what'], string> = {
  leads: 'leads',
  does: 'owns the action',
  approves: 'approves the plan of',
  checks: 'checks',
  decides: 'decides on more time for',
  answers: 'is asked',
  manages: 'manages',
  owns: 'owns the document',
};

function ownedText(owned: readonly OwnedItem[]): string {
  if (owned.length === 0) return 'Nothing waits for them.\n';
  const lines = owned.map(
    ({ what, reference, title }) =>
      `  ${owning[what]} ${reference}${title === '' ? '' : ` · ${title.slice(0, 100)}`}`,
  );
  return `Somebody else has to take over:\n${lines.join('\n')}\n`;
}
