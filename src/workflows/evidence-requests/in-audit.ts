/** Evidence asked for in an audit: its form, its list, and the audit that words or the card above name. */
import { actionId, type Actions, type Context } from '../../conversation/contract.ts';
import { selectSaidAt } from '../../conversation/history.ts';
import type { Queryable } from '../../db/database.ts';
import { commandOf } from '../../dialogue/command.ts';
import { formCommand } from '../../dialogue/form.ts';
import { asked } from '../../dialogue/proposal.ts';
import { Refusal } from '../../errors.ts';
import { audits, auditStates, type Audit } from '../../isms/audit/audit.ts';
import { selectAuditFacts } from '../../isms/audit/facts.ts';
import { refuseUnlessAsksIn } from '../../isms/evidence-request/in-audit.ts';
import { bareRequest } from '../../language/text.ts';
import { words } from '../../language/vocabulary.ts';
import { selectOptionalNamed } from '../../records/record.ts';
import { referenceIn } from '../../records/reference.ts';
import { askByForm, askFields } from './ask.ts';
import { lookButton, room, titleLine } from './said.ts';

const requestsOf = words('evidence/of audit');

/** Of which audit that they see somebody wants the requests; null for something else. */
export async function auditIn(tx: Queryable, { person }: Context, said: string): Promise<Audit | null> {
  const text = bareRequest(said);
  const reference = referenceIn(text, audits.prefix);
  if (reference === null || !text.endsWith(reference)) return null;
  const before = text.slice(0, text.length - reference.length).trim();
  const audit = requestsOf.is(before) === null ? null : await audits.selectOptional(tx, reference);
  return audit !== null && (await selectOptionalNamed(tx, person, audits.nameOf(audit))) !== null
    ? audit
    : null;
}

/** Of the card of an audit above in which they may ask for evidence: what is said below it is asked for there. */
export async function auditAbove(
  tx: Queryable,
  { person, place, repliesTo }: Context,
): Promise<string | null> {
  const above = repliesTo === null ? '' : JSON.stringify(await selectSaidAt(tx, place.address, repliesTo));
  const [one, ...others] = new Set([...above.matchAll(ofAudit)].map(([, reference]) => reference));
  const audit = one === undefined || others.length > 0 ? null : await audits.selectOptional(tx, one);
  return audit !== null && auditStates.may('request', person, audit, await selectAuditFacts(tx, audit))
    ? audit.reference
    : null;
}

/** A button of its card: the one that asks, or the one behind which that stands. */
const ofAudit = new RegExp(`(?:${room}\\.ask\\?audit|audits\\.more\\?record)=([A-Z]+-[\\d-]+)`, 'g');

/** @throws Refusal for one that is not there */
export async function auditNamed(tx: Queryable, reference: string | null): Promise<number | null> {
  if (reference === null) return null;
  const audit = await audits.selectOptional(tx, reference);
  if (audit === null) throw new Refusal(`There is no audit ${reference}.`);
  return audit.id;
}

interface Opened {
  tx: Queryable;
  context: Context;
  audit: Audit;
}

export const inAuditActions: Actions = formCommand<Opened>(room, 'ask', {
  async open(tx, context, { argument }) {
    const audit = await audits.selectOptional(tx, argument('audit'));
    if (audit === null) throw new Refusal(`There is no audit ${argument('audit')}.`);
    await refuseUnlessAsksIn(tx, commandOf(context), audit.id);
    return { tx, context, audit };
  },
  lead: ({ audit }) => `Which evidence does ${audit.reference} · ${audit.title} need?`,
  form: ({ context, audit }) => ({
    id: actionId(`${room}.send-ask`, { audit: audit.reference }),
    title: 'Ask for evidence',
    submitLabel: 'Ask',
    fields: askFields(context.person),
  }),
  at: 'title',
  async write({ tx, context, audit }, sent) {
    const { row, told } = await askByForm(tx, context, sent, audit.id);
    const text = `${row.reference} · ${titleLine(row)}: asked for in ${audit.reference}.`;
    const again = { id: actionId(`${room}.ask`, { audit: audit.reference }), label: 'Ask for more', opensForm: true };
    return [...asked({ text, buttons: [lookButton(row.reference), again] }, true), ...told];
  },
}); // prettier-ignore
