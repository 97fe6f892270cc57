/** Objectives, as the house knows them: what security is to reach, by when, and what came of it. */
import type { Queryable } from '../../db/database.ts';
import type { Context } from '../../conversation/contract.ts';
import { actionId } from '../../conversation/contract.ts';
import { commandOf } from '../../dialogue/command.ts';
import { FieldError, personNamed } from '../../dialogue/form.ts';
import { field, sentDay, sentOrNull, sentText, type Sent } from '../../dialogue/form-fields.ts';
import {
  maybe,
  must,
  readDay,
  readPersonId,
  readText,
  shortly,
  type Reader,
} from '../../dialogue/import-cells.ts';
import { transferOf } from '../../dialogue/record-import.ts';
import { recordRoom } from '../../dialogue/record-room.ts';
import type { Room } from '../../dialogue/room.ts';
import { Refusal } from '../../errors.ts';
import {
  meetsTarget,
  metrics,
  selectMeasurements,
  targetInWords,
  valueInWords,
  type Metric,
} from '../../isms/metric/metric.ts';
import { periodInWords } from '../../isms/metric/period.ts';
import {
  amendObjective,
  objectives,
  objectiveStates,
  recordObjective,
  type NewObjective,
  type Objective,
} from '../../isms/objective/objective.ts';
import { plain as plainly, words } from '../../language/vocabulary.ts';
import type { Dependencies } from '../dependencies.ts';
import { objectiveSamples } from './samples.ts';

const name = 'objectives';
const all = words('objectives/all');

const definition = [
  field('title', 'What do we want to reach?', 'text'),
  field('measure', 'How is it known?', 'multiline'),
  field('target', 'Target', 'text', { hint: 'For example: at least 60 % of test mails reported.' }),
  field('metric', 'Metric that shows it', 'text', { required: false, hint: 'Its reference, as ME-2.' }),
  field('plan', 'What is done for it, and with what?', 'multiline'),
  field('due_on', 'By when?', 'date'),
];

type Written = Omit<NewObjective, 'ownerId'>;

async function definitionIn(tx: Queryable, context: Context, sent: Sent): Promise<Written> {
  const said = sentOrNull(sent, 'metric');
  const metric = said === null ? null : await metrics.selectOptional(tx, said);
  if (said !== null && metric === null) throw new FieldError('metric', `There is no metric ${said}. Say «metrics» for those that there are.`);
  return {
    title: sentText(sent, 'title'),
    measure: sentText(sent, 'measure'),
    target: sentText(sent, 'target'),
    metricId: metric?.id ?? null,
    plan: sentText(sent, 'plan'),
    dueOn: sentDay(sent, 'due_on', context) ?? '',
  };
} // prettier-ignore

const result = field('result', 'What came of it?', 'multiline');

const plain = recordRoom<Objective>({
  name,
  offer: {
    text: 'I keep what security is to reach, and what came of it.',
    examples: ['objectives'],
    to: ({ roles }) => roles.includes('isms_manager') || roles.includes('manager'),
  },
  record: objectives,
  states: objectiveStates,
  title: ({ title }) => title,
  columns: {
    Objective: 'title',
    'How it is known': 'measure',
    Target: 'target',
    'What is done': 'plan',
    Owner: 'ownerId',
    Due: 'dueOn',
    Result: 'result',
    'Why dropped': 'stateReason',
  },
  people: ['ownerId'],
  list: {
    says: 'objectives',
    words: words('objectives/list'),
    one: 'objective',
    many: 'objectives',
    columns: ['Objective', 'Target', 'Owner', 'Due'],
    part: async (_tx, _context, said) => (all.is(said) === null ? null : { where: '$3::boolean', parameters: [true], noun: 'so far', said }),
  },
  async shows(tx, row) {
    if (row.metricId === null) return {};
    const metric = await metrics.select(tx, row.metricId);
    const [last] = await selectMeasurements(tx, [metric.id]);
    const isMet = last === undefined ? null : meetsTarget(metric, last.value);
    const value = last === undefined ? 'no value yet' : `${valueInWords(metric, last.value)} in ${periodInWords(last.period)}${isMet === null ? '' : isMet ? ', on target' : `, not ${targetInWords(metric) ?? ''}`}`;
    return {
      facts: [{ label: `${metric.reference} ${metric.title}`, value }],
      buttons: [{ id: actionId('metrics.show', { record: metric.reference }), label: `Show ${metric.reference}` }],
    };
  },
  begin: {
    says: 'record an objective',
    words: words('objectives/begin'),
    lead: 'What is to be reached, by when, and who answers for it?',
    title: 'Record an objective',
    submit: 'Record',
    fields: [...definition, field('owner', 'Who answers for it?', 'text', { hint: 'Name or e-mail address.' })],
    async write(tx, context, sent) {
      const { id: ownerId } = await personNamed(tx, context, sentText(sent, 'owner'), 'owner');
      return { row: await recordObjective(tx, commandOf(context), { ...(await definitionIn(tx, context, sent)), ownerId }) };
    },
  },
  moves: {
    meet: { label: 'Met', fields: [result], event: (detail) => ({ action: 'objective.met', detail }) },
    miss: { label: 'Missed', fields: [result], event: (detail) => ({ action: 'objective.missed', detail }) },
    correct: {
      label: 'Change',
      fields: [...definition.filter(({ name: of }) => of !== 'metric'), field('owner', 'Somebody else who answers for it', 'text', { required: false, hint: 'Empty: it stays with whoever has it.' })],
      async writes(tx, context, row, sent) {
        const changed: Partial<Written> = await definitionIn(tx, context, sent);
        delete changed.metricId;
        const named = sentOrNull(sent, 'owner');
        const owner = named === null ? {} : { ownerId: (await personNamed(tx, context, named, 'owner')).id };
        return amendObjective(tx, commandOf(context), row, { ...changed, ...owner });
      },
    },
    drop: {
      label: 'Drop it',
      fields: [field('state_reason', 'Why?', 'multiline')],
      event: (detail) => ({ action: 'objective.dropped', detail }),
    },
  },
  evidence: 'result',
  due: { on: 'dueOn', of: 'ownerId', owed: { wording: name, rank: 2, askedAt: ({ stateAt }) => stateAt } },
}); // prettier-ignore

export const objectiveTransfer = transferOf({
  name,
  record: objectives,
  people: ['ownerId'],
  same: ['title'],
  async columns(people, db) {
    const known = await metrics.selectWhere(db, 'true');
    return {
      title: must(readText(200)).describe('objective, goal, name, ziel, sicherheitsziel, objectif, objetivo'),
      measure: must(readText(4_000)).describe('how_measured, measured_by, evaluation, indicator, messung, bewertung, mesure, medida'),
      target: must(readText(400)).describe('target_value, zielwert, cible, meta'),
      metricId: maybe(readMetric(known)).describe('kpi, kennzahl, indicateur, indicador'),
      plan: must(readText(4_000)).describe('actions, measures, how, resources, what_is_done, maßnahmen, plan_d_action'),
      ownerId: must(readPersonId(people)).describe('responsible, who, verantwortlich, responsable'),
      dueOn: must(readDay).describe('due, due_date, by_when, deadline, until, termin, frist, échéance, plazo'),
    };
  },
  add: (tx, command, cells) => recordObjective(tx, command, cells),
  change: (tx, command, row, changed) => amendObjective(tx, command, row, changed),
  shown: {
    async metric(tx, rows) {
      const known = await metrics.selectReferences(tx);
      return rows.map(({ metricId }) => (metricId === null ? '' : (known.get(metrics.nameOf({ id: metricId })) ?? '')));
    },
    result: async (_tx, rows) => rows.map(({ result: came, stateReason }) => came ?? stateReason ?? ''),
  },
}); // prettier-ignore

function readMetric(known: readonly Metric[]): Reader<number> {
  return (text) => {
    const found = known.find(({ reference, title }) => [reference, title].some((each) => plainly(each) === plainly(text)));
    if (found !== undefined) return found.id;
    throw new Refusal(`«${shortly(text)}» is no metric; write its reference, as ME-2026-002`);
  };
} // prettier-ignore

export const objectivesRoom: Room<Dependencies> = {
  ...plain,
  ...objectiveTransfer.offers,
  samples: objectiveSamples,
};
