/**
 * Micro-lessons and the questions of their quizzes, from `knowledge/lessons/`, a file a topic. What they teach holds anywhere; what
 * differs from house to house they leave to the policy, which is found by its section or by what it is about.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import { z } from 'zod';

const text = z.string().trim().min(2).max(500);
const slug = z.string().regex(/^[a-z][a-z0-9-]{1,40}$/);
/** English and German whole, others beside them. */
const translations = { en: text, de: text, fr: text.optional(), es: text.optional() };
const Said = z.strictObject(translations);

/** Where the house's own rule stands. */
const Policy = z.strictObject({
  /** In the made-up company: `POL-20 3.4`. */
  sample: z.string().regex(/^POL-\d\d \d+(?:\.\d+)?$/),
  /** What it is searched by elsewhere, as somebody would ask. */
  ask: text,
});

const QuizQuestion = z.strictObject({
  id: slug,
  ask: Said,
  choices: z
    .array(z.strictObject({ ...translations, right: z.literal(true).optional() }))
    .min(3)
    .max(4),
  /** Said at once, whichever was chosen. */
  why: Said,
  policy: Policy.optional(),
});

const Lesson = z.strictObject({
  id: slug,
  title: Said,
  /** What its reader can do afterwards. */
  goal: Said,
  /** Which demand of clause 7.3 it serves. */
  serves: z.array(z.enum(['policy', 'contribution', 'consequences'])).min(1),
  /** `everyone`, or those whose work it concerns. */
  roles: z.array(slug).min(1),
  minutes: z.number().min(1).max(3),
  policy: Policy,
  /** A screen of a phone each, the first one a small story. */
  cards: z.array(Said).min(3).max(5),
  /** What to do, on one card that is kept. */
  remember: Said,
  questions: z.array(QuizQuestion).min(1),
});
export type Lesson = z.infer<typeof Lesson>;

const folder = join(import.meta.dirname, '../../../knowledge/lessons');
let known: readonly Lesson[] | undefined;

/** In the order of their files; read when first asked for. */
export function lessons(): readonly Lesson[] {
  known ??= readdirSync(folder)
    .filter((name) => name.endsWith('.yaml'))
    .sort()
    .map((name) =>
      Lesson.parse({
        id: name.replace(/\.yaml$/, ''),
        ...z.looseObject({}).parse(parse(readFileSync(join(folder, name), 'utf8'))),
      }),
    );
  return known;
}
