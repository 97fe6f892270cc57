/** Management reviews as a table: each with its minutes as they were signed, so that anybody can check their hash. */
import type { Database } from '../../db/database.ts';
import type { Table } from '../../files/write-table.ts';
import { managementReviews } from '../../isms/management-review/management-review.ts';
import { minutesText, selectMinutes } from '../../isms/management-review/minutes.ts';
import { decisionLine } from './cards.ts';

const columns = [
  'reference', 'title', 'state', 'planned_on', 'held_on', 'chair', 'secretary', 'attendees', 'inputs', 'decisions', 'suitable', 'adequate', 'effective', 'conclusion',
  'signed_by', 'signed_at', 'minutes_hash', 'minutes',
] as const; // prettier-ignore

const said = (is: boolean | null) => (is === null ? '' : is ? 'yes' : 'no');

/**
 * In the columns in which past ones are brought. `minutes` is what was signed, in Base64, as a program that opens a table may change
 * text; `minutes_hash` is the SHA-256 of what that decodes to.
 */
export async function reviewsTable(db: Database): Promise<Table> {
  return db.transaction(async (tx) => {
    const rows: string[][] = [];
    for (const review of await managementReviews.selectWhere(tx, 'true')) {
      const minutes = await selectMinutes(tx, review);
      const { attendance, inputs, decisions } = minutes;
      const came = attendance.filter((each) => each.came === true);
      rows.push([
        review.reference,
        review.title,
        review.state,
        review.plannedOn,
        review.heldOn ?? '',
        minutes.chair,
        minutes.secretary,
        came
          .map(({ name, deputyFor }) => (deputyFor === null ? name : `${name} for ${deputyFor}`))
          .join('; '),
        inputs
          .filter(({ discussedAt }) => discussedAt !== null)
          .map(({ input }) => input)
          .join(', '),
        decisions.map(decisionLine).join('\n'),
        said(review.suitable),
        said(review.adequate),
        said(review.effective),
        review.conclusion ?? '',
        review.signedByName ?? '',
        review.signedAt?.toISOString() ?? '',
        review.minutesHash ?? '',
        review.state === 'signed' ? Buffer.from(minutesText(minutes)).toString('base64') : '',
      ]);
    }
    return { columns, rows };
  });
}
