/** Numbers of a certification body: its own, where a certification says them, else those of the settings. */
import { z } from 'zod';
import type { Queryable } from '../../db/database.ts';
import { selectOptional } from '../../db/rows.ts';
import { certificationCycle, findingDays, selectSetting } from '../../records/setting.ts';

export type FindingDays = z.infer<typeof findingDays>;
export type Cycle = z.infer<typeof certificationCycle>;

/** What a certification says itself; null where its body asks for nothing that the settings name. */
export const BodyRules = z.object({
  ...findingDays.partial().shape,
  majorPlanDays: findingDays.shape.majorPlanDays.nullable(),
  minorDays: findingDays.shape.minorDays.nullable(),
  ...certificationCycle.partial().shape,
});
export type BodyRules = z.infer<typeof BodyRules>;

/** In which nothing is certified, nor will be. */
export const endedStates = ['withdrawn', 'expired'] as const;

/**
 * SQL for the id of the certification that an external audit is of: the one that its record names, else the only one that runs.
 *
 * @param audit  SQL for the audit's id, or for null
 */
export const certificationSql = (audit: string) => `coalesce(
  (select certification_id from audit named where named.id = ${audit}),
  (select case when count(*) = 1 then min(id) end from certification running
   where running.state not in (${endedStates.map((state) => `'${state}'`).join(', ')})))`;

const Kept = z.object({ body: z.string(), rules: BodyRules });

/** For findings of an audit; undefined where nobody says any. */
export async function selectFindingDays(
  tx: Queryable,
  auditId: number | null,
): Promise<{ [Key in keyof FindingDays]?: FindingDays[Key] | null } | undefined> {
  const { body, bodies } = await selectSetting(tx, 'certification.nc_rules');
  const kept = await selectOptional(
    tx,
    Kept,
    `select body, rules from certification where id = ${certificationSql('$1::integer')}`,
    [auditId],
  );
  if (kept === null) return bodies[body];
  return { ...(bodies[kept.body] ?? bodies[body]), ...kept.rules };
}

export async function selectCycle(tx: Queryable, { rules }: { rules: BodyRules }): Promise<Cycle> {
  const own = Object.entries(rules).filter(([, value]) => value !== undefined);
  return certificationCycle.parse({
    ...(await selectSetting(tx, 'certification.cycle')),
    ...Object.fromEntries(own),
  });
}
