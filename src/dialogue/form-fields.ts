/** Fields of forms, what was sent in them, and what is wrong with it: said at the field, with everything else kept. */
import {
  actionId,
  parseActionId,
  type Action,
  type ActionCall,
  type Addressed,
  type Context,
  type Field,
  type Form,
} from '../conversation/contract.ts';
import { toAsker } from './command.ts';
import { readDates } from '../language/dates.ts';

/** Characters that a line, and that a text of several lines, takes; the records take no more. */
const longest = { text: 200, multiline: 4_000 };

export type Errors = Record<string, string>;
/** What was sent. */
export type Sent = Action['fields'];

export function field(
  name: string,
  label: string,
  kind: Field['kind'],
  rest: Partial<Omit<Field, 'name' | 'label' | 'kind'>> = {},
): Field {
  return { name, label, kind, required: true, hint: null, value: null, options: [], error: null, ...rest };
}

export function sentText(fields: Sent, name: string): string {
  const value = fields[name];
  return (Array.isArray(value) ? value.join(', ') : (value ?? '')).trim();
}

export function sentOrNull(fields: Sent, name: string): string | null {
  return sentText(fields, name) || null;
}

/** Ticks of a `choices` field; a door without ticks sends them with commas between them. */
export function sentChoices(fields: Sent, name: string): string[] {
  const value = fields[name] ?? [];
  return [value]
    .flat()
    .flatMap((each) => each.split(','))
    .map((each) => each.trim())
    .filter((each) => each !== '');
}

/** The day as 2026-12-09, also where it was typed in words; null where it is none. */
export function sentDay(
  fields: Sent,
  name: string,
  { person, now }: Context,
  towards: 'future' | 'past' = 'future',
): string | null {
  const { timeZone, locale } = person;
  return readDates(sentText(fields, name), { now, timeZone, locale, towards })[0]?.day ?? null;
}

/** What can be told of the values alone. A field that a door did not send has the value that it was shown with. */
export function errorsIn(
  form: Form,
  fields: Sent,
  context: Context,
  missing = 'Please fill this in.',
): Errors {
  return Object.fromEntries(
    form.fields.flatMap((each) => {
      const sent = Object.hasOwn(fields, each.name) ? fields : { [each.name]: each.value ?? '' };
      const error = errorIn(each, sent, context, missing);
      return error === null ? [] : [[each.name, error]];
    }),
  );
}

function errorIn(
  { name, kind, required, options }: Field,
  fields: Sent,
  context: Context,
  missing: string,
): string | null {
  const text = sentText(fields, name);
  if (text === '') return required ? missing : null;
  if (kind === 'date' && sentDay(fields, name, context) === null)
    return `«${text}» is no date. Write it as 2026-12-09.`;
  if ((kind === 'text' || kind === 'multiline') && text.length > longest[kind])
    return `At most ${longest[kind]} characters; this has ${text.length}.`;
  const known = (value: string) => options.some((option) => option.value === value);
  const chosen = kind === 'choice' ? [text] : kind === 'choices' ? sentChoices(fields, name) : [];
  const strange = chosen.find((value) => !known(value));
  if (strange === undefined) return null;
  const few = options.length < 4 ? `: ${options.map(({ value }) => value).join(', ')}` : '';
  return `«${strange}» is not one of the choices${few}.`;
}

/** The form once more with what was sent, errors at their fields. */
function refilled(form: Form, fields: Sent, errors: Errors): Form {
  return {
    ...form,
    fields: form.fields.map((each) => ({
      ...each,
      value: Object.hasOwn(fields, each.name) ? sentText(fields, each.name) : each.value,
      error: errors[each.name] ?? null,
    })),
  };
}

/** A form goes on from where its button stood, about what was seen there. */
export function carriedOn(form: Form, { argument }: Pick<ActionCall, 'argument'>): Form {
  const { command, values } = parseActionId(form.id);
  if (argument('seen') !== '') values.set('seen', argument('seen'));
  return { ...form, id: actionId(command, Object.fromEntries(values)) };
}

export function askAgain(form: Form, fields: Sent, errors: Errors): Addressed[] {
  const [first = 'Please look at this once more.'] = Object.values(errors);
  return toAsker({ text: first, form: refilled(form, fields, errors) });
}
