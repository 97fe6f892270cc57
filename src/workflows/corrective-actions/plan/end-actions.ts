/** How a non-conformity is corrected, graded, rejected, settled or opened again, as buttons and forms. */
import type { Actions, Addressed, Field } from '../../../conversation/contract.ts';
import { personNamed } from '../../../dialogue/form.ts';
import { field, sentDay, sentOrNull, sentText } from '../../../dialogue/form-fields.ts';
import { tell } from '../../../dialogue/notify.ts';
import { Refusal } from '../../../errors.ts';
import { parentOf } from '../../../isms/nonconformity/actions.ts';
import { addNote } from '../../../isms/register/note.ts';
import { amendNonconformity, type Amendment } from '../../../isms/nonconformity/amend.ts';
import {
  regrade,
  rejectNonconformity,
  reopenNonconformity,
  settleImprovement,
} from '../../../isms/nonconformity/moves.ts';
import { isUnfinished, selectActionsOf } from '../../../isms/corrective-action/corrective-action.ts';
import { noteBody } from '../../../isms/nonconformity/certification-body.ts';
import {
  gradeInWords,
  grades,
  leads,
  recordOf,
  sources,
  type Grade,
  type Nonconformity,
} from '../../../isms/nonconformity/nonconformity.ts';
import { isIsmsManager, namesOf, type CommandContext } from '../../../records/command-context.ts';
import { lookButton } from '../buttons.ts';
import { nonconformityForm, reasonField } from '../nonconformity-form.ts';
import { lookAtRecord } from '../update/look.ts';
import { gradeChoices, optionsFrom, sourceInWords } from '../words.ts';
import { notifyDecided, notifyReopened, titleLine } from './notify-nonconformity.ts';

const reopening = nonconformityForm('reopen', {
  look: lookAtRecord,
  move: 'reopen',
  title: 'Open it again',
  submit: 'Open again',
  lead: ({ reference }) => `Opened again, ${reference} begins anew; what it held until now is kept.`,
  fields: ({ argument }) => [
    reasonField('What has come back, and where was it seen?', { value: argument('said') || null }),
  ],
  async write({ tx, command, reference, fields }) {
    const changed = await reopenNonconformity(tx, command, reference, sentText(fields, 'reason'));
    return { changed, said: `${reference} is open again.`, told: notifyReopened(command, changed) };
  },
});

const rejecting = nonconformityForm('reject', {
  look: lookAtRecord,
  move: 'reject',
  title: 'Reject',
  submit: 'Reject',
  lead: ({ reference }) => `Is ${reference} no non-conformity?`,
  fields: () => [
    reasonField('Why is it none?', {
      hint: 'Whoever raised it is told your reason; unfinished actions are cancelled.',
    }),
    field('duplicate', 'Is it a duplicate? Of which?', 'text', {
      required: false,
      hint: 'Its reference, as NC-12.',
    }),
  ],
  async write({ tx, command, nonconformity, reference, fields }) {
    const reason = sentText(fields, 'reason');
    const actions = await selectActionsOf(tx, recordOf(nonconformity));
    const doers = actions.filter(isUnfinished).map(({ ownerId }) => ownerId);
    const changed = await rejectNonconformity(
      tx,
      command,
      reference,
      reason,
      sentOrNull(fields, 'duplicate'),
    );
    const { duplicateOf } = changed;
    const what = duplicateOf === null ? 'no non-conformity' : `the same as ${duplicateOf}`;
    const text = `${command.actor.name} found this to be ${what}: «${reason}»`;
    const told = notifyDecided(command, changed, text);
    const others = doers.filter((id) => ![changed.ownerId, changed.raisedBy].includes(id));
    const ended = { text: `${text} Nothing is left for you to do on it.\n${titleLine(changed)}` };
    return { changed, said: `${reference} is rejected.`, told: [...told, ...tell(command, others, ended)] };
  },
});

const regrading = nonconformityForm('regrade', {
  look: lookAtRecord,
  move: 'regrade',
  title: 'Change the grade',
  submit: 'Save',
  lead: ({ reference, grade }) => `${reference} is graded as ${gradeInWords[grade]}.`,
  at: 'grade',
  fields: ({ nonconformity: { grade, gradeReason } }) => [
    field('grade', 'How serious is it?', 'choice', { value: grade, options: optionsFrom(gradeChoices) }),
    reasonField('Why this grade?', { value: gradeReason }),
  ],
  async write({ tx, command, reference, fields }) {
    const grade = grades.find((each) => each === sentText(fields, 'grade')) as Grade;
    const reason = sentText(fields, 'reason');
    const changed = await regrade(tx, command, reference, grade, reason);
    const said = `It is graded as ${gradeInWords[grade]} now.`;
    const why = `${command.actor.name} changed the grade. ${said} «${reason}»`;
    return { changed, said, told: notifyDecided(command, changed, why) };
  },
});

const settling = nonconformityForm('settle', {
  look: lookAtRecord,
  move: 'settle',
  carries: 'decision',
  title: ({ argument }) => (decisionOf(argument('decision')) === 'accepted' ? 'Accept' : 'Decline'),
  submit: ({ argument }) => (decisionOf(argument('decision')) === 'accepted' ? 'Accept' : 'Decline'),
  lead: ({ reference }) => `${reference} ends here, with your reason.`,
  fields: ({ argument }) => [
    reasonField(argument('decision') === 'accepted' ? 'What comes of it?' : 'Why is nothing done about it?'),
  ],
  async write({ tx, command, reference, fields, argument }) {
    const decision = decisionOf(argument('decision'));
    const reason = sentText(fields, 'reason');
    const changed = await settleImprovement(tx, command, reference, decision, reason);
    const why = `${command.actor.name} ${decision} this: «${reason}»`;
    return {
      changed,
      said: `${reference} is ${decision} and closed.`,
      told: notifyDecided(command, changed, why),
    };
  },
});

function decisionOf(said: string): 'accepted' | 'declined' {
  if (said !== 'accepted' && said !== 'declined')
    throw new Refusal('That button is not one of mine any more.');
  return said;
}

const amending = nonconformityForm('amend', {
  move: 'amend',
  title: 'Correct the record',
  submit: 'Save',
  lead: ({ reference }) => `Correct what ${reference} says. What it said before stays in its history.`,
  at: 'title',
  /** What this person may change; the ISMS manager also sets who approves, and our own days. */
  async fields({ tx, context, command, nonconformity }) {
    const { title, requirement, evidenceSeen, gap, audit, department, consequences, source } = nonconformity;
    const { ownerId, approverId, identifiedOn, correctionDueOn, planDueOn, actionsDueOn } = nonconformity;
    const optional = { required: false };
    const isOpen = nonconformity.state === 'open';
    const manages = isIsmsManager(context.person);
    const found = [
      field('requirement', 'Requirement', 'text', { value: requirement }),
      field('evidence', 'Evidence seen', 'multiline', { value: evidenceSeen }),
      field('gap', 'What is missing', 'multiline', { value: gap }),
    ];
    const led = [
      field('consequences', 'What it led to', 'multiline', { ...optional, value: consequences }),
      field('source', 'How was it noticed?', 'choice', {
        value: source,
        options: optionsFrom(sourceInWords),
      }),
      field('noticed', 'Noticed on', 'date', { value: identifiedOn }),
      field('audit', 'In which audit?', 'text', { ...optional, value: audit }),
      field('department', 'Department', 'text', { ...optional, value: department }),
    ];
    const set = [
      field('approver', 'Who approves its plan?', 'text', {
        ...optional,
        value: approverId === null ? null : await namesOf(tx, [approverId]),
        hint: 'Name or e-mail address; not whoever leads it.',
      }),
      field('correction-due', 'Corrected by', 'date', { ...optional, value: correctionDueOn }),
      field('plan-due', 'Cause and plan by', 'date', { ...optional, value: planDueOn }),
      field('actions-due', 'Actions done by', 'date', { ...optional, value: actionsDueOn }),
    ];
    return [
      ...(isOpen || leads(command, nonconformity) ? [field('title', 'Title', 'text', { value: title })] : []),
      ...(isOpen || manages || context.person.id === nonconformity.raisedBy ? found : []),
      ...(isOpen || leads(command, nonconformity) ? led : []),
      ...(leads(command, nonconformity) ? [ownerField(await namesOf(tx, [ownerId]))] : []),
      ...(manages ? set.slice(0, source === 'external_audit' ? 1 : undefined) : []),
    ];
  },
  async write({ tx, context, command, nonconformity, reference, fields }) {
    const { ownerId, approverId } = nonconformity;
    const has = (name: string) => Object.hasOwn(fields, name);
    const amendment: Amendment = {
      ...(has('title') ? { title: sentText(fields, 'title') } : {}),
      ...(has('requirement') ? { requirement: sentText(fields, 'requirement') } : {}),
      ...(has('evidence') ? { evidenceSeen: sentText(fields, 'evidence') } : {}),
      ...(has('gap') ? { gap: sentText(fields, 'gap') } : {}),
      ...(has('consequences') ? { consequences: sentOrNull(fields, 'consequences') } : {}),
      ...(has('audit') ? { audit: sentOrNull(fields, 'audit') } : {}),
      ...(has('department') ? { department: sentOrNull(fields, 'department') } : {}),
      ...(has('correction-due') ? { correctionDueOn: sentDay(fields, 'correction-due', context) } : {}),
      ...(has('plan-due') ? { planDueOn: sentDay(fields, 'plan-due', context) } : {}),
      ...(has('actions-due') ? { actionsDueOn: sentDay(fields, 'actions-due', context) } : {}),
    };
    const source = sources.find((each) => each === sentText(fields, 'source'));
    if (source !== undefined) amendment.source = source;
    const noticed = sentDay(fields, 'noticed', context, 'past');
    if (noticed !== null) amendment.identifiedOn = noticed;
    const owner = sentText(fields, 'owner');
    if (owner !== '' && owner !== (await namesOf(tx, [ownerId])))
      amendment.ownerId = (await personNamed(tx, context, owner, 'owner')).id;
    const approver = sentText(fields, 'approver');
    if (approver !== '' && (approverId === null || approver !== (await namesOf(tx, [approverId]))))
      amendment.approverId = (await personNamed(tx, context, approver, 'approver')).id;
    const changed = await amendNonconformity(tx, command, reference, amendment);
    return { changed, said: 'Corrected.', told: notifyLeader(command, nonconformity, changed) };
  },
});

function ownerField(value: string | null): Field {
  return field('owner', 'Who leads it?', 'text', { value, hint: 'Name or e-mail address.' });
}

function notifyLeader(
  command: CommandContext,
  before: Nonconformity,
  changed: Nonconformity,
  note = '',
): Addressed[] {
  return tell(command, changed.ownerId === before.ownerId ? [] : [changed.ownerId], {
    text: `${command.actor.name} handed this over to you: you lead it now.${note}\n${titleLine(changed)}`,
    buttons: [lookButton(changed.reference)],
  });
}

const handingOn = nonconformityForm('hand-on', {
  move: 'amend',
  title: 'Hand it over',
  submit: 'Hand over',
  lead: ({ reference }) => `Who leads ${reference} from now on?`,
  at: 'owner',
  fields: () => [ownerField(null), field('note', 'What should they know?', 'multiline', { required: false })],
  async write({ tx, context, command, nonconformity, reference, fields }) {
    const { id, name } = await personNamed(tx, context, sentText(fields, 'owner'), 'owner');
    const changed = await amendNonconformity(tx, command, reference, { ownerId: id });
    const note = sentText(fields, 'note');
    if (note !== '') await addNote(tx, command, parentOf(changed), null, note);
    const told = notifyLeader(command, nonconformity, changed, note === '' ? '' : ` «${note}»`);
    return { changed, said: `${name} leads it now.`, told };
  },
});

const answers = { none: 'Nothing yet', accepted: 'It accepted it', returned: 'It sent it back' };

const notingBody = nonconformityForm('body', {
  move: 'noteBody',
  title: 'Certification body',
  submit: 'Save',
  lead: ({ reference }) => `What the certification body says about ${reference}, and what it was sent.`,
  at: 'answer',
  fields({ context, nonconformity }) {
    const { bodyFinding, bodyAuditor, bodyPlanDueOn, bodyDueOn, bodyAnsweredOn, bodyAnswer, bodyAnswerOn, bodyAnswerNote, bodyClosedOn } = nonconformity; // prettier-ignore
    const optional = { required: false };
    return [
      field('finding', 'Its number for the finding', 'text', { ...optional, value: bodyFinding }),
      field('auditor', 'Its auditor', 'text', { ...optional, value: bodyAuditor }),
      ...(isIsmsManager(context.person)
        ? [
            field('plan-by', 'It wants the plan by', 'date', { ...optional, value: bodyPlanDueOn }),
            field('evidence-by', 'It wants the evidence by', 'date', { ...optional, value: bodyDueOn }),
          ]
        : []),
      field('sent', 'Our answer was sent on', 'date', { ...optional, value: bodyAnsweredOn }),
      field('answer', 'What did it say to that?', 'choice', { value: bodyAnswer ?? 'none', options: optionsFrom(answers) }), // prettier-ignore
      field('answered', 'When did it say so?', 'date', { ...optional, value: bodyAnswerOn }),
      field('said', 'In its words', 'multiline', { ...optional, value: bodyAnswerNote }),
      field('closed', 'It closed it on', 'date', { ...optional, value: bodyClosedOn }),
    ];
  },
  async write({ tx, context, command, reference, fields }) {
    const day = (name: string) => sentDay(fields, name, context, 'past');
    const answer = (['accepted', 'returned'] as const).find((each) => each === sentText(fields, 'answer'));
    const changed = await noteBody(tx, command, reference, {
      bodyFinding: sentOrNull(fields, 'finding'),
      bodyAuditor: sentOrNull(fields, 'auditor'),
      ...(isIsmsManager(context.person)
        ? {
            bodyPlanDueOn: sentDay(fields, 'plan-by', context),
            bodyDueOn: sentDay(fields, 'evidence-by', context),
          }
        : {}),
      bodyAnsweredOn: day('sent'),
      bodyAnswer: answer ?? null,
      bodyAnswerOn: answer === undefined ? null : day('answered'),
      bodyAnswerNote: sentOrNull(fields, 'said'),
      bodyClosedOn: day('closed'),
    });
    return { changed, said: 'Noted.' };
  },
});

export const endActions: Actions = {
  ...reopening,
  ...rejecting,
  ...regrading,
  ...settling,
  ...amending,
  ...handingOn,
  ...notingBody,
};
