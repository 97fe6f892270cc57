/** What audits want of whom: prepared in time, begun, held, reported and signed. */
import { z } from 'zod';
import type { Obligation } from '../../conversation/contract.ts';
import type { Queryable } from '../../db/database.ts';
import { selectAll } from '../../db/rows.ts';
import { Audit, isInternal } from '../../isms/audit/audit.ts';
import { selectSigned } from '../../isms/audit/report.ts';
import { addDays, dayOf } from '../../language/calendar.ts';
import { dayIn, languageOf } from '../../language/wording.ts';
import { selectSetting } from '../../records/setting.ts';
import { recordButton, lookButton, sayTo } from './buttons.ts';

/** Days before something is due from which on it is asked for: an audit of next year is nobody's task today. */
const asksAhead = 21;

const Led = Audit.extend({ locale: z.string(), covers: z.number(), left: z.number() });
type Led = z.infer<typeof Led>;
const Signing = Audit.extend({ locale: z.string(), signerId: z.number(), signedAt: z.date() });

export async function owedAudits(tx: Queryable, people: readonly number[], now: Date): Promise<Obligation[]> {
  const { prepare, report } = await selectSetting(tx, 'audit.days');
  const today = dayOf(now, 'UTC');
  const led = await selectAll(
    tx,
    Led,
    `select audit.*, person.locale, (select count(distinct requirement) from audit_coverage where audit_id = audit.id) as covers,
       (select count(distinct requirement) from audit_coverage where audit_id = audit.id and audit_coverage.state = 'planned') as left
     from audit join person on person.id = lead_id
     where lead_id = any($1) and audit.state in ('planned', 'prepared', 'in_progress', 'reporting')
       and planned_from <= $2::date + ${asksAhead}::integer + $3::integer
     order by planned_from, audit.id`,
    [people, today, prepare],
  );
  const signing = await selectAll(
    tx,
    Signing,
    `select audit.*, person.locale, person.id as signer_id, signed_at
     from audit join audit_sign_off lead_sign on lead_sign.audit_id = audit.id and lead_sign.part = 'lead'
     join person on person.id = any($1) and person.active and case
       when exists (select from person other where other.active and 'isms_manager' = any(other.roles) and other.id <> lead_id) then 'isms_manager' = any(person.roles) and person.id <> lead_id
       else person.id = (select manager_id from person lead where lead.id = lead_id) end
     where audit.state = 'reporting' order by audit.id`,
    [people],
  );
  const due = (audit: Audit) => addDays(audit.heldUntil ?? audit.plannedUntil, report);
  const owed: Obligation[] = [];
  for (const audit of led) {
    // What was changed since they signed is signed anew.
    if (audit.state === 'reporting' && (await selectSigned(tx, audit)).includes('lead')) continue;
    owed.push(leadOwes(audit, prepare, due(audit)));
  }
  for (const audit of signing) {
    const signed = await selectSigned(tx, audit);
    if (!signed.includes('lead') || signed.includes('isms_manager')) continue;
    const say = sayTo(audit);
    owed.push({
      record: `audit:${audit.id}`,
      personId: audit.signerId,
      askedAt: audit.signedAt,
      isTold: true,
      dueOn: due(audit),
      item: { text: say('owed sign', { title: audit.title }), detail: audit.reference, button: recordButton('report', say('look'), audit.reference) },
      why: say('why sign'),
      rank: 1,
    });
  }
  return owed;
} // prettier-ignore

function leadOwes(audit: Led, prepare: number, reportDue: string): Obligation {
  const { id, state, reference, title, leadId, plannedFrom, plannedUntil, heldUntil, stateAt, covers, left } = audit;
  const say = sayTo(audit);
  const day = (at: string) => dayIn(languageOf(audit), at);
  const [dueOn, detail] = {
    planned: [isInternal(audit) ? addDays(plannedFrom, -prepare) : plannedFrom, say('begins', { reference, day: day(plannedFrom) })],
    prepared: [plannedFrom, say('begins', { reference, day: day(plannedFrom) })],
    in_progress: [plannedUntil, say('left', { reference, left, all: covers })],
    reporting: [reportDue, say('ended', { reference, day: day(heldUntil ?? plannedUntil) })],
  }[state as 'planned'] as [string, string];
  return {
    record: `audit:${id}`,
    personId: leadId,
    askedAt: stateAt,
    dueOn,
    item: { text: say(`owed ${state}`, { title }), detail, button: lookButton(reference, say('look')) },
    why: say('why lead'),
    rank: 1,
  };
} // prettier-ignore
