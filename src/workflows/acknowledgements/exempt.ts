/** Letting somebody off a document, with the reason and until when: «exempt Hugo from acknowledging the access policy». */
import { actionId, type Actions, type Context, type Outcome } from '../../conversation/contract.ts';
import type { Queryable } from '../../db/database.ts';
import { commandOf, toAsker } from '../../dialogue/command.ts';
import { formCommand, resolvePersonNamed } from '../../dialogue/form.ts';
import { field, sentDay, sentText } from '../../dialogue/form-fields.ts';
import { asked } from '../../dialogue/proposal.ts';
import { exemptFrom } from '../../isms/acknowledgement/exemption.ts';
import type { Policy } from '../../isms/policy-question/policy.ts';
import { dayInWords } from '../../language/calendar.ts';
import { withoutEnding } from '../../language/text.ts';
import { words } from '../../language/vocabulary.ts';
import { selectPerson, type Person } from '../../records/person.ts';
import { room } from './phrases.ts';
import { policiesNamed, policyOf } from './said.ts';

interface Opened {
  tx: Queryable;
  context: Context;
  person: Person;
  policy: Policy;
}

export const exemptActions: Actions = formCommand<Opened>(room, 'exempt', {
  async open(tx, context, { argument }) {
    const policy = await policyOf(tx, context, argument('policy'));
    return { tx, context, policy, person: await selectPerson(tx, Number(argument('person'))) };
  },
  lead: ({ person, policy }) => `${person.name} need not acknowledge «${policy.title}»: why, and until when?`,
  form: ({ person, policy }) => ({
    id: actionId(`${room}.send-exempt`, { person: person.id, policy: policy.reference }),
    title: 'Exempt',
    submitLabel: 'Exempt',
    fields: [
      field('reason', 'Why?', 'multiline', { hint: 'An auditor reads it. Write nothing about health.' }),
      field('until', 'Its last day', 'date', { required: false, hint: 'Then they are asked again. Left empty it lasts until somebody sets a day here.' }),
    ],
  }),
  at: 'reason',
  async write({ tx, context, person, policy }, fields) {
    const until = sentText(fields, 'until') === '' ? null : sentDay(fields, 'until', context);
    await exemptFrom(tx, commandOf(context), person, policy, { reason: sentText(fields, 'reason'), until });
    const how = until === null ? '' : ` until ${dayInWords(until)}, and is asked again then`;
    return asked({ text: `${person.name} need not acknowledge «${policy.title}»${how}.` }, true);
  },
}); // prettier-ignore

const exempt = words('awareness/exempt');
const fromAcknowledging = words('acknowledgements/from acknowledging');

/** Null where they let nobody off a document. */
export async function claimExempting(db: Queryable, context: Context, text: string): Promise<Outcome | null> {
  const said = withoutEnding(text.trim(), /[.!]/);
  const begun = exempt.begins(said);
  const from = begun === null ? null : fromAcknowledging.find(said);
  if (begun === null || from === null || from.from < begun.to) return null;
  const [policy] = await policiesNamed(db, context, said.slice(from.to));
  const named = await resolvePersonNamed(db, context.platform, said.slice(begun.to, from.from).trim());
  if (policy === undefined || !('person' in named)) return null;
  const { id, name } = named.person;
  const button = { id: actionId(`${room}.exempt`, { person: id, policy: policy.reference }), label: `Exempt ${name}`.slice(0, 75), style: 'primary' as const, opensForm: true };
  return async () => toAsker({ text: `${name} need not acknowledge «${policy.title}»? It takes a reason.`, buttons: [button] });
} // prettier-ignore
