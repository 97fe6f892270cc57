/** Management reviews that were held before Isma was there: brought as they were minuted and signed elsewhere, and locked like any other. */
import type { Queryable } from '../../db/database.ts';
import { storable } from '../../db/rows.ts';
import { Refusal } from '../../errors.ts';
import { dayInWords, dayOf } from '../../language/calendar.ts';
import { optional, required, requiredDay, type CommandContext } from '../../records/command-context.ts';
import { selectNames } from '../../records/person.ts';
import { inputKeys, type InputKey } from './inputs.ts';
import { managementReviews, plansReviews, type ManagementReview } from './management-review.ts';
import { freeze } from './minutes.ts';
import { titleFor } from './plan.ts';

export interface PastReview {
  title: string | null;
  heldOn: string;
  chairId: number;
  secretaryId: number;
  /** Names as they stood in the minutes; of whom works here with their id. */
  attendees: readonly { personId: number | null; name: string }[];
  decisions: readonly string[];
  /** Those that the minutes say were discussed. */
  inputs: readonly InputKey[];
  suitable: boolean | null;
  adequate: boolean | null;
  effective: boolean | null;
  conclusion: string | null;
}

/** @returns null where the review of that day is here already */
export async function bringReview(tx: Queryable, command: CommandContext, past: PastReview): Promise<ManagementReview | null> {
  await plansReviews.refuseUnless(tx, command, null, undefined);
  const { at, actor } = command;
  const heldOn = requiredDay(past.heldOn, 'The day on which it was held');
  if (heldOn > dayOf(at, actor.timeZone)) throw new Refusal(`${dayInWords(heldOn)} is still to come: plan it in chat instead`);
  const known = await managementReviews.selectWhere(tx, "held_on = $1 and state in ('complete', 'signed')", [heldOn]);
  if (known.length > 0) return null;
  const noon = new Date(`${heldOn}T12:00:00Z`);
  const brought = await managementReviews.insert(
    tx,
    command,
    {
      state: 'complete', state_by: actor.id, state_by_name: actor.name, state_at: at,
      title: past.title === null ? titleFor(heldOn) : required(past.title, 'The title', 200),
      planned_on: heldOn, held_on: heldOn, chair_id: past.chairId, secretary_id: past.secretaryId,
      suitable: past.suitable, adequate: past.adequate, effective: past.effective,
      conclusion: optional(past.conclusion, 'The conclusion'),
    },
    () => ({ action: 'management_review.planned', detail: { on: heldOn } }),
  );
  const names = await selectNames(tx, [past.chairId, past.secretaryId]);
  const chair = names.get(past.chairId) ?? '';
  const others = past.attendees.filter(({ personId }) => personId !== past.chairId);
  const secretaryCame = others.some(({ personId }) => personId === past.secretaryId);
  const rows = [
    { personId: past.chairId, name: chair, part: 'chair', came: past.attendees.length === 0 || others.length < past.attendees.length },
    ...(past.secretaryId === past.chairId || secretaryCame ? [] : [{ personId: past.secretaryId, name: names.get(past.secretaryId) ?? '', part: 'secretary', came: false }]),
    ...others.map(({ personId, name }) => ({
      personId, name: storable(required(name, 'A name', 200)), came: true,
      part: personId === past.secretaryId ? 'secretary' : personId === null ? 'guest' : 'member',
    })),
  ];
  for (const { personId, name, part, came } of rows)
    await tx.query('insert into review_attendance (review_id, person_id, name, part, came) values ($1, $2, $3, $4, $5)', [brought.id, personId, name, part, came]);
  await tx.query(
    `insert into review_input (review_id, input, discussed_at) select $1, input, case when input = any($3) then $4::timestamptz end
     from unnest($2::text[]) as input`,
    [brought.id, inputKeys, past.inputs, noon],
  );
  for (const decision of past.decisions)
    await tx.query(
      `insert into review_decision (review_id, text, kind, decided_at, decided_by, decided_by_name) values ($1, $2, 'decision', $3, $4, $5)`,
      [brought.id, storable(required(decision, 'A decision')), noon, past.chairId, chair],
    );
  const by = { id: null, name: `${chair} (on the minutes that were brought)` };
  return freeze(tx, command, brought, { by, at: noon, event: (snapshot) => ({ action: 'management_review.brought', detail: { on: heldOn, snapshot } }) });
} // prettier-ignore
