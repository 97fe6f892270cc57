/** What is decided for some people of a campaign: that they need not take part, or hear a kind word sooner. */
import { z } from 'zod';
import type { Queryable } from '../../db/database.ts';
import { selectAll } from '../../db/rows.ts';
import { audit, type CommandContext } from '../../records/command-context.ts';
import { lookSoon } from '../../records/nudge-agenda.ts';
import type { Person } from '../../records/person.ts';
import { cancelRequests } from '../acknowledgement/request.ts';
import { keepExemption } from '../exemption/exemption.ts';
import { releaseMany } from '../training/assign.ts';
import { campaigns, leadsCampaigns, type Campaign } from './campaign.ts';

/** From today on; once it is over they are asked again. @param until  its last day; null for as long as nobody ends it */
export async function exemptFromCampaign(tx: Queryable, command: CommandContext, campaign: Campaign, person: Pick<Person, 'id' | 'name'>, { reason, until }: { reason: string; until: string | null }): Promise<void> {
  const { at } = command;
  await leadsCampaigns.refuseUnless(tx, command, null, null);
  await keepExemption(tx, command, person.id, { campaignId: campaign.id }, { reason, until });
  const ended = `they need not take part in ${campaign.reference}`;
  await cancelRequests(tx, { campaignId: campaign.id, people: [person.id] }, ended, at);
  await releaseMany(tx, { campaignId: campaign.id, people: [person.id] }, ended, at);
  await audit(tx, command, { action: 'campaign.exempted', record: campaigns.nameOf(campaign), detail: { person: person.id, until } });
} // prettier-ignore

/** Days after which somebody may be reminded again because somebody asks for it. */
export const remindedEvery = 7;

/** Their next message comes soon, within all that holds for messages. Left out are who was asked or reminded within days, and whose question waits for its answer. @returns who is reminded */
export async function remindOfCampaign(tx: Queryable, { actor, at }: CommandContext, { id }: Campaign, people: readonly number[]): Promise<number[]> {
  const before = new Date(at.getTime() - remindedEvery * 86_400_000);
  const Reminded = z.object({ personId: z.number() });
  const others = people.filter((person) => person !== actor.id);
  const documents = await selectAll(
    tx,
    Reminded,
    `update acknowledgement_request set reminded_at = $3 where campaign_id = $1 and person_id = any($2) and state in ('pending', 'viewed', 'quiz_passed')
       and greatest(asked_at, reminded_at) <= $4 returning person_id`,
    [id, others, at, before],
  );
  const lessons = await selectAll(
    tx,
    Reminded,
    `update training set assigned_at = $3, version = version + 1 where campaign_id = $1 and person_id = any($2) and state in ('assigned', 'started', 'failed')
       and assigned_at <= $4 returning person_id`,
    [id, others, at, before],
  );
  const reminded = [...new Set([...documents, ...lessons].map(({ personId }) => personId))];
  await lookSoon(tx, reminded, at);
  return reminded;
} // prettier-ignore
