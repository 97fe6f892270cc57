/** One answer of an interview, as every record keeps it that is made by asking: what was asked, and what came of it. */
import { z } from 'zod';

/** In the order in which they were given. */
export const InterviewAnswer = z.object({
  /** The mark of its question. */
  of: z.string(),
  /** As it was asked. */
  asked: z.string(),
  /** Of a choice that it was. */
  choice: z.string().nullable(),
  /** Of the way past the question that was taken instead. */
  skipped: z.string().nullable(),
  /** As said, or the reason for passing over it. */
  words: z.string(),
  /** What a model made of the words. */
  read: z.unknown(),
});
export type InterviewAnswer = z.infer<typeof InterviewAnswer>;
