/** Facts of what was found and what is done about it: non-conformities by grade and age, actions, incidents. */
import { unfinishedStates, movableStates } from '../corrective-action/corrective-action.ts';
import { nextDeadlineSql } from '../nonconformity/deadlines.ts';
import { day, type PartSource } from './source.ts';

const list = (values: readonly string[]) => values.map((value) => `'${value}'`).join(', ');

/** From which on an open one is old. */
const oldAfterDays = 90;

const isBreach = "grade in ('major', 'minor')";

export const nonconformityFacts: PartSource = {
  part: 'nonconformities',
  tables: ['nonconformity'],
  groups: [
    {
      rows: () => `select 'nonconformity:' || id as record, reference, title, state, identified_on as day, owner_id, grade,
          least(case when state = 'verifying' then check_due_on end, ${nextDeadlineSql}) as due_on
        from nonconformity where state not in ('closed', 'rejected')`,
      owned: true,
      facts: [
        {
          key: 'nonconformities.major_open',
          kind: 'open',
          counts: "grade = 'major'",
          blocks: (count) => count > 0,
        },
        { key: 'nonconformities.minor_open', kind: 'open', counts: "grade = 'minor'" },
        { key: 'nonconformities.other_open', kind: 'open', counts: "grade in ('ofi', 'observation')" },
        {
          key: 'nonconformities.old',
          kind: 'open',
          ofAll: true,
          among: isBreach,
          counts: `${day} - day > ${oldAfterDays}`,
        },
        {
          key: 'nonconformities.overdue',
          kind: 'open',
          ofAll: true,
          among: isBreach,
          counts: `due_on < ${day}`,
        },
      ],
    },
  ],
};

export const actionFacts: PartSource = {
  part: 'actions',
  tables: ['corrective_action'],
  groups: [
    {
      rows: () => `select 'corrective_action:' || id as record, reference, description as title, state, due_on as day, owner_id
        from corrective_action where state in (${list(unfinishedStates)})`,
      owned: true,
      facts: [
        {
          key: 'actions.overdue',
          kind: 'open',
          ofAll: true,
          counts: `state in (${list(movableStates)}) and day < ${day}`,
        },
      ],
    },
  ],
};

export const incidentFacts: PartSource = {
  part: 'incidents',
  tables: ['incident'],
  groups: [
    {
      rows: () => `select 'incident:' || id as record, reference, left(what, 200) as title, state, aware_at::date as day, taken_by as owner_id
        from incident where state <> 'no_incident'`,
      owned: true,
      facts: [
        { key: 'incidents.open', kind: 'open', ofAll: true, counts: "state in ('reported', 'contained')" },
      ],
    },
  ],
};
