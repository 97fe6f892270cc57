/**
 * Micro-lessons and the questions of their quizzes, from `knowledge/lessons/`, a file a topic. What they teach holds anywhere; what
 * differs from house to house they leave to the policy, which is found by its section or by what it is about.
 */
import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import { z } from 'zod';

const text = z.string().trim().min(2).max(500);
const slug = z.string().regex(/^[a-z][a-z0-9-]{1,40}$/);
/** English and German whole, others beside them. */
const inLanguages = <Text extends z.ZodType>(of: Text) => ({
  en: of,
  de: of,
  fr: of.optional(),
  es: of.optional(),
});
const Said = z.strictObject(inLanguages(text));
export type Said = z.infer<typeof Said>;
/** As a button can be labelled. */
const Choice = z.strictObject({
  ...inLanguages(z.string().trim().min(2).max(75)),
  right: z.literal(true).optional(),
});

/** Whose work a lesson concerns, where that is not everyone. */
const audiences = [
  'everyone', 'admins', 'developers', 'finance', 'hr', 'leavers', 'managers', 'movers', 'purchasing', 'reception', 'travellers',
] as const; // prettier-ignore

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
  choices: z.array(Choice).min(3).max(4),
  /** Said at once, whichever was chosen. */
  why: Said,
  policy: Policy.optional(),
});
export type QuizQuestion = z.infer<typeof QuizQuestion>;

const Lesson = z.strictObject({
  id: slug,
  title: Said,
  /** What its reader can do afterwards. */
  goal: Said,
  /** Which demand of clause 7.3 it serves. */
  serves: z.array(z.enum(['policy', 'contribution', 'consequences'])).min(1),
  /** `everyone`, or those whose work it concerns. */
  roles: z.array(z.enum(audiences)).min(1),
  minutes: z.number().min(1).max(3),
  policy: Policy,
  /** A screen of a phone each, the first one a small story. */
  cards: z.array(Said).min(3).max(5),
  /** What to do, on one card that is kept. */
  remember: Said,
  questions: z.array(QuizQuestion).min(1),
});
export type Lesson = z.infer<typeof Lesson>;
export type Policy = z.infer<typeof Policy>;

const folder = join(import.meta.dirname, '../../../knowledge/lessons');
const known = new Map<string, Lesson>();

/** In the order of their files. */
export function lessons(): readonly Lesson[] {
  return readdirSync(folder)
    .filter((name) => name.endsWith('.yaml'))
    .sort()
    .flatMap((name) => lessonNamed(name.replace(/\.yaml$/, '')) ?? []);
}

/** Read when it is first asked for: null for one that there is not, or is no more. */
export function lessonNamed(id: string): Lesson | null {
  const path = join(folder, `${id}.yaml`);
  if (!slug.safeParse(id).success || (!known.has(id) && !existsSync(path))) return null;
  const lesson = known.get(id) ?? readLesson(id, path);
  known.set(id, lesson);
  return lesson;
}

function readLesson(id: string, path: string): Lesson {
  return Lesson.parse({ id, ...z.looseObject({}).parse(parse(readFileSync(path, 'utf8'))) });
}

/** SHA-256 of all that it says: which text somebody was taught. */
export function hashOf(lesson: Lesson): string {
  return createHash('sha256').update(JSON.stringify(lesson)).digest('hex');
}
