/** Campaigns: people are asked together to acknowledge or to learn something, and whoever answers for them sees how far they are. */
import type { Context, Outcome, Turn, Workflow } from '../../conversation/contract.ts';
import { privately } from '../../conversation/privately.ts';
import type { Queryable } from '../../db/database.ts';
import { FieldError } from '../../dialogue/form.ts';
import { Refusal } from '../../errors.ts';
import { campaigns, type Campaign } from '../../isms/campaign/campaign.ts';
import { reviewCampaigns } from '../../isms/campaign/run.ts';
import { bareRequest } from '../../language/text.ts';
import { words, wordsIn } from '../../language/vocabulary.ts';
import { isIsmsManager } from '../../records/command-context.ts';
import { referenceIn } from '../../records/reference.ts';
import type { Dependencies } from '../dependencies.ts';
import { draftActions, draftFrom, offerForm, showDraft, startButton } from './draft.ts';
import { campaignList, findCampaign, reportActions, reportCard, room } from './report.ts';
import { dayAsked, readAsking, readReport } from './words.ts';

const lists = words('campaigns/list');
const starts = words('campaigns/start');

/** Words of a message that asks by a reference. */
const mostWords = 12;

export function createCampaignsWorkflow({ db, ...parts }: Dependencies): Workflow {
  async function shown(tx: Queryable, context: Context, campaign: Campaign, day: string | null) {
    if (campaign.state === 'draft') return showDraft(tx, context, campaign, parts);
    return [await reportCard(tx, context, campaign, day)];
  }

  async function claim(context: Context, { text, attachments }: Turn): Promise<Outcome | null> {
    if (attachments.length > 0) return null;
    const own = (outcome: Outcome) => privately(context, 'a campaign', outcome);
    const said = bareRequest(text);
    if (lists.is(said) !== null) return own((tx) => campaignList(tx, context, startButton));
    if (starts.is(said) !== null) return own((tx) => offerForm(tx, context));
    const reference = said.split(/\s+/).length > mostWords ? null : referenceIn(said, campaigns.prefix);
    if (reference !== null)
      return own(async (tx) => shown(tx, context, await findCampaign(tx, context, reference), dayAsked(said, context)));
    const report = readReport(said, context);
    if (report !== null) {
      const found = await campaignNamed(db, context, report.named);
      if (found !== null) return own((tx) => shown(tx, context, found, report.day));
    }
    const wanted = await readAsking(db, context, said);
    if (wanted === null) return null;
    return own(async (tx) => {
      try {
        return await showDraft(tx, context, await draftFrom(tx, context, wanted, null, null), parts);
      } catch (error) {
        if (error instanceof FieldError) throw new Refusal(error.message);
        throw error;
      }
    });
  } // prettier-ignore

  return {
    name: room,
    offer: {
      text: 'I ask many people together, and tell you how far they are.',
      examples: ['ask everyone to acknowledge POL-05 until 18 December'],
      to: isIsmsManager,
    },
    tools: [],
    claim,
    actions: {
      ...draftActions(parts),
      ...reportActions,
      [`${room}.show`]: async (tx, context, { argument }) =>
        shown(tx, context, await findCampaign(tx, context, argument('record')), null),
    },
    async due(tx, now) {
      await reviewCampaigns(tx, now);
      return [];
    },
  };
}

/** The newest whose name has the words; of the only one that runs nothing needs to be said. */
async function campaignNamed(tx: Queryable, { person }: Context, said: string): Promise<Campaign | null> {
  const seen = (await campaigns.selectSeen(tx, person, 'started_at is not null')).toReversed();
  const running = seen.filter(({ state }) => state === 'running');
  const wanted = wordsIn(said);
  if (wanted.length === 0) return running[0] ?? seen[0] ?? null;
  const fits = ({ title }: Campaign) => wanted.every((word) => wordsIn(title).includes(word));
  return running.find(fits) ?? seen.find(fits) ?? null;
}
