/** Metrics, as the house knows them: what is measured, its values against the target, and a value said in a sentence. */
import { z } from 'zod';
import type { Context, Outcome, Tool, Turn } from '../../conversation/contract.ts';
import { keepOutgoingFile } from '../../conversation/outgoing-file.ts';
import { privately } from '../../conversation/privately.ts';
import type { Queryable } from '../../db/database.ts';
import { commandOf } from '../../dialogue/command.ts';
import { FieldError, personNamed } from '../../dialogue/form.ts';
import { field, sentOrNull, sentText, type Sent } from '../../dialogue/form-fields.ts';
import { readNumber } from '../../dialogue/import-cells.ts';
import { proposalActions, proposeChanges } from '../../dialogue/proposal.ts';
import { recordRoom } from '../../dialogue/record-room.ts';
import type { Room } from '../../dialogue/room.ts';
import { Refusal } from '../../errors.ts';
import { drawTrend } from '../../files/draw-trend.ts';
import {
  amendMetric,
  measure,
  meetsTarget,
  metrics,
  metricStates,
  recordMetric,
  selectMeasurements,
  sides,
  targetInWords,
  valueInWords,
  type Measurement,
  type Metric,
  type NewMetric,
} from '../../isms/metric/metric.ts';
import { cadences, periodInWords } from '../../isms/metric/period.ts';
import { dayOf, momentInWords } from '../../language/calendar.ts';
import { words } from '../../language/vocabulary.ts';
import { referenceIn } from '../../records/reference.ts';
import type { Dependencies } from '../dependencies.ts';
import { expectedPeriod, room, valueFields } from './change.ts';
import { maySayValue, metricIn, readValue } from './read-value.ts';
import { metricSamples } from './samples.ts';
import { measurementImport, measurementTable, metricTransfer } from './transfer.ts';

const missed = words('metrics/missed');

const inSentence = { weekly: 'Weekly', monthly: 'Monthly', quarterly: 'Quarterly', yearly: 'Yearly' };
const sideLabels = { at_least: 'At least so much is good', at_most: 'At most so much is good' };

const definition = [
  field('title', 'What is measured?', 'text', { hint: 'For example: Phishing reporting rate.' }),
  field('method', 'How, and from what?', 'multiline'),
  field('unit', 'Unit', 'text', { required: false, hint: 'For example: %, days.' }),
  field('cadence', 'How often?', 'choice', { options: cadences.map((value) => ({ value, label: inSentence[value] })) }),
  field('target', 'Target', 'text', { required: false }),
  field('better', 'On which side of it is it good?', 'choice', { required: false, options: sides.map((value) => ({ value, label: sideLabels[value] })) }),
]; // prettier-ignore

function definitionIn(sent: Sent): Omit<NewMetric, 'ownerId'> {
  const target = sentOrNull(sent, 'target');
  return {
    title: sentText(sent, 'title'),
    method: sentText(sent, 'method'),
    unit: sentOrNull(sent, 'unit'),
    cadence: cadences.find((each) => each === sentText(sent, 'cadence')) ?? 'monthly',
    target: target === null ? null : numberIn(target, 'target'),
    better: sides.find((each) => each === sentText(sent, 'better')) ?? null,
  };
}

function numberIn(said: string, at: string): number {
  try {
    return readNumber(said);
  } catch (error) {
    throw error instanceof Refusal ? new FieldError(at, error.message) : error;
  }
}

/** «52 %, below the target» */
function said(metric: Metric, { value }: Pick<Measurement, 'value'>): string {
  const isMet = meetsTarget(metric, value);
  const how = isMet === null ? '' : isMet ? ', on target' : metric.better === 'at_least' ? ', below the target' : ', above the target';
  return `${valueInWords(metric, value)}${how}`;
} // prettier-ignore

const plain = recordRoom<Metric>({
  name: room,
  offer: {
    text: 'I keep what you measure, with each value against its target.',
    examples: ['metrics'],
    to: ({ roles }) => roles.includes('isms_manager') || roles.includes('manager'),
  },
  record: metrics,
  states: metricStates,
  title: ({ title }) => title,
  columns: {
    Metric: 'title',
    How: 'method',
    'How often': ({ cadence }) => inSentence[cadence],
    Target: targetInWords,
    Owner: 'ownerId',
    'Next value due': 'nextDueOn',
  },
  besides: {
    'Last value': async (tx, rows) => {
      const all = await selectMeasurements(tx, rows.map(({ id }) => id));
      return rows.map((row) => all.filter(({ metricId }) => metricId === row.id).slice(0, 1).map((last) => `${said(row, last)} (${periodInWords(last.period)})`)[0] ?? null);
    },
  },
  people: ['ownerId'],
  list: {
    says: 'metrics',
    words: words('metrics/list'),
    one: 'metric',
    many: 'metrics',
    columns: ['Metric', 'Target', 'Last value', 'Next value due'],
    async part(_tx, _context, text) {
      if (missed.is(text) === null) return null;
      const where = `state = 'active' and $3::boolean and exists (select from measurement where measurement.metric_id = metric.id
        and id = (select id from measurement last where last.metric_id = metric.id order by period desc, id desc limit 1)
        and case better when 'at_least' then value < target when 'at_most' then value > target end)`;
      return { where, parameters: [true], noun: 'off target', said: text };
    },
  },
  async shows(tx, row) {
    const values = (await selectMeasurements(tx, [row.id])).slice(0, shownValues);
    const facts = values.map((each) => ({
      label: periodInWords(each.period),
      value: `${said(row, each)} · ${each.recordedByName}, ${momentInWords(each.recordedAt, 'UTC')}${each.note === null ? '' : ` · ${each.note}`}`,
    }));
    return { facts, picture: await pictureOf(tx, row, values) };
  },
  begin: {
    says: 'record a metric',
    words: words('metrics/begin'),
    lead: 'What is to be measured, and who answers for it?',
    title: 'Record a metric',
    submit: 'Record',
    fields: [...definition, field('owner', 'Who measures it?', 'text', { hint: 'Name or e-mail address.' })],
    async write(tx, context, sent) {
      const { id: ownerId } = await personNamed(tx, context, sentText(sent, 'owner'), 'owner');
      return { row: await recordMetric(tx, commandOf(context), { ...definitionIn(sent), ownerId }) };
    },
  },
  moves: {
    measure: {
      label: 'Record a value',
      fields: (row) => valueFields(row),
      async writes(tx, context, row, sent) {
        const fresh = { period: sentText(sent, 'period'), value: numberIn(sentText(sent, 'value'), 'value'), note: sentOrNull(sent, 'note') };
        return (await measure(tx, commandOf(context), row, fresh)) ?? row;
      },
    },
    correct: {
      label: 'Change',
      fields: [...definition, field('owner', 'Somebody else who measures it', 'text', { required: false, hint: 'Empty: it stays with whoever has it.' })],
      async writes(tx, context, row, sent) {
        const named = sentOrNull(sent, 'owner');
        const owner = named === null ? {} : { ownerId: (await personNamed(tx, context, named, 'owner')).id };
        const { unit, ...definition } = definitionIn(sent);
        return amendMetric(tx, commandOf(context), row, { ...definition, unit: unit ?? '', ...owner });
      },
    },
    end: { label: 'Measured no more', event: (detail) => ({ action: 'metric.ended', detail }) },
  },
  evidence: 'measurement',
  due: { on: 'nextDueOn', of: 'ownerId', owed: { wording: room, rank: 2, askedAt: ({ stateAt }) => stateAt } },
}); // prettier-ignore

/** Values that its card has room for. */
const shownValues = 6;

/** Of one value alone there is nothing to see over time. */
async function pictureOf(tx: Queryable, row: Metric, newestFirst: readonly Measurement[]) {
  if (newestFirst.length < 2) return null;
  const values = newestFirst.toReversed();
  const points = values.map(({ period, value }) => ({ label: shortPeriod(period), value }));
  const { bytes } = await drawTrend({ points, target: row.target });
  const file = await keepOutgoingFile(tx, `${row.reference}.png`, bytes);
  const target = targetInWords(row);
  const alt = `${row.title}: ${values.map(({ period, value }) => `${periodInWords(period)} ${valueInWords(row, value)}`).join(', ')}${target === null ? '' : `; target ${target}`}`;
  return { ...file, alt };
} // prettier-ignore

/** «Nov», «Q4», «W48» fit below a picture. */
function shortPeriod(period: string): string {
  return period.length === 7 && /-\d\d$/.test(period) ? periodInWords(period).slice(0, 3) : (period.split('-')[1] ?? period);
} // prettier-ignore

/** A card with what was said, for the period that was said or is due. */
async function proposed(tx: Queryable, context: Context, metric: Metric, text: string) {
  const read = readValue(text, metric, dayOf(context.now, context.person.timeZone));
  if (read === null) throw new Refusal(`Which value? Say for example «record 97.5 for ${metric.reference}».`);
  const period = read.period ?? expectedPeriod(metric, dayOf(context.now, context.person.timeZone));
  return proposeChanges(tx, context, [{ kind: 'metric.measure', metricId: metric.id, period, value: read.value, note: null }]);
} // prettier-ignore

const Said = z.object({
  metric: z.string().max(200).describe('its reference, as ME-2, or its name'),
  said: z.string().max(400).describe('the value with its period, in the words of the person'),
});

export const metricsRoom: Room<Dependencies> = {
  ...plain,
  tables: { ...metricTransfer.offers.tables, measurements: measurementTable },
  imports: { ...metricTransfer.offers.imports, measurements: measurementImport },
  samples: metricSamples,
  workflow(parts) {
    const made = plain.workflow(parts);

    async function find(context: Context, text: string): Promise<Metric | null> {
      const known = await metrics.selectSeen(parts.db, context.person, "state = 'active'");
      const reference = referenceIn(text, metrics.prefix);
      const named = reference === null ? null : await metrics.selectOptional(parts.db, reference);
      return reference === null ? metricIn(text, known) : (known.find(({ id }) => id === named?.id) ?? null);
    }

    async function claim(context: Context, turn: Turn): Promise<Outcome | null> {
      const { text, attachments } = turn;
      const isValue = attachments.length === 0 && maySayValue(text);
      const metric = isValue ? await find(context, text) : null;
      if (metric !== null && hasValue(text, metric, context))
        return privately(context, 'what we measure', (tx) => proposed(tx, context, metric, text));
      return (await made.claim?.(context, turn)) ?? null;
    }

    const record: Tool<typeof Said> = {
      name: 'record_measurement',
      description: 'Proposes a card that records a value of a metric, for a period.',
      schema: Said,
      run: async (context, { metric: named, said }) =>
        privately(context, 'what we measure', async (tx) => {
          const metric = await find(context, named);
          if (metric === null) throw new Refusal(`I know no metric «${named}» that you may see. Say «metrics» for those that you may.`);
          return proposed(tx, context, metric, said);
        }),
    };

    return {
      ...made,
      actions: { ...made.actions, ...proposalActions(room) },
      claim,
      tools: [record],
      subject: 'metrics and their values',
      mayConcern: words('metrics/concern').has,
    };
  },
}; // prettier-ignore

/** A reference alone asks for its card. */
function hasValue(text: string, metric: Metric, { now, person }: Context): boolean {
  try {
    return readValue(text, metric, dayOf(now, person.timeZone)) !== null;
  } catch (error) {
    if (error instanceof Refusal) return true;
    throw error;
  }
}
