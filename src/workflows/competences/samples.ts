/** Competence in the made-up company: a role that is met, one with a gap and an action, one whose gap was closed. */
import { recordSamples } from '../../dialogue/record-samples.ts';
import { competences, recordCompetence, type NewCompetence } from '../../isms/competence/competence.ts';
import { acceptAction } from '../../isms/corrective-action/moves.ts';
import { addAction } from '../../isms/corrective-action/corrective-action.ts';
import { actionsHanging } from '../../isms/corrective-action/removal.ts';
import { addDays, dayOf } from '../../language/calendar.ts';

const samples: (Omit<NewCompetence, 'personId' | 'assessedOn'> & { who: string; ago: number; action?: { what: string; inDays: number } })[] = [
  {
    who: 'ines', ago: 200, role: 'ISMS Manager', needs: 'Knows ISO/IEC 27001 and how to lead a risk assessment; has led an ISMS through an audit.',
    basis: ['training', 'experience'], shownBy: 'Lead implementer course 2023; six years in the job.', gap: null, effect: null,
  },
  {
    who: 'ben', ago: 60, role: 'Internal auditor', needs: 'Knows how to plan, run and report an audit, and audits nothing of his own work.',
    basis: ['education', 'experience'], shownBy: 'Degree in computer science; took part in two audits.', gap: 'Has never led an audit, and has no training in it.', effect: null,
    action: { what: 'Take the internal auditor course and lead the next audit with Ines beside you', inDays: 45 },
  },
  {
    who: 'ada', ago: 150, role: 'Systems administrator', needs: 'Hardens and patches servers; restores a backup without help.',
    basis: ['training', 'experience'], shownBy: 'Vendor course 2024; eight years as administrator.', gap: 'Had not restored a whole server from backup yet.',
    effect: 'Restored the file server alone in the exercise of June, in 90 minutes.',
  },
]; // prettier-ignore

export const competenceSamples = recordSamples(competences, {
  many: 'competence records',
  title: 'role',
  of: 'person_id = any($1)',
  with: actionsHanging,
  async load(tx, { now, ines, person, by }) {
    for (const { who, ago, action, ...rest } of samples) {
      const whose = await person(who);
      const command = by(ines, ago);
      const row = await recordCompetence(tx, command, { ...rest, personId: whose.id, assessedOn: null });
      if (action === undefined) continue;
      const dueOn = addDays(dayOf(now, 'UTC'), action.inDays);
      const { reference } = await addAction(tx, command, competences.nameOf(row), { description: action.what, ownerId: whose.id, dueOn });
      await acceptAction(tx, by(whose, ago), reference);
    }
  },
}); // prettier-ignore
