/** How a non-conformity is corrected, graded, rejected, settled or opened again, as buttons and forms. */
import type { Actions } from '../../../conversation/contract.ts';
import { personNamed } from '../../../dialogue/form.ts';
import { field, sentDay, sentOrNull, sentText } from '../../../dialogue/form-fields.ts';
import { tell } from '../../../dialogue/notify.ts';
import { Refusal } from '../../../errors.ts';
import { amendNonconformity, type Amendment } from '../../../isms/nonconformity/amend.ts';
import {
  regrade,
  rejectNonconformity,
  reopenNonconformity,
  settleImprovement,
} from '../../../isms/nonconformity/moves.ts';
import { gradeInWords, grades, sources, type Grade } from '../../../isms/nonconformity/nonconformity.ts';
import { isIsmsManager, namesOf } from '../../../records/command-context.ts';
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
  fields: () => [reasonField('Why is it none?', { hint: 'Whoever raised it is told your reason.' })],
  async write({ tx, command, reference, fields }) {
    const reason = sentText(fields, 'reason');
    const changed = await rejectNonconformity(tx, command, reference, reason);
    const why = `${command.actor.name} found this to be no non-conformity: «${reason}»`;
    return { changed, said: `${reference} is rejected.`, told: notifyDecided(command, changed, why) };
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
  /** The ISMS manager also sets who approves, and the certification body's date. */
  async fields({ tx, context, nonconformity }) {
    const { title, requirement, evidenceSeen, gap, audit, department, consequences } = nonconformity;
    const { ownerId, approverId, bodyDueOn, source, identifiedOn } = nonconformity;
    const optional = { required: false };
    return [
      field('title', 'Title', 'text', { value: title }),
      field('requirement', 'Requirement', 'text', { value: requirement }),
      field('evidence', 'Evidence seen', 'multiline', { value: evidenceSeen }),
      field('gap', 'What is missing', 'multiline', { value: gap }),
      field('consequences', 'What it led to', 'multiline', { ...optional, value: consequences }),
      field('source', 'How was it noticed?', 'choice', {
        value: source,
        options: optionsFrom(sourceInWords),
      }),
      field('noticed', 'Noticed on', 'date', { value: identifiedOn }),
      field('audit', 'In which audit?', 'text', { ...optional, value: audit }),
      field('department', 'Department', 'text', { ...optional, value: department }),
      field('owner', 'Who leads it?', 'text', {
        value: await namesOf(tx, [ownerId]),
        hint: 'Name or e-mail address.',
      }),
      ...(isIsmsManager(context.person)
        ? [
            field('approver', 'Who approves its plan?', 'text', {
              ...optional,
              value: approverId === null ? null : await namesOf(tx, [approverId]),
              hint: 'Name or e-mail address; not whoever leads it.',
            }),
            field('body', "The certification body's date", 'date', { ...optional, value: bodyDueOn }),
          ]
        : []),
    ];
  },
  async write({ tx, context, command, nonconformity, reference, fields }) {
    const { ownerId, approverId, bodyDueOn } = nonconformity;
    const amendment: Amendment = {
      title: sentText(fields, 'title'),
      requirement: sentText(fields, 'requirement'),
      evidenceSeen: sentText(fields, 'evidence'),
      gap: sentText(fields, 'gap'),
      consequences: sentOrNull(fields, 'consequences'),
      audit: sentOrNull(fields, 'audit'),
      department: sentOrNull(fields, 'department'),
    };
    const source = sources.find((each) => each === sentText(fields, 'source'));
    if (source !== undefined) amendment.source = source;
    const noticed = sentDay(fields, 'noticed', context, 'past');
    if (noticed !== null) amendment.identifiedOn = noticed;
    const owner = sentText(fields, 'owner');
    if (owner !== '' && owner !== (await namesOf(tx, [ownerId])))
      amendment.ownerId = (await personNamed(tx, context, owner, 'owner')).id;
    if (isIsmsManager(context.person)) {
      const approver = sentText(fields, 'approver');
      if (approver !== '' && (approverId === null || approver !== (await namesOf(tx, [approverId]))))
        amendment.approverId = (await personNamed(tx, context, approver, 'approver')).id;
      const body = sentDay(fields, 'body', context);
      if (body !== bodyDueOn) amendment.bodyDueOn = body;
    }
    const changed = await amendNonconformity(tx, command, reference, amendment);
    const told = tell(command, changed.ownerId === ownerId ? [] : [changed.ownerId], {
      text: `${command.actor.name} handed this over to you: you lead it now.\n${titleLine(changed)}`,
      buttons: [lookButton(reference)],
    });
    return { changed, said: 'Corrected.', told };
  },
});

export const endActions: Actions = { ...reopening, ...rejecting, ...regrading, ...settling, ...amending };
