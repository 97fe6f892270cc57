/** The certification that the made-up company is on its way to: Stage 1 is held, Stage 2 comes. */
import { z } from 'zod';
import type { Queryable } from '../../db/database.ts';
import { selectAll } from '../../db/rows.ts';
import { partSamples, type RoomSamples, type SampleScope, type SamplesRemoved } from '../../dialogue/room.ts';
import { certifications, recordCertification } from '../../isms/certification/certification.ts';
import { addDays, dayOf } from '../../language/calendar.ts';
import { deleteEvidenceOf } from '../../records/evidence.ts';
import { selectOptionalByEmail } from '../../records/person.ts';

export const certificationSamples: RoomSamples = { load, remove };

/** Days back. */
const recorded = 300;
const stage1 = 40;

const sample = {
  body: 'Kestrel Certification',
  scope:
    'The development, production, operation and remote maintenance of robots for greenhouses and of the fleet platform, at the sites in Hamburg and Lyon and for everyone who works remotely for them.',
  contact: 'Clover Chaffinch, planning@kestrel.example',
  auditDays: { stage1: 1, stage2: 2.5 },
};

async function load(tx: Queryable, _folder: string, now: Date): Promise<void> {
  const ines = await selectOptionalByEmail(tx, 'ines@demo.example');
  if (ines === null || (await certifications.selectWhere(tx, 'true')).length > 0) return;
  const ago = (days: number) => ({ actor: ines, at: new Date(now.getTime() - days * 86_400_000), inputId: null, link: null });
  const row = await recordCertification(tx, ago(recorded), sample);
  const on = addDays(dayOf(now, 'UTC'), -stage1);
  const detail = { from: 'preparing', to: 'stage1_done', visit: 'stage1', on };
  const values = { state: 'stage1_done', visited_on: on, auditors: ['Pat Plover'], soa_version: '2.0' };
  await certifications.change(tx, ago(stage1 - 1), row, values, () => ({ action: 'certification.visited', detail }));
} // prettier-ignore

const Sample = z.object({
  id: z.number(),
  reference: z.string(),
  title: z.string(),
  by: z.array(z.string()),
});

async function remove(tx: Queryable, scope: SampleScope): Promise<SamplesRemoved> {
  const { people } = scope;
  const all = await selectAll(
    tx,
    Sample,
    `select id, reference, body as title, array(select name from person where not person.id = any($1) and ('person:' || person.id) in (
       select actor from audit_entry where record = 'certification:' || certification.id)) as by
     from certification where owner_id = any($1) order by id for update`,
    [people],
  );
  const { gone, known, kept } = partSamples(all, scope);
  const names = gone.map((id) => certifications.nameOf({ id }));
  await tx.query('delete from record_revision where record = any($1)', [names]);
  await deleteEvidenceOf(tx, names);
  await tx.query('delete from register_note where belongs_to = any($1)', [names]);
  await tx.query('update audit set certification_id = null where certification_id = any($1)', [gone]);
  await tx.query('delete from certification where id = any($1)', [gone]);
  await tx.query('update certification set state_by = null where state_by = any($1)', [people]);
  const text = gone.length === 0 ? null : `${gone.length} ${gone.length === 1 ? 'certification' : 'certifications'}`;
  return { counts: { certifications: gone.length }, text, known, kept };
} // prettier-ignore
