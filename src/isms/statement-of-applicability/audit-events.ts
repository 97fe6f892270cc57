/** What the log holds of statements of applicability. */
import { z } from 'zod';
import { declareEvents, event } from '../../db/audit-event.ts';

const moved = { from: z.string(), to: z.string() };
const controls = (count: number | undefined) => (count === 1 ? '1 control' : `${String(count)} controls`);

const soa = declareEvents('soa', {
  begun: event(
    { edition: z.string(), from: z.string().nullable() },
    ({ who, it, detail: { edition, from } }) =>
      `${who} began ${it}, edition ${String(edition)}${from == null ? '' : `, from ${from}`}`,
  ),
  entry_changed: event(
    { control: z.string() },
    ({ who, it, detail }) => `${who} wrote ${String(detail.control)} of ${it} anew`,
  ),
  brought: event(
    { controls: z.number(), sha256: z.string() },
    ({ who, it, detail }) => `${who} brought ${controls(detail.controls)} of ${it} from a file`,
  ),
  arranged: event(
    moved,
    ({ who, it }) => `${who} changed the edition, approver, owner or review day of ${it}`,
  ),
  sent: event(
    { approver: z.number() },
    ({ who, it, detail, name }) => `${who} sent ${it} to ${name(detail.approver)} for approval`,
  ),
  returned: event({ ...moved, reason: z.string() }, ({ who, it, why }) => `${who} sent ${it} back${why}`),
  approved: event(
    { edition: z.string(), hash: z.string() },
    ({ who, it, detail }) => `${who} approved ${it}, edition ${String(detail.edition)}`,
  ),
  superseded: event({ by: z.string() }, ({ it, detail }) => `${it} was superseded by ${String(detail.by)}`),
});

declare module '../../db/audit-event.ts' {
  interface AuditEvents {
    soa: typeof soa;
  }
}
