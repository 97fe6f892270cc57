/** What an auditor would write, one small declaration each: what the records are asked, how grave it is and why, and who promised otherwise. */
import { z } from 'zod';
import { dayInWords } from '../../language/calendar.ts';

export type PredictedGrade = 'major' | 'minor' | 'ofi';

/** A record, or something missing, that a rule found. Days as 2026-11-25. */
export const Found = z.object({
  /** Opens the record; null where there is none to open. */
  reference: z.string().nullable().default(null),
  title: z.string().nullable().default(null),
  /** Of a rule that has none of its own. */
  requirement: z.string().nullable().default(null),
  /** Who has the next step. */
  owner_id: z.number().nullable().default(null),
  department: z.string().nullable().default(null),
  day: z.string().nullable().default(null),
  count: z.number().nullable().default(null),
  /** Names, letters or numbers that the fact is about. */
  note: z.string().nullable().default(null),
});
export type Found = z.infer<typeof Found>;

export interface Rule {
  /** `audit.missing` */
  key: string;
  /** A clause or control by its number; null where each row names its own. */
  requirement: string | null;
  grade: PredictedGrade;
  /** Why it is graded so. */
  why: string;
  /** The finding, as its line says it and a record raised from it is called. */
  title: string;
  /** What is asked, in our words. */
  expects: string;
  /**
   * Rows with columns of `Found`. `$1` is the time, `$2` its day, `$5` the numbers of all controls, `$6` those of all clauses. Names of
   * tables with a history stand for their rows of then; `in_force`, `breach`, `current_soa` and `asked_for` are declared in `select.ts`.
   */
  sql: string;
  /** Its rows are people, who are counted by title and never named. */
  counted?: true;
  fact(found: Found): string;
  /** A list of `knowledge/vocabulary/promises.yaml`, and the controls of policies that would say it. */
  promise: { words: string; controls: readonly string[] } | null;
}

/** Days that something may be late before an auditor would write of it. */
export const grace = 14;
/** Days after which what people were to read or learn is long overdue. */
export const longOverdue = 30;

export function on(day: string | null): string {
  return day === null ? 'on an unknown day' : dayInWords(day);
}

export function named({ reference, title }: Pick<Found, 'reference' | 'title'>): string {
  return [reference, title].filter((part) => part !== null).join(' · ');
}

/** «1 person», «3 people» */
export function people(count: number | null): string {
  return count === 1 ? '1 person' : `${count ?? 0} people`;
}
