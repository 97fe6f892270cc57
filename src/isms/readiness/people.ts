/** Facts of people: what they were to acknowledge and to learn, dated by their own columns, and what they lack for their role. */
import { day, isAskedAbout, type PartSource } from './source.ts';

/**
 * SQL of a table's rows with the columns that they had: what a row does not tell any more is kept until when it was so.
 *
 * @param columns  that may have been others, with their types
 * @returns rows that are read in one pass
 */
function rowsThen(table: string, kept: string, columns: Record<string, string>, present: boolean): string {
  if (present) return table;
  const own = Object.entries(columns).map(
    ([column, type]) =>
      `case when before.content is null then ${table}.${column} else (before.content ->> '${column}')::${type} end as ${column}`,
  );
  return `(select ${kept}, ${own.join(', ')} from ${table} left join (
      select distinct on (row_id) row_id, content from row_history
      where table_name = '${table}:before' and row_history.at > $1::timestamptz order by row_id, row_history.at, id
    ) before on before.row_id = ${table}.id)`;
}

/**
 * SQL of those who work here and are asked about. Made of what was kept they are said to be each one alone, or the planner believes
 * that many share an id, and hashes the requests of all of them instead.
 */
const peopleThen = (present: boolean) =>
  `(select ${present ? '' : 'distinct on (id) '}id, name from person where active and ${isAskedAbout('person')}) person`;

/** SQL: what had not ended yet was open. */
const stateThen = (row: string, ended: string, open: string) =>
  `case when ${row}.state in (${ended}) and ${row}.state_at > $1::timestamptz then '${open}' else ${row}.state end`;

/** Looked up where it is shown alone: many are counted. It never changes. */
const referenceOf = '(select reference from document where document.id = request.document_id)';

const requests = (present: boolean) => `
  select 'acknowledgement_request:' || request.id as record, ${referenceOf} as reference, person.name || ' · ' || ${referenceOf} as title,
    ${stateThen('request', "'acknowledged', 'exempt', 'cancelled'", 'pending')} as state, request.due_on as day, null::integer as owner_id, request.person_id
  from ${rowsThen('acknowledgement_request', 'id, person_id, document_id, asked_at, followed_at', { state: 'text', state_at: 'timestamptz', due_on: 'date' }, present)} request
  join ${peopleThen(present)} on person.id = request.person_id
  where request.asked_at <= $1::timestamptz and (request.followed_at is null or request.followed_at > $1::timestamptz)`;

const isOpenRequest = "state in ('pending', 'viewed', 'quiz_passed', 'declined')";

export const acknowledgementFacts: PartSource = {
  part: 'acknowledgements',
  tables: ['person'],
  groups: [
    {
      rows: requests,
      alike: ['state', 'day'],
      facts: [
        {
          key: 'acknowledgements.done',
          kind: 'share',
          among: `state = 'acknowledged' or (${isOpenRequest} and day < ${day})`,
          counts: "state = 'acknowledged'",
        },
        { key: 'acknowledgements.overdue', kind: 'open', counts: `${isOpenRequest} and day < ${day}` },
        {
          key: 'acknowledgements.waiting',
          kind: 'open',
          counts: `${isOpenRequest} and coalesce(day >= ${day}, true)`,
        },
      ],
    },
  ],
};

const trainings = (present: boolean) => `
  select 'training:' || training.id as record, training.reference, person.name || ' · ' || training.lesson as title,
    case when training.state = 'completed' and training.state_at <= $1::timestamptz and training.expires_on <= ${day} then 'expired'
      else ${stateThen('training', "'completed', 'expired', 'waived'", 'assigned')} end as state,
    training.due_on as day, null::integer as owner_id, training.person_id
  from ${rowsThen('training', 'id, person_id, reference, lesson', { state: 'text', state_at: 'timestamptz', due_on: 'date', assigned_at: 'timestamptz', expires_on: 'date' }, present)} training
  join ${peopleThen(present)} on person.id = training.person_id
  where training.assigned_at <= $1::timestamptz`;

const isOpenTraining = "state in ('assigned', 'started', 'failed')";
const isLate = `(state = 'expired' or (${isOpenTraining} and coalesce(day < ${day}, false)))`;

export const trainingFacts: PartSource = {
  part: 'training',
  tables: ['person'],
  groups: [
    {
      rows: trainings,
      alike: ['state', 'day'],
      facts: [
        {
          key: 'training.done',
          kind: 'share',
          among: `state = 'completed' or ${isLate}`,
          counts: "state = 'completed'",
        },
        { key: 'training.overdue', kind: 'open', counts: isLate },
        { key: 'training.waiting', kind: 'open', counts: `${isOpenTraining} and not ${isLate}` },
      ],
    },
  ],
};

export const competenceFacts: PartSource = {
  part: 'competence',
  tables: ['person', 'competence'],
  groups: [
    {
      rows: () => `select 'competence:' || competence.id as record, reference, person.name || ' · ' || role as title, competence.state,
          assessed_on as day, person.manager_id as owner_id, competence.person_id
        from competence join person on person.id = person_id
        where competence.state <> 'ended' and person.active and ${isAskedAbout('person')}`,
      owned: true,
      facts: [{ key: 'competence.gaps', kind: 'open', ofAll: true, counts: "state = 'gap'" }],
    },
  ],
};
