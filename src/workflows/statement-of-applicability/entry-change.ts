/** One control of a draft, written anew: the form for it, and the card that proposes it. */
import { z } from 'zod';
import { actionId, type Context, type Field, type Form } from '../../conversation/contract.ts';
import type { Queryable } from '../../db/database.ts';
import { defineChange } from '../../dialogue/change.ts';
import { field, sentOrNull, sentText, type Errors, type Sent } from '../../dialogue/form-fields.ts';
import { personNamed } from '../../dialogue/form.ts';
import {
  bases,
  degrees,
  differing,
  entryMark,
  EntryValues,
  lackingIn,
  selectEntries,
  titleOfControl,
  type Entry,
} from '../../isms/statement-of-applicability/entry.ts';
import { lockDraft, soas, writeEntries } from '../../isms/statement-of-applicability/soa.ts';
import { selectNames } from '../../records/person.ts';
import { room } from './words.ts';

const EntryChange = z.object({
  kind: z.literal('soa.entry'),
  soa: z.number(),
  reference: z.string(),
  control: z.string(),
  /** Of the control as the card found it. */
  mark: z.string(),
  before: EntryValues,
  values: EntryValues,
});
type EntryChange = z.infer<typeof EntryChange>;

export const labels = {
  applies: 'Applies',
  basis: 'Rests on',
  basisReference: 'Written in',
  justification: 'Why',
  implemented: 'Implemented',
  how: 'How',
  ownerId: 'Looked after by',
} as const satisfies Record<keyof EntryValues, string>;

/** @param names  of people, by id */
export function inWords(
  name: keyof EntryValues,
  values: EntryValues,
  names: ReadonlyMap<number, string>,
): string {
  const value = values[name];
  if (value === null) return '–';
  if (typeof value === 'boolean') return value ? 'yes' : 'no';
  return typeof value === 'number' ? (names.get(value) ?? 'somebody who left') : value;
}

export async function entryOf(tx: Queryable, soaId: number, control: string): Promise<Entry | null> {
  return (await selectEntries(tx, soaId)).find((entry) => entry.control === control) ?? null;
}

/** As it would be with what was said: what does not apply is not implemented by anybody. */
export function proposed(
  { id, reference }: { id: number; reference: string },
  entry: Entry,
  said: Partial<EntryValues>,
): EntryChange {
  const before = EntryValues.parse(entry);
  const values = { ...before, ...said };
  // A reason that was given for the contrary is no reason any more.
  const turned = said.applies !== undefined && before.applies !== null && said.applies !== before.applies;
  const cleared = turned ? { justification: null, basis: null, basisReference: null, ...(said.applies === false ? { implemented: null, how: null } : {}) } : {};
  return {
    kind: 'soa.entry',
    soa: id,
    reference,
    control: entry.control,
    mark: entryMark(entry),
    before,
    values: { ...values, ...cleared, ...said },
  };
} // prettier-ignore

const option = (value: string, label: string) => ({ value, label });

/** @param entry  what they are filled with */
export function entryFormFields(entry: EntryValues, ownerName: string | null): Field[] {
  return [
    field('applies', 'Does it apply to us?', 'choice', {
      required: false,
      options: [option('yes', 'Yes'), option('no', 'No, it is excluded')],
      value: entry.applies === null ? null : entry.applies ? 'yes' : 'no',
    }),
    field('basis', 'On what does that rest?', 'choice', {
      required: false,
      options: bases.map((each) => option(each, `A ${each}`)),
      value: entry.basis,
    }),
    field('basis_reference', 'Where is that written?', 'text', {
      required: false,
      hint: 'For example: R-012, contract with …, minutes of 12 May.',
      value: entry.basisReference,
    }),
    field('justification', 'Why does it apply, or not?', 'multiline', {
      required: false,
      value: entry.justification,
    }),
    field('implemented', 'How far is it there?', 'choice', {
      required: false,
      options: degrees.map((each) => option(each, each)),
      value: entry.implemented,
    }),
    field('how', 'How is it done?', 'multiline', {
      required: false,
      hint: 'A sentence, and the policy or place where it is described.',
      value: entry.how,
    }),
    field('owner', 'Who looks after it?', 'text', {
      required: false,
      hint: 'Name or e-mail address.',
      value: ownerName,
    }),
  ];
}

/** @param ownerId  whom the words of the field name */
function valuesIn(sent: Sent, ownerId: number | null): EntryValues {
  const applies = sentText(sent, 'applies');
  return {
    applies: applies === '' ? null : applies === 'yes',
    basis: bases.find((each) => each === sentText(sent, 'basis')) ?? null,
    basisReference: sentOrNull(sent, 'basis_reference'),
    justification: sentOrNull(sent, 'justification'),
    implemented: degrees.find((each) => each === sentText(sent, 'implemented')) ?? null,
    how: sentOrNull(sent, 'how'),
    ownerId,
  };
}

/** @throws FieldError for an owner who is nobody */
export async function sentValues(
  tx: Queryable,
  context: Pick<Context, 'platform'>,
  sent: Sent,
): Promise<EntryValues> {
  const owner = sentText(sent, 'owner');
  return valuesIn(sent, owner === '' ? null : (await personNamed(tx, context, owner, 'owner')).id);
}

export function entryTitle(control: string): string {
  return `${control} ${titleOfControl(control)}`;
}

defineChange<EntryChange>({
  kind: 'soa.entry',
  schema: EntryChange,
  room,
  nameOf: ({ control }) => control,
  async current(tx, { soa, control }) {
    const row = await soas.lock(tx, soa);
    const entry = await entryOf(tx, soa, control);
    return {
      reference: row.reference,
      record: soas.nameOf(row),
      mark: entry === null ? '' : entryMark(entry),
      now: row.state.replace('_', ' '),
    };
  },
  markOf: ({ mark }) => mark,
  async apply(tx, command, { soa, control, values }) {
    const draft = await lockDraft(tx, command, soa);
    const { changed } = await writeEntries(tx, command, draft, [{ control, values }]);
    const lacks = lackingIn(values);
    return {
      lines: [
        changed.length === 0
          ? `${entryTitle(control)} says that already.`
          : `${entryTitle(control)} in edition ${draft.edition}.`,
        ...(lacks.length === 0 ? [] : [`Still to be said of it: ${lacks.join(', ')}.`]),
      ],
      told: [],
    };
  },
  async show(tx, { reference, control, before, values }) {
    const names = await selectNames(
      tx,
      [before.ownerId, values.ownerId].flatMap((id) => id ?? []),
    );
    return {
      title: `${entryTitle(control)} · ${reference}`,
      lines: differing(before, values).map((name) => ({
        label: labels[name],
        value: `${inWords(name, before, names)} → ${inWords(name, values, names)}`,
      })),
    };
  },
  async form(tx, _context, { control, values }, id): Promise<Form> {
    const names = await selectNames(tx, values.ownerId === null ? [] : [values.ownerId]);
    const owner = values.ownerId === null ? null : (names.get(values.ownerId) ?? null);
    // Whoever looks after it is named in the form of its own, where names are looked up.
    const fields = entryFormFields(values, owner).filter(({ name }) => name !== 'owner');
    return { id, title: control, submitLabel: 'Show it', fields };
  },
  read({ fields }, before) {
    const errors: Errors = {};
    return { change: { ...before, values: valuesIn(fields, before.values.ownerId) }, errors };
  },
  refusedAt: 'justification',
});

export function editButton(reference: string, control: string, label: string) {
  return { id: actionId(`${room}.edit`, { record: reference, control }), label, opensForm: true };
}
