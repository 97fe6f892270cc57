/** Competence in the made-up company: a role that is met, one with a gap and an action, one whose gap was closed. */
import type { Queryable } from '../../db/database.ts';
import { selectAll } from '../../db/rows.ts';
import { partSamples, type RoomSamples, type SampleScope, type SamplesRemoved } from '../../dialogue/room.ts';
import { competences, recordCompetence, type NewCompetence } from '../../isms/competence/competence.ts';
import { acceptAction } from '../../isms/corrective-action/moves.ts';
import { addAction } from '../../isms/corrective-action/corrective-action.ts';
import { addDays, dayOf } from '../../language/calendar.ts';
import { deleteEvidenceOf } from '../../records/evidence.ts';
import { selectOptionalByEmail } from '../../records/person.ts';
import { z } from 'zod';

export const competenceSamples: RoomSamples = { load, remove };

const samples: (Omit<NewCompetence, 'personId' | 'assessedOn'> & { email: string; ago: number; action?: { what: string; inDays: number } })[] = [
  {
    email: 'ines@demo.example', ago: 200, role: 'ISMS Manager', needs: 'Knows ISO/IEC 27001 and how to lead a risk assessment; has led an ISMS through an audit.',
    basis: ['training', 'experience'], shownBy: 'Lead implementer course 2023; six years in the job.', gap: null, effect: null,
  },
  {
    email: 'ben@demo.example', ago: 60, role: 'Internal auditor', needs: 'Knows how to plan, run and report an audit, and audits nothing of his own work.',
    basis: ['education', 'experience'], shownBy: 'Degree in computer science; took part in two audits.', gap: 'Has never led an audit, and has no training in it.', effect: null,
    action: { what: 'Take the internal auditor course and lead the next audit with Ines beside you', inDays: 45 },
  },
  {
    email: 'ada@demo.example', ago: 150, role: 'Systems administrator', needs: 'Hardens and patches servers; restores a backup without help.',
    basis: ['training', 'experience'], shownBy: 'Vendor course 2024; eight years as administrator.', gap: 'Had not restored a whole server from backup yet.',
    effect: 'Restored the file server alone in the exercise of June, in 90 minutes.',
  },
]; // prettier-ignore

async function load(tx: Queryable, _folder: string, now: Date): Promise<void> {
  const ines = await selectOptionalByEmail(tx, 'ines@demo.example');
  if (ines === null || (await competences.selectWhere(tx, 'true')).length > 0) return;
  for (const { email, ago, action, ...rest } of samples) {
    const person = await selectOptionalByEmail(tx, email);
    if (person === null) continue;
    const command = { actor: ines, at: new Date(now.getTime() - ago * 86_400_000), inputId: null, link: null };
    const fresh = { ...rest, personId: person.id, assessedOn: null };
    const record = competences.nameOf(await recordCompetence(tx, command, fresh));
    if (action === undefined) continue;
    const dueOn = addDays(dayOf(now, 'UTC'), action.inDays);
    const { reference } = await addAction(tx, command, record, { description: action.what, ownerId: person.id, dueOn });
    await acceptAction(tx, { ...command, actor: person }, reference);
  }
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
    `select id, reference, role as title, array(select name from person where not person.id = any($1) and ('person:' || person.id) in (
       select actor from audit_entry where record = 'competence:' || competence.id)) as by
     from competence where person_id = any($1) order by reference`,
    [people],
  );
  const { gone, known, kept } = partSamples(all, scope);
  const names = gone.map((id) => `competence:${id}`);
  const { rows } = await tx.query('select id from corrective_action where belongs_to = any($1)', [names]);
  const actions = rows.map(({ id }) => `corrective_action:${String(id)}`);
  const hanging = [...names, ...actions];
  for (const table of ['record_revision', 'record_snapshot', 'request'])
    await tx.query(`delete from ${table} where record = any($1)`, [hanging]);
  await deleteEvidenceOf(tx, hanging);
  await tx.query('delete from register_note where belongs_to = any($1)', [hanging]);
  await tx.query('delete from corrective_action where belongs_to = any($1)', [names]);
  await tx.query('delete from competence where id = any($1)', [gone]);
  await tx.query('update competence set state_by = null where state_by = any($1)', [people]);
  return {
    counts: { competences: gone.length },
    text: gone.length === 0 ? null : `${gone.length} competence records`,
    known,
    kept,
  };
}
