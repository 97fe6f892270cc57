/** A non-conformity that is about to be raised: its lines on the card to confirm, and the form that corrects them. */
import { evidenceInWords } from '../../../dialogue/evidence.ts';
import {
  actionId,
  type Context,
  type Field,
  type Form,
  type ReplyParts,
} from '../../../conversation/contract.ts';
import { gradeInWords, grades, sources } from '../../../isms/nonconformity/nonconformity.ts';
import { findRequirement, normaliseRequirement } from '../../../records/requirement.ts';
import { inFull } from '../../../language/calendar.ts';
import { isIsmsManager } from '../../../records/command-context.ts';
import type { RaiseChange } from '../change.ts';
import { field, sentDay, sentOrNull, type Sent } from '../../../dialogue/form-fields.ts';
import { capitalised, gapToBeSaid, gradeChoices, optionsFrom, sourceInWords } from '../words.ts';

/** What would be written, one fact a line. */
export function raiseLines(change: RaiseChange): NonNullable<ReplyParts['facts']> {
  const { title, requirement, evidenceSeen, gap, source, audit, department, identifiedOn, grade, exhibits } =
    change;
  return [
    ...(evidenceSeen === title ? [] : [{ label: 'Evidence seen', value: evidenceSeen }]),
    { label: 'What is missing', value: gap },
    { label: 'Requirement', value: requirementInWords(requirement) },
    { label: 'Grade', value: `${capitalised(gradeInWords[grade])}: ${change.gradeReason}` },
    { label: 'Source', value: capitalised([sourceInWords[source], audit ?? ''].filter(Boolean).join(', ')) },
    { label: 'Noticed on', value: inFull(identifiedOn) },
    ...(department === null ? [] : [{ label: 'Department', value: department }]),
    ...exhibits.map((exhibit) => ({
      label: 'Attached',
      value: evidenceInWords(exhibit),
    })),
  ];
}

/** «A.5.18 Access rights», where the standard has it; a section of ours, or whatever was written, as it stands. */
export function requirementInWords(requirement: string): string {
  const known = findRequirement(requirement);
  return known === null ? requirement : `${requirement} ${known.title}`;
}

/**
 * What is asked of whoever saw something: four fields at most. What the standard and the register want to know beside it we propose,
 * and the ISMS manager corrects.
 *
 * @param proposal  the card that it corrects; null for the empty form, of which we propose what is left empty
 * @param owner     whom the change names as its leader
 */
export function raiseForm(
  { person }: Pick<Context, 'person'>,
  change: Partial<RaiseChange>,
  proposal: number | null = null,
  owner: string | null = null,
): Form {
  const optional = { required: proposal !== null };
  const seen = [
    field('evidence', 'What was seen?', 'multiline', {
      value: change.evidenceSeen ?? null,
      hint: 'Facts: how many, which, when. No names where they are not needed.',
    }),
    field('gap', 'What should have been so?', 'multiline', {
      required: false,
      value: change.gap === gapToBeSaid ? null : (change.gap ?? null),
    }),
    field('noticed', 'Noticed on', 'date', { ...optional, value: change.identifiedOn ?? null }),
    field('department', 'Department', 'text', { required: false, value: change.department ?? null }),
  ];
  return {
    id: actionId('corrective-actions.send-raise', proposal === null ? {} : { proposal }),
    title: 'Raise a non-conformity',
    submitLabel: 'Show me the card',
    fields: [...seen, ...(judges(person, change) ? judged(change, optional, owner) : [])],
  };
}

/** The ISMS manager, and whoever writes down what an audit found: their form asks for all of it. */
export function judges(person: Context['person'], { auditId = null }: Partial<RaiseChange>): boolean {
  return isIsmsManager(person) || auditId !== null;
}

function judged(
  change: Partial<RaiseChange>,
  optional: { required: boolean },
  owner: string | null,
): Field[] {
  return [
    field('title', 'Title', 'text', { ...optional, value: change.title ?? null }),
    field('requirement', 'Which requirement?', 'text', {
      ...optional,
      value: change.requirement ?? null,
      hint: 'A clause (9.2), a control (A.5.18) or a section of our own policies (POL-07 3.2).',
    }),
    field('grade', 'How serious is it?', 'choice', {
      ...optional,
      value: change.grade ?? null,
      options: optionsFrom(gradeChoices),
    }),
    field('reason', 'Why this grade?', 'multiline', { ...optional, value: change.gradeReason ?? null }),
    field('source', 'How was it noticed?', 'choice', {
      ...optional,
      value: change.source ?? null,
      options: optionsFrom(sourceInWords),
    }),
    field('audit', 'In which audit?', 'text', { required: false, value: change.audit ?? null }),
    field('owner', 'Who leads it?', 'text', {
      required: false,
      value: owner,
      hint: 'Name or e-mail address. Left empty: the ISMS manager.',
    }),
  ];
}

/** What a person says of it; null for what they leave to us. */
export type RaiseValues = {
  [Value in Exclude<keyof RaiseChange, 'kind' | 'ownerId' | 'auditId' | 'exhibits'>]:
    RaiseChange[Value] | null;
};

/** What the form says; what was left empty is null, and proposed by us. */
export function readRaiseForm(fields: Sent, context: Context): RaiseValues {
  const requirement = sentOrNull(fields, 'requirement');
  return {
    evidenceSeen: sentOrNull(fields, 'evidence'),
    gap: sentOrNull(fields, 'gap'),
    title: sentOrNull(fields, 'title'),
    requirement: requirement === null ? null : (normaliseRequirement(requirement) ?? requirement),
    grade: grades.find((grade) => grade === sentOrNull(fields, 'grade')) ?? null,
    gradeReason: sentOrNull(fields, 'reason'),
    source: sources.find((source) => source === sentOrNull(fields, 'source')) ?? null,
    audit: sentOrNull(fields, 'audit'),
    identifiedOn: sentDay(fields, 'noticed', context, 'past'),
    department: sentOrNull(fields, 'department'),
  };
}
