/** What comes by itself: two questions months later, a year that is over, and quizzes that nobody finished. */
import type { DueJob, JobHandler } from '../../conversation/contract.ts';
import type { Queryable } from '../../db/database.ts';
import { commandOf } from '../../dialogue/command.ts';
import { dueOnDay } from '../../dialogue/due.ts';
import { contextOf } from '../../dialogue/job-context.ts';
import {
  abandon,
  openCheck,
  selectForgotten,
  selectToCheck,
  type Attempt,
} from '../../isms/training/attempt.ts';
import { lessonNamed } from '../../isms/training/lesson-bank.ts';
import { expire, selectExpiring, type Training } from '../../isms/training/training.ts';
import { lookSoon } from '../../records/nudge-agenda.ts';
import { selectPerson } from '../../records/person.ts';
import { room } from './phrases.ts';

const [check, expiry, giveUp] = [`${room}.check`, `${room}.expire`, `${room}.abandon`];

export async function dueTraining(tx: Queryable, now: Date): Promise<DueJob[]> {
  const asked = (from: Queryable, { personId }: { personId: number }) => selectPerson(from, personId);
  const forgotten = await selectForgotten(tx, now);
  return [
    ...(await dueOnDay<Attempt>(tx, now, {
      name: check,
      select: selectToCheck,
      day: ({ checkOn }) => checkOn ?? '',
      asked,
      key: ({ id }) => String(id),
      values: ({ id, personId }) => ({ attempt: String(id), person: String(personId) }),
    })),
    ...(await dueOnDay<Training>(tx, now, {
      name: expiry,
      select: selectExpiring,
      day: ({ expiresOn }) => expiresOn ?? '',
      asked,
      key: ({ id, expiresOn }) => `${id}:${expiresOn ?? ''}`,
      values: ({ id, personId }) => ({ training: String(id), person: String(personId) }),
    })),
    ...forgotten.map(({ id, personId }) => ({
      key: `${giveUp}:${id}`,
      name: giveUp,
      values: { attempt: String(id), person: String(personId) },
    })),
  ];
}

/** What is to be done is reminded of with all else: nothing is said here. */
export const trainingJobs: Record<string, JobHandler> = {
    async [check](tx, job, { attempt = '', person = '' }) {
      const context = await contextOf(tx, job, Number(person));
      const opened = context === null ? null : await openCheck(tx, commandOf(context), Number(attempt), ({ lesson }) => lessonNamed(lesson));
      if (opened !== null) await lookSoon(tx, [opened.personId], job.now);
      return [];
    },
    async [expiry](tx, job, { training = '', person = '' }) {
      const context = await contextOf(tx, job, Number(person));
      const expired = context === null ? null : await expire(tx, commandOf(context), Number(training));
      if (expired !== null) await lookSoon(tx, [expired.personId], job.now);
      return [];
    },
    async [giveUp](tx, job, { attempt = '', person = '' }) {
      const context = await contextOf(tx, job, Number(person));
      if (context !== null) await abandon(tx, commandOf(context), Number(attempt));
      return [];
    },
}; // prettier-ignore
