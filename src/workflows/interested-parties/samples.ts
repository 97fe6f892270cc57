/** Who has a say in the security of the made-up company: six of them, one due for its yearly look. */
import { recordSamples } from '../../dialogue/record-samples.ts';
import {
  interestedParties,
  recordInterestedParty,
  type NewInterestedParty,
} from '../../isms/interested-party/interested-party.ts';

const samples: (Omit<NewInterestedParty, 'ownerId'> & { owner: string; ago: number })[] = [
  { owner: 'carlos', ago: 200, name: 'Customers who run our robots', kind: 'customer', needs: 'Their production data stays theirs; they hear within 24 hours of a breach that concerns them.', basis: 'contract', addressed: true, metBy: 'Incident policy, contract annex on security, encryption of customer data.' },
  { owner: 'dora', ago: 200, name: 'Data protection authority', kind: 'authority', needs: 'Personal data is protected, and breaches are reported within 72 hours.', basis: 'law', addressed: true, metBy: 'Privacy policy, incident policy, record of processing.' },
  { owner: 'fiona', ago: 200, name: 'Shareholders', kind: 'owner', needs: 'The company is not stopped by an attack, and keeps its certificate.', basis: 'wish', addressed: true, metBy: 'Continuity policy, yearly management review.' },
  { owner: 'hanna', ago: 180, name: 'Employees and the works council', kind: 'employee', needs: 'Monitoring is announced and fair; quiz scores are nobody else\'s business.', basis: 'contract', addressed: true, metBy: 'Agreement with the works council, setting on scores.' },
  { owner: 'victor', ago: 150, name: 'Cloud and hosting suppliers', kind: 'supplier', needs: 'Clear duties on both sides, and contacts who answer in an incident.', basis: 'contract', addressed: true, metBy: 'Supplier policy, contracts, contact list.' },
  { owner: 'gustav', ago: 358, name: 'Neighbours of the Hamburg site', kind: 'public', needs: 'Cameras show our premises only.', basis: 'law', addressed: true, metBy: 'Camera plan, signs, and a look at it each year.' },
]; // prettier-ignore

export const interestedPartySamples = recordSamples(interestedParties, {
  many: 'interested parties',
  title: 'name',
  of: 'owner_id = any($1)',
  async load(tx, { ines, person, by }) {
    for (const { owner, ago, ...fresh } of samples)
      await recordInterestedParty(tx, by(ines, ago), { ...fresh, ownerId: (await person(owner)).id });
  },
});
