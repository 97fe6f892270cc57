/** The operator's commands for people: who they are, what they may, and when they leave. */
import type { OpenedDatabase } from '../app/open-app.ts';
import { dateOrderIn } from '../dialogue/import-dates.ts';
import { OperatorError, Refusal } from '../errors.ts';
import { bindIdentity, changeAddress, unbindIdentity } from '../records/identity-admin.ts';
import { letAuditorIn } from '../isms/person/auditor-access.ts';
import { comeBack, leave, selectOwned, type OwnedItem } from '../isms/person/leaving.ts';
import { nobodyWouldBe } from '../records/person.ts';
import { importPeopleFile, type PeopleReport } from '../app/people-file.ts';
import { refuseSamples } from '../app/sample-company.ts';

const say = (text: string) => void process.stdout.write(`${text}\n`);

export async function importFile(
  opened: OpenedDatabase,
  path: string,
  { apply = false, dates }: { apply?: boolean; dates?: string },
): Promise<void> {
  await refuseSamples(opened);
  const { db, clock } = opened;
  const report = await importPeopleFile(db, path, 'system:people-import', clock(), {
    apply,
    dates: dateOrderIn(dates),
  });
  process.stdout.write(importText(report));
  if (report.lastOnes.length > 0) process.exitCode = 2;
}

export async function noteLeaving(
  { db, clock }: OpenedDatabase,
  email: string,
  on: string | undefined,
): Promise<void> {
  const day = dayIn(on);
  const { name, leftOn, owned } = await db.transaction(async (tx) => {
    const left = await leave(tx, email, day, 'system:people-leave', clock());
    return { ...left, owned: await selectOwned(tx, left.id) };
  });
  say(`${name} is not here any more from ${leftOn}.`);
  process.stdout.write(ownedText(owned));
}

export async function noteReturn({ db, clock }: OpenedDatabase, email: string): Promise<void> {
  const { name } = await db.transaction((tx) => comeBack(tx, email, 'system:people-back', clock()));
  say(`${name} is here again. Give further roles with "isma people import".`);
}

export async function letIn(
  { db, clock }: OpenedDatabase,
  email: string,
  { name, until }: { name: string; until: string },
): Promise<void> {
  const { isNew } = await db
    .transaction((tx) => letAuditorIn(tx, { email, name, until }, 'system:people-auditor', clock()))
    .catch((error: unknown) => {
      throw error instanceof Refusal ? new OperatorError(error.message, { cause: error }) : error;
    });
  say(`${name} ${isNew ? 'reads' : 'reads again'} here as an auditor until ${until}, and changes nothing.`);
  say(`A guest of Slack or Teams is known once you bind their account: isma people bind ${email} <slack|teams> <workspace or tenant> <user>`);
} // prettier-ignore

export async function rename({ db, clock }: OpenedDatabase, email: string, fresh: string): Promise<void> {
  const { name } = await db.transaction((tx) =>
    changeAddress(tx, email, fresh, 'system:people-rename', clock()),
  );
  say(`${name} is known as ${fresh.toLowerCase()} now.`);
}

/** As it was typed. */
interface TypedAccount {
  platform: string;
  tenant: string;
  user: string;
}

export async function bind({ db, clock }: OpenedDatabase, email: string, typed: TypedAccount): Promise<void> {
  const account = { ...typed, platform: platformIn(typed.platform) };
  const { name } = await db.transaction((tx) =>
    bindIdentity(tx, email, account, 'system:people-bind', clock()),
  );
  say(`${nameOf(typed)} is ${name} now.`);
}

export async function unbind({ db, clock }: OpenedDatabase, typed: TypedAccount): Promise<void> {
  const account = { ...typed, platform: platformIn(typed.platform) };
  const { name } = await db.transaction((tx) => unbindIdentity(tx, account, 'system:people-unbind', clock()));
  say(`${nameOf(typed)} was ${name}, and is nobody now.`);
}

function nameOf({ platform, tenant, user }: TypedAccount): string {
  return `${platform} ${tenant} ${user}`;
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
  lastOnes,
  unread,
  guessed,
  days,
  written,
}: PeopleReport): string {
  const sections = [
    ...(unread.length === 0 ? [] : [`Columns that mean nothing here and are not read: ${unread.join(', ')}`]),
    ...(guessed ? ['The file is not in UTF-8 and was read as Windows-1252: look at its letters below.'] : []),
    ...days,
    ...added.map(({ email, name, roles }) => `  new      ${email} · ${name} · ${roles.join(', ')}`),
    ...changed.flatMap(({ email, name, fields }) => [
      `  changed  ${email} · ${name}`,
      ...fields.map(({ field, from, to }) => `             ${field}: ${from || 'none'} → ${to || 'none'}`),
    ]),
    `${written ? 'Added' : 'Would add'} ${added.length}, ${written ? 'changed' : 'change'} ${changed.length}, unchanged ${unchanged}.`,
    ...(written ? [] : lastOnes).map(
      (last) =>
        `It would be refused: ${nobodyWouldBe(last)} (${last.names.join(', ')}). Give somebody else the role «${last.role}» first.`,
    ),
    ...(written ? [] : [nothingWritten(lastOnes.length > 0, added.length + changed.length > 0)]),
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
  brings: 'is asked for evidence',
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
