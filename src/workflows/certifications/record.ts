/** The record of a certification: its form, card and list, and its moves. */
import type { Context, Field } from '../../conversation/contract.ts';
import type { Queryable } from '../../db/database.ts';
import { toJsonb } from '../../db/rows.ts';
import { FieldError } from '../../dialogue/form.ts';
import { commandOf } from '../../dialogue/command.ts';
import { field, sentOrNull, sentText } from '../../dialogue/form-fields.ts';
import { recordRoom } from '../../dialogue/record-room.ts';
import { Refusal } from '../../errors.ts';
import {
  certifications,
  certificationStates,
  heldOn,
  recordCertification,
  selectCertificationFacts,
  type Certification,
  type CertificationFacts,
} from '../../isms/certification/certification.ts';
import { followState } from '../../isms/certification/follow.ts';
import { selectCycle } from '../../isms/certification/rules.ts';
import { validUntilOf } from '../../isms/certification/visits.ts';
import { dayInWords } from '../../language/calendar.ts';
import { words } from '../../language/vocabulary.ts';
import { auditDaysInWords, readAuditDays } from './audit-days.ts';
import { findingRules, ruleFields, rulesFrom, rulesInWords, visitRules } from './body-rules.ts';
import { datesShown, findingsShown } from './wanted.ts';

const body = field('body', 'Which certification body?', 'text');
const scope = field('scope', 'For which scope?', 'multiline', {
  hint: 'As it stands on the certificate, or is applied for.',
});
const optional = { required: false };
const soaVersion = field('soa_version', 'Version of the SoA on the certificate', 'text', optional);
const contact = field('contact', 'Whom do we speak with there?', 'text', optional);
const auditors = field('auditors', 'Its auditors', 'text', { ...optional, hint: 'Names, with commas.' });
const auditDays = field('audit_days', 'Audit days', 'text', {
  ...optional,
  hint: 'For example: Stage 1: 1.5, Stage 2: 4.',
});
const certificateNumber = field('certificate_number', 'Number of the certificate', 'text', optional);
const validUntil = field('valid_until', 'Valid until', 'date', {
  ...optional,
  hint: 'Empty: as many years from the decision as the body gives.',
});
const reason = (label: string) => field('state_reason', label, 'multiline');
const visitedOn = field('visited_on', 'The last day of the audit', 'date');

export const base = recordRoom<Certification, CertificationFacts>({
  name: 'certifications',
  offer: {
    text: 'I keep our certification: what its body wants, and when it comes.',
    examples: ['What does the certification body still want?'],
    to: ({ roles }) => roles.includes('isms_manager'),
  },
  record: certifications,
  states: certificationStates,
  facts: selectCertificationFacts,
  title: (row) => `${row.body}, ${row.standard}`,
  columns: {
    Body: 'body',
    Standard: 'standard',
    Certificate: 'certificateNumber',
    Scope: 'scope',
    SoA: 'soaVersion',
    Decided: ({ decidedOn }) => (decidedOn === null ? null : dayInWords(decidedOn)),
    'Valid until': ({ validUntil: day }) => (day === null ? null : dayInWords(day)),
    'Last visit': ({ visitedOn: day }) => (day === null ? null : dayInWords(day)),
    'Audit days': (row) => auditDaysInWords(row.auditDays),
    Auditors: ({ auditors: names }) => names.join(', ') || null,
    Contact: 'contact',
    'Own days for findings': ({ rules }) => rulesInWords(rules, findingRules),
    'Own days for visits': ({ rules }) => rulesInWords(rules, visitRules),
    Why: 'stateReason',
    'Kept by': 'ownerId',
  },
  people: ['ownerId'],
  list: {
    says: 'certifications',
    words: words('certification/list'),
    one: 'certification',
    many: 'certifications',
    columns: ['Body', 'Standard', 'Valid until'],
  },
  shows: async (tx, row, context) => ({
    facts: await datesShown(tx, row),
    items: (await findingsShown(tx, context, row)).map(({ item }) => item),
  }),
  begin: {
    says: 'record a certification',
    words: words('certification/begin'),
    lead: 'Which certification body, and for which scope?',
    title: 'Record certification',
    submit: 'Record',
    fields: [
      body,
      scope,
      field('standard', 'Which standard?', 'text', { ...optional, hint: 'Empty: ISO/IEC 27001:2022.' }),
      soaVersion,
      contact,
      auditDays,
    ],
    async write(tx, context, sent) {
      const row = await recordCertification(tx, commandOf(context), {
        body: sentText(sent, 'body'),
        scope: sentText(sent, 'scope'),
        standard: sentOrNull(sent, 'standard'),
        soaVersion: sentOrNull(sent, 'soa_version'),
        contact: sentOrNull(sent, 'contact'),
        auditDays: daysIn(sentText(sent, 'audit_days')),
      });
      return { row };
    },
  },
  follows: followState,
  moves: {
    stage1: visit('Stage 1 was held', 'stage1', [auditors]),
    stage2: visit('Stage 2 was held', 'stage2', [auditors]),
    certify: {
      label: 'The body decided: certified',
      fields: [
        field('decided_on', 'Day of the decision', 'date'),
        validUntil,
        certificateNumber,
        scope,
        soaVersion,
      ],
      async sets(tx, context, row, filled) {
        const decidedOn = heldOn(commandOf(context), said(filled['decided_on']));
        const until =
          freshly(said(filled['valid_until']), row.validUntil) ??
          validUntilOf(decidedOn, await selectCycle(tx, row));
        if (until <= decidedOn) throw new FieldError('valid_until', 'It ends after the decision.');
        return { ...filled, decided_on: decidedOn, valid_until: until };
      },
      event: (detail, _row, { decidedOn, validUntil: until }) => ({
        action: 'certification.certified',
        detail: { ...detail, decided: decidedOn ?? '', until: until ?? '' },
      }),
    },
    surveillance1: visit('Surveillance audit was held', 'surveillance', [auditors]),
    surveillance2: visit('Surveillance audit was held', 'surveillance', [auditors]),
    surveillance: visit('Another surveillance audit was held', 'surveillance', [auditors]),
    recertify: visit('Recertification audit was held', 'recertification', [auditors]),
    correct: {
      label: 'Change',
      fields: (row) => [
        body,
        scope,
        field('standard', 'Standard', 'text'),
        certificateNumber,
        soaVersion,
        { ...validUntil, hint: null },
        { ...auditDays, value: auditDaysInWords(row.auditDays) ?? '' },
        auditors,
        contact,
      ],
      sets: (_tx, _context, row, filled) => ({
        ...filled,
        auditors: namesIn(filled['auditors']),
        audit_days: toJsonb(daysIn(said(filled['audit_days']) ?? '')),
        valid_until: said(filled['valid_until']) ?? row.validUntil,
      }),
      event: (detail) => ({ action: 'certification.corrected', detail }),
    },
    rule: ownNumbers('Days of the body', findingRules),
    reckon: ownNumbers('Visits of the body', visitRules),
    suspend: {
      label: 'The body suspended it',
      fields: [reason('Why?')],
      sets: (_tx, _context, row, filled) => ({ ...filled, suspended_from: row.state }),
      event: (detail) => ({ action: 'certification.suspended', detail }),
    },
    lift_certified: lifted(),
    lift_surveillance_1: lifted(),
    lift_surveillance_2: lifted(),
    lift_recertification: lifted(),
    repeatStage2: {
      label: 'Stage 2 is to be held again',
      event: (detail) => ({ action: 'certification.repeated', detail }),
    },
    withdraw: {
      label: 'It is withdrawn',
      fields: [reason('Why, and by whom?')],
      sets: (_tx, _context, _row, filled) => ({ ...filled, suspended_from: null }),
      event: (detail) => ({ action: 'certification.withdrawn', detail }),
    },
  },
  evidence: 'certification',
});

/** An audit of the body. */
function visit(label: string, kind: string, more: readonly Field[]) {
  return {
    label,
    fields: (row: Certification) => [visitedOn, ...more].map((each) => (each.name === 'visited_on' ? { ...each, value: '' } : { ...each, value: row.auditors.join(', ') })),
    sets: (_tx: Queryable, context: Context, row: Certification, filled: Record<string, unknown>) => {
      const on = heldOn(commandOf(context), said(filled['visited_on']));
      if (row.visitedOn !== null && on < row.visitedOn)
        throw new FieldError('visited_on', `Its last audit was held until ${dayInWords(row.visitedOn)}: this one came later.`);
      return { visited_on: on, auditors: namesIn(filled['auditors']) };
    },
    event: (moved: { from: string; to: string }, _row: Certification, { visitedOn: on }: Certification) =>
      ({ action: 'certification.visited', detail: { ...moved, visit: kind, on: on ?? '' } }) as const,
  };
} // prettier-ignore

function ownNumbers(label: string, form: typeof findingRules) {
  return {
    label,
    fields: ruleFields(form),
    sets: (_tx: Queryable, _context: Context, row: Certification, filled: Record<string, unknown>) => ({ rules: toJsonb(rulesFrom(row, form, filled)) }),
    event: (_moved: unknown, _row: Certification, { rules }: Certification) => ({ action: 'certification.ruled', detail: { rules } }) as const,
  };
} // prettier-ignore

function lifted() {
  return {
    label: 'The suspension is over',
    sets: () => ({ suspended_from: null, state_reason: null }),
    event: (detail: { from: string; to: string }) => ({ action: 'certification.lifted', detail }) as const,
  };
}

function said(value: unknown): string | null {
  return typeof value === 'string' && value.trim() !== '' ? value.trim() : null;
}

/** A form shows the day of the certificate before: sent back as it was, nobody chose it. */
function freshly(day: string | null, before: string | null): string | null {
  return day === before ? null : day;
}

function namesIn(value: unknown): string[] {
  return (said(value) ?? '').split(/[,;\n]/).map((name) => name.trim()).filter((name) => name !== ''); // prettier-ignore
}

function daysIn(text: string) {
  try {
    return readAuditDays(text);
  } catch (error) {
    if (error instanceof Refusal) throw new FieldError('audit_days', error.message);
    throw error;
  }
}
