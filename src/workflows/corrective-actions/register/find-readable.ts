/** A record by its reference, for those who may read it; for everybody else there is none. */
import type { Person, ReplyParts } from '../../../conversation/contract.ts';
import type { Queryable } from '../../../db/database.ts';
import {
  selectActionsNumbered,
  selectNonconformitiesNumbered,
} from '../../../isms/corrective-action/list.ts';
import {
  selectOptionalAction,
  type CorrectiveAction,
} from '../../../isms/corrective-action/corrective-action.ts';
import {
  selectNonconformity,
  selectOptionalNonconformity,
  type Nonconformity,
} from '../../../isms/nonconformity/nonconformity.ts';
import { parseReference } from '../../../records/reference.ts';
import { isReadable } from '../../../isms/register/access.ts';

export interface Readable {
  nonconformity: Nonconformity;
  /** Null where the reference names the non-conformity itself. */
  action: CorrectiveAction | null;
}

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
    if (action === null) return null;
    return ifReadable(tx, person, await selectNonconformity(tx, action.nonconformityId), action);
  }
  const [open] = short ? await selectNonconformitiesNumbered(tx, person, said.number) : [];
  const nonconformity = open ?? (await selectOptionalNonconformity(tx, reference));
  return nonconformity === null ? null : ifReadable(tx, person, nonconformity, null);
}

async function ifReadable(
  tx: Queryable,
  person: Person,
  nonconformity: Nonconformity,
  action: CorrectiveAction | null,
): Promise<Readable | null> {
  return (await isReadable(tx, person, nonconformity)) ? { nonconformity, action } : null;
}

/** The same words for what is not there and for what is not theirs to see. */
export function noSuchRecord(reference: string): ReplyParts {
  return {
    text: `There is no ${reference.trim().toUpperCase().slice(0, 40)} that you may see. Say «my actions» for what is yours.`,
  };
}
