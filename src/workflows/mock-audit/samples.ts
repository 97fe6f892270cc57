/** A mock audit of the made-up company: five of twelve who left, looked at by its ISMS manager last month. */
import { z } from 'zod';
import type { Queryable } from '../../db/database.ts';
import { selectAll } from '../../db/rows.ts';
import { partSamples, type RoomSamples, type SampleScope, type SamplesRemoved } from '../../dialogue/room.ts';
import {
  bringList,
  drawCases,
  finishMockAudit,
  judgeCase,
  mockAudits,
  mockCases,
  openMockAudit,
  selectCases,
} from '../../isms/mock-audit/mock-audit.ts';
import { keepPopulation } from '../../isms/mock-audit/population.ts';
import { addDays, dayOf } from '../../language/calendar.ts';
import type { CommandContext } from '../../records/command-context.ts';
import { selectOptionalByEmail } from '../../records/person.ts';
import { deleteEvidenceOf } from '../../records/evidence.ts';

/** Who left, and days before the audit on which they did. */
const leavers: [name: string, department: string, days: number][] = [
  ['Bruno Bluebell', 'Operations', 172], ['Celine Clover', 'Finance', 160], ['Dario Daisy', 'Engineering', 149], ['Edda Edelweiss', 'Sales and Marketing', 131],
  ['Felix Foxglove', 'Operations', 118], ['Gwen Geranium', 'Customer Support', 104], ['Henri Heather', 'Facilities', 90], ['Iris Ironweed', 'HR', 77],
  ['Jonas Jasmine', 'Engineering', 61], ['Karla Knapweed', 'Operations', 44], ['Leon Lupin', 'IT', 30], ['Mila Mallow', 'Customer Support', 15],
]; // prettier-ignore
/** Fixed, so that each demonstration draws the same. */
const seed = '5eed1ea7e25a3b1e';
/** Case by case: whether it conforms, and what was seen. */
const found: ['conform' | 'fail', string][] = [
  ['conform', 'All accounts were closed on the last day; the ticket shows it.'],
  ['fail', 'The account of the video service was still open 12 days after the last day.'],
  ['conform', 'Closed on the last day. Laptop and badge came back, with a receipt.'],
  ['conform', 'Closed a day before the last day, as the manager had asked.'],
  ['conform', 'Closed on the last day; the group of the project room was cleaned as well.'],
];
const daysAgo = 30;

export const mockAuditSamples: RoomSamples = { load, remove };

async function load(tx: Queryable, _folder: string, now: Date): Promise<void> {
  const ines = await selectOptionalByEmail(tx, 'ines@demo.example');
  if (ines === null || (await mockAudits.selectWhere(tx, 'true')).length > 0) return;
  const at = new Date(now.getTime() - daysAgo * 86_400_000);
  const command: CommandContext = { actor: ines, at, inputId: null, link: null };
  const rows = leavers.map(([name, department, days]) => [
    name,
    department,
    addDays(dayOf(at, 'UTC'), -days),
  ]);
  const columns = ['Name', 'Department', 'Last day'];
  const list = await keepPopulation(tx, { title: 'leavers.csv', columns, rows }, { by: ines.id, at });
  const opened = await openMockAudit(tx, command, { about: 'leavers', requirement: 'A.5.18' });
  const audit = await bringList(tx, command, opened, list);
  const size = found.length;
  await drawCases(tx, command, audit, { seed, size, nameAt: 1, requirement: 'A.5.18' });
  for (const [index, row] of (await selectCases(tx, audit)).entries()) {
    const [judging = 'conform', words = ''] = found[index] ?? [];
    await judgeCase(tx, command, row, { judging, words });
  }
  await finishMockAudit(tx, command, await mockAudits.lock(tx, audit.id));
}

const Sample = z.object({ id: z.number(), reference: z.string(), by: z.array(z.string()) });

/** What real people led, judged or were asked for stays, and its list with it; what they practised is theirs. */
async function remove(tx: Queryable, scope: SampleScope): Promise<SamplesRemoved> {
  const { people } = scope;
  const samples = await selectAll(
    tx,
    Sample,
    `select id, reference, array(select distinct person.name from person where not person.id = any($1) and (
         exists (select from mock_interview where mock_audit_id = mock_audit.id and person_id = person.id)
         or exists (select from mock_case where mock_audit_id = mock_audit.id and state_by = person.id)
       ) order by person.name) as by
     from mock_audit where lead_id = any($1) order by id for update`,
    [people],
  );
  const { gone, known, kept } = partSamples(samples.map((sample) => ({ ...sample, title: 'a mock audit' })), scope);
  await tx.query('delete from mock_interview where person_id = any($1) or mock_audit_id = any($2)', [people, gone]);
  const cases = await mockCases.selectWhere(tx, 'mock_audit_id = any($1)', [gone]);
  const evidence = [...gone.map((id) => mockAudits.nameOf({ id })), ...cases.map(mockCases.nameOf)];
  await deleteEvidenceOf(tx, evidence);
  await tx.query('delete from mock_case where mock_audit_id = any($1)', [gone]);
  await tx.query('delete from mock_audit where id = any($1)', [gone]);
  await tx.query('delete from mock_population where brought_by = any($1) and not exists (select from mock_audit where population_id = mock_population.id)', [people]);
  return {
    counts: { mock_audits: gone.length },
    text: gone.length === 0 ? null : `${gone.length} mock audits; their numbers are not given out again`,
    known,
    kept,
  };
} // prettier-ignore
