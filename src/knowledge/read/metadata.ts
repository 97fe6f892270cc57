/** What a document says about itself in its front matter. */
import { z } from 'zod';

const day = z
  .string()
  .regex(/^\d{4}-\d{2}-\d{2}$/, 'must be a day written as 2026-03-01')
  .refine(
    (text) => !Number.isNaN(Date.parse(text)) && new Date(text).toISOString().startsWith(text),
    'is not a day of the calendar',
  );

const words = z.preprocess(
  (value) => (typeof value === 'string' ? value.split(',').map((part) => part.trim()) : value),
  z.array(z.coerce.string().min(1)),
);

const statuses = [
  'draft',
  'in_review',
  'changes_requested',
  'approved',
  'published',
  'superseded',
  'archived',
] as const;

const FrontMatter = z.object({
  ref: z.coerce.string().min(1).max(200).optional(),
  kind: z.enum(['policy', 'guide']).default('policy'),
  title: z.coerce.string().min(1).optional(),
  version: z.coerce.string().min(1).max(40).default('1.0'),
  status: z.enum(statuses).default('published'),
  owner: z.email('must be an e-mail address').optional(),
  approver: z.email('must be an e-mail address').optional(),
  effective: day.optional(),
  /** Looked at last; `review` is when next. */
  reviewed: day.optional(),
  review: day.optional(),
  audience: words.transform((names) => names.map((name) => name.toLowerCase())).default(['everyone']),
  classification: z.string().optional(),
  controls: words.default([]),
  language: z
    .string()
    .regex(/^[a-z]{2}$/, 'must be a language code such as en or de')
    .optional(),
  changes: z.string().optional(),
  /** Reference of the document that this one is in another language, in the same version. */
  translates: z.coerce.string().min(1).max(200).optional(),
});
export type Metadata = z.infer<typeof FrontMatter>;

/** @throws Error naming each field that is wrong and what was expected */
export function parseMetadata(frontMatter: unknown): Metadata {
  const parsed = FrontMatter.safeParse(dropNulls(frontMatter ?? {}));
  if (parsed.success) return parsed.data;
  const problems = parsed.error.issues.map(
    ({ path, message }) => `${path.join('.') || 'front matter'}: ${message}`,
  );
  throw new Error(`its front matter is wrong: ${problems.join('; ')}`);
}

/** A key with nothing behind it is a key that was not given. */
function dropNulls(value: unknown): unknown {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return value;
  return Object.fromEntries(Object.entries(value).filter(([, inner]) => inner !== null));
}
