/** What comes by itself: two questions months later, a year that is over, and quizzes that nobody finished. */
import type { Context, DueJob, JobContext, JobHandler } from '../../conversation/contract.ts';
import type { Queryable } from '../../db/database.ts';
import { commandOf } from '../../dialogue/command.ts';
import { dueOnDay } from '../../dialogue/due.ts';
import {
  abandon,
  openCheck,
  selectForgotten,
  selectToCheck,
  type Attempt,
} from '../../isms/training/attempt.ts';
import { lessonNamed } from '../../isms/training/lesson-bank.ts';
import { expire, selectExpiring, type Training } from '../../isms/training/training.ts';
import { isHere, selectPerson } from '../../records/person.ts';
import { phrasesFor, room } from './phrases.ts';
import type { quizzesOf } from './quiz.ts';
import { lessonButton } from './said.ts';

const [check, expiry, giveUp] = [`${room}.check`, `${room}.expire`, `${room}.abandon`];

export async function dueTraining(tx: Queryable, now: Date): Promise<DueJob[]> {
  const asked = (from: Queryable, { personId }: { personId: number }) => selectPerson(from, personId);
  const forgotten = await selectForgotten(tx, now);
  return [
    ...(await dueOnDay<Attempt>(tx, now, {
      name: check,
      atWork: true,
      select: selectToCheck,
      day: ({ checkOn }) => checkOn ?? '',
      asked,
      key: ({ id }) => String(id),
      values: ({ id, personId }) => ({ attempt: String(id), person: String(personId) }),
    })),
    ...(await dueOnDay<Training>(tx, now, {
      name: expiry,
      atWork: true,
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

/** Whose record it is does it, as far as the log goes: nobody else decided. Null for who has left. */
async function contextFor(tx: Queryable, { now, inputId }: JobContext, personId: string): Promise<Context | null> {
  const id = Number(personId);
  if (!(await isHere(tx, id))) return null;
  const place = { address: '', audience: 'direct' as const, outsiders: false };
  const said = { repliesTo: null, newcomer: false, link: null };
  return { ...said, person: await selectPerson(tx, id), place, platform: '', inputId, now, lane: 'quick' };
} // prettier-ignore

export function trainingJobs({ invite }: Pick<ReturnType<typeof quizzesOf>, 'invite'>): Record<string, JobHandler> {
  return {
    async [check](tx, job, { attempt = '', person = '' }) {
      const context = await contextFor(tx, job, person);
      const opened = context === null ? null : await openCheck(tx, commandOf(context), Number(attempt), ({ lesson }) => lessonNamed(lesson));
      if (context === null || opened === null) return [];
      return invite(tx, context, String(opened.id), context.person);
    },
    async [expiry](tx, job, { training = '', person = '' }) {
      const context = await contextFor(tx, job, person);
      if (context === null) return [];
      const expired = await expire(tx, commandOf(context), Number(training));
      const lesson = expired === null ? null : lessonNamed(expired.lesson);
      if (expired?.state !== 'assigned' || lesson === null) return [];
      const { say, titleOf, day } = phrasesFor(context.person);
      const text = say('expired', { title: titleOf(lesson), day: day(expired.dueOn) });
      const buttons = [{ ...lessonButton(lesson.id, say('learn')), style: 'primary' as const }];
      return [{ to: { personId: context.person.id }, reply: { text, buttons } }];
    },
    async [giveUp](tx, job, { attempt = '', person = '' }) {
      const context = await contextFor(tx, job, person);
      if (context !== null) await abandon(tx, commandOf(context), Number(attempt));
      return [];
    },
  };
} // prettier-ignore
