/** Incidents of the made-up company: one closed, one contained. */
import { recordSamples } from '../../dialogue/record-samples.ts';
import {
  describe,
  incidents,
  noticesOwed,
  reportIncident,
  type Incident,
} from '../../isms/incident/incident.ts';
import type { Person } from '../../records/person.ts';
import type { OwnEvent } from '../../records/record.ts';

const samples = [
  {
    reporter: 'wanda', daysAgo: 24, severity: 'low', personalData: false,
    what: 'I lost my badge somewhere between the tram and the gate.',
    told: ['It was on a green lanyard.', 'This morning, on the tram.', 'I called the hotline, and they blocked it.'],
    containment: 'The badge was blocked 12 minutes after the report, and the gate log shows no use since.',
    closed: { cause: 'The clip of the old lanyards opens by itself.', lessons: 'All old lanyards are exchanged. Early reports keep a lost badge harmless.' },
  },
  {
    reporter: 'amelie', daysAgo: 2, severity: 'medium', personalData: true,
    what: 'I clicked on a link in a mail that looked like our supplier portal.',
    told: ['It asked for my password, and I typed it in.', 'About ten minutes ago.', null],
    containment: 'The password was changed and all sessions ended; no sign-in from elsewhere is in the log.',
    closed: null,
  },
] as const; // prettier-ignore

/** What real people reported stays theirs, and what they took or moved with it. */
export const incidentSamples = recordSamples(incidents, {
  many: 'incidents',
  title: 'what',
  of: 'reporter_id = any($1)',
  async load(tx, story) {
    const ben = await story.person('ben');
    for (const sample of samples) {
      const reporter = await story.person(sample.reporter);
      const by = (actor: Person, hours: number) => story.by(actor, sample.daysAgo - hours / 24);
      let row: Incident = await reportIncident(tx, by(reporter, 0), sample.what);
      for (const [at, words] of sample.told.entries()) row = await describe(tx, by(reporter, 0.1), row, words, at + 1);
      const change = async (hours: number, values: Record<string, unknown>, event: OwnEvent) => {
        row = await incidents.change(tx, by(ben, hours), row, values, () => event);
      };
      await change(0.2, { taken_by: ben.id, taken_at: by(ben, 0.2).at }, { action: 'incident.taken', detail: {} });
      const notices = await noticesOwed(tx, row, sample.personalData);
      await change(0.3, { severity: sample.severity, personal_data: sample.personalData, notices }, { action: 'incident.assessed', detail: { severity: sample.severity, notices: sample.personalData ? 1 : 0 } });
      await change(1, { state: 'contained', containment: sample.containment }, { action: 'incident.contained', detail: { from: 'reported', to: 'contained' } });
      if (sample.closed !== null) await change(96, { state: 'closed', ...sample.closed }, { action: 'incident.closed', detail: { from: 'contained', to: 'closed' } });
    }
  },
}); // prettier-ignore
