/** What the moves of an audit write, and who is told of them. */
import type { Addressed, Context } from '../../conversation/contract.ts';
import type { Queryable } from '../../db/database.ts';
import type { Change } from '../../dialogue/change.ts';
import { commandOf } from '../../dialogue/command.ts';
import { FieldError, personNamed } from '../../dialogue/form.ts';
import { tell } from '../../dialogue/notify.ts';
import { audits, isInternal, type Audit } from '../../isms/audit/audit.ts';
import { selectAuditFacts } from '../../isms/audit/facts.ts';
import { addSample, markLooked, readSize } from '../../isms/audit/fieldwork.ts';
import { addTalk, replanned, setMember, setScope } from '../../isms/audit/plan.ts';
import { selectTalks, selectTeam } from '../../isms/audit/report.ts';
import { dayOf } from '../../language/calendar.ts';
import { dayIn, languageOf } from '../../language/wording.ts';
import { shortened } from '../../language/text.ts';
import { keepNote } from '../../records/note.ts';
import { selectPerson } from '../../records/person.ts';
import { findRequirement, normaliseRequirement } from '../../records/requirement.ts';
import { auditable, readRequirements } from '../../records/requirement-set.ts';
import { lookButton, sayTo } from './buttons.ts';

type Filled = Record<string, unknown>;
type Sets = (tx: Queryable, context: Context, row: Audit, filled: Filled) => Promise<Filled>;

const said = (filled: Filled, name: string) => (typeof filled[name] === 'string' ? filled[name] : null);
const listed = (text: string | null) => (text ?? '').split(/[,;\n]/);

/** The clauses and controls that words name. @throws FieldError naming the words that name none */
export function requirementsSaid(text: string, fieldName: string): string[] {
  const { ids, unread } = readRequirements(text);
  if (unread.length > 0)
    throw new FieldError(fieldName, `I know no clause or control «${unread.join('», «')}». Write numbers, as A.5.15 to A.5.18, or a theme, as access.`); // prettier-ignore
  return ids;
}

/** By the names of the moves, what they write beside or in place of what was filled in. */
export const moved = {
  async sample(tx, context, row, filled) {
    const requirement = normaliseRequirement(said(filled, 'requirement') ?? '');
    if (requirement === null || !auditable().has(requirement))
      throw new FieldError('requirement', 'Write one clause or control, as 9.2.1 or A.5.18.');
    await addSample(tx, commandOf(context), row, {
      requirement,
      population: said(filled, 'population') ?? '',
      ...readSize(said(filled, 'size') ?? ''),
      chosenBy: said(filled, 'chosen') ?? '',
      items: said(filled, 'items') ?? '',
      result: said(filled, 'result'),
    });
    return {};
  },
  async cover(tx, context, row, filled) {
    const which = said(filled, 'requirements');
    const ids = which === null ? null : requirementsSaid(which, 'requirements');
    const state = said(filled, 'state') === 'left_out' ? 'left_out' : 'covered';
    const marked = await markLooked(tx, commandOf(context), row, ids, { state, note: said(filled, 'note') });
    if (marked.length === 0) throw new FieldError('requirements', 'Nothing is left to mark.');
    return {};
  },
  async schedule(tx, context, row, filled) {
    const auditor = said(filled, 'auditor');
    const auditee = said(filled, 'auditee');
    const asks = auditor === null ? (isInternal(row) ? row.leadId : null) : (await personNamed(tx, context, auditor, 'auditor')).id; // prettier-ignore
    await addTalk(tx, commandOf(context), row, {
      heldOn: said(filled, 'held_on') ?? '',
      begins: said(filled, 'begins'),
      topic: said(filled, 'topic') ?? '',
      auditorId: asks,
      auditeeId: auditee === null ? null : (await personNamed(tx, context, auditee, 'auditee')).id,
    });
    return {};
  },
  async team(tx, context, row, filled) {
    const { id } = await personNamed(tx, context, said(filled, 'person') ?? '', 'person');
    const part = said(filled, 'part');
    await setMember(tx, commandOf(context), row, id, part === 'auditor' || part === 'observer' ? part : null);
    return {};
  },
  async aim(tx, context, row, filled) {
    await setScope(tx, commandOf(context), row, requirementsSaid(said(filled, 'requirements') ?? '', 'requirements')); // prettier-ignore
    return {};
  },
  async note(tx, context, row, filled) {
    await keepNote(tx, commandOf(context), audits.nameOf(row), said(filled, 'note') ?? '');
    return {};
  },
  start: async (_tx, { person, now }) => ({ held_from: dayOf(now, person.timeZone) }),
  report: async (_tx, { person, now }) => ({ held_until: dayOf(now, person.timeZone) }),
  async change(tx, context, row, filled) {
    const lead = said(filled, 'lead');
    return replanned(tx, row, {
      title: said(filled, 'title') ?? '',
      plannedFrom: said(filled, 'planned_from') ?? '',
      plannedUntil: said(filled, 'planned_until') ?? '',
      leadId: lead === null ? row.leadId : (await personNamed(tx, context, lead, 'lead')).id,
      departments: listed(said(filled, 'departments')),
      sites: listed(said(filled, 'sites')),
    });
  },
} satisfies Record<string, Sets>;

/** A non-conformity that names the audit; the card shows it before it is written. */
export function findingOf(audit: Audit, { now, person }: Context, filled: Filled): Change {
  const seen = said(filled, 'seen') ?? '';
  const which = said(filled, 'requirement') ?? '';
  const [first = ''] = seen.split(/(?<=[.!?])\s|\n/u);
  return {
    kind: 'nonconformity.raise',
    title: shortened(first, 90),
    requirement: findRequirement(which)?.id ?? normaliseRequirement(which) ?? which,
    evidenceSeen: seen,
    gap: said(filled, 'gap') ?? '',
    source: isInternal(audit) ? 'internal_audit' : 'external_audit',
    audit: shortened(`${audit.reference} · ${audit.title}`, 200),
    auditId: audit.id,
    department: audit.departments.length === 1 ? (audit.departments[0] ?? null) : null,
    identifiedOn: dayOf(now, person.timeZone),
    grade: said(filled, 'grade') ?? 'minor',
    gradeReason: said(filled, 'reason') ?? 'As graded in the audit',
  };
}

const dateLine = (person: { locale: string }, day: string) => dayIn(languageOf(person), day);

/** Whoever is asked hears when, by whom and about what, in one message. */
export async function toAuditees(tx: Queryable, context: Context, audit: Audit): Promise<Addressed[]> {
  const talks = (await selectTalks(tx, audit.id)).filter(({ auditeeId }) => auditeeId !== null);
  const told: Addressed[] = [];
  for (const [auditeeId, own] of Map.groupBy(talks, (talk) => talk.auditeeId)) {
    const person = await selectPerson(tx, auditeeId ?? 0);
    const say = sayTo(person);
    const lines = own.map(({ heldOn, begins, topic, auditor }) =>
      say('talk', { day: dateLine(person, heldOn), time: begins === null ? '' : `, ${begins}`, topic, auditor: auditor ?? say('auditors') }),
    ); // prettier-ignore
    told.push(...tell(commandOf(context), [auditeeId], { text: [say('asked', { title: audit.title }), ...lines.map((each) => `• ${each}`)].join('\n') })); // prettier-ignore
  }
  return told;
}

/** Whoever leads it, where somebody else planned it. */
export async function toLead(tx: Queryable, context: Context, audit: Audit): Promise<Addressed[]> {
  const lead = await selectPerson(tx, audit.leadId);
  const { reference, title } = audit;
  const text = sayTo(lead)('lead', { name: context.person.name, reference, title, day: dateLine(lead, audit.plannedFrom) }); // prettier-ignore
  return tell(commandOf(context), [lead.id], { text, buttons: [lookButton(reference, sayTo(lead)('look'))] });
}

export async function toTeam(tx: Queryable, context: Context, audit: Audit): Promise<Addressed[]> {
  const team = (await selectTeam(tx, audit.id)).map(({ personId }) => personId);
  const talks = (await selectTalks(tx, audit.id)).flatMap(({ auditeeId }) => auditeeId ?? []);
  const told: Addressed[] = [];
  for (const id of new Set([audit.leadId, ...team, ...(audit.state === 'cancelled' ? talks : [])])) {
    const person = await selectPerson(tx, id);
    const { reference, title, stateReason } = audit;
    const text = sayTo(person)('cancelled', { name: context.person.name, reference, title, what: stateReason ?? '' }); // prettier-ignore
    told.push(...tell(commandOf(context), [id], { text }));
  }
  return told;
}

/** Who signs beside the lead hears that the report is ready. */
export async function toSigners(tx: Queryable, context: Context, audit: Audit): Promise<Addressed[]> {
  const { signers, signed } = await selectAuditFacts(tx, audit);
  if (signed.includes('isms_manager')) return [];
  const told: Addressed[] = [];
  for (const id of signers) {
    const person = await selectPerson(tx, id);
    const { reference, title } = audit;
    const button = {
      ...lookButton(reference, sayTo(person)('look')),
      id: `audits.report?record=${reference}`,
    };
    told.push(...tell(commandOf(context), [id], { text: sayTo(person)('sign', { reference, title }), buttons: [button] })); // prettier-ignore
  }
  return told;
}
