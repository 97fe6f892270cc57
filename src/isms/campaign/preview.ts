/** What would happen if a campaign were started now: it is tried, looked at and taken back, so that the preview is what then happens. */
import { z } from 'zod';
import type { Queryable } from '../../db/database.ts';
import { selectOne, toJsonb } from '../../db/rows.ts';
import { trial } from '../../db/savepoint.ts';
import { addWorkingDays, dayOf } from '../../language/calendar.ts';
import { isMeantSql } from '../../records/audience.ts';
import { selectSetting } from '../../records/setting.ts';
import type { Campaign } from './campaign.ts';
import { enterMembers } from './members.ts';
import { selectCounts, selectMembers, selectReach, type Counts, type Member, type Reach } from './rate.ts';
import { askMembers } from './run.ts';

export interface Preview<Sample> {
  counts: Counts;
  /** Who is asked now, by name. */
  asked: Member[];
  exempt: Member[];
  onLeave: Member[];
  /** Nothing of ours arrives there. */
  outOfReach: Member[];
  /** Who is meant, and may not read what they would have to acknowledge. */
  unreadable: number;
  reach: Reach;
  /** Messages with all reminders, where nobody does it before the last. */
  mostMessages: number;
  /** Of one of those who are asked; null where nobody is. */
  sample: Sample | null;
}

/** @param look  at what somebody has to do then, as they have it */
export async function previewCampaign<Sample>(tx: Queryable, campaign: Campaign, now: Date, look: (tx: Queryable, personId: number) => Promise<Sample>): Promise<Preview<Sample>> {
  return trial(tx, async () => {
    const day = dayOf(now, 'UTC');
    const entered = await enterMembers(tx, campaign, day, true);
    const members = await selectMembers(tx, campaign, day, { only: ['open', 'overdue', 'exempt', 'on_leave'] });
    const of = (...standings: Member['standing'][]) => members.filter(({ standing }) => standings.includes(standing));
    const asked = of('open', 'overdue');
    const [first] = asked;
    const steps = new Map<string, number>();
    for (const { dueOn } of asked) steps.set(dueOn, steps.get(dueOn) ?? (await remindersUntil(tx, day, dueOn)));
    return {
      counts: await selectCounts(tx, campaign, day),
      asked,
      exempt: of('exempt'),
      onLeave: of('on_leave'),
      outOfReach: asked.filter(({ outOfReach }) => outOfReach),
      unreadable: (await countMeant(tx, campaign)) - entered.length,
      reach: await selectReach(tx, campaign, day),
      mostMessages: asked.reduce((sum, { dueOn }) => sum + 1 + (steps.get(dueOn) ?? 0), 0),
      sample: first === undefined ? null : await trial(tx, async () => {
        await askMembers(tx, campaign, now, true, [first.personId]);
        return look(tx, first.personId);
      }),
    };
  });
} // prettier-ignore

/** Reminders that somebody gets at most who is asked on a day. */
async function remindersUntil(tx: Queryable, day: string, dueOn: string): Promise<number> {
  const { before, after } = await selectSetting(tx, 'nudges');
  return [...before.map((days) => -days), 0, ...after].filter((days) => addWorkingDays(dueOn, days) > day)
    .length;
}

async function countMeant(tx: Queryable, { audience }: Campaign): Promise<number> {
  const { count } = await selectOne(
    tx,
    z.object({ count: z.number() }),
    `select count(*) as count from person where ${isMeantSql('$1::jsonb')}`,
    [toJsonb(audience)],
  );
  return count;
}
