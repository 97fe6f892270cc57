/** Letting an auditor in: a form for the ISMS manager, who says who it is and until when. */
import { actionId, type Actions, type Context, type Outcome } from '../../conversation/contract.ts';
import { privately } from '../../conversation/privately.ts';
import type { Queryable } from '../../db/database.ts';
import { toAsker } from '../../dialogue/command.ts';
import { formCommand } from '../../dialogue/form.ts';
import { field, sentDay, sentText } from '../../dialogue/form-fields.ts';
import { asked } from '../../dialogue/proposal.ts';
import { Refusal } from '../../errors.ts';
import { isInternal, type Audit } from '../../isms/audit/audit.ts';
import { selectAuditsToCome } from '../../isms/evidence-request/in-audit.ts';
import { letAuditorIn } from '../../isms/person/auditor-access.ts';
import { inFull } from '../../language/calendar.ts';
import { shortened } from '../../language/text.ts';
import { isIsmsManager } from '../../records/command-context.ts';
import { readAccess } from './read-request.ts';
import { room } from './said.ts';

interface Opened {
  tx: Queryable;
  context: Context;
  until: string;
  audits: Audit[];
}

export const accessActions: Actions = formCommand<Opened>(room, 'access', {
  async open(tx, context, { argument }) {
    if (!isIsmsManager(context.person))
      throw new Refusal(
        'Only the ISMS manager can let an auditor in. Tell them who it is, and until which day.',
      );
    const until = argument('until');
    const audits = await selectAuditsToCome(tx);
    return { tx, context, audits, until: /^\d{4}-\d{2}-\d{2}$/.test(until) ? until : '' };
  },
  lead: () => 'Who is it, and what is the last day on which they read here?',
  form: ({ until, audits }) => ({
    id: `${room}.send-access`,
    title: 'Let an auditor in',
    submitLabel: 'Let in',
    fields: [
      field('name', 'Name', 'text'),
      field('email', 'E-mail address', 'text'),
      field('until', 'The last day', 'date', { value: until === '' ? null : until }),
      ...(audits.length === 0 ? [] : [auditField(audits)]),
    ],
  }),
  at: 'email',
  async write({ tx, context, audits }, fields) {
    const { person, now } = context;
    const name = sentText(fields, 'name');
    const email = sentText(fields, 'email').toLowerCase();
    const until = sentDay(fields, 'until', context) ?? '';
    const audit = audits.find(({ reference }) => reference === sentText(fields, 'audit'));
    await letAuditorIn(tx, { name, email, until, auditId: audit?.id ?? null }, `person:${person.id}`, now);
    return asked(
      {
        text: `${name} reads here until ${inFull(until)}, and changes nothing.`,
        facts: [
          { label: 'Known as', value: email },
          ...(audit === undefined ? [] : [{ label: 'Here for', value: `${audit.reference} · ${audit.title}` }]),
          { label: 'As a guest in chat', value: `whoever runs Isma binds their account: isma people bind ${email} …` },
          { label: 'Ends', value: 'by itself after that day; earlier with a new day' },
        ],
      },
      true,
    );
  },
}); // prettier-ignore

/** Options of a list of choices. */
const mostAudits = 9;

/** The only one by a certification body is chosen already. */
function auditField(audits: readonly Audit[]) {
  const shown = audits.slice(0, mostAudits);
  const theirs = shown.filter((audit) => !isInternal(audit));
  const options = shown.map(({ reference, title }) => ({ value: reference, label: shortened(`${reference} ${title}`, 75) }));
  return field('audit', 'For which audit?', 'choice', {
    value: theirs.length === 1 ? (theirs[0]?.reference ?? 'none') : 'none',
    hint: 'What they ask for belongs to it.',
    options: [...options, { value: 'none', label: 'For none of them' }],
  });
} // prettier-ignore

export function claimAccess(context: Context, text: string): Outcome | null {
  const { now, person } = context;
  const said = isIsmsManager(person)
    ? readAccess(text, { now, timeZone: person.timeZone, locale: person.locale })
    : null;
  if (said === null) return null;
  const id = actionId(`${room}.access`, said.until === '' ? {} : { until: said.until });
  return privately(context, 'who is let in', async () =>
    toAsker({
      text:
        said.until === ''
          ? 'An auditor reads here for a time, and changes nothing.'
          : `An auditor reads here until ${inFull(said.until)}, and changes nothing.`,
      buttons: [{ id, label: 'Let an auditor in', style: 'primary', opensForm: true }],
    }),
  );
}
