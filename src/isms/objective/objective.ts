/** What information security is to reach (clause 6.2): by when, how it is known, with what, who answers for it, and what came of it. Owns `objective`. */
import './audit-events.ts';
import { z } from 'zod';
import type { Queryable } from '../../db/database.ts';
import { columnOf } from '../../db/rows.ts';
import { Refusal } from '../../errors.ts';
import {
  isIsmsManager,
  refuseUnlessWorking,
  required,
  requiredDay,
  type CommandContext,
} from '../../records/command-context.ts';
import { ownsRecord, permission } from '../../records/permission.ts';
import { declareRecord, recordSchema } from '../../records/record.ts';
import { declareStates } from '../../records/states.ts';

const Objective = recordSchema(['open', 'met', 'missed', 'dropped'], {
  title: z.string(),
  measure: z.string(),
  target: z.string(),
  metricId: z.number().nullable(),
  plan: z.string(),
  ownerId: z.number(),
  dueOn: z.string(),
  result: z.string().nullable(),
  stateReason: z.string().nullable(),
  stateAt: z.date(),
});
export type Objective = z.infer<typeof Objective>;

const setsObjectives = permission<unknown, unknown>({
  code: (actor) => isIsmsManager(actor) || actor.roles.includes('manager'),
  sql: "($2 or exists (select from person where person.id = $1 and 'manager' = any(roles)))",
  refusal: async () =>
    'Managers and the ISMS manager set objectives. Tell one of them what you would aim for.',
});

const correct = { by: ownsRecord } as const;

export const objectiveStates = declareStates<Objective['state'], Objective, void>('open', {
  open: {
    meet: { to: 'met', by: ownsRecord },
    miss: { to: 'missed', by: ownsRecord },
    correct,
    drop: { to: 'dropped', by: setsObjectives },
  },
  met: {},
  missed: {},
  dropped: {},
});

/** Everybody may know what we aim for: the clause asks that it is told. */
export const objectives = declareRecord<typeof Objective, string>({
  table: 'objective',
  prefix: 'OB',
  schema: Objective,
  ended: ['met', 'missed', 'dropped'],
  written: ['title', 'measure', 'target', 'plan', 'due_on', 'result', 'state_reason'],
  reads: 'true',
});

export type NewObjective = Pick<
  Objective,
  'title' | 'measure' | 'target' | 'plan' | 'ownerId' | 'dueOn' | 'metricId'
>;

/** @throws Refusal for one of that name */
export async function recordObjective(tx: Queryable, command: CommandContext, fresh: NewObjective): Promise<Objective> {
  const { actor, at } = command;
  await setsObjectives.refuseUnless(tx, command, null, null);
  await refuseUnlessWorking(tx, fresh.ownerId);
  const title = required(fresh.title, 'The objective', 200);
  const [known] = await objectives.selectWhere(tx, "state = 'open' and lower(title) = lower($1)", [title]);
  if (known !== undefined) throw new Refusal(`${known.reference} is «${title}» already.`);
  const dueOn = requiredDay(fresh.dueOn, 'The day');
  return objectives.insert(
    tx,
    command,
    {
      state: 'open', state_by: actor.id, state_by_name: actor.name, state_at: at,
      title,
      measure: required(fresh.measure, 'How it is known'),
      target: required(fresh.target, 'The target', 400),
      metric_id: fresh.metricId,
      plan: required(fresh.plan, 'What is done for it'),
      owner_id: fresh.ownerId,
      due_on: dueOn,
    },
    () => ({ action: 'objective.recorded', detail: { owner: fresh.ownerId, due: dueOn } }),
  );
} // prettier-ignore

/** What is changed of it, by its fields. */
export async function amendObjective(tx: Queryable, command: CommandContext, row: Objective, changed: Partial<NewObjective>): Promise<Objective> {
  if (row.state !== 'open') throw new Refusal(`${row.reference} is ${row.state}: it stays as it is.`);
  await ownsRecord.refuseUnless(tx, command, row, null);
  if (changed.ownerId !== undefined) await refuseUnlessWorking(tx, changed.ownerId);
  const values = Object.entries(changed).map(([field, value]) => [columnOf(field), value] as const);
  return objectives.change(tx, command, row, Object.fromEntries(values), () => ({ action: 'objective.corrected', detail: {} }));
} // prettier-ignore
