/** Reminders, as the house knows them. */
import type { Queryable } from '../../db/database.ts';
import type { Room } from '../../dialogue/room.ts';
import { dayOf } from '../../language/calendar.ts';
import { forgetAbsences } from '../../records/absence.ts';
import { forgetDigests } from '../../records/digest.ts';
import type { Dependencies } from '../dependencies.ts';
import { bringAbsences } from './import-absences.ts';
import { createNudgesWorkflow } from './workflow.ts';

export const nudgesRoom: Room<Dependencies> = {
  name: 'nudges',
  workflow: createNudgesWorkflow,
  async forget(tx, before) {
    await forgetAbsences(tx, dayOf(before, 'UTC'));
    await forgetDigests(tx, dayOf(before, 'UTC'));
  },
  imports: { absences: { bring: bringAbsences } },
  samples: {
    /** Of people who are made up nobody is told anything unless something comes to pass, or somebody talks as them. */
    async load(tx) {
      await tx.query("update nudge_agenda set look_at = 'infinity'");
    },
    async remove(tx: Queryable, { people }) {
      for (const table of ['digest', 'nudge', 'snooze', 'absence', 'nudge_agenda'])
        await tx.query(`delete from ${table} where person_id = any($1)`, [people]);
      return { counts: {}, text: null, known: [], kept: [] };
    },
  },
};
