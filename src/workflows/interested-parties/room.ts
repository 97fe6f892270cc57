/** Interested parties, as the house knows them: who has a say, what they need, how it is met, looked at again each year. */
import type { Context } from '../../conversation/contract.ts';
import type { Queryable } from '../../db/database.ts';
import { commandOf } from '../../dialogue/command.ts';
import { personNamed } from '../../dialogue/form.ts';
import { field, sentOrNull, sentText, type Sent } from '../../dialogue/form-fields.ts';
import {
  maybe,
  must,
  readChoice,
  readDay,
  readPersonId,
  readText,
  readYesNo,
} from '../../dialogue/import-cells.ts';
import { transferOf } from '../../dialogue/record-import.ts';
import { recordRoom } from '../../dialogue/record-room.ts';
import type { Room } from '../../dialogue/room.ts';
import {
  amendInterestedParty,
  bases,
  interestedParties,
  interestedPartyStates,
  kinds,
  recordInterestedParty,
  refuseUnlawful,
  reviewed,
  type InterestedParty,
  type NewInterestedParty,
} from '../../isms/interested-party/interested-party.ts';
import { words } from '../../language/vocabulary.ts';
import type { Dependencies } from '../dependencies.ts';
import { interestedPartySamples } from './samples.ts';

const name = 'interested-parties';

const kindLabels = {
  customer: 'Customer',
  authority: 'Authority',
  owner: 'Owner of the company',
  employee: 'Employees',
  supplier: 'Supplier',
  partner: 'Partner',
  public: 'The public',
  other: 'Other',
};
const basisLabels = { law: 'Law', contract: 'Contract', wish: 'Wish' };
const yesNo = [
  { value: 'yes', label: 'Yes' },
  { value: 'no', label: 'No' },
];

const needs = field('needs', 'What do they need of our security?', 'multiline');
const basis = field('basis', 'On what does it rest?', 'choice', {
  options: bases.map((value) => ({ value, label: basisLabels[value] })),
});
const addressed = field('addressed', 'Do we take it up in the ISMS?', 'choice', {
  options: yesNo,
  value: 'yes',
});
const metBy = field('met_by', 'How is it met?', 'multiline', {
  required: false,
  hint: 'For example: a policy, a control, a clause of a contract.',
});

function sentParty(sent: Sent): Pick<NewInterestedParty, 'needs' | 'basis' | 'addressed' | 'metBy'> {
  return {
    needs: sentText(sent, 'needs'),
    basis: bases.find((each) => each === sentText(sent, 'basis')) ?? 'wish',
    addressed: sentText(sent, 'addressed') !== 'no',
    metBy: sentOrNull(sent, 'met_by'),
  };
}

const plain = recordRoom<InterestedParty>({
  name,
  offer: {
    text: 'I keep who has a say in your security, and how what they need is met.',
    examples: ['interested parties'],
    to: ({ roles }) => roles.includes('isms_manager'),
  },
  record: interestedParties,
  states: interestedPartyStates,
  title: (row) => row.name,
  columns: {
    Who: 'name',
    Kind: ({ kind }) => kindLabels[kind],
    Needs: 'needs',
    'Rests on': ({ basis: on }) => basisLabels[on],
    'Taken up': 'addressed',
    'Met by': 'metBy',
    Owner: 'ownerId',
    Reviewed: 'reviewedOn',
    'Next review': 'reviewOn',
  },
  people: ['ownerId'],
  list: {
    says: 'interested parties',
    words: words('interested-parties/list'),
    one: 'interested party',
    many: 'interested parties',
    columns: ['Who', 'Needs', 'Rests on', 'Next review'],
  },
  begin: {
    says: 'record an interested party',
    words: words('interested-parties/begin'),
    lead: 'Who has a say, and what do they need?',
    title: 'Interested party',
    submit: 'Record',
    fields: [
      field('name', 'Who?', 'text'),
      field('kind', 'What are they to us?', 'choice', { options: kinds.map((value) => ({ value, label: kindLabels[value] })) }),
      needs,
      basis,
      addressed,
      metBy,
      field('owner', 'Who looks after it?', 'text', { hint: 'Name or e-mail address.' }),
    ],
    async write(tx, context, sent) {
      const { id: ownerId } = await personNamed(tx, context, sentText(sent, 'owner'), 'owner');
      const kind = kinds.find((each) => each === sentText(sent, 'kind')) ?? 'other';
      return { row: await recordInterestedParty(tx, commandOf(context), { name: sentText(sent, 'name'), kind, ...sentParty(sent), ownerId }) };
    },
  },
  moves: {
    review: {
      label: 'Reviewed',
      fields: [needs, metBy],
      sets: (_tx, context, _row, filled) => ({ ...filled, ...reviewed(commandOf(context)) }),
      event: () => ({ action: 'interested_party.reviewed', detail: {} }),
    },
    correct: {
      label: 'Change',
      fields: [field('name', 'Who?', 'text'), needs, basis, addressed, metBy, field('owner', 'Somebody else who looks after it', 'text', { required: false, hint: 'Empty: it stays with whoever has it.' })],
      writes: corrected,
    },
    end: { label: 'No say any more', event: (detail) => ({ action: 'interested_party.ended', detail }) },
  },
  due: { on: 'reviewOn', of: 'ownerId', owed: { wording: name, rank: 3, askedAt: ({ stateAt }) => stateAt } },
}); // prettier-ignore

async function corrected(tx: Queryable, context: Context, row: InterestedParty, sent: Sent): Promise<InterestedParty> {
  const named = sentOrNull(sent, 'owner');
  const owner = named === null ? {} : { ownerId: (await personNamed(tx, context, named, 'owner')).id };
  return amendInterestedParty(tx, commandOf(context), row, { name: sentText(sent, 'name'), ...sentParty(sent), ...owner });
} // prettier-ignore

export const interestedPartyTransfer = transferOf({
  name,
  record: interestedParties,
  people: ['ownerId'],
  same: ['name'],
  columns: (people) => ({
    name: must(readText(200)).describe('party, interested_party, stakeholder, who, partei, interessierte_partei, partie_intéressée, parte_interesada'),
    kind: must(readChoice(kinds, words('interested-parties/kind'))).describe('type, category, art, catégorie, tipo'),
    needs: must(readText(4_000)).describe('requirement, requirements, expectations, need, anforderung, erwartung, exigences, requisitos'),
    basis: must(readChoice(bases, words('interested-parties/basis'))).describe('source, rests_on, grundlage, fondement, fundamento'),
    metBy: maybe(readText(4_000)).describe('how_met, addressed_by, control, controls, umsetzung, traitement, cumplimiento'),
    addressed: must(readYesNo).describe('taken_up, in_isms, relevant, berücksichtigt, pris_en_compte, considerado'),
    ownerId: must(readPersonId(people)).describe('responsible, verantwortlich, responsable'),
    reviewedOn: maybe(readDay).describe('last_review, reviewed, geprüft, revu_le, revisado'),
  }),
  async add(tx, command, { reviewedOn, ...cells }) {
    const row = await recordInterestedParty(tx, command, cells);
    return reviewedOn === null ? row : reviewedThen(tx, command, row, reviewedOn);
  },
  async change(tx, command, row, { reviewedOn, ...changed }) {
    const amended = Object.keys(changed).length === 0 ? row : await amendInterestedParty(tx, command, row, changed);
    if (reviewedOn !== undefined) await reviewedThen(tx, command, amended, reviewedOn);
  },
  shown: { next_review: async (_tx, rows) => rows.map(({ reviewOn }) => reviewOn) },
}); // prettier-ignore

/** As the file says when. */
async function reviewedThen(tx: Queryable, command: Parameters<typeof reviewed>[0], row: InterestedParty, day: string): Promise<InterestedParty> {
  refuseUnlawful(row);
  const values = reviewed({ ...command, at: new Date(`${day}T12:00:00Z`) });
  return interestedParties.change(tx, command, row, values, () => ({ action: 'interested_party.reviewed', detail: {} }));
} // prettier-ignore

export const interestedPartiesRoom: Room<Dependencies> = {
  ...plain,
  ...interestedPartyTransfer.offers,
  samples: interestedPartySamples,
};
