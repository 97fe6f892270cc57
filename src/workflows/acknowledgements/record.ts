/** Recording what people without chat acknowledged: «record a signed list», a form, and a card that says who, what and how before it is written. */
import { z } from 'zod';
import {
  actionId,
  type Actions,
  type Context,
  type Form,
  type Outcome,
} from '../../conversation/contract.ts';
import type { Queryable } from '../../db/database.ts';
import { audienceNamed } from '../../dialogue/audience.ts';
import { defineChange } from '../../dialogue/change.ts';
import { toAsker } from '../../dialogue/command.ts';
import { FieldError, formCommand } from '../../dialogue/form.ts';
import { field, sentDay, sentText } from '../../dialogue/form-fields.ts';
import { lockCard, proposalActions, proposeChanges, replaceCard } from '../../dialogue/proposal.ts';
import { recordAcknowledged } from '../../isms/acknowledgement/recorded.ts';
import { selectPolicies, type Policy } from '../../isms/policy-question/policy.ts';
import { requiredLearners } from '../../isms/training/assign.ts';
import { dayOf, inFull } from '../../language/calendar.ts';
import { shortened } from '../../language/text.ts';
import { words } from '../../language/vocabulary.ts';
import { selectNames } from '../../records/person.ts';
import { room } from './phrases.ts';
import { policyOf } from './said.ts';

const RecordChange = z.object({
  kind: z.literal('acknowledgement.record'),
  policy: z.string(),
  documentId: z.number(),
  title: z.string(),
  who: z.string(),
  people: z.array(z.number()).min(1),
  how: z.enum(['list', 'session']),
  place: z.string(),
  on: z.iso.date(),
});
type RecordChange = z.infer<typeof RecordChange>;

const hows = { list: 'on a signed list', session: 'in a session' };
const counted = (count: number) => (count === 1 ? '1 person' : `${count} people`);

defineChange<RecordChange>({
  kind: 'acknowledgement.record',
  schema: RecordChange,
  room,
  alone: true,
  nameOf: ({ policy }) => policy,
  current: async () => null,
  markOf: () => null,
  async apply(tx, command, change) {
    const given = await recordAcknowledged(tx, command, change);
    const others = change.people.length - given.length;
    const left = others === 0 ? [] : [`${counted(others)} had acknowledged it before, or may not read it.`];
    return { lines: [`${counted(given.length)} acknowledged «${change.title}» ${hows[change.how]}, ${inFull(change.on)}.`, ...left], told: [] };
  },
  async show(tx, { title, people, how, place, on }) {
    const names = [...(await selectNames(tx, people)).values()].sort().join(', ');
    return {
      title: `Record that ${counted(people.length)} acknowledged «${title}»`,
      lines: [
        { label: 'Who', value: shortened(names, 600) },
        { label: 'How', value: `${hows[how]}: ${place}` },
        { label: 'On', value: inFull(on) },
      ],
    };
  },
  form: async (tx, context, change, _id, proposal) => formOf(context, await selectPolicies(tx, dayOf(context.now, 'UTC')), change, String(proposal)),
}); // prettier-ignore

function formOf({ now, person }: Context, policies: readonly Policy[], known: Partial<RecordChange>, proposal: string): Form {
  return {
    id: actionId(`${room}.send-record`, { proposal }),
    title: 'Record a list',
    submitLabel: 'Next',
    fields: [
      field('policy', 'Which document?', 'choice', { value: known.policy ?? null, options: policies.map(({ reference, title }) => ({ value: reference, label: shortened(`${reference} ${title}`, 75) })) }),
      field('who', 'Who signed, or was there?', 'text', { value: known.who ?? null, hint: 'names with commas, a department, or everyone' }),
      field('how', 'How?', 'choice', { value: known.how ?? 'list', options: [{ value: 'list', label: 'They signed a list' }, { value: 'session', label: 'It was read out in a session' }] }),
      field('place', 'Where is the list, or where did they meet?', 'text', { value: known.place ?? null, hint: 'An auditor looks there.' }),
      field('on', 'On which day?', 'date', { value: known.on ?? dayOf(now, person.timeZone) }),
    ],
  };
} // prettier-ignore

interface Opened {
  tx: Queryable;
  context: Context;
  proposal: string;
  known: Partial<RecordChange>;
}

export const recordActions: Actions = {
  ...proposalActions(room),
  ...formCommand<Opened>(room, 'record', {
    async open(tx, context, { argument }) {
      await requiredLearners(tx, context.person);
      const proposal = argument('proposal');
      const known = proposal === '' ? {} : (await lockCard<RecordChange>(tx, context, proposal, 'acknowledgement.record')).change;
      return { tx, context, proposal, known };
    },
    lead: () => 'What did whom you cannot reach in chat acknowledge?',
    form: async ({ tx, context, known, proposal }) => formOf(context, await selectPolicies(tx, dayOf(context.now, 'UTC')), known, proposal),
    at: 'who',
    async write({ tx, context, proposal }, fields) {
      const { who, people } = await audienceNamed(tx, context, sentText(fields, 'who'), await requiredLearners(tx, context.person));
      const { reference: policy, documentId, title } = await policyOf(tx, context, sentText(fields, 'policy'));
      const on = sentDay(fields, 'on', context, 'past') ?? '';
      const how = sentText(fields, 'how') === 'session' ? 'session' : 'list';
      if (on > dayOf(context.now, context.person.timeZone)) throw new FieldError('on', 'That day is still to come.');
      const change: RecordChange = { kind: 'acknowledgement.record', policy, documentId, title, who, people: people.map(({ id }) => id), how, place: sentText(fields, 'place'), on };
      if (proposal === '') return proposeChanges(tx, context, [change]);
      const card = await lockCard<RecordChange>(tx, context, proposal, 'acknowledgement.record');
      return replaceCard(tx, context, card.proposal, [change]);
    },
  }),
}; // prettier-ignore

const recording = words('acknowledgements/record');

/** Null where they record nothing. */
export function claimRecording(text: string): Outcome | null {
  if (recording.is(text.trim().replace(/[.!]+$/, '')) === null) return null;
  const button = { id: actionId(`${room}.record`), label: 'Record a list', style: 'primary' as const, opensForm: true };
  return async () => toAsker({ text: 'Who acknowledged what, on a signed list or in a session?', buttons: [button] });
} // prettier-ignore
