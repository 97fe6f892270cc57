/** A form that is asked field by field, where a person types. */
import type { Field, Form } from '../../conversation/contract.ts';

export interface Filling {
  form: Form;
  /** What stands in it so far, by the names of its fields. */
  values: Record<string, string | string[]>;
  /** Fields that are still to be asked, the next first. */
  left: readonly Field[];
}

/** Where some were refused, only these are asked again. */
export function beginFilling(form: Form): Filling {
  const refused = form.fields.filter(({ error }) => error !== null);
  const values = Object.fromEntries(form.fields.flatMap(({ name, value }) => (value === null ? [] : [[name, value]])));
  return { form, values, left: refused.length > 0 ? refused : form.fields };
} // prettier-ignore

/** The next field, its options numbered, and what an empty line does. Null once all were asked. */
export function askedNow({ left: [field] }: Filling): string | null {
  if (field === undefined) return null;
  const { label, hint, error, options } = field;
  const now = options.find(({ value }) => value === field.value)?.label ?? field.value ?? '';
  const kept = now === '' ? (field.required ? null : 'Enter leaves it empty.') : `Enter keeps «${now}».`;
  const many = field.kind === 'choices' ? 'Several with commas.' : null;
  const how = [hint, many, kept].filter((part) => part !== null).join(' ');
  return [
    ...(error === null ? [] : [`! ${error}`]),
    `${label}${how === '' ? '' : `\n  ${how}`}`,
    ...options.map((option, at) => `  ${at + 1}  ${option.label}`),
  ].join('\n');
}

/** @returns with the answer, or what is wrong with it, and then nothing has changed */
export function answered(filling: Filling, said: string): Filling | string {
  const [field, ...left] = filling.left;
  if (field === undefined) return filling;
  const text = said.trim();
  if (text === '') {
    if (field.required && (filling.values[field.name] ?? '') === '') return 'That one is needed.';
    return { ...filling, left };
  }
  if (field.options.length === 0) return { ...filling, left, values: { ...filling.values, [field.name]: text } };
  const wanted = field.kind === 'choices' ? text.split(',') : [text];
  const meant = wanted.map((each) => optionMeant(field, each.trim()));
  const unknown = meant.indexOf(undefined);
  if (unknown >= 0) return `There is no «${wanted[unknown]?.trim() ?? ''}». Type a number from 1 to ${field.options.length}.`;
  const chosen = meant.flatMap((option) => option?.value ?? []);
  return { ...filling, left, values: { ...filling.values, [field.name]: field.kind === 'choices' ? chosen : (chosen[0] ?? '') } };
} // prettier-ignore

/** By its number, its value or its label. */
function optionMeant({ options }: Field, said: string): Field['options'][number] | undefined {
  const folded = said.toLowerCase();
  const named = options.find(({ value, label }) => [value.toLowerCase(), label.toLowerCase()].includes(folded));
  return named ?? (/^\d+$/.test(said) ? options[Number(said) - 1] : undefined);
} // prettier-ignore
