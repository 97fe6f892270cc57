/** `isma import absences <file>`: who is away when, as another system knows it. */
import { z } from 'zod';
import { appendAudit } from '../../db/audit.ts';
import { must, readDay, readText } from '../../dialogue/import-cells.ts';
import { readRecordFile } from '../../dialogue/import-file.ts';
import { bringAll, fileHash } from '../../dialogue/import-report.ts';
import type { Import } from '../../dialogue/room.ts';
import { noteAbsence, selectAbsences } from '../../records/absence.ts';
import { selectKnownByEmail } from '../../records/person.ts';

const row = z
  .object({
    email: must(readText(200)).describe('e_mail, mail, email_address, user_email, upn, e_mail_adresse'),
    fromDay: must(readDay).describe('from, start, start_date, first_day, begin, von, beginn, ab'),
    untilDay: must(readDay).describe('until, to, end, end_date, last_day, bis, ende'),
  })
  .transform((cells, context) => {
    if (cells.untilDay < cells.fromDay) context.addIssue({ code: 'custom', path: ['untilDay'], message: 'is before the first day' });
    return { ...cells, reference: `${cells.email} ${cells.fromDay}` };
  }); // prettier-ignore

/** One that begins on the same day takes the place of the one before; nobody's is taken out by being absent from the file. */
export const bringAbsences: Import['bring'] = async (db, clock, path, { apply, dates = null }) => {
  const file = await readRecordFile(path, row, dates);
  return bringAll(db, file, apply, async (tx, refuse) => {
    const people = await selectKnownByEmail(tx);
    let changes = 0;
    for (const { line, record } of file.rows) {
      const { email, fromDay, untilDay } = record;
      const person = people.get(email.toLowerCase());
      if (person === undefined) {
        refuse({ line }, `email: «${email}» is nobody that I know`);
        continue;
      }
      const known = await selectAbsences(tx, [person.id], fromDay);
      if (known.some((each) => each.fromDay === fromDay && each.untilDay === untilDay)) continue;
      await noteAbsence(tx, { personId: person.id, fromDay, untilDay }, 'import', clock());
      changes += 1;
    }
    const detail = { absences: changes, sha256: await fileHash(path) };
    if (changes > 0)
      await appendAudit(tx, { actor: 'system:absences-import', action: 'absence.imported', record: 'absence', detail, at: clock() }); // prettier-ignore
    return {
      changes,
      lines: (written) => [
        `${written ? 'Kept' : 'Would keep'} ${changes} ${changes === 1 ? 'absence' : 'absences'}.`,
      ],
    };
  });
};
