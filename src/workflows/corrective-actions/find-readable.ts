/** A record by its reference, for those who may read it; for everybody else there is none. */
import type { Person, ReplyParts } from '../../conversation/contract.ts';
import type { Queryable } from '../../db/database.ts';
import { selectOptionalAction, type CorrectiveAction } from '../../isms/corrective-action.ts';
import {
  selectNonconformity,
  selectOptionalNonconformity,
  type Nonconformity,
} from '../../isms/nonconformity.ts';
import { isReadable } from '../../isms/register-access.ts';

export interface Readable {
  nonconformity: Nonconformity;
  /** Null where the reference names the non-conformity itself. */
  action: CorrectiveAction | null;
}

export async function findReadable(
  tx: Queryable,
  person: Person,
  reference: string,
): Promise<Readable | null> {
  const action = await selectOptionalAction(tx, reference);
  const nonconformity =
    action === null
      ? await selectOptionalNonconformity(tx, reference)
      : await selectNonconformity(tx, action.nonconformityId);
  if (nonconformity === null || !(await isReadable(tx, person, nonconformity))) return null;
  return { nonconformity, action };
}

/** The same words for what is not there and for what is not theirs to see. */
export function noSuchRecord(reference: string): ReplyParts {
  return {
    text: `There is no ${reference.trim().toUpperCase().slice(0, 40)} that you may see. Say «my actions» for what is yours.`,
  };
}
