/** A form as a Slack modal, and what comes back from one. */
import type { types } from '@slack/bolt';
import { z } from 'zod';
import type { Field, Form } from '../../conversation/contract.ts';
import { limits } from './limits.ts';
import { plainObject, section, type Block } from './pieces.ts';
import { cut, plain } from './text.ts';

/** What a modal carries along, since Slack tells of a sent form only what the modal held. */
export const FormNotes = z.object({
  form: z.string(),
  address: z.string(),
  outsiders: z.boolean(),
  /** Receipt of the message that it was opened from. */
  card: z.string().nullable(),
  via: z.record(z.string(), z.string()),
});
export type FormNotes = z.infer<typeof FormNotes>;

/** @param lead  words above the fields; @returns null where the form's notes would be more than a modal carries */
export function renderForm(form: Form, notes: Omit<FormNotes, 'form'>, lead: string): types.ModalView | null {
  const metadata = JSON.stringify({ form: form.id, ...notes } satisfies FormNotes);
  if (metadata.length > limits.privateMetadata) return null;
  const fields = form.fields.slice(0, Math.floor(limits.blocksInView / 2) - 1);
  return {
    type: 'modal',
    callback_id: 'form',
    title: plainObject(short(form.title, limits.modalTitle, 'Form')),
    submit: plainObject(short(form.submitLabel, limits.modalTitle, 'Send')),
    close: plainObject('Cancel'),
    private_metadata: metadata,
    blocks: [...leadBlocks(lead, fields.length === 0), ...fields.flatMap(renderField)],
  };
}

/** A field's errors under the names that Slack shows them by; null where nothing is wrong with any. */
export function errorsOf(form: Form): Record<string, string> | null {
  const wrong = form.fields.flatMap((field, index) =>
    field.error === null
      ? []
      : [[fieldId(field, index), short(field.error, limits.inputHint, 'Please look at this again.')]],
  );
  return wrong.length === 0 ? null : (Object.fromEntries(wrong) as Record<string, string>);
}

const Value = z.looseObject({
  type: z.string(),
  value: z.string().nullish(),
  selected_date: z.string().nullish(),
  selected_option: z.object({ value: z.string() }).nullish(),
  selected_options: z.array(z.object({ value: z.string() })).nullish(),
});
export const FormState = z.object({ values: z.record(z.string(), z.record(z.string(), Value)) });

export function fieldsOf({ values }: z.infer<typeof FormState>): Record<string, string | string[]> {
  const fields: Record<string, string | string[]> = {};
  for (const [id, elements] of Object.entries(values)) {
    const [, gap, name = ''] = /^\d*(?:~(\w)\d*)?:(.*)$/su.exec(id) ?? [];
    const element = Object.values(elements)[0];
    const value = element === undefined ? '' : valueOf(element);
    const before = fields[name];
    if (gap === undefined || typeof before !== 'string' || typeof value !== 'string') fields[name] = value;
    else if (value.trim() !== '') fields[name] = `${before.trimEnd()}${gaps[gap] ?? ''}${value.trimStart()}`;
  }
  return fields;
}

function valueOf(value: z.infer<typeof Value>): string | string[] {
  if (value.selected_options != null) return value.selected_options.map((option) => option.value);
  return value.selected_option?.value ?? value.selected_date ?? value.value ?? '';
}

/** @param gap  of a further input of the same field: what stood where its text was parted */
function fieldId({ name }: Field, index: number, gap = ''): string {
  return `${index}${gap}:${name}`.slice(0, limits.blockId);
}

/** What parts a text that is longer than one input, by the letter that the further input carries. */
const gaps: Record<string, string> = { n: '\n', s: ' ', w: '' };

/** A text in pieces that one input each holds, with what stood between a piece and the one before it. */
function pieces(text: string): { text: string; gap: string }[] {
  const parts: { text: string; gap: string }[] = [];
  let gap = '';
  let rest = text;
  while (rest.length > limits.inputValue) {
    const space = Math.max(...[' ', '\n'].map((sign) => rest.lastIndexOf(sign, limits.inputValue)));
    const at =
      space > limits.inputValue / 2
        ? space
        : limits.inputValue - 1 - (isTorn(rest, limits.inputValue - 1) ? 1 : 0);
    parts.push({ text: rest.slice(0, at), gap });
    gap = rest[at] === '\n' ? '~n' : rest[at] === ' ' ? '~s' : '~w';
    rest = gap === '~w' ? rest.slice(at) : rest.slice(at + 1);
  }
  return [...parts, { text: rest, gap }];
}

/** Whether a cut there would part the halves of one character. */
function isTorn(text: string, at: number): boolean {
  return /[\uD800-\uDBFF]/.test(text[at - 1] ?? '');
}

/** All of what is said above the fields, in as many sections as it takes. */
function leadBlocks(lead: string, alone: boolean): Block[] {
  const words = plain(lead).trim();
  if (words === '') return alone ? [section('Nothing is to be filled in.')] : [];
  return pieces(words).map(({ text }) => section(text));
}

function renderField(field: Field, index: number): Block[] {
  const hint = field.hint === null ? '' : cut(plain(field.hint), limits.inputHint);
  const error = field.error === null ? '' : cut(plain(field.error), limits.sectionText - 4);
  return [
    ...(error === '' ? [] : [section(`⚠ ${error}`)]),
    ...inputsOf(field).map(({ value, gap }, part): types.InputBlock => {
      const label = part === 0 ? field.label : `${field.label} (continued)`;
      return {
        type: 'input',
        block_id: fieldId(field, index, part === 0 ? '' : `${gap}${part}`),
        label: plainObject(short(label, limits.inputLabel, field.name)),
        optional: !field.required || part > 0,
        element: elementOf({ ...field, value }),
        ...(hint === '' || part > 0 ? {} : { hint: plainObject(hint) }),
      };
    }),
  ];
}

/** One input, or, where the text in it is longer than Slack's inputs, as many as it takes. */
function inputsOf(field: Field): { value: string | null; gap: string }[] {
  const { value } = field;
  if (value === null || elementOf({ ...field, value: null }).type !== 'plain_text_input')
    return [{ value, gap: '' }];
  return pieces(value.toWellFormed()).map(({ text, gap }) => ({ value: text, gap }));
}

function elementOf(field: Field): types.InputBlock['element'] {
  const { kind } = field;
  const value = field.value === null ? '' : field.value.toWellFormed();
  const action = { action_id: 'value' };
  if (kind === 'date')
    return { ...action, type: 'datepicker', ...(isDay(value) ? { initial_date: value } : {}) };
  if (kind === 'number')
    return {
      ...action,
      type: 'number_input',
      is_decimal_allowed: true,
      ...(/^-?\d{1,15}(\.\d{1,9})?$/.test(value) ? { initial_value: value } : {}),
    };
  const options = optionsOf(field);
  if (kind === 'choice' && options.length > 0) {
    const initial = options.find((option) => option.value === value);
    const rest = { ...action, options, ...(initial === undefined ? {} : { initial_option: initial }) };
    return options.length <= 6 ? { type: 'radio_buttons', ...rest } : { type: 'static_select', ...rest };
  }
  if (kind === 'choices' && options.length > 0) {
    const wanted = value.split(',').map((each) => each.trim());
    const initial = options.filter((option) => wanted.includes(option.value ?? ''));
    const rest = { ...action, options, ...(initial.length === 0 ? {} : { initial_options: initial }) };
    return options.length <= limits.optionsInGroup
      ? { type: 'checkboxes', ...rest }
      : { type: 'multi_static_select', ...rest };
  }
  return {
    ...action,
    type: 'plain_text_input',
    multiline: kind === 'multiline',
    max_length: limits.inputValue,
    ...(value === '' ? {} : { initial_value: value }),
  };
}

function optionsOf({ options }: Field): types.PlainTextOption[] {
  const seen = new Set<string>();
  return options
    .map(({ value, label }) => ({
      text: plainObject(short(label, limits.optionText, value === '' ? '–' : cut(value, limits.optionText))),
      value: value.toWellFormed().slice(0, limits.optionValue),
    }))
    .filter(({ value }) => value !== '' && !seen.has(value) && seen.add(value).size > 0)
    .slice(0, limits.optionsInSelect);
}

function isDay(value: string): boolean {
  return (
    /^\d{4}-\d{2}-\d{2}$/.test(value) && new Date(`${value}T00:00:00Z`).toJSON()?.startsWith(value) === true
  );
}

function short(text: string, length: number, otherwise: string): string {
  const clean = cut(plain(text).trim(), length);
  return clean === '' ? cut(otherwise === '' ? '–' : otherwise, length) : clean;
}
