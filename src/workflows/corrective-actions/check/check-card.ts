/** What there is to look at when somebody checks whether it worked: the criterion, what was done, and the evidence of it. */
import { statesOf, type Facts } from '../../../isms/nonconformity/states.ts';
import { room } from '../buttons.ts';
import { recordButton, signButton } from '../buttons.ts';
import { evidenceShown } from '../../../dialogue/evidence.ts';
import type { Context, ReplyParts } from '../../../conversation/contract.ts';
import type { Queryable } from '../../../db/database.ts';
import { selectActionsOf } from '../../../isms/corrective-action/corrective-action.ts';
import { dayOf } from '../../../language/calendar.ts';
import { selectEvidenceOf } from '../../../isms/register/evidence.ts';
import { recordOf, type Nonconformity } from '../../../isms/nonconformity/nonconformity.ts';
import { andAll, closingLacks, selectFacts } from '../../../isms/nonconformity/gate.ts';
import { inFull } from '../../../language/calendar.ts';
import { seenOfNonconformity } from '../update/seen.ts';
import { stake, titleLine } from '../plan/notify-nonconformity.ts';

export async function checkCard(
  tx: Queryable,
  context: Context,
  nonconformity: Nonconformity,
): Promise<ReplyParts> {
  const { reference, criterion, rootCause, checkDueOn, id, round } = nonconformity;
  const actions = await selectActionsOf(tx, recordOf({ id }), round);
  const done = actions.filter(({ state }) => state !== 'declined' && state !== 'cancelled');
  const waits = closingLacks(nonconformity, actions);
  const pieces = (await selectEvidenceOf(tx, recordOf({ id }))).filter(({ state }) => state !== 'rejected');
  const items = evidenceShown(room, pieces);
  const mayCheck = mayRecordCheck(context, nonconformity, await selectFacts(tx, nonconformity));
  return {
    text: [
      checkDueOn === null ? 'Did it work?' : `Did it work? The check is due since ${inFull(checkDueOn)}.`,
      titleLine(nonconformity),
      stake(nonconformity),
      waits.length === 0 ? null : `It cannot be closed without ${andAll(waits)}.`,
    ]
      .filter((line) => line !== null)
      .join('\n'),
    facts: [
      { label: 'It worked when', value: criterion ?? 'not said yet' },
      { label: 'Root cause', value: rootCause ?? 'none recorded' },
      ...done.map((action) => ({
        label: action.reference,
        value: `${action.description} (${action.verifiedByName === null ? 'not verified' : `verified by ${action.verifiedByName}`})`,
      })),
    ],
    items,
    buttons: [
      ...(mayCheck
        ? [
            signButton(
              'check',
              'Record the check',
              { record: reference },
              await seenOfNonconformity(tx, nonconformity),
              { style: 'primary', opensForm: true },
            ),
          ]
        : []),
      recordButton('show', 'The whole record', reference),
    ],
  };
}

/** Whether it is due, and this person's to look at. */
export function mayRecordCheck(
  { person, now }: Pick<Context, 'person' | 'now'>,
  nonconformity: Nonconformity,
  facts: Facts,
): boolean {
  const { checkDueOn } = nonconformity;
  const may = statesOf(nonconformity).may('findEffective', person, nonconformity, facts);
  return may && checkDueOn !== null && checkDueOn <= dayOf(now, person.timeZone);
}

/** Opens what there is to look at. */
export function checkButton(reference: string) {
  return recordButton('look-check', 'Look', reference, { style: 'primary' });
}
