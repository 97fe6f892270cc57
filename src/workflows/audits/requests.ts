/** What evidence was asked for in an audit, on its card: what is still to come first, with the form that asks for more. */
import { actionId, type Context, type ReplyParts } from '../../conversation/contract.ts';
import type { Queryable } from '../../db/database.ts';
import { auditStates, type Audit } from '../../isms/audit/audit.ts';
import { selectAuditFacts } from '../../isms/audit/facts.ts';
import {
  evidenceRequests,
  openStates,
  type EvidenceRequest,
} from '../../isms/evidence-request/evidence-request.ts';
import { dayInWords } from '../../language/calendar.ts';

/** Lines of a card; the list has all. */
const shown = 5;

const isOpen = ({ state, givenAt }: EvidenceRequest) => openStates.includes(state) && givenAt === null;

/** Those that the person may see. */
export async function requestsShown(
  tx: Queryable,
  { person }: Context,
  audit: Audit,
): Promise<Required<Pick<ReplyParts, 'items' | 'buttons'>>> {
  const all = await evidenceRequests.selectSeen(tx, person, "audit_id = $3 and state <> 'withdrawn'", [audit.id]);
  const first = all.toSorted((one, other) => Number(isOpen(other)) - Number(isOpen(one))).slice(0, shown);
  const may = auditStates.may('request', person, audit, await selectAuditFacts(tx, audit));
  return {
    items: first.map((row) => ({
      text: `${row.reference} · ${row.title}`,
      detail: `asked by ${row.askedByName} · ${stateInWords(row)}`,
      button: { id: actionId('evidence-requests.show', { record: row.reference }), label: 'Look' },
    })),
    buttons: [
      ...(may ? [{ id: actionId('evidence-requests.ask', { audit: audit.reference }), label: 'Ask for evidence', opensForm: true }] : []),
      ...(all.length > shown ? [{ id: actionId('evidence-requests.list', { part: `requests of ${audit.reference}` }), label: `All ${all.length} requests` }] : []),
    ],
  };
} // prettier-ignore

function stateInWords(row: EvidenceRequest): string {
  if (isOpen(row)) return `by ${dayInWords(row.dueOn)}`;
  return row.givenAt !== null && row.state !== 'accepted' ? 'given' : row.state.replaceAll('_', ' ');
}
