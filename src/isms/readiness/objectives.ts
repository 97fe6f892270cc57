/** Facts of objectives and of what is measured. */
import { day, type PartSource } from './source.ts';

export const objectiveFacts: PartSource = {
  part: 'objectives',
  tables: ['objective', 'metric'],
  groups: [
    {
      rows: () => `select 'objective:' || id as record, reference, title, state, due_on as day, owner_id
        from objective where state <> 'dropped'`,
      owned: true,
      facts: [
        { key: 'objectives.open', kind: 'ahead', counts: `state = 'open' and day >= ${day}` },
        { key: 'objectives.overdue', kind: 'open', counts: `state = 'open' and day < ${day}` },
        {
          key: 'objectives.met',
          kind: 'share',
          among: "state in ('met', 'missed')",
          counts: "state = 'met'",
        },
      ],
    },
    {
      rows: () => `select 'metric:' || id as record, reference, title, state, next_due_on as day, owner_id
        from metric where state = 'active'`,
      owned: true,
      facts: [{ key: 'objectives.measured_late', kind: 'open', ofAll: true, counts: `day < ${day}` }],
    },
  ],
};
