/** Evidence in the made-up company, in every state, and what its auditor asked for and was given. */
import { recordSamples } from '../../dialogue/record-samples.ts';
import { askForEvidence, evidenceRequests } from '../../isms/evidence-request/evidence-request.ts';
import {
  acceptEvidence,
  age,
  beginReview,
  bringEvidence,
  giveEvidence,
  sendBack,
} from '../../isms/evidence-request/moves.ts';
import { addDays, dayOf } from '../../language/calendar.ts';

interface Sample {
  title: string;
  requirements: string[];
  owner: string;
  /** Days ago on which it was asked for, and days from then in which it was due. */
  asked: number;
  days: number;
  months: number | null;
  /** Days ago on which something was brought, and days before that of which it spoke. */
  brought?: number;
  spoke?: number;
  ends?: 'accepted' | { sentBack: string };
  /** The auditor asked for it, and whether it was given to them. */
  given?: boolean;
}

const samples: Sample[] = [
  { title: 'Access review of the last quarter', requirements: ['A.5.18', 'A.8.2'], owner: 'ben', asked: 60, days: 14, months: 4, brought: 50, spoke: 10, ends: 'accepted' },
  { title: 'Restore test of the file server', requirements: ['A.8.13'], owner: 'ada', asked: 370, days: 20, months: 12, brought: 355, ends: 'accepted' },
  { title: 'Evacuation drill of the Hamburg site', requirements: ['A.7.5', 'A.5.29'], owner: 'gustav', asked: 420, days: 20, months: 12, brought: 400, ends: 'accepted' },
  { title: 'Supplier reviews of the year', requirements: ['A.5.22'], owner: 'victor', asked: 12, days: 14, months: 12, brought: 2 },
  { title: 'Patch report of all servers', requirements: ['A.8.8'], owner: 'hugo', asked: 20, days: 14, months: 3 },
  { title: 'Leavers’ checklists of the last quarter', requirements: ['A.6.5'], owner: 'mona', asked: 16, days: 30, months: 6, brought: 9, ends: { sentBack: 'Two of the five checklists have no date. Please add them.' } },
  { title: 'List of changes with their approvals', requirements: ['A.8.32'], owner: 'ines', asked: 4, days: 1, months: null, brought: 3, given: true },
  { title: 'Minutes of the last meeting of the crisis team', requirements: ['A.5.24'], owner: 'ines', asked: 1, days: 2, months: null, given: false },
]; // prettier-ignore

/** Days for which the auditor reads here. */
const daysOfAuditor = 60;

export const evidenceRequestSamples = recordSamples(evidenceRequests, {
  many: 'requests for evidence',
  title: 'title',
  of: 'asked_by = any($1)',
  async load(tx, { now, ines, person, by }) {
    const auditor = await person('xavier');
    await tx.query('update person set reads_until = $2 where id = $1', [auditor.id, addDays(dayOf(now, 'UTC'), daysOfAuditor)]);
    for (const { title, requirements, owner: name, asked, days, months, brought, spoke = 0, ends, given } of samples) {
      const owner = await person(name);
      const asking = by(given === undefined ? ines : auditor, asked);
      const dueOn = addDays(dayOf(asking.at, 'UTC'), days);
      const { id } = await askForEvidence(tx, asking, { title, requirements, what: '', ownerId: owner.id, dueOn, months, urgent: false });
      if (brought === undefined) continue;
      const bringing = by(owner, brought);
      const address = `https://files.demo.example/evidence/${title.toLowerCase().replace(/[^a-z]+/g, '-')}`;
      await bringEvidence(tx, bringing, id, [{ kind: 'link', address }], addDays(dayOf(bringing.at, 'UTC'), -spoke));
      const judging = by(ines, brought - 1);
      if (given === true) await giveEvidence(tx, judging, id);
      if (ends === undefined) continue;
      await beginReview(tx, judging, id);
      if (ends === 'accepted') await acceptEvidence(tx, judging, id);
      else await sendBack(tx, judging, id, ends.sentBack);
      // What has run out since did so on its day.
      for (const daysAgo of [60, 20, 2]) await age(tx, by(ines, daysAgo).at, id);
    }
  },
}); // prettier-ignore
