/** A form as the card of a dialog or as a part of a card, and the values that come back from it. */
import { shortened } from '../../conversation/plain-text.ts';
import type { Action, Field, Form } from '../../conversation/contract.ts';
import {
  actionSets,
  dataKey,
  formVerb,
  paragraphs,
  richText,
  type Card,
  type Carried,
  type Element,
} from './card-parts.ts';
import { label, plain } from './text.ts';

/** Options that are shown one below the other; more are a list to pull down. */
const mostShown = 5;
const mostOptions = 150;

/**
 * Names of inputs say how their values are to be read: `t.` as it stands, `c.` one encoded option, `m.` several of them.
 * Options are encoded because Teams puts commas between the chosen ones.
 */
const kinds: Record<Field['kind'], string> = {
  text: 't.',
  multiline: 't.',
  date: 't.',
  number: 't.',
  choice: 'c.',
  choices: 'm.',
};

export function renderForm(form: Form, carried: Carried, lead: string | null = null): Card {
  return {
    type: 'AdaptiveCard',
    $schema: 'http://adaptivecards.io/schemas/adaptive-card.json',
    version: '1.5',
    fallbackText: shortened(
      label(`${form.title}: ${form.fields.map((field) => field.label).join(', ')}`),
      500,
    ),
    body: [...(lead === null ? [] : paragraphs(lead)), ...form.fields.flatMap(fieldElements)],
    actions: [
      {
        type: 'Action.Submit',
        title: label(form.submitLabel) || 'Send',
        style: 'positive',
        data: { [dataKey]: { form: form.id, ...carried } },
      },
    ],
  };
}

/** Where there are no dialogs: the same fields on the card itself, with their button below them. */
export function formOnCard(form: Form, carried: Carried): Element[] {
  return [
    richText([{ text: shortened(label(form.title), 300), bold: true }], 'medium'),
    ...form.fields.flatMap(fieldElements),
    ...actionSets([
      {
        type: 'Action.Execute',
        title: label(form.submitLabel) || 'Send',
        style: 'positive',
        verb: formVerb,
        data: { [dataKey]: { form: form.id, ...carried } },
      },
    ]),
  ];
}

/** The form as it was sent, whatever stood in it before. */
export function asSent(form: Form, sent: Action['fields']): Form {
  const emptied = form.fields.map((field) =>
    sent[field.name] === undefined ? field : { ...field, value: null },
  );
  return withValues({ ...form, fields: emptied }, sent);
}

/** Values that were sent stay in the fields for which the next showing of the form has none. */
export function withValues(form: Form, sent: Action['fields']): Form {
  return {
    ...form,
    fields: form.fields.map((field) => {
      const value = sent[field.name];
      if (value === undefined || (field.value !== null && field.value !== '')) return field;
      return { ...field, value: Array.isArray(value) ? value.join(',') : value };
    }),
  };
}

/** @returns the fields by name, whatever else the client sent left out */
export function readFields(data: Record<string, unknown>): Action['fields'] {
  const fields: Action['fields'] = {};
  for (const [id, value] of Object.entries(data)) {
    const name = id.slice(2);
    const said = typeof value === 'string' ? value : typeof value === 'number' ? String(value) : null;
    if (said === null || name === '') continue;
    if (id.startsWith('t.')) fields[name] = said;
    else if (id.startsWith('c.')) fields[name] = decoded(said);
    else if (id.startsWith('m.')) fields[name] = said === '' ? [] : said.split(',').map(decoded);
  }
  return fields;
}

function fieldElements(field: Field): Element[] {
  return [
    input(field),
    ...(field.hint === null ? [] : [richText([{ text: shortened(field.hint, 300), subtle: true }], 'none')]),
    ...(field.error === null
      ? []
      : [richText([{ text: `⚠ ${shortened(field.error, 300)}`, color: 'attention', bold: true }], 'small')]),
  ];
}

function input(field: Field): Element {
  const common = {
    id: `${kinds[field.kind]}${field.name}`,
    label: shortened(label(field.label), 300),
    spacing: 'medium',
    isRequired: field.required,
    ...(field.required ? { errorMessage: 'Please fill this in.' } : {}),
  };
  const value = field.value ?? '';
  switch (field.kind) {
    case 'text':
      return { type: 'Input.Text', ...common, ...(value === '' ? {} : { value: plainValue(value) }) };
    case 'multiline':
      return {
        type: 'Input.Text',
        isMultiline: true,
        ...common,
        ...(value === '' ? {} : { value: plainValue(value) }),
      };
    case 'date':
      return { type: 'Input.Date', ...common, ...(/^\d{4}-\d{2}-\d{2}$/.test(value) ? { value } : {}) };
    case 'number':
      return {
        type: 'Input.Number',
        ...common,
        ...(value !== '' && Number.isFinite(Number(value)) ? { value: Number(value) } : {}),
      };
    case 'choice':
    case 'choices': {
      const chosen = field.kind === 'choice' ? [value] : value.split(',').map((part) => part.trim());
      const known = chosen.filter((each) => field.options.some((option) => option.value === each));
      return {
        type: 'Input.ChoiceSet',
        ...common,
        style: field.options.length <= mostShown ? 'expanded' : 'compact',
        isMultiSelect: field.kind === 'choices',
        wrap: true,
        choices: field.options.slice(0, mostOptions).map((option) => ({
          title: shortened(label(option.label), 200) || '–',
          value: encoded(option.value),
        })),
        ...(known.length === 0 ? {} : { value: known.map(encoded).join(',') }),
      };
    }
  }
}

/** What stands in an input is the person's own and nothing in it is parsed; only signs that no field shows are taken out. */
function plainValue(value: string): string {
  return value.toWellFormed().replace(/[\u0000-\u0008\u000B-\u001F\u007F]/g, ' ');
}

function encoded(value: string): string {
  return encodeURIComponent(value.toWellFormed());
}

function decoded(value: string): string {
  try {
    return decodeURIComponent(value);
  } catch {
    return value;
  }
}

export function dialogTitle(title: string): string {
  return shortened(plain(title).replaceAll('\n', ' '), 60);
}
