/** How it will be seen whether it worked (10.2 d): said with the plan and approved with it; what changes later is approved too. */
import { z } from 'zod';
import type { Queryable } from '../../db/database.ts';
import { Refusal } from '../../errors.ts';
import { dayInWords, dayOf, momentInWords } from '../../language/calendar.ts';
import {
  broughtThere,
  refuseUnlessWorking,
  required,
  requiredDay,
  type CommandContext,
} from '../../records/command-context.ts';
import { selectPerson } from '../../records/person.ts';
import { decidedAlready, declareRequest } from '../../records/request.ts';
import { lockAllowed, planApproverNames, refuseUnlessPossible } from './gate.ts';
import { change, lockById, stateInWords, type Nonconformity } from './nonconformity.ts';
import { advance } from './plan.ts';
import { decidesPlan, withFacts } from './plan-request.ts';
import { breachStates, involvement } from './states.ts';

export interface PlannedCheck {
  /** What will show that it worked. */
  criterion: string;
  /** As 2027-02-28; by the grade's setting from the last action on where it is left out. */
  dueOn?: string | null;
  checkerId?: number | null;
}

const CheckChange = z.object({ criterion: z.string(), dueOn: z.string().nullable() });
type CheckChange = z.infer<typeof CheckChange>;

/** Another criterion or day, once the plan is approved. */
export const checkChanges = declareRequest({
  kind: 'check_change',
  about: 'nonconformity',
  askedFor: CheckChange,
  agreed: 'approved',
  refused: 'refused',
  waitsWhile: `request.round = nonconformity.round and nonconformity.plan_approved_at is not null
    and nonconformity.state in ('action_planned', 'implemented', 'verifying')`,
  lock: async (tx, id) => withFacts(tx, await lockById(tx, id)),
  idOf: ({ nonconformity }) => nonconformity.id,
  decides: decidesPlan,
  why: (text, state) => (state === 'refused' ? required(text, 'Why the check stays as it is') : null),
  event({ request: { state, askedFor, decisionReason } }) {
    if (state === 'refused')
      return { action: 'nonconformity.check_change_refused', detail: { reason: decisionReason ?? '' } };
    const detail = { due: askedFor.dueOn };
    return state === 'waiting'
      ? { action: 'nonconformity.check_change_asked', detail }
      : { action: 'nonconformity.check_change_approved', detail };
  },
  async agree(tx, command, { nonconformity, request, ...locked }, event) {
    const { criterion, dueOn } = request.askedFor;
    const values = { criterion, check_due_on: dueOn };
    const changed = await change(tx, command, nonconformity, values, () => event);
    return { ...locked, nonconformity: await advance(tx, command, changed) };
  },
  missing: 'There is no such wish for another check.',
  decided: (command, { nonconformity, request }) =>
    decidedAlready(command, `The other check of ${nonconformity.reference} was decided`, request),
  overtaken: ({ nonconformity, request }) =>
    nonconformity.round === request.round && nonconformity.planApprovedAt !== null
      ? null
      : `The plan of ${nonconformity.reference} is another one meanwhile. Nothing was changed.`,
  waits: async (tx, { actor }, { nonconformity, request: { askedAt } }) =>
    `Another check of ${nonconformity.reference} was asked for on ${momentInWords(askedAt, actor.timeZone)}, and waits for ${await planApproverNames(tx, nonconformity)}.`,
});

/** d: how it will be seen whether it worked, when, and who looks: nobody who is involved. What an approved plan says changes once it is approved again. */
export async function planCheck(
  tx: Queryable,
  command: CommandContext,
  reference: string,
  { criterion, dueOn = null, checkerId = null }: PlannedCheck,
): Promise<Nonconformity> {
  const locked = await lockAllowed(tx, command, reference, 'planCheck');
  const { nonconformity, facts } = locked;
  const { state } = nonconformity;
  if (!breachStates.from('planCheck').includes(state))
    throw new Refusal(
      `${nonconformity.reference} is ${stateInWords[state]} (${broughtThere(command, nonconformity)}). A check is planned once its cause is found, and as long as it is not closed.`,
    );
  await refuseUnlessPossible(tx, command, nonconformity, 'planCheck');
  if (checkerId !== null) {
    const involved = involvement(nonconformity, facts, checkerId);
    if (involved !== null)
      throw new Refusal(
        `${(await selectPerson(tx, checkerId)).name} ${involved.they} ${nonconformity.reference}, so somebody else has to check whether it worked.`,
      );
    await refuseUnlessWorking(tx, checkerId);
  }
  const day = dueOn === null ? null : requiredDay(dueOn, 'The day of the check');
  if (day !== null && day !== nonconformity.checkDueOn && day < dayOf(command.at, command.actor.timeZone))
    throw new Refusal(`${dayInWords(day)} is past. Choose a day from today on for the check.`);
  const wanted = { criterion: required(criterion, 'The criterion'), dueOn: day ?? nonconformity.checkDueOn };
  const approved = nonconformity.planApprovedAt !== null;
  const same = wanted.criterion === nonconformity.criterion && wanted.dueOn === nonconformity.checkDueOn;
  if (approved && !same)
    await checkChanges.ask(tx, command, locked, { for: wanted, round: nonconformity.round });
  const values = {
    ...(approved ? {} : { criterion: wanted.criterion, check_due_on: wanted.dueOn }),
    ...(checkerId === null ? {} : { checker_id: checkerId }),
  };
  if (Object.keys(values).length === 0) return nonconformity;
  const changed = await change(tx, command, nonconformity, values, ({ checkDueOn, checkerId: checker }) => ({
    action: 'nonconformity.check_planned',
    detail: { due: checkDueOn, checker },
  }));
  return advance(tx, command, changed);
}
