/** The register that the labelled updates are about: each is possible there for Erin, who writes them. */
import type { Database } from '../../src/db/database.ts';
import { claimDone } from '../../src/isms/corrective-action/moves.ts';
import { lockAction } from '../../src/isms/corrective-action/corrective-action.ts';
import type { CommandContext } from '../../src/records/command-context.ts';
import { addDays } from '../../src/language/calendar.ts';
import { submitEvidence } from '../../src/isms/register/evidence.ts';
import { importPeople, type Role } from '../../src/isms/person/people-import.ts';
import { selectOptionalByEmail } from '../../src/records/person.ts';
import { parseReference } from '../../src/records/reference.ts';
import type { SaidUpdate } from '../../src/workflows/corrective-actions/update/said-update.ts';
import { givenAction, givenNonconformity } from '../workflows/corrective-actions/given-records.ts';
import type { UpdateCase } from './update-cases.ts';

export const writer = 'erin@demo.example';

const staff: Record<string, { name: string; roles: Role[] }> = {
  [writer]: { name: 'Erin Example', roles: ['employee', 'action_owner'] },
  'omar@demo.example': { name: 'Omar Oakapple', roles: ['employee', 'action_owner'] },
  'mona@demo.example': { name: 'Mona Meadowsweet', roles: ['employee', 'manager'] },
  'ines@demo.example': { name: 'Ines Ivyleaf', roles: ['employee', 'isms_manager'] },
  'ben@demo.example': { name: 'Ben Meyer', roles: ['employee'] },
  'lea@demo.example': { name: 'Léa Larkspur', roles: ['employee'] },
  'lucia@demo.example': { name: 'Lucía Lupin', roles: ['employee'] },
  'priya@demo.example': { name: 'Priya Nair', roles: ['employee'] },
};

/** No line says a percentage or a day that stands here already: nothing would change then. */
const begun = { state: 'in_progress', progress: 10 };
const actions = [
  { reference: 'CA-2026-009', due_on: '2026-12-01', description: 'Replace the door of the archive', ...begun },
  { reference: 'CA-2026-010', due_on: '2026-12-02', description: 'Close the leaver accounts', ...begun },
  { reference: 'CA-2026-011', due_on: '2026-12-03', description: 'Sign in all visitors', ...begun },
  { reference: 'CA-2026-012', due_on: '2026-12-05', description: "Roll out the vendor's firewall patch", ...begun },
  { reference: 'CA-2026-013', due_on: '2026-12-06', description: 'Run a restore test of each backup', state: 'accepted' },
  { reference: 'CA-2026-014', due_on: '2026-12-07', description: 'Train the service desk', state: 'proposed' },
]; // prettier-ignore
const actionsOfOmar = [
  { reference: 'CA-2026-015', due_on: '2026-12-08', description: 'Move the mail server', ...begun },
  { reference: 'CA-2026-016', due_on: '2026-12-10', description: 'Keep the logs of the scanner', state: 'accepted' },
]; // prettier-ignore

const planned = new Date('2026-01-12T09:00:00Z');

/** Erin has six actions; she approves what Mona leads and Omar does, of which one waits to be verified. */
export async function loadRegister(db: Database): Promise<void> {
  await db.transaction(async (tx) => {
    const people = Object.entries(staff).map(([email, person]) => ({
      ...person, email, department: null, title: null, manager: null, groups: [], timeZone: 'Europe/Berlin', locale: 'en-GB',
    })); // prettier-ignore
    await importPeople(tx, people, 'eval', planned);
    const person = async (email: string) => {
      const found = await selectOptionalByEmail(tx, email);
      if (found === null) throw new Error(`no ${email}`);
      return found;
    };
    const erin = await person(writer);
    const omar = await person('omar@demo.example');
    const mona = await person('mona@demo.example');
    const ines = await person('ines@demo.example');

    const led = { owner_id: mona.id, state: 'action_planned', plan_approved_at: planned };
    const theirs = await givenNonconformity(tx, {
      ...led,
      reference: 'NC-2026-001',
      title: 'Servers out of support',
      approver_id: erin.id,
    });
    const hers = await givenNonconformity(tx, {
      ...led,
      reference: 'NC-2026-004',
      title: "Last year's findings",
      approver_id: ines.id,
    });
    for (const action of actions)
      await givenAction(tx, { ...action, nonconformity_id: hers, owner_id: erin.id });
    for (const action of actionsOfOmar)
      await givenAction(tx, { ...action, nonconformity_id: theirs, owner_id: omar.id });

    const command: CommandContext = { actor: omar, at: planned, inputId: null, link: null };
    const done = await lockAction(tx, 'CA-2026-015');
    const exhibit = { kind: 'link' as const, address: 'https://wiki.demo.example/mail-server' };
    await submitEvidence(tx, command, { ...done, purpose: 'action', exhibit });
    await claimDone(tx, command, 'CA-2026-015');
  });
}

/** To where this line is written. */
export async function moveWriter(db: Database, { timeZone, locale }: UpdateCase): Promise<void> {
  await db.query('update person set time_zone = $2, locale = $3 where email = $1', [
    writer,
    timeZone,
    locale,
  ]);
}

/** What a card should hold for words that mean this: the very record, its day and the whole name of a person. */
export function onCard(expected: UpdateCase['expected'][number]): Partial<SaidUpdate> {
  const reference = recordOf(expected);
  // Words that may mean several records stay as they are: the card asks which.
  if (reference === null) return expected;
  const { moreDays = null, handOverTo = null, ...plain } = expected;
  delete plain.hint;
  const action = actions.find((each) => each.reference === reference);
  return {
    ...plain,
    reference,
    ...(moreDays === null || action === undefined ? {} : { dueOn: addDays(action.due_on, moreDays) }),
    ...(handOverTo === null ? {} : { handOverTo: nameOf(handOverTo) }),
  };
}

function recordOf({ reference, hint }: Partial<SaidUpdate>): string | null {
  const said = parseReference(reference ?? '');
  if (said !== null) return `${said.prefix}-2026-${String(said.number).padStart(3, '0')}`;
  if (hint == null) return null;
  return actions.find(({ description }) => description.includes(hint))?.reference ?? null;
}

function nameOf(said: string): string {
  const words = said.replace(/^@/, '').toLowerCase();
  const known = Object.entries(staff).find(([email, { name }]) =>
    [email, name.toLowerCase()].some((each) => each.startsWith(words)),
  );
  return known?.[1].name ?? said;
}
