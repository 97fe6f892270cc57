/**
 * What closes a gap before anybody certifies: effort, owner, order, what it waits for. It is no non-conformity. Owns `work_package` and
 * `work_package_wait`.
 */
import { z } from 'zod';
import type { Queryable } from '../../db/database.ts';
import { selectAll, storable } from '../../db/rows.ts';
import { Refusal } from '../../errors.ts';
import {
  isIsmsManager,
  namesOf,
  refuseUnlessWorking,
  required,
  type CommandContext,
} from '../../records/command-context.ts';
import { permission } from '../../records/permission.ts';
import { declareRecord, recordSchema } from '../../records/record.ts';
import { declareStates } from '../../records/states.ts';
import { leadsAssessment, selectBank, type Assessment } from './assessment.ts';
import { placedIn } from './questions.ts';
import { haveCircle, type Package } from './roadmap.ts';

export const efforts = ['hours', 'days', 'weeks'] as const;
const states = ['proposed', 'planned', 'in_progress', 'done', 'dropped'] as const;

const WorkPackage = recordSchema(states, {
  assessmentId: z.number(),
  criterion: z.string(),
  requirement: z.string(),
  title: z.string(),
  effort: z.enum(efforts),
  ownerId: z.number().nullable(),
  dueOn: z.string().nullable(),
  position: z.number(),
  createdBy: z.number(),
});
export type WorkPackage = z.infer<typeof WorkPackage>;

/** Whoever planned it, whose it is, and the ISMS manager. */
const worksOnIt = permission<WorkPackage, unknown>({
  code: (actor, { ownerId, createdBy }) =>
    actor.id === ownerId || actor.id === createdBy || isIsmsManager(actor),
  sql: '($2 or $1 in (work_package.owner_id, work_package.created_by))',
  refusal: async (tx, _command, { ownerId, createdBy }) =>
    `Only ${await namesOf(tx, [ownerId, createdBy])} can do that.`,
});

export const workPackageStates = declareStates<WorkPackage['state'], WorkPackage, unknown>('proposed', {
  proposed: { plan: { to: 'planned', by: worksOnIt }, drop: { to: 'dropped', by: worksOnIt } },
  planned: { start: { to: 'in_progress', by: worksOnIt }, finish: { to: 'done', by: worksOnIt }, drop: { to: 'dropped', by: worksOnIt } },
  in_progress: { finish: { to: 'done', by: worksOnIt }, drop: { to: 'dropped', by: worksOnIt } },
  done: {},
  dropped: {},
}); // prettier-ignore

export const workPackages = declareRecord<typeof WorkPackage, 'state'>({
  table: 'work_package',
  prefix: 'WP',
  schema: WorkPackage,
  ended: ['done', 'dropped'],
  written: [],
  reads: `($2 or $1 in (owner_id, created_by) or exists (select from person where person.id = $1 and roles && '{admin,auditor}'))`,
});

export interface NewWorkPackage {
  criterion: string;
  title: string;
  effort: (typeof efforts)[number];
  ownerId: number | null;
  dueOn: string | null;
}

/**
 * Behind those that there are. It waits for those that close what comes before it by the bank, and those that come after wait for it.
 * The caller has the assessment locked.
 */
export async function planWorkPackage(
  tx: Queryable,
  command: CommandContext,
  assessment: Assessment,
  fresh: NewWorkPackage,
): Promise<WorkPackage> {
  await leadsAssessment.refuseUnless(tx, command, assessment, null);
  const { criterion, effort, ownerId, dueOn } = fresh;
  if (ownerId !== null) await refuseUnlessWorking(tx, ownerId);
  const placed = placedIn(await selectBank(tx, assessment));
  const at = placed.get(criterion);
  if (at === undefined) throw new Refusal(`${assessment.reference} asks nothing about ${criterion}.`);
  const known = await workPackages.selectWhere(tx, "assessment_id = $1 and state <> 'dropped'", [assessment.id]);
  const same = known.find((each) => each.criterion === criterion);
  if (same !== undefined) throw new Refusal(`${same.reference} closes that gap already.`);
  const made = await workPackages.insert(
    tx,
    command,
    {
      assessment_id: assessment.id,
      criterion,
      requirement: at.requirement,
      title: storable(required(fresh.title, 'What is to be done', 600)),
      effort,
      owner_id: ownerId,
      due_on: dueOn,
      position: Math.max(0, ...known.map(({ position }) => position)) + 1,
      created_by: command.actor.id,
      created_at: command.at,
      state_at: command.at,
    },
    ({ reference }) => ({
      action: 'work_package.planned',
      detail: { reference, assessment: assessment.reference, criterion },
    }),
  );
  let waits = await selectWaits(tx, assessment.id);
  for (const other of known)
    for (const [one, before] of [[made, other], [other, made]] as const) {
      const [its, first] = [placed.get(one.criterion), placed.get(before.criterion)];
      if (its === undefined || first === undefined || !comesAfter(its, first)) continue;
      const more = [...waits, { packageId: one.id, waitsForId: before.id }];
      if (haveCircle([...known, made].map((each) => asPlanned(each, more)))) continue;
      await tx.query('insert into work_package_wait (package_id, waits_for_id) values ($1, $2)', [one.id, before.id]);
      waits = more;
    }
  return made;
} // prettier-ignore

type At = NonNullable<ReturnType<ReturnType<typeof placedIn>['get']>>;

function comesAfter({ requirement, criterion }: At, before: At): boolean {
  const after = criterion.gap.after ?? [];
  return requirement === before.requirement
    ? after.includes(before.criterion.id)
    : after.includes(before.requirement);
}

type Waits = Awaited<ReturnType<typeof selectWaits>>;

/** As a roadmap takes it, by its id. */
function asPlanned({ id, effort, state }: WorkPackage, waits: Waits): Package {
  const after = waits.filter(({ packageId }) => packageId === id).map(({ waitsForId }) => String(waitsForId));
  return { reference: String(id), effort, after, isDone: state === 'done' };
}

/** «plan» puts it on the roadmap. @throws Refusal where it is not theirs, or it is past that */
export async function moveWorkPackage(
  tx: Queryable,
  command: CommandContext,
  before: WorkPackage,
  move: 'plan' | 'start' | 'finish' | 'drop',
): Promise<WorkPackage> {
  const step = workPackageStates.step(move, before, null);
  if (step === null) throw new Refusal(`${before.reference} is ${before.state.replaceAll('_', ' ')} by now.`);
  await worksOnIt.refuseUnless(tx, command, before, null);
  return workPackages.change(tx, command, before, { state: step.to }, () => ({
    action: 'work_package.moved',
    detail: { from: before.state, to: step.to },
  }));
}

/** What each of them waits for, by the ids of both. */
export async function selectWaits(
  tx: Queryable,
  assessmentId: number,
): Promise<{ packageId: number; waitsForId: number }[]> {
  return selectAll(
    tx,
    z.object({ packageId: z.number(), waitsForId: z.number() }),
    `select package_id, waits_for_id from work_package_wait join work_package on id = package_id where assessment_id = $1`,
    [assessmentId],
  );
}
