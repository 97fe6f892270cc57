/** The certification that the made-up company is on its way to: Stage 1 is held, Stage 2 comes. */
import { recordSamples } from '../../dialogue/record-samples.ts';
import { certifications, recordCertification } from '../../isms/certification/certification.ts';
import { addDays, dayOf } from '../../language/calendar.ts';

/** Days back. */
const recorded = 300;
const stage1 = 40;

const sample = {
  body: 'Kestrel Certification',
  scope:
    'The development, production, operation and remote maintenance of robots for greenhouses and of the fleet platform, at the sites in Hamburg and Lyon and for everyone who works remotely for them.',
  contact: 'Clover Chaffinch, planning@kestrel.example',
  auditDays: { stage1: 1, stage2: 2.5 },
};

export const certificationSamples = recordSamples(certifications, {
  many: 'certifications',
  title: 'body',
  of: 'owner_id = any($1)',
  pointers: { audit: 'certification_id' },
  async load(tx, { now, ines, by }) {
    const row = await recordCertification(tx, by(ines, recorded), sample);
    const on = addDays(dayOf(now, 'UTC'), -stage1);
    const detail = { from: 'preparing', to: 'stage1_done', visit: 'stage1', on };
    const values = { state: 'stage1_done', visited_on: on, auditors: ['Pat Plover'], soa_version: '2.0' };
    await certifications.change(tx, by(ines, stage1 - 1), row, values, () => ({ action: 'certification.visited', detail }));
  },
}); // prettier-ignore
