/** Corrects what is written about a non-conformity, or hands it on; what it said before is kept. */
import type { Queryable } from '../../db/database.ts';
import { columnOf } from '../../db/rows.ts';
import { Refusal } from '../../errors.ts';
import { dayOf } from '../../language/calendar.ts';
import {
  isIsmsManager,
  optional,
  refuseUnlessWorking,
  required,
  requiredDay,
  type CommandContext,
} from '../../records/command-context.ts';
import { deadlineColumns } from './deadlines.ts';
import { freeChecker, lockAllowed, lockOpen } from './gate.ts';
import { approverFor, change, dayNoticed, type Nonconformity, type Source } from './nonconformity.ts';
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
  /** Our own limits, where they are others than the settings give; null for none. */
  correctionDueOn?: string | null;
  planDueOn?: string | null;
  actionsDueOn?: string | null;
}

const limits = ['correctionDueOn', 'planDueOn', 'actionsDueOn'] as const;
/** What was found, in the words of whoever found it: once it is contained, whoever leads it does not word it anew. */
const finding: readonly string[] = ['requirement', 'evidenceSeen', 'gap'];

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

/** By whoever leads it; its raiser while it is open, and later what was found. What is said to be as it was changes nothing, and is not named. */
export async function amendNonconformity(
  tx: Queryable,
  command: CommandContext,
  reference: string,
  amendment: Amendment,
): Promise<Nonconformity> {
  const { nonconformity, facts } = await lockOpen(tx, command, reference);
  const { ownerId = nonconformity.ownerId, approverId } = amendment;
  if (amendment.ownerId !== undefined) await leadsIt.refuseUnless(tx, command, nonconformity, facts);
  const limited = limits.some((key) => amendment[key] !== undefined && amendment[key] !== nonconformity[key]);
  if ((approverId !== undefined || limited) && !isIsmsManager(command.actor))
    throw new Refusal(`Who approves ${nonconformity.reference}, and its days, only the ISMS manager sets.`);
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
    ...Object.fromEntries(
      limits.flatMap((key) =>
        amendment[key] == null ? [] : [[key, requiredDay(amendment[key], 'The day')]],
      ),
    ),
    ownerId,
    approverId: approver,
  };
  const columns = [
    ...Object.keys(texts),
    'source',
    'identifiedOn',
    ...limits,
    'ownerId',
    'approverId',
  ] as const;
  const fresh = (columns as readonly (keyof typeof said)[]).filter(
    (key) => said[key] !== undefined && said[key] !== nonconformity[key],
  );
  if (fresh.length === 0) return nonconformity;
  const isFound = (key: string) => finding.includes(key);
  if (fresh.some(isFound)) await lockAllowed(tx, command, reference, 'reword');
  if (!fresh.every(isFound)) await lockAllowed(tx, command, reference, 'amend');
  const isExternal = (source: string | undefined) => source === 'external_audit';
  const moves = said.source !== undefined && isExternal(said.source) !== isExternal(nonconformity.source);
  const from = { identifiedOn: said.identifiedOn ?? nonconformity.identifiedOn, enteredOn: dayOf(nonconformity.raisedAt, command.actor.timeZone) }; // prettier-ignore
  const values = {
    ...Object.fromEntries(fresh.map((key) => [columnOf(key), said[key]])),
    ...(moves ? await deadlineColumns(tx, { ...nonconformity, source: said.source ?? '' }, from) : {}),
  };
  const changed = await change(tx, command, nonconformity, values, () => ({
    action: 'nonconformity.amended',
    detail: { fields: fresh.map(columnOf) },
  }));
  return freeChecker(tx, command, changed);
}
