/** What a campaign does: it starts, looks each hour who has come, left or moved, asks whoever lacks something, and ends. */
import type { Queryable } from '../../db/database.ts';
import { appendAudit } from '../../db/audit.ts';
import { Refusal } from '../../errors.ts';
import { addWorkingDays, dayOf } from '../../language/calendar.ts';
import { languageOf, wording } from '../../language/wording.ts';
import type { CommandContext } from '../../records/command-context.ts';
import { selectPerson } from '../../records/person.ts';
import { selectSetting } from '../../records/setting.ts';
import { askToAcknowledge, cancelRequests } from '../acknowledgement/request.ts';
import { selectOptionalPolicy } from '../policy-question/policy.ts';
import { assignMany, releaseMany } from '../training/assign.ts';
import { lessonNamed } from '../training/lesson-bank.ts';
import { Campaign, campaigns, campaignStates, moveCampaign, refuseUnlessMoves } from './campaign.ts';
import { countedAndHashed, endMembers, enterMembers, followLeave, isOver, selectLacking } from './members.ts';
import { selectCounts } from './rate.ts';

/** Campaigns that one pass looks through. */
const mostReviewed = 20;

const systemActor = 'system:campaigns';

/** @param campaign  locked. @throws Refusal where it would ask nobody, or was started already */
export async function startCampaign(tx: Queryable, command: CommandContext, campaign: Campaign): Promise<Campaign> {
  const to = await refuseUnlessMoves(tx, command, campaign, 'start');
  const { at } = command;
  const day = dayOf(at, 'UTC');
  if (campaign.dueOn !== null && campaign.dueOn < day) throw new Refusal('Its day is past. Change it first.');
  const members = await enterMembers(tx, campaign, day, true);
  if (members.length === 0 && !campaign.standing) throw new Refusal('It would ask nobody: none of them may read that, or nobody is meant.');
  const asked = await askMembers(tx, campaign, at, true);
  const { exempt, onLeave } = await selectCounts(tx, campaign, day);
  return campaigns.change(tx, command, campaign, { state: to, started_at: at, reviewed_at: at }, () => ({
    action: 'campaign.started',
    detail: { from: campaign.state, to, ...countedAndHashed(campaign.newcomers ? [] : members), exempt, onLeave, asked: asked.length },
  }));
} // prettier-ignore

/** @param campaign  locked */
export async function goOn(tx: Queryable, command: CommandContext, campaign: Campaign): Promise<Campaign> {
  const going = await moveCampaign(tx, command, campaign, 'goOn');
  await reviewCampaign(tx, going, command.at);
  return campaigns.select(tx, campaign.id);
}

/** Asks whoever counts now and lacks something. @param only  these of them. @returns those who are asked now, each once */
export async function askMembers(tx: Queryable, campaign: Campaign, at: Date, isStart: boolean, only: readonly number[] | null = null): Promise<number[]> {
  const { id, subjects, ownerId } = campaign;
  const { name: owner } = await selectPerson(tx, ownerId);
  const day = dayOf(at, 'UTC');
  const asked = new Set<number>();
  const lacking = async (subject: string) => {
    const rows = await selectLacking(tx, campaign, subject, day, { open: isStart, only });
    const known = new Map(rows.map((row) => [row.personId, row]));
    const why = (person: number) => whyOf(campaign, owner, known.get(person)?.locale ?? '');
    return { people: [...known.keys()], dueOn: (person: number) => known.get(person)?.dueOn ?? day, why };
  };
  for (const documentId of subjects.documents) {
    const { people, dueOn, why } = await lacking(`document:${documentId}`);
    if (people.length === 0 || (await selectOptionalPolicy(tx, documentId, day)) === null) continue;
    for (const person of await askToAcknowledge(tx, { id: ownerId, at }, { documentId, people, dueOn, campaignId: id, why })) asked.add(person);
  }
  for (const name of subjects.lessons) {
    const lesson = lessonNamed(name);
    const { people, dueOn } = await lacking(`lesson:${name}`);
    if (people.length === 0 || lesson === null) continue;
    for (const person of await assignMany(tx, { id: ownerId, at }, lesson, { people, dueOn, campaignId: id })) asked.add(person);
  }
  return [...asked];
} // prettier-ignore

/** Said to somebody in their language. */
function whyOf({ audience, newcomers, who }: Campaign, owner: string, locale: string): string {
  const { everyone, departments, roles, groups, people } = audience;
  const say = wording('campaigns', languageOf({ locale }));
  if (everyone) return say(newcomers ? 'newcomers' : 'everyone');
  const isDepartment = departments.length === 1 && roles.length + groups.length + people.length === 0;
  return isDepartment ? say('department', { who }) : say('owner', { owner });
}

/** @param campaign  locked, and running */
async function reviewCampaign(tx: Queryable, campaign: Campaign, at: Date): Promise<void> {
  const day = dayOf(at, 'UTC');
  const { id, state } = campaign;
  await tx.query('update campaign set reviewed_at = $2 where id = $1', [id, at]);
  const { left, moved } = await endMembers(tx, campaign, day);
  if (moved.length > 0) {
    const reason = `they are not meant by ${campaign.reference} any more`;
    await cancelRequests(tx, { campaignId: id, people: moved }, reason, at);
    await releaseMany(tx, { campaignId: id, people: moved }, reason, at);
  }
  await followLeave(tx, campaign, day);
  const entered = await enterMembers(tx, campaign, day, false);
  const asked = await askMembers(tx, campaign, at, false);
  const noted = { entered, left: [...left, ...moved], asked };
  for (const [name, people] of Object.entries(noted))
    if (people.length > 0)
      await appendAudit(tx, { actor: systemActor, action: `campaign.${name as keyof typeof noted}`, record: campaigns.nameOf(campaign), detail: countedAndHashed(people), at });
  if (campaign.standing) return;
  const { after } = await selectSetting(tx, 'nudges');
  const graceDay = addWorkingDays(day, -Math.max(0, ...after) - 1);
  const to = campaignStates.next(campaign, { over: await isOver(tx, campaign, day, graceDay) });
  if (to !== 'ended') return;
  await tx.query('update campaign set state = $2, state_by = null, state_by_name = null, state_at = $3, ended_on = $4, version = version + 1 where id = $1', [id, to, at, day]);
  await appendAudit(tx, { actor: systemActor, action: 'campaign.moved', record: campaigns.nameOf(campaign), detail: { from: state, to }, at });
} // prettier-ignore

/** Those that nobody looked through for an hour; of several processes each takes others. */
export async function reviewCampaigns(tx: Queryable, now: Date): Promise<void> {
  const due = await campaigns.selectWhere(
    tx,
    `id in (select id from campaign where state = 'running' and (reviewed_at is null or reviewed_at <= $1)
       order by reviewed_at nulls first limit ${mostReviewed} for update skip locked)`,
    [new Date(now.getTime() - 3_600_000)],
  );
  for (const campaign of due) await reviewCampaign(tx, campaign, now);
}
