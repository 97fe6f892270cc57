/** Corrects what is written about a non-conformity, or hands it on; what it said before is kept. */
import type { Queryable } from '../../db/database.ts';
import { columnOf } from '../../db/rows.ts';
import { Refusal } from '../../errors.ts';
import {
  isIsmsManager,
  optional,
  refuseUnlessWorking,
  required,
  type CommandContext,
} from '../../records/command-context.ts';
import { freeChecker, lockOpenFor } from './gate.ts';
import {
  approverFor,
  bodyDay,
  change,
  dayNoticed,
  type Nonconformity,
  type Source,
} from './nonconformity.ts';
import { leadsIt } from './states.ts';

export interface Amendment {
  title?: string;
  requirement?: string;
  evidenceSeen?: string;
  gap?: string;
  audit?: string | null;
  department?: string | null;
  source?: Source;
  identifiedOn?: string;
  consequences?: string | null;
  ownerId?: number;
  approverId?: number;
  /** A date that the certification body set itself; null for none. */
  bodyDueOn?: string | null;
}

/** Texts, those that it must have first: what they are called, their longest, and how they are read. */
const texts = {
  title: ['The title', 200, required],
  requirement: ['The requirement', 200, required],
  evidenceSeen: ['The evidence seen', 4_000, required],
  gap: ['The gap', 4_000, required],
  audit: ['The audit', 200, optional],
  department: ['The department', 200, optional],
  consequences: ['The consequences', 4_000, optional],
} as const;

/** Its raiser may, as long as it is open. What is said to be as it was changes nothing, and is not named. */
export async function amendNonconformity(
  tx: Queryable,
  command: CommandContext,
  reference: string,
  amendment: Amendment,
): Promise<Nonconformity> {
  const { nonconformity, facts } = await lockOpenFor(tx, command, reference, 'amend');
  const { ownerId = nonconformity.ownerId, approverId, bodyDueOn: bodyDate } = amendment;
  if (amendment.ownerId !== undefined) await leadsIt.refuseUnless(tx, command, nonconformity, facts);
  if ((approverId !== undefined || bodyDate !== undefined) && !isIsmsManager(command.actor))
    throw new Refusal(
      `Who approves ${nonconformity.reference}, and the date of its certification body, only the ISMS manager sets.`,
    );
  if (approverId === ownerId)
    throw new Refusal('Whoever leads a non-conformity cannot approve its plan. Choose another person.');
  if (amendment.ownerId !== undefined) await refuseUnlessWorking(tx, ownerId);
  if (approverId !== undefined) await refuseUnlessWorking(tx, approverId);
  const approver =
    approverId ?? (ownerId === nonconformity.approverId ? await approverFor(tx, ownerId) : undefined);

  const said = {
    ...amendment,
    ...Object.fromEntries(
      Object.entries(texts).flatMap(([key, [what, most, read]]) => {
        const text = amendment[key as keyof typeof texts];
        return text === undefined ? [] : [[key, read(text, what, most)]];
      }),
    ),
    ...(amendment.identifiedOn === undefined
      ? {}
      : { identifiedOn: dayNoticed(command, amendment.identifiedOn) }),
    ...(bodyDate === undefined ? {} : { bodyDueOn: bodyDay(bodyDate) }),
    ownerId,
    approverId: approver,
  };
  const columns = [
    ...Object.keys(texts),
    'source',
    'identifiedOn',
    'bodyDueOn',
    'ownerId',
    'approverId',
  ] as const;
  const fresh = (columns as readonly (keyof typeof said)[]).filter(
    (key) => said[key] !== undefined && said[key] !== nonconformity[key],
  );
  if (fresh.length === 0) return nonconformity;
  const values = Object.fromEntries(fresh.map((key) => [columnOf(key), said[key]]));
  const changed = await change(tx, command, nonconformity, values, () => ({
    action: 'nonconformity.amended',
    detail: { fields: Object.keys(values) },
  }));
  return freeChecker(tx, command, changed);
}
