/** One day of the calendar: what has it, and who has the next step. */
import { z } from 'zod';

export const Day = z.object({
  /** What it is, as `audit_internal`: a key of knowledge/wording/calendar.yaml. */
  kind: z.string(),
  /** Its name in the log. */
  record: z.string(),
  /** Null for what has none. */
  reference: z.string().nullable(),
  title: z.string(),
  /** Where it takes several days, or can be done on one of several: the first. */
  opensOn: z.string().nullable(),
  dueOn: z.string(),
  /** Who has the next step. */
  personId: z.number().nullable(),
  person: z.string().nullable(),
});
export interface Dated extends z.infer<typeof Day> {
  /** Of several of a kind that one record has: which. */
  part?: string;
}
