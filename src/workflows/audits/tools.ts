/** What the model may call: it reads audits and what they have covered, and offers a form; it plans and notes nothing. */
import { z } from 'zod';
import type { ActionHandler, Tool } from '../../conversation/contract.ts';
import { privately } from '../../conversation/privately.ts';
import { toAsker } from '../../dialogue/command.ts';
import { auditKinds, plansAudits, readsAudits } from '../../isms/audit/audit.ts';
import { coverageCard } from './coverage-card.ts';
import { auditsOfDepartment } from './department.ts';
import { planButton } from './plan-form.ts';

const Planned = z.object({
  kind: z.enum(auditKinds).default('internal'),
  covers: z.string().max(200).default('').describe('clauses, controls or a theme, as the person said it'),
});

export function auditTools(list: ActionHandler): Tool[] {
  const listing: Tool = {
    name: 'list_audits',
    description: 'Shows the person the audits that they may see: planned, going on, reported.',
    schema: z.object({}),
    run: async (context) =>
      privately(context, 'audits', async (tx) =>
        readsAudits(context.person) ? list(tx, context, { argument: () => '', fields: {} }) : toAsker(await auditsOfDepartment(tx, context)),
      ),
  };
  const coverage: Tool = {
    name: 'show_audit_coverage',
    description: 'Shows which clauses and controls internal audits have looked at, which are planned, and which are in none.',
    schema: z.object({}),
    run: async (context) => privately(context, 'audits', async (tx) => toAsker(await coverageCard(tx, context))),
  };
  const offer: Tool<typeof Planned> = {
    name: 'offer_audit_plan',
    description: 'Shows the person a button that opens the form which plans an audit, filled with what they said.',
    schema: Planned,
    async run(context, { kind, covers }) {
      if (!plansAudits(context.person)) return 'Audits are planned by the ISMS manager and internal auditors; this person is none.';
      return privately(context, 'an audit', async () => toAsker({ text: 'What is to be audited, when, and by whom?', buttons: [planButton(covers, kind)] }));
    },
  };
  return [listing, coverage, offer];
} // prettier-ignore
