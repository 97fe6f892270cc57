/** Who has a say in our security (clause 4.2): what they need, on what it rests, whether we take it up and how it is met. Owns `interested_party`. */
import './audit-events.ts';
import { z } from 'zod';
import type { Queryable } from '../../db/database.ts';
import { columnOf } from '../../db/rows.ts';
import { Refusal } from '../../errors.ts';
import { addMonths, dayOf } from '../../language/calendar.ts';
import {
  optional,
  refuseUnlessWorking,
  required,
  type CommandContext,
} from '../../records/command-context.ts';
import { ownsRecord, readsRegistersSql, ismsManagerAlone } from '../../records/permission.ts';
import { declareRecord, recordSchema } from '../../records/record.ts';
import { declareStates, type Need } from '../../records/states.ts';

export const kinds = [
  'customer',
  'authority',
  'owner',
  'employee',
  'supplier',
  'partner',
  'public',
  'other',
] as const;
export const bases = ['law', 'contract', 'wish'] as const;

const InterestedParty = recordSchema(['current', 'ended'], {
  name: z.string(),
  kind: z.enum(kinds),
  needs: z.string(),
  basis: z.enum(bases),
  metBy: z.string().nullable(),
  addressed: z.boolean(),
  ownerId: z.number(),
  reviewOn: z.string(),
  reviewedOn: z.string(),
  stateAt: z.date(),
});
export type InterestedParty = z.infer<typeof InterestedParty>;

const keepsParties = ismsManagerAlone('Only the ISMS manager says who is an interested party.');
/** What the law asks for is not left to us. */
const takenUp: Need<InterestedParty, void> = {
  lacks: 'that it is taken up: the law asks for it',
  met: ({ basis, addressed }) => basis !== 'law' || addressed,
};

export const interestedPartyStates = declareStates<InterestedParty['state'], InterestedParty, void>(
  'current',
  {
    current: {
      review: { by: ownsRecord, needs: [takenUp] },
      correct: { by: ownsRecord },
      end: { to: 'ended', by: keepsParties },
    },
    ended: {},
  },
);

export const interestedParties = declareRecord<typeof InterestedParty, string>({
  table: 'interested_party',
  prefix: 'IP',
  schema: InterestedParty,
  ended: ['ended'],
  written: ['name', 'needs', 'basis', 'met_by', 'addressed'],
  reads: `(owner_id = $1 or $2 or ${readsRegistersSql})`,
});

export type NewInterestedParty = Pick<
  InterestedParty,
  'name' | 'kind' | 'needs' | 'basis' | 'metBy' | 'addressed' | 'ownerId'
>;

/** Months after which what they need is looked at again. */
const reviewMonths = 12;

/** The columns of a review that is done now. */
export function reviewed({ actor, at }: CommandContext): { reviewed_on: string; review_on: string } {
  const today = dayOf(at, actor.timeZone);
  return { reviewed_on: today, review_on: addMonths(today, reviewMonths) };
}

/** @throws Refusal for one of that name */
export async function recordInterestedParty(tx: Queryable, command: CommandContext, fresh: NewInterestedParty): Promise<InterestedParty> {
  const { actor, at } = command;
  await keepsParties.refuseUnless(tx, command, null, null);
  await refuseUnlessWorking(tx, fresh.ownerId);
  const name = required(fresh.name, 'The name', 200);
  const [known] = await interestedParties.selectWhere(tx, "state = 'current' and lower(name) = lower($1)", [name]);
  if (known !== undefined) throw new Refusal(`${known.reference} is «${name}» already.`);
  refuseUnlawful(fresh);
  return interestedParties.insert(
    tx,
    command,
    {
      state: 'current', state_by: actor.id, state_by_name: actor.name, state_at: at,
      name,
      kind: fresh.kind,
      needs: required(fresh.needs, 'What they need'),
      basis: fresh.basis,
      met_by: optional(fresh.metBy, 'How it is met'),
      addressed: fresh.addressed,
      owner_id: fresh.ownerId,
      ...reviewed(command),
    },
    () => ({ action: 'interested_party.recorded', detail: { owner: fresh.ownerId } }),
  );
} // prettier-ignore

/** What is changed of it, by its fields. */
export async function amendInterestedParty(tx: Queryable, command: CommandContext, row: InterestedParty, changed: Partial<NewInterestedParty>): Promise<InterestedParty> {
  await ownsRecord.refuseUnless(tx, command, row, null);
  if (changed.ownerId !== undefined) await refuseUnlessWorking(tx, changed.ownerId);
  refuseUnlawful({ ...row, ...changed });
  const values = Object.entries(changed).map(([field, value]) => [columnOf(field), value] as const);
  return interestedParties.change(tx, command, row, Object.fromEntries(values), () => ({ action: 'interested_party.corrected', detail: {} }));
} // prettier-ignore

export function refuseUnlawful({ basis, addressed }: Pick<NewInterestedParty, 'basis' | 'addressed'>): void {
  if (basis === 'law' && !addressed) throw new Refusal('What the law asks for has to be taken up.');
}
