/** Asking for evidence: what a card proposes after words, and what the form and an auditor write. Another room proposes it by making such a change. */
import { z } from 'zod';
import type { Addressed, Context, Field, Form } from '../../conversation/contract.ts';
import type { Queryable } from '../../db/database.ts';
import { defineChange } from '../../dialogue/change.ts';
import { commandOf } from '../../dialogue/command.ts';
import { FieldError, personNamed } from '../../dialogue/form.ts';
import { field, sentDay, sentOrNull, sentText, type Errors, type Sent } from '../../dialogue/form-fields.ts';
import {
  askForEvidence,
  type EvidenceRequest,
  type NewRequest,
} from '../../isms/evidence-request/evidence-request.ts';
import { inFull } from '../../language/calendar.ts';
import { isReadOnly, type CommandContext } from '../../records/command-context.ts';
import { selectNames } from '../../records/person.ts';
import { findRequirement } from '../../records/requirement.ts';
import { selectSetting } from '../../records/setting.ts';
import { asksOwner, auditInWords, requirementInWords, room } from './said.ts';

const Ask = z.object({
  kind: z.literal('evidence-request.ask'),
  title: z.string(),
  what: z.string().default(''),
  requirements: z.array(z.string()).default([]),
  /** Null for what an auditor asks for: the ISMS manager passes it on. */
  ownerId: z.number().nullable(),
  dueOn: z.iso.date().nullable().default(null),
  months: z.number().nullable().default(null),
  urgent: z.boolean().default(false),
  /** The audit that it is asked for in. */
  auditId: z.number().nullable().default(null),
});
export type Ask = z.infer<typeof Ask>;

defineChange<Ask>({
  kind: 'evidence-request.ask',
  schema: Ask,
  room,
  nameOf: ({ title }) => title,
  current: async () => null,
  markOf: () => null,
  async apply(tx, command, ask) {
    const { row, told } = await askedFor(tx, command, { ...ask, ownerId: ask.ownerId ?? 0 });
    const owner = (await selectNames(tx, [row.ownerId])).get(row.ownerId) ?? '';
    const how = row.toldAt === null ? 'hears of it in their hours, with all else that waits for them' : 'is being told now';
    const lines = [`${row.reference} · ${row.title}: asked by ${inFull(row.dueOn)}. ${owner} ${how}.`];
    return { lines, told };
  },
  async show(tx, { title, what, requirements, ownerId, dueOn, months, urgent, auditId }) {
    const names = await selectNames(tx, ownerId === null ? [] : [ownerId]);
    const { days } = await selectSetting(tx, 'evidence.requests');
    const line = (label: string, value: string | null) => (value === null || value === '' ? [] : [{ label, value }]);
    const usual = ownerId === null ? 'the next working day' : `in ${days} working days`;
    return {
      title: `Ask for evidence: ${title}`,
      lines: [
        ...line('Of', ownerId === null ? 'the ISMS manager, who passes it on' : (names.get(ownerId) ?? 'nobody known')),
        ...line('For', requirements.length > 0 ? requirements.map(requirementInWords).join('; ') : ownerId === null ? null : 'a clause or control that is still to be said: press Change'),
        ...line('In', auditId === null ? null : await auditInWords(tx, { auditId })),
        ...line('It has to show', what),
        ...line('By', dueOn === null ? usual : inFull(dueOn)),
        ...line('Counts for', months === null ? null : `${months} months`),
        ...line('Told', urgent ? 'at once, in a message of its own' : null),
      ],
    };
  },
  async form(tx, context, ask, id): Promise<Form> {
    const names = await selectNames(tx, ask.ownerId === null ? [] : [ask.ownerId]);
    const known = { ...ask, who: ask.ownerId === null ? null : (names.get(ask.ownerId) ?? null) };
    return { id, title: 'Ask for evidence', submitLabel: 'Next', fields: askFields(context.person, known) };
  },
  read({ fields }, before, context) {
    const errors: Errors = {};
    const requirements = readRequirements(sentText(fields, 'requirements'), (error) => (errors.requirements = error));
    const change = {
      ...before,
      title: sentText(fields, 'title'),
      what: sentText(fields, 'what'),
      requirements,
      dueOn: sentDay(fields, 'due', context),
      ...(before.ownerId === null ? {} : { months: monthsIn(fields), urgent: sentText(fields, 'urgent') === 'now' }),
    };
    return { change, errors };
  },
  refusedAt: 'title',
}); // prettier-ignore

/** @throws Refusal as `askForEvidence` does */
async function askedFor(tx: Queryable, command: CommandContext, fresh: NewRequest): Promise<{ row: EvidenceRequest; told: Addressed[] }> {
  const row = await askForEvidence(tx, command, fresh);
  return { row, told: row.toldAt === null ? [] : await asksOwner(tx, command, row) };
} // prettier-ignore

interface Known extends Partial<Omit<Ask, 'kind'>> {
  who?: string | null;
}

/** An auditor says only what they want to see. @param known  what stands in them */
export function askFields(person: { roles: readonly string[] }, known: Known = {}): Field[] {
  const { title = null, requirements = [], dueOn = null, months = null, what = null, urgent = false } = known;
  const all = [
    field('who', 'Of whom?', 'text', { hint: 'Name or e-mail address.', value: known.who ?? null }),
    field('title', 'Which evidence?', 'text', { hint: 'For example: access review of the fourth quarter.', value: title }),
    field('requirements', 'For which clauses or controls?', 'text', { hint: 'For example: A.5.18, 9.1', value: requirements.join(', ') || null, required: !isReadOnly(person) }),
    field('what', 'What has it to show?', 'multiline', { required: false, hint: 'What, when, where and by whom.', value: what || null }),
    field('due', 'By when?', 'date', { required: false, hint: isReadOnly(person) ? 'Empty for the next working day.' : 'Empty for the usual days.', value: dueOn }),
    field('months', 'For how many months does it count?', 'text', { required: false, hint: 'Empty for what is usual; 0 for no end.', value: months === null ? null : String(months) }),
    field('urgent', 'How is it told?', 'choice', {
      value: urgent ? 'now' : 'gathered',
      options: [{ value: 'gathered', label: 'With all else that waits for them' }, { value: 'now', label: 'At once: it is urgent' }],
    }),
  ];
  const ofAuditors = ['title', 'requirements', 'what', 'due'];
  return isReadOnly(person) ? all.filter(({ name }) => ofAuditors.includes(name)) : all;
} // prettier-ignore

/** What the form says, written at once. @param auditId  the audit that it is asked for in. @throws FieldError, Refusal */
export async function askByForm(tx: Queryable, context: Context, sent: Sent, auditId: number | null = null): Promise<{ row: EvidenceRequest; told: Addressed[] }> {
  const requirements = readRequirements(sentText(sent, 'requirements'), (error) => {
    throw new FieldError('requirements', error);
  });
  const isAuditor = isReadOnly(context.person);
  const owner = isAuditor ? null : await personNamed(tx, context, sentText(sent, 'who'), 'who');
  return askedFor(tx, commandOf(context), {
    title: sentText(sent, 'title'),
    requirements,
    what: sentText(sent, 'what'),
    ownerId: owner?.id ?? 0,
    dueOn: sentDay(sent, 'due', context),
    months: sentOrNull(sent, 'months') === null ? await usualMonths(tx) : monthsIn(sent),
    urgent: sentText(sent, 'urgent') === 'now',
    auditId,
  });
} // prettier-ignore

/** Null for no end. @throws FieldError */
export function monthsIn(sent: Sent): number | null {
  const said = sentOrNull(sent, 'months');
  const months = Number(said ?? 0);
  if (!Number.isInteger(months) || months < 0 || months > 120)
    throw new FieldError('months', `«${said ?? ''}» is no number of months. Write it as 12.`);
  return months === 0 ? null : months;
}

/** As long as the house says. */
export async function usualMonths(tx: Queryable): Promise<number> {
  return (await selectSetting(tx, 'evidence.requests')).months;
}

/** @param wrong  told of what is no clause or control */
function readRequirements(text: string, wrong: (error: string) => void): string[] {
  const said = text.split(/[,;\n]|\band\b/i).map((each) => each.trim()).filter((each) => each !== '');
  return said.flatMap((each) => {
    const found = findRequirement(each);
    if (found !== null) return [found.id];
    wrong(`«${each}» is no clause or control. Write it as 9.2 or A.8.13.`);
    return [];
  });
} // prettier-ignore
