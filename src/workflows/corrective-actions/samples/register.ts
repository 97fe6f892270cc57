/** Brings the register of the made-up company into being by the same commands as people use, each at its day and by its person. */
import { readFile } from 'node:fs/promises';
import { parse } from 'yaml';
import { z } from 'zod';
import type { Queryable } from '../../../db/database.ts';
import {
  acceptAction,
  claimDone,
  reportProgress,
  startAction,
  verifyAction,
} from '../../../isms/corrective-action/moves.ts';
import { lockAction } from '../../../isms/corrective-action/corrective-action.ts';
import { answerChange, proposeAction } from '../../../isms/nonconformity/actions.ts';
import { planCheck } from '../../../isms/nonconformity/check-plan.ts';
import type { CommandContext } from '../../../records/command-context.ts';
import { addDays, dayOf } from '../../../language/calendar.ts';
import { requestDueChange } from '../../../isms/corrective-action/due-change.ts';
import { checkEffectiveness, results } from '../../../isms/nonconformity/effectiveness.ts';
import { submitEvidence } from '../../../isms/register/evidence.ts';
import {
  contain,
  recordCause,
  recordSimilar,
  rejectNonconformity,
  settleImprovement,
  skipContainment,
} from '../../../isms/nonconformity/moves.ts';
import { approvePlan, planActions } from '../../../isms/nonconformity/plan.ts';
import {
  CauseStep,
  causeMethods,
  grades,
  raiseNonconformity,
  sources,
} from '../../../isms/nonconformity/nonconformity.ts';
import { selectOptionalByEmail, type Person } from '../../../records/person.ts';
import { noteReference } from '../../../records/reference.ts';

/** Days from the one on which the sample is loaded. */
const day = z.number().int();
const when = { day, by: z.string() };

const Step = z.union([
  z.strictObject({ ...when, contain: z.string(), consequences: z.string().optional() }),
  z.strictObject({ ...when, skip: z.string() }),
  z.strictObject({
    ...when,
    cause: z.object({ method: z.enum(causeMethods), root_cause: z.string(), chain: z.array(CauseStep) }),
  }),
  z.strictObject({ ...when, similar: z.string() }),
  z.strictObject({
    ...when,
    action: z.string(),
    what: z.string(),
    owner: z.string(),
    due: day,
    evidence: z.string().optional(),
  }),
  z.strictObject({
    ...when,
    check: z.object({ criterion: z.string(), checker: z.string().optional(), due: day.optional() }),
  }),
  z.strictObject({ ...when, plan: z.literal(true) }),
  z.strictObject({ ...when, approve: z.literal(true) }),
  z.strictObject({ ...when, accept: z.string() }),
  z.strictObject({ ...when, start: z.string() }),
  z.strictObject({ ...when, progress: z.object({ action: z.string(), percent: z.number() }) }),
  z.strictObject({ ...when, attach: z.object({ action: z.string(), link: z.string() }) }),
  z.strictObject({ ...when, done: z.string() }),
  z.strictObject({ ...when, verify: z.string() }),
  z.strictObject({ ...when, more_time: z.object({ action: z.string(), due: day, reason: z.string() }) }),
  z.strictObject({
    ...when,
    checked: z.object({ method: z.string(), result: z.enum(results), findings: z.string() }),
  }),
  z.strictObject({ ...when, reject: z.string() }),
  z.strictObject({ ...when, settle: z.enum(['accepted', 'declined']), reason: z.string() }),
]);
type Step = z.infer<typeof Step>;

const Entry = z.strictObject({
  title: z.string(),
  requirement: z.string(),
  evidence_seen: z.string(),
  gap: z.string(),
  source: z.enum(sources),
  audit: z.string().optional(),
  department: z.string(),
  grade: z.enum(grades),
  grade_reason: z.string(),
  raised: z.object(when),
  owner: z.string(),
  steps: z.array(Step),
});
type Entry = z.infer<typeof Entry>;

/** Does nothing where the register holds anything already. */
export async function loadSampleRegister(tx: Queryable, path: string, now: Date): Promise<void> {
  const { rowCount } = await tx.query('select from nonconformity limit 1');
  if (rowCount !== 0) return;
  const entries = z.array(Entry).parse(parse(await readFile(path, 'utf8')));
  const people = new Map<string, Person>();

  async function person(name: string): Promise<Person> {
    const found = people.get(name) ?? (await selectOptionalByEmail(tx, `${name}@demo.example`));
    if (found === null)
      throw new Error(`the sample register names ${name}, who is not among the sample people`);
    people.set(name, found);
    return found;
  }
  async function command({ day, by }: { day: number; by: string }): Promise<CommandContext> {
    return {
      actor: await person(by),
      at: new Date(now.getTime() + day * 86_400_000),
      inputId: null,
      link: null,
    };
  }

  const given = { NC: 0, CA: 0 };
  /** Numbers go on over the turn of a year, so that a record is found by the same short reference whenever it is loaded. */
  async function goOn(prefix: 'NC' | 'CA', { at }: CommandContext): Promise<void> {
    await noteReference(tx, `${prefix}-${at.getUTCFullYear()}-${given[prefix]}`);
    given[prefix] += 1;
  }

  // In the order of time, as it would have happened, so that the audit log reads like one.
  const moments = entries.flatMap((entry) => {
    const record: Raised = { entry, reference: '', actions: new Map() };
    const steps = entry.steps.map((step) => ({
      day: step.day,
      run: async () => take(tx, await command(step), record, step),
    }));
    return [
      { day: entry.raised.day, run: async () => raise(tx, await command(entry.raised), record) },
      ...steps,
    ];
  });
  for (const { run } of moments.toSorted((one, other) => one.day - other.day)) await run();

  async function raise(tx: Queryable, by: CommandContext, record: Raised): Promise<void> {
    const { evidence_seen: evidenceSeen, grade_reason: gradeReason, owner, ...rest } = record.entry;
    const identifiedOn = dayOf(by.at, by.actor.timeZone);
    await goOn('NC', by);
    const { id: ownerId } = await person(owner);
    record.reference = (
      await raiseNonconformity(tx, by, { ...rest, evidenceSeen, gradeReason, ownerId, identifiedOn })
    ).reference;
  }

  async function take(
    tx: Queryable,
    by: CommandContext,
    { reference, actions }: Raised,
    step: Step,
  ): Promise<void> {
    const dated = (days: number) => addDays(dayOf(now, by.actor.timeZone), days);
    const action = (name: string) => actions.get(name) ?? name;
    if ('contain' in step)
      await contain(tx, by, reference, { correction: step.contain, consequences: step.consequences });
    else if ('skip' in step) await skipContainment(tx, by, reference, step.skip);
    else if ('cause' in step) {
      const { root_cause: rootCause, ...cause } = step.cause;
      await recordCause(tx, by, reference, { ...cause, rootCause });
    } else if ('similar' in step)
      await recordSimilar(tx, by, reference, { result: step.similar, linked: [] });
    else if ('action' in step) {
      const { id: ownerId } = await person(step.owner);
      const fresh = {
        description: step.what,
        expectedEvidence: step.evidence,
        ownerId,
        dueOn: dated(step.due),
      };
      await goOn('CA', by);
      actions.set(step.action, (await proposeAction(tx, by, reference, fresh)).reference);
    } else if ('check' in step) {
      const { criterion, checker, due } = step.check;
      const checkerId = checker === undefined ? null : (await person(checker)).id;
      await planCheck(tx, by, reference, {
        criterion,
        checkerId,
        dueOn: due === undefined ? null : dated(due),
      });
      await answerChange(tx, by, reference, null);
    } else if ('plan' in step) await planActions(tx, by, reference);
    else if ('approve' in step) await approvePlan(tx, by, reference);
    else if ('accept' in step) await acceptAction(tx, by, action(step.accept));
    else if ('start' in step) await startAction(tx, by, action(step.start));
    else if ('progress' in step)
      await reportProgress(tx, by, action(step.progress.action), step.progress.percent);
    else if ('attach' in step) {
      const locked = await lockAction(tx, action(step.attach.action));
      await submitEvidence(tx, by, {
        ...locked,
        purpose: 'action',
        exhibit: { kind: 'link', address: step.attach.link },
      });
    } else if ('done' in step) await claimDone(tx, by, action(step.done));
    else if ('verify' in step) await verifyAction(tx, by, action(step.verify));
    else if ('more_time' in step)
      await requestDueChange(tx, by, action(step.more_time.action), {
        toDueOn: dated(step.more_time.due),
        reason: step.more_time.reason,
      });
    else if ('checked' in step) await checkEffectiveness(tx, by, reference, step.checked);
    else if ('reject' in step) await rejectNonconformity(tx, by, reference, step.reject);
    else await settleImprovement(tx, by, reference, step.settle, step.reason);
  }
}

interface Raised {
  entry: Entry;
  reference: string;
  /** References by the names that the file gives them. */
  actions: Map<string, string>;
}
