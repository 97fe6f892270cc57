/** Campaigns: who is asked to acknowledge what, or to learn it, by when. Owns `campaign`; its people are members.ts's. */
import './audit-events.ts';
import { z } from 'zod';
import type { Queryable } from '../../db/database.ts';
import { toJsonb } from '../../db/rows.ts';
import { Refusal } from '../../errors.ts';
import { dayOf } from '../../language/calendar.ts';
import { AudienceSpec } from '../../records/audience.ts';
import { broughtThere, required, type CommandContext } from '../../records/command-context.ts';
import { ismsManagerAlone } from '../../records/permission.ts';
import { declareRecord, recordSchema } from '../../records/record.ts';
import { declareStates, type Need } from '../../records/states.ts';
import { cancelRequests } from '../acknowledgement/request.ts';
import { releaseMany } from '../training/assign.ts';

const states = ['draft', 'running', 'paused', 'stopped', 'ended'] as const;

const Subjects = z.object({
  /** By id. */
  documents: z.array(z.number()),
  /** By name. */
  lessons: z.array(z.string()),
});

export const Campaign = recordSchema(states, {
  title: z.string(),
  /** Whom it asks, as it was said. */
  who: z.string(),
  audience: AudienceSpec,
  standing: z.boolean(),
  /** Who is in the audience when it starts is not asked, only whoever comes later. */
  newcomers: z.boolean(),
  subjects: Subjects,
  dueOn: z.string().nullable(),
  /** That each has, of one that stands. */
  dueDays: z.number().nullable(),
  ownerId: z.number(),
  stateBy: z.number().nullable(),
  stateByName: z.string().nullable(),
  stateAt: z.date(),
  startedAt: z.date().nullable(),
  endedOn: z.string().nullable(),
});
export type Campaign = z.infer<typeof Campaign>;

/** What is known of it at a move. */
export interface CampaignFacts {
  /** Everybody who counts has done it, or its day and the last reminder are past. */
  over: boolean;
}

const over: Need<Campaign, CampaignFacts> = { lacks: 'its end', met: (_row, facts) => facts.over };
export const leadsCampaigns = ismsManagerAlone(
  'Campaigns are for the ISMS manager to start, pause and stop.',
);
const stop = { to: 'stopped', by: leadsCampaigns } as const;
const end = { to: 'ended', by: null, needs: [over] } as const;

export const campaignStates = declareStates<Campaign['state'], Campaign, CampaignFacts>('draft', {
  draft: { start: { to: 'running', by: leadsCampaigns }, stop },
  running: { pause: { to: 'paused', by: leadsCampaigns }, stop, end },
  paused: { goOn: { to: 'running', by: leadsCampaigns }, stop },
  stopped: {},
  ended: {},
});

type Column =
  | 'state'
  | 'title'
  | 'who'
  | 'audience'
  | 'standing'
  | 'newcomers'
  | 'subjects'
  | 'due_on'
  | 'due_days'
  | 'started_at'
  | 'ended_on'
  | 'reviewed_at';

/** A manager sees those that ask somebody who reports to them. */
export const campaigns = declareRecord<typeof Campaign, Column>({
  table: 'campaign',
  prefix: 'CM',
  schema: Campaign,
  ended: ['stopped', 'ended'],
  written: ['title'],
  reads: `$2 or exists (select from campaign_member member join person on person.id = member.person_id
    where member.campaign_id = campaign.id and ended_by is distinct from 'here' and person.manager_id = $1)`,
});

export type CampaignDraft = Pick<
  Campaign,
  'title' | 'who' | 'audience' | 'standing' | 'newcomers' | 'subjects' | 'dueOn' | 'dueDays'
>;

/** @param known  the draft that it takes the place of */
export async function draftCampaign(tx: Queryable, command: CommandContext, draft: CampaignDraft, known: Campaign | null): Promise<Campaign> {
  await leadsCampaigns.refuseUnless(tx, command, null, null);
  const { actor, at } = command;
  const { who, standing, newcomers, subjects, dueOn, dueDays } = draft;
  if (subjects.documents.length + subjects.lessons.length === 0) throw new Refusal('What shall people acknowledge, or learn?');
  if (dueOn !== null && dueOn < dayOf(at, actor.timeZone)) throw new Refusal('That day is past. Until when shall they do it?');
  const values = {
    title: required(draft.title, 'Its name', 200), who, audience: toJsonb(draft.audience), standing, newcomers, subjects: toJsonb(subjects), due_on: dueOn, due_days: dueDays,
  }; // prettier-ignore
  if (known === null) {
    const by = { state: 'draft', state_by: actor.id, state_by_name: actor.name, state_at: at, owner_id: actor.id };
    return campaigns.insert(tx, command, { ...by, ...values }, () => ({ action: 'campaign.drafted', detail: { who } }));
  }
  if (known.state !== 'draft') throw new Refusal(`${known.reference} has been started: what it asks stays as it is. Stop it, and start another.`);
  return campaigns.change(tx, command, known, values, () => ({ action: 'campaign.redrafted', detail: { who } }));
} // prettier-ignore

/** @param campaign  locked. @throws Refusal for what cannot be done with it as it is, with who was faster */
export async function refuseUnlessMoves(tx: Queryable, command: CommandContext, campaign: Campaign, move: string): Promise<Campaign['state']> {
  await leadsCampaigns.refuseUnless(tx, command, null, null);
  const step = campaignStates.step(move, campaign, { over: false });
  if (step === null) throw new Refusal(`${campaign.reference} is ${campaign.state} already, ${broughtThere(command, campaign)}. Nothing was changed.`);
  return step.to;
} // prettier-ignore

/** Paused, going on, or stopped: then what it asked for is asked for no more. */
export async function moveCampaign(tx: Queryable, command: CommandContext, campaign: Campaign, move: 'pause' | 'goOn' | 'stop'): Promise<Campaign> {
  const to = await refuseUnlessMoves(tx, command, campaign, move);
  const ended = to === 'stopped' ? { ended_on: dayOf(command.at, 'UTC') } : {};
  const moved = await campaigns.change(tx, command, campaign, { state: to, ...ended }, () => ({ action: 'campaign.moved', detail: { from: campaign.state, to } }));
  if (to !== 'stopped') return moved;
  const reason = `${campaign.reference} was stopped`;
  await cancelRequests(tx, { campaignId: campaign.id }, reason, command.at);
  await releaseMany(tx, { campaignId: campaign.id }, reason, command.at);
  return moved;
} // prettier-ignore
