/** Corrects what is written about a non-conformity, or hands it on; what it said before is kept. */
import type { Queryable } from '../../db/database.ts';
import { Refusal } from '../../errors.ts';
import {
  isIsmsManager,
  optional,
  refuseUnlessWorking,
  required,
  type CommandContext,
} from '../../records/command-context.ts';
import { lockOpenFor } from './gate.ts';
import { approverFor, bodyDay, change, type Nonconformity } from './nonconformity.ts';
import { leadsIt } from './states.ts';

export interface Amendment {
  title?: string;
  requirement?: string;
  evidenceSeen?: string;
  gap?: string;
  audit?: string | null;
  department?: string | null;
  consequences?: string | null;
  ismsChangeNeeded?: boolean;
  ismsChange?: string | null;
  ownerId?: number;
  approverId?: number;
  /** A date that the certification body set itself; null for none. */
  bodyDueOn?: string | null;
}

/** Columns of texts that it must have, and of those that it may: what they are called, and their longest. */
const requiredTexts = {
  title: ['title', 'The title', 200],
  requirement: ['requirement', 'The requirement', 200],
  evidenceSeen: ['evidence_seen', 'The evidence seen', 4_000],
  gap: ['gap', 'The gap', 4_000],
} as const;
const optionalTexts = {
  audit: ['audit', 'The audit', 200],
  department: ['department', 'The department', 200],
  consequences: ['consequences', 'The consequences', 4_000],
  ismsChange: ['isms_change', 'The change of the ISMS', 4_000],
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

  const said: [keyof Nonconformity, string, unknown][] = [
    ...keysOf(requiredTexts).map((key): [typeof key, string, unknown] => {
      const [column, what, most] = requiredTexts[key];
      return [key, column, amendment[key] === undefined ? undefined : required(amendment[key], what, most)];
    }),
    ...keysOf(optionalTexts).map((key): [typeof key, string, unknown] => {
      const [column, what, most] = optionalTexts[key];
      return [key, column, amendment[key] === undefined ? undefined : optional(amendment[key], what, most)];
    }),
    ['ismsChangeNeeded', 'isms_change_needed', amendment.ismsChangeNeeded],
    ['bodyDueOn', 'body_due_on', bodyDate === undefined ? undefined : bodyDay(bodyDate)],
    ['ownerId', 'owner_id', ownerId],
    ['approverId', 'approver_id', approver],
  ];
  const fresh = said.filter(([key, , value]) => value !== undefined && value !== nonconformity[key]);
  if (fresh.length === 0) return nonconformity;
  const values = Object.fromEntries(fresh.map(([, column, value]) => [column, value]));
  return change(tx, command, nonconformity, values, () => ({
    action: 'nonconformity.amended',
    detail: { fields: Object.keys(values) },
  }));
}

function keysOf<Of extends object>(of: Of): (keyof Of & string)[] {
  return Object.keys(of) as (keyof Of & string)[];
}
