/** Forms about a non-conformity: containment, plan, check, grade and the ends that it may come to. */
import { actionId, type Field, type Form } from '../../../conversation/contract.ts';
import type { EffectivenessCheck } from '../../../isms/nonconformity/effectiveness.ts';
import type { Nonconformity } from '../../../isms/nonconformity/nonconformity.ts';
import { field } from '../../../dialogue/form-fields.ts';
import { gradeChoices, optionsFrom } from '../words.ts';

type Referred = Pick<Nonconformity, 'reference'>;

function form(
  command: string,
  { reference }: Referred,
  title: string,
  submitLabel: string,
  fields: Field[],
): Form {
  return {
    id: actionId(`corrective-actions.send-${command}`, { record: reference }),
    title,
    submitLabel,
    fields,
  };
}

export function containForm(nonconformity: Nonconformity): Form {
  return form('contain', nonconformity, 'What was done at once', 'Save', [
    field('correction', 'What was done at once?', 'multiline', {
      hint: 'What stopped it or put it right for now. The cause comes later.',
    }),
    field('consequences', 'What did it lead to, and what was done about that?', 'multiline', {
      required: false,
      value: nonconformity.consequences,
    }),
  ]);
}

/** One question: why. */
export function reasonForm(
  command: string,
  nonconformity: Referred,
  {
    title,
    label,
    submit,
    value = null,
    hint = null,
  }: { title: string; label: string; submit: string; value?: string | null; hint?: string | null },
): Form {
  return form(command, nonconformity, title, submit, [field('reason', label, 'multiline', { value, hint })]);
}

export function planActionForm(nonconformity: Referred): Form {
  return form('plan-action', nonconformity, 'Add an action', 'Add', [
    field('what', 'What is to be done?', 'multiline', {
      hint: 'So that the cause is gone, and not only this one case.',
    }),
    field('who', 'Who does it?', 'text', { hint: 'Name or e-mail address.' }),
    field('due', 'By when?', 'date'),
    field('evidence', 'What will show that it is done?', 'multiline', {
      required: false,
      hint: 'For example: the changed procedure, a screenshot of the setting.',
    }),
  ]);
}

export function planCheckForm(nonconformity: Nonconformity, checkerName: string | null, days: number): Form {
  return form('plan-check', nonconformity, 'Plan the check', 'Save', [
    field('criterion', 'How will it be seen that it worked?', 'multiline', {
      value: nonconformity.criterion,
      hint: 'For example: no active account among 20 leavers.',
    }),
    field('due', 'On which day?', 'date', {
      required: false,
      value: nonconformity.checkDueOn,
      hint: `Left empty: ${days} days after the last action is verified.`,
    }),
    field('who', 'Who looks?', 'text', {
      required: false,
      value: checkerName,
      hint: 'Name or e-mail address; nobody who does one of the actions. Left empty: whoever approves the plan.',
    }),
  ]);
}

const resultChoices: Record<EffectivenessCheck['result'], string> = {
  effective: 'It worked',
  partly: 'It worked in part',
  not: 'It did not work',
};

export function checkForm(nonconformity: Nonconformity): Form {
  return form('check', nonconformity, 'Did it work?', 'Save', [
    field('method', 'How did you look?', 'multiline', {
      hint: 'A sample, a figure, a test, a talk: what, how many, from when.',
    }),
    field('result', 'Did it work?', 'choice', { options: optionsFrom(resultChoices) }),
    field('findings', 'What did you find?', 'multiline'),
    field('change', 'Does the management system itself need a change?', 'choice', {
      value: 'no',
      hint: 'A policy, a risk, a control, a responsibility.',
      options: [
        { value: 'no', label: 'No' },
        { value: 'yes', label: 'Yes' },
      ],
    }),
    field('what', 'If so, what?', 'multiline', { required: false, value: nonconformity.ismsChange }),
  ]);
}

export function regradeForm({ reference, grade, gradeReason }: Nonconformity): Form {
  return form('regrade', { reference }, 'Change the grade', 'Save', [
    field('grade', 'How serious is it?', 'choice', { value: grade, options: optionsFrom(gradeChoices) }),
    field('reason', 'Why this grade?', 'multiline', { value: gradeReason }),
  ]);
}

export function settleForm({ reference }: Referred, decision: 'accepted' | 'declined'): Form {
  const accepted = decision === 'accepted';
  const plain = reasonForm(
    'settle',
    { reference },
    {
      title: accepted ? 'Accept' : 'Decline',
      label: accepted ? 'What comes of it?' : 'Why is nothing done about it?',
      submit: accepted ? 'Accept' : 'Decline',
    },
  );
  return { ...plain, id: actionId('corrective-actions.send-settle', { record: reference, decision }) };
}

export interface Names {
  owner: string;
  approver: string | null;
}

/** @param manages  the ISMS manager also sets who approves, and the certification body's date */
export function amendForm(nonconformity: Nonconformity, { owner, approver }: Names, manages: boolean): Form {
  const { title, requirement, evidenceSeen, gap, audit, department, consequences, bodyDueOn } = nonconformity;
  const optional = { required: false };
  return form('amend', nonconformity, 'Correct the record', 'Save', [
    field('title', 'Title', 'text', { value: title }),
    field('requirement', 'Requirement', 'text', { value: requirement }),
    field('evidence', 'Evidence seen', 'multiline', { value: evidenceSeen }),
    field('gap', 'What is missing', 'multiline', { value: gap }),
    field('consequences', 'What it led to', 'multiline', { ...optional, value: consequences }),
    field('audit', 'In which audit?', 'text', { ...optional, value: audit }),
    field('department', 'Department', 'text', { ...optional, value: department }),
    field('owner', 'Who leads it?', 'text', { value: owner, hint: 'Name or e-mail address.' }),
    ...(manages
      ? [
          field('approver', 'Who approves its plan?', 'text', {
            ...optional,
            value: approver,
            hint: 'Name or e-mail address; not whoever leads it.',
          }),
          field('body', "The certification body's date", 'date', { ...optional, value: bodyDueOn }),
        ]
      : []),
  ]);
}
