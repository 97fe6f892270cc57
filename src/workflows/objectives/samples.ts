/** What the made-up company wants to reach: five objectives, of which one was met and one missed. */
import { recordSamples } from '../../dialogue/record-samples.ts';
import { metrics } from '../../isms/metric/metric.ts';
import { objectives, recordObjective } from '../../isms/objective/objective.ts';
import { addDays, dayOf } from '../../language/calendar.ts';

const samples = [
  {
    owner: 'ines', ago: 300, inDays: 60, metric: 'Phishing reporting rate', title: 'Colleagues report phishing',
    measure: 'The phishing reporting rate, each month.', target: 'At least 60 % of test mails reported within a day',
    plan: 'A test each month, a short lesson for whoever clicks, and the report button in every mail client. Sara, 2 days a month.',
  },
  {
    owner: 'hugo', ago: 300, inDays: 45, metric: 'Servers patched within 14 days', title: 'Critical patches are in within 14 days',
    measure: 'The share of servers patched in time, each month.', target: 'At least 95 %',
    plan: 'Patch windows every Tuesday night, and a report of what is left every Friday. Ada and Tom.',
  },
  {
    owner: 'ines', ago: 300, inDays: 52, metric: null, title: 'Certified to ISO/IEC 27001',
    measure: 'The decision of the certification body.', target: 'Certificate without open majors',
    plan: 'Internal audits, management review, and what they find mended before Stage 2. Ines leads, with half a day a week of each head of department.',
  },
  {
    owner: 'hanna', ago: 300, inDays: -120, metric: null, title: 'Everybody has had the basic lessons', ended: 'met',
    measure: 'Share of people who completed them, from the training matrix.', target: 'All who have worked here for 30 days',
    plan: 'Lessons in chat, sessions for whoever has none.', result: 'All 31 had completed them in time; new colleagues get them in their first week.',
  },
  {
    owner: 'mona', ago: 280, inDays: -60, metric: null, title: 'Every supplier of class A is assessed', ended: 'missed',
    measure: 'Assessments done of those due, from the supplier list.', target: '12 of 12',
    plan: 'One a week, from the shared questionnaire. Victor helps.', result: '9 of 12: three did not answer in time. They are asked again, with the contract team.',
  },
] as const; // prettier-ignore

export const objectiveSamples = recordSamples(objectives, {
  many: 'objectives',
  title: 'title',
  of: 'owner_id = any($1)',
  async load(tx, { now, ines, person, by }) {
    const today = dayOf(now, 'UTC');
    const known = await metrics.selectWhere(tx, 'true');
    for (const { owner, ago, inDays, metric, title, measure, target, plan, ...end } of samples) {
      const whose = await person(owner);
      const metricId = known.find((each) => each.title === metric)?.id ?? null;
      const fresh = { title, measure, target, plan, metricId, ownerId: whose.id, dueOn: addDays(today, inDays) };
      const row = await recordObjective(tx, by(ines, ago), fresh);
      if (!('ended' in end)) continue;
      const { ended: state, result } = end;
      await objectives.change(tx, by(whose, -inDays - 1), row, { state, result }, () => ({
        action: `objective.${state}`,
        detail: { from: 'open', to: state },
      }));
    }
  },
}); // prettier-ignore
