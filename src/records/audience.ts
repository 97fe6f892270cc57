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

/** SQL that is true for a row of `person` who is meant and works here: who only reads, as an auditor, is asked for nothing. @param audience  SQL of its jsonb */
export const isMeantSql = (audience: string) => `(person.active
  and not ('auditor' = any(person.roles) and not person.roles && '{action_owner,manager,isms_manager,admin}')
  and ((${audience} ->> 'everyone')::boolean or ${audience} -> 'departments' ? person.department or ${audience} -> 'roles' ?| person.roles
    or ${audience} -> 'groups' ?| person.groups or ${audience} -> 'people' @> to_jsonb(person.id)))`;
