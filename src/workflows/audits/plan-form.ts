/** Planning an audit: one form, from words that may name its kind and what it looks at. */
import { actionIdWith } from '../../conversation/action-id.ts';
import type { Actions, ButtonParts, Context, OpenerParts } from '../../conversation/contract.ts';
import type { Queryable } from '../../db/database.ts';
import { commandOf } from '../../dialogue/command.ts';
import { formCommand, personNamed } from '../../dialogue/form.ts';
import { field, sentDay, sentOrNull, sentText } from '../../dialogue/form-fields.ts';
import { asked } from '../../dialogue/proposal.ts';
import { auditKinds, kindInWords, refuseUnlessPlans, type Audit, type AuditKind } from '../../isms/audit/audit.ts'; // prettier-ignore
import { planAudit } from '../../isms/audit/plan.ts';
import { selectDepartments } from '../../isms/audit/departments.ts';
import { shortened } from '../../language/text.ts';
import { room } from './buttons.ts';
import { requirementsSaid, toLead } from './moves.ts';

const longestTitle = 80;

/** Opens the form. @param covers  what it looks at, as it was said */
export function planButton(covers = '', kind: AuditKind = 'internal', label = 'Plan an audit'): ButtonParts & OpenerParts {
  return { id: actionIdWith(`${room}.plan`, { kind }, { covers }), label, opensForm: true, style: 'primary' };
} // prettier-ignore

/** @param show  the card of what was planned */
export function planActions(show: (tx: Queryable, context: Context, audit: Audit) => ReturnType<typeof asked> | Promise<ReturnType<typeof asked>>): Actions {
  return formCommand<{ tx: Queryable; context: Context; kind: string; covers: string }>(room, 'plan', {
    open: async (tx, context, { argument }) => {
      refuseUnlessPlans(commandOf(context));
      return { tx, context, kind: argument('kind'), covers: argument('covers') };
    },
    lead: () => 'What is to be audited, when, and by whom?',
    form: async ({ tx, kind, covers }) => ({
      id: `${room}.send-plan`,
      title: 'Plan an audit',
      submitLabel: 'Plan it',
      fields: [
        field('kind', 'Which kind?', 'choice', {
          value: auditKinds.find((each) => each === kind) ?? 'internal',
          options: auditKinds.map((value) => ({ value, label: kindInWords[value] })),
        }),
        field('covers', 'What does it look at?', 'multiline', { value: covers === '' ? null : covers, hint: 'clauses 4 to 10; A.5.15 to A.5.18; access; suppliers' }),
        field('departments', 'Which departments?', 'text', { required: false, hint: `Nobody audits their own. ${(await selectDepartments(tx)).slice(0, 12).join(', ')}` }),
        field('from', 'From', 'date'),
        field('until', 'Until', 'date', { required: false, hint: 'Empty: one day.' }),
        field('lead', 'Who leads it?', 'text', { required: false, hint: 'Name or e-mail address. Empty: you.' }),
      ],
    }),
    at: 'lead',
    async write({ tx, context }, sent) {
      const covers = sentText(sent, 'covers');
      const lead = sentOrNull(sent, 'lead');
      const kind = auditKinds.find((each) => each === sentText(sent, 'kind')) ?? 'internal';
      const from = sentDay(sent, 'from', context) ?? '';
      const audit = await planAudit(tx, commandOf(context), {
        kind,
        title: `${kindInWords[kind]}: ${shortened(covers, longestTitle)}`,
        requirements: requirementsSaid(covers, 'covers'),
        departments: sentText(sent, 'departments').split(/[,;]/),
        sites: [],
        plannedFrom: from,
        plannedUntil: sentDay(sent, 'until', context) ?? from,
        leadId: lead === null ? context.person.id : (await personNamed(tx, context, lead, 'lead')).id,
      });
      return [...(await show(tx, context, audit)), ...(await toLead(tx, context, audit))];
    },
  });
} // prettier-ignore
