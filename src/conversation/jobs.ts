/** What must happen at a time: found in the records, kept under its key, and run like any other input. */
import { messageOf } from '../errors.ts';
import type { Job, Workflow } from './contract.ts';
import type { CoreOptions } from './port.ts';
import { type Claimed } from './claim-input.ts';
import { endInput, keepJobs } from './inbox.ts';
import { planForPeople } from './outbox.ts';
import { assertAnswerable } from './pending-question.ts';
import { assertSignedOnCards } from './signing.ts';

/** Asks each workflow what is due now. @throws AggregateError where one could not say; what the others said is kept */
export async function keepDueJobs({
  db,
  workflows,
  clock,
}: Pick<CoreOptions, 'db' | 'workflows' | 'clock'>): Promise<void> {
  const now = clock();
  const failures: Error[] = [];
  for (const { name, due, dueInBatches, jobs = {} } of workflows) {
    const keep = (find: NonNullable<Workflow['dueInBatches']>) =>
      db.transaction(async (tx) => {
        const found = await find(tx, now);
        const unknown = found?.find((job) => !Object.hasOwn(jobs, job.name));
        if (unknown !== undefined) throw new Error(`it has no job ${unknown.name}`);
        if (found !== null && found.length > 0) await keepJobs(tx, found);
        return found !== null;
      });
    try {
      if (due !== undefined) await keep(due);
      while (dueInBatches !== undefined && (await keep(dueInBatches)));
    } catch (cause) {
      failures.push(new Error(`${name} could not say what is due: ${messageOf(cause)}`, { cause }));
    }
  }
  if (failures.length > 0) throw new AggregateError(failures, failures.map(messageOf).join('; '));
}

/** What the job writes, what it says and its end: one transaction. */
export async function runJob(
  { db, workflows, clock }: CoreOptions,
  claimed: Claimed,
  { name, values }: Job,
): Promise<void> {
  const handler = workflows.find(({ jobs = {} }) => Object.hasOwn(jobs, name))?.jobs?.[name];
  if (handler === undefined) throw new Error(`There is no job ${name}.`);
  await db.transaction(async (tx) => {
    await endInput(tx, claimed, 'done');
    const said = await handler(tx, { inputId: claimed.id, now: clock() }, values);
    assertSignedOnCards(workflows, said);
    assertAnswerable(workflows, said);
    await planForPeople(tx, claimed.id, said);
  });
}
