/** The day and the audit that somebody asks about, through the ids of buttons. */
import { instantAt } from '../../language/zoned.ts';
import { stages, type Stage } from '../../isms/readiness/verdict.ts';
import type { Asked } from './said.ts';

/** The last moment of a day. */
export function endOf(day: string, timeZone: string): Date {
  return new Date(instantAt(day, '24:00', timeZone).getTime() - 1);
}

export function valuesOf({ stage, day }: Asked): Record<string, string> {
  return { ...(stage === null ? {} : { stage }), ...(day === null ? {} : { day }) };
}

export function askedIn(argument: (name: string) => string): Asked {
  const stage: Stage | undefined = stages.find((each) => each === argument('stage'));
  const day = argument('day');
  return { stage: stage ?? null, day: /^\d{4}-\d{2}-\d{2}$/.test(day) ? day : null };
}
