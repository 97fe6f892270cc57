/** What follows by itself for certifications: from majors of their audits, and from the end of their days. */
import type { Queryable } from '../../db/database.ts';
import type { CommandContext } from '../../records/command-context.ts';
import {
  certifications,
  certificationStates,
  selectCertificationFacts,
  type Certification,
} from './certification.ts';

/** In the transaction in which a major was found, graded, rejected or closed by the body. */
export async function followMajors(tx: Queryable, command: CommandContext): Promise<void> {
  const waiting = await certifications.selectWhere(tx, "state in ('stage2_done', 'major_open')");
  for (const { id } of waiting) await followState(tx, command, await certifications.lock(tx, id));
}

/** @param certification  locked */
export async function followState(tx: Queryable, command: CommandContext, certification: Certification): Promise<Certification> {
  const facts = await selectCertificationFacts(tx, certification);
  const to = certificationStates.next(certification, facts);
  if (to === null) return certification;
  const detail = { from: certification.state, to };
  return certifications.change(tx, command, certification, { state: to }, () =>
    to === 'major_open'
      ? { action: 'certification.majors_opened', detail: { ...detail, ...facts } }
      : { action: 'certification.majors_verified', detail },
  );
} // prettier-ignore

/** Its last day is over. */
export async function expire(tx: Queryable, command: CommandContext, certification: Certification): Promise<void> {
  const detail = { from: certification.state, to: 'expired' };
  await certifications.change(tx, command, certification, { state: 'expired', suspended_from: null }, () => ({
    action: 'certification.expired',
    detail,
  }));
} // prettier-ignore
