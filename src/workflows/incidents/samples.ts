/** Incidents of the made-up company: one closed, one contained. */
import { z } from 'zod';
import type { Queryable } from '../../db/database.ts';
import { selectAll } from '../../db/rows.ts';
import { partSamples, type RoomSamples, type SampleScope, type SamplesRemoved } from '../../dialogue/room.ts';
import {
  describe,
  incidents,
  noticesOwed,
  reportIncident,
  type Incident,
} from '../../isms/incident/incident.ts';
import type { CommandContext } from '../../records/command-context.ts';
import { deleteEvidenceOf } from '../../records/evidence.ts';
import { selectOptionalByEmail, type Person } from '../../records/person.ts';
import type { OwnEvent } from '../../records/record.ts';

const hour = 3_600_000;

const samples = [
  {
    reporter: 'wanda@demo.example', daysAgo: 24, severity: 'low', personalData: false,
    what: 'I lost my badge somewhere between the tram and the gate.',
    told: ['It was on a green lanyard.', 'This morning, on the tram.', 'I called the hotline, and they blocked it.'],
    containment: 'The badge was blocked 12 minutes after the report, and the gate log shows no use since.',
    closed: { cause: 'The clip of the old lanyards opens by itself.', lessons: 'All old lanyards are exchanged. Early reports keep a lost badge harmless.' },
  },
  {
    reporter: 'amelie@demo.example', daysAgo: 2, severity: 'medium', personalData: true,
    what: 'I clicked on a link in a mail that looked like our supplier portal.',
    told: ['It asked for my password, and I typed it in.', 'About ten minutes ago.', null],
    containment: 'The password was changed and all sessions ended; no sign-in from elsewhere is in the log.',
    closed: null,
  },
] as const; // prettier-ignore

export const incidentSamples: RoomSamples = { load, remove };

async function load(tx: Queryable, _folder: string, now: Date): Promise<void> {
  const ben = await selectOptionalByEmail(tx, 'ben@demo.example');
  if (ben === null || (await incidents.selectWhere(tx, 'true')).length > 0) return;
  for (const sample of samples) {
    const reporter = await selectOptionalByEmail(tx, sample.reporter);
    if (reporter === null) continue;
    const said = now.getTime() - sample.daysAgo * 24 * hour;
    const by = (actor: Person, hours: number): CommandContext => ({ actor, at: new Date(said + hours * hour), inputId: null, link: null });
    let row: Incident = await reportIncident(tx, by(reporter, 0), sample.what);
    for (const [at, words] of sample.told.entries()) row = await describe(tx, by(reporter, 0.1), row, words, at + 1);
    const change = async (hours: number, values: Record<string, unknown>, event: OwnEvent) => {
      row = await incidents.change(tx, by(ben, hours), row, values, () => event);
    };
    await change(0.2, { taken_by: ben.id, taken_at: by(ben, 0.2).at }, { action: 'incident.taken', detail: {} });
    const notices = await noticesOwed(tx, row, sample.personalData);
    await change(0.3, { severity: sample.severity, personal_data: sample.personalData, notices }, { action: 'incident.assessed', detail: { severity: sample.severity, notices: sample.personalData ? 1 : 0 } });
    await change(1, { state: 'contained', containment: sample.containment }, { action: 'incident.contained', detail: { from: 'reported', to: 'contained' } });
    if (sample.closed !== null) await change(96, { state: 'closed', ...sample.closed }, { action: 'incident.closed', detail: { from: 'contained', to: 'closed' } });
  }
} // prettier-ignore

const Sample = z.object({
  id: z.number(),
  reference: z.string(),
  title: z.string(),
  by: z.array(z.string()),
});

/** What real people reported stays theirs, and what they took or moved with it. */
async function remove(tx: Queryable, scope: SampleScope): Promise<SamplesRemoved> {
  const { people } = scope;
  const found = await selectAll(
    tx,
    Sample,
    `select id, reference, what as title, array(select name from person
       where person.id in (taken_by, state_by) and not person.id = any($1) order by name) as by
     from incident where reporter_id = any($1) order by id for update`,
    [people],
  );
  const { gone, known, kept } = partSamples(found, scope);
  const names = gone.map((id) => incidents.nameOf({ id }));
  await deleteEvidenceOf(tx, names);
  await tx.query('delete from register_note where belongs_to = any($1)', [names]);
  await tx.query('delete from incident where id = any($1)', [gone]);
  return {
    counts: { incidents: gone.length },
    text: gone.length === 0 ? null : `${gone.length} incidents; their numbers are not given out again`,
    known,
    kept,
  };
}
