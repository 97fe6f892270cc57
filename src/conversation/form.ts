/** A form: what a person fills in, field by field. Survives JSON, as all of a reply. */
import { z } from 'zod';

export const Field = z.object({
  name: z.string(),
  label: z.string(),
  kind: z.enum(['text', 'multiline', 'choice', 'choices', 'date', 'number']),
  required: z.boolean(),
  hint: z.string().nullable().default(null),
  value: z.string().nullable().default(null),
  options: z.array(z.object({ value: z.string(), label: z.string() })).default([]),
  /** What was wrong with the value that was sent, shown at the field. */
  error: z.string().nullable().default(null),
});
export type Field = z.infer<typeof Field>;

export const Form = z.object({
  id: z.string(),
  title: z.string().max(24),
  submitLabel: z.string().max(24),
  fields: z.array(Field),
});
export type Form = z.infer<typeof Form>;
