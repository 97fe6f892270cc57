/** Campaigns of the made-up company: one that has ended, one that runs and is half done, and the pack of its joiners. */
import { z } from 'zod';
import type { Queryable } from '../../db/database.ts';
import { selectAll } from '../../db/rows.ts';
import type { RoomSamples, SampleScope, SamplesRemoved } from '../../dialogue/room.ts';
import { acknowledge, lockRequest, noteViewed } from '../../isms/acknowledgement/acknowledgement.ts';
import { campaigns, draftCampaign, type Campaign, type CampaignDraft } from '../../isms/campaign/campaign.ts';
import { exemptFromCampaign } from '../../isms/campaign/people.ts';
import { reviewCampaigns, startCampaign } from '../../isms/campaign/run.ts';
import { selectPolicies } from '../../isms/policy-question/policy.ts';
import { addDays, dayOf } from '../../language/calendar.ts';
import { noteAbsence } from '../../records/absence.ts';
import { AudienceSpec } from '../../records/audience.ts';
import type { CommandContext } from '../../records/command-context.ts';
import { selectOptionalByEmail, selectPerson, type Person } from '../../records/person.ts';

export const campaignSamples: RoomSamples = { load, remove };

const day = 86_400_000;
const everyone = { who: 'everyone', audience: AudienceSpec.parse({ everyone: true }), standing: false, newcomers: false, dueDays: null }; // prettier-ignore
/** Who joined twelve days ago. */
const joiners = ['raj@demo.example', 'pilar@demo.example'];

async function load(tx: Queryable, _folder: string, now: Date): Promise<void> {
  const ines = await selectOptionalByEmail(tx, 'ines@demo.example');
  if (ines === null || (await campaigns.selectWhere(tx, 'true')).length > 0) return;
  const at = (days: number) => new Date(now.getTime() - days * day);
  const on = (days: number) => dayOf(at(days), 'UTC');
  const policies = await selectPolicies(tx, on(100));
  const asked = (reference: string) => policies.flatMap((policy) => (policy.reference === reference ? policy.documentId : []));
  const by = (actor: Person, days: number): CommandContext => ({ actor, at: at(days), inputId: null, link: null });
  async function start(days: number, draft: CampaignDraft): Promise<Campaign | null> {
    if (draft.subjects.documents.length === 0) return null;
    // Drafted the day before, as people do.
    const { id } = await draftCampaign(tx, by(ines as Person, days + 1), draft, null);
    return startCampaign(tx, by(ines as Person, days), await campaigns.lock(tx, id));
  }
  /** @param done  whether the person at a place has, and how many days ago */
  async function acknowledged(campaign: Campaign, done: (place: number, name: string) => number | null): Promise<void> {
    const open = await selectAll(tx, Open, 'select request.id, person_id, person.name from acknowledgement_request request join person on person.id = person_id where campaign_id = $1 order by person_id', [campaign.id]);
    for (const [place, { id, personId, name }] of open.entries()) {
      const ago = done(place, name);
      if (ago === null) continue;
      const command = by(await selectPerson(tx, personId), ago);
      await noteViewed(tx, command, await lockRequest(tx, command, id));
      await acknowledge(tx, command, await lockRequest(tx, command, id), 0);
    }
  }

  const active = 'update person set active = $2 where email = any($1)';
  await tx.query(active, [joiners, false]);
  const pack = { title: 'Joiners: the first day', ...everyone, standing: true, newcomers: true, dueOn: null, dueDays: 14, subjects: { documents: [...asked('POL-01'), ...asked('POL-02')], lessons: [] } };
  const standing = await start(90, pack);

  const classification = await start(75, { title: 'Information classification', ...everyone, subjects: { documents: asked('POL-08'), lessons: [] }, dueOn: on(50) });
  if (classification !== null) await acknowledged(classification, (place, name) => (name.startsWith('Yann') ? null : 74 - ((place * 7) % 24)));
  await reviewCampaigns(tx, at(34));

  const louis = await selectOptionalByEmail(tx, 'louis@demo.example');
  if (louis !== null) await noteAbsence(tx, { personId: louis.id, fromDay: on(24), untilDay: addDays(on(0), 6) }, 'import', at(24));
  const access = await start(19, { title: 'Access control', ...everyone, subjects: { documents: asked('POL-03'), lessons: [] }, dueOn: on(1) });
  const yann = await selectOptionalByEmail(tx, 'yann@demo.example');
  if (access !== null && yann !== null)
    await exemptFromCampaign(tx, by(ines, 18), access, yann, { reason: 'Has no account: was told in person at the start of the shift', until: null });
  if (access !== null) await acknowledged(access, (place, name) => (place % 3 === 2 || name.startsWith('Yann') ? null : 18 - ((place * 5) % 16)));
  await tx.query(active, [joiners, true]);
  await reviewCampaigns(tx, at(12));
  if (standing !== null) await acknowledged(standing, (_place, name) => (name.startsWith('Raj') ? 9 : null));
} // prettier-ignore

const Open = z.object({ id: z.number(), personId: z.number(), name: z.string() });
const Sample = z.object({ id: z.number(), reference: z.string() });

/** What real people were asked stays asked; the campaign that asked it goes. */
async function remove(tx: Queryable, { people }: SampleScope): Promise<SamplesRemoved> {
  const samples = await selectAll(
    tx,
    Sample,
    'select id, reference from campaign where owner_id = any($1) order by id',
    [people],
  );
  const ids = samples.map(({ id }) => id);
  for (const table of ['acknowledgement_request', 'training'])
    await tx.query(`update ${table} set campaign_id = null where campaign_id = any($1)`, [ids]);
  await tx.query('delete from exemption where campaign_id = any($1)', [ids]);
  await tx.query('delete from campaign_member where campaign_id = any($1) or person_id = any($2)', [
    ids,
    people,
  ]);
  await tx.query('delete from campaign where id = any($1)', [ids]);
  await tx.query('update campaign set state_by = null where state_by = any($1)', [people]);
  return {
    counts: { campaigns: ids.length },
    text: ids.length === 0 ? null : ids.length === 1 ? '1 campaign' : `${ids.length} campaigns`,
    known: samples.map(({ reference }) => reference),
    kept: [],
  };
}
