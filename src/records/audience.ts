/** Whom something is meant for: everyone, departments, roles, groups and people. Kept as it was chosen, and looked up as it is then. */
import { z } from 'zod';
import { roles } from './person.ts';

export const AudienceSpec = z.object({
  everyone: z.boolean().default(false),
  departments: z.array(z.string()).default([]),
  roles: z.array(z.enum(roles)).default([]),
  groups: z.array(z.string()).default([]),
  people: z.array(z.number()).default([]),
});
export type AudienceSpec = z.infer<typeof AudienceSpec>;
