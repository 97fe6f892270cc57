/** A record by its reference, for those who may read it; for everybody else there is none. */
import type { Person, ReplyParts } from '../../../conversation/contract.ts';
import type { Queryable } from '../../../db/database.ts';
import { selectActionsNumbered } from '../../../isms/corrective-action/list.ts';
import {
  actionRecordOf,
  selectOptionalAction,
  type CorrectiveAction,
} from '../../../isms/corrective-action/corrective-action.ts';
import {
  recordOf,
  selectOptionalNonconformity,
  selectOptionalNonconformityNamed,
  type Nonconformity,
} from '../../../isms/nonconformity/nonconformity.ts';
import { parseReference } from '../../../records/reference.ts';
import { selectNonconformitiesNumbered } from '../../../isms/register/list.ts';
import { selectOptionalNamed } from '../../../records/record.ts';

export type Readable =
  | { nonconformity: Nonconformity; action: null }
  /** The non-conformity of the action; null where it belongs to another record. */
  | { nonconformity: Nonconformity | null; action: CorrectiveAction };

/** Of a short reference the open one that they may read comes before a newer one that is not theirs. */
export async function findReadable(
  tx: Queryable,
  person: Person,
  reference: string,
): Promise<Readable | null> {
  const said = parseReference(reference);
  if (said === null) return null;
  const short = said.year === null;
  if (said.prefix === 'CA') {
    const [open] = short ? await selectActionsNumbered(tx, person, said.number) : [];
    const action = open ?? (await selectOptionalAction(tx, reference));
    if (action === null || (await selectOptionalNamed(tx, person, actionRecordOf(action))) === null)
      return null;
    return { nonconformity: await selectOptionalNonconformityNamed(tx, action.belongsTo), action };
  }
  const [open] = short ? await selectNonconformitiesNumbered(tx, person, said.number) : [];
  const nonconformity = open ?? (await selectOptionalNonconformity(tx, reference));
  if (nonconformity === null || (await selectOptionalNamed(tx, person, recordOf(nonconformity))) === null)
    return null;
  return { nonconformity, action: null };
}

/** The same words for what is not there and for what is not theirs to see. */
export function noSuchRecord(reference: string): ReplyParts {
  return {
    text: `There is no ${reference.trim().toUpperCase().slice(0, 40)} that you may see. Say «my actions» for what is yours.`,
  };
}
